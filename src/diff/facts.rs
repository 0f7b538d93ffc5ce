//! What a changed property does to its resource, and which attributes of a changed resource change with it.

use super::Effect;
use super::compare::has;
use crate::aws::{self, Path, Replacement, ResourceType};
use crate::yaml::Node;

/// Properties whose change stops a resource for a while. Sources: AWS CloudFormation Template Reference ("Update requires:
/// Some interruptions") and, for when a database is down, Amazon RDS User Guide, "Settings for DB instances"; read
/// 2026-11-22. Where neither is sure, it is a plain update.
const INTERRUPTS: &[(&str, &str)] = &[
    ("AWS::DocDB::DBInstance", "DBInstanceClass"),
    ("AWS::EC2::Instance", "InstanceType"),
    ("AWS::ElastiCache::CacheCluster", "EngineVersion"),
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion"),
    ("AWS::Neptune::DBInstance", "DBInstanceClass"),
    ("AWS::RDS::DBCluster", "EngineVersion"),
    ("AWS::RDS::DBCluster", "Port"),
    ("AWS::RDS::DBInstance", "DBInstanceClass"),
    ("AWS::RDS::DBInstance", "EngineVersion"),
];

/// Attributes that are new after every update of their resource. Source: AWS CloudFormation Template Reference, "Return
/// values" of each type; read 2026-11-22.
const RENEWED: &[(&str, &str)] = &[
    ("AWS::AppSync::GraphQLSchema", "Id"),
    ("AWS::EC2::LaunchTemplate", "LatestVersionNumber"),
    ("AWS::SSM::Document", "LatestVersion"),
];

/// Attributes that give back a property under another name. Source as above.
const GIVEN_BACK: &[(&str, &str, &str)] = &[
    ("AWS::RDS::DBCluster", "Endpoint.Port", "Port"),
    ("AWS::RDS::DBInstance", "Endpoint.Port", "Port"),
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Port", "Port"),
];

/// What happens to a resource whose property at `path` changes from `old` to `new`.
#[must_use]
pub fn effect(resource_type: &str, path: &[String], old: Option<&Node>, new: Option<&Node>) -> Effect {
    let touches = |facts: &[Path]| facts.iter().any(|fact| touches(&fact.0, path, &[old, new]));
    let facts = aws::resource_type(resource_type);
    let stops =
        || INTERRUPTS.iter().any(|(t, property)| *t == resource_type && path.first().is_some_and(|p| p == property));
    match facts {
        Some(facts) if touches(&facts.create_only) => Effect::Replace,
        Some(facts) if touches(&facts.conditional_create_only) => Effect::MayReplace,
        _ if stops() => Effect::Interrupt,
        _ => Effect::Update,
    }
}

/// Whether a change at `path` is one of what `fact` names: it stands there, below it, or has it inside.
fn touches(fact: &[&'static str], path: &[String], values: &[Option<&Node>]) -> bool {
    let agree = fact.iter().zip(path).all(|(f, p)| *f == "*" || f == p);
    agree
        && match fact.get(path.len()..) {
            None | Some([]) => true,
            Some(rest) => values.iter().flatten().any(|node| has(node, rest)),
        }
}

/// Whether the new one is made before the old one goes, when a resource is replaced.
#[must_use]
pub fn makes_first(resource_type: &str) -> bool {
    aws::resource_type(resource_type).is_none_or(|t| t.replacement == Replacement::CreateThenDelete)
}

/// The property that a resource's `Ref` gives back, where its name is one that users may write.
#[must_use]
pub fn naming(resource_type: &str) -> Option<&'static str> {
    let facts: &ResourceType = aws::resource_type(resource_type)?;
    match facts.identifier.as_slice() {
        [only] if !facts.read_only.contains(only) => match only.0.as_slice() {
            [name] => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an attribute is new after every update of its resource.
#[must_use]
pub fn is_renewed(resource_type: &str, attribute: &str) -> bool {
    RENEWED.contains(&(resource_type, attribute))
}

/// The path of the property that an attribute gives back, if it is one.
#[must_use]
pub fn given_back(resource_type: &str, attribute: Option<&str>) -> Option<Vec<String>> {
    let Some(attribute) = attribute else { return naming(resource_type).map(|name| vec![name.to_owned()]) };
    let renamed = GIVEN_BACK.iter().find(|(t, name, _)| *t == resource_type && *name == attribute);
    Some(renamed.map_or(attribute, |(.., property)| property).split('.').map(str::to_owned).collect())
}
