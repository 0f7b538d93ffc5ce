//! What can be wrong with the settings of a cron.

use super::{Settings, headers};
use crate::component::{Context, Neighbour};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::range::Bounds;
use crate::part::schedule::{self, Form};
use crate::part::{policy, target};
use crate::setting::{Any, Setting};
use crate::value::{Kind, Value};

/// Codes of crons.
pub const CODES: &[Code] = &[CFN275, CFN276, CFN277, CFN285];

/// `CFN275`: more retries than EventBridge makes.
pub const CFN275: Code = Code {
    id: "CFN275",
    explanation: "the number of retries is outside of what EventBridge takes\n\n\
        What does not get through is tried again up to 185 times within a day (AWS::Scheduler::Schedule RetryPolicy; \
        AWS::Events::Rule RetryPolicy).",
};

/// `CFN276`: a time that an address cannot be asked at.
pub const CFN276: Code = Code {
    id: "CFN276",
    explanation: "an address is asked by UTC only, and never once\n\n\
        EventBridge Scheduler, which knows time zones and `at(…)`, calls AWS services. An address is asked by a rule of \
        EventBridge, whose `rate` and `cron` go by UTC, summer and winter (Amazon EventBridge User Guide, \"Setting a schedule \
        pattern for scheduled rules\").\n\n\
        Write the times in UTC. Where summer time matters, let the cron call a function, and the function ask the address.",
};

/// `CFN277`: a target and settings that do not fit each other.
pub const CFN277: Code = Code {
    id: "CFN277",
    explanation: "what the cron goes to does not take this\n\n\
        A function, queue or topic is sent the cron's `input`. An address is asked with `method`, `headers` and `body`, which stand \
        in `to` beside its `url`. A FIFO topic takes messages in groups, and EventBridge Scheduler names no group for topics: let the \
        cron call a function that publishes.",
};

/// `CFN285`: messages that repeat each other.
pub const CFN285: Code = Code {
    id: "CFN285",
    explanation: "a FIFO queue drops what the cron repeats\n\n\
        A FIFO queue takes two messages of one content within five minutes as one message, and accepts the second without \
        keeping it (SQS Developer Guide, \"Exactly-once processing in Amazon SQS\"). A cron whose `input` is the same every time \
        is not heard more often than that.\n\n\
        Let the input say which call it is: EventBridge Scheduler puts an id of its own in the place of \
        `<aws.scheduler.execution-id>` (EventBridge Scheduler User Guide, \"Adding context attributes\"). Or name a standard queue.",
};

/// How many minutes SQS remembers what came into a FIFO queue.
const REMEMBERED: u32 = 5;

/// What begins the attributes of a call that EventBridge Scheduler puts into an input.
const CONTEXT: &str = "<aws.scheduler.";

const BOUNDS: Bounds = Bounds { code: CFN275, taker: "EventBridge", source: "RetryPolicy MaximumRetryAttempts" };

/// Reports what is wrong with the settings.
pub(super) fn check(cron: &Settings, on: &Context<'_>) {
    let form = schedule::check(on, "schedule", &cron.schedule);
    schedule::check_zone(on, "timezone", &cron.timezone);
    BOUNDS.check(on, "retries", cron.retries, 0..=185, "");
    let target = &cron.to.value;
    let forms =
        [("component", target.component.as_ref().map(|s| s.origin)), ("url", target.url.as_ref().map(|s| s.0.origin))];
    if !target::is_one(on, "to", cron.to.origin, &forms) {
        return;
    }
    if let Some(component) = &target.component {
        check_component(cron, component, on);
    } else if let Some(url) = &target.url {
        target::check_https(on, "to.url", &url.0);
        headers::check(on, &target.headers);
        check_request(cron, form, url.0.origin, on);
        for delivery in cron.deliveries(on) {
            policy::check_receiver(on, &delivery);
        }
    }
}

fn check_component(cron: &Settings, component: &Setting<String>, on: &Context<'_>) {
    let target = &cron.to.value;
    let first_header = target.headers.iter().next().map(|(name, _)| name.origin);
    let foreign = [
        ("method", target.method.map(|s| s.origin), "remove it, or write a `url` in place of the component"),
        ("headers", first_header, "remove them, or write a `url` in place of the component"),
        ("body", target.body.as_ref().map(|s| s.0.origin), "write what is sent as `input`, beside `to`"),
    ];
    for (setting, at, help) in foreign {
        if let Some(at) = at {
            let title = format!("`to` of `{}` is a component, and `{setting}` is for addresses", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN277, title), at, "only for an address");
            on.report(diagnostic.context_if_known(on.origins, Some(component.origin), "goes here").help(help));
        }
    }
    let Some(found) = on.neighbour(component, "to", &["function", "queue", "topic"]) else { return };
    if found.kind.name == "topic" && found.interface.is_fifo() {
        let title = format!("`{}` goes to `{}`, a FIFO topic", on.name, component.value);
        on.report(
            on.at(Diagnostic::error(CFN277, title), component.origin, "takes messages in groups only")
                .context_if_known(on.origins, Some(found.origin), "declared here")
                .note("EventBridge Scheduler names a group for queues, not for topics")
                .help("call a function that publishes, or name a standard topic"),
        );
    }
    if found.kind.name == "queue" && found.interface.is_fifo() {
        check_repeated(cron, component, found, on);
    }
}

/// A queue in order drops what came within the last minutes already.
fn check_repeated(cron: &Settings, component: &Setting<String>, queue: &Neighbour, on: &Context<'_>) {
    let Some(Any(input)) = &cron.input else { return };
    if !schedule::recurs_within(&cron.schedule.value, REMEMBERED) || holds(input, CONTEXT) {
        return;
    }
    let title = format!(
        "`{}` sends the same message again within {REMEMBERED} minutes to `{}`, a FIFO queue",
        on.name, component.value
    );
    on.report(
        on.at(Diagnostic::warning(CFN285, title), input.origin, "the same every time")
            .context_if_known(on.origins, Some(cron.schedule.origin), "within five minutes")
            .context_if_known(on.origins, queue.interface.fifo.map(|fifo| fifo.origin), "drops what it has seen")
            .note(format!("SQS drops what a FIFO queue was sent in the last {REMEMBERED} minutes"))
            .help("put `<aws.scheduler.execution-id>` into the input, or name a standard queue"),
    );
}

/// Whether a text below the value holds `part`.
fn holds(value: &Value, part: &str) -> bool {
    match &value.kind {
        Kind::Text(text) => text.contains(part),
        Kind::List(items) | Kind::Join(items) => items.iter().any(|item| holds(item, part)),
        Kind::Map(entries) => entries.iter().any(|entry| entry.key.contains(part) || holds(&entry.value, part)),
        _ => false,
    }
}

fn check_request(cron: &Settings, form: Option<Form>, url: OriginId, on: &Context<'_>) {
    let asked = |diagnostic: Diagnostic| diagnostic.context_if_known(on.origins, Some(url), "an address");
    if let Some(input) = &cron.input {
        let title = format!("`{}` asks an address, and has an `input`, which is for components", on.name);
        let diagnostic = asked(on.at(Diagnostic::error(CFN277, title), input.0.origin, "would not be sent"));
        on.report(diagnostic.help("write it as `body` in `to`"));
    }
    if !schedule::UTC.contains(&cron.timezone.value.as_str()) {
        let title = format!("`{}` asks an address by the clock of `{}`", on.name, cron.timezone.value);
        let diagnostic =
            asked(on.at(Diagnostic::error(CFN276, title), cron.timezone.origin, "addresses are asked by UTC"));
        on.report(
            diagnostic
                .note("rules of EventBridge, which ask addresses, know no time zones")
                .help("write the schedule in UTC and remove `timezone`, or call a function that asks the address"),
        );
    }
    if form == Some(Form::At) {
        let title = format!("`{}` asks an address once", on.name);
        let diagnostic = asked(on.at(Diagnostic::error(CFN276, title), cron.schedule.origin, "only for components"));
        on.report(
            diagnostic
                .note("rules of EventBridge, which ask addresses, know `rate` and `cron` only")
                .help("write `cron(…)` with the year in it, or call a function that asks the address"),
        );
    }
}
