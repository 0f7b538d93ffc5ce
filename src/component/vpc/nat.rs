//! How private subnets reach the internet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Vpc;
use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

/// `CFN105`: the type of a NAT instance is no arm64 type.
pub const CFN105: Code = Code {
    id: "CFN105",
    explanation: "`nat_type` is no EC2 type with an arm64 processor\n\n\
        NAT instances start from the arm64 image of Amazon Linux 2023, which other processors cannot boot: EC2 \
        refuses the pair, and the stack rolls back. Graviton types carry a `g` behind their generation: \
        `t4g.nano`, `c7g.large`, `c7gn.xlarge` (Amazon EC2 Instance Types, \"Naming conventions\"). `t4g.nano` \
        forwards some Gbit/s in bursts and is enough for most products; `c7gn` types are made for sustained \
        traffic.",
};

/// The way out of private subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Nat {
    /// None: only endpoints are reached.
    None,
    /// One EC2 instance, in the first zone, for all of them: the cheapest. Nothing takes over if it fails.
    Instance,
    /// An EC2 instance in each zone: a failure stays within its zone.
    InstancePerZone,
    /// One NAT gateway, in the first zone, for all of them.
    Managed,
    /// A NAT gateway in each zone.
    ManagedPerZone,
}

impl Nat {
    pub(super) fn is_instance(self) -> bool {
        matches!(self, Nat::Instance | Nat::InstancePerZone)
    }

    pub(super) fn per_zone(self) -> bool {
        matches!(self, Nat::InstancePerZone | Nat::ManagedPerZone)
    }
}

/// All NATs of a network, of one sort.
#[derive(Serialize)]
pub(super) struct Nats {
    instances: Vec<Instance>,
    gateways: Vec<Gateway>,
    instance_type: Setting<String>,
    burstable: bool,
    group_tags: Value,
}

/// A NAT instance. It has an address of its own on stages that stay; others use the one that EC2 lends.
#[derive(Serialize)]
struct Instance {
    number: Setting<usize>,
    address: bool,
    /// The logical id under which it tells CloudFormation that it is ready.
    signals_as: Value,
    tags: Value,
}

/// A NAT gateway.
#[derive(Serialize)]
struct Gateway {
    number: Setting<usize>,
    tags: Value,
}

impl Nats {
    /// Decides which NATs there are; reports a type that cannot be.
    pub(super) fn of(on: &Context<'_>, vpc: &Vpc) -> Nats {
        let nat = vpc.nat;
        let zones = if nat.per_zone() { vpc.availability_zones.count() } else { 1 };
        let from = [nat.origin, vpc.availability_zones.origin];
        let numbers = |wanted: bool| {
            let rule = "a NAT is numbered by the zone that it stands in";
            (1..=zones).filter(move |_| wanted).map(move |number| on.setting(rule, &from, number))
        };
        if nat.is_instance() {
            check_type(on, &vpc.nat_type);
        }
        let tags = |number: usize| on.named_tags(&format!("-nat-{number}"));
        Nats {
            instances: numbers(nat.is_instance())
                .map(|number| Instance {
                    number,
                    // Five addresses a region is the quota: previews would soon use it up, and nobody lists theirs.
                    address: on.stage.is_permanent(),
                    signals_as: logical_id(on, &format!("NatInstance{}", number.value)),
                    tags: tags(number.value),
                })
                .collect(),
            gateways: numbers(!nat.is_instance() && nat.value != Nat::None)
                .map(|number| Gateway { number, tags: tags(number.value) })
                .collect(),
            instance_type: vpc.nat_type.clone(),
            burstable: vpc.nat_type.value.starts_with('t'),
            group_tags: on.named_tags("-nat"),
        }
    }
}

/// What the default route of a private subnet leads to: at most one is there.
#[derive(Serialize)]
pub(super) struct Way {
    instance: Option<Setting<usize>>,
    gateway: Option<Setting<usize>>,
}

impl Way {
    /// The way out of the private subnet of a zone, by the zone's number.
    pub(super) fn of(on: &Context<'_>, vpc: &Vpc, zone: usize) -> Way {
        let nat = vpc.nat;
        let number = if nat.per_zone() { zone } else { 1 };
        let rule = "a private subnet leaves by the NAT of its zone, or by the only one";
        let way = |wanted: bool| wanted.then(|| on.setting(rule, &[nat.origin], number));
        Way { instance: way(nat.is_instance()), gateway: way(!nat.is_instance() && nat.value != Nat::None) }
    }
}

/// The logical id that a resource of this component has in the template.
fn logical_id(on: &Context<'_>, local: &str) -> Value {
    on.text(
        "a signal names the resource by its logical id",
        &[on.identity_origin()],
        on.common.logical_id(on.name, local),
    )
}

fn check_type(on: &Context<'_>, nat_type: &Setting<String>) {
    if is_arm64(&nat_type.value) {
        return;
    }
    let title = format!("`nat_type` is `{}`, which is no EC2 type with an arm64 processor", nat_type.value);
    let diagnostic = on.at(Diagnostic::error(CFN105, title), nat_type.origin, "an arm64 type is needed");
    let diagnostic = diagnostic.note("NAT instances start from the arm64 image of Amazon Linux 2023");
    let near = nearest(&nat_type.value);
    let diagnostic = diagnostic.help(format!("write `{near}`, or another type whose family ends in `g`, `gd` or `gn`"));
    on.report(match on.origins.spans(nat_type.origin).first() {
        Some(span) => diagnostic.edit(*span, near),
        None => diagnostic,
    });
}

/// Whether a type has a Graviton processor: `<letters><generation><attributes>.<size>` with a `g` among the
/// attributes, or the first generation, `a1`.
fn is_arm64(instance_type: &str) -> bool {
    let Some((family, size)) = instance_type.split_once('.') else {
        return false;
    };
    let series = family.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let attributes = series.trim_start_matches(|c: char| c.is_ascii_digit());
    let formed = series.len() < family.len() && attributes.len() < series.len();
    let plain = attributes.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    formed && plain && is_size(size) && (attributes.contains('g') || family == "a1")
}

fn is_size(size: &str) -> bool {
    let steps = size.strip_suffix("xlarge").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    steps || matches!(size, "nano" | "micro" | "small" | "medium" | "large" | "metal")
}

/// The arm64 type nearest to another one.
fn nearest(instance_type: &str) -> String {
    let (family, size) = instance_type.split_once('.').unwrap_or((instance_type, ""));
    let family = match family.bytes().next() {
        Some(b'c') => "c7g",
        Some(b'm') => "m7g",
        Some(b'r') => "r7g",
        _ => "t4g",
    };
    let small = matches!(size, "nano" | "micro" | "small");
    match (family, size) {
        ("t4g", "micro" | "small" | "medium" | "large" | "xlarge" | "2xlarge") => {
            format!("t4g.{size}")
        }
        ("t4g", _) => "t4g.nano".to_owned(),
        _ if is_size(size) && !small => format!("{family}.{size}"),
        _ => format!("{family}.medium"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graviton_types_are_known_by_their_name() {
        for arm in
            ["t4g.nano", "c7gn.16xlarge", "im4gn.large", "is4gen.medium", "a1.medium", "g5g.xlarge", "r8gb.metal"]
        {
            assert!(is_arm64(arm), "{arm}");
        }
        for other in [
            "t3.nano",
            "g4dn.xlarge",
            "g6.xlarge",
            "c5.large",
            "t4g",
            "t4g.",
            "t4g.tiny",
            "",
            ".",
            "4g.nano",
            "tg.nano",
        ] {
            assert!(!is_arm64(other), "{other}");
        }
    }

    #[test]
    fn the_nearest_type_is_one() {
        for (from, to) in [
            ("t3.micro", "t4g.micro"),
            ("c5.2xlarge", "c7g.2xlarge"),
            ("m1.small", "m7g.medium"),
            ("x", "t4g.nano"),
            ("", "t4g.nano"),
        ] {
            assert_eq!(nearest(from), to);
            assert!(is_arm64(to));
        }
    }
}
