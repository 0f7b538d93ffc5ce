//! Overlay: the layers of one stage, laid over each other by one rule.
//!
//! Maps merge by key; everything else is replaced whole; `null` removes what a lower layer wrote. Values move, with their
//! origins, and remember what they overrode.

mod choose;
mod compose;
mod lay;

use crate::diag::{Code, Diagnostics};
use crate::manifest::OF_WHAT_ENDS;
use crate::origin::Origins;
use crate::project::BASE;
use crate::setting::Setting;
use crate::value::{Entry, Kind, Value};

pub use choose::{Chosen, STG001, check_names, choose, choose_any};
pub use lay::lay;

/// Codes of this phase.
pub const CODES: &[Code] = &[
    choose::STG001,
    choose::STG002,
    choose::STG003,
    choose::STG004,
    choose::STG005,
    choose::DNS012,
    lay::MAN004,
    lay::MAN005,
    compose::MAN006,
    compose::MAN007,
    compose::MAN008,
];

/// Keys that say what a stage is. They belong to the layer that says them and are never inherited.
pub const STAGE_KEYS: &[&str] = &[
    "stage",
    "match",
    "lifetime",
    "extends",
    "removal",
    "protect",
    "account",
    "secrets_from",
    "sst_variables",
    "owner",
    "expire_days",
    "estimate_limit",
];

/// The blocks of the base that `extends: none` leaves out: its components, and what is there for these alone. What a deploy
/// asks for is what the stage is made of.
const OF_COMPONENTS: &[&str] = &["components", "inputs", "outputs", "secrets", "usage"];

/// The layers of one stage, merged, and what the stage's own layer says of it.
#[derive(Debug)]
pub struct Overlaid {
    /// The stage's name as a slug.
    pub stage: Setting<String>,
    /// The stage keys of its own layer, as a map.
    pub stage_keys: Value,
    /// The merged blocks; maps are sorted by key, so that the order in files never matters.
    pub tree: Value,
    /// The names of the layers, lowest first.
    pub layers: Vec<String>,
}

/// Lays the layers of a stage over each other.
pub fn overlay(chosen: Chosen<'_>, origins: &Origins, findings: &mut Diagnostics) -> Option<Overlaid> {
    let mut tree: Option<Value> = None;
    let mut stage_keys = Vec::new();
    let mut names = Vec::new();
    for (i, layer) in chosen.layers.iter().enumerate() {
        let last = i + 1 == chosen.layers.len();
        let Kind::Map(entries) = layer.tree.kind.clone() else { continue };
        let (own, mut blocks): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|e| STAGE_KEYS.contains(&e.key.as_str()));
        if last && layer.name != BASE {
            stage_keys = own;
        }
        if layer.name == BASE && chosen.without_components {
            blocks.retain(|e| !OF_COMPONENTS.contains(&e.key.as_str()));
        }
        let upper = Value::new(layer.tree.origin, Kind::Map(blocks));
        names.push(layer.name.clone());
        tree = Some(match tree {
            None => upper,
            Some(lower) => lay(lower, upper, origins, findings),
        });
    }
    let mut tree = tree?;
    // What it says of its end is read like everything else, references and all.
    let (ends, stage_keys) = stage_keys.into_iter().partition(|e| OF_WHAT_ENDS.contains(&e.key.as_str()));
    if let Kind::Map(entries) = &mut tree.kind {
        entries.extend::<Vec<Entry>>(ends);
    }
    sort(&mut tree);
    compose::compose(&mut tree, origins, findings);
    sort(&mut tree);
    let stage_keys = Value::new(tree.origin, Kind::Map(stage_keys));
    Some(Overlaid { stage: chosen.stage, stage_keys, tree, layers: names })
}

/// Sorts every map by key.
fn sort(value: &mut Value) {
    match &mut value.kind {
        Kind::Map(entries) => {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            entries.iter_mut().for_each(|e| sort(&mut e.value));
        }
        Kind::List(items) | Kind::Join(items) => items.iter_mut().for_each(sort),
        Kind::Call(_, argument) => sort(argument),
        _ => {}
    }
}
