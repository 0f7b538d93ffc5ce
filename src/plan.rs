//! Plans: what lowering decided, as the template engine sees it.
//!
//! A plan is a serializable struct. Its leaves are settings and values, which carry an origin; they are opaque to the
//! templates, which can only place them ([`Leaf`]). Bare flags and lists are there for `if` and `for` and cannot be placed.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::origin::OriginId;
use crate::value::{Entry, Kind, Value};

/// A leaf of a plan: a value with its origin.
#[derive(Debug)]
pub struct Leaf(pub Value);

impl Object for Leaf {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.0.kind {
            Kind::List(_) => ObjectRepr::Seq,
            Kind::Map(_) => ObjectRepr::Map,
            _ => ObjectRepr::Plain,
        }
    }

    fn get_value(self: &Arc<Self>, key: &minijinja::Value) -> Option<minijinja::Value> {
        let found = match &self.0.kind {
            Kind::List(items) => items.get(key.as_usize()?),
            _ => self.0.get(key.as_str()?),
        };
        found.map(|v| minijinja::Value::from_object(Leaf(v.clone())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.0.kind {
            Kind::List(items) => Enumerator::Seq(items.len()),
            Kind::Map(entries) => {
                Enumerator::Values(entries.iter().map(|e| minijinja::Value::from(e.key.clone())).collect())
            }
            _ => Enumerator::NonEnumerable,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        match &self.0.kind {
            Kind::Null => false,
            Kind::Bool(b) => *b,
            Kind::List(items) => !items.is_empty(),
            Kind::Map(entries) => !entries.is_empty(),
            _ => true,
        }
    }
}

/// A plan for the template engine.
#[must_use]
pub fn context(plan: &Json) -> minijinja::Value {
    match plan {
        Json::Null => minijinja::Value::from(()),
        Json::Bool(b) => minijinja::Value::from(*b),
        Json::Number(n) => n.as_i64().map_or_else(|| minijinja::Value::from(n.as_f64()), minijinja::Value::from),
        Json::String(text) => minijinja::Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(context).collect(),
        Json::Object(map) => match leaf(plan) {
            Some(value) => minijinja::Value::from_object(Leaf(value)),
            None => {
                let fields: BTreeMap<String, minijinja::Value> =
                    map.iter().map(|(key, value)| (key.clone(), context(value))).collect();
                minijinja::Value::from(fields)
            }
        },
    }
}

/// What a setting or value became in the plan's JSON.
fn leaf(json: &Json) -> Option<Value> {
    let origin = OriginId(u32::try_from(json.get("$origin")?.as_u64()?).ok()?);
    match json.get("$value") {
        Some(value) => Some(with_origin(origin, value)),
        None => Value::deserialize(json).ok(),
    }
}

/// A setting's value: what has no origin of its own has the setting's.
fn with_origin(origin: OriginId, json: &Json) -> Value {
    if let Some(value) = leaf(json) {
        return value;
    }
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Bool(b) => Kind::Bool(*b),
        Json::Number(n) => n.as_i64().map_or_else(|| Kind::Float(n.as_f64().unwrap_or_default()), Kind::Int),
        Json::String(text) => Kind::Text(text.clone()),
        Json::Array(items) => Kind::List(items.iter().map(|v| with_origin(origin, v)).collect()),
        Json::Object(map) => Kind::Map(
            map.iter()
                .map(|(key, v)| Entry { key: key.clone(), key_origin: origin, value: with_origin(origin, v) })
                .collect(),
        ),
    };
    Value::new(origin, kind)
}
