//! Dead letters: the queue that takes what failed for good, wherever a component names one by `dlq`.

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN225];

/// `CFN225`: a queue in order for what comes in none.
pub const CFN225: Code = Code {
    id: "CFN225",
    explanation: "a FIFO queue cannot take these dead letters\n\n\
        Lambda (asynchronous calls and streams) and EventBridge Scheduler send what failed to standard queues only: they know \
        no message group that a FIFO queue could sort by (Lambda Developer Guide, \"Capturing records of Lambda asynchronous \
        invocations\"; EventBridge Scheduler User Guide, \"Configuring a dead-letter queue\"). Name a queue without `fifo`.",
};

/// The actions that sending to a queue needs.
pub const SEND: &[&str] = &["sqs:SendMessage"];

/// The ARN of the standard queue that `dlq` names; reports what is no such queue.
pub fn standard_queue(on: &Context<'_>, dlq: &Setting<String>) -> Option<Value> {
    let queue = on.neighbour(dlq, "dlq", &["queue"])?;
    if let Some(fifo) = queue.interface.fifo.filter(|fifo| fifo.value) {
        let title = format!("`dlq` of `{}` is `{}`, a FIFO queue", on.name, dlq.value);
        on.report(
            on.at(Diagnostic::error(CFN225, title), dlq.origin, "takes messages in groups only")
                .context_if_known(on.origins, Some(fifo.origin), "keeps messages in order")
                .help("name a queue without `fifo`"),
        );
        return None;
    }
    Some(on.attribute_of(dlq, "arn"))
}
