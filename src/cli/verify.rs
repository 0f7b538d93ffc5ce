//! `verify`: checks templates that were not made here.

use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Format, Result, disk};
use crate::diag::Diagnostics;
use crate::source::Sources;
use crate::verify::verify_template;

/// Check CloudFormation templates, whoever made them.
///
/// Everything is checked that can be known of a template by itself, offline: every property against AWS's own schema of its
/// resource type, every reference and function, names, limits. It is what `build` checks of its own templates.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Templates, in YAML or JSON.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The region of their stacks: types and values differ by region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// The largest template that CloudFormation takes is 1 MB; what is larger need not be read to its end.
const MAX_BYTES: usize = 4 << 20;

impl Verify {
    pub(super) fn run(&self, format: Format, terminal: &Terminal) -> Result {
        let (mut sources, mut together, mut wrong) = (Sources::default(), Diagnostics::default(), 0);
        for path in &self.files {
            let file = sources.add(path.display().to_string(), text(path)?);
            let mut findings = Diagnostics::default();
            verify_template(file, self.region.as_deref(), &sources, &mut findings);
            wrong += usize::from(findings.has_errors());
            // A log in SARIF is one document; everything else is told file by file, so that none hides another's findings.
            match format {
                Format::Sarif => together.merge(findings, None),
                _ => drop(terminal.findings(findings, &sources)?),
            }
        }
        if format == Format::Sarif {
            terminal.findings(together, &sources)?;
        }
        if terminal.for_people() {
            let count = self.files.len();
            let plural = if count == 1 { "" } else { "s" };
            terminal.data(&format!("{count} template{plural}, {wrong} with errors\n"))?;
        }
        Ok(if wrong > 0 { Outcome::Errors } else { Outcome::Fine })
    }
}

fn text(path: &Path) -> std::result::Result<String, Failure> {
    let bytes = disk::read_bytes(path, MAX_BYTES + 1, "a template is a file")?;
    if bytes.len() > MAX_BYTES {
        return Err(Failure::file("read", path, "it has more than 4 MiB; CloudFormation takes 1 MB"));
    }
    let wrong = |error: std::string::FromUtf8Error| {
        let at = error.utf8_error().valid_up_to();
        Failure::file("read", path, format!("byte {at} is not UTF-8"))
    };
    String::from_utf8(bytes).map_err(wrong)
}
