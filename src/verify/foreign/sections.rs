//! The sections of a template: that they are those which CloudFormation knows, and that everything in them is used.

use std::collections::BTreeSet;

use super::{Foreign, at};
use crate::cfn::{RESOURCE_ATTRIBUTES, Target, holds_data};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::origin::{OriginId, Origins};
use crate::value::{Entry, Kind, Value};
use crate::verify::graph;
use crate::verify::scope::Scope;

/// `CFN418`: a part of a template that CloudFormation does not take.
pub const CFN418: Code = Code {
    id: "CFN418",
    explanation: "a part of the template is not what CloudFormation takes\n\n\
        A template has certain sections, a resource certain attributes beside its properties, names are letters and digits, and \
        policies have certain values (CloudFormation User Guide, \"Template sections\" and \"Resource attribute reference\").",
};

/// `CFN419`: a part of a template that nothing uses.
pub const CFN419: Code = Code {
    id: "CFN419",
    explanation: "nothing in the template uses this\n\n\
        A parameter, a mapping or a condition that nothing refers to has no effect. Often what was to refer to it is misspelt.",
};

const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

const PARAMETER: &[&str] = &[
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];

/// Types whose resources can be snapshotted before they go. Source: CloudFormation Template Reference, "DeletionPolicy".
fn knows_snapshots(resource_type: &str) -> bool {
    holds_data(resource_type).is_some_and(|data| data.knows_snapshots)
        || matches!(
            resource_type,
            "AWS::ElastiCache::ServerlessCache" | "AWS::DocDB::DBInstance" | "AWS::Redshift::Cluster"
        )
}

fn finding(origins: &Origins, title: String, at: OriginId, label: &str, help: impl Into<String>) -> Diagnostic {
    Diagnostic::error(CFN418, title).at_origin(origins, at, &[], label).help(help)
}

/// Reports a key that is none of those known.
fn unknown_key(origins: &Origins, whose: &str, entry: &Entry<Target>, known: &[&str], findings: &mut Diagnostics) {
    let title = format!("{whose} has `{}`, which CloudFormation does not know there", entry.key);
    let near = did_you_mean(&entry.key, known.iter().copied());
    let help = near.map_or_else(|| format!("it takes {}", quote_list(known)), |near| format!("did you mean `{near}`?"));
    let diagnostic = finding(origins, title, at(entry), "not known there", help);
    findings.push(meant(origins, diagnostic, at(entry), &entry.key, near));
}

/// The finding with what was meant in the place of what is written, where that stands there without quotes.
fn meant(origins: &Origins, diagnostic: Diagnostic, at: OriginId, written: &str, near: Option<&str>) -> Diagnostic {
    match (near, origins.spans(at).first()) {
        (Some(near), Some(span)) if span.range().len() == written.len() => diagnostic.edit(*span, near),
        _ => diagnostic,
    }
}

/// The top of a template; nothing if it is none at all.
pub(super) fn top(tree: &Value<Target>, origins: &Origins, findings: &mut Diagnostics) -> Option<()> {
    if !tree.entries().iter().any(|e| SECTIONS.iter().any(|known| known.eq_ignore_ascii_case(&e.key))) {
        let title = "the file is no CloudFormation template".to_owned();
        let help = format!("a template has `Resources`; its sections are {}", quote_list(SECTIONS));
        findings.push(finding(origins, title, tree.origin, "has no section of one", help));
        return None;
    }
    for section in ["Conditions", "Mappings", "Outputs", "Parameters"] {
        if let Some(entry) = tree.entry(section).filter(|e| !matches!(e.value.kind, Kind::Map(_))) {
            let title = format!("the section `{section}` is no map");
            findings.push(finding(origins, title, at(entry), "not a map", "write names, and what each is"));
        }
    }
    let is_known = |key: &str| SECTIONS.contains(&key) || key.starts_with("Fn::");
    let mut is_misspelt = false;
    for entry in tree.entries().iter().filter(|e| !is_known(&e.key)) {
        unknown_key(origins, "the template", entry, SECTIONS, findings);
        is_misspelt |= did_you_mean(&entry.key, SECTIONS.iter().copied()) == Some("Resources");
    }
    if tree.get("Resources").is_some_and(|r| !r.entries().is_empty()) {
        return Some(());
    }
    if !is_misspelt {
        let title = "the template has no resources".to_owned();
        findings.push(finding(origins, title, tree.origin, "no `Resources`", "write at least one resource"));
    }
    None
}

pub(super) fn check(scope: &Scope<'_>, tree: &Value<Target>, foreign: &Foreign<'_>, findings: &mut Diagnostics) {
    version_and_description(scope, tree, findings);
    for section in ["Resources", "Parameters", "Outputs", "Conditions", "Mappings"] {
        for entry in tree.get(section).map(Value::entries).unwrap_or_default() {
            if entry.key.starts_with("Fn::") {
                continue;
            }
            // Names of conditions may hold more.
            if section != "Conditions" {
                name(scope, section, entry, findings);
            }
            match section {
                "Resources" => {
                    resource(scope, entry, foreign, findings);
                    condition(scope, &format!("`{}`", entry.key), entry, foreign, findings);
                }
                "Parameters" => parameter(scope, entry, findings),
                "Outputs" => {
                    output(scope, entry, findings);
                    condition(scope, &format!("the output `{}`", entry.key), entry, foreign, findings);
                }
                "Mappings" => mapping(scope, entry, findings),
                _ => {}
            }
        }
    }
    if scope.is_closed {
        unused(scope, tree, findings);
    }
}

fn version_and_description(scope: &Scope<'_>, tree: &Value<Target>, findings: &mut Diagnostics) {
    if let Some(version) = tree.get("AWSTemplateFormatVersion").filter(|v| v.as_text() != Some("2010-09-09")) {
        let title = "the template is of a version that CloudFormation does not know".to_owned();
        findings.push(finding(scope.origins, title, version.origin, "not a version", "write `2010-09-09`"));
    }
    match tree.get("Description").map(|d| (d, &d.kind)) {
        Some((d, Kind::Text(text))) if text.len() > 1024 => {
            let title = format!("the description has {} bytes; CloudFormation takes 1024", text.len());
            findings.push(finding(scope.origins, title, d.origin, "too long", "shorten it"));
        }
        None | Some((_, Kind::Text(_))) => {}
        Some((d, _)) => {
            let title = "the description is no text".to_owned();
            findings.push(finding(scope.origins, title, d.origin, "not a text", "write a text"));
        }
    }
}

/// Names of things are letters and digits; keys of mappings may have more.
fn name(scope: &Scope<'_>, section: &str, entry: &Entry<Target>, findings: &mut Diagnostics) {
    let fits = entry.key.bytes().all(|b| b.is_ascii_alphanumeric()) && !entry.key.is_empty();
    if fits && entry.key.len() <= 255 {
        return;
    }
    let title = format!("`{}` is no name for what stands in `{section}`", entry.key);
    findings.push(finding(
        scope.origins,
        title,
        at(entry),
        "not letters and digits",
        "use letters and digits, at most 255",
    ));
}

fn resource(scope: &Scope<'_>, entry: &Entry<Target>, foreign: &Foreign<'_>, findings: &mut Diagnostics) {
    let id = format!("`{}`", entry.key);
    let Kind::Map(parts) = &entry.value.kind else {
        let title = format!("{id} is no resource");
        return findings.push(finding(scope.origins, title, at(entry), "not a map", "write `Type` and `Properties`"));
    };
    if let Some(properties) =
        entry.value.entry("Properties").filter(|p| !matches!(p.value.kind, Kind::Map(_) | Kind::Call(..)))
    {
        let title = format!("the properties of {id} are no map");
        findings.push(finding(
            scope.origins,
            title,
            at(properties),
            "not a map",
            "write names of properties, and what each is",
        ));
    }
    let of = entry.value.get("Type").and_then(Value::as_text);
    if let Some(written) = entry.value.get("Type").filter(|t| t.as_text().is_none()) {
        let title = format!("the type of {id} is no text");
        findings.push(finding(scope.origins, title, written.origin, "not a text", "write its type as text"));
    } else if of.is_none() && !parts.iter().any(|e| e.key.starts_with("Fn::")) {
        let title = format!("{id} has no type");
        findings.push(finding(scope.origins, title, at(entry), "no `Type`", "write its `Type`"));
    }
    let known: Vec<&str> = ["Type", "Properties"].iter().chain(RESOURCE_ATTRIBUTES).copied().collect();
    let is_known = |key: &str| {
        known.contains(&key) || key == "Version" || key.starts_with("Fn::") || !foreign.transforms.is_empty()
    };
    for part in parts.iter().filter(|p| !is_known(&p.key)) {
        unknown_key(scope.origins, &id, part, &known, findings);
    }
    for (policy, takes) in [
        ("DeletionPolicy", &["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"][..]),
        ("UpdateReplacePolicy", &["Delete", "Retain", "Snapshot"][..]),
    ] {
        let Some(written) = entry.value.get(policy) else { continue };
        let Some(text) = written.as_text() else { continue };
        let takes: Vec<&str> =
            takes.iter().copied().filter(|name| *name != "Snapshot" || of.is_none_or(knows_snapshots)).collect();
        if !takes.contains(&text) {
            let title = format!("`{policy}` of {id} is `{text}`, which its type does not take");
            let near = did_you_mean(text, takes.iter().copied());
            let help = near.map_or_else(
                || format!("write one that it takes: {}", quote_list(&takes)),
                |near| format!("did you mean `{near}`?"),
            );
            let diagnostic = finding(scope.origins, title, written.origin, "not a policy of it", help);
            findings.push(meant(scope.origins, diagnostic, written.origin, text, near));
        }
    }
}

/// Reports a condition that is not there.
fn condition(scope: &Scope<'_>, whose: &str, entry: &Entry<Target>, foreign: &Foreign<'_>, findings: &mut Diagnostics) {
    let Some(condition) = entry.value.get("Condition") else { return };
    let name = condition.as_text().unwrap_or_default();
    if !foreign.conditions.contains(name) {
        let title = format!("{whose} depends on the condition `{name}`, which is not there");
        findings.push(finding(scope.origins, title, condition.origin, "no such condition", "write it in `Conditions`"));
    }
}

fn parameter(scope: &Scope<'_>, entry: &Entry<Target>, findings: &mut Diagnostics) {
    let whose = format!("the parameter `{}`", entry.key);
    for part in entry.value.entries().iter().filter(|p| !PARAMETER.contains(&p.key.as_str())) {
        unknown_key(scope.origins, &whose, part, PARAMETER, findings);
    }
    let of = entry.value.get("Type");
    let fits = of.and_then(Value::as_text).is_some_and(|t| {
        matches!(t, "String" | "Number" | "CommaDelimitedList" | "List<Number>" | "List<String>")
            || t.starts_with("AWS::")
            || (t.starts_with("List<AWS::") && t.ends_with('>'))
    });
    if let Some(default) = entry.value.get("Default") {
        longest(scope, &whose, "default", default, MOST_OF_VALUE, findings);
    }
    if let Some(description) = entry.value.get("Description") {
        longest(scope, &whose, "description", description, MOST_OF_PARAMETER, findings);
    }
    if scope.resources.contains_key(entry.key.as_str()) {
        let title = format!("{whose} has the name of a resource");
        findings.push(finding(scope.origins, title, at(entry), "taken by a resource", "give one of them another name"));
    }
    if !fits {
        let title = format!("{whose} is of no type that CloudFormation knows");
        let at = of.map_or(at(entry), |of| of.origin);
        findings.push(finding(
            scope.origins,
            title,
            at,
            "not a type",
            "write `Type: String`, or another type of parameters",
        ));
    }
}

fn output(scope: &Scope<'_>, entry: &Entry<Target>, findings: &mut Diagnostics) {
    const KNOWN: &[&str] = &["Condition", "Description", "Export", "Value"];
    let whose = format!("the output `{}`", entry.key);
    for part in entry.value.entries().iter().filter(|p| !KNOWN.contains(&p.key.as_str()) && !p.key.starts_with("Fn::"))
    {
        unknown_key(scope.origins, &whose, part, KNOWN, findings);
    }
    if let Some(description) = entry.value.get("Description") {
        longest(scope, &whose, "description", description, MOST_OF_OUTPUT, findings);
    }
    if entry.value.get("Value").is_none() && !entry.value.entries().iter().any(|e| e.key.starts_with("Fn::")) {
        let title = format!("{whose} has no value");
        findings.push(finding(scope.origins, title, at(entry), "no `Value`", "write its `Value`"));
    }
}

/// The most bytes of a parameter's value, and of the descriptions of a parameter and of an output. Source: "AWS CloudFormation
/// endpoints and quotas".
const MOST_OF_VALUE: usize = 4096;
const MOST_OF_PARAMETER: usize = 4000;
const MOST_OF_OUTPUT: usize = 1024;
/// The most keys of each level of a mapping, and the most characters of one. Source as above.
const MOST_OF_MAPPING: usize = 200;
const MOST_OF_KEY: usize = 255;

fn longest(scope: &Scope<'_>, whose: &str, part: &str, value: &Value<Target>, most: usize, findings: &mut Diagnostics) {
    let Some(text) = value.as_text().filter(|text| text.len() > most) else { return };
    let title = format!("the {part} of {whose} has {} bytes; CloudFormation takes {most}", text.len());
    findings.push(finding(scope.origins, title, value.origin, "too long", "shorten it"));
}

fn mapping(scope: &Scope<'_>, entry: &Entry<Target>, findings: &mut Diagnostics) {
    let is_row = |row: &Value<Target>| matches!(row.kind, Kind::Map(_));
    for level in std::iter::once(&entry.value).chain(entry.value.entries().iter().map(|row| &row.value)) {
        if level.entries().len() > MOST_OF_MAPPING {
            let count = level.entries().len();
            let title = format!("the mapping `{}` has {count} keys; CloudFormation takes {MOST_OF_MAPPING}", entry.key);
            findings.push(finding(scope.origins, title, level.origin, "too many", "make more than one mapping of it"));
        }
        for key in level.entries().iter().filter(|e| e.key.chars().count() > MOST_OF_KEY) {
            let title = format!("a key of the mapping `{}` has more than {MOST_OF_KEY} characters", entry.key);
            findings.push(finding(scope.origins, title, at(key), "too long", "shorten it"));
        }
    }
    if is_row(&entry.value) && entry.value.entries().iter().all(|row| row.key.starts_with("Fn::") || is_row(&row.value))
    {
        return;
    }
    let title = format!("the mapping `{}` has not two levels of keys", entry.key);
    findings.push(finding(
        scope.origins,
        title,
        at(entry),
        "not two levels",
        "write a key, a second key, and its value",
    ));
}

/// Parameters, mappings and conditions that nothing refers to.
fn unused(scope: &Scope<'_>, tree: &Value<Target>, findings: &mut Diagnostics) {
    let mut used = BTreeSet::new();
    for entry in tree.entries().iter().filter(|e| e.key != "Parameters") {
        let mut names = Vec::new();
        graph::value(&entry.value, &mut names);
        used.extend(names.into_iter().map(|(name, _)| name));
        mentioned(&entry.value, &mut used);
    }
    for section in ["Parameters", "Mappings", "Conditions"] {
        for entry in tree.get(section).map(Value::entries).unwrap_or_default() {
            if used.contains(entry.key.as_str()) || entry.key.starts_with("Fn::") {
                continue;
            }
            let title = format!("nothing uses `{}` of `{section}`", entry.key);
            let diagnostic = Diagnostic::warning(CFN419, title).at_origin(scope.origins, at(entry), &[], "not used");
            findings.push(diagnostic.help("remove it, or refer to it"));
        }
    }
}

/// The names of conditions and mappings that a value mentions.
fn mentioned<'v>(value: &'v Value<Target>, used: &mut BTreeSet<&'v str>) {
    let first =
        |argument: &'v Value<Target>| argument.items().first().and_then(Value::as_text).or_else(|| argument.as_text());
    match &value.kind {
        Kind::Call(name, argument) => {
            if matches!(name.as_str(), "If" | "FindInMap" | "Condition") {
                used.extend(first(argument));
            }
            mentioned(argument, used);
        }
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|item| mentioned(item, used)),
        Kind::Map(entries) => {
            for entry in entries {
                if matches!(entry.key.as_str(), "Fn::If" | "Fn::FindInMap" | "Condition") {
                    used.extend(first(&entry.value));
                }
                mentioned(&entry.value, used);
            }
        }
        _ => {}
    }
}
