//! Two resources of one logical id side by side: what differs, property by property, and what each takes from others.

use std::collections::BTreeSet;

use super::term::{Attribute, Side, Term, is_function};
use crate::built::field;
use crate::yaml::{Entry, Kind, Node};

/// Keys that tell the items of a list apart, wherever all of them have one.
const KEYS: &[&str] = &["Key", "Sid", "Id", "IndexName", "AttributeName", "DeviceName", "Name"];

/// The key of tags, whose order means nothing.
const TAG: &str = "Key";

/// Something that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Keys and list positions below where the comparison began; of what is gone, where it was.
    pub path: Vec<String>,
    /// What it was.
    pub old: Option<Node>,
    /// What it is.
    pub new: Option<Node>,
}

/// A value that is taken from resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// Where it stands.
    pub path: Vec<String>,
    /// As it is written.
    pub node: Node,
    /// What it takes.
    pub takes: BTreeSet<Attribute>,
}

/// Everything that differs between two values.
#[must_use]
pub fn differences(old: (Side<'_>, Option<&Node>), new: (Side<'_>, Option<&Node>)) -> Vec<Difference> {
    let mut walk = Walk { old: old.0, new: new.0, path: Vec::new(), found: Vec::new() };
    walk.either(old.1, new.1);
    walk.found
}

/// Everything below a value that is taken from resources.
#[must_use]
pub fn uses(side: Side<'_>, node: Option<&Node>) -> Vec<Use> {
    let (mut found, mut path) = (Vec::new(), Vec::new());
    if let Some(node) = node {
        collect(side, node, &mut path, &mut found);
    }
    found
}

fn collect(side: Side<'_>, node: &Node, path: &mut Vec<String>, found: &mut Vec<Use>) {
    let mut below = |step: String, node: &Node| {
        path.push(step);
        collect(side, node, path, found);
        path.pop();
    };
    match &node.kind {
        Kind::Seq(items) if !is_function(node) => {
            items.iter().enumerate().for_each(|(i, item)| below(i.to_string(), item));
        }
        Kind::Map(entries) if !is_function(node) => entries.iter().for_each(|e| below(e.key.clone(), &e.value)),
        _ => {
            let mut takes = BTreeSet::new();
            side.term(node).each_attribute(&mut |attribute| {
                takes.insert(attribute.clone());
            });
            if !takes.is_empty() {
                found.push(Use { path: path.clone(), node: node.clone(), takes });
            }
        }
    }
}

struct Walk<'b> {
    old: Side<'b>,
    new: Side<'b>,
    path: Vec<String>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn either(&mut self, old: Option<&Node>, new: Option<&Node>) {
        let term = |side: &Side<'_>, node: Option<&Node>| node.map_or(Term::Null, |n| side.term(n));
        if term(&self.old, old) == term(&self.new, new) {
            return;
        }
        match (old, new) {
            (Some(old), Some(new)) if !is_function(old) && !is_function(new) => match (&old.kind, &new.kind) {
                (Kind::Map(before), Kind::Map(after)) => self.maps(old, before, new, after),
                (Kind::Seq(before), Kind::Seq(after)) => self.lists(before, after),
                _ => self.differs(Some(old), Some(new)),
            },
            _ => self.differs(old, new),
        }
    }

    fn differs(&mut self, old: Option<&Node>, new: Option<&Node>) {
        self.found.push(Difference { path: self.path.clone(), old: old.cloned(), new: new.cloned() });
    }

    fn at(&mut self, step: impl ToString, old: Option<&Node>, new: Option<&Node>) {
        self.path.push(step.to_string());
        self.either(old, new);
        self.path.pop();
    }

    fn maps(&mut self, old: &Node, before: &[Entry], new: &Node, after: &[Entry]) {
        for entry in after {
            self.at(&entry.key, field(old, &entry.key), Some(&entry.value));
        }
        for entry in before.iter().filter(|e| field(new, &e.key).is_none()) {
            self.at(&entry.key, Some(&entry.value), None);
        }
    }

    fn lists(&mut self, before: &[Node], after: &[Node]) {
        for key in KEYS {
            if let Some((old, new)) =
                self.told_apart(before, key, &self.old).zip(self.told_apart(after, key, &self.new))
            {
                return self.keyed(key, before, &old, after, &new);
            }
        }
        let old: Vec<Term> = before.iter().map(|n| self.old.term(n)).collect();
        let new: Vec<Term> = after.iter().map(|n| self.new.term(n)).collect();
        let (gone, come) = (without(&old, &new), without(&new, &old));
        if gone.is_empty() && come.is_empty() {
            return self.order(before, after);
        }
        // As many as came went: each is taken for the other one's successor.
        let pairs = if gone.len() == come.len() { gone.len() } else { 0 };
        for (was, is) in gone.iter().zip(&come).take(pairs) {
            self.at(is, before.get(*was), after.get(*is));
        }
        come.iter().skip(pairs).for_each(|i| self.at(i, None, after.get(*i)));
        gone.iter().skip(pairs).for_each(|i| self.at(i, before.get(*i), None));
    }

    /// The values of `key`, if every item has one of its own.
    fn told_apart(&self, list: &[Node], key: &str, side: &Side<'_>) -> Option<Vec<Term>> {
        let keys: Option<Vec<Term>> =
            list.iter().map(|item| field(item, key).map(|k| side.term(k)).filter(|t| t.scalar().is_some())).collect();
        keys.filter(|keys| keys.iter().collect::<BTreeSet<_>>().len() == keys.len())
    }

    fn keyed(&mut self, key: &str, before: &[Node], old: &[Term], after: &[Node], new: &[Term]) {
        let known = self.found.len();
        for (i, (node, name)) in after.iter().zip(new).enumerate() {
            let was = old.iter().position(|o| o == name).and_then(|at| before.get(at));
            self.at(i, was, Some(node));
        }
        for (i, (node, _)) in before.iter().zip(old).enumerate().filter(|(_, (_, name))| !new.contains(name)) {
            self.at(i, Some(node), None);
        }
        if self.found.len() == known && key != TAG {
            self.order(before, after);
        }
    }

    /// The same in another order.
    fn order(&mut self, before: &[Node], after: &[Node]) {
        let list = |items: &[Node]| {
            items.first().map(|first| Node { span: first.span, tag: None, kind: Kind::Seq(items.to_vec()) })
        };
        self.differs(list(before).as_ref(), list(after).as_ref());
    }
}

/// The positions of what `list` has, and `other` has not, or not as often.
fn without(list: &[Term], other: &[Term]) -> Vec<usize> {
    let mut left: Vec<&Term> = other.iter().collect();
    let mut alone = Vec::new();
    for (i, term) in list.iter().enumerate() {
        match left.iter().position(|t| *t == term) {
            Some(at) => drop(left.swap_remove(at)),
            None => alone.push(i),
        }
    }
    alone
}

/// Whether two values are written alike, wherever they stand.
#[must_use]
pub fn same(a: &Node, b: &Node) -> bool {
    a.tag == b.tag
        && match (&a.kind, &b.kind) {
            (Kind::Seq(a), Kind::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Kind::Map(a), Kind::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
            }
            (a, b) => a == b,
        }
}

/// Whether there is, or may be, something at a path below a value. `*` is any list position or key; into what a function
/// makes nobody can look.
#[must_use]
pub fn has(node: &Node, path: &[&str]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    if is_function(node) {
        return true;
    }
    match &node.kind {
        Kind::Map(entries) => entries.iter().any(|e| (*step == "*" || e.key == *step) && has(&e.value, rest)),
        Kind::Seq(list) if *step == "*" => list.iter().any(|n| has(n, rest)),
        Kind::Seq(list) => step.parse::<usize>().ok().and_then(|i| list.get(i)).is_some_and(|n| has(n, rest)),
        _ => false,
    }
}
