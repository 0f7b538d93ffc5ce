//! Alarms of an HTTP API.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Settings;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Percent, Time, above, seconds};
use crate::value::Value;

/// Requests in a minute below which their share of errors says nothing.
const LEAST_REQUESTS: u32 = 20;
/// Seconds that 95 of 100 answers take at most, where nothing is written.
const SLOW: f64 = 3.0;

/// Alarms of an HTTP API. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// The share of requests that are answered by an error of the server (5xx), where there are at least 20 in a minute: above 1 % unless
    /// written, in three of five minutes.
    errors: Choice<Percent>,
    /// How long the slowest 5 of 100 answers take at least: more than 3 seconds unless written, for a quarter of an hour.
    slow: Choice<Time>,
}

impl Alarms {
    /// The alarms of an API.
    pub(super) fn watched(&self, _: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let name = on.identity();
        let why = on.rule("the only stage of an HTTP API has this name", &[]);
        let dimensions = vec![("ApiId", on.own("id")), ("Stage", Value::text(why, "$default"))];
        let metric = |name| Metric::sum("AWS/ApiGateway", name, dimensions.clone());
        let mut watched = Vec::new();
        if let Some(bound) = self.errors.bound(on, "an alarm rings when more than 1 % of requests fail", &[], 1.0) {
            // REST APIs call it 5XXError (API Gateway Developer Guide, "Work with CloudWatch metrics for HTTP APIs").
            let measure = Measure::Share { part: metric("5xx"), whole: metric("Count"), least: LEAST_REQUESTS };
            let says =
                format!("More than {} % of the requests to {name} are answered by an error of the server", bound.value);
            watched.push(above(on, "errors", bound, measure, says));
        }
        if let Some(bound) = self.slow.bound(on, "an alarm rings when answers take more than 3 seconds", &[], SLOW) {
            let says = format!("5 of 100 answers of {name} take longer than {}", seconds(bound.value));
            let bound = on.setting("API Gateway counts in milliseconds", &[bound.origin], bound.value * 1000.0);
            let measure = Measure::Metric(metric("Latency").by("p95"));
            watched.push(above(on, "slow", bound, measure, says).over(300, 3, 3));
        }
        watched
    }
}
