//! Who is told.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{scope, stack};
use crate::component::{Attribute, Context, Fragment, pascal};
use crate::diag::Code;
use crate::manifest::Store;
use crate::part::alarm::topics;
use crate::part::code;
use crate::part::{secret, target};
use crate::setting::{Keyed, Setting, Text};
use crate::value::{Symbol, Value};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN580];

/// `CFN580`: a chat room whose address is no secret that is declared.
pub const CFN580: Code = Code {
    id: "CFN580",
    explanation: "`webhook` names a secret that is not declared\n\n\
        Whoever knows the address of a chat room's webhook can write there, so it is kept as a secret: `webhook` names one of the block \
        `secrets`, in either store. A function reads it when there is something to tell; it stands in no template.",
};

/// The local id of the topic.
pub(super) const TOPIC: &str = "Topic";

/// The code that writes to a chat room. CloudFormation takes at most 4,096 characters inline.
pub const WEBHOOK: &str = include_str!("../../../templates/functions/alarm_webhook.js");

/// Someone who is told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscriber {
    /// Where it goes.
    to: Setting<Target>,
}

/// Where alarms go; exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A function, which is called with each message of SNS. It needs no link.
    #[serde(default)]
    #[schemars(example = &"OnCall")]
    component: Option<Setting<String>>,
    /// An address of e-mail. SNS asks it to confirm first, once for each region with alarms.
    #[serde(default)]
    #[schemars(example = &"${inputs.AlarmEmail}")]
    email: Option<Text>,
    /// A chat room: the secret that holds the address of its incoming webhook, as Discord, Slack, Mattermost and Google Chat give one.
    #[serde(default)]
    #[schemars(example = &"DiscordWebhookUrl")]
    webhook: Option<Setting<String>>,
    /// An address of https that SNS posts to, such as that of PagerDuty or Opsgenie. SNS asks it to confirm first.
    #[serde(default)]
    #[schemars(example = &"https://events.pagerduty.com/integration/0123456789abcdef/enqueue")]
    url: Option<Text>,
}

#[derive(Serialize)]
struct TopicPlan {
    subscriptions: Vec<SubscriptionPlan>,
    /// Functions of the stage that the topics of all regions may call.
    called: Vec<Called>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct SubscriptionPlan {
    id: Setting<String>,
    protocol: Setting<&'static str>,
    endpoint: Value,
}

#[derive(Serialize)]
struct Called {
    id: Setting<String>,
    function: Value,
    /// The topics of another region; of its own it is a reference.
    elsewhere: Option<Value>,
}

#[derive(Serialize)]
struct WebhookPlan {
    code: Value,
    secret: Value,
    key: Option<Value>,
    tags: Option<Value>,
}

impl Subscriber {
    /// The function that writes to its chat room: topics of other regions call it by this.
    pub(super) fn attribute(&self, on: &Context<'_>, label: &Setting<String>) -> Option<Attribute> {
        self.to.value.webhook.as_ref()?;
        Some(on.from_local(&webhook_attribute(label), &webhook_scope(label), Some("Arn")))
    }

    /// The secret that it needs.
    pub(super) fn secret(&self) -> Option<String> {
        self.to.value.webhook.as_ref().map(|name| name.value.clone())
    }

    fn check(&self, on: &Context<'_>, label: &Setting<String>) {
        let target = &self.to.value;
        let forms = [
            ("component", target.component.as_ref().map(|s| s.origin)),
            ("email", target.email.as_ref().map(|s| s.0.origin)),
            ("webhook", target.webhook.as_ref().map(|s| s.origin)),
            ("url", target.url.as_ref().map(|s| s.0.origin)),
        ];
        let setting = format!("notify.{}.to", label.value);
        if !target::is_one(on, &setting, self.to.origin, &forms) {
            return;
        }
        if let Some(name) = &target.component {
            on.neighbour(name, &setting, &["function"]);
        }
        if let Some(url) = &target.url {
            target::check_https(on, &format!("{setting}.url"), &url.0);
        }
        if let Some(name) = &target.webhook {
            let what = format!("`{setting}` of `{}` names the secret `{}`", on.name, name.value);
            secret::check_declared(on, CFN580, &what, name);
        }
    }

    fn subscription(&self, on: &Context<'_>, label: &Setting<String>) -> Option<SubscriptionPlan> {
        let target = &self.to.value;
        let (protocol, endpoint) = match (&target.component, &target.email, &target.webhook, &target.url) {
            (Some(name), ..) => ("lambda", on.attribute_of(name, "arn")),
            (_, Some(email), ..) => ("email", email.0.clone()),
            (_, _, Some(_), _) => ("lambda", on.own(&webhook_attribute(label))),
            (.., Some(url)) => ("https", url.0.clone()),
            _ => return None,
        };
        Some(SubscriptionPlan {
            id: on.setting("a subscription's logical id is its label in words", &[label.origin], pascal(&label.value)),
            protocol: on.setting("the protocol is that of who is told", &[endpoint.origin], protocol),
            endpoint,
        })
    }
}

/// Reports what cannot be told.
pub(super) fn check(on: &Context<'_>, notify: &Keyed<Subscriber>) {
    for (label, subscriber) in notify.iter() {
        subscriber.check(on, label);
    }
}

/// A topic in each region, and the functions that write to chat rooms in that of the stage.
pub(super) fn lower(on: &Context<'_>, notify: &Keyed<Subscriber>, regions: &BTreeSet<String>) -> Vec<Fragment> {
    let home = on.stack().region;
    let mut fragments = Vec::new();
    for region in regions {
        let called = if *region == home { called(on, notify, regions) } else { Vec::new() };
        let subscriptions = notify.iter().filter_map(|(label, s)| s.subscription(on, label)).collect();
        let plan = TopicPlan { subscriptions, called, tags: on.tags() };
        fragments.push(on.fragment_in(stack(on, region), "monitoring_topic", &plan).scoped(&scope(on, region)));
    }
    for (label, subscriber) in notify.iter() {
        let Some(name) = &subscriber.to.value.webhook else { continue };
        let Some(secret) = on.secrets.get(&name.value) else { continue };
        let store = secret.store.value;
        let key = (store == Store::SecretsManager).then(|| on.text("a key of the secret", &[name.origin], &name.value));
        let kept = Symbol::Secret { name: name.value.clone(), attribute: "name".to_owned() };
        let kept = Value::reference(name.origin, kept);
        let why = on.rule("who is told by a webhook is told by a function that reads its address", &[name.origin]);
        let statement = secret::reading(why, &name.value, store);
        let plan = WebhookPlan { code: Value::text(why, WEBHOOK), secret: kept, key, tags: on.tags() };
        let scope = webhook_scope(label);
        fragments.push(on.fragment("monitoring_webhook", &plan).scoped(&scope));
        fragments.push(code::role(on, &scope, false, vec![statement]));
    }
    fragments
}

/// The functions that topics call, which must let them in.
fn called(on: &Context<'_>, notify: &Keyed<Subscriber>, regions: &BTreeSet<String>) -> Vec<Called> {
    let of = |(label, subscriber): (&Setting<String>, &Subscriber), region: &String| {
        let target = &subscriber.to.value;
        let function = match (&target.component, &target.webhook) {
            (Some(name), _) => on.attribute_of(name, "arn"),
            (None, Some(_)) => on.own(&webhook_attribute(label)),
            (None, None) => return None,
        };
        let id = format!("{}{}", scope(on, region), pascal(&label.value));
        let id = on.setting("a permission's logical id is its label in words", &[label.origin], id);
        let stack = on.stack();
        let name = stack.name(&on.project.value, &on.stage.name.value);
        let elsewhere = (*region != stack.region).then(|| topics(on, &name, region));
        Some(Called { id, function, elsewhere })
    };
    regions.iter().flat_map(|region| notify.iter().filter_map(move |entry| of(entry, region))).collect()
}

fn webhook_scope(label: &Setting<String>) -> String {
    format!("{}Webhook", pascal(&label.value))
}

fn webhook_attribute(label: &Setting<String>) -> String {
    format!("{}_webhook_arn", label.value)
}

#[cfg(test)]
mod tests {
    use super::WEBHOOK;

    #[test]
    fn inline_code_is_short_and_plain() {
        assert!(WEBHOOK.len() <= 4096 && WEBHOOK.is_ascii(), "{} characters", WEBHOOK.len());
    }
}
