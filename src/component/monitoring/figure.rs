//! Figures: what components say of themselves and what the monitoring itself looks at, as CloudWatch computes them.

use std::borrow::Cow;

use crate::component::{Context, Measure, Metric, Watched, pascal};
use crate::value::Value;

/// What expressions call what comes out of them.
pub(super) const RESULT: &str = "figure";

/// A figure, and where it belongs.
pub(super) struct Figure<'a> {
    /// What it is of, by the name that identifies that component in AWS.
    pub of: &'a str,
    /// What local ids of its alarm begin with.
    pub scope: String,
    /// The name of the metric that is made for it, where its own is none.
    pub metric: String,
    /// Whether the monitoring itself says it: it is then made, though no alarm rings and no dashboard shows it.
    pub is_own: bool,
    /// What is known of it.
    pub watched: Cow<'a, Watched>,
}

/// How CloudWatch gets at a figure.
pub(super) enum Made<'a> {
    /// It is kept.
    Kept(Series<'a>),
    /// It is computed of what is kept, each by the name that the expression has for it.
    Computed {
        /// The expression of metric math.
        expression: String,
        /// What comes out.
        label: &'static str,
        /// What goes in.
        of: [(&'static str, Series<'a>); 2],
    },
}

/// A metric and how its figures of a period become one.
pub(super) struct Series<'a> {
    pub namespace: Cow<'a, str>,
    pub name: &'a str,
    pub dimensions: &'a [(&'static str, Value)],
    pub statistic: &'static str,
}

impl<'a> Series<'a> {
    fn of(metric: &'a Metric) -> Series<'a> {
        Series {
            namespace: Cow::Borrowed(metric.namespace),
            name: metric.name,
            dimensions: &metric.dimensions,
            statistic: metric.statistic,
        }
    }
}

impl Figure<'_> {
    /// The namespace of the metric that is made for it. The monitoring's own metrics have one of their own: people name those, and
    /// two filters of one name would count into one figure.
    pub fn namespace(&self, on: &Context<'_>) -> String {
        let of_components = if self.is_own { "" } else { "/components" };
        format!("{}/{}{of_components}", on.project.value, on.stage.name.value)
    }

    /// How CloudWatch gets at it.
    pub fn made(&self, on: &Context<'_>) -> Made<'_> {
        match &self.watched.measure {
            Measure::Metric(metric) => Made::Kept(Series::of(metric)),
            Measure::Share { part, whole, least } => Made::Computed {
                expression: format!("IF(whole >= {least}, 100 * part / whole, 0)"),
                label: "Percent",
                of: [("part", Series::of(part)), ("whole", Series::of(whole))],
            },
            Measure::Sum(one, other) => Made::Computed {
                expression: "FILL(one, 0) + FILL(other, 0)".to_owned(),
                label: "Together",
                of: [("one", Series::of(one)), ("other", Series::of(other))],
            },
            Measure::Log { statistic, .. } => Made::Kept(Series {
                namespace: Cow::Owned(self.namespace(on)),
                name: &self.metric,
                dimensions: &[],
                statistic,
            }),
        }
    }
}

/// What components say of themselves.
pub(super) fn of_components<'a>(on: &Context<'a>) -> impl Iterator<Item = Figure<'a>> {
    let neighbours = on.neighbours;
    on.watched.iter().flat_map(move |(name, watched)| {
        let of = neighbours.get(name).map_or(name.as_str(), |n| n.identity.as_str());
        watched.iter().map(move |watched| {
            let scope = format!("{of}{}", pascal(&watched.name));
            Figure { of, metric: scope.clone(), scope, is_own: false, watched: Cow::Borrowed(watched) }
        })
    })
}
