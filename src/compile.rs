//! The pipeline: `load → overlay → validate → model → lower → render → link → verify → emit`, pure from end to end.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity, did_you_mean, quote_list};
use crate::emit::{self, Files};
use crate::link::{Linked, link};
use crate::lower::{Lowered, OtherStages, Published, lower};
use crate::model::{Model, model, settle};
use crate::origin::{OriginId, Origins};
use crate::overlay::{Overlaid, STG001, overlay};
use crate::project::Project;
use crate::reference;
use crate::render::Renderer;
use crate::schema;
use crate::setting::Setting;
use crate::value::{Kind, Value};
use crate::verify::verify;

/// Codes of this phase.
pub const CODES: &[Code] = &[STG008, STG009];

/// `STG008`: `stages:` of a component names nothing.
pub const STG008: Code = Code {
    id: "STG008",
    explanation: "a component is limited to a stage that does not exist\n\n\
        `stages:` lists names of stages that have a layer of their own, or `permanent`, `ephemeral`.",
};

/// `STG009`: an import from a stage that cannot give it.
pub const STG009: Code = Code {
    id: "STG009",
    explanation: "the other stage does not have what is imported\n\n\
        `import: {stage: staging}` uses the component of the same name on that stage. The stage must have a layer, must compile, \
        must have the component (of the same kind), and must not import it in turn from here.",
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
    /// The files of its folder.
    pub files: Files,
    /// The layers that it was made from, lowest first.
    pub layers: Vec<String>,
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
    let origins = project.origins.clone();
    let mut overlaid = overlay(project, stage, &origins, findings)?;
    stop(findings)?;
    let absent = leave_out(project, &mut overlaid, &origins, findings);
    let mut tree = reference::resolve(&overlaid, &absent, &project.sources, &origins, findings);
    settle(&overlaid, &mut tree, &origins, findings);
    stop(findings)?;
    schema::check_manifest(&tree, &origins, &project.sources, findings);
    stop(findings)?;
    let model = model(tree, &origins, findings)?;
    stop(findings)?;
    let stage_name = overlaid.stage.value.clone();
    let importing: Vec<String> = importing.iter().cloned().chain([stage_name]).collect();
    let others = Others { project, renderer, importing, origins: &origins, findings: RefCell::default() };
    let lowered = lower(&model, &others, &origins, findings);
    findings.merge(others.findings.into_inner(), None);
    stop(findings)?;
    let linked = link(&model, &lowered, renderer, &origins, findings)?;
    stop(findings)?;
    let templates = emit::templates(&linked, &overlaid.layers);
    verify(&model, &linked, &templates, &origins, findings);
    stop(findings)?;
    let files = emit::files(&model, &linked, &overlaid.layers, templates);
    Some(Compiled { model, lowered, linked, files, layers: overlaid.layers, origins })
}

/// The next phase runs only if there was no error.
fn stop(findings: &Diagnostics) -> Option<()> {
    (!findings.has_errors()).then_some(())
}

/// Takes out components that are limited to other stages; gives the place of each one's `stages:`.
fn leave_out(
    project: &Project,
    overlaid: &mut Overlaid,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> BTreeMap<String, OriginId> {
    let stage = overlaid.stage.value.clone();
    let ephemeral = overlaid.stage_keys.get("stage").is_none()
        || overlaid.stage_keys.get("lifetime").and_then(Value::as_text) == Some("ephemeral");
    let lifetime = if ephemeral { "ephemeral" } else { "permanent" };
    let permanent = project.permanent_stages();
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
            if !matches!(text, "permanent" | "ephemeral") && !permanent.contains(&text) && text != stage {
                findings.push(no_stage(text, name, &permanent, origins));
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

fn no_stage(text: &str, name: &Value, permanent: &[&str], origins: &Origins) -> Diagnostic {
    let known: Vec<&str> = permanent.iter().copied().chain(["ephemeral", "permanent"]).collect();
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

/// Other stages, compiled when an import asks for one.
struct Others<'a> {
    project: &'a Project,
    renderer: &'a Renderer,
    importing: Vec<String>,
    origins: &'a Origins,
    findings: RefCell<Diagnostics>,
}

impl OtherStages for Others<'_> {
    fn attributes(&self, stage: &Setting<String>, component: &Setting<String>, kind: &str) -> Option<Vec<Published>> {
        let report = |title: String, origin: OriginId, label: &str, help: String| {
            let diagnostic = Diagnostic::error(STG009, title).at_origin(self.origins, origin, &[], label);
            self.findings.borrow_mut().push(diagnostic.help(help));
        };
        let (name, of) = (&stage.value, &component.value);
        if self.importing.contains(name) {
            let circle: Vec<String> = self.importing.iter().chain([name]).map(|s| format!("`{s}`")).collect();
            let title = format!("stages import from each other in a circle: {}", circle.join(" → "));
            report(title, stage.origin, "leads back", "let one stage make the component itself".to_owned());
            return None;
        }
        let mut findings = Diagnostics::default();
        let compiled = compile_within(self.project, name, self.renderer, &self.importing, &mut findings);
        let Some(compiled) = compiled else {
            let inner = findings.all().iter().find(|d| d.severity == Severity::Error);
            // Of a circle the place that closes it is told, not everything on the way to it.
            if let Some(circle) = inner.filter(|d| d.code == STG009) {
                self.findings.borrow_mut().push(circle.clone());
                return None;
            }
            if inner.is_some_and(|d| d.code == STG001) {
                let permanent = self.project.permanent_stages();
                let help = match did_you_mean(name, permanent.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("stages with a layer of their own: {}", quote_list(&permanent)),
                };
                let title = format!("`{of}` is imported from the stage `{name}`, which has no layer");
                report(title, stage.origin, "no such stage", help);
                return None;
            }
            let title = match inner {
                Some(inner) => format!("the stage `{name}` does not compile: {}", inner.title),
                None => format!("the stage `{name}` does not compile"),
            };
            let help = format!("repair it first: `reggie-cfn check {name}` shows where");
            report(title, stage.origin, &format!("`{of}` is imported from there"), help);
            return None;
        };
        match compiled.model.components.get(of) {
            Some(found) if found.kind.name == kind => compiled.linked.published.get(of).cloned(),
            Some(found) => {
                let title = format!("`{of}` of the stage `{name}` is a `{}`, and a `{kind}` here", found.kind.name);
                report(
                    title,
                    component.origin,
                    "imported as another kind",
                    format!("write `type: {}`", found.kind.name),
                );
                None
            }
            None => {
                let known: Vec<&str> = compiled.model.components.keys().map(String::as_str).collect();
                let help = match did_you_mean(of, known.iter().copied()) {
                    Some(near) => format!("did you mean `component: {near}`?"),
                    None => format!("components there: {}", quote_list(&known)),
                };
                report(format!("the stage `{name}` has no `{of}`"), component.origin, "not there", help);
                None
            }
        }
    }
}
