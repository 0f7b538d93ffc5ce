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

/// The branches that git knows, here and at all remotes, and when all of them were fetched; or why it does not know all, and what to do.
/// Nothing is fetched.
///
/// A pull request is no branch here: its ref stays when it is closed.
pub(super) fn branches(project: &Path) -> Result<Branches, Unknown> {
    let unknown = |why, help: &str| Err(Unknown { why, help: help.to_owned() });
    let ask = |arguments: &[&str]| run(project, arguments).ok().and_then(Result::ok);
    let is_shallow = ask(&["rev-parse", "--is-shallow-repository"]);
    let (own, remotes) = (ask(&["for-each-ref", BRANCH, LOCAL]), ask(&["remote"]));
    let (Some(is_shallow), Some(own), Some(remotes)) = (is_shallow, own, remotes) else {
        let help = "run this in a clone of the project, such as `git clone` makes it";
        return unknown("the project is in no repository that git can read", help);
    };
    if remotes.is_empty() {
        // Nobody else has branches of it.
        return Ok(Branches::new(locals(&own), None));
    }
    if is_shallow.trim() == "true" {
        let help = "`git fetch --prune --unshallow` fetches the rest; `actions/checkout` does it with `fetch-depth: 0`";
        return unknown("this is a shallow clone", help);
    }
    let fetched = fetched(project);
    let mut names: BTreeSet<&str> = locals(&own).collect();
    // A branch that is at any of them is there: in a fork, those of others are not at `origin`.
    for remote in remotes.lines() {
        let specs = ask(&["config", "--get-all", &format!("remote.{remote}.fetch")]).unwrap_or_default();
        let takes_all = specs.lines().any(|spec| spec.trim_start_matches('+').starts_with("refs/heads/*:"));
        if !takes_all || specs.lines().any(|spec| spec.starts_with('^')) {
            let help = format!("`git remote set-branches {remote} '*'` and `git fetch --all --prune` fetch the rest");
            return unknown("this is a clone of some branches", &help);
        }
        let below = format!("refs/remotes/{remote}/");
        let known = ask(&["for-each-ref", "--format=%(refname)", &below]);
        let url = ask(&["remote", "get-url", remote]);
        let listed = fetched.as_ref().and_then(|(listed, _)| whole(listed, url.as_deref()?.trim()));
        let is_listed = |name: &str, listed: &BTreeSet<&str>| {
            name.strip_prefix(&below).is_some_and(|name| name == "HEAD" || listed.contains(name))
        };
        match (listed, known) {
            (Some(listed), Some(known)) if known.lines().all(|name| is_listed(name, &listed)) => names.extend(listed),
            _ => return unknown("its last fetch was not of all branches of all remotes", FETCH),
        }
    }
    Ok(Branches::new(names, fetched.as_ref().map(|(_, as_of)| *as_of)))
}

/// What git fetched last, a line each, and when.
fn fetched(project: &Path) -> Option<(String, Moment)> {
    let path = run(project, &["rev-parse", "--git-path", "FETCH_HEAD"]).ok()?.ok()?;
    let path = project.join(path.trim_end_matches('\n'));
    let listed = String::from_utf8(disk::read_bytes(&path, MOST_FETCHED, "").ok()?).ok()?;
    Some((listed, input::changed(&path)?))
}

/// The branches that were fetched from a remote, if it was asked for all that it has.
fn whole<'f>(listed: &'f str, url: &str) -> Option<BTreeSet<&'f str>> {
    let (mut names, mut is_whole) = (BTreeSet::new(), false);
    for line in listed.lines() {
        // `<commit>\t[not-for-merge]\tbranch '<name>' of <remote>`; tags are called otherwise.
        let mut parts = line.splitn(3, '\t').skip(1);
        let (how, what) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let Some((name, of)) = what.strip_prefix("branch '").and_then(|what| what.split_once("' of ")) else {
            continue;
        };
        if bare(of) != bare(url) {
            continue;
        }
        // A branch that stands there twice comes from two fetches, of which one may be old: `--append` keeps what was there.
        if !names.insert(name) {
            return None;
        }
        // Branches that are named to `git fetch` are all for merging.
        is_whole |= how == "not-for-merge";
    }
    is_whole.then_some(names)
}

/// A remote as git notes it beside what it fetched: without a user, and without `.git` at its end.
fn bare(url: &str) -> (&str, &str) {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split('/').next().unwrap_or_default();
    (scheme, host.find('@').and_then(|at| rest.get(at + 1..)).unwrap_or(rest))
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
