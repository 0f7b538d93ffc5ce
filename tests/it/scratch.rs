//! A project in a folder of its own, and runs of the real command in it that may take only so long.
// A run that hangs has to be ended by somebody.
#![allow(clippy::disallowed_types, reason = "what hangs fails by the clock")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{layers, root};

pub const BASE: &str = "project: shop
region: eu-west-2
components:
  Hello:
    type: function
    runtime: nodejs22.x
    zip: {path: dist, handler: index.handler}
";
pub const PRODUCTION: &str =
    "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\naccount: \"123456789012\"\n";
pub const PREVIEW: &str = "match: [\"pr-*\"]\n";
/// A preview of everything, that has a note: its URL is public.
const OPEN: &str = "match: [\"open-*\"]\ncomponents:\n  Hello: {url: {protection: public}}\n";

/// What takes longer hangs. Processors may be slow and busy, and tests are not optimised.
const LONGEST: Duration = Duration::from_secs(30);

/// A project in a folder of its own, with nothing beside it.
pub struct Scratch(tempfile::TempDir, PathBuf);

impl Scratch {
    pub fn new<N: AsRef<str>, T: AsRef<[u8]>>(layers: &[(N, T)]) -> Scratch {
        let around = tempfile::tempdir().unwrap();
        let project = around.path().join("project");
        let scratch = Scratch(around, project);
        fs::create_dir_all(scratch.path().join("environments")).unwrap();
        layers.iter().for_each(|(name, text)| scratch.write(&format!("environments/{}", name.as_ref()), text));
        scratch
    }

    pub fn small() -> Scratch {
        Scratch::new(&[
            ("base.yaml", BASE),
            ("production.yaml", PRODUCTION),
            ("preview.yaml", PREVIEW),
            ("open.yaml", OPEN),
        ])
    }

    /// This repository's own project.
    pub fn reggie() -> Scratch {
        Scratch::new(&layers(&root()))
    }

    pub fn path(&self) -> &Path {
        &self.1
    }

    /// The folder that holds the project, and nothing else unless a test puts it there.
    pub fn around(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path().join(path), text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Everything in it: path and text, links as where they lead.
    pub fn all(&self) -> Vec<(String, String)> {
        let texts = |(name, found): (String, Found)| (name, String::from_utf8(found.bytes).unwrap_or_default());
        tree(self.path()).into_iter().filter(|(_, found)| found.kind != "folder").map(texts).collect()
    }

    /// Runs git in the project.
    pub fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let status = command.args(who).args(arguments).current_dir(self.path()).stdout(Stdio::null()).status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    }

    /// Commits everything that is there.
    pub fn commit(&self) {
        if !self.path().join(".git").exists() {
            self.git(&["init", "--quiet"]);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "-m", "one more"]);
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"));
        command.args(arguments).current_dir(self.path());
        command.env_remove("NO_COLOR").env_remove("COLUMNS").env_remove("TERM");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Running::start(self.command(arguments)).end()
    }
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `file`, `folder`, `link`, or `other`.
    pub kind: &'static str,
    /// What a file holds, or where a link leads.
    pub bytes: Vec<u8>,
    /// When it was changed last, in seconds and nanoseconds.
    pub changed: (i64, i64),
}

/// Everything below a folder by its path, links not followed.
pub fn tree(folder: &Path) -> BTreeMap<String, Found> {
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::MetadataExt;
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let about = fs::symlink_metadata(&path).unwrap();
            let (kind, bytes) = match about.file_type() {
                t if t.is_symlink() => ("link", fs::read_link(&path).unwrap().into_os_string().into_vec()),
                t if t.is_dir() => ("folder", Vec::new()),
                t if t.is_file() => ("file", fs::read(&path).unwrap()),
                _ => ("other", Vec::new()),
            };
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            found.insert(name, Found { kind, bytes, changed: (about.mtime(), about.mtime_nsec()) });
            if kind == "folder" {
                folders.push(path);
            }
        }
    }
    found
}

/// A command at work.
pub struct Running {
    child: Child,
    shown: String,
    files: [fs::File; 2],
    since: Instant,
    peak: u64,
}

impl Running {
    pub fn start(mut command: Command) -> Running {
        let files = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
        let [data, said] = [&files[0], &files[1]].map(|file| Stdio::from(file.try_clone().unwrap()));
        let shown = format!("{command:?}");
        let child = command.stdin(Stdio::null()).stdout(data).stderr(said).spawn();
        let child = child.unwrap_or_else(|e| panic!("{shown}: {e}"));
        Running { child, shown, files, since: Instant::now(), peak: 0 }
    }

    /// Waits for its end; whatever takes too long is ended, and fails.
    #[track_caller]
    pub fn end(mut self) -> Run {
        let status = loop {
            self.peak = self.peak.max(peak(self.child.id()));
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if self.since.elapsed() > LONGEST => {
                    self.child.kill().unwrap();
                    self.child.wait().unwrap();
                    panic!("{} takes more than {LONGEST:?}", self.shown);
                }
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        let [stdout, stderr] = self.files.map(|mut file| {
            let mut bytes = Vec::new();
            file.rewind().and_then(|()| file.read_to_end(&mut bytes)).unwrap();
            bytes
        });
        Run { peak: self.peak, ..Run::of(Output { status, stdout, stderr }) }
    }

    /// Ends it at once, as `kill -9` does, after a while; gives whether it was still at work.
    pub fn killed_after(mut self, while_: Duration) -> bool {
        std::thread::sleep(while_.saturating_sub(self.since.elapsed()));
        let at_work = self.child.try_wait().unwrap().is_none();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        at_work
    }
}

/// The most memory that a process has had so far, in KiB, where the system tells. For a moment after its start it still has the memory of
/// this one, which waits for it no longer: until it is another program, it has had none of its own.
fn peak(process: u32) -> u64 {
    let program = |of: &str| fs::read_link(format!("/proc/{of}/exe")).ok();
    if program(&process.to_string()) == program("self") {
        return 0;
    }
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// How a command ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub data: String,
    pub said: String,
    /// The most memory that it took, in KiB, as far as it was seen.
    pub peak: u64,
}

impl Run {
    pub fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), data: text(output.stdout), said: text(output.stderr), peak: 0 }
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.data, self.said);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(self.said.contains(text), "{text:?} is not in:\n{}", self.said);
        self
    }

    #[track_caller]
    pub fn gives(self, text: &str) -> Run {
        assert!(self.data.contains(text), "{text:?} is not in:\n{}", self.data);
        self
    }

    /// What it says is for people to read: short, and nothing that a terminal acts on.
    #[track_caller]
    pub fn reads_well(self) -> Run {
        let said = &self.said;
        assert!(said.len() < 300_000, "{} bytes of messages", said.len());
        assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "{said:?}");
        assert!(!said.contains("panicked") && !said.contains("internal error"), "{said}");
        self
    }

    /// It took at most so many MiB.
    #[track_caller]
    pub fn within(self, mebibytes: u64) -> Run {
        assert!(self.peak <= mebibytes << 10, "{} KiB", self.peak);
        self
    }
}
