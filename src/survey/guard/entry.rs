//! What a stage acknowledges: that it is what happens, and that it is still needed.

use super::{Danger, On, STACK, STAGE, said};
use crate::cfn::{Resource, Target, holds_data};
use crate::diag::{Code, Diagnostic, Severity, did_you_mean};
use crate::manifest::{Acknowledged, Wanted};
use crate::origin::OriginId;
use crate::value::{Kind, Value};
use crate::yaml::{Doc, one_line};

/// `CFN453`: what is acknowledged is not what happens.
pub const CFN453: Code = Code {
    id: "CFN453",
    explanation: "`acknowledge` does not say what is compiled\n\n\
        An entry lets exactly one change pass: of this resource, in this way, of these properties to these values. Where the manifest \
        has moved on since, the entry must too, so that nobody deploys a change that nobody has looked at.",
};

/// `CFN454`: what is acknowledged has happened.
pub const CFN454: Code = Code {
    id: "CFN454",
    explanation: "an entry of `acknowledge` is done with\n\n\
        The last build has the change already. As soon as that is deployed everywhere, the entry has no effect any more, and is \
        removed.",
};

/// How an entry differs from what would happen.
pub(super) fn differs(on: &On<'_>, danger: &Danger<'_>, entry: &Acknowledged) -> Option<Diagnostic> {
    let key = &danger.key;
    let new = |title: String, at: OriginId, label: &str| {
        Diagnostic::error(CFN453, title)
            .at_origin(&on.compiled.origins, at, &[entry.reason.origin], label)
            .help(format!("if it is meant, write:\n{}", super::block(danger)))
    };
    if entry.change.value != danger.wanted {
        let title = format!(
            "`{key}` is acknowledged to be {}, and would be {}",
            entry.change.value.done(),
            danger.wanted.done()
        );
        return Some(new(title, entry.change.origin, "another change"));
    }
    let written = written(entry);
    for (name, is) in &danger.properties {
        let Some((_, to, at)) = written.iter().find(|(property, ..)| property == name) else {
            let title = format!("`{key}` would be {} by its `{name}`, which is not acknowledged", danger.wanted.done());
            return Some(new(title, entry.change.origin, "not all of it"));
        };
        if !same(to.as_ref(), is.as_ref()) {
            let is = is.as_ref().map_or_else(|| "none".to_owned(), one_line);
            let title =
                format!("`{name}` of `{key}` is acknowledged to become something else than `{is}`, which is compiled");
            return Some(new(title, *at, "not what is compiled"));
        }
    }
    None
}

/// What to say of an entry of which nothing happens.
pub(super) fn idle(on: &On<'_>, key: &str, entry: &Acknowledged) -> Option<Diagnostic> {
    let place = on.compiled.model.tree.get("acknowledge").and_then(|a| a.entry(key));
    let at = place.map_or(entry.reason.origin, |e| e.key_origin);
    let origins = &on.compiled.origins;
    let done = || {
        Diagnostic::new(
            Severity::Note,
            CFN454,
            format!("the change of `{key}` that is acknowledged is in the last build"),
        )
        .at_origin(origins, at, &[], "done with")
        .help("remove the entry when that is deployed")
    };
    let wrong = |title: String, help: String| {
        Some(Diagnostic::error(CFN453, title).at_origin(origins, at, &[], "nothing of the kind happens").help(help))
    };
    let is_stack = key == STAGE || on.compiled.linked.stacks.iter().any(|s| s.file.trim_end_matches(".yaml") == key);
    let is_recorded = on.old.acknowledged.contains(key);
    let Some(found) = found(on, key) else {
        let was =
            on.old.stacks.iter().flat_map(|s| s.resources.keys()).any(|id| {
                on.old.owner(id).is_some_and(|(component, local)| Acknowledged::key(component, local) == key)
            });
        return match entry.change.value {
            _ if is_stack => Some(done()),
            Wanted::Delete if was => None,
            // It is gone, as it was to be.
            Wanted::Delete if is_recorded => Some(done()),
            _ => {
                let known = known(on);
                let help = did_you_mean(key, known.iter().map(String::as_str));
                let help = help.map_or_else(
                    || "name a component, a dot, and its local id; `index.yaml` and `explain` show them".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                wrong(
                    format!(
                        "`{key}` is acknowledged to be {}, and there is no such resource",
                        entry.change.value.done()
                    ),
                    help,
                )
            }
        };
    };
    if entry.change.value == Wanted::Delete {
        let title = format!("`{key}` is acknowledged to be deleted, and is still there");
        return wrong(title, "remove the entry, or what it names".to_owned());
    }
    // Of what moves in this very build `CFN033` tells.
    let mut stood = on.old.stacks.iter().filter(|s| s.resources.contains_key(&found.resource.id)).peekable();
    if stood.peek().is_some() && !stood.any(|s| s.word == found.stack) {
        return None;
    }
    for (name, to, at) in written(entry) {
        let is = found.at(&name);
        if !same(to.as_ref(), is.as_ref()) {
            let is = is.as_ref().map_or_else(|| "none".to_owned(), one_line);
            let title =
                format!("`{name}` of `{key}` is acknowledged to become something else than `{is}`, which is compiled");
            let diagnostic = Diagnostic::error(CFN453, title).at_origin(origins, at, &[], "not what is compiled");
            return Some(diagnostic.help("remove the entry if its change is done, or write what is compiled"));
        }
    }
    Some(done())
}

/// Whether an entry lets a resource be made anew in another stack.
pub(super) fn lets_move(entry: &Acknowledged, to: &str) -> bool {
    entry.change.value == Wanted::Replace
        && written(entry).iter().any(|(name, is, _)| name == STACK && same(is.as_ref(), Some(&Doc::text(to))))
}

/// The properties that an entry names, with what each becomes, and where that stands.
fn written(entry: &Acknowledged) -> Vec<(String, Option<Doc>, OriginId)> {
    let doc = |value: &Value| (value.as_text() != Some("none")).then(|| plain(value));
    let one = entry.property.as_ref().map(|property| {
        let to = entry.to.as_ref().map(|to| &to.0);
        (property.value.clone(), to.and_then(doc), to.map_or(property.origin, |to| to.origin))
    });
    let several = entry.properties.iter().map(|(name, to)| (name.clone(), doc(&to.0), to.0.origin));
    one.into_iter().chain(several).collect()
}

/// A value of a layer as a document.
fn plain(value: &Value) -> Doc {
    match &value.kind {
        Kind::Bool(b) => Doc::Bool(*b),
        Kind::Int(i) => Doc::Int(*i),
        Kind::Float(x) => Doc::Float(*x),
        Kind::Text(text) => Doc::text(text.clone()),
        Kind::List(items) => Doc::Seq(items.iter().map(plain).collect()),
        Kind::Map(entries) => Doc::Map(entries.iter().map(|e| (e.key.clone(), plain(&e.value))).collect()),
        // What only the deploy knows is written as the template says it.
        Kind::Null | Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => Doc::Null,
    }
}

/// Whether two documents say the same; CloudFormation reads `"30"` and `30` alike.
fn same(a: Option<&Doc>, b: Option<&Doc>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(Doc::Seq(a)), Some(Doc::Seq(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), Some(b)))
        }
        (Some(Doc::Map(a)), Some(Doc::Map(b))) => {
            let value = |key: &str| b.iter().find(|(k, _)| k == key).map(|(_, v)| v);
            a.len() == b.len() && a.iter().all(|(k, v)| value(k).is_some_and(|other| same(Some(v), Some(other))))
        }
        (Some(a), Some(b)) => scalar(a).is_some_and(|text| Some(text) == scalar(b)),
        _ => false,
    }
}

fn scalar(doc: &Doc) -> Option<String> {
    match doc {
        Doc::Str(text) => Some(text.clone()),
        Doc::Bool(_) | Doc::Int(_) | Doc::Float(_) => Some(one_line(doc)),
        _ => None,
    }
}

/// A resource of this build.
struct Found<'a> {
    resource: &'a Resource<Target>,
    /// The stack that it stands in.
    stack: &'a str,
}

impl Found<'_> {
    /// What a property says, or an attribute beside the properties; or where it stands.
    fn at(&self, name: &str) -> Option<Doc> {
        if name == STACK {
            return Some(Doc::text(self.stack));
        }
        let path: Vec<&str> = name.split('.').collect();
        self.resource.properties.at(&path).or_else(|| self.resource.attribute(name)).map(said)
    }
}

fn found<'a>(on: &'a On<'_>, key: &str) -> Option<Found<'a>> {
    on.compiled.linked.stacks.iter().find_map(|stack| {
        let (id, _) = stack.owners.iter().find(|(_, (component, local))| Acknowledged::key(component, local) == key)?;
        let stack_word = stack.file.trim_end_matches(".yaml");
        stack.template.resource(id).map(|resource| Found { resource, stack: stack_word })
    })
}

/// The keys of everything that holds data.
fn known(on: &On<'_>) -> Vec<String> {
    let stacks = on.compiled.linked.stacks.iter();
    let all = stacks.flat_map(|s| s.owners.iter().map(move |(id, owner)| (s, id, owner)));
    let data = all.filter(|(s, id, _)| s.template.resource(id).is_some_and(|r| holds_data(r.type_name()).is_some()));
    data.map(|(_, _, (component, local))| Acknowledged::key(component, local)).collect()
}
