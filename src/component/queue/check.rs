//! What can be wrong with the settings of a queue.

use super::{Consumer, DeadLetters, Settings};
use crate::component::{Context, Neighbour};
use crate::diag::{Code, Diagnostic};
use crate::part::range::Bounds;

/// Codes of queues.
pub const CODES: &[Code] = &[CFN230, CFN231, CFN232, CFN233, CFN234];

/// `CFN230`: a message comes back before its consumer is done.
pub const CFN230: Code = Code {
    id: "CFN230",
    explanation: "a message becomes visible again while its consumer still works on it\n\n\
        A message that a function has taken is hidden for `visibility`. If the function may run longer, the message comes back \
        and is worked on twice; Lambda refuses such a mapping (Lambda Developer Guide, \"Using Lambda with Amazon SQS\": the \
        visibility timeout must be at least the function's timeout; six times is advised).\n\n\
        Leave `visibility` out: the compiler then writes six times the timeout.",
};

/// `CFN231`: a number that SQS or Lambda does not take.
pub const CFN231: Code = Code {
    id: "CFN231",
    explanation: "the number is outside of what a queue takes\n\n\
        Messages are kept 1 to 14 days and hidden for up to 12 hours (43,200 seconds); a dead letter has been tried 1 to 1000 \
        times; a call takes 1 to 10,000 messages, collected for up to 300 seconds; 2 to 1000 calls may run at once \
        (AWS::SQS::Queue; AWS::Lambda::EventSourceMapping).",
};

/// `CFN232`: a batch that Lambda does not collect.
pub const CFN232: Code = Code {
    id: "CFN232",
    explanation: "Lambda does not collect such a batch\n\n\
        More than 10 messages are collected only if there is time to collect them: `window` of at least 1 second. From a FIFO \
        queue Lambda takes up to 10 and waits for none (AWS::Lambda::EventSourceMapping BatchSize, \
        MaximumBatchingWindowInSeconds).",
};

/// `CFN233`: dead letters of another order.
pub const CFN233: Code = Code {
    id: "CFN233",
    explanation: "a queue and its dead letters keep different orders\n\n\
        The dead letters of a FIFO queue must go to a FIFO queue, and those of a standard queue to a standard one (SQS Developer \
        Guide, \"Using dead-letter queues in Amazon SQS\"). Without `to` the compiler makes the right one.",
};

/// `CFN234`: dead letters of which both or nobody decides.
pub const CFN234: Code = Code {
    id: "CFN234",
    explanation: "the dead letters go to another queue, and this one says how that one works\n\n\
        With `to`, dead letters are messages of that queue: its own `keep_days` says how long they are kept, and it cannot be \
        the queue that they come from.",
};

/// The longest time that SQS hides a message, in seconds.
pub(super) const LONGEST_VISIBILITY: u32 = 43_200;

const SQS: Bounds = Bounds { code: CFN231, taker: "SQS", source: "AWS::SQS::Queue" };
const LAMBDA: Bounds = Bounds { code: CFN231, taker: "Lambda", source: "AWS::Lambda::EventSourceMapping" };

/// The most messages of a call for which Lambda need not wait, and the most that it takes of a FIFO queue.
const SMALL_BATCH: u32 = 10;

/// Reports what is wrong with the settings.
pub(super) fn check(queue: &Settings, function: Option<&Neighbour>, on: &Context<'_>) {
    on.must_be_written(queue.dead_letters.origin, "dead_letters", "`{retries: 3, keep_days: 14}`");
    SQS.check(on, "keep_days", queue.keep_days, 1..=14, "days");
    if let Some(visibility) = queue.visibility {
        SQS.check(on, "visibility", visibility.map(|v| v.0), 0..=LONGEST_VISIBILITY, "seconds");
    }
    if let Some(dead) = queue.dead_letters.as_option() {
        check_dead_letters(queue, dead, on);
    }
    if let Some(consumer) = queue.consumer() {
        check_batch(queue, consumer, on);
        check_visibility(queue, consumer, function, on);
    }
}

fn check_dead_letters(queue: &Settings, dead: &DeadLetters, on: &Context<'_>) {
    SQS.check(on, "dead_letters.retries", dead.retries, 1..=1000, "");
    if let Some(days) = dead.keep_days {
        SQS.check(on, "dead_letters.keep_days", days, 1..=14, "days");
    }
    let Some(to) = &dead.to else { return };
    if to.value == on.name {
        let title = format!("the dead letters of `{}` go to itself", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN234, title), to.origin, "this very queue");
        on.report(diagnostic.help("leave `to` out for a queue of their own, or name another"));
        return;
    }
    let Some(other) = on.neighbour(to, "dead_letters.to", &["queue"]) else { return };
    if let Some(days) = dead.keep_days {
        let title = format!("`dead_letters` of `{}` go to `{}`, and say how long that keeps them", on.name, to.value);
        on.report(
            on.at(Diagnostic::error(CFN234, title), days.origin, "decided by the other queue")
                .context_if_known(on.origins, Some(to.origin), "they go there")
                .help(format!("remove `keep_days` here, and write it on `{}`", to.value)),
        );
    }
    let word = |fifo: bool| if fifo { "a FIFO queue" } else { "a standard queue" };
    if let Some(theirs) = other.interface.fifo.filter(|theirs| theirs.value != queue.fifo.value) {
        let (own, theirs) = (word(queue.fifo.value), word(theirs.value));
        let title = format!("`{}` is {own}, and its dead letters go to `{}`, {theirs}", on.name, to.value);
        on.report(
            on.at(Diagnostic::error(CFN233, title), to.origin, "keeps another order")
                .context_if_known(on.origins, Some(other.origin), "declared here")
                .note("SQS moves dead letters only between queues of one type")
                .help("leave `to` out, so that the right one is made, or name a queue with the same `fifo`"),
        );
    }
}

fn check_batch(queue: &Settings, consumer: &Consumer, on: &Context<'_>) {
    let (batch, window) = (consumer.batch, consumer.window);
    LAMBDA.check(on, "consumer.window", window.map(|w| w.0), 0..=300, "seconds");
    if let Some(concurrency) = consumer.concurrency {
        LAMBDA.check(on, "consumer.concurrency", concurrency, 2..=1000, "");
    }
    LAMBDA.check(on, "consumer.batch", batch, 1..=10_000, "messages");
    if queue.fifo.value && batch.value > SMALL_BATCH {
        let title = format!("`{}` is a FIFO queue, and its `batch` is {}", on.name, batch.value);
        let diagnostic = on.at(Diagnostic::error(CFN232, title), batch.origin, "above 10");
        let diagnostic = diagnostic.note("limit: AWS::Lambda::EventSourceMapping BatchSize, 10 for FIFO queues");
        on.report(on.repair(diagnostic.help("write `10` or less"), batch.origin, "10"));
    } else if queue.fifo.value && window.0 > 0 {
        let title = format!("`{}` is a FIFO queue, and its `window` is {} seconds", on.name, window.0);
        let diagnostic = on.at(Diagnostic::error(CFN232, title), window.origin, "Lambda does not wait here");
        on.report(on.repair(diagnostic.help("write `0`"), window.origin, "0"));
    } else if batch.value > SMALL_BATCH && window.0 == 0 {
        let title = format!("`{}` asks for {} messages a call, and leaves no time for them", on.name, batch.value);
        on.report(
            on.at(Diagnostic::error(CFN232, title), batch.origin, "above 10")
                .context_if_known(on.origins, Some(window.origin), "no time to collect them")
                .note("limit: AWS::Lambda::EventSourceMapping, a BatchSize above 10 needs a window of 1 second")
                .help("write a `window` of at least 1, or a `batch` of at most 10"),
        );
    }
}

fn check_visibility(queue: &Settings, consumer: &Consumer, function: Option<&Neighbour>, on: &Context<'_>) {
    let Some(timeout) = function.and_then(|f| f.interface.timeout) else { return };
    let Some(visibility) = queue.visibility.filter(|v| v.0 < timeout.value) else { return };
    let title = format!(
        "`visibility` of `{}` is {} seconds, and its consumer `{}` may take {}",
        on.name, visibility.0, consumer.to.value, timeout.value
    );
    let advised = timeout.value.saturating_mul(6).saturating_add(consumer.window.0).min(LONGEST_VISIBILITY);
    let advised = advised.to_string();
    let diagnostic = on
        .at(Diagnostic::error(CFN230, title), visibility.origin, "messages would come back too early")
        .context_if_known(on.origins, Some(timeout.origin), "the consumer's `timeout`")
        .note("AWS advises six times the consumer's timeout; Lambda refuses less than the timeout")
        .help(format!("write `{advised}`, or leave `visibility` out"));
    on.report(on.repair(diagnostic, visibility.origin, &advised));
}
