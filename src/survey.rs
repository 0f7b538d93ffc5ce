//! Surveying: what one compilation cannot see alone, because it depends on what is committed already, or on other stages of the
//! same account.
//!
//! CloudFormation refuses to change or remove an export while another stack imports it, and knows a resource by its stack
//! and its logical id alone: under another of either it is made anew, and the old one deleted. Whether that would happen
//! shows only beside the files of the last build.

mod exports;
mod guard;
mod indexes;
mod moves;
mod quotas;
mod renames;

use crate::built::{Built, Resource};
use crate::compile::Compiled;
use crate::cost;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, quote_list};
use crate::diff::{self, NEVER_DEPLOYED};
use crate::emit::Files;
use crate::source::Sources;

pub use guard::gone;
pub use quotas::{Usage, quotas};

/// Codes of this room.
pub const CODES: &[Code] = &[
    exports::CFN030,
    exports::CFN031,
    exports::CFN455,
    renames::CFN032,
    moves::CFN033,
    indexes::CFN034,
    quotas::CFN440,
    guard::CFN452,
    guard::CFN453,
    guard::CFN454,
    guard::CFN456,
    guard::CFN457,
];

/// Compares a stage with its limit, and with the files of its last build.
pub fn survey(compiled: &Compiled, sources: &Sources, baseline: &Files, findings: &mut Diagnostics) {
    cost::limit(&compiled.model, &compiled.estimate, &compiled.origins, findings);
    // Reading templates costs as much as making them, and mostly nothing has changed.
    if baseline.is_empty() || *baseline == compiled.files {
        // What is acknowledged is what the same build recorded, if there was one.
        let recorded = compiled.model.manifest.acknowledge.keys().filter(|_| !baseline.is_empty()).cloned();
        let (old, new) = (Built { acknowledged: recorded.collect(), ..Built::default() }, Built::default());
        let on = On { compiled, sources, old: &old, new: &new };
        return guard::check(&on, &diff::Changes::default(), findings);
    }
    let (old, new) = (Built::read(baseline), Built::read(&compiled.files));
    let on = On { compiled, sources, old: &old, new: &new };
    if on.stays() && !old.damaged.is_empty() {
        return findings.push(guard::damaged(&on));
    }
    let changes = diff::changes(&old, &new, compiled);
    diff::report(&changes, compiled, findings);
    renames::check(&on, findings);
    let moved = moves::moved(&on);
    let told = exports::check(&on, &changes, &moves::refused(&on, &moved), findings);
    moves::report(&on, &moved, &told, findings);
    indexes::check(&on, findings);
    guard::check(&on, &changes, findings);
}

/// A stage beside its last build.
struct On<'a> {
    compiled: &'a Compiled,
    sources: &'a Sources,
    old: &'a Built,
    new: &'a Built,
}

impl On<'_> {
    /// The name of a stack in AWS.
    fn stack_name<'s>(&'s self, word: &'s str) -> &'s str {
        self.new.stacks.iter().find(|s| s.word == word).map_or(word, |s| s.name.as_str())
    }

    /// Whether the stage stays, or did so in the last build: what comes and goes is not where it was.
    fn stays(&self) -> bool {
        self.compiled.model.stage.is_permanent() || self.old.is_permanent
    }

    /// How bad it is to make something anew: with data, on a stage that stays, nothing may be written.
    fn severity(&self, holds_data: bool) -> Severity {
        match holds_data && self.stays() {
            true => Severity::Error,
            false => Severity::Warning,
        }
    }

    /// What else can be done where making something anew is refused: `entry` acknowledges it.
    fn otherwise(&self, diagnostic: Diagnostic, entries: &[(String, &str)]) -> Diagnostic {
        let stage = &self.compiled.model.stage.name.value;
        let entries: Vec<String> =
            entries.iter().map(|(key, entry)| format!("\n  {key}: {{{entry}, reason: …}}")).collect();
        match diagnostic.severity {
            Severity::Error => diagnostic
                .help(format!("to begin anew, write in the layer of `{stage}`:\nacknowledge:{}", entries.concat()))
                .help(NEVER_DEPLOYED),
            Severity::Warning | Severity::Note => diagnostic,
        }
    }
}

/// What becomes of data that leaves its stack: a note for each policy.
fn fates(diagnostic: Diagnostic, data: &[(&str, &Resource)]) -> Diagnostic {
    let of = |policies: &[&str]| -> Vec<&str> {
        let fits = |r: &Resource| policies.contains(&r.deletion_policy.as_deref().unwrap_or_default());
        data.iter().filter(|(_, resource)| fits(resource)).map(|(id, _)| *id).collect()
    };
    let fates: [(&[&str], &str); 3] = [
        (&["Delete"], "would be deleted with its data"),
        (&["Snapshot"], "would be deleted after a last snapshot, and nothing would be restored from that"),
        (&["Retain", "RetainExceptOnCreate"], "would stay in the account with its data, outside of every stack"),
    ];
    fates.iter().fold(diagnostic, |diagnostic, (policies, fate)| match of(policies).as_slice() {
        [] => diagnostic,
        [one] => diagnostic.note(format!("`{one}` {fate}")),
        several => diagnostic.note(format!("{} {}", quote_list(several), fate.replace("its data", "their data"))),
    })
}
