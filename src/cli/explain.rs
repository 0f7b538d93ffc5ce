//! `explain`: where a value comes from, or what a code means.

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Result, disk};
use crate::codes;
use crate::compile::compile;
use crate::diag::{Diagnostics, did_you_mean};
use crate::explain;
use crate::render::Renderer;

/// Say where a value comes from, or what a code means.
#[derive(Debug, Args)]
#[command(override_usage = "reggie-cfn explain <STAGE> <THING>\n       reggie-cfn explain <CODE>")]
pub(crate) struct Explain {
    /// A stage, or a code such as MAN010.
    #[arg(value_name = "STAGE|CODE")]
    stage: String,
    /// A manifest path (`ReggieDb.backup_days`), or a logical id, maybe with a property
    /// (`ReggieDbCluster.BackupRetentionPeriod`).
    thing: Option<String>,
}

impl Explain {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some(thing) = &self.thing else { return self.code(terminal) };
        let Some((project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let compiled = compile(&project, &self.stage, &Renderer::new(), &mut own);
        findings.merge(own, Some(&self.stage));
        let Some(compiled) = compiled else {
            terminal.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        match explain::explain(&compiled, &project.sources, thing) {
            Ok(text) => {
                terminal.data(&text)?;
                Ok(Outcome::Fine)
            }
            Err(unknown) => {
                let near = unknown.near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                let stage = &self.stage;
                Err(Failure::Usage(format!(
                    "`{thing}` is neither in the manifest nor in a template of `{stage}`{near}"
                )))
            }
        }
    }

    fn code(&self, terminal: &Terminal) -> Result {
        match codes::find(&self.stage) {
            Some(code) => {
                terminal.data(&format!("{}: {}\n", code.id, code.explanation))?;
                Ok(Outcome::Fine)
            }
            None => {
                let known = codes::all().map(|c| c.id);
                let near =
                    did_you_mean(&self.stage, known).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                Err(Failure::Usage(format!(
                    "`{}` is no code{near}; `explain` takes a stage and a thing, or a code",
                    self.stage
                )))
            }
        }
    }
}
