//! What both pages say of costs.

use std::collections::BTreeSet;

use crate::cost::Estimate;
use crate::cost::render::{WITHOUT, product};
use crate::markdown::{names, text};

/// How many charges of a component are told.
const MOST: usize = 3;

/// What makes up the cost of a component, the dearest first: `Instance t4g.nano, 1,460 hours × 0.0047; …`.
#[must_use]
pub fn charges(estimate: &Estimate, component: &str) -> String {
    let lines = || estimate.lines.iter().filter(|line| line.component == component && line.amount.is_some());
    let told = lines().take(MOST).map(|line| format!("{}, {}", text(&line.what), text(&product(line))));
    let more = lines().count().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("{more} more"));
    told.chain(more).collect::<Vec<_>>().join("; ")
}

/// Where the prices are from, what is in no sum, and how all of it is seen.
#[must_use]
pub fn about(estimate: &Estimate, stage: &str) -> String {
    let mut about = format!("\nUSD a month, at prices of {} read on {}, {WITHOUT}.", estimate.region, estimate.read);
    let of = |fits: &dyn Fn(&crate::cost::Line) -> bool| {
        estimate.lines.iter().filter(|line| fits(line)).map(|line| line.component.clone()).collect::<BTreeSet<String>>()
    };
    let used = of(&|line| line.quantity.is_none());
    if !used.is_empty() {
        about.push_str(&format!(" In no sum is what is paid by use and not declared (`usage`): of {}.", names(used)));
    }
    let unpriced = of(&|line| line.price.is_none() && line.quantity.is_some());
    if !unpriced.is_empty() {
        about.push_str(&format!(" Some prices of {} are not known.", names(unpriced)));
    }
    let unknown: BTreeSet<&str> = estimate.not_estimated.iter().map(|of| of.resource_type.as_str()).collect();
    if !unknown.is_empty() {
        about.push_str(&format!(" Not estimated: {}.", names(unknown)));
    }
    if estimate.lines.iter().any(|line| line.price.as_ref().is_some_and(|price| price.assumed.is_some())) {
        about.push_str(" `~` stands before a price that was read for another region.");
    }
    about.push_str(&format!(" All of it: `reggie-cfn cost {stage}`.\n"));
    about
}
