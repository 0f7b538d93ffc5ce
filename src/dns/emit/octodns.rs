//! Files for octoDNS: its configuration, and each zone with all records of the owner.
//!
//! octoDNS deletes what it owns and does not find in the file, so the file holds everything of the owner that is to be there
//! afterwards. What it owns it knows by TXT records that it writes itself, for one owner and not for another; so stages that share
//! a zone are applied one by one. Its limits for a plan are set to what the gate allowed: where nothing was to be deleted, it refuses
//! to delete anything.

use super::read::Gated;
use super::{Files, MARKER_TTL, Set, below, caa, leads_to_name, natural, refuse, sets};
use crate::diag::Diagnostics;
use crate::dns::plan::Owner;
use crate::dns::record::{Change, Changes, MARKER};
use crate::yaml::{Doc, print};

/// The folder that holds them.
pub const FOLDER: &str = "octodns";
/// Its configuration, in the folder.
pub const CONFIG: &str = "config.yaml";
/// What must be installed, as `pip` reads it, in the folder.
pub const REQUIREMENTS: &str = "requirements.txt";
/// The versions that are tried with it. Ownership that refuses another's record exists since octodns 1.20.0, another address of the
/// API since octodns-cloudflare 1.1.0.
const PINS: &str = "octodns==1.22.0\noctodns-cloudflare==1.2.0\n";

/// How many seconds of a time that octoDNS does not send stand in its file: a proxied record has the provider's own.
const TTL: u32 = 300;

/// The files for the zones of one owner; none where octoDNS would do something else than what was let through.
#[must_use]
pub fn files(gated: &[Gated], findings: &mut Diagnostics) -> Option<Files> {
    let mut is_fine = true;
    for one in gated {
        is_fine &= refuse::what_octodns_does_not_do(one, findings);
    }
    let owner = &gated.first()?.changes.owner;
    if !is_fine {
        return None;
    }
    let mut files = Files::new();
    files.insert(format!("{FOLDER}/{CONFIG}"), header(owner) + &print(&config(owner, gated)));
    files.insert(format!("{FOLDER}/{REQUIREMENTS}"), PINS.to_owned());
    for Gated { changes, .. } in gated {
        files.insert(format!("{FOLDER}/zones/{}.yaml", changes.zone), header(owner) + &print(&zone(changes)));
    }
    Some(files)
}

fn header(owner: &Owner) -> String {
    format!("# Made by reggie-cfn for {}; `reggie-cfn dns emit` writes it anew.\n", owner.text())
}

fn config(owner: &Owner, gated: &[Gated]) -> Doc {
    let words = |words: &[&str]| Doc::Seq(words.iter().map(|word| Doc::text(*word)).collect());
    let output = |class: &str, file: &str, more: Option<(&str, Doc)>| {
        let class = ("class", Doc::text(format!("octodns.provider.plan.{class}")));
        Doc::map([Some(class), more, Some(("output_filename", Doc::text(file)))].into_iter().flatten())
    };
    let manager = Doc::map([
        ("enable_checksum", Doc::Bool(true)),
        ("validators", Doc::map([("enabled", words(&["legacy", "strict", "best-practice"]))])),
        (
            "plan_outputs",
            Doc::map([
                ("text", Doc::map([("class", Doc::text("octodns.provider.plan.PlanLogger"))])),
                ("json", output("PlanJson", "plan.json", Some(("indent", Doc::Int(2))))),
                ("markdown", output("PlanMarkdown", "plan.md", None)),
            ]),
        ),
    ]);
    let ownership = Doc::map([
        ("class", Doc::text("octodns.processor.ownership.OwnershipProcessor")),
        ("txt_name", Doc::text(MARKER)),
        ("txt_ttl", Doc::Int(MARKER_TTL.into())),
        ("txt_value", Doc::text(owner.text())),
    ]);
    let all = || gated.iter().flat_map(|one| &one.changes.changes);
    let deletes = all().any(|change| matches!(change, Change::Delete { .. }));
    let updates = all().any(|change| matches!(change, Change::Update { .. }));
    let mut cloudflare = vec![
        ("class", Doc::text("octodns_cloudflare.CloudflareProvider")),
        ("api_url", Doc::text("env/CLOUDFLARE_API_URL/https://api.cloudflare.com/client/v4")),
        ("token", Doc::text("env/CLOUDFLARE_TOKEN")),
        // Without it 60 seconds become 120; and page rules need a permission that DNS does not.
        ("min_ttl", Doc::Int(60)),
        ("pagerules", Doc::Bool(false)),
        ("retry_count", Doc::Int(4)),
        ("retry_period", Doc::Int(10)),
        // Limits of a zone have no effect in octodns 1.22.0, those of its provider do.
        ("delete_pcent_threshold", Doc::Int(deletes.into())),
    ];
    // Updates where the gate has none are comments that somebody wrote; octoDNS's own limit is right for them.
    cloudflare.extend(updates.then_some(("update_pcent_threshold", Doc::Int(1))));
    let files = Doc::map([
        ("class", Doc::text("octodns.provider.yaml.YamlProvider")),
        ("directory", Doc::text("zones")),
        ("enforce_order", Doc::Bool(false)),
    ]);
    let zone = || {
        Doc::map([
            ("processors", words(&["owner"])),
            ("sources", words(&["files"])),
            ("targets", words(&["cloudflare"])),
        ])
    };
    let zones = gated.iter().map(|one| (format!("{}.", one.changes.zone), zone()));
    Doc::map([
        ("manager", manager),
        ("processors", Doc::map([("owner", ownership)])),
        ("providers", Doc::map([("files", files), ("cloudflare", Doc::map(cloudflare))])),
        ("zones", Doc::map(zones)),
    ])
}

/// A zone with everything that the owner has in it afterwards.
fn zone(changes: &Changes) -> Doc {
    let mut names: Vec<(&str, Vec<Doc>)> = Vec::new();
    for set in sets(&changes.after) {
        let name = below(set.name, &changes.zone);
        let record = record(&set, &changes.owner, name.is_empty());
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, records)) => records.push(record),
            None => names.push((name, vec![record])),
        }
    }
    names.sort_by(|(a, _), (b, _)| natural(a, b).then_with(|| a.cmp(b)));
    Doc::map(names.into_iter().map(|(name, mut records)| match (records.pop(), records.is_empty()) {
        (Some(only), true) => (name, only),
        (last, _) => (name, Doc::Seq(records.into_iter().chain(last).collect())),
    }))
}

fn record(set: &Set<'_>, owner: &Owner, is_top: bool) -> Doc {
    let first = set.records.first();
    let mut cloudflare = Vec::new();
    if first.is_none_or(|record| record.ttl.is_none()) {
        cloudflare.push(("auto-ttl", Doc::Bool(true)));
    }
    cloudflare.push(("comment", Doc::text(set.comment(owner))));
    if first.is_some_and(|record| record.proxied) {
        cloudflare.push(("proxied", Doc::Bool(true)));
    }
    // octoDNS calls a CNAME at the top ALIAS, and Cloudflare's provider sends it as a CNAME.
    let record_type = if is_top && set.record_type == "CNAME" { "ALIAS" } else { set.record_type };
    let mut values: Vec<Doc> = set.records.iter().map(|record| value(set.record_type, &record.content)).collect();
    let value = match (values.pop(), values.is_empty()) {
        (Some(only), true) => ("value", only),
        (last, _) => ("values", Doc::Seq(values.into_iter().chain(last).collect())),
    };
    Doc::map([
        ("octodns", Doc::map([("cloudflare", Doc::map(cloudflare))])),
        ("ttl", Doc::Int(first.and_then(|record| record.ttl).unwrap_or(TTL).into())),
        ("type", Doc::text(record_type)),
        value,
    ])
}

fn value(record_type: &str, content: &str) -> Doc {
    match caa(content).filter(|_| record_type == "CAA") {
        Some((flags, tag, value)) => {
            Doc::map([("flags", Doc::Int(flags.into())), ("tag", Doc::text(tag)), ("value", Doc::text(value))])
        }
        None if leads_to_name(record_type) => Doc::text(format!("{content}.")),
        None => Doc::text(content.replace(';', "\\;")),
    }
}
