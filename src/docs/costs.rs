//! Costs: what each component comes to a month, on each stage.

use super::{Product, Told, merge};
use crate::cost::render::amount_in_column;
use crate::markdown::{code, table};
use crate::sheet::{about, charges};

/// The section.
pub(super) fn section(product: &Product) -> String {
    let deployed: Vec<&Told> = product.deployed().filter(|told| !told.estimate.lines.is_empty()).collect();
    let Some(first) = deployed.first() else { return String::new() };
    let of =
        |told: &&Told| told.estimate.components.iter().map(|of| (of.component.clone(), of.amount)).collect::<Vec<_>>();
    let sums: Vec<Vec<_>> = deployed.iter().map(of).collect();
    let known = merge::all(sums.iter().map(|sums| sums.iter().map(|(name, _)| name.as_str()).collect()));
    let row = |name: &&str| {
        let amount = |sums: &Vec<(String, _)>| {
            let found = sums.iter().find(|(component, _)| component == name);
            found.map(|(_, amount)| amount_in_column(*amount)).unwrap_or_default()
        };
        let notes = deployed.iter().map(|told| charges(&told.estimate, name)).find(|notes| !notes.is_empty());
        std::iter::once(code(name)).chain(sums.iter().map(amount)).chain([notes.unwrap_or_default()]).collect()
    };
    let mut rows: Vec<Vec<String>> = known.iter().map(row).collect();
    let totals = deployed.iter().map(|told| format!("**{}**", amount_in_column(told.estimate.total)));
    rows.push(std::iter::once("**total**".to_owned()).chain(totals).collect());
    let heads = deployed.iter().map(|told| told.title());
    let heads: Vec<String> =
        std::iter::once("component".to_owned()).chain(heads).chain(["made of".to_owned()]).collect();
    format!("{}{}", about(&first.estimate, &first.name), table(&heads, &rows))
}
