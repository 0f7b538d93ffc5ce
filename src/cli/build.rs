//! `build`: compile, then write each stage's folder whole.

use std::path::Path;

use clap::Args;

use super::report::{Outcome, Terminal};
use super::{Common, Result, StageArgs, disk, write};
use crate::compile::{Compiled, compile};
use crate::diag::Diagnostics;
use crate::project::Project;
use crate::render::Renderer;
use crate::survey::survey;

/// Compile stages and write their folders below `out/`.
///
/// Nothing is written unless every stage compiles. Each stage's folder switches whole: a crash leaves the old one or the
/// new one.
#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    stages: StageArgs,
}

impl Build {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((project, findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let (compiled, mut findings) = compile_all(&project, &disk::stages(&project, &self.stages)?, findings);
        let out = common.project.join(&self.stages.out);
        survey_all(&compiled, &out, &mut findings)?;
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        for stage in &compiled {
            let name = &stage.model.stage.name.value;
            let changed = write::folder(&out, name, &stage.files)?;
            if terminal.for_people() {
                terminal.data(&summary(stage, &self.stages.out.join(name).display().to_string(), changed))?;
            }
        }
        Ok(Outcome::Fine)
    }
}

/// Compiles every stage, findings of all of them together.
pub(super) fn compile_all(
    project: &Project,
    stages: &[String],
    mut findings: Diagnostics,
) -> (Vec<Compiled>, Diagnostics) {
    let renderer = Renderer::new();
    let mut all = Vec::new();
    for stage in stages {
        let mut own = Diagnostics::default();
        all.extend(compile(project, stage, &renderer, &mut own));
        findings.merge(own, Some(stage));
    }
    (all, findings)
}

/// Compares every stage with its folder of the last build.
pub(super) fn survey_all(compiled: &[Compiled], out: &Path, findings: &mut Diagnostics) -> Result<()> {
    for stage in compiled {
        let name = &stage.model.stage.name.value;
        let mut own = Diagnostics::default();
        survey(stage, &write::ours(&out.join(name))?, &mut own);
        findings.merge(own, Some(name));
    }
    Ok(())
}

/// A line a stack, and one for the stage.
fn summary(stage: &Compiled, folder: &str, changed: usize) -> String {
    let mut lines = String::new();
    let stacks = &stage.linked.stacks;
    let width = stacks.iter().map(|s| s.file.len()).max().unwrap_or(0);
    let mut resources = 0;
    for stack in stacks {
        let count = stack.template.resources.len();
        resources += count;
        let bytes = stage.files.get(&stack.file).map_or(0, String::len);
        lines.push_str(&format!(
            "{folder}/{:width$}  {count:>3} resource{}  {:>6} bytes\n",
            stack.file,
            if count == 1 { " " } else { "s" },
            bytes
        ));
    }
    let change = match changed {
        0 => "nothing changed".to_owned(),
        1 => "1 file changed".to_owned(),
        n => format!("{n} files changed"),
    };
    let plural = if stacks.len() == 1 { "" } else { "s" };
    lines.push_str(&format!(
        "{}: {} stack{plural}, {resources} resources, {change}\n",
        stage.model.stage.name.value,
        stacks.len()
    ));
    lines
}
