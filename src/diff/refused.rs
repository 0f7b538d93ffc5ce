//! Changes that CloudFormation cannot make: the new one would have the name of the old one, or another type.

use super::follow::{Key, Pair};
use super::term::{Side, Term};
use super::{Action, Cause, Change, Changes, Effect, Part, data, facts};
use crate::built::{Built, Resource, Stack, field};
use crate::cfn;
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics};

/// `CFN450`: a new one with the name of the old one.
pub const CFN450: Code = Code {
    id: "CFN450",
    explanation: "a resource is made anew under the name that the old one still has\n\n\
        CloudFormation replaces most resources by making the new one first: others then refer to the new one, and the old one \
        goes last (User Guide, \"Update behaviors of stack resources\"). A name that the template writes out, such as \
        `BucketName`, is taken until then, and the deploy fails with \"already exists\". The same holds of a resource under \
        another logical id, or in another stack that is deployed before the old one goes.\n\n\
        Change the name together with what replaces the resource, or write no name, so that CloudFormation chooses one for \
        each. Where the name must stay, take the resource out, build and deploy, and add it again.\n\n\
        The comparison is with the last build, in `out/<stage>/`.",
};

/// `CFN451`: another type under the same logical id.
pub const CFN451: Code = Code {
    id: "CFN451",
    explanation: "a logical id has another type than in the last build\n\n\
        CloudFormation refuses a template in which a logical id of the stack has another type: \"Update of resource type is not \
        permitted\". Give the component another name, so that the new resource gets an id of its own, or take the old one out, \
        build and deploy, and add the new one then.\n\n\
        The comparison is with the last build, in `out/<stage>/`.",
};

/// Why CloudFormation cannot make a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is replaced, and its name stays.
    KeepsName {
        /// The property that names it.
        property: &'static str,
        /// The name.
        name: String,
    },
    /// Another resource still has its name when it is made.
    NameInUse {
        /// The property that names it.
        property: &'static str,
        /// The name.
        name: String,
        /// The other one: its stack and logical id.
        by: (String, String),
    },
    /// Its logical id had another type.
    OtherType {
        /// The type.
        was: String,
    },
}

/// The property that names resources of a type.
fn naming(resource_type: &str) -> Option<&'static str> {
    cfn::named(resource_type).map(|named| named.property).or_else(|| facts::naming(resource_type))
}

/// The properties within whose values the name of a type is unique.
fn within(resource_type: &str) -> &'static [&'static str] {
    cfn::named(resource_type).map(|named| named.within).unwrap_or_default()
}

/// A resource's name and what it is unique within, as terms.
fn name(side: Side<'_>, resource: &Resource) -> Option<(&'static str, Term, Vec<Option<Term>>)> {
    let property = naming(&resource.resource_type)?;
    let said = |property: &str| Some(side.term(field(resource.properties()?, property)?));
    Some((property, said(property)?, within(&resource.resource_type).iter().map(|property| said(property)).collect()))
}

fn shown(name: &Term) -> String {
    match name {
        Term::Scalar(text) => text.clone(),
        Term::Text(parts) => parts.iter().map(shown).collect(),
        Term::Given(name) => format!("${{{name}}}"),
        Term::Of(of) => format!("${{{}}}", of.id),
        _ => "…".to_owned(),
    }
}

/// Whether the new one of a replaced resource has the name of the old one.
pub(super) fn kept_name(new: &Built, stack: &str, pair: &Pair<'_>) -> Option<Refusal> {
    let resource = pair.new;
    if !facts::makes_first(&resource.resource_type) {
        return None;
    }
    let stack = new.stacks.iter().find(|s| s.word == stack)?;
    let (property, name, _) = name(Side { built: new, stack }, resource)?;
    let changes = |property: &str| {
        let properties = pair.changes.iter().filter(|c| c.part == Part::Property);
        properties.into_iter().any(|c| c.path.first().is_some_and(|first| first == property))
    };
    let stays = !changes(property) && !within(&resource.resource_type).iter().copied().any(changes);
    stays.then(|| Refusal::KeepsName { property, name: shown(&name) })
}

/// Whether another resource, that goes, still has the name of a new one when that is made.
pub(super) fn name_in_use(old: &Built, new: &Built, (stack, id): Key<'_>, resource: &Resource) -> Option<Refusal> {
    let is = new.stacks.iter().find(|s| s.word == stack)?;
    let wanted = name(Side { built: new, stack: is }, resource)?;
    let place = |stack: &Stack| new.stacks.iter().position(|s| s.word == stack.word);
    for was in old.stacks.iter().filter(|s| s.region == is.region) {
        for (other, earlier) in was.resources.iter().filter(|(_, r)| r.resource_type == resource.resource_type) {
            let stays = new.stacks.iter().any(|s| s.word == was.word && s.resources.contains_key(other));
            if stays || (was.word == stack && other == id) {
                continue;
            }
            // A stack that is deployed before has deleted it by then.
            let gone =
                data::when_deleted(earlier) != data::Fate::Retained && place(was).is_some() && place(was) < place(is);
            let side = Side { built: old, stack: was };
            if !gone && name(side, earlier).as_ref() == Some(&wanted) {
                let (property, name, _) = wanted;
                let by = (was.word.clone(), other.clone());
                return Some(Refusal::NameInUse { property, name: shown(&name), by });
            }
        }
    }
    None
}

/// Reports what CloudFormation cannot do.
pub fn report(changes: &Changes, compiled: &Compiled, findings: &mut Diagnostics) {
    let told = |c: &Change| matches!(c.action, Action::Move | Action::Rename);
    // Who has another name or stack is told so, with the repair, and with that goes what follows from it.
    let has_cause = changes.resources.iter().any(told);
    let follows = |c: &Change| {
        c.properties
            .iter()
            .filter(|p| p.effect == Effect::Replace)
            .all(|p| matches!(p.cause, Cause::Follows { .. } | Cause::Carried))
    };
    for change in &changes.resources {
        let goes_along = match &change.refused {
            Some(Refusal::KeepsName { .. }) => has_cause && follows(change),
            _ => change.action == Action::Rename,
        };
        if let (Some(refusal), false) = (&change.refused, goes_along) {
            findings.push(finding(change, refusal, compiled));
        }
    }
}

fn finding(change: &Change, refusal: &Refusal, compiled: &Compiled) -> Diagnostic {
    let (id, project) = (&change.id, compiled.model.manifest.project.origin);
    let declared = change.origin.unwrap_or(project);
    let replaces = change.properties.iter().find(|c| c.effect == Effect::Replace);
    let at = replaces.and_then(|c| c.origin).unwrap_or(declared);
    match refusal {
        Refusal::KeepsName { property, name } => {
            let cause = replaces.map(|c| c.path.join(".")).unwrap_or_default();
            Diagnostic::error(
                CFN450,
                format!("`{id}` is replaced, and the new one has the name `{name}` of the old one"),
            )
            .at_origin(&compiled.origins, at, &[declared, project], "this replaces it")
            .note(format!("a new `{cause}` replaces it: CloudFormation makes the new one before the old one goes"))
            .help(format!("give it another `{property}` at the same time, or none, so that CloudFormation chooses one"))
            .help(NEVER_DEPLOYED)
        }
        Refusal::NameInUse { property, name, by: (stack, other) } => {
            let (what, gone) = match change.action {
                Action::Move => {
                    (format!("`{id}` moves to the stack `{}`", change.stack), format!("the one in `{stack}`"))
                }
                _ => (format!("`{id}` is new"), format!("`{other}`")),
            };
            let title = format!("{what}, and {gone} still has its name `{name}` when it is made");
            Diagnostic::error(CFN450, title)
                .at_origin(&compiled.origins, declared, &[project], "made before the old one goes")
                .note(format!(
                    "a name is taken until the resource that has it is deleted: `{stack}` is not deployed before"
                ))
                .help(format!("give it another `{property}`, or take the old one out first: build and deploy"))
                .help(NEVER_DEPLOYED)
        }
        Refusal::OtherType { was } => {
            let title = format!("`{id}` was `{was}` in the last build, and now is `{}`", change.resource_type);
            Diagnostic::error(CFN451, title)
                .at_origin(&compiled.origins, declared, &[project], "another type than before")
                .note("CloudFormation refuses to change the type of a logical id")
                .help("give the component another name, so that the new resource has an id of its own")
                .help("or take the old one out, build and deploy; then add the new one")
                .help(NEVER_DEPLOYED)
        }
    }
}

/// What may be done if nothing was deployed yet.
pub(crate) const NEVER_DEPLOYED: &str =
    "or, if the last build was never deployed, remove its folder below `out/`, commit that, and build again";
