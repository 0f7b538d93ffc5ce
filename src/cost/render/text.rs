//! Estimates for a terminal.

use super::{WITHOUT, amount, amount_in_column, assumed, product, undeclared, unpriced, what};
use crate::cost::estimate::{Estimate, Line};
use crate::diag::render::visible_line;

/// How something is drawn.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Strong,
    Care,
    Plain,
    Faint,
}

/// An estimate as text, with colours or without.
#[must_use]
pub fn text(stage: &str, estimate: &Estimate, color: bool) -> String {
    let mut page = Page { color, out: String::new() };
    let Estimate { region, read, total, .. } = estimate;
    page.line(&[
        (Tone::Plain, &format!("{stage}: ")),
        (Tone::Strong, &format!("{} USD a month", amount(*total))),
        (Tone::Plain, &format!(", at prices of {region} read on {read}")),
    ]);
    let rows: Vec<Row> =
        estimate.lines.iter().filter(|line| line.quantity.is_some()).map(|l| Row::of(l, estimate)).collect();
    let sums = estimate.components.iter().map(|of| (of.component.as_str(), amount_in_column(of.amount)));
    let sums: Vec<(&str, String)> = sums.filter(|(name, _)| rows.iter().any(|row| row.component == *name)).collect();
    let whole_sum = amount_in_column(*total);
    let first = widest(rows.iter().map(|row| row.what.as_str()).chain(sums.iter().map(|(name, _)| *name)));
    let second = widest(rows.iter().map(|row| row.product.as_str()));
    let texts = rows.iter().map(|row| row.sum.as_str()).chain(sums.iter().map(|(_, sum)| sum.as_str()));
    let third = widest(texts.chain([whole_sum.as_str()]));
    let left = 2 + first + 2 + second + 2;
    for (component, sum) in &sums {
        page.out.push('\n');
        page.line(&[(Tone::Strong, &format!("{component:left$}{sum:>third$}"))]);
        for Row { what, product, sum, tone, .. } in rows.iter().filter(|row| row.component == *component) {
            let (what, product) = (format!("  {what:first$}  "), format!("{product:second$}  "));
            page.line(&[(Tone::Plain, &what), (Tone::Faint, &product), (*tone, &format!("{sum:>third$}"))]);
        }
    }
    page.out.push('\n');
    page.line(&[(Tone::Strong, &format!("{:left$}{whole_sum:>third$}", "total"))]);
    page.undeclared(estimate);
    page.rest(estimate);
    page.out
}

/// A line of which a quantity is known.
struct Row<'a> {
    component: &'a str,
    what: String,
    product: String,
    sum: String,
    tone: Tone,
}

impl<'a> Row<'a> {
    fn of(line: &'a Line, estimate: &Estimate) -> Row<'a> {
        let (sum, tone) = match line.amount {
            Some(amount) => (amount_in_column(amount), Tone::Plain),
            None => ("price unknown".to_owned(), Tone::Care),
        };
        Row { component: &line.component, what: what(line, estimate), product: product(line), sum, tone }
    }
}

/// The width of the widest.
pub(super) fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

pub(super) struct Page {
    pub(super) color: bool,
    pub(super) out: String,
}

impl Page {
    pub(super) fn line(&mut self, pieces: &[(Tone, &str)]) {
        let mut line = String::new();
        for (tone, text) in pieces {
            let style = match tone {
                Tone::Strong => "1",
                Tone::Care => "33",
                Tone::Faint => "2",
                Tone::Plain => "",
            };
            let text = visible_line(text);
            match self.color && !style.is_empty() && !text.trim().is_empty() {
                true => line.push_str(&format!("\u{1b}[{style}m{text}\u{1b}[0m")),
                false => line.push_str(&text),
            }
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// What has a price, and no quantity.
    fn undeclared(&mut self, estimate: &Estimate) {
        let lines: Vec<(&Line, String, String)> =
            undeclared(estimate).map(|line| (line, what(line, estimate), product(line))).collect();
        if lines.is_empty() {
            return;
        }
        self.out.push('\n');
        self.line(&[(Tone::Care, "per use, not declared under `usage`, and in no sum:")]);
        let first = widest(lines.iter().map(|(_, what, _)| what.as_str()));
        let second = widest(lines.iter().map(|(.., price)| price.as_str()));
        let mut last = "";
        for (line, what, price) in &lines {
            if last != line.component {
                last = &line.component;
                self.line(&[(Tone::Plain, last)]);
            }
            let left = format!("  {what:first$}  {price:second$}  ");
            self.line(&[(Tone::Plain, &left), (Tone::Faint, &line.usage.join(", "))]);
        }
    }

    /// What the sums do not say.
    fn rest(&mut self, estimate: &Estimate) {
        self.out.push('\n');
        for of in &estimate.not_estimated {
            self.line(&[(
                Tone::Care,
                &format!("not estimated: {} × {} of {}", of.count, of.resource_type, of.component),
            )]);
        }
        let unknown = unpriced(estimate).count();
        if unknown > 0 {
            let lines = if unknown == 1 { "1 line has" } else { &format!("{unknown} lines have") };
            self.line(&[(Tone::Care, &format!("{lines} no known price"))]);
        }
        if let Some(assumed) = assumed(estimate) {
            self.line(&[(Tone::Faint, &format!("~ {assumed}"))]);
        }
        self.line(&[(Tone::Faint, WITHOUT)]);
    }
}
