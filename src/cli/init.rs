//! `init`: a project to start from, and the files with which others call the compiler.

mod place;

use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Result, StageArgs, disk};
use crate::compile::compile;
use crate::diag::{Diagnostics, did_you_mean};
use crate::emit::Files;
use crate::init::starter::{self, STARTERS, Starter};
use crate::init::{self, git_sync, github};
use crate::project::{BASE, InputFile, Project};
use crate::render::Renderer;
use crate::stage::slug;
use crate::{aws, ci};

/// Start a project, or add files with which others call the compiler.
///
/// Asks nothing, and writes only what is not there: where one of its files exists and says something else, nothing is written at all.
/// What it writes is yours to change. Several at once are fine.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  reggie-cfn init --from minimal                a project in this folder, named after it\n  \
    reggie-cfn init --from minimal --project shop --region eu-central-1\n  \
    reggie-cfn init --ci github --pre-commit      workflows and a hook for the project in this folder"
)]
pub(crate) struct Init {
    /// A whole project: layers in `environments/`, and what else it takes to build and to package at once.
    #[arg(long, value_name = "PROJECT", value_parser = PossibleValuesParser::new(STARTERS.iter().map(|s| PossibleValue::new(s.word).help(s.summary))))]
    from: Option<String>,
    /// The project's name, which begins the names of its stacks; that of its folder unless given (an example keeps its own).
    #[arg(long, requires = "from")]
    name: Option<String>,
    /// The AWS region of the project; that of the project it is made from unless given.
    #[arg(long, requires = "from")]
    region: Option<String>,
    /// Workflows that deploy the project's stages, make a preview for each pull request, and check it.
    #[arg(long, value_name = "WHERE", value_enum)]
    ci: Option<Ci>,
    /// `.pre-commit-config.yaml`, with the hook that runs `reggie-cfn check`.
    #[arg(long)]
    pre_commit: bool,
    /// Deployment files for Git sync of CloudFormation, one a stack, in `deployments/<stage>/`; of all permanent stages unless named.
    #[arg(long, value_name = "STAGE", num_args = 0..)]
    git_sync: Option<Vec<String>>,
}

/// Who runs workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ci {
    /// GitHub Actions, in `.github/`.
    Github,
}

impl Init {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let mut files = Files::new();
        let starter = STARTERS.iter().find(|starter| Some(starter.word) == self.from.as_deref());
        if let Some(starter) = starter {
            files.extend(self.started(starter, &common.project)?);
        }
        if self.pre_commit {
            files.extend(init::pre_commit());
        }
        let mut next = starter.map(|starter| first_steps(&common.project, starter.stage)).unwrap_or_default();
        if self.ci.is_some() || self.git_sync.is_some() {
            let (project, mut findings) = match starter {
                Some(_) => (project_of(&files), Diagnostics::default()),
                None => match disk::load_or_tell(&common.project, terminal)? {
                    Some(loaded) => loaded,
                    None => return Ok(Outcome::Errors),
                },
            };
            if let Some(Ci::Github) = self.ci {
                next.extend(workflows(&project, &mut files)?);
            }
            for stage in self.synced(&project)? {
                let mut own = Diagnostics::default();
                if let Some(compiled) = compile(&project, &stage, &Renderer::new(), &mut own) {
                    files.extend(git_sync::files(&compiled, "out"));
                }
                findings.merge(own, Some(&stage));
            }
            if terminal.findings(findings, &project.sources)? {
                return Ok(Outcome::Errors);
            }
        }
        let written = place::all(&common.project, &files)?;
        if terminal.for_people() {
            terminal.data(&told(&files, &written))?;
            terminal.data(&listed(&next))?;
        }
        Ok(Outcome::Fine)
    }

    /// The stages whose stacks Git sync is to follow.
    fn synced(&self, project: &Project) -> Result<Vec<String>> {
        let Some(stages) = &self.git_sync else { return Ok(Vec::new()) };
        disk::stages(project, &StageArgs { stages: stages.clone(), all: false, out: "out".into() })
    }

    /// The files of a new project.
    fn started(&self, starter: &Starter, folder: &Path) -> Result<Files> {
        let name = match &self.name {
            Some(name) if !starter::is_name(name) => {
                return Err(Failure::Usage(format!(
                    "`{name}` cannot be a project's name: small letters, digits and hyphens, at most 24, the first a letter"
                )));
            }
            Some(name) => Some(name.clone()),
            None if starter.is_example => None,
            None => Some(named_after(folder)?),
        };
        if let Some(region) = self.region.as_deref().filter(|region| aws::region_bit(region).is_none()) {
            let near = did_you_mean(region, aws::regions()).map(|near| format!("; did you mean `{near}`?"));
            return Err(Failure::Usage(format!("`{region}` is no region of AWS{}", near.unwrap_or_default())));
        }
        let mut files = starter.files(name.as_deref(), self.region.as_deref());
        files.extend(starter::ignored(&project_of(&files)));
        Ok(files)
    }
}

/// The project whose layers are among some files.
fn project_of(files: &Files) -> Project {
    let layers = files.iter().filter(|(path, _)| path.starts_with("environments/") && path.ends_with(".yaml"));
    let layers = layers.map(|(path, text)| InputFile { path: path.clone(), text: text.clone() });
    Project::load(layers.collect(), &mut Diagnostics::default())
}

/// The name of the project's folder, as a project can have it.
fn named_after(folder: &Path) -> Result<String> {
    // One that is still to be made has the name that was given.
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().and_then(|name| name.to_str()).map(slug).unwrap_or_default();
    match starter::is_name(&name) {
        true => Ok(name),
        false => Err(Failure::Usage("the project cannot be named after its folder; name it with --name".to_owned())),
    }
}

/// A line a file.
fn told(files: &Files, written: &[String]) -> String {
    let line = |path: &String| match written.contains(path) {
        true => format!("{path}\n"),
        false => format!("{path}, which is there already\n"),
    };
    files.keys().map(line).collect()
}

/// A command, and what it is for.
type Step = (String, String);

/// Adds the workflows of a project to some files; gives what else they need.
fn workflows(project: &Project, files: &mut Files) -> Result<Vec<Step>> {
    let stages = ci::deployed(project);
    if stages.iter().all(|stage| stage.is_preview) {
        return Err(Failure::Usage("the project has no permanent stage; workflows deploy such stages".to_owned()));
    }
    files.extend(github::files(&stages));
    let base = project.layers.get(BASE).map(|base| &base.tree);
    let mut next = Vec::new();
    if base.and_then(|base| base.get("github")).is_none() {
        let block = "github: {repository: OWNER/NAME}".to_owned();
        next.push((block, "write this into environments/base.yaml: the bootstrap then makes the roles".to_owned()));
    }
    next.push((
        "reggie-cfn build".to_owned(),
        "then deploy out/_bootstrap/, by somebody who may make roles".to_owned(),
    ));
    let name = base.and_then(|base| base.get("project")?.as_text()).unwrap_or_default();
    next.extend(github::commands(name, &stages).into_iter().map(|command| (command, String::new())));
    Ok(next)
}

/// What to do with a new project.
fn first_steps(folder: &Path, stage: &str) -> Vec<Step> {
    let project = match folder {
        here if here == Path::new(".") => String::new(),
        folder => format!(" --project {}", folder.display()),
    };
    let out = folder.join(format!("out/{stage}/deploy.sh"));
    let out = out.strip_prefix(".").unwrap_or(&out).display().to_string();
    let step = |command: String, what: &str| (command, what.to_owned());
    vec![
        step(format!("reggie-cfn build{project}"), "compile the permanent stages; commit environments/ and out/"),
        step(format!("reggie-cfn package {stage}{project} --dry-run"), "see what a release would consist of"),
        step(format!("{out} --dry-run"), "see what a deploy would do"),
    ]
}

/// What to do now.
fn listed(steps: &[Step]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let explained = steps.iter().filter(|(_, what)| !what.is_empty());
    let width = explained.map(|(command, _)| command.len()).max().unwrap_or(0);
    let line = |(command, what): &Step| match what.is_empty() {
        true => format!("  {command}\n"),
        false => format!("  {command:width$}  # {what}\n"),
    };
    format!("\nNext:\n{}", steps.iter().map(line).collect::<String>())
}
