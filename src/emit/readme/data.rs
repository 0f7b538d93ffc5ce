//! What holds data, as the templates say it.

use super::Parts;
use crate::cfn::{Resource, Target, holds_data, protection};
use crate::component::Neighbour;
use crate::link::Stack;
use crate::value::{Kind, Value};

pub(super) const CLUSTER: &str = "AWS::RDS::DBCluster";
pub(super) const INSTANCE: &str = "AWS::RDS::DBInstance";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const BUCKET: &str = "AWS::S3::Bucket";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
const LOG: &str = "AWS::Logs::LogGroup";
/// What belongs to something else that holds data: the login of a database, the key of a vault, a vault.
const BESIDE: &[&str] = &["AWS::SecretsManager::Secret", "AWS::KMS::Key", super::backups::VAULT];

/// A resource that holds data.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    /// Its component.
    pub component: &'a str,
    /// The stack that it stands in.
    pub stack: &'a Stack,
    /// The resource.
    pub resource: &'a Resource<Target>,
}

/// Everything that holds data and is not filled by a release, in the order of components.
pub(super) fn all<'a>(parts: &Parts<'a>) -> Vec<Data<'a>> {
    let mut found: Vec<Data<'a>> = Vec::new();
    for stack in &parts.linked.stacks {
        for resource in &stack.template.resources {
            let Some((component, _)) = stack.owners.get(&resource.id) else { continue };
            let data = Data { component, stack, resource };
            if data.is_of_people(parts) {
                found.push(data);
            }
        }
    }
    found.sort_by_key(|data| (data.component, data.resource.id.as_str()));
    found
}

/// Whether a resource stays when its stack is deleted.
pub(super) fn stays(resource: &Resource<Target>) -> bool {
    resource.attribute("DeletionPolicy").and_then(Value::as_text).is_some_and(|policy| policy.starts_with("Retain"))
}

impl<'a> Data<'a> {
    /// Whether it holds what cannot be made again.
    fn is_of_people(&self, parts: &Parts<'_>) -> bool {
        let of_release = |n: &Neighbour| n.interface.build.is_some();
        let is_raw = |n: &Neighbour| n.interface.raw_type.is_some();
        let name = self.type_name();
        holds_data(name).is_some()
            && name != LOG
            && (!BESIDE.contains(&name) || parts.lowered.neighbours.get(self.component).is_some_and(is_raw))
            // The instances of a cluster hold none of it.
            && !(name == INSTANCE && self.property(&["DBClusterIdentifier"]).is_some())
            && !parts.lowered.neighbours.get(self.component).is_some_and(of_release)
    }

    /// Its type.
    pub fn type_name(&self) -> &'a str {
        self.resource.type_name()
    }

    /// Its region.
    pub fn region(&self) -> &'a str {
        &self.stack.id.region
    }

    /// A property of it.
    pub fn property(&self, path: &[&str]) -> Option<&'a Value<Target>> {
        self.resource.properties.at(path)
    }

    /// A whole number among its properties, which some types write as text.
    pub fn number(&self, path: &[&str]) -> Option<i64> {
        match &self.property(path)?.kind {
            Kind::Int(number) => Some(*number),
            Kind::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether a property is true.
    fn is(&self, path: &[&str]) -> bool {
        matches!(self.property(path).map(|value| &value.kind), Some(Kind::Bool(true)))
    }

    /// How many days it can be rewound.
    pub fn rewinds(&self) -> Option<i64> {
        match self.type_name() {
            CLUSTER | INSTANCE => self.number(&["BackupRetentionPeriod"]).filter(|days| *days > 0),
            TABLE if self.is(&["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"]) => {
                // What DynamoDB keeps unless told otherwise.
                Some(self.number(&["PointInTimeRecoverySpecification", "RecoveryPeriodInDays"]).unwrap_or(35))
            }
            _ => None,
        }
    }

    /// Whether it keeps versions of what is overwritten or deleted.
    pub fn keeps_versions(&self) -> bool {
        self.property(&["VersioningConfiguration", "Status"]).and_then(Value::as_text) == Some("Enabled")
    }

    /// For a queue: the queue of its dead letters, where that stands in the same stack.
    pub fn dead_letters(&self) -> Option<&'a Resource<Target>> {
        match &self.property(&["RedrivePolicy", "deadLetterTargetArn"])?.kind {
            Kind::Ref(Target::GetAtt(id, _)) => self.stack.template.resource(id),
            _ => None,
        }
    }

    /// Whether a last snapshot of it is made.
    pub fn leaves_snapshot(&self) -> bool {
        self.policy() == Some("Snapshot")
    }

    fn policy(&self) -> Option<&'a str> {
        self.resource.attribute("DeletionPolicy").and_then(Value::as_text)
    }

    /// What becomes of it when its stack is deleted.
    pub fn fate(&self) -> &'static str {
        match self.policy() {
            Some("Retain" | "RetainExceptOnCreate") => "stays in the account",
            Some("Snapshot") => "goes, and leaves a last snapshot",
            _ => "is deleted",
        }
    }

    /// Whether it stays when its stack is deleted.
    pub fn stays(&self) -> bool {
        stays(self.resource)
    }

    /// Whether AWS refuses to delete it.
    pub fn is_protected(&self) -> bool {
        let Some((property, wanted)) = protection(self.type_name()) else { return false };
        match self.property(&[property]).map(|value| &value.kind) {
            Some(Kind::Bool(is)) => *is == (wanted == "true"),
            Some(Kind::Text(text)) => text == wanted,
            _ => false,
        }
    }

    /// The shell's words for the name that AWS gave to a resource beside it; of itself if `id` is its own.
    pub fn name_of(&self, id: &str) -> String {
        format!("$(name_of {} {} {id})", self.region(), self.stack.name)
    }

    /// The logical id that a property refers to.
    pub fn referred(&self, path: &[&str]) -> Option<&'a str> {
        match &self.property(path)?.kind {
            Kind::Ref(Target::Ref(id) | Target::GetAtt(id, _)) => Some(id),
            _ => None,
        }
    }

    /// What it is, in people's words.
    pub fn word(&self) -> String {
        match self.type_name() {
            CLUSTER => "Aurora cluster".to_owned(),
            INSTANCE => "database instance".to_owned(),
            TABLE => "table".to_owned(),
            BUCKET => "bucket".to_owned(),
            QUEUE => "queue".to_owned(),
            other => format!("`{other}`"),
        }
    }
}
