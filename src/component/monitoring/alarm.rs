//! Alarms: what a component says of itself, as CloudWatch takes it.

use serde::Serialize;

use super::figure::{Figure, Made, Series};
use super::{figure, notify, scope, stack};
use crate::component::{Context, Fragment, Measure};
use crate::origin::OriginId;
use crate::setting::Setting;
use crate::value::{Kind, Value};

#[derive(Serialize)]
struct Plan {
    description: Value,
    /// The one metric that is watched.
    metric: Option<MetricPlan>,
    /// Or what is computed of several.
    computed: Option<Computed>,
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
    id: Value,
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

/// The alarm of a figure; none where nobody said when it stops being good.
pub(super) fn lower(on: &Context<'_>, figure: &Figure<'_>, tells: bool) -> Option<Fragment> {
    let watched = &figure.watched;
    let threshold = watched.threshold?;
    let why = on.rule("a component says what is worth an alarm", &[threshold.origin]);
    let text = |text: &str| Value::text(why, text);
    let int = |number: u32| Value::new(why, Kind::Int(number.into()));
    let (metric, computed) = match figure.made(on) {
        Made::Kept(of) => (Some(MetricPlan::of(why, &of)), None),
        Made::Computed { expression, label, of } => {
            let query = |(id, of): &(&'static str, Series<'_>)| Query {
                id: text(id),
                metric: MetricPlan::of(why, of),
                statistic: text(of.statistic),
            };
            let of = of.iter().map(query).collect();
            (None, Some(Computed { id: text(figure::RESULT), expression: text(&expression), label: text(label), of }))
        }
    };
    let told = tells.then(|| on.local(&format!("{}{}", scope(on, &watched.region), notify::TOPIC), None));
    let mend = watched.mends.map(|action| mend(why, action));
    let actions: Vec<Value> = mend.into_iter().chain(told.clone()).collect();
    let stage = format!("{} {}: ", on.project.value, on.stage.name.value);
    let plan = Plan {
        description: text(&format!("{stage}{}", watched.says)),
        metric,
        computed,
        comparison: text(if watched.below { "LessThanThreshold" } else { "GreaterThanThreshold" }),
        threshold: number(threshold),
        period: int(watched.period),
        periods: int(watched.bad.1),
        bad: int(watched.bad.0),
        silence: text(if watched.silence_is_bad { "breaching" } else { "notBreaching" }),
        actions: (!actions.is_empty()).then(|| Value::list(why, actions)),
        told: told.map(|told| Value::list(why, vec![told])),
        tags: on.tags(),
    };
    Some(on.fragment_in(stack(on, &watched.region), "monitoring_alarm", &plan).scoped(&figure.scope))
}

/// What makes a metric of a log; none where the figure is a metric already.
pub(super) fn filter(on: &Context<'_>, figure: &Figure<'_>) -> Option<Fragment> {
    let Measure::Log { group, pattern, value, .. } = &figure.watched.measure else { return None };
    let why = on.rule("a metric is made of the lines of a log", &[group.origin]);
    let text = |text: &str| Value::text(why, text);
    let filter = Filter {
        group: group.clone(),
        pattern: text(pattern),
        namespace: text(&figure.namespace(on)),
        name: text(&figure.metric),
        value: text(value),
    };
    Some(on.fragment_in(stack(on, &figure.watched.region), "monitoring_filter", &filter).scoped(&figure.scope))
}

/// A number as CloudFormation is told it: a whole one has no dot.
#[allow(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
pub(super) fn number(of: Setting<f64>) -> Value {
    let whole = of.value.fract() == 0.0 && of.value.abs() < 9e15;
    Value::new(of.origin, if whole { Kind::Int(of.value as i64) } else { Kind::Float(of.value) })
}

impl MetricPlan {
    fn of(why: OriginId, of: &Series<'_>) -> MetricPlan {
        let text = |text: &str| Value::text(why, text);
        let dimension =
            |(name, value): &(&'static str, Value)| Value::map(why, [("Name", text(name)), ("Value", value.clone())]);
        let dimensions: Vec<Value> = of.dimensions.iter().map(dimension).collect();
        let is_percentile = of.statistic.starts_with('p');
        MetricPlan {
            namespace: text(&of.namespace),
            name: text(of.name),
            dimensions: (!dimensions.is_empty()).then(|| Value::list(why, dimensions)),
            statistic: (!is_percentile).then(|| text(of.statistic)),
            percentile: is_percentile.then(|| text(of.statistic)),
        }
    }
}

/// What EC2 does with an instance that fails (Amazon EC2 User Guide, "Add recover actions to Amazon CloudWatch alarms", "Add reboot
/// actions to Amazon CloudWatch alarms").
fn mend(why: OriginId, action: &str) -> Value {
    Value::composed(why, &format!("arn:${{AWS::Partition}}:automate:${{AWS::Region}}:ec2:{action}"), [])
}
