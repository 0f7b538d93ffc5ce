//! Grants in words.

use super::{About, Grant, What};
use crate::diff::term::Term;

/// Who has no name.
pub(super) const ANYONE: &str = "anyone";

/// A value as short as it can be told: a resource by its logical id, whichever of its names stands there.
pub(super) fn value(term: &Term) -> String {
    match term {
        Term::Null => String::new(),
        Term::Scalar(text) => text.clone(),
        Term::Of(of) => match of.name.as_deref() {
            None | Some("Arn" | "GroupId" | "RoleArn" | "FunctionArn" | "TableArn" | "QueueArn" | "TopicArn") => {
                of.id.clone()
            }
            Some(name) => format!("{}.{name}", of.id),
        },
        Term::Given(name) => name.strip_prefix("AWS::").map_or_else(|| format!("${{{name}}}"), |n| format!("<{n}>")),
        Term::Text(parts) => parts.iter().map(value).collect(),
        Term::List(items) => items.iter().map(value).collect::<Vec<_>>().join(", "),
        Term::Map(entries) => {
            entries.iter().map(|(key, v)| format!("{key} {}", value(v))).collect::<Vec<_>>().join(", ")
        }
        Term::Call(name, argument) => format!("{name}({})", value(argument)),
    }
}

/// What is allowed, as one of a list.
pub(super) fn what(what: &What) -> String {
    match what {
        What::Act(text) => text.clone(),
        What::Reach(ports) => ports.to_string(),
    }
}

/// A sentence without its end.
pub(super) fn sentence(grant: &Grant, actions: &[String], things: &[String], comes: bool) -> String {
    let actions = actions.join(", ");
    let things: Vec<&str> = things.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
    let when = if grant.when.is_empty() { String::new() } else { format!(", if {}", grant.when) };
    let who = match grant.who.as_str() {
        "0.0.0.0/0" | "::/0" => format!("the whole internet ({})", grant.who),
        who => who.to_owned(),
    };
    let may = if grant.denies { "is refused to" } else { "may" };
    let no_more = if grant.denies && !comes { " no more" } else { "" };
    match (grant.about, things.join(", ")) {
        (About::Network, things) => format!("{who} may reach {things} by {actions}"),
        (_, things) if things.is_empty() => format!("{who} {may} {actions}{when}{no_more}"),
        (About::Iam, things) => format!("{who} {may} {actions} on {things}{when}{no_more}"),
        (About::Public, things) => format!("{who} {may} {actions} {things}{when}"),
    }
}
