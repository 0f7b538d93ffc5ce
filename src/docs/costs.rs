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
        let charged: Vec<String> = deployed.iter().map(|told| charges(&told.estimate, name)).collect();
        let amount = |((sums, charged), told): ((&Vec<(String, _)>, &String), &&Told)| match sums
            .iter()
            .find(|(of, _)| of == name)
        {
            // Of what is paid by use and not declared there is no sum, nor of what has no known price.
            Some(_) if charged.is_empty() && is_declared(told, name) => "not known".to_owned(),
            Some(_) if charged.is_empty() => "by use".to_owned(),
            Some((_, amount)) => amount_in_column(*amount),
            None => String::new(),
        };
        let amounts = sums.iter().zip(&charged).zip(&deployed).map(amount);
        let made_of = charged.iter().find(|charges| !charges.is_empty()).cloned();
        std::iter::once(code(name)).chain(amounts).chain([made_of.unwrap_or_default()]).collect()
    };
    let mut rows: Vec<Vec<String>> = known.iter().map(row).collect();
    let totals = deployed.iter().map(|told| format!("**{}**", amount_in_column(told.estimate.total)));
    rows.push(std::iter::once("**total**".to_owned()).chain(totals).collect());
    let heads = deployed.iter().map(|told| told.title());
    let heads: Vec<String> =
        std::iter::once("component".to_owned()).chain(heads).chain(["made of".to_owned()]).collect();
    format!("{}{}", about(&first.estimate, &first.name), table(&heads, &rows))
}

/// Whether every quantity of a component is known.
fn is_declared(told: &Told, component: &str) -> bool {
    told.estimate.lines.iter().filter(|line| line.component == component).all(|line| line.quantity.is_some())
}
