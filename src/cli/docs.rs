//! `docs`: the page of the product. Once it is there, `build` of all stages keeps it fresh, and `check` of all says where it is not.

use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Outcome, Terminal};
use super::{Common, Result, StageArgs, build, check, disk, write};
use crate::compile::{Compiled, compile};
use crate::diag::Diagnostics;
use crate::docs::{Told, page, samples};
use crate::emit::{Files, README as PAGE};
use crate::project::Project;
use crate::render::Renderer;

/// Write the page of the product, `out/README.md`: all of its stages side by side.
///
/// GitHub shows it where the folder is opened. Once it is there, `build` without a stage writes it anew, and `check` without a stage says
/// whether it is fresh.
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

/// The page, while stages are compiled that it tells of.
pub(super) struct Page<'p> {
    project: &'p Project,
    out: PathBuf,
    /// How people name it.
    shown: String,
    /// What stands there.
    written: Files,
    told: Vec<Told>,
}

impl Docs {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let all = StageArgs { stages: Vec::new(), all: true, out: self.out.clone() };
        let mut page = Page::of(common, &self.out, &project)?;
        let renderer = Renderer::new();
        for stage in disk::stages(&project, &all)? {
            let mut own = Diagnostics::default();
            if let Some(compiled) = compile(&project, &stage, &renderer, &mut own) {
                page.tell(compiled);
            }
            // What else there is to say of a stage stands in `build` and `check`.
            if own.has_errors() {
                findings.merge(own, Some(&stage));
            }
        }
        let made = page.finish(&mut findings);
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        if let Some(made) = made {
            made.write(terminal)?;
        }
        Ok(Outcome::Fine)
    }
}

impl<'p> Page<'p> {
    fn of(common: &Common, out: &Path, project: &'p Project) -> Result<Page<'p>> {
        let folder = common.project.join(out);
        let written = write::ours(&folder)?.into_iter().filter(|(name, _)| name == PAGE).collect();
        Ok(Page { project, out: folder, shown: out.display().to_string(), written, told: Vec::new() })
    }

    /// The page that stands, if there is one and a command is about all stages.
    pub(super) fn standing(common: &Common, args: &StageArgs, project: &'p Project) -> Result<Option<Page<'p>>> {
        if !args.stages.is_empty() {
            return Ok(None);
        }
        Ok(Some(Page::of(common, &args.out, project)?).filter(|page| !page.written.is_empty()))
    }

    /// Tells of a stage.
    pub(super) fn tell(&mut self, compiled: Compiled) {
        self.told.push(Told::of(compiled));
    }

    /// The page, with what is told of stages that come and go; nothing where any stage has errors.
    pub(super) fn finish(mut self, findings: &mut Diagnostics) -> Option<Made> {
        if findings.has_errors() {
            return None;
        }
        let renderer = Renderer::new();
        for sample in samples(self.project) {
            let mut own = Diagnostics::default();
            if let Some(compiled) = compile(self.project, &sample.stage, &renderer, &mut own) {
                self.told.push(Told::all_like(&sample, compiled, self.project));
            }
            if own.has_errors() {
                findings.merge(own, Some(&sample.stage));
            }
        }
        if findings.has_errors() {
            return None;
        }
        let text = page(self.project, self.told);
        Some(Made { out: self.out, shown: self.shown, written: self.written, text })
    }
}

/// The page as it is now.
pub(super) struct Made {
    out: PathBuf,
    shown: String,
    written: Files,
    text: String,
}

impl Made {
    /// Writes it, and says so.
    pub(super) fn write(&self, terminal: &Terminal) -> Result<()> {
        let changed = write::file(&self.out, PAGE, &self.text)?;
        if terminal.for_people() {
            terminal.data(&format!("{}/{PAGE}: {}\n", self.shown, build::change(usize::from(changed))))?;
        }
        Ok(())
    }

    /// Whether it differs from the one that stands, 0 or 1; shows how.
    pub(super) fn differs(&self, terminal: &Terminal) -> Result<usize> {
        let files = Files::from([(PAGE.to_owned(), self.text.clone())]);
        let differs = check::differs_in(&self.shown, PAGE, &self.written, &files, terminal)?;
        if differs == 0 && terminal.for_people() {
            terminal.data(&format!("{}/{PAGE} is fresh\n", self.shown))?;
        }
        Ok(differs)
    }
}
