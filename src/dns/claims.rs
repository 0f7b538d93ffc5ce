//! Claims on names: each host belongs to one stage, whichever of them are compiled together.
//!
//! A stage with a layer of its own has hosts that are known. Of a layer for many stages the hosts are templates, in which [`ANY`]
//! stands for the stage's name; which names of stages would meet is computed from them.

mod agree;
mod overlap;
mod pattern;
mod records;
mod shadow;
mod taken;
mod wait;
mod zone;

use std::collections::BTreeSet;

use crate::claim::{ANY, Certificate, Claims, Host, Who, Zone};
use crate::diag::{Code, Diagnostics};
use crate::lower::Lowered;
use crate::manifest::{self, Provider};
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::part::host::is_pattern;
use crate::project::Project;
use crate::source::Span;

use super::plan::{self, record_limit};
use super::served::{hosts, zone_of};

pub use taken::{DNS004, own_twice};
pub use zone::{CLAIMS, FOLDER, ZoneFile, zones};

/// Codes of these checks.
pub const CODES: &[Code] =
    &[taken::DNS004, taken::DNS013, overlap::DNS014, records::DNS015, shadow::DNS017, wait::DNS019, agree::DNS071];

/// How many stages that come and go are counted where nothing is written.
const EPHEMERAL_STAGES: u32 = 10;

/// What a stage claims, by what its components offer. `is_whole`: whether everything of it could be read.
#[must_use]
pub fn claims(model: &Model, lowered: &Lowered, who: Who, is_whole: bool, origins: &Origins) -> Claims {
    let sample = |name: &str| name.replace(ANY, "s");
    let host = |host: super::Host<'_>| Host {
        name: host.claim.name.value.clone(),
        zone: host.zone.map(|zone| zone.name.value.clone()),
        component: host.component.to_owned(),
        id: host.id(),
        setting: host.claim.setting.clone(),
        spans: spans(origins, &[host.claim.name.origin, lowered.neighbours[host.component].origin]),
    };
    let certificates = lowered.neighbours.iter().flat_map(|(component, neighbour)| {
        neighbour.interface.certificates.iter().map(|issued| Certificate {
            component: component.clone(),
            region: issued.stack.region.clone(),
            names: issued.names.iter().map(|name| name.value.clone()).collect(),
            is_shared: neighbour.interface.covers.is_some(),
        })
    });
    let by_records = |domain: &str| zone_of(model, domain).is_some_and(|z| z.provider.value != Provider::Route53);
    let validations = plan::validations(model, lowered).into_iter();
    Claims {
        who,
        project: model.manifest.project.value.clone(),
        account: model.stage.account.as_ref().map(|account| account.value.clone()),
        zones: model.manifest.zones.values().map(|z| zone_says(z, origins)).collect(),
        // What is no name is told where it is written.
        hosts: hosts(model, lowered).into_iter().filter(|h| is_pattern(&sample(&h.claim.name))).map(host).collect(),
        certificates: certificates.collect(),
        validations: validations.filter(|(d, _)| by_records(d)).map(|(d, at)| (d.to_owned(), at)).collect(),
        is_whole,
    }
}

/// The places of the first origin that was written at all.
fn spans(origins: &Origins, of: &[OriginId]) -> Vec<Span> {
    of.iter().map(|origin| origins.spans(*origin)).find(|spans| !spans.is_empty()).unwrap_or_default()
}

fn zone_says(zone: &manifest::Zone, origins: &Origins) -> Zone {
    let size = [
        zone.ephemeral_stages.as_ref().map(|n| n.origin),
        zone.plan.as_ref().map(|plan| plan.origin),
        Some(zone.name.origin),
    ];
    let size: Vec<OriginId> = size.into_iter().flatten().collect();
    let authorities = |tag: &'static str, list: &[crate::setting::Setting<String>]| {
        list.iter().map(|authority| (tag, authority.value.clone())).collect::<Vec<_>>()
    };
    let caa = zone.caa.as_ref().map(|caa| {
        let wild = caa.issuewild.as_deref().unwrap_or_default();
        [authorities("issue", &caa.issue), authorities("issuewild", wild)].concat()
    });
    let reserved = zone.reserved_hosts.as_deref().unwrap_or_default();
    Zone {
        name: zone.name.value.clone(),
        provider: zone.provider.value,
        record_limit: record_limit(zone),
        dnssec: zone.dnssec.is_some_and(|dnssec| dnssec.value),
        caa: caa.unwrap_or_default(),
        reserved: reserved.iter().map(|name| (name.value.clone(), origins.spans(name.origin))).collect(),
        ephemeral_stages: zone.ephemeral_stages.map_or(EPHEMERAL_STAGES, |n| n.value),
        spans: spans(origins, &size),
    }
}

/// Compares what a stage claims with what all others do. `others` are the claims of every other stage that has a layer of its own,
/// and of every layer that is for many stages, that of this stage among them.
pub fn check(own: &Claims, others: &[&Claims], project: &Project, findings: &mut Diagnostics) {
    let told = taken::check(own, others, findings);
    if own.who.is_named() {
        if own.who.is_permanent {
            agree::check(own, others, findings);
            shadow::check(own, others, findings);
            records::check(own, others, findings);
        }
        return;
    }
    overlap::check(own, others, &told, project, findings);
    wait::check(own, others, findings);
}

/// The names that a stage needs validated, and that stand in the plan of their zone, because another stage needs them too.
#[must_use]
pub fn shared(own: &Claims, others: &[&Claims]) -> BTreeSet<String> {
    let needs = zone::Needs::of(others.iter().copied());
    own.validations.keys().filter(|domain| needs.is_shared(domain, own)).cloned().collect()
}
