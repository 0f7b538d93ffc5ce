//! Prices: what AWS asks for, read in the documents that `aws/prices.yaml` names. Only what is asked for is read.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::Serialize;

use super::charge::Range;

/// The facts, with their sources.
pub(super) const DATA: &str = include_str!("../../aws/prices.yaml");

/// Where a price is taken from when it was not read for the place itself, if it was read there.
const ELSEWHERE: &[&str] = &["us-east-1", "us_canada_mexico"];

/// The word for prices that are the same everywhere.
const EVERYWHERE: &str = "all";

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// Its name.
    pub id: &'static str,
    /// What it is, as it was published.
    #[serde(skip)]
    pub written: &'static str,
    /// What it is, in USD.
    pub usd: f64,
    /// For how many.
    pub per: f64,
    /// Of what, in the words of the source.
    pub unit: &'static str,
    /// The regions, or the areas of the world, that it was read for.
    #[serde(skip)]
    pub places: Vec<&'static str>,
    /// The month of the document.
    pub dated: &'static str,
    /// The document.
    pub url: &'static str,
}

impl Price {
    /// Whether it is the same in every region.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.places.contains(&EVERYWHERE)
    }

    /// What so much costs.
    #[must_use]
    pub fn of(&self, quantity: Range) -> Range {
        let of = |quantity: f64| quantity * self.usd / self.per;
        Range { low: of(quantity.low), high: of(quantity.high) }
    }
}

/// What the file holds of an id: it is read when it is asked for, and kept.
#[derive(Default)]
struct Held {
    lines: Vec<&'static str>,
    read: OnceLock<Vec<Price>>,
}

static PRICES: LazyLock<BTreeMap<&str, Held>> = LazyLock::new(|| {
    let mut found: BTreeMap<&str, Held> = BTreeMap::new();
    let mut last: Option<&'static str> = None;
    for line in section("prices") {
        match (line.strip_prefix("    - "), last) {
            (Some(row), Some(id)) => found.entry(id).or_default().lines.push(row),
            (Some(_), None) => {}
            (None, _) => last = line.strip_prefix("  ").and_then(|id| id.strip_suffix(':')).or(last),
        }
    }
    found
});

/// The price of an id in a place; and the other place that it was read for, where it was read for none but others.
#[must_use]
pub fn price(id: &str, place: &str) -> Option<(&'static Price, Option<&'static str>)> {
    let read = rows(id)?;
    let of = |place: &str| read.iter().find(|price| price.places.iter().any(|p| *p == place || *p == EVERYWHERE));
    let elsewhere = || ELSEWHERE.iter().find_map(|place| Some((of(place)?, Some(*place))));
    let any = || read.first().map(|price| (price, price.places.first().copied()));
    of(place).map(|price| (price, None)).or_else(elsewhere).or_else(any)
}

/// All that is known of an id.
#[must_use]
pub fn rows(id: &str) -> Option<&'static [Price]> {
    let (id, held) = PRICES.get_key_value(id)?;
    Some(held.read.get_or_init(|| held.lines.iter().filter_map(|line| row(id, line)).collect()))
}

/// The ids of all prices.
pub fn ids() -> impl Iterator<Item = &'static str> {
    PRICES.keys().copied()
}

/// Whether resources of a type cost nothing by themselves, and the document that says so.
#[must_use]
pub fn free(resource_type: &str) -> Option<&'static str> {
    static FREE: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
        let rows = section("free").filter_map(|line| line.strip_prefix("  - "));
        rows.flat_map(|row| list(row, "types").map(move |name| (name, field(row, "url").unwrap_or_default()))).collect()
    });
    FREE.get(resource_type).copied()
}

/// The day on which the sources were read.
#[must_use]
pub fn read() -> &'static str {
    let line = DATA.lines().find_map(|line| line.strip_prefix("read: "));
    line.unwrap_or_default().trim_matches('\'')
}

/// Whether a name is that of a region for which any price was read.
#[must_use]
pub fn knows(region: &str) -> bool {
    ids().filter_map(rows).flatten().any(|price| price.places.contains(&region))
}

/// The regions for which prices were read, by name.
#[must_use]
pub fn regions() -> Vec<&'static str> {
    let places = ids().filter_map(rows).flatten().flat_map(|price| price.places.iter().copied());
    // Areas of the world and `all` have no hyphen.
    let regions: std::collections::BTreeSet<&str> = places.filter(|place| place.contains('-')).collect();
    regions.into_iter().collect()
}

/// The lines below a key at the left edge, without comments. The file is ours and has one form, a line a row, which a test compares
/// with what a reader of YAML sees.
fn section(key: &'static str) -> impl Iterator<Item = &'static str> {
    let below = DATA.lines().skip_while(move |line| !is_key(line, key)).skip(1);
    below
        .take_while(|line| line.starts_with([' ', '#']) || line.is_empty())
        .filter(|line| !line.trim_start().starts_with('#'))
}

/// Whether a line is the key; a comment may stand behind it.
fn is_key(line: &str, key: &str) -> bool {
    line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')).is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with('#')
    })
}

fn row(id: &'static str, line: &'static str) -> Option<Price> {
    let written = field(line, "usd")?;
    let (per, unit) = field(line, "per")?.split_once(' ')?;
    Some(Price {
        id,
        written,
        usd: written.parse().ok()?,
        per: per.parse().ok().filter(|per| *per > 0.0)?,
        unit,
        places: list(line, "regions").collect(),
        dated: field(line, "dated").unwrap_or_default(),
        url: field(line, "url").unwrap_or_default(),
    })
}

/// What a row says under a key.
fn field(row: &'static str, key: &str) -> Option<&'static str> {
    let after = behind(row, key)?;
    match after.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next(),
        None => after.split([',', '}']).next().map(str::trim_end),
    }
}

/// The items of a list that a row says under a key.
fn list(row: &'static str, key: &str) -> impl Iterator<Item = &'static str> {
    let inner = behind(row, key).and_then(|after| after.strip_prefix('[')).and_then(|inner| inner.split(']').next());
    inner.into_iter().flat_map(|inner| inner.split(',')).map(str::trim).filter(|item| !item.is_empty())
}

fn behind(row: &'static str, key: &str) -> Option<&'static str> {
    let starts = |at: &usize| row.get(..*at).is_some_and(|before| before.ends_with(['{', ' ']));
    row.match_indices(key).map(|(at, _)| at).filter(starts).find_map(|at| {
        let after = at + key.len();
        row.get(after..)?.strip_prefix(": ")
    })
}
