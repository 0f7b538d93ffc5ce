//! A local stage: what runs on the machine of whoever develops it.

use super::component::{cluster, order, title};
use super::{Graph, Icon, Node, Sketch, StandsFor};
use crate::lower::local::LocalStage;
use crate::model::Model;

/// The containers and processes of a local stage.
#[must_use]
pub fn local(model: &Model, stage: &LocalStage) -> Graph {
    let mut sketch = Sketch::default();
    let mut add = |name: &str, service: &str, facts: Vec<String>| {
        let Some(component) = model.components.get(name) else { return };
        let node = Node {
            cluster: 0,
            name: name.to_owned(),
            service: service.to_owned(),
            facts,
            purpose: component.common.purpose.as_ref().map(|purpose| purpose.value.clone()).unwrap_or_default(),
            icon: Icon::Kind(component.kind.name),
            stands_for: StandsFor::Component(name.to_owned()),
            imported: false,
        };
        sketch.node(order(component.kind.group), name, node);
    };
    for (named, container, port) in &stage.containers {
        let facts = vec![format!("localhost:{}", port.value), container.image.value.clone()];
        add(&named.component, "container", facts);
    }
    for process in &stage.processes {
        let url = process.url.as_ref().map(|url| url.trim_start_matches("http://").to_owned());
        let facts = url.into_iter().chain([process.path.clone()]).chain(process.command.clone()).collect();
        add(&process.named.component, "process", facts);
    }
    for (name, component) in &model.components {
        for (to, link) in component.code.iter().flat_map(|code| code.links.iter()) {
            let usual = model.components.get(&to.value).and_then(|other| other.kind.levels.first());
            let access = link.access.as_ref().map(|access| access.value.as_str());
            sketch.edge(name, &to.value, access.or(usual.map(|level| level.name)).unwrap_or_default(), false);
        }
    }
    sketch.finish(title(model), |order, _| cluster(order, 0))
}
