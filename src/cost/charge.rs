//! What a resource is charged for: a price, and a quantity that the template says or that somebody must declare.

use std::borrow::Cow;

use serde::Serialize;

use super::seen::{Said, Seen, SeenResource, SeenStack};

/// How many hours AWS counts a month as in its own estimates.
pub const HOURS: f64 = 730.0;

/// The id that no price has.
const UNKNOWN: &str = "unknown";

/// Something between two figures; often both are the same.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
pub struct Range {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl Range {
    /// One figure.
    #[must_use]
    pub const fn exactly(figure: f64) -> Range {
        Range { low: figure, high: figure }
    }

    /// Each end by a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Range {
        Range { low: self.low * factor, high: self.high * factor }
    }

    /// The ends of two ranges by each other.
    #[must_use]
    pub fn by(self, other: Range) -> Range {
        Range { low: self.low * other.low, high: self.high * other.high }
    }

    /// The ends of two ranges together.
    #[must_use]
    pub fn plus(self, other: Range) -> Range {
        Range { low: self.low + other.low, high: self.high + other.high }
    }
}

/// A quantity that only those who run the stage know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usage {
    /// Its name in `usage`.
    pub name: &'static str,
    /// What it counts, a month.
    pub what: &'static str,
}

impl Usage {
    /// A quantity of that name.
    #[must_use]
    pub const fn of(name: &'static str, what: &'static str) -> Usage {
        Usage { name, what }
    }
}

/// How the resources of a type are charged.
#[derive(Debug)]
pub struct Rule {
    /// The type.
    pub resource_type: &'static str,
    /// What the local ids of such resources often end with, and what names of quantities leave out: `ServerLogs` and `log_gb` are
    /// `server_log_gb`.
    pub noun: &'static str,
    /// The quantities that may be declared.
    pub usage: &'static [Usage],
    /// The charges of one resource.
    pub charges: fn(&At<'_>) -> Vec<Charge>,
}

impl Rule {
    /// A rule for resources without quantities that may be declared.
    #[must_use]
    pub const fn of(resource_type: &'static str, charges: fn(&At<'_>) -> Vec<Charge>) -> Rule {
        Rule { resource_type, noun: "", usage: &[], charges }
    }

    /// The same with quantities.
    #[must_use]
    pub const fn used(self, usage: &'static [Usage]) -> Rule {
        Rule { usage, ..self }
    }

    /// The same with what local ids end with.
    #[must_use]
    pub const fn named(self, noun: &'static str) -> Rule {
        Rule { noun, ..self }
    }
}

/// How much of something is charged.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// The template says it.
    Known(Range),
    /// What is declared under these names, multiplied, and by a factor. Where nothing is declared and the template says the bounds,
    /// those of the first name.
    Used {
        /// The names.
        names: Vec<&'static str>,
        /// The factor.
        factor: f64,
        /// What the template says of the first name.
        bounds: Option<Range>,
    },
}

/// Something that a resource is charged for.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// What it is.
    pub what: Text,
    /// The id of its price.
    pub price: Text,
    /// What is counted, as it stands after a number.
    pub unit: &'static str,
    /// How much.
    pub quantity: Quantity,
    /// Where the price is for, unless it is the region of the stack.
    pub place: Option<&'static str>,
}

impl Charge {
    fn of(what: impl Into<Text>, price: impl Into<Text>, unit: &'static str, quantity: Quantity) -> Charge {
        Charge { what: what.into(), price: price.into(), unit, quantity, place: None }
    }

    /// A quantity that the template says.
    #[must_use]
    pub fn fixed(what: impl Into<Text>, price: impl Into<Text>, unit: &'static str, quantity: f64) -> Charge {
        Charge::between(what, price, unit, Range::exactly(quantity))
    }

    /// A quantity that the template says the ends of.
    #[must_use]
    pub fn between(what: impl Into<Text>, price: impl Into<Text>, unit: &'static str, quantity: Range) -> Charge {
        Charge::of(what, price, unit, Quantity::Known(quantity))
    }

    /// What is declared under the names, multiplied.
    #[must_use]
    pub fn used(what: impl Into<Text>, price: impl Into<Text>, unit: &'static str, names: &[Usage]) -> Charge {
        let names = names.iter().map(|usage| usage.name).collect();
        Charge::of(what, price, unit, Quantity::Used { names, factor: 1.0, bounds: None })
    }

    /// Something that costs, and of which no price was read.
    #[must_use]
    pub fn unknown(what: impl Into<Text>) -> Charge {
        Charge::of(what, UNKNOWN, "", Quantity::Known(Range::exactly(1.0)))
    }

    /// So many times that.
    #[must_use]
    pub fn times(mut self, by: f64) -> Charge {
        if let Quantity::Used { factor, .. } = &mut self.quantity {
            *factor = by;
        }
        self
    }

    /// What the template says of what may be declared: it lies within, and is anything of that where nothing is declared.
    #[must_use]
    pub fn within(mut self, range: Range) -> Charge {
        if let Quantity::Used { bounds, .. } = &mut self.quantity {
            *bounds = Some(range);
        }
        self
    }

    /// Priced elsewhere than in the region of its stack.
    #[must_use]
    pub fn in_place(self, place: &'static str) -> Charge {
        Charge { place: Some(place), ..self }
    }
}

/// A text that a rule writes or composes.
type Text = Cow<'static, str>;

/// A resource in its place.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// It.
    pub resource: &'a SeenResource<'a>,
    /// Its stack.
    pub stack: &'a SeenStack<'a>,
    /// Its stage.
    pub stage: &'a Seen<'a>,
    /// The region whose prices stand for those of the stage's own.
    pub home: &'a str,
}

impl<'a> At<'a> {
    /// A property.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<Said<'a>> {
        self.resource.properties?.at(path)
    }

    /// The number of a property.
    #[must_use]
    pub fn number(&self, path: &[&str]) -> Option<f64> {
        self.get(path)?.number()
    }

    /// The text of a property.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&'a str> {
        self.get(path)?.text()
    }

    /// Whether a property says yes.
    #[must_use]
    pub fn is(&self, path: &[&str]) -> bool {
        self.get(path).is_some_and(Said::is_true)
    }

    /// The items of a property.
    #[must_use]
    pub fn items(&self, path: &[&str]) -> Vec<Said<'a>> {
        self.get(path).map(Said::items).unwrap_or_default()
    }

    /// The resource of the same stack that a property refers to.
    #[must_use]
    pub fn referred(&self, path: &[&str]) -> Option<At<'a>> {
        self.beside(self.get(path)?.refers_to()?)
    }

    /// A resource of the same stack.
    #[must_use]
    pub fn beside(&self, id: &str) -> Option<At<'a>> {
        let (id, resource) = self.stack.resources.get_key_value(id)?;
        Some(At { id, resource, ..*self })
    }

    /// The resources of a type in the same stack.
    pub fn others(&self, resource_type: &str) -> impl Iterator<Item = At<'a>> {
        let all = self.stack.resources.iter().filter(move |(_, r)| r.resource_type == resource_type);
        all.map(|(id, resource)| At { id, resource, ..*self })
    }
}
