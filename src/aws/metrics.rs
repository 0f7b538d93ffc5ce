//! The metrics that AWS's services write to CloudWatch, and the dimensions under which each is written.
//!
//! `aws/metrics.yaml` is made by `aws/build.py`, and `aws/metrics-read.yaml` has what it lacks, read in the guides of the services. Only what is
//! asked for is read, since most templates have no alarm.

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

/// What is listed of a namespace, if anything is.
#[must_use]
pub fn namespace(name: &str) -> Option<Namespace> {
    let name = all_namespaces().find(|known| *known == name)?;
    let listed: Vec<Listed> = [MADE, READ].into_iter().flat_map(|file| listed(file, name)).collect();
    let is_in = |list: &str| items(top(list)).any(|other| other == name);
    let (has_every_metric, has_every_combination) = (is_in("every_metric"), is_in("every_combination"));
    (!listed.is_empty()).then_some(Namespace { name, has_every_metric, has_every_combination, listed })
}

/// The names of all namespaces that are known, some more than once.
pub fn all_namespaces() -> impl Iterator<Item = &'static str> {
    let lines = [MADE, READ].into_iter().flat_map(str::lines);
    let with_metrics = lines.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    with_metrics.filter(|name| !name.starts_with(' ')).chain(items(top("others")))
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

fn listed(file: &'static str, namespace: &str) -> impl Iterator<Item = Listed> {
    let mut lines = file.lines();
    let is_it = |line: &str| line.strip_prefix("  ").and_then(|name| name.strip_suffix(':')) == Some(namespace);
    let is_there = lines.any(is_it);
    let mut own = lines.take_while(move |line| is_there && line.starts_with("    "));
    std::iter::from_fn(move || {
        let by = own.find_map(|line| line.strip_prefix("    - by: "))?;
        let metrics = own.find_map(|line| line.strip_prefix("      metrics: "))?;
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
