//! The order that octoDNS wants of keys: as people sort them, so that `pr-9` comes before `pr-123`.

use std::cmp::Ordering;

/// Compares as the Python package `natsort` does by default: what is no digit as text, digits as numbers.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (text_a, text_b) = (take(&mut a, false), take(&mut b, false));
        let (number_a, number_b) = (take(&mut a, true), take(&mut b, true));
        let value = |digits: &'_ str| digits.trim_start_matches('0').to_owned();
        let (value_a, value_b) = (value(number_a), value(number_b));
        let by_number = || (number_a.is_empty(), number_b.is_empty());
        let order = text_a.cmp(text_b).then_with(|| match by_number() {
            (false, false) => value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(&value_b)),
            // Nothing comes before a number.
            (left, right) => right.cmp(&left),
        });
        if order != Ordering::Equal || (a.is_empty() && b.is_empty()) {
            return order;
        }
    }
}

/// What the text begins with, as far as it is digits, or as far as it is none.
fn take<'t>(text: &mut &'t str, digits: bool) -> &'t str {
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    let (taken, rest) = text.split_at(end);
    *text = rest;
    taken
}
