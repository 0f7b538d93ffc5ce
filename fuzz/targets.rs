//! What is tried: each target takes a case and says what it found, or what must not be.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::diag::{Diagnostics, Severity};
use reggie_cfn::explain::explain;
use reggie_cfn::project::{Applies, InputFile, Project};
use reggie_cfn::render::Renderer;
use reggie_cfn::source::{FileId, Sources};
use reggie_cfn::survey::survey;
use reggie_cfn::yaml::{self, Doc, Kind, Limits, Node, parse_template};

use super::case::Case;

/// What a case led to, in words that say whether another case led to the same.
pub type Outcome = BTreeSet<String>;

/// A target.
pub type Target = fn(&Case) -> Result<Outcome, String>;

/// All of them by name.
pub const TARGETS: [(&str, Target); 3] = [("manifest", manifest), ("templates", templates), ("json", json)];

/// Codes about the command line or about a file that is not there: they have no place in a file.
const WITHOUT_PLACE: [&str; 3] = ["MAN001", "STG001", "STG004"];
/// The most stages of a case that are compiled.
const MOST_STAGES: usize = 4;

/// Any layers: every stage compiles, or has errors that say where.
pub fn manifest(case: &Case) -> Result<Outcome, String> {
    let once = build(case)?;
    let again = build(case)?;
    if once != again {
        return Err("the same layers give other bytes the second time".to_owned());
    }
    Ok(once.outcome)
}

/// Files below `out/` that are not what was written: they are compared with, or say nothing.
pub fn templates(case: &Case) -> Result<Outcome, String> {
    for (path, text) in case.files.iter().filter(|(path, _)| path.starts_with("out/")) {
        round_trip(path, text)?;
    }
    manifest(case)
}

/// Layers that are written as JSON, which YAML includes, mean the same as when we print them.
pub fn json(case: &Case) -> Result<Outcome, String> {
    for (path, text) in &case.files {
        round_trip(path, text)?;
    }
    manifest(case)
}

/// What became of the layers of a case.
#[derive(PartialEq, Eq)]
struct Built {
    outcome: Outcome,
    files: BTreeMap<String, String>,
    said: String,
}

fn build(case: &Case) -> Result<Built, String> {
    let layers = case.below("environments/");
    let file = |(name, text): (String, String)| InputFile { path: format!("environments/{name}"), text };
    let mut findings = Diagnostics::default();
    let project = Project::load(layers.into_iter().map(file).collect(), &mut findings);
    let mut outcome = told(&findings, &project.sources)?;
    let (mut files, mut said) = (BTreeMap::new(), rendered(&findings, &project.sources)?);
    if findings.has_errors() {
        return Ok(Built { outcome, files, said });
    }
    let renderer = Renderer::new();
    for stage in stages(&project) {
        let mut own = Diagnostics::default();
        let compiled = compile(&project, &stage, &renderer, &mut own);
        if compiled.is_none() != own.has_errors() {
            return Err(format!("`{stage}` compiles with errors, or does not without"));
        }
        if let Some(compiled) = compiled {
            outcome.insert("compiles".to_owned());
            survey(&compiled, &project.sources, &case.below(&format!("out/{stage}/")), &mut own);
            views(&compiled, &project)?;
            files.extend(compiled.files.into_iter().map(|(name, text)| (format!("{stage}/{name}"), text)));
        }
        outcome.extend(told(&own, &project.sources)?);
        said += &rendered(&own, &project.sources)?;
    }
    Ok(Built { outcome, files, said })
}

/// Names of stages that a project has.
fn stages(project: &Project) -> BTreeSet<String> {
    let name = |layer: &reggie_cfn::project::Layer| match &layer.applies {
        Applies::Stage(name) => Some(name.value.clone()),
        Applies::Match(patterns) => patterns.first().map(|p| p.value.replace('*', "1").replace('?', "x")),
        Applies::Everywhere | Applies::Extension => None,
    };
    let named = project.layers.values().filter_map(name).take(MOST_STAGES - 1);
    named.chain(["production".to_owned()]).collect()
}

/// Every finding says where, and with a code that is not about a bug of ours.
fn told(findings: &Diagnostics, sources: &Sources) -> Result<Outcome, String> {
    let mut codes = Outcome::new();
    for finding in findings.all() {
        let id = finding.code.id;
        let what = format!("{id}: {}", finding.title);
        if id.starts_with("BUG") {
            return Err(format!("a bug: {what}"));
        }
        if finding.labels.is_empty() && !WITHOUT_PLACE.contains(&id) {
            return Err(format!("no place: {what}"));
        }
        if finding.title.trim().is_empty()
            || finding.severity == Severity::Error && finding.helps.is_empty() && finding.notes.is_empty()
        {
            return Err(format!("no words: {what}"));
        }
        let spans = finding.labels.iter().map(|l| l.span).chain(finding.edits.iter().map(|e| e.span));
        for span in spans {
            if span.file == FileId(u32::MAX) || sources.file(span.file).text.get(span.range()).is_none() {
                return Err(format!("a place that is none: {what}"));
            }
        }
        codes.insert(id.to_owned());
    }
    Ok(codes)
}

/// Messages in all formats: nothing that a terminal acts on, and JSON that is JSON.
fn rendered(findings: &Diagnostics, sources: &Sources) -> Result<String, String> {
    let [text, json, sarif, github] = [Format::Text, Format::Json, Format::Sarif, Format::Github]
        .map(|format| render(findings, sources, format, false, 100));
    for (name, text) in [("text", &text), ("GitHub commands", &github)] {
        if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
            return Err(format!("a message in {name} holds {c:?}"));
        }
    }
    for line in json.lines().chain([sarif.as_str()]).filter(|line| !line.is_empty()) {
        serde_json::from_str::<serde_json::Value>(line).map_err(|e| format!("a message is no JSON: {e}"))?;
    }
    Ok(text + &json + &sarif + &github)
}

/// Files with plain names that read back, and answers to questions about what is in them.
fn views(compiled: &Compiled, project: &Project) -> Result<(), String> {
    for (name, text) in &compiled.files {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let (folder, file) = name.split_once('/').unwrap_or(("dns", name));
        // That of a stage on one's own machine has no ending.
        let is_named = file.contains('.') || file == "Makefile";
        if folder != "dns" || !file.chars().all(plain) || file.starts_with('.') || !is_named {
            return Err(format!("a file is named {name:?}"));
        }
        if !name.ends_with(".yaml") {
            continue;
        }
        round_trip(name, text)?;
        if parse_template(text).is_err() {
            return Err(format!("{name} cannot be read again"));
        }
    }
    let resources = compiled.linked.stacks.iter().flat_map(|stack| &stack.template.resources).take(3);
    let things = resources.map(|r| r.id.clone()).chain(compiled.model.components.keys().take(3).cloned());
    for thing in things.chain(["values".to_owned(), String::new(), "..".to_owned()]) {
        // Whether it is there is no matter here.
        let _ = explain(compiled, &project.sources, &thing);
    }
    Ok(())
}

/// What can be read is printed, and reads back as the same.
fn round_trip(path: &str, text: &str) -> Result<(), String> {
    let mut findings = Diagnostics::default();
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    yaml::parse(file, text, &Limits::default(), &mut findings);
    told(&findings, &sources)?;
    let Ok(node) = parse_template(text) else { return Ok(()) };
    let document = doc(node);
    let printed = yaml::print(&document);
    let again = parse_template(&printed).map_err(|e| format!("{path} is printed as what cannot be read: {e}"))?;
    let again = doc(again);
    if again != document {
        return Err(format!("{path} is printed as something else"));
    }
    if yaml::print(&again) != printed {
        return Err(format!("{path} is printed in two ways"));
    }
    Ok(())
}

/// A document as it is printed: the places are gone.
pub fn doc(node: Node) -> Doc {
    let doc = match node.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(value) => Doc::Bool(value),
        Kind::Int(value) => Doc::Int(value),
        Kind::Float(value) => Doc::Float(value),
        Kind::Str(text) => Doc::Str(text),
        Kind::Seq(items) => Doc::Seq(items.into_iter().map(self::doc).collect()),
        Kind::Map(entries) => Doc::Map(entries.into_iter().map(|e| (e.key, self::doc(e.value))).collect()),
    };
    match node.tag {
        Some(tag) => Doc::Tagged(tag, Box::new(doc)),
        None => doc,
    }
}
