//! `build`: compile, then write each stage's folder whole, and what all stages share.

use std::collections::BTreeMap;

use clap::Args;

use super::report::{Outcome, Terminal};
use super::{Common, Result, StageArgs, disk, git, write};
use crate::bootstrap::{self, Needs, bootstrap};
use crate::built::Built;
use crate::compile::{Compiled, compile, zones};
use crate::diag::Diagnostics;
use crate::dns::claims;
use crate::emit::{Files, INDEX, MANIFEST, shared_scripts};
use crate::overlay::check_names;
use crate::project::Project;
use crate::render::Renderer;
use crate::stage::Stage;
use crate::survey::{Usage, gone, quotas, survey};

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
        let out = common.project.join(&self.stages.out);
        let (all, findings) = make_all(common, &self.stages, &project, findings, |_, _| Ok(()))?;
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        for made in &all.stages {
            let name = &made.stage.name.value;
            let changed = write::folder(&out, name, &made.files)?;
            if terminal.for_people() {
                terminal.data(&summary(made, &self.stages.out.join(name).display().to_string(), changed))?;
            }
        }
        let changed = write::shared(&out, bootstrap::FOLDER, &all.bootstrap)?;
        if terminal.for_people() && changed > 0 {
            let folder = self.stages.out.join(bootstrap::FOLDER);
            terminal.data(&format!("{}: {}\n", folder.display(), change(changed)))?;
        }
        for (zone, files) in &all.zones {
            let folder = self.stages.out.join(claims::FOLDER).join(zone);
            let changed = write::folder(&out.join(claims::FOLDER), zone, files)?;
            if terminal.for_people() && changed > 0 {
                terminal.data(&format!("{}: {}\n", folder.display(), change(changed)))?;
            }
        }
        Ok(Outcome::Fine)
    }
}

/// What is kept of a compiled stage until all of them have compiled: its text, and what is said of it. The trees behind
/// the text are many times as large.
pub(super) struct Made {
    /// The stage.
    pub(super) stage: Stage,
    /// The files of its folder.
    pub(super) files: Files,
    /// The file of each stack, and its number of resources.
    stacks: Vec<(String, usize)>,
}

impl Made {
    fn of(compiled: Compiled) -> Made {
        let stacks = compiled.linked.stacks.into_iter().map(|s| (s.file, s.template.resources.len()));
        Made { stacks: stacks.collect(), stage: compiled.model.stage, files: compiled.files }
    }
}

/// What a run makes.
#[derive(Default)]
pub(super) struct All {
    /// The stages.
    pub(super) stages: Vec<Made>,
    /// What they share, by the file's name.
    pub(super) bootstrap: Files,
    /// What belongs to a zone and not to a stage, by the zone's name. One that no stage knows any more has none.
    pub(super) zones: BTreeMap<String, Files>,
}

/// Compiles every stage and compares it with its folder of the last build; findings of all of them together. `also` looks at each
/// compiled stage before it is gone.
pub(super) fn make_all(
    common: &Common,
    args: &StageArgs,
    project: &Project,
    mut findings: Diagnostics,
    mut also: impl FnMut(&Compiled, &mut Diagnostics) -> Result<()>,
) -> Result<(All, Diagnostics)> {
    let renderer = Renderer::new();
    let mut all = All::default();
    let mut needs = Needs::default();
    let mut usages = Vec::new();
    let out = common.project.join(&args.out);
    let named = project.named_stages();
    let stages = disk::stages(project, args)?;
    check_names(&stages, &mut findings);
    for stage in &stages {
        let mut own = Diagnostics::default();
        if let Some(compiled) = compile(project, stage, &renderer, &mut own) {
            let name = compiled.model.stage.name.value.as_str();
            let folder = args.out.join(name);
            let built = write::ours(&common.project.join(&folder))?;
            // What is compared is what was committed, so that two builds let nothing pass that one does not. Where nothing has
            // changed, or the stage comes and goes, there is nothing to ask git for.
            let asks = built != compiled.files && (named.contains(&name) || Built::stays(&built));
            let committed = asks.then(|| git::committed(&common.project, &folder)).flatten();
            if built.is_empty() && committed.is_some() {
                own.push(gone(&compiled, &folder.display().to_string()));
            }
            survey(&compiled, &project.sources, committed.as_ref().unwrap_or(&built), &mut own);
            also(&compiled, &mut own)?;
            // What runs here uses nothing of an account.
            if !compiled.model.stage.is_local() {
                needs.add(&compiled);
                usages.push(Usage::of(&compiled));
            }
            all.stages.push(Made::of(compiled));
        }
        findings.merge(own, Some(stage));
    }
    if !findings.has_errors() {
        all.bootstrap = bootstrap(project, &needs, &renderer, &mut findings).files;
        if !all.bootstrap.is_empty() {
            all.bootstrap.extend(shared_scripts());
        }
        usages.extend(disk::built(&out, &usages));
        if let Some(zones) = zones(project) {
            let gone = write::folders(&out.join(claims::FOLDER))?.into_iter().map(|name| (name, Files::new()));
            all.zones = gone.chain(zones).collect();
        }
        let mut shared = write::ours(&out.join(bootstrap::FOLDER))?;
        shared.extend(all.bootstrap.clone());
        quotas(&usages, &shared, &mut findings);
    }
    Ok((all, findings))
}

/// A line a stack, and one for the stage.
fn summary(made: &Made, folder: &str, changed: usize) -> String {
    let mut lines = String::new();
    if made.stage.is_local() {
        return local_summary(made, folder, changed);
    }
    let width = made.stacks.iter().map(|(file, _)| file.len()).max().unwrap_or(0);
    for (file, count) in &made.stacks {
        let bytes = made.files.get(file).map_or(0, String::len);
        let plural = if *count == 1 { " " } else { "s" };
        lines.push_str(&format!("{folder}/{file:width$}  {count:>3} resource{plural}  {bytes:>6} bytes\n"));
    }
    let counted = |count: usize, of: &str| format!("{count} {of}{}", if count == 1 { "" } else { "s" });
    let resources = counted(made.stacks.iter().map(|(_, count)| count).sum(), "resource");
    let stacks = counted(made.stacks.len(), "stack");
    lines.push_str(&format!("{}: {stacks}, {resources}, {}\n", made.stage.name.value, change(changed)));
    lines
}

/// A line a file that people use, and one for the stage.
fn local_summary(made: &Made, folder: &str, changed: usize) -> String {
    let used = || made.files.iter().filter(|(file, _)| !matches!(file.as_str(), INDEX | MANIFEST));
    let width = used().map(|(file, _)| file.len()).max().unwrap_or(0);
    let mut lines: String =
        used().map(|(file, text)| format!("{folder}/{file:width$}  {:>6} bytes\n", text.len())).collect();
    lines.push_str(&format!("{}: a local stage without stacks, {}\n", made.stage.name.value, change(changed)));
    lines
}

/// How many files changed.
fn change(changed: usize) -> String {
    match changed {
        0 => "nothing changed".to_owned(),
        1 => "1 file changed".to_owned(),
        n => format!("{n} files changed"),
    }
}
