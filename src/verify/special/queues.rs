//! Queues and topics: what goes together with what.

use super::subject::{Subject, number, text_at};
use crate::cfn::Target;
use crate::diag::{Code, Diagnostics};
use crate::value::Value;

/// `CFN430`: FIFO and standard do not go together.
pub const CFN430: Code = Code {
    id: "CFN430",
    explanation: "what keeps messages in order is joined with what does not\n\n\
        The dead letters of a FIFO queue go to a FIFO queue, and those of a standard queue to a standard one (Amazon SQS Developer \
        Guide, \"Using dead-letter queues in Amazon SQS\"). A standard topic does not deliver to FIFO queues (Amazon SNS Developer \
        Guide, \"Message delivery for FIFO topics\"). The name of each FIFO topic ends in `.fifo`, and no other does (Amazon SNS \
        API Reference, `CreateTopic`).",
};

/// `CFN431`: messages come back while they are worked on.
pub const CFN431: Code = Code {
    id: "CFN431",
    explanation: "a queue's messages come back before its function is done\n\n\
        A message that a function has taken is hidden for the queue's `VisibilityTimeout`, 30 seconds where it is not written. A \
        function that may run longer would be given it again; Lambda refuses such a mapping when it is created (AWS Lambda \
        Developer Guide, \"Creating and configuring an Amazon SQS event source mapping\": at least the function's timeout, six \
        times is advised).",
};

/// What each FIFO queue and topic is named, and no other.
const SUFFIX: &str = ".fifo";

/// The dead letters of a queue go to one of its kind.
pub(super) fn dead_letters(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(to) = subject.get(&["RedrivePolicy", "deadLetterTargetArn"]) else { return };
    let Some(dead) = subject.referred_as(to, "AWS::SQS::Queue") else { return };
    let (Some(own), Some(other)) = (subject.flag("FifoQueue", false), dead.flag("FifoQueue", false)) else { return };
    if own == other {
        return;
    }
    let kind = |fifo: bool| if fifo { "FIFO" } else { "standard" };
    let title = format!(
        "`{}` is a {} queue, and its dead letters go to `{}`, a {} queue",
        subject.id(),
        kind(own),
        dead.id(),
        kind(other)
    );
    let diagnostic = subject.error(CFN430, title, to.origin, "a queue of the other kind");
    let diagnostic =
        diagnostic.context_if_known(subject.scope.origins, Some(subject.scope.owner(dead.id())), "the other queue");
    findings.push(diagnostic.help(format!("let them go to a {} queue", kind(own))));
}

/// A topic's name says whether it is FIFO.
pub(super) fn topic(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let (Some(name), Some(fifo)) = (subject.get(&["TopicName"]), subject.flag("FifoTopic", false)) else { return };
    let Some(text) = text_at(&subject.resource.properties, &["TopicName"]) else { return };
    if text.ends_with(SUFFIX) == fifo {
        return;
    }
    let (title, help, repair) = match fifo {
        true => (
            format!("`{}` is a FIFO topic, and its name `{text}` does not end in `{SUFFIX}`", subject.id()),
            format!("write `{text}{SUFFIX}`"),
            Some(format!("{text}{SUFFIX}")),
        ),
        false => (
            format!("`{}` is named `{text}`, and is no FIFO topic", subject.id()),
            format!("write `FifoTopic: true`, or a name without `{SUFFIX}`"),
            None,
        ),
    };
    let diagnostic = subject.error(CFN430, title, name.origin, "name and kind differ").help(help);
    findings.push(match repair {
        Some(repair) => subject.repair(diagnostic, name, &repair),
        None => diagnostic,
    });
}

/// A standard topic does not deliver to a FIFO queue.
pub(super) fn delivery(subject: &Subject<'_>, endpoint: &Value<Target>, findings: &mut Diagnostics) {
    let topic = subject.get(&["TopicArn"]).and_then(|arn| subject.referred_as(arn, "AWS::SNS::Topic"));
    let (Some(topic), Some(queue)) = (topic, subject.referred_as(endpoint, "AWS::SQS::Queue")) else { return };
    if topic.flag("FifoTopic", false) == Some(false) && queue.flag("FifoQueue", false) == Some(true) {
        let title = format!("`{}` delivers from the standard topic `{}` to a FIFO queue", subject.id(), topic.id());
        let diagnostic = subject.error(CFN430, title, endpoint.origin, "a FIFO queue");
        findings.push(diagnostic.help("deliver to a standard queue, or make the topic FIFO"));
    }
}

/// A queue hides messages for at least as long as its function may take.
pub(super) fn mapping(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(source) = subject.get(&["EventSourceArn"]) else { return };
    let Some(queue) = subject.referred_as(source, "AWS::SQS::Queue") else { return };
    let Some(function) = subject.get(&["FunctionName"]).and_then(|name| function(subject, name)) else { return };
    // What AWS takes where nothing is written: AWS::SQS::Queue and AWS::Lambda::Function, CloudFormation Template Reference.
    let seconds = |of: &Subject<'_>, key: &str, default: f64| match of.get(&[key]) {
        Some(value) => number(value),
        None => of.lacks(key).then_some(default),
    };
    let hidden = seconds(&queue, "VisibilityTimeout", 30.0);
    let (Some(hidden), Some(runs)) = (hidden, seconds(&function, "Timeout", 3.0)) else { return };
    if hidden >= runs {
        return;
    }
    let title = format!(
        "`{}` hides messages for {hidden} seconds, and `{}`, which takes them, may run for {runs}",
        queue.id(),
        function.id()
    );
    let written = queue.get(&["VisibilityTimeout"]);
    let at = written.map_or(queue.resource.origin, |value| value.origin);
    let diagnostic = queue
        .error(CFN431, title, at, "messages would come back too early")
        .context_if_known(subject.scope.origins, function.get(&["Timeout"]).map(|t| t.origin), "the function's timeout")
        .help(format!("write a `VisibilityTimeout` of {}, six times the timeout", runs * 6.0));
    findings.push(match written {
        Some(value) => subject.repair(diagnostic, value, &format!("{}", runs * 6.0)),
        None => diagnostic,
    });
}

/// The function that a value names, maybe by an alias.
fn function<'a>(subject: &Subject<'a>, name: &'a Value<Target>) -> Option<Subject<'a>> {
    let found = subject.referred(name)?;
    match found.resource.type_name() {
        "AWS::Lambda::Function" => Some(found),
        "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
            found.get(&["FunctionName"]).and_then(|name| subject.referred_as(name, "AWS::Lambda::Function"))
        }
        _ => None,
    }
}
