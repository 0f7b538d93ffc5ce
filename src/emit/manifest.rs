//! The merged manifest as a document: what was compiled, defaults included, references as they were written.

use crate::schema::written;
use crate::value::{Kind, Value};
use crate::yaml::Doc;

/// Keys that say what the stage is come first; the rest follows by name.
const FIRST: &[&str] = &[
    "project",
    "stage",
    "lifetime",
    "removal",
    "protect",
    "account",
    "region",
    "secrets_from",
    "sst_variables",
    "owner",
    "expire_days",
    "estimate_limit",
    "log_days",
    "tags",
];

pub(super) fn document(tree: &Value) -> Doc {
    let first = FIRST.iter().filter_map(|key| tree.entry(key));
    let rest = tree.entries().iter().filter(|e| !FIRST.contains(&e.key.as_str()));
    let block = |e: &crate::value::Entry| {
        let doc = if e.key == "components" { components(&e.value) } else { value(&e.value) };
        (e.key.clone(), doc)
    };
    Doc::Map(first.chain(rest).map(block).collect())
}

/// A component's `type` and `purpose` come first.
fn components(tree: &Value) -> Doc {
    let component = |v: &Value| {
        let first = ["type", "purpose"].iter().filter_map(|key| v.entry(key));
        let rest = v.entries().iter().filter(|e| !matches!(e.key.as_str(), "type" | "purpose"));
        Doc::Map(first.chain(rest).map(|e| (e.key.clone(), value(&e.value))).collect())
    };
    Doc::Map(tree.entries().iter().map(|e| (e.key.clone(), component(&e.value))).collect())
}

/// A value as the manifest writes it.
#[must_use]
pub fn value(v: &Value) -> Doc {
    match &v.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(b) => Doc::Bool(*b),
        Kind::Int(i) => Doc::Int(*i),
        Kind::Float(x) => Doc::Float(*x),
        Kind::Text(text) => Doc::text(text.replace("${", "$${")),
        Kind::List(items) => Doc::Seq(items.iter().map(value).collect()),
        Kind::Map(entries) => Doc::Map(entries.iter().map(|e| (e.key.clone(), value(&e.value))).collect()),
        Kind::Ref(symbol) => Doc::text(written(symbol)),
        Kind::Join(parts) => Doc::text(parts.iter().map(part).collect::<String>()),
        Kind::Call(name, argument) => match value(argument) {
            inner @ Doc::Tagged(..) => Doc::map([(format!("Fn::{name}"), inner)]),
            inner => Doc::Tagged(name.clone(), Box::new(inner)),
        },
    }
}

fn part(v: &Value) -> String {
    match value(v) {
        Doc::Str(text) => text,
        Doc::Int(i) => i.to_string(),
        Doc::Float(x) => x.to_string(),
        Doc::Bool(b) => b.to_string(),
        _ => String::new(),
    }
}
