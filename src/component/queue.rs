//! `queue`: a queue of Amazon SQS, with its dead letters and the function that consumes it.

mod alarms;
mod check;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, Level, Neighbour, Policies,
    StackName, Statement, Watched, count,
};
use crate::part::alarm::Choice;
use crate::part::event_source::{EventSource, Filters, Records};
use crate::part::fifo;
use crate::part::policy::{self, Sender};
use crate::setting::{Any, Keyed, OrNone, Seconds, Setting};
use crate::value::Value;

use alarms::Alarms;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "queue",
    "A queue of Amazon SQS, with its dead letters and the function that consumes it.",
    StackName::Data,
)
.drawn(Group::Messaging)
.sst("sst.aws.Queue", &[("url", "url")])
.imports(&["url", "arn"])
.outputs(&["name"])
.imported_fifo(fifo::by_name)
.chosen_levels(LEVELS)
.codes(&[check::CODES]);

const LEVELS: &[Level] = &[
    Level::of(
        "send",
        "puts messages into it",
        &[Statement::of("Send", &["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"], &[("arn", "")])],
    ),
    Level::of("receive", "takes messages out of it", &[Statement::of("Receive", RECEIVE, &[("arn", "")])]),
];

const RECEIVE: &[&str] = &[
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
];

/// What Lambda needs to consume a queue (Lambda Developer Guide, "Configuring permissions" of Amazon SQS).
const CONSUME: &[&str] = &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/// What Lambda hands over (Lambda Developer Guide, "Using Lambda with Amazon SQS").
const MESSAGES: Records = Records {
    name: "a message of SQS",
    keys: &[
        "body",
        "messageId",
        "receiptHandle",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    ],
    around: ("body: {", "}"),
    unfit: "Lambda deletes a message that no filter fits",
    example: "{body: {kind: [paid]}}",
    typed: None,
};

/// Seconds that a message is hidden for where nothing says how long its consumer takes; the default of SQS.
const VISIBILITY: u32 = 30;

/// Settings of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether messages of a group keep their order, and repeated ones are dropped for five minutes. Create-only: another
    /// value replaces the queue.
    #[schemars(extend("default" = false))]
    fifo: Setting<bool>,
    /// How long a message is hidden while it is worked on, at most 12 hours. Unless written, six times the consumer's
    /// timeout, and its `window` with it; 30 seconds without a consumer. Less than the consumer's timeout is an error.
    #[schemars(example = &"5 minutes")]
    visibility: Option<Setting<Seconds>>,
    /// How many days a message is kept, 1 to 14.
    #[schemars(extend("default" = 4))]
    keep_days: Setting<u32>,
    /// What happens to messages that fail again and again; with `none` they are tried until they expire. Must be written on a
    /// permanent stage.
    #[schemars(extend("default" = {}))]
    dead_letters: Setting<OrNone<DeadLetters>>,
    /// The function that is called with the messages. It needs no link: the queue grants it what it needs.
    #[schemars(extend("default" = "none"))]
    consumer: OrNone<Consumer>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<Alarms>,
}

/// Where messages go that fail again and again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadLetters {
    /// How often a message is handed out before it counts as dead, 1 to 1000.
    #[schemars(extend("default" = 3))]
    retries: Setting<u32>,
    /// How many days a dead letter is kept, 1 to 14; 14 unless written. Its age counts from when it was sent.
    #[schemars(example = &14)]
    keep_days: Option<Setting<u32>>,
    /// Another queue of this stage that takes them, instead of an own one.
    #[schemars(example = &"FailedOrders")]
    to: Option<Setting<String>>,
}

/// The function that is called with the messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// The function.
    #[schemars(example = &"Worker")]
    to: Setting<String>,
    /// The most messages of one call: 1 to 10,000, to 10 with `fifo`. The function may answer which of them failed; the
    /// others are done.
    #[schemars(extend("default" = 10))]
    batch: Setting<u32>,
    /// How long messages are collected for a call, 0 to 300 seconds. At least 1 where `batch` is above 10; none with `fifo`.
    #[schemars(extend("default" = 0))]
    window: Setting<Seconds>,
    /// How many calls may run at once because of this queue, 2 to 1000; as many as Lambda has unless written.
    #[schemars(example = &5)]
    concurrency: Option<Setting<u32>>,
    /// The messages that are handed over, by label: those that one of the patterns fits. Others are deleted unseen. `body` is
    /// the message, read as JSON.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("paid", BTreeMap::from([("body", BTreeMap::from([("kind", ["paid"])]))]))]))]
    filters: Keyed<Any>,
}

impl Kind for Settings {
    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut attributes = vec![
            Attribute::linked("url", on.local("Self", None)),
            Attribute::linked("arn", on.local("Self", Some("Arn"))),
            Attribute::linked("name", on.local("Self", Some("QueueName"))),
        ];
        if self.dead_letters.as_option().is_some_and(|dead| dead.to.is_none()) {
            attributes.extend([
                on.from_local("dead_letter_url", "DeadLetters", None),
                on.from_local("dead_letter_arn", "DeadLetters", Some("Arn")),
            ]);
        }
        let dead_letters = self.dead_letters.as_option().and_then(|dead| dead.to.clone()).into_iter().collect();
        Interface { attributes, fifo: Some(self.fifo), dead_letters, ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let dead = self.dead_letters.value.as_option();
        let to = dead.and_then(|dead| dead.to.as_ref()).map(|to| (to.value.clone(), "dead letters".to_owned()));
        let consumer = self.consumer.as_option().map(|consumer| (consumer.to.value.clone(), String::new()));
        Described::of(on, if self.fifo.value { "SQS (FIFO)" } else { "SQS" })
            .named("Kept", count(self.keep_days.value as usize, "day"))
            .named("Dead letters", dead.map_or("none".to_owned(), |dead| format!("after {} tries", dead.retries.value)))
            .with(on, How::Delivers, consumer)
            .with(on, How::Delivers, to)
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let function = self.consumer().and_then(|c| on.neighbour(&c.to, "consumer", &["function"]));
        check::check(self, function, on);
        let dead = self.dead_letters.as_option();
        let plan = Plan {
            fifo: self.fifo.value.then_some(self.fifo),
            keep: days(on, self.keep_days),
            visibility: self.visibility(on, function),
            dead_letters: dead.map(|dead| dead.plan(on)),
            own_dead_letters: dead.filter(|dead| dead.to.is_none()).map(|dead| dead.own(on)),
            senders: policy::senders(on, &[]),
            policies: on.policies(false),
            tags: on.tags(),
        };
        let mut fragments = vec![on.fragment("queue", &plan)];
        fragments.extend(self.consumer().zip(function).map(|(c, function)| c.source(on).lower(on, function)));
        fragments
    }
}

#[derive(Serialize)]
struct Plan {
    fifo: Option<Setting<bool>>,
    keep: Setting<u32>,
    visibility: Setting<u32>,
    dead_letters: Option<DeadLettersPlan>,
    own_dead_letters: Option<OwnPlan>,
    senders: Vec<Sender>,
    policies: Policies,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct DeadLettersPlan {
    arn: Value,
    retries: Setting<u32>,
}

#[derive(Serialize)]
struct OwnPlan {
    keep: Setting<u32>,
}

impl Settings {
    fn consumer(&self) -> Option<&Consumer> {
        self.consumer.as_option()
    }

    /// How long a message is hidden while it is worked on.
    fn visibility(&self, on: &Context<'_>, function: Option<&Neighbour>) -> Setting<u32> {
        if let Some(written) = self.visibility {
            return written.map(|time| time.0);
        }
        let timeout = function.and_then(|f| f.interface.timeout);
        let Some((timeout, consumer)) = timeout.zip(self.consumer()) else {
            return on.setting("SQS hides a message for 30 seconds", &[], VISIBILITY);
        };
        // AWS's advice: a call may begin late and be throttled before it runs (Lambda Developer Guide, "Using Lambda with
        // Amazon SQS", "Configuring a queue").
        let rule = "a message is hidden for six times the consumer's timeout and its window";
        let window = consumer.window;
        let seconds = timeout.value.saturating_mul(6).saturating_add(window.0);
        on.setting(rule, &[timeout.origin, window.origin], seconds.min(check::LONGEST_VISIBILITY))
    }
}

impl DeadLetters {
    fn plan(&self, on: &Context<'_>) -> DeadLettersPlan {
        let own = || on.local("DeadLetters", Some("Arn"));
        let arn = self.to.as_ref().map_or_else(own, |to| on.attribute_of(to, "arn"));
        DeadLettersPlan { arn, retries: self.retries }
    }

    fn own(&self, on: &Context<'_>) -> OwnPlan {
        let longest = || on.setting("dead letters are kept as long as SQS can", &[], 14);
        OwnPlan { keep: days(on, self.keep_days.unwrap_or_else(longest)) }
    }
}

impl Consumer {
    fn source(&self, on: &Context<'_>) -> EventSource<'_> {
        EventSource {
            to: &self.to,
            source: on.own("arn"),
            actions: CONSUME,
            batch: self.batch,
            window: self.window,
            concurrency: self.concurrency,
            filters: Filters { setting: "consumer.filters", patterns: &self.filters, records: &MESSAGES },
            stream: None,
        }
    }
}

/// Days as the seconds that SQS counts.
fn days(on: &Context<'_>, days: Setting<u32>) -> Setting<u32> {
    on.setting("SQS counts in seconds", &[days.origin], days.value.saturating_mul(86_400))
}
