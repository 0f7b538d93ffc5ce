//! What a kind may ask and tell while it decides: its component, its stage, its neighbours, its findings.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{Attribute, Code, Common, Delivery, Fragment, KindEntry, Neighbour, ServedBy, StackId, StackName, Watched};
use crate::diag::{Code as DiagCode, Diagnostic, Diagnostics, a_quoted, did_you_mean, either, quote_list};
use crate::manifest::{Provider, Secret, Zone, zone_of};
use crate::origin::{OriginId, Origins};
use crate::plan::Plan;
use crate::setting::Setting;
use crate::stage::{Removal, Stage, cut};
use crate::value::{Symbol, Value};

/// `MAN020`: a required decision was left to a default on a permanent stage.
pub const MAN020: DiagCode = DiagCode {
    id: "MAN020",
    explanation: "a permanent stage must say this setting itself\n\n\
        Settings that decide about money, availability or data have defaults that suit a preview. On a permanent stage they \
        must stand in some layer, so that no production database is ever sized, backed up or exposed by a default.\n\n\
        Write the setting in `base.yaml` or in the stage's overlay. Writing the default's own value is fine: then it is a \
        decision.",
};

/// `REF010`: a name of no component, or of one of another kind.
pub const REF010: DiagCode = DiagCode {
    id: "REF010",
    explanation: "the setting names a component that is not there, or of the wrong kind\n\n\
        A setting such as `vpc: ReggieVpc` names a component of this stage. It must exist on the stage that is compiled (see \
        `stages:` of the component named) and be of the kind that the setting wants.",
};

/// What a kind sees while it decides about one component.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The component's name, as the manifest and messages say it. What AWS gets to see is made of [`Context::identity`].
    pub name: &'a str,
    /// Where its name stands.
    pub origin: OriginId,
    /// Its kind.
    pub kind: &'static KindEntry,
    /// The stack that its settings ask for, see [`Kind::stack`](super::Kind::stack).
    pub chosen_stack: Option<StackName>,
    /// The region that its settings ask for, see [`Kind::region`](super::Kind::region).
    pub chosen_region: Option<&'a Setting<String>>,
    /// What it has in common with every component.
    pub common: &'a Common,
    /// What it has in common with everything that runs code; there only for such kinds.
    pub code: Option<&'a Code>,
    /// The project's name.
    pub project: &'a Setting<String>,
    /// The region of everything that is not bound to another.
    pub region: &'a Setting<String>,
    /// The stage.
    pub stage: &'a Stage,
    /// How many days logs are kept, unless the component says.
    pub log_days: Setting<u32>,
    /// The secrets that are declared.
    pub secrets: &'a BTreeMap<String, Secret>,
    /// The zones that names lie in, by label.
    pub zones: &'a BTreeMap<String, Zone>,
    /// Components that other stages have, with the place of their `stages:`.
    pub absent: &'a BTreeMap<String, OriginId>,
    /// Who serves it, if another component does.
    pub served_by: Option<&'a ServedBy>,
    /// Who serves what on this stage, by the name of what is served.
    pub served: &'a BTreeMap<String, ServedBy>,
    /// The figures of all components, for whoever watches them; empty until all have said theirs.
    pub watched: &'a BTreeMap<String, Vec<Watched>>,
    /// The other components of the stage; empty while interfaces are made.
    pub neighbours: &'a BTreeMap<String, Neighbour>,
    /// The origins of this compilation.
    pub origins: &'a Origins,
    /// Where findings go.
    pub findings: &'a RefCell<Diagnostics>,
}

impl<'a> Context<'a> {
    /// Reports a finding.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.findings.borrow_mut().push(diagnostic);
    }

    /// Puts a finding at a value, or at the component's name where no layer wrote the value.
    #[must_use]
    pub fn at(&self, diagnostic: Diagnostic, origin: OriginId, text: &str) -> Diagnostic {
        diagnostic.at_origin(self.origins, origin, &[self.origin], text)
    }

    /// A repair of a value; none where the value was composed, so that its text stands nowhere as it is.
    #[must_use]
    pub fn repair(&self, diagnostic: Diagnostic, origin: OriginId, replacement: &str) -> Diagnostic {
        diagnostic.edit_if_written(self.origins, origin, replacement)
    }

    /// The origin of something that `rule` decided from `from`. With nothing to decide from, it goes back to the
    /// component.
    pub fn rule(&self, rule: &'static str, from: &[OriginId]) -> OriginId {
        let from = if from.is_empty() { vec![self.origin] } else { from.to_vec() };
        self.origins.derived(rule, from)
    }

    /// A text that `rule` made.
    pub fn text(&self, rule: &'static str, from: &[OriginId], text: impl Into<String>) -> Value {
        Value::text(self.rule(rule, from), text)
    }

    /// A setting that `rule` made.
    pub fn setting<T>(&self, rule: &'static str, from: &[OriginId], value: T) -> Setting<T> {
        Setting::new(self.rule(rule, from), value)
    }

    /// The zone that a name lies in.
    #[must_use]
    pub fn zone_of(&self, name: &str) -> Option<&'a Zone> {
        zone_of(self.zones, name)
    }

    /// The hosted zone that a name lies in, by its id; none where it is not Route 53 that serves the name.
    #[must_use]
    pub fn hosted_zone(&self, name: &str) -> Option<&'a Setting<String>> {
        let zone = self.zone_of(name).filter(|zone| zone.provider.value == Provider::Route53);
        zone?.hosted_zone_id.as_ref()
    }

    /// A reference to an attribute of a component.
    pub fn attribute_of(&self, component: &Setting<String>, attribute: &str) -> Value {
        let symbol = Symbol::Attribute { component: component.value.clone(), attribute: attribute.into() };
        Value::reference(component.origin, symbol)
    }

    /// A reference to an attribute of this very component, for what is composed of others or stands in another stack.
    pub fn own(&self, attribute: &str) -> Value {
        let symbol = Symbol::Attribute { component: self.name.into(), attribute: attribute.into() };
        Value::reference(self.origin, symbol)
    }

    /// A reference to a resource of this component by its local id, and maybe to one of its attributes.
    pub fn local(&self, id: &str, attribute: Option<&str>) -> Value {
        Value::reference(self.origin, Symbol::Local { id: id.into(), attribute: attribute.map(str::to_owned) })
    }

    /// A fragment in the component's own stack.
    pub fn fragment(&self, template: &'static str, plan: &impl Serialize) -> Fragment {
        self.fragment_in(self.stack(), template, plan)
    }

    /// A fragment in a stack of its own choice.
    pub fn fragment_in(&self, stack: StackId, template: &'static str, plan: &impl Serialize) -> Fragment {
        Fragment { template, plan: Plan::of(plan), stack, scope: String::new() }
    }

    /// A fragment in the stack of a neighbour: what joins two components stands with the one that consumes.
    pub fn fragment_with(&self, neighbour: &Neighbour, template: &'static str, plan: &impl Serialize) -> Fragment {
        self.fragment_in(neighbour.stack.clone(), template, plan)
    }

    /// What other components deliver to this one: who, and what; in the order of what identifies them.
    pub fn deliveries(&self) -> impl Iterator<Item = (&'a str, &'a Delivery)> {
        let own = self.name;
        let of = |(name, n): (&'a String, &'a Neighbour)| n.interface.deliveries.iter().map(|d| (name.as_str(), d));
        let mut all: Vec<_> = self.neighbours.iter().flat_map(of).filter(|(_, d)| d.to.value == own).collect();
        all.sort_by_key(|(name, _)| self.identity_of(name));
        all.into_iter()
    }

    /// The name that identifies the component in AWS: its own, or the one that it keeps after a rename.
    #[must_use]
    pub fn identity(&self) -> &'a str {
        self.common.identity(self.name)
    }

    /// Where the name that identifies it stands.
    #[must_use]
    pub fn identity_origin(&self) -> OriginId {
        self.common.logical_id.as_ref().map_or(self.origin, |kept| kept.origin)
    }

    /// The name that identifies another component, or this one, in AWS; of a secret its own.
    #[must_use]
    pub fn identity_of<'n>(&'n self, name: &'n str) -> &'n str {
        match self.neighbours.get(name) {
            Some(neighbour) => &neighbour.identity,
            None if name == self.name => self.identity(),
            None => name,
        }
    }

    /// The stack that the component stands in.
    #[must_use]
    pub fn stack(&self) -> StackId {
        self.stack_of(self.common.stack.map(|s| s.value).or(self.chosen_stack).unwrap_or(self.kind.stack))
    }

    /// The stack of that kind that a part of the component stands in.
    #[must_use]
    pub fn stack_of(&self, kind: StackName) -> StackId {
        StackId::of(kind, self.identity(), &self.chosen_region.unwrap_or(self.region).value)
    }

    /// The component that a setting names, if it is there and of one of these kinds; reports it otherwise. Gives `None`
    /// without a report while interfaces are made.
    pub fn neighbour(&self, name: &Setting<String>, setting: &str, kinds: &[&str]) -> Option<&'a Neighbour> {
        if self.neighbours.is_empty() {
            return None;
        }
        let wanted = either(&kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>());
        let fitting = || self.neighbours.iter().filter(|(_, n)| kinds.contains(&n.kind.name)).map(|(k, _)| k.as_str());
        let diagnostic = match self.neighbours.get(&name.value) {
            Some(found) if kinds.contains(&found.kind.name) => return Some(found),
            Some(found) => Diagnostic::error(
                REF010,
                format!(
                    "`{setting}` of `{}` names `{}`, which is {}",
                    self.name,
                    name.value,
                    a_quoted(found.kind.name)
                ),
            ),
            None => Diagnostic::error(REF010, format!("there is no component `{}` on this stage", name.value)),
        };
        let label = match self.neighbours.get(&name.value) {
            Some(_) => format!("a {wanted} is needed"),
            None => format!("named by `{setting}` of `{}`", self.name),
        };
        let mut diagnostic = self.at(diagnostic, name.origin, &label).context_if_known(
            self.origins,
            self.neighbours.get(&name.value).map(|n| n.origin),
            "declared here",
        );
        if let Some(stages) = self.absent.get(&name.value) {
            diagnostic = diagnostic
                .context_if_known(self.origins, Some(*stages), "limited to these stages")
                .help(format!("limit `{}` to the same stages, or let `{}` exist here too", self.name, name.value));
        } else if let Some(near) = did_you_mean(&name.value, fitting()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            if let Some(span) = self.origins.spans(name.origin).first() {
                diagnostic = diagnostic.edit(*span, near);
            }
        } else {
            let all: Vec<&str> = fitting().collect();
            diagnostic = match all.as_slice() {
                [] => diagnostic.help(format!("declare a component of kind {wanted}")),
                all => diagnostic.help(format!("components of that kind: {}", quote_list(all))),
            };
        }
        // Whoever else names it is told with the first.
        self.findings.borrow_mut().join(diagnostic);
        None
    }

    /// Reports a setting that was left to its default although the stage is permanent.
    pub fn must_be_written(&self, origin: OriginId, setting: &str, default: &str) -> bool {
        if !self.stage.is_permanent() || !self.origins.is_default(origin) {
            return false;
        }
        let title = format!(
            "`{setting}` of `{}` is not written, and `{}` is a permanent stage",
            self.name, self.stage.name.value
        );
        let diagnostic = Diagnostic::error(MAN020, title);
        self.report(
            self.at(diagnostic, self.origin, "declared here")
                .note(format!("the default, for stages that come and go, is {default}"))
                .help(format!("write `{setting}:` in `environments/base.yaml` or in the stage's overlay")),
        );
        true
    }

    /// Whether the component refuses to be deleted.
    #[must_use]
    pub fn protect(&self) -> Setting<bool> {
        self.common.protect.unwrap_or(self.stage.protect)
    }

    /// What happens to its data.
    #[must_use]
    pub fn removal(&self) -> Setting<Removal> {
        self.common.removal.unwrap_or(self.stage.removal)
    }

    /// `DeletionPolicy` and `UpdateReplacePolicy` of a resource that holds data.
    #[must_use]
    pub fn policies(&self, knows_snapshots: bool) -> Policies {
        let removal = self.removal();
        let (deletion, replacement) = match removal.value {
            // A first create that fails leaves no orphan behind.
            Removal::Retain => ("RetainExceptOnCreate", "Retain"),
            Removal::Snapshot if knows_snapshots => ("Snapshot", "Snapshot"),
            Removal::Snapshot => ("RetainExceptOnCreate", "Retain"),
            Removal::Remove => ("Delete", "Delete"),
        };
        let origin = self.rule("what holds data follows `removal`", &[removal.origin]);
        Policies { deletion: Setting::new(origin, deletion), replacement: Setting::new(origin, replacement) }
    }

    /// How many days its log is kept.
    #[must_use]
    pub fn log_days(&self) -> Setting<u32> {
        self.code.and_then(|c| c.log_days).unwrap_or(self.log_days)
    }

    /// A physical name, `<project>-<stage>-<Component><suffix>`, for types that must be named; at most `limit`
    /// characters. Nobody chooses the names of stages that come and go: a longer one is cut there, with a digest of the whole.
    pub fn physical_name(&self, suffix: &str, limit: usize) -> Value {
        let own = format!("{}-{}-{}", self.project.value, self.stage.name.value, self.identity());
        let mut name = format!("{own}{suffix}");
        if name.len() > limit && !self.stage.is_permanent() {
            name = format!("{}{suffix}", cut(own, &name, limit.saturating_sub(suffix.len())));
        }
        if name.len() > limit {
            let title = format!("the name `{name}` has {} characters; AWS takes {limit}", name.len());
            let origin = self.identity_origin();
            let diagnostic = self.at(Diagnostic::error(CFN020, title), origin, "named after this component");
            self.report(diagnostic.help("shorten the component's name, the stage's name or the project's"));
        }
        let from = [self.project.origin, self.stage.name.origin, self.identity_origin()];
        self.text("names that AWS requires are <project>-<stage>-<Component>", &from, name)
    }

    /// The component's tags as CloudFormation lists them; none where it has none.
    #[must_use]
    pub fn tags(&self) -> Option<Value> {
        (!self.common.tags.is_empty()).then(|| self.tag_list(None))
    }

    /// The component's tags and a `Name`, for resources that a console shows by that tag.
    #[must_use]
    pub fn named_tags(&self, suffix: &str) -> Value {
        let name = format!("{}-{}-{}{suffix}", self.project.value, self.stage.name.value, self.identity());
        let from = [self.project.origin, self.stage.name.origin, self.identity_origin()];
        self.tag_list(Some(self.text("the console shows network resources by their Name tag", &from, name)))
    }

    /// The component's tags as a map, for types whose `Tags` is one; none where it has none.
    #[must_use]
    pub fn tag_map(&self) -> Option<Value> {
        let tags = self.common.tags.iter().map(|(k, v)| (k.clone(), Value::text(v.origin, v.value.clone())));
        (!self.common.tags.is_empty()).then(|| Value::map(self.origin, tags))
    }

    fn tag_list(&self, name: Option<Value>) -> Value {
        let written = self.common.tags.iter().map(|(k, v)| {
            let key = Value::text(self.rule("a tag's key", &[v.origin]), k.clone());
            (key, Value::text(v.origin, v.value.clone()))
        });
        let name = name.map(|value| (Value::text(value.origin, "Name"), value));
        let tag = |(key, value): (Value, Value)| Value::map(key.origin, [("Key", key), ("Value", value)]);
        Value::list(self.origin, name.into_iter().chain(written).map(tag).collect())
    }

    /// An attribute that is a local resource's own attribute.
    pub fn from_local(&self, name: &str, id: &str, attribute: Option<&str>) -> Attribute {
        Attribute::open(name, self.local(id, attribute))
    }
}

/// A name as part of a logical id: `private_subnets` is `PrivateSubnets`, `ecr.api` is `EcrApi`.
#[must_use]
pub fn pascal(name: &str) -> String {
    let capital = |part: &str| {
        let mut chars = part.chars();
        chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    name.split(|c: char| !c.is_ascii_alphanumeric()).map(capital).collect()
}

/// `CFN020`: a physical name is too long.
pub const CFN020: DiagCode = DiagCode {
    id: "CFN020",
    explanation: "a physical name is longer than AWS takes\n\n\
        Most names are left to CloudFormation. Where AWS requires one, it is `<project>-<stage>-<Component>`. On a stage that \
        comes and goes a longer one is cut, and ends with a digest of the whole; on one that stays, names are what they say.",
};

/// What CloudFormation does with a resource that leaves or is replaced.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Policies {
    /// `DeletionPolicy`.
    pub deletion: Setting<&'static str>,
    /// `UpdateReplacePolicy`.
    pub replacement: Setting<&'static str>,
}
