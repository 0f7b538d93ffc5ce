//! Quotas: what an AWS account holds at most of what several stages use up together, from `aws/quotas.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The facts, with their sources.
const DATA: &str = include_str!("../aws/quotas.yaml");

/// What a quota is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// A whole account.
    Account,
    /// A region of an account.
    Region,
    /// An availability zone of a region.
    Zone,
}

/// A quota of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Its name under `quotas`.
    pub name: &'static str,
    /// What it counts, as it stands after a number.
    pub what: &'static str,
    /// The resource types that it counts.
    pub counts: Vec<&'static str>,
    /// Only resources with this property at this value, or without it, are counted.
    pub only: Option<(&'static str, &'static str)>,
    /// The property whose sum counts, instead of the number of resources.
    pub adds: Option<&'static str>,
    /// What it is of.
    pub per: Per,
    /// What an account has unless AWS raised it.
    pub figure: u32,
    /// Regions with another figure.
    pub regions: Vec<(&'static str, u32)>,
    /// How much of it must stay free.
    pub spare: u32,
    /// Whether AWS raises it on request.
    pub is_raised: bool,
    /// The setting of a component that decides how much is used.
    pub setting: Option<&'static str>,
    /// The document that says so.
    pub source: &'static str,
    /// Where that stands.
    pub url: &'static str,
}

impl Quota {
    /// What an account has in a region unless AWS raised it.
    #[must_use]
    pub fn figure_in(&self, region: &str) -> u32 {
        self.regions.iter().find(|(name, _)| *name == region).map_or(self.figure, |(_, figure)| *figure)
    }

    /// How much a resource of a type that it counts uses of it.
    #[must_use]
    pub fn used_by(&self, property: impl Fn(&str) -> Option<String>) -> u64 {
        match self.adds {
            _ if self.only.is_some_and(|(name, only)| property(name).is_some_and(|value| value != only)) => 0,
            Some(name) => property(name).and_then(|number| number.parse().ok()).unwrap_or(0),
            None => 1,
        }
    }
}

/// All quotas, by name.
#[must_use]
pub fn all() -> &'static [Quota] {
    static ALL: LazyLock<Vec<Quota>> = LazyLock::new(|| {
        let quotas = DATA.split_once("\nquotas:\n").map_or("", |(_, quotas)| quotas);
        entries(quotas).filter_map(|(name, fields)| quota(name, &fields)).collect()
    });
    &ALL
}

/// The quotas that count resources of a type, each with its place among all.
pub fn of(resource_type: &str) -> impl Iterator<Item = (usize, &'static Quota)> {
    static PLACES: LazyLock<BTreeMap<&str, Vec<usize>>> = LazyLock::new(|| {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, quota) in all().iter().enumerate() {
            quota.counts.iter().for_each(|name| places.entry(name).or_default().push(place));
        }
        places
    });
    let places = PLACES.get(resource_type).map(Vec::as_slice).unwrap_or_default();
    places.iter().filter_map(|place| Some((*place, all().get(*place)?)))
}

/// The day on which the sources were read.
#[must_use]
pub fn read() -> &'static str {
    let line = DATA.lines().find_map(|line| line.strip_prefix("read: "));
    line.unwrap_or_default().trim_matches('\'')
}

/// The file is ours and has one form, a line a field, which a test compares with what a reader of YAML sees: to read it as
/// YAML would take longer than to compile a small stage.
fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<(&'static str, &'static str)>)> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let name = lines.next()?.trim().trim_end_matches(':');
        let mut fields = Vec::new();
        while let Some(field) = lines.next_if(|line| line.starts_with("    ")) {
            fields.extend(field.trim().split_once(": "));
        }
        Some((name, fields))
    })
}

fn quota(name: &'static str, fields: &[(&'static str, &'static str)]) -> Option<Quota> {
    let field = |key: &str| fields.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let list = |key: &str| -> Vec<&'static str> {
        let inner = field(key).map(|text| text.trim_matches(|c| "[]{}".contains(c)));
        inner.map(|text| text.split(", ").collect()).unwrap_or_default()
    };
    let pairs = |key: &str| list(key).into_iter().filter_map(|pair| pair.split_once(": "));
    let number = |text: &str| text.parse::<u32>().ok();
    Some(Quota {
        name,
        what: field("what")?,
        counts: list("counts"),
        only: pairs("where").next(),
        adds: field("adds"),
        per: match field("per")? {
            "account" => Per::Account,
            "region" => Per::Region,
            "zone" => Per::Zone,
            _ => return None,
        },
        figure: field("figure").and_then(number)?,
        regions: pairs("regions").filter_map(|(region, figure)| Some((region, number(figure)?))).collect(),
        spare: field("spare").map_or(Some(0), number)?,
        is_raised: field("raised")? == "true",
        setting: field("setting"),
        source: field("source")?,
        url: field("url")?,
    })
}

#[cfg(test)]
mod tests;
