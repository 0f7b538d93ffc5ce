//! What becomes of records of ours that nothing wants any more.

use std::collections::BTreeSet;

use super::owned::{Set, Zone};
use super::table::DNS036;
use super::{Compared, Decided, Stays, Why, phase};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::dns::record::{Change, LiveRecord, Phase, Wanted};

/// `DNS038`: more deletions than allowed.
pub const DNS038: Code = Code {
    id: "DNS038",
    explanation: "more records would be deleted than is allowed\n\n\
        A record that goes takes what it serves off the net at once. So a permanent stage deletes none unless it is said how many, \
        or which. A stage that comes and goes deletes as many as it needs, and so does a teardown.\n\n\
        Look at the list, and allow their number with `--allow-delete N`, or name them with `--delete NAME`.",
};

/// `DNS039`: the record at the top of the zone.
pub const DNS039: Code = Code {
    id: "DNS039",
    explanation: "the record at the top of the zone would be deleted\n\n\
        The name of the zone itself is the one that people type, and that mail and certificates hang on. Its records are deleted \
        only where that name is given, in a teardown as well.\n\n\
        `--delete NAME`, with the zone's name.",
};

/// `DNS040`: a name on the command line that does not do what it says.
pub const DNS040: Code = Code {
    id: "DNS040",
    explanation: "a name was given for which there is nothing to do\n\n\
        `--adopt` takes over what is wanted, there, and nobody's; `--delete` deletes what is ours and not wanted any more. The name \
        fits nothing of that kind: it may be misspelt, or it has been done before. What is wanted, or another owner's, is never \
        deleted.\n\n\
        Leave it out, or correct it. Names are whole: `api.getreggie.io`, not `api`.",
};

/// Decides about what is ours and was not decided about yet.
pub(super) fn decide(compared: &Compared<'_>, zone: &Zone<'_>, decided: &mut Decided, findings: &mut Diagnostics) {
    let asked = compared.asked;
    let (mut unnamed, mut apex) = (Vec::new(), Vec::new());
    for ((name, record_type), set) in zone.sets.iter().filter(|(_, set)| zone.is_ours(set)) {
        let left: Vec<usize> = set.records.iter().copied().filter(|index| !decided.done.contains(index)).collect();
        if left.is_empty() {
            continue;
        }
        if set.owners.len() > 1 {
            zone.whose(compared, (name, record_type), findings);
            continue;
        }
        if !compared.is_pending() && has_others(zone, set) {
            findings.push(others_beside(compared, zone, name, record_type, set));
            continue;
        }
        for index in left {
            let Some(record) = zone.live.records.get(index) else { continue };
            let is_named = asked.delete.contains(*name);
            // No plan makes other types: whoever copied our comment to one did not make it ours.
            let is_made = matches!(record.record_type.as_str(), "CNAME" | "CAA");
            let why = match phase(record) {
                _ if record.read_only || !is_made && !is_named => continue,
                _ if compared.is_pending() => Some(Why::Pending),
                _ if is_named => None,
                Phase::Validation => Some(Why::Validation),
                Phase::Zone if asked.teardown => Some(Why::Zone),
                _ => None,
            };
            match why {
                Some(why) => keep(record, why, decided),
                None => {
                    decided.changes.push(Change::Delete { was: record.clone() });
                    if !is_named {
                        if *name == zone.live.zone { &mut apex } else { &mut unnamed }.push(index);
                    }
                }
            }
        }
    }
    too_many(compared, zone, &unnamed, findings);
    at_the_top(compared, zone, &apex, findings);
}

/// Whether a name has several records of one type of which one does not say to be ours: appliers that go by the TXT record beside them
/// take all for ours.
fn has_others(zone: &Zone<'_>, set: &Set) -> bool {
    let is_others = |index: &usize| zone.live.records.get(*index).is_some_and(|record| !zone.names_us(record));
    set.records.len() > 1 && set.records.iter().any(is_others)
}

fn others_beside(compared: &Compared<'_>, zone: &Zone<'_>, name: &str, record_type: &str, set: &Set) -> Diagnostic {
    let title = format!(
        "`{name}` has {record_type} records of ours that nothing wants, beside some that nobody says to be ours"
    );
    let mut finding = Diagnostic::error(DNS036, title);
    for index in &set.records {
        let is_ours = zone.live.records.get(*index).is_some_and(|record| zone.names_us(record));
        let Some(place) = compared.snapshot.place(*index).filter(|_| !is_ours) else { continue };
        finding = finding.at(place, "whose is this?");
        break;
    }
    finding.note("a TXT record says whose all of them are together").help(
        "delete by hand those that are not needed, or want the others too: `caa` of the zone lists all who may issue",
    )
}

/// A record of ours stays, so that an applier which deletes what it is not told of is told of it.
fn keep(record: &LiveRecord, why: Why, decided: &mut Decided) {
    let noted = record.comment.as_deref().and_then(|comment| comment.split(' ').nth(2));
    decided.after.push(Wanted {
        id: noted.unwrap_or(&record.name).to_owned(),
        name: record.name.clone(),
        record_type: record.record_type.clone(),
        content: record.content.clone(),
        proxied: record.proxied,
        ttl: record.ttl,
        phase: phase(record),
    });
    decided.stays.push(Stays { record: record.clone(), why });
}

/// The most records that are shown where they are written.
const SHOWN: usize = 5;

fn too_many(compared: &Compared<'_>, zone: &Zone<'_>, deleted: &[usize], findings: &mut Diagnostics) {
    let has_limit = compared.resolved.owner.is_permanent && !compared.asked.teardown;
    let Some(allowed) = compared.asked.allow_delete.or(has_limit.then_some(0)) else { return };
    if deleted.len() <= allowed {
        return;
    }
    let records: Vec<&LiveRecord> = deleted.iter().filter_map(|index| zone.live.records.get(*index)).collect();
    let names: Vec<&str> = records.iter().map(|record| record.name.as_str()).collect();
    let (many, s) = (deleted.len(), if deleted.len() == 1 { "" } else { "s" });
    let owner = compared.resolved.owner.text();
    let title = match allowed {
        0 => format!("`{owner}` would lose {many} record{s}: {}", quote_list(&names)),
        _ => format!("`{owner}` would lose {many} record{s}, and {allowed} may go: {}", quote_list(&names)),
    };
    let mut finding = Diagnostic::error(DNS038, title);
    for (number, index) in deleted.iter().take(SHOWN).enumerate() {
        if let Some(place) = compared.snapshot.place(*index) {
            let text = "not wanted any more";
            finding = if number == 0 { finding.at(place, text) } else { finding.context(place, text) };
        }
    }
    findings.push(finding.help(format!("`--allow-delete {many}` allows it, if that is what is meant")));
}

fn at_the_top(compared: &Compared<'_>, zone: &Zone<'_>, deleted: &[usize], findings: &mut Diagnostics) {
    let Some(first) = deleted.first() else { return };
    let name = &zone.live.zone;
    let types: BTreeSet<&str> =
        deleted.iter().filter_map(|index| Some(zone.live.records.get(*index)?.record_type.as_str())).collect();
    let types: Vec<&str> = types.into_iter().collect();
    let title = format!("`{name}`, the top of the zone, would lose its {}", types.join(" and "));
    let mut finding = Diagnostic::error(DNS039, title);
    if let Some(place) = compared.snapshot.place(*first) {
        finding = finding.at(place, "not wanted any more");
    }
    findings.push(finding.help(format!("`--delete {name}` deletes it, if that is what is meant")));
}

/// Tells of names on the command line for which there is nothing to do.
pub(super) fn asked_in_vain(compared: &Compared<'_>, zone: &Zone<'_>, decided: &Decided, findings: &mut Diagnostics) {
    let (asked, owner) = (compared.asked, compared.resolved.owner.text());
    for name in &asked.adopt {
        let is_wanted = compared.resolved.records.iter().any(|record| record.name == *name);
        let is_there = zone.live.records.iter().any(|record| record.name == *name);
        if is_wanted && is_there {
            continue;
        }
        let why = match is_wanted {
            true => "the zone has no record of that name",
            false => "nothing wants that name",
        };
        let title = format!("`--adopt {name}` takes over nothing: {why}");
        findings.push(Diagnostic::warning(DNS040, title));
    }
    for name in &asked.delete {
        let is_done = decided.changes.iter().any(|c| matches!(c, Change::Delete { was } if was.name == *name));
        if is_done {
            continue;
        }
        let at: Vec<(usize, &LiveRecord)> =
            zone.live.records.iter().enumerate().filter(|(_, record)| record.name == *name).collect();
        let Some((index, _)) = at.first() else {
            let title = format!("`--delete {name}` deletes nothing: the zone has no record of that name");
            findings.push(Diagnostic::warning(DNS040, title));
            continue;
        };
        if !zone.sets.iter().any(|((at, _), set)| at == name && zone.is_ours(set)) {
            let title = format!("`--delete {name}` deletes nothing: what the zone has there is not `{owner}`'s");
            findings.push(Diagnostic::warning(DNS040, title));
            continue;
        }
        let why = match compared.is_pending() {
            true => "as long as something is pending, nothing is deleted",
            false => "it is wanted",
        };
        let finding = Diagnostic::error(DNS040, format!("`{name}` cannot be deleted: {why}"));
        let finding = match compared.snapshot.place(*index) {
            Some(place) => finding.at(place, "this one"),
            None => finding,
        };
        findings.push(finding.help("leave the flag out; what no host names any more is deleted without it"));
    }
}
