//! Changes as people and programs read them.

mod json;
mod markdown;
mod text;
mod words;

use super::Changes;
use crate::cost::CostChange;
use crate::origin::{OriginId, Origins};
use crate::source::Sources;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

/// Changes of a stage, and what is needed to tell them.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The stage.
    pub stage: &'a str,
    /// What it is compared with: a folder or a revision, as people name it.
    pub against: &'a str,
    /// What a deploy would do.
    pub changes: &'a Changes,
    /// What it costs more or less, where that changes.
    pub cost: Option<&'a CostChange>,
    /// Other files that differ, by name: what is built or deployed by them does too.
    pub files: &'a [String],
    /// The origins that the changes name.
    pub origins: &'a Origins,
    /// The layers.
    pub sources: &'a Sources,
}

impl Told<'_> {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.files.is_empty() && self.cost.is_none()
    }

    /// `environments/base.yaml:12:5`.
    fn place(&self, origin: Option<OriginId>) -> Option<String> {
        self.origins.spans(origin?).first().map(|span| self.sources.place(*span))
    }
}
