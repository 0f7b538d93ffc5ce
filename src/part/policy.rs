//! Resource policies of what takes messages: each sender is named, by service and by ARN.

use serde::Serialize;

use crate::component::{Context, Delivery};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN221];

/// `CFN221`: what is imported cannot let anyone in from here.
pub const CFN221: Code = Code {
    id: "CFN221",
    explanation: "what takes the messages is imported, and its policy stands elsewhere\n\n\
        A queue or topic takes messages from AWS services only if its own policy names the sender. The policy of one that this \
        stage makes is written by the compiler; that of an imported one belongs to whoever made it, and must allow the sender \
        there. A queue or topic has one policy: a second one made here would replace it.",
};

/// A sender that the policy lets in.
#[derive(Debug, Serialize)]
pub struct Sender {
    sid: Value,
    service: Value,
    source: Option<Value>,
}

/// Everyone that delivers to this component. Services in `nameless` do not tell the receiver on whose behalf they deliver: a
/// condition on it would shut them out.
#[must_use]
pub fn senders(on: &Context<'_>, nameless: &[&str]) -> Vec<Sender> {
    let mut senders = Vec::new();
    for (from, delivery) in on.deliveries() {
        let from = on.identity_of(from);
        let origin = on.rule("who delivers is let in", &[delivery.to.origin]);
        let number = senders.iter().filter(|s: &&Sender| starts(&s.sid, from)).count();
        let number = if number == 0 { String::new() } else { (number + 1).to_string() };
        senders.push(Sender {
            sid: Value::text(origin, format!("{from}{number}")),
            service: Value::text(origin, delivery.service),
            source: (!nameless.contains(&delivery.service)).then(|| delivery.source.clone()),
        });
    }
    senders
}

fn starts(sid: &Value, from: &str) -> bool {
    sid.as_text().and_then(|sid| sid.strip_prefix(from)).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Reports a delivery to a component whose policy cannot be written here.
pub fn check_receiver(on: &Context<'_>, delivery: &Delivery) {
    let Delivery { to, service, .. } = delivery;
    let Some(receiver) = on.neighbours.get(&to.value).filter(|receiver| receiver.imported) else { return };
    report(on, to, service, receiver.origin);
}

fn report(on: &Context<'_>, to: &Setting<String>, service: &str, imported: crate::origin::OriginId) {
    let title = format!("`{}` delivers to `{}`, which is imported", on.name, to.value);
    on.report(
        on.at(Diagnostic::warning(CFN221, title), to.origin, "its policy cannot be written here")
            .context_if_known(on.origins, Some(imported), "imported here")
            .help(format!("make sure that its own policy lets `{service}` in")),
    );
}
