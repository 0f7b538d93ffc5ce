//! The commands of `dns`, and what people see of them.
//!
//! A fixture is a folder `tests/dns/<name>/`. Its project holds the plans of this repository's production and staging, and the files of
//! `tests/dns/_shared/`; those of the fixture's `files/` stand in their place. `edits` changes some of them, a line each:
//! `aws/production-stacks.json: what stands there → what is to stand there`. `run` holds the commands, without `reggie-cfn`; `< path` at
//! the end is the standard input, `~ ` at the beginning leads up to what is shown and is not shown itself. `expected.txt` is what is seen: each command with what it prints, says and ends with, and what it
//! wrote. The name begins with the code that the fixture shows, or with `ok`: then every command ends with 0 or 3, and otherwise the last
//! one says the code and has written nothing. `REGGIE_CFN_UPDATE=1 cargo test dns` writes `expected.txt` anew, and what the
//! transcripts of `docs/dns.md` say.

mod diff;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reggie_cfn::codes;

use crate::scratch::{Run, Running, Scratch};
use crate::support::{files_below, names, read, root, updating};

/// How a fixture begins that shows no mistake.
const FINE: &str = "ok";

/// The folder of the fixtures.
fn folder() -> PathBuf {
    root().join("tests/dns")
}

/// The names of all fixtures.
fn fixtures() -> Vec<String> {
    let mut names = names(&folder());
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

/// A project as it is before the commands of a fixture: plans, and what AWS and others say.
pub fn project() -> Scratch {
    let project = Scratch::new::<&str, &str>(&[]);
    for stage in ["production", "staging"] {
        let out = root().join("out").join(stage);
        let plans = files_below(&out.join("dns"), ".plan.yaml").into_iter().chain([out.join("index.yaml")]);
        plans.for_each(|path| put(&project, path.strip_prefix(root()).unwrap(), fs::read(&path).unwrap()));
    }
    copy(&project, &folder().join("_shared"));
    project
}

fn put(project: &Scratch, path: &Path, bytes: Vec<u8>) {
    let path = project.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn copy(project: &Scratch, from: &Path) {
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
fn all(project: &Scratch) -> BTreeMap<String, String> {
    project.all().into_iter().collect()
}

/// What is seen of the commands of a fixture, and the complaints about it.
fn transcript(name: &str) -> (String, Vec<String>) {
    let (project, own) = (project(), folder().join(name));
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
            complaints
                .extend((!matches!(code, 0 | 3)).then(|| format!("{name}: `{line}` ends with {code}: {}", ran.said)));
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
            complaints.extend(wrong(&ran, beginning(name), is_fine).map(|wrong| format!("{name}: {wrong}")));
            complaints.extend((!is_fine && !written.is_empty()).then(|| format!("{name}: something was written")));
        }
        before = after;
    }
    (seen, complaints)
}

/// What is wrong with a message.
fn wrong(ran: &Run, code: &str, is_fine: bool) -> Option<String> {
    let title = ran.said.lines().find_map(|line| line.split_once(&format!("[{code}]: ")));
    match title {
        None => Some(format!("no message has the code {code}")),
        Some((kind, _)) if (kind == "error") == is_fine => Some(format!("{kind}, and it ends with {:?}", ran.code)),
        Some((_, title)) if title.starts_with(char::is_uppercase) && !title.starts_with("ACM") => {
            Some(format!("a title starts with a capital letter: {title}"))
        }
        Some((_, title)) if title.ends_with('.') => Some(format!("a title ends with a full stop: {title}")),
        _ => None,
    }
}

#[test]
fn what_is_seen_is_as_expected() {
    let mut complaints = Vec::new();
    for name in fixtures() {
        let (seen, found) = transcript(&name);
        complaints.extend(found);
        let path = folder().join(&name).join("expected.txt");
        if updating() {
            fs::write(&path, &seen).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != seen {
            complaints.push(format!("{name}: expected.txt is other than\n{seen}"));
        }
        complaints.extend(
            seen.contains(|c: char| c.is_control() && !"\n\t".contains(c)).then(|| format!("{name}: {seen:?}")),
        );
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Every ```` ```console ```` block of the page: the commands are run one after the other in a project of their own.
#[test]
fn the_transcripts_of_the_page_are_true() {
    const OPENS: &str = "```console\n";
    let (project, page) = (project(), read("docs/dns.md"));
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
        fs::write(root().join("docs/dns.md"), &fresh).unwrap();
    }
    assert!(read("docs/dns.md") == fresh, "run `REGGIE_CFN_UPDATE=1 cargo test dns`: {fresh}");
    assert!(count >= 3, "only {count} transcripts");
}

#[test]
fn codes_of_fixtures_are_there() {
    let known: BTreeSet<&str> = codes::all().map(|code| code.id).collect();
    let unknown: Vec<String> = shown_codes().into_iter().filter(|code| !known.contains(code.as_str())).collect();
    assert!(unknown.is_empty(), "fixtures of codes that are not there: {unknown:?}");
    assert!(read("tests/dns/_shared/aws/production-stacks.json").contains("StackStatus"));
}
