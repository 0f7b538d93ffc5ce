//! `check`: compile and compare with what is committed; writes nothing.

use clap::Args;
use similar::TextDiff;

use super::report::{Outcome, Terminal};
use super::{Common, Result, StageArgs, build, disk, write};

/// Compile stages and compare with the committed `out/`; writes nothing.
///
/// Exit code 3 and a unified diff say that `out/` is not what the manifests compile to.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    stages: StageArgs,
}

impl Check {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((project, findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let out = common.project.join(&self.stages.out);
        let (made, findings) = build::make_all(&project, &disk::stages(&project, &self.stages)?, &out, findings)?;
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        let mut differs = Vec::new();
        for made in &made {
            let name = &made.stage.name.value;
            let folder = out.join(name);
            // A preview's folder is not committed: where there is none, there is nothing to compare.
            if !made.stage.is_permanent() && !folder.exists() {
                continue;
            }
            let written = write::ours(&folder)?;
            let shown = self.stages.out.join(name).display().to_string();
            let before = differs.len();
            for file in made.files.keys().chain(written.keys().filter(|f| !made.files.contains_key(*f))) {
                let old = written.get(file).map(String::as_str);
                let new = made.files.get(file).map(String::as_str);
                if old != new {
                    differs.push(format!("{shown}/{file}"));
                    if terminal.for_people() {
                        terminal.data(&unified(&format!("{shown}/{file}"), old, new))?;
                    }
                }
            }
            if terminal.for_people() && before == differs.len() {
                terminal.data(&format!("{name}: {shown}/ is fresh\n"))?;
            }
        }
        if differs.is_empty() {
            return Ok(Outcome::Fine);
        }
        if terminal.for_people() {
            let files = if differs.len() == 1 { "1 file is" } else { &format!("{} files are", differs.len()) };
            terminal
                .data(&format!("{files} not what the manifests compile to: run `reggie-cfn build` and commit\n"))?;
        }
        Ok(Outcome::Differences)
    }
}

/// A unified diff of one file; a missing side is `/dev/null`.
fn unified(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let name = |side: Option<&str>, prefix: &str| side.map_or("/dev/null".to_owned(), |_| format!("{prefix}/{path}"));
    TextDiff::from_lines(old.unwrap_or_default(), new.unwrap_or_default())
        .unified_diff()
        .context_radius(3)
        .header(&name(old, "a"), &name(new, "b"))
        .to_string()
}
