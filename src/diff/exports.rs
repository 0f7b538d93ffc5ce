//! Exports that vanish or change: CloudFormation refuses both while a stack imports them.

use std::collections::{BTreeMap, BTreeSet};

use super::Cause;
use super::follow::{Key, Pair, cause};
use super::pairs::Moved;
use super::term::{Attribute, Side};
use crate::built::{Built, Stack};
use crate::yaml::Node;

/// What becomes of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportEffect {
    /// It is gone.
    Vanishes,
    /// It is gone, and what it said is exported under another name.
    Moves {
        /// That name.
        to: String,
    },
    /// It has another value: by what it takes from a resource that gives another one now, where that is why.
    Changes {
        /// What it takes.
        with: Option<Attribute>,
        /// Whether it surely does.
        sure: bool,
    },
}

/// An export that vanishes or changes, and that some stack imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportChange {
    /// The stack that exports it, by its file without the ending.
    pub stack: String,
    /// Its name.
    pub name: String,
    /// The output that makes it.
    pub output: String,
    /// What becomes of it.
    pub effect: ExportEffect,
    /// The stacks that import it, or what it moves to, as before: CloudFormation refuses the change.
    pub still: Vec<String>,
    /// The stacks that imported it, and do so no more: they are to be deployed first.
    pub before: Vec<String>,
    /// Those of them that cannot be: they import what the same stack exports now and did not before.
    pub stuck: Vec<String>,
}

type Importers<'b> = BTreeMap<(&'b str, &'b str), BTreeSet<&'b str>>;

/// Every export that vanishes or changes, and that some stack imported.
pub(super) fn exports(
    old: &Built,
    new: &Built,
    pairs: &BTreeMap<Key<'_>, Pair<'_>>,
    moved: &Moved<'_>,
) -> Vec<ExportChange> {
    let (was, is) = (importers(old), importers(new));
    let elsewhere = |region: &str, output: &str| {
        let mut all = new.stacks.iter().filter(|s| s.region == region).flat_map(Stack::exports);
        all.find(|(_, other, _)| *other == output).map(|(name, ..)| name.to_owned())
    };
    let mut changes = Vec::new();
    for stack in &old.stacks {
        let now = new.stacks.iter().find(|s| s.word == stack.word);
        let users = |all: &Importers<'_>, name: &str| -> BTreeSet<String> {
            let users = all.get(&(stack.region.as_str(), name)).into_iter().flatten();
            users.map(|s| (*s).to_owned()).collect()
        };
        for (name, output, value) in stack.exports() {
            let found = now.and_then(|s| Some((s, s.exports().find(|(other, ..)| *other == name)?.2)));
            let effect = match found {
                Some(found) => change((old, stack, value), (new, found.0, found.1), pairs, moved),
                None => Some(
                    elsewhere(&stack.region, output).map_or(ExportEffect::Vanishes, |to| ExportEffect::Moves { to }),
                ),
            };
            let (Some(effect), used) = (effect, users(&was, name)) else { continue };
            let uses = match &effect {
                ExportEffect::Moves { to } => users(&is, to),
                _ => users(&is, name),
            };
            if !used.is_empty() {
                changes.push(ExportChange {
                    stack: stack.word.clone(),
                    name: name.to_owned(),
                    output: output.to_owned(),
                    effect,
                    still: used.intersection(&uses).cloned().collect(),
                    stuck: stuck((old, stack), new, &used, &uses),
                    before: used.difference(&uses).cloned().collect(),
                });
            }
        }
    }
    changes
}

/// Who stops importing an export of a stack and begins to import another one that is new: neither can be deployed first.
fn stuck((old, stack): (&Built, &Stack), new: &Built, used: &BTreeSet<String>, uses: &BTreeSet<String>) -> Vec<String> {
    let is_new = |name: &str| {
        let mut before = old.stacks.iter().filter(|s| s.region == stack.region).flat_map(Stack::exports);
        !before.any(|(other, ..)| other == name)
    };
    let now = new.stacks.iter().find(|s| s.word == stack.word);
    let fresh: BTreeSet<&str> =
        now.into_iter().flat_map(Stack::exports).map(|(name, ..)| name).filter(|n| is_new(n)).collect();
    let needs = |word: &String| {
        let importer = new.stacks.iter().find(|s| s.word == *word);
        importer.is_some_and(|s| s.imports.iter().any(|import| fresh.contains(import.as_str())))
    };
    used.difference(uses).filter(|word| needs(word)).cloned().collect()
}

/// The stacks that import each export, by region and name.
fn importers(built: &Built) -> Importers<'_> {
    let mut importers = Importers::new();
    for stack in &built.stacks {
        for import in &stack.imports {
            importers.entry((&stack.region, import)).or_default().insert(&stack.word);
        }
    }
    importers
}

/// Whether an export's value changes, and by what.
fn change(
    (old, was, before): (&Built, &Stack, &Node),
    (new, is, after): (&Built, &Stack, &Node),
    pairs: &BTreeMap<Key<'_>, Pair<'_>>,
    moved: &Moved<'_>,
) -> Option<ExportEffect> {
    let now = Side { built: new, stack: is }.term(after);
    let then = Side { built: old, stack: was }.term(before);
    if then != now {
        return Some(match cause(then, now, moved) {
            Cause::Written | Cause::Carried => ExportEffect::Changes { with: None, sure: true },
            Cause::Outside => ExportEffect::Changes { with: None, sure: false },
            Cause::Follows { attribute, sure } => ExportEffect::Changes { with: Some(attribute), sure },
        });
    }
    let mut surest: Option<(bool, Attribute)> = None;
    now.each_attribute(&mut |of| {
        let from = pairs.get(&(of.stack.as_str(), of.id.as_str())).and_then(|p| p.gives_other(of.name.as_deref()));
        if let Some(sure) = from.filter(|sure| surest.as_ref().is_none_or(|(known, _)| *sure && !known)) {
            surest = Some((sure, of.clone()));
        }
    });
    surest.map(|(sure, with)| ExportEffect::Changes { with: Some(with), sure })
}
