//! `diff`: what a deploy of this build would do to what an earlier one made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, check, disk, git, write};
use crate::built::Built;
use crate::compile::{Compiled, compile};
use crate::diag::Diagnostics;
use crate::diff::render::{Told, json, markdown, text};
use crate::diff::{Changes, access, changes, cost};
use crate::emit::{COMPOSE, Files, INDEX, README, SCRIPT_ENDING};
use crate::render::Renderer;
use crate::survey::survey;

/// Say what a deploy would do: what it makes, changes, replaces and deletes, and who may do what.
///
/// Compiles the stage and compares it with its folder below `out/`, with that folder in a revision of git, or with another
/// folder. Writes nothing. Ends with 3 where there are differences.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The stage.
    #[arg(value_name = "STAGE")]
    stage: String,
    /// What to compare with: a revision of git, such as `main`, or a folder with a build; the stage's folder below `out/`
    /// otherwise.
    #[arg(long, value_name = "REV|DIR", allow_hyphen_values = true)]
    against: Option<String>,
    /// A unified diff of the files instead.
    #[arg(long)]
    text: bool,
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

/// What is compared with.
struct Baseline {
    /// Its files.
    files: Files,
    /// How people name it.
    shown: String,
}

impl Diff {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Sarif | Format::Github) {
            return Err(Failure::Usage("`diff` is written as --format text, json or markdown".to_owned()));
        }
        let people = terminal.with_findings_as_text();
        let Some((project, mut findings)) = disk::load_or_tell(&common.project, &people)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let Some(compiled) = compile(&project, &self.stage, &Renderer::new(), &mut own) else {
            findings.merge(own, Some(&self.stage));
            people.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        let stage = &compiled.model.stage.name.value;
        let baseline = self.baseline(&common.project, stage)?;
        survey(&compiled, &project.sources, &baseline.files, &mut own);
        findings.merge(own, Some(stage));
        // Of a local stage there is nothing but its files.
        let differs = if self.text || compiled.model.stage.is_local() && common.format == Format::Text {
            self.unified(&compiled, &baseline, &people)?
        } else {
            let (old, new) = (Built::read(&baseline.files), Built::read(&compiled.files));
            let changes = Changes { access: access(&old, &new, &compiled), ..changes(&old, &new, &compiled) };
            let cost = cost(&old, &compiled);
            let told = Told {
                stage,
                against: &baseline.shown,
                changes: &changes,
                cost: cost.as_ref(),
                files: &others(&baseline.files, &compiled.files),
                origins: &compiled.origins,
                sources: &project.sources,
            };
            terminal.data(&match common.format {
                Format::Json => json(&told),
                Format::Markdown => markdown(&told),
                _ => text(&told, terminal.colors_data()),
            })?;
            !told.is_empty()
        };
        let has_errors = people.findings(findings, &project.sources)?;
        Ok(match (has_errors, differs) {
            (true, _) => Outcome::Errors,
            (false, true) => Outcome::Differences,
            (false, false) => Outcome::Fine,
        })
    }

    /// The files that are compared with.
    fn baseline(&self, project: &Path, stage: &str) -> Result<Baseline> {
        let own = self.out.join(stage);
        let Some(against) = &self.against else {
            return Ok(Baseline { files: write::ours(&project.join(&own))?, shown: own.display().to_string() });
        };
        // A folder with the stage's files, or with the folders of stages.
        for folder in [PathBuf::from(against), Path::new(against).join(stage)] {
            if folder.join(INDEX).is_file() {
                return Ok(Baseline { files: write::ours(&folder)?, shown: folder.display().to_string() });
            }
        }
        if Path::new(against).is_dir() {
            let reason = format!("neither it nor `{stage}` in it has an `{INDEX}`");
            return Err(Failure::file("compare with", Path::new(against), reason));
        }
        let commit = git::commit(project, against)?;
        let files = write::ours_among(git::folder(project, &commit, &own)?);
        Ok(Baseline { files, shown: against.clone() })
    }

    /// The files side by side, line by line; whether any differs.
    fn unified(&self, compiled: &Compiled, baseline: &Baseline, terminal: &Terminal) -> Result<bool> {
        let folder = self.out.join(&compiled.model.stage.name.value).display().to_string();
        let (old, new) = (&baseline.files, &compiled.files);
        let mut differs = 0;
        for file in new.keys().chain(old.keys().filter(|file| !new.contains_key(*file))) {
            differs += check::differs_in(&folder, file, old, new, terminal)?;
        }
        Ok(differs > 0)
    }
}

/// Files that differ and say what the templates do not. The manifest, the index, the page and the scripts say it in other words.
pub(super) fn others(old: &Files, new: &Files) -> Vec<String> {
    let is_template = |file: &str| file.ends_with(".yaml") && file != COMPOSE;
    let is_other = |file: &&String| !is_template(file) && !file.ends_with(SCRIPT_ENDING) && **file != README;
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).filter(is_other).collect();
    all.into_iter().filter(|file| old.get(*file) != new.get(*file)).cloned().collect()
}
