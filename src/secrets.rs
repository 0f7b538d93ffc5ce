//! Secrets: which a stage declares, where their values are kept, who uses them; and what the store, or a file, says of them.
//!
//! The values themselves pass through here in one case only, on their way from a file to the store, and are [`Sealed`] then:
//! nothing can print them. Of files that hold values no message shows more than names ([`veiled`]).

mod check;
mod consumers;
mod dotenv;
mod page;
mod plan;
mod said;
mod sealed;

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::Compiled;
use crate::diag::Code;
use crate::manifest::{Kept, Secret};
use crate::origin::OriginId;

pub use check::{CFN521, CFN522, CFN523, check};
pub use consumers::{Consumer, Use};
pub use dotenv::{CFN524, CFN525, Given, Section, dotenv};
pub use page::{check_command, json, set_command, text};
pub use plan::{CFN526, Plan, Step, Wanted, plan, plan_json, plan_text};
pub use said::{CFN520, JsonSecret, Parameter, Said, read, veiled};
pub use sealed::Sealed;

/// Codes of this room.
pub const CODES: &[Code] = &[CFN520, CFN521, CFN522, CFN523, CFN524, CFN525, CFN526];

/// The secrets of a stage.
#[derive(Debug, Clone)]
pub struct Secrets<'c> {
    /// The project.
    pub project: &'c str,
    /// The stage.
    pub stage: &'c str,
    /// The stage whose values it reads; itself unless `secrets_from` says otherwise.
    pub values_of: &'c str,
    /// The region that is asked about: that of the stage, where all are kept, or one of those in which functions need some as well.
    pub region: &'c str,
    /// The region of the stage.
    pub home: &'c str,
    /// The other regions, each with the names that are needed there.
    pub elsewhere: &'c BTreeMap<String, BTreeSet<String>>,
    /// Names that are declared, and that nothing in the region needs.
    pub others: BTreeSet<&'c str>,
    /// The account, where the stage says it.
    pub account: Option<&'c str>,
    /// The secrets, in the order of their names.
    pub all: Vec<Declared<'c>>,
}

/// A declared secret.
#[derive(Debug, Clone)]
pub struct Declared<'c> {
    /// Its name.
    pub name: &'c str,
    /// Where that is written.
    pub origin: OriginId,
    /// What the manifest says of it.
    pub secret: &'c Secret,
    /// Where its value is kept.
    pub kept: Kept,
    /// Who uses it.
    pub consumers: Vec<Consumer<'c>>,
}

impl Declared<'_> {
    /// The type of its parameter.
    #[must_use]
    pub fn parameter_type(&self) -> &'static str {
        if self.secret.public.value { STRING } else { SECURE_STRING }
    }
}

/// The type of a parameter that is no secret.
pub const STRING: &str = "String";
/// The type of a parameter that is one.
pub const SECURE_STRING: &str = "SecureString";

/// The secrets of a compiled stage, in its own region or in another one that functions of it stand in; nothing for a region that needs
/// none.
#[must_use]
pub fn secrets<'c>(compiled: &'c Compiled, region: Option<&str>) -> Option<Secrets<'c>> {
    let model = &compiled.model;
    let (project, stage) = (model.manifest.project.value.as_str(), &model.stage);
    let written = model.tree.get("secrets");
    let used = consumers::consumers(compiled);
    let declared = |(name, secret): (&'_ String, &'_ Secret)| {
        (
            written.and_then(|block| block.entry(name)).map_or(secret.purpose.origin, |entry| entry.key_origin),
            secret.kept(name, project, &stage.secrets_from.value),
        )
    };
    let (home, elsewhere) = (model.manifest.region.value.as_str(), &compiled.linked.secrets_elsewhere);
    let (region, needed) = match region.filter(|region| *region != home) {
        None => (home, None),
        Some(region) => elsewhere.get_key_value(region).map(|(region, names)| (region.as_str(), Some(names)))?,
    };
    let stands_there = |consumer: &Consumer<'_>| {
        needed.is_none()
            || compiled.lowered.neighbours.get(consumer.component).is_some_and(|component| component.region == region)
    };
    let is_needed = |name: &str| needed.is_none_or(|needed| needed.contains(name));
    let (here, others): (Vec<_>, Vec<_>) = model.manifest.secrets.iter().partition(|(name, _)| is_needed(name));
    let all = here.into_iter().map(|(name, secret)| {
        let (origin, kept) = declared((name, secret));
        let consumers = used.get(name.as_str()).into_iter().flatten().filter(|by| stands_there(by)).cloned().collect();
        Declared { name, origin, secret, kept, consumers }
    });
    Some(Secrets {
        project,
        stage: &stage.name.value,
        values_of: &stage.secrets_from.value,
        region,
        home,
        elsewhere,
        others: others.into_iter().map(|(name, _)| name.as_str()).collect(),
        account: stage.account.as_ref().map(|account| account.value.as_str()),
        all: all.collect(),
    })
}

impl<'c> Secrets<'c> {
    /// What the names of all its parameters begin with.
    #[must_use]
    pub fn path(&self) -> String {
        Secret::path(self.project, self.values_of)
    }

    /// Whether JSON secrets are copies here, which Secrets Manager keeps as those in the region of the stage are.
    #[must_use]
    pub fn are_copies(&self) -> bool {
        self.region != self.home
    }

    /// What follows the stage in commands: the region, where it is another.
    #[must_use]
    pub fn in_region(&self) -> String {
        if self.are_copies() { format!(" --region {}", self.region) } else { String::new() }
    }

    /// The names of its JSON secrets.
    #[must_use]
    pub fn json_secrets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.all.iter().filter_map(|declared| declared.kept.secret()).collect();
        names.dedup();
        names
    }

    /// Whether any value is kept in the Parameter Store.
    #[must_use]
    pub fn has_parameters(&self) -> bool {
        self.all.iter().any(|declared| declared.kept.secret().is_none())
    }

    /// The secret of that name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Declared<'c>> {
        self.all.iter().find(|declared| declared.name == name)
    }
}
