//! The pipeline: `load → overlay → validate → model → lower → render → link → verify → emit`, pure from end to end.

mod claims;
mod others;
mod short;
mod stand_in;

use std::collections::BTreeMap;

use crate::cost::{self, Estimate};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::dns;
use crate::emit::{self, Files};
use crate::link::{Linked, link};
use crate::lower::local::{LocalStage, local};
use crate::lower::{Lowered, lower};
use crate::model::{Model, model, settle};
use crate::origin::{OriginId, Origins};
use crate::overlay::{Overlaid, choose, overlay};
use crate::policy;
use crate::project::{Layer, Project};
use crate::reference;
use crate::render::Renderer;
use crate::schema;
use crate::value::{Kind, Value};
use crate::verify::verify;

pub use claims::{claims, zones};
use stand_in::{StandIns, stand_in, tell_once};

/// Codes of this phase.
pub const CODES: &[Code] = &[STG008, others::STG009, short::CFN279, STG010, stand_in::CFN570, stand_in::CFN571];

/// `STG008`: `stages:` of a component names nothing.
pub const STG008: Code = Code {
    id: "STG008",
    explanation: "a component is limited to a stage that does not exist\n\n\
        `stages:` lists names of stages that have a layer of their own, or `permanent`, `ephemeral`, `local`.",
};

/// Words of `stages:` for all stages of a lifetime.
const LIFETIMES: &[&str] = &["ephemeral", "local", "permanent"];

/// `STG010`: secrets from a stage that does not exist.
pub const STG010: Code = Code {
    id: "STG010",
    explanation: "`secrets_from` names a stage that does not exist\n\n\
        `secrets_from: staging` reads the values of that stage's secrets, `/<project>/staging/<Name>`. The stage must have a layer, \
        or a name that fits a pattern; otherwise nothing would be found when deployed. A local stage keeps no values: they stand in \
        `.env` files of whoever develops it.",
};

/// A compiled stage.
#[derive(Debug)]
pub struct Compiled {
    /// The typed manifest.
    pub model: Model,
    /// What every component became.
    pub lowered: Lowered,
    /// Its stacks.
    pub linked: Linked,
    /// The records that it wants, a plan a zone.
    pub plans: Vec<dns::plan::Plan>,
    /// What it costs a month.
    pub estimate: Estimate,
    /// The files of its folder.
    pub files: Files,
    /// The layers that it was made from, lowest first.
    pub layers: Vec<String>,
    /// What it is on the machine of whoever develops it, if it runs there.
    pub local: Option<LocalStage>,
    /// Where everything comes from.
    pub origins: Origins,
}

/// Compiles one stage. Findings are complete for the phase that failed; `None` if any of them is an error.
pub fn compile(project: &Project, stage: &str, renderer: &Renderer, findings: &mut Diagnostics) -> Option<Compiled> {
    compile_within(project, stage, renderer, &[], findings)
}

/// `importing` are the stages that are being compiled already because one imports from the other.
fn compile_within(
    project: &Project,
    stage: &str,
    renderer: &Renderer,
    importing: &[String],
    findings: &mut Diagnostics,
) -> Option<Compiled> {
    let mut stand_ins = StandIns::new();
    let compiled = phases(project, stage, renderer, importing, &mut stand_ins, findings);
    tell_once(&stand_ins, findings);
    compiled
}

/// The phases, one after the other. `stand_ins` are told as soon as they are known, whatever comes after.
fn phases(
    project: &Project,
    stage: &str,
    renderer: &Renderer,
    importing: &[String],
    stand_ins: &mut StandIns,
    findings: &mut Diagnostics,
) -> Option<Compiled> {
    let origins = project.origins.clone();
    let mut overlaid = overlay(choose(project, stage, &origins, findings)?, &origins, findings)?;
    stop(findings)?;
    secrets_from(project, &overlaid, &origins, findings);
    short::lengthen(&mut overlaid.tree, &origins, findings);
    let absent = leave_out(project, &mut overlaid, &origins, findings);
    *stand_ins = stand_in(&mut overlaid, &project.sources, &origins, findings);
    let mut tree = reference::resolve(&overlaid, &overlaid.tree, &absent, &project.sources, &origins, findings);
    settle(&overlaid, &mut tree, &origins, findings);
    stop(findings)?;
    schema::check_manifest(&tree, &origins, &project.sources, findings);
    stop(findings)?;
    let model = model(tree, absent, &origins, findings)?;
    stop(findings)?;
    dns::check::zones(&model, &origins, findings);
    stop(findings)?;
    if model.stage.is_local() {
        return on_this_machine(model, overlaid.layers, origins, findings);
    }
    let stage_name = overlaid.stage.value.clone();
    let importing: Vec<String> = importing.iter().cloned().chain([stage_name]).collect();
    let others = others::Others::new(project, renderer, importing, model.stage.account.clone(), &origins);
    let lowered = lower(&model, &others, &origins, findings);
    findings.merge(others.into_findings(), None);
    stop(findings)?;
    dns::check::hosts(&model, &lowered, &origins, findings);
    let shared = claims::check(project, &overlaid, &model, &lowered, &origins, findings);
    stop(findings)?;
    let mut linked = link(&model, &lowered, renderer, &origins, findings)?;
    stop(findings)?;
    // Before the templates are spelled, since what is suppressed stands in them; told after what CloudFormation would refuse.
    let unwise = policy::check(&model, &mut linked, &project.sources, &origins);
    let templates = emit::templates(&linked, &overlaid.layers);
    verify(&model, &linked, &templates, &project.sources, &origins, findings);
    stop(findings)?;
    findings.merge(unwise, None);
    dns::check::templates(&model, &lowered, &linked, &origins, findings);
    stop(findings)?;
    let estimate = cost::of(&model, &linked, &origins, findings);
    stop(findings)?;
    let plans = dns::plan::plans(&model, &lowered, &linked, &shared);
    let layers = overlaid.layers;
    let files = emit::files(
        &emit::Parts {
            model: &model,
            lowered: &lowered,
            linked: &linked,
            plans: &plans,
            estimate: &estimate,
            layers: &layers,
            origins: &origins,
        },
        templates,
    );
    Some(Compiled { model, lowered, linked, plans, estimate, files, layers, local: None, origins })
}

/// A local stage ends here: nothing of it is rendered, linked or verified, because it has no stacks.
fn on_this_machine(
    model: Model,
    layers: Vec<String>,
    origins: Origins,
    findings: &mut Diagnostics,
) -> Option<Compiled> {
    let local = local(&model, &origins, findings);
    stop(findings)?;
    let files = emit::local_files(&model, &local, &layers);
    let (lowered, linked, plans, estimate) = (Lowered::default(), Linked::default(), Vec::new(), Estimate::default());
    Some(Compiled { model, lowered, linked, plans, estimate, files, layers, local: Some(local), origins })
}

/// The next phase runs only if there was no error.
fn stop(findings: &Diagnostics) -> Option<()> {
    (!findings.has_errors()).then_some(())
}

/// Reports a `secrets_from` that names no stage.
fn secrets_from(project: &Project, overlaid: &Overlaid, origins: &Origins, findings: &mut Diagnostics) {
    let Some(written) = overlaid.stage_keys.get("secrets_from") else { return };
    let Some(name) = written.as_text() else { return };
    let is_itself = *name == overlaid.stage.value;
    let chosen = choose(project, name, origins, &mut Diagnostics::default());
    if let Some(chosen) = &chosen {
        if !is_itself && chosen.layers.last().is_some_and(|layer| layer.is_local()) {
            let title = format!("`secrets_from` names the local stage `{name}`, which keeps no values");
            let diagnostic = Diagnostic::error(STG010, title);
            let diagnostic = diagnostic.at_origin(origins, written.origin, &[], "a stage without stores");
            findings.push(diagnostic.help("name a stage with stacks, or remove this line"));
        }
        return;
    }
    let permanent = project.permanent_stages();
    let diagnostic = Diagnostic::error(STG010, format!("`secrets_from` names `{name}`, which is no stage")).at_origin(
        origins,
        written.origin,
        &[],
        "no layer is for it",
    );
    findings.push(match (did_you_mean(name, permanent.iter().copied()), origins.spans(written.origin).first()) {
        (Some(near), Some(span)) => diagnostic.help(format!("did you mean `{near}`?")).edit(*span, near),
        _ => diagnostic.help(format!("stages with a layer of their own: {}", quote_list(&permanent))),
    });
}

/// Takes out components that are limited to other stages; gives the place of each one's `stages:`.
fn leave_out(
    project: &Project,
    overlaid: &mut Overlaid,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> BTreeMap<String, OriginId> {
    let stage = overlaid.stage.value.clone();
    let layer = overlaid.layers.last().and_then(|name| project.layers.get(name));
    let lifetime = layer.map_or("ephemeral", Layer::lifetime);
    let named = project.named_stages();
    let mut absent = BTreeMap::new();
    let Kind::Map(blocks) = &mut overlaid.tree.kind else { return absent };
    let Some(components) = blocks.iter_mut().find(|b| b.key == "components") else { return absent };
    let Kind::Map(components) = &mut components.value.kind else { return absent };
    components.retain(|component| {
        let Some(stages) = component.value.entry("stages") else { return true };
        let mut here = false;
        for name in stages.value.items() {
            let Some(text) = name.as_text() else { continue };
            here |= text == stage || text == lifetime;
            if !LIFETIMES.contains(&text) && !named.contains(&text) && text != stage {
                findings.push(no_stage(text, name, &named, origins));
                // Whoever refers to it is not at fault.
                here = true;
            }
        }
        if !here {
            absent.insert(component.key.clone(), stages.key_origin);
        }
        here
    });
    absent
}

fn no_stage(text: &str, name: &Value, named: &[&str], origins: &Origins) -> Diagnostic {
    let known: Vec<&str> = named.iter().copied().chain(LIFETIMES.iter().copied()).collect();
    let diagnostic = Diagnostic::error(STG008, format!("`stages` names `{text}`, which is no stage")).at_origin(
        origins,
        name.origin,
        &[],
        "no layer is for it",
    );
    match did_you_mean(text, known.iter().copied()) {
        Some(near) => match origins.spans(name.origin).first() {
            Some(span) => diagnostic.help(format!("did you mean `{near}`?")).edit(*span, near),
            None => diagnostic.help(format!("did you mean `{near}`?")),
        },
        None => diagnostic.help(format!("known: {}", quote_list(&known))),
    }
}
