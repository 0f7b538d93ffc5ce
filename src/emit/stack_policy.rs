//! What the update of a stack may not do: a stack policy, as the deploy hands it to CloudFormation.
//!
//! A policy once set denies what it does not allow, so it allows everything, and takes the replacement and the deletion of what
//! holds data away again (CloudFormation User Guide, "Prevent updates to stack resources").

use serde_json::json;

use crate::cfn::{Resource, Target, holds_data};
use crate::link::Stack;
use crate::manifest::{Acknowledged, Wanted};
use crate::model::Model;
use crate::origin::{Origin, Origins};

/// How every stack policy of ours begins: JSON has no comments, so that nothing else says whose it is.
pub const BEGINNING: &str = r#"{
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "Update:*",
      "Principal": "*",
      "Resource": "*"
    },
    {
      "Effect": "Deny",
"#;

/// The ending of its name.
pub const ENDING: &str = ".policy.json";

/// The most bytes that CloudFormation takes (API Reference, "SetStackPolicy").
const MOST_BYTES: usize = 16_384;

/// The name of a stack's policy.
pub(super) fn file(stack: &Stack) -> String {
    format!("{}{ENDING}", stack.file.trim_end_matches(".yaml"))
}

/// The policy of a stack, if it has something to protect. What the stage acknowledges to be replaced must be.
pub(super) fn text(model: &Model, stack: &Stack, origins: &Origins) -> Option<String> {
    let resources = stack.template.resources.iter().filter(|r| is_protected(model, stack, r, origins));
    let ids: Vec<String> = resources
        .filter(|resource| !may_be_replaced(model, stack, &resource.id))
        .map(|resource| format!("LogicalResourceId/{}", resource.id))
        .collect();
    if ids.is_empty() {
        return None;
    }
    let policy = json!({"Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource": ids},
    ]});
    let text = format!("{policy:#}\n");
    Some(if text.len() > MOST_BYTES { format!("{policy}\n") } else { text })
}

/// Whether the stage acknowledges that a resource is made anew.
fn may_be_replaced(model: &Model, stack: &Stack, id: &str) -> bool {
    let key = stack.owners.get(id).map(|(component, local)| Acknowledged::key(component, local));
    let entry = key.and_then(|key| model.manifest.acknowledge.get(&key));
    entry.is_some_and(|entry| entry.change.value == Wanted::Replace)
}

/// Whether a resource holds data, and its component refuses to be deleted.
fn is_protected(model: &Model, stack: &Stack, resource: &Resource<Target>, origins: &Origins) -> bool {
    let component = stack.owners.get(&resource.id).and_then(|(name, _)| model.components.get(name));
    let protect = component.and_then(|component| component.common.protect).unwrap_or(model.stage.protect);
    protect.value && holds_data(resource.type_name()).is_some() && !is_made_anew(resource, origins)
}

/// Whether nothing would be lost with it: logs, which a new group goes on with; the instance of a cluster, which holds the data;
/// and what a kind deletes whatever `removal` says, because it is filled again.
fn is_made_anew(resource: &Resource<Target>, origins: &Origins) -> bool {
    let always_deleted = resource.attribute("DeletionPolicy").is_some_and(|policy| {
        policy.as_text() == Some("Delete") && matches!(origins.get(policy.origin), Origin::Template { .. })
    });
    always_deleted
        || resource.type_name() == "AWS::Logs::LogGroup"
        || resource.properties.get("DBClusterIdentifier").is_some()
}

#[cfg(test)]
mod tests {
    use super::BEGINNING;

    #[test]
    fn the_beginning_is_what_is_printed() {
        let rule = |effect: &str| serde_json::json!({"Effect": effect, "Action": "Update:*", "Principal": "*", "Resource": "*"});
        let policy = serde_json::json!({"Statement": [rule("Allow"), rule("Deny")]});
        assert!(format!("{policy:#}").starts_with(BEGINNING));
    }
}
