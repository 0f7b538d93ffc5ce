//! `secrets`: what a stage needs, what is there, and how a file fills it. No value is ever printed.

mod apply;
mod aws;

use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, disk, input};
use crate::compile::{Compiled, compile};
use crate::diag::render::visible_line;
use crate::diag::{Diagnostics, did_you_mean, quote_list};
use crate::render::Renderer;
use crate::secrets::{self, Plan, Said, Secrets as Declared, check, dotenv, plan, plan_json, plan_text, read};
use crate::source::Sources;

/// List the secrets of a stage, with the commands that set them; compare them with what AWS holds; fill them from a file.
///
/// No value is ever printed, put into an argument or into an environment, or written to a file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  reggie-cfn secrets production\n  \
    aws ssm get-parameters-by-path --path /shop/production --recursive | reggie-cfn secrets production --check -\n  \
    sst secret list --stage production | reggie-cfn secrets production --from-env - --apply")]
pub(crate) struct Secrets {
    /// The stage.
    #[arg(value_name = "STAGE")]
    stage: String,
    /// Another region than the stage's, in which functions of it need secrets as well.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Which to list; all of them unless named.
    #[arg(value_name = "NAME", conflicts_with_all = ["check", "from_env"])]
    names: Vec<String>,
    /// Compare with what `aws ssm get-parameters-by-path` and `aws secretsmanager get-secret-value` printed; `-` is the standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    check: Vec<PathBuf>,
    /// A file with a line a secret, `NAME=value`, as `sst secret list` prints it; `-` is the standard input.
    #[arg(long, value_name = "FILE")]
    from_env: Option<PathBuf>,
    /// Write the values of the file by `aws`; without it the plan is told, with exit code 3 where something would be written.
    #[arg(long, requires = "from_env", conflicts_with = "check")]
    apply: bool,
    /// Replace values that are there already.
    #[arg(long, requires = "from_env")]
    overwrite: bool,
}

impl Secrets {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        input::stdin_once(self.check.iter().chain(&self.from_env))?;
        if matches!(common.format, Format::Sarif | Format::Github) && (self.check.is_empty() || self.from_env.is_some())
        {
            return Err(Failure::Usage("secrets are listed as --format text or json".to_owned()));
        }
        // A list is one document: what is found stands beside it.
        let beside = if self.check.is_empty() { terminal.with_findings_as_text() } else { *terminal };
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, &beside)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let Some(compiled) = compile(&project, &self.stage, &Renderer::new(), &mut own) else {
            findings.merge(own, Some(&self.stage));
            beside.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        if compiled.model.stage.is_local() {
            let stage = &compiled.model.stage;
            let reason = match &stage.secrets_from.value {
                from if *from == stage.name.value => {
                    "nothing keeps its secrets: their values stand in `.env` files".to_owned()
                }
                from => format!("it reads those of `{from}`: `reggie-cfn secrets {from}`"),
            };
            return Err(Failure::Usage(format!("`{}` is a local stage; {reason}", stage.name.value)));
        }
        // What the stage itself is told about stands in `build` and `check`.
        let Some(declared) = secrets::secrets(&compiled, self.region.as_deref()) else {
            let region = self.region.as_deref().unwrap_or_default();
            let regions: Vec<&str> = compiled.linked.secrets_elsewhere.keys().map(String::as_str).collect();
            let help = match regions.as_slice() {
                [] => "all its secrets are kept in its own region".to_owned(),
                regions => format!("it needs some in {}", quote_list(regions)),
            };
            return Err(Failure::Usage(format!("`{}` needs no secrets in `{region}`; {help}", self.stage)));
        };
        match &self.from_env {
            Some(from) => self.fill(from, &compiled, &declared, &mut project.sources, common, terminal),
            None if self.check.is_empty() => self.list(&declared, common, terminal),
            None => self.compare(&compiled, &declared, &mut project.sources, terminal),
        }
    }

    fn list(&self, declared: &Declared<'_>, common: &Common, terminal: &Terminal) -> Result {
        if let Some(unknown) = self.names.iter().find(|name| declared.of(name).is_none()) {
            let known: Vec<&str> = declared.all.iter().map(|declared| declared.name).collect();
            let help = match did_you_mean(unknown, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "it declares none".to_owned(),
                None => format!("it declares {}", quote_list(&known)),
            };
            return Err(Failure::Usage(format!("`{unknown}` is no secret of `{}`; {help}", declared.stage)));
        }
        terminal.data(&match common.format {
            Format::Json => secrets::json(declared, &self.names),
            _ => secrets::text(declared, &self.names),
        })?;
        Ok(Outcome::Fine)
    }

    /// What AWS said, by the files that are given.
    fn said(&self, sources: &mut Sources, findings: &mut Diagnostics) -> Result<Said> {
        let files = self.check.iter().map(|path| Ok((shown(path), input::text(path)?)));
        Ok(read(files.collect::<Result<Vec<_>>>()?, sources, findings))
    }

    fn compare(
        &self,
        compiled: &Compiled,
        declared: &Declared<'_>,
        sources: &mut Sources,
        terminal: &Terminal,
    ) -> Result {
        let mut findings = Diagnostics::default();
        let said = self.said(sources, &mut findings)?;
        // Of files that cannot be read it is not known what they lack.
        if !findings.has_errors() {
            check(declared, &said, &compiled.origins, &mut findings);
        }
        if terminal.findings(findings, sources)? {
            return Ok(Outcome::Errors);
        }
        if terminal.for_people() {
            let (all, there) = (declared.all.len(), declared.all.iter().filter(|one| said.has(one)).count());
            terminal.data(&format!("{there} of {all} secrets of {} are there\n", declared.stage))?;
        }
        Ok(Outcome::Fine)
    }

    fn fill(
        &self,
        from: &Path,
        compiled: &Compiled,
        declared: &Declared<'_>,
        sources: &mut Sources,
        common: &Common,
        terminal: &Terminal,
    ) -> Result {
        if declared.values_of != declared.stage {
            return Err(Failure::Usage(format!(
                "the values of `{}` are those of `{1}` (`secrets_from`); fill them there: reggie-cfn secrets {1} --from-env …",
                declared.stage, declared.values_of
            )));
        }
        let people = terminal.with_findings_as_text();
        let mut findings = Diagnostics::default();
        let given = dotenv(shown(from), &input::text(from)?, declared.stage, sources, &mut findings);
        let said = match self.check.as_slice() {
            [] if self.apply && !findings.has_errors() => Some(apply::ask(declared, sources, &mut findings)?),
            [] => None,
            _ => Some(self.said(sources, &mut findings)?),
        };
        if findings.has_errors() {
            people.findings(findings, sources)?;
            return Ok(Outcome::Errors);
        }
        let decided = plan(declared, &given, said.as_ref(), self.overwrite, &compiled.origins, &mut findings);
        if people.findings(findings, sources)? {
            return Ok(Outcome::Errors);
        }
        match common.format {
            Format::Json => terminal.data(&plan_json(declared, &decided, self.apply))?,
            _ => terminal.data(&plan_text(declared, &decided, &shown(from)))?,
        }
        if self.apply {
            apply::apply(declared, &decided, terminal)?;
            return Ok(Outcome::Fine);
        }
        if terminal.for_people() {
            terminal.data(&not_written(&decided))?;
        }
        Ok(if decided.written() > 0 { Outcome::Differences } else { Outcome::Fine })
    }
}

/// What stands below a plan that nobody carries out.
fn not_written(decided: &Plan<'_>) -> String {
    let known = if decided.is_known { "" } else { "; what is there already would be left, and was not asked for" };
    match decided.written() {
        0 => "Nothing to write.\n".to_owned(),
        count => format!("{count} to write, with --apply{known}.\n"),
    }
}

/// A path as messages name it.
fn shown(path: &Path) -> String {
    visible_line(&path.display().to_string())
}
