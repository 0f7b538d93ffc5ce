//! `stages`: what there is to compile.

use clap::Args;

use super::report::{Outcome, Terminal};
use super::{Common, Result, disk};
use crate::project::{Applies, Layer, Project};

/// List the stages and the layers that make them.
#[derive(Debug, Args)]
pub(crate) struct Stages {}

impl Stages {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((project, findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        terminal.findings(findings, &project.sources)?;
        let rows: Vec<[String; 3]> = project.layers.values().filter_map(|l| row(l, &project)).collect();
        let width = |i: usize| rows.iter().map(|r| r[i].len()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        for [name, lifetime, files] in &rows {
            terminal.data(&format!("{name:first$}  {lifetime:second$}  {files}\n"))?;
        }
        Ok(Outcome::Fine)
    }
}

fn row(layer: &Layer, project: &Project) -> Option<[String; 3]> {
    let name = match &layer.applies {
        Applies::Stage(name) => name.value.clone(),
        Applies::Match(patterns) => patterns.iter().map(|p| p.value.clone()).collect::<Vec<_>>().join(", "),
        Applies::Everywhere | Applies::Extension => return None,
    };
    let file = &project.sources.file(layer.file).path;
    Some([name, layer.lifetime().to_owned(), file.clone()])
}
