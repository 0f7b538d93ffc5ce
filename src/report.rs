//! The report: stages, their resources and where every value comes from, as one HTML file to look into.
//!
//! [`Report`] takes compiled stages one after the other and keeps what is told of them; [`Report::page`] makes the file. What a
//! browser does with it is `report/`, whose built files are part of the compiler.

mod costs;
mod page;
mod settings;
mod stage;
mod tables;
mod tree;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::compile::Compiled;
use crate::defaults::first_paragraph;
use crate::diag::Diagnostics;
use crate::diag::render::{Format, render};
use crate::graph::{Level, graph, svg};
use crate::source::Sources;
use settings::{Group, SideBySide};
use stage::Stage;
use tables::{Tables, Teller};

pub use page::BEGINNING;
pub use stage::Last;

/// What is told of the stages so far.
#[derive(Debug)]
pub struct Report<'p> {
    project: String,
    sources: &'p Sources,
    tables: Tables,
    stages: Vec<Stage>,
    settings: SideBySide,
    drawings: Vec<(String, String)>,
}

/// All that the page shows.
#[derive(Serialize)]
struct Data<'r> {
    project: &'r str,
    #[serde(flatten)]
    tables: &'r Tables,
    stages: &'r [Stage],
    settings: Vec<Group>,
    /// As `check --format json` says them.
    findings: Vec<Box<RawValue>>,
    /// What their codes mean.
    codes: BTreeMap<&'static str, String>,
}

impl<'p> Report<'p> {
    /// A report without stages yet.
    #[must_use]
    pub fn new(project: &str, sources: &'p Sources) -> Self {
        Report {
            project: project.to_owned(),
            sources,
            tables: Tables::default(),
            stages: Vec::new(),
            settings: SideBySide::default(),
            drawings: Vec::new(),
        }
    }

    /// Adds a stage, beside its last build.
    pub fn add(&mut self, compiled: &Compiled, last: Last<'_>) {
        let mut teller = Teller::new(&mut self.tables, &compiled.origins, self.sources);
        self.stages.push(stage::stage(compiled, last, self.sources, &mut teller));
        let picture = graph(&compiled.model, &compiled.lowered, &compiled.linked, Level::Component);
        self.drawings.push((compiled.model.stage.name.value.clone(), svg::figure(&picture)));
        self.settings.add(&compiled.model.tree, &mut teller);
    }

    /// The page, with what was found in all stages.
    #[must_use]
    pub fn page(self, findings: &Diagnostics) -> String {
        let lines = render(findings, self.sources, Format::Json, false, 0);
        let used = findings.all().iter().map(|finding| finding.code);
        let data = Data {
            project: &self.project,
            tables: &self.tables,
            stages: &self.stages,
            settings: self.settings.finish(),
            findings: lines.lines().filter_map(|line| RawValue::from_string(line.to_owned()).ok()).collect(),
            codes: used.map(|code| (code.id, explained(code.explanation))).collect(),
        };
        let data = serde_json::to_string(&data).unwrap_or_default();
        page::page(&format!("{}: report", self.project), &data, &self.drawings)
    }
}

/// What a code means, without its title.
fn explained(explanation: &str) -> String {
    let (_, text) = explanation.split_once("\n\n").unwrap_or_default();
    first_paragraph(text)
}
