//! A value as a tree whose leaves say where they come from.

use serde::Serialize;

use super::tables::{SourceId, Teller, TextId};
use crate::cfn::{self, Target};
use crate::emit;
use crate::value::{Kind, Symbol, Value};
use crate::yaml::{self, Doc};

/// A piece of a tree.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Node {
    /// What cannot be opened.
    Leaf(Leaf),
    /// Keys and values.
    Map {
        m: Vec<(TextId, Node)>,
    },
    List {
        l: Vec<Node>,
    },
}

/// A value that is told as a whole: its text, where it comes from, the logical id that it leads to, and the pieces that it was
/// joined of, where they come from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Leaf {
    Plain(TextId, SourceId),
    Led(TextId, SourceId, Option<TextId>),
    Joined(TextId, SourceId, Option<TextId>, Vec<(TextId, SourceId)>),
}

impl Leaf {
    /// What it says.
    pub(super) fn text(&self) -> TextId {
        match self {
            Leaf::Plain(text, ..) | Leaf::Led(text, ..) | Leaf::Joined(text, ..) => *text,
        }
    }
}

/// References of either phase.
pub(super) trait Shown: Clone {
    /// A value as it is written.
    fn doc(value: &Value<Self>) -> Doc;

    /// The resource of the same template that it leads to.
    fn leads_to(&self) -> Option<&str>;
}

impl Shown for Target {
    fn doc(value: &Value<Target>) -> Doc {
        cfn::value(value)
    }

    fn leads_to(&self) -> Option<&str> {
        match self {
            Target::Ref(id) | Target::GetAtt(id, _) => Some(id),
            Target::Import(_) | Target::ImportList(_) | Target::ParameterList(_) => None,
        }
    }
}

impl Shown for Symbol {
    fn doc(value: &Value) -> Doc {
        emit::value(value)
    }

    fn leads_to(&self) -> Option<&str> {
        None
    }
}

impl Teller<'_> {
    /// A whole tree.
    pub(super) fn tree<R: Shown>(&mut self, value: &Value<R>) -> Node {
        match &value.kind {
            Kind::Map(entries) if !entries.is_empty() && !matches!(entries.as_slice(), [e] if e.key == "Fn::Sub") => {
                Node::Map { m: entries.iter().map(|e| (self.tables.text(&e.key), self.tree(&e.value))).collect() }
            }
            Kind::List(items) if !items.is_empty() => Node::List { l: items.iter().map(|v| self.tree(v)).collect() },
            Kind::Call(name, argument) if !is_leaf(argument) => {
                Node::Map { m: vec![(self.tables.text(&format!("Fn::{name}")), self.tree(argument))] }
            }
            _ => Node::Leaf(self.leaf(value)),
        }
    }

    /// A value as one.
    pub(super) fn leaf<R: Shown>(&mut self, value: &Value<R>) -> Leaf {
        let (text, source) = (self.shown(value), self.source(value.origin));
        let leads_to = match &value.kind {
            Kind::Ref(target) => target.leads_to().map(|id| self.tables.text(id)),
            _ => None,
        };
        let parts = match &value.kind {
            Kind::Join(parts) => self.parts(parts, source),
            _ => Vec::new(),
        };
        match (leads_to, parts.as_slice()) {
            (None, []) => Leaf::Plain(text, source),
            (_, []) => Leaf::Led(text, source, leads_to),
            _ => Leaf::Joined(text, source, leads_to, parts),
        }
    }

    /// The pieces of a text that come from elsewhere than the whole.
    fn parts<R: Shown>(&mut self, parts: &[Value<R>], whole: SourceId) -> Vec<(TextId, SourceId)> {
        let mut told = Vec::new();
        for part in parts {
            let part = (self.shown(part), self.source(part.origin));
            if part.1 != whole && !told.contains(&part) {
                told.push(part);
            }
        }
        told
    }

    fn shown<R: Shown>(&mut self, value: &Value<R>) -> TextId {
        match &value.kind {
            // As it is, line for line.
            Kind::Text(text) if text.contains('\n') => self.tables.text(text),
            Kind::List(_) => self.tables.text(&yaml::one_line(&R::doc(value))),
            _ => self.tables.text(yaml::print(&R::doc(value)).trim_end()),
        }
    }
}

fn is_leaf<R>(value: &Value<R>) -> bool {
    !matches!(value.kind, Kind::Map(_) | Kind::List(_) | Kind::Call(..))
}
