//! A stage: its components, its stacks with their resources, its records, and what a deploy would do.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::value::RawValue;

use super::costs::{Costs, costs};
use super::tables::{SourceId, Teller, TextId};
use super::tree::Node;
use crate::built::Built;
use crate::cfn::{Resource, Target};
use crate::compile::Compiled;
use crate::component::How;
use crate::cost::CostChange;
use crate::diff::render::{Told, json};
use crate::diff::{Changes, access, changes, cost};
use crate::dns::plan::{Planned, Source};
use crate::emit::Files;
use crate::link;
use crate::model::Component;
use crate::part::host::Entrance;
use crate::source::Sources;

/// All that is told of a stage.
#[derive(Debug, Serialize)]
pub(super) struct Stage {
    name: String,
    lifetime: &'static str,
    region: String,
    account: Option<String>,
    layers: Vec<String>,
    components: Vec<Part>,
    ties: Vec<Tie>,
    stacks: Vec<Stack>,
    zones: Vec<Zone>,
    costs: Costs,
    /// What a deploy would do, as `diff --format json` says it.
    pending: Option<Box<RawValue>>,
    /// What that changes of the cost, in a sentence.
    pending_cost: Option<String>,
}

/// A component.
#[derive(Debug, Serialize)]
struct Part {
    name: String,
    kind: &'static str,
    purpose: Option<String>,
    imported: bool,
    group: &'static str,
    /// What it is, in AWS's words.
    service: String,
    /// What of its settings matters.
    facts: Vec<(Option<&'static str>, String)>,
    /// Where its name stands.
    source: SourceId,
}

/// Two things that work together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Tie {
    from: String,
    to: String,
    how: &'static str,
    says: String,
}

/// A stack.
#[derive(Debug, Serialize)]
struct Stack {
    name: String,
    file: String,
    region: String,
    resources: Vec<Item>,
}

/// A resource.
#[derive(Debug, Serialize)]
struct Item {
    id: TextId,
    #[serde(rename = "type")]
    resource_type: TextId,
    /// The component, and its id there.
    owner: Option<(TextId, TextId)>,
    /// What stands beside its properties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<(TextId, Node)>,
    properties: Node,
}

/// A zone, and the records that are wanted in it.
#[derive(Debug, Serialize)]
struct Zone {
    name: String,
    provider: &'static str,
    records: Vec<Record>,
}

/// A record.
#[derive(Debug, Serialize)]
struct Record {
    name: String,
    #[serde(rename = "type")]
    record_type: &'static str,
    id: String,
    /// What it is for: `host`, `validation`, `caa`.
    purpose: &'static str,
    /// Where its content comes from.
    content: String,
    proxied: bool,
    ttl: Option<u32>,
}

/// The last build of a stage.
#[derive(Debug, Clone, Copy)]
pub struct Last<'a> {
    /// Its files; none where there is no build yet.
    pub files: &'a Files,
    /// Where they stand, as people name it.
    pub folder: &'a str,
    /// Those that differ and are no templates.
    pub others: &'a [String],
}

/// Tells of a stage.
pub(super) fn stage(compiled: &Compiled, last: Last<'_>, sources: &Sources, teller: &mut Teller<'_>) -> Stage {
    let (model, stage) = (&compiled.model, &compiled.model.stage);
    let (pending, cost) = match last.files.is_empty() {
        true => (None, None),
        false => pending(compiled, last, sources),
    };
    Stage {
        name: stage.name.value.clone(),
        lifetime: if stage.is_permanent() { "permanent" } else { "ephemeral" },
        region: model.manifest.region.value.clone(),
        account: stage.account.as_ref().map(|account| account.value.clone()),
        layers: compiled.layers.iter().map(|layer| format!("environments/{layer}.yaml")).collect(),
        components: model.components.iter().filter_map(|(name, c)| part(name, c, compiled, teller)).collect(),
        ties: ties(compiled),
        stacks: compiled.linked.stacks.iter().map(|s| stack(s, teller)).collect(),
        zones: zones(compiled),
        costs: costs(&compiled.estimate, teller.tables),
        pending,
        pending_cost: cost.map(|cost| cost.sentence()),
    }
}

fn part(name: &str, component: &Component, compiled: &Compiled, teller: &mut Teller<'_>) -> Option<Part> {
    let described = compiled.lowered.described.get(name)?;
    Some(Part {
        name: name.to_owned(),
        kind: component.kind.name,
        purpose: component.common.purpose.as_ref().map(|purpose| purpose.value.clone()),
        imported: component.imported.is_some(),
        group: described.group.title(),
        service: described.service.clone(),
        facts: described.facts.iter().map(|fact| (fact.name, fact.value.clone())).collect(),
        source: teller.source(component.origin),
    })
}

/// What works together: by links, and beyond them.
fn ties(compiled: &Compiled) -> Vec<Tie> {
    let neighbours = compiled.lowered.neighbours.iter();
    let links = neighbours.flat_map(|(name, neighbour)| {
        neighbour.links.iter().map(|(to, link)| Tie {
            from: name.clone(),
            to: to.value.clone(),
            how: "links",
            says: link.access.as_ref().map(|access| access.value.clone()).unwrap_or_default(),
        })
    });
    let relations = compiled.lowered.described.values().flat_map(|described| &described.relations);
    let relations = relations.map(|relation| Tie {
        from: relation.from.clone(),
        to: relation.to.clone(),
        how: match relation.how {
            How::Contains => "contains",
            How::Routes => "routes",
            How::Calls => "calls",
            How::Delivers => "delivers",
            How::Uses => "uses",
            How::Watches => "watches",
        },
        says: relation.says.clone(),
    });
    let all: BTreeSet<Tie> = links.chain(relations).collect();
    all.into_iter().collect()
}

fn stack(stack: &link::Stack, teller: &mut Teller<'_>) -> Stack {
    let owner = |id: &str, teller: &mut Teller<'_>| {
        let (component, local) = stack.owners.get(id)?;
        Some((teller.tables.text(component), teller.tables.text(local)))
    };
    let mut resources = Vec::new();
    for resource in &stack.template.resources {
        let owner = owner(&resource.id, teller);
        resources.push(item(resource, owner, teller));
    }
    Stack { name: stack.name.clone(), file: stack.file.clone(), region: stack.id.region.clone(), resources }
}

fn item(resource: &Resource<Target>, owner: Option<(TextId, TextId)>, teller: &mut Teller<'_>) -> Item {
    let attributes = resource.attributes.iter();
    Item {
        id: teller.tables.text(&resource.id),
        resource_type: teller.tables.text(resource.type_name()),
        owner,
        attributes: attributes.map(|e| (teller.tables.text(&e.key), teller.tree(&e.value))).collect(),
        properties: teller.tree(&resource.properties),
    }
}

fn zones(compiled: &Compiled) -> Vec<Zone> {
    let planned = compiled.plans.iter().map(|plan| Zone {
        name: plan.zone.clone(),
        provider: plan.provider.word(),
        records: plan.records.iter().map(record).collect(),
    });
    planned.collect()
}

fn record(planned: &Planned) -> Record {
    let (purpose, content) = match &planned.source {
        Source::Host { entrance, output, .. } => {
            let what = match entrance {
                Entrance::CloudFront => "CloudFront",
                Entrance::ApiGateway => "API Gateway",
            };
            ("host", format!("{what}: {}\noutput of {} in {}", output.key, output.stack, output.region))
        }
        Source::Validation { certificates, .. } => {
            let of = |c: &crate::dns::plan::CertificateAt| {
                format!("{}\ncertificate of {} in {}", c.logical_id, c.stack, c.region)
            };
            ("validation", certificates.iter().map(of).collect::<Vec<_>>().join("\n"))
        }
        Source::Caa { tag, value, .. } => ("caa", format!("{tag} {value}")),
    };
    Record {
        name: planned.domain().to_owned(),
        record_type: planned.record_type(),
        id: planned.id.clone(),
        purpose,
        content,
        proxied: planned.proxied,
        ttl: planned.ttl,
    }
}

/// What a deploy of this build does to what the last one made, and to its cost.
fn pending(compiled: &Compiled, last: Last<'_>, sources: &Sources) -> (Option<Box<RawValue>>, Option<CostChange>) {
    let (old, new) = (Built::read(last.files), Built::read(&compiled.files));
    let changes = Changes { access: access(&old, &new, compiled), ..changes(&old, &new, compiled) };
    let cost = cost(&old, compiled);
    let told = Told {
        stage: &compiled.model.stage.name.value,
        against: last.folder,
        changes: &changes,
        cost: cost.as_ref(),
        files: last.others,
        origins: &compiled.origins,
        sources,
    };
    (RawValue::from_string(json(&told)).ok(), cost)
}
