//! `cron`: something that happens at its time: a function is called, a message sent, an address asked.
//!
//! What goes to a component is a schedule of EventBridge Scheduler, which knows time zones and single times. An address can
//! be asked only by a rule of EventBridge, which knows neither.

mod alarms;
mod check;
mod headers;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attribute, Context, Delivery, Described, Fragment, How, Interface, Kind, KindEntry, StackName, Watched};
use crate::part::alarm::Choice;
use crate::part::code::Statement;
use crate::part::{dead_letters, json};
use crate::setting::{Any, Keyed, OrNone, Setting, Text};
use crate::value::Value;

use alarms::Alarms;
use headers::HeadersPlan;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "cron",
    "A schedule: at its times it calls a function, sends a message or asks an address.",
    StackName::App,
)
.outputs(&["name", "arn"])
.codes(&[check::CODES, headers::CODES]);

/// Settings of a cron.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// When: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` (minutes, hours, day of the month, month, day of the week, year), or
    /// once, `at(2027-01-31T09:00:00)`.
    #[schemars(example = &"cron(0 9 ? * MON-FRI *)")]
    schedule: Setting<String>,
    /// The clock that it goes by, as the IANA names it; summer time included. An address is asked by UTC only.
    #[schemars(extend("default" = "UTC"), example = &"Europe/London")]
    timezone: Setting<String>,
    /// Whether it happens at all; it stays where it is when it is off.
    #[schemars(extend("default" = true))]
    enabled: Setting<bool>,
    /// What it goes to: a function, queue or topic by its name, or an address. It needs no link: the cron grants itself what
    /// it needs.
    to: Setting<Target>,
    /// What the function is called with, or what the message says: sent as JSON.
    #[serde(default)]
    #[schemars(extend("type" = "object"), example = &BTreeMap::from([("task", "digest")]))]
    input: Option<Any>,
    /// How often it is tried again if it does not get through, 0 to 185, within a day. A function that was called and failed is
    /// tried again by its own `retries`.
    #[schemars(extend("default" = 2))]
    retries: Setting<u32>,
    /// The queue that takes what did not get through; a standard one. What a function fails at goes to the function's own `dlq`.
    #[serde(default)]
    #[schemars(example = &"Missed")]
    dlq: OrNone<Setting<String>>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<Alarms>,
}

/// What it goes to: a component, or an address with what is sent there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A function, queue or topic; neither topic may keep messages in order.
    #[serde(default)]
    #[schemars(example = &"Digest")]
    component: Option<Setting<String>>,
    /// An address of https. It must answer within 5 seconds.
    #[serde(default)]
    #[schemars(example = &"https://api.example.com/workflows/trigger")]
    url: Option<Text>,
    /// How the address is asked; by `POST` unless written.
    #[serde(default)]
    method: Option<Setting<Method>>,
    /// Headers of the request. Secrets may stand in them: they are kept in Secrets Manager, and shown nowhere.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("Authorization", "Bearer ${secrets.TriggerToken.value}")]))]
    headers: Keyed<Text>,
    /// The body of the request, sent as JSON; empty (`{}`) unless written.
    #[serde(default)]
    #[schemars(extend("type" = "object"), example = &BTreeMap::from([("task", "digest")]))]
    body: Option<Any>,
}

/// Methods of HTTP that EventBridge knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "they say what they are")]
pub enum Method {
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let attributes = vec![
            Attribute::open("name", on.local("Self", None)),
            Attribute::open("arn", on.local("Self", Some("Arn"))),
        ];
        let dead_letters = self.dlq.as_option().cloned().into_iter().collect();
        Interface { attributes, deliveries: self.deliveries(on), dead_letters, ..Interface::default() }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let to = &self.to.value;
        // An address may be secret, or end in something that is.
        let asks = to.url.is_some();
        let component = to.component.as_ref().map(|to| (to.value.clone(), self.schedule.value.clone()));
        Described::of(on, if asks { "EventBridge (API destination)" } else { "EventBridge Scheduler" })
            .fact(self.schedule.value.clone())
            .fact_if(asks.then_some("a request over HTTPS"))
            .fact_if((!self.enabled.value).then_some("switched off"))
            .with(on, How::Calls, component)
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let dead_letters = self.dlq.as_option().and_then(|dlq| dead_letters::standard_queue(on, dlq));
        let target = &self.to.value;
        let fragment = match (&target.component, &target.url) {
            (Some(to), _) => on.neighbours.get(&to.value).map(|_| {
                let plan = self.schedule_plan(on, to, dead_letters);
                on.fragment("cron", &plan)
            }),
            (None, Some(url)) => Some(on.fragment("cron_request", &self.request_plan(on, url, dead_letters))),
            (None, None) => None,
        };
        fragment.into_iter().collect()
    }
}

#[derive(Serialize)]
struct SchedulePlan {
    description: Option<Setting<String>>,
    schedule: Setting<String>,
    timezone: Setting<String>,
    state: Setting<&'static str>,
    target: Value,
    statements: Vec<Statement>,
    input: Option<Value>,
    group: Option<Value>,
    retries: Setting<u32>,
    dead_letters: Option<Value>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct RequestPlan {
    description: Option<Setting<String>>,
    name: Option<Value>,
    schedule: Setting<String>,
    state: Setting<&'static str>,
    url: Value,
    method: Setting<Method>,
    headers: HeadersPlan,
    body: Value,
    retries: Setting<u32>,
    dead_letters: Option<Value>,
    tags: Option<Value>,
}

impl Settings {
    fn state(&self, on: &Context<'_>) -> Setting<&'static str> {
        let state = if self.enabled.value { "ENABLED" } else { "DISABLED" };
        on.setting("a cron happens if it is `enabled`", &[self.enabled.origin], state)
    }

    /// What the role of the schedule may do: its one call, and dead letters.
    fn schedule_plan(&self, on: &Context<'_>, to: &Setting<String>, dead_letters: Option<Value>) -> SchedulePlan {
        let neighbour = on.neighbours.get(&to.value);
        let (sid, action) = match neighbour.map(|n| n.kind.name) {
            Some("queue") => ("Send", "sqs:SendMessage"),
            Some("topic") => ("Publish", "sns:Publish"),
            _ => ("Invoke", "lambda:InvokeFunction"),
        };
        let target = on.attribute_of(to, "arn");
        let origin = on.rule("a cron may do what it goes to, and nothing else", &[to.origin]);
        let mut statements = vec![Statement::new(origin, sid, &[action], target.clone())];
        if let Some(queue) = &dead_letters {
            let origin = on.rule("a cron may send what did not get through to its `dlq`", &[queue.origin]);
            statements.push(Statement::new(origin, "DeadLetters", dead_letters::SEND, queue.clone()));
        }
        let in_order = neighbour.is_some_and(|n| n.kind.name == "queue" && n.interface.is_fifo());
        SchedulePlan {
            description: on.common.purpose.clone(),
            schedule: self.schedule.clone(),
            timezone: self.timezone.clone(),
            state: self.state(on),
            target,
            statements,
            input: self.input.as_ref().map(|input| json::text(on, &input.0)),
            group: in_order.then(|| {
                on.text("messages of a cron to a FIFO queue are one group, its name", &[to.origin], on.identity())
            }),
            retries: self.retries,
            dead_letters,
            tags: on.tags(),
        }
    }

    fn request_plan(&self, on: &Context<'_>, url: &Text, dead_letters: Option<Value>) -> RequestPlan {
        let target = &self.to.value;
        let post = || on.setting("an address is asked by `POST`", &[url.0.origin], Method::Post);
        let empty = || on.text("a request without a body of its own sends `{}`", &[url.0.origin], "{}");
        RequestPlan {
            description: on.common.purpose.clone(),
            name: dead_letters.as_ref().map(|_| rule_name(on)),
            schedule: self.schedule.clone(),
            state: self.state(on),
            url: url.0.clone(),
            method: target.method.unwrap_or_else(post),
            headers: headers::plan(on, &target.headers),
            body: target.body.as_ref().map_or_else(empty, |body| json::text(on, &body.0)),
            retries: self.retries,
            dead_letters,
            tags: on.tags(),
        }
    }

    /// A rule has no role for its dead letters: the queue itself must let it in.
    fn deliveries(&self, on: &Context<'_>) -> Vec<Delivery> {
        let Some(dlq) = self.dlq.as_option().filter(|_| self.to.value.url.is_some()) else { return Vec::new() };
        let origin = on.rule("the ARN of a rule is made of its name", &[dlq.origin]);
        let arn = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/";
        let source = Value::composed(origin, arn, [rule_name(on)]);
        vec![Delivery { to: dlq.clone(), service: "events.amazonaws.com", source }]
    }
}

/// The name of a rule with dead letters. Their queue names the rule in its policy, and stands in a stack that is deployed
/// before; so the name is known beforehand.
fn rule_name(on: &Context<'_>) -> Value {
    on.physical_name("", 64)
}
