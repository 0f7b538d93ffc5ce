//! What a change does to the cost of a stage.

use serde::Serialize;

use super::charge::Range;
use super::estimate::Estimate;
use super::render::{Compared, amount, compare, difference};

/// The cost of a stage before and after, at the same prices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostChange {
    /// What it was; none where there was no stage.
    pub was: Option<Range>,
    /// What it is.
    pub is: Range,
    /// The components whose cost changes, that which changes most first.
    pub components: Vec<Compared>,
}

impl CostChange {
    /// What changes from one estimate to another; none where both are the same to the cent.
    #[must_use]
    pub fn between(was: Option<&Estimate>, is: &Estimate) -> Option<CostChange> {
        let nothing = Estimate::default();
        let compared = compare(was.unwrap_or(&nothing), is);
        let mut components: Vec<Compared> =
            compared.into_iter().filter(|of| of.what.is_none() && !of.is_same()).collect();
        let by = |of: &Compared| (of.other.high - of.one.high).abs().max((of.other.low - of.one.low).abs());
        components.sort_by(|a, b| by(b).total_cmp(&by(a)));
        (!components.is_empty()).then(|| CostChange { was: was.map(|was| was.total), is: is.total, components })
    }

    /// `55.12 → 98.90 USD a month (+43.78)`.
    #[must_use]
    pub fn sum(&self) -> String {
        match self.was {
            Some(was) => format!("{} → {} USD a month ({})", amount(was), amount(self.is), difference(was, self.is)),
            None => format!("{} USD a month", amount(self.is)),
        }
    }

    /// `55.12 → 98.90 USD a month (+43.78): ReggieDb +43.78`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let each = self.components.iter().map(|of| format!("{} {}", of.component, difference(of.one, of.other)));
        format!("{}: {}", self.sum(), each.collect::<Vec<_>>().join(", "))
    }
}
