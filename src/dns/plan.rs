//! The record plan of one owner in one zone: symbolic, committed, the same bytes on every machine.

mod read;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::served::{Host, hosts, zone_of};
pub use crate::claim::CertificateAt;
use crate::link::{Linked, stack_name};
use crate::lower::{Lowered, PublishedValue};
use crate::manifest::{CloudflarePlan, Provider, Zone};
use crate::model::Model;
use crate::part::host::Entrance;

/// The form of the file, and its version.
pub const FORMAT: &str = "reggie-cfn/dns-plan/1";
/// The folder of a stage that holds its plans.
pub const FOLDER: &str = "dns";
/// How the name of a plan's file ends.
pub const ENDING: &str = ".plan.yaml";
/// How many seconds a record is remembered unless something else is written: what validates a certificate, and hosts that are
/// not proxied, may have to change soon.
pub const TTL: u32 = 60;

/// What one owner wants of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The zone's name.
    pub zone: String,
    /// Who serves it.
    pub provider: Provider,
    /// Whose records they are.
    pub owner: Owner,
    /// The account that the stacks stand in, where the stage says it.
    pub account: Option<String>,
    /// How many records the zone holds at most, where that is known.
    pub record_limit: Option<u32>,
    /// Whether the zone must be signed.
    pub dnssec: bool,
    /// The records: by name from the top of the zone down, by type, by id.
    pub records: Vec<Planned>,
}

/// Whose records they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The project.
    pub project: String,
    /// The stage; none for what no single stage owns.
    pub stage: Option<String>,
    /// Whether it stays.
    pub is_permanent: bool,
}

/// How a record says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// By a TXT record beside it, which octoDNS reads and writes.
    Txt,
    /// By its comment alone, so that what comes and goes takes no more records than it needs.
    Comment,
}

/// What stands for the stage where no stage owns something. No stage has such a name.
pub const NO_STAGE: &str = "_zone";

impl Owner {
    /// As records say it: `reggie/production`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}/{}", self.project, self.stage.as_deref().unwrap_or(NO_STAGE))
    }

    /// How its records say whose they are.
    #[must_use]
    pub fn ownership(&self) -> Ownership {
        if self.is_permanent { Ownership::Txt } else { Ownership::Comment }
    }
}

/// A record that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What names it among those of its owner: `ReggieWeb`, `acm/getreggie.io`.
    pub id: String,
    /// Whether visitors come through the provider's proxy.
    pub proxied: bool,
    /// How many seconds it is remembered; none where the provider decides.
    pub ttl: Option<u32>,
    /// What it is for.
    pub source: Source,
}

/// What a record is for, and where its content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A CNAME that leads a host to what serves it.
    Host {
        /// The host; its first label may be a `*`.
        name: String,
        /// What serves it.
        entrance: Entrance,
        /// The output of a stack that says where it is.
        output: OutputAt,
    },
    /// A CNAME that proves to ACM whose a name is. Its own name is known when ACM has said it.
    Validation {
        /// The name without a `*`: one record is for both.
        domain: String,
        /// The certificates that need it; any of them tells the record.
        certificates: Vec<CertificateAt>,
    },
    /// Who may issue certificates (RFC 8659).
    Caa {
        /// The zone's name.
        name: String,
        /// `issue` or `issuewild`.
        tag: String,
        /// The authority.
        value: String,
    },
}

/// An output of a stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputAt {
    /// The stack's name.
    pub stack: String,
    /// Its region.
    pub region: String,
    /// The output's key.
    pub key: String,
}

impl Planned {
    /// The name that it stands under, or that it validates.
    #[must_use]
    pub fn domain(&self) -> &str {
        match &self.source {
            Source::Host { name, .. } | Source::Caa { name, .. } => name,
            Source::Validation { domain, .. } => domain,
        }
    }

    /// Its type.
    #[must_use]
    pub fn record_type(&self) -> &'static str {
        match self.source {
            Source::Host { .. } | Source::Validation { .. } => "CNAME",
            Source::Caa { .. } => "CAA",
        }
    }
}

/// Labels from the top of the name space down, so that what lies together stands together.
#[must_use]
pub fn top_down(name: &str) -> Vec<&str> {
    name.rsplit('.').collect()
}

/// How many records a zone of Cloudflare holds.
///
/// Source: Cloudflare, DNS, "Number of records": 200 on Free for zones made since 2024-09-01, 3,500 otherwise.
#[must_use]
pub fn record_limit(zone: &Zone) -> Option<u32> {
    if zone.provider.value != Provider::Cloudflare {
        return None;
    }
    Some(match zone.plan.map(|plan| plan.value) {
        None | Some(CloudflarePlan::Free) => 200,
        Some(CloudflarePlan::Pro | CloudflarePlan::Business | CloudflarePlan::Enterprise) => 3500,
    })
}

/// The plans of a stage, by the name of their zone: what lowering reported of hosts and certificates. A zone of Route 53 has none,
/// because the stacks set its records themselves. What validates a name of `shared` stands in the plan of the zone.
#[must_use]
pub fn plans(model: &Model, lowered: &Lowered, linked: &Linked, shared: &BTreeSet<String>) -> Vec<Plan> {
    let mut records: BTreeMap<&str, Vec<Planned>> = BTreeMap::new();
    for host in hosts(model, lowered) {
        if let Some((zone, planned)) = host.zone.zip(of_host(&host, linked)) {
            records.entry(&zone.name.value).or_default().push(planned);
        }
    }
    for (domain, certificates) in validations(model, lowered) {
        if shared.contains(domain) {
            continue;
        }
        if let Some(zone) = zone_of(model, domain) {
            records.entry(&zone.name.value).or_default().push(validation(domain, certificates));
        }
    }
    let by_hand = model.manifest.zones.values().filter(|zone| zone.provider.value != Provider::Route53);
    let mut plans: Vec<Plan> = by_hand
        .filter_map(|zone| {
            let records = records.remove(zone.name.value.as_str());
            // Where nothing is wanted any more, that is what a plan says: what was set before can go then.
            let mut records = match zone.provider.value {
                Provider::Cloudflare => records.unwrap_or_default(),
                Provider::Route53 | Provider::None => records?,
            };
            sort(&mut records);
            Some(plan(model, zone, records))
        })
        .collect();
    plans.sort_by(|a, b| a.zone.cmp(&b.zone));
    plans
}

/// Puts records into their order: by name from the top of the zone down, by type, by id.
pub(super) fn sort(records: &mut [Planned]) {
    records.sort_by(|a, b| {
        let of = |p: &Planned| (p.record_type(), p.id.clone());
        (top_down(a.domain()), of(a)).cmp(&(top_down(b.domain()), of(b)))
    });
}

fn plan(model: &Model, zone: &Zone, records: Vec<Planned>) -> Plan {
    let owner = Owner {
        project: model.manifest.project.value.clone(),
        stage: Some(model.stage.name.value.clone()),
        is_permanent: model.stage.is_permanent(),
    };
    Plan {
        zone: zone.name.value.clone(),
        provider: zone.provider.value,
        owner,
        account: model.stage.account.as_ref().map(|account| account.value.clone()),
        record_limit: record_limit(zone),
        dnssec: zone.dnssec.is_some_and(|dnssec| dnssec.value),
        records,
    }
}

fn of_host(host: &Host<'_>, linked: &Linked) -> Option<Planned> {
    let published = linked.published.get(host.component)?;
    let target = published.iter().find(|published| published.name == host.claim.target)?;
    let PublishedValue::Output { stack, region, output, .. } = &target.value else { return None };
    let output = OutputAt { stack: stack.clone(), region: region.clone(), key: output.clone() };
    let proxied = host.is_proxied();
    Some(Planned {
        id: host.id(),
        proxied,
        ttl: (!proxied).then(|| host.claim.ttl.map_or(TTL, |ttl| ttl.value)),
        source: Source::Host { name: host.claim.name.value.clone(), entrance: host.claim.entrance, output },
    })
}

/// What must be validated, and for which certificates. A name and the wildcard below it are validated by one record, in all regions
/// of an account.
pub(super) fn validations<'m>(model: &Model, lowered: &'m Lowered) -> BTreeMap<&'m str, Vec<CertificateAt>> {
    let mut validations: BTreeMap<&str, Vec<CertificateAt>> = BTreeMap::new();
    for neighbour in lowered.neighbours.values() {
        for issued in &neighbour.interface.certificates {
            let certificate = CertificateAt {
                stack: stack_name(model, &issued.stack),
                region: issued.stack.region.clone(),
                logical_id: crate::component::logical_id(&neighbour.identity, &issued.local),
                names: issued.names.iter().map(|name| name.value.clone()).collect(),
            };
            for name in &issued.names {
                let known = validations.entry(name.strip_prefix("*.").unwrap_or(name)).or_default();
                if !known.contains(&certificate) {
                    known.push(certificate.clone());
                }
            }
        }
    }
    validations
}

pub(super) fn validation(domain: &str, mut certificates: Vec<CertificateAt>) -> Planned {
    certificates.sort();
    Planned {
        id: format!("acm/{domain}"),
        proxied: false,
        ttl: Some(TTL),
        source: Source::Validation { domain: domain.to_owned(), certificates },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let output = |key: &str| OutputAt {
            stack: "shop-production-web-site".to_owned(),
            region: "eu-west-2".to_owned(),
            key: key.to_owned(),
        };
        let certificate = CertificateAt {
            stack: "shop-production-certificates".to_owned(),
            region: "us-east-1".to_owned(),
            logical_id: "SiteCertificate".to_owned(),
            names: vec!["shop.example".to_owned(), "*.shop.example".to_owned()],
        };
        let host = |id: &str, name: &str, proxied: bool, entrance| Planned {
            id: id.to_owned(),
            proxied,
            ttl: (!proxied).then_some(300),
            source: Source::Host { name: name.to_owned(), entrance, output: output("SiteDnsTarget") },
        };
        let caa = Source::Caa { name: "shop.example".into(), tag: "issue".into(), value: "amazon.com".into() };
        Plan {
            zone: "shop.example".to_owned(),
            provider: Provider::Cloudflare,
            owner: Owner { project: "shop".to_owned(), stage: None, is_permanent: true },
            account: Some("123456789012".to_owned()),
            record_limit: Some(200),
            dnssec: true,
            records: vec![
                Planned { id: "caa/issue/amazon.com".to_owned(), proxied: false, ttl: Some(300), source: caa },
                host("Site", "shop.example", true, Entrance::CloudFront),
                host("Api", "*.api.shop.example", false, Entrance::ApiGateway),
                validation("shop.example", vec![certificate]),
            ],
        }
    }

    #[test]
    fn a_plan_reads_back() {
        let stage = Owner { project: "shop".to_owned(), stage: Some("pr-1".to_owned()), is_permanent: false };
        for plan in [plan(), Plan { owner: stage, account: None, record_limit: None, dnssec: false, ..plan() }] {
            assert_eq!(Plan::read(&plan.text()), Some(plan.clone()), "{}", plan.text());
            assert_eq!(Plan::read(&plan.text().replace("dns-plan/1", "dns-plan/9")), None, "another version");
        }
    }

    #[test]
    fn what_lies_together_sorts_together() {
        let mut names = ["b.a.io", "a.io", "a.b.a.io", "z.io"];
        names.sort_by_key(|name| top_down(name));
        assert_eq!(names, ["a.io", "b.a.io", "a.b.a.io", "z.io"]);
    }
}
