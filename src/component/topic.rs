//! `topic`: a topic of Amazon SNS, and who gets its messages.

mod check;
mod filter;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, Context, Delivery, Described, Fragment, Group, How, Interface, Kind, KindEntry, LABEL, Level, Neighbour,
    StackName, Statement, count, pascal,
};
use crate::part::fifo;
use crate::part::policy::{self, Sender};
use crate::part::target;
use crate::setting::{Keyed, Setting, Text};
use crate::value::{Symbol, Value};

use filter::Filter;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "topic",
    "A topic of Amazon SNS: each message goes to all of its subscribers.",
    StackName::Data,
)
.drawn(Group::Messaging)
.sst("sst.aws.SnsTopic", &[("arn", "arn")])
.imports(&["arn"])
.outputs(&["name"])
.imported_fifo(fifo::by_name)
.levels(&[Level::of("publish", "publishes messages", &[Statement::of("Publish", &["sns:Publish"], &[("arn", "")])])])
.codes(&[check::CODES, filter::CODES]);

/// The service that delivers, as a principal.
const SERVICE: &str = "sns.amazonaws.com";

/// EventBridge publishes to topics without saying for which rule (EventBridge User Guide, "Using resource-based policies for
/// Amazon EventBridge": the statement for a topic has no condition).
const NAMELESS: &[&str] = &["events.amazonaws.com"];

/// Settings of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether messages of a group keep their order, and repeated ones are dropped for five minutes. Such a topic delivers to
    /// queues only. Create-only: another value replaces the topic.
    #[schemars(extend("default" = false))]
    fifo: Setting<bool>,
    /// Who gets the messages, by label: a function or queue (`worker: Worker`), or an address.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = &BTreeMap::from([("worker", "Worker")])
    )]
    subscribers: Keyed<Subscriber>,
}

/// Someone who gets the messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscriber {
    /// What the messages go to.
    to: Setting<Target>,
    /// The messages that it gets; all of them unless written. SNS applies a change within 15 minutes.
    #[serde(default)]
    filter: Option<Setting<Filter>>,
    /// Whether it gets the message alone, instead of a JSON text of SNS that holds it; for queues and addresses of https.
    #[serde(default)]
    #[schemars(example = &true)]
    raw: Option<Setting<bool>>,
    /// The queue that takes what could not be delivered; it is FIFO if the topic is. Without one SNS drops it.
    #[serde(default)]
    #[schemars(example = &"Undelivered")]
    dlq: Option<Setting<String>>,
}

/// What messages go to; exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A function, which is called with each message, or a queue. It needs no link: the subscription grants what it needs.
    #[serde(default)]
    #[schemars(example = &"Worker")]
    component: Option<Setting<String>>,
    /// An address of e-mail. SNS asks it to confirm first.
    #[serde(default)]
    #[schemars(example = &"${inputs.AlarmEmail}")]
    email: Option<Text>,
    /// An address of https that messages are posted to. SNS asks it to confirm first.
    #[serde(default)]
    #[schemars(example = &"https://example.com/hooks/orders")]
    url: Option<Text>,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let attributes = vec![
            Attribute::linked("arn", on.local("Self", None)),
            Attribute::linked("name", on.local("Self", Some("TopicName"))),
        ];
        let dead_letters = self.subscribers.iter().filter_map(|(_, s)| s.dlq.clone()).collect();
        let (fifo, deliveries) = (Some(self.fifo), self.deliveries(on));
        Interface { attributes, fifo, deliveries, dead_letters, ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let all: Vec<_> = self.subscribers.iter().map(|(_, subscriber)| &subscriber.to.value).collect();
        let mails = all.iter().filter(|to| to.email.is_some()).count();
        let urls = all.iter().filter(|to| to.url.is_some()).count();
        let components = all.iter().filter_map(|to| to.component.as_ref());
        Described::of(on, if self.fifo.value { "SNS (FIFO)" } else { "SNS" })
            .fact_if((mails > 0).then(|| count(mails, "mail subscriber")))
            .fact_if((urls > 0).then(|| count(urls, "address")))
            .with(on, How::Delivers, components.map(|to| (to.value.clone(), String::new())))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let senders = policy::senders(on, NAMELESS);
        let plan = Plan { fifo: self.fifo.value.then_some(self.fifo), senders, tags: on.tags() };
        let mut fragments = vec![on.fragment("topic", &plan)];
        fragments.extend(self.subscribers.iter().filter_map(|(label, subscriber)| subscriber.lower(on, label)));
        fragments
    }
}

#[derive(Serialize)]
struct Plan {
    fifo: Option<Setting<bool>>,
    senders: Vec<Sender>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct SubscriptionPlan {
    id: Setting<String>,
    topic: Value,
    protocol: Setting<&'static str>,
    endpoint: Value,
    scope: Option<Setting<&'static str>>,
    filter: Option<Value>,
    raw: Option<Setting<bool>>,
    dead_letters: Option<Value>,
    calls: bool,
}

impl Settings {
    /// What reaches queues: they must let the topic in. Each once, however many subscriptions name it.
    fn deliveries(&self, on: &Context<'_>) -> Vec<Delivery> {
        let named = |s: &Subscriber| [s.to.component.clone(), s.dlq.clone()];
        let named: BTreeMap<String, Setting<String>> =
            self.subscribers.iter().flat_map(|(_, s)| named(s)).flatten().map(|n| (n.value.clone(), n)).collect();
        // A function is no receiver of deliveries, and asks for none.
        named.into_values().map(|to| Delivery { to, service: SERVICE, source: on.own("arn") }).collect()
    }
}

impl Subscriber {
    fn lower(&self, on: &Context<'_>, label: &Setting<String>) -> Option<Fragment> {
        let target = &self.to.value;
        let found = target.component.as_ref().and_then(|name| on.neighbours.get(&name.value));
        let (protocol, endpoint, beside) = match (&target.component, &target.email, &target.url) {
            (Some(name), ..) => {
                let protocol = if found?.kind.name == "queue" { "sqs" } else { "lambda" };
                (protocol, on.attribute_of(name, "arn"), found)
            }
            (_, Some(email), _) => ("email", email.0.clone(), None),
            (.., Some(url)) => ("https", url.0.clone(), answering(on, &url.0)),
            _ => return None,
        };
        let (scope, filter) = self.filter.as_ref().and_then(|filter| filter.value.plan(on)).unzip();
        let plan = SubscriptionPlan {
            id: on.setting("a subscription's logical id is its label in words", &[label.origin], pascal(&label.value)),
            topic: on.own("arn"),
            protocol: on.setting("the protocol is that of what subscribes", &[endpoint.origin], protocol),
            endpoint,
            scope,
            filter,
            raw: self.raw,
            dead_letters: self.dlq.as_ref().map(|dlq| on.attribute_of(dlq, "arn")),
            calls: protocol == "lambda",
        };
        Some(match beside {
            Some(neighbour) => on.fragment_with(neighbour, "topic_subscription", &plan),
            None => on.fragment("topic_subscription", &plan),
        })
    }
}

/// The component that answers under an address: the one whose attribute is in it.
fn answering<'a>(on: &Context<'a>, url: &Value) -> Option<&'a Neighbour> {
    let mut found = None;
    url.each_reference(&mut |symbol, _| {
        if let Symbol::Attribute { component, .. } = symbol {
            found = found.or_else(|| on.neighbours.get(component));
        }
    });
    found
}

impl Target {
    /// Whether it is one target, and of a form that the topic could deliver to.
    fn is_one(&self, on: &Context<'_>, setting: &str, at: crate::origin::OriginId) -> bool {
        let forms = [
            ("component", self.component.as_ref().map(|s| s.origin)),
            ("email", self.email.as_ref().map(|s| s.0.origin)),
            ("url", self.url.as_ref().map(|s| s.0.origin)),
        ];
        target::is_one(on, setting, at, &forms)
    }
}
