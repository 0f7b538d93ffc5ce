//! Endpoints: AWS services that private subnets reach without a NAT.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Context, pascal};
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::setting::{Keyed, Setting};
use crate::value::Value;

/// `CFN106`: a service has no gateway endpoint.
pub const CFN106: Code = Code {
    id: "CFN106",
    explanation: "an endpoint is a `gateway`, but the service has no gateway endpoint\n\n\
        A gateway endpoint is a route, costs nothing, and exists for S3 and DynamoDB only (AWS PrivateLink \
        Guide, \"Gateway endpoints\"). All other services have interface endpoints: a network interface in each \
        private subnet, priced per hour and zone. Write `interface`.",
};

/// `CFN107`: no service can have that name.
pub const CFN107: Code = Code {
    id: "CFN107",
    explanation: "an endpoint has a name that no AWS service has\n\n\
        Endpoints are named by the last part of the service's endpoint name: `secretsmanager` of \
        `com.amazonaws.eu-west-2.secretsmanager`, `ecr.api` of `com.amazonaws.eu-west-2.ecr.api`. The region is \
        added by the compiler. These names have no underscores and no capitals; `aws ec2 \
        describe-vpc-endpoint-services` lists them.",
};

/// `CFN108`: an interface endpoint that nothing would use.
pub const CFN108: Code = Code {
    id: "CFN108",
    explanation: "an interface endpoint of DynamoDB has no private DNS name\n\n\
        An interface endpoint works because the service's usual name leads to it inside the VPC. Those of \
        DynamoDB and of its streams have no such name (DynamoDB Developer Guide, \"AWS PrivateLink for \
        DynamoDB\": private DNS is not supported), so that no SDK would find them. Use the gateway of DynamoDB, \
        which costs nothing. Streams are read by Lambda itself and need no endpoint.",
};

/// How a service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Endpoint {
    /// By a route, for nothing; S3 and DynamoDB only.
    Gateway,
    /// By a network interface in each private subnet, priced per hour and zone.
    Interface,
    /// By the NAT, if there is one.
    None,
}

/// Services with gateway endpoints.
const GATEWAYS: [&str; 2] = ["s3", "dynamodb"];
/// Services whose interface endpoints take no private DNS name.
const NAMELESS: [&str; 2] = ["dynamodb", "dynamodb-streams"];
/// Services that are often wanted, to suggest.
const COMMON: [&str; 26] = [
    "bedrock-runtime",
    "cognito-idp",
    "dynamodb",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "email-smtp",
    "events",
    "execute-api",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds",
    "rds-data",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "xray",
];

/// All endpoints of a network, by sort.
#[derive(Serialize)]
pub(super) struct Endpoints {
    gateways: Vec<Gateway>,
    interfaces: Vec<Interface>,
    group_tags: Value,
}

/// A gateway endpoint.
#[derive(Serialize)]
struct Gateway {
    id: Setting<String>,
    service: Setting<String>,
    tags: Value,
}

/// An interface endpoint.
#[derive(Serialize)]
struct Interface {
    id: Setting<String>,
    service: Setting<String>,
    tags: Value,
    /// Whether the service also has a gateway, so that it must be said for whom the private name holds.
    for_all_resolvers: bool,
}

impl Endpoints {
    /// Sorts the endpoints; reports those that cannot be.
    pub(super) fn of(on: &Context<'_>, settings: &Keyed<Setting<Endpoint>>) -> Endpoints {
        let mut endpoints =
            Endpoints { gateways: Vec::new(), interfaces: Vec::new(), group_tags: on.named_tags("-endpoints") };
        for (service, setting) in settings.iter() {
            if !check(on, service, *setting) {
                continue;
            }
            let id = on.setting("an endpoint's logical id is its service's name", &[setting.origin], pascal(service));
            let tags = on.named_tags(&format!("-{}", service.replace('.', "-")));
            let service = Setting::new(setting.origin, service.value.clone());
            match setting.value {
                Endpoint::Gateway => endpoints.gateways.push(Gateway { id, service, tags }),
                Endpoint::Interface => {
                    let for_all_resolvers = GATEWAYS.contains(&service.value.as_str());
                    endpoints.interfaces.push(Interface { id, service, tags, for_all_resolvers });
                }
                Endpoint::None => {}
            }
        }
        endpoints
    }
}

/// Whether the endpoint can be; reports it otherwise.
fn check(on: &Context<'_>, written: &Setting<String>, setting: Setting<Endpoint>) -> bool {
    let service = written.value.as_str();
    if !is_service(service) {
        on.report(no_service(on, written));
        return false;
    }
    match setting.value {
        Endpoint::Gateway if !GATEWAYS.contains(&service) => {
            let title =
                format!("the endpoint of `{service}` is a `gateway`, which only {} have", quote_list(&GATEWAYS));
            let diagnostic = on.at(Diagnostic::error(CFN106, title), setting.origin, "this service has no gateway");
            let diagnostic = diagnostic.help("write `interface`, which is priced per hour and zone");
            on.report(match on.origins.spans(setting.origin).first() {
                Some(span) => diagnostic.edit(*span, "interface"),
                None => diagnostic,
            });
            false
        }
        Endpoint::Interface if NAMELESS.contains(&service) => {
            let title = format!("the interface endpoint of `{service}` would have no private DNS name");
            let diagnostic =
                on.at(Diagnostic::error(CFN108, title), setting.origin, "nothing would find this endpoint");
            let note = "DynamoDB Developer Guide, \"AWS PrivateLink for DynamoDB\": private DNS is not supported";
            let diagnostic = diagnostic.note(note);
            on.report(match on.origins.spans(setting.origin).first() {
                Some(span) if GATEWAYS.contains(&service) => {
                    diagnostic.help("write `gateway`, which costs nothing").edit(*span, "gateway")
                }
                _ => diagnostic.help("remove it"),
            });
            false
        }
        _ => true,
    }
}

fn no_service(on: &Context<'_>, written: &Setting<String>) -> Diagnostic {
    let service = written.value.as_str();
    let title = format!("`endpoints` names `{service}`, a name that no AWS service has");
    let diagnostic = on.at(Diagnostic::error(CFN107, title), written.origin, "no name of a service");
    let diagnostic = diagnostic.note("the name is what follows the region: `secretsmanager`, `ecr.api`");
    let short = full_name(service);
    match short.filter(|s| is_service(s)).or_else(|| did_you_mean(service, COMMON)) {
        Some(name) => on.repair(diagnostic.help(format!("did you mean `{name}`?")), written.origin, name),
        None => diagnostic.help("`aws ec2 describe-vpc-endpoint-services` lists the services of a region"),
    }
}

/// What follows the region in a whole endpoint name.
fn full_name(service: &str) -> Option<&str> {
    service.strip_prefix("com.amazonaws.").and_then(|rest| rest.split_once('.')).map(|(_, name)| name)
}

/// Lower-case letters and digits, with single dots and hyphens between them; not a whole endpoint name.
fn is_service(service: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    service.split(['.', '-']).all(word) && !service.starts_with("com.amazonaws")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_short_names() {
        for service in ["s3", "ecr.api", "rds-data", "ec2messages"] {
            assert!(is_service(service), "{service}");
        }
        for other in ["secrets_manager", "SSM", "", ".", "ecr.", "com.amazonaws.eu-west-2.ssm", "a b"] {
            assert!(!is_service(other), "{other}");
        }
        assert_eq!(full_name("com.amazonaws.eu-west-2.ecr.api"), Some("ecr.api"));
        assert_eq!(pascal("ecr.api"), "EcrApi");
        assert_eq!(pascal("rds-data"), "RdsData");
    }
}
