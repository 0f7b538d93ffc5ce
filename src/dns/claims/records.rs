//! How many records a zone would hold.

use std::collections::BTreeSet;

use super::zone::Needs;
use crate::claim::{Claims, Zone};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::Provider;

/// `DNS015`: more records than the zone holds.
pub const DNS015: Code = Code {
    id: "DNS015",
    explanation: "the zone would hold more records than its plan lets it\n\n\
        A zone of Cloudflare holds 200 records on the Free plan and 3,500 on paid ones. A stage that stays takes two for each of its \
        hosts and each name that it validates: the record, and the TXT record that says whose it is. A stage that comes and goes \
        takes one for each; as many of these are counted as `ephemeral_stages` of the zone says, 10 unless written. Whatever else \
        stands in the zone, such as records of mail, comes on top.\n\n\
        Let previews share a certificate, write how many of them stand at once, or take a larger plan.",
};

/// Records, as they are counted.
struct Count {
    whose: String,
    records: usize,
}

pub(super) fn check(own: &Claims, others: &[&Claims], findings: &mut Diagnostics) {
    let mut all: Vec<&Claims> = others.iter().copied().chain([own]).collect();
    // The same words, whichever stage is compiled.
    all.sort_by(|a, b| a.who.layer.cmp(&b.who.layer));
    for zone in own.zones.iter().filter(|zone| zone.provider == Provider::Cloudflare) {
        let Some(limit) = zone.record_limit else { continue };
        // Most zones have room for far more than there is.
        if most(zone, &all) <= limit as usize {
            continue;
        }
        let counts = counts(zone, &all);
        let records: usize = counts.iter().map(|count| count.records).sum();
        if records <= limit as usize {
            continue;
        }
        let title = format!("`{}` would hold {records} records, and its plan lets it hold {limit}", zone.name);
        let of: Vec<String> = counts.iter().map(|count| format!("{} for {}", count.records, count.whose)).collect();
        findings.push(
            Diagnostic::warning(DNS015, title)
                .at_spans(&zone.spans, "counted as this says")
                .note(format!("{}, with the TXT records that say whose they are", of.join(", ")))
                .note("limits: Cloudflare, DNS, \"Number of records\"")
                .help("let previews import a certificate, write a smaller `ephemeral_stages`, or another `plan`"),
        );
    }
}

/// More records than there can be: whatever is claimed, all of it in this zone.
fn most(zone: &Zone, all: &[&Claims]) -> usize {
    let of = |claims: &Claims| claims.hosts.len() + claims.validations.len();
    let (stay, others): (Vec<&Claims>, Vec<&Claims>) =
        all.iter().copied().partition(|claims| claims.who.is_permanent());
    let stay: usize = stay.into_iter().map(|claims| 2 * of(claims)).sum();
    let largest = others.into_iter().map(of).max().unwrap_or(0);
    stay + largest * zone.ephemeral_stages as usize + zone.caa.len() + 1
}

fn counts(zone: &Zone, all: &[&Claims]) -> Vec<Count> {
    let hosts = |claims: &Claims| claims.hosts.iter().filter(|host| host.zone.as_ref() == Some(&zone.name)).count();
    let here = |claims: &Claims, domain: &String| claims.zone_of(domain).is_some_and(|own| own.name == zone.name);
    let (needs, mut in_zone) = (Needs::of(all.iter().copied()), BTreeSet::new());
    let mut of = |claims: &Claims| {
        let domains = claims.validations.keys().filter(|domain| here(claims, domain));
        let (shared, own): (Vec<&String>, Vec<&String>) = domains.partition(|domain| needs.is_shared(domain, claims));
        in_zone.extend(shared.into_iter().cloned());
        hosts(claims) + own.len()
    };
    let mut counts = Vec::new();
    let (stay, others): (Vec<&Claims>, Vec<&Claims>) =
        all.iter().copied().partition(|claims| claims.who.is_permanent());
    for claims in stay {
        counts.push(Count { whose: format!("`{}`", claims.who.stage), records: 2 * of(claims) });
    }
    let largest = others.into_iter().map(&mut of).max().unwrap_or(0);
    // One TXT record says whose all CAA records of the zone are.
    let caa = zone.caa.len() + usize::from(!zone.caa.is_empty());
    counts.push(Count { whose: "the zone itself".to_owned(), records: caa + 2 * in_zone.len() });
    let stages = zone.ephemeral_stages as usize;
    let whose = match stages {
        1 => "1 stage that comes and goes".to_owned(),
        _ => format!("{stages} stages that come and go"),
    };
    counts.push(Count { whose, records: stages * largest });
    counts.retain(|count| count.records > 0);
    counts
}
