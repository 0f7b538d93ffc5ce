//! Changes for programs: one document.

use serde_json::{Map, Value, json};

use super::{Told, words};
use crate::diff::{About, Cause, Change, Effect, ExportEffect, Fate, Part, PropertyChange, Refusal, StackEffect};
use crate::yaml::{Kind, Node};

/// The changes as one JSON document.
#[must_use]
pub fn json(told: &Told<'_>) -> String {
    let changes = told.changes;
    let document = json!({
        "stage": told.stage,
        "against": told.against,
        "differs": !told.is_empty(),
        "cost": told.cost,
        "summary": words::summary(told),
        "stage_changes": changes.about.iter().map(|(key, old, new)| json!({"key": key, "old": old, "new": new})).collect::<Value>(),
        "asks": changes.asks.iter().map(|(stack, name)| json!({"stack": stack, "parameter": name})).collect::<Value>(),
        "stacks": changes.stacks.iter().map(|s| json!({
            "stack": s.stack,
            "name": s.name,
            "effect": match s.effect {
                StackEffect::Leaves => "leaves",
                StackEffect::Unprotected => "unprotected",
                StackEffect::Protected => "protected",
                StackEffect::Comes => "comes",
            },
        })).collect::<Value>(),
        "resources": changes.resources.iter().map(|c| resource(told, c)).collect::<Value>(),
        "exports": changes.exports.iter().map(|e| json!({
            "stack": e.stack,
            "name": e.name,
            "effect": match &e.effect {
                ExportEffect::Vanishes => "vanishes",
                ExportEffect::Moves { .. } => "moves",
                ExportEffect::Changes { sure: true, .. } => "changes",
                ExportEffect::Changes { sure: false, .. } => "may_change",
            },
            "with": match &e.effect {
                ExportEffect::Changes { with: Some(of), .. } => Some(of.id.as_str()),
                ExportEffect::Moves { to } => Some(to.as_str()),
                _ => None,
            },
            "refused": words::is_refused(e),
            "still_imported_by": e.still,
            "deploy_first": e.before,
            "stuck": e.stuck,
        })).collect::<Value>(),
        "access": changes.access.iter().map(|a| json!({
            "about": match a.about {
                About::Public => "public",
                About::Iam => "iam",
                About::Network => "network",
            },
            "widens": a.widens,
            "inner": a.is_inner,
            "stack": a.stack,
            "id": a.id,
            "path": a.path.join("."),
            "text": a.text,
            "place": told.place(a.origin),
        })).collect::<Value>(),
        "files": told.files,
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn resource(told: &Told<'_>, change: &Change) -> Value {
    let fate = change.fate.map(|fate| match fate {
        Fate::Deleted => "deleted",
        Fate::Snapshot => "snapshot",
        Fate::Retained => "retained",
    });
    json!({
        "stack": change.stack,
        "id": change.id,
        "type": change.resource_type,
        "component": change.owner.as_ref().map(|(component, local)| format!("{component}.{local}")),
        "action": words::action(change.action).replace(' ', "_"),
        "was": change.was.as_ref().map(|(stack, id)| json!({"stack": stack, "id": id})),
        "holds_data": change.holds_data,
        "old_one": fate,
        "guarded_by": change.guarded_by,
        "less_protected": change.dropped.iter().map(|d| json!({"by": d.name, "old": d.old, "new": d.new})).collect::<Value>(),
        "refused": change.refused.as_ref().map(|refusal| match refusal {
            Refusal::KeepsName { .. } | Refusal::NameInUse { .. } => "CFN450",
            Refusal::OtherType { .. } => "CFN451",
        }),
        "properties": change.properties.iter().map(|p| property(told, p)).collect::<Value>(),
        "place": told.place(change.origin),
    })
}

fn property(told: &Told<'_>, change: &PropertyChange) -> Value {
    let (cause, with) = match &change.cause {
        Cause::Written => ("written", None),
        Cause::Carried => ("carried", None),
        Cause::Outside => ("outside", None),
        Cause::Follows { attribute, .. } => ("follows", Some(attribute.id.as_str())),
    };
    json!({
        "path": change.path.join("."),
        "in": if change.part == Part::Property { "properties" } else { "resource" },
        "old": change.old.as_ref().map(value),
        "new": change.new.as_ref().map(value),
        "effect": match change.effect {
            Effect::Template => "template",
            Effect::Update => "update",
            Effect::Interrupt => "interrupt",
            Effect::MayReplace => "may_replace",
            Effect::Replace => "replace",
        },
        "cause": cause,
        "with": with,
        "sure": change.is_sure(),
        "place": told.place(change.origin),
    })
}

/// A value as JSON has it, functions in their long form.
fn value(node: &Node) -> Value {
    let inner = match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => json!(value),
        Kind::Int(value) => json!(value),
        Kind::Float(value) => json!(value),
        Kind::Str(text) => json!(text),
        Kind::Seq(items) => items.iter().map(value).collect(),
        Kind::Map(entries) => Value::Object(entries.iter().map(|e| (e.key.clone(), value(&e.value))).collect()),
    };
    match node.tag.as_deref() {
        Some("Ref") => json!({ "Ref": inner }),
        Some(tag) => Value::Object(Map::from_iter([(format!("Fn::{tag}"), inner)])),
        None => inner,
    }
}
