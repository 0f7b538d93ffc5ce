//! `teardown.sh`: stacks in the reverse order, and what must be done before each can be deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parts, cases, key, word};
use crate::cfn::{Resource, Target};
use crate::component::StackName;
use crate::link::Stack;
use crate::value::Kind;

/// What refuses to be deleted by a property of its own: the type, the property, and what the script calls it.
const PROTECTED: &[(&str, &str, &str)] = &[
    ("AWS::RDS::DBCluster", "DeletionProtection", "cluster"),
    ("AWS::RDS::DBInstance", "DeletionProtection", "instance"),
    ("AWS::DynamoDB::Table", "DeletionProtectionEnabled", "table"),
];

const VERSION: &str = "AWS::Lambda::Version";
const VAULT: &str = "AWS::Backup::BackupVault";

pub(super) fn text(parts: &Parts<'_>) -> String {
    let needed = needed(parts);
    let stacks: Vec<_> =
        parts.linked.stacks.iter().rev().map(|s| (key(s).to_owned(), described(s, parts, &needed))).collect();
    let lifts = stacks.iter().any(|(_, calls)| calls.iter().any(|call| call.starts_with("lifts")));
    let is_protected = parts.model.stage.protect.value || lifts;
    let mut text = parts.begin();
    text.push_str(&format!("is_protected={}\n", if is_protected { "yes" } else { "''" }));
    text.push_str(&usage(parts.stage()));
    text.push_str("\n# What is done, in this order.\nsteps() {\n    step 'Account'\n    check_account\n    agree\n");
    if !parts.plans.is_empty() {
        text.push_str("    step 'Records'\n    take_hosts\n");
    }
    text.push_str("    step 'Stacks'\n");
    stacks.iter().for_each(|(key, _)| text.push_str(&format!("    remove {key}\n")));
    text.push_str("    others\n    forget\n}\n\n# What each stack needs before it can be deleted.\n");
    text.push_str(&cases("describe", "STACK", &stacks));
    text + &parts.end_with("teardown.sh")
}

fn usage(stage: &str) -> String {
    format!(
        "
usage() {{
    cat <<'END'
teardown.sh {stage}: deletes {stage}. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect {stage}
                        lift termination protection and deletion protection; without it, what is protected is refused
    --records-gone      the records of its hosts are deleted already
    --delete NAME, --allow-delete N
                        for records: see `reggie-cfn dns diff --help`
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed

It may be run again at any time, and goes on where it stopped. Code at the edge of CloudFront can be deleted some hours after its
distribution: then it ends with 3, and is run once more.
END
}}
"
    )
}

/// What `describe` says of a stack.
fn described(stack: &Stack, parts: &Parts<'_>, needed: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut said = vec![format!("in_region {} {}", stack.id.region, stack.name)];
    said.extend(needed.get(key(stack)).into_iter().flatten().map(|id| format!("needed_by {id}")));
    let resources = &stack.template.resources;
    let goes = |id: &str| resources.iter().any(|r| r.id == id && deletion(r) == Some("Delete"));
    said.extend(stack.empty_before_delete.iter().filter(|id| goes(id)).map(|id| format!("empties {id}")));
    for resource in resources {
        let kept = deletion(resource).is_some_and(|policy| policy.starts_with("Retain"));
        // A version of a function is part of the function.
        if kept && resource.type_name() != VERSION {
            said.push(format!("keeps {} {}", resource.id, resource.type_name()));
            continue;
        }
        // Nobody but people deletes recovery points: they are what is left when everything else is gone.
        let vault = resource.properties.get("BackupVaultName").filter(|_| resource.type_name() == VAULT);
        said.extend(vault.and_then(|name| name.as_text()).map(|name| format!("holds_points {}", word(name))));
        let protected = PROTECTED.iter().find(|(name, property, _)| {
            let set = resource.properties.get(property).map(|value| &value.kind);
            *name == resource.type_name() && matches!(set, Some(Kind::Bool(true)))
        });
        said.extend(protected.map(|(_, _, word)| format!("lifts {word} {}", resource.id)));
    }
    let edge = stack.id.kind == StackName::Edge && stack.id.region != parts.home();
    if edge && resources.iter().any(|r| r.type_name() == VERSION) {
        said.push("leaves_replicas".to_owned());
    }
    said
}

/// The stacks that stand below what stays, as the script calls them, and its ids: a cluster that is kept stays in its subnets, and its VPC cannot go.
fn needed<'a>(parts: &Parts<'a>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let stacks = || parts.linked.stacks.iter();
    let exporter = |export: &str, region: &str| {
        let exports = |stack: &&Stack| {
            let mut outputs = stack.template.outputs.iter();
            outputs.any(|o| o.export.as_ref().and_then(|name| name.as_text()) == Some(export))
        };
        stacks().filter(|stack| stack.id.region == region).find(exports).map(key)
    };
    let mut needed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (stack, resource) in stacks().flat_map(|stack| stack.template.resources.iter().map(move |r| (stack, r))) {
        if deletion(resource).is_some_and(|policy| policy.starts_with("Retain")) {
            resource.properties.each_reference(&mut |target, _| {
                let (Target::Import(export) | Target::ImportList(export)) = target else { return };
                if let Some(stack) = exporter(export, &stack.id.region) {
                    needed.entry(stack).or_default().insert(&resource.id);
                }
            });
        }
    }
    needed
}

/// What becomes of a resource when its stack is deleted.
fn deletion(resource: &Resource<Target>) -> Option<&str> {
    resource.attribute("DeletionPolicy").and_then(|policy| policy.as_text())
}
