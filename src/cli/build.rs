//! `build`: compile, then write each stage's folder whole, and what all stages share.

use std::collections::BTreeMap;

use clap::Args;

use super::docs::Page;
use super::report::{Outcome, Terminal};
use super::write::{self, Writing};
use super::{Common, Result, StageArgs, disk, git};
use crate::bootstrap::{self, Needs, bootstrap};
use crate::built::Built;
use crate::compile::{Compiled, compile, zones};
use crate::diag::Diagnostics;
use crate::dns::claims;
use crate::emit::{Files, INDEX, MANIFEST, shared_scripts};
use crate::overlay::check_names;
use crate::project::Project;
use crate::render::Renderer;
use crate::survey::{Usage, gone, quotas, survey};

/// Compile stages and write their folders below `out/`.
///
/// No folder changes unless every stage compiles. Each stage's folder switches whole: a crash leaves the old one or the
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
        let count = disk::stages(&project, &self.stages)?.len();
        // What is made is written beside what stands, stage by stage, so that no more than one is in memory; it takes its place when all
        // of them have compiled. What is wrong with the layers is told before what is wrong with the disk.
        let (mut writing, mut told, mut failed) = (Writing::new(&out, count), Vec::new(), None);
        let mut page = Page::standing(common, &self.stages, &project)?;
        let (all, mut findings) = make_all(common, &self.stages, &project, findings, |compiled, built, _| {
            let name = &compiled.model.stage.name.value;
            if failed.is_some() {
                return Ok(None);
            }
            let prepared = writing.prepare(name, built, &compiled.files).map_err(|failure| failed = Some(failure)).ok();
            if let Some(prepared) = prepared.as_ref().filter(|_| terminal.for_people()) {
                told.push(summary(&compiled, &self.stages.out.join(name).display().to_string(), prepared.changed));
            }
            if let Some(page) = &mut page {
                page.tell(compiled);
            }
            Ok(prepared)
        })?;
        let page = page.and_then(|page| page.finish(&mut findings));
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        if let Some(failure) = failed {
            return Err(failure);
        }
        writing.exchange(all.stages.into_iter().flatten().collect())?;
        drop(writing);
        for lines in &told {
            terminal.data(lines)?;
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
        if let Some(page) = page {
            page.write(terminal)?;
        }
        Ok(Outcome::Fine)
    }
}

/// What a run makes.
pub(super) struct All<T> {
    /// What is kept of each stage. The trees behind its text are many times as large as the text.
    pub(super) stages: Vec<T>,
    /// What they share, by the file's name.
    pub(super) bootstrap: Files,
    /// What belongs to a zone and not to a stage, by the zone's name. One that no stage knows any more has none.
    pub(super) zones: BTreeMap<String, Files>,
}

/// Compiles every stage and compares it with its folder of the last build; findings of all of them together. `keep` looks at each
/// compiled stage, and at its folder, before it is gone, and gives what is kept of it.
pub(super) fn make_all<T>(
    common: &Common,
    args: &StageArgs,
    project: &Project,
    mut findings: Diagnostics,
    mut keep: impl FnMut(Compiled, &Files, &mut Diagnostics) -> Result<T>,
) -> Result<(All<T>, Diagnostics)> {
    let renderer = Renderer::new();
    let mut all = All { stages: Vec::new(), bootstrap: Files::new(), zones: BTreeMap::new() };
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
            // What runs here uses nothing of an account.
            if !compiled.model.stage.is_local() {
                needs.add(&compiled);
                usages.push(Usage::of(&compiled));
            }
            all.stages.push(keep(compiled, &built, &mut own)?);
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
fn summary(compiled: &Compiled, folder: &str, changed: usize) -> String {
    let mut lines = String::new();
    let (stage, stacks) = (&compiled.model.stage, &compiled.linked.stacks);
    if stage.is_local() {
        return local_summary(compiled, folder, changed);
    }
    let width = stacks.iter().map(|stack| stack.file.len()).max().unwrap_or(0);
    let mut resources = 0;
    for stack in stacks {
        let (file, count) = (&stack.file, stack.template.resources.len());
        let bytes = compiled.files.get(file).map_or(0, String::len);
        let plural = if count == 1 { " " } else { "s" };
        lines.push_str(&format!("{folder}/{file:width$}  {count:>3} resource{plural}  {bytes:>6} bytes\n"));
        resources += count;
    }
    let counted = |count: usize, of: &str| format!("{count} {of}{}", if count == 1 { "" } else { "s" });
    let (stacks, resources) = (counted(stacks.len(), "stack"), counted(resources, "resource"));
    lines.push_str(&format!("{}: {stacks}, {resources}, {}\n", stage.name.value, change(changed)));
    lines
}

/// A line a file that people use, and one for the stage.
fn local_summary(compiled: &Compiled, folder: &str, changed: usize) -> String {
    let used = || compiled.files.iter().filter(|(file, _)| !matches!(file.as_str(), INDEX | MANIFEST));
    let width = used().map(|(file, _)| file.len()).max().unwrap_or(0);
    let mut lines: String =
        used().map(|(file, text)| format!("{folder}/{file:width$}  {:>6} bytes\n", text.len())).collect();
    let name = &compiled.model.stage.name.value;
    lines.push_str(&format!("{name}: a local stage without stacks, {}\n", change(changed)));
    lines
}

/// How many files changed.
pub(super) fn change(changed: usize) -> String {
    match changed {
        0 => "nothing changed".to_owned(),
        1 => "1 file changed".to_owned(),
        n => format!("{n} files changed"),
    }
}
