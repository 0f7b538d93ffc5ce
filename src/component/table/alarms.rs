//! Alarms of a table.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Settings;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Count, above};

/// Alarms of a table. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Reads and writes that were refused because they were too many: more than 0 in three of five minutes unless written.
    throttles: Choice<Count>,
}

impl Alarms {
    /// The alarms of a table.
    pub(super) fn watched(&self, _: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let bound = self.throttles.bound(on, "an alarm rings when reads or writes are refused", &[], 0.0);
        let metric = |name| Metric::sum("AWS/DynamoDB", name, vec![("TableName", on.own("name"))]);
        let of = |bound| {
            // `ThrottledRequests` is kept by operation only.
            let measure = Measure::Sum(metric("ReadThrottleEvents"), metric("WriteThrottleEvents"));
            let says = format!("Reads or writes of {} are refused, because they are too many", on.identity());
            above(on, "throttles", bound, measure, says)
        };
        bound.map(of).into_iter().collect()
    }
}
