//! The gate: what becomes of a zone, and whether it may. Whoever applies changes trusts that nothing in them belongs to others; so
//! all that could go wrong is found here, before anything is done, and refused as a whole.

mod guards;
mod markers;
mod owned;
pub mod render;
mod table;
mod unplanned;

use std::collections::{BTreeMap, BTreeSet};

use super::live::{self, Settings, Snapshot};
use super::plan::top_down;
use super::record::{CHANGES, Change, Changes, LiveRecord, Phase, Resolved, Wanted};
use crate::diag::{Code, Diagnostics};
use crate::digest::Digest;
use crate::manifest::Provider;

pub use markers::{Markers, markers};
use owned::Zone;

/// The codes of what a zone holds and of the gate.
pub const CODES: &[Code] = &[
    live::DNS030,
    live::DNS031,
    live::DNS032,
    live::DNS033,
    owned::DNS034,
    table::DNS035,
    table::DNS036,
    table::DNS037,
    unplanned::DNS038,
    unplanned::DNS039,
    unplanned::DNS040,
    guards::DNS005,
    guards::DNS041,
    guards::DNS042,
    guards::DNS043,
    guards::DNS044,
    guards::DNS045,
    live::DNS047,
];

/// What was asked for on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Names whose records are taken over where they are nobody's.
    pub adopt: BTreeSet<String>,
    /// Names whose records may be deleted though they would be kept.
    pub delete: BTreeSet<String>,
    /// How many records may be deleted that are not named.
    pub allow_delete: Option<usize>,
    /// Whether the owner's hosts go, all of them.
    pub teardown: bool,
}

/// Whose a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The plan's owner's.
    Ours,
    /// Nobody says so.
    Nobody,
    /// Another owner's.
    Other(String),
}

/// A record that stays as it is, and is of interest all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stays {
    /// The record.
    pub record: LiveRecord,
    /// Why it stays.
    pub why: Why,
}

/// Why a record stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is wanted, ours, and as it should be.
    Unchanged,
    /// It is wanted and as it should be, and another owner's.
    Shared(String),
    /// It is wanted and as it should be, and nobody's: whoever put it there, it says what is true.
    Fact,
    /// It is ours and not planned any more; it validates a certificate, which it renews as well.
    Validation,
    /// It is ours and not planned any more; it belongs to the zone, not to what is served.
    Zone,
    /// It is ours and nothing wants it as far as is known, but not everything is known yet.
    Pending,
}

/// What passed the gate, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gated {
    /// What is done, and what is there afterwards.
    pub changes: Changes,
    /// What stays.
    pub stays: Vec<Stays>,
    /// What becomes of the records that say whose the others are.
    pub markers: Markers,
    /// How many records of others the zone holds: of nobody, of other owners, and of the provider itself.
    pub ignored: usize,
    /// How many records each owner of the project has in the zone, this one included.
    pub owners: BTreeMap<String, usize>,
    /// How many records the zone holds before and afterwards.
    pub count: (usize, usize),
}

impl Gated {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.changes.is_empty() && self.markers.is_empty()
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// What is wanted.
    pub resolved: &'a Resolved,
    /// SHA-256 of its file.
    pub digest: &'a str,
    /// What the zone holds.
    pub snapshot: &'a Snapshot,
    /// How the zone is set.
    pub settings: &'a Settings,
    /// What was asked for.
    pub asked: &'a Asked,
}

/// What becomes of a zone. With an error among the findings, nothing may.
#[must_use]
pub fn gate(compared: &Compared<'_>, findings: &mut Diagnostics) -> Gated {
    let Compared { resolved, snapshot, asked, .. } = *compared;
    let zone = Zone::of(&snapshot.live, &resolved.owner);
    let mut decided = Decided::default();
    let mut sets: BTreeMap<(Vec<&str>, &str), Vec<&Wanted>> = BTreeMap::new();
    // What is torn down wants nothing.
    for record in resolved.records.iter().filter(|_| !asked.teardown) {
        sets.entry((top_down(&record.name), &record.record_type)).or_default().push(record);
    }
    for wanted in sets.values() {
        table::decide(compared, &zone, wanted, &mut decided, findings);
    }
    unplanned::decide(compared, &zone, &mut decided, findings);
    unplanned::asked_in_vain(compared, &zone, &decided, findings);
    let kept_markers = markers::ours(compared, &zone, &decided);
    let changes = decided.changes(compared, kept_markers);
    let markers = markers(&changes);
    let before = snapshot.live.records.iter().filter(|record| guards::counts(record, &resolved.zone)).count();
    let gone = changes.changes.iter().map(|change| match change {
        Change::Create { replaces, .. } => replaces.len(),
        Change::Update { .. } => 0,
        Change::Delete { .. } => 1,
    });
    let gone: usize = gone.sum::<usize>() + markers.delete.len();
    let made = changes.changes.iter().filter(|change| matches!(change, Change::Create { .. })).count();
    let gated = Gated {
        ignored: zone.count_of_others(&snapshot.live),
        owners: zone.owners(&resolved.owner),
        count: (before, (before + made + markers.create.len()).saturating_sub(gone)),
        stays: decided.stays,
        markers,
        changes,
    };
    guards::check(compared, &zone, &gated, findings);
    gated
}

/// What was decided so far.
#[derive(Default)]
struct Decided {
    changes: Vec<Change>,
    stays: Vec<Stays>,
    after: Vec<Wanted>,
    /// Which records of the zone were decided about, by their number.
    done: BTreeSet<usize>,
}

impl Decided {
    fn changes(&mut self, compared: &Compared<'_>, markers: Vec<LiveRecord>) -> Changes {
        let Compared { resolved, snapshot, digest, .. } = *compared;
        self.changes.sort_by(|a, b| order(a).cmp(&order(b)));
        self.after.sort_by(|a, b| {
            let of = |w: &Wanted| (w.record_type.clone(), w.content.clone());
            (top_down(&a.name), of(a)).cmp(&(top_down(&b.name), of(b)))
        });
        let text = |stays: &Stays| (stays.record.record_type.clone(), stays.record.content.clone());
        self.stays.sort_by(|a, b| {
            (&a.why, top_down(&a.record.name), text(a)).cmp(&(&b.why, top_down(&b.record.name), text(b)))
        });
        Changes {
            format: CHANGES.to_owned(),
            zone: resolved.zone.clone(),
            provider: resolved.provider,
            owner: resolved.owner.clone(),
            resolved: digest.to_owned(),
            live: Digest::of(serde_json::to_string(&snapshot.live.records).unwrap_or_default()).to_string(),
            has_ids: snapshot.live.has_ids,
            record_limit: resolved.record_limit,
            changes: std::mem::take(&mut self.changes),
            after: std::mem::take(&mut self.after),
            markers,
        }
    }
}

/// Deletions, updates, creations; each by name from the top of the zone down.
fn order(change: &Change) -> (u8, Vec<&str>, &str, &str) {
    match change {
        Change::Delete { was } => (0, top_down(&was.name), &was.record_type, &was.content),
        Change::Update { record, .. } => (1, top_down(&record.name), &record.record_type, &record.content),
        Change::Create { record, .. } => (2, top_down(&record.name), &record.record_type, &record.content),
    }
}

/// What differs between a record that is wanted and the one that is there: the field, what it was, what it becomes. A proxied
/// record has no time of its own.
#[must_use]
pub fn differences(changes: &Changes, record: &Wanted, was: &LiveRecord) -> Vec<(&'static str, String, String)> {
    let same = |other: &&Wanted| other.name == record.name && other.record_type == record.record_type;
    let together = changes.after.iter().filter(same).count();
    let comment = changes.owner.comment_among(together, &record.id);
    differences_of(&comment, changes.provider, record, was)
}

fn differences_of(
    comment: &str,
    provider: Provider,
    record: &Wanted,
    was: &LiveRecord,
) -> Vec<(&'static str, String, String)> {
    let mut fields = Vec::new();
    if record.record_type != was.record_type {
        fields.push(("type", was.record_type.clone(), record.record_type.clone()));
    }
    let content = live::content(&record.record_type, &record.content);
    if content != was.content {
        fields.push(("content", was.content.clone(), content));
    }
    let yes_or_no = |yes: bool| if yes { "proxied" } else { "DNS only" }.to_owned();
    if record.proxied != was.proxied {
        fields.push(("proxy", yes_or_no(was.proxied), yes_or_no(record.proxied)));
    }
    let time = |ttl: Option<u32>| ttl.map_or_else(|| "auto".to_owned(), |ttl| ttl.to_string());
    if !record.proxied && record.ttl != was.ttl {
        fields.push(("ttl", time(was.ttl), time(record.ttl)));
    }
    // Only Cloudflare has comments.
    if provider == Provider::Cloudflare && was.comment.as_deref() != Some(comment) {
        let noted = was.comment.clone().unwrap_or_else(|| "none".to_owned());
        fields.push(("comment", noted, comment.to_owned()));
    }
    fields
}

impl Compared<'_> {
    /// Whether something is not known yet that may be wanted.
    fn is_pending(&self) -> bool {
        !self.resolved.pending.is_empty() && !self.asked.teardown
    }
}

/// How the content ends of a record that validates a certificate of ACM.
const VALIDATION: &str = ".acm-validations.aws";

/// What a record of ours is for.
fn phase(record: &LiveRecord) -> Phase {
    match record.record_type.as_str() {
        "CNAME" if record.content.ends_with(VALIDATION) => Phase::Validation,
        "CAA" => Phase::Zone,
        _ => Phase::Hosts,
    }
}
