//! Where in the manifest a change comes from.

use super::{Changes, Part};
use crate::cfn::Target;
use crate::compile::Compiled;
use crate::origin::OriginId;
use crate::value::Value;

/// Finds the place of every change that has one.
pub(super) fn place(changes: &mut Changes, compiled: &Compiled) {
    let written = |origin: OriginId| Some(origin).filter(|id| !compiled.origins.spans(*id).is_empty());
    for change in &mut changes.resources {
        let stack = compiled.linked.stacks.iter().find(|s| s.file.trim_end_matches(".yaml") == change.stack);
        if let Some(owner) = stack.and_then(|s| s.owners.get(&change.id)) {
            change.owner = Some(owner.clone());
        }
        let component = change.owner.as_ref().and_then(|(name, _)| compiled.model.components.get(name));
        change.origin = component.and_then(|c| written(c.origin));
        let Some(resource) = stack.and_then(|s| s.template.resource(&change.id)) else { continue };
        for property in &mut change.properties {
            let within = match (property.part, property.path.split_first()) {
                (Part::Property, _) => Some((&resource.properties, property.path.as_slice())),
                (Part::Attribute, Some((name, rest))) => resource.attribute(name).map(|value| (value, rest)),
                (Part::Attribute, None) => None,
            };
            property.origin = within.and_then(|(value, path)| deepest(value, path, &written));
        }
    }
}

/// The origin of the value at a path, or of the nearest one around it that is written in a layer.
fn deepest(
    value: &Value<Target>,
    path: &[String],
    written: &impl Fn(OriginId) -> Option<OriginId>,
) -> Option<OriginId> {
    let mut found = None;
    for length in 0..=path.len() {
        let Some(at) = path.get(..length).and_then(|path| value.at(path)) else { break };
        found = first_written(at, written).filter(|_| length == path.len()).or_else(|| written(at.origin)).or(found);
    }
    found
}

/// The origin of a value, or of the first one within it that is written in a layer.
fn first_written(value: &Value<Target>, written: &impl Fn(OriginId) -> Option<OriginId>) -> Option<OriginId> {
    use crate::value::Kind;
    written(value.origin).or_else(|| match &value.kind {
        Kind::List(items) | Kind::Join(items) => items.iter().find_map(|v| first_written(v, written)),
        Kind::Map(entries) => entries.iter().find_map(|e| first_written(&e.value, written)),
        Kind::Call(_, argument) => first_written(argument, written),
        _ => None,
    })
}
