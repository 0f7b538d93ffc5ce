//! Plans: what lowering decided, as the template engine sees it.
//!
//! A plan is a serializable struct. Its leaves are settings and values, which carry an origin; they are opaque to the
//! templates, which can only place them ([`Leaf`]). Bare flags and lists are there for `if` and `for` and cannot be placed.
//! So what a template spells depends on the plan's *shape* alone: on all of it but what stands in its scalar leaves.

mod engine;
mod of;

use std::borrow::Cow;

use serde::Serialize;

use crate::value::{Kind, Value};

pub use engine::{Leaf, context};

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Nothing: an option that was not taken.
    Null,
    /// A flag.
    Bool(bool),
    /// A bare number.
    Int(i64),
    /// A bare text.
    Text(String),
    /// A list.
    List(Vec<Plan>),
    /// The fields of a struct, or a map.
    Map(Vec<(Cow<'static, str>, Plan)>),
    /// A setting or a value.
    Leaf(Value),
}

impl Plan {
    /// A struct as a plan. One that is no plan, such as an enum with fields, becomes `Null`, with which no template is content.
    #[must_use]
    pub fn of(plan: &impl Serialize) -> Plan {
        plan.serialize(of::Planning).unwrap_or(Plan::Null)
    }

    /// The plan's shape, and its leaves in the order of their numbers: each value that a template could place.
    #[must_use]
    pub fn shape(&self) -> (Vec<u8>, Vec<&Value>) {
        let mut seen = Seen { shape: Vec::with_capacity(512), leaves: Vec::with_capacity(64) };
        seen.plan(self);
        (seen.shape, seen.leaves)
    }
}

/// What was seen of a plan. Different plans never write the same: each part says what it is and how long.
struct Seen<'p> {
    shape: Vec<u8>,
    leaves: Vec<&'p Value>,
}

impl<'p> Seen<'p> {
    fn plan(&mut self, plan: &'p Plan) {
        match plan {
            Plan::Null => self.shape.push(b'-'),
            Plan::Bool(flag) => self.shape.push(if *flag { b'y' } else { b'n' }),
            Plan::Int(number) => {
                self.shape.push(b'i');
                self.shape.extend(number.to_le_bytes());
            }
            Plan::Text(text) => self.text(b's', text),
            Plan::List(items) => {
                self.count(b'l', items.len());
                items.iter().for_each(|item| self.plan(item));
            }
            Plan::Map(fields) => {
                self.count(b'm', fields.len());
                for (key, value) in fields {
                    self.text(b'k', key);
                    self.plan(value);
                }
            }
            Plan::Leaf(value) => self.leaf(value),
        }
    }

    /// A template may ask whether a leaf is true, go through its items or keys, and place what is inside.
    fn leaf(&mut self, value: &'p Value) {
        self.leaves.push(value);
        match &value.kind {
            Kind::Null | Kind::Bool(false) => self.shape.push(b'0'),
            Kind::List(items) => {
                self.count(b'L', items.len());
                items.iter().for_each(|item| self.leaf(item));
            }
            Kind::Map(entries) => {
                self.count(b'M', entries.len());
                for entry in entries {
                    self.text(b'k', &entry.key);
                    self.leaf(&entry.value);
                }
            }
            _ => self.shape.push(b'1'),
        }
    }

    fn text(&mut self, what: u8, text: &str) {
        self.count(what, text.len());
        self.shape.extend(text.as_bytes());
    }

    fn count(&mut self, what: u8, count: usize) {
        self.shape.push(what);
        self.shape.extend(count.to_le_bytes());
    }
}

#[cfg(test)]
mod tests;
