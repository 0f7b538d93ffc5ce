//! `schema`: the shape of a layer, for editors.

use clap::Args;

use super::Result;
use super::report::{Outcome, Terminal};
use crate::component::KINDS;
use crate::schema::{LAYER_SCHEMA, MANIFEST_SCHEMA};

/// Print the JSON Schema of a layer, for editors.
///
/// Point the YAML language server at it by a first line in each layer: `# yaml-language-server: $schema=<path>`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The schema of a merged manifest instead: long forms, everything required.
    #[arg(long, conflicts_with = "kinds")]
    merged: bool,
    /// List the kinds of components instead.
    #[arg(long)]
    kinds: bool,
}

impl Schema {
    pub(super) fn run(&self, terminal: &Terminal) -> Result {
        if self.kinds {
            let width = KINDS.iter().map(|k| k.name.len()).max().unwrap_or(0);
            for kind in KINDS {
                terminal.data(&format!("{:width$}  {}\n", kind.name, kind.summary))?;
            }
            return Ok(Outcome::Fine);
        }
        terminal.data(if self.merged { MANIFEST_SCHEMA } else { LAYER_SCHEMA })?;
        Ok(Outcome::Fine)
    }
}
