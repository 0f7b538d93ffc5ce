//! Metrics that are watched: that a service writes them, in this region and under these dimensions.

use super::subject::{Subject, all_items, is_plain, text, text_at};
use crate::aws::metrics::{self, Dimension, Namespace};
use crate::cfn::Target;
use crate::component::US_EAST_1;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::value::Value;

/// `CFN427`: a metric that has no data.
pub const CFN427: Code = Code {
    id: "CFN427",
    explanation: "an alarm watches a metric that is not there\n\n\
        CloudWatch takes any name, and an alarm on a metric that nobody writes never has data: it stays in `INSUFFICIENT_DATA`, or, \
        with `TreatMissingData`, in a state that says nothing. Metrics of services have names that the service gives them, letter \
        by letter (\"Metrics\" in each service's guide), and those of services of the whole world (CloudFront, Route 53, billing) \
        are written in us-east-1 only (Amazon CloudFront Developer Guide, \"Types of metrics for CloudFront\"; Amazon Route 53 \
        Developer Guide, \"Monitoring health checks using CloudWatch\").",
};

/// `CFN441`: a metric that no list has.
pub const CFN441: Code = Code {
    id: "CFN441",
    explanation: "an alarm watches a metric that AWS does not list\n\n\
        The namespace is that of a service whose metrics are all listed, and none of them has this name. CloudWatch takes any name, and an \
        alarm on a metric that nobody writes never has data. The lists are AWS's own, of the day that the message names; a service may \
        write more since then, so that this is a warning.",
};

/// `CFN442`: dimensions under which a metric is not written.
pub const CFN442: Code = Code {
    id: "CFN442",
    explanation: "an alarm names dimensions under which its metric is not written\n\n\
        A metric is its name and all its dimensions together: each combination of them is a metric of its own, and what was not written \
        under a combination cannot be asked for by it (Amazon CloudWatch User Guide, \"Metrics concepts\"). The guide of each service \
        says which combinations it writes; the message names the day of the lists. DynamoDB, for one, writes `ThrottledRequests` under `TableName` and `Operation`, and under \
        `TableName` alone nothing; HTTP APIs write `5xx` under `ApiId`, and REST APIs `5XXError` under `ApiName`. An alarm on any other combination \
        never has data.",
};

/// Namespaces of services of the whole world.
const GLOBAL: &[&str] = &["AWS/Billing", "AWS/CloudFront", "AWS/Route53"];

/// Checks a metric of an alarm.
pub(super) fn check(subject: &Subject<'_>, metric: &Value<Target>, findings: &mut Diagnostics) {
    let (Some(namespace), Some(space)) = (metric.get("Namespace"), text_at(metric, &["Namespace"])) else { return };
    if let Some(region) = subject.scope.region.filter(|region| is_elsewhere(region))
        && GLOBAL.contains(&space.as_str())
    {
        let title = format!("`{}` watches `{space}` in `{region}`, where it has no data", subject.id());
        let diagnostic = subject.error(CFN427, title, namespace.origin, "written in us-east-1 only");
        return findings.push(diagnostic.help("move the alarm to a stack of us-east-1"));
    }
    let Some(known) = metrics::namespace(&space) else {
        let Some(near) = near_namespace(&space) else { return };
        let title = format!("`{}` watches the namespace `{space}`; AWS writes to `{near}`", subject.id());
        return findings.push(misspelt(subject, CFN427, title, namespace, near));
    };
    let (Some(written), Some(name)) = (metric.get("MetricName"), text_at(metric, &["MetricName"])) else { return };
    if known.combinations(&name).next().is_some() {
        dimensions(subject, metric, &Watched { known, written, name: &name }, findings);
    } else if let Some(near) = nearly(&name, known.metrics()) {
        let title = format!("`{}` watches the metric `{name}` of `{space}`, which has `{near}`", subject.id());
        findings.push(misspelt(subject, CFN427, title, written, near));
    } else if known.has_every_metric {
        let title = format!("`{}` watches the metric `{name}` of `{space}`, which AWS does not list", subject.id());
        let diagnostic = subject.point(Diagnostic::warning(CFN441, title), written.origin, "probably never has data");
        let diagnostic = diagnostic.note(dated());
        findings.push(match did_you_mean(&name, known.metrics()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("look for its name among the metrics in the guide of `{space}`")),
        });
    }
}

/// A metric that is listed.
struct Watched<'a> {
    known: &'a Namespace,
    /// Its name where it stands.
    written: &'a Value<Target>,
    name: &'a str,
}

/// A dimension as it stands in a template.
struct Written<'a> {
    name: String,
    /// Where the name stands.
    at: &'a Value<Target>,
    value: Option<&'a Value<Target>>,
}

/// It is written under these dimensions.
fn dimensions(subject: &Subject<'_>, metric: &Value<Target>, watched: &Watched<'_>, findings: &mut Diagnostics) {
    let Some(written) = read(metric) else { return };
    let (known, name) = (watched.known, watched.name);
    for Written { name: dimension, at, .. } in &written {
        if !known.dimensions().any(|other| other == dimension)
            && let Some(near) = nearly(dimension, known.dimensions())
        {
            let space = known.name;
            let title = format!("`{}` watches `{space}` by `{dimension}`, which is `{near}`", subject.id());
            return findings.push(misspelt(subject, CFN442, title, at, near));
        }
    }
    let mut names: Vec<&str> = written.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    if let Some(combination) = known.combinations(name).find(|one| has_names(one, &names)) {
        return values(subject, combination, &written, watched, findings);
    }
    if !known.has_every_combination {
        return;
    }
    let by = if names.is_empty() { "without dimensions".to_owned() } else { format!("by {}", quote_list(&names)) };
    let title = format!("`{}` watches `{name}` of `{}` {by}, under which it is not written", subject.id(), known.name);
    let at = metric.get("Dimensions").map_or(watched.written.origin, |dimensions| dimensions.origin);
    let diagnostic = subject.point(Diagnostic::warning(CFN442, title), at, "probably never has data").note(dated());
    // Two kinds of a service may count the same under other names: HTTP APIs write `5xx`, and REST APIs `5XXError`.
    let sibling = known.metrics().find(|other| {
        let (a, b) = (other.to_ascii_lowercase(), name.to_ascii_lowercase());
        (a.starts_with(&b) || b.starts_with(&a)) && known.combinations(other).any(|one| has_names(one, &names))
    });
    findings.push(match sibling {
        Some(sibling) => {
            let diagnostic = diagnostic.note(format!("{by}, `{sibling}` is written"));
            subject.repair(diagnostic.help(format!("did you mean `{sibling}`?")), watched.written, sibling)
        }
        None => diagnostic.help(format!("write the dimensions {}", spelled(known.combinations(name)))),
    });
}

/// A dimension with one value for everybody has it.
fn values(
    subject: &Subject<'_>,
    combination: &[Dimension],
    written: &[Written<'_>],
    watched: &Watched<'_>,
    findings: &mut Diagnostics,
) {
    for (dimension, value) in combination.iter().filter_map(|one| Some((one.name, one.value?))) {
        let own = written.iter().find(|one| one.name == dimension).and_then(|one| one.value);
        let Some((own, literal)) = own.and_then(|own| Some((own, text(own)?))) else { continue };
        if literal != value {
            let (name, space) = (watched.name, watched.known.name);
            let title = format!(
                "`{}` watches `{name}` of `{space}` by the `{dimension}` `{literal}`; it is `{value}` for everybody",
                subject.id()
            );
            findings.push(misspelt(subject, CFN442, title, own, value));
        }
    }
}

/// Where the lists are from: a service may write more since then.
fn dated() -> String {
    format!("source: {}; what is newer is not in it", metrics::source())
}

/// What was meant is known.
fn misspelt(subject: &Subject<'_>, code: Code, title: String, at: &Value<Target>, meant: &str) -> Diagnostic {
    let diagnostic = subject.point(Diagnostic::warning(code, title), at.origin, "never has data");
    subject.repair(diagnostic.help(format!("did you mean `{meant}`?")), at, meant)
}

/// The dimensions of a metric, if the names of all are known.
fn read(metric: &Value<Target>) -> Option<Vec<Written<'_>>> {
    if !is_plain(metric) {
        return None;
    }
    let Some(dimensions) = metric.get("Dimensions") else { return Some(Vec::new()) };
    let each = all_items(dimensions)?.iter().map(|dimension| {
        let at = dimension.get("Name").filter(|_| is_plain(dimension))?;
        Some(Written { name: text(at)?, at, value: dimension.get("Value") })
    });
    each.collect()
}

fn has_names(combination: &[Dimension], names: &[&str]) -> bool {
    let mut own: Vec<&str> = combination.iter().map(|dimension| dimension.name).collect();
    own.sort_unstable();
    own == names
}

/// Combinations of dimensions, as a sentence has them.
fn spelled<'a>(combinations: impl Iterator<Item = &'a [Dimension]>) -> String {
    let mut spelled: Vec<String> = Vec::new();
    for combination in combinations {
        let names: Vec<&str> = combination.iter().map(|dimension| dimension.name).collect();
        let one = if names.is_empty() { "none".to_owned() } else { quote_list(&names) };
        if !spelled.contains(&one) {
            spelled.push(one);
        }
    }
    spelled.join("; or ")
}

/// Whether services of the whole world write no metrics in a region.
fn is_elsewhere(region: &str) -> bool {
    region != US_EAST_1 && !region.starts_with("cn-") && !region.starts_with("us-gov-") && !region.contains("iso")
}

/// The namespace that is meant by one that no service has.
fn near_namespace(name: &str) -> Option<&'static str> {
    let spelled = name.replace("::", "/");
    if !spelled.to_ascii_uppercase().starts_with("AWS/") || metrics::all_namespaces().any(|known| known == name) {
        return None;
    }
    nearly(&spelled, metrics::all_namespaces())
}

/// The name that is nearly one of those that are known. Not all names are known, so that only one that can hardly be right is wrong.
fn nearly(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let is_same = |other: &&&str| other.eq_ignore_ascii_case(name);
    // Names with numbers differ by them, and short ones by a letter.
    let is_near = |other: &&&str| {
        let is_word = |text: &str| {
            let own = text.rsplit('/').next().unwrap_or_default();
            own.len() > 4 && !own.contains(|c: char| c.is_ascii_digit())
        };
        is_word(other) && is_word(name) && strsim::damerau_levenshtein(other, name) == 1
    };
    let known: Vec<&'static str> = known.collect();
    known.iter().find(is_same).or_else(|| known.iter().find(is_near)).copied()
}
