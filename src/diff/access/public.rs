//! What is open to the world by a property.

use super::shown::{ANYONE, value};
use super::{About, Found, Grant, What};
use crate::diff::term::Term;

/// What a property must say for it to be open.
#[derive(Clone, Copy)]
enum Says {
    /// This value.
    This(&'static str),
    /// This value, or nothing at all.
    ThisOrNothing(&'static str),
    /// One that begins so.
    Begins(&'static str),
}

/// Types, properties (`*` is every item of a list), what they say, and what anybody may do then; `{}` is the value of
/// another property, or the resource. Source: AWS CloudFormation Template Reference, each type's page; read 2026-11-22.
const OPEN: &[(&str, &[&str], Says, &str, &str)] = &[
    ("AWS::ApiGateway::Method", &["AuthorizationType"], Says::ThisOrNothing("NONE"), "call the method", ""),
    ("AWS::ApiGatewayV2::Route", &["AuthorizationType"], Says::ThisOrNothing("NONE"), "call", "RouteKey"),
    (
        "AWS::Cognito::UserPool",
        &["AdminCreateUserConfig", "AllowAdminCreateUserOnly"],
        Says::ThisOrNothing("false"),
        "sign up in",
        "",
    ),
    (
        "AWS::EC2::Instance",
        &["NetworkInterfaces", "*", "AssociatePublicIpAddress"],
        Says::This("true"),
        "reach the public address of",
        "",
    ),
    (
        "AWS::EC2::Subnet",
        &["MapPublicIpOnLaunch"],
        Says::This("true"),
        "reach the public addresses of what starts in",
        "",
    ),
    (
        "AWS::ECS::Service",
        &["NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp"],
        Says::This("ENABLED"),
        "reach the public addresses of the tasks of",
        "",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &["Scheme"],
        Says::ThisOrNothing("internet-facing"),
        "reach the public address of",
        "",
    ),
    ("AWS::Lambda::Url", &["AuthType"], Says::This("NONE"), "call the URL of", "TargetFunctionArn"),
    ("AWS::RDS::DBCluster", &["PubliclyAccessible"], Says::This("true"), "reach the public address of", ""),
    ("AWS::RDS::DBInstance", &["PubliclyAccessible"], Says::This("true"), "reach the public address of", ""),
    ("AWS::Redshift::Cluster", &["PubliclyAccessible"], Says::This("true"), "reach the public address of", ""),
    ("AWS::S3::Bucket", &["AccessControl"], Says::Begins("PublicRead"), "list and read", ""),
    (
        "AWS::S3::Bucket",
        &["PublicAccessBlockConfiguration", "BlockPublicAcls"],
        Says::This("false"),
        "be granted access by ACL to",
        "",
    ),
    (
        "AWS::S3::Bucket",
        &["PublicAccessBlockConfiguration", "BlockPublicPolicy"],
        Says::This("false"),
        "be granted access by policy to",
        "",
    ),
    (
        "AWS::S3::Bucket",
        &["PublicAccessBlockConfiguration", "IgnorePublicAcls"],
        Says::This("false"),
        "use the public ACLs of",
        "",
    ),
    (
        "AWS::S3::Bucket",
        &["PublicAccessBlockConfiguration", "RestrictPublicBuckets"],
        Says::This("false"),
        "use a public policy of",
        "",
    ),
];

pub(super) fn find(found: &mut Found<'_>, properties: &Term) {
    let resource_type = found.resource.resource_type.clone();
    for (_, path, says, what, of) in OPEN.iter().filter(|(name, ..)| *name == resource_type) {
        if is_open(Some(properties), path, *says) {
            let named = properties.get(of).map_or_else(|| found.id.to_owned(), value);
            let path: Vec<String> = path.iter().map(|step| if *step == "*" { "0" } else { *step }.to_owned()).collect();
            found.add(&path, grant(what, named));
        }
    }
    // A subnet is public by the way out of its route table.
    let internet = |key: &str| matches!(properties.get(key).and_then(Term::scalar), Some("0.0.0.0/0" | "::/0"));
    let leads_out = internet("DestinationCidrBlock") || internet("DestinationIpv6CidrBlock");
    if resource_type == "AWS::EC2::Route" && leads_out && properties.get("GatewayId").is_some() {
        let table = properties.get("RouteTableId").map(value).unwrap_or_default();
        found.add(&["GatewayId".to_owned()], grant("reach public addresses in the subnets of", table));
    }
}

fn grant(what: &str, on: String) -> Grant {
    let what = What::Act(what.to_owned());
    Grant { about: About::Public, denies: false, who: ANYONE.to_owned(), what, on, when: String::new() }
}

fn is_open(term: Option<&Term>, path: &[&str], says: Says) -> bool {
    match (path.split_first(), term) {
        (Some((&"*", rest)), Some(term)) => term.each().iter().any(|item| is_open(Some(item), rest, says)),
        (Some((step, rest)), term) => is_open(term.and_then(|t| t.get(step)), rest, says),
        (None, None) => matches!(says, Says::ThisOrNothing(_)),
        (None, Some(term)) => term.scalar().is_some_and(|said| match says {
            Says::This(value) | Says::ThisOrNothing(value) => said == value,
            Says::Begins(start) => said.starts_with(start),
        }),
    }
}
