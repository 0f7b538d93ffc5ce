//! Rules of security groups: that a range of ports is one.

use super::subject::{Subject, number, text_at};
use crate::cfn::Target;
use crate::diag::{Code, Diagnostics};
use crate::value::Value;

/// `CFN437`: a range of ports that ends before it begins.
pub const CFN437: Code = Code {
    id: "CFN437",
    explanation: "a rule of a security group is for a range of ports that ends before it begins\n\n\
        `FromPort` is the first port of the range and `ToPort` the last; both are the same for a single port. EC2 refuses a range \
        whose first is greater (Amazon EC2 API Reference, `AuthorizeSecurityGroupIngress`). Only ICMP has types and codes in their \
        place.",
};

/// Protocols with ports, by name and number.
const WITH_PORTS: &[&str] = &["tcp", "udp", "6", "17"];

/// The rules within a group.
pub(super) fn group(subject: &Subject<'_>, findings: &mut Diagnostics) {
    for list in ["SecurityGroupIngress", "SecurityGroupEgress"] {
        for rule in subject.get(&[list]).map(Value::items).unwrap_or_default() {
            range(subject, rule, findings);
        }
    }
}

/// A rule that is a resource.
pub(super) fn rule(subject: &Subject<'_>, findings: &mut Diagnostics) {
    range(subject, &subject.resource.properties, findings);
}

fn range(subject: &Subject<'_>, rule: &Value<Target>, findings: &mut Diagnostics) {
    let has_ports =
        text_at(rule, &["IpProtocol"]).is_some_and(|p| WITH_PORTS.contains(&p.to_ascii_lowercase().as_str()));
    let (Some(from), Some(to)) = (rule.get("FromPort"), rule.get("ToPort")) else { return };
    let (Some(first), Some(last)) = (number(from), number(to)) else { return };
    if has_ports && first > last {
        let title = format!("a rule of `{}` is for the ports {first} to {last}", subject.id());
        let diagnostic = subject.error(CFN437, title, from.origin, "greater than the last");
        let diagnostic = subject.repair(diagnostic, from, &last.to_string());
        findings.push(subject.repair(diagnostic, to, &first.to_string()).help("write the smaller port first"));
    }
}
