//! What becomes of a zone, written for whoever applies it: octoDNS, one call of Cloudflare's API, a name server, or a person.
//!
//! [`octodns`] and [`batch`] are written from [`Changes`], so that nothing passes the gate by; [`bind`] and [`list`] only show
//! what is wanted. All give file names and texts.

pub mod batch;
pub mod bind;
pub mod list;
mod natural;
pub mod octodns;
mod read;
mod refuse;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::plan::{Owner, Ownership};
use super::record::{Wanted, marker_name};
use crate::diag::Code;

pub use natural::natural;
pub use read::{Gated, gated};

/// File names, with `/`, and texts.
pub type Files = BTreeMap<String, String>;

/// The codes of this room.
pub const CODES: &[Code] =
    &[refuse::DNS050, refuse::DNS051, read::DNS052, read::DNS053, refuse::DNS054, refuse::DNS055, refuse::DNS056];

/// How many seconds the TXT record that says whose a record is, is remembered.
pub const MARKER_TTL: u32 = 300;

/// The records under one name of one type.
#[derive(Debug, Clone)]
pub(crate) struct Set<'r> {
    /// The whole name.
    pub(crate) name: &'r str,
    /// The type.
    pub(crate) record_type: &'r str,
    /// The records, at least one.
    pub(crate) records: Vec<&'r Wanted>,
}

impl Set<'_> {
    /// The comment of each of its records.
    pub(crate) fn comment(&self, owner: &Owner) -> String {
        owner.comment_among(self.records.len(), self.records.first().map_or("", |record| &record.id))
    }

    /// The name of the TXT record that says whose it is, where the owner says it so.
    pub(crate) fn marker(&self, owner: &Owner, zone: &str) -> Option<String> {
        (owner.ownership() == Ownership::Txt).then(|| marker_name(self.name, self.record_type, zone))
    }
}

/// The records as sets, in the order in which each set begins.
pub(crate) fn sets(records: &[Wanted]) -> Vec<Set<'_>> {
    let mut sets: Vec<Set<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for record in records {
        let (name, record_type) = (record.name.as_str(), record.record_type.as_str());
        let at = *known.entry((name, record_type)).or_insert(sets.len());
        match sets.get_mut(at) {
            Some(set) => set.records.push(record),
            None => sets.push(Set { name, record_type, records: vec![record] }),
        }
    }
    sets
}

/// A name as it is written inside its zone: empty at the top.
pub(crate) fn below<'n>(name: &'n str, zone: &str) -> &'n str {
    match name.strip_suffix(zone) {
        Some("") => "",
        Some(below) => below.strip_suffix('.').unwrap_or(name),
        None => name,
    }
}

/// Whether content of this type is a name, which ends in a dot wherever it is written whole.
pub(crate) fn leads_to_name(record_type: &str) -> bool {
    matches!(record_type, "CNAME" | "NS" | "PTR")
}

/// The parts of a CAA record's content (RFC 8659, section 4.1.1): `0 issue "amazon.com"`.
pub(crate) fn caa(content: &str) -> Option<(u8, &str, &str)> {
    let (flags, rest) = content.split_once(' ')?;
    let (tag, value) = rest.split_once(' ')?;
    Some((flags.parse().ok()?, tag, value.trim_matches('"')))
}

/// A record as Cloudflare's API takes it.
pub(crate) fn body(record: &Wanted, comment: &str) -> Value {
    let mut body = json!({"name": record.name, "type": record.record_type});
    match caa(&record.content).filter(|_| record.record_type == "CAA") {
        Some((flags, tag, value)) => body["data"] = json!({"flags": flags, "tag": tag, "value": value}),
        None => body["content"] = json!(record.content),
    }
    if matches!(record.record_type.as_str(), "CNAME" | "A" | "AAAA") {
        body["proxied"] = json!(record.proxied);
    }
    body["ttl"] = json!(record.ttl.unwrap_or(1));
    body["comment"] = json!(comment);
    body
}

#[cfg(test)]
mod tests;
