//! What `ARCHITECTURE.md` claims and a machine can check: arrows, IO, templates, sizes, codes, dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use reggie_cfn::render::TEMPLATES;
use reggie_cfn::{cli, codes};

use crate::support::{files_below, read, root};

/// The rooms of `src/`, lowest first: each uses only those before it. What shares a line is one room.
const ROOMS: &[&[&str]] = &[
    &["source"],
    &["json"],
    &["digest"],
    &["origin"],
    &["diag"],
    &["markdown"],
    &["yaml"],
    &["dotenv"],
    &["quota"],
    &["value"],
    &["setting"],
    &["stage"],
    &["manifest"],
    &["claim"],
    &["live_secret"],
    &["schema"],
    &["project"],
    &["overlay"],
    &["reference"],
    &["defaults"],
    &["plan"],
    &["aws"],
    &["cfn"],
    &["component", "part"],
    &["model"],
    &["lower"],
    &["render"],
    &["link"],
    &["graph"],
    &["dns"],
    &["policy"],
    &["cost"],
    &["sheet"],
    &["emit"],
    &["verify"],
    &["compile"],
    &["ci"],
    &["docs"],
    &["bootstrap"],
    &["built"],
    &["diff"],
    &["survey"],
    &["site"],
    &["secrets"],
    &["release"],
    &["import"],
    &["sweep"],
    &["guard_rules"],
    &["init"],
    &["explain"],
    &["report"],
    &["codes"],
    &["cli"],
];

/// The most lines that a file has, and from where on it is named.
const MOST_LINES: usize = 600;
const MANY_LINES: usize = 400;

/// A file of `src/` without its tests and comments.
struct Source {
    /// Below `src/`, with `/`.
    path: String,
    code: String,
}

impl Source {
    /// The module at the top that it belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The words after `prefix::` and in `prefix::{…}`, wherever the code says so.
    fn names_after(&self, prefix: &str) -> BTreeSet<String> {
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        };
        let mut found = BTreeSet::new();
        for (at, _) in self.code.match_indices(&format!("{prefix}::")) {
            // `mycrate::` is another word.
            if self.code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &self.code[at + prefix.len() + 2..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(top_level(group).into_iter().map(word)),
                None => drop(found.insert(word(rest))),
            }
        }
        found.remove("");
        found
    }
}

/// The pieces between commas of a group that has just been opened, groups inside it whole.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut pieces) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                pieces.push(&group[start..at]);
                return pieces;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces
}

fn sources() -> Vec<Source> {
    let below = root().join("src");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        // Tests stand last, behind their attribute.
        let text = text.split("#[cfg(test)]").next().unwrap();
        let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
        let path = path.strip_prefix(&below).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, code: code.join("\n") }
    };
    let is_test = |path: &Path| path.file_stem().is_some_and(|stem| stem == "tests");
    files_below(&below, ".rs").into_iter().filter(|path| !is_test(path)).map(read).collect()
}

fn is_rim(source: &Source) -> bool {
    matches!(source.module(), "cli" | "main")
}

#[test]
fn arrows_point_down_only() {
    let height: BTreeMap<&str, usize> =
        ROOMS.iter().enumerate().flat_map(|(i, room)| room.iter().map(move |name| (*name, i))).collect();
    let (mut wrong, mut arrows) = (BTreeSet::new(), 0);
    for source in sources().iter().filter(|s| !matches!(s.module(), "lib" | "main")) {
        let own = source.module();
        let Some(from) = height.get(own) else { panic!("src/{} is in no room: add it to ROOMS", source.path) };
        for used in source.names_after("crate").iter().filter(|used| *used != own) {
            arrows += 1;
            match height.get(used.as_str()) {
                Some(to) if to <= from => {}
                Some(_) => drop(wrong.insert(format!("src/{} uses `{used}`, which stands above `{own}`", source.path))),
                None => drop(wrong.insert(format!("src/{} uses `{used}`, which is in no room", source.path))),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(arrows > 100, "only {arrows} arrows found: the reader of `use` lines is broken");
}

#[test]
fn every_module_is_in_one_room() {
    let declared: BTreeSet<String> = read("src/lib.rs")
        .lines()
        .filter_map(|l| Some(l.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned()))
        .collect();
    let rooms: Vec<&str> = ROOMS.iter().copied().flatten().copied().collect();
    let missing: Vec<&String> = declared.iter().filter(|m| !rooms.contains(&m.as_str())).collect();
    assert!(missing.is_empty(), "in no room: {missing:?}");
    assert_eq!(rooms.iter().collect::<BTreeSet<_>>().len(), rooms.len(), "in two rooms");
}

/// The modules of the kinds: the registry names them.
fn kinds() -> Vec<&'static str> {
    reggie_cfn::component::KINDS.iter().map(|kind| kind.name).collect()
}

#[test]
fn kinds_never_use_each_other() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(below) = source.path.strip_prefix("component/") else { continue };
        let kind = below.split('/').next().unwrap().trim_end_matches(".rs");
        if !kinds().contains(&kind) {
            continue;
        }
        // From a kind's own file `super` is the room; from a file below it, the kind.
        let up = if below.contains('/') { "super::super" } else { "super" };
        let mut used = source.names_after(up);
        used.extend(source.names_after("crate::component"));
        wrong.extend(
            used.iter().filter(|u| kinds().contains(&u.as_str()) && *u != kind).map(|u| format!("{below}: {u}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn parts_and_everything_above_know_no_kind() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| s.module() != "component") {
        let used = source.names_after("component");
        wrong
            .extend(used.iter().filter(|u| kinds().contains(&u.as_str())).map(|u| format!("src/{}: {u}", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn nothing_below_cli_touches_the_world() {
    let modules = ["fs", "env", "io", "time", "process", "thread", "os"];
    let words = ["println!", "print!", "eprintln!", "eprint!", "dbg!", "TcpStream", "UdpSocket", "ToSocketAddrs"];
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| !is_rim(s)) {
        let std = source.names_after("std");
        wrong.extend(modules.iter().filter(|m| std.contains(**m)).map(|m| format!("src/{}: std::{m}", source.path)));
        wrong.extend(words.iter().filter(|w| source.code.contains(**w)).map(|w| format!("src/{}: {w}", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_has_a_clock_or_a_random_order() {
    // What day it is decides which stages are over, and nothing else.
    for source in sources().iter().filter(|source| source.path != "cli/clock.rs") {
        for word in ["HashMap", "HashSet", "SystemTime", "Instant", "RandomState", "std::time"] {
            assert!(!source.code.contains(word), "src/{} uses {word}", source.path);
        }
    }
}

#[test]
fn templates_only_spell() {
    let mut wrong = Vec::new();
    let mut tokens = 0;
    for path in files_below(&root().join("templates"), ".j2") {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let mut rest = text.as_str();
        while let Some(start) = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
            tokens += 1;
            let close = match &rest[start..start + 2] {
                "{{" => "}}",
                "{%" => "%}",
                _ => "#}",
            };
            let inside = &rest[start + 2..];
            let end = inside.find(close).unwrap_or_else(|| panic!("{name}: {} without end", &rest[start..start + 2]));
            if !may_stand(&rest[start..start + 2], &inside[..end]) {
                let line = text[..text.len() - rest.len() + start].lines().count().max(1);
                wrong.push(format!("{name}:{line}: {}", &rest[start..start + end + 4]));
            }
            rest = &inside[end + 2..];
        }
    }
    assert!(wrong.is_empty(), "decided in a template, and not in lowering: {wrong:#?}");
    assert!(tokens > 200, "only {tokens} tokens found");
}

/// `{{ path }}`, `{% if path %}`, `{% elif path %}`, `{% else %}`, `{% endif %}`, `{% for x in path %}`, `{% endfor %}`.
fn may_stand(open: &str, inside: &str) -> bool {
    let words: Vec<&str> = inside.split_whitespace().collect();
    match (open, words.as_slice()) {
        ("{#", _) | ("{%", ["else" | "endif" | "endfor" | "endmacro"]) => true,
        // A macro spells the same thing in two places.
        ("{%", ["macro", call]) | ("{{", [call]) if call.ends_with(')') => is_call(call),
        ("{{", [path]) | ("{%", ["if" | "elif", path]) => is_path(path),
        ("{%", ["for", name, "in", path]) => is_name(name) && is_path(path),
        _ => false,
    }
}

fn is_call(text: &str) -> bool {
    text.trim_end_matches(')').split_once('(').is_some_and(|(name, of)| is_name(name) && is_path(of))
}

fn is_path(text: &str) -> bool {
    text.split('.').all(is_name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_template_is_embedded() {
    let below = root().join("templates");
    let name = |path: &PathBuf| {
        let path = path.strip_prefix(&below).unwrap().to_str().unwrap().replace('\\', "/");
        path.strip_suffix(".yaml.j2").unwrap_or_else(|| panic!("{path} is no .yaml.j2")).to_owned()
    };
    // Some are no CloudFormation: JavaScript, bash, and what a new project begins with.
    let is_text =
        |path: &PathBuf| ["functions", "init", "scripts"].iter().any(|folder| path.starts_with(below.join(folder)));
    let (texts, files): (Vec<_>, Vec<_>) = files_below(&below, "").into_iter().partition(is_text);
    let rooms: String =
        files_below(&root().join("src"), ".rs").iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    for path in texts {
        let include = format!("/{}\")", path.strip_prefix(root()).unwrap().to_str().unwrap());
        assert!(rooms.contains(&include), "{} is not included", path.display());
    }
    let embedded: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files.iter().map(name).collect::<BTreeSet<_>>(), embedded);
    for path in files {
        assert_eq!(reggie_cfn::render::source(&name(&path)), Some(std::fs::read_to_string(path).unwrap().as_str()));
    }
}

#[test]
fn no_file_is_long() {
    let (mut long, mut count) = (Vec::new(), 0);
    let folders = ["src", "tests", "benches"].map(|f| root().join(f));
    for path in folders.iter().filter(|f| f.exists()).flat_map(|f| files_below(f, ".rs")) {
        count += 1;
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        assert!(lines <= MOST_LINES, "{name} has {lines} lines: gather by feature, split");
        assert!(path.file_name().is_none_or(|f| f != "mod.rs" && f != "utils.rs"), "{name}: a name that says nothing");
        if lines > MANY_LINES {
            long.push(format!("{name} {lines}"));
        }
    }
    assert!(count > 100, "only {count} files found");
    println!("{} files of more than {MANY_LINES} lines: {long:?}", long.len());
}

/// The codes that `src/` declares: `pub const MAN001: Code`.
fn declared_codes() -> Vec<String> {
    let mut found = Vec::new();
    for source in sources() {
        for line in source.code.lines() {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, kind)) = rest.split_once(':') else { continue };
            let (letters, digits) = name.split_at(name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len()));
            let is_code = letters.len() >= 3 && letters.chars().all(|c| c.is_ascii_uppercase()) && digits.len() == 3;
            if is_code && kind.trim_start().trim_start_matches("Diag").starts_with("Code ") {
                found.push(name.to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_code_is_gathered_once() {
    let mut gathered: Vec<&str> = codes::all().map(|code| code.id).collect();
    gathered.sort_unstable();
    let declared = declared_codes();
    assert!(declared.len() > 100, "only {} codes found", declared.len());
    let lost: Vec<_> = declared.iter().filter(|code| !gathered.contains(&code.as_str())).collect();
    assert!(lost.is_empty(), "`explain` does not know {lost:?}: put them into the CODES of their module");
    assert_eq!(gathered, declared, "a code is gathered or declared twice");
}

/// Words that begin a title in capitals.
const PROPER_NAMES: &[&str] = &["AWS", "Aurora", "CloudFormation", "CloudWatch", "IAM", "Lambda", "RDS", "YAML"];

#[test]
fn every_code_is_explained() {
    let rooms = ["YAML", "STG", "MAN", "REF", "CFN", "DNS", "SEC", "POL", "BUG"];
    for code in codes::all() {
        let id = code.id;
        let (room, number) = id.split_at(id.len() - 3);
        assert!(rooms.contains(&room) && number.bytes().all(|b| b.is_ascii_digit()), "{id} is no code");
        let (title, paragraph) = code.explanation.split_once("\n\n").unwrap_or_else(|| panic!("{id} has only a title"));
        assert!(!title.trim().is_empty() && !title.contains('\n') && !title.ends_with('.'), "{id}: {title:?}");
        let first = title.split(' ').next().unwrap();
        let lower_case = !first.starts_with(|c: char| c.is_ascii_uppercase()) || PROPER_NAMES.contains(&first);
        assert!(lower_case, "{id}: a title is in lower case: {title:?}");
        assert!(code.explanation.len() >= 80 && paragraph.trim().len() >= 40, "{id}: {:?}", code.explanation);
    }
}

/// The names in `[dependencies]` and `[dev-dependencies]`.
fn dependencies() -> Vec<String> {
    let mut found = Vec::new();
    let mut within = false;
    for line in read("Cargo.toml").lines() {
        if line.starts_with('[') {
            within = matches!(line, "[dependencies]" | "[dev-dependencies]");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| within) {
            found.push(name.trim().to_owned());
        }
    }
    found
}

#[test]
fn every_dependency_has_a_reason() {
    let reasons = read("CONTRIBUTING.md");
    let found = dependencies();
    assert!(found.len() > 10, "{found:?}");
    let silent: Vec<_> = found.iter().filter(|name| !reasons.contains(&format!("`{name}`"))).collect();
    assert!(silent.is_empty(), "CONTRIBUTING.md gives no reason for {silent:?}");
}

#[test]
fn every_dependency_is_used() {
    let mut files = files_below(&root().join("src"), ".rs");
    files.extend(files_below(&root().join("tests"), ".rs"));
    let benches = root().join("benches");
    if benches.exists() {
        files.extend(files_below(&benches, ".rs"));
    }
    let code: String = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for name in dependencies() {
        let used = [format!("{}::", name.replace('-', "_")), format!("use {} ", name.replace('-', "_"))];
        assert!(used.iter().any(|u| code.contains(u.as_str())), "{name} is in Cargo.toml, and nothing uses it");
    }
}

#[test]
fn manual_and_completions_know_every_command() {
    use clap_complete::Shell;
    let command = cli::command();
    command.clone().debug_assert();
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut texts = Vec::new();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut command.clone(), "reggie-cfn", &mut text);
        texts.push((shell.to_string(), String::from_utf8(text).unwrap()));
    }
    let mut manual = Vec::new();
    clap_mangen::Man::new(command).render(&mut manual).unwrap();
    texts.push(("the manual page".to_owned(), String::from_utf8(manual).unwrap()));
    for (which, text) in texts {
        for name in
            ["build", "check", "diff", "dns", "explain", "init", "package", "secrets", "site", "stages", "schema"]
        {
            assert!(names.iter().any(|n| n == name), "no command {name}");
            assert!(text.contains(name), "{which} lacks {name}");
        }
    }
}
