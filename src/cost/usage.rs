//! What is declared under `usage`, and what each name there is of.

use std::collections::{BTreeMap, BTreeSet};

use super::charge::{At, Charge, Quantity, Range, Rule};

/// What is declared: quantities by component and name.
pub type Declared = BTreeMap<String, BTreeMap<String, Range>>;

/// What may be declared of one component, by the name of the quantity: the resources that have it.
pub(super) type Slots<'a> = BTreeMap<&'a str, BTreeMap<&'static str, BTreeSet<String>>>;

/// A resource with its charges.
pub(super) struct Charged<'a> {
    /// It.
    pub(super) at: At<'a>,
    /// What names of its quantities begin with, where a component has several; empty for the component itself.
    pub(super) label: String,
    /// What it is charged for.
    pub(super) charges: Vec<Charge>,
}

impl<'a> Charged<'a> {
    pub(super) fn of(at: At<'a>, rule: &Rule) -> Charged<'a> {
        let local = at.resource.owner.1;
        let rest = local.strip_suffix(rule.noun).filter(|rest| !rest.is_empty());
        let label = if local == "Self" { String::new() } else { snake_case(rest.unwrap_or(local)) };
        Charged { at, label, charges: (rule.charges)(&at) }
    }

    /// The component.
    pub(super) fn component(&self) -> &'a str {
        self.at.resource.owner.0
    }

    /// The quantities that may be declared of it.
    pub(super) fn quantities(&self) -> impl Iterator<Item = (&'static str, Option<Range>)> {
        self.charges.iter().flat_map(|charge| match &charge.quantity {
            Quantity::Known(_) => Vec::new(),
            Quantity::Used { names, bounds, .. } => {
                names.iter().enumerate().map(|(i, name)| (*name, bounds.filter(|_| i == 0))).collect()
            }
        })
    }
}

/// What may be declared of each component.
pub(super) fn slots<'a>(charged: &[Charged<'a>]) -> Slots<'a> {
    let mut slots: Slots<'a> = BTreeMap::new();
    for of in charged {
        for (name, _) in of.quantities() {
            slots.entry(of.component()).or_default().entry(name).or_default().insert(of.label.clone());
        }
    }
    slots
}

/// The names under which a quantity of a resource may be declared; the one that is shown first. A plain name is of the component
/// itself, or of the only resource that has such a quantity.
pub(super) fn names(slots: &Slots<'_>, component: &str, label: &str, quantity: &str) -> Vec<String> {
    let labels = slots.get(component).and_then(|quantities| quantities.get(quantity));
    let long = format!("{label}_{quantity}");
    match (label.is_empty(), labels.map_or(0, BTreeSet::len)) {
        (true, _) => vec![quantity.to_owned()],
        (false, 1) => vec![quantity.to_owned(), long],
        (false, _) => vec![long],
    }
}

/// `NatAddress1` as `nat_address_1`.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() || c.is_ascii_digit() && !before.is_ascii_digit();
        if starts && before != '_' && !(c.is_ascii_uppercase() && before.is_ascii_uppercase()) {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        before = c;
    }
    out
}
