//! References inside a template: that they lead somewhere, and in no circle.

use std::collections::{BTreeMap, BTreeSet};

use super::On;
use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::origin::OriginId;
use crate::value::{Kind, Value};

/// `CFN014`: a reference to nothing.
pub const CFN014: Code = Code {
    id: "CFN014",
    explanation: "raw CloudFormation refers to something that is not in its stack\n\n\
        `!Ref` and `!GetAtt` in `properties` and `overrides` name logical ids of the same stack, parameters or pseudo parameters. \
        For anything else write `${Component.attribute}`: it works across stacks.",
};

/// `CFN015`: resources need each other.
pub const CFN015: Code = Code {
    id: "CFN015",
    explanation: "resources need each other in a circle\n\n\
        CloudFormation creates a resource after everything that it refers to. Here resources refer to each other in a circle, so \
        that none can be first.",
};

/// `CFN016`: a function that needs what no template made here has.
pub const CFN016: Code = Code {
    id: "CFN016",
    explanation: "raw CloudFormation decides or expands when it is deployed\n\n\
        `Fn::If` and its conditions need the section `Conditions`, `Fn::FindInMap` the section `Mappings`, and \
        `Fn::ForEach`, `Fn::Length`, `Fn::ToJsonString` and `Fn::Transform` need macros. A template made here has none of \
        them: it says what is made, and nothing is left to decide when it is deployed.\n\n\
        What differs from stage to stage is written in the stage's layer, which lies over the base when the manifest is \
        compiled; `null` there takes away what the base has. A component that only some stages have gets `stages:`. What \
        several places share stands in `values`.",
};

/// Functions that need a section or a macro, and which.
const UNKNOWN: &[(&str, &str)] = &[
    ("And", "conditions"),
    ("Condition", "conditions"),
    ("Equals", "conditions"),
    ("FindInMap", "mappings"),
    ("If", "conditions"),
    ("Length", "macros"),
    ("Not", "conditions"),
    ("Or", "conditions"),
    ("ToJsonString", "macros"),
    ("Transform", "macros"),
];

/// What a function needs that no template made here has.
fn needed(function: &str) -> Option<&'static str> {
    if function == "ForEach" || function.starts_with("ForEach::") {
        return Some("macros");
    }
    UNKNOWN.iter().find(|(name, _)| *name == function).map(|(_, what)| *what)
}

/// Reports every function of a value that needs a section or a macro.
fn check_functions(on: &On<'_>, resource: &str, v: &Value<Target>, findings: &mut Diagnostics) {
    let mut report = |name: &str, origin: OriginId| {
        let Some(what) = needed(name) else { return };
        let title = format!("`{resource}` uses `Fn::{name}`, but a template made here has no {what}");
        let diagnostic =
            Diagnostic::error(CFN016, title).at_origin(on.origins, origin, &[on.owner(resource)], "decided too late");
        findings.push(match what {
            "macros" => diagnostic.help("write out what it would make; what several places share stands in `values`"),
            _ => diagnostic.note("layers decide when the manifest is compiled").help(
                "write the value in the layer of each stage that it differs in, or let `stages:` limit the component",
            ),
        });
    };
    match &v.kind {
        Kind::Call(name, argument) => {
            report(name, v.origin);
            check_functions(on, resource, argument, findings);
        }
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|i| check_functions(on, resource, i, findings)),
        Kind::Map(entries) => {
            for entry in entries {
                // Only what begins so is a function: policies have keys such as `Condition`.
                if let Some(name) = entry.key.strip_prefix("Fn::") {
                    report(name, entry.key_origin);
                }
            }
            entries.iter().for_each(|e| check_functions(on, resource, &e.value, findings));
        }
        _ => {}
    }
}

pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    let template = &on.stack.template;
    let resources: BTreeSet<&str> = template.resources.iter().map(|r| r.id.as_str()).collect();
    let parameters: BTreeSet<&str> = template.parameters.iter().map(|p| p.name.as_str()).collect();
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for resource in &template.resources {
        let mut names = Vec::new();
        collect(resource, &mut names);
        check_functions(on, &resource.id, &resource.properties, findings);
        resource.attributes.iter().for_each(|a| check_functions(on, &resource.id, &a.value, findings));
        for (name, origin) in names {
            if resources.contains(name) {
                edges.entry(&resource.id).or_default().push(name);
            } else if !parameters.contains(name) && !name.starts_with("AWS::") {
                findings.push(leads_nowhere(on, name, origin, &resource.id, &resources));
            }
        }
    }
    if let Some(circle) = circle(&edges) {
        let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
        let title = format!("resources need each other in a circle: {}", names.join(" → "));
        let mut diagnostic = Diagnostic::error(CFN015, title);
        for pair in circle.windows(2) {
            let [from, to] = pair else { continue };
            let (owner, label) = (on.owner(from), format!("needs `{to}`"));
            diagnostic = match diagnostic.labels.is_empty() {
                true => diagnostic.at_origin(on.origins, owner, &[], &label),
                false => diagnostic.context_if_known(on.origins, Some(owner), &label),
            };
        }
        findings.push(diagnostic.help("let one of them use a name that the manifest knows instead of a reference"));
    }
}

/// The names that a resource refers to, each with its place.
fn collect<'r>(resource: &'r Resource<Target>, names: &mut Vec<(&'r str, OriginId)>) {
    for attribute in &resource.attributes {
        if attribute.key == "DependsOn" {
            let texts = std::iter::once(&attribute.value).chain(attribute.value.items());
            names.extend(texts.filter_map(|v| v.as_text().map(|t| (t, v.origin))));
        }
        value(&attribute.value, names);
    }
    value(&resource.properties, names);
}

fn value<'r>(v: &'r Value<Target>, names: &mut Vec<(&'r str, OriginId)>) {
    match &v.kind {
        Kind::Ref(Target::Ref(id) | Target::GetAtt(id, _) | Target::ParameterList(id)) => names.push((id, v.origin)),
        Kind::Call(name, argument) if name == "Ref" => names.extend(argument.as_text().map(|t| (t, v.origin))),
        Kind::Call(name, argument) if name == "GetAtt" => {
            let id = argument.as_text().and_then(|t| t.split('.').next());
            names.extend(id.or_else(|| argument.items().first().and_then(Value::as_text)).map(|t| (t, v.origin)));
        }
        Kind::Call(name, argument) if name == "Sub" => substituted(argument, names),
        Kind::Call(_, argument) => value(argument, names),
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|i| value(i, names)),
        Kind::Map(entries) => match entries.as_slice() {
            [only] if only.key == "Ref" => names.extend(only.value.as_text().map(|t| (t, v.origin))),
            [only] if only.key == "Fn::GetAtt" => {
                let written = only.value.as_text().or_else(|| only.value.items().first().and_then(Value::as_text));
                names.extend(written.and_then(|t| t.split('.').next()).map(|t| (t, v.origin)));
            }
            [only] if only.key == "Fn::Sub" => substituted(&only.value, names),
            _ => entries.iter().for_each(|e| value(&e.value, names)),
        },
        _ => {}
    }
}

/// The names in the text of a raw `Fn::Sub`, but for those that it is given.
fn substituted<'r>(argument: &'r Value<Target>, names: &mut Vec<(&'r str, OriginId)>) {
    value(argument, names);
    let (template, given) = match argument.items() {
        [template, given] => (template, given.entries()),
        _ => (argument, &[][..]),
    };
    let pieces = match &template.kind {
        Kind::Join(pieces) => pieces.as_slice(),
        _ => std::slice::from_ref(template),
    };
    for piece in pieces {
        let opened = piece.as_text().into_iter().flat_map(|t| t.split("${").skip(1));
        for name in opened.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim()) {
            let id = name.split('.').next().unwrap_or(name);
            if !name.starts_with('!') && !given.iter().any(|e| e.key == name) {
                names.push((id, piece.origin));
            }
        }
    }
}

fn leads_nowhere(on: &On<'_>, name: &str, origin: OriginId, resource: &str, known: &BTreeSet<&str>) -> Diagnostic {
    let title = format!("`{resource}` refers to `{name}`, which is not in the stack `{}`", on.stack.id.word());
    let diagnostic =
        Diagnostic::error(CFN014, title).at_origin(on.origins, origin, &[on.owner(resource)], "not in this stack");
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            match on.word(origin, name) {
                Some(span) => diagnostic.edit(span, near),
                None => diagnostic,
            }
        }
        None => diagnostic.help("write `${Component.attribute}`: it works across stacks"),
    }
}

/// A circle of the graph, its first name at both ends.
fn circle<'g>(edges: &BTreeMap<&'g str, Vec<&'g str>>) -> Option<Vec<&'g str>> {
    // Depth first with an own stack: a template has at most 500 resources, but input decides how they refer.
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let target = edges.get(node).and_then(|e| e.get(*next)).copied();
            *next += 1;
            match target {
                Some(target) if path.iter().any(|(n, _)| *n == target) => {
                    let mut circle: Vec<&str> = path.iter().map(|(n, _)| *n).skip_while(|n| *n != target).collect();
                    circle.push(target);
                    return Some(circle);
                }
                Some(target) if !done.contains(target) => path.push((target, 0)),
                Some(_) => {}
                None => {
                    done.insert(node);
                    path.pop();
                }
            }
        }
    }
    None
}
