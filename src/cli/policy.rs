//! The rules in `policies/`: read, and evaluated in a process of its own, since Guard may end or never end.

// A length of time is no clock.
use core::time::Duration;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use super::report::{Failure, Outcome};
use super::{Result, disk};
use crate::compile::Compiled;
use crate::diag::Diagnostics;
use crate::diag::render::visible_line;
use crate::guard_rules::{Job, RulesFile, Said, evaluate, json, report};
use crate::source::Sources;

/// The folder of the rules.
const FOLDER: &str = "policies";
/// How their names end.
const ENDING: &str = "guard";
/// The most that a file may have, and all of them together, in bytes.
const MAX_BYTES: usize = 1 << 20;
const MAX_TOGETHER: usize = 16 << 20;
/// How long a file may say nothing.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// The most memory that rules may take, in bytes.
#[cfg(unix)]
const MAX_MEMORY: u64 = 2 << 30;
/// The command of the process that evaluates.
pub(super) const EVALUATE: &str = "evaluate-rules";

/// The rules of a project.
pub(super) struct Rules {
    files: Vec<RulesFile>,
    /// How many rules they hold.
    count: usize,
}

impl Rules {
    /// Reads the rules of a project, and reports files that are none.
    pub(super) fn load(project: &Path, sources: &mut Sources, findings: &mut Diagnostics) -> Result<Rules> {
        let folder = project.join(FOLDER);
        let (mut files, mut bytes) = (Vec::new(), 0);
        for (name, text) in texts(&folder)? {
            bytes += text.len();
            if bytes > MAX_TOGETHER {
                return Err(Failure::file("read", &folder, "its rules have more than 16 MiB"));
            }
            let path = format!("{FOLDER}/{name}");
            files.push(RulesFile { file: sources.add(path.clone(), text), path });
        }
        let mut rules = Rules { files, count: 0 };
        // Without a template: what cannot be read is told once, and not for each stage.
        let said = rules.evaluated(Vec::new(), sources)?;
        report(None, &rules.files, &said, sources, findings);
        let is_broken = |i: usize| {
            said.iter().any(|(n, s)| *n == i && matches!(s, Said::Unreadable { .. } | Said::Failed(_) | Said::Ended))
        };
        rules.count = said.iter().map(|(_, said)| if let Said::Done(count) = said { *count } else { 0 }).sum();
        let kept: Vec<bool> = (0..rules.files.len()).map(|i| !is_broken(i)).collect();
        let mut kept = kept.into_iter();
        rules.files.retain(|_| kept.next().unwrap_or(true));
        Ok(rules)
    }

    /// Reports what of a stage breaks a rule.
    pub(super) fn check(&self, compiled: &Compiled, sources: &Sources, findings: &mut Diagnostics) -> Result<()> {
        let templates = compiled.linked.stacks.iter().map(|stack| json(&stack.template)).collect();
        let said = self.evaluated(templates, sources)?;
        report(Some(compiled), &self.files, &said, sources, findings);
        Ok(())
    }

    /// What there is to say where all rules are kept.
    pub(super) fn summary(&self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        format!("{FOLDER}/: {} rule{plural}, all kept\n", self.count)
    }

    /// What Guard says of each file. Where its process ends in the midst of one, or is silent for too long, the next takes up after
    /// that file.
    fn evaluated(&self, templates: Vec<serde_json::Value>, sources: &Sources) -> Result<Vec<(usize, Said)>> {
        let text = |file: &RulesFile| sources.file(file.file).text.clone();
        let mut job = Job { files: self.files.iter().map(text).collect(), templates };
        let (mut all, mut done) = (Vec::new(), 0);
        while !job.files.is_empty() {
            let said = run(&job)?;
            let (mut begun, mut ended) = (0, 0);
            for said in said {
                begun += usize::from(said == Said::Begins);
                ended += usize::from(matches!(said, Said::Done(_)));
                // What it says before it begins is not ours.
                if begun > 0 {
                    all.push((done + begun - 1, said));
                }
            }
            if ended < begun || begun == 0 {
                // The one that it had begun is at fault; if it had begun none, so that this ends, the first.
                all.push((done + begun.saturating_sub(1), Said::Ended));
            }
            let taken = begun.max(1);
            job.files.drain(..taken.min(job.files.len()));
            done += taken;
        }
        Ok(all)
    }
}

/// The names and texts of the files of rules, in order.
fn texts(folder: &Path) -> Result<Vec<(String, String)>> {
    let fail = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Failure::Usage(format!(
            "there is no folder `{}`; Guard rules stand in `{FOLDER}/<name>.{ENDING}` beside `environments/`",
            folder.display()
        )),
        _ => Failure::file("read", folder, error),
    };
    if fs::symlink_metadata(folder).map_err(fail)?.is_symlink() {
        return Err(Failure::file("read", folder, "it is a symbolic link; rules stand in the project itself"));
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let is_hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden || path.extension().is_none_or(|ending| ending != ENDING) {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).filter(|name| visible_line(name) == *name);
        let name = name.ok_or_else(|| Failure::file("read", &path, "its name holds what cannot be seen; rename it"))?;
        let bytes = disk::read_bytes(&path, MAX_BYTES + 1, "rules are plain files in `policies/`")?;
        if bytes.len() > MAX_BYTES {
            return Err(Failure::file("read", &path, "it has more than 1 MiB"));
        }
        let text = String::from_utf8(bytes).map_err(|_| Failure::file("read", &path, "it is not UTF-8"))?;
        files.push((name.to_owned(), text));
    }
    if files.is_empty() {
        return Err(Failure::Usage(format!("`{}` has no `*.{ENDING}` file", folder.display())));
    }
    files.sort();
    Ok(files)
}

/// Evaluates in a process of its own; gives what it said until it ended or had been silent for too long.
fn run(job: &Job) -> Result<Vec<Said>> {
    let fail = |error: std::io::Error| Failure::File {
        what: "start",
        path: format!("reggie-cfn {EVALUATE}"),
        reason: error.to_string(),
    };
    let own = std::env::current_exe().map_err(fail)?;
    let mut command = Command::new(own);
    command.arg(EVALUATE).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(fail)?;
    let text = serde_json::to_vec(job).map_err(|error| fail(error.into()))?;
    let said = match (child.stdin.take(), child.stdout.take()) {
        (Some(mut input), Some(output)) => {
            // Whoever ends early reads no more: that shows in what it says.
            let writer = thread::spawn(move || drop(input.write_all(&text)));
            let said = listen(output, &mut child);
            drop(writer.join());
            said
        }
        _ => Vec::new(),
    };
    drop(child.kill());
    drop(child.wait());
    Ok(said)
}

fn listen(output: ChildStdout, child: &mut Child) -> Vec<Said> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(std::result::Result::ok);
        lines.map_while(|line| serde_json::from_str(&line).ok()).try_for_each(|said: Said| sender.send(said))
    });
    until_silent(&receiver, child)
}

fn until_silent(receiver: &Receiver<Said>, child: &mut Child) -> Vec<Said> {
    let mut all = Vec::new();
    loop {
        match receiver.recv_timeout(LONGEST_WAIT) {
            Ok(said) => all.push(said),
            Err(RecvTimeoutError::Disconnected) => return all,
            Err(RecvTimeoutError::Timeout) => {
                // With the process its output ends, and with it the thread that reads it.
                drop(child.kill());
                return all;
            }
        }
    }
}

/// The other side: reads a job, and says line by line what Guard finds.
pub(super) fn evaluate_rules() -> Result {
    limit();
    let fail =
        |error: std::io::Error| Failure::File { what: "read", path: "input".to_owned(), reason: error.to_string() };
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).map_err(fail)?;
    let job: Job = serde_json::from_slice(&text).map_err(|error| fail(error.into()))?;
    let mut output = std::io::stdout().lock();
    evaluate(&job, &mut |said| {
        let line = serde_json::to_string(&said).unwrap_or_default();
        // Nobody may listen any more; the process is ended then.
        drop(writeln!(output, "{line}").and_then(|()| output.flush()));
    });
    Ok(Outcome::Fine)
}

/// Rules take no more memory than a machine has, and leave none of it behind when they end.
#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    // Where the system has no such limits, it goes without.
    let _ = setrlimit(Resource::As, most(MAX_MEMORY));
    let _ = setrlimit(Resource::Core, most(0));
}

#[cfg(not(unix))]
fn limit() {}
