//! The resources of a stage's templates, by component and stack, with what refers to what.

use std::collections::BTreeMap;

use super::component::title;
use super::{Cluster, Graph, Icon, Node, Sketch, StandsFor};
use crate::cfn::{ParameterSource, Resource, Target};
use crate::component::Group;
use crate::link::{Linked, Stack};
use crate::lower::Lowered;
use crate::model::Model;
use crate::value::{Kind, Value};

/// The resources of a stage.
pub(super) fn graph(model: &Model, lowered: &Lowered, linked: &Linked) -> Graph {
    let mut sketch = Sketch::default();
    let published = Published::of(linked);
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for stack in &linked.stacks {
        for resource in &stack.template.resources {
            let owner = stack.owners.get(&resource.id);
            let component = owner.map_or("", |(component, _)| component.as_str());
            let neighbour = lowered.neighbours.get(component);
            let place = *known.entry((&stack.file, component)).or_insert_with(|| {
                let group = lowered.described.get(component).map_or(Group::Operations, |described| described.group);
                clusters.push(Cluster { title: format!("{component} · {}", short(stack)), group });
                clusters.len() - 1
            });
            let node = Node {
                cluster: 0,
                name: resource.id.clone(),
                service: resource.type_name().to_owned(),
                facts: Vec::new(),
                purpose: String::new(),
                icon: neighbour.map_or(Icon::Part, |neighbour| Icon::Kind(neighbour.kind.name)),
                stands_for: StandsFor::Resource { stack: short(stack).to_owned(), id: resource.id.clone() },
                imported: false,
            };
            sketch.node(place, key(stack, &resource.id), node);
            for to in references(resource, stack, &published) {
                let is_import = !to.starts_with(&format!("{}/", stack.file));
                sketch.edge(&key(stack, &resource.id), &to, "", is_import);
            }
        }
    }
    sketch.finish(format!("{} resources", title(model)), |place, _| {
        clusters.get(place).cloned().unwrap_or(Cluster { title: String::new(), group: Group::Operations })
    })
}

/// A stack as people call it: its file without the ending.
fn short(stack: &Stack) -> &str {
    stack.file.strip_suffix(".yaml").unwrap_or(&stack.file)
}

fn key(stack: &Stack, id: &str) -> String {
    format!("{}/{id}", stack.file)
}

/// What stacks give to each other.
struct Published<'a> {
    /// The resources behind each export.
    exports: BTreeMap<&'a str, Vec<String>>,
    /// The resources behind each output, by stack, region and output.
    outputs: BTreeMap<(&'a str, &'a str, &'a str), Vec<String>>,
}

impl<'a> Published<'a> {
    fn of(linked: &'a Linked) -> Published<'a> {
        let mut published = Published { exports: BTreeMap::new(), outputs: BTreeMap::new() };
        for stack in &linked.stacks {
            for output in &stack.template.outputs {
                let mut found = Vec::new();
                targets(&output.value, &mut |target| {
                    if let Target::Ref(id) | Target::GetAtt(id, _) = target
                        && stack.template.resource(id).is_some()
                    {
                        found.push(key(stack, id));
                    }
                });
                if let Some(export) = output.export.as_ref().and_then(Value::as_text) {
                    published.exports.insert(export, found.clone());
                }
                published.outputs.insert((&stack.name, &stack.id.region, &output.name), found);
            }
        }
        published
    }
}

/// The resources that a resource refers to.
fn references(resource: &Resource<Target>, stack: &Stack, published: &Published<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut see = |target: &Target| match target {
        Target::Ref(id) | Target::GetAtt(id, _) | Target::ParameterList(id) => {
            let parameter = stack.template.parameters.iter().find(|parameter| parameter.name == *id);
            match parameter.map(|parameter| &parameter.source) {
                Some(ParameterSource::Output { stack, region, output }) => {
                    let outputs = published.outputs.get(&(stack.as_str(), region.as_str(), output.as_str()));
                    found.extend(outputs.into_iter().flatten().cloned());
                }
                Some(_) => {}
                None => found.push(key(stack, id)),
            }
        }
        Target::Import(export) | Target::ImportList(export) => {
            found.extend(published.exports.get(export.as_str()).into_iter().flatten().cloned());
        }
    };
    targets(&resource.properties, &mut see);
    for attribute in &resource.attributes {
        targets(&attribute.value, &mut see);
    }
    if let Some(depends_on) = resource.attribute("DependsOn") {
        let texts = depends_on.items().iter().chain(std::iter::once(depends_on)).filter_map(Value::as_text);
        texts.for_each(|id| found.push(key(stack, id)));
    }
    found
}

/// Calls `f` on every reference of a value.
fn targets(value: &Value<Target>, f: &mut impl FnMut(&Target)) {
    match &value.kind {
        Kind::Ref(target) => f(target),
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|item| targets(item, f)),
        Kind::Map(entries) => entries.iter().for_each(|entry| targets(&entry.value, f)),
        Kind::Call(_, argument) => targets(argument, f),
        _ => {}
    }
}
