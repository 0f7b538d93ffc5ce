//! JSON texts inside templates: event patterns, inputs of schedules. Written as plain YAML in a manifest.

use crate::component::Context;
use crate::value::{Kind, Value};

/// The JSON text of a value, keys sorted. References stay references: the text is then joined when deployed.
#[must_use]
pub fn text(on: &Context<'_>, value: &Value) -> Value {
    let origin = on.rule("written as JSON, keys sorted", &[value.origin]);
    let mut pieces = Pieces { done: Vec::new(), open: String::new(), origin };
    pieces.value(value);
    pieces.finish()
}

/// The pieces of a text under construction: finished ones, and the text at the end that still grows.
struct Pieces {
    done: Vec<Value>,
    open: String,
    origin: crate::origin::OriginId,
}

impl Pieces {
    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::Null => self.open.push_str("null"),
            Kind::Bool(b) => self.open.push_str(if *b { "true" } else { "false" }),
            Kind::Int(n) => self.open.push_str(&n.to_string()),
            Kind::Float(n) => self.open.push_str(&serde_json::json!(n).to_string()),
            Kind::List(items) => self.between('[', ']', items.iter(), |pieces, item| pieces.value(item)),
            Kind::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                self.between('{', '}', sorted.into_iter(), |pieces, entry| {
                    pieces.open.push('"');
                    pieces.escaped(&entry.key);
                    pieces.open.push_str("\":");
                    pieces.value(&entry.value);
                });
            }
            Kind::Text(_) | Kind::Join(_) | Kind::Ref(_) | Kind::Call(..) => {
                self.open.push('"');
                self.inside(value);
                self.open.push('"');
            }
        }
    }

    /// What stands inside of quotes. What AWS gives (names, ARNs, URLs) holds nothing that JSON would escape.
    fn inside(&mut self, value: &Value) {
        match &value.kind {
            Kind::Text(text) => self.escaped(text),
            Kind::Join(parts) => parts.iter().for_each(|part| self.inside(part)),
            _ => {
                self.close();
                self.done.push(value.clone());
            }
        }
    }

    fn between<T>(&mut self, open: char, close: char, items: impl Iterator<Item = T>, each: impl Fn(&mut Self, T)) {
        self.open.push(open);
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.open.push(',');
            }
            each(self, item);
        }
        self.open.push(close);
    }

    fn escaped(&mut self, text: &str) {
        let quoted = serde_json::Value::from(text).to_string();
        self.open.push_str(quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default());
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.done.push(Value::text(self.origin, std::mem::take(&mut self.open)));
        }
    }

    fn finish(mut self) -> Value {
        if self.done.is_empty() {
            return Value::text(self.origin, self.open);
        }
        self.close();
        Value::new(self.origin, Kind::Join(self.done))
    }
}
