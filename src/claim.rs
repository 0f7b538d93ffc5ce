//! Claims: which names of the world each stage takes. Plain data that outlives the compilation it was read from, so that a project
//! keeps it for a whole run.

use std::collections::BTreeMap;

use crate::manifest::Provider;
use crate::source::Span;

/// What stands for the stage's name in the names of a layer that is for many stages: as the manifest writes it, and as no DNS name
/// can.
pub const ANY: &str = "${stage}";

/// What a stage claims, or every stage of a layer whose patterns fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose they are.
    pub who: Who,
    /// The project.
    pub project: String,
    /// The account, where the stage says it.
    pub account: Option<String>,
    /// The zones that it knows.
    pub zones: Vec<Zone>,
    /// The hosts, in the order of components.
    pub hosts: Vec<Host>,
    /// The certificates that it makes, in the order of components.
    pub certificates: Vec<Certificate>,
    /// What must be validated by a record, and for which certificates.
    pub validations: BTreeMap<String, Vec<CertificateAt>>,
    /// Whether everything could be read.
    pub is_whole: bool,
}

/// Who claims something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The stage; [`ANY`] for what all stages of a layer have in common.
    pub stage: String,
    /// The layer of the stage.
    pub layer: String,
    /// The patterns of the layer; none where it names its stage.
    pub patterns: Vec<String>,
    /// Whether the stage stays.
    pub is_permanent: bool,
}

impl Who {
    /// Whether the stage has a layer of its own, so that its names are known.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether it is a stage that stays and that is known by its name.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.is_permanent && self.is_named()
    }
}

/// A host that a component answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The name.
    pub name: String,
    /// The zone that it lies in.
    pub zone: Option<String>,
    /// The component.
    pub component: String,
    /// What names its record.
    pub id: String,
    /// The setting that says it.
    pub setting: String,
    /// Where it is written, and what that overrode.
    pub spans: Vec<Span>,
}

/// A certificate that a component makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The component.
    pub component: String,
    /// Its region.
    pub region: String,
    /// The names that it covers.
    pub names: Vec<String>,
    /// Whether it is there for others to name and to import.
    pub is_shared: bool,
}

/// A certificate in a stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertificateAt {
    /// The stack's name.
    pub stack: String,
    /// Its region.
    pub region: String,
    /// Its logical id there.
    pub logical_id: String,
    /// All names that it covers, the first first.
    pub names: Vec<String>,
}

/// What a stage says of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The zone's name.
    pub name: String,
    /// Who serves it.
    pub provider: Provider,
    /// How many records it holds at most, where that is known.
    pub record_limit: Option<u32>,
    /// Whether it must be signed.
    pub dnssec: bool,
    /// Who may issue certificates: tags of RFC 8659, each with an authority.
    pub caa: Vec<(&'static str, String)>,
    /// Names below it that belong to others.
    pub reserved: Vec<(String, Vec<Span>)>,
    /// How many stages that come and go stand at once.
    pub ephemeral_stages: u32,
    /// Where its size is written: that number, its plan, or its name.
    pub spans: Vec<Span>,
}

impl Claims {
    /// Whether there is nothing that the world could see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.certificates.is_empty()
    }

    /// What is said of a zone.
    #[must_use]
    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    /// The zone that a name lies in: of several the one that lies deepest.
    #[must_use]
    pub fn zone_of(&self, name: &str) -> Option<&Zone> {
        let holds = |zone: &&Zone| below(name, &zone.name).is_some();
        self.zones.iter().filter(holds).max_by_key(|zone| zone.name.len())
    }
}

/// What stands before the zone in a name that lies in it, without a dot between them; nothing for the zone's own.
#[must_use]
pub fn below<'n>(name: &'n str, zone: &str) -> Option<&'n str> {
    match name.strip_suffix(zone)? {
        "" => Some(""),
        rest => rest.strip_suffix('.'),
    }
}
