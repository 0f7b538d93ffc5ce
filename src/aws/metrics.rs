//! The metrics that AWS's services write to CloudWatch, and the dimensions under which each is written.
//!
//! `aws/metrics.yaml` is made by `aws/build.py`, and `aws/metrics-read.yaml` has what it lacks, read in the guides of the services. Only what is
//! asked for is read, since most templates have no alarm.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use super::RELEASED;

/// The metrics that the package knows.
const MADE: &str = include_str!("../../aws/metrics.yaml");

/// Those that it lacks, and which lists are whole.
const READ: &str = include_str!("../../aws/metrics-read.yaml");

/// A dimension of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub name: &'static str,
    /// Its value, where it is the same for everybody.
    pub value: Option<&'static str>,
}

/// What a service writes.
#[derive(Debug)]
pub struct Namespace {
    /// Its name, such as `AWS/Lambda`.
    pub name: &'static str,
    /// Whether every metric of it is listed.
    pub has_every_metric: bool,
    /// Whether every combination of dimensions is, of the metrics that are listed.
    pub has_every_combination: bool,
    listed: Vec<Listed>,
}

/// Metrics that are written under the same combinations of dimensions.
#[derive(Debug)]
struct Listed {
    /// Their names; `*` at an end stands for any text.
    metrics: Vec<&'static str>,
    combinations: Vec<Vec<Dimension>>,
}

impl Namespace {
    /// The names of its metrics.
    pub fn metrics(&self) -> impl Iterator<Item = &'static str> {
        let names = self.listed.iter().flat_map(|listed| listed.metrics.iter().copied());
        names.filter(|name| !name.ends_with('*'))
    }

    /// The combinations of dimensions under which a metric is written; none of one that is not listed.
    pub fn combinations(&self, metric: &str) -> impl Iterator<Item = &[Dimension]> {
        let has = move |name: &&str| match name.strip_suffix('*') {
            Some(start) => metric.starts_with(start),
            None => *name == metric,
        };
        let listed = self.listed.iter().filter(move |listed| listed.metrics.iter().any(has));
        listed.flat_map(|listed| listed.combinations.iter().map(Vec::as_slice))
    }

    /// The names of all dimensions, some more than once.
    pub fn dimensions(&self) -> impl Iterator<Item = &'static str> {
        let combinations = self.listed.iter().flat_map(|listed| &listed.combinations);
        combinations.flatten().map(|dimension| dimension.name)
    }
}

/// What the files hold about a namespace: it is read when it is asked for, and kept.
#[derive(Default)]
struct Held {
    parts: Vec<&'static str>,
    read: OnceLock<Namespace>,
}

static NAMESPACES: LazyLock<BTreeMap<&str, Held>> = LazyLock::new(|| {
    let mut found: BTreeMap<&str, Held> = BTreeMap::new();
    for (name, part) in [MADE, READ].into_iter().flat_map(parts) {
        found.entry(name).or_default().parts.push(part);
    }
    found
});

/// What is listed of a namespace, if anything is.
#[must_use]
pub fn namespace(name: &str) -> Option<&'static Namespace> {
    let (name, held) = NAMESPACES.get_key_value(name)?;
    let is_in = |list: &str| items(top(list)).any(|other| other == *name);
    Some(held.read.get_or_init(|| Namespace {
        name,
        has_every_metric: is_in("every_metric"),
        has_every_combination: is_in("every_combination"),
        listed: held.parts.iter().flat_map(|part| listed(part)).collect(),
    }))
}

/// The names of all namespaces that are known.
pub fn all_namespaces() -> impl Iterator<Item = &'static str> {
    NAMESPACES.keys().copied().chain(items(top("others")))
}

/// Where the lists are from, and how old each is.
#[must_use]
pub fn source() -> String {
    let of = |file: &'static str, key: &str| field(file, key).trim_matches('\'');
    format!("{} ({RELEASED}) and AWS's guides ({})", of(MADE, "source"), of(READ, "read"))
}

/// What a file says under a key of its own.
fn field(file: &'static str, key: &str) -> &'static str {
    let line = file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    line.unwrap_or_default()
}

fn top(key: &str) -> &'static str {
    field(READ, key)
}

/// The files are ours and have one form, which a test compares with what a reader of YAML sees: a line a list.
fn items(list: &'static str) -> impl Iterator<Item = &'static str> {
    let inner = list.trim_start_matches('[').trim_end_matches(']');
    inner.split(", ").map(|item| item.trim_matches('\''))
}

/// Each namespace of a file, and its lists.
fn parts(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let namespaces = file.split_once("\nnamespaces:\n  ").map_or("", |(_, namespaces)| namespaces);
    // A line that is further in begins with four spaces.
    let mut starts = namespaces.match_indices("\n  A").map(|(at, _)| at + 3).chain([namespaces.len()]);
    let mut from = 0;
    std::iter::from_fn(move || {
        let to = starts.next()?;
        let part = namespaces.get(std::mem::replace(&mut from, to)..to)?;
        part.split_once(":\n")
    })
}

fn listed(part: &'static str) -> impl Iterator<Item = Listed> {
    let mut lines = part.lines();
    std::iter::from_fn(move || {
        let by = lines.find_map(|line| line.strip_prefix("    - by: "))?;
        let metrics = lines.find_map(|line| line.strip_prefix("      metrics: "))?;
        Some(Listed { metrics: items(metrics).collect(), combinations: items(by).map(combination).collect() })
    })
}

fn combination(text: &'static str) -> Vec<Dimension> {
    let dimensions = text.split('+').filter(|dimension| !dimension.is_empty());
    let parts = dimensions.map(|dimension| match dimension.split_once('=') {
        Some((name, value)) => Dimension { name, value: Some(value) },
        None => Dimension { name: dimension, value: None },
    });
    parts.collect()
}

#[cfg(test)]
mod tests;
