//! `import`: what an IMPORT change set needs to take existing resources over.

use std::path::PathBuf;

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Format, Result, disk, input, state};
use crate::compile::compile;
use crate::diag::Diagnostics;
use crate::import::{described, ids, import, json, skeleton, text};
use crate::render::Renderer;

/// Write what CloudFormation needs to take existing resources over: a template and a list for an IMPORT change set.
///
/// Reads the ids that the resources have in AWS, and refuses what the deploy after the import would make anew. Without --ids it prints a
/// file of ids to fill in. Nothing in AWS is changed: the commands that do it are printed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  reggie-cfn import production > ids.yaml\n  reggie-cfn import production --ids ids.yaml\n  \
    aws cloudcontrol get-resource --type-name AWS::RDS::DBCluster --identifier my-cluster > cluster.json\n  \
    reggie-cfn import production --ids ids.yaml --described cluster.json"
)]
pub(crate) struct Import {
    /// The stage.
    #[arg(value_name = "STAGE")]
    stage: String,
    /// A line a resource, its name and its id: `ReggieDb.Cluster: my-cluster`; `-` is the standard input.
    #[arg(long, value_name = "FILE")]
    ids: Option<PathBuf>,
    /// What AWS says of the resources: `aws cloudcontrol get-resource`, `aws rds describe-db-clusters`, `aws dynamodb describe-table`.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "ids")]
    described: Vec<PathBuf>,
    /// Where files between two commands are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = ".reggie-cfn")]
    state: PathBuf,
}

impl Import {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Sarif | Format::Github) {
            return Err(Failure::Usage("`import` is written as --format text or json".to_owned()));
        }
        input::stdin_once(self.ids.iter().chain(&self.described))?;
        let people = terminal.with_findings_as_text();
        let Some((mut project, mut findings)) = disk::load_or_tell(&common.project, &people)? else {
            return Ok(Outcome::Errors);
        };
        let mut own = Diagnostics::default();
        let Some(compiled) = compile(&project, &self.stage, &Renderer::new(), &mut own) else {
            findings.merge(own, Some(&self.stage));
            people.findings(findings, &project.sources)?;
            return Ok(Outcome::Errors);
        };
        let Some(path) = &self.ids else {
            terminal.data(&skeleton(&compiled))?;
            return Ok(Outcome::Fine);
        };
        let mut findings = Diagnostics::default();
        let files = input::add(std::slice::from_ref(path), &mut project.sources)?;
        let read = |path: &PathBuf| Ok((path.display().to_string(), input::text(path)?));
        let (said, wrong) = described(&self.described.iter().map(read).collect::<Result<Vec<_>>>()?);
        if let Some(path) = wrong.first() {
            return Err(Failure::file(
                "read",
                std::path::Path::new(path),
                "it holds no answer of `aws cloudcontrol get-resource`, nor of a `describe` command",
            ));
        }
        let asked: Vec<_> = files.iter().flat_map(|file| ids(*file, &project.sources, &mut findings)).collect();
        if asked.is_empty() && !findings.has_errors() {
            return Err(Failure::Usage("the file names no id: nothing would be taken over".to_owned()));
        }
        let imports = match findings.has_errors() {
            true => Vec::new(),
            false => import(&compiled, &asked, &said, &mut project.sources, &mut findings),
        };
        if people.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        let name = format!("{}/import", compiled.model.stage.name.value);
        let folder = self.state.join(&name);
        let mut left = Vec::new();
        for import in &imports {
            let file = import.name();
            left.push((folder.join(format!("{file}.template.yaml")), import.template.clone()));
            left.push((folder.join(format!("{file}.resources-to-import.json")), import.list.clone()));
        }
        state::leave(common, &self.state, &name, &left)?;
        let folder = folder.display().to_string();
        terminal.data(&match common.format {
            Format::Json => json(&compiled, &imports, &folder),
            _ => text(&imports, &folder),
        })?;
        Ok(Outcome::Fine)
    }
}
