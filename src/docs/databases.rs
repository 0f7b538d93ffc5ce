//! Databases: what each is like on each stage.

use super::resources::running;
use super::{Product, Told, merge};
use crate::component::{Fact, Group};
use crate::graph::mermaid::lines as label;
use crate::markdown::{code, mermaid, table, text};
use crate::sheet::Listed;

/// The section; nothing where no stage has a database.
pub(super) fn section(product: &Product) -> String {
    let names = merge::all(product.deployed().map(|told| told.databases().map(|d| d.name.as_str()).collect()));
    if names.is_empty() {
        return String::new();
    }
    format!("{}{}", diagram(product, &names), settings(product, &names))
}

impl Told {
    fn databases(&self) -> impl Iterator<Item = &Listed> {
        self.sheet.components.iter().filter(|component| component.group == Group::Database)
    }
}

fn diagram(product: &Product, names: &[&str]) -> String {
    let mut lines = vec!["graph LR".to_owned()];
    for (at, told) in product.all.iter().enumerate() {
        let nodes: Vec<String> = names.iter().filter_map(|name| node(told, name)).collect();
        if nodes.is_empty() {
            continue;
        }
        lines.push(format!("  subgraph stage{at}[{}]", label([&told.name])));
        lines.extend(nodes.iter().enumerate().map(|(of, node)| format!("    stage{at}db{of}[{node}]")));
        lines.push("  end".to_owned());
    }
    mermaid(&lines.join("\n"))
}

fn node(told: &Told, name: &str) -> Option<String> {
    if let Some(local) = &told.local {
        return running(local, name).map(|running| label(std::iter::once(name.to_owned()).chain(running.lines())));
    }
    let database = told.databases().find(|database| database.name == name)?;
    let facts = database.facts.iter().map(|fact| match fact.name {
        Some(name) => format!("{name}: {}", fact.value),
        None => fact.value.clone(),
    });
    Some(label([database.name.clone(), database.service.clone()].into_iter().chain(facts)))
}

/// What its settings are on each stage.
fn settings(product: &Product, names: &[&str]) -> String {
    let deployed: Vec<&Told> = product.deployed().collect();
    let mut rows = Vec::new();
    for name in names {
        let of = |told: &&Told| told.databases().find(|database| database.name == *name).map(|d| d.facts.clone());
        let facts: Vec<Vec<Fact>> = deployed.iter().map(|told| of(told).unwrap_or_default()).collect();
        let subjects = merge::all(facts.iter().map(|facts| facts.iter().filter_map(|fact| fact.name).collect()));
        for subject in subjects {
            let value = |facts: &Vec<Fact>| facts.iter().find(|f| f.name == Some(subject)).map(|f| text(&f.value));
            let cells = facts.iter().map(|facts| value(facts).unwrap_or_default());
            rows.push([code(name), subject.to_owned()].into_iter().chain(cells).collect());
        }
    }
    let heads = deployed.iter().map(|told| told.title());
    let heads: Vec<String> = ["database", "setting"].map(str::to_owned).into_iter().chain(heads).collect();
    table(&heads, &rows)
}
