//! Physical names: AWS takes each once.

use std::collections::BTreeMap;

use super::scope::Scope;
use crate::cfn;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::OriginId;
use crate::value::Value;

/// `CFN017`: two resources of one name.
pub const CFN017: Code = Code {
    id: "CFN017",
    explanation: "two resources of one stage or template have the same physical name\n\n\
        A name that a template writes out, such as `BucketName`, is a resource's identity in AWS: unique among all resources of \
        its type in an account and region, for IAM in an account, for records of DNS in their zone, for buckets in the world. The \
        second resource would be refused when its stack is deployed, with the stack rolled back. Write no name where none is \
        needed, and CloudFormation chooses one; or make the name of `${project}`, `${stage}` and something of its own.",
};

/// How far a name is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unique {
    Region,
    Account,
    Zone,
    World,
}

/// Where a name stands.
#[derive(Clone, Copy)]
struct Named<'a> {
    id: &'a str,
    place: OriginId,
    owner: OriginId,
    /// The condition under which it is there, in a template that has any.
    condition: Option<&'a str>,
}

/// Reports every name that another resource of the same type has before. The templates are those of one stage, or one alone.
pub(super) fn check(templates: &[Scope<'_>], findings: &mut Diagnostics) {
    let mut known: BTreeMap<(&str, &str, String, String), Named<'_>> = BTreeMap::new();
    for scope in templates {
        for resource in scope.resources.values() {
            let Some(named) = cfn::named(resource.type_name()) else { continue };
            let Some(entry) = resource.properties.entry(named.property) else { continue };
            let Some(name) = cfn::literal(&entry.value) else { continue };
            let of = named.resource_type;
            let within: Vec<_> = named.within.iter().map(|key| resource.properties.get(key).map(cfn::value)).collect();
            let within = if within.is_empty() { String::new() } else { format!("{within:?}") };
            let unique = unique(of);
            let region = scope.region.filter(|_| unique == Unique::Region).unwrap_or_default();
            let owner = scope.owner(&resource.id);
            // What was made for a component is best found at the component.
            let written = scope.is_written(entry.key_origin) || scope.is_written(entry.value.origin);
            let place = if written { entry.value.origin } else { owner };
            let condition = resource.attribute("Condition").and_then(Value::as_text);
            let this = Named { id: &resource.id, place, owner, condition };
            let key = (of, region, within, name.clone());
            match known.get(&key) {
                // Of two under different conditions, maybe only one is there.
                Some(first) if first.condition != this.condition => {}
                Some(first) => findings.push(taken(scope, (of, &name, unique), *first, this)),
                None => drop(known.insert(key, this)),
            }
        }
    }
}

fn unique(type_name: &str) -> Unique {
    match type_name {
        "AWS::S3::Bucket" => Unique::World,
        "AWS::Route53::RecordSet" => Unique::Zone,
        _ if type_name.starts_with("AWS::IAM::") => Unique::Account,
        _ => Unique::Region,
    }
}

fn taken(
    scope: &Scope<'_>,
    (of, name, unique): (&str, &str, Unique),
    first: Named<'_>,
    second: Named<'_>,
) -> Diagnostic {
    let title = format!("`{}` and `{}` are both the `{of}` named `{name}`", first.id, second.id);
    let far = match unique {
        Unique::Region => "in an account and region",
        Unique::Account => "in an account",
        Unique::Zone => "in its zone, once for each type of record",
        Unique::World => "in the world",
    };
    Diagnostic::error(CFN017, title)
        .at_origin(scope.origins, second.place, &[second.owner], "taken already")
        .context_if_known(scope.origins, Some(first.place), "the first of that name")
        .note(format!("a name of this type is unique {far}"))
        .help("give one of them another name, or none where CloudFormation can choose it")
}
