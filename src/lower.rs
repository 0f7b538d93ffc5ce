//! Lowering: every component offers its interface, then decides what it becomes.
//!
//! Interfaces come first and depend on nothing but the component itself, so that no order among components matters.

mod check;
pub mod local;
mod regions;

pub use check::REF020;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::component::{
    Attribute, Context, Described, Fragment, How, Interface, Neighbour, Relation, ServedBy, Watched, pascal,
};
use crate::diag::{Code, Diagnostics};
use crate::model::{Component, Imported, Model};
use crate::origin::Origins;
use crate::part::host;
use crate::setting::Setting;
use crate::value::{Kind, Symbol, Value};

/// Codes of this phase.
pub const CODES: &[Code] = &[
    REF020,
    check::REF021,
    regions::CFN040,
    local::CFN550,
    local::CFN551,
    local::CFN552,
    local::CFN553,
    local::CFN554,
    local::CFN556,
    local::STG012,
];

/// What the components became.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Every component as others see it.
    pub neighbours: BTreeMap<String, Neighbour>,
    /// Fragments with the component that they belong to, in the order of names.
    pub fragments: Vec<(String, Fragment)>,
    /// Every component in words.
    pub described: BTreeMap<String, Described>,
}

/// What another stage says of its components: asked for by imports.
pub trait OtherStages {
    /// A component of another stage. `None` where the stage or the component cannot be had; the reason has been reported.
    fn component(&self, stage: &Setting<String>, component: &Setting<String>, kind: &str) -> Option<Theirs>;
}

/// A component of another stage.
#[derive(Debug, Clone, Default)]
pub struct Theirs {
    /// Its attributes: each a literal, or an output to be read.
    pub published: Vec<Published>,
    /// How long a call may take, see [`Interface::timeout`].
    pub timeout: Option<u32>,
    /// Whether it keeps messages in order, see [`Interface::fifo`].
    pub fifo: Option<bool>,
    /// The names that it covers, see [`Interface::covers`].
    pub covers: Option<Vec<String>>,
}

/// An attribute of another stage's component.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its name.
    pub name: String,
    /// A literal that its manifest says, or the output that holds it.
    pub value: PublishedValue,
}

/// What another stage says of an attribute.
#[derive(Debug, Clone)]
pub enum PublishedValue {
    /// The manifest says it.
    Literal(Kind),
    /// It is read when deployed.
    Output {
        /// The stack's name.
        stack: String,
        /// Its region.
        region: String,
        /// The output.
        output: String,
        /// Whether it is a list, joined by commas.
        list: bool,
    },
    /// It is never published; each part of it is.
    Sensitive(Value),
}

/// Lowers every component of a model.
pub fn lower(model: &Model, others: &dyn OtherStages, origins: &Origins, findings: &mut Diagnostics) -> Lowered {
    let collected = RefCell::new(Diagnostics::default());
    host::check_zones(&model.manifest.zones, origins, &mut collected.borrow_mut());
    let served = served(model);
    let neighbours = neighbours(model, &served, others, origins, &collected);
    let mut around = Around { neighbours: &neighbours, served: &served, watched: &BTreeMap::new() };
    let watched = watched(model, around, origins, &collected);
    around.watched = &watched;
    let mut fragments = Vec::new();
    for (name, component) in &model.components {
        let on = make_context(name, component, model, around, origins, &collected);
        if let Some(settings) = &component.settings {
            fragments.extend(settings.lower(&on).into_iter().map(|f| (name.clone(), f)));
        }
    }
    let described = described(model, around, origins, &collected);
    check::references(model, &neighbours, origins, &mut collected.borrow_mut());
    regions::check(model, &neighbours, origins, &mut collected.borrow_mut());
    findings.merge(collected.into_inner(), None);
    Lowered { neighbours, fragments, described }
}

/// Only what the components of a model offer: nothing is decided, and nothing made.
pub fn interfaces(model: &Model, others: &dyn OtherStages, origins: &Origins, findings: &mut Diagnostics) -> Lowered {
    let collected = RefCell::new(Diagnostics::default());
    let neighbours = neighbours(model, &served(model), others, origins, &collected);
    findings.merge(collected.into_inner(), None);
    Lowered { neighbours, ..Lowered::default() }
}

/// Every component as others see it.
fn neighbours(
    model: &Model,
    served: &BTreeMap<String, ServedBy>,
    others: &dyn OtherStages,
    origins: &Origins,
    collected: &RefCell<Diagnostics>,
) -> BTreeMap<String, Neighbour> {
    let none = BTreeMap::new();
    let mut neighbours = BTreeMap::new();
    for (name, component) in &model.components {
        let around = Around { neighbours: &none, served, watched: &BTreeMap::new() };
        let on = make_context(name, component, model, around, origins, collected);
        let interface = match (&component.settings, &component.imported) {
            (Some(settings), _) => settings.interface(&on),
            (None, Some(imported)) => imported_interface(&on, imported, model, others),
            (None, None) => Interface::default(),
        };
        let region = match &component.imported {
            Some(Imported::Stack { region: Some(region), .. }) => region.value.clone(),
            _ => on.stack().region,
        };
        let neighbour = Neighbour {
            identity: component.common.identity(name).to_owned(),
            kind: component.kind,
            origin: component.origin,
            stack: on.stack(),
            region,
            imported: component.imported.is_some(),
            links: component.code.as_ref().map(|code| code.links.clone()).unwrap_or_default(),
            interface,
        };
        neighbours.insert(name.clone(), neighbour);
    }
    neighbours
}

/// The figures of every component that this stage makes, where something watches them.
fn watched(
    model: &Model,
    around: Around<'_>,
    origins: &Origins,
    collected: &RefCell<Diagnostics>,
) -> BTreeMap<String, Vec<Watched>> {
    if !model.components.values().any(|component| component.kind.watches) {
        return BTreeMap::new();
    }
    let of = |(name, component): (&String, &Component)| {
        let on = make_context(name, component, model, around, origins, collected);
        let watched = component.settings.as_ref()?.watched(&on);
        Some((name.clone(), watched))
    };
    model.components.iter().filter_map(of).collect()
}

/// Every component in words.
fn described(
    model: &Model,
    around: Around<'_>,
    origins: &Origins,
    collected: &RefCell<Diagnostics>,
) -> BTreeMap<String, Described> {
    let of = |(name, component): (&String, &Component)| {
        let on = make_context(name, component, model, around, origins, collected);
        let mut described = match (&component.settings, &component.imported) {
            (Some(settings), _) => settings.described(&on),
            (None, Some(Imported::Stage { stage, .. })) => Described::of(&on, format!("of the stage {}", stage.value)),
            (None, Some(Imported::Stack { stack, .. })) => Described::of(&on, format!("of the stack {}", stack.value)),
            (None, _) => Described::of(&on, "made elsewhere"),
        };
        let network = around.neighbours.get(name).and_then(|own| own.interface.vpc.as_ref());
        described.relations.extend(network.map(|vpc| Relation {
            from: vpc.value.clone(),
            to: name.clone(),
            how: How::Contains,
            says: String::new(),
        }));
        (name.clone(), described)
    };
    model.components.iter().map(of).collect()
}

/// Who serves what. Of two that claim one component the first does; that there are two is reported by the second.
fn served(model: &Model) -> BTreeMap<String, ServedBy> {
    let mut served: BTreeMap<String, ServedBy> = BTreeMap::new();
    for (name, component) in &model.components {
        for serving in component.settings.iter().flat_map(|settings| settings.serves()) {
            let router = Setting::new(component.origin, name.clone());
            let reads_only = serving.reads_only;
            let known = served.entry(serving.component.value.clone()).or_insert(ServedBy { router, serving });
            known.serving.reads_only &= reads_only;
        }
    }
    served
}

/// The other components, as far as they are known.
#[derive(Clone, Copy)]
struct Around<'a> {
    neighbours: &'a BTreeMap<String, Neighbour>,
    served: &'a BTreeMap<String, ServedBy>,
    watched: &'a BTreeMap<String, Vec<Watched>>,
}

fn make_context<'a>(
    name: &'a str,
    component: &'a Component,
    model: &'a Model,
    around: Around<'a>,
    origins: &'a Origins,
    findings: &'a RefCell<Diagnostics>,
) -> Context<'a> {
    Context {
        name,
        origin: component.origin,
        kind: component.kind,
        chosen_stack: component.settings.as_ref().and_then(|s| s.stack()),
        chosen_region: component.settings.as_ref().and_then(|s| s.region()),
        common: &component.common,
        code: component.code.as_ref(),
        project: &model.manifest.project,
        region: &model.manifest.region,
        stage: &model.stage,
        log_days: model.log_days,
        secrets: &model.manifest.secrets,
        zones: &model.manifest.zones,
        absent: &model.absent,
        served_by: around.served.get(name),
        served: around.served,
        watched: around.watched,
        neighbours: around.neighbours,
        origins,
        findings,
    }
}

/// What an imported component offers. What its attributes do not tell, the stage that it comes from does.
fn imported_interface(on: &Context<'_>, imported: &Imported, model: &Model, others: &dyn OtherStages) -> Interface {
    let mut interface = Interface::default();
    let given = match imported {
        Imported::Ids(ids) => ids.clone(),
        Imported::Stack { stack, region, outputs } => outputs
            .iter()
            .map(|(attribute, output)| {
                let symbol = Symbol::Output {
                    parameter: format!("{}{}", on.identity(), pascal(attribute)),
                    stack: stack.value.clone(),
                    region: region.as_ref().unwrap_or(&model.manifest.region).value.clone(),
                    output: output.value.clone(),
                    list: attribute.ends_with("_subnets"),
                };
                Attribute::open(attribute.clone(), Value::reference(output.origin, symbol))
            })
            .collect(),
        Imported::Stage { stage, component, ids } => {
            let found = others.component(stage, component, on.kind.name).unwrap_or_default();
            let rule = "a fact of another stage's component";
            interface.timeout = found.timeout.map(|timeout| on.setting(rule, &[stage.origin], timeout));
            interface.fifo = found.fifo.map(|fifo| on.setting(rule, &[stage.origin], fifo));
            // Of what is another's here they say nothing.
            let covers = found.covers.filter(|_| ids.is_empty());
            let name = |name| on.setting(rule, &[stage.origin], name);
            interface.covers = covers.map(|names| names.into_iter().map(name).collect());
            let is_own = |p: &Published| ids.iter().any(|own| own.name == p.name);
            let theirs = found.published.into_iter().filter(|p| !is_own(p)).map(|p| published_attribute(on, stage, p));
            theirs.chain(ids.iter().cloned()).collect()
        }
    };
    interface.fifo = (on.kind.imported_fifo)(&given).or(interface.fifo);
    Interface { attributes: (on.kind.imported)(on, given), ..interface }
}

fn published_attribute(on: &Context<'_>, stage: &Setting<String>, published: Published) -> Attribute {
    let origin = on.rule("an attribute of another stage", &[stage.origin]);
    let name = published.name;
    match published.value {
        PublishedValue::Literal(kind) => Attribute::open(name, Value::new(origin, kind)),
        PublishedValue::Output { stack, region, output, list } => {
            let parameter = format!("{}{}", on.identity(), pascal(&name));
            let symbol = Symbol::Output { parameter, stack, region, output, list };
            Attribute::open(name, Value::reference(origin, symbol))
        }
        PublishedValue::Sensitive(value) => {
            // It is composed of the component's other attributes, which here are this component's.
            let own = |symbol, _| match symbol {
                Symbol::Attribute { attribute, .. } => on.own(&attribute),
                other => Value::reference(origin, other),
            };
            Attribute::sensitive(name, relocated(value, origin).map_references(&mut { own }))
        }
    }
}

/// The same value with this compilation's origin in every place: ids of another compilation mean nothing here.
fn relocated(value: Value, origin: crate::origin::OriginId) -> Value {
    let kind = match value.kind {
        Kind::List(items) => Kind::List(items.into_iter().map(|v| relocated(v, origin)).collect()),
        Kind::Join(items) => Kind::Join(items.into_iter().map(|v| relocated(v, origin)).collect()),
        Kind::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .map(|e| crate::value::Entry { key: e.key, key_origin: origin, value: relocated(e.value, origin) })
                .collect(),
        ),
        Kind::Call(name, argument) => Kind::Call(name, Box::new(relocated(*argument, origin))),
        other => other,
    };
    Value::new(origin, kind)
}
