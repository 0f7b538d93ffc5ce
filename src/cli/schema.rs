//! `schema`: the shape of a layer, for editors, and what AWS publishes of a resource type, for people.

use clap::{Args, Subcommand};

use super::Result;
use super::report::{Failure, Outcome, Terminal};
use crate::aws;
use crate::component::KINDS;
use crate::diag::did_you_mean;
use crate::schema::{LAYER_SCHEMA, MANIFEST_SCHEMA};

/// Print the JSON Schema of a layer, for editors.
///
/// Point the YAML language server at it by a first line in each layer: `# yaml-language-server: $schema=<path>`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Schema {
    /// The schema of a merged manifest instead: long forms, everything required.
    #[arg(long, conflicts_with = "kinds")]
    merged: bool,
    /// List the kinds of components instead.
    #[arg(long)]
    kinds: bool,
    #[command(subcommand)]
    of: Option<Of>,
}

#[derive(Debug, Subcommand)]
enum Of {
    /// Print what AWS publishes of a resource type: its properties, what replaces it, what `Ref` and `GetAtt` give.
    Resource(Resource),
}

#[derive(Debug, Args)]
struct Resource {
    /// A type, such as AWS::SQS::Queue; without one all types are listed.
    #[arg(value_name = "TYPE")]
    name: Option<String>,
    /// Print the values that this region takes, where they differ by region.
    #[arg(long, value_name = "REGION", requires = "name")]
    region: Option<String>,
}

impl Schema {
    pub(super) fn run(&self, terminal: &Terminal) -> Result {
        if let Some(Of::Resource(resource)) = &self.of {
            return resource.run(terminal);
        }
        if self.kinds {
            let width = KINDS.iter().map(|k| k.name.len()).max().unwrap_or(0);
            for kind in KINDS {
                terminal.data(&format!("{:width$}  {}\n", kind.name, kind.summary))?;
            }
            return Ok(Outcome::Fine);
        }
        terminal.data(if self.merged { MANIFEST_SCHEMA } else { LAYER_SCHEMA })?;
        Ok(Outcome::Fine)
    }
}

impl Resource {
    fn run(&self, terminal: &Terminal) -> Result {
        if let Some(region) = self.region.as_deref().filter(|region| aws::region_bit(region).is_none()) {
            return Err(unknown(region, "region", did_you_mean(region, aws::regions())));
        }
        match &self.name {
            Some(name) => match aws::resource_type(name).filter(|of| of.name.contains("::")) {
                Some(of) => terminal.data(&of.page(self.region.as_deref()))?,
                None => return Err(unknown(name, "resource type", aws::nearest(name))),
            },
            None => {
                let names: String = aws::resource_types().flat_map(|name| [name, "\n"]).collect();
                terminal.data(&format!("{names}\nFrom {}.\n", aws::source()))?;
            }
        }
        Ok(Outcome::Fine)
    }
}

fn unknown(name: &str, what: &str, near: Option<&str>) -> Failure {
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Failure::Usage(format!("`{name}` is no {what} in {}{near}", aws::source()))
}
