//! Resolving: every symbol of every resource becomes a target in its stack.

mod outside;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::place::{CFN001, Place};
use super::{Stack, StageOutput, artifacts, builds, published, stack_name};
use crate::cfn::{Output, Parameter, ParameterSource, Resource, Target, Template};
use crate::component::{Attribute, Neighbour, StackId, StackName, pascal};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lower::{Lowered, Published, REF020};
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::value::{Entry, Kind, Symbol, Value};

/// `BUG003`: a reference that leads nowhere.
pub const BUG003: Code = Code {
    id: "BUG003",
    explanation: "a reference of the compiler leads nowhere\n\n\
        A template refers to something that it does not make. This is a bug of reggie-cfn, not a mistake of yours; please report \
        it with the message.",
};

/// `REF023`: attributes that need each other.
pub const REF023: Code = Code {
    id: "REF023",
    explanation: "an attribute needs itself\n\n\
        The attribute is composed of others that are composed of it. Write one of them out.",
};

/// How deep attributes may be composed of attributes.
const DEPTH: usize = 16;

/// A use of one stack's output in another: what makes the order.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub consumer: (StackId, String),
    pub producer: (StackId, String),
}

/// What one stack needs beside its resources.
#[derive(Debug, Default)]
struct Needs {
    parameters: BTreeMap<String, Parameter>,
    imports: BTreeSet<String>,
}

/// Resolves the symbols of one stage.
pub(super) struct Resolver<'a> {
    pub model: &'a Model,
    lowered: &'a Lowered,
    all: &'a [Place],
    /// Where each component's local ids went.
    places: BTreeMap<(&'a str, &'a str), (&'a StackId, &'a str)>,
    origins: &'a Origins,
    uses: RefCell<Vec<Use>>,
    needs: RefCell<BTreeMap<StackId, Needs>>,
    secrets_elsewhere: RefCell<BTreeMap<String, BTreeSet<String>>>,
    findings: RefCell<Diagnostics>,
}

/// Where a value is resolved: in which stack, for which component.
#[derive(Clone, Copy)]
struct At<'s> {
    stack: &'s StackId,
    component: &'s str,
    /// The component that needs it, however many attributes of others lie between.
    user: &'s str,
    depth: usize,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(model: &'a Model, lowered: &'a Lowered, all: &'a [Place], origins: &'a Origins) -> Self {
        let place = |p: &'a Place| ((p.component.as_str(), p.local.as_str()), (&p.stack, p.logical_id.as_str()));
        Resolver {
            model,
            lowered,
            all,
            places: all.iter().map(place).collect(),
            origins,
            uses: RefCell::default(),
            needs: RefCell::default(),
            secrets_elsewhere: RefCell::default(),
            findings: RefCell::default(),
        }
    }

    /// The uses between stacks.
    pub(super) fn uses(&self) -> Vec<Use> {
        self.uses.borrow().clone()
    }

    /// All stacks, in no particular order, with what the stage publishes. `resources` are those of all places, in their order.
    pub(super) fn stacks(&self, resources: Vec<Resource>, findings: &mut Diagnostics) -> super::Linked {
        let mut stacks: BTreeMap<StackId, Stack> = BTreeMap::new();
        for (place, resource) in self.all.iter().zip(resources) {
            let stack = stacks.entry(place.stack.clone()).or_insert_with(|| self.empty(&place.stack));
            stack.owners.insert(place.logical_id.clone(), (place.component.clone(), place.local.clone()));
            let owner = self.lowered.neighbours.get(&place.component);
            if owner.is_some_and(|n| n.interface.empty_before_delete.contains(&place.local.as_str())) {
                stack.empty_before_delete.push(place.logical_id.clone());
            }
            stack.template.resources.push(self.resource(place, resource));
        }
        let mut all = BTreeMap::new();
        for (component, neighbour) in &self.lowered.neighbours {
            let attributes = neighbour.interface.attributes.iter();
            let published: Vec<Published> = attributes.map(|a| self.attribute(component, a, &mut stacks)).collect();
            all.insert(component.clone(), published);
        }
        let outputs = self.stage_outputs(&mut stacks);
        let (builds, before) = {
            let mut own = self.findings.borrow_mut();
            builds::builds(self.model, &self.lowered.neighbours, &all, &stacks, self.origins, &mut own)
        };
        self.uses.borrow_mut().extend(before);
        for (name, needs) in self.needs.take() {
            if let Some(stack) = stacks.get_mut(&name) {
                self.one_id_one_thing(stack, &needs.parameters);
                stack.template.parameters = needs.parameters.into_values().collect();
                stack.imports = needs.imports;
            }
        }
        for stack in stacks.values_mut() {
            stack.template.outputs.sort_by(|a, b| a.name.cmp(&b.name));
        }
        findings.merge(self.findings.take(), None);
        let check = |(name, n): (&String, &Neighbour)| Some((name.clone(), n.interface.check.clone()?));
        let checks = self.lowered.neighbours.iter().filter_map(check).collect();
        let artifacts = artifacts::artifacts(&self.lowered.neighbours, &stacks);
        let secrets_elsewhere = self.secrets_elsewhere.take();
        let stacks = stacks.into_values().collect();
        super::Linked { stacks, outputs, published: all, builds, artifacts, checks, secrets_elsewhere }
    }

    fn empty(&self, id: &StackId) -> Stack {
        let file = match id.region == self.model.manifest.region.value {
            true => format!("{}.yaml", id.word()),
            false => format!("{}.{}.yaml", id.word(), id.region),
        };
        let (project, stage) = (&self.model.manifest.project, &self.model.stage.name);
        let text = format!("{} {}: {}", project.value, stage.value, id.kind.described());
        let origin = self.origins.derived("what the stack is for", [project.origin, stage.origin]);
        Stack {
            id: id.clone(),
            name: stack_name(self.model, id),
            file,
            template: Template {
                description: Value::text(origin, text),
                parameters: Vec::new(),
                resources: Vec::new(),
                outputs: Vec::new(),
            },
            imports: BTreeSet::new(),
            empty_before_delete: Vec::new(),
            owners: BTreeMap::new(),
        }
    }

    fn resource(&self, place: &Place, resource: Resource) -> Resource<Target> {
        let at = At { stack: &place.stack, component: &place.component, user: &place.component, depth: 0 };
        let attributes = resource.attributes.into_iter().map(|entry| {
            let value = match entry.key.as_str() {
                "DependsOn" => self.depends_on(entry.value, at),
                _ => self.value(entry.value, at),
            };
            Entry { key: entry.key, key_origin: entry.key_origin, value }
        });
        Resource {
            id: place.logical_id.clone(),
            origin: resource.origin,
            resource_type: self.value(resource.resource_type, at),
            attributes: attributes.collect(),
            properties: self.value(resource.properties, at),
        }
    }

    /// `DependsOn` names resources as texts: local ids become logical ones.
    fn depends_on(&self, value: Value, at: At<'_>) -> Value<Target> {
        let origin = value.origin;
        match value.kind {
            Kind::Text(local) => match self.places.get(&(at.component, local.as_str())) {
                Some((_, id)) => Value::text(origin, *id),
                None => Value::text(origin, local),
            },
            Kind::Ref(Symbol::Component(name)) => {
                let origin = self.origins.derived("a component is all resources that it has in this stack", [origin]);
                let its = self.all.iter().filter(|p| p.component == name && p.stack == *at.stack);
                Value::list(origin, its.map(|p| Value::text(origin, p.logical_id.clone())).collect())
            }
            Kind::List(items) => {
                let flat = items.into_iter().flat_map(|v| match self.depends_on(v, at) {
                    Value { kind: Kind::List(inner), .. } => inner,
                    one => vec![one],
                });
                Value::list(origin, flat.collect())
            }
            _ => self.value(value, at),
        }
    }

    fn value(&self, value: Value, at: At<'_>) -> Value<Target> {
        value.map_references(&mut |symbol, origin| self.symbol(symbol, origin, at))
    }

    fn symbol(&self, symbol: Symbol, origin: OriginId, at: At<'_>) -> Value<Target> {
        match symbol {
            Symbol::Local { id, attribute } => self.local(at.component, &id, attribute, origin, at),
            Symbol::Beside { component, id, attribute } => self.local(&component, &id, attribute, origin, at),
            Symbol::Attribute { component, attribute } => self.attribute_of(&component, &attribute, origin, at),
            Symbol::Secret { name, attribute } => self.secret(&name, &attribute, origin, at),
            Symbol::Component(name) => self.leads_nowhere(format!("`{name}` stands outside `DependsOn`"), origin),
            Symbol::Pseudo(name) => Value::reference(origin, Target::Ref(name)),
            Symbol::Input(name) => self.input(&name, origin, at),
            Symbol::Release(name) => self.release(&name, origin, at),
            Symbol::Bootstrap(name) => self.bootstrap(&name, origin, at),
            Symbol::Output { parameter, stack, region, output, list } => {
                let description = format!("Output {output} of the stack {stack} in {region}, read at every deploy");
                let source = ParameterSource::Output { stack, region, output };
                self.parameter(parameter, description, None, source, list, origin, at)
            }
        }
    }

    fn local(
        &self,
        component: &str,
        id: &str,
        attribute: Option<String>,
        origin: OriginId,
        at: At<'_>,
    ) -> Value<Target> {
        let Some((stack, logical)) = self.places.get(&(component, id)) else {
            return self.leads_nowhere(format!("`{component}` makes no resource `{id}`"), origin);
        };
        if **stack != *at.stack {
            let title = format!("`{id}` of `{component}` stands in another stack than what refers to it");
            return self.leads_nowhere(title, origin);
        }
        let target = match attribute {
            Some(attribute) => Target::GetAtt((*logical).to_owned(), attribute),
            None => Target::Ref((*logical).to_owned()),
        };
        Value::reference(origin, target)
    }

    fn leads_nowhere(&self, title: String, origin: OriginId) -> Value<Target> {
        let diagnostic = Diagnostic::error(BUG003, title).at_origin(self.origins, origin, &[], "while this was made");
        self.findings.borrow_mut().push(diagnostic.help("this is a bug of reggie-cfn: please report it"));
        Value::text(origin, "")
    }

    fn attribute_of(&self, component: &str, name: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let neighbour = self.lowered.neighbours.get(component);
        let Some(attribute) = neighbour.and_then(|n| n.interface.attribute(name)) else {
            return self.no_attribute(component, name, origin, at);
        };
        if at.depth > DEPTH {
            let diagnostic = Diagnostic::error(REF023, format!("`{component}.{name}` needs itself")).at_origin(
                self.origins,
                origin,
                &[],
                "leads back to itself",
            );
            self.findings.borrow_mut().push(diagnostic.help("write one of the attributes out"));
            return Value::text(origin, "");
        }
        let used = self.origins.derived("an attribute of a component", [origin, attribute.value.origin]);
        let home = self.home(component, &attribute.value);
        match home {
            Some(home) if !attribute.sensitive && home != at.stack => {
                self.uses.borrow_mut().push(Use {
                    consumer: (at.stack.clone(), at.user.to_owned()),
                    producer: (home.clone(), component.to_owned()),
                });
                self.across(component, attribute, home, used, at)
            }
            _ => {
                let within = At { stack: at.stack, component, user: at.user, depth: at.depth + 1 };
                let mut value = self.value(attribute.value.clone(), within);
                value.origin = used;
                value
            }
        }
    }

    /// An attribute that is not there: an import need not give all that its kind has, a component of ours must.
    fn no_attribute(&self, component: &str, name: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let import = self.model.tree.at(&["components", component]).and_then(|c| c.entry("import"));
        let Some(import) = import else {
            return self.leads_nowhere(format!("`{component}` has no attribute `{name}`"), origin);
        };
        let title = format!("the import of `{component}` does not give `{name}`, which is needed");
        let diagnostic = Diagnostic::error(REF020, title)
            .at_origin(self.origins, import.key_origin, &[], "gives other attributes")
            .context_if_known(self.origins, Some(origin), &format!("`{}` needs it", at.user));
        self.findings.borrow_mut().join(diagnostic.help(format!("write `{name}` in the import as well")));
        Value::text(origin, "")
    }

    /// The stack that an attribute's own resources stand in; none if it is composed of literals and other attributes.
    fn home(&self, component: &str, value: &Value) -> Option<&'a StackId> {
        let mut home = None;
        value.each_reference(&mut |symbol, _| {
            if let Symbol::Local { id, .. } = symbol {
                home = home.or_else(|| self.places.get(&(component, id.as_str())).map(|(stack, _)| *stack));
            }
        });
        home
    }

    /// The stack that a component stands in: its own, or the first that has a part of it.
    fn stands_in(&self, component: &str) -> Option<&'a StackId> {
        let own = self.lowered.neighbours.get(component).map(|n| &n.stack);
        let its = self.all.iter().filter(|p| p.component == component).map(|p| &p.stack);
        its.min_by_key(|stack| Some(*stack) != own)
    }

    /// An attribute of a component in another stack.
    fn across(
        &self,
        component: &str,
        attribute: &Attribute,
        home: &StackId,
        origin: OriginId,
        at: At<'_>,
    ) -> Value<Target> {
        let output = self.output_name(component, &attribute.name);
        let stack = stack_name(self.model, home);
        let list = matches!(attribute.value.kind, Kind::List(_));
        // What watches comes last, and must never hold back a change of what it watches.
        let replaced =
            home.kind.replaces_what_others_use() || attribute.replaced || at.stack.kind == StackName::Monitoring;
        if home.region == at.stack.region && !replaced {
            let export = format!("{stack}-{output}");
            self.needs.borrow_mut().entry(at.stack.clone()).or_default().imports.insert(export.clone());
            let target = if list { Target::ImportList(export) } else { Target::Import(export) };
            return Value::reference(origin, target);
        }
        let region = home.region.clone();
        let description = format!("Output {output} of the stack {stack} in {region}, read at every deploy");
        let source = ParameterSource::Output { stack, region, output: output.clone() };
        self.parameter(output, description, None, source, list, origin, at)
    }

    /// A parameter and a resource cannot share a name in one template.
    fn one_id_one_thing(&self, stack: &Stack, parameters: &BTreeMap<String, Parameter>) {
        for id in parameters.keys().filter(|id| stack.owners.contains_key(*id)) {
            let owner = stack.owners.get(id).and_then(|(component, _)| self.model.components.get(component));
            let title = format!("`{id}` is a parameter and a resource of the stack `{}`", stack.id.word());
            let origin = owner.map_or(self.model.manifest.project.origin, |c| c.origin);
            let diagnostic =
                Diagnostic::error(CFN001, title).at_origin(self.origins, origin, &[], "yields this resource");
            self.findings.borrow_mut().push(diagnostic.help("rename the component, or give it a `logical_id`"));
        }
    }

    /// The output that holds an attribute: the component's logical prefix and the attribute.
    fn output_name(&self, component: &str, attribute: &str) -> String {
        format!("{}{}", self.identity(component), pascal(attribute))
    }

    /// The name that identifies a component in AWS.
    fn identity<'n>(&'n self, component: &'n str) -> &'n str {
        self.lowered.neighbours.get(component).map_or(component, |n| n.identity.as_str())
    }

    /// Publishes an attribute: an output with an export where AWS gives it.
    fn attribute(&self, component: &str, attribute: &Attribute, stacks: &mut BTreeMap<StackId, Stack>) -> Published {
        let home = self.home(component, &attribute.value).filter(|_| !attribute.sensitive);
        let Some((home, stack)) = home.and_then(|h| stacks.get_mut(h).map(|s| (h, s))) else {
            return published(&attribute.name, &attribute.value, attribute.sensitive, None);
        };
        let name = self.output_name(component, &attribute.name);
        let at = At { stack: home, component, user: component, depth: 0 };
        let origin = self.origins.derived("a component exports its whole attribute set", [attribute.value.origin]);
        let value = as_text(self.value(attribute.value.clone(), at));
        let export = format!("{}-{name}", stack.name);
        if stack.template.outputs.iter().any(|o| o.name == name) {
            self.two_outputs(&name, attribute.value.origin, home);
        }
        stack.template.outputs.push(Output {
            name: name.clone(),
            description: Value::text(origin, format!("{}.{}", self.identity(component), attribute.name)),
            value,
            export: (!attribute.replaced).then(|| Value::text(origin, export)),
        });
        let output = (stack.name.clone(), home.region.clone(), name);
        published(&attribute.name, &attribute.value, false, Some(output))
    }

    /// An output's name is made of a component's and an attribute's, so that two may come to the same.
    fn two_outputs(&self, name: &str, origin: OriginId, stack: &StackId) {
        let title = format!("two outputs of the stack `{}` have the name `{name}`", stack.word());
        let diagnostic = Diagnostic::error(CFN001, title).at_origin(self.origins, origin, &[], "the second of them");
        self.findings.borrow_mut().push(diagnostic.help("give one of them another name"));
    }

    /// The outputs that the manifest asks for: in the stack of the first component that they name, else in the last one.
    fn stage_outputs(&self, stacks: &mut BTreeMap<StackId, Stack>) -> BTreeMap<String, StageOutput> {
        let mut published = BTreeMap::new();
        for (label, output) in &self.model.manifest.outputs {
            let value = &output.value.0;
            let mut home = None;
            value.each_reference(&mut |symbol, _| {
                if let Symbol::Attribute { component, attribute } = symbol {
                    let found = self.lowered.neighbours.get(component).and_then(|n| n.interface.attribute(attribute));
                    home = home.or_else(|| found.and_then(|a| self.home(component, &a.value)));
                    // What the manifest says itself, such as a host, is published where its component stands.
                    home = home.or_else(|| self.stands_in(component));
                }
            });
            let last = stacks.keys().next_back().cloned();
            let Some(home) = home.or(last.as_ref()) else { continue };
            let at = At { stack: home, component: "", user: "", depth: 0 };
            let resolved = as_text(self.value(value.clone(), at));
            let Some(stack) = stacks.get_mut(home) else { continue };
            let name = pascal(label);
            let (at, region) = (stack.name.clone(), stack.id.region.clone());
            published.insert(label.clone(), StageOutput { stack: at, region, output: name.clone() });
            if let Some(same) = stack.template.outputs.iter().find(|o| o.name == name) {
                // The attribute's own output says it already, and other stacks may import it.
                if crate::cfn::value(&same.value) != crate::cfn::value(&resolved) {
                    self.two_outputs(&name, output.origin, home);
                }
                continue;
            }
            let description = Value::text(output.origin, format!("outputs.{label}"));
            stack.template.outputs.push(Output { name, description, value: resolved, export: None });
        }
        published
    }
}

/// An output holds a text: a list is joined by commas.
fn as_text(value: Value<Target>) -> Value<Target> {
    let origin = value.origin;
    match value.kind {
        Kind::List(_) | Kind::Ref(Target::ImportList(_) | Target::ParameterList(_)) => {
            let parts = Value::list(origin, vec![Value::text(origin, ","), value]);
            Value::new(origin, Kind::Call("Join".to_owned(), Box::new(parts)))
        }
        _ => value,
    }
}
