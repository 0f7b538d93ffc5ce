//! What a schema says of one value, gathered from all its parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{Bound, Keyword, Object, ResourceType, Scalar, Schema, Types};
use crate::diag::either;

/// How deep definitions name definitions.
const DEPTH: usize = 16;

/// What is said of a value.
#[derive(Default)]
pub(super) struct Facts<'t> {
    types: Option<Types>,
    /// The last definition that names it.
    pub(super) definition: Option<usize>,
    /// What it holds, if it is a map.
    pub(super) objects: Vec<&'t Object>,
    /// The keys that must be there.
    pub(super) required: Vec<&'static str>,
    /// What its items are, if it is a list.
    pub(super) items: Option<&'t Schema>,
    /// What holds of several of its keys.
    pub(super) groups: Vec<String>,
    sizes: Vec<String>,
    formats: Vec<String>,
    patterns: Vec<&'static str>,
    values: Vec<String>,
    by_region: Vec<(&'static str, u64)>,
}

impl<'t> Facts<'t> {
    /// Gathers what is said.
    pub(super) fn of(of: &'t ResourceType, schemas: &[&'t Schema]) -> Self {
        let mut facts = Facts::default();
        schemas.iter().for_each(|schema| facts.take(of, schema, DEPTH, true));
        facts.sizes.sort_by_key(|size| size.starts_with("each "));
        facts.sizes.dedup();
        facts
    }

    /// `is_sure`: whether it holds in any case, and is not one of several ways to be right.
    fn take(&mut self, of: &'t ResourceType, schema: &'t Schema, depth: usize, is_sure: bool) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for keyword in &schema.keywords {
            match keyword {
                Keyword::Never => self.sizes.push("cannot be set".to_owned()),
                Keyword::Definition(at) => {
                    self.definition = Some(*at);
                    if let Some((_, schema)) = of.definitions.get(*at) {
                        self.take(of, schema, depth, is_sure);
                    }
                }
                Keyword::Types(types) => self.types = Some(self.types.map_or(*types, |known| known.or(*types))),
                Keyword::Object(object) => self.objects.push(object),
                Keyword::Required(keys) if is_sure => self.required.extend(keys),
                Keyword::Enum(known) => self.values.extend(known.iter().map(Scalar::to_string)),
                Keyword::EnumAnyCase(known) => {
                    self.values.extend(known.iter().map(Scalar::to_string));
                    self.sizes.push("in any case of letters".to_owned());
                }
                Keyword::EnumByRegion(_, known) => self.by_region.extend(known.texts()),
                Keyword::Pattern(pattern) => self.patterns.push(pattern),
                Keyword::Length(bound) => self.sizes.push(count(bound, "characters")),
                Keyword::Range(bound) => self.sizes.push(bound.to_string()),
                Keyword::MultipleOf(of) => self.sizes.push(format!("a multiple of {of}")),
                Keyword::Items(items) => self.items = self.items.or(Some(items)),
                Keyword::ItemCount(bound) => self.sizes.push(count(bound, "items")),
                Keyword::KeyCount(bound) => self.sizes.push(count(bound, "keys")),
                Keyword::UniqueItems => self.sizes.push("each item once".to_owned()),
                Keyword::UniqueKeys(keys) => self.sizes.push(format!("each {} once", keys.join(", "))),
                Keyword::Format(format) if format.contains("::") => self.formats.push((*format).to_owned()),
                Keyword::Document(_) => self.sizes.push("a policy document".to_owned()),
                Keyword::RequiredXor(keys) => self.groups.push(format!("exactly one of {}", keys.join(", "))),
                Keyword::RequiredOr(keys) => self.groups.push(format!("at least one of {}", keys.join(", "))),
                Keyword::DependentRequired(pairs) => {
                    let needs = |(key, needs): &(&str, Vec<&str>)| format!("{key} needs {}", needs.join(", "));
                    self.groups.extend(pairs.iter().map(needs));
                }
                Keyword::DependentExcluded(pairs) => self.excluded(pairs),
                Keyword::OneOf(each) | Keyword::AnyOf(each) => self.alternatives(of, each, depth),
                Keyword::AllOf(each) => each.iter().for_each(|schema| self.take(of, schema, depth, is_sure)),
                _ => {}
            }
        }
    }

    fn alternatives(&mut self, of: &'t ResourceType, each: &'t [Schema], depth: usize) {
        let keys: Vec<String> = each.iter().filter_map(only_keys).collect();
        if keys.len() == each.len() {
            return self.groups.push(either(&keys));
        }
        let types = self.types;
        each.iter().for_each(|schema| self.take(of, schema, depth, false));
        self.types = types.or(self.types);
    }

    /// That two exclude each other is said of both, and told once.
    fn excluded(&mut self, pairs: &[(&str, Vec<&str>)]) {
        for (key, others) in pairs {
            let is_told =
                |other: &&&str| **other < *key && pairs.iter().any(|(k, others)| k == *other && others.contains(key));
            let others: Vec<&str> = others.iter().filter(|other| !is_told(other)).copied().collect();
            if !others.is_empty() {
                self.groups.push(format!("{key} excludes {}", others.join(", ")));
            }
        }
    }

    /// What kind of value it is, and how large.
    pub(super) fn words(&self, of: &'t ResourceType) -> String {
        let kind = match (self.types, self.items) {
            (Some(Types::ARRAY), Some(items)) => format!("a list of {}", Facts::of(of, &[items]).plural()),
            (Some(types), _) => either(&types.names().map(str::to_owned).collect::<Vec<_>>()),
            (None, Some(items)) => format!("a list of {}", Facts::of(of, &[items]).plural()),
            (None, None) if !self.objects.is_empty() => "a map".to_owned(),
            (None, None) => "any value".to_owned(),
        };
        let sizes = self.sizes.iter().filter(|size| !size.is_empty()).cloned();
        std::iter::once(kind).chain(sizes).collect::<Vec<_>>().join(", ")
    }

    fn plural(&self) -> &'static str {
        match self.types {
            Some(Types::STRING) => "texts",
            Some(Types::NUMBER) => "numbers",
            Some(Types::INTEGER) => "whole numbers",
            Some(Types::ARRAY) => "lists",
            Some(Types::OBJECT) => "maps",
            None if !self.objects.is_empty() => "maps",
            _ => "values",
        }
    }

    /// What the value is more exactly, a line each.
    pub(super) fn lines(&self, region: Option<u64>) -> Vec<String> {
        let mut lines = Vec::new();
        // That a list is one of something is said of its items.
        if !self.formats.is_empty() && self.items.is_none() {
            lines.push(format!("means {}", either(&self.formats)));
        }
        if !self.values.is_empty() {
            lines.push(format!("one of {}", self.values.join(", ")));
        }
        if !self.by_region.is_empty() {
            let here = self.by_region.iter().filter(|(_, among)| region.is_some_and(|bit| among & bit != 0));
            lines.push(in_region(here.map(|(name, _)| *name).collect(), self.by_region.len()));
        }
        lines.extend(self.patterns.iter().map(|pattern| format!("matches {pattern}")));
        lines
    }
}

/// How many of something there may be; that there are no fewer than none need not be said.
fn count(bound: &Bound, what: &str) -> String {
    let bound = Bound { least: bound.least.filter(|least| *least > 0.0), ..*bound };
    if bound == Bound::default() { String::new() } else { format!("{bound} {what}") }
}

/// The values that a region takes, or how many all take together.
pub(super) fn in_region(here: Vec<&str>, all: usize) -> String {
    match here.as_slice() {
        [] => format!("one of {all} values, by region: `--region` prints those of one"),
        here => format!("one of {}", here.join(", ")),
    }
}

/// The values that differ by region, wherever a schema names some, by their place.
pub(super) fn by_region(schema: &Schema, place: &str, found: &mut BTreeMap<String, BTreeSet<(&'static str, u64)>>) {
    let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    for keyword in &schema.keywords {
        match keyword {
            Keyword::EnumByRegion(_, known) => found.entry(place.to_owned()).or_default().extend(known.texts()),
            Keyword::Object(object) => {
                object.properties.iter().for_each(|(name, schema)| by_region(schema, &below(name), found));
            }
            Keyword::Items(items) => by_region(items, &format!("{place}[]"), found),
            Keyword::AllOf(each) | Keyword::AnyOf(each) | Keyword::OneOf(each) => {
                each.iter().for_each(|schema| by_region(schema, place, found));
            }
            Keyword::If(parts) => {
                let [_, then, otherwise] = parts.as_ref();
                [then, otherwise].into_iter().for_each(|schema| by_region(schema, place, found));
            }
            _ => {}
        }
    }
}

/// The keys of a schema that only asks for keys.
fn only_keys(schema: &Schema) -> Option<String> {
    match schema.keywords.as_slice() {
        [Keyword::Required(keys)] => Some(keys.join(" and ")),
        _ => None,
    }
}
