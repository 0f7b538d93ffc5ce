//! Policy: what CloudFormation would deploy as it is, and a review should not let pass.
//!
//! A [`Rule`] looks at resources of certain types and says what it finds, where, and how it is repaired. It goes by what a
//! template says: a value that only the deploy knows is unknown to it, and never guessed. What must be so all the same is
//! said in the manifest, `suppress: {POL001: <reason>}`: then the finding is not shown, and the reason lands in the resource's
//! Metadata, where cfn-lint, checkov and cfn-guard read it.

mod data;
mod documents;
mod encryption;
mod exposure;
mod logs;
mod network;
mod page;
mod permissions;
mod seen;
mod suppress;
mod switch;
mod tls;

use std::sync::LazyLock;

use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, first_setting};
use crate::link::{Linked, Stack};
use crate::model::{Component, Model};
use crate::origin::{Origin, OriginId, Origins};
use crate::source::Sources;
use crate::value::{Entry, Value};

pub use page::page;
pub use suppress::CODES;
pub use suppress::is_guard_rule;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, and why it is one.
    pub code: Code,
    /// An error where it is nearly always a grave mistake.
    pub severity: Severity,
    /// The fact that it rests on, with its source.
    pub fact: &'static str,
    /// The types that it looks at, each with the ids under which other tools have the same rule.
    pub types: &'static [(&'static str, &'static [&'static str])],
    check: fn(&On<'_>, &mut Vec<Found>),
}

/// Rules by theme, in the order of their ids.
const THEMES: &[&[Rule]] =
    &[exposure::RULES, network::RULES, permissions::RULES, encryption::RULES, logs::RULES, tls::RULES, data::RULES];

/// All rules, in the order of their ids.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    THEMES.iter().copied().flatten()
}

/// The rules for a type, each with the ids of others.
type OfType = Vec<(&'static Rule, &'static [&'static str])>;

/// Rules by the type that they look at, sorted.
static BY_TYPE: LazyLock<Vec<(&'static str, OfType)>> = LazyLock::new(|| {
    let mut all: Vec<_> = rules().flat_map(|rule| rule.types.iter().map(move |(of, ids)| (*of, rule, *ids))).collect();
    all.sort_by_key(|(of, rule, _)| (*of, rule.code));
    let mut by_type: Vec<(&str, OfType)> = Vec::new();
    for (of, rule, ids) in all {
        match by_type.last_mut() {
            Some((last, rules)) if *last == of => rules.push((rule, ids)),
            _ => by_type.push((of, vec![(rule, ids)])),
        }
    }
    by_type
});

fn of_type(name: &str) -> &'static [(&'static Rule, &'static [&'static str])] {
    let by_type = &*BY_TYPE;
    let at = by_type.binary_search_by_key(&name, |(of, _)| of).ok();
    at.and_then(|at| by_type.get(at)).map_or(&[], |(_, rules)| rules)
}

/// A resource, and what it stands among.
struct On<'a> {
    model: &'a Model,
    linked: &'a Linked,
    stack: &'a Stack,
    resource: &'a Resource<Target>,
}

impl<'a> On<'a> {
    /// The name of the component that the resource belongs to, and its id there.
    fn owner(&self) -> Option<(&'a str, &'a str)> {
        self.stack.owners.get(&self.resource.id).map(|(component, local)| (component.as_str(), local.as_str()))
    }

    /// The component that the resource belongs to.
    fn component(&self) -> Option<&'a Component> {
        self.owner().and_then(|(name, _)| self.model.components.get(name))
    }

    /// The property of that name.
    fn get(&self, property: &str) -> Option<&'a Value<Target>> {
        self.resource.properties.get(property)
    }

    /// Whether a property is written in CloudFormation's own words, in a raw resource or in `overrides`. Anything else is
    /// what a kind makes of settings, which have decided about it.
    fn by_hand(&self, property: &str) -> bool {
        let Some(component) = self.component() else { return false };
        let overrides = self.owner().and_then(|(_, local)| component.common.overrides.get(local));
        component.kind.name == RAW || overrides.is_some_and(|o| o.contains_key(property))
    }

    /// Whether the stage stays, and the component refuses to be deleted.
    fn is_protected(&self) -> bool {
        let own = self.component().and_then(|c| c.common.protect);
        self.model.stage.is_permanent() && own.unwrap_or(self.model.stage.protect).value
    }
}

/// The kind of what is written as raw CloudFormation.
const RAW: &str = "resource";

/// What a rule found at a resource.
struct Found {
    title: String,
    label: &'static str,
    help: String,
    at: Place,
}

/// Where it was found, and how it is repaired there.
enum Place {
    /// A value, and what to write instead where that is a word.
    Value(OriginId, Option<String>),
    /// A property that nobody wrote: below which of those that are there, and the line to write.
    Missing(Option<OriginId>, String),
    /// The resource as a whole.
    Resource,
}

impl Found {
    fn at(value: &Value<Target>, title: String, label: &'static str) -> Found {
        Found { title, label, help: String::new(), at: Place::Value(value.origin, None) }
    }

    fn missing(below: Option<&Entry<Target>>, line: String, title: String) -> Found {
        let help = format!("write `{line}`");
        Found { title, label: "says nothing of it", help, at: Place::Missing(below.map(|e| e.key_origin), line) }
    }

    fn whole(title: String, label: &'static str) -> Found {
        Found { title, label, help: String::new(), at: Place::Resource }
    }

    fn help(mut self, help: impl Into<String>) -> Found {
        self.help = help.into();
        self
    }

    fn instead(mut self, word: impl Into<String>) -> Found {
        if let Place::Value(origin, _) = self.at {
            self.at = Place::Value(origin, Some(word.into()));
        }
        self
    }
}

/// Holds every rule against every resource. What the manifest suppresses is written into the Metadata of the resources
/// concerned, and nothing else of them is changed. Findings are those of a phase of its own: of what the verifier refuses,
/// nobody wants to hear that it is unwise as well.
#[must_use]
pub fn check(model: &Model, linked: &mut Linked, sources: &Sources, origins: &Origins) -> Diagnostics {
    let mut findings = Diagnostics::default();
    let mut suppressed = suppress::Suppressed::read(model, linked, origins, &mut findings);
    let mut found = Vec::new();
    for (s, stack) in linked.stacks.iter().enumerate() {
        for (r, resource) in stack.template.resources.iter().enumerate() {
            let on = On { model, linked, stack, resource };
            for (rule, ids) in of_type(resource.type_name()) {
                (rule.check)(&on, &mut found);
                for found in found.drain(..) {
                    if !suppressed.hides(&on, (s, r), rule, ids, &found, origins) {
                        findings.push(told(&on, rule, found, sources, origins));
                    }
                }
            }
        }
    }
    suppressed.report_unused(origins, &mut findings).write(linked);
    findings
}

fn told(on: &On<'_>, rule: &Rule, found: Found, sources: &Sources, origins: &Origins) -> Diagnostic {
    let project = on.model.manifest.project.origin;
    let owner = on.component().map_or(project, |component| component.origin);
    // In a raw resource the type is nearer than the component's name.
    let whole = [on.resource.resource_type.origin, owner];
    let (at, edit) = match found.at {
        Place::Value(origin, word) => {
            let span = match origins.get(origin) {
                Origin::Manifest { span, .. } => Some(span),
                _ => None,
            };
            (Some(origin), span.zip(word))
        }
        Place::Missing(below, line) => {
            let below = below.or_else(|| raw_properties(on));
            let span = below.and_then(|below| origins.spans(below).first().copied());
            let edit = span.and_then(|span| first_setting(sources, span, &line));
            (None, edit.map(|edit| (edit.span, edit.replacement)))
        }
        Place::Resource => (None, None),
    };
    let diagnostic = Diagnostic::new(rule.severity, rule.code, found.title);
    let diagnostic = match at {
        Some(at) => diagnostic.at_origin(origins, at, &whole, found.label),
        None => diagnostic.at_origin(origins, whole[0], &whole[1..], found.label),
    };
    let name = on.owner().map_or("", |(name, _)| name);
    let diagnostic = diagnostic.note(rule.fact);
    let or = format!("where it must be so, say why at `{name}`: `suppress: {{{}: <reason>}}`", rule.code.id);
    match edit {
        // A repair is shown below the last help.
        Some((span, replacement)) => diagnostic.help(or).help(found.help).edit(span, replacement),
        None => diagnostic.help(found.help).help(or),
    }
}

/// Where `properties` of a raw resource stand.
fn raw_properties(on: &On<'_>) -> Option<OriginId> {
    let (name, _) = on.owner().filter(|_| on.component().is_some_and(|c| c.kind.name == RAW))?;
    on.model.tree.at(&["components", name])?.entry("properties").map(|e| e.key_origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_ids() {
        let ids: Vec<&str> = rules().map(|rule| rule.code.id).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        assert!(ids.iter().all(|id| id.starts_with("POL")) && ids.len() > 20, "{ids:?}");
    }

    #[test]
    fn every_rule_has_its_types_once_and_ids_that_a_manifest_may_name() {
        for rule in rules() {
            let mut types: Vec<&str> = rule.types.iter().map(|(of, _)| *of).collect();
            types.sort_unstable();
            assert!(!types.is_empty() && types.windows(2).all(|pair| pair[0] != pair[1]), "{}", rule.code.id);
            for (of, ids) in rule.types {
                assert!(ids.iter().all(|id| suppress::tool_of(id).is_some()), "{} {of}: {ids:?}", rule.code.id);
            }
            assert!(rule.severity != Severity::Note && !rule.fact.ends_with('.'), "{}", rule.code.id);
        }
    }

    #[test]
    fn a_type_finds_its_rules() {
        let of = |name| of_type(name).iter().map(|(rule, _)| rule.code.id).collect::<Vec<_>>();
        assert_eq!(of("AWS::Logs::LogGroup"), ["POL030"]);
        assert_eq!(of("AWS::EC2::VPC"), Vec::<&str>::new());
    }
}
