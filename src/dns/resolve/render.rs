//! Records as people read them: a line each.

use crate::diag::render::visible_line;
use crate::dns::plan::{Plan, Planned, Source};
use crate::dns::record::Resolved;
use crate::manifest::Provider;

/// A plan, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its records.
    pub resolved: &'a Resolved,
}

/// A line of the table.
struct Row {
    name: String,
    record_type: String,
    content: String,
    /// `proxied`, `ttl 60`.
    how: String,
    is_pending: bool,
}

impl Told<'_> {
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for planned in &self.plan.records {
            let own = format!("{}#", planned.id);
            let known = self.resolved.records.iter().filter(|r| r.id == planned.id || r.id.starts_with(&own));
            rows.extend(known.map(|record| Row {
                name: record.name.clone(),
                record_type: record.record_type.clone(),
                content: record.content.clone(),
                how: how(record.proxied, record.ttl),
                is_pending: false,
            }));
            if self.resolved.pending.contains(&planned.id) {
                rows.push(pending(planned));
            }
        }
        rows
    }

    /// `6 records of reggie/production in getreggie.io, 3 of them pending`.
    fn summary(&self) -> String {
        let (known, pending) = (self.resolved.records.len(), self.resolved.pending.len());
        let all = known + pending;
        let plural = if all == 1 { "" } else { "s" };
        let of = format!("{all} record{plural} of {} in {}", self.plan.owner.text(), self.plan.zone);
        if pending == 0 { of } else { format!("{of}, {pending} of them pending") }
    }

    /// What is to be known of them besides.
    fn remarks(&self) -> Vec<&'static str> {
        let pending = "What is pending is known once its stack is deployed: then resolve again, with --stacks.";
        let by_hand = "No program sets records in this zone: this is the list for whoever does it by hand.";
        let is_pending = !self.resolved.pending.is_empty();
        let is_by_hand = self.plan.provider == Provider::None;
        is_pending.then_some(pending).into_iter().chain(is_by_hand.then_some(by_hand)).collect()
    }
}

fn how(proxied: bool, ttl: Option<u32>) -> String {
    match ttl {
        _ if proxied => "proxied".to_owned(),
        Some(ttl) => format!("ttl {ttl}"),
        None => "ttl auto".to_owned(),
    }
}

fn pending(planned: &Planned) -> Row {
    let content = match &planned.source {
        Source::Host { output, .. } => format!("pending: {} of {}", output.key, output.stack),
        Source::Validation { .. } | Source::Caa { .. } => "pending".to_owned(),
    };
    let (name, record_type) = (planned.domain().to_owned(), planned.record_type().to_owned());
    Row { name, record_type, content, how: how(planned.proxied, planned.ttl), is_pending: true }
}

/// The records as a table for a terminal, with colours or without.
#[must_use]
pub fn text(told: &Told<'_>, color: bool) -> String {
    let rows = told.rows();
    let wide = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (names, types, contents) = (wide(|r| &r.name), wide(|r| &r.record_type), wide(|r| &r.content));
    let paint = |style: &str, text: &str| match color {
        true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let mut out = format!("{}\n", visible_line(&told.summary()));
    for row in &rows {
        let content = visible_line(&format!("{:<contents$}", row.content));
        let content = if row.is_pending { paint("33", &content) } else { content };
        let name = visible_line(&format!("{:<names$}", row.name));
        out.push_str(&format!("  {name}  {:<types$}  →  {content}  {}\n", row.record_type, paint("2", &row.how)));
    }
    out.extend(told.remarks().iter().map(|remark| format!("{remark}\n")));
    out
}

/// The records as a table in Markdown.
#[must_use]
pub fn markdown(told: &Told<'_>) -> String {
    let mut out = format!("### {}\n\n", told.summary());
    out.push_str("| name | type | content | |\n| --- | --- | --- | --- |\n");
    for row in told.rows() {
        let content = if row.is_pending { row.content.clone() } else { format!("`{}`", row.content) };
        out.push_str(&format!("| `{}` | {} | {content} | {} |\n", row.name, row.record_type, row.how));
    }
    out.extend(told.remarks().iter().map(|remark| format!("\n{remark}\n")));
    out
}
