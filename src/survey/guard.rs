//! The guard: on a stage that stays, nothing that holds data is replaced, deleted or left without protection unless the
//! stage says so.

mod entry;

use std::collections::BTreeSet;

use super::On;
use crate::cfn::{self, Target};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::diff::{Action, Change, Changes, Effect, Fate, NEVER_DEPLOYED, Part, StackEffect};
use crate::manifest::{Acknowledged, Wanted};
use crate::origin::OriginId;
use crate::value::Value;
use crate::yaml::{Doc, one_line};

pub use entry::{CFN453, CFN454};

/// `CFN452`: data would be lost, or left without protection.
pub const CFN452: Code = Code {
    id: "CFN452",
    explanation: "a deploy would replace, delete or unprotect what holds data\n\n\
        Some properties of a resource cannot be changed: CloudFormation makes a new resource, which is empty, and deletes the old \
        one. What leaves the templates is deleted, or stays in the account outside of every stack. On a stage that stays, such a \
        change is refused, and so is one that takes away what protects data (`DeletionPolicy`, `UpdateReplacePolicy`, deletion \
        protection, the termination protection of its stack), until the stage's overlay says that it is meant:\n\n    \
        acknowledge:\n      \
        ReggieDb.Cluster:\n        \
        change: replace\n        \
        property: KmsKeyId\n        \
        to: alias/reggie\n        \
        reason: Restored by hand from the last snapshot\n\n\
        `change` is `replace`, `delete` or `unprotect`. `property` and `to` say which property changes to what, so that nothing else \
        passes with it; where several do, `properties: {KmsKeyId: alias/reggie, StorageEncrypted: true}` names each. What is deleted needs \
        neither. The build records the entry in `index.yaml`; when it is deployed, the entry is removed.\n\n\
        The comparison is with the last build, in `out/<stage>/`. What may be replaced, as AWS decides at the deploy, counts as \
        replaced.",
};

/// `CFN456`: the folder to compare with is gone.
pub const CFN456: Code = Code {
    id: "CFN456",
    explanation: "the folder of a stage is gone from disk, and the last commit has it\n\n\
        What a deploy would replace or delete shows beside the last build, `out/<stage>/`. Without that folder every change would \
        pass, so that it is not enough to delete it: a stage that is torn down, or was never deployed, has its folder removed by a \
        commit of its own.",
};

/// The finding of a stage whose folder is gone, though the last commit has it. `folder` is its path, as users write it.
#[must_use]
pub fn gone(compiled: &Compiled, folder: &str) -> Diagnostic {
    let model = &compiled.model;
    let title = format!("`{folder}` is gone, and the last commit has it");
    Diagnostic::error(CFN456, title)
        .at_origin(
            &compiled.origins,
            model.stage.name.origin,
            &[model.manifest.project.origin],
            "nothing to compare it with",
        )
        .note("beside the last build shows what a deploy would replace or delete")
        .help(format!("to have it again: `git checkout HEAD -- {folder}`"))
        .help(format!(
            "if the stage is torn down, or was never deployed: `git rm -r {folder}`, commit, and build again"
        ))
}

/// `CFN457`: a part of the last build cannot be read.
pub const CFN457: Code = Code {
    id: "CFN457",
    explanation: "a file of the last build is missing or cannot be read\n\n\
        What a deploy would replace or delete shows beside the last build, `out/<stage>/`. A file that was removed, or that holds the \
        marks of a merge, tells nothing, and everything would pass. Take the committed folder back (`git checkout HEAD -- out/<stage>`) and \
        build again; after a merge, that of the branch that is deployed.",
};

/// The finding of a last build that is not whole.
pub(super) fn damaged(on: &On<'_>) -> Diagnostic {
    let model = &on.compiled.model;
    let stage = &model.stage.name;
    let files: Vec<&str> = on.old.damaged.iter().map(String::as_str).collect();
    let (verb, whose) = if files.len() == 1 { ("is", "it") } else { ("are", "them") };
    let title =
        format!("{} of the last build of `{}` {verb} missing or cannot be read", quote_list(&files), stage.value);
    Diagnostic::error(CFN457, title)
        .at_origin(&on.compiled.origins, stage.origin, &[model.manifest.project.origin], "nothing to compare it with")
        .note(format!("without {whose} nobody sees what a deploy would replace or delete"))
        .help(format!("take the committed folder back: `git checkout HEAD -- out/{}`", stage.value))
        .help(NEVER_DEPLOYED)
}

/// What would happen to a resource, or to a stack as a whole, that needs the stage's word.
struct Danger<'c> {
    /// How `acknowledge` names it: `ReggieDb.Cluster`, a component by itself, or a stack in small letters.
    key: String,
    wanted: Wanted,
    /// The properties that do it, each with what it changes to; none where it goes.
    properties: Vec<(String, Option<Doc>)>,
    /// Where to point.
    at: Option<OriginId>,
    /// The change behind it; none of a stack.
    change: Option<&'c Change>,
}

/// What `property` calls the stack of a resource, which is none of its properties.
const STACK: &str = "stack";

/// Whether the stage lets resources of the last build be made anew in another stack.
pub(super) fn lets_move(on: &On<'_>, ids: &[&str], to: &str) -> bool {
    ids.iter().all(|id| entry_of(on, id).is_some_and(|entry| entry::lets_move(entry, to)))
}

/// Whether the stage lets resources of the last build go.
pub(super) fn lets_go(on: &On<'_>, ids: &[&str]) -> bool {
    ids.iter().all(|id| entry_of(on, id).is_some_and(|entry| entry.change.value == Wanted::Delete))
}

/// The key of a resource of the last build.
pub(super) fn key_of(on: &On<'_>, id: &str) -> String {
    on.old.owner(id).map_or_else(|| id.to_owned(), |(component, local)| Acknowledged::key(component, local))
}

/// The entry of a resource of the last build.
fn entry_of<'a>(on: &'a On<'_>, id: &str) -> Option<&'a Acknowledged> {
    on.compiled.model.manifest.acknowledge.get(&key_of(on, id))
}

/// Checks what changes, and what is acknowledged.
pub(super) fn check(on: &On<'_>, changes: &Changes, findings: &mut Diagnostics) {
    let acknowledged = &on.compiled.model.manifest.acknowledge;
    let mut happens = BTreeSet::new();
    if on.stays() {
        for danger in dangers(on, changes) {
            match acknowledged.get(&danger.key) {
                None => findings.push(refused(on, &danger)),
                Some(entry) => {
                    if let Some(finding) = entry::differs(on, &danger, entry) {
                        findings.push(finding);
                    }
                    happens.insert(danger.key);
                }
            }
        }
    }
    for (key, entry) in acknowledged.iter().filter(|(key, _)| !happens.contains(*key)) {
        entry::idle(on, key, entry).into_iter().for_each(|finding| findings.push(finding));
    }
}

fn dangers<'c>(on: &On<'_>, changes: &'c Changes) -> Vec<Danger<'c>> {
    let resources = changes.resources.iter().filter(|c| c.holds_data).filter_map(|change| of_change(on, change));
    let stacks = changes.stacks.iter().filter(|s| s.effect == StackEffect::Unprotected).filter_map(|stack| {
        let built = on.new.stacks.iter().find(|s| s.word == stack.stack)?;
        built.resources.values().any(|r| r.is_of_data()).then(|| Danger {
            key: stack.stack.clone(),
            wanted: Wanted::Unprotect,
            properties: vec![("termination_protection".to_owned(), Some(Doc::Bool(false)))],
            at: Some(on.compiled.model.stage.protect.origin),
            change: None,
        })
    });
    let of_stage = of_stage(on);
    // A stage that is made anew elsewhere leaves every stack that it has no more as it stands: copies of recovery points, say, in the
    // region that it now stands in. No deploy touches them, so that there is nothing to acknowledge.
    let is_moved = of_stage.as_ref().is_some_and(|danger| danger.wanted == Wanted::Replace);
    let is_left = |danger: &Danger<'_>| {
        is_moved && danger.change.is_some_and(|c| !on.new.stacks.iter().any(|stack| stack.word == c.stack))
    };
    resources.filter(|danger| !is_left(danger)).chain(stacks).chain(of_stage).collect()
}

/// How `acknowledge` names the stage as a whole.
const STAGE: &str = "stage";

/// What becomes of all of a stage: under another name, in another region or account everything is made anew, and what comes and goes
/// is guarded no more.
fn of_stage<'c>(on: &On<'_>) -> Option<Danger<'c>> {
    on.old.stacks.iter().any(|s| s.resources.values().any(|r| r.is_of_data())).then_some(())?;
    let model = &on.compiled.model;
    let (project, region) = (&model.manifest.project, &model.manifest.region);
    let was = |key: &str| on.old.about.get(key).map(String::as_str);
    let account = model.stage.account.as_ref();
    let moved = [
        ("project", was("tags.project"), Some(project)),
        ("region", was("region"), Some(region)),
        ("account", was("account"), account),
    ];
    let moved: Vec<_> = moved
        .into_iter()
        .filter_map(|(name, was, is)| Some((name, was?, is?)))
        .filter(|(_, was, is)| *was != is.value)
        .collect();
    let danger =
        |wanted, properties, at| Danger { key: STAGE.to_owned(), wanted, properties, at: Some(at), change: None };
    if let Some((_, _, first)) = moved.first() {
        let properties = moved.iter().map(|(name, _, is)| ((*name).to_owned(), Some(Doc::text(&is.value)))).collect();
        return Some(danger(Wanted::Replace, properties, first.origin));
    }
    (!model.stage.is_permanent()).then(|| {
        let properties = vec![("lifetime".to_owned(), Some(Doc::text("ephemeral")))];
        danger(Wanted::Unprotect, properties, model.stage.lifetime.origin)
    })
}

fn of_change<'c>(on: &On<'_>, change: &'c Change) -> Option<Danger<'c>> {
    let (component, local) = change.owner.as_ref()?;
    let wanted = match change.action {
        // Who has another name or another stack is told so, with what else can be done.
        Action::Move | Action::Rename => return None,
        Action::Replace | Action::MayReplace if change.is_loss() => Wanted::Replace,
        Action::Delete | Action::Retain => Wanted::Delete,
        _ if !change.dropped.is_empty() => Wanted::Unprotect,
        _ => return None,
    };
    let replaces = change.properties.iter().filter(|p| p.effect >= Effect::MayReplace && p.part == Part::Property);
    let dropped = change.dropped.iter().map(|d| (d.name.clone(), is(on, change, std::slice::from_ref(&d.name)), None));
    let mut properties: Vec<(String, Option<Doc>, Option<OriginId>)> = match wanted {
        Wanted::Delete => Vec::new(),
        _ => replaces.map(|p| (p.path.join("."), is(on, change, &p.path), p.origin)).chain(dropped).collect(),
    };
    properties.sort_by(|a, b| a.0.cmp(&b.0));
    properties.dedup_by(|a, b| a.0 == b.0);
    let at = properties.iter().find_map(|(_, _, origin)| *origin).or_else(|| {
        let of = |name: &str| change.properties.iter().find(|p| p.path.first().is_some_and(|first| first == name));
        change.dropped.iter().find_map(|d| of(&d.name)?.origin)
    });
    let properties = properties.into_iter().map(|(name, is, _)| (name, is)).collect();
    Some(Danger {
        key: Acknowledged::key(component, local),
        wanted,
        properties,
        at: at.or(change.origin),
        change: Some(change),
    })
}

/// What the new template says at a path of a resource, below its properties or beside them.
fn is(on: &On<'_>, change: &Change, path: &[String]) -> Option<Doc> {
    let stack = on.compiled.linked.stacks.iter().find(|s| s.file.trim_end_matches(".yaml") == change.stack)?;
    let resource = stack.template.resource(&change.id)?;
    resource.properties.at(path).or_else(|| resource.attribute(path.first()?)).map(said)
}

/// A value as `to` would say it: functions as text, since a layer knows none.
fn said(value: &Value<Target>) -> Doc {
    fn without_tags(doc: Doc) -> Doc {
        match doc {
            Doc::Tagged(..) => Doc::text(one_line(&doc)),
            Doc::Seq(items) => Doc::Seq(items.into_iter().map(without_tags).collect()),
            Doc::Map(entries) => Doc::Map(entries.into_iter().map(|(k, v)| (k, without_tags(v))).collect()),
            other => other,
        }
    }
    without_tags(cfn::value(value))
}

fn refused(on: &On<'_>, danger: &Danger<'_>) -> Diagnostic {
    let (model, key) = (&on.compiled.model, &danger.key);
    let (what, label) = match (danger.wanted, danger.change.map(|c| c.action)) {
        (Wanted::Replace, Some(Action::MayReplace)) => ("may be replaced, and would be empty", "this may replace it"),
        (Wanted::Replace, _) => ("would be replaced, and empty", "this replaces it"),
        (Wanted::Delete, Some(Action::Retain)) => ("would leave its stack", "no longer in the manifest"),
        (Wanted::Delete, _) => ("would be deleted", "no longer in the manifest"),
        (Wanted::Unprotect, None) => ("would lose the protection of its stack", "this drops it"),
        (Wanted::Unprotect, _) => ("would lose what protects it", "this drops it"),
    };
    let whose = danger.change.map_or_else(|| format!("the stack `{key}`"), |_| format!("`{key}`"));
    let title = match danger.change {
        None if *key == STAGE && danger.wanted == Wanted::Replace => {
            format!(
                "all of `{0}` would be made anew, and empty, and `{0}` does not acknowledge it",
                model.stage.name.value
            )
        }
        None if *key == STAGE => format!(
            "`{0}` would be a stage that comes and goes, and `{0}` does not acknowledge it",
            model.stage.name.value
        ),
        Some(_) => format!("{whose} {what}, and `{}` does not acknowledge it", model.stage.name.value),
        None => format!(
            "{whose} would lose its termination protection, and `{}` does not acknowledge it",
            model.stage.name.value
        ),
    };
    let declared = danger.change.and_then(|c| c.origin).unwrap_or(model.stage.name.origin);
    let mut diagnostic = Diagnostic::error(CFN452, title).at_origin(
        &on.compiled.origins,
        danger.at.unwrap_or(declared),
        &[declared, model.stage.name.origin, model.manifest.project.origin],
        label,
    );
    let names: Vec<&str> = danger.properties.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(change) = danger.change {
        let of = &change.resource_type;
        diagnostic = match danger.wanted {
            Wanted::Replace => diagnostic.note(format!(
                "{} of `{of}` cannot change in place: CloudFormation makes a new one, which is empty",
                quote_list(&names)
            )),
            Wanted::Delete => {
                diagnostic.note(format!("`{}` of `{of}` was in the last build, and is not in this one", change.id))
            }
            Wanted::Unprotect => {
                diagnostic.note(format!("{} protected what `{}` of `{of}` holds", quote_list(&names), change.id))
            }
        };
        diagnostic = fate(diagnostic, change);
    }
    diagnostic
        .help(format!(
            "to keep what there is, undo the change; if it is meant, write in the layer of `{}`:\n{}",
            model.stage.name.value,
            block(danger)
        ))
        .help(NEVER_DEPLOYED)
}

fn fate(diagnostic: Diagnostic, change: &Change) -> Diagnostic {
    let diagnostic = match change.fate {
        Some(Fate::Deleted) => diagnostic.note("the old one would be deleted with its data"),
        Some(Fate::Snapshot) => diagnostic
            .note("the old one would be deleted after a last snapshot, and nothing would be restored from that"),
        Some(Fate::Retained) => {
            diagnostic.note("the old one would stay in the account with its data, outside of every stack")
        }
        None => diagnostic,
    };
    match change.guarded_by {
        Some(property) => diagnostic.note(format!(
            "`{property}` keeps AWS from deleting the old one, but not what uses it from getting the new one"
        )),
        None => diagnostic,
    }
}

/// The entry that would let a change pass, but for its reason.
fn block(danger: &Danger<'_>) -> String {
    // In a layer `${` would begin a reference.
    let to = |is: &Option<Doc>| is.as_ref().map_or_else(|| "none".to_owned(), |is| one_line(is).replace("${", "$${"));
    let mut lines = vec![format!("acknowledge:\n  {}:\n    change: {}", danger.key, danger.wanted.word())];
    match danger.properties.as_slice() {
        [] => {}
        [(name, is)] => lines.push(format!("    property: {name}\n    to: {}", to(is))),
        several => {
            lines.push("    properties:".to_owned());
            lines.extend(several.iter().map(|(name, is)| format!("      {name}: {}", to(is))));
        }
    }
    lines.push("    reason: why it is right, and what becomes of the data".to_owned());
    lines.join("\n")
}
