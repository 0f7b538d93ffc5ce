//! References inside a template: that they lead somewhere, and in no circle.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::Scope;
use crate::cfn::{Function, Output, Resource, SubPart, Target, sub_parts};
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
fn check_functions(scope: &Scope<'_>, resource: &str, value: &Value<Target>, findings: &mut Diagnostics) {
    let mut report = |name: &str, origin: OriginId| {
        let Some(what) = needed(name) else { return };
        let title = format!("`{resource}` uses `Fn::{name}`, but a template made here has no {what}");
        let diagnostic = Diagnostic::error(CFN016, title).at_origin(
            scope.origins,
            origin,
            &[scope.owner(resource)],
            "decided too late",
        );
        findings.push(match what {
            "macros" => diagnostic.help("write out what it would make; what several places share stands in `values`"),
            _ => diagnostic.note("layers decide when the manifest is compiled").help(
                "write the value in the layer of each stage that it differs in, or let `stages:` limit the component",
            ),
        });
    };
    match &value.kind {
        Kind::Call(name, argument) => {
            report(name, value.origin);
            check_functions(scope, resource, argument, findings);
        }
        Kind::List(items) | Kind::Join(items) => {
            items.iter().for_each(|i| check_functions(scope, resource, i, findings));
        }
        Kind::Map(entries) => {
            for entry in entries {
                // Only what begins so is a function: policies have keys such as `Condition`.
                if let Some(name) = entry.key.strip_prefix("Fn::") {
                    report(name, entry.key_origin);
                }
            }
            entries.iter().for_each(|e| check_functions(scope, resource, &e.value, findings));
        }
        _ => {}
    }
}

/// Checks that every reference of a template leads somewhere, and that resources need each other in no circle.
pub(super) fn check(scope: &Scope<'_>, outputs: &[Output], findings: &mut Diagnostics) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, resource) in &scope.resources {
        // Looking for what was meant takes time, and nobody reads more.
        if findings.is_full() {
            return;
        }
        let mut names = Vec::new();
        collect(resource, &mut names);
        if scope.conditions.is_none() {
            check_functions(scope, id, &resource.properties, findings);
            resource.attributes.iter().for_each(|a| check_functions(scope, id, &a.value, findings));
        }
        for (name, origin) in names {
            if scope.resources.contains_key(name) {
                // What a macro makes of its own resources, and what of it needs what, only it knows.
                if !scope.is_closed && resource.type_name().starts_with("AWS::Serverless::") {
                    continue;
                }
                edges.entry(id).or_default().push(name);
            } else if !scope.knows(name) {
                findings.push(leads_nowhere(scope, name, origin, &format!("`{id}`"), scope.owner(id)));
            }
        }
    }
    for output in outputs {
        let mut names = Vec::new();
        value(&output.value, &mut names);
        for (name, origin) in names.into_iter().filter(|(name, _)| !scope.knows(name)) {
            findings.push(leads_nowhere(scope, name, origin, &format!("the output `{}`", output.name), scope.top));
        }
    }
    if let Some(circle) = circle(&edges) {
        let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
        let title = format!("resources need each other in a circle: {}", names.join(" → "));
        let mut diagnostic = Diagnostic::error(CFN015, title);
        for pair in circle.windows(2) {
            let [from, to] = pair else { continue };
            let (owner, label) = (scope.owner(from), format!("needs `{to}`"));
            diagnostic = match diagnostic.labels.is_empty() {
                true => diagnostic.at_origin(scope.origins, owner, &[], &label),
                false => diagnostic.context_if_known(scope.origins, Some(owner), &label),
            };
        }
        findings.push(diagnostic.help(match scope.conditions {
            None => "let one of them use a name that the manifest knows instead of a reference",
            Some(_) => {
                "let one of them use a name instead of a reference, or make a resource of its own of what joins them"
            }
        }));
    }
}

/// The names that a resource refers to, each with its place.
fn collect<'r>(resource: &'r Resource<Target>, names: &mut Vec<(&'r str, OriginId)>) {
    for attribute in resource.attributes.iter().filter(|a| a.key != "Metadata") {
        if attribute.key == "DependsOn" {
            let texts = std::iter::once(&attribute.value).chain(attribute.value.items());
            names.extend(texts.filter_map(|v| v.as_text().map(|t| (t, v.origin))));
        }
        value(&attribute.value, names);
    }
    value(&resource.properties, names);
}

/// The names that a value refers to.
pub(super) fn value<'r>(v: &'r Value<Target>, names: &mut Vec<(&'r str, OriginId)>) {
    match Function::of(v) {
        Some(Function::Ref(id) | Function::GetAtt(id, _)) => names.push((id, v.origin)),
        Some(Function::Call("Sub", argument)) => substituted(argument, names),
        // A macro may make what it names.
        Some(Function::Call("Transform", _)) => {}
        Some(Function::Call(_, argument)) => value(argument, names),
        Some(Function::Join(pieces)) => pieces.iter().for_each(|piece| value(piece, names)),
        Some(Function::List) => {
            if let Kind::Ref(Target::ParameterList(id)) = &v.kind {
                names.push((id, v.origin));
            }
        }
        Some(Function::Import) => {}
        None => {
            v.items().iter().for_each(|item| value(item, names));
            v.entries().iter().for_each(|entry| value(&entry.value, names));
        }
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
        for part in sub_parts(piece.as_text().unwrap_or_default()) {
            let SubPart::Name(name) = part else { continue };
            if !given.iter().any(|e| e.key == name) {
                names.push((name.split('.').next().unwrap_or(name), piece.origin));
            }
        }
    }
}

fn leads_nowhere(scope: &Scope<'_>, name: &str, origin: OriginId, whose: &str, owner: OriginId) -> Diagnostic {
    let title = format!("{whose} refers to `{name}`, which is not in {}", scope.name);
    let label = if scope.conditions.is_none() { "not in this stack" } else { "not in this template" };
    let diagnostic = Diagnostic::error(CFN014, title).at_origin(scope.origins, origin, &[owner], label);
    let known = scope.resources.keys().chain(scope.parameters.keys()).copied();
    match did_you_mean(name, known) {
        Some(near) => {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            match scope.word(origin, name) {
                Some(span) => diagnostic.edit(span, near),
                None => diagnostic,
            }
        }
        None if scope.conditions.is_none() => diagnostic.help("write `${Component.attribute}`: it works across stacks"),
        None => diagnostic.help("name a resource or a parameter of this template"),
    }
}

/// A circle of the graph, its first name at both ends.
pub(super) fn circle<'g>(edges: &BTreeMap<&'g str, Vec<&'g str>>) -> Option<Vec<&'g str>> {
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
