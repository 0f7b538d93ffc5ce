//! Components that have another name than in an earlier build.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::built::{Built, Component};
use crate::compile::Compiled;
use crate::origin::Origins;
use crate::value::{Kind as ValueKind, Value};
use crate::yaml::{Kind, Node};

/// From which likeness on two components without data are taken for one, of 1000.
const LIKE: usize = 700;

/// A component of the last build that is gone, and the new one that it probably is.
#[derive(Debug, Clone, Copy)]
pub struct Renamed<'b> {
    /// Its name then, and what it was.
    pub old: (&'b str, &'b Component),
    /// Its name now, and what it is.
    pub new: (&'b str, &'b Component),
}

impl Renamed<'_> {
    /// Whether one logical id became the other by it.
    #[must_use]
    pub fn is(&self, old: &str, new: &str) -> bool {
        let local = old.strip_prefix(self.old.1.identity.as_str());
        local.is_some() && local == new.strip_prefix(self.new.1.identity.as_str())
    }
}

/// Pairs what is gone with what is new: the likest first, each once.
#[must_use]
pub fn renamed<'b>(before: &'b Built, after: &'b Built, compiled: &Compiled) -> Vec<Renamed<'b>> {
    let identities = |built: &'b BTreeMap<String, Component>| -> BTreeSet<&'b str> {
        built.values().map(|c| c.identity.as_str()).collect()
    };
    let (were, are) = (identities(&before.components), identities(&after.components));
    let gone = before.components.iter().filter(|(_, c)| c.is_made && !are.contains(c.identity.as_str()));
    let mut pairs = Vec::new();
    for (old_name, old) in gone {
        let fresh = after.components.iter().filter(|(_, c)| c.is_made && !were.contains(c.identity.as_str()));
        // A raw resource of another type is another thing.
        for (new_name, new) in
            fresh.filter(|(_, new)| ["type", "resource_type"].iter().all(|s| old.text(s) == new.text(s)))
        {
            let (same, likeness) = (old_name == new_name, likeness(compiled, new_name, old, new));
            if same || likeness >= LIKE || !before.data_of(&old.identity).is_empty() {
                pairs.push((Reverse((same, likeness)), (old_name.as_str(), old), (new_name.as_str(), new)));
            }
        }
    }
    pairs.sort_by(|(a, old_a, new_a), (b, old_b, new_b)| (a, old_a.0, new_a.0).cmp(&(b, old_b.0, new_b.0)));
    let mut renamed: Vec<Renamed<'b>> = Vec::new();
    for (_, old, new) in pairs {
        if !renamed.iter().any(|r| r.old.0 == old.0 || r.new.0 == new.0) {
            renamed.push(Renamed { old, new });
        }
    }
    renamed.sort_by_key(|r| r.new.0);
    renamed
}

/// How many of 1000 settings two components share. Defaults that both have say nothing.
fn likeness(compiled: &Compiled, name: &str, old: &Component, new: &Component) -> usize {
    let mut defaults = BTreeSet::new();
    if let Some(tree) = compiled.model.tree.at(&["components", name]) {
        defaulted(tree, "", &compiled.origins, &mut defaults);
    }
    let (old, mut new) = (leaves(&old.settings), leaves(&new.settings));
    new.retain(|path, text| !defaults.contains(path) || old.get(path).is_none_or(|other| other != text));
    let old = old.into_iter().filter(|(path, _)| new.contains_key(path) || !defaults.contains(path));
    let (mut shared, mut all) = (0_usize, new.len());
    for (path, text) in old {
        match new.get(&path) {
            Some(found) if *found == text => shared += 1,
            Some(_) => {}
            None => all += 1,
        }
    }
    (1000 * shared).checked_div(all).unwrap_or(1000)
}

/// Settings that say where a component stands or what it is called, not what it is.
const NAMES: &[&str] = &["logical_id", "purpose", "resource_type", "stack", "type"];

/// Every scalar of a component's settings, and every empty collection, by its path.
fn leaves(settings: &Node) -> BTreeMap<String, String> {
    fn walk(node: &Node, path: &str, found: &mut BTreeMap<String, String>) {
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                entries.iter().for_each(|e| walk(&e.value, &format!("{path}/{}", e.key), found));
            }
            Kind::Seq(items) if !items.is_empty() => {
                items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{path}/{i}"), found));
            }
            kind => drop(found.insert(path.to_owned(), format!("{:?} {kind:?}", node.tag))),
        }
    }
    let mut found = BTreeMap::new();
    if let Kind::Map(entries) = &settings.kind {
        for entry in entries.iter().filter(|e| !NAMES.contains(&e.key.as_str())) {
            walk(&entry.value, &format!("/{}", entry.key), &mut found);
        }
    }
    found
}

/// The paths of what no layer wrote.
fn defaulted(value: &Value, path: &str, origins: &Origins, found: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|e| defaulted(&e.value, &format!("{path}/{}", e.key), origins, found));
        }
        ValueKind::List(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, v)| defaulted(v, &format!("{path}/{i}"), origins, found));
        }
        _ if origins.is_default(value.origin) => drop(found.insert(path.to_owned())),
        _ => {}
    }
}
