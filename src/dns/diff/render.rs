//! What becomes of a zone, as people and programs read it.

mod json;
mod markdown;
mod text;

use std::collections::BTreeSet;

use super::{Gated, Why, differences};
use crate::diag::Diagnostics;
use crate::dns::plan::top_down;
use crate::dns::record::{Change, LiveRecord, marker_name};

pub use json::json;
pub use markdown::{markdown, refused};
pub use text::text;

/// What is told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What becomes of the zone.
    pub gated: &'a Gated,
    /// The owners whose plans are there: what others have in the zone may have been left behind.
    pub known: &'a BTreeSet<String>,
    /// What is to be known of it besides.
    pub findings: &'a Diagnostics,
}

/// What becomes of one record, in one word, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Delete,
    Replace,
    Adopt,
    Update,
    Create,
    Kept,
    Shared,
    There,
    Unchanged,
}

impl Act {
    const ALL: &[Act] = &[
        Act::Delete,
        Act::Replace,
        Act::Adopt,
        Act::Update,
        Act::Create,
        Act::Kept,
        Act::Shared,
        Act::There,
        Act::Unchanged,
    ];

    fn word(self) -> &'static str {
        match self {
            Act::Delete => "delete",
            Act::Replace => "replace",
            Act::Adopt => "adopt",
            Act::Update => "update",
            Act::Create => "create",
            Act::Kept => "kept",
            Act::Shared => "shared",
            Act::There => "there",
            Act::Unchanged => "unchanged",
        }
    }

    /// Whether something is done.
    fn is_change(self) -> bool {
        self < Act::Kept
    }
}

/// What becomes of one record.
struct Row {
    act: Act,
    name: String,
    record_type: String,
    content: String,
    /// `proxied`, `ttl 60`; empty where the fields that change say it.
    how: String,
    /// What is to be known of it, a line each.
    details: Vec<String>,
    /// Whether something that was nobody's is taken.
    is_loud: bool,
}

impl Told<'_> {
    /// `reggie/production in getreggie.io`.
    fn subject(&self) -> String {
        format!("{} in {}", self.gated.changes.owner.text(), self.gated.changes.zone)
    }

    fn rows(&self) -> Vec<Row> {
        let changes = &self.gated.changes;
        let mut rows: Vec<Row> = changes.changes.iter().map(|change| self.change(change)).collect();
        rows.extend(self.gated.stays.iter().map(|stays| {
            let (act, details) = match &stays.why {
                Why::Unchanged => (Act::Unchanged, Vec::new()),
                Why::Shared(owner) => (Act::Shared, vec![format!("it is {owner}'s, and says the same")]),
                Why::Fact => (Act::There, vec!["it is nobody's, and says what is wanted".to_owned()]),
                Why::Validation => {
                    let by = format!("--delete {}", stays.record.name);
                    (Act::Kept, vec![format!("no longer planned; certificates renew by it, until `{by}`")])
                }
                Why::Zone => (Act::Kept, vec!["it belongs to the zone".to_owned()]),
                Why::Pending => (Act::Kept, vec!["something is pending, so nothing of ours goes".to_owned()]),
            };
            row(act, &stays.record, details)
        }));
        rows.sort_by(|a, b| (a.act, top_down(&a.name), &a.content).cmp(&(b.act, top_down(&b.name), &b.content)));
        rows
    }

    fn change(&self, change: &Change) -> Row {
        let changes = &self.gated.changes;
        match change {
            Change::Delete { was } => row(Act::Delete, was, Vec::new()),
            Change::Update { record, was, adopted } => {
                let plain = |text: String| text.replace('`', "'");
                let field = |(field, was, is)| format!("{field}: `{}` → `{}`", plain(was), plain(is));
                let mut details: Vec<String> = differences(changes, record, was).into_iter().map(field).collect();
                if *adopted {
                    details.insert(0, "it was nobody's, and is taken over".to_owned());
                }
                let act = if *adopted { Act::Adopt } else { Act::Update };
                // What changes is told below, as what it was and what it becomes.
                let content = if record.content == was.content { was.content.clone() } else { String::new() };
                Row { content, how: String::new(), is_loud: *adopted, ..row(act, was, details) }
            }
            Change::Create { record, replaces } => {
                let said = |was: &LiveRecord| format!("in the place of {} {}", was.record_type, was.content);
                Row {
                    act: if replaces.is_empty() { Act::Create } else { Act::Replace },
                    name: record.name.clone(),
                    record_type: record.record_type.clone(),
                    content: record.content.clone(),
                    how: how(record.proxied, record.ttl),
                    details: replaces.iter().map(said).collect(),
                    is_loud: !replaces.is_empty(),
                }
            }
        }
    }

    /// How many records of each kind there are, those of which there are none left out.
    fn counts(&self) -> Vec<(&'static str, usize)> {
        let rows = self.rows();
        let count = |act: &Act| (act.word(), rows.iter().filter(|row| row.act == *act).count());
        let others =
            ("of others", self.gated.ignored.saturating_sub(rows.iter().filter(|row| row.is_of_others()).count()));
        Act::ALL.iter().map(count).chain([others]).filter(|(_, count)| *count > 0).collect()
    }

    /// `1 delete, 2 create, 3 unchanged, 14 of others`.
    fn summary(&self) -> String {
        let counts = self.counts();
        let each: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
        if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
    }

    /// What becomes of the TXT records beside.
    fn markers(&self) -> Option<String> {
        let (made, gone) = (self.gated.markers.create.len(), self.gated.markers.delete.len());
        let said = match (made, gone) {
            (0, 0) => return None,
            (made, 0) => format!("{made} made"),
            (0, gone) => format!("{gone} deleted"),
            (made, gone) => format!("{made} made, {gone} deleted"),
        };
        let left = self.left_behind();
        let left = if left.is_empty() { String::new() } else { format!("; beside nothing: {}", left.join(", ")) };
        Some(format!("TXT records that say whose they are: {said}{left}"))
    }

    /// TXT records that go though nothing beside them does.
    fn left_behind(&self) -> Vec<&str> {
        let changes = &self.gated.changes;
        let gone = |change: &Change| match change {
            Change::Delete { was } => Some(marker_name(&was.name, &was.record_type, &changes.zone)),
            _ => None,
        };
        let gone: BTreeSet<String> = changes.changes.iter().filter_map(gone).collect();
        let names = self.gated.markers.delete.iter().map(|marker| marker.name.as_str());
        names.filter(|name| !gone.contains(*name)).collect()
    }

    /// `25 records, of 200; 31 afterwards`.
    fn room(&self) -> String {
        let (before, after) = self.gated.count;
        let limit = self.gated.changes.record_limit.map(|limit| format!(" of {limit}")).unwrap_or_default();
        let afterwards = if after == before { String::new() } else { format!(", {after} afterwards") };
        let plural = if before == 1 { "" } else { "s" };
        format!("the zone has {before} record{plural}{limit}{afterwards}")
    }

    /// The other owners of the project with their counts, and whether their plans are known.
    fn owners(&self) -> Vec<(&str, usize, bool)> {
        let us = self.gated.changes.owner.text();
        let others = self.gated.owners.iter().filter(|(owner, _)| **owner != us);
        others.map(|(owner, count)| (owner.as_str(), *count, self.known.contains(owner))).collect()
    }
}

impl Row {
    /// Whether the record is counted among those of others.
    fn is_of_others(&self) -> bool {
        matches!(self.act, Act::Shared | Act::There) || self.is_loud
    }
}

fn row(act: Act, record: &LiveRecord, details: Vec<String>) -> Row {
    Row {
        act,
        name: record.name.clone(),
        record_type: record.record_type.clone(),
        content: record.content.clone(),
        how: how(record.proxied, record.ttl),
        details,
        is_loud: false,
    }
}

fn how(proxied: bool, ttl: Option<u32>) -> String {
    match ttl {
        _ if proxied => "proxied".to_owned(),
        Some(ttl) => format!("ttl {ttl}"),
        None => "ttl auto".to_owned(),
    }
}
