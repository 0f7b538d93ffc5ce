//! Quotas of an account: what all stages in it use together.

mod usage;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::emit::Files;
use crate::quota::{self, Per, Quota};
use crate::source::Span;

pub use usage::Usage;
use usage::{At, Count};

/// `CFN440`: the stages of an account need more of something than the account has.
pub const CFN440: Code = Code {
    id: "CFN440",
    explanation: "the stages of an account need more of something than the account has\n\n\
        AWS gives each account so many VPCs, addresses, policies of CloudFront and the like, in each region or in all; the deploy of the \
        first stage that finds no room fails half-way. What all stages in one `account` use is counted together: those that are \
        compiled now, and those whose folder stands below `out/`, with what all stages share. Stages that name no account count as one \
        account. Where the stages that stay are too many by themselves, this is an error; where those that come and go make it too much, a \
        warning.\n\n\
        The figures are those that AWS gives to every account (`docs/quotas.md`, with their sources). Where AWS raised one, say so: \
        `quotas: {vpcs: 20}` in the base, or in the overlays of that account's stages.",
};

/// How many stages a message names, and how many places it shows.
const MOST_STAGES: usize = 12;
const MOST_PLACES: usize = 3;

/// Reports what the accounts of the stages that are compiled now have too little of. `bootstrap` is what all stages share, a file a
/// region.
pub fn quotas(usages: &[Usage], bootstrap: &Files, findings: &mut Diagnostics) {
    let accounts: BTreeSet<Option<&str>> =
        usages.iter().filter(|usage| usage.is_compiled()).map(Usage::account).collect();
    if accounts.is_empty() {
        return;
    }
    let shared: Vec<Usage> = bootstrap.iter().map(|(file, text)| Usage::shared(file, text)).collect();
    for account in accounts {
        Account::of(account, usages, &shared).check(findings);
    }
}

/// An account with everything that is known to stand in it.
struct Account<'u> {
    name: Option<&'u str>,
    usages: Vec<&'u Usage>,
}

/// What an account needs of one quota in one place.
#[derive(Default)]
struct Need<'u> {
    /// What stays, and what comes and goes.
    permanent: u64,
    ephemeral: u64,
    parts: Vec<(&'u Usage, &'u Count)>,
}

impl<'u> Account<'u> {
    fn of(name: Option<&'u str>, usages: &'u [Usage], shared: &'u [Usage]) -> Account<'u> {
        let mut own: Vec<&Usage> = usages.iter().filter(|usage| usage.account() == name).collect();
        let regions: BTreeSet<&str> = own.iter().flat_map(|usage| usage.regions()).collect();
        own.extend(shared.iter().filter(|usage| usage.regions().any(|region| regions.contains(region))));
        Account { name, usages: own }
    }

    fn check(&self, findings: &mut Diagnostics) {
        let mut needs: BTreeMap<&At, Need<'u>> = BTreeMap::new();
        for usage in &self.usages {
            for (at, count) in usage.counts() {
                let need = needs.entry(at).or_default();
                *(if usage.is_permanent() { &mut need.permanent } else { &mut need.ephemeral }) += count.number;
                need.parts.push((usage, count));
            }
        }
        // Of the zones of a region the one that needs most tells of all.
        let mut worst: BTreeMap<(usize, &str), Need<'u>> = BTreeMap::new();
        for (at, need) in needs {
            let known = worst.entry((at.quota, at.region.as_str())).or_default();
            if need.permanent + need.ephemeral > known.permanent + known.ephemeral {
                *known = need;
            }
        }
        for ((quota, region), need) in worst {
            if let Some(quota) = quota::all().get(quota) {
                self.too_much(quota, region, &need).into_iter().for_each(|finding| findings.push(finding));
            }
        }
    }

    /// What the account has: what some stage says that AWS gave it, else what every account has. Those that are compiled now know
    /// better than what was built before.
    fn figure(&self, quota: &Quota, region: &str) -> u64 {
        let said = |compiled: bool| {
            let usages = self.usages.iter().filter(|usage| usage.is_compiled() == compiled);
            usages.filter_map(|usage| usage.said(quota.name)).max()
        };
        said(true).or_else(|| said(false)).unwrap_or_else(|| quota.figure_in(region)).into()
    }

    fn too_much(&self, quota: &Quota, region: &str, need: &Need<'u>) -> Option<Diagnostic> {
        let figure = self.figure(quota, region);
        let room = figure.saturating_sub(quota.spare.into());
        let total = need.permanent + need.ephemeral;
        if total <= room || !need.parts.iter().any(|(usage, _)| usage.is_compiled()) {
            return None;
        }
        let severity = if need.permanent > room { Severity::Error } else { Severity::Warning };
        let of_what = match quota.per {
            Per::Account => String::new(),
            Per::Region => format!(" in `{region}`"),
            Per::Zone => format!(" in one zone of `{region}`"),
        };
        let whose = match (need.parts.as_slice(), self.name) {
            ([(only, _)], _) => format!("`{}` needs", only.stage()),
            (_, Some(account)) => format!("the stages of the account `{account}` need"),
            (_, None) => "the stages that name no account need".to_owned(),
        };
        let spare = match quota.spare {
            0 => String::new(),
            spare => format!(", of which {spare} must stay free"),
        };
        let title = format!("{whose} {total} {}{of_what}; the quota is {figure}{spare}", quota.what);
        let mut diagnostic = Diagnostic::new(severity, CFN440, title);
        for (i, (span, text)) in places(&need.parts).into_iter().take(MOST_PLACES).enumerate() {
            diagnostic = if i == 0 { diagnostic.at(span, text) } else { diagnostic.context(span, text) };
        }
        for (is_permanent, what) in [(true, "stages that stay"), (false, "stages that come and go")] {
            let of = |(usage, _): &&(&Usage, &Count)| usage.is_stage() && usage.is_permanent() == is_permanent;
            let parts: Vec<_> = need.parts.iter().filter(of).collect();
            if !parts.is_empty() && need.parts.len() > 1 {
                diagnostic = diagnostic.note(format!("{what}: {}", listed(&parts)));
            }
        }
        let shared: u64 = need.parts.iter().filter(|(usage, _)| !usage.is_stage()).map(|(_, count)| count.number).sum();
        if shared > 0 {
            diagnostic = diagnostic.note(format!("all stages share {shared} from `out/_bootstrap/`"));
        }
        diagnostic = diagnostic.note(format!("source: {}, {}", quota.source, quota::read()));
        let written =
            format!("`quotas: {{{}: {}}}` in `environments/base.yaml`", quota.name, total + u64::from(quota.spare));
        diagnostic = diagnostic.help(match quota.is_raised {
            true => format!("ask AWS for more in Service Quotas, then write {written}"),
            false => format!("AWS does not offer to raise it; if the account has more all the same, write {written}"),
        });
        if need.ephemeral > 0 {
            let text = "or delete the stacks of stages that are done with, and then their folders below `out/`";
            diagnostic = diagnostic.help(text);
        }
        if need.parts.len() > 1 {
            diagnostic = diagnostic.help("or give a stage another `account`: each counts apart");
        }
        Some(diagnostic)
    }
}

/// How much each stage needs, those that need most first; those that are not compiled now apart.
fn listed(parts: &[&(&Usage, &Count)]) -> String {
    let of = |compiled: bool| {
        let mut parts: Vec<_> = parts.iter().filter(|(usage, _)| usage.is_compiled() == compiled).collect();
        parts.sort_by_key(|(usage, count)| (Reverse(count.number), usage.stage()));
        let one = |(usage, count): &&&(&Usage, &Count)| format!("`{}` {}", usage.stage(), count.number);
        let mut texts: Vec<String> = parts.iter().take(MOST_STAGES).map(one).collect();
        if let Some(rest @ [_, ..]) = parts.get(MOST_STAGES..) {
            let number: u64 = rest.iter().map(|(_, count)| count.number).sum();
            texts.push(format!("{} more {number}", rest.len()));
        }
        texts.join(", ")
    };
    match (of(true), of(false)) {
        (now, before) if before.is_empty() => now,
        (now, before) if now.is_empty() => format!("{before}, as in `out/`"),
        (now, before) => format!("{now}; {before}, as in `out/`"),
    }
}

/// Where layers decide it, with how much is decided there, most first.
fn places(parts: &[(&Usage, &Count)]) -> Vec<(Span, String)> {
    let mut spans: BTreeMap<Span, (u64, Vec<&str>)> = BTreeMap::new();
    for (usage, count) in parts {
        for (span, number) in &count.places {
            let (total, stages) = spans.entry(*span).or_default();
            *total += number;
            stages.push(usage.stage());
        }
    }
    let mut places: Vec<_> = spans.into_iter().collect();
    places.sort_by_key(|(span, (total, _))| (Reverse(*total), *span));
    let text = |(total, stages): (u64, Vec<&str>)| match stages.as_slice() {
        [only] => format!("{total} for `{only}`"),
        several => format!("{total} for {} stages", several.len()),
    };
    places.into_iter().map(|(span, of)| (span, text(of))).collect()
}
