//! Alarms: that they say what they watch, and that it is there.

use super::metrics;
use super::subject::{Subject, is_plain, lacks};
use crate::cfn::Target;
use crate::diag::{Code, Diagnostics, quote_list};
use crate::value::Value;

/// `CFN428`: an alarm that does not say how to read its metric.
pub const CFN428: Code = Code {
    id: "CFN428",
    explanation: "an alarm does not say how its metric is read\n\n\
        An alarm on one metric needs its `Namespace`, a `Period`, and a `Statistic` or an `ExtendedStatistic`; one on several has \
        them in `Metrics`. CloudWatch refuses the alarm otherwise (Amazon CloudWatch API Reference, `PutMetricAlarm`).",
};

/// Checks an alarm.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let properties = &subject.resource.properties;
    metrics::check(subject, properties, findings);
    for query in subject.get(&["Metrics"]).map(Value::items).unwrap_or_default() {
        if let Some(found) = query.at(&["MetricStat", "Metric"]) {
            metrics::check(subject, found, findings);
        }
    }
    incomplete(subject, properties, findings);
}

fn incomplete(subject: &Subject<'_>, properties: &Value<Target>, findings: &mut Diagnostics) {
    if !is_plain(properties) || properties.get("Metrics").is_some() {
        return;
    }
    let Some(name) = properties.entry("MetricName") else { return };
    let mut missing: Vec<&str> = ["Namespace", "Period"].into_iter().filter(|key| lacks(properties, key)).collect();
    if ["Statistic", "ExtendedStatistic"].iter().all(|key| lacks(properties, key)) {
        missing.push("Statistic");
    }
    if missing.is_empty() {
        return;
    }
    let missing = quote_list(&missing);
    let title = format!("`{}` watches a metric without {missing}", subject.id());
    let diagnostic = subject.error(CFN428, title, name.key_origin, "incomplete");
    findings.push(diagnostic.help(format!("write {missing}")));
}
