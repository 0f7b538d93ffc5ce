//! The components of a stage: as the manifest names them, with what they work with.

use std::collections::BTreeSet;

use super::{Cluster, Graph, Icon, Node, Sketch, StandsFor};
use crate::component::{Described, Fact, Group, How, Neighbour, count};
use crate::lower::Lowered;
use crate::manifest::Store;
use crate::model::Model;

/// From how many on what something watches is told, and not drawn.
const MANY: usize = 6;

/// Groups in the order in which they are drawn.
pub(super) const GROUPS: &[Group] = &[
    Group::Networking,
    Group::Database,
    Group::Storage,
    Group::Messaging,
    Group::Api,
    Group::Services,
    Group::Frontends,
    Group::Secrets,
    Group::External,
    Group::Operations,
];

pub(super) fn order(group: Group) -> usize {
    GROUPS.iter().position(|known| *known == group).unwrap_or(GROUPS.len())
}

/// The group of that place, and what it is called.
pub(super) fn cluster(order: usize, secrets: usize) -> Cluster {
    let group = GROUPS.get(order).copied().unwrap_or(Group::Operations);
    let title = group.title();
    Cluster { title: if group == Group::Secrets { format!("{title} ({secrets})") } else { title.to_owned() }, group }
}

/// The components of a stage.
pub(super) fn graph(model: &Model, lowered: &Lowered) -> Graph {
    let mut sketch = Sketch::default();
    let answers = answers(lowered);
    for (name, described) in &lowered.described {
        let Some(neighbour) = lowered.neighbours.get(name) else { continue };
        let group = match described.group {
            // What an API is answered by is drawn with it.
            Group::Services if answers.contains(name.as_str()) => Group::Api,
            group => group,
        };
        let purpose = model.components.get(name).and_then(|c| c.common.purpose.as_ref());
        let purpose = purpose.map(|purpose| purpose.value.clone()).unwrap_or_default();
        let mut facts: Vec<String> = described.facts.iter().map(fact).collect();
        facts.extend(watches(described));
        let node = Node {
            cluster: 0,
            name: name.clone(),
            service: described.service.clone(),
            facts,
            purpose,
            icon: Icon::Kind(neighbour.kind.name),
            stands_for: StandsFor::Component(name.clone()),
            imported: neighbour.imported,
        };
        sketch.node(order(group), name, node);
        for part in &described.parts {
            let key = format!("{name} {part}");
            sketch.node(order(group), key.clone(), piece(name, part));
            sketch.edge(name, &key, "", true);
        }
        relations(&mut sketch, described);
        links(&mut sketch, name, neighbour, model, lowered);
    }
    secrets(&mut sketch, model);
    let secrets = model.manifest.secrets.len();
    sketch.finish(title(model), |order, _| cluster(order, secrets))
}

/// `reggie production`.
pub(super) fn title(model: &Model) -> String {
    format!("{} {}", model.manifest.project.value, model.stage.name.value)
}

fn fact(fact: &Fact) -> String {
    match fact.name {
        Some(name) => format!("{name}: {}", fact.value),
        None => fact.value.clone(),
    }
}

fn piece(of: &str, name: &str) -> Node {
    Node {
        cluster: 0,
        name: name.to_owned(),
        service: String::new(),
        facts: Vec::new(),
        purpose: String::new(),
        icon: Icon::Part,
        stands_for: StandsFor::Part(of.to_owned()),
        imported: false,
    }
}

/// What APIs are answered by.
fn answers(lowered: &Lowered) -> BTreeSet<&str> {
    let apis = lowered.described.values().filter(|described| described.group == Group::Api);
    let routes = apis.flat_map(|api| &api.relations).filter(|relation| relation.how == How::Routes);
    routes.map(|relation| relation.to.as_str()).collect()
}

/// Whether what is watched is drawn: lines to everything would hide all others.
fn draws_watched(described: &Described) -> bool {
    let watched = || described.relations.iter().filter(|relation| relation.how == How::Watches);
    watched().count() < MANY && watched().all(|relation| !relation.says.is_empty())
}

/// What is told in place of lines.
fn watches(described: &Described) -> Option<String> {
    let watched = described.relations.iter().filter(|relation| relation.how == How::Watches).count();
    (watched > 0 && !draws_watched(described)).then(|| format!("watches {}", count(watched, "component")))
}

fn relations(sketch: &mut Sketch, described: &Described) {
    for relation in &described.relations {
        if relation.how == How::Watches && !draws_watched(described) {
            continue;
        }
        let quiet = matches!(relation.how, How::Contains | How::Watches);
        sketch.edge(&relation.from, &relation.to, &relation.says, quiet);
    }
}

fn links(sketch: &mut Sketch, name: &str, neighbour: &Neighbour, model: &Model, lowered: &Lowered) {
    for (to, link) in neighbour.links.iter() {
        let to = to.value.as_str();
        let access = link.access.as_ref().map(|access| access.value.as_str());
        if let Some(secret) = model.manifest.secrets.get(to) {
            sketch.edge(name, store(secret.store.value).1, "read", false);
        } else if let Some(other) = lowered.neighbours.get(to) {
            let usual = other.kind.levels.first().map_or("", |level| level.name);
            sketch.edge(name, to, access.unwrap_or(usual), false);
        }
    }
}

/// What a store is called, and the name of its node, which no component can have.
fn store(store: Store) -> (&'static str, &'static str) {
    match store {
        Store::Ssm => ("SSM Parameter Store", "secrets/ssm"),
        Store::SecretsManager => ("Secrets Manager", "secrets/secrets_manager"),
    }
}

/// The secrets of each store as one node.
pub(super) fn secrets(sketch: &mut Sketch, model: &Model) {
    for one in [Store::Ssm, Store::SecretsManager] {
        let kept = model.manifest.secrets.iter().filter(|(_, secret)| secret.store.value == one).count();
        if kept == 0 {
            continue;
        }
        let (service, key) = store(one);
        let node = Node {
            name: count(kept, "secret"),
            service: service.to_owned(),
            icon: Icon::Secrets,
            stands_for: StandsFor::Secrets,
            ..piece("", "")
        };
        sketch.node(order(Group::Secrets), key, node);
    }
}
