//! What passes messages on: queues, topics, schedules and events.

use super::schedule::times_a_month;
use crate::cost::charge::{At, Charge, Rule, Usage};

const REQUESTS: Usage =
    Usage::of("requests", "requests of up to 64 KB each: sent, received, deleted, and those of consumers that wait");
const MESSAGES: Usage = Usage::of("messages", "messages of up to 64 KB each");
const EMAILS: Usage = Usage::of("emails", "emails");
const INVOCATIONS: Usage = Usage::of("invocations", "invocations");
const EVENTS: Usage = Usage::of("events", "events of up to 64 KB each");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::SQS::Queue", queue).named("Queue").used(&[REQUESTS]),
    Rule::of("AWS::SNS::Topic", topic).named("Topic").used(&[MESSAGES]),
    Rule::of("AWS::SNS::Subscription", subscription).used(&[EMAILS]),
    Rule::of("AWS::Scheduler::Schedule", schedule).named("Schedule").used(&[INVOCATIONS]),
    Rule::of("AWS::Events::ApiDestination", destination).named("Destination").used(&[INVOCATIONS]),
    Rule::of("AWS::Events::EventBus", bus).used(&[EVENTS]),
    Rule::of("AWS::SES::EmailIdentity", sender).used(&[EMAILS]),
];

fn queue(at: &At<'_>) -> Vec<Charge> {
    let price = if at.is(&["FifoQueue"]) { "sqs.requests.fifo" } else { "sqs.requests.standard" };
    vec![Charge::used("Queue requests", price, "requests", &[REQUESTS])]
}

fn topic(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("Topic messages", "sns.requests", "messages", &[MESSAGES])]
}

fn subscription(at: &At<'_>) -> Vec<Charge> {
    match at.text(&["Protocol"]) {
        // Queues and functions are told for nothing.
        Some("sqs" | "lambda") => Vec::new(),
        Some("email" | "email-json") => vec![Charge::used("Emails", "sns.email", "emails", &[EMAILS])],
        other => {
            vec![Charge::unknown(format!("Deliveries by {}", other.unwrap_or("a protocol that is not known here")))]
        }
    }
}

fn schedule(at: &At<'_>) -> Vec<Charge> {
    const PRICE: &str = "scheduler.invocations";
    const WHAT: &str = "Schedule invocations";
    if at.text(&["State"]) == Some("DISABLED") {
        return Vec::new();
    }
    let expression = at.text(&["ScheduleExpression"]).unwrap_or_default();
    // Once is once, and in most months never.
    if expression.starts_with("at(") {
        return Vec::new();
    }
    vec![match times_a_month(expression) {
        Some(times) => Charge::fixed(WHAT, PRICE, "invocations", times),
        None => Charge::used(WHAT, PRICE, "invocations", &[INVOCATIONS]),
    }]
}

fn destination(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("API destination calls", "eventbridge.api_destination", "invocations", &[INVOCATIONS])]
}

fn bus(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("Events", "eventbridge.events", "events", &[EVENTS])]
}

fn sender(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("Emails", "ses.emails", "emails", &[EMAILS])]
}
