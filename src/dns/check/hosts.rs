//! Where hosts and names of certificates lie.

use std::collections::{BTreeMap, BTreeSet};

use super::On;
use super::zones::DNS003;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::record::marker_name;
use crate::dns::served::{Host, hosts, zone_of};
use crate::lower::Lowered;
use crate::manifest::{Provider, Zone};
use crate::origin::OriginId;
use crate::part::host::DNS001;
use crate::setting::Setting;

/// `DNS006`: a host at the top of a zone that takes no alias there.
pub const DNS006: Code = Code {
    id: "DNS006",
    explanation: "a host is the top of a zone, where no alias can stand\n\n\
        What serves a host has a name, not an address, so that its record is an alias of that name. A CNAME stands alone at its name \
        (RFC 1034, section 3.6.2), and the top of a zone has SOA and NS records. Cloudflare and Route 53 answer with the addresses \
        behind the alias instead; so do others, by records called ALIAS or ANAME. `flattens_apex: true` says that the provider \
        of the zone does. Otherwise serve the product under a name below, such as `www`, and let the top lead there by what the \
        provider offers.",
};

/// The longest name that DNS has.
const LONGEST: usize = 253;
/// Zones that a misspelt name is compared with.
const MOST_ZONES: usize = 100;
/// Further places that one finding shows.
const MOST_OTHERS: usize = 5;
/// Characters that ACM puts before a name for the record that validates it: `_`, 32 digits and a dot.
const VALIDATION: usize = 34;

/// A name that a stage wants to be found, or wants a certificate for.
struct Named<'a> {
    /// Whose it is: "`host` of `Api`".
    what: String,
    name: &'a Setting<String>,
    /// Where its component stands.
    origin: OriginId,
}

impl<'a> Named<'a> {
    fn host(host: &Host<'a>) -> Self {
        Named { what: host.what(), name: &host.claim.name, origin: host.origin }
    }

    /// The name without a `*`.
    fn bare(&self) -> &'a str {
        self.name.strip_prefix("*.").unwrap_or(&self.name.value)
    }
}

/// Checks all names of a stage.
pub(super) fn check(on: On<'_>, lowered: &Lowered, findings: &mut Diagnostics) {
    let hosts = hosts(on.model, lowered);
    for host in &hosts {
        if let Some(zone) = host.zone {
            check_top(on, host, zone, findings);
            check_marker(on, host, zone, findings);
        }
    }
    let mut all: Vec<Named<'_>> = hosts.iter().map(Named::host).collect();
    let mut validated = BTreeSet::new();
    let mut known: BTreeSet<&str> = all.iter().map(|named| named.name.value.as_str()).collect();
    for (component, neighbour) in &lowered.neighbours {
        for name in neighbour.interface.certificates.iter().flat_map(|issued| &issued.names) {
            let named = Named { what: format!("`hosts` of `{component}`"), name, origin: neighbour.origin };
            if validated.insert(named.bare()) {
                check_validation(on, &named, findings);
            }
            // A certificate that is made for a host has its names, and one is made in several regions.
            if known.insert(name.value.as_str()) {
                all.push(named);
            }
        }
    }
    check_zones(on, &all, findings);
}

/// Reports the names that lie in no zone, by the domain that the zone would be of.
fn check_zones(on: On<'_>, all: &[Named<'_>], findings: &mut Diagnostics) {
    let mut astray: BTreeMap<&str, Vec<&Named<'_>>> = BTreeMap::new();
    for named in all.iter().filter(|named| zone_of(on.model, named.bare()).is_none()) {
        astray.entry(psl::domain_str(named.bare()).unwrap_or_default()).or_default().push(named);
    }
    for (domain, names) in astray {
        if findings.is_full() {
            return;
        }
        let Some((first, others)) = names.split_first() else { continue };
        let title = format!("{} is `{}`, which lies in no zone of the manifest", first.what, first.name.value);
        let mut diagnostic = Diagnostic::error(DNS003, title)
            .at_origin(on.origins, first.name.origin, &[first.origin], "in no zone")
            .note("who serves the zone of a name decides how its records are set");
        for other in others.iter().take(MOST_OTHERS) {
            diagnostic = diagnostic.context_if_known(on.origins, Some(other.name.origin), "nor does this");
        }
        if let Some((near, zone)) = near(on, domain).zip(first.name.value.strip_suffix(domain)) {
            diagnostic = diagnostic.help(format!("did you mean `{zone}{near}`?"));
        }
        findings.push(match domain {
            "" => diagnostic.help("write a name below a domain that is yours"),
            _ => diagnostic.help(format!("declare it: `{}`", declared(on, domain))).help(
                "in the place of `none`, which leaves its records to you, write `cloudflare` or `route53` where they serve it",
            ),
        });
    }
}

/// The zone whose name was probably meant.
fn near<'a>(on: On<'a>, domain: &str) -> Option<&'a str> {
    let mistakes = |name: &str| strsim::damerau_levenshtein(domain, name);
    let names = on.zones().take(MOST_ZONES).map(|(_, zone)| zone.name.value.as_str());
    names.filter(|name| mistakes(name) * 6 < name.len()).min_by_key(|name| mistakes(name))
}

/// A zone of that name as the manifest would have it.
fn declared(on: On<'_>, domain: &str) -> String {
    let zone = format!("{{name: {domain}, provider: none}}");
    if on.zones().next().is_none() {
        return format!("zone: {zone}");
    }
    let first = domain.split('.').next().unwrap_or_default().replace('-', "_");
    let begins = first.starts_with(|c: char| c.is_ascii_lowercase());
    let label = if begins { first } else { format!("zone_{first}") };
    let is_taken = on.zones().any(|(known, _)| known == label);
    let label = if is_taken { domain.replace(['.', '-'], "_") } else { label };
    format!("zones: {{{label}: {zone}}}")
}

/// Reports a host at the top of a zone whose provider takes no alias there.
fn check_top(on: On<'_>, host: &Host<'_>, zone: &Zone, findings: &mut Diagnostics) {
    let name = &host.claim.name;
    let takes_one = zone.provider.value != Provider::None || zone.flattens_apex.is_some_and(|flattens| flattens.value);
    if name.value != zone.name.value || takes_one {
        return;
    }
    let title = format!("{} is the top of the zone `{}`", host.what(), name.value);
    let label = on.label(zone);
    findings.push(
        Diagnostic::error(DNS006, title)
            .at_origin(on.origins, name.origin, &[host.origin], "no alias can stand here")
            .context_if_known(on.origins, Some(zone.name.origin), "the zone")
            .note("a CNAME stands alone at its name, and the top of a zone has SOA and NS: RFC 1034, section 3.6.2")
            .help(format!(
                "if the provider of the zone has ALIAS or ANAME records, write `flattens_apex: true` at `{label}`"
            ))
            .help(format!("or write a name below, such as `www.{}`", name.value)),
    );
}

/// Reports a host beside which no record that says whose it is has room.
fn check_marker(on: On<'_>, host: &Host<'_>, zone: &Zone, findings: &mut Diagnostics) {
    let name = &host.claim.name;
    let has_marker = on.model.stage.is_permanent() && zone.provider.value == Provider::Cloudflare;
    let length = marker_name(name, "CNAME", &zone.name).len();
    if has_marker && length > LONGEST {
        let title = format!("{} has {} characters, too many for the record beside it", host.what(), name.len());
        findings.push(
            Diagnostic::error(DNS001, title)
                .at_origin(on.origins, name.origin, &[host.origin], "too long")
                .note(format!(
                    "its TXT record, which says whose it is, would be a name of {length}; DNS has {LONGEST} at most"
                ))
                .help("write a shorter name"),
        );
    }
}

/// Reports a name that is so long that the record which validates it has no room.
fn check_validation(on: On<'_>, named: &Named<'_>, findings: &mut Diagnostics) {
    let length = named.bare().len() + VALIDATION;
    if length > LONGEST {
        let title = format!("a certificate of `{}` cannot be validated", named.name.value);
        findings.push(
            Diagnostic::error(DNS001, title)
                .at_origin(on.origins, named.name.origin, &[named.origin], "too long")
                .note(format!(
                    "ACM puts {VALIDATION} characters before it: a name of {length}; DNS has {LONGEST} at most"
                ))
                .help("write a shorter name, or let a wildcard cover it"),
        );
    }
}
