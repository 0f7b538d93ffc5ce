//! Which resource of one build is which of the other, and what becomes of each.

use std::collections::{BTreeMap, BTreeSet};

use super::follow::{Key, Pair};
use super::renamed::Renamed;
use super::term::Side;
use super::{Action, Change, Effect, StackChange, StackEffect, data, refused};
use crate::built::{Built, Resource, Stack};
use crate::cfn::ParameterSource;

/// The resources that both builds have, compared. One is known by its stack and its logical id.
pub(super) fn pairs<'b>(old: &'b Built, new: &'b Built, moved: &Moved<'_>) -> BTreeMap<Key<'b>, Pair<'b>> {
    let mut pairs = BTreeMap::new();
    for (was, is) in both(old, new) {
        for (id, resource) in &is.resources {
            let Some(earlier) = was.resources.get(id).filter(|r| r.resource_type == resource.resource_type) else {
                continue;
            };
            let sides = (Side { built: old, stack: was }, Side { built: new, stack: is });
            pairs.insert((is.word.as_str(), id.as_str()), Pair::of((sides.0, earlier), (sides.1, resource), moved));
        }
    }
    pairs
}

/// Where each resource stood that has another stack or another logical id now: new place to old one.
pub(super) type Moved<'b> = BTreeMap<Key<'b>, Key<'b>>;

/// Finds what moved, and what is renamed with its component.
pub(super) fn moved<'b>(old: &'b Built, new: &'b Built, renamed: &[Renamed<'_>]) -> Moved<'b> {
    let gone = only_in(old, new);
    let was = |(stack, id): Key<'b>, resource: &Resource| {
        let is_it = |((from, old_id), earlier): &&(Key<'b>, &Resource)| {
            earlier.resource_type == resource.resource_type
                && if *old_id == id { *from != stack } else { renamed.iter().any(|r| r.is(old_id, id)) }
        };
        gone.iter().find(is_it).map(|(place, _)| *place)
    };
    only_in(new, old).into_iter().filter_map(|(key, resource)| Some((key, was(key, resource)?))).collect()
}

/// Stacks that both builds have.
fn both<'b>(old: &'b Built, new: &'b Built) -> impl Iterator<Item = (&'b Stack, &'b Stack)> {
    new.stacks.iter().filter_map(|is| Some((old.stacks.iter().find(|was| was.word == is.word)?, is)))
}

/// What becomes of each resource that changes.
pub(super) fn resources(
    old: &Built,
    new: &Built,
    pairs: &BTreeMap<Key<'_>, Pair<'_>>,
    moved: &Moved<'_>,
) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for ((stack, id), pair) in pairs {
        if let Some(effect) = pair.effect() {
            changes.push(changed((old, new), (stack, id), pair, effect));
        }
    }
    let gone = only_in(old, new);
    let come = only_in(new, old);
    let mut known: BTreeSet<Key<'_>> = BTreeSet::new();
    for (key, resource) in &come {
        let (stack, id) = *key;
        let was = moved.get(key).and_then(|was| gone.iter().find(|(place, _)| place == was));
        let retyped = gone.iter().find(|(old_key, _)| old_key == key);
        let change = Change { owner: owner(new, id), ..bare(stack, id, resource, Action::Create) };
        let change = match (was, retyped) {
            (_, Some((_, earlier))) => {
                known.insert(*key);
                let change = leaves(old, Change { action: Action::Replace, ..change }, *key, earlier);
                let refused = Some(refused::Refusal::OtherType { was: earlier.resource_type.clone() });
                Change { refused, fate: Some(data::when_deleted(earlier)), ..change }
            }
            (Some((place, earlier)), None) => {
                known.insert(*place);
                let action = if place.1 == id { Action::Move } else { Action::Rename };
                let change = leaves(old, Change { action, ..change }, *place, earlier);
                Change {
                    was: Some((place.0.to_owned(), place.1.to_owned())),
                    fate: Some(data::when_deleted(earlier)),
                    ..change
                }
            }
            (None, None) => change,
        };
        changes.push(Change {
            refused: change.refused.clone().or_else(|| refused::name_in_use(old, new, *key, resource)),
            ..change
        });
    }
    for (key, resource) in gone.iter().filter(|(key, _)| !known.contains(key)) {
        let fate = data::when_deleted(resource);
        let action = if fate == data::Fate::Retained { Action::Retain } else { Action::Delete };
        let change = Change { owner: owner(old, key.1), ..bare(key.0, key.1, resource, action) };
        changes.push(Change { fate: Some(fate), ..leaves(old, change, *key, resource) });
    }
    changes
}

/// The resources that one build has, and the other has not, or of another type.
fn only_in<'b>(one: &'b Built, other: &Built) -> Vec<(Key<'b>, &'b Resource)> {
    let has = |stack: &Stack, id: &str, resource: &Resource| {
        let there = other.stacks.iter().find(|s| s.word == stack.word).and_then(|s| s.resources.get(id));
        there.is_some_and(|r| r.resource_type == resource.resource_type)
    };
    let all = one.stacks.iter().flat_map(|s| s.resources.iter().map(move |(id, r)| (s, id, r)));
    all.filter(|(s, id, r)| !has(s, id, r)).map(|(s, id, r)| ((s.word.as_str(), id.as_str()), r)).collect()
}

fn owner(built: &Built, id: &str) -> Option<(String, String)> {
    built.owner(id).map(|(component, local)| (component.to_owned(), local.to_owned()))
}

fn bare(stack: &str, id: &str, resource: &Resource, action: Action) -> Change {
    Change {
        stack: stack.to_owned(),
        id: id.to_owned(),
        resource_type: resource.resource_type.clone(),
        owner: None,
        action,
        was: None,
        properties: Vec::new(),
        holds_data: resource.is_of_data(),
        fate: None,
        guarded_by: None,
        dropped: Vec::new(),
        refused: None,
        origin: None,
    }
}

/// What is said of a resource that goes, whether or not another one comes.
fn leaves(old: &Built, change: Change, (stack, _): Key<'_>, resource: &Resource) -> Change {
    let was = old.stacks.iter().find(|s| s.word == stack);
    let guard = was.and_then(|stack| data::guard(Side { built: old, stack }, resource));
    Change { holds_data: resource.is_of_data(), guarded_by: guard, ..change }
}

fn changed((old, new): (&Built, &Built), (stack, id): Key<'_>, pair: &Pair<'_>, effect: Effect) -> Change {
    let action = match effect {
        Effect::Template => Action::Template,
        Effect::Update => Action::Update,
        Effect::Interrupt => Action::Interrupt,
        Effect::MayReplace => Action::MayReplace,
        Effect::Replace => Action::Replace,
    };
    let mut change = Change { owner: owner(new, id), ..bare(stack, id, pair.new, action) };
    if effect >= Effect::MayReplace {
        change = leaves(old, change, (stack, id), pair.old);
        change.fate = Some(data::when_replaced(pair.old));
    }
    if effect == Effect::Replace {
        change.refused = refused::kept_name(new, stack, pair);
    }
    let find = |built: &'_ Built| built.stacks.iter().position(|s| s.word == stack);
    if let Some((was, is)) = find(old).and_then(|i| old.stacks.get(i)).zip(find(new).and_then(|i| new.stacks.get(i))) {
        let sides = (Side { built: old, stack: was }, Side { built: new, stack: is });
        change.dropped = data::dropped((sides.0, pair.old), (sides.1, pair.new));
    }
    Change { properties: pair.changes.clone(), ..change }
}

/// Stacks that come, go, or are protected otherwise.
pub(super) fn stacks(old: &Built, new: &Built) -> Vec<StackChange> {
    let change = |stack: &Stack, effect| StackChange { stack: stack.word.clone(), name: stack.name.clone(), effect };
    let is_in = |built: &Built, stack: &Stack| built.stacks.iter().any(|s| s.word == stack.word);
    let gone = old.stacks.iter().filter(|s| !is_in(new, s)).map(|s| change(s, StackEffect::Leaves));
    let kept = both(old, new).filter_map(|(was, is)| match (was.is_protected, is.is_protected) {
        (true, false) => Some(change(is, StackEffect::Unprotected)),
        (false, true) => Some(change(is, StackEffect::Protected)),
        _ => None,
    });
    let come = new.stacks.iter().filter(|s| !is_in(old, s)).map(|s| change(s, StackEffect::Comes));
    gone.chain(kept).chain(come).collect()
}

/// What the deploy asks for and did not before.
pub(super) fn asks(old: &Built, new: &Built) -> Vec<(String, String)> {
    let inputs = |built: &Built| -> BTreeSet<(String, String)> {
        let all = built.stacks.iter().flat_map(|s| s.parameters.iter().map(move |(name, from)| (s, name, from)));
        let asked = all.filter(|(.., from)| **from == ParameterSource::Input);
        asked.map(|(stack, name, _)| (stack.word.clone(), name.clone())).collect()
    };
    inputs(new).difference(&inputs(old)).cloned().collect()
}

/// What is said of the stage as a whole, and differs.
pub(super) fn about(old: &Built, new: &Built) -> Vec<(String, Option<String>, Option<String>)> {
    let keys: BTreeSet<&String> = old.about.keys().chain(new.about.keys()).collect();
    let both = keys.into_iter().map(|key| (key.clone(), old.about.get(key).cloned(), new.about.get(key).cloned()));
    // Of a first build nothing is said but what it makes.
    both.filter(|(_, was, is)| was != is && !old.stacks.is_empty()).collect()
}
