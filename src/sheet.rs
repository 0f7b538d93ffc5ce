//! What pages say of a stage, as data that outlives its compilation: the words of its components, its secrets, hosts and outputs.
//!
//! A stage's own page and the page of the whole product are made of it, so that both say the same.

mod cost;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::component::{Described, Fact, Group, How};
use crate::dns::{Host, hosts};
use crate::link::Linked;
use crate::lower::Lowered;
use crate::manifest::{Provider, Secret, Store};
use crate::model::Model;
use crate::part::certificate::covers;
use crate::part::host::{Entrance, Role};
use crate::stage::Stage;

pub use cost::{about, charges};
pub use words::{fact, secret_commands};

/// A stage as pages say it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The project.
    pub project: String,
    /// What the stage is.
    pub stage: Stage,
    /// Its regions, its home first.
    pub regions: Vec<String>,
    /// How many stacks it has.
    pub stacks: usize,
    /// Its components: by group, then by name.
    pub components: Vec<Listed>,
    /// Its secrets, by name.
    pub secrets: Vec<Kept>,
    /// Its hosts, in the order of components.
    pub hosts: Vec<Address>,
    /// What it publishes, by label.
    pub outputs: Vec<Published>,
}

/// A component in words.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The kind's name.
    pub kind: &'static str,
    /// What it is among.
    pub group: Group,
    /// What it is, in AWS's words.
    pub service: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// What of its settings matters.
    pub facts: Vec<Fact>,
    /// Who is linked to it, each with the access.
    pub used_by: Vec<(String, String)>,
}

/// A secret: where its value is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The store.
    pub store: Store,
    /// What it is called there.
    pub place: String,
    /// Whether it is no secret at all.
    pub is_public: bool,
    /// Whether a deploy goes on without it.
    pub is_optional: bool,
}

/// A host.
#[derive(Debug, Clone)]
pub struct Address {
    /// The name.
    pub host: String,
    /// The component that it leads to.
    pub component: String,
    /// What takes requests for it.
    pub entrance: &'static str,
    /// The components that answer behind it, where that is not the one that it leads to.
    pub behind: Vec<String>,
    /// Whether it only leads on to another host.
    pub is_redirect: bool,
    /// Who serves the zone that it lies in; none where no zone of the manifest holds it.
    pub provider: Option<Provider>,
    /// Whether visitors come through the provider's proxy.
    pub is_proxied: bool,
    /// The certificates that may cover it; none where it has one of its own.
    pub certificates: Vec<String>,
}

/// Something that the stage publishes.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its label.
    pub label: String,
    /// What it is, where that is known before a deploy.
    pub value: Option<String>,
    /// The output of a stack that holds it.
    pub output: String,
    /// The stack.
    pub stack: String,
    /// The stack's region.
    pub region: String,
}

impl Sheet {
    /// What pages say of a stage. One without stacks has neither hosts nor outputs.
    #[must_use]
    pub fn of(model: &Model, lowered: &Lowered, linked: &Linked) -> Sheet {
        let home = &model.manifest.region.value;
        let others: BTreeSet<&String> =
            linked.stacks.iter().map(|stack| &stack.id.region).filter(|region| *region != home).collect();
        Sheet {
            project: model.manifest.project.value.clone(),
            stage: model.stage.clone(),
            regions: std::iter::once(home).chain(others).cloned().collect(),
            stacks: linked.stacks.len(),
            components: components(model, lowered),
            secrets: secrets(model),
            hosts: hosts(model, lowered).iter().map(|host| address(host, lowered)).collect(),
            outputs: outputs(linked),
        }
    }

    /// The name of the stage.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.stage.name.value
    }

    /// The component of a name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Listed> {
        self.components.iter().find(|component| component.name == name)
    }
}

impl Listed {
    /// The value of a fact by its name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.name == Some(name)).map(|fact| fact.value.as_str())
    }
}

fn components(model: &Model, lowered: &Lowered) -> Vec<Listed> {
    let mut used = used_by(lowered);
    // A host stands among the hosts.
    let is_host = |name: &String, fact: &&Fact| {
        let hosts = lowered.neighbours.get(name).map(|n| n.interface.hosts.as_slice()).unwrap_or_default();
        fact.name.is_none() && hosts.iter().any(|host| host.name.value == fact.value)
    };
    let listed = |(name, described): (&String, &Described)| {
        let component = model.components.get(name)?;
        Some(Listed {
            name: name.clone(),
            kind: component.kind.name,
            group: described.group,
            service: described.service.clone(),
            purpose: component.common.purpose.as_ref().map(|purpose| purpose.value.clone()),
            facts: described.facts.iter().filter(|fact| !is_host(name, fact)).cloned().collect(),
            used_by: used.remove(name.as_str()).unwrap_or_default(),
        })
    };
    let mut all: Vec<Listed> = lowered.described.iter().filter_map(listed).collect();
    all.sort_by_key(|component| component.group);
    all
}

/// Who is linked to each component, with the access.
fn used_by(lowered: &Lowered) -> BTreeMap<&str, Vec<(String, String)>> {
    let mut used: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for (user, neighbour) in &lowered.neighbours {
        for (to, link) in neighbour.links.iter() {
            let Some(kind) = lowered.neighbours.get(&to.value).map(|to| to.kind) else { continue };
            let default = || kind.levels.first().map(|level| level.name.to_owned());
            let access = link.access.as_ref().map(|access| access.value.clone()).or_else(default);
            used.entry(&to.value).or_default().push((user.clone(), access.unwrap_or_default()));
        }
    }
    used
}

fn secrets(model: &Model) -> Vec<Kept> {
    let (project, stage) = (&model.manifest.project.value, &model.stage.secrets_from.value);
    let kept = |(name, secret): (&String, &Secret)| Kept {
        name: name.clone(),
        purpose: secret.purpose.value.clone(),
        store: secret.store.value,
        place: match secret.kept(name, project, stage) {
            crate::manifest::Kept::Parameter(parameter) => parameter,
            crate::manifest::Kept::Key { secret, .. } => secret,
        },
        is_public: secret.public.value,
        is_optional: secret.optional.value,
    };
    model.manifest.secrets.iter().map(kept).collect()
}

fn address(host: &Host<'_>, lowered: &Lowered) -> Address {
    let (name, component) = (host.claim.name.value.as_str(), host.component);
    let entrance = match host.claim.entrance {
        Entrance::CloudFront => "CloudFront",
        Entrance::ApiGateway => "API Gateway",
    };
    let routes = lowered.described.get(component).map(|described| described.relations.as_slice()).unwrap_or_default();
    // A router says which of its hosts a route is of; what has one host says the route alone.
    let is_of_host = |says: &str| says.strip_prefix(name).is_some_and(|path| path.starts_with('/'));
    let mut behind: Vec<String> = routes
        .iter()
        .filter(|relation| relation.how == How::Routes && is_of_host(&relation.says))
        .map(|relation| relation.to.clone())
        .collect();
    behind.dedup();
    let own = lowered.neighbours.get(component).map(|n| n.interface.certificates.as_slice()).unwrap_or_default();
    let is_own = own.iter().any(|issued| issued.names.iter().any(|own| own.value == name));
    let covering = lowered.neighbours.iter().filter(|(_, neighbour)| {
        let names = neighbour.interface.covers.as_deref().unwrap_or_default();
        names.iter().any(|covered| covers(&covered.value, name))
    });
    Address {
        host: name.to_owned(),
        component: component.to_owned(),
        entrance,
        behind,
        is_redirect: host.claim.role == Role::Redirect,
        provider: host.zone.map(|zone| zone.provider.value),
        is_proxied: host.is_proxied(),
        certificates: if is_own { Vec::new() } else { covering.map(|(name, _)| name.clone()).collect() },
    }
}

fn outputs(linked: &Linked) -> Vec<Published> {
    let published = |(label, at): (&String, &crate::link::StageOutput)| {
        let stack = linked.stacks.iter().find(|stack| stack.name == at.stack && stack.id.region == at.region)?;
        let output = stack.template.outputs.iter().find(|output| output.name == at.output)?;
        Some(Published {
            label: label.clone(),
            value: output.value.as_text().map(str::to_owned),
            output: at.output.clone(),
            stack: at.stack.clone(),
            region: at.region.clone(),
        })
    };
    linked.outputs.iter().filter_map(published).collect()
}
