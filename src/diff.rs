//! Comparing: what a deploy of this build does to what the last one deployed, resource by resource.
//!
//! Both builds are read from their files ([`Built`]), so that a folder of any age can be compared. [`changes`] says what
//! CloudFormation will do, as far as it shows before a deploy: what is made, updated, replaced, deleted, and what follows
//! from that elsewhere. It decides nothing about it; that is for those who read it.

mod access;
mod compare;
mod data;
mod exports;
mod facts;
mod follow;
mod pairs;
mod place;
mod refused;
mod renamed;
pub mod render;
mod term;

use crate::built::Built;
use crate::compile::Compiled;
use crate::cost::CostChange;
use crate::diag::Code;
use crate::origin::OriginId;
use crate::yaml::Node;

pub use access::{About, AccessChange};
pub use data::{Dropped, Fate};
pub use exports::{ExportChange, ExportEffect};
pub(crate) use refused::NEVER_DEPLOYED;
pub use refused::{Refusal, report};
pub use renamed::{Renamed, renamed};
pub use term::{Attribute, Term};

/// Codes of this room.
pub const CODES: &[Code] = &[refused::CFN450, refused::CFN451];

/// What a changed property does to its resource, or a change as a whole; the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: the template says something else of it, such as in which order it is made.
    Template,
    /// An update in place.
    Update,
    /// An update in place that stops it for a while.
    Interrupt,
    /// A new one, or an update in place: AWS decides when it is deployed.
    MayReplace,
    /// A new one, and the old one goes.
    Replace,
}

/// What becomes of a resource; the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// A new one under the same logical id; the old one goes.
    Replace,
    /// It leaves the stages's templates, and is deleted.
    Delete,
    /// It stands in another stack: there it is made anew, and here the old one goes.
    Move,
    /// It has another logical id: it is made anew under that, and the old one goes.
    Rename,
    /// A new one, or an update in place.
    MayReplace,
    /// It leaves the templates, and stays in the account.
    Retain,
    /// An update that stops it for a while.
    Interrupt,
    /// It is new.
    Create,
    /// An update in place.
    Update,
    /// Only the template changes.
    Template,
}

/// Where a change of a resource stands in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In `Properties`.
    Property,
    /// Beside them: `DeletionPolicy`, `DependsOn`, `Metadata`.
    Attribute,
}

/// Why a property changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The template says another value.
    Written,
    /// It takes the value from another stack, whose template says another one.
    Carried,
    /// It takes the value from outside the stage, under another name than before; whether it is another one only the deploy
    /// knows.
    Outside,
    /// It takes the value from a resource that gives another one now.
    Follows {
        /// What it takes.
        attribute: Attribute,
        /// Whether that surely changes.
        sure: bool,
    },
}

/// A property, or an attribute of a resource, that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyChange {
    /// Where it stands.
    pub part: Part,
    /// Keys and list positions; of what is gone, where it was.
    pub path: Vec<String>,
    /// What the old template says.
    pub old: Option<Node>,
    /// What the new one says.
    pub new: Option<Node>,
    /// What this alone does to the resource.
    pub effect: Effect,
    /// Why it changes.
    pub cause: Cause,
    /// What it comes from, where it is written anywhere.
    pub origin: Option<OriginId>,
}

impl PropertyChange {
    /// Whether it surely changes.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        !matches!(self.cause, Cause::Outside | Cause::Follows { sure: false, .. })
    }
}

/// What becomes of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its stack, by its file without the ending; the old one's where it goes.
    pub stack: String,
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub resource_type: String,
    /// The component that it belongs to, and its id there.
    pub owner: Option<(String, String)>,
    /// What becomes of it.
    pub action: Action,
    /// Where it was: stack and logical id. Of what moves or is renamed only.
    pub was: Option<(String, String)>,
    /// What changes.
    pub properties: Vec<PropertyChange>,
    /// Whether it holds data.
    pub holds_data: bool,
    /// What becomes of the old one, where one goes or may go.
    pub fate: Option<Fate>,
    /// The property by which AWS refuses to delete the old one, where that is so.
    pub guarded_by: Option<&'static str>,
    /// What protected it and does so no more.
    pub dropped: Vec<Dropped>,
    /// Why CloudFormation cannot do it.
    pub refused: Option<Refusal>,
    /// The component's place, where there still is one.
    pub origin: Option<OriginId>,
}

impl Change {
    /// Whether what it holds is, or may be, lost to those who use it: a new one is empty, wherever the old one stays.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        self.holds_data && self.fate.is_some()
    }

    /// Whether it changes only because others do.
    #[must_use]
    pub fn follows(&self) -> bool {
        !self.properties.is_empty()
            && self.properties.iter().all(|p| matches!(p.cause, Cause::Follows { .. } | Cause::Carried))
    }
}

/// A stack that comes, goes, or is protected otherwise than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackChange {
    /// Its file without the ending.
    pub stack: String,
    /// Its name in AWS.
    pub name: String,
    /// What changes.
    pub effect: StackEffect,
}

/// What changes of a stack as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackEffect {
    /// No build deploys it any more; nobody deletes it either.
    Leaves,
    /// AWS would delete it now.
    Unprotected,
    /// AWS refuses to delete it now.
    Protected,
    /// It is new.
    Comes,
}

/// Everything that a deploy would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Stacks.
    pub stacks: Vec<StackChange>,
    /// Resources, the most severe first.
    pub resources: Vec<Change>,
    /// Exports that others use or used.
    pub exports: Vec<ExportChange>,
    /// Who may do what, the widening first; of [`access`], which not everybody needs.
    pub access: Vec<AccessChange>,
    /// What the deploy asks for and did not before: stack and parameter.
    pub asks: Vec<(String, String)>,
    /// What is said of the stage as a whole, such as its account: what it was, and what it is.
    pub about: Vec<(String, Option<String>, Option<String>)>,
}

impl Changes {
    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}

/// Compares a stage with an earlier build of it.
#[must_use]
pub fn changes(old: &Built, new: &Built, compiled: &Compiled) -> Changes {
    let mut changes = between(old, new, &renamed(old, new, compiled));
    place::place(&mut changes, compiled);
    changes
}

/// What becomes of the cost; nothing where the old one cannot be told, because files of that build are missing.
#[must_use]
pub fn cost(old: &Built, compiled: &Compiled) -> Option<CostChange> {
    if !old.damaged.is_empty() {
        return None;
    }
    let was = (!old.stacks.is_empty()).then(|| old.estimate());
    CostChange::between(was.as_ref(), &compiled.estimate)
}

/// Who may do what now and could not before, and the other way round.
#[must_use]
pub fn access(old: &Built, new: &Built, compiled: &Compiled) -> Vec<AccessChange> {
    let mut changes = access::access(old, new);
    place::access(&mut changes, compiled);
    changes
}

/// Compares two builds. `renamed` are the components that have another name than they had.
#[must_use]
pub fn between(old: &Built, new: &Built, renamed: &[Renamed<'_>]) -> Changes {
    let moved = pairs::moved(old, new, renamed);
    let mut pairs = pairs::pairs(old, new, &moved);
    follow::follow(&mut pairs);
    let mut resources = pairs::resources(old, new, &pairs, &moved);
    let exports = exports::exports(old, new, &pairs, &moved);
    resources.sort_by(|a, b| {
        // What follows from others stands behind its causes.
        let order = |c: &Change| (!c.is_loss(), c.refused.is_none(), c.dropped.is_empty(), c.action, c.follows());
        order(a).cmp(&order(b)).then_with(|| (&a.stack, &a.id).cmp(&(&b.stack, &b.id)))
    });
    Changes {
        stacks: pairs::stacks(old, new),
        resources,
        exports,
        access: Vec::new(),
        asks: pairs::asks(old, new),
        about: pairs::about(old, new),
    }
}
