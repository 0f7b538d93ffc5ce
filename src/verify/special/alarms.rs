//! Alarms: that they watch something.

use super::metrics;
use super::subject::{Subject, is_plain, lacks, text_at};
use crate::cfn::Target;
use crate::component::US_EAST_1;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::value::Value;

/// `CFN427`: an alarm on a metric that has no data.
pub const CFN427: Code = Code {
    id: "CFN427",
    explanation: "an alarm watches a metric that is not there\n\n\
        CloudWatch takes any name, and an alarm on a metric that nobody writes never has data: it stays in `INSUFFICIENT_DATA`, or, \
        with `TreatMissingData`, in a state that says nothing. Metrics of services have names that the service gives them, letter \
        by letter (\"Metrics\" in each service's guide), and those of services of the whole world (CloudFront, Route 53, billing) \
        are written in us-east-1 only (Amazon CloudFront Developer Guide, \"Types of metrics for CloudFront\"; Amazon Route 53 \
        Developer Guide, \"Monitoring health checks using CloudWatch\").",
};

/// `CFN428`: an alarm that does not say how to read its metric.
pub const CFN428: Code = Code {
    id: "CFN428",
    explanation: "an alarm does not say how its metric is read\n\n\
        An alarm on one metric needs its `Namespace`, a `Period`, and a `Statistic` or an `ExtendedStatistic`; one on several has \
        them in `Metrics`. CloudWatch refuses the alarm otherwise (Amazon CloudWatch API Reference, `PutMetricAlarm`).",
};

/// Namespaces of services of the whole world.
const GLOBAL: &[&str] = &["AWS/Billing", "AWS/CloudFront", "AWS/Route53"];

/// Checks an alarm.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let properties = &subject.resource.properties;
    metric(subject, properties, findings);
    for query in subject.get(&["Metrics"]).map(Value::items).unwrap_or_default() {
        if let Some(found) = query.at(&["MetricStat", "Metric"]) {
            metric(subject, found, findings);
        }
    }
    incomplete(subject, properties, findings);
}

/// A metric has data.
fn metric(subject: &Subject<'_>, metric: &Value<Target>, findings: &mut Diagnostics) {
    let (Some(namespace), Some(space)) = (metric.get("Namespace"), text_at(metric, &["Namespace"])) else { return };
    if let Some(region) = subject.scope.region.filter(|region| is_elsewhere(region))
        && GLOBAL.contains(&space.as_str())
    {
        let title = format!("`{}` watches `{space}` in `{region}`, where it has no data", subject.id());
        let diagnostic = subject.error(CFN427, title, namespace.origin, "written in us-east-1 only");
        return findings.push(diagnostic.help("move the alarm to a stack of us-east-1"));
    }
    let (Some(written), Some(name)) = (metric.get("MetricName"), text_at(metric, &["MetricName"])) else { return };
    let Some(near) = metrics::meant(&space, &name) else { return };
    let title = format!("`{}` watches the metric `{name}` of `{space}`, which has `{near}`", subject.id());
    let diagnostic = subject.point(Diagnostic::warning(CFN427, title), written.origin, "never has data");
    findings.push(subject.repair(diagnostic.help(format!("did you mean `{near}`?")), written, near));
}

/// Whether services of the whole world write no metrics in a region.
fn is_elsewhere(region: &str) -> bool {
    region != US_EAST_1 && !region.starts_with("cn-") && !region.starts_with("us-gov-") && !region.contains("iso")
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
