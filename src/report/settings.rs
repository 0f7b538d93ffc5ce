//! Stages side by side: every setting, with what each stage says of it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tables::Teller;
use super::tree::Leaf;
use crate::value::{Kind, Value};

/// What is said of a component, or of the stage as a whole.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// The component; none for what is said of all of it.
    component: Option<String>,
    rows: Vec<Row>,
}

/// A setting.
#[derive(Debug, Serialize)]
struct Row {
    /// Its keys, with dots between them.
    path: String,
    /// What each stage says, in their order; none where it says nothing.
    values: Vec<Option<Leaf>>,
    differs: bool,
}

/// The groups of all stages, as they come in.
#[derive(Debug, Default)]
pub(super) struct SideBySide {
    groups: Vec<Group>,
    known: BTreeMap<Option<String>, usize>,
    stages: usize,
}

impl SideBySide {
    /// Adds what a stage says.
    pub(super) fn add(&mut self, tree: &Value, teller: &mut Teller<'_>) {
        let blocks = tree.entries().iter().filter(|block| block.key != "components");
        let mut told = Vec::new();
        blocks.for_each(|block| leaves(&block.value, &block.key, teller, &mut told));
        self.put(None, told);
        for component in tree.get("components").map(Value::entries).unwrap_or_default() {
            let mut told = Vec::new();
            component.value.entries().iter().for_each(|entry| leaves(&entry.value, &entry.key, teller, &mut told));
            self.put(Some(component.key.clone()), told);
        }
        self.stages += 1;
    }

    fn put(&mut self, component: Option<String>, told: Vec<(String, Leaf)>) {
        let at = *self.known.entry(component.clone()).or_insert_with(|| {
            self.groups.push(Group { component, rows: Vec::new() });
            self.groups.len() - 1
        });
        let Some(group) = self.groups.get_mut(at) else { return };
        let known: BTreeMap<String, usize> = group.rows.iter().enumerate().map(|(i, r)| (r.path.clone(), i)).collect();
        for (path, leaf) in told {
            let row = match known.get(&path).and_then(|at| group.rows.get_mut(*at)) {
                Some(row) => row,
                None => {
                    group.rows.push(Row { path, values: Vec::new(), differs: false });
                    let Some(last) = group.rows.last_mut() else { continue };
                    last
                }
            };
            // A key may hold a dot, so that two settings have one path: the first is told.
            if row.values.len() <= self.stages {
                row.values.resize(self.stages, None);
                row.values.push(Some(leaf));
            }
        }
    }

    /// All of it, with what differs told apart.
    pub(super) fn finish(mut self) -> Vec<Group> {
        for row in self.groups.iter_mut().flat_map(|group| &mut group.rows) {
            row.values.resize(self.stages, None);
            let text = |leaf: &Option<Leaf>| leaf.as_ref().map(Leaf::text);
            row.differs = row.values.windows(2).any(|pair| matches!(pair, [a, b] if text(a) != text(b)));
        }
        self.groups
    }
}

/// The settings below a value. A list of plain values is one.
fn leaves(value: &Value, path: &str, teller: &mut Teller<'_>, told: &mut Vec<(String, Leaf)>) {
    let is_plain = |v: &Value| !matches!(v.kind, Kind::Map(_) | Kind::List(_));
    match &value.kind {
        Kind::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|e| leaves(&e.value, &format!("{path}.{}", e.key), teller, told));
        }
        Kind::List(items) if !items.iter().all(is_plain) => {
            items.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{path}.{i}"), teller, told));
        }
        _ => told.push((path.to_owned(), teller.leaf(value))),
    }
}
