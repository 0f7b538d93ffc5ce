//! Estimates for a comment on a pull request.

use super::{WITHOUT, amount_in_column, assumed, product, undeclared, unpriced, what};
use crate::cost::estimate::{Estimate, Line};

/// An estimate as Markdown.
#[must_use]
pub fn markdown(stage: &str, estimate: &Estimate) -> String {
    let mut out = format!("## Cost of {stage}\n\n");
    out.push_str(&format!(
        "**{} USD a month**, at prices of {} read on {}, {WITHOUT}.\n",
        amount_in_column(estimate.total),
        estimate.region,
        estimate.read,
    ));
    let priced = |line: &&Line| line.amount.is_some();
    if estimate.lines.iter().any(|line| priced(&line)) {
        out.push_str("\n| component | what | quantity × price | USD |\n| --- | --- | --- | ---: |\n");
        for line in estimate.lines.iter().filter(priced) {
            let amount = line.amount.map(amount_in_column).unwrap_or_default();
            out.push_str(&row(&[&line.component, &what(line, estimate), &product(line), &amount]));
        }
        out.push_str(&row(&["**total**", "", "", &format!("**{}**", amount_in_column(estimate.total))]));
    }
    if undeclared(estimate).next().is_some() {
        out.push_str("\nPer use, not declared, and in no sum:\n\n| component | what | price | `usage` |\n| --- | --- | --- | --- |\n");
        for line in undeclared(estimate) {
            let names: Vec<String> = line.usage.iter().map(|name| format!("`{name}`")).collect();
            out.push_str(&row(&[&line.component, &what(line, estimate), &product(line), &names.join(", ")]));
        }
    }
    for line in unpriced(estimate).filter(|line| line.quantity.is_some()) {
        out.push_str(&format!("\nPrice unknown: {} of {}, {}.\n", line.what, line.component, product(line)));
    }
    for of in &estimate.not_estimated {
        out.push_str(&format!("\nNot estimated: {} × `{}` of {}.\n", of.count, of.resource_type, of.component));
    }
    if let Some(assumed) = assumed(estimate) {
        out.push_str(&format!("\n`~` {assumed}.\n"));
    }
    out
}

/// A row of a table; no text can end its cell.
pub(super) fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
