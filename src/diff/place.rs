//! Where in the manifest a change comes from.

use super::{AccessChange, Changes, Part};
use crate::cfn::Target;
use crate::compile::Compiled;
use crate::link::Stack;
use crate::origin::OriginId;
use crate::value::{Kind, Value};

/// A compiled stage, asked for places.
#[derive(Debug, Clone, Copy)]
struct Place<'c> {
    compiled: &'c Compiled,
}

/// Finds the place of every change that has one.
pub(super) fn place(changes: &mut Changes, compiled: &Compiled) {
    let place = Place { compiled };
    for change in &mut changes.resources {
        if let Some(owner) = place.stack(&change.stack).and_then(|s| s.owners.get(&change.id)) {
            change.owner = Some(owner.clone());
        }
        let component = change.owner.as_ref().and_then(|(name, _)| compiled.model.components.get(name));
        change.origin = component.and_then(|c| place.written(c.origin));
        for property in &mut change.properties {
            property.origin = match property.part {
                Part::Property => place.property(&change.stack, &change.id, &property.path),
                Part::Attribute => place.attribute(&change.stack, &change.id, &property.path),
            };
        }
    }
}

/// Finds the place of everything that is allowed or no longer so.
pub(super) fn access(changes: &mut [AccessChange], compiled: &Compiled) {
    let place = Place { compiled };
    for change in changes {
        let said = place.property(&change.stack, &change.id, &change.path);
        change.origin = said.or_else(|| place.component(&change.stack, &change.id));
    }
}

impl<'c> Place<'c> {
    fn stack(&self, word: &str) -> Option<&'c Stack> {
        self.compiled.linked.stacks.iter().find(|s| s.file.trim_end_matches(".yaml") == word)
    }

    fn written(&self, origin: OriginId) -> Option<OriginId> {
        Some(origin).filter(|id| !self.compiled.origins.spans(*id).is_empty())
    }

    /// The component behind a resource.
    fn component(&self, stack: &str, id: &str) -> Option<OriginId> {
        let (component, _) = self.stack(stack)?.owners.get(id)?;
        self.written(self.compiled.model.components.get(component)?.origin)
    }

    /// A value below a resource's properties.
    fn property(&self, stack: &str, id: &str, path: &[String]) -> Option<OriginId> {
        self.deepest(&self.stack(stack)?.template.resource(id)?.properties, path)
    }

    /// A value beside a resource's properties.
    fn attribute(&self, stack: &str, id: &str, path: &[String]) -> Option<OriginId> {
        let (name, rest) = path.split_first()?;
        self.deepest(self.stack(stack)?.template.resource(id)?.attribute(name)?, rest)
    }

    /// The origin of the value at a path, or of the nearest one around it that is written in a layer.
    fn deepest(&self, value: &Value<Target>, path: &[String]) -> Option<OriginId> {
        let mut found = None;
        for length in 0..=path.len() {
            let Some(at) = path.get(..length).and_then(|path| value.at(path)) else { break };
            let within = if length == path.len() { self.first(at) } else { self.written(at.origin) };
            found = within.or(found);
        }
        found
    }

    /// The origin of a value, or of the first one within it that is written in a layer.
    fn first(&self, value: &Value<Target>) -> Option<OriginId> {
        self.written(value.origin).or_else(|| match &value.kind {
            Kind::List(items) | Kind::Join(items) => items.iter().find_map(|v| self.first(v)),
            Kind::Map(entries) => entries.iter().find_map(|e| self.first(&e.value)),
            Kind::Call(_, argument) => self.first(argument),
            _ => None,
        })
    }
}
