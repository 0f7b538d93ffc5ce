//! Tables of DynamoDB: that keys and attributes agree.

use std::collections::BTreeSet;

use super::subject::{Subject, all_items, is_plain, text_at};
use crate::cfn::Target;
use crate::diag::{Code, Diagnostics, did_you_mean};
use crate::value::Value;

/// `CFN436`: keys and attributes that do not agree.
pub const CFN436: Code = Code {
    id: "CFN436",
    explanation: "the attributes of a table are not those of its keys\n\n\
        `AttributeDefinitions` says the type of each attribute that is in the table's `KeySchema` or in that of an index, and of no \
        other: whatever else items hold is not said anywhere. DynamoDB refuses a table with one too many or one too few \
        (Amazon DynamoDB API Reference, `CreateTable`: \"Number of attributes in KeySchema does not exactly match number of \
        attributes defined in AttributeDefinitions\").",
};

/// Checks a table.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let properties = &subject.resource.properties;
    if !is_plain(properties) {
        return;
    }
    let Some(definitions) = subject.get(&["AttributeDefinitions"]).and_then(all_items) else { return };
    let defined: Option<BTreeSet<String>> = definitions.iter().map(|d| text_at(d, &["AttributeName"])).collect();
    let Some(defined) = defined else { return };
    let mut used = BTreeSet::new();
    let mut all_known = true;
    let keys = keys(properties, &mut all_known);
    for key in keys {
        let Some(name) = text_at(key, &["AttributeName"]) else {
            all_known = false;
            continue;
        };
        if !defined.contains(&name) && used.insert(name.clone()) {
            let title = format!("`{}` has the key `{name}`, which its `AttributeDefinitions` lack", subject.id());
            let written = key.get("AttributeName").unwrap_or(key);
            let diagnostic = subject.error(CFN436, title, written.origin, "of no known type");
            findings.push(match did_you_mean(&name, defined.iter().map(String::as_str)) {
                Some(near) => subject.repair(diagnostic.help(format!("did you mean `{near}`?")), written, near),
                None => diagnostic.help(format!("add `{name}` and its type to `AttributeDefinitions`")),
            });
        }
        used.insert(name);
    }
    // A key that is misspelt leaves an attribute unused; that is one mistake.
    if !all_known || !used.is_subset(&defined) {
        return;
    }
    for definition in definitions {
        let Some(name) = text_at(definition, &["AttributeName"]).filter(|name| !used.contains(name)) else { continue };
        let title = format!("`{}` defines the attribute `{name}`, which no key uses", subject.id());
        let at = definition.get("AttributeName").unwrap_or(definition);
        let diagnostic = subject.error(CFN436, title, at.origin, "in no key");
        findings.push(diagnostic.help(format!("remove `{name}`: only attributes of keys are defined")));
    }
}

/// The keys of a table and of its indexes.
fn keys<'v>(properties: &'v Value<Target>, all_known: &mut bool) -> Vec<&'v Value<Target>> {
    let mut found: Vec<&Value<Target>> = Vec::new();
    let mut items = |list: Option<&'v Value<Target>>| match list.map(all_items) {
        Some(Some(items)) => items,
        Some(None) => {
            *all_known = false;
            &[]
        }
        None => &[],
    };
    found.extend(items(properties.get("KeySchema")));
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in items(properties.get(indexes)) {
            found.extend(items(index.get("KeySchema")));
        }
    }
    found
}
