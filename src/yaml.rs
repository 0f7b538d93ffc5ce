//! YAML: text → nodes with positions ([`parse`]), and documents → text that every reader reads alike ([`print`]).
//!
//! Reading and writing are two rooms with two types: a [`Node`] remembers where it stood; a [`Doc`] is only what is to be
//! written.

mod parse;
mod print;
mod scalar;

pub use parse::{CODES, Limits, TemplateError, parse, parse_foreign, parse_template};
pub use print::{one_line, print};

use crate::source::Span;

/// A piece of a YAML file and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands. For a collection: from its first to its last child.
    pub span: Span,
    /// A tag, such as `!Ref`, without its `!`.
    pub tag: Option<String>,
    /// What it is.
    pub kind: Kind,
}

impl Node {
    /// The value of a key; none where it is no mapping, or has no such key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }
}

/// What a node is. Scalars follow the core schema of YAML 1.2.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Anything else, and everything quoted.
    Str(String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping; keys are unique texts.
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// A document to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Doc {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Str(String),
    /// A sequence.
    Seq(Vec<Doc>),
    /// A mapping, written in this order.
    Map(Vec<(String, Doc)>),
    /// A value under a local tag, written `!Name value`.
    Tagged(String, Box<Doc>),
}

impl Doc {
    /// A text.
    pub fn text(text: impl Into<String>) -> Doc {
        Doc::Str(text.into())
    }

    /// A mapping.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Doc)>) -> Doc {
        Doc::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}
