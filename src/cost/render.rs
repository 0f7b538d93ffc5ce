//! Estimates as people and programs read them.

mod compare;
mod json;
mod markdown;
mod text;

use std::collections::BTreeSet;

use super::charge::Range;
use super::estimate::{Estimate, Line, Priced};

pub use compare::{Compared, Sides, compare, difference};
pub use json::json;
pub use markdown::markdown;
pub use text::text;

/// What every estimate leaves out, a sentence for people.
pub const WITHOUT: &str = "without taxes, free tiers, savings plans and support; a month has 730 hours";

/// An amount of money with its cents: `1,234.50`; of less than one, that it is less.
#[must_use]
pub fn money(usd: f64) -> String {
    match usd.abs() {
        tiny if tiny > 0.0 && tiny < 0.005 => "<0.01".to_owned(),
        _ => thousands(&format!("{usd:.2}")),
    }
}

/// An amount, or its two ends: `55.12 to 98.90`.
#[must_use]
pub fn amount(range: Range) -> String {
    ends(range, money, " to ")
}

/// The same, as it stands in columns: `55.12 – 98.90`.
#[must_use]
pub fn amount_in_column(range: Range) -> String {
    ends(range, money, " – ")
}

/// How much there is of something: `365 – 2,920 ACU-hours`.
#[must_use]
pub fn quantity(range: Range, unit: &str) -> String {
    let is_one = range == Range::exactly(1.0);
    let unit = match (is_one, unit.strip_suffix("ies"), unit.strip_suffix('s')) {
        (true, Some(stem), _) => format!("{stem}y"),
        (true, None, Some(stem)) => stem.to_owned(),
        _ => unit.to_owned(),
    };
    let figures = ends(range, figure, " – ");
    format!("{figures} {unit}").trim_end().to_owned()
}

/// A price: `0.20 per 1M`, or `0.14`; `~` before one that was read for another place.
#[must_use]
pub fn price(priced: &Priced) -> String {
    let about = if priced.assumed.is_some() { "~" } else { "" };
    let per = match priced.price.per {
        per if per <= 1.0 => String::new(),
        per if per % 1e6 == 0.0 => format!(" per {}M", figure(per / 1e6)),
        per if per % 1e3 == 0.0 => format!(" per {}k", figure(per / 1e3)),
        per => format!(" per {}", figure(per)),
    };
    format!("{about}{}{per}", priced.price.written)
}

/// What a line is, and where its price is from if that is another place than that of most.
#[must_use]
pub fn what(line: &Line, estimate: &Estimate) -> String {
    let is_anywhere = line.price.as_ref().is_none_or(|of| of.price.is_everywhere());
    match line.place == estimate.region || is_anywhere {
        true => line.what.clone(),
        false => format!("{}, {}", line.what, line.place),
    }
}

/// What a line is made of: `1,460 hours × 0.0047`.
#[must_use]
pub fn product(line: &Line) -> String {
    let quantity = line.quantity.map(|range| quantity(range, line.unit));
    match (quantity, &line.price) {
        (Some(quantity), Some(of)) => format!("{quantity} × {}", price(of)),
        (Some(quantity), None) => quantity,
        (None, Some(of)) => {
            let by = if of.price.per > 1.0 { line.unit.to_owned() } else { format!("per {}", singular(line.unit)) };
            format!("{} {by}", price(of))
        }
        (None, None) => "price unknown".to_owned(),
    }
}

/// A line in one sentence: `ReggieDb: Capacity, 365 – 2,920 ACU-hours × 0.14, 51.10 to 408.80 USD`.
#[must_use]
pub fn line_in_words(line: &Line) -> String {
    let amount = line.amount.map(|range| format!(", {} USD", amount(range))).unwrap_or_default();
    format!("`{}`: {}, {}{amount}", line.component, line.what, product(line))
}

/// What has a price, and no quantity.
pub(super) fn undeclared(estimate: &Estimate) -> impl Iterator<Item = &Line> {
    estimate.lines.iter().filter(|line| line.quantity.is_none())
}

/// What has a quantity, and no price.
pub(super) fn unpriced(estimate: &Estimate) -> impl Iterator<Item = &Line> {
    estimate.lines.iter().filter(|line| line.price.is_none())
}

/// What an estimate has no figure for, if there is anything: `3 lines of use that is not declared, 1 line without a known price`.
pub(super) fn left_out(estimate: &Estimate) -> Option<String> {
    let counted = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let unknown = unpriced(estimate).filter(|line| line.quantity.is_some()).count();
    let resources = estimate.not_estimated.iter().map(|of| of.count).sum();
    let all = [
        counted(undeclared(estimate).count(), "line of use that is not declared", "lines of use that is not declared"),
        counted(unknown, "line without a known price", "lines without a known price"),
        counted(resources, "resource of which nothing is known", "resources of which nothing is known"),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// What `~` says, where it stands anywhere.
pub(super) fn assumed(estimate: &Estimate) -> Option<String> {
    let places: BTreeSet<&str> = estimate.lines.iter().filter_map(|line| line.price.as_ref()?.assumed).collect();
    let places: Vec<&str> = places.into_iter().collect();
    (!places.is_empty()).then(|| format!("a price that was read for {} and not for its place", places.join(", ")))
}

fn singular(unit: &str) -> String {
    quantity(Range::exactly(1.0), unit).trim_start_matches("1 ").to_owned()
}

fn ends(range: Range, show: impl Fn(f64) -> String, between: &str) -> String {
    let (low, high) = (show(range.low), show(range.high));
    if low == high { low } else { format!("{low}{between}{high}") }
}

/// A number with at most two places, and none that say nothing.
fn figure(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "0" && number > 0.0 { format!("{number:.1e}") } else { thousands(text) }
}

/// `1234.5` as `1,234.5`.
fn thousands(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (usd, expected) in
            [(0.0, "0.00"), (0.004, "<0.01"), (0.005, "0.01"), (1234.5, "1,234.50"), (-1e6, "-1,000,000.00")]
        {
            assert_eq!(money(usd), expected, "{usd}");
        }
        for (range, unit, expected) in [
            (Range::exactly(1.0), "secrets", "1 secret"),
            (Range::exactly(1.0), "queries", "1 query"),
            (Range { low: 365.0, high: 2920.0 }, "ACU-hours", "365 – 2,920 ACU-hours"),
            (Range::exactly(0.5), "GB", "0.5 GB"),
        ] {
            assert_eq!(quantity(range, unit), expected);
        }
        assert_eq!(amount(Range { low: 1.0, high: 1.001 }), "1.00");
    }
}
