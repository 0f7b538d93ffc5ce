//! Defaults: they come last, after all layers, and each knows the setting that it belongs to.
//!
//! They stand in the schemas that the kinds' types generate, so that what an editor shows is what the compiler does.

use serde_json::Value as Json;

use crate::origin::{Origin, Origins};
use crate::value::{Entry, Kind, Value};

/// Inserts the defaults of `schema` where `value` leaves a setting out. `setting` is what the value is called, such as
/// `postgres`.
pub fn fill(value: &mut Value, schema: &'static Json, definitions: &'static Json, setting: &str, origins: &Origins) {
    let schema = followed(schema, definitions);
    match &mut value.kind {
        Kind::Map(entries) => {
            let schema = branch(schema, definitions, "object");
            if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
                for (key, property) in properties {
                    let Some(default) = default(property, definitions) else { continue };
                    if entries.iter().any(|e| e.key == *key) {
                        continue;
                    }
                    let text = property.get("description").and_then(Json::as_str).unwrap_or_default();
                    let origin = origins.add(Origin::Default { setting: format!("{setting}.{key}"), text });
                    let value = literal(default, origin);
                    entries.push(Entry { key: key.clone(), key_origin: origin, value });
                }
                entries.sort_by(|a, b| a.key.cmp(&b.key));
            }
            // Nothing is missing in a scalar.
            let open = entries.iter_mut().filter(|e| matches!(e.value.kind, Kind::Map(_) | Kind::List(_)));
            for entry in open {
                let inner = schema.get("properties").and_then(|p| p.get(&entry.key));
                let Some(inner) = inner.or_else(|| schema.get("additionalProperties")) else { continue };
                fill(&mut entry.value, inner, definitions, &format!("{setting}.{}", entry.key), origins);
            }
        }
        Kind::List(items) => {
            let Some(inner) = branch(schema, definitions, "array").get("items") else { return };
            items.iter_mut().for_each(|item| fill(item, inner, definitions, setting, origins));
        }
        _ => {}
    }
}

/// What a description says before its first blank line, on one line.
pub(crate) fn first_paragraph(description: &str) -> String {
    description.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn default<'s>(property: &'s Json, definitions: &'s Json) -> Option<&'s Json> {
    let own = property.get("default").or_else(|| followed(property, definitions).get("default"));
    own.filter(|d| !d.is_null())
}

fn followed<'s>(schema: &'s Json, definitions: &'s Json) -> &'s Json {
    match schema.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix("#/$defs/")) {
        Some(name) => definitions.get(name).unwrap_or(schema),
        None => schema,
    }
}

/// Of several forms, the one that a map or list takes.
fn branch<'s>(schema: &'s Json, definitions: &'s Json, wanted: &str) -> &'s Json {
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array);
    let fits = |s: &&'s Json| s.get("type").is_some_and(|t| t == wanted);
    branches.into_iter().flatten().map(|s| followed(s, definitions)).find(fits).unwrap_or(schema)
}

fn literal(json: &Json, origin: crate::origin::OriginId) -> Value {
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Bool(b) => Kind::Bool(*b),
        Json::Number(n) => n.as_i64().map_or_else(|| Kind::Float(n.as_f64().unwrap_or_default()), Kind::Int),
        Json::String(text) => Kind::Text(text.clone()),
        Json::Array(items) => Kind::List(items.iter().map(|v| literal(v, origin)).collect()),
        Json::Object(map) => Kind::Map(
            map.iter().map(|(k, v)| Entry { key: k.clone(), key_origin: origin, value: literal(v, origin) }).collect(),
        ),
    };
    Value::new(origin, kind)
}
