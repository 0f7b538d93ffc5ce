//! Hosts: what each leads to, on every stage.

use super::{Product, Told};
use crate::graph::mermaid::lines as label;
use crate::markdown::{code, mermaid, table};
use crate::sheet::Address;

/// The section; nothing where nothing answers to a host.
pub(super) fn section(product: &Product) -> String {
    let all: Vec<(&Told, &Address)> =
        product.deployed().flat_map(|told| told.sheet.hosts.iter().map(move |host| (told, host))).collect();
    if all.is_empty() {
        return String::new();
    }
    let row = |(told, host): &(&Told, &Address)| {
        vec![code(&host.host), told.title(), host.leads_to(), host.record().to_owned(), host.certificate()]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    format!("{}{}", diagram(&all), table(&["domain", "stage", "points to", "record", "certificate"], &rows))
}

/// Hosts by who answers for their records, and the components that they lead to.
fn diagram(all: &[(&Told, &Address)]) -> String {
    let mut records: Vec<&str> = Vec::new();
    let mut targets: Vec<(&str, &Address)> = Vec::new();
    let same = |(stage, known): &(&str, &Address), told: &Told, host: &Address| {
        *stage == told.name && known.component == host.component && known.behind == host.behind
    };
    for (told, host) in all {
        if !records.contains(&host.record()) {
            records.push(host.record());
        }
        if !targets.iter().any(|known| same(known, told, host)) {
            targets.push((&told.name, host));
        }
    }
    let mut lines = vec!["graph LR".to_owned()];
    for (at, record) in records.iter().enumerate() {
        lines.push(format!("  subgraph record{at}[{}]", label([record])));
        for (number, (_, host)) in all.iter().enumerate().filter(|(_, (_, host))| host.record() == *record) {
            lines.push(format!("    host{number}[{}]", label([&host.host])));
        }
        lines.push("  end".to_owned());
    }
    for (number, (stage, host)) in targets.iter().enumerate() {
        let behind = host.behind.join(", ");
        let shown = [&host.component, host.entrance, &behind, stage];
        lines.push(format!("  to{number}[{}]", label(shown.iter().filter(|line| !line.is_empty()))));
    }
    for (number, (told, host)) in all.iter().enumerate() {
        let target = targets.iter().position(|known| same(known, told, host));
        lines.extend(target.map(|target| format!("  host{number} --> to{target}")));
    }
    mermaid(&lines.join("\n"))
}
