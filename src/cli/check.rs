//! `check`: compile and compare with what is committed; writes nothing.

use clap::Args;
use similar::TextDiff;

use super::docs::Page;
use super::policy::Rules;
use super::report::{Outcome, Terminal};
use super::{Common, Result, StageArgs, build, disk, write};
use crate::bootstrap;
use crate::dns::claims;
use crate::emit::Files;
use crate::stage::Stage;

/// Compile stages and compare with the committed `out/`; writes nothing.
///
/// Exit code 3 and a unified diff say that `out/` is not what the manifests compile to.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    stages: StageArgs,
    /// Evaluate the Guard rules in `policies/` as well.
    #[arg(long)]
    policy: bool,
}

/// What is kept of a compiled stage.
struct Made {
    stage: Stage,
    /// What stands in its folder, and what it compiles to, if that is not the same.
    differing: Option<(Files, Files)>,
}

impl Check {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let out = common.project.join(&self.stages.out);
        let rules = match self.policy {
            true => Some(Rules::load(&common.project, &mut project.sources, &mut findings)?),
            false => None,
        };
        let mut page = Page::standing(common, &self.stages, &project)?;
        let (all, mut findings) =
            build::make_all(common, &self.stages, &project, findings, |mut compiled, written, own| {
                if let Some(rules) = &rules {
                    rules.check(&compiled, &project.sources, own)?;
                }
                let stage = compiled.model.stage.clone();
                let files = std::mem::take(&mut compiled.files);
                if let Some(page) = &mut page {
                    page.tell(compiled);
                }
                let differing = (*written != files).then(|| (written.clone(), files));
                Ok(Made { stage, differing })
            })?;
        let page = page.and_then(|page| page.finish(&mut findings));
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        if let Some(rules) = rules.filter(|_| terminal.for_people()) {
            terminal.data(&rules.summary())?;
        }
        let mut differs = 0;
        for made in &all.stages {
            let name = &made.stage.name.value;
            // A preview's folder is not committed: where there is none, there is nothing to compare.
            if !made.stage.is_committed() && !out.join(name).exists() {
                continue;
            }
            let shown = self.stages.out.join(name).display().to_string();
            let before = differs;
            if let Some((written, files)) = &made.differing {
                for file in files.keys().chain(written.keys().filter(|f| !files.contains_key(*f))) {
                    differs += differs_in(&shown, file, written, files, terminal)?;
                }
            }
            if terminal.for_people() && before == differs {
                terminal.data(&format!("{name}: {shown}/ is fresh\n"))?;
            }
        }
        // Other stages may need other regions, and a preview alone one that is not committed.
        let written = write::ours(&out.join(bootstrap::FOLDER))?;
        let shown = self.stages.out.join(bootstrap::FOLDER).display().to_string();
        let commits = all.stages.iter().any(|made| made.stage.is_permanent());
        for file in all.bootstrap.keys().filter(|file| commits || written.contains_key(*file)) {
            differs += differs_in(&shown, file, &written, &all.bootstrap, terminal)?;
        }
        for (zone, files) in &all.zones {
            let written = write::ours(&out.join(claims::FOLDER).join(zone))?;
            let shown = self.stages.out.join(claims::FOLDER).join(zone).display().to_string();
            let all = files.keys().filter(|_| commits || !written.is_empty());
            for file in all.chain(written.keys().filter(|file| !files.contains_key(*file))) {
                differs += differs_in(&shown, file, &written, files, terminal)?;
            }
        }
        if let Some(page) = page {
            differs += page.differs(terminal)?;
        }
        if differs == 0 {
            return Ok(Outcome::Fine);
        }
        if terminal.for_people() {
            let files = if differs == 1 { "1 file is" } else { &format!("{differs} files are") };
            terminal
                .data(&format!("{files} not what the manifests compile to: run `reggie-cfn build` and commit\n"))?;
        }
        Ok(Outcome::Differences)
    }
}

/// Whether a file differs, 0 or 1; shows how.
pub(super) fn differs_in(folder: &str, file: &str, old: &Files, new: &Files, terminal: &Terminal) -> Result<usize> {
    let (old, new) = (old.get(file).map(String::as_str), new.get(file).map(String::as_str));
    if old == new {
        return Ok(0);
    }
    if terminal.for_people() {
        terminal.data(&unified(&format!("{folder}/{file}"), old, new))?;
    }
    Ok(1)
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
