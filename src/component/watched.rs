//! What is worth an alarm: the figures that a component says tell how it does, and where each of them stops being good.
//!
//! A component knows its metrics; `monitoring` makes alarms and a dashboard of them, and knows no kind.

use crate::setting::Setting;
use crate::value::Value;

/// A figure of a component, and where it stops being good, if that is known of it.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The alarm's name in the manifest: `errors`.
    pub name: String,
    /// What it means when the alarm rings, for whoever is woken by it.
    pub says: String,
    /// The region that the figure is kept in.
    pub region: String,
    /// The figure.
    pub measure: Measure,
    /// Where it stops being good, in the figure's own unit; none of what is only looked at.
    pub threshold: Option<Setting<f64>>,
    /// Whether it is bad below the threshold, rather than above it.
    pub below: bool,
    /// Over how many seconds the figure is taken: a multiple of 60.
    pub period: u32,
    /// How many of the last periods must be bad: so many, of so many.
    pub bad: (u32, u32),
    /// Whether silence is bad as well.
    pub silence_is_bad: bool,
    /// What EC2 does with the instance when the alarm rings: `recover` starts it on other hardware, `reboot` where it is.
    pub mends: Option<&'static str>,
}

/// How a figure is made.
#[derive(Debug, Clone)]
pub enum Measure {
    /// A metric as AWS publishes it.
    Metric(Metric),
    /// How many in a hundred: `part` of `whole`, where there are at least so many of the whole.
    Share {
        /// What is counted.
        part: Metric,
        /// Of what.
        whole: Metric,
        /// Below this it says nothing: one of two is no half of all.
        least: u32,
    },
    /// Several metrics together.
    Sum(Metric, Metric),
    /// What lines of a log say.
    Log {
        /// The log group.
        group: Value,
        /// Which lines (Amazon CloudWatch Logs User Guide, "Filter pattern syntax").
        pattern: String,
        /// What each of them counts: a number, or where in the line one stands.
        value: String,
        /// How those of a period become one: `Sum`, `Maximum`.
        statistic: &'static str,
    },
}

/// A metric as AWS publishes it.
#[derive(Debug, Clone)]
pub struct Metric {
    /// Whose it is: `AWS/Lambda`.
    pub namespace: &'static str,
    /// Its name there: `Errors`.
    pub name: &'static str,
    /// What it is of.
    pub dimensions: Vec<(&'static str, Value)>,
    /// How the figures of a period become one: `Sum`, `Average`, `Maximum`, `Minimum`, or a percentile such as `p95`.
    pub statistic: &'static str,
}
