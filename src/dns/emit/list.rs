//! What is wanted as a table, for a person who sets the records by hand.

use super::below;
use crate::dns::record::{Phase, Resolved};

/// What the name of a file has after the zone.
pub const ENDING: &str = ".list.txt";

/// The table.
#[must_use]
pub fn table(resolved: &Resolved) -> String {
    let row = |cells: [&str; 6]| cells.map(str::to_owned);
    let mut rows = vec![row(["name", "type", "content", "proxied", "ttl", "for"])];
    for record in &resolved.records {
        let name = below(&record.name, &resolved.zone);
        let ttl = record.ttl.map_or_else(|| "auto".to_owned(), |ttl| ttl.to_string());
        rows.push(row([
            if name.is_empty() { "@" } else { name },
            &record.record_type,
            &record.content,
            if record.proxied { "yes" } else { "no" },
            &ttl,
            &format!("{} ({})", record.id, purpose(record.phase)),
        ]));
    }
    let widths: Vec<usize> =
        (0..5).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
    let mut out = format!("The records of {} in {}\n\n", resolved.owner.text(), resolved.zone);
    for [name, record_type, content, proxied, ttl, reason] in &rows {
        let cells = [name, record_type, content, proxied, ttl].into_iter().zip(&widths);
        let cells: String = cells.map(|(cell, width)| format!("{cell:width$}  ")).collect();
        out.push_str(&format!("{cells}{reason}\n"));
    }
    let is_top = |record_type: &str| {
        resolved.records.iter().any(|record| record.name == resolved.zone && record.record_type == record_type)
    };
    if is_top("CNAME") {
        out.push_str(
            "\n@ is the zone itself. A CNAME may not stand there (RFC 1034, section 3.6.2): where the provider has ALIAS, ANAME or a \
             flattened CNAME, it is that.\n",
        );
    }
    if resolved.records.iter().any(|record| record.phase == Phase::Validation) {
        out.push_str("\nWhat validates a certificate stays for good: each renewal reads it again.\n");
    }
    if !resolved.pending.is_empty() {
        out.push_str("\nNot known yet:\n");
        resolved.pending.iter().for_each(|id| out.push_str(&format!("  {id}\n")));
    }
    out
}

fn purpose(phase: Phase) -> &'static str {
    match phase {
        Phase::Zone => "the whole zone",
        Phase::Validation => "validates a certificate",
        Phase::Hosts => "visitors",
    }
}
