//! The words for changes, the same in every format.

use std::collections::BTreeMap;

use super::Told;
use crate::diag::quote_list;
use crate::diff::{Action, Cause, Change, Changes, Effect, ExportChange, ExportEffect, Fate, Part, PropertyChange};
use crate::diff::{Refusal, StackChange, StackEffect};
use crate::yaml::{Doc, Kind, Node, one_line};
use similar::{ChangeTag, TextDiff};

/// Every action in the order in which they are told, with its word and what is said of several.
pub(super) const ACTIONS: &[(Action, &str, &str)] = &[
    (Action::Replace, "replace", "replaced"),
    (Action::Delete, "delete", "deleted"),
    (Action::Move, "move", "moved"),
    (Action::Rename, "rename", "renamed"),
    (Action::MayReplace, "may replace", "may be replaced"),
    (Action::Retain, "retain", "retained"),
    (Action::Interrupt, "interrupt", "interrupted"),
    (Action::Create, "create", "created"),
    (Action::Update, "update", "updated"),
    (Action::Template, "template", "changed in the template only"),
];

/// The word for an action.
pub(super) fn action(action: Action) -> &'static str {
    ACTIONS.iter().find(|(a, ..)| *a == action).map_or("", |(_, word, _)| word)
}

/// `1 replaced (holds data), 3 updated, access widens`; nothing where nothing changes.
pub(super) fn summary(told: &Told<'_>) -> String {
    let (changes, files) = (told.changes, told.files.len());
    let mut said = Vec::new();
    for (action, _, several) in ACTIONS {
        let of: Vec<&Change> = changes.resources.iter().filter(|c| c.action == *action).collect();
        let data = of.iter().filter(|c| c.is_loss()).count();
        match (of.len(), data) {
            (0, _) => {}
            (count, 0) => said.push(format!("{count} {several}")),
            (1, _) => said.push(format!("1 {several} (holds data)")),
            (count, 1) => said.push(format!("{count} {several} (1 holds data)")),
            (count, data) => said.push(format!("{count} {several} ({data} hold data)")),
        }
    }
    let refused = refused(changes);
    let counts = [
        (refused, "refused by CloudFormation"),
        (changes.resources.iter().filter(|c| !c.dropped.is_empty()).count(), "less protected"),
        (changes.stacks.len(), if changes.stacks.len() == 1 { "stack" } else { "stacks" }),
        (changes.about.len() + changes.asks.len(), "of the stage"),
        (files, if files == 1 { "other file" } else { "other files" }),
    ];
    let of_access = |widens| changes.access.iter().filter(|a| a.widens == widens && !a.is_inner).count();
    match (of_access(true), of_access(false)) {
        (0, 0) => {}
        (more, 0) => said.push(format!("access +{more}")),
        (0, less) => said.push(format!("access -{less}")),
        (more, less) => said.push(format!("access +{more} -{less}")),
    }
    said.extend(counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    if said.is_empty() && told.cost.is_some() {
        said.push("only the estimate of its cost changes".to_owned());
    }
    said.join(", ")
}

/// How many changes CloudFormation refuses.
fn refused(changes: &Changes) -> usize {
    let exports = changes.exports.iter().filter(|e| is_refused(e)).count();
    exports + changes.resources.iter().filter(|c| c.refused.is_some()).count()
}

/// Whether CloudFormation refuses what becomes of an export.
pub(super) fn is_refused(export: &ExportChange) -> bool {
    let is_sure = !matches!(export.effect, ExportEffect::Changes { sure: false, .. });
    !export.stuck.is_empty() || !export.still.is_empty() && is_sure
}

/// What a change is of: its type, where it was, and whether it holds data.
pub(super) fn of(change: &Change) -> String {
    let was = match (&change.was, change.action) {
        (Some((stack, _)), Action::Move) => format!(", from {stack}"),
        (Some((_, id)), _) => format!(", was {id}"),
        (None, _) => String::new(),
    };
    let data = if change.is_loss() { ", holds data" } else { "" };
    format!("{}{was}{data}", change.resource_type)
}

/// Everything that must be known of a change beside what changes, a sentence each.
pub(super) fn notes(change: &Change) -> Vec<String> {
    let mut notes = Vec::new();
    let is_new = matches!(change.action, Action::Replace | Action::MayReplace | Action::Move | Action::Rename);
    let fate = match (change.fate, change.holds_data) {
        (Some(Fate::Deleted), true) => Some("the old one is deleted with its data"),
        (Some(Fate::Snapshot), true) => Some("the old one is deleted after a last snapshot"),
        (Some(Fate::Retained), true) => Some("the old one stays in the account with its data, outside of every stack"),
        (Some(Fate::Retained), false) => Some("the old one stays in the account, outside of every stack"),
        (Some(Fate::Snapshot | Fate::Deleted) | None, _) => None,
    };
    let if_so = if change.action == Action::MayReplace { "if AWS replaces it, " } else { "" };
    // The word says it.
    let fate = fate.filter(|_| change.holds_data || change.action != Action::Retain);
    notes.extend(match (fate, is_new) {
        (Some(fate), true) if change.holds_data => Some(format!("{if_so}the new one is empty; {fate}")),
        (Some(fate), true) => Some(format!("{if_so}{fate}")),
        (Some(fate), false) => Some(fate.replace("the old one", "it")),
        (None, _) => None,
    });
    if let (Some(property), Some(Fate::Deleted | Fate::Snapshot)) = (change.guarded_by, change.fate) {
        notes.push(format!("`{property}` is on: AWS refuses to delete the old one, and the deploy ends with that"));
    }
    notes.extend(change.refused.as_ref().map(refusal));
    notes
}

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::KeepsName { property, name } => {
            format!("CloudFormation cannot: the new one has the `{property}` `{name}` of the old one (CFN450)")
        }
        Refusal::NameInUse { property, name, by: (stack, id) } => {
            format!("CloudFormation cannot: `{id}` of `{stack}` still has its `{property}` `{name}` (CFN450)")
        }
        Refusal::OtherType { was } => format!("CloudFormation refuses: it was `{was}` (CFN451)"),
    }
}

/// What becomes of stacks as a whole, a sentence for those of which the same is said.
pub(super) fn stacks(changes: &[StackChange]) -> Vec<String> {
    let said: [(StackEffect, &str, &str); 4] = [
        (StackEffect::Leaves, "leaves", "leave"),
        (StackEffect::Unprotected, "loses its termination protection", "lose their termination protection"),
        (StackEffect::Protected, "gets termination protection", "get termination protection"),
        (StackEffect::Comes, "is new", "are new"),
    ];
    let mut sentences = Vec::new();
    for (effect, one, several) in said {
        let of: Vec<&str> = changes.iter().filter(|c| c.effect == effect).map(|c| c.stack.as_str()).collect();
        let verb = if of.len() == 1 { one } else { several };
        let more = match effect {
            StackEffect::Leaves => " the build: a deploy leaves what is deployed as it is, until somebody deletes it",
            _ => "",
        };
        if !of.is_empty() {
            sentences.push(format!("{} {verb}{more}", quote_list(&of)));
        }
    }
    sentences
}

/// What becomes of an export.
pub(super) fn export(change: &ExportChange) -> String {
    let name = &change.name;
    let what = match &change.effect {
        ExportEffect::Vanishes => format!("`{name}` vanishes"),
        ExportEffect::Moves { to } => format!("`{name}` moves to `{to}`"),
        ExportEffect::Changes { with, sure } => {
            let may = if *sure { "changes" } else { "may change" };
            let with = with.as_ref().map(|of| format!(" with `{}`", of.id)).unwrap_or_default();
            format!("`{name}` {may}{with}")
        }
    };
    let verb = |stacks: &[String]| if stacks.len() == 1 { "imports" } else { "import" };
    match (change.still.as_slice(), change.before.as_slice()) {
        ([], _) if !change.stuck.is_empty() => {
            let (stuck, need) = (quote_list(&change.stuck), if change.stuck.len() == 1 { "needs" } else { "need" });
            format!(
                "{what}, and {stuck} {need} a new one of the same stack: CloudFormation refuses, it takes two deploys"
            )
        }
        ([], before) => {
            format!("{what}: {} no longer {} it, and must be deployed first", quote_list(before), verb(before))
        }
        (still, _) if is_refused(change) => {
            format!(
                "{what} while {} {} it: CloudFormation refuses, it takes two deploys",
                quote_list(still),
                verb(still)
            )
        }
        (still, _) => format!("{what} while {} {} it: CloudFormation would refuse", quote_list(still), verb(still)),
    }
}

/// The path of what changes, as `explain` takes it.
pub(super) fn path(change: &PropertyChange) -> String {
    match change.path.is_empty() {
        true => "Properties".to_owned(),
        false => change.path.join("."),
    }
}

/// Why a property changes, where the template does not say it: `with ReggieDbCluster`.
pub(super) fn cause(change: &PropertyChange) -> Option<String> {
    match &change.cause {
        Cause::Written => None,
        Cause::Carried => Some("changes with the output of another stack".to_owned()),
        Cause::Outside => Some("may change: it is read outside the stage under another name".to_owned()),
        Cause::Follows { attribute, sure: true } => Some(format!("changes with {}", attribute.id)),
        Cause::Follows { attribute, sure: false } => Some(format!("may change with {}", attribute.id)),
    }
}

/// `SubnetIds with A; GroupId with B`: of what is replaced by others, only what replaces it.
pub(super) fn following(change: &Change) -> String {
    let most = change.properties.iter().map(|p| p.effect).max();
    let mut with: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for property in change.properties.iter().filter(|p| Some(p.effect) == most) {
        let of = match &property.cause {
            Cause::Follows { attribute, .. } => attribute.id.as_str(),
            _ => "the output of another stack",
        };
        with.entry(of).or_default().push(path(property));
    }
    let each = with.iter().map(|(id, paths)| format!("{} with {id}", paths.join(", ")));
    each.collect::<Vec<_>>().join("; ")
}

/// What a property does to its resource, where that is more than an update.
pub(super) fn effect(of: &Change, change: &PropertyChange) -> Option<&'static str> {
    match (change.part, change.effect) {
        _ if of.dropped.iter().any(|d| change.path.first() == Some(&d.name)) => Some("less protected"),
        (Part::Property, Effect::Replace) => Some("replaces"),
        (Part::Property, Effect::MayReplace) => Some("may replace"),
        (Part::Property, Effect::Interrupt) => Some("interrupts"),
        _ => None,
    }
}

/// A value in one line, functions as they are written.
pub(super) fn flow(node: &Node) -> String {
    one_line(&doc(node))
}

fn doc(node: &Node) -> Doc {
    let inner = match &node.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(value) => Doc::Bool(*value),
        Kind::Int(value) => Doc::Int(*value),
        Kind::Float(value) => Doc::Float(*value),
        Kind::Str(text) => Doc::text(text),
        Kind::Seq(items) => Doc::Seq(items.iter().map(doc).collect()),
        Kind::Map(entries) => Doc::Map(entries.iter().map(|e| (e.key.clone(), doc(&e.value))).collect()),
    };
    match &node.tag {
        Some(tag) => Doc::Tagged(tag.clone(), Box::new(inner)),
        None => inner,
    }
}

/// Lines that go and come, where both sides are texts of several lines: scripts and code are compared line by line.
pub(super) fn lines(change: &PropertyChange) -> Option<Vec<(char, String)>> {
    let script =
        |node: Option<&Node>| text_within(node?).filter(|text| text.trim_end().contains('\n')).map(str::to_owned);
    let (old, new) = (script(change.old.as_ref())?, script(change.new.as_ref())?);
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let changed = diff.iter_all_changes().filter_map(|line| match line.tag() {
        ChangeTag::Delete => Some(('-', line.value().trim_end().to_owned())),
        ChangeTag::Insert => Some(('+', line.value().trim_end().to_owned())),
        ChangeTag::Equal => None,
    });
    Some(changed.collect())
}

/// The text of a value, or the one inside a function: `!Base64 {Sub: …}`.
fn text_within(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        Kind::Map(entries) if entries.len() == 1 => entries.first().and_then(|e| text_within(&e.value)),
        Kind::Seq(items) => items.first().and_then(text_within),
        _ => None,
    }
}

/// The beginning of a text that is too long.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
