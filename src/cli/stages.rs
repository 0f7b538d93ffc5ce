//! `stages`: what there is to compile, and what stands and is over.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, clock, disk, git, input};
use crate::diag::Diagnostics;
use crate::project::{Applies, Layer, Project};
use crate::sweep::{self, Day, Known, Page, Pulls, Standing};

/// List the stages and the layers that make them; with --sweep, those that come and go and are over.
///
/// --sweep lists the stages whose branch is gone, whose pull request is closed, or whose `expire_days` have passed since they were deployed
/// last, with the commands that take them down. Nothing is run. What is only unknown is not listed: git is asked for what it has fetched,
/// and nothing is fetched.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes of --sweep: 0 no stage is over, 3 some are.\n\nExamples:\n  reggie-cfn stages\n  \
    aws cloudformation describe-stacks --region eu-west-2 > stacks.json\n  gh pr list --state all --limit 1000 --json number,state > pulls.json\n  \
    git fetch --all --prune\n  reggie-cfn stages --sweep --deployed stacks.json --pulls pulls.json")]
pub(crate) struct Stages {
    /// List the stages that are over: of those that `--deployed` names, or that were built into `out/`.
    #[arg(long)]
    sweep: bool,
    /// What is deployed, as `aws cloudformation describe-stacks` prints it, a file or more for each region; `-` is the standard input.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "sweep")]
    deployed: Vec<PathBuf>,
    /// Which pull requests are open, as `gh pr list --state all --limit 1000 --json number,state` prints it; `-` is the standard input.
    #[arg(long, value_name = "FILE", requires = "sweep")]
    pulls: Option<PathBuf>,
    /// The day for which it is asked, in place of today.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "sweep")]
    today: Option<String>,
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out", requires = "sweep")]
    out: PathBuf,
}

impl Stages {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if self.sweep {
            return self.sweep(common, &terminal.with_findings_as_text());
        }
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

    /// Lists what is over.
    fn sweep(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Sarif | Format::Github) {
            return Err(Failure::Usage("what is over is listed as --format text or json".to_owned()));
        }
        let today = match &self.today {
            None => clock::now().day(),
            Some(text) => Day::read(text)
                .ok_or_else(|| Failure::Usage(format!("--today {text}: a day is written as 2026-11-22")))?,
        };
        input::stdin_once(self.deployed.iter().chain(&self.pulls))?;
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let (standing, regions) = self.standing(common, &mut project, &mut findings)?;
        let pulls = self.pulls(&mut project, &mut findings)?;
        if findings.has_errors() {
            terminal.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        }
        let branches = git::branches(&common.project);
        let over = sweep::over(&project, standing, &Known { regions, branches, pulls, today }, &mut findings);
        let page = self.page(common, today);
        terminal.data(&match common.format {
            Format::Json => sweep::json(&page, &over),
            _ => sweep::text(&page, &over),
        })?;
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        Ok(if over.is_empty() { Outcome::Fine } else { Outcome::Differences })
    }

    /// The stages that stand, and the regions in which it was asked for them: as AWS says it, or else those that were built here.
    fn standing(
        &self,
        common: &Common,
        project: &mut Project,
        findings: &mut Diagnostics,
    ) -> Result<(Vec<Standing>, BTreeSet<String>)> {
        if self.deployed.is_empty() {
            return Ok((disk::standing(&common.project.join(&self.out)), BTreeSet::new()));
        }
        let files = input::add(&self.deployed, &mut project.sources)?;
        let Some(name) = project.name().map(str::to_owned) else {
            return Err(Failure::Usage("the base says no `project`, by which stacks are known".to_owned()));
        };
        let deployed = sweep::stacks(&files, &name, &project.sources, findings);
        Ok((deployed.standing.into_values().collect(), deployed.regions))
    }

    fn pulls(&self, project: &mut Project, findings: &mut Diagnostics) -> Result<Option<Pulls>> {
        let Some(path) = &self.pulls else { return Ok(None) };
        let as_of = input::changed(path).unwrap_or_else(clock::now);
        let files = input::add(std::slice::from_ref(path), &mut project.sources)?;
        Ok(files.first().map(|file| sweep::pulls(*file, as_of, &project.sources, findings)))
    }

    /// The commands as they are to be called from here.
    fn page(&self, common: &Common, today: Day) -> Page {
        let (project, out) = (&common.project, &self.out);
        let is_here = project.as_os_str() == ".";
        let mut options = Vec::new();
        if !is_here {
            options.extend(["--project".to_owned(), project.display().to_string()]);
        }
        if out.as_os_str() != "out" {
            options.extend(["--out".to_owned(), out.display().to_string()]);
        }
        let out = if is_here { out.clone() } else { project.join(out) };
        Page { options, out: out.display().to_string(), today }
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
