//! Certificates of AWS Certificate Manager: the resource that asks for one, what it covers, and what ACM takes.

use serde::Serialize;

use crate::component::{Context, Fragment, Neighbour, StackId, StackName, US_EAST_1};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::{Kind, Symbol, Value};

/// Codes of this part.
pub const CODES: &[Code] = &[DNS016, CFN304];

/// `DNS016`: no name is short enough to be the first.
pub const DNS016: Code = Code {
    id: "DNS016",
    explanation: "the first name of a certificate is too long\n\n\
        The first name of a certificate is its common name, which has at most 64 characters (RFC 5280, appendix A.1, \
        `ub-common-name`); every further one may be as long as a DNS name. Put a shorter name first. Where a long host has a \
        certificate of its own, name a component of kind `certificate` instead, whose first name is short, such as the \
        wildcard above it.",
};

/// `CFN304`: more names than one certificate has.
pub const CFN304: Code = Code {
    id: "CFN304",
    explanation: "a certificate has more names than ACM takes\n\n\
        An account begins with ten names a certificate (AWS Certificate Manager User Guide, \"Quotas\": domain names per ACM \
        certificate); Service Quotas raises that to 100 at most. Let a wildcard stand for several names, or make several \
        certificates.",
};

/// Characters of a certificate's common name; ACM, as RFC 5280.
const LONGEST_FIRST: usize = 64;
/// Names a certificate that an account begins with.
const NAMES: usize = 10;
/// Names a certificate that Service Quotas gives at most.
const MOST_NAMES: usize = 100;

/// The attribute of a certificate that is its ARN in us-east-1.
pub const US_EAST_1_ARN: &str = "us_east_1_arn";

/// What the template needs.
#[derive(Serialize)]
struct Plan {
    id: Setting<String>,
    first: Value,
    others: Option<Value>,
    validated: Vec<Validated>,
    tags: Option<Value>,
}

/// A name that CloudFormation validates by itself.
#[derive(Serialize)]
struct Validated {
    name: Value,
    zone: Setting<String>,
}

/// A certificate for `names` under the local `id`, in the stack of certificates of `region`. No two names are equal.
pub fn fragment(on: &Context<'_>, id: &str, region: &str, names: &[&Setting<String>]) -> Option<Fragment> {
    let text = |name: &&Setting<String>| Value::text(name.origin, name.value.clone());
    let (first, others) = names.split_first()?;
    let plan = Plan {
        id: on.setting("a certificate is one resource in each region", &[first.origin], id.to_owned()),
        first: text(first),
        validated: validated(on, names),
        others: (!others.is_empty()).then(|| Value::list(first.origin, others.iter().map(text).collect())),
        tags: on.tags(),
    };
    Some(on.fragment_in(stack(on, region), "parts/certificate", &plan))
}

/// The names that lie in zones of Route 53, where CloudFormation sets the record that validates them. A name and the wildcard below
/// it have one record, which it would try to make twice: the wildcard is left out.
fn validated(on: &Context<'_>, names: &[&Setting<String>]) -> Vec<Validated> {
    let is_listed = |bare: &str| names.iter().any(|name| name.value == bare);
    let first_of_its_record = |name: &&&Setting<String>| !name.strip_prefix("*.").is_some_and(is_listed);
    let validated = |name: &&Setting<String>| {
        let zone = on.hosted_zone(name.strip_prefix("*.").unwrap_or(name))?;
        Some(Validated { name: Value::text(name.origin, name.value.clone()), zone: zone.clone() })
    };
    names.iter().filter(first_of_its_record).filter_map(validated).collect()
}

/// The stack of certificates of a region: the project's, or us-east-1.
#[must_use]
pub fn stack(on: &Context<'_>, region: &str) -> StackId {
    match region {
        US_EAST_1 => StackId::in_us_east_1(StackName::Certificates),
        _ => on.stack_of(StackName::Certificates),
    }
}

/// The names in an order that ACM takes: the first that is short enough goes first, the others stay as they are.
#[must_use]
pub fn short_first(mut names: Vec<&Setting<String>>) -> Vec<&Setting<String>> {
    if let Some(short) = names.iter().position(|name| name.len() <= LONGEST_FIRST) {
        let first = names.remove(short);
        names.insert(0, first);
    }
    names
}

/// Reports names that are too many or whose first is too long. `what` is the certificate, in words; `help` shortens its first name.
pub fn check(on: &Context<'_>, what: &str, names: &[&Setting<String>], help: &str) {
    if let Some(first) = names.first().filter(|first| first.len() > LONGEST_FIRST) {
        let title = format!("the first name of {what} has {} characters; ACM takes {LONGEST_FIRST}", first.len());
        on.report(
            on.at(Diagnostic::error(DNS016, title), first.origin, &format!("{} characters", first.len()))
                .note("a common name has at most 64 characters: RFC 5280, appendix A.1")
                .help(help),
        );
    }
    let count = names.len();
    let (limit, diagnostic, help) = if count > MOST_NAMES {
        let title = format!("{what} has {count} names; ACM takes {MOST_NAMES} at most");
        let help = "let wildcards stand for several names, or make several certificates";
        (MOST_NAMES, Diagnostic::error(CFN304, title), help)
    } else {
        let title = format!("{what} has {count} names; an account begins with {NAMES}");
        let help = "let a wildcard stand for several names, or have the quota raised before the deploy";
        (NAMES, Diagnostic::warning(CFN304, title), help)
    };
    if let Some(over) = names.get(limit) {
        on.report(
            on.at(diagnostic, over.origin, "the first that is too many")
                .note("quota \"Domain names per ACM certificate\" of AWS Certificate Manager: 10, at most 100")
                .help(help),
        );
    }
}

/// Whether a certificate's name covers another one: the same, or a `*` for its first label. It covers neither the name above
/// it nor what lies deeper.
#[must_use]
pub fn covers(name: &str, host: &str) -> bool {
    let above = |wildcard: &str| host.split_once('.').is_some_and(|(_, above)| above == wildcard);
    name == host || name.strip_prefix("*.").is_some_and(above)
}

/// The attribute of a certificate that is its ARN in `region`; none where it is known to have none there.
#[must_use]
pub fn attribute_in(certificate: &Neighbour, region: &str) -> Option<&'static str> {
    let attribute = |name| certificate.interface.attribute(name);
    if region == US_EAST_1 && attribute(US_EAST_1_ARN).is_some() {
        return Some(US_EAST_1_ARN);
    }
    // One that is made here has its `arn` where its component stands.
    if region == US_EAST_1 && !certificate.imported && certificate.region != US_EAST_1 {
        return None;
    }
    // Where there is none in the project's region, `arn` is that of us-east-1.
    let arn = &attribute("arn")?.value.kind;
    let is_other = attribute(US_EAST_1_ARN).is_some_and(|other| other.value.kind == *arn);
    let is_elsewhere = matches!(arn, Kind::Ref(Symbol::Output { region: of, .. }) if of != region);
    (!is_other && !is_elsewhere).then_some("arn")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    #[test]
    fn a_wildcard_covers_one_label() {
        for (name, host, expected) in [
            ("x.io", "x.io", true),
            ("*.x.io", "a.x.io", true),
            ("*.x.io", "*.x.io", true),
            ("*.x.io", "x.io", false),
            ("*.x.io", "a.b.x.io", false),
            ("*.x.io", "*.a.x.io", false),
            ("*.x.io", "ax.io", false),
            ("a.x.io", "*.x.io", false),
        ] {
            assert_eq!(covers(name, host), expected, "{name} {host}");
        }
    }

    #[test]
    fn a_short_name_goes_first() {
        let name = |text: &str| Setting::new(OriginId(0), text.to_owned());
        let (long, short, other) = (name(&"a".repeat(65)), name("b.io"), name("c.io"));
        let order = |names: Vec<&Setting<String>>| short_first(names).iter().map(|n| n.len()).collect::<Vec<_>>();
        assert_eq!(order(vec![&long, &short, &other]), [4, 65, 4]);
        assert_eq!(order(vec![&long]), [65]);
    }
}
