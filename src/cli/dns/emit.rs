//! `dns emit`: what the gate let through, as files for whoever applies it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::state::CHANGES_FILE;
use super::{Of, Written};
use crate::cli::report::{Failure, Outcome, Terminal};
use crate::cli::state::make;
use crate::cli::{Common, Format, Result, write};
use crate::diag::Diagnostics;
use crate::digest::Digest;
use crate::dns::emit::{Files, Gated, batch, bind, gated, list, octodns};
use crate::emit::shell_word;
use crate::manifest::Provider;
use crate::source::Sources;

/// Write what `dns diff` let through for whoever applies it.
///
/// `octodns` and `cloudflare-batch` are written from the changes that `dns diff` let through; `bind` and `list` show the records that
/// `dns resolve` found. Files stand in `.reggie-cfn/<OWNER>/`. Nothing is applied: what to run next is printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    reggie-cfn dns emit production --to octodns\n  \
    reggie-cfn dns emit pr-7 --to cloudflare-batch\n  \
    reggie-cfn dns emit production --to bind --flavour rfc")]
pub(super) struct Emit {
    #[command(flatten)]
    of: Of,
    /// Who applies or reads it.
    #[arg(long, value_enum, value_name = "APPLIER")]
    to: To,
    /// Whose form of a zone file it is, of `bind` only; that of the zone's provider unless named.
    #[arg(long, value_enum)]
    flavour: Option<Flavour>,
    /// The folder for the files, relative to the project; the owner's own below `.reggie-cfn/` otherwise.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// Who applies or reads what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// octoDNS, with its configuration: for permanent stages.
    Octodns,
    /// Cloudflare's API: one call, all or nothing.
    CloudflareBatch,
    /// A zone file.
    Bind,
    /// A table for a person.
    List,
}

/// Whose form of a zone file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Flavour {
    /// Cloudflare's, as it is exported and imported.
    Cloudflare,
    /// What any name server reads, with samples at the top.
    Rfc,
}

/// What is written, and what comes next.
#[derive(Debug, Default)]
struct Emitted {
    files: Files,
    /// What people read instead of the names of the files.
    shown: String,
    /// Commands, in order.
    next: Vec<String>,
    /// What they need.
    needs: Vec<String>,
}

impl Emit {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if self.flavour.is_some() && self.to != To::Bind {
            return Err(Failure::Usage("--flavour is for --to bind".to_owned()));
        }
        let plans = self.of.plans(common)?;
        if let (To::CloudflareBatch, [_, _, ..]) = (self.to, plans.as_slice()) {
            let zones: Vec<&str> = plans.iter().map(|written| written.plan.zone.as_str()).collect();
            let reason = format!("`{}` has records in {}", self.of.owner, zones.join(", "));
            return Err(Failure::Usage(format!("{reason}; a call is for one zone: name it with --zone")));
        }
        let folder = match &self.into {
            Some(folder) => folder.clone(),
            None => self.of.state.join(self.of.name()?),
        };
        let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
        let emitted = match self.to {
            To::Octodns => self.octodns(&self.gated(common, &plans, &mut sources, &mut findings)?, &mut findings),
            To::CloudflareBatch => self.batch(&self.gated(common, &plans, &mut sources, &mut findings)?, &mut findings),
            To::Bind => self.bind(common, &plans)?,
            To::List => self.list(common, &plans)?,
        };
        if terminal.with_findings_as_text().findings(findings, &sources)? {
            return Ok(Outcome::Errors);
        }
        let zones: Vec<&str> = plans.iter().map(|written| written.plan.zone.as_str()).collect();
        self.put(common, &folder, &emitted.files, &zones)?;
        terminal.data(&self.told(common, &folder, &emitted))?;
        Ok(Outcome::Fine)
    }

    /// What the gate let through of each zone. Of all of them, or of none: half of an owner is not applied.
    fn gated(
        &self,
        common: &Common,
        plans: &[Written],
        sources: &mut Sources,
        findings: &mut Diagnostics,
    ) -> Result<Vec<Gated>> {
        let again = format!("run `reggie-cfn dns diff {} --live FILE`", self.of.owner);
        let mut all = Vec::new();
        for written in plans {
            let resolved = self.of.resolved(common, written)?;
            let zone = &written.plan.zone;
            let path = self.of.left_at(zone, CHANGES_FILE)?;
            let text = self.of.left_text(common, &path, &again)?;
            let file = sources.add(path.display().to_string(), text);
            let asked = (written.plan.owner.text(), Digest::of(&resolved.text).to_string());
            all.extend(gated(file, (&asked.0, zone, &asked.1), sources, findings));
        }
        Ok(if all.len() == plans.len() { all } else { Vec::new() })
    }

    fn octodns(&self, gated: &[Gated], findings: &mut Diagnostics) -> Emitted {
        let Some(files) = octodns::files(gated, findings) else { return Emitted::default() };
        let next = ["python3 -m pip install --requirement requirements.txt", SHOW, APPLY].map(str::to_owned);
        let needs = "CLOUDFLARE_TOKEN may read the zone and edit its DNS; CHECKSUM is what the first run printed.";
        Emitted { files, next: next.into(), needs: vec![needs.to_owned()], ..Emitted::default() }
    }

    fn batch(&self, gated: &[Gated], findings: &mut Diagnostics) -> Emitted {
        let mut emitted = Emitted::default();
        for one in gated {
            emitted.files.extend(batch::files(one, findings).unwrap_or_default());
        }
        if emitted.files.is_empty() {
            emitted.shown = "Nothing to do.\n".to_owned();
        }
        emitted
    }

    fn bind(&self, common: &Common, plans: &[Written]) -> Result<Emitted> {
        let mut emitted = Emitted::default();
        for written in plans {
            let resolved = self.of.resolved(common, written)?.value;
            let (flavour, word) = match (self.flavour, resolved.provider) {
                (Some(Flavour::Cloudflare), _) | (None, Provider::Cloudflare) => {
                    (bind::Flavour::Cloudflare, "cloudflare")
                }
                (Some(Flavour::Rfc), _) | (None, Provider::Route53 | Provider::None) => (bind::Flavour::Rfc, "rfc"),
            };
            let name = format!("{}.{word}{}", resolved.zone, bind::ENDING);
            emitted.files.insert(name, bind::zone(&resolved, flavour));
        }
        Ok(emitted)
    }

    fn list(&self, common: &Common, plans: &[Written]) -> Result<Emitted> {
        let mut emitted = Emitted::default();
        for written in plans {
            let resolved = self.of.resolved(common, written)?.value;
            let table = list::table(&resolved);
            emitted.shown.push_str(&table);
            emitted.shown.push('\n');
            emitted.files.insert(format!("{}{}", resolved.zone, list::ENDING), table);
        }
        Ok(emitted)
    }

    /// Writes the files: all of them, or none. Calls of an earlier run that are not among them go, so that nobody makes them again.
    fn put(&self, common: &Common, folder: &Path, files: &Files, zones: &[&str]) -> Result<()> {
        let root = common.project.join(folder);
        write::no_link(&root)?;
        for file in files.keys() {
            let below = root.join(file);
            let below = below.parent().unwrap_or(&root);
            write::no_link(below)?;
            fs::create_dir_all(below).map_err(|e| Failure::file("create", below, e))?;
        }
        fs::create_dir_all(&root).map_err(|e| Failure::file("create", &root, e))?;
        let _lock = write::locked(&root)?;
        let beside = |file: &String| root.join(file).with_added_extension("new");
        let made = files.iter().try_for_each(|(file, text)| {
            make(&beside(file), text).map_err(|e| Failure::file("write", &folder.join(file), e))
        });
        if made.is_err() {
            files.keys().for_each(|file| drop(fs::remove_file(beside(file))));
            return made;
        }
        for file in files.keys() {
            fs::rename(beside(file), root.join(file)).map_err(|e| Failure::file("write", &folder.join(file), e))?;
        }
        if self.to == To::CloudflareBatch {
            let entries = fs::read_dir(&root).map_err(|e| Failure::file("read", &root, e))?;
            for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
                if !files.contains_key(&name) && zones.iter().any(|zone| batch::is_call(&name, zone)) {
                    fs::remove_file(root.join(&name)).map_err(|e| Failure::file("delete", &folder.join(&name), e))?;
                }
            }
        }
        write::sync(&root)
    }

    /// What was written, and what comes next.
    fn told(&self, common: &Common, folder: &Path, emitted: &Emitted) -> String {
        // Paths as whoever stands where the command was run can use them.
        let base = if common.project == Path::new(".") { folder.to_owned() } else { common.project.join(folder) };
        let paths: Vec<String> = emitted.files.keys().map(|file| base.join(file).display().to_string()).collect();
        let mut next: Vec<String> = match self.to {
            To::Octodns if !paths.is_empty() => vec![format!("cd {}", quoted(&base.join(octodns::FOLDER)))],
            To::CloudflareBatch => emitted.files.keys().map(|file| curl(&base.join(file))).collect(),
            To::Bind => {
                let rfc = |file: &&String| file.ends_with(&format!(".rfc{}", bind::ENDING));
                let zone = |file: &str| file.trim_end_matches(&format!(".rfc{}", bind::ENDING)).to_owned();
                let check =
                    |file: &String| format!("named-checkzone -i local {} {}", zone(file), quoted(&base.join(file)));
                emitted.files.keys().filter(rfc).map(check).collect()
            }
            _ => Vec::new(),
        };
        next.extend(emitted.next.iter().cloned());
        let mut needs = emitted.needs.clone();
        if self.to == To::CloudflareBatch && !paths.is_empty() {
            needs.push("CLOUDFLARE_TOKEN may edit the zone's DNS, CLOUDFLARE_ZONE_ID is the zone's.".to_owned());
        }
        match common.format {
            Format::Json => format!("{}\n", json!({"owner": self.of.owner, "files": paths, "next": next})),
            Format::Markdown => {
                let mut out = String::new();
                if !emitted.shown.is_empty() {
                    out.push_str(&format!("```text\n{}\n```\n\n", emitted.shown.trim_end()));
                }
                out.extend(paths.iter().map(|path| format!("- `{path}`\n")));
                if !next.is_empty() {
                    out.push_str(&format!("\n```sh\n{}\n```\n", next.join("\n")));
                }
                out
            }
            _ => {
                let mut out = emitted.shown.clone();
                paths.iter().for_each(|path| out.push_str(&format!("Written to {path}\n")));
                if !next.is_empty() {
                    out.push_str("\nNext:\n");
                    next.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
                }
                needs.iter().for_each(|line| out.push_str(&format!("\n{line}\n")));
                out
            }
        }
    }
}

/// Shows octoDNS's plan, and its checksum.
const SHOW: &str = "octodns-sync --config-file config.yaml";
/// Does what that plan says, and nothing else.
const APPLY: &str = "octodns-sync --config-file config.yaml --checksum CHECKSUM";

/// The call of the API. The token is not among the arguments, which all users of a machine see.
fn curl(file: &Path) -> String {
    format!(
        "printf 'Authorization: Bearer %s\\n' \"$CLOUDFLARE_TOKEN\" | curl --silent --show-error --fail-with-body --header @- \
         --header 'Content-Type: application/json' --data @{} \
         \"${{CLOUDFLARE_API_URL:-https://api.cloudflare.com/client/v4}}/zones/$CLOUDFLARE_ZONE_ID/dns_records/batch\"",
        quoted(file)
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    shell_word(&path.display().to_string())
}
