//! What watches: logs, metrics, alarms and dashboards.

use crate::cost::charge::{At, Charge, Range, Rule, Usage};

const LOG_GB: Usage = Usage::of("log_gb", "GB that are written");
const STORED_GB: Usage = Usage::of("stored_gb", "GB that are kept on average, compressed");
const METRICS: Usage = Usage::of("metrics", "metrics that get values, on average over the month");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::Logs::LogGroup", log_group).named("Logs").used(&[LOG_GB, STORED_GB]),
    Rule::of("AWS::Logs::MetricFilter", metric_filter).used(&[METRICS]),
    Rule::of("AWS::CloudWatch::Alarm", alarm),
    Rule::of("AWS::CloudWatch::CompositeAlarm", composite),
    Rule::of("AWS::CloudWatch::Dashboard", dashboard),
];

fn log_group(at: &At<'_>) -> Vec<Charge> {
    // What services deliver has prices of its own.
    let delivered = |flow: At<'_>| flow.get(&["LogGroupName"]).and_then(|name| name.refers_to()) == Some(at.id);
    let is_vended = at.text(&["LogGroupName"]).is_some_and(|name| name.starts_with("/aws/vendedlogs/"))
        || at.others("AWS::EC2::FlowLog").any(delivered);
    let price = match at.text(&["LogGroupClass"]) {
        None | Some("STANDARD") if is_vended => "logs.vended_gb",
        None | Some("STANDARD") => "logs.ingested_gb",
        // No price of the other classes was read.
        Some(_) => "logs.of_another_class_gb",
    };
    vec![
        Charge::used("Logs written", price, "GB", &[LOG_GB]),
        Charge::used("Logs kept", "logs.stored_gb_month", "GB", &[STORED_GB]),
    ]
}

/// A metric of one's own is charged for the hours in which it gets values.
#[allow(clippy::cast_precision_loss, reason = "one transformation")]
fn metric_filter(at: &At<'_>) -> Vec<Charge> {
    let most = at.items(&["MetricTransformations"]).len() as f64;
    let metrics = Charge::used("Metrics", "cloudwatch.metric_month", "metrics", &[METRICS]);
    vec![metrics.within(Range { low: 0.0, high: most })]
}

/// An alarm is charged by the metrics that it reads.
fn alarm(at: &At<'_>) -> Vec<Charge> {
    let metrics = at.items(&["Metrics"]);
    let read = || metrics.iter().filter_map(|metric| metric.get("MetricStat"));
    let reads = read().map(|_| 1.0).sum();
    let periods = read().filter_map(|metric| metric.get("Period")?.number());
    let (what, price) = match periods.chain(at.number(&["Period"])).reduce(f64::min) {
        Some(period) if period < 60.0 => ("Alarms of high resolution", "cloudwatch.alarm_high_month"),
        _ => ("Alarms", "cloudwatch.alarm_month"),
    };
    vec![Charge::fixed(what, price, "metrics", f64::max(1.0, reads))]
}

fn composite(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::fixed("Composite alarms", "cloudwatch.composite_alarm_month", "alarms", 1.0)]
}

fn dashboard(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::fixed("Dashboard", "cloudwatch.dashboard_month", "dashboards", 1.0)]
}
