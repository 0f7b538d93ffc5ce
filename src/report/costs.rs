//! What a stage costs a month, in the words of `cost`.

use serde::Serialize;

use super::tables::{Tables, TextId};
use crate::cost::render::{WITHOUT, amount_in_column, product};
use crate::cost::{self, Estimate, Range};

/// The estimate of a stage.
#[derive(Debug, Serialize)]
pub(super) struct Costs {
    region: String,
    /// The day on which prices were read.
    read: &'static str,
    total: Money,
    components: Vec<(String, Money)>,
    lines: Vec<Line>,
    /// Component, type and count of what no rule knows.
    not_estimated: Vec<(String, String, usize)>,
    /// What it leaves out.
    without: &'static str,
}

/// An amount as it is shown, and its ends, in USD.
#[derive(Debug, Serialize)]
struct Money(String, f64, f64);

impl Money {
    fn of(range: Range) -> Money {
        Money(amount_in_column(range), range.low, range.high)
    }
}

/// Something that is charged.
#[derive(Debug, Serialize)]
struct Line {
    component: TextId,
    what: TextId,
    place: TextId,
    /// How much of it at which price.
    product: TextId,
    /// Whether its quantity is known.
    declared: bool,
    amount: Option<Money>,
    /// The names under which its quantities are declared, or may be.
    usage: Vec<TextId>,
    /// The month and the address of the document that its price was read in.
    source: Option<(TextId, TextId)>,
    /// The other place that the price was read for.
    assumed: Option<TextId>,
}

/// Tells of an estimate.
pub(super) fn costs(estimate: &Estimate, tables: &mut Tables) -> Costs {
    let subtotal = |of: &cost::Subtotal| (of.component.clone(), Money::of(of.amount));
    let unknown = |of: &cost::NotEstimated| (of.component.clone(), of.resource_type.clone(), of.count);
    Costs {
        region: estimate.region.clone(),
        read: estimate.read,
        total: Money::of(estimate.total),
        components: estimate.components.iter().map(subtotal).collect(),
        lines: estimate.lines.iter().map(|of| line(of, tables)).collect(),
        not_estimated: estimate.not_estimated.iter().map(unknown).collect(),
        without: WITHOUT,
    }
}

fn line(of: &cost::Line, tables: &mut Tables) -> Line {
    let price = of.price.as_ref();
    Line {
        component: tables.text(&of.component),
        what: tables.text(&of.what),
        place: tables.text(&of.place),
        product: tables.text(&product(of)),
        declared: of.quantity.is_some(),
        amount: of.amount.map(Money::of),
        usage: of.usage.iter().map(|name| tables.text(name)).collect(),
        source: price.map(|price| (tables.text(price.price.dated), tables.text(price.price.url))),
        assumed: price.and_then(|price| price.assumed).map(|place| tables.text(place)),
    }
}
