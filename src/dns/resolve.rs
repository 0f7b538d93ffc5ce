//! From a plan to records: what the outputs of stacks and the certificates say makes each of them concrete.
//!
//! What AWS said is read first ([`read`]), then each plan is resolved with it. A record that cannot be known is an error, never a
//! record less: whoever applies a file reads what is not in it as something to delete.

mod certificate;
mod form;
mod missing;
mod render;
mod said;
mod stack;

pub use certificate::{DNS028, DNS029};
pub use missing::{DNS025, DNS026};
pub use render::{Told, markdown, text};
pub use said::{DNS020, DNS021, Said, read};
pub use stack::{DNS022, DNS023, DNS024, DNS027};

pub use crate::json::Located;

use super::plan::{Plan, Source};
use super::record::{Phase, Resolved, Wanted};
use crate::diag::{Code, Diagnostics};
use crate::digest::Digest;
use crate::source::{FileId, Sources, Span};
use crate::yaml::{self, parse_template};

/// The codes of this room.
pub const CODES: &[Code] = &[DNS020, DNS021, DNS022, DNS023, DNS024, DNS025, DNS026, DNS027, DNS028, DNS029];

/// Which records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Those that validate certificates, which the stacks behind them wait for; hosts come later.
    Validation,
    /// All of them.
    All,
}

/// A plan, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its file.
    pub file: FileId,
    /// Which of its records.
    pub until: Until,
}

impl Asked<'_> {
    /// The stage, as commands take it.
    fn owner(&self) -> &str {
        self.plan.owner.stage.as_deref().unwrap_or("_zones")
    }
}

/// A record of the plan: its name and content, more than one where accounts say different things.
type Known = Vec<(String, String)>;

/// The records of a plan. What cannot be known is reported; then what is given back is not to be used.
#[must_use]
pub fn resolve(asked: Asked<'_>, said: &Said, sources: &Sources, findings: &mut Diagnostics) -> Resolved {
    let plan = asked.plan;
    let places = places(&sources.file(asked.file).text, asked.file);
    let (mut records, mut pending) = (Vec::new(), Vec::new());
    for (i, planned) in plan.records.iter().enumerate() {
        let at = places.get(i).copied();
        let (phase, known): (Phase, Option<Known>) = match &planned.source {
            Source::Caa { name, tag, value } => {
                (Phase::Zone, Some(vec![(name.clone(), format!("0 {tag} \"{value}\""))]))
            }
            Source::Host { .. } if asked.until == Until::Validation => (Phase::Hosts, None),
            Source::Host { name, entrance, output } => {
                let content = stack::target(asked, *entrance, output, at, said, findings);
                (Phase::Hosts, content.map(|content| vec![(name.clone(), content)]))
            }
            Source::Validation { domain, certificates } => {
                (Phase::Validation, certificate::records(asked, domain, certificates, at, said, findings))
            }
        };
        let Some(known) = known else {
            pending.push(planned.id.clone());
            continue;
        };
        for (n, (name, content)) in known.into_iter().enumerate() {
            records.push(Wanted {
                id: if n == 0 { planned.id.clone() } else { format!("{}#{}", planned.id, n + 1) },
                name,
                record_type: planned.record_type().to_owned(),
                content,
                // A record that proves something must be seen as it is, whatever the plan's file says.
                proxied: planned.proxied && phase == Phase::Hosts,
                ttl: planned.ttl,
                phase,
            });
        }
    }
    Resolved::of(plan, Digest::of(&sources.file(asked.file).text).to_string(), records, pending)
}

/// Where the ids of a plan's records stand in its file.
fn places(text: &str, file: FileId) -> Vec<Span> {
    let records = parse_template(text).ok().and_then(|top| top.get("records").cloned());
    let Some(yaml::Kind::Seq(records)) = records.map(|records| records.kind) else { return Vec::new() };
    let place = |record: &yaml::Node| {
        let span = record.get("id").map_or(record.span, |id| id.span);
        Span { file, ..span }
    };
    records.iter().map(place).collect()
}
