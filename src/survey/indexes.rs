//! Global indexes of tables: DynamoDB makes or removes one at a time.

use std::collections::BTreeSet;

use super::{NEVER_DEPLOYED, On};
use crate::cfn::Target;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::origin::OriginId;
use crate::value::Value;

/// `CFN034`: several indexes of a table come or go at once.
pub const CFN034: Code = Code {
    id: "CFN034",
    explanation: "more than one global index of a table comes or goes\n\n\
        DynamoDB makes or removes one global index in an update of a table, and CloudFormation does not split the update: the \
        deploy fails (AWS::DynamoDB::Table, GlobalSecondaryIndexes). Make the change in steps, one index at a time, and build and \
        deploy after each. An index whose key or projection is to change goes in one step, and comes back in the next; or comes \
        under another name first, so that queries can move.\n\n\
        The comparison is with the last build, in `out/<stage>/`.",
};

/// The type that has them.
const TABLE: &str = "AWS::DynamoDB::Table";

/// Reports every table that more than one global index of comes or goes.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    for stack in &on.compiled.linked.stacks {
        let before = on.old.stacks.iter().find(|s| s.word == stack.file.trim_end_matches(".yaml"));
        for table in stack.template.resources.iter().filter(|r| r.type_name() == TABLE) {
            let Some(was) = before.and_then(|s| s.resources.get(&table.id)) else { continue };
            let written = table.properties.get("GlobalSecondaryIndexes");
            let names = written.map(Value::items).unwrap_or_default().iter().filter_map(|i| i.get("IndexName"));
            let now: Vec<(&str, OriginId)> = names.filter_map(|n| Some((n.as_text()?, n.origin))).collect();
            let new: Vec<_> = now.iter().filter(|(name, _)| !was.indexes.contains(*name)).collect();
            let kept: BTreeSet<&str> = now.iter().map(|(name, _)| *name).collect();
            let gone: Vec<&str> = was.indexes.iter().map(String::as_str).filter(|name| !kept.contains(name)).collect();
            if new.len() + gone.len() > 1 {
                let owner = stack.owners.get(&table.id).map_or(table.id.as_str(), |(component, _)| component);
                let at = new.last().map(|(_, origin)| *origin);
                let new: Vec<&str> = new.iter().map(|(name, _)| *name).collect();
                findings.push(finding(on, owner, &new, &gone, at.or(written.map(|w: &Value<Target>| w.origin))));
            }
        }
    }
}

fn finding(on: &On<'_>, owner: &str, new: &[&str], gone: &[&str], at: Option<OriginId>) -> Diagnostic {
    let come =
        |names: &[&str]| format!("{} {}", quote_list(names), if names.len() == 1 { "is new" } else { "are new" });
    let go =
        |names: &[&str]| format!("{} {}", quote_list(names), if names.len() == 1 { "is gone" } else { "are gone" });
    let what = match (new, gone) {
        (new, []) => come(new),
        ([], gone) => go(gone),
        (new, gone) => format!("{}, and {}", come(new), go(gone)),
    };
    let title = format!("of the indexes of `{owner}`, {what} since the last build");
    let model = &on.compiled.model;
    let declared = model.components.get(owner).map_or(model.manifest.project.origin, |c| c.origin);
    let first = new.first().or(gone.first()).copied().unwrap_or_default();
    Diagnostic::error(CFN034, title)
        .at_origin(&on.compiled.origins, at.unwrap_or(declared), &[declared], "one at a time")
        .note("DynamoDB makes or removes one global index in an update of a table")
        .help(format!("begin with `{first}` alone, build and deploy; then make the next change"))
        .help(NEVER_DEPLOYED)
}
