//! Mutations: edits that people, editors and merges make, and that nobody would make.

use std::collections::BTreeSet;

use reggie_cfn::diag::Diagnostics;
use reggie_cfn::schema::MANIFEST_SCHEMA;
use reggie_cfn::source::FileId;
use reggie_cfn::yaml::{self, Doc, Limits};

use super::case::Case;
use super::targets::doc;

/// A generator of the same numbers for the same seed (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// A number below `below`; 0 where that is 0.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (below.max(1) as u64)).unwrap_or(0)
    }

    /// One of them.
    pub fn of<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> Option<&'a T> {
        items.get(self.below(items.len())).copied()
    }
}

/// Texts that mean something to some part of the compiler.
const WORDS: &[&str] = &[
    "null",
    "none",
    "~",
    "true",
    "yes",
    "{}",
    "[]",
    "''",
    "\"\"",
    "0",
    "-1",
    "1",
    "0.5",
    "1e9",
    "9223372036854775807",
    "99999999999999999999",
    ".inf",
    "012",
    "1_000",
    "\"5 minutes\"",
    "\"1 GB\"",
    "${stage}",
    "${values.a}",
    "${zone.name}",
    "${",
    "}",
    "$${",
    "${a.b.c}",
    "${secrets.X.value}",
    "${inputs.X}",
    "{a: b}",
    "[a, b]",
    "- ",
    "? ",
    ": ",
    "# ",
    "| ",
    ">-\n",
    "---\n",
    "...\n",
    "<<: ",
    "&a ",
    "*a",
    "!Ref ",
    "!Sub ",
    "!GetAtt ",
    "!!str ",
    "!",
    "%",
    "@",
    "`",
    "\"",
    "'",
    "\\",
    "\t",
    "\r\n",
    "\u{feff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{202e}",
    "\0",
    "é",
    "🙂",
    "a.b",
    "*",
    "*.example.com",
    "10.0.0.0/16",
    "0.0.0.0/0",
    "::/0",
    "../..",
    "/",
    "arn:aws:iam::123456789012:role/x",
    "{{resolve:ssm:x}}",
    "{{ x }}",
    "Fn::Sub",
    "Ref",
    "Fn::GetAtt",
    "AWS::Region",
    "AWS::NoValue",
];

/// The words of the language: every key and every word that the schema knows.
pub fn dictionary() -> Vec<String> {
    fn gather(json: &serde_json::Value, words: &mut BTreeSet<String>) {
        match json {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
                let short = |text: &str| text.len() < 40 && !text.contains(char::is_whitespace);
                if matches!(key.as_str(), "properties" | "$defs") {
                    words.extend(value.as_object().into_iter().flatten().map(|(name, _)| name.clone()));
                }
                if matches!(key.as_str(), "enum" | "const" | "default" | "examples") {
                    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                    words.extend(values.iter().map(ToString::to_string).filter(|text| short(text)));
                }
                gather(value, words);
            }),
            serde_json::Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
            _ => {}
        }
    }
    let mut words: BTreeSet<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    gather(&serde_json::from_str(MANIFEST_SCHEMA).unwrap_or_default(), &mut words);
    words.into_iter().collect()
}

/// Changes a case in one to four places. `others` are cases to take pieces from.
pub fn mutate(case: &mut Case, random: &mut Random, words: &[String], others: &[Case]) {
    for _ in 0..=random.below(4) {
        let paths: Vec<String> = case.files.keys().cloned().collect();
        let Some(path) = paths.get(random.below(paths.len())) else { return };
        let other = others.get(random.below(others.len())).and_then(|other| {
            let texts: Vec<&String> = other.files.values().collect();
            random.of(&texts)
        });
        if random.below(40) == 0 {
            files(case, path, random, other);
            continue;
        }
        let Some(text) = case.files.get_mut(path) else { continue };
        if random.below(2) == 0
            && let Some(changed) = tree(text, random, words, other)
        {
            *text = changed;
            continue;
        }
        lines(text, random, words, other);
        text.truncate(text.floor_char_boundary(MOST_BYTES));
    }
}

/// The longest file: what is slow because it is long is known.
const MOST_BYTES: usize = 16_000;

/// Adds, removes or renames a file.
fn files(case: &mut Case, path: &str, random: &mut Random, other: Option<&String>) {
    match random.below(3) {
        0 => drop(case.files.remove(path)),
        1 => drop(case.files.insert("environments/more.yaml".to_owned(), other.cloned().unwrap_or_default())),
        _ => {
            let text = case.files.get(path).cloned().unwrap_or_default();
            case.files.insert(path.replace("production", "staging").replace("base", "production"), text);
        }
    }
}

/// Changes a text as a text.
fn lines(text: &mut String, random: &mut Random, words: &[String], other: Option<&String>) {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let at = random.below(lines.len() + 1);
    let to = random.below(lines.len() + 1);
    let word = words.get(random.below(words.len())).cloned().unwrap_or_default();
    match random.below(12) {
        0 if at < lines.len() => drop(lines.remove(at)),
        1 if at < lines.len() => lines.insert(to, lines[at].clone()),
        2 if at < lines.len() && to < lines.len() => lines.swap(at, to),
        3 if at < lines.len() => lines[at] = format!("{}{}", " ".repeat(random.below(8)), lines[at].trim_start()),
        4 if at < to => lines.drain(at..to.min(at + 6)).for_each(drop),
        5 if at < to => {
            let block: Vec<String> = lines[at..to.min(at + 12)].to_vec();
            let place = random.below(lines.len());
            lines.splice(place..place, block);
        }
        6 => {
            let others: Vec<&str> = other.map(|o| o.split_inclusive('\n').collect()).unwrap_or_default();
            let from = random.below(others.len());
            lines.splice(at..at, others.into_iter().skip(from).take(1 + random.below(6)).map(str::to_owned));
        }
        7 if at < lines.len() => {
            // A key or a value for another.
            let line = lines[at].clone();
            let indent = line.len() - line.trim_start().len();
            lines[at] = match line.split_once(": ") {
                Some((key, _)) if random.below(2) == 0 => format!("{key}: {word}\n"),
                Some((_, value)) => format!("{}{word}: {value}", " ".repeat(indent)),
                None => format!("{}{word}\n", " ".repeat(indent)),
            };
        }
        _ => return characters(text, random, &word),
    }
    *text = lines.concat();
}

/// Changes characters, wherever they stand.
fn characters(text: &mut String, random: &mut Random, word: &str) {
    let at = text.floor_char_boundary(random.below(text.len() + 1));
    let end = text.ceil_char_boundary((at + random.below(8)).min(text.len()));
    match random.below(5) {
        0 => text.replace_range(at..end, ""),
        1 => text.insert_str(at, word),
        2 => text.replace_range(at..end, word),
        3 => {
            let piece = text.get(at..end).unwrap_or_default().repeat(1 + random.below(40));
            text.insert_str(at, &piece);
        }
        _ => {
            // A number for another.
            let digits = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())).map(|i| at + i);
            if let Some(start) = digits {
                let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
                let numbers = ["0", "1", "-1", "2", "64", "65536", "4294967296", "9223372036854775808", "1.5", "007"];
                text.replace_range(start..start + length, random.of(&numbers).unwrap_or("0"));
            }
        }
    }
}

/// Changes a text as the tree that it is; nothing where it is none.
fn tree(text: &str, random: &mut Random, words: &[String], other: Option<&String>) -> Option<String> {
    let read = |text: &str| {
        let root = yaml::parse(FileId(0), text, &Limits::default(), &mut Diagnostics::default());
        root.map(doc).filter(|doc| matches!(doc, Doc::Map(_)))
    };
    let mut root = read(text)?;
    let mut places = Vec::new();
    paths(&root, &mut Vec::new(), &mut places);
    let place = |random: &mut Random| places.get(random.below(places.len())).cloned();
    let (from, to) = (place(random)?, place(random)?);
    let word = words.get(random.below(words.len())).cloned().unwrap_or_default();
    match random.below(10) {
        0 => drop(remove(&mut root, &from)),
        1 => *at(&mut root, &to)? = Doc::Null,
        2 => {
            let piece = at(&mut root, &from)?.clone();
            *at(&mut root, &to)? = piece;
        }
        3 => {
            let (a, b) = (at(&mut root, &from)?.clone(), at(&mut root, &to)?.clone());
            *at(&mut root, &from)? = b;
            *at(&mut root, &to)? = a;
        }
        4 => {
            let key = key(&mut root, &from)?;
            *key = word.trim_matches('"').to_owned();
        }
        5 => {
            let value = at(&mut root, &to)?;
            *value = match random.below(4) {
                0 => Doc::Seq(vec![value.clone()]),
                1 => Doc::map([(word, value.clone())]),
                2 => Doc::Tagged("Sub".to_owned(), Box::new(value.clone())),
                _ => Doc::Str(word),
            };
        }
        6 => {
            let piece = read(&word).unwrap_or(Doc::Str(word.trim_matches('"').to_owned()));
            *at(&mut root, &to)? = word.parse().map(Doc::Int).unwrap_or(piece);
        }
        7 => match at(&mut root, &to)? {
            Doc::Map(entries) => entries.push((word.trim_matches('"').to_owned(), Doc::Str(String::new()))),
            Doc::Seq(items) => items.extend(items.clone()),
            Doc::Str(text) => *text = format!("${{{}}}", from.first()?),
            _ => return None,
        },
        _ => {
            // A piece of another file, at the same place or at any other.
            let mut other = read(other?)?;
            let mut theirs = Vec::new();
            paths(&other, &mut Vec::new(), &mut theirs);
            let from = theirs.get(random.below(theirs.len()))?;
            let piece = at(&mut other, from)?.clone();
            let name = from.last()?.clone();
            match at(&mut root, &to)? {
                Doc::Map(entries) if random.below(2) == 0 => {
                    entries.retain(|(key, _)| *key != name);
                    entries.push((name, piece));
                }
                place => *place = piece,
            }
        }
    }
    Some(yaml::print(&root))
}

/// The paths of all values below a document.
fn paths(doc: &Doc, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let mut below = |step: String, value: &Doc, path: &mut Vec<String>| {
        path.push(step);
        found.push(path.clone());
        paths(value, path, found);
        path.pop();
    };
    match doc {
        Doc::Map(entries) => entries.iter().for_each(|(key, value)| below(key.clone(), value, path)),
        Doc::Seq(items) => items.iter().enumerate().for_each(|(i, value)| below(i.to_string(), value, path)),
        Doc::Tagged(_, inner) => paths(inner, path, found),
        _ => {}
    }
}

/// The value at a path, in whatever is there by now.
fn at<'d>(doc: &'d mut Doc, path: &[String]) -> Option<&'d mut Doc> {
    let Some((step, rest)) = path.split_first() else { return Some(doc) };
    match doc {
        Doc::Map(entries) => at(&mut entries.iter_mut().find(|(key, _)| key == step)?.1, rest),
        Doc::Seq(items) => at(items.get_mut(step.parse::<usize>().ok()?)?, rest),
        Doc::Tagged(_, inner) => at(inner, path),
        _ => None,
    }
}

/// The key at a path.
fn key<'d>(doc: &'d mut Doc, path: &[String]) -> Option<&'d mut String> {
    let (step, above) = path.split_last()?;
    match at(doc, above)? {
        Doc::Map(entries) => entries.iter_mut().find(|(key, _)| key == step).map(|(key, _)| key),
        _ => None,
    }
}

fn remove(doc: &mut Doc, path: &[String]) -> Option<()> {
    let (step, above) = path.split_last()?;
    match at(doc, above)? {
        Doc::Map(entries) => entries.retain(|(key, _)| key != step),
        Doc::Seq(items) => drop(items.remove(step.parse().ok()?)),
        _ => return None,
    }
    Some(())
}
