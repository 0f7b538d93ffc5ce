//! Records as DNS has them, on their way from a plan to a zone. What stands in files between two commands is here, as JSON: read by
//! the next command, and by whoever wants to look.

use serde::{Deserialize, Serialize};

use super::plan::{Owner, Plan};
use crate::manifest::Provider;

/// A record as it is wanted, concrete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What names it among those of its owner.
    pub id: String,
    /// Its whole name: small letters, no dot at the end.
    pub name: String,
    /// Its type, such as `CNAME`.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Its content, without a dot at the end of a name.
    pub content: String,
    /// Whether visitors come through the provider's proxy.
    pub proxied: bool,
    /// How many seconds it is remembered; none where the provider decides.
    pub ttl: Option<u32>,
    /// What it is for.
    pub phase: Phase,
}

/// What a record is for, which decides when it is set and whether it is ever deleted with a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// What belongs to the zone as a whole.
    Zone,
    /// It validates a certificate, now and at each renewal.
    Validation,
    /// It leads visitors to what serves them.
    Hosts,
}

/// What a plan came to once AWS said what only it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// [`RESOLVED`].
    pub format: String,
    /// The zone's name.
    pub zone: String,
    /// Who serves it.
    pub provider: Provider,
    /// Whose records they are.
    pub owner: Owner,
    /// How many records the zone holds at most, where that is known.
    pub record_limit: Option<u32>,
    /// Whether the zone must be signed.
    pub dnssec: bool,
    /// SHA-256 of the plan's file.
    pub plan: String,
    /// The records that are known, in the plan's order.
    pub records: Vec<Wanted>,
    /// The ids of those that are not: as long as there are any, nothing may be deleted.
    pub pending: Vec<String>,
}

impl Resolved {
    /// What a plan, by the digest of its file, came to.
    #[must_use]
    pub fn of(plan: &Plan, digest: String, records: Vec<Wanted>, pending: Vec<String>) -> Resolved {
        Resolved {
            format: RESOLVED.to_owned(),
            zone: plan.zone.clone(),
            provider: plan.provider,
            owner: plan.owner.clone(),
            record_limit: plan.record_limit,
            dnssec: plan.dnssec,
            plan: digest,
            records,
            pending,
        }
    }
}

/// The form of a file of [`Resolved`], and its version.
pub const RESOLVED: &str = "reggie-cfn/dns-resolved/1";

/// A record that a zone holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LiveRecord {
    /// The provider's id; none where it was not told, as in an export.
    pub id: Option<String>,
    /// Its whole name: small letters, no dot at the end.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Its content as the provider writes it; of names without a dot at the end.
    pub content: String,
    /// Whether visitors come through the provider's proxy.
    pub proxied: bool,
    /// How many seconds it is remembered; none where the provider decides.
    pub ttl: Option<u32>,
    /// What somebody noted with it.
    pub comment: Option<String>,
    /// Its tags, `name:value`.
    pub tags: Vec<String>,
    /// Whether the provider made it itself and nobody may change it.
    pub read_only: bool,
}

/// What a zone holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    /// The zone's name.
    pub zone: String,
    /// Its records, in a fixed order.
    pub records: Vec<LiveRecord>,
    /// Whether records have the ids that a change by the API needs.
    pub has_ids: bool,
}

/// What is done to one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// It is made.
    Create {
        /// What is made.
        record: Wanted,
        /// A record of another type under its name that must go in the same step, and was taken over on purpose.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        replaces: Vec<LiveRecord>,
    },
    /// It gets another content, proxy, time or owner.
    Update {
        /// What it becomes.
        record: Wanted,
        /// What it was.
        was: LiveRecord,
        /// Whether it was nobody's before, and was taken over on purpose.
        #[serde(default)]
        adopted: bool,
    },
    /// It goes.
    Delete {
        /// What it was.
        was: LiveRecord,
    },
}

/// What becomes of the zone: the result of the gate, read by those who write it for an applier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// [`CHANGES`].
    pub format: String,
    /// The zone's name.
    pub zone: String,
    /// Who serves it.
    pub provider: Provider,
    /// Whose records they are.
    pub owner: Owner,
    /// SHA-256 of what was wanted.
    pub resolved: String,
    /// SHA-256 of what the zone held.
    pub live: String,
    /// Whether the records of the zone had ids.
    pub has_ids: bool,
    /// How many records the zone holds at most, where that is known.
    pub record_limit: Option<u32>,
    /// What is done, in a fixed order: deletions, updates, creations.
    pub changes: Vec<Change>,
    /// The records of the owner afterwards: those wanted, and those kept though they are not planned any more.
    pub after: Vec<Wanted>,
    /// The TXT records that say whose those are, as the zone holds them now; those that octoDNS writes itself.
    pub markers: Vec<LiveRecord>,
}

/// The form of a file of [`Changes`], and its version.
pub const CHANGES: &str = "reggie-cfn/dns-changes/1";

/// What every record of ours says in its comment first.
pub const MARK: &str = "reggie-cfn";
/// The longest comment that Cloudflare takes on every plan, in characters.
pub const LONGEST_COMMENT: usize = 100;
/// The first label of the TXT records that say whose a record is.
pub const MARKER: &str = "_reggie-cfn";

impl Owner {
    /// The comment of one of its records: `reggie-cfn reggie/production ReggieWeb`. The id is for people, and left out where it does
    /// not fit.
    #[must_use]
    pub fn comment(&self, id: &str) -> String {
        let owner = format!("{MARK} {}", self.text());
        let whole = format!("{owner} {id}");
        if whole.chars().count() <= LONGEST_COMMENT { whole } else { owner }
    }

    /// The comment of one of several records under one name and type. An applier knows one comment for all of them, so they say
    /// nothing of their own.
    #[must_use]
    pub fn comment_among(&self, together: usize, id: &str) -> String {
        if together > 1 { format!("{MARK} {}", self.text()) } else { self.comment(id) }
    }

    /// Whom a comment names as the owner of its record, as [`Owner::text`] says it.
    #[must_use]
    pub fn of_comment(comment: &str) -> Option<&str> {
        let mut words = comment.split(' ').filter(|word| !word.is_empty());
        let owner = words.next().filter(|word| *word == MARK).and(words.next())?;
        owner.contains('/').then_some(owner)
    }
}

/// The name of the TXT record that says whose a record is, as octoDNS's ownership processor makes it: `_reggie-cfn.cname.api` for a
/// CNAME, `_reggie-cfn.alias` for one at the top of the zone, which octoDNS calls ALIAS.
#[must_use]
pub fn marker_name(name: &str, record_type: &str, zone: &str) -> String {
    let below = name.strip_suffix(zone).map_or(name, |below| below.trim_end_matches('.'));
    let kind = match (below, record_type) {
        ("", "CNAME") => "alias".to_owned(),
        (_, other) => other.to_ascii_lowercase(),
    };
    match below {
        "" => format!("{MARKER}.{kind}.{zone}"),
        _ => format!("{MARKER}.{kind}.{}.{zone}", below.replace('*', "_wildcard")),
    }
}
