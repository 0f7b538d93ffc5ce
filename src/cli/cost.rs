//! `cost`: what a stage costs a month.

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, disk};
use crate::compile::{Compiled, compile};
use crate::cost::render::{Sides, json, markdown, text};
use crate::cost::{Estimate, estimated, price};
use crate::diag::{Diagnostics, did_you_mean, quote_list};
use crate::project::Project;
use crate::render::Renderer;

/// Estimate what a stage costs a month.
///
/// Every line is a quantity that the templates say, or that is declared under `usage`, times a price that was read in a document of
/// AWS. What is not declared is in no sum, and listed. Writes nothing, and asks nobody.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  reggie-cfn cost production\n  reggie-cfn cost production --compare staging\n  \
    reggie-cfn cost production --prices us-east-1     what it would cost there")]
pub(crate) struct Cost {
    /// The stage.
    #[arg(value_name = "STAGE")]
    stage: String,
    /// Another stage, to show both beside each other.
    #[arg(long, value_name = "STAGE")]
    compare: Option<String>,
    /// The region whose prices stand in the place of those of the stage's own.
    #[arg(long, value_name = "REGION")]
    prices: Option<String>,
}

impl Cost {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Sarif | Format::Github) {
            return Err(Failure::Usage("`cost` is written as --format text, json or markdown".to_owned()));
        }
        self.known_region()?;
        let people = terminal.with_findings_as_text();
        let Some((project, mut findings)) = disk::load_or_tell(&common.project, &people)? else {
            return Ok(Outcome::Errors);
        };
        let renderer = Renderer::new();
        let one = self.estimate(&self.stage, &project, &renderer, &mut findings)?;
        let other = match &self.compare {
            Some(stage) => Some(self.estimate(stage, &project, &renderer, &mut findings)?),
            None => None,
        };
        let page = match (&one, &other) {
            (Some((stage, estimate)), None) => Some(match common.format {
                Format::Json => json(stage, estimate),
                Format::Markdown => markdown(stage, estimate),
                _ => text(stage, estimate, terminal.colors_data()),
            }),
            (Some((one, here)), Some(Some((other, there)))) => {
                let sides = Sides { one: (one, here), other: (other, there) };
                Some(match common.format {
                    Format::Json => sides.json(),
                    Format::Markdown => sides.markdown(),
                    _ => sides.text(terminal.colors_data()),
                })
            }
            _ => None,
        };
        // What is dearer than it may be is told, and shown.
        let has_errors = people.findings(findings, &project.sources)?;
        if let Some(page) = page {
            terminal.data(&page)?;
        }
        Ok(if has_errors { Outcome::Errors } else { Outcome::Fine })
    }

    /// The name of a stage and its estimate, if it compiles.
    fn estimate(
        &self,
        stage: &str,
        project: &Project,
        renderer: &Renderer,
        findings: &mut Diagnostics,
    ) -> Result<Option<(String, Estimate)>> {
        let mut own = Diagnostics::default();
        let compiled = compile(project, stage, renderer, &mut own);
        let Some(Compiled { model, linked, estimate, origins, .. }) = compiled else {
            findings.merge(own, Some(stage));
            return Ok(None);
        };
        findings.merge(own, Some(&model.stage.name.value));
        let name = model.stage.name.value.clone();
        if model.stage.is_local() {
            return Err(Failure::Usage(format!(
                "`{name}` is a local stage: it runs on your own machine, and AWS charges nothing"
            )));
        }
        let estimate = match &self.prices {
            Some(region) => estimated(&model, &linked, &origins, region),
            None => estimate,
        };
        Ok(Some((name, estimate)))
    }

    fn known_region(&self) -> Result<()> {
        let Some(region) = &self.prices else { return Ok(()) };
        let known = price::regions();
        if known.contains(&region.as_str()) {
            return Ok(());
        }
        let meant = match did_you_mean(region, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are those of {}", quote_list(&known)),
        };
        Err(Failure::Usage(format!("--prices {region}: no price of that region was read; {meant}")))
    }
}
