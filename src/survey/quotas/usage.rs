//! What one stage uses of the quotas of its account.

use std::collections::{BTreeMap, BTreeSet};

use crate::cfn::{Resource, Target, Template};
use crate::compile::Compiled;
use crate::emit::{INDEX, MANIFEST};
use crate::link::Stack;
use crate::quota::{self, Per, Quota};
use crate::source::Span;
use crate::value::{Kind, Value};

/// The type as which a stack itself is counted.
const STACK: &str = "AWS::CloudFormation::Stack";
/// The property that says in which zone a subnet stands, and the one that names the subnet.
const ZONE: &str = "AvailabilityZone";
const SUBNET: &str = "SubnetId";

/// Which quota, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    /// Its place among all quotas.
    pub(super) quota: usize,
    /// The region; empty where the quota is of the whole account.
    pub(super) region: String,
    /// The zone; empty where the quota is not of a zone.
    zone: String,
}

/// How much is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) number: u64,
    /// Where layers decide it.
    pub(super) places: BTreeMap<Span, u64>,
}

/// What a stage uses of its account: a small map that stays when its compilation is gone.
#[derive(Debug, Clone)]
pub struct Usage {
    /// Its name; none for what all stages share.
    stage: Option<String>,
    is_permanent: bool,
    is_compiled: bool,
    account: Option<String>,
    regions: BTreeSet<String>,
    /// What it says that AWS gave to its account.
    said: BTreeMap<String, u32>,
    counts: BTreeMap<At, Count>,
}

impl Usage {
    fn new(stage: Option<String>) -> Usage {
        Usage {
            stage,
            is_permanent: true,
            is_compiled: false,
            account: None,
            regions: BTreeSet::new(),
            said: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// That of a stage that is compiled now.
    #[must_use]
    pub fn of(compiled: &Compiled) -> Usage {
        let stage = &compiled.model.stage;
        let said = compiled.model.manifest.quotas.iter().map(|(name, figure)| (name.clone(), figure.value));
        let mut usage = Usage {
            is_permanent: stage.is_permanent(),
            is_compiled: true,
            account: stage.account.as_ref().map(|account| account.value.clone()),
            said: said.collect(),
            ..Usage::new(Some(stage.name.value.clone()))
        };
        for stack in &compiled.linked.stacks {
            let template = &stack.template;
            usage.add_stack(&stack.id.region);
            for resource in &template.resources {
                let property = |name: &str| resource.properties.get(name).and_then(text);
                let zone = || zone_of(resource, template);
                usage.add(resource.type_name(), &stack.id.region, property, zone, |quota| {
                    place(compiled, stack, resource, quota)
                });
            }
        }
        usage
    }

    /// That of a stage that was built before, from the files of its folder: nothing if it was not made by us. `is_wanted` says whether
    /// stages of an account are; of others no more than the index is read.
    pub fn built(
        stage: &str,
        is_wanted: impl Fn(Option<&str>) -> bool,
        read: impl Fn(&str) -> Option<String>,
    ) -> Option<Usage> {
        let index = read(INDEX)?;
        let account = top(&index, "account").map(str::to_owned);
        if !is_wanted(account.as_deref()) {
            return None;
        }
        let manifest = read(MANIFEST)?;
        let said = block(&manifest, "quotas").filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
        let mut usage = Usage {
            is_permanent: top(&manifest, "lifetime") == Some("permanent"),
            account,
            said: said.filter_map(|(name, figure)| Some((name.to_owned(), figure.parse().ok()?))).collect(),
            ..Usage::new(Some(stage.to_owned()))
        };
        let (mut region, mut last) = ("", "");
        for line in block(&index, "stacks") {
            if let Some(name) = line.strip_prefix("    region: ") {
                region = name;
            } else if let (Some(file), "    template:") = (line.strip_prefix("      file: "), last) {
                usage.add_stack(region);
                usage.add_template(region, &read(unquoted(file)).unwrap_or_default());
            }
            last = line;
        }
        Some(usage)
    }

    /// That of what all stages share in a region: `file` is the region's.
    #[must_use]
    pub fn shared(file: &str, text: &str) -> Usage {
        let mut usage = Usage::new(None);
        let region = file.trim_end_matches(".yaml");
        usage.add_stack(region);
        usage.add_template(region, text);
        usage
    }

    /// The stage's name.
    #[must_use]
    pub fn stage(&self) -> &str {
        self.stage.as_deref().unwrap_or_default()
    }

    /// How much it uses: the quota's name, the region and the zone where they matter, and the number.
    pub fn numbers(&self) -> impl Iterator<Item = (&'static str, &str, &str, u64)> {
        self.counts.iter().filter_map(|(at, count)| {
            let quota = quota::all().get(at.quota)?;
            Some((quota.name, at.region.as_str(), at.zone.as_str(), count.number))
        })
    }

    pub(super) fn is_stage(&self) -> bool {
        self.stage.is_some()
    }

    pub(super) fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    pub(super) fn is_compiled(&self) -> bool {
        self.is_compiled
    }

    /// The account that it names.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(String::as_str)
    }

    /// The figure of a quota that it says its account has.
    pub(super) fn said(&self, quota: &str) -> Option<u32> {
        self.said.get(quota).copied()
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (&At, &Count)> {
        self.counts.iter()
    }

    fn add_stack(&mut self, region: &str) {
        self.regions.insert(region.to_owned());
        self.add(STACK, region, |_| None, String::new, |_| None);
    }

    /// Adds a resource to every quota that counts it.
    fn add(
        &mut self,
        resource_type: &str,
        region: &str,
        property: impl Fn(&str) -> Option<String>,
        zone: impl Fn() -> String,
        place: impl Fn(&Quota) -> Option<Span>,
    ) {
        for (which, quota) in quota::of(resource_type) {
            let number = quota.used_by(&property);
            if number == 0 {
                continue;
            }
            let at = At {
                quota: which,
                region: if quota.per == Per::Account { String::new() } else { region.to_owned() },
                zone: if quota.per == Per::Zone { zone() } else { String::new() },
            };
            let count = self.counts.entry(at).or_default();
            count.number += number;
            if let Some(span) = place(quota) {
                *count.places.entry(span).or_default() += number;
            }
        }
    }

    /// Adds what a template of ours holds. It is not read as YAML: that would take as long as to compile the stage.
    fn add_template(&mut self, region: &str, text: &str) {
        let resources = scanned(text);
        for resource in &resources {
            let property = |name: &str| resource.property(name).map(|value| unquoted(value).to_owned());
            let zone = || {
                let subnet = resource.property(SUBNET).and_then(|value| value.strip_prefix("!Ref "));
                let subnet = subnet.and_then(|id| resources.iter().find(|r| r.id == id));
                subnet.and_then(|subnet| subnet.property(ZONE)).map(zone_in).unwrap_or_default()
            };
            self.add(resource.resource_type, region, property, zone, |_| None);
        }
    }
}

/// A resource as the lines of a template show it.
#[derive(Default)]
struct Scanned<'t> {
    id: &'t str,
    resource_type: &'t str,
    /// Its properties, as far as each fits in its line.
    properties: Vec<(&'t str, &'t str)>,
}

impl<'t> Scanned<'t> {
    fn property(&self, name: &str) -> Option<&'t str> {
        self.properties.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// The resources of a template that we printed: their places in its lines are always the same.
fn scanned(text: &str) -> Vec<Scanned<'_>> {
    let mut resources: Vec<Scanned<'_>> = Vec::new();
    let mut in_properties = false;
    for line in block(text, "Resources") {
        let depth = line.len() - line.trim_start_matches(' ').len();
        let Some((key, value)) = line.trim_start_matches(' ').split_once(':') else { continue };
        match (depth, resources.last_mut()) {
            (2, _) => resources.push(Scanned { id: key, ..Scanned::default() }),
            (4, Some(last)) => {
                in_properties = key == "Properties";
                if key == "Type" {
                    last.resource_type = value.trim_start_matches(' ');
                }
            }
            (6, Some(last)) if in_properties && !value.is_empty() => {
                last.properties.push((key, value.trim_start_matches(' ')));
            }
            _ => {}
        }
    }
    resources
}

/// The lines below a key at the left edge.
fn block<'t>(text: &'t str, key: &'static str) -> impl Iterator<Item = &'t str> {
    let below = text.lines().skip_while(move |line| line.strip_suffix(':') != Some(key)).skip(1);
    below.take_while(|line| line.is_empty() || line.starts_with(' '))
}

/// The text of a key at the left edge.
fn top<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(unquoted)
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).unwrap_or(text)
}

/// The zone that a printed value says: its name, or its number among those of the region.
fn zone_in(value: &str) -> String {
    match value.strip_prefix("!Select [").and_then(|rest| rest.split(',').next()) {
        Some(number) => number.to_owned(),
        None if value.starts_with('!') => String::new(),
        None => unquoted(value).to_owned(),
    }
}

/// The zone of the subnet in which a resource stands.
fn zone_of(resource: &Resource<Target>, template: &Template) -> String {
    let subnet = match resource.properties.get(SUBNET).map(|value| &value.kind) {
        Some(Kind::Ref(Target::Ref(id))) => template.resource(id),
        _ => None,
    };
    let zone = subnet.and_then(|subnet| subnet.properties.get(ZONE));
    let zone = zone.and_then(|zone| match &zone.kind {
        Kind::Call(name, of) if name == "Select" => of.items().first().and_then(text),
        _ => text(zone),
    });
    zone.unwrap_or_default()
}

/// A value as the text that stands in a line.
fn text(value: &Value<Target>) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Int(number) => Some(number.to_string()),
        Kind::Bool(truth) => Some(truth.to_string()),
        // Whatever it refers to, it is no literal.
        _ => Some(String::new()),
    }
}

/// Where a layer decides that a resource uses a quota: the property that counts, the setting that it follows from, or the
/// component.
fn place(compiled: &Compiled, stack: &Stack, resource: &Resource<Target>, quota: &Quota) -> Option<Span> {
    let (component, _) = stack.owners.get(&resource.id)?;
    let property = quota.adds.and_then(|name| resource.properties.get(name)).map(|value| value.origin);
    let path = |setting| compiled.model.tree.at(&["components", component, setting]);
    let setting = quota.setting.and_then(path).map(|value| value.origin);
    let itself = compiled.model.components.get(component).map(|component| component.origin);
    let origins = [property, setting, itself].into_iter().flatten();
    origins.filter_map(|origin| compiled.origins.spans(origin).first().copied()).next()
}
