//! Alarms of a cron.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Settings;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Count, above};

/// Alarms of a cron. They are made where the stage has a `monitoring`. What did not get through waits in its `dlq`, which has an alarm of
/// its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Requests to an address that failed for good: more than 0 in an hour unless written. A cron that goes to a component has no figure
    /// of its own: EventBridge Scheduler counts for all schedules together.
    failures: Choice<Count>,
}

impl Alarms {
    /// The alarms of `cron`.
    pub(super) fn watched(&self, cron: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let rule = "an alarm rings when a request has failed for good";
        let bound = self.failures.bound(on, rule, &[], 0.0).filter(|_| cron.to.value.url.is_some());
        let of = |bound| {
            let failed = Metric::sum("AWS/Events", "FailedInvocations", vec![("RuleName", on.own("name"))]);
            let says = format!("What {} asks for did not answer, or refused it", on.identity());
            above(on, "failures", bound, Measure::Metric(failed), says).over(3600, 1, 1)
        };
        bound.map(of).into_iter().collect()
    }
}
