//! Subscriptions: that the address is one of the protocol.

use super::queues;
use super::subject::{Subject, text_at};
use super::text::{UNKNOWN, known};
use crate::diag::{Code, Diagnostics, did_you_mean, either};

/// `CFN439`: an address that the protocol does not have.
pub const CFN439: Code = Code {
    id: "CFN439",
    explanation: "a subscription's address is none of its protocol\n\n\
        `email` and `email-json` take an address with `@`, `http` and `https` a URL that begins so, `sms` a number, and `sqs`, \
        `lambda`, `firehose` and `application` an ARN of that service (Amazon SNS API Reference, `Subscribe`). SNS refuses \
        anything else when the subscription is created.",
};

/// The protocols, what their addresses hold, and how that is said.
const PROTOCOLS: &[(&str, &str, &str)] = &[
    ("application", ":sns:", "the ARN of an endpoint of an app"),
    ("email", "@", "an e-mail address"),
    ("email-json", "@", "an e-mail address"),
    ("firehose", ":firehose:", "the ARN of a delivery stream"),
    ("http", "http://", "a URL that begins with `http://`"),
    ("https", "https://", "a URL that begins with `https://`"),
    ("lambda", ":lambda:", "the ARN of a function"),
    ("sms", "", "a phone number"),
    ("sqs", ":sqs:", "the ARN of a queue"),
];

/// Checks a subscription.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(written) = subject.get(&["Protocol"]) else { return };
    let Some(protocol) = text_at(&subject.resource.properties, &["Protocol"]) else { return };
    let Some((_, holds, what)) = PROTOCOLS.iter().find(|(name, ..)| *name == protocol) else {
        let title = format!("`{}` delivers by `{protocol}`, which is no protocol of SNS", subject.id());
        let diagnostic = subject.error(CFN439, title, written.origin, "not a protocol of SNS");
        let names: Vec<String> = PROTOCOLS.iter().map(|(name, ..)| format!("`{name}`")).collect();
        return findings.push(match did_you_mean(&protocol, PROTOCOLS.iter().map(|(name, ..)| *name)) {
            Some(near) => subject.repair(diagnostic.help(format!("did you mean `{near}`?")), written, near),
            None => diagnostic.help(format!("write {}", either(&names))),
        });
    };
    let Some(endpoint) = subject.get(&["Endpoint"]) else { return };
    if protocol == "sqs" {
        queues::delivery(subject, endpoint, findings);
    }
    let Some(address) = known(endpoint).filter(|address| !address.contains("{{resolve:")) else { return };
    let fits = match *holds {
        "" => !address.contains(|c: char| c.is_ascii_alphabetic()),
        start if start.ends_with("//") => {
            // What is unknown may hold anything, so that only what stands before it shows.
            let shown = address.split(UNKNOWN).next().unwrap_or_default();
            shown.starts_with(start) || shown.len() < address.len() && start.starts_with(shown)
        }
        inside => address.contains(inside) || address.contains(UNKNOWN),
    };
    if !fits {
        let shown = address.replace(UNKNOWN, "…");
        let title = format!("`{}` delivers by `{protocol}` to `{shown}`, which is not {what}", subject.id());
        let diagnostic = subject.error(CFN439, title, endpoint.origin, "no address of this protocol");
        findings.push(diagnostic.help(format!("write {what}, or another protocol")));
    }
}
