//! Estimates for a terminal.

use super::{WITHOUT, amount, amount_in_column, assumed, product, undeclared, unpriced};
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
    let shown = || estimate.lines.iter().filter(|line| line.quantity.is_some());
    let product = |line: &Line| product(line);
    let what =
        widest(shown().map(|line| line.what.as_str()).chain(estimate.components.iter().map(|c| c.component.as_str())));
    let products: Vec<String> = shown().map(product).collect();
    let middle = widest(products.iter().map(String::as_str));
    let amounts = estimate.components.iter().map(|of| of.amount).chain([*total]);
    let amounts: Vec<String> = amounts.map(amount_in_column).collect();
    let right = widest(amounts.iter().map(String::as_str));
    let whole = 2 + what + 2 + middle + 2;
    for (of, sum) in estimate.components.iter().zip(&amounts) {
        let lines: Vec<&Line> = shown().filter(|line| line.component == of.component).collect();
        if lines.is_empty() {
            continue;
        }
        page.out.push('\n');
        page.line(&[(Tone::Strong, &format!("{:whole$}{sum:>right$}", of.component))]);
        for line in lines {
            let (sum, tone) = match line.amount {
                Some(amount) => (amount_in_column(amount), Tone::Plain),
                None => ("price unknown".to_owned(), Tone::Care),
            };
            let product = product(line);
            let left = format!("  {:what$}  ", line.what);
            page.line(&[
                (Tone::Plain, &left),
                (Tone::Faint, &format!("{product:middle$}  ")),
                (tone, &format!("{sum:>right$}")),
            ]);
        }
    }
    page.out.push('\n');
    page.line(&[(Tone::Strong, &format!("{:whole$}{:>right$}", "total", amount_in_column(*total)))]);
    page.undeclared(estimate);
    page.rest(estimate);
    page.out
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
        let lines: Vec<(&Line, String)> = undeclared(estimate).map(|line| (line, product(line))).collect();
        if lines.is_empty() {
            return;
        }
        self.out.push('\n');
        self.line(&[(Tone::Care, "per use, not declared under `usage`, and in no sum:")]);
        let first = widest(lines.iter().map(|(line, _)| line.component.as_str()));
        let second = widest(lines.iter().map(|(line, _)| line.what.as_str()));
        let third = widest(lines.iter().map(|(_, price)| price.as_str()));
        for (line, price) in lines {
            let left = format!("  {:first$}  {:second$}  {price:third$}  ", line.component, line.what);
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
