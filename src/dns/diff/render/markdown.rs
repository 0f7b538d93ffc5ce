//! What becomes of a zone, as a comment on a pull request: what is done in a table, what stays folded.

use super::{Act, Row, Told};
use crate::diag::render::visible_line;
use crate::diag::{Diagnostic, Diagnostics, Severity};

/// What becomes of the zone as Markdown.
#[must_use]
pub fn markdown(told: &Told<'_>) -> String {
    let mut out = format!("### DNS: {}\n\n{}.\n", told.subject(), capital(&told.summary()));
    let (changed, stay): (Vec<Row>, Vec<Row>) = told.rows().into_iter().partition(|row| row.act.is_change());
    if !changed.is_empty() {
        out.push_str("\n| | name | type | content | |\n| --- | --- | --- | --- | --- |\n");
        changed.iter().for_each(|row| out.push_str(&line(row)));
    }
    let warnings: Vec<String> =
        told.findings.all().iter().filter(|d| d.severity != Severity::Note).map(finding).collect();
    if !warnings.is_empty() {
        out.push_str(&format!("\n{}", warnings.concat()));
    }
    let kept: Vec<&Row> = stay.iter().filter(|row| row.act == Act::Kept).collect();
    if !kept.is_empty() {
        out.push_str("\n**Kept**\n\n");
        kept.iter().for_each(|row| out.push_str(&item(row)));
    }
    let others: Vec<&Row> = stay.iter().filter(|row| row.act != Act::Kept).collect();
    if !others.is_empty() {
        out.push_str(&format!("\n<details><summary>{} as they are</summary>\n\n", others.len()));
        others.iter().for_each(|row| out.push_str(&item(row)));
        out.push_str("\n</details>\n");
    }
    out.push_str(&format!("\n{}.\n", capital(&told.room())));
    out.extend(told.markers().map(|line| format!("{}.\n", capital(&line))));
    let unknown: Vec<(&str, usize, bool)> = told.owners().into_iter().filter(|(_, _, is_known)| !is_known).collect();
    if !unknown.is_empty() {
        out.push_str("\nOwners in the zone without a plan here:\n\n");
        for (owner, count, _) in unknown {
            out.push_str(&format!("- {}: {count}\n", code(owner)));
        }
    }
    out
}

/// That nothing becomes of a zone, and why.
#[must_use]
pub fn refused(subject: &str, findings: &Diagnostics) -> String {
    let all: Vec<String> = findings.all().iter().filter(|d| d.severity != Severity::Note).map(finding).collect();
    format!("### DNS: {subject}\n\nRefused: nothing is changed.\n\n{}", all.concat())
}

fn finding(diagnostic: &Diagnostic) -> String {
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let mut out = format!("- **{severity} {}**: {}\n", diagnostic.code.id, plain(&diagnostic.title));
    for said in diagnostic.notes.iter().chain(&diagnostic.helps) {
        out.push_str(&format!("  - {}\n", plain(said)));
    }
    out
}

fn line(row: &Row) -> String {
    let mut what = code(&row.content);
    for detail in &row.details {
        let detail = cell(detail);
        what.push_str(&if row.is_loud { format!("<br>**{detail}**") } else { format!("<br>{detail}") });
    }
    format!("| **{}** | {} | {} | {what} | {} |\n", row.act.word(), code(&row.name), cell(&row.record_type), row.how)
}

fn item(row: &Row) -> String {
    let why = row.details.first().map(|why| format!(": {}", plain(why))).unwrap_or_default();
    format!("- {} {} {}{why}\n", row.act.word(), code(&row.name), cell(&row.record_type))
}

/// As code, with nothing in it that ends a table or the code.
fn code(text: &str) -> String {
    format!("`{}`", visible_line(text).replace('`', "'").replace('|', "\\|"))
}

/// Words with nothing in them that ends a table or begins a tag.
fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

fn plain(text: &str) -> String {
    visible_line(text).replace('<', "&lt;")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
