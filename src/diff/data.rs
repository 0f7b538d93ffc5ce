//! What becomes of what a resource holds, and what protects it.

use super::term::Side;
use crate::built::{Resource, field, text};
use crate::cfn;

/// What becomes of a resource that leaves its stack, or of the old one that a new one takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It is deleted after a last snapshot.
    Snapshot,
    /// It stays in the account, outside of every stack.
    Retained,
}

/// A protection that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The property or attribute.
    pub name: String,
    /// What it said.
    pub old: String,
    /// What it says; nothing where it is gone.
    pub new: Option<String>,
}

/// What the template says becomes of it when it leaves its stack.
pub(super) fn when_deleted(resource: &Resource) -> Fate {
    // CloudFormation User Guide, "DeletionPolicy attribute": the default of a cluster and of an instance without one.
    let of_itself = match resource.resource_type.as_str() {
        "AWS::RDS::DBCluster" => Fate::Snapshot,
        "AWS::RDS::DBInstance" if !resource.serves_cluster => Fate::Snapshot,
        _ => Fate::Deleted,
    };
    resource.deletion_policy.as_deref().map_or(of_itself, fate)
}

/// What the template says becomes of the old one when it is replaced.
pub(super) fn when_replaced(resource: &Resource) -> Fate {
    field(&resource.node, "UpdateReplacePolicy").and_then(text).map_or(Fate::Deleted, fate)
}

fn fate(policy: &str) -> Fate {
    match policy {
        "Retain" | "RetainExceptOnCreate" => Fate::Retained,
        "Snapshot" => Fate::Snapshot,
        _ => Fate::Deleted,
    }
}

/// The property by which AWS refuses to delete a resource.
pub(super) fn guard(side: Side<'_>, resource: &Resource) -> Option<&'static str> {
    let (property, value) = cfn::protection(&resource.resource_type)?;
    let said = field(resource.properties()?, property)?;
    (side.term(said).scalar() == Some(value)).then_some(property)
}

/// The protections that a resource had and has no more.
pub(super) fn dropped(old: (Side<'_>, &Resource), new: (Side<'_>, &Resource)) -> Vec<Dropped> {
    let mut dropped = Vec::new();
    let policy = |resource: &Resource, name: &str| field(&resource.node, name).and_then(text).map(str::to_owned);
    let kept = [("DeletionPolicy", when_deleted as fn(&Resource) -> Fate), ("UpdateReplacePolicy", when_replaced)];
    for (name, of) in kept {
        if of(new.1) < of(old.1) {
            let was = policy(old.1, name).unwrap_or_else(|| "Snapshot".to_owned());
            dropped.push(Dropped { name: name.to_owned(), old: was, new: policy(new.1, name) });
        }
    }
    if let (Some(property), None) = (guard(old.0, old.1), guard(new.0, new.1)) {
        let said = |(side, resource): (Side<'_>, &Resource)| {
            side.term(field(resource.properties()?, property)?).scalar().map(str::to_owned)
        };
        dropped.push(Dropped { name: property.to_owned(), old: said(old).unwrap_or_default(), new: said(new) });
    }
    dropped
}
