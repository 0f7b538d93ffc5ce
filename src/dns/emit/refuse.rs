//! What an applier would do otherwise than it was let through, or not at all.

use super::read::Gated;
use crate::diag::{Code, Diagnostic, Diagnostics, list};
use crate::dns::plan::Ownership;
use crate::dns::record::{Change, marker_name};
use crate::manifest::Provider;

pub(super) const DNS050: Code = Code {
    id: "DNS050",
    explanation: "octoDNS cannot replace records of another type in one step\n\
        \n\
        Of a name that has a CNAME a zone holds no address, so one must go before the other can come. octoDNS does not see records \
        that it does not own, and its own plan would show only that the CNAME is made: the API refuses that, half-way through the plan. \
        Cloudflare's batch does both in one transaction: `reggie-cfn dns emit OWNER --to cloudflare-batch`.",
};
pub(super) const DNS051: Code = Code {
    id: "DNS051",
    explanation: "octoDNS does not know what a stage that comes and goes owns\n\
        \n\
        octoDNS knows what it owns by a TXT record beside each record. Stages that come and go have none, so that a preview takes no \
        more of the zone's records than it needs: their comments say whose they are, and octoDNS does not read those. It would never \
        delete such a record. `reggie-cfn dns emit OWNER --to cloudflare-batch` writes what deletes exactly them.",
};
pub(super) const DNS056: Code = Code {
    id: "DNS056",
    explanation: "octoDNS would not delete a record that is to go\n\
        \n\
        octoDNS deletes only what a TXT record beside it names as its own. This record says in its comment, or by a tag, that it is ours, \
        but has none: it was made by hand, or when its stage came and went, or somebody deleted the TXT record. octoDNS would report no \
        change, and the record would lead nowhere for ever. `reggie-cfn dns emit OWNER --to cloudflare-batch` deletes it by its id.",
};
pub(super) const DNS054: Code = Code {
    id: "DNS054",
    explanation: "a batch needs the ids of the zone's records\n\
        \n\
        Cloudflare's API changes and deletes records by their ids, and an export of a zone does not hold them. Compare with the list that \
        the API gives, `GET /zones/<zone id>/dns_records?per_page=5000`, instead.",
};
pub(super) const DNS055: Code = Code {
    id: "DNS055",
    explanation: "this applier is for zones of Cloudflare\n\
        \n\
        The files for octoDNS and the batch speak to Cloudflare's API. Records of a zone that somebody else serves are set by hand, from \
        `--to list`, or from the zone file of `--to bind --flavour rfc`; those of Route 53 are made by the stacks themselves.",
};
/// Whether octoDNS does what was let through.
pub(super) fn what_octodns_does_not_do(gated: &Gated, findings: &mut Diagnostics) -> bool {
    let changes = &gated.changes;
    if !is_cloudflare(gated, "octoDNS's Cloudflare provider", findings) {
        return false;
    }
    if changes.owner.ownership() == Ownership::Comment {
        let title = format!("`{}` comes and goes, and octoDNS would not know its records", changes.owner.text());
        findings.push(
            Diagnostic::error(DNS051, title)
                .at(gated.place("owner"), "says whose they are by comments")
                .note("octoDNS's ownership processor reads TXT records; a stage that comes and goes has none")
                .help("write the batch instead: `--to cloudflare-batch`"),
        );
        return false;
    }
    let mut is_fine = true;
    let owner = changes.owner.text();
    for change in &changes.changes {
        if let Change::Delete { was } = change {
            let marker = marker_name(&was.name, &was.record_type, &changes.zone);
            if !changes.markers.iter().any(|known| known.name == marker && known.content == owner) {
                is_fine = false;
                let title = format!("octoDNS would leave `{}`, which is to be deleted", was.name);
                findings.push(
                    Diagnostic::error(DNS056, title)
                        .at(gated.place(&was.name), "no TXT record says whose it is")
                        .note("octoDNS's ownership processor deletes only what a TXT record beside it names")
                        .help("write the batch instead: `--to cloudflare-batch` deletes it by its id"),
                );
            }
        }
        let Change::Create { record, replaces } = change else { continue };
        if replaces.is_empty() {
            continue;
        }
        is_fine = false;
        let mut types: Vec<&str> = replaces.iter().map(|was| was.record_type.as_str()).collect();
        types.dedup();
        let title =
            format!("`{}` has {} records, and octoDNS cannot put a CNAME in their place", record.name, list(&types));
        findings.push(
            Diagnostic::error(DNS050, title)
                .at(gated.place(&record.name), "replaces records of another type")
                .note("octoDNS leaves what it does not own; Cloudflare then refuses the CNAME half-way through its plan")
                .help("write the batch instead: `--to cloudflare-batch` replaces them in one transaction; octoDNS goes on from there"),
        );
    }
    is_fine
}

/// Whether one call of the API can do what was let through.
pub(super) fn what_the_api_does_not_do(gated: &Gated, findings: &mut Diagnostics) -> bool {
    let changes = &gated.changes;
    if !is_cloudflare(gated, "the batch", findings) {
        return false;
    }
    let of_changes = changes.changes.iter().flat_map(|change| match change {
        Change::Delete { was } | Change::Update { was, .. } => std::slice::from_ref(was),
        Change::Create { replaces, .. } => replaces,
    });
    if changes.has_ids && of_changes.chain(&changes.markers).all(|was| was.id.is_some()) {
        return true;
    }
    let title = format!("what `{}` holds was read from an export, which has no ids", changes.zone);
    findings.push(
        Diagnostic::error(DNS054, title)
            .at(gated.place("has_ids"), "records have no ids")
            .note("Cloudflare's API changes and deletes records by their ids")
            .help("give `dns diff --live` the API's list: `GET /zones/<zone id>/dns_records?per_page=5000`"),
    );
    false
}

fn is_cloudflare(gated: &Gated, applier: &str, findings: &mut Diagnostics) -> bool {
    let provider = gated.changes.provider;
    if provider == Provider::Cloudflare {
        return true;
    }
    let title = format!("`{}` is not served by Cloudflare, and {applier} is for its API", gated.changes.zone);
    findings.push(
        Diagnostic::error(DNS055, title)
            .at(gated.place("provider"), "who serves the zone")
            .help("set the records by hand from `--to list`, or choose another zone by `--zone NAME`"),
    );
    false
}
