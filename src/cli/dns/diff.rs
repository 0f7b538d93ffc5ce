//! `dns diff`: the gate. What becomes of a zone, and whether it may.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::state::{CHANGES_FILE, Left, RESOLVED_FILE, document};
use super::{Of, Written, ZONE_PLAN, ZONES};
use crate::cli::input;
use crate::cli::report::{Failure, Outcome, Terminal};
use crate::cli::{Common, Format, Result, disk};
use crate::diag::{Diagnostics, list};
use crate::digest::Digest;
use crate::dns::claims::CLAIMS;
use crate::dns::diff::render::{Told, json, markdown, refused, text};
use crate::dns::diff::{Asked, Compared, Gated, gate};
use crate::dns::live::{Settings, name, read};
use crate::dns::plan::{ENDING, FOLDER, Ownership, Plan};
use crate::dns::record::{Change, Resolved};
use crate::manifest::Provider;
use crate::source::Sources;
use crate::yaml;

/// Say what would become of a zone, and refuse what may not: the gate before anything is applied.
///
/// Compares the records that `dns resolve` found with what the zone holds. Nothing that is another's or nobody's is changed, unless
/// it is named. Writes the changes to `.reggie-cfn/<OWNER>/<zone>.changes.json`. Ends with 3 where there is something to do, with 1
/// where it is refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    curl --fail-with-body -H \"Authorization: Bearer $CLOUDFLARE_TOKEN\" \\\n    \
    \"https://api.cloudflare.com/client/v4/zones/$ZONE_ID/dns_records?per_page=5000\" > live.json\n  \
    reggie-cfn dns diff production --live live.json\n  \
    reggie-cfn dns diff production --live live.json --adopt www.getreggie.io\n  \
    reggie-cfn dns diff pr-7 --live live.json --teardown")]
pub(super) struct Diff {
    #[command(flatten)]
    of: Of,
    /// What the zone holds: answers of Cloudflare's API, or an export of the zone; `-` is the standard input.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    live: Vec<PathBuf>,
    /// How the zone is set: answers of Cloudflare's API (`/settings`, `/dns_settings`, `/dnssec`).
    #[arg(long, value_name = "FILE", num_args = 1..)]
    settings: Vec<PathBuf>,
    /// Names whose records are taken over where they are nobody's.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    adopt: Vec<String>,
    /// Names whose records are deleted though they would be kept: validations of certificates, the top of the zone.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    delete: Vec<String>,
    /// How many records may be deleted that are not named; none of a permanent stage unless written.
    #[arg(long, value_name = "N")]
    allow_delete: Option<usize>,
    /// All hosts of the owner go; what validates certificates stays.
    #[arg(long)]
    teardown: bool,
}

impl Diff {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        input::stdin_once(self.live.iter().chain(&self.settings))?;
        let written = self.plan(common)?;
        let plan = &written.plan;
        let (left, is_new) = self.resolved(common, &written)?;
        let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
        let live = input::add(&self.live, &mut sources)?;
        let settings = input::add(&self.settings, &mut sources)?;
        let snapshot = read(&live, &plan.zone, &sources, &mut findings);
        let settings = Settings::read(&settings, &sources, &mut findings);
        let names = |names: &[String]| names.iter().map(|text| name(text)).collect();
        let asked = Asked {
            adopt: names(&self.adopt),
            delete: names(&self.delete),
            allow_delete: self.allow_delete,
            teardown: self.teardown,
        };
        let gated = snapshot.filter(|_| !findings.has_errors()).map(|snapshot| {
            let digest = Digest::of(&left.text).to_string();
            let (resolved, snapshot, settings, asked) = (&left.value, &snapshot, &settings, &asked);
            gate(&Compared { resolved, digest: &digest, snapshot, settings, asked }, &mut findings)
        });
        findings.sort();
        let has_errors = terminal.with_findings_as_text().findings(findings.clone(), &sources)?;
        // What an earlier run let through, and what was written of it, is not what the zone is now.
        let path = self.of.left_at(&plan.zone, CHANGES_FILE)?;
        self.of.forget(common, &plan.zone)?;
        let Some(gated) = gated.filter(|_| !has_errors) else {
            if common.format == Format::Markdown {
                terminal.data(&refused(&format!("{} in {}", plan.owner.text(), plan.zone), &findings))?;
            }
            return Ok(Outcome::Errors);
        };
        let mut files = vec![(path.clone(), document(&gated.changes)?)];
        if is_new {
            files.push((self.of.left_at(&plan.zone, RESOLVED_FILE)?, left.text));
        }
        self.of.leave(common, &files)?;
        let known = self.known(common, &plan.zone);
        let told = Told { gated: &gated, known: &known, findings: &findings };
        terminal.data(&match common.format {
            Format::Json => json(&told),
            Format::Markdown => markdown(&told),
            _ => format!("{}{}\n", text(&told, terminal.colors_data()), self.next(&gated, &path)),
        })?;
        Ok(if gated.is_empty() { Outcome::Fine } else { Outcome::Differences })
    }

    /// The plan of the zone that the files are about.
    fn plan(&self, common: &Common) -> Result<Written> {
        let mut plans = self.of.plans(common)?;
        if plans.len() > 1 {
            let zones: Vec<&str> = plans.iter().map(|written| written.plan.zone.as_str()).collect();
            let reason = format!("`{}` has records in {}", self.of.owner, list(&zones));
            return Err(Failure::Usage(format!("{reason}; one zone is compared at a time: name it with --zone")));
        }
        plans.pop().ok_or_else(|| Failure::Usage(format!("`{}` has no record plan", self.of.owner)))
    }

    /// The records that are wanted, and whether no file says them yet. A teardown wants none, so it does not need them.
    fn resolved(&self, common: &Common, written: &Written) -> Result<(Left<Resolved>, bool)> {
        let left = self.of.resolved(common, written);
        if left.is_ok() || !self.teardown {
            return left.map(|left| (left, false));
        }
        let plan = &written.plan;
        let pending = plan.records.iter().map(|record| record.id.clone()).collect();
        let value = Resolved::of(plan, Digest::of(&written.text).to_string(), Vec::new(), pending);
        Ok((Left { text: document(&value)?, value }, true))
    }

    /// The owners whose plans for the zone are there, or who claim something in it.
    fn known(&self, common: &Common, zone: &str) -> BTreeSet<String> {
        let out = common.project.join(&self.of.out);
        let folders = std::fs::read_dir(&out).into_iter().flatten().flatten().map(|entry| entry.path());
        let plans = folders.map(|folder| match folder.file_name().is_some_and(|name| name == ZONES) {
            true => folder.join(zone).join(ZONE_PLAN),
            false => folder.join(FOLDER).join(format!("{zone}{ENDING}")),
        });
        let read = |path: PathBuf| {
            let bytes = disk::read_bytes(&path, super::MAX_BYTES, "plans are plain files").ok()?;
            Plan::read(&String::from_utf8(bytes).ok()?).map(|plan| plan.owner.text())
        };
        plans.filter_map(read).chain(self.claimants(&out.join(ZONES).join(zone).join(CLAIMS))).collect()
    }

    /// The owners that the file of all claims on the zone lists.
    fn claimants(&self, path: &std::path::Path) -> Vec<String> {
        let bytes = disk::read_bytes(path, super::MAX_BYTES, "claims are plain files").ok();
        let claims = bytes.and_then(|bytes| yaml::parse_template(&String::from_utf8(bytes).ok()?).ok());
        let text = |node: &yaml::Node| match &node.kind {
            yaml::Kind::Str(text) => Some(text.clone()),
            _ => None,
        };
        match claims.as_ref().and_then(|claims| claims.get("owners")).map(|owners| &owners.kind) {
            Some(yaml::Kind::Seq(owners)) => owners.iter().filter_map(text).collect(),
            _ => Vec::new(),
        }
    }

    /// Where the changes are now, and what comes next.
    fn next(&self, gated: &Gated, path: &std::path::Path) -> String {
        let written = format!("Written to {}", path.display());
        if gated.is_empty() {
            return format!("{written}; nothing is to be done.");
        }
        let swaps =
            gated.changes.changes.iter().any(|c| matches!(c, Change::Create { replaces, .. } if !replaces.is_empty()));
        let by = match (gated.changes.provider, gated.changes.owner.ownership()) {
            (Provider::Route53 | Provider::None, _) => "list",
            (_, Ownership::Txt) if !swaps => "octodns",
            _ => "cloudflare-batch",
        };
        let zone = self.of.zone.as_ref().map(|zone| format!(" --zone {zone}")).unwrap_or_default();
        let next = format!("{written}; next: reggie-cfn dns emit {}{zone} --to {by}", self.of.owner);
        match by == "cloudflare-batch" && !gated.changes.has_ids {
            true => format!("{next}, once --live is the answer of the API: an export has no ids"),
            false => next,
        }
    }
}
