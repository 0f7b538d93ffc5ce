//! `site`: what was built of a site, beside its component.

pub(super) mod folder;

use clap::{Args, Subcommand};

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Result, disk};
use crate::compile::compile;
use crate::diag::{Diagnostics, quote_list};
use crate::render::Renderer;
use crate::site::{self, NoSite};

/// Compare the build of a site with its component.
#[derive(Debug, Args)]
pub(crate) struct Site {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say whether what OpenNext built fits the component: paths, servers, caches, versions; writes nothing.
    ///
    /// Reads `open-next.output.json` in the folder of the build and the lock file of the app. Exit code 1 says that the site
    /// would not work as it was built; each finding shows what to write.
    Check(Check),
}

/// What is compared.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  reggie-cfn site check production Web\n  \
    reggie-cfn site check staging Web apps/web/.open-next --format github")]
struct Check {
    /// The stage that it is to be deployed to.
    stage: String,
    /// The component, a `nextjs`.
    component: String,
    /// The folder of the build, relative to the project; `.open-next` in the component's `path` unless written.
    path: Option<std::path::PathBuf>,
}

impl Site {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        match &self.command {
            Command::Check(check) => check.run(common, terminal),
        }
    }
}

impl Check {
    fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let Some(compiled) = compile(&project, &self.stage, &Renderer::new(), &mut own) else {
            findings.merge(own, Some(&self.stage));
            terminal.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        if compiled.model.stage.is_local() {
            let stage = &self.stage;
            return Err(Failure::Usage(format!(
                "`{stage}` is a local stage, on which sites run from their sources; name the stage that the build is for"
            )));
        }
        let site = site::find(&compiled, &self.component).map_err(|no| self.no_site(&no))?;
        let path = match &self.path {
            Some(path) => path.clone(),
            None => std::path::Path::new(site.path()).join(site::FOLDER),
        };
        let folder = folder::read(&common.project, &path, &mut project.sources)?;
        // What the stage itself is told about stands in `build` and `check`.
        let (mut told, mut findings) = (Diagnostics::default(), Diagnostics::default());
        let compared = site::check(&site, &project.sources, &folder, &mut told);
        findings.merge(told, Some(site.stage()));
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        if let Some(compared) = compared.filter(|_| terminal.for_people()) {
            let (path, component, stage) = (&folder.path, &self.component, site.stage());
            terminal.data(&format!("{path} fits {component} of {stage}: {compared}\n"))?;
        }
        Ok(Outcome::Fine)
    }

    fn no_site(&self, no: &NoSite) -> Failure {
        let (name, stage) = (&self.component, &self.stage);
        let help = match (&no.near, no.known.as_slice()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => "the stage has no component of kind `nextjs`".to_owned(),
            (None, known) => format!("components of kind `nextjs`: {}", quote_list(known)),
        };
        Failure::Usage(format!(
            "`{name}` of `{stage}` is {}, and only a build of `nextjs` can be checked; {help}",
            no.is
        ))
    }
}
