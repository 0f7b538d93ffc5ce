//! Reading a project from disk. Only regular files directly in `environments/` are read, none larger than the limit.

use std::io::Read;
use std::path::Path;

use super::Failure;
use super::report::Terminal;
use crate::diag::Diagnostics;
use crate::project::{InputFile, Project};

/// The folder of the layers.
const ENVIRONMENTS: &str = "environments";
/// The largest layer that is read, in bytes; the reader's own limit is lower and says so at a place.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a project.
pub(super) fn load(project: &Path, findings: &mut Diagnostics) -> Result<Project, Failure> {
    let folder = project.join(ENVIRONMENTS);
    let entries = std::fs::read_dir(&folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let here = project.display();
            Failure::Usage(format!(
                "there is no folder `{ENVIRONMENTS}/` in {here}; name the project with --project DIR"
            ))
        }
        _ => Failure::file("read", &folder, error),
    })?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Failure::file("read", &folder, e))?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let is_layer = name.ends_with(".yaml") || name.ends_with(".yml");
        if !is_layer || name.starts_with('.') {
            continue;
        }
        files.push(InputFile { path: format!("{ENVIRONMENTS}/{name}"), text: read(&entry.path())? });
    }
    Ok(Project::load(files, findings))
}

/// Reads one layer: a regular file, no link, of UTF-8.
fn read(path: &Path) -> Result<String, Failure> {
    let fail = |reason: &str| Failure::file("read", path, reason);
    // The kind is asked before opening: opening a pipe would wait for its other end.
    let kind = std::fs::symlink_metadata(path).map_err(|e| Failure::file("read", path, e))?;
    if !kind.is_file() {
        return Err(fail("it is no regular file; layers are plain files in `environments/`"));
    }
    if kind.len() > MAX_BYTES {
        return Err(fail("it is larger than 16 MiB; a layer is a small file that people read"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| Failure::file("read", path, e))?;
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|e| Failure::file("read", path, e))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|b| **b == b'\n').count() + 1;
        fail(&format!("line {line} is not UTF-8; save the file as UTF-8"))
    })
}

/// The stages that a command is about: those named, or all permanent ones.
pub(super) fn stages(project: &Project, args: &super::StageArgs) -> Result<Vec<String>, Failure> {
    if args.stages.is_empty() {
        let permanent: Vec<String> = project.permanent_stages().into_iter().map(str::to_owned).collect();
        if permanent.is_empty() && !project.layers.is_empty() {
            return Err(Failure::Usage("the project has no permanent stage; name the stages to compile".to_owned()));
        }
        return Ok(permanent);
    }
    let mut stages: Vec<String> = Vec::new();
    for name in &args.stages {
        if !stages.contains(name) {
            stages.push(name.clone());
        }
    }
    Ok(stages)
}

/// Reads a project and stops where its layers have errors: gives `None` then, with the errors told.
pub(super) fn load_or_tell(project: &Path, terminal: &Terminal) -> Result<Option<(Project, Diagnostics)>, Failure> {
    let mut findings = Diagnostics::default();
    let loaded = load(project, &mut findings)?;
    if findings.has_errors() {
        terminal.findings(findings, &loaded.sources)?;
        return Ok(None);
    }
    Ok(Some((loaded, findings)))
}
