//! Alarms: what a component says of itself, as CloudWatch takes it.

use serde::Serialize;

use super::{notify, scope, stack};
use crate::component::{Context, Fragment, Measure, Metric, Watched, pascal};
use crate::setting::Setting;
use crate::value::{Kind, Symbol, Value};

#[derive(Serialize)]
struct Plan {
    description: Value,
    /// The one metric that is watched.
    metric: Option<MetricPlan>,
    /// Or what is computed of several.
    computed: Option<Computed>,
    /// The metric that a log is made into.
    filter: Option<Filter>,
    comparison: Value,
    threshold: Value,
    period: Value,
    periods: Value,
    bad: Value,
    silence: Value,
    actions: Option<Value>,
    /// Who is told when it is good again.
    told: Option<Value>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct MetricPlan {
    namespace: Value,
    name: Value,
    dimensions: Option<Value>,
    statistic: Option<Value>,
    percentile: Option<Value>,
}

#[derive(Serialize)]
struct Computed {
    expression: Value,
    label: Value,
    of: Vec<Query>,
}

#[derive(Serialize)]
struct Query {
    id: Value,
    metric: MetricPlan,
    statistic: Value,
}

#[derive(Serialize)]
struct Filter {
    group: Value,
    pattern: Value,
    namespace: Value,
    name: Value,
    value: Value,
}

/// The alarm of a figure of the component that `identity` names.
pub(super) fn lower(on: &Context<'_>, identity: &str, watched: &Watched, tells: bool) -> Fragment {
    let id = format!("{identity}{}", pascal(&watched.name));
    let why = on.rule("a component says what is worth an alarm", &[watched.threshold.origin]);
    let text = |text: &str| Value::text(why, text);
    let int = |number: u32| Value::new(why, Kind::Int(number.into()));
    let (metric, computed, filter) = measure(on, why, watched, &id);
    let told = tells.then(|| on.local(&format!("{}{}", scope(on, &watched.region), notify::TOPIC), None));
    let recover = watched.recovers.then(|| recover(why));
    let actions: Vec<Value> = recover.into_iter().chain(told.clone()).collect();
    let stage = format!("{} {}: ", on.project.value, on.stage.name.value);
    let plan = Plan {
        description: text(&format!("{stage}{}", watched.says)),
        metric,
        computed,
        filter,
        comparison: text(if watched.below { "LessThanThreshold" } else { "GreaterThanThreshold" }),
        threshold: number(watched.threshold),
        period: int(watched.period),
        periods: int(watched.bad.1),
        bad: int(watched.bad.0),
        silence: text(if watched.silence_is_bad { "breaching" } else { "notBreaching" }),
        actions: (!actions.is_empty()).then(|| Value::list(why, actions)),
        told: told.map(|told| Value::list(why, vec![told])),
        tags: on.tags(),
    };
    on.fragment_in(stack(on, &watched.region), "monitoring_alarm", &plan).scoped(&id)
}

/// A number as CloudFormation is told it: a whole one has no dot.
#[allow(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
pub(super) fn number(of: Setting<f64>) -> Value {
    let whole = of.value.fract() == 0.0 && of.value.abs() < 9e15;
    Value::new(of.origin, if whole { Kind::Int(of.value as i64) } else { Kind::Float(of.value) })
}

fn measure(
    on: &Context<'_>,
    why: crate::origin::OriginId,
    watched: &Watched,
    id: &str,
) -> (Option<MetricPlan>, Option<Computed>, Option<Filter>) {
    let text = |text: &str| Value::text(why, text);
    let query = |id: &str, of: &Metric| Query { id: text(id), metric: plain(why, of), statistic: text(of.statistic) };
    let computed = |expression: String, label: &str, of: Vec<Query>| {
        (None, Some(Computed { expression: text(&expression), label: text(label), of }), None)
    };
    match &watched.measure {
        Measure::Metric(of) => (Some(plain(why, of)), None, None),
        Measure::Share { part, whole, least } => computed(
            format!("IF(whole >= {least}, 100 * part / whole, 0)"),
            "Percent",
            vec![query("part", part), query("whole", whole)],
        ),
        Measure::Sum(one, other) => computed(
            "FILL(one, 0) + FILL(other, 0)".to_owned(),
            "Together",
            vec![query("one", one), query("other", other)],
        ),
        Measure::Log { group, pattern, value, statistic } => {
            let namespace = format!("{}/{}", on.project.value, on.stage.name.value);
            let metric = MetricPlan {
                namespace: text(&namespace),
                name: text(id),
                dimensions: None,
                statistic: Some(text(statistic)),
                percentile: None,
            };
            let filter = Filter {
                group: group.clone(),
                pattern: text(pattern),
                namespace: text(&namespace),
                name: text(id),
                value: text(value),
            };
            (Some(metric), None, Some(filter))
        }
    }
}

fn plain(why: crate::origin::OriginId, of: &Metric) -> MetricPlan {
    let text = |text: &str| Value::text(why, text);
    let dimension =
        |(name, value): &(&'static str, Value)| Value::map(why, [("Name", text(name)), ("Value", value.clone())]);
    let is_percentile = of.statistic.starts_with('p');
    MetricPlan {
        namespace: text(of.namespace),
        name: text(of.name),
        dimensions: Some(Value::list(why, of.dimensions.iter().map(dimension).collect())),
        statistic: (!is_percentile).then(|| text(of.statistic)),
        percentile: is_percentile.then(|| text(of.statistic)),
    }
}

/// What EC2 does with an instance whose host fails (Amazon EC2 User Guide, "Add recover actions to Amazon CloudWatch alarms").
fn recover(why: crate::origin::OriginId) -> Value {
    let pseudo = |name: &str| Value::reference(why, Symbol::Pseudo(format!("AWS::{name}")));
    let text = |text: &str| Value::text(why, text);
    let arn = vec![text("arn:"), pseudo("Partition"), text(":automate:"), pseudo("Region"), text(":ec2:recover")];
    Value::new(why, Kind::Join(arn))
}
