//! The rules: what resources of each type are charged for, a file a family of services.

mod compute;
mod database;
mod edge;
mod messaging;
mod network;
mod schedule;
mod storage;
mod watching;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::charge::Rule;

/// All rules, by family.
const FAMILIES: &[&[Rule]] =
    &[compute::RULES, network::RULES, database::RULES, storage::RULES, messaging::RULES, edge::RULES, watching::RULES];

/// Every rule, in the order of families.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The rule for a type.
#[must_use]
pub fn of(resource_type: &str) -> Option<&'static Rule> {
    static RULES: LazyLock<BTreeMap<&str, &Rule>> =
        LazyLock::new(|| all().map(|rule| (rule.resource_type, rule)).collect());
    RULES.get(resource_type).copied()
}
