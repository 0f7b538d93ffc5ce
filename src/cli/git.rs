//! Reading what git keeps, through its own command.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::report::Failure;
use crate::emit::Files;

/// A commit, by the name that git gives it.
pub(super) struct Commit(String);

/// The commit behind a revision of the repository that a folder stands in.
pub(super) fn commit(project: &Path, revision: &str) -> Result<Commit, Failure> {
    if revision.starts_with('-') || revision.is_empty() {
        return Err(Failure::Usage(format!("`{revision}` is no revision: they do not begin with `-`")));
    }
    let commit = format!("{revision}^{{commit}}");
    match run(project, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])? {
        Ok(name) => Ok(Commit(name.trim().to_owned())),
        Err(said) if said.is_empty() => {
            Err(Failure::Usage(format!("`{revision}` is neither a folder with a build nor a revision that git knows")))
        }
        Err(said) => Err(Failure::Usage(format!("git cannot read `{revision}`: {said}"))),
    }
}

/// The files of a folder of a commit, relative to the project, by their path below it; none where there is no such folder.
pub(super) fn folder(project: &Path, Commit(commit): &Commit, folder: &Path) -> Result<Files, Failure> {
    let Some(folder) = folder.to_str().filter(|_| folder.is_relative()) else {
        return Err(Failure::Usage(format!("--out {}: a revision has only folders of the project", folder.display())));
    };
    let tree = format!("{commit}:./{}", folder.trim_end_matches('/'));
    let mut files = Files::new();
    let Ok(listed) = run(project, &["ls-tree", "-r", "-z", &tree])? else { return Ok(files) };
    for entry in listed.split('\0') {
        // `<mode> blob <name of the object>\t<file>`; links and folders have another mode.
        let Some((about, file)) = entry.split_once('\t') else { continue };
        let mut words = about.split(' ');
        let (mode, object) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
        if !mode.starts_with("100") {
            continue;
        }
        if let Ok(text) = run(project, &["cat-file", "blob", object])? {
            files.insert(file.to_owned(), text);
        }
    }
    Ok(files)
}

/// The files of a folder in the last commit, relative to the project; none where there is no git, no commit or no such folder.
pub(super) fn committed(project: &Path, path: &Path) -> Option<Files> {
    // An absolute path may lead into the project as well.
    let root = project.canonicalize().ok()?;
    let path = path.strip_prefix(&root).unwrap_or(path);
    if !has(project, path) {
        return None;
    }
    let commit = commit(project, "HEAD").ok()?;
    folder(project, &commit, path).ok().filter(|files| !files.is_empty())
}

/// Whether the last commit has a folder, relative to the project. Where there is no git, or no commit, it has not.
fn has(project: &Path, folder: &Path) -> bool {
    let Some(folder) = folder.to_str().filter(|_| folder.is_relative()) else { return false };
    let tree = format!("HEAD:./{}", folder.trim_end_matches('/'));
    matches!(run(project, &["cat-file", "-e", &tree]), Ok(Ok(_)))
}

/// What git says: what was asked for, or why not.
fn run(project: &Path, arguments: &[&str]) -> Result<Result<String, String>, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(project).args(arguments).stdin(Stdio::null());
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Failure::Usage("git is not installed: `--against` takes a folder with a build then".to_owned())
        }
        _ => Failure::Usage(format!("git cannot be run: {error}")),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr).lines().next().unwrap_or_default().trim().to_owned()),
    })
}
