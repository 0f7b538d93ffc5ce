//! Who hears of what happens in a bucket: a rule of EventBridge for each, beside its receiver.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WRITES;
use crate::component::{Context, Delivery, Fragment, Neighbour, pascal};
use crate::diag::{Code, Diagnostic, Severity};
use crate::part::policy;
use crate::setting::Setting;
use crate::value::{Symbol, Value};

/// Codes of notifications.
pub const CODES: &[Code] = &[CFN246, CFN247];

/// `CFN246`: a FIFO topic.
pub const CFN246: Code = Code {
    id: "CFN246",
    explanation: "a FIFO topic cannot be told what happens in a bucket\n\n\
        What happens in a bucket travels by EventBridge, which delivers to functions, to queues (in order, too) and to standard \
        topics, but not to FIFO topics (Amazon EventBridge User Guide, \"Event bus targets\"). Send it to a FIFO queue, or to a \
        standard topic.",
};

/// `CFN247`: a function that calls itself.
pub const CFN247: Code = Code {
    id: "CFN247",
    explanation: "a function is told of the objects that it writes itself\n\n\
        A function that hears of new objects, and may write where they are, can call itself: each object that it writes calls it \
        again, which costs without end. Let it hear of one prefix and write under another: `prefix` of the entry in `notify` and \
        `prefix` of its link. With both, IAM keeps it from writing where it would be called. Or let it write into another \
        bucket.",
};

/// An entry of `notify`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    /// What it hears of.
    #[serde(rename = "on")]
    #[schemars(extend("default" = "created"))]
    event: Setting<Event>,
    /// Only of objects whose names begin so.
    #[schemars(length(min = 1), example = &"incoming/")]
    pub(super) prefix: Option<Setting<String>>,
    /// Only of objects whose names end so.
    #[schemars(length(min = 1), example = &".pdf")]
    pub(super) suffix: Option<Setting<String>>,
    /// Who hears of it; a name is short for `{component: <name>}`.
    to: Receiver,
}

/// Who hears of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Receiver {
    /// A function, a queue or a topic.
    #[schemars(example = &"Thumbnails")]
    component: Setting<String>,
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Event {
    /// It is written, whether new or in place of another.
    Created,
    /// It is deleted, or it expires.
    Removed,
}

#[derive(Serialize)]
struct Plan {
    id: Setting<String>,
    event: Setting<&'static str>,
    bucket: Value,
    key: Option<Value>,
    receiver: Value,
    group: Option<Value>,
    calls: bool,
    rule: Value,
}

impl Notify {
    /// Who hears of it, and of what.
    pub(super) fn told(&self) -> (String, String) {
        let event = match self.event.value {
            Event::Created => "created",
            Event::Removed => "removed",
        };
        (self.to.component.value.clone(), event.to_owned())
    }

    /// What is delivered. The rule that does so stands beside the receiver.
    pub(super) fn delivery(&self, on: &Context<'_>, label: &Setting<String>) -> Delivery {
        let rule = Symbol::Beside { component: on.name.into(), id: id(label), attribute: Some("Arn".into()) };
        Delivery {
            to: self.to.component.clone(),
            service: "events.amazonaws.com",
            source: Value::reference(label.origin, rule),
        }
    }

    /// The rule, in the stack of its receiver.
    pub(super) fn lower(&self, on: &Context<'_>, label: &Setting<String>) -> Option<Fragment> {
        let to = &self.to.component;
        let receiver = on.neighbour(to, "notify", &["function", "queue", "topic"])?;
        let calls = receiver.kind.name == "function";
        if calls {
            self.check_circle(on, receiver);
        } else {
            policy::check_receiver(on, &self.delivery(on, label));
        }
        let ordered = receiver.interface.is_fifo();
        if ordered && receiver.kind.name == "topic" {
            let title = format!("`notify` of `{}` names `{}`, a FIFO topic", on.name, to.value);
            on.report(
                on.at(Diagnostic::error(CFN246, title), to.origin, "EventBridge does not deliver to it")
                    .context_if_known(on.origins, Some(receiver.origin), "declared here")
                    .help("name a FIFO queue, or a topic without `fifo`"),
            );
        }
        let event = match self.event.value {
            Event::Created => "Object Created",
            Event::Removed => "Object Deleted",
        };
        let id = on.setting("a rule's logical id is the label of its entry", &[label.origin], id(label));
        let plan = Plan {
            event: on.setting("what EventBridge calls it", &[self.event.origin], event),
            bucket: on.own("name"),
            key: self.key(on),
            receiver: on.attribute_of(to, "arn"),
            group: ordered.then(|| on.text("what comes from one bucket stays in order", &[to.origin], on.identity())),
            calls,
            rule: on.local(&id, Some("Arn")),
            id,
        };
        Some(on.fragment_with(receiver, "bucket_notify", &plan))
    }

    /// What an object's name must be like.
    fn key(&self, on: &Context<'_>) -> Option<Value> {
        let (how, text, from) = match (&self.prefix, &self.suffix) {
            (None, None) => return None,
            (Some(prefix), None) => ("prefix", prefix.value.clone(), vec![prefix.origin]),
            (None, Some(suffix)) => ("suffix", suffix.value.clone(), vec![suffix.origin]),
            // Two patterns side by side would be either of them.
            (Some(prefix), Some(suffix)) => {
                let text = format!("{}*{}", literal(prefix), literal(suffix));
                ("wildcard", text, vec![prefix.origin, suffix.origin])
            }
        };
        let text = on.text("an object's name fits both `prefix` and `suffix`", &from, text);
        Some(Value::map(text.origin, [(how, text)]))
    }

    /// A function that is called by what it writes.
    fn check_circle(&self, on: &Context<'_>, function: &Neighbour) {
        let Some(link) = function.links.get(on.name).filter(|_| self.event.value == Event::Created) else { return };
        let Some(access) = link.access.as_ref().filter(|a| WRITES.contains(&a.value.as_str())) else { return };
        let hears = self.prefix.as_ref().map_or("", |p| p.value.as_str());
        let writes = link.prefix.as_ref().map_or("", |p| p.value.as_str());
        if !hears.starts_with(writes) && !writes.starts_with(hears) {
            return;
        }
        // It may write names that end otherwise; nobody but its author knows.
        let severity = if self.suffix.is_some() { Severity::Note } else { Severity::Warning };
        let to = &self.to.component;
        let title = format!("`{}` is called for objects of `{}` that it may write itself", to.value, on.name);
        let places = match &self.prefix {
            Some(prefix) => format!("let its link write elsewhere than under `{}`, by a `prefix`", prefix.value),
            None => "give the link and this entry a `prefix` each, that do not meet".to_owned(),
        };
        on.report(
            on.at(Diagnostic::new(severity, CFN247, title), to.origin, "hears of new objects")
                .context_if_known(on.origins, Some(access.origin), "and writes objects")
                .note("each object that it writes there calls it again")
                .help(format!("{places}, or let it write into another bucket")),
        );
    }
}

/// The local id of a rule. No two labels come to the same, because each of their words begins with a letter.
fn id(label: &Setting<String>) -> String {
    format!("Notify{}", pascal(label))
}

/// A text inside a wildcard pattern of EventBridge.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('*', "\\*")
}
