//! Alarms of a queue.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Settings;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Count, Time, above, dead_letters, queue_name, seconds};

/// How long a message waits at most, in seconds, where nothing is written.
const LONGEST_WAIT: f64 = 300.0;

/// Alarms of a queue. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Messages that failed for good: more than 0 unless written. They wait in its queue of dead letters; in itself, if it is the
    /// queue that other components name for theirs.
    dead_letters: Choice<Count>,
    /// How long the oldest message waits, of a queue with a `consumer`: more than 300 seconds for five minutes unless written.
    age: Choice<Time>,
}

impl Alarms {
    /// The alarms of `queue`.
    pub(super) fn watched(&self, queue: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let name = on.identity();
        let own = queue.dead_letters.as_option().is_some_and(|dead| dead.to.is_none());
        let is_own = |to: &crate::setting::Setting<String>| to.value == on.name;
        let takes = on.neighbours.values().any(|other| other.interface.dead_letters.iter().any(is_own));
        let rule = "an alarm rings when messages have failed for good";
        let mut watched = Vec::new();
        if own && let Some(bound) = self.dead_letters.bound(on, rule, &[], 0.0) {
            let says = format!("Messages of {name} failed for good, and wait among its dead letters");
            watched.push(dead_letters(on, bound, queue_name(on, on.own("dead_letter_arn")), says));
        } else if takes && let Some(bound) = self.dead_letters.bound(on, rule, &[], 0.0) {
            let says = format!("What failed for good waits in {name}");
            watched.push(dead_letters(on, bound, on.own("name"), says));
        }
        let rule = "an alarm rings when messages wait for more than five minutes";
        if queue.consumer().is_some()
            && let Some(bound) = self.age.bound(on, rule, &[], LONGEST_WAIT)
        {
            let says = format!("The oldest message of {name} has waited for more than {}", seconds(bound.value));
            let oldest = Metric::sum("AWS/SQS", "ApproximateAgeOfOldestMessage", vec![("QueueName", on.own("name"))]);
            let measure = Measure::Metric(oldest.by("Maximum"));
            watched.push(above(on, "age", bound, measure, says).over(60, 5, 5));
        }
        watched
    }
}
