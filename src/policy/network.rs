//! Ways in through the network: security groups, and the service that tells hosts their credentials.

use super::seen::{self, Seen, each, number};
use super::{Found, On, Rule};
use crate::cfn::Target;
use crate::diag::{Code, Severity};
use crate::value::Value;

/// `POL007`: a way in for administrators and attackers.
pub const POL007: Code = Code {
    id: "POL007",
    explanation: "a port that is attacked all the time is open to everyone\n\n\
        Ports of remote access and of databases are tried from everywhere within minutes. Open them to the security group of \
        what needs them; people reach hosts by AWS Systems Manager Session Manager, without any open port.\n\n\
        AWS Security Hub, controls EC2.13, EC2.14 and EC2.19: high and critical.",
};

/// `POL008`: another port for everyone.
pub const POL008: Code = Code {
    id: "POL008",
    explanation: "a port other than those of the web is open to everyone\n\n\
        What serves the web listens on 80 and 443. Other ports are rarely meant for everyone: name the range or the security \
        group that is to come in.\n\n\
        AWS Security Hub, control EC2.18.",
};

/// `POL009`: credentials for whoever can make a host ask.
pub const POL009: Code = Code {
    id: "POL009",
    explanation: "a host gives its credentials to a plain request\n\n\
        Version 1 of the instance metadata service answers every request, also one that an attacker makes a web server send. Version 2 \
        asks for a token first: `HttpTokens: required`.\n\n\
        AWS Security Hub, controls EC2.8 and EC2.170; Amazon EC2 User Guide, \"Use the Instance Metadata Service\".",
};

/// Ports of remote access and of databases: those of Security Hub's EC2.19 that are no web server's, and the default ports of
/// Oracle, Redshift, Redis, Memcached and MongoDB.
const GRAVE: &[(i64, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (135, "RPC"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1434, "SQL Server"),
    (1521, "Oracle"),
    (3306, "MySQL"),
    (3389, "remote desktop"),
    (5432, "PostgreSQL"),
    (5439, "Redshift"),
    (5500, "VNC"),
    (5601, "OpenSearch Dashboards"),
    (6379, "Redis"),
    (9200, "OpenSearch"),
    (9300, "OpenSearch"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL007,
        severity: Severity::Error,
        fact: "such ports are tried from everywhere, all the time (AWS Security Hub, EC2.13 and EC2.19)",
        types: &[
            (
                "AWS::EC2::SecurityGroup",
                &[
                    "CKV_AWS_24",
                    "CKV_AWS_25",
                    "EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE",
                    "INCOMING_SSH_DISABLED",
                    "RESTRICTED_INCOMING_TRAFFIC",
                ],
            ),
            (
                "AWS::EC2::SecurityGroupIngress",
                &["CKV_AWS_24", "CKV_AWS_25", "EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE"],
            ),
        ],
        check: |on, found| {
            for (cidr, rule) in open_to_all(on) {
                let Some(ports) = ports(rule) else { continue };
                let Some((port, what)) = GRAVE.iter().find(|(port, _)| ports.contains(port)) else { continue };
                let title = if ports.end - ports.start > 60_000 {
                    format!("every port behind `{}` is open to everyone", on.resource.id)
                } else {
                    format!("port {port} ({what}) behind `{}` is open to everyone", on.resource.id)
                };
                found.push(Found::at(cidr, title, "everyone").help(HELP));
            }
        },
    },
    Rule {
        code: POL008,
        severity: Severity::Warning,
        fact: "what is for everyone listens on 80 and 443 (AWS Security Hub, EC2.18)",
        types: &[
            ("AWS::EC2::SecurityGroup", &["EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE"]),
            ("AWS::EC2::SecurityGroupIngress", &["EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE"]),
        ],
        check: |on, found| {
            for (cidr, rule) in open_to_all(on) {
                let Some(ports) = ports(rule) else { continue };
                let web = matches!((ports.start, ports.end), (80, 81) | (443, 444));
                if !web && !GRAVE.iter().any(|(port, _)| ports.contains(port)) {
                    let which = match ports.end - ports.start {
                        1 => format!("port {} behind `{}` is", ports.start, on.resource.id),
                        _ => format!("ports {} to {} behind `{}` are", ports.start, ports.end - 1, on.resource.id),
                    };
                    found.push(Found::at(cidr, format!("{which} open to everyone"), "everyone").help(HELP));
                }
            }
        },
    },
    Rule {
        code: POL009,
        severity: Severity::Warning,
        fact: "a plain request gets the credentials of the host's role (AWS Security Hub, EC2.8)",
        types: &[("AWS::EC2::Instance", &["EC2_IMDSV2_CHECK"]), ("AWS::EC2::LaunchTemplate", &["CKV_AWS_79"])],
        check: plain_metadata,
    },
];

const HELP: &str = "name the range or the security group that is to come in";

/// The ways in that are open to every address: the range, and the rule in which it stands.
fn open_to_all<'a>(on: &On<'a>) -> impl Iterator<Item = (&'a Value<Target>, &'a Value<Target>)> {
    let own = (on.resource.type_name() == "AWS::EC2::SecurityGroupIngress").then_some(&on.resource.properties);
    let rules = own.into_iter().chain(each(on.get("SecurityGroupIngress")));
    let everyone = |v: &&Value<Target>| v.as_text().is_some_and(|cidr| cidr.ends_with("/0"));
    rules.flat_map(move |rule| {
        ["CidrIp", "CidrIpv6"]
            .into_iter()
            .filter_map(|key| rule.get(key))
            .filter(everyone)
            .map(move |cidr| (cidr, rule))
    })
}

/// The ports that a rule opens; `None` where the template does not say, or where the protocol has none.
fn ports(rule: &Value<Target>) -> Option<std::ops::Range<i64>> {
    let protocol = rule.get("IpProtocol")?;
    match (protocol.as_text(), number(protocol)) {
        (_, Some(-1)) => return Some(0..65_536),
        (Some("tcp" | "udp"), _) | (_, Some(6 | 17)) => {}
        _ => return None,
    }
    let (from, to) = (number(rule.get("FromPort")?)?, number(rule.get("ToPort")?)?);
    if from == -1 { Some(0..65_536) } else { Some(from..to.saturating_add(1)) }
}

fn plain_metadata(on: &On<'_>, found: &mut Vec<Found>) {
    let is_template = on.resource.type_name() == "AWS::EC2::LaunchTemplate";
    let path: &[&str] = match is_template {
        true => &["LaunchTemplateData", "MetadataOptions", "HttpTokens"],
        false => &["MetadataOptions", "HttpTokens"],
    };
    let title = || format!("`{}` gives credentials to plain requests", on.resource.id);
    match seen::at(&on.resource.properties, path) {
        Seen::This(tokens) if tokens.as_text() == Some("optional") => {
            found.push(Found::at(tokens, title(), "version 1 as well").help("write `required`").instead("required"));
        }
        // What an instance does not say, its image or its account does; a service that is off tells nothing.
        Seen::Nothing(Some(last)) if is_template && last.value.get("HttpEndpoint").is_none() => {
            let line = match last.key.as_str() {
                "MetadataOptions" => "HttpTokens: required",
                _ => "MetadataOptions: {HttpTokens: required}",
            };
            found.push(Found::missing(Some(last), line.to_owned(), title()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_those_of_the_rule() {
        let at = crate::origin::OriginId(0);
        let rule = |protocol: &str, ports: Option<(&str, &str)>| {
            let of = |(key, text): (&'static str, &str)| (key, Value::text(at, text));
            let ports = ports.into_iter().flat_map(|(from, to)| [("FromPort", from), ("ToPort", to)]);
            Value::map(at, [("IpProtocol", protocol)].into_iter().chain(ports).map(of))
        };
        for (protocol, given, expected) in [
            ("tcp", Some(("22", "22")), Some(22..23)),
            ("6", Some(("0", "65535")), Some(0..65_536)),
            ("-1", None, Some(0..65_536)),
            ("udp", Some(("53", "53")), Some(53..54)),
            ("tcp", Some(("a", "22")), None),
            ("tcp", None, None),
            ("icmp", Some(("8", "-1")), None),
            ("icmpv6", None, None),
        ] {
            assert_eq!(ports(&rule(protocol, given)), expected, "{protocol} {given:?}");
        }
    }
}
