//! Two estimates beside each other.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::markdown::row;
use super::text::{Page, Tone, widest};
use super::{WITHOUT, amount_in_column, left_out};
use crate::cost::charge::Range;
use crate::cost::estimate::Estimate;

/// What two estimates say of one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The component.
    pub component: String,
    /// The line; none where it is the sum of the component.
    pub what: Option<String>,
    /// What the one says.
    pub one: Range,
    /// What the other says.
    pub other: Range,
}

impl Compared {
    /// Whether both say the same, to the cent.
    #[must_use]
    pub fn is_same(&self) -> bool {
        const HALF_A_CENT: f64 = 0.005;
        let near = |one: f64, other: f64| (one - other).abs() < HALF_A_CENT;
        near(self.one.low, self.other.low) && near(self.one.high, self.other.high)
    }
}

/// Two stages, or two builds of one, each with its name.
pub struct Sides<'a> {
    /// The one.
    pub one: (&'a str, &'a Estimate),
    /// The other.
    pub other: (&'a str, &'a Estimate),
}

/// The sums of all components that either has, each followed by its lines.
#[must_use]
pub fn compare(one: &Estimate, other: &Estimate) -> Vec<Compared> {
    let mut known: BTreeMap<(&str, Option<&str>), (Range, Range)> = BTreeMap::new();
    for (estimate, is_one) in [(one, true), (other, false)] {
        let sums = estimate.components.iter().map(|of| (of.component.as_str(), None, of.amount));
        let lines =
            estimate.lines.iter().filter_map(|l| Some((l.component.as_str(), Some(l.what.as_str()), l.amount?)));
        for (component, what, amount) in sums.chain(lines) {
            let (one, other) = known.entry((component, what)).or_default();
            let side = if is_one { one } else { other };
            *side = side.plus(amount);
        }
    }
    let compared = known.into_iter().map(|((component, what), (one, other))| Compared {
        component: component.to_owned(),
        what: what.map(str::to_owned),
        one,
        other,
    });
    compared.collect()
}

/// The difference of two amounts, with its sign: `+43.78`.
#[must_use]
pub fn difference(from: Range, to: Range) -> String {
    let signed = |usd: f64| {
        let cents = format!("{usd:+.2}");
        if cents == "-0.00" { "+0.00".to_owned() } else { cents }
    };
    let (low, high) = (signed(to.low - from.low), signed(to.high - from.high));
    if low == high { low } else { format!("{low} to {high}") }
}

impl Sides<'_> {
    fn compared(&self) -> Vec<Compared> {
        compare(self.one.1, self.other.1)
    }

    fn total(&self) -> Compared {
        Compared { component: "total".to_owned(), what: None, one: self.one.1.total, other: self.other.1.total }
    }

    /// Both beside each other as text: every component, and of each the lines that differ.
    #[must_use]
    pub fn text(&self, color: bool) -> String {
        let mut page = Page { color, out: String::new() };
        let is_told = |of: &Compared| of.what.is_none() || !of.is_same();
        let mut rows: Vec<Compared> = self.compared().into_iter().filter(is_told).collect();
        rows.push(self.total());
        let name = |of: &Compared| of.what.as_ref().map_or(of.component.clone(), |what| format!("  {what}"));
        let cells: Vec<[String; 4]> = rows
            .iter()
            .map(|of| {
                let difference = if of.is_same() { String::new() } else { difference(of.one, of.other) };
                [name(of), amount_in_column(of.one), amount_in_column(of.other), difference]
            })
            .collect();
        let head = [String::new(), self.one.0.to_owned(), self.other.0.to_owned(), "difference".to_owned()];
        let width = |i: usize| widest(cells.iter().chain([&head]).filter_map(|cells| cells.get(i)).map(String::as_str));
        let (a, b, c, d) = (width(0), width(1), width(2), width(3));
        let line = |[first, second, third, fourth]: &[String; 4]| {
            format!("{first:a$}  {second:>b$}  {third:>c$}  {fourth:>d$}")
        };
        page.line(&[(Tone::Faint, &line(&head))]);
        for (of, cells) in rows.iter().zip(&cells) {
            let tone = if of.what.is_none() { Tone::Strong } else { Tone::Plain };
            page.line(&[(tone, &line(cells))]);
        }
        page.out.push('\n');
        for (stage, estimate) in [self.one, self.other] {
            let told = format!("{stage}: USD a month, at prices of {} read on {}", estimate.region, estimate.read);
            page.line(&[(Tone::Faint, &told)]);
        }
        for (stage, estimate) in [self.one, self.other] {
            if let Some(left_out) = left_out(estimate) {
                page.line(&[(Tone::Care, &format!("{stage}: not in these sums are {left_out}"))]);
            }
        }
        page.line(&[(Tone::Faint, WITHOUT)]);
        page.out
    }

    /// The same as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("## Cost of {} and {}\n\n", self.one.0, self.other.0);
        out.push_str(&format!("USD a month, {WITHOUT}.\n\n"));
        out.push_str(&row(&["component", "what", self.one.0, self.other.0, "difference"]));
        out.push_str("| --- | --- | ---: | ---: | ---: |\n");
        let is_told = |of: &Compared| of.what.is_none() || !of.is_same();
        for of in self.compared().into_iter().chain([self.total()]).filter(is_told) {
            let difference = if of.is_same() { String::new() } else { difference(of.one, of.other) };
            let what = of.what.as_deref().unwrap_or_default();
            out.push_str(&row(&[
                &of.component,
                what,
                &amount_in_column(of.one),
                &amount_in_column(of.other),
                &difference,
            ]));
        }
        for (stage, estimate) in [self.one, self.other] {
            if let Some(left_out) = left_out(estimate) {
                out.push_str(&format!("\nOf {stage}, not in these sums are {left_out}.\n"));
            }
        }
        out
    }

    /// The same for programs.
    #[must_use]
    pub fn json(&self) -> String {
        let side = |(stage, estimate): (&str, &Estimate)| json!({"stage": stage, "estimate": estimate});
        let document = json!({
            "currency": "USD",
            "per": "month",
            "without": WITHOUT,
            "one": side(self.one),
            "other": side(self.other),
            "compared": self.compared(),
            "total": self.total(),
        });
        format!("{document:#}\n")
    }
}
