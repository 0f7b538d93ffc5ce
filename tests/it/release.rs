//! `package`, and what people see of it.
//!
//! A fixture is a folder `tests/release/<name>/`. Its project is that of `tests/projects/28-release` with the code of `tests/release/_shared/files/`; `aws` and
//! `docker` are the stand-ins of `_shared/bin/`, and beside the project a folder `cloud/` is what they know. The fixture's `files/` and `make.sh` change the project. `run` holds the
//! commands, without `reggie-cfn`: `~ ` at the beginning leads up to what is shown and is not shown itself, `! ` is a line for the shell. `expected.txt` is what is seen: each
//! command with what it prints, says and ends with, which other commands it ran, and the release that it wrote. The name begins with the code that the
//! fixture shows, or with `ok`. After `repair.sh`, the last command has no such finding and ends with 0. `REGGIE_CFN_UPDATE=1 cargo test release` writes `expected.txt` anew.

mod hostile;
mod names;
mod page;
mod zips;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reggie_cfn::codes;

use crate::scratch::{Run, Running, Scratch};
use crate::support::{self, root, updating};

/// How a fixture begins that shows no mistake.
const FINE: &str = "ok";
/// The release of a run.
const RELEASE: &str = ".reggie-cfn/production/release.json";
/// How many characters of a digest a transcript shows.
const SHORT: usize = 12;

fn folder() -> PathBuf {
    root().join("tests/release")
}

fn fixtures() -> Vec<String> {
    let mut names = support::names(&folder());
    names.retain(|name| !name.starts_with('_'));
    names.sort();
    names
}

/// The codes that fixtures show.
pub fn shown_codes() -> BTreeSet<String> {
    fixtures().iter().map(|name| beginning(name).to_owned()).filter(|word| word != FINE).collect()
}

fn beginning(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// A project with code, and a cloud beside it.
pub struct Ferry(Scratch);

impl Ferry {
    pub fn new() -> Ferry {
        let ferry = Ferry(Scratch::new::<&str, &str>(&[]));
        let shared = folder().join("_shared");
        copy(&root().join("tests/projects/28-release/environments"), &ferry.path("environments"));
        copy(&shared.join("files"), &ferry.path(""));
        copy(&shared.join("cloud"), &ferry.cloud(""));
        ferry
    }

    /// Something in the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Something in the cloud.
    pub fn cloud(&self, path: &str) -> PathBuf {
        self.0.around().join("cloud").join(path)
    }

    /// Writes a file of the project.
    pub fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), bytes).unwrap();
    }

    /// Lets the shell do something in the project.
    pub fn sh(&self, line: &str) {
        let mut command = Command::new("sh");
        command.arg("-euc").arg(line).current_dir(self.0.path()).env("CLOUD", self.cloud(""));
        let status = command.stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "{line}: {status}");
    }

    pub fn run(&self, line: &str) -> Run {
        Running::start(self.command(line)).end()
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = self.0.command(&line.split_whitespace().collect::<Vec<_>>());
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", folder().join("_shared/bin").display());
        command.env("PATH", path).env("CLOUD", self.cloud("")).env("COLUMNS", "100");
        command
    }

    /// The commands that were run so far.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.cloud("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// The release, if one was written.
    pub fn release(&self) -> Option<String> {
        fs::read_to_string(self.path(RELEASE)).ok()
    }
}

/// Copies a folder, links as links.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, to) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A text in which digests are as short as people compare them.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut rest = text;
    while let Some(at) = rest.find(is_hex) {
        let (before, from) = rest.split_at(at);
        let (hex, after) = from.split_at(from.find(|c| !is_hex(c)).unwrap_or(from.len()));
        short.push_str(before);
        short.push_str(if hex.len() == 64 { &hex[..SHORT] } else { hex });
        rest = after;
    }
    short + rest
}

/// What is seen of the commands of a fixture, and the complaints about it.
fn transcript(name: &str) -> (String, Vec<String>) {
    let (ferry, own) = (Ferry::new(), folder().join(name));
    if own.join("files").exists() {
        copy(&own.join("files"), &ferry.path(""));
    }
    fs::copy(own.join("run"), ferry.path("run")).unwrap();
    let script = |script: &str| fs::read_to_string(own.join(script)).ok();
    script("make.sh").iter().for_each(|script| ferry.sh(script));
    let (mut seen, mut complaints) = (String::new(), Vec::new());
    let commands = fs::read_to_string(ferry.path("run")).unwrap();
    let last = commands.lines().count() - 1;
    for (i, line) in commands.lines().enumerate() {
        if let Some(line) = line.strip_prefix("! ") {
            seen.push_str(&format!("$ {line}\n"));
            ferry.sh(line);
            continue;
        }
        let (line, is_shown) = line.strip_prefix("~ ").map_or((line, true), |line| (line, false));
        let (before, released) = (ferry.calls().len(), ferry.release());
        let ran = ferry.run(line).reads_well().within(64);
        if !is_shown {
            assert_eq!(ran.code, Some(0), "{name}: {line}: {}", ran.said);
            continue;
        }
        seen.push_str(&format!("$ reggie-cfn {line}\n{}{}exit {}\n", ran.data, ran.said, ran.code.unwrap()));
        let calls = ferry.calls();
        calls[before..].iter().for_each(|call| seen.push_str(&format!("> {}\n", shortened(call))));
        if let Some(written) = ferry.release().filter(|release| released.as_ref() != Some(release)) {
            seen.push_str(&format!("--- {RELEASE}\n{written}"));
        }
        if i == last && beginning(name) != FINE {
            complaints.extend(wrong(&ran, beginning(name)).map(|wrong| format!("{name}: {wrong}")));
            let is_released = ran.code != Some(0) && ferry.release() != released;
            complaints.extend(is_released.then(|| format!("{name}: a release was written")));
        } else {
            complaints.extend((ran.code != Some(0)).then(|| format!("{name}: `{line}` ends with {:?}", ran.code)));
        }
    }
    match script("repair.sh") {
        Some(script) => {
            ferry.sh(&script);
            let commands = fs::read_to_string(ferry.path("run")).unwrap();
            let ran = ferry.run(commands.lines().last().unwrap());
            let is_left = ran.said.contains(&format!("[{}]", beginning(name))) || ran.code != Some(0);
            complaints.extend(is_left.then(|| format!("{name}: its repair leaves\n{}", ran.said)));
        }
        None if beginning(name) != FINE => complaints.push(format!("{name}: nothing proves its help")),
        None => {}
    }
    (seen, complaints)
}

/// What is wrong with a message.
fn wrong(ran: &Run, code: &str) -> Option<String> {
    let severity = if ran.code == Some(0) { "warning" } else { "error" };
    if !matches!(ran.code, Some(0 | 1)) {
        Some(format!("ends with {:?}", ran.code))
    } else if !ran.said.contains(&format!("{severity}[{code}]")) {
        Some(format!("no {severity} has the code {code}:\n{}", ran.said))
    } else if !ran.said.contains("= help: ") {
        Some("says nothing to do".to_owned())
    } else {
        None
    }
}

#[test]
fn every_message_is_as_expected() {
    let mut complaints = Vec::new();
    for name in fixtures() {
        let (seen, wrong) = transcript(&name);
        complaints.extend(wrong);
        let path = folder().join(&name).join("expected.txt");
        if updating() {
            fs::write(&path, &seen).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != seen {
            complaints.push(format!("{name}: expected.txt is not\n{seen}"));
        }
    }
    assert!(complaints.is_empty(), "{}\n\n{} complaints", complaints.join("\n"), complaints.len());
}

#[test]
fn fixtures_are_of_codes_that_are_there() {
    let unknown: Vec<String> = shown_codes().into_iter().filter(|code| codes::find(code).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
