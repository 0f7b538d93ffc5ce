//! Checks of one stage: what no zone would take, or would make something else of than was meant.

mod caa;
mod hosts;
mod proxy;
mod settings;
mod templates;
mod zones;

use crate::diag::{Code, Diagnostics};
use crate::lower::Lowered;
use crate::manifest::Zone;
use crate::model::Model;
use crate::origin::{OriginId, Origins};

pub use templates::templates;

/// Codes of these checks.
pub const CODES: &[Code] = &[
    zones::DNS003,
    hosts::DNS006,
    proxy::DNS007,
    templates::DNS009,
    proxy::DNS010,
    templates::DNS011,
    caa::DNS018,
    settings::DNS070,
];

/// What the checks look at.
#[derive(Clone, Copy)]
struct On<'a> {
    model: &'a Model,
    origins: &'a Origins,
}

impl<'a> On<'a> {
    /// The zones by label, whose names are those of zones.
    fn zones(self) -> impl Iterator<Item = (&'a str, &'a Zone)> {
        self.model.manifest.zones.iter().map(|(label, zone)| (label.as_str(), zone))
    }

    /// The label of a zone.
    fn label(self, zone: &Zone) -> &'a str {
        self.zones().find(|(_, known)| known.name.value == zone.name.value).map_or("", |(label, _)| label)
    }

    /// Where the project's name stands: the place of what no layer wrote.
    fn project(self) -> OriginId {
        self.model.manifest.project.origin
    }

    /// Where the key of a zone's setting stands.
    fn key(self, label: &str, setting: &str) -> Option<OriginId> {
        self.model.tree.at(&["zones", label])?.entry(setting).map(|entry| entry.key_origin)
    }
}

/// Checks what the zones of a stage say of themselves; before lowering, since hosts are made of their names.
pub fn zones(model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let on = On { model, origins };
    zones::check(on, findings);
    settings::check(on, findings);
    caa::check_values(on, findings);
}

/// Checks what a stage wants of its zones.
pub fn hosts(model: &Model, lowered: &Lowered, origins: &Origins, findings: &mut Diagnostics) {
    let on = On { model, origins };
    hosts::check(on, lowered, findings);
    proxy::check(on, lowered, findings);
    caa::check_wildcards(on, lowered, findings);
}
