//! What can be wrong with the settings of a topic.

use std::collections::BTreeMap;

use super::{SERVICE, Settings, Subscriber};
use crate::component::{Context, Delivery, Neighbour};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::{policy, target};
use crate::setting::Setting;
use crate::value::Value;

/// Codes of topics.
pub const CODES: &[Code] = &[CFN260, CFN261, CFN262, CFN265, CFN266];

/// `CFN260`: a topic and a subscriber of different orders.
pub const CFN260: Code = Code {
    id: "CFN260",
    explanation: "the topic cannot deliver to this subscriber\n\n\
        A FIFO topic delivers to queues only, FIFO or standard; a function consumes such a queue. A standard topic delivers to \
        everything but FIFO queues. The dead letters of a subscription go to a FIFO queue if the topic is one, and to a standard \
        queue otherwise (SNS Developer Guide, \"Message delivery for FIFO topics\", \"Amazon SNS dead-letter queues\").",
};

/// `CFN261`: a subscriber that takes no raw messages.
pub const CFN261: Code = Code {
    id: "CFN261",
    explanation: "`raw` is for queues and addresses of https\n\n\
        With `raw: true` a subscriber gets the message alone. A function is always called with an event that holds the message \
        and its attributes, and a mail is always a text made by SNS (SNS Developer Guide, \"Amazon SNS raw message delivery\").",
};

/// `CFN262`: no address of e-mail.
pub const CFN262: Code = Code {
    id: "CFN262",
    explanation: "`email` is no address of e-mail\n\n\
        An address is one name, `@` and one host: `ops@example.com`. For several people, write several subscribers. An address \
        that does not belong into the repository is an input: `email: ${inputs.AlarmEmail}`.",
};

/// `CFN265`: two subscriptions of one subscriber.
pub const CFN265: Code = Code {
    id: "CFN265",
    explanation: "two subscribers of a topic are the same\n\n\
        SNS knows one subscription of a topic for each endpoint: a second one, with another filter, is refused when deployed (SNS \
        API Reference, \"Subscribe\"). Write both filters as one, with several values in its lists, or `$or`.",
};

/// `CFN266`: dead letters that go to the subscriber itself.
pub const CFN266: Code = Code {
    id: "CFN266",
    explanation: "what could not be delivered to a queue would go to that queue\n\n\
        A subscription's `dlq` takes what its subscriber could not be given. The subscriber itself is of no use for that: whatever \
        kept the message out keeps its dead letter out as well.",
};

/// Reports what is wrong with the settings.
pub(super) fn check(topic: &Settings, on: &Context<'_>) {
    let mut seen: BTreeMap<String, OriginId> = BTreeMap::new();
    for (label, subscriber) in topic.subscribers.iter() {
        let to = format!("subscribers.{}.to", label.value);
        if !subscriber.to.value.is_one(on, &to, subscriber.to.origin) {
            continue;
        }
        let one = One { topic, label, subscriber, on };
        one.check_target();
        one.check_dead_letters();
        if let Some(filter) = &subscriber.filter {
            filter.value.check(on, &format!("subscribers.{}.filter", label.value), filter.origin);
        }
        if let Some((endpoint, at)) = one.endpoint()
            && let Some(first) = seen.insert(endpoint.clone(), at)
        {
            let title = format!("`{endpoint}` subscribes to `{}` twice", on.name);
            on.report(
                on.at(Diagnostic::error(CFN265, title), at, "the same subscriber again")
                    .context_if_known(on.origins, Some(first), "subscribed here")
                    .help("make one subscriber of the two, whose filter lists the values of both"),
            );
        }
    }
}

/// One subscriber under examination.
struct One<'a> {
    topic: &'a Settings,
    label: &'a Setting<String>,
    subscriber: &'a Subscriber,
    on: &'a Context<'a>,
}

impl One<'_> {
    /// What tells it apart from others, and where it stands.
    fn endpoint(&self) -> Option<(String, OriginId)> {
        let target = &self.subscriber.to.value;
        let text = |value: &Value| Some((value.as_text()?.to_owned(), value.origin));
        match (&target.component, &target.email, &target.url) {
            (Some(name), ..) => Some((name.value.clone(), name.origin)),
            (_, Some(address), _) | (.., Some(address)) => text(&address.0),
            _ => None,
        }
    }

    fn check_target(&self) {
        let (on, target) = (self.on, &self.subscriber.to.value);
        let to = format!("subscribers.{}.to", self.label.value);
        if let Some(name) = &target.component {
            if let Some(found) = on.neighbour(name, &to, &["function", "queue"]) {
                self.check_component(name, found);
            }
        } else if let Some(email) = &target.email {
            self.check_email(&email.0);
            self.refuse(email.0.origin, "an address of e-mail", None);
            self.check_raw("a mail is always a text made by SNS");
        } else if let Some(url) = &target.url {
            target::check_https(on, &format!("{to}.url"), &url.0);
            self.refuse(url.0.origin, "an address of https", None);
        }
    }

    fn check_component(&self, name: &Setting<String>, found: &Neighbour) {
        if found.kind.name == "function" {
            self.refuse(name.origin, "a function", Some(found.origin));
            return self.check_raw("a function is always called with an event");
        }
        policy::check_receiver(self.on, &delivery(name, self.on));
        let Some(fifo) = found.interface.fifo.filter(|fifo| fifo.value && !self.topic.fifo.value) else { return };
        let title = format!("`{}` is a standard topic, and `{}` a FIFO queue", self.on.name, name.value);
        self.on.report(
            self.on
                .at(Diagnostic::error(CFN260, title), name.origin, "takes messages in groups only")
                .context_if_known(self.on.origins, Some(fifo.origin), "keeps messages in order")
                .help("write `fifo: true` on the topic, or name a queue without it"),
        );
    }

    /// A FIFO topic delivers to queues only.
    fn refuse(&self, at: OriginId, what: &str, declared: Option<OriginId>) {
        let (on, fifo) = (self.on, self.topic.fifo);
        if !fifo.value {
            return;
        }
        let title = format!("`{}` is a FIFO topic, and its subscriber `{}` is {what}", on.name, self.label.value);
        let diagnostic = on
            .at(Diagnostic::error(CFN260, title), at, "not a queue")
            .context_if_known(on.origins, Some(fifo.origin), "keeps messages in order")
            .context_if_known(on.origins, declared, "declared here")
            .note("a FIFO topic delivers to queues only");
        on.report(if declared.is_some() {
            diagnostic.help("subscribe a queue, and let the function be its `consumer`")
        } else {
            diagnostic.help("subscribe a queue, or make the topic a standard one")
        });
    }

    fn check_raw(&self, why: &str) {
        let Some(raw) = self.subscriber.raw.filter(|raw| raw.value) else { return };
        let on = self.on;
        let title = format!("`{}` of `{}` asks for raw messages, which it cannot get", self.label.value, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN261, title), raw.origin, "without effect here").note(why);
        on.report(on.repair(diagnostic.help("remove `raw`, or write `false`"), raw.origin, "false"));
    }

    fn check_email(&self, email: &Value) {
        let Some(text) = email.as_text() else { return };
        let fits = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty())
        });
        if !fits || text.matches('@').count() > 1 || text.contains([' ', ',', ';']) {
            let title = format!("`{text}` is no address of e-mail");
            let on = self.on;
            on.report(
                on.at(Diagnostic::error(CFN262, title), email.origin, "not `name@host`")
                    .help("write one address, such as `ops@example.com`, or an input, `${inputs.AlarmEmail}`"),
            );
        }
    }

    fn check_dead_letters(&self) {
        let Some(dlq) = &self.subscriber.dlq else { return };
        let (on, topic) = (self.on, self.topic);
        let setting = format!("subscribers.{}.dlq", self.label.value);
        let Some(queue) = on.neighbour(dlq, &setting, &["queue"]) else { return };
        if let Some(to) = self.subscriber.to.value.component.as_ref().filter(|to| to.value == dlq.value) {
            let title = format!("the dead letters of the subscriber `{}` go to itself", self.label.value);
            let diagnostic = on.at(Diagnostic::error(CFN266, title), dlq.origin, "the very same queue");
            let diagnostic = diagnostic.context_if_known(on.origins, Some(to.origin), "subscribed here");
            return on.report(diagnostic.help("name another queue, or leave `dlq` out"));
        }
        policy::check_receiver(on, &delivery(dlq, on));
        let word = |fifo: bool| if fifo { "FIFO" } else { "standard" };
        if let Some(theirs) = queue.interface.fifo.filter(|theirs| theirs.value != topic.fifo.value) {
            let (own, other) = (word(topic.fifo.value), word(theirs.value));
            let title = format!("`{}` is a {own} topic, and its dead letters go to a {other} queue", on.name);
            on.report(
                on.at(Diagnostic::error(CFN260, title), dlq.origin, format!("must be a {own} queue").as_str())
                    .context_if_known(on.origins, Some(queue.origin), "declared here")
                    .help(format!("name a queue with `fifo: {}`", topic.fifo.value)),
            );
        }
    }
}

/// What the topic delivers to a queue.
fn delivery(to: &Setting<String>, on: &Context<'_>) -> Delivery {
    Delivery { to: to.clone(), service: SERVICE, source: on.own("arn") }
}
