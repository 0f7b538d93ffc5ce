//! Filters: which messages a subscriber gets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::pattern::{Leaf, Pattern};
use crate::setting::{Any, Setting};
use crate::value::Value;

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
        let flat = (!nested).then_some((
            "attributes of a message have no parts",
            "write a list, such as `[{prefix: order-}]`, or filter by `body`",
        ));
        let leaves = Pattern { on, code: CFN263, setting, flat }.leaves(policy);
        check_size(on, setting, policy.origin, &leaves);
    }
}

/// Reports a filter that is too large.
fn check_size(on: &Context<'_>, setting: &str, at: OriginId, leaves: &[Leaf<'_>]) {
    let names = leaves.len();
    let combinations = |leaf: &Leaf<'_>| leaf.items.len().saturating_mul(leaf.level);
    let combinations = leaves.iter().map(combinations).fold(1, usize::saturating_mul);
    let (title, label) = if names > NAMES {
        (format!("`{setting}` of `{}` has {names} names; SNS takes {NAMES}", on.name), "too many names")
    } else if combinations > COMBINATIONS {
        let title =
            format!("`{setting}` of `{}` has {combinations} combinations of values; SNS takes {COMBINATIONS}", on.name);
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
