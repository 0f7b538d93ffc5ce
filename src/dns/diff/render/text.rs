//! What becomes of a zone, for a terminal.

use super::{Act, Row, Told};
use crate::diag::render::visible_line;

/// What becomes of the zone as text, with colours or without.
#[must_use]
pub fn text(told: &Told<'_>, color: bool) -> String {
    let paint = |style: &str, text: &str| {
        let text = visible_line(text);
        match color && !style.is_empty() && !text.trim().is_empty() {
            true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
            false => text,
        }
    };
    let rows = told.rows();
    let mut out = format!("{}\n", paint("", &format!("{}: {}", told.subject(), told.summary())));
    let wide = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (acts, names, types) = (wide(|r| r.act.word()), wide(|r| &r.name), wide(|r| &r.record_type));
    let contents = wide(|r| &r.content);
    for row in &rows {
        let style = match row.act {
            Act::Delete | Act::Replace => "1;31",
            Act::Adopt | Act::Kept => "33",
            Act::Create => "32",
            Act::Update => "",
            Act::Shared | Act::There | Act::Unchanged => "2",
        };
        let rest = if row.act.is_change() { "" } else { "2" };
        let head = paint(style, &format!("  {:<acts$}  {:<names$}", row.act.word(), row.name));
        let what = format!("  {:<types$}  {:<contents$}  {}", row.record_type, row.content, row.how);
        out.push_str(&format!("{head}{}\n", paint(rest, what.trim_end())));
        for detail in &row.details {
            let style = if row.is_loud { "1;31" } else { rest };
            out.push_str(&format!("{}\n", paint(style, &format!("  {:acts$}  {}", "", detail.replace('`', "")))));
        }
    }
    let room = told.room();
    for line in told.markers().into_iter().chain([room]) {
        out.push_str(&format!("  {}\n", paint("2", &line)));
    }
    let owners = told.owners();
    if !owners.is_empty() {
        out.push_str(&format!("  {}\n", paint("2", "other owners of the project in the zone:")));
        for (owner, count, is_known) in owners {
            let plural = if count == 1 { "" } else { "s" };
            let line = match is_known {
                true => paint("2", &format!("    {owner}: {count} record{plural}")),
                false => paint("33", &format!("    {owner}: {count} record{plural}, and no plan of it is here")),
            };
            out.push_str(&format!("{line}\n"));
        }
    }
    out
}
