//! Alarms of a Lambda function, whoever makes it: a `function`, or a site for its server.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Choice, Count, Percent, Time, above, seconds};
use crate::component::{Context, Measure, Metric, Watched};
use crate::diag::{Code, Diagnostic};
use crate::setting::{Megabytes, Seconds, Setting};
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN588];

/// `CFN588`: an alarm that never rings.
pub const CFN588: Code = Code {
    id: "CFN588",
    explanation: "an alarm waits for calls that take longer than calls can take\n\n\
        Lambda ends a call at its `timeout`, so that none takes longer: `slow` with as many seconds, or more, never rings. Calls that are \
        ended have an alarm of their own, `timeouts`.",
};

/// Calls in a minute below which their share of errors says nothing.
const LEAST_CALLS: u32 = 20;

/// Alarms of a function. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FunctionAlarms {
    /// The share of calls that fail, where there are at least 20 in a minute: above 1 % unless written, in three of five minutes.
    errors: Choice<Percent>,
    /// The share of calls of an hour that fail, however few there are: above 50 % unless written. What is called by a schedule or a queue
    /// has no 20 calls in a minute.
    failing: Choice<Percent>,
    /// How long the slowest 5 of 100 calls take at least: above 60 % of `timeout` unless written, for a quarter of an hour.
    slow: Choice<Time>,
    /// Calls that were ended at their `timeout`: more than 0 in five minutes unless written. Read from the log.
    timeouts: Choice<Count>,
    /// The memory that a call used at most: above 90 % of `memory` unless written. Read from the log.
    memory: Choice<Percent>,
    /// Calls that were refused because too many run: more than 0 in two of five minutes unless written.
    throttles: Choice<Count>,
}

/// What is watched of a function.
#[derive(Debug)]
pub struct Function {
    /// What the names of its alarms end with: nothing, or `_of_server`.
    pub suffix: &'static str,
    /// What it is in a sentence: its name, or `the server of Shop`.
    pub what: String,
    /// Its name in AWS.
    pub name: Value,
    /// The group of its log, in JSON.
    pub log_group: Value,
    /// How long a call may take.
    pub timeout: Setting<Seconds>,
    /// Its memory.
    pub memory: Setting<Megabytes>,
}

/// Reports a bound that no call reaches.
fn check_slow(on: &Context<'_>, function: &Function, bound: Setting<f64>) {
    let timeout = f64::from(function.timeout.value.0);
    if bound.value < timeout {
        return;
    }
    let title = format!("the alarm `slow` of `{}` never rings", on.name);
    let label = format!("calls are ended after {}", seconds(timeout));
    on.report(
        on.at(Diagnostic::warning(CFN588, title), bound.origin, &label)
            .context_if_known(on.origins, Some(function.timeout.origin), "this is how long they may take")
            .help(format!("write less than `{timeout}`, or leave it out for 60 % of it")),
    );
}

impl FunctionAlarms {
    /// Its alarms.
    #[must_use]
    pub fn watched(&self, on: &Context<'_>, function: &Function) -> Vec<Watched> {
        let what = &function.what;
        let metric = |name| Metric::sum("AWS/Lambda", name, vec![("FunctionName", function.name.clone())]);
        let mut watched = Vec::new();
        if let Some(bound) = self.errors.bound(on, "an alarm rings when more than 1 % of calls fail", &[], 1.0) {
            let measure = Measure::Share { part: metric("Errors"), whole: metric("Invocations"), least: LEAST_CALLS };
            let says = format!("More than {} % of the calls of {what} fail", bound.value);
            watched.push(above(on, "errors", bound, measure, says));
        }
        let rule = "an alarm rings when more than half of the calls of an hour fail";
        if let Some(bound) = self.failing.bound(on, rule, &[], 50.0) {
            let measure = Measure::Share { part: metric("Errors"), whole: metric("Invocations"), least: 1 };
            let says = format!("More than {} % of the calls of {what} have failed for an hour", bound.value);
            watched.push(above(on, "failing", bound, measure, says).over(3600, 1, 1));
        }
        let rule = "an alarm rings when calls take more than 60 % of the timeout";
        let usual = f64::from(function.timeout.value.0) * 0.6;
        if let Some(bound) = self.slow.bound(on, rule, &[function.timeout.origin], usual) {
            let says = format!("5 of 100 calls of {what} take longer than {}", seconds(bound.value));
            check_slow(on, function, bound);
            // Lambda counts in milliseconds. To the last digit: 0.6 of a second is a number of them.
            let bound = on.setting(rule, &[bound.origin], (bound.value * 1000.0).round());
            let measure = Measure::Metric(metric("Duration").by("p95"));
            watched.push(above(on, "slow", bound, measure, says).over(300, 3, 3));
        }
        let log = |pattern: &str, value: &str, statistic| Measure::Log {
            group: function.log_group.clone(),
            pattern: pattern.to_owned(),
            value: value.to_owned(),
            statistic,
        };
        // What Lambda itself writes at the end of each call, where the log is in JSON (Lambda Developer Guide, "Lambda Telemetry
        // API Event schema reference", platform.report).
        if let Some(bound) = self.timeouts.bound(on, "an alarm rings when calls are ended at their timeout", &[], 0.0) {
            let pattern = "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }";
            let after = f64::from(function.timeout.value.0);
            let says = format!("Calls of {what} were ended after {}, before they were done", seconds(after));
            watched.push(above(on, "timeouts", bound, log(pattern, "1", "Sum"), says).over(300, 1, 1));
        }
        let rule = "an alarm rings when calls use more than 90 % of the memory";
        if let Some(bound) = self.memory.bound(on, rule, &[], 90.0) {
            let pattern = "{ $.type = \"platform.report\" }";
            let says = format!("Calls of {what} use more than {} % of its memory", bound.value);
            let megabytes = f64::from(function.memory.value.0) * bound.value / 100.0;
            let bound = on.setting(rule, &[bound.origin, function.memory.origin], megabytes.round());
            let measure = log(pattern, "$.record.metrics.maxMemoryUsedMB", "Maximum");
            watched.push(above(on, "memory", bound, measure, says).over(300, 1, 1));
        }
        if let Some(bound) = self.throttles.bound(on, "an alarm rings when calls are refused", &[], 0.0) {
            let says = format!("Calls of {what} are refused, because too many run at once");
            watched.push(above(on, "throttles", bound, Measure::Metric(metric("Throttles")), says).over(60, 2, 5));
        }
        for alarm in &mut watched {
            alarm.name.push_str(function.suffix);
        }
        watched
    }
}
