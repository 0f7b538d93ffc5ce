//! One call of Cloudflare's API for a zone: a batch, of which all is done or nothing.
//!
//! Source: Cloudflare, DNS, "Batch record changes": deletes, patches, puts, posts, in this order and in one transaction; 200 operations
//! in a call on Free, 3,500 on the other plans; what a patch does not name stays as it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::read::Gated;
use super::{Files, MARKER_TTL, body, refuse, sets};
use crate::diag::Diagnostics;
use crate::dns::diff::{Markers, markers};
use crate::dns::record::{Change, Changes, LiveRecord, Wanted, marker_name};

/// What the name of a file has after the zone.
pub const ENDING: &str = ".batch.json";
/// How many operations a call has at most, on Free and on all other plans.
const MOST: [usize; 2] = [200, 3500];
/// How many records a zone on Free holds.
const FREE: u32 = 200;

/// What is done together, or not at all: a record, those that it replaces, and what says whose it is.
#[derive(Debug, Default)]
struct Step {
    deletes: Vec<Value>,
    patches: Vec<Value>,
    posts: Vec<Value>,
}

impl Step {
    fn len(&self) -> usize {
        self.deletes.len() + self.patches.len() + self.posts.len()
    }

    fn add(&mut self, other: Step) {
        self.deletes.extend(other.deletes);
        self.patches.extend(other.patches);
        self.posts.extend(other.posts);
    }

    fn text(self) -> String {
        let batch = json!({"deletes": self.deletes, "patches": self.patches, "puts": [], "posts": self.posts});
        format!("{batch:#}\n")
    }
}

/// The calls for a zone, in the order of their names; none at all where there is nothing to do. `None` where the API cannot do it.
#[must_use]
pub fn files(gated: &Gated, findings: &mut Diagnostics) -> Option<Files> {
    let changes = &gated.changes;
    if !refuse::what_the_api_does_not_do(gated, findings) {
        return None;
    }
    let most = if changes.record_limit.is_some_and(|limit| limit > FREE) { MOST[1] } else { MOST[0] };
    let mut calls: Vec<Step> = Vec::new();
    for step in steps(changes) {
        match calls.last_mut().filter(|call| call.len() + step.len() <= most) {
            Some(call) => call.add(step),
            None => calls.push(step),
        }
    }
    let (count, digits) = (calls.len(), calls.len().to_string().len());
    let name = |at: usize| match count {
        1 => format!("{}{ENDING}", changes.zone),
        _ => format!("{}.{at:0digits$}-of-{count}{ENDING}", changes.zone),
    };
    Some(calls.into_iter().enumerate().map(|(at, call)| (name(at + 1), call.text())).collect())
}

/// Whether a file of this name is a call for the zone, of this run or of an earlier one.
#[must_use]
pub fn is_call(file: &str, zone: &str) -> bool {
    let Some(part) = file.strip_prefix(zone).and_then(|rest| rest.strip_suffix(ENDING)) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    part.is_empty()
        || part
            .strip_prefix('.')
            .and_then(|part| part.split_once("-of-"))
            .is_some_and(|(at, count)| is_number(at) && is_number(count))
}

fn steps(changes: &Changes) -> Vec<Step> {
    let mut markers = marker_steps(changes);
    let comments: BTreeMap<(&str, &str), String> =
        sets(&changes.after).iter().map(|set| ((set.name, set.record_type), set.comment(&changes.owner))).collect();
    let body_of = |record: &Wanted| {
        let comment = comments.get(&(record.name.as_str(), record.record_type.as_str()));
        body(record, &comment.cloned().unwrap_or_else(|| changes.owner.comment(&record.id)))
    };
    let mut steps = Vec::new();
    for change in &changes.changes {
        let mut step = Step::default();
        let (name, record_type) = match change {
            Change::Delete { was } => {
                step.deletes.push(deletion(was));
                (&was.name, &was.record_type)
            }
            Change::Update { record, was, .. } => {
                let mut patch = json!({"id": was.id});
                if let (Value::Object(patch), Value::Object(body)) = (&mut patch, body_of(record)) {
                    patch.extend(body);
                }
                step.patches.push(patch);
                (&record.name, &record.record_type)
            }
            Change::Create { record, replaces } => {
                step.deletes.extend(replaces.iter().map(deletion));
                step.posts.push(body_of(record));
                (&record.name, &record.record_type)
            }
        };
        if let Some(marker) = markers.remove(&marker_name(name, record_type, &changes.zone)) {
            step.add(marker);
        }
        steps.push(step);
    }
    steps.extend(markers.into_values());
    steps
}

/// What is to be done with the TXT records that say whose others are, by their names. They are as octoDNS makes them, so that it takes
/// them for its own.
fn marker_steps(changes: &Changes) -> BTreeMap<String, Step> {
    let Markers { create, delete } = markers(changes);
    let mut steps: BTreeMap<String, Step> = BTreeMap::new();
    for marker in &delete {
        steps.entry(marker.name.clone()).or_default().deletes.push(deletion(marker));
    }
    let content = format!("\"{}\"", changes.owner.text());
    for name in create {
        let marker = json!({"name": &name, "type": "TXT", "content": content, "ttl": MARKER_TTL});
        steps.entry(name).or_default().posts.push(marker);
    }
    steps
}

/// The id alone, as Cloudflare documents it; what it is of stands in the changes.
fn deletion(was: &LiveRecord) -> Value {
    json!({"id": was.id})
}
