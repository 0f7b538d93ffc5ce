//! Following changes: what is replaced changes what others take from it, within a stack and across stacks, until nothing
//! more follows.

use std::collections::BTreeMap;

use super::compare::{Use, differences, same, uses};
use super::pairs::Moved;
use super::term::{Attribute, Side, Term};
use super::{Cause, Effect, Part, PropertyChange, facts};
use crate::built::{Resource, field};
use crate::yaml::{Kind, Node};

/// A stack's file without the ending, and a logical id.
pub(super) type Key<'b> = (&'b str, &'b str);

/// A resource that both builds have.
#[derive(Debug)]
pub(super) struct Pair<'b> {
    pub(super) old: &'b Resource,
    pub(super) new: &'b Resource,
    pub(super) changes: Vec<PropertyChange>,
    uses: Vec<Use>,
}

impl<'b> Pair<'b> {
    /// Compares a resource with what it was.
    pub(super) fn of(old: (Side<'b>, &'b Resource), new: (Side<'b>, &'b Resource), moved: &Moved<'_>) -> Pair<'b> {
        let ((before, was), (after, is)) = (old, new);
        let mut changes = Vec::new();
        for difference in differences((before, was.properties()), (after, is.properties())) {
            let term = |side: Side<'_>, node: &Option<Node>| node.as_ref().map_or(Term::Null, |n| side.term(n));
            let mut cause = cause(term(before, &difference.old), term(after, &difference.new), moved);
            let is_same = difference.old.as_ref().zip(difference.new.as_ref()).is_some_and(|(old, new)| same(old, new));
            if cause == Cause::Written && is_same {
                cause = Cause::Carried;
            }
            let most = if cause == Cause::Outside { Effect::MayReplace } else { Effect::Replace };
            let effect =
                facts::effect(&is.resource_type, &difference.path, difference.old.as_ref(), difference.new.as_ref());
            changes.push(PropertyChange {
                effect: effect.min(most),
                part: Part::Property,
                cause,
                path: difference.path,
                old: difference.old,
                new: difference.new,
                origin: None,
            });
        }
        for name in attributes(was, is) {
            for mut difference in differences((before, field(&was.node, name)), (after, field(&is.node, name))) {
                difference.path.insert(0, name.to_owned());
                changes.push(PropertyChange {
                    effect: Effect::Template,
                    part: Part::Attribute,
                    path: difference.path,
                    old: difference.old,
                    new: difference.new,
                    cause: Cause::Written,
                    origin: None,
                });
            }
        }
        let changed = |used: &Use| changes.iter().any(|c| c.part == Part::Property && used.path.starts_with(&c.path));
        let uses = uses(after, is.properties()).into_iter().filter(|used| !changed(used)).collect();
        Pair { old: was, new: is, changes, uses }
    }

    /// What happens to the resource, all in all.
    pub(super) fn effect(&self) -> Option<Effect> {
        self.changes.iter().map(|c| c.effect).max()
    }

    /// Whether what the resource gives under a name changes; and if so, whether surely.
    pub(super) fn gives_other(&self, attribute: Option<&str>) -> Option<bool> {
        let resource_type = &self.new.resource_type;
        let back = facts::given_back(resource_type, attribute);
        let stands = back.as_ref().and_then(|path| {
            let steps: Vec<&str> = path.iter().map(String::as_str).collect();
            self.new.properties().filter(|p| super::compare::has(p, &steps))
        });
        // What gives back a property that is written changes with that property alone.
        if let (Some(path), Some(_)) = (&back, stands) {
            let of = self.changes.iter().filter(|c| c.part == Part::Property);
            return of
                .filter(|c| c.path.starts_with(path) || path.starts_with(&c.path))
                .map(PropertyChange::is_sure)
                .max();
        }
        let surest = |effects: &[Effect]| {
            self.changes.iter().filter(|c| effects.contains(&c.effect)).map(PropertyChange::is_sure).max()
        };
        match self.effect()? {
            Effect::Replace => Some(true),
            Effect::MayReplace => Some(false),
            _ if attribute.is_some_and(|name| facts::is_renewed(resource_type, name)) => {
                surest(&[Effect::Update, Effect::Interrupt])
            }
            _ => None,
        }
    }

    /// Takes over what changes elsewhere; whether that says anything new.
    fn follow(&mut self, news: &[(usize, bool, Attribute)]) -> bool {
        let mut is_new = false;
        for (at, sure, attribute) in news {
            let Some(used) = self.uses.get(*at) else { continue };
            let known = self.changes.iter().position(|c| c.part == Part::Property && c.path == used.path);
            if known.and_then(|i| self.changes.get(i)).is_some_and(|c| c.is_sure() || !sure) {
                continue;
            }
            let written = facts::effect(&self.new.resource_type, &used.path, None, Some(&used.node));
            let change = PropertyChange {
                effect: if *sure { written } else { written.min(Effect::MayReplace) },
                part: Part::Property,
                path: used.path.clone(),
                old: Some(used.node.clone()),
                new: Some(used.node.clone()),
                cause: Cause::Follows { attribute: attribute.clone(), sure: *sure },
                origin: None,
            };
            match known.and_then(|i| self.changes.get_mut(i)) {
                Some(before) => *before = change,
                None => self.changes.push(change),
            }
            is_new = true;
        }
        is_new
    }
}

/// Why a value differs: it names a resource by its new place, or something outside by another name, and nothing else; or
/// the template says another value.
pub(super) fn cause(mut was: Term, mut is: Term, moved: &Moved<'_>) -> Cause {
    let mut first = None;
    is.each_mut(&mut |term| {
        let Term::Of(attribute) = term else { return };
        if let Some((stack, id)) = moved.get(&(attribute.stack.as_str(), attribute.id.as_str())) {
            first.get_or_insert_with(|| attribute.clone());
            (attribute.stack, attribute.id) = ((*stack).to_owned(), (*id).to_owned());
        }
    });
    if let (Some(attribute), true) = (first, was == is) {
        return Cause::Follows { attribute, sure: true };
    }
    // What is given from outside under two names may be the same: only the deploy knows.
    for term in [&mut was, &mut is] {
        term.each_mut(&mut |part| {
            if let Term::Given(name) = part {
                name.clear();
            }
        });
    }
    if was == is { Cause::Outside } else { Cause::Written }
}

/// The attributes of two resources that may differ: all but type, properties and metadata.
fn attributes<'b>(old: &'b Resource, new: &'b Resource) -> Vec<&'b str> {
    let keys = |resource: &'b Resource| match &resource.node.kind {
        Kind::Map(entries) => entries.iter().map(|e| e.key.as_str()).collect::<Vec<&str>>(),
        _ => Vec::new(),
    };
    let mut names = keys(new);
    names.extend(keys(old).into_iter().filter(|name| field(&new.node, name).is_none()));
    names.retain(|name| !matches!(*name, "Type" | "Properties"));
    names
}

/// Carries every change on to what takes from it, until nothing new follows.
pub(super) fn follow(pairs: &mut BTreeMap<Key<'_>, Pair<'_>>) {
    // Each round makes a change surer or finds one: what has ended stays so.
    loop {
        let mut news: BTreeMap<Key<'_>, Vec<(usize, bool, Attribute)>> = BTreeMap::new();
        for (key, pair) in pairs.iter() {
            for (at, used) in pair.uses.iter().enumerate() {
                let changed = used.takes.iter().filter_map(|attribute| {
                    let from = pairs.get(&(attribute.stack.as_str(), attribute.id.as_str()))?;
                    Some((from.gives_other(attribute.name.as_deref())?, attribute))
                });
                // Of several, the first of the surest.
                let surest = changed.reduce(|best, next| if next.0 && !best.0 { next } else { best });
                if let Some((sure, attribute)) = surest {
                    news.entry(*key).or_default().push((at, sure, attribute.clone()));
                }
            }
        }
        let mut is_new = false;
        for (key, news) in &news {
            is_new |= pairs.get_mut(key).is_some_and(|pair| pair.follow(news));
        }
        if !is_new {
            return;
        }
    }
}
