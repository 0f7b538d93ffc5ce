//! `report`: one HTML file to look into.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{Failure, Outcome, Terminal};
use super::{Common, Result, StageArgs, build, diff, disk, state, write};
use crate::report::{BEGINNING, Last, Report};

/// Write one HTML file to look into: diagram, resources, where every value comes from, what a deploy would do.
///
/// The file needs no network and no server, and runs nothing but what is in it. A stage is compared with its folder below `out/`, as
/// `diff` does it. A file that `report` did not make is not overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  reggie-cfn report\n  reggie-cfn report production staging --out infrastructure.html"
)]
pub(crate) struct ReportPage {
    /// The stages; all permanent ones unless named.
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// The file, relative to the project.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out")]
    built: PathBuf,
}

impl ReportPage {
    pub(super) fn run(&self, common: &Common, terminal: &Terminal) -> Result {
        let Some((project, findings)) = disk::load_or_tell(&common.project, terminal)? else {
            return Ok(Outcome::Errors);
        };
        let mut stages = self.stages.clone();
        if stages.is_empty() {
            stages = project.permanent_stages().into_iter().map(str::to_owned).collect();
        }
        if stages.is_empty() {
            return Err(Failure::Usage("the project has no permanent stage; name the stages to show".to_owned()));
        }
        let mut report = Report::new(project.name().unwrap_or_default(), &project.sources);
        let (mut local, mut count) = (None, 0);
        let args = StageArgs { stages, all: false, out: self.built.clone() };
        let (_, findings) = build::make_all(common, &args, &project, findings, |compiled, built, _| {
            let name = &compiled.model.stage.name.value;
            if compiled.model.stage.is_local() {
                local.get_or_insert_with(|| name.clone());
            } else {
                let folder = self.built.join(name).display().to_string();
                let others = diff::others(built, &compiled.files);
                report.add(&compiled, Last { files: built, folder: &folder, others: &others });
                count += 1;
            }
            Ok(())
        })?;
        if let Some(local) = local {
            return Err(Failure::Usage(format!("`{local}` is a local stage, which has no stacks to show")));
        }
        let mut told = findings.clone();
        told.sort();
        if terminal.findings(findings, &project.sources)? {
            return Ok(Outcome::Errors);
        }
        let page = report.page(&told);
        put(&common.project, &self.out, &page)?;
        if terminal.for_people() {
            let (file, plural) = (self.out.display(), if count == 1 { "" } else { "s" });
            let kib = page.len().div_ceil(1024);
            terminal.data(&format!("{file}: {count} stage{plural}, {kib} KiB\n"))?;
        }
        Ok(Outcome::Fine)
    }
}

/// Writes the page whole, where nothing stands or a page of ours.
fn put(project: &Path, file: &Path, page: &str) -> Result<()> {
    let path = project.join(file);
    let fail = |error: std::io::Error| Failure::file("write", file, error);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
        Ok(kind) if kind.is_dir() => return Err(Failure::file("write", file, "it is a folder; name a file in it")),
        Ok(kind) if !kind.is_file() => return Err(Failure::file("write", file, "it is no regular file")),
        Ok(_) if is_ours(&path).map_err(fail)? => {}
        Ok(_) => return Err(Failure::file("write", file, "it was not made by `reggie-cfn report`; move it away")),
    }
    let new = path.with_added_extension("new");
    state::make(&new, page).and_then(|()| fs::rename(&new, &path)).map_err(|error| {
        let _ = fs::remove_file(&new);
        fail(error)
    })?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => write::sync(folder),
        _ => write::sync(Path::new(".")),
    }
}

fn is_ours(path: &Path) -> std::io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(BEGINNING.len() as u64).read_to_end(&mut beginning)?;
    Ok(beginning == BEGINNING.as_bytes())
}
