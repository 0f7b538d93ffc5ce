//! Fixtures of commands, and what people see of them; and the transcripts of a page of the documents.
//!
//! A fixture is a folder `<gallery>/<name>/`. Its `files/` stand in the place of those of the gallery's project. `edits` changes some of
//! them, a line each: `aws/production-stacks.json: what stands there → what is to stand there`. `run` holds the commands, without
//! `reggie-cfn`; `< path` at the end is the standard input, `~ ` at the beginning leads up to what is shown and is not shown itself.
//! `expected.txt` is what is seen: each command with what it prints, says and ends with, and what it wrote. The name begins with the
//! code that the fixture shows, or with `ok`: then every command ends with 0 or 3, and otherwise the last one says the code and has
//! written nothing. `REGGIE_CFN_UPDATE=1 cargo test` writes `expected.txt` anew, and what the transcripts of the page say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reggie_cfn::codes;

use crate::scratch::{Run, Running, Scratch};
use crate::support::{files_below, names, read, root, updating};

/// How a fixture begins that shows no mistake.
const FINE: &str = "ok";

/// A gallery of commands.
pub struct Transcripts {
    /// Its folder.
    pub folder: &'static str,
    /// The page whose transcripts are run in the same project.
    pub page: &'static str,
    /// The project as it is before the commands of a fixture.
    pub project: fn() -> Scratch,
    /// Words other than the tool's that a title may begin with.
    pub names: &'static [&'static str],
    /// What must never be seen.
    pub unseen: &'static [&'static str],
}

impl Transcripts {
    fn path(&self) -> PathBuf {
        root().join(self.folder)
    }

    /// The names of all fixtures.
    fn fixtures(&self) -> Vec<String> {
        let mut names = names(&self.path());
        names.retain(|name| !name.starts_with('_'));
        names.sort();
        names
    }

    /// The codes that fixtures show.
    pub fn shown_codes(&self) -> BTreeSet<String> {
        self.fixtures().iter().map(|name| beginning(name).to_owned()).filter(|word| word != FINE).collect()
    }

    /// What is seen of every fixture is as expected.
    pub fn check(&self) {
        let mut complaints = Vec::new();
        for name in self.fixtures() {
            let (seen, found) = self.transcript(&name);
            complaints.extend(found);
            let path = self.path().join(&name).join("expected.txt");
            if updating() {
                fs::write(&path, &seen).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != seen {
                complaints.push(format!("{name}: expected.txt is other than\n{seen}"));
            }
            complaints.extend(
                seen.contains(|c: char| c.is_control() && !"\n\t".contains(c)).then(|| format!("{name}: {seen:?}")),
            );
            complaints.extend(
                self.unseen.iter().filter(|word| seen.contains(**word)).map(|w| format!("{name}: {w} is seen")),
            );
        }
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        let known: BTreeSet<&str> = codes::all().map(|code| code.id).collect();
        let unknown: Vec<String> =
            self.shown_codes().into_iter().filter(|code| !known.contains(code.as_str())).collect();
        assert!(unknown.is_empty(), "fixtures of codes that are not there: {unknown:?}");
    }

    /// What is seen of the commands of a fixture, and the complaints about it.
    fn transcript(&self, name: &str) -> (String, Vec<String>) {
        let (project, own) = ((self.project)(), self.path().join(name));
        if own.join("files").exists() {
            copy(&project, &own.join("files"));
        }
        for line in fs::read_to_string(own.join("edits")).unwrap_or_default().lines() {
            let parts = line.split_once(": ").and_then(|(path, rest)| Some((path, rest.split_once(" → ")?)));
            let (path, (from, to)) = parts.unwrap_or_else(|| panic!("{name}: {line:?} is no edit"));
            edit(&project, path, from, to);
        }
        let commands = fs::read_to_string(own.join("run")).unwrap_or_else(|e| panic!("{name}/run: {e}"));
        let (mut seen, mut complaints, mut before) = (String::new(), Vec::new(), all(&project));
        let last = commands.lines().count();
        for (i, line) in commands.lines().enumerate() {
            let (line, is_shown) = line.strip_prefix("~ ").map_or((line, true), |line| (line, false));
            let ran = run(&project, line);
            let code = ran.code.unwrap();
            if !is_shown {
                complaints.extend(
                    (!matches!(code, 0 | 3)).then(|| format!("{name}: `{line}` ends with {code}: {}", ran.said)),
                );
                before = all(&project);
                continue;
            }
            seen.push_str(&format!("$ reggie-cfn {line}\n{}{}exit {code}\n", ran.data, ran.said));
            let after = all(&project);
            let written: Vec<_> = after.iter().filter(|(path, text)| before.get(*path) != Some(*text)).collect();
            written.iter().for_each(|(path, text)| seen.push_str(&format!("--- {path}\n{text}")));
            let gone = before.keys().filter(|path| !after.contains_key(*path));
            gone.for_each(|path| seen.push_str(&format!("--- {path} is gone\n")));
            let is_fine = matches!(code, 0 | 3);
            if i + 1 < last || beginning(name) == FINE {
                complaints.extend((!is_fine).then(|| format!("{name}: `{line}` ends with {code}")));
            } else {
                complaints.extend(self.wrong(&ran, beginning(name), is_fine).map(|wrong| format!("{name}: {wrong}")));
                complaints.extend((!is_fine && !written.is_empty()).then(|| format!("{name}: something was written")));
            }
            before = after;
        }
        (seen, complaints)
    }

    /// What is wrong with a message.
    fn wrong(&self, ran: &Run, code: &str, is_fine: bool) -> Option<String> {
        let title = ran.said.lines().find_map(|line| line.split_once(&format!("[{code}]: ")));
        match title {
            None => Some(format!("no message has the code {code}")),
            Some((kind, _)) if (kind == "error") == is_fine => Some(format!("{kind}, and it ends with {:?}", ran.code)),
            Some((_, title))
                if title.starts_with(char::is_uppercase) && !self.names.iter().any(|n| title.starts_with(n)) =>
            {
                Some(format!("a title starts with a capital letter: {title}"))
            }
            Some((_, title)) if title.ends_with('.') => Some(format!("a title ends with a full stop: {title}")),
            _ => None,
        }
    }

    /// Every ```` ```console ```` block of the page: the commands are run one after the other in a project of their own.
    pub fn page(&self) {
        const OPENS: &str = "```console\n";
        let (project, page) = ((self.project)(), read(self.page));
        let (mut fresh, mut rest, mut count) = (String::new(), page.as_str(), 0);
        while let Some((before, block)) = rest.split_once(OPENS) {
            let (block, after) = block.split_once("```").expect("a block that ends");
            fresh.push_str(before);
            fresh.push_str(OPENS);
            for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
                let ran = run(&project, command.strip_prefix("reggie-cfn ").expect("a transcript runs reggie-cfn"));
                fresh.push_str(&format!("$ {command}\n{}{}", ran.data, ran.said));
                count += 1;
            }
            fresh.push_str("```");
            rest = after;
        }
        fresh.push_str(rest);
        if updating() {
            fs::write(root().join(self.page), &fresh).unwrap();
        }
        assert!(read(self.page) == fresh, "run `REGGIE_CFN_UPDATE=1 cargo test`: {fresh}");
        let seen = self.unseen.iter().find(|word| fresh.contains(**word));
        assert!(seen.is_none(), "{}: {seen:?} is seen", self.page);
        assert!(count >= 3, "only {count} transcripts");
    }
}

fn beginning(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// Puts a file into a project, with the folders that it needs.
pub fn put(project: &Scratch, path: &Path, bytes: Vec<u8>) {
    let path = project.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Puts the files of a folder into a project.
pub fn copy(project: &Scratch, from: &Path) {
    for path in files_below(from, "") {
        put(project, path.strip_prefix(from).unwrap(), fs::read(&path).unwrap());
    }
}

/// Replaces what stands in a file of a project.
pub fn edit(project: &Scratch, path: &str, from: &str, to: &str) {
    let text = project.read(path);
    assert!(text.contains(from), "{path} has no {from:?}");
    project.write(path, text.replace(from, to));
}

/// Runs a command as a line of `run` has it.
pub fn run(project: &Scratch, line: &str) -> Run {
    let (arguments, input) = line.split_once(" < ").unwrap_or((line, ""));
    let mut command = project.command(&arguments.split_whitespace().collect::<Vec<_>>());
    command.env("COLUMNS", "100");
    if input.is_empty() {
        return Running::start(command).end();
    }
    let file = fs::File::open(project.path().join(input)).unwrap();
    Run::of(command.stdin(Stdio::from(file)).output().unwrap())
}

/// Everything in a project by its path.
pub fn all(project: &Scratch) -> BTreeMap<String, String> {
    project.all().into_iter().collect()
}
