//! The stream of a table: what is told of its changes, and to whom.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::CFN258;
use crate::component::{Context, Fragment};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::event_source::{self, EventSource, Filters, Records, Typed};
use crate::part::{dead_letters, range::Bounds};
use crate::setting::{Any, Keyed, OrNone, Seconds, Setting};

/// Codes of streams.
pub const CODES: &[Code] = &[CFN259];

/// `CFN259`: how nobody is told.
pub const CFN259: Code = Code {
    id: "CFN259",
    explanation: "a stream says how a function is called, and names none\n\n\
        `batch`, `window`, `filters`, `retries` and `dlq` say how Lambda hands changes to the function in `to`. A stream without \
        `to` is read by something else, which decides that for itself.",
};

/// What Lambda needs to read a stream (Lambda Developer Guide, "Process DynamoDB records with Lambda").
const READ: &[&str] =
    &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];

/// What Lambda hands over (Lambda Developer Guide, "Process DynamoDB records with Lambda").
const CHANGES: Records = Records {
    name: "a record of a stream",
    keys: &[
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
        "userIdentity",
        "eventSourceARN",
    ],
    around: ("dynamodb: {NewImage: {", "}}"),
    unfit: "Lambda passes over a record that no filter fits",
    example: "{eventName: [INSERT]}",
    typed: Some(Typed {
        below: "dynamodb",
        images: &["NewImage", "OldImage", "Keys"],
        types: &["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"],
        map: "M",
        text: "S",
        truth: "BOOL",
        number: "N",
    }),
};

const LAMBDA: Bounds = Bounds { code: CFN258, taker: "Lambda", source: "AWS::Lambda::EventSourceMapping" };

/// What is told of changes, and to whom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stream {
    /// What is told of an item that changed. To say another, deploy `stream: none` first: it takes a new stream.
    #[schemars(extend("default" = "new_and_old"))]
    view: Setting<View>,
    /// The function that is called with the changes. It needs no link: the stream grants it what it needs. Without one,
    /// something else reads the stream.
    #[schemars(example = &"Indexer")]
    to: Option<Setting<String>>,
    /// The most changes of one call, 1 to 10,000.
    #[schemars(extend("default" = 100))]
    batch: Setting<u32>,
    /// How long changes are collected for a call, at most 5 minutes.
    #[schemars(extend("default" = 0), example = &5)]
    window: Setting<Seconds>,
    /// The changes that are handed over, by label: those that one of the patterns fits.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"added": {"eventName": ["INSERT"]}}))]
    filters: Keyed<Any>,
    /// How often a batch that fails is tried again, 0 to 10,000; until its changes are a day old unless written.
    #[schemars(example = &3)]
    retries: Option<Setting<u32>>,
    /// The queue that hears of batches that failed for good: where they are in the stream, not what they hold.
    #[schemars(extend("default" = "none"), example = &"Unindexed")]
    dlq: OrNone<Setting<String>>,
}

/// What is told of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum View {
    /// As it was, and as it is.
    NewAndOld,
    /// As it is.
    New,
    /// As it was.
    Old,
    /// Its key.
    Keys,
}

impl Stream {
    /// The function that hears of changes.
    pub(super) fn to(&self) -> Option<&Setting<String>> {
        self.to.as_ref()
    }

    /// The queue that takes what the function failed at for good.
    pub(super) fn dead_letters(&self) -> Option<Setting<String>> {
        self.dlq.as_option().cloned()
    }

    /// What CloudFormation calls the view.
    pub(super) fn view(&self, on: &Context<'_>) -> Setting<&'static str> {
        let word = match self.view.value {
            View::NewAndOld => "NEW_AND_OLD_IMAGES",
            View::New => "NEW_IMAGE",
            View::Old => "OLD_IMAGE",
            View::Keys => "KEYS_ONLY",
        };
        on.setting("what DynamoDB calls it", &[self.view.origin], word)
    }

    /// The mapping to the function, in its stack.
    pub(super) fn lower(&self, on: &Context<'_>) -> Option<Fragment> {
        LAMBDA.check(on, "stream.batch", self.batch, 1..=10_000, "changes");
        LAMBDA.check(on, "stream.window", self.window.map(|w| w.0), 0..=300, "seconds");
        if let Some(retries) = self.retries {
            LAMBDA.check(on, "stream.retries", retries, 0..=10_000, "");
        }
        let Some(to) = &self.to else {
            self.report_idle(on);
            return None;
        };
        let dead_letters = self.dlq.as_option().and_then(|dlq| dead_letters::standard_queue(on, dlq));
        let function = on.neighbour(to, "stream.to", &["function"])?;
        let source = EventSource {
            to,
            source: on.own("stream_arn"),
            actions: READ,
            batch: self.batch,
            window: self.window,
            concurrency: None,
            filters: Filters { setting: "stream.filters", patterns: &self.filters, records: &CHANGES },
            stream: Some(event_source::Stream { retries: self.retries, dead_letters }),
        };
        Some(source.lower(on, function))
    }

    /// Reports what says how a function is called that is not there.
    fn report_idle(&self, on: &Context<'_>) {
        let written = |origin: OriginId| (!on.origins.is_default(origin)).then_some(origin);
        let settings = [
            ("batch", written(self.batch.origin)),
            ("window", written(self.window.origin)),
            ("filters", self.filters.iter().next().map(|(label, _)| label.origin)),
            ("retries", self.retries.map(|r| r.origin)),
            ("dlq", self.dlq.as_option().map(|d| d.origin)),
        ];
        for (setting, origin) in settings.iter().filter_map(|(name, origin)| Some((name, (*origin)?))) {
            let title = format!("`stream` of `{}` has `{setting}`, and no function that is called", on.name);
            on.report(
                on.at(Diagnostic::error(CFN259, title), origin, "without effect")
                    .help(format!("write `to:` beside it, or remove `{setting}`")),
            );
        }
    }
}
