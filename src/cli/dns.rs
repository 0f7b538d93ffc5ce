//! `dns`: the records of an owner, from its plans to what an applier takes. Plans are read from `out/`, what one command tells the
//! next stands in `.reggie-cfn/`.

mod diff;
mod emit;
mod resolve;
mod state;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::report::{Failure, Terminal};
use super::{Common, Format, Result, disk};
use crate::diag::{did_you_mean, list};
use crate::digest::Digest;
use crate::dns::plan::{ENDING, FOLDER, Plan};
use crate::emit::INDEX;
use crate::stage::slug;
use crate::yaml;

/// Set the records of a stage: from its plans to what an applier takes.
#[derive(Debug, Args)]
pub(crate) struct Dns {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make records of plans: with what AWS says of stacks and certificates.
    Resolve(resolve::Resolve),
    /// Say what would become of a zone, and refuse what may not.
    Diff(diff::Diff),
    /// Write what `diff` let through for whoever applies it.
    Emit(emit::Emit),
}

impl Dns {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        if matches!(common.format, Format::Sarif | Format::Github) {
            return Err(Failure::Usage("`dns` is written as --format text, json or markdown".to_owned()));
        }
        match &self.command {
            Command::Resolve(resolve) => resolve.run(common, terminal),
            Command::Diff(diff) => diff.run(common, terminal),
            Command::Emit(emit) => emit.run(common, terminal),
        }
    }
}

/// Whose records a command is about, and where they stand.
#[derive(Debug, Clone, Args)]
struct Of {
    /// Whose records: a stage, or `_zones` for what no single stage owns.
    #[arg(value_name = "OWNER")]
    owner: String,
    /// The zone; all zones of the owner unless named.
    #[arg(long, value_name = "NAME")]
    zone: Option<String>,
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Where files between two commands of `dns` are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = ".reggie-cfn")]
    state: PathBuf,
}

/// The owner of what no single stage owns, as commands take it; the folder of its plans.
const ZONES: &str = "_zones";
/// The file of a zone's own plan.
const ZONE_PLAN: &str = "plan.yaml";
/// The largest plan that is read.
const MAX_BYTES: usize = 16 << 20;

/// A plan that `build` wrote.
#[derive(Debug)]
struct Written {
    /// Its path, relative to the project.
    path: String,
    /// Its text.
    text: String,
    /// What it says.
    plan: Plan,
}

impl Of {
    /// The owner as folders name it.
    fn name(&self) -> Result<String> {
        let name = if self.owner == ZONES { ZONES.to_owned() } else { slug(&self.owner) };
        match name.is_empty() {
            true => Err(Failure::Usage(format!("`{}` is no name of a stage", self.owner))),
            false => Ok(name),
        }
    }

    /// The command that makes the plans anew.
    fn build(&self) -> String {
        if self.owner == ZONES { "reggie-cfn build".to_owned() } else { format!("reggie-cfn build {}", self.owner) }
    }

    /// The plans of the owner, by the name of their zone.
    fn plans(&self, common: &Common) -> Result<Vec<Written>> {
        let name = self.name()?;
        let files = self.files(common, &name)?;
        if files.is_empty() && self.is_local(common, &name) {
            let reason = "is a local stage, which answers to `localhost` alone and has no records";
            return Err(Failure::Usage(format!("`{}` {reason}", self.owner)));
        }
        let digests = self.digests(common, &name);
        let mut plans = Vec::new();
        for (zone, path) in &files {
            if self.zone.as_ref().is_none_or(|wanted| wanted == zone) {
                plans.push(self.plan(common, zone, path, &digests)?);
            }
        }
        if !plans.is_empty() {
            return Ok(plans);
        }
        let zones: Vec<&str> = files.iter().map(|(zone, _)| zone.as_str()).collect();
        let reason = match &self.zone {
            Some(zone) if zones.is_empty() => format!("records in a zone `{zone}`, nor in any other"),
            Some(zone) => format!("records in a zone `{zone}`; it has some in {}", list(&zones)),
            None if name == ZONES => "records: each record plan is that of a single stage".to_owned(),
            None => "record plan: no host of it is in a zone of `zones`, or only in those of Route 53".to_owned(),
        };
        Err(Failure::Usage(format!("`{}` has no {reason}; if it should have, run `{}`", self.owner, self.build())))
    }

    /// The files of the owner's plans by zone, relative to the project, in order.
    fn files(&self, common: &Common, name: &str) -> Result<Vec<(String, PathBuf)>> {
        let folder = self.out.join(name);
        let names = |folder: &PathBuf| match std::fs::read_dir(common.project.join(folder)) {
            Ok(entries) => {
                let mut found: Vec<String> =
                    entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
                found.sort();
                Ok(found)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Failure::file("read", folder, error)),
        };
        if name == ZONES {
            let zones = names(&folder)?.into_iter();
            let plans = zones.map(|zone| (folder.join(&zone).join(ZONE_PLAN), zone));
            return Ok(plans.filter(|(path, _)| common.project.join(path).exists()).map(|(p, z)| (z, p)).collect());
        }
        if !common.project.join(&folder).is_dir() {
            let known = names(&self.out)?;
            let near =
                did_you_mean(name, known.iter().filter(|known| !known.starts_with(['.', '_'])).map(String::as_str));
            let act = near.map_or(format!("run `{}`", self.build()), |near| format!("did you mean `{near}`?"));
            let folder = folder.display();
            return Err(Failure::Usage(format!("there is no {folder}, and plans are read as they were built; {act}")));
        }
        let folder = folder.join(FOLDER);
        let zone = |file: String| Some((file.strip_suffix(ENDING)?.to_owned(), folder.join(&file)));
        Ok(names(&folder)?.into_iter().filter_map(zone).collect())
    }

    fn plan(&self, common: &Common, zone: &str, path: &PathBuf, digests: &[(String, String)]) -> Result<Written> {
        let fail = |reason: &str| Failure::file("read", path, format!("{reason}; run `{}`", self.build()));
        let bytes = disk::read_bytes(&common.project.join(path), MAX_BYTES + 1, "plans are plain files")?;
        let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES);
        let text = text.ok_or_else(|| fail("it is no record plan"))?;
        let plan =
            Plan::read(&text).ok_or_else(|| fail("it is no record plan of this version, or it was edited by hand"))?;
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let listed = digests.iter().find(|(listed, _)| listed.strip_prefix(FOLDER) == Some(&format!("/{file}")));
        if listed.is_some_and(|(_, sha256)| *sha256 != Digest::of(&text).to_string()) {
            return Err(fail("it is not as `build` wrote it"));
        }
        // A name leads to files of the state, so it is taken from the folder, and the plan must agree.
        let stage = plan.owner.stage.as_deref();
        let is_own = if self.owner == ZONES { stage.is_none() } else { stage == Some(&slug(&self.owner)) };
        if plan.zone != zone || !is_own {
            return Err(fail(&format!("it is the plan of {} in {}", plan.owner.text(), plan.zone)));
        }
        Ok(Written { path: path.display().to_string(), text, plan })
    }

    /// The stage's index, where there is one.
    fn index(&self, common: &Common, name: &str) -> Option<yaml::Node> {
        let path = common.project.join(&self.out).join(name).join(INDEX);
        let index = disk::read_bytes(&path, MAX_BYTES, "").ok().and_then(|bytes| String::from_utf8(bytes).ok());
        yaml::parse_template(&index?).ok()
    }

    /// Whether the stage was built as one without stacks.
    fn is_local(&self, common: &Common, name: &str) -> bool {
        let index = self.index(common, name);
        index.and_then(|index| text(&index, "lifetime")).is_some_and(|lifetime| lifetime == "local")
    }

    /// The files that the stage's index lists with their digests, where there is one.
    fn digests(&self, common: &Common, name: &str) -> Vec<(String, String)> {
        let Some(index) = self.index(common, name) else { return Vec::new() };
        match index.get("dns").map(|dns| &dns.kind) {
            Some(yaml::Kind::Seq(plans)) => {
                plans.iter().filter_map(|p| Some((text(p, "file")?, text(p, "sha256")?))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The text under a key.
fn text(node: &yaml::Node, key: &str) -> Option<String> {
    match &node.get(key)?.kind {
        yaml::Kind::Str(text) => Some(text.clone()),
        _ => None,
    }
}
