//! What the stage consists of: a table for each sort of thing that it has.

use super::Parts;
use crate::component::Group;
use crate::cost::Subtotal;
use crate::cost::render::amount_in_column;
use crate::graph::mermaid::draw;
use crate::graph::{Level, graph};
use crate::manifest::Provider;
use crate::markdown::{code, mermaid, table, text};
use crate::sheet::{Address, Listed, Published, Sheet, about, charges, fact, secret_commands};

/// The sections, in their order; nothing of what the stage has none of.
pub(super) fn sections(parts: &Parts<'_>) -> String {
    let sheet = Sheet::of(parts.model, parts.lowered, parts.linked);
    [
        diagram(parts),
        components(&sheet),
        databases(&sheet),
        secrets(&sheet),
        hosts(&sheet),
        outputs(&sheet),
        cost(parts, &sheet),
    ]
    .concat()
}

fn section(title: &str, body: String) -> String {
    if body.is_empty() { body } else { format!("\n## {title}\n{body}") }
}

fn diagram(parts: &Parts<'_>) -> String {
    let graph = graph(parts.model, parts.lowered, parts.linked, Level::Component);
    if graph.nodes.is_empty() { String::new() } else { section("Diagram", mermaid(&draw(&graph))) }
}

/// What a database is like in particular stands in a table of its own.
fn is_database(component: &Listed) -> bool {
    component.group == Group::Database && component.facts.iter().any(|fact| fact.name.is_some())
}

fn components(sheet: &Sheet) -> String {
    let row = |component: &Listed| {
        let told = component.facts.iter().filter(|fact| fact.name.is_none() || !is_database(component));
        let facts: Vec<String> = told.map(fact).collect();
        vec![code(&component.name), code(component.kind), text(&component.service), component.settings(&facts)]
    };
    // What others run is told below, with what it takes to use it.
    let own = sheet.components.iter().filter(|component| component.group != Group::External);
    let rows: Vec<_> = own.map(row).collect();
    section("Resource map", table(&["component", "kind", "AWS service", "settings"], &rows))
}

fn databases(sheet: &Sheet) -> String {
    let databases: Vec<&Listed> = sheet.components.iter().filter(|component| is_database(component)).collect();
    let mut columns: Vec<&str> = Vec::new();
    for name in databases.iter().flat_map(|database| &database.facts).filter_map(|fact| fact.name) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let row = |database: &&Listed| {
        let facts = columns.iter().map(|name| database.fact(name).map(text).unwrap_or_default());
        std::iter::once(code(&database.name)).chain(facts).chain([database.users()]).collect()
    };
    let heads = columns.iter().map(|name| name.to_lowercase());
    let heads: Vec<String> = std::iter::once("component".to_owned()).chain(heads).chain(["used by".into()]).collect();
    section("Database", table(&heads, &databases.iter().map(row).collect::<Vec<_>>()))
}

fn secrets(sheet: &Sheet) -> String {
    if sheet.secrets.is_empty() {
        return String::new();
    }
    let (stage, of) = (sheet.name(), sheet.stage.secrets_from.value.as_str());
    let rows: Vec<_> =
        sheet.secrets.iter().map(|secret| vec![code(&secret.name), text(&secret.purpose), secret.kept()]).collect();
    let mut body = String::new();
    if of != stage {
        body.push_str(&format!("\nThe values are those of `{of}`.\n"));
    }
    body.push_str(&table(&["secret", "for", "kept as"], &rows));
    body.push_str(&secret_commands(sheet, of));
    section("Secrets", body)
}

fn hosts(sheet: &Sheet) -> String {
    let row = |host: &Address| vec![code(&host.host), host.leads_to(), host.record().to_owned(), host.certificate()];
    let rows: Vec<_> = sheet.hosts.iter().map(row).collect();
    let mut body = table(&["host", "leads to", "record", "certificate"], &rows);
    if sheet.hosts.iter().any(|host| host.provider == Some(Provider::Cloudflare)) {
        body.push_str("\n`deploy.sh` sets the records, those that validate certificates too.\n");
    }
    section("Domains", body)
}

fn outputs(sheet: &Sheet) -> String {
    let row = |output: &Published| {
        let held = format!("{} of {} in {}", code(&output.output), code(&output.stack), output.region);
        vec![code(&output.label), output.value.as_deref().map(text).unwrap_or_default(), held]
    };
    let rows: Vec<_> = sheet.outputs.iter().map(row).collect();
    section("Outputs", table(&["output", "is", "held by"], &rows))
}

fn cost(parts: &Parts<'_>, sheet: &Sheet) -> String {
    let estimate = parts.estimate;
    if estimate.lines.is_empty() {
        return String::new();
    }
    let row = |of: &Subtotal| vec![code(&of.component), amount_in_column(of.amount), charges(estimate, &of.component)];
    // What is in no sum is named above.
    let mut rows: Vec<_> =
        estimate.components.iter().map(row).filter(|row| row.iter().all(|c| !c.is_empty())).collect();
    rows.push(vec!["**total**".to_owned(), format!("**{}**", amount_in_column(estimate.total))]);
    section("Cost", format!("{}{}", about(estimate, sheet.name()), table(&["component", "a month", "made of"], &rows)))
}
