//! `dns resolve`: what AWS says makes records of plans.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Of;
use super::state::{RESOLVED_FILE, document};
use crate::cli::report::{Failure, Outcome, Terminal};
use crate::cli::{Common, Format, Result, input};
use crate::diag::Diagnostics;
use crate::dns::resolve::{Asked, Told, Until, markdown, read, resolve, text};
use crate::manifest::Provider;
use crate::source::Sources;

/// Make records of plans, with what AWS says of stacks and certificates.
///
/// Reads the plans that `build` wrote, and files with what the `aws` CLI printed. Writes the records to
/// `.reggie-cfn/<OWNER>/<zone>.resolved.json`, if all of them are known.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws cloudformation describe-stacks --region eu-west-2 > stacks.json\n  \
    aws acm describe-certificate --region us-east-1 --certificate-arn ARN > certificate.json\n  \
    reggie-cfn dns resolve production --certificates certificate.json --phase validation\n  \
    reggie-cfn dns resolve production --certificates certificate.json --stacks stacks.json")]
pub(super) struct Resolve {
    #[command(flatten)]
    of: Of,
    /// What `aws cloudformation describe-stacks` printed; `-` is the standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    stacks: Vec<PathBuf>,
    /// What `aws acm describe-certificate` printed; `-` is the standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    certificates: Vec<PathBuf>,
    /// Which records are asked for.
    #[arg(long, value_enum, default_value = "all")]
    phase: Phase,
}

/// Which records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Phase {
    /// Those that validate certificates: stacks wait for them, so that hosts are known later.
    Validation,
    /// All of them.
    All,
}

impl Resolve {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let until = match self.phase {
            Phase::Validation if !self.stacks.is_empty() => {
                let reason = "--phase validation asks for certificates only; leave --stacks out, or the phase";
                return Err(Failure::Usage(reason.to_owned()));
            }
            Phase::Validation => Until::Validation,
            Phase::All => Until::All,
        };
        input::stdin_once(self.stacks.iter().chain(&self.certificates))?;
        let plans = self.of.plans(common)?;
        let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
        let stacks = input::add(&self.stacks, &mut sources)?;
        let certificates = input::add(&self.certificates, &mut sources)?;
        let said = read(&stacks, &certificates, &sources, &mut findings);
        let files: Vec<_> = plans.iter().map(|plan| sources.add(plan.path.clone(), plan.text.clone())).collect();
        // Of files that cannot be read it is not known what they lack.
        let mut resolved = Vec::new();
        if !findings.has_errors() {
            for (written, file) in plans.iter().zip(files) {
                let asked = Asked { plan: &written.plan, file, until };
                resolved.push(resolve(asked, &said, &sources, &mut findings));
            }
        }
        if terminal.with_findings_as_text().findings(findings, &sources)? {
            return Ok(Outcome::Errors);
        }
        let mut left = Vec::new();
        for of in &resolved {
            left.push((self.of.left_at(&of.zone, RESOLVED_FILE)?, document(of)?));
        }
        self.of.leave(common, &left)?;
        for ((written, resolved), (path, _)) in plans.iter().zip(&resolved).zip(&left) {
            let told = Told { plan: &written.plan, resolved };
            let data = match common.format {
                Format::Json => serde_json::to_string(resolved)
                    .map(|text| format!("{text}\n"))
                    .map_err(|error| Failure::Usage(format!("the records cannot be written: {error}")))?,
                Format::Markdown => markdown(&told),
                _ => format!("{}{}\n", text(&told, terminal.colors_data()), self.next(resolved.provider, path)),
            };
            terminal.data(&data)?;
        }
        Ok(Outcome::Fine)
    }

    /// Where the records are now, and what comes next.
    fn next(&self, provider: Provider, path: &std::path::Path) -> String {
        let written = format!("Written to {}", path.display());
        match provider {
            Provider::None => format!("{written}."),
            Provider::Cloudflare | Provider::Route53 => {
                format!("{written}; next: reggie-cfn dns diff {} --live FILE", self.of.owner)
            }
        }
    }
}
