//! Records in zones that Route 53 serves: they stand beside what answers, in its stack.
//!
//! Other zones are served by others, who are told what to set by a plan ([`crate::dns`]).

use std::collections::BTreeMap;

use serde::Serialize;

use super::served::{Entrance, Served};
use crate::component::{Context, Fragment, pascal};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::digest::Digest;
use crate::manifest::{Provider, Zone};
use crate::origin::Origins;
use crate::setting::Setting;
use crate::value::Value;

/// `DNS060`: a zone of Route 53 without its id.
pub const DNS060: Code = Code {
    id: "DNS060",
    explanation: "a zone is served by Route 53, and its `hosted_zone_id` is not written\n\n\
        In a zone of Route 53 the stacks set their records themselves: each host, alias and redirect has its records in the stack \
        that answers, and certificates are validated by CloudFormation. It finds the zone by its id: an account may have several \
        of one name.\n\n\
        The zone must be public, and in the account of the stage: CloudFormation reaches no other. The command in the message \
        prints the ids behind `/hostedzone/`.",
};

/// `DNS061`: one hosted zone for two names.
pub const DNS061: Code = Code {
    id: "DNS061",
    explanation: "two zones have one `hosted_zone_id`\n\n\
        A hosted zone has one name, and takes records of that name and of those below it only: Route 53 refuses others (\"is not \
        permitted in zone\"). A name that is delegated to a hosted zone of its own has that one's id.",
};

/// `DNS062`: a time for a record that has none.
pub const DNS062: Code = Code {
    id: "DNS062",
    explanation: "`ttl` is written for a host in a zone of Route 53\n\n\
        There a host is an alias record, which leads to what serves it by its addresses, also at the top of the zone, and costs \
        nothing to ask for. It has no time of its own: it is remembered as long as what it leads to (Route 53 Developer Guide, \
        \"Choosing between alias and non-alias records\"), which CloudFront and API Gateway hold at 60 seconds. Remove `ttl`.",
};

/// The hosted zone of all distributions of CloudFront (`AWS::Route53::RecordSet AliasTarget`).
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// The most characters of a name that a logical id, which has 255, says in full.
const LONGEST_SAID: usize = 100;

/// What the template needs.
#[derive(Serialize)]
struct Plan<'a> {
    id: Setting<String>,
    zone: &'a Setting<String>,
    name: &'a Setting<String>,
    comment: Value,
    target: Value,
    target_zone: Value,
    has_ipv6: bool,
}

/// The records of the names that lie in zones of Route 53, each name once. `prefix` is what the attributes of the entrance begin
/// with.
pub(super) fn fragments(
    on: &Context<'_>,
    names: &[&Setting<String>],
    entrance: Entrance,
    prefix: &str,
) -> Vec<Fragment> {
    let attribute = |name: &str| on.own(&format!("{prefix}{name}"));
    let comment = format!("{}/{} {}", on.project.value, on.stage.name.value, on.identity());
    let record = |name: &&Setting<String>| {
        let zone = on.hosted_zone(name)?;
        let why = on.rule("a name in a zone of Route 53 has its records beside what answers", &[name.origin]);
        let plan = Plan {
            id: Setting::new(why, local_id(name)),
            zone,
            name,
            comment: Value::text(why, comment.clone()),
            target: attribute("dns_target"),
            target_zone: match entrance {
                Entrance::CloudFront => Value::text(why, CLOUDFRONT_ZONE),
                Entrance::ApiGateway => attribute("dns_zone_id"),
            },
            // Distributions answer by IPv6 as well; regional domains of API Gateway do not unless told to.
            has_ipv6: entrance == Entrance::CloudFront,
        };
        Some(on.fragment("parts/record", &plan))
    };
    names.iter().filter_map(record).collect()
}

/// The local id of a name's record. It is made of the name, because that is what Route 53 knows a record by: where an alias becomes
/// the host, nothing is made anew, which Route 53 would refuse as long as the old record stands.
fn local_id(name: &str) -> String {
    let (kind, bare) = match name.strip_prefix("*.") {
        Some(below) => ("WildcardRecord", below),
        None => ("Record", name),
    };
    let said: String = pascal(bare).chars().take(LONGEST_SAID).collect();
    // An id has letters and digits only, so that it says other names alike: those get what tells them apart.
    let is_plain = |label: &str| label.starts_with(|c: char| c.is_ascii_lowercase()) && !label.contains('-');
    if bare.len() <= LONGEST_SAID && bare.split('.').all(is_plain) {
        return format!("{kind}{said}");
    }
    format!("{kind}{said}{}", Digest::of(bare).beginning(8))
}

/// Reports a `ttl` that no record could have.
pub(super) fn check(on: &Context<'_>, served: &[Served<'_>]) -> bool {
    let mut fine = true;
    for served in served {
        let Some((ttl, zone)) = served.ttl.zip(on.zone_of(served.name)) else { continue };
        if zone.provider.value != Provider::Route53 {
            continue;
        }
        fine = false;
        let title = format!(
            "`{}` of `{}` has a `ttl`, and Route 53, which serves `{}`, has none for it",
            served.setting, on.name, zone.name.value
        );
        on.report(
            on.at(Diagnostic::error(DNS062, title), ttl.origin, "an alias record has no time")
                .context_if_known(on.origins, Some(zone.provider.origin), "served by Route 53")
                .note("it is remembered as long as what it leads to: Route 53 Developer Guide, \"Choosing between alias and non-alias records\"")
                .help("remove `ttl`"),
        );
    }
    fine
}

/// Reports zones of Route 53 that cannot be found.
pub fn check_zones(zones: &BTreeMap<String, Zone>, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: Vec<(&str, &Setting<String>)> = Vec::new();
    for zone in zones.values().filter(|zone| zone.provider.value == Provider::Route53) {
        let name = &zone.name.value;
        let list = format!(
            "`aws route53 list-hosted-zones-by-name --dns-name {name} --query \"HostedZones[?Name=='{name}.'].Id\" --output text`"
        );
        let Some(id) = &zone.hosted_zone_id else {
            let title = format!("`{name}` is served by Route 53, and its `hosted_zone_id` is not written");
            findings.push(
                Diagnostic::error(DNS060, title)
                    .at_origin(origins, zone.provider.origin, &[zone.name.origin], "served by Route 53")
                    .note("the stacks set the records of the zone themselves, and find it by its id")
                    .help(format!("write `hosted_zone_id`, which {list} shows behind `/hostedzone/`")),
            );
            continue;
        };
        match known.iter().find(|(_, other)| other.value == id.value) {
            Some((other, first)) => findings.push(
                Diagnostic::error(DNS061, format!("`{other}` and `{name}` have one `hosted_zone_id`"))
                    .at_origin(origins, id.origin, &[zone.name.origin], "the same hosted zone")
                    .context_if_known(origins, Some(first.origin), &format!("that of `{other}`"))
                    .note("a hosted zone has one name, and takes no records of another")
                    .help(format!("write the id that {list} shows behind `/hostedzone/`")),
            ),
            None => known.push((name, id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::local_id;

    #[test]
    fn ids_say_names_and_tell_them_apart() {
        for (name, expected) in [
            ("shop.example", "RecordShopExample"),
            ("www.shop.example", "RecordWwwShopExample"),
            ("*.shop.example", "WildcardRecordShopExample"),
        ] {
            assert_eq!(local_id(name), expected);
        }
        let alike = ["a-b.c.io", "a.b-c.io", "a.b.c.io", "a.1b.io", "a1b.io", "*.a-b.c.io"];
        let ids: std::collections::BTreeSet<String> = alike.iter().map(|name| local_id(name)).collect();
        assert_eq!(ids.len(), alike.len(), "{ids:?}");
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_alphanumeric())), "{ids:?}");
        let longest = format!("{}.{}", ["a"; 95].join("."), "b".repeat(63));
        assert!(local_id(&format!("*.{longest}")).len() <= 130);
    }
}
