//! Verifying: what CloudFormation would refuse, found before a deploy.

mod graph;
mod limits;

use crate::diag::{Code, Diagnostics};
use crate::link::{Linked, Stack};
use crate::model::Model;
use crate::origin::{OriginId, Origins};

/// Codes of this phase.
pub const CODES: &[Code] =
    &[limits::CFN010, limits::CFN011, limits::CFN012, limits::CFN013, graph::CFN014, graph::CFN015];

/// Checks every template of a stage. `texts` are the templates as they will be written, in the order of the stacks.
pub fn verify(model: &Model, linked: &Linked, texts: &[String], origins: &Origins, findings: &mut Diagnostics) {
    for (stack, text) in linked.stacks.iter().zip(texts) {
        let on = On { model, stack, origins };
        limits::check(&on, text, findings);
        graph::check(&on, findings);
    }
}

/// One stack, and where to point for it.
pub(crate) struct On<'a> {
    pub model: &'a Model,
    pub stack: &'a Stack,
    pub origins: &'a Origins,
}

impl On<'_> {
    /// Where the component behind a resource stands in the manifest.
    pub(crate) fn owner(&self, logical_id: &str) -> OriginId {
        let owner = self.stack.owners.get(logical_id).and_then(|(component, _)| self.model.components.get(component));
        owner.map_or(self.model.manifest.project.origin, |c| c.origin)
    }
}
