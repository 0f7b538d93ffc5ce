//! Alarms: what components say of their own figures, in the manifest's words.
//!
//! A kind has a struct of its alarms, each a [`Choice`] of a bound: unless written, the bound is the kind's own. Whether alarms are
//! made at all is decided by the stage's `monitoring`.

mod function;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::component::{Context, Measure, Metric, Watched};
use crate::origin::OriginId;
use crate::setting::{Any, Setting, read};
use crate::value::{Kind, Value};

pub use function::{CODES, Function, FunctionAlarms};

/// A setting that may be left to the component, written, or switched off by `none`.
#[derive(Debug, Clone, Default)]
pub enum Choice<T> {
    /// As the component sees fit.
    #[default]
    Unwritten,
    /// `none`.
    Off,
    /// As written.
    Written(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        match tree.as_text() {
            Some(_) => Ok(Choice::Off),
            None => read(&tree).map(Choice::Written).map_err(D::Error::custom),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}Choice", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let inner = generator.subschema_for::<T>();
        json_schema!({"anyOf": [inner, {"const": "none", "description": "Switched off."}]})
    }
}

impl<T: Clone + Default> Choice<T> {
    /// The alarms of a component; none where all are switched off.
    #[must_use]
    pub fn alarms(&self) -> Option<Cow<'_, T>> {
        match self {
            Choice::Unwritten => Some(Cow::Owned(T::default())),
            Choice::Off => None,
            Choice::Written(alarms) => Some(Cow::Borrowed(alarms)),
        }
    }
}

impl<T> Choice<T> {
    /// Whether it is not switched off.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self, Choice::Off)
    }
}

/// A bound of an alarm, as it is written.
pub trait Bound {
    /// The number.
    fn number(&self) -> Setting<f64>;
}

impl<B: Bound> Choice<B> {
    /// The bound: the written one, or what `rule` makes `otherwise`; none where the alarm is switched off.
    pub fn bound(
        &self,
        on: &Context<'_>,
        rule: &'static str,
        from: &[OriginId],
        otherwise: f64,
    ) -> Option<Setting<f64>> {
        match self {
            Choice::Unwritten => Some(on.setting(rule, from, otherwise)),
            Choice::Off => None,
            Choice::Written(bound) => Some(bound.number()),
        }
    }
}

/// A share that is still good.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percent {
    /// The alarm rings above this, in percent; less than 100.
    #[schemars(extend("exclusiveMaximum" = 100), range(min = 0), example = &5)]
    percent: Setting<f64>,
}

/// A number that is still good.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The alarm rings above this.
    #[schemars(range(min = 0), example = &10)]
    count: Setting<f64>,
}

/// A time that is still good.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// The alarm rings above this, in seconds.
    #[schemars(range(min = 0), example = &0.5)]
    seconds: Setting<f64>,
}

/// A number that is no longer good.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// The alarm rings below this.
    #[schemars(range(min = 0), example = &20)]
    below: Setting<f64>,
}

/// Whether the alarm is there: it has no bound to choose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Boundless {}

impl Bound for Percent {
    fn number(&self) -> Setting<f64> {
        self.percent
    }
}

impl Bound for Count {
    fn number(&self) -> Setting<f64> {
        self.count
    }
}

impl Bound for Time {
    fn number(&self) -> Setting<f64> {
        self.seconds
    }
}

impl Bound for Below {
    fn number(&self) -> Setting<f64> {
        self.below
    }
}

/// An alarm of a component: above `threshold` for three of five minutes, unless the methods below say otherwise.
#[must_use]
pub fn above(on: &Context<'_>, name: &str, threshold: Setting<f64>, measure: Measure, says: String) -> Watched {
    Watched {
        name: name.to_owned(),
        says,
        region: on.stack().region,
        measure,
        threshold: Some(threshold),
        below: false,
        period: 60,
        bad: (3, 5),
        silence_is_bad: false,
        mends: None,
    }
}

/// A time in words.
#[must_use]
pub fn seconds(seconds: f64) -> String {
    if (seconds - 1.0).abs() < f64::EPSILON { "a second".to_owned() } else { format!("{seconds} seconds") }
}

impl Watched {
    /// The same below the threshold.
    #[must_use]
    pub fn below(mut self) -> Self {
        self.below = true;
        self
    }

    /// The figure is taken over so many seconds, and must be bad in `of` periods, `bad` times.
    #[must_use]
    pub fn over(mut self, period: u32, bad: u32, of: u32) -> Self {
        self.period = period;
        self.bad = (bad, of);
        self
    }

    /// The figure is kept in another region than the component.
    #[must_use]
    pub fn kept_in(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }
}

impl Metric {
    /// The sum of a metric in a period.
    #[must_use]
    pub fn sum(namespace: &'static str, name: &'static str, dimensions: Vec<(&'static str, Value)>) -> Metric {
        Metric { namespace, name, dimensions, statistic: "Sum" }
    }

    /// The same by another statistic.
    #[must_use]
    pub fn by(mut self, statistic: &'static str) -> Metric {
        self.statistic = statistic;
        self
    }
}

/// The name of the queue of an ARN: what stands last in it.
#[must_use]
pub fn queue_name(on: &Context<'_>, arn: Value) -> Value {
    let why = on.rule("the name of a queue is the sixth piece of its ARN between colons", &[arn.origin]);
    let call = |name: &str, items| Value::new(why, Kind::Call(name.to_owned(), Box::new(Value::list(why, items))));
    call("Select", vec![Value::new(why, Kind::Int(5)), call("Split", vec![Value::text(why, ":"), arn])])
}

/// Messages that wait in a queue, of its name in AWS, since they failed for good.
#[must_use]
pub fn dead_letters(on: &Context<'_>, threshold: Setting<f64>, queue: Value, says: String) -> Watched {
    let waiting = Metric::sum("AWS/SQS", "ApproximateNumberOfMessagesVisible", vec![("QueueName", queue)]);
    above(on, "dead_letters", threshold, Measure::Metric(waiting.by("Maximum")), says).over(300, 1, 1)
}

/// Alarms of what CloudFront serves. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DistributionAlarms {
    /// The share of requests that are answered by an error of the servers (5xx): above 1 % unless written, in three of five minutes.
    errors: Choice<Percent>,
}

impl DistributionAlarms {
    /// The alarm of the distribution whose attributes begin with `prefix`, which serves `what`. CloudFront keeps its figures in
    /// us-east-1.
    #[must_use]
    pub fn watched(&self, on: &Context<'_>, prefix: &str, what: &str) -> Option<Watched> {
        let bound = self.errors.bound(on, "an alarm rings when more than 1 % of requests fail", &[], 1.0)?;
        let why = on.rule("CloudFront keeps its figures for all locations together", &[]);
        let distribution = on.own(&format!("{prefix}distribution_id"));
        let dimensions = vec![("DistributionId", distribution), ("Region", Value::text(why, "Global"))];
        let rate = Metric::sum("AWS/CloudFront", "5xxErrorRate", dimensions).by("Average");
        let says =
            format!("More than {} % of the requests to {what} are answered by an error of the servers", bound.value);
        // Behind the alarm's name: `FrontApi` with `errors` is another component's.
        let name = prefix.strip_suffix('_').map_or_else(|| "errors".to_owned(), |label| format!("errors_of_{label}"));
        let alarm = above(on, &name, bound, Measure::Metric(rate), says);
        Some(alarm.kept_in(crate::component::US_EAST_1))
    }
}

/// The ARNs of the topics of a stack in a region: their names begin with that of the stack.
#[must_use]
pub fn topics(on: &Context<'_>, stack: &str, region: &str) -> Value {
    let why = on.rule("CloudFormation names a topic after its stack", &[]);
    Value::composed(why, &format!("arn:${{AWS::Partition}}:sns:{region}:${{AWS::AccountId}}:{stack}-*"), [])
}
