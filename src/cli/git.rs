//! Reading what git keeps, through its own command.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::report::Failure;
use super::{disk, input};
use crate::emit::Files;
use crate::sweep::{Branches, FETCH, Moment, Unknown};

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

/// The branches that git knows, and when all of them were fetched; or why it does not know all, and what to do. Nothing is fetched.
///
/// A pull request is no branch here: its ref stays when it is closed.
pub(super) fn branches(project: &Path) -> Result<Branches, Unknown> {
    let unknown = |why, help| Err(Unknown { why, help });
    let ask = |arguments: &[&str]| run(project, arguments).ok().and_then(Result::ok);
    let Some(is_shallow) = ask(&["rev-parse", "--is-shallow-repository"]) else {
        let help = "run this in a clone of the project, such as `git clone` makes it";
        return unknown("the project is in no repository that git can read", help);
    };
    let own = ask(&["for-each-ref", BRANCH, LOCAL]).unwrap_or_default();
    let remotes = ask(&["remote"]).unwrap_or_default();
    let remote = match remotes.lines().collect::<Vec<_>>().as_slice() {
        // Nobody else has branches of it.
        [] => return Ok(Branches::new(locals(&own), None)),
        [one] => (*one).to_owned(),
        several if several.contains(&"origin") => "origin".to_owned(),
        _ => return unknown("it has several remotes, and none is `origin`", "call one of them `origin`"),
    };
    if is_shallow.trim() == "true" {
        let help = "`git fetch --prune --unshallow` fetches the rest; `actions/checkout` does it with `fetch-depth: 0`";
        return unknown("this is a shallow clone", help);
    }
    let specs = ask(&["config", "--get-all", &format!("remote.{remote}.fetch")]).unwrap_or_default();
    if !specs.lines().any(|spec| spec.trim_start_matches('+').starts_with("refs/heads/*:")) {
        let help = "`git remote set-branches origin '*'` and `git fetch --prune` fetch the rest";
        return unknown("this is a clone of some branches", help);
    }
    let below = format!("refs/remotes/{remote}/");
    let fetched = ask(&["for-each-ref", BRANCH, &below]).unwrap_or_default();
    let Some(as_of) = fetched_whole(project, &fetched) else {
        return unknown("its last fetch was not of all branches", FETCH);
    };
    let names = fetched.lines().filter_map(|line| line.split(' ').nth(1)?.strip_prefix(&below));
    Ok(Branches::new(names.filter(|name| *name != "HEAD").chain(locals(&own)), Some(as_of)))
}

/// When git fetched last, if that was of all the branches that it knows.
fn fetched_whole(project: &Path, branches: &str) -> Option<Moment> {
    let path = run(project, &["rev-parse", "--git-path", "FETCH_HEAD"]).ok()?.ok()?;
    let path = project.join(path.trim_end_matches('\n'));
    let listed = String::from_utf8(disk::read_bytes(&path, MOST_FETCHED, "").ok()?).ok()?;
    let listed: BTreeSet<&str> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    let is_whole = branches.lines().all(|line| line.split(' ').next().is_some_and(|commit| listed.contains(commit)));
    is_whole.then(|| input::changed(&path))?
}

/// A branch as git is asked for it: commit, name, and whether the branch that it follows is gone.
const BRANCH: &str = "--format=%(objectname) %(refname) %(upstream:track)";
/// Where the branches of this clone are.
const LOCAL: &str = "refs/heads/";
/// The largest list of what was fetched that is read, in bytes.
const MOST_FETCHED: usize = 64 << 20;

/// The branches of this clone, but for those that follow one that is gone.
fn locals(listed: &str) -> impl Iterator<Item = &str> {
    let is_there = |line: &&str| !line.ends_with("[gone]");
    listed.lines().filter(is_there).filter_map(|line| line.split(' ').nth(1)?.strip_prefix(LOCAL))
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
