//! The estimate: charges with their prices, by component.

use std::collections::BTreeMap;

use serde::Serialize;

use super::charge::{At, Charge, Quantity, Range};
use super::price::{self, Price};
use super::rules;
use super::seen::Seen;
use super::usage::{Charged, Declared, Slots, names, slots};

/// The name under which what belongs to no component is listed.
const OF_THE_STAGE: &str = "secrets";

/// What a stage costs a month.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The region whose prices stand for those of the stage's own.
    pub region: String,
    /// The day on which prices were read.
    pub read: &'static str,
    /// What is charged, by component; within one the dearest first, and last what is not declared.
    pub lines: Vec<Line>,
    /// The sum of each component.
    pub components: Vec<Subtotal>,
    /// The sum of all.
    pub total: Range,
    /// Resources of which nothing is known.
    pub not_estimated: Vec<NotEstimated>,
}

/// The sum of a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subtotal {
    /// Its name.
    pub component: String,
    /// The sum.
    pub amount: Range,
}

/// Something that is charged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The component.
    pub component: String,
    /// What it is.
    pub what: String,
    /// The region, or the area of the world, whose price it has.
    pub place: String,
    /// How much of it; none where it is not declared.
    pub quantity: Option<Range>,
    /// What is counted.
    pub unit: &'static str,
    /// The names under which its quantities are declared, or may be.
    pub usage: Vec<String>,
    /// The name of its price.
    pub price_id: String,
    /// Its price; none where it is not known.
    pub price: Option<Priced>,
    /// What it comes to, in USD a month; none where the quantity or the price is not known.
    pub amount: Option<Range>,
}

/// A price as a line has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Priced {
    /// The price.
    #[serde(flatten)]
    pub price: &'static Price,
    /// The other place that it was read for, where it was not read for that of the line.
    pub assumed: Option<&'static str>,
}

/// Resources of a type that has no rule and is not known to cost nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotEstimated {
    /// The component.
    pub component: String,
    /// The type.
    pub resource_type: String,
    /// How many there are.
    pub count: usize,
}

/// A stage's resources with their charges.
pub struct Bill<'a> {
    /// The region of everything that is not bound to another.
    home: &'a str,
    /// The region whose prices stand for those of that one.
    region: &'a str,
    keeps_secret: bool,
    charged: Vec<Charged<'a>>,
    not_estimated: Vec<NotEstimated>,
    slots: Slots<'a>,
}

impl<'a> Bill<'a> {
    /// The charges of a stage, at the prices of `region` in the place of those of its own.
    #[must_use]
    pub fn of(seen: &'a Seen<'a>, region: Option<&'a str>) -> Bill<'a> {
        let region = region.unwrap_or(seen.home);
        let (mut charged, mut unknown) = (Vec::new(), BTreeMap::<(&str, &str), usize>::new());
        for stack in &seen.stacks {
            for (id, resource) in &stack.resources {
                let at = At { id, resource, stack, stage: seen, home: region };
                match rules::of(resource.resource_type) {
                    Some(rule) => charged.push(Charged::of(at, rule)),
                    None if price::free(resource.resource_type).is_some() => {}
                    None => *unknown.entry((resource.owner.0, resource.resource_type)).or_default() += 1,
                }
            }
        }
        let unknown = unknown.into_iter().map(|((component, resource_type), count)| NotEstimated {
            component: component.to_owned(),
            resource_type: resource_type.to_owned(),
            count,
        });
        let (not_estimated, slots) = (unknown.collect(), slots(&charged));
        Bill { home: seen.home, region, keeps_secret: seen.keeps_secret, charged, not_estimated, slots }
    }

    /// What may be declared of each component.
    pub(super) fn slots(&self) -> &Slots<'a> {
        &self.slots
    }

    /// The resources with charges.
    pub(super) fn charged(&self) -> &[Charged<'a>] {
        &self.charged
    }

    /// The estimate with what is declared.
    #[must_use]
    pub fn estimate(self, declared: &Declared) -> Estimate {
        // `deploy.sh` asks for it, and no template makes it.
        let secret = Charge::fixed("Secret", "secrets_manager.secret_month", "secrets", 1.0);
        let mut lines = Lines::default();
        for of in &self.charged {
            let own = of.at.stack.region;
            let place = if own == self.home { self.region } else { own };
            for charge in &of.charges {
                let (quantity, usage) = quantity(charge, of, &self.slots, declared);
                lines.add(of.component(), charge, charge.place.unwrap_or(place), quantity, usage);
            }
        }
        if self.keeps_secret {
            lines.add(OF_THE_STAGE, &secret, self.region, Some(Range::exactly(1.0)), Vec::new());
        }
        let lines = lines.priced();
        let mut components: Vec<Subtotal> = Vec::new();
        for line in &lines {
            let amount = line.amount.unwrap_or_default();
            match components.last_mut().filter(|last| last.component == line.component) {
                Some(last) => last.amount = last.amount.plus(amount),
                None => components.push(Subtotal { component: line.component.clone(), amount }),
            }
        }
        let total = components.iter().fold(Range::default(), |sum, of| sum.plus(of.amount));
        let (region, read) = (self.region.to_owned(), price::read());
        Estimate { region, read, lines, components, total, not_estimated: self.not_estimated }
    }
}

/// How much of a charge there is, if it is known, and the names under which that may be declared.
fn quantity(charge: &Charge, of: &Charged<'_>, slots: &Slots<'_>, declared: &Declared) -> (Option<Range>, Vec<String>) {
    let (quantities, factor, bounds) = match &charge.quantity {
        Quantity::Known(range) => return (Some(*range), Vec::new()),
        Quantity::Used { names, factor, bounds } => (names, *factor, *bounds),
    };
    let said = declared.get(of.component());
    let (mut product, mut shown) = (Some(Range::exactly(1.0)), Vec::new());
    for (i, quantity) in quantities.iter().enumerate() {
        let names = names(slots, of.component(), &of.label, quantity);
        let range = names.iter().find_map(|name| said?.get(name)).copied().or(bounds.filter(|_| i == 0));
        product = product.and_then(|product| Some(product.by(range?)));
        shown.extend(names.into_iter().next());
    }
    (product.map(|product| product.times(factor)), shown)
}

/// Lines on their way: what is charged alike of several resources of a component is one.
#[derive(Default)]
struct Lines<'a> {
    lines: BTreeMap<Key<'a>, Of<'a>>,
}

/// Component, what, place, price, and whether the quantity is known: what is declared of one resource says nothing of another.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str, bool);

struct Of<'a> {
    charge: &'a Charge,
    quantity: Option<Range>,
    usage: Vec<String>,
}

impl<'a> Lines<'a> {
    fn add(
        &mut self,
        component: &'a str,
        charge: &'a Charge,
        place: &'a str,
        quantity: Option<Range>,
        usage: Vec<String>,
    ) {
        let key = (component, charge.what.as_ref(), place, charge.price.as_ref(), quantity.is_some());
        let of = self.lines.entry(key).or_insert_with(|| Of {
            charge,
            quantity: quantity.map(|_| Range::default()),
            usage: Vec::new(),
        });
        of.quantity = of.quantity.and_then(|sum| Some(sum.plus(quantity?)));
        for name in usage {
            if !of.usage.contains(&name) {
                of.usage.push(name);
            }
        }
    }

    fn priced(self) -> Vec<Line> {
        let mut lines: Vec<Line> = self
            .lines
            .into_iter()
            .map(|((component, what, place, id, _), mut of)| {
                let found = price::price(id, place).map(|(price, assumed)| Priced { price, assumed });
                let amount = of.quantity.zip(found.as_ref()).map(|(quantity, found)| found.price.of(quantity));
                // Names of the same resource stand together, whatever order its stacks gave them.
                of.usage.sort();
                Line {
                    component: component.to_owned(),
                    what: what.to_owned(),
                    place: place.to_owned(),
                    quantity: of.quantity,
                    unit: of.charge.unit,
                    usage: of.usage,
                    price_id: id.to_owned(),
                    price: found,
                    amount,
                }
            })
            .collect();
        let high = |line: &Line| line.amount.map_or(-1.0, |amount| amount.high);
        lines.sort_by(|a, b| a.component.cmp(&b.component).then_with(|| high(b).total_cmp(&high(a))));
        lines
    }
}
