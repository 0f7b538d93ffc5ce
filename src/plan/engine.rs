//! Plans as values of the template engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::Plan;
use crate::value::{Kind, Value};

/// A leaf of a plan, or what is inside one.
#[derive(Debug)]
pub struct Leaf {
    value: Value,
    /// Its number, see [`Plan::shape`].
    pub number: usize,
}

impl Object for Leaf {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.value.kind {
            Kind::List(_) => ObjectRepr::Seq,
            Kind::Map(_) => ObjectRepr::Map,
            _ => ObjectRepr::Plain,
        }
    }

    fn get_value(self: &Arc<Self>, key: &minijinja::Value) -> Option<minijinja::Value> {
        let (at, inside) = match &self.value.kind {
            Kind::List(_) => (key.as_usize()?, inside(&self.value).collect::<Vec<_>>()),
            Kind::Map(entries) => {
                let key = key.as_str()?;
                (entries.iter().position(|e| e.key == key)?, inside(&self.value).collect())
            }
            _ => return None,
        };
        let value = (*inside.get(at)?).clone();
        let number = self.number + 1 + inside.iter().take(at).map(|v| numbers(v)).sum::<usize>();
        Some(minijinja::Value::from_object(Leaf { value, number }))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.value.kind {
            Kind::List(items) => Enumerator::Seq(items.len()),
            Kind::Map(entries) => {
                Enumerator::Values(entries.iter().map(|e| minijinja::Value::from(e.key.clone())).collect())
            }
            _ => Enumerator::NonEnumerable,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        match &self.value.kind {
            Kind::Null => false,
            Kind::Bool(b) => *b,
            Kind::List(items) => !items.is_empty(),
            Kind::Map(entries) => !entries.is_empty(),
            _ => true,
        }
    }
}

/// What a list or map holds.
fn inside(value: &Value) -> impl Iterator<Item = &Value> {
    value.items().iter().chain(value.entries().iter().map(|e| &e.value))
}

/// How many numbers a leaf takes: its own, and those of all that is inside.
fn numbers(value: &Value) -> usize {
    1 + inside(value).map(numbers).sum::<usize>()
}

/// A plan for the template engine.
#[must_use]
pub fn context(plan: &Plan) -> minijinja::Value {
    numbered(plan, &mut 0)
}

fn numbered(plan: &Plan, next: &mut usize) -> minijinja::Value {
    match plan {
        Plan::Null => minijinja::Value::from(()),
        Plan::Bool(b) => minijinja::Value::from(*b),
        Plan::Int(n) => minijinja::Value::from(*n),
        Plan::Text(text) => minijinja::Value::from(text.as_str()),
        Plan::List(items) => items.iter().map(|item| numbered(item, next)).collect(),
        Plan::Map(fields) => {
            let fields: BTreeMap<&str, minijinja::Value> =
                fields.iter().map(|(key, value)| (&**key, numbered(value, next))).collect();
            minijinja::Value::from(fields)
        }
        Plan::Leaf(value) => {
            let number = *next;
            *next += numbers(value);
            minijinja::Value::from_object(Leaf { value: value.clone(), number })
        }
    }
}
