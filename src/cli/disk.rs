//! Reading a project from disk. Only regular files directly in `environments/` are read, and no more of them than is
//! allowed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Failure;
use super::report::Terminal;
use crate::diag::Diagnostics;
use crate::diag::render::visible_line;
use crate::emit::INDEX;
use crate::project::{InputFile, Project};
use crate::stage::slug;
use crate::survey::Usage;
use crate::sweep::{Moment, Standing};
use crate::yaml::Limits;

/// The folder of the layers.
const ENVIRONMENTS: &str = "environments";
/// The most that all layers together may have, in bytes.
const MAX_BYTES: usize = 16 << 20;

/// Reads a project.
pub(super) fn load(project: &Path, findings: &mut Diagnostics) -> Result<Project, Failure> {
    let folder = project.join(ENVIRONMENTS);
    let (mut files, mut bytes) = (Vec::new(), 0);
    for path in layers(project, &folder)? {
        let name = path.file_name().and_then(|name| name.to_str());
        // The name stands in messages and at the top of templates.
        let name = name.filter(|name| visible_line(name) == *name);
        let name = name.ok_or_else(|| Failure::file("read", &path, "its name holds what cannot be seen; rename it"))?;
        let text = read(&path)?;
        bytes += text.len();
        if bytes > MAX_BYTES {
            return Err(Failure::file("read", &folder, "its layers have more than 16 MiB; layers are small files"));
        }
        files.push(InputFile { path: format!("{ENVIRONMENTS}/{name}"), text });
    }
    Ok(Project::load(files, findings))
}

/// The paths of all layers, in order.
fn layers(project: &Path, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            let here = project.display();
            Failure::Usage(format!(
                "there is no folder `{ENVIRONMENTS}/` in {here}; name the project with --project DIR"
            ))
        }
        _ => Failure::file("read", folder, error),
    };
    if fs::symlink_metadata(folder).map_err(fail)?.is_symlink() {
        return Err(Failure::file("read", folder, "it is a symbolic link; layers stand in the project itself"));
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let is_layer = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let is_hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_layer && !is_hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Reads one layer: a regular file, no link. Of one that is too large only as much as shows it, and in place of bytes that
/// are not UTF-8 the character that stands for them: the reader reports both at their place.
fn read(path: &Path) -> Result<String, Failure> {
    let limit = Limits::default().max_bytes + 1;
    let mut bytes = read_bytes(path, limit, "layers are plain files in `environments/`")?;
    if bytes.len() == limit {
        // The cut may go through a character.
        let whole = bytes.iter().rposition(u8::is_ascii).map_or(0, |last| last + 1);
        bytes.truncate(whole);
        bytes.resize(limit, b' ');
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The bytes of a regular file, no link, at most `limit`; `rule` says what it must be.
pub(super) fn read_bytes(path: &Path, limit: usize, rule: &str) -> Result<Vec<u8>, Failure> {
    let fail = |error: std::io::Error| Failure::file("read", path, error);
    if !fs::symlink_metadata(path).map_err(fail)?.is_file() {
        return Err(Failure::file("read", path, format!("it is no regular file; {rule}")));
    }
    let mut bytes = Vec::new();
    open(path).and_then(|file| file.take(limit as u64).read_to_end(&mut bytes)).map_err(fail)?;
    Ok(bytes)
}

/// Opens a file to read. Should it have become a link or a pipe since it was looked at, it is not followed, nor waited for.
pub(super) fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// The stages that a command is about: those named, or all whose folders are committed.
pub(super) fn stages(project: &Project, args: &super::StageArgs) -> Result<Vec<String>, Failure> {
    if args.stages.is_empty() {
        let committed: Vec<String> = project.committed_stages().into_iter().map(str::to_owned).collect();
        if committed.is_empty() && !project.layers.is_empty() {
            return Err(Failure::Usage("the project has no permanent stage; name the stages to compile".to_owned()));
        }
        return Ok(committed);
    }
    let mut known = BTreeSet::new();
    Ok(args.stages.iter().filter(|name| known.insert(name.as_str())).cloned().collect())
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

/// The stages that were built into a folder, each since its last build. Which of them come and go, layers say.
pub(super) fn standing(out: &Path) -> Vec<Standing> {
    let stage = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_str().filter(|name| !name.is_empty() && slug(name) == *name)?;
        let index = fs::symlink_metadata(entry.path().join(INDEX)).ok().filter(fs::Metadata::is_file)?;
        Some(Standing::new(name, Moment(index.mtime())))
    };
    fs::read_dir(out).into_iter().flatten().flatten().filter_map(stage).collect()
}

/// What stages use that were built before, and are not compiled now, in the accounts of those that are. A folder that cannot be
/// read says nothing: another stage's is not what the command is about.
pub(super) fn built(out: &Path, compiled: &[Usage]) -> Vec<Usage> {
    let accounts: BTreeSet<Option<&str>> = compiled.iter().map(Usage::account).collect();
    let known: BTreeSet<&str> = compiled.iter().map(Usage::stage).collect();
    let is_known = |name: &str| name.starts_with(['.', '_']) || known.contains(name);
    let mut usages = Vec::new();
    for entry in fs::read_dir(out).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !is_known(name)) else { continue };
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // What an index names is a file beside it, and nothing else.
        let read = |file: &str| {
            let path = entry.path().join(Path::new(file).file_name()?);
            let bytes = read_bytes(&path, MAX_BYTES, "").ok()?;
            String::from_utf8(bytes).ok()
        };
        usages.extend(Usage::built(name, |account| accounts.contains(&account), read));
    }
    // In the order of their names, whatever order the file system gave.
    usages.sort_by(|a, b| a.stage().cmp(b.stage()));
    usages
}
