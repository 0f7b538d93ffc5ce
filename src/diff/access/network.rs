//! What security groups let through.

use ipnet::IpNet;

use super::shown::value;
use super::{About, Found, Grant, What};
use crate::diff::term::Term;

/// A protocol and its ports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ports {
    /// Its name, or `-1` for all.
    protocol: String,
    /// The first and the last port, where there are any.
    range: Option<(i64, i64)>,
}

/// Every protocol.
const ALL: &str = "-1";

impl Ports {
    fn of(rule: &Term) -> Ports {
        let said = |key: &str| rule.get(key).map(value);
        let protocol = said("IpProtocol").unwrap_or_else(|| ALL.to_owned());
        let port = |key: &str| said(key).and_then(|port| port.parse().ok());
        let range = port("FromPort").zip(port("ToPort")).filter(|range| protocol != ALL && *range != (-1, -1));
        Ports { protocol, range }
    }

    /// Whether all that the other ones let through passes here.
    pub(super) fn cover(&self, other: &Ports) -> bool {
        let range = match (self.range, other.range) {
            (None, _) => true,
            (Some((from, to)), Some((first, last))) => from <= first && last <= to,
            (Some(_), None) => false,
        };
        self.protocol == ALL || (self.protocol == other.protocol && range)
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.protocol.as_str(), self.range) {
            (ALL, _) => f.write_str("every protocol and port"),
            (protocol, None | Some((0, 65_535))) => write!(f, "{protocol}, every port"),
            (protocol, Some((from, to))) if from == to => write!(f, "{protocol} {from}"),
            (protocol, Some((from, to))) => write!(f, "{protocol} {from} to {to}"),
        }
    }
}

/// Whether one range of addresses has another one in it.
pub(super) fn covers(own: &str, other: &str) -> bool {
    match (own.parse::<IpNet>(), other.parse::<IpNet>()) {
        (Ok(own), Ok(other)) => own.contains(&other),
        _ => false,
    }
}

/// The keys under which the other side of a rule stands.
const PEERS: &[&str] = &[
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
    "DestinationPrefixListId",
];

pub(super) fn find(found: &mut Found<'_>, properties: &Term) {
    let id = found.id.to_owned();
    let group = || properties.get("GroupId").or_else(|| properties.get("GroupName")).map(value).unwrap_or_default();
    match found.resource.resource_type.as_str() {
        "AWS::EC2::SecurityGroup" => {
            for (key, is_ingress) in [("SecurityGroupIngress", true), ("SecurityGroupEgress", false)] {
                match properties.get(key) {
                    Some(rules) => {
                        for (at, term) in rules.each().iter().enumerate() {
                            rule(found, &[key.to_owned(), at.to_string()], term, &id, is_ingress);
                        }
                    }
                    // AWS::EC2::SecurityGroup, SecurityGroupEgress: without any, all goes out.
                    None if !is_ingress => {
                        let all = Ports { protocol: ALL.to_owned(), range: None };
                        add(found, &[], all, id.clone(), "0.0.0.0/0".to_owned());
                    }
                    None => {}
                }
            }
        }
        "AWS::EC2::SecurityGroupIngress" => rule(found, &[], properties, &group(), true),
        "AWS::EC2::SecurityGroupEgress" => rule(found, &[], properties, &group(), false),
        _ => {}
    }
}

fn rule(found: &mut Found<'_>, path: &[String], rule: &Term, group: &str, is_ingress: bool) {
    for peer in PEERS.iter().filter_map(|key| rule.get(key)) {
        let (peer, group) = (value(peer), group.to_owned());
        let (who, on) = if is_ingress { (peer, group) } else { (group, peer) };
        add(found, path, Ports::of(rule), who, on);
    }
}

fn add(found: &mut Found<'_>, path: &[String], ports: Ports, who: String, on: String) {
    let grant = Grant { about: About::Network, denies: false, who, what: What::Reach(ports), on, when: String::new() };
    found.add(path, grant);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_range_covers_a_narrower_one() {
        let ports = |protocol: &str, range| Ports { protocol: protocol.to_owned(), range };
        assert!(ports(ALL, None).cover(&ports("tcp", Some((443, 443)))));
        assert!(ports("tcp", Some((1, 1024))).cover(&ports("tcp", Some((443, 443)))));
        assert!(!ports("tcp", Some((443, 443))).cover(&ports("tcp", Some((1, 1024)))));
        assert!(!ports("udp", Some((443, 443))).cover(&ports("tcp", Some((443, 443)))));
        assert!(
            covers("0.0.0.0/0", "10.0.0.0/16") && !covers("10.0.0.0/16", "0.0.0.0/0") && !covers("A", "10.0.0.0/16")
        );
    }
}
