//! The TXT records that say whose others are. They are nobody's wish: they come and go with the records that they are beside.

use std::collections::BTreeSet;

use super::owned::Zone;
use super::{Compared, Decided};
use crate::dns::plan::Ownership;
use crate::dns::record::{Changes, LiveRecord, marker_name};
use crate::manifest::Provider;

/// What becomes of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markers {
    /// The names of those that are made; each says the owner's text.
    pub create: Vec<String>,
    /// Those that go.
    pub delete: Vec<LiveRecord>,
}

impl Markers {
    /// Whether all of them stay as they are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.delete.is_empty()
    }
}

/// What becomes of the TXT records that say whose others are, when these changes are made.
#[must_use]
pub fn markers(changes: &Changes) -> Markers {
    let has_markers = changes.provider == Provider::Cloudflare && changes.owner.ownership() == Ownership::Txt;
    let beside = changes.after.iter().filter(|_| has_markers);
    let needed: BTreeSet<String> =
        beside.map(|record| marker_name(&record.name, &record.record_type, &changes.zone)).collect();
    let present: BTreeSet<&str> = changes.markers.iter().map(|marker| marker.name.as_str()).collect();
    Markers {
        create: needed.iter().filter(|name| !present.contains(name.as_str())).cloned().collect(),
        delete: changes.markers.iter().filter(|marker| !needed.contains(&marker.name)).cloned().collect(),
    }
}

/// Those of the owner that the zone holds. As long as something is not known yet, one beside nothing may belong to it and is
/// left alone.
pub(super) fn ours(compared: &Compared<'_>, zone: &Zone<'_>, decided: &Decided) -> Vec<LiveRecord> {
    let owner = compared.resolved.owner.text();
    let stays: BTreeSet<String> =
        decided.after.iter().map(|r| marker_name(&r.name, &r.record_type, &zone.live.zone)).collect();
    let all = zone.markers.values().flatten().filter_map(|index| zone.live.records.get(*index));
    let ours = all.filter(|record| record.content == owner);
    ours.filter(|record| !compared.is_pending() || stays.contains(&record.name)).cloned().collect()
}
