//! Filters: which messages a subscriber gets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::setting::{Any, Setting};
use crate::value::{Entry, Kind, Value};

/// Codes of filters.
pub const CODES: &[Code] = &[CFN263, CFN264];

/// `CFN263`: a filter that SNS cannot read.
pub const CFN263: Code = Code {
    id: "CFN263",
    explanation: "the filter is not written as SNS reads it\n\n\
        A filter looks at one of two things: at the attributes that a message is published with (`filter: {attributes: {kind: \
        [paid, refunded]}}`), or at the message itself, read as JSON (`filter: {body: {order: {total: [{numeric: [\">\", 100]}]}}}`). \
        Every name has a list of what fits; all names must fit. Attributes have no parts, so only `body` may be nested (SNS \
        Developer Guide, \"Amazon SNS subscription filter policies\").",
};

/// `CFN264`: a filter that is too large.
pub const CFN264: Code = Code {
    id: "CFN264",
    explanation: "the filter has more names or more combinations than SNS takes\n\n\
        A filter has at most five names, and at most 150 combinations: the numbers of values of all names multiplied, where a \
        value in the second level of `body` counts twice, one in the third three times (SNS Developer Guide, \"Filter policy \
        constraints\"). A subscriber can also filter for itself.",
};

/// The names that a filter may have.
const NAMES: usize = 5;
/// The combinations of values that a filter may have.
const COMBINATIONS: usize = 150;

/// Which messages a subscriber gets: by their attributes or by what they say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The attributes that a message is published with, each with a list of what fits.
    #[serde(default)]
    #[schemars(extend("type" = "object"), example = &BTreeMap::from([("kind", ["paid"])]))]
    attributes: Option<Any>,
    /// The message itself, read as JSON: its keys, each with a list of what fits, or with keys again.
    #[serde(default)]
    #[schemars(extend("type" = "object"), example = &BTreeMap::from([("kind", ["paid"])]))]
    body: Option<Any>,
}

impl Filter {
    /// The scope and the policy, as CloudFormation names them.
    pub(super) fn plan(&self, on: &Context<'_>) -> Option<(Setting<&'static str>, Value)> {
        let (scope, policy) = match (&self.attributes, &self.body) {
            (Some(attributes), _) => ("MessageAttributes", attributes),
            (_, Some(body)) => ("MessageBody", body),
            _ => return None,
        };
        let rule = "a filter is for the attributes of a message or for its body";
        Some((on.setting(rule, &[policy.0.origin], scope), policy.0.clone()))
    }

    /// Reports what SNS would refuse. `setting` is what the filter is called, and `at` where it stands.
    pub(super) fn check(&self, on: &Context<'_>, setting: &str, at: OriginId) {
        let (policy, nested) = match (&self.attributes, &self.body) {
            (Some(attributes), None) => (&attributes.0, false),
            (None, Some(body)) => (&body.0, true),
            (Some(attributes), Some(body)) => {
                let title = format!("`{setting}` of `{}` is for `attributes` and for `body`", on.name);
                let diagnostic = on.at(Diagnostic::error(CFN263, title), body.0.origin, "one too many");
                let diagnostic = diagnostic.context_if_known(on.origins, Some(attributes.0.origin), "the other one");
                return on.report(diagnostic.help("keep one; a subscription looks at one of the two"));
            }
            (None, None) => {
                let title = format!("`{setting}` of `{}` says nothing", on.name);
                let diagnostic = on.at(Diagnostic::error(CFN263, title), at, "filters nothing");
                return on.report(diagnostic.help("write `attributes` or `body` in it, or remove it"));
            }
        };
        let mut walk = Walk { on, setting, nested, names: 0, combinations: 1 };
        walk.map(policy, 1);
        walk.finish(policy.origin);
    }
}

/// A walk through a filter, which counts as it goes.
struct Walk<'a> {
    on: &'a Context<'a>,
    setting: &'a str,
    nested: bool,
    names: usize,
    combinations: usize,
}

impl Walk<'_> {
    fn map(&mut self, map: &Value, level: usize) {
        if map.entries().is_empty() {
            let title = format!("`{}` of `{}` has a map without names", self.setting, self.on.name);
            let diagnostic = self.on.at(Diagnostic::error(CFN263, title), map.origin, "fits nothing");
            self.on.report(diagnostic.help("write a name with a list of what fits, such as `kind: [paid]`"));
        }
        // `$or` holds filters, and is counted by SNS alone.
        for entry in map.entries().iter().filter(|e| !e.key.starts_with('$')) {
            match &entry.value.kind {
                Kind::List(items) if !items.is_empty() => {
                    self.names += 1;
                    self.combinations = self.combinations.saturating_mul(items.len().saturating_mul(level));
                }
                Kind::Map(_) if self.nested => self.map(&entry.value, level.saturating_add(1)),
                _ => self.no_list(entry),
            }
        }
    }

    fn no_list(&self, entry: &Entry) {
        let (on, key, value) = (self.on, &entry.key, &entry.value);
        let title = format!("`{key}` in `{}` of `{}` is no list", self.setting, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN263, title), value.origin, "a list of what fits is needed");
        let written = match &value.kind {
            Kind::Text(text) if is_word(text) => text.clone(),
            Kind::Int(number) => number.to_string(),
            Kind::Bool(flag) => flag.to_string(),
            Kind::Map(_) => {
                return on.report(
                    diagnostic
                        .note("attributes of a message have no parts")
                        .help("write a list, such as `[{prefix: order-}]`, or filter by `body`"),
                );
            }
            _ => return on.report(diagnostic.help(format!("write a list, such as `{key}: [paid]`"))),
        };
        on.report(on.repair(diagnostic.help(format!("write `[{written}]`")), value.origin, &format!("[{written}]")));
    }

    fn finish(&self, at: OriginId) {
        let on = self.on;
        let (title, label) = if self.names > NAMES {
            let title = format!("`{}` of `{}` has {} names; SNS takes {NAMES}", self.setting, on.name, self.names);
            (title, "too many names")
        } else if self.combinations > COMBINATIONS {
            let title = format!(
                "`{}` of `{}` has {} combinations of values; SNS takes {COMBINATIONS}",
                self.setting, on.name, self.combinations
            );
            (title, "too many combinations")
        } else {
            return;
        };
        on.report(
            on.at(Diagnostic::error(CFN264, title), at, label)
                .note("limit: SNS Developer Guide, \"Filter policy constraints\": 5 keys, 150 combinations")
                .help("filter by what tells the messages apart, and leave the rest to the subscriber"),
        );
    }
}

/// Whether a text can stand in YAML as it is, between brackets too.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
