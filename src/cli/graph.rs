//! `graph`: a stage as a picture.

use clap::{Args, ValueEnum};

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, disk};
use crate::compile::compile;
use crate::diag::Diagnostics;
use crate::graph::{Level, dot, graph, local, mermaid, svg, text};
use crate::lower;
use crate::render::Renderer;

/// Draw a stage: its components in groups, and who uses whom.
///
/// The picture goes to the standard output: as a tree for the terminal, or with --format mermaid, dot or svg. A local stage is drawn as
/// its containers and processes.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  reggie-cfn graph production\n  reggie-cfn graph production --format svg > production.svg\n  \
    reggie-cfn graph production --format dot --level resource | dot -Tpdf > production.pdf"
)]
pub(crate) struct Graph {
    /// The stage.
    #[arg(value_name = "STAGE")]
    stage: String,
    /// How closely it is looked.
    #[arg(long, value_enum, default_value = "component")]
    level: Closeness,
}

/// How closely it is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Closeness {
    /// The components of the manifest.
    Component,
    /// The resources of the templates.
    Resource,
}

impl Graph {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Json | Format::Sarif | Format::Github | Format::Markdown) {
            return Err(Failure::Usage("`graph` is drawn as --format text, mermaid, dot or svg".to_owned()));
        }
        let people = terminal.with_findings_as_text();
        let Some((project, mut findings)) = disk::load_or_tell(&common.project, &people)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let compiled = compile(&project, &self.stage, &Renderer::new(), &mut own);
        findings.merge(own, Some(&self.stage));
        let Some(compiled) = compiled else {
            people.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        let (model, level) = (&compiled.model, self.level);
        let picture = match level {
            Closeness::Resource if model.stage.is_local() => {
                let reason = "a local stage has no resources: what runs there is drawn with --level component";
                return Err(Failure::Usage(reason.to_owned()));
            }
            // Its findings have been told by the compilation.
            _ if model.stage.is_local() => {
                local(model, &lower::local::local(model, &compiled.origins, &mut Diagnostics::default()))
            }
            Closeness::Component => graph(model, &compiled.lowered, &compiled.linked, Level::Component),
            Closeness::Resource => graph(model, &compiled.lowered, &compiled.linked, Level::Resource),
        };
        terminal.data(&match common.format {
            Format::Mermaid => mermaid::draw(&picture),
            Format::Dot => dot::draw(&picture),
            Format::Svg => svg::draw(&picture),
            _ => text::draw(&picture, terminal.colors_data()),
        })?;
        Ok(if people.findings(findings, &project.sources)? { Outcome::Errors } else { Outcome::Fine })
    }
}
