//! Laws: what holds for every project, tried on the committed ones with changes made by a seeded generator.

mod dns;
mod edits;
mod layers;
mod printing;
mod references;

use std::collections::BTreeMap;

use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::render::Renderer;
use reggie_cfn::yaml::{self, Doc, parse_template};

use crate::support::{load, project};

/// The mutations and the checks of the fuzzer.
#[path = "../../fuzz/case.rs"]
pub mod case;
#[path = "../../fuzz/mutate.rs"]
pub mod mutate;
#[path = "../../fuzz/targets.rs"]
pub mod targets;

/// The layers of a project as (file name, text).
type Layers = Vec<(String, String)>;

/// The templates of a stage, without the line that names the layers.
type Templates = BTreeMap<String, String>;

/// The templates of a stage, or the messages where it has errors. Whatever has errors says where.
fn templates(layers: &Layers, stage: &str) -> Result<Templates, String> {
    let (project, mut findings) = load(layers);
    let compiled = if findings.has_errors() {
        None
    } else {
        let mut own = Diagnostics::default();
        let compiled = compile(&project, stage, &Renderer::new(), &mut own);
        findings.merge(own, Some(stage));
        compiled
    };
    let said = render(&findings, &project.sources, Format::Text, false, 100);
    let compiled = compiled.ok_or(said)?;
    let below_header = |text: &String| text.lines().skip(2).flat_map(|line| [line, "\n"]).collect();
    let stacks = compiled.linked.stacks.iter().map(|stack| &stack.file);
    Ok(stacks.map(|file| (file.clone(), below_header(&compiled.files[file]))).collect())
}

/// The templates of a stage that compiles.
#[track_caller]
fn compiled(layers: &Layers, stage: &str) -> Templates {
    templates(layers, stage).unwrap_or_else(|said| panic!("{said}"))
}

/// Which layer a stage is for.
#[track_caller]
fn own_layer(layers: &Layers, stage: &str) -> String {
    let project = project(layers);
    let mut findings = Diagnostics::default();
    let chosen = reggie_cfn::overlay::choose(&project, stage, &project.origins, &mut findings).unwrap();
    format!("{}.yaml", chosen.layers.last().unwrap().name)
}

/// A layer as a document.
#[track_caller]
fn document(text: &str) -> Doc {
    targets::doc(parse_template(text).unwrap())
}

/// The same layers with another text for one of them.
fn with(layers: &Layers, name: &str, doc: &Doc) -> Layers {
    let mut layers: BTreeMap<String, String> = layers.iter().cloned().collect();
    layers.insert(name.to_owned(), yaml::print(doc));
    layers.into_iter().collect()
}

/// The paths and values of all that is below a document.
fn below(doc: &Doc, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Doc)>) {
    let items: Vec<(String, &Doc)> = match doc {
        Doc::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Doc::Seq(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
        _ => return,
    };
    for (step, value) in items {
        path.push(step);
        found.push((path.clone(), value.clone()));
        below(value, path, found);
        path.pop();
    }
}

/// The value at a path.
fn at<'d>(doc: &'d mut Doc, path: &[String]) -> Option<&'d mut Doc> {
    let Some((step, rest)) = path.split_first() else { return Some(doc) };
    match doc {
        Doc::Map(entries) => at(&mut entries.iter_mut().find(|(key, _)| key == step)?.1, rest),
        Doc::Seq(items) => at(items.get_mut(step.parse::<usize>().ok()?)?, rest),
        _ => None,
    }
}
