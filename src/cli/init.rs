//! `init`: a project to start from, and the files with which others call the compiler.

mod place;

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValue;
use clap::builder::PossibleValuesParser;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Result};
use crate::aws;
use crate::diag::{Diagnostics, did_you_mean};
use crate::emit::Files;
use crate::init::starter::{self, STARTERS, Starter};
use crate::project::{InputFile, Project};
use crate::stage::slug;

/// Start a project, or add files with which others call the compiler.
///
/// Asks nothing, and writes only what is not there: where one of its files exists and says something else, nothing is written at all.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  reggie-cfn init --from minimal                a project in this folder, named after it\n  \
    reggie-cfn init --from minimal --project shop --region eu-central-1"
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
}

impl Init {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let mut files = Files::new();
        if let Some(starter) = STARTERS.iter().find(|starter| Some(starter.word) == self.from.as_deref()) {
            files.extend(self.started(starter, &common.project)?);
        }
        let written = place::all(&common.project, &files)?;
        if terminal.for_people() {
            terminal.data(&told(&files, &written))?;
            terminal.data(&next(&common.project))?;
        }
        Ok(Outcome::Fine)
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

/// What to do now.
fn next(folder: &Path) -> String {
    let project = match folder {
        here if here == Path::new(".") => String::new(),
        folder => format!(" --project {}", folder.display()),
    };
    let out = folder.join("out/production/deploy.sh");
    let rows = [
        (format!("reggie-cfn build{project}"), "compile the permanent stages; commit environments/ and out/"),
        (format!("reggie-cfn package production{project} --dry-run"), "see what a release would consist of"),
        (format!("{} --dry-run", out.strip_prefix(".").unwrap_or(&out).display()), "see what a deploy would do"),
    ];
    let width = rows.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    let lines = rows.iter().map(|(command, what)| format!("  {command:width$}  # {what}\n"));
    format!("\nNext:\n{}", lines.collect::<String>())
}
