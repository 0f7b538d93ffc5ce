//! Files of secrets: a line a secret, `NAME=value`, as `sst secret list` prints them and `sst secret load` reads them.
//!
//! SST writes values as they are, so that one of several lines goes on below its name. Only keys in PEM, which say where they end,
//! can be told from what follows them; of everything else that is no `NAME=value` it is said where it stands.

use std::ops::Range;

use super::{Sealed, veiled};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

/// `CFN524`: a line that cannot be taken.
pub const CFN524: Code = Code {
    id: "CFN524",
    explanation: "a line of the file is no secret with its value\n\n\
        The file has a line a secret, `NAME=value`, in quotes or not; lines that begin with `#` are comments. This is what \
        `sst secret list` prints, and what dotenv files are. A value of several lines is one only where that can be seen: a key in PEM, \
        which goes on to its `-----END`, or a value in double quotes with `\\n` for its line ends. The line itself is not shown, because it \
        may be a part of a value.",
};

/// `CFN525`: the secrets of another stage.
pub const CFN525: Code = Code {
    id: "CFN525",
    explanation: "the file holds the secrets of another stage\n\n\
        `sst secret list --stage NAME` begins with a line `# <app>/<stage>`. If the stage there is not the one that the values would be \
        written for, production may be about to get the keys of staging. Where this is meant, take the line out of the file.",
};

/// Which part of the list a secret stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Below `# fallback`: values for all stages that have none of their own.
    Fallback,
    /// The stage's own.
    Stage,
}

/// A secret that a file gives.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Sealed,
    /// Where its name stands.
    pub at: Span,
    /// Its line, from 1.
    pub line: usize,
    /// Which part of the list it stands in.
    pub section: Section,
}

/// A name with what follows it.
struct Line<'t> {
    number: usize,
    name: &'t str,
    at: Range<usize>,
    value: String,
    section: Section,
}

/// What is wrong with a line, and where.
struct Wrong {
    code: Code,
    title: String,
    label: &'static str,
    help: String,
    at: Range<usize>,
}

/// The longest name that is shown: those of secrets are words.
const LONGEST_NAME: usize = 64;

/// Reads a file for a stage. It is added to `sources` with nothing in it but names.
pub fn dotenv(path: String, text: &str, stage: &str, sources: &mut Sources, findings: &mut Diagnostics) -> Vec<Given> {
    let (lines, mut wrong, headers) = lines(text, stage);
    let mut given: Vec<Given> = Vec::new();
    for line in lines {
        let at = Span::new(FileId(0), line.at.start, line.at.end);
        let (name, number, section) = (line.name.to_owned(), line.number, line.section);
        let made = Given { name, value: Sealed::new(line.value), at, line: number, section };
        match given.iter_mut().find(|known| known.name == made.name) {
            None => given.push(made),
            // What a stage says of its own stands above the fallback.
            Some(known) if known.section == Section::Fallback && section == Section::Stage => *known = made,
            Some(known) if known.section == Section::Stage && section == Section::Fallback => {}
            Some(known) => wrong.push(Wrong {
                code: CFN524,
                title: format!("`{}` stands twice, on line {} and here", made.name, known.line),
                label: "which of the two?",
                help: "take one of the lines out".to_owned(),
                at: line.at,
            }),
        }
    }
    let shown: Vec<Range<usize>> = given.iter().map(|g| g.at.range()).chain(headers).collect();
    let file = sources.add(path, veiled(text, &shown));
    for Wrong { code, title, label, help, at } in wrong {
        let at = Span::new(file, at.start, at.end);
        findings.push(Diagnostic::error(code, title).at(at, label).help(help));
    }
    given.iter_mut().for_each(|g| g.at.file = file);
    given
}

/// The lines of a text with names, what is wrong with others, and where a header stands.
fn lines<'t>(text: &'t str, stage: &str) -> (Vec<Line<'t>>, Vec<Wrong>, Vec<Range<usize>>) {
    let (mut found, mut wrong, mut headers): (Vec<Line<'t>>, Vec<Wrong>, Vec<Range<usize>>) = Default::default();
    let (mut section, mut start, mut open) = (Section::Stage, 0, false);
    for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
        let (begin, line) = (start, whole.trim_end_matches(['\n', '\r']));
        start += whole.len();
        // A key in PEM goes on to where it says that it ends.
        if let Some(last) = found.last_mut().filter(|_| open) {
            let plain = without_colours(line);
            last.value.push('\n');
            last.value.push_str(&plain);
            open = !plain.starts_with("-----END ");
            continue;
        }
        let plain = without_colours(line);
        if let Some(comment) = plain.strip_prefix('#') {
            let comment = comment.trim();
            match (comment, comment.split_once('/')) {
                ("fallback", _) => section = Section::Fallback,
                (_, Some((app, of))) if plain.starts_with("# ") && is_word(app) && is_word(of) => {
                    section = Section::Stage;
                    if !of.eq_ignore_ascii_case(stage) {
                        let at = begin..begin + line.len();
                        headers.push(at.clone());
                        wrong.push(other_stage(of, stage, at));
                    }
                }
                _ => {}
            }
            continue;
        }
        if plain.trim().is_empty() {
            continue;
        }
        match secret(line, &plain) {
            Some((name, value)) => {
                let at = begin + line.find(name).unwrap_or(0);
                open = value.starts_with("-----BEGIN ") && !value.contains("-----END ");
                found.push(Line { number, name, at: at..at + name.len(), value, section });
            }
            None => wrong.push(unreadable(found.last(), begin)),
        }
    }
    if let Some(last) = found.last().filter(|_| open) {
        wrong.push(Wrong {
            code: CFN524,
            title: format!("the key of `{}` has no end", last.name),
            label: "begins here",
            help: "a key in PEM ends with a line that begins with `-----END`".to_owned(),
            at: last.at.clone(),
        });
    }
    for line in &mut found {
        line.value = unquoted(&line.value);
    }
    (found, wrong, headers)
}

/// `NAME=value` of a line.
fn secret<'t>(line: &'t str, plain: &str) -> Option<(&'t str, String)> {
    let (name, value) = plain.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    // The last line of a text in Base64 looks like a name: it ends with `=`, or `==`.
    let is_name = is_word(name) && name.len() <= LONGEST_NAME && value != "=" && !(value.is_empty() && name.len() > 40);
    let at = line.find(name).filter(|_| is_name)?;
    Some((line.get(at..at + name.len())?, value.trim().to_owned()))
}

/// Whether a text is a name as AWS and SST have them.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The text without what colours it on a terminal.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| c.is_ascii_alphabetic());
        rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// A value without its quotes, as `sst secret load` reads it.
fn unquoted(value: &str) -> String {
    let within = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match (within('"'), within('\'')) {
        (Some(inner), _) => escaped(inner),
        (None, Some(inner)) => inner.to_owned(),
        (None, None) => value.to_owned(),
    }
}

/// What `\n`, `\r`, `\t` and `\"` stand for in double quotes; any other backslash stays.
fn escaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
}

fn other_stage(of: &str, stage: &str, at: Range<usize>) -> Wrong {
    Wrong {
        code: CFN525,
        title: format!("the file holds the secrets of `{of}`, and they would be written for `{stage}`"),
        label: "so it says",
        help: format!("if its values are meant for `{stage}`, take this line out"),
        at,
    }
}

fn unreadable(before: Option<&Line<'_>>, at: usize) -> Wrong {
    let help = match before {
        Some(line) => format!(
            "if it goes on with the value of `{}`, put that on one line: `{}=\"…\"`, with `\\n` for its line ends",
            line.name, line.name
        ),
        None => "write `NAME=value`".to_owned(),
    };
    let title = "the line is no `NAME=value`".to_owned();
    Wrong { code: CFN524, title, label: "not shown: it may be a value", help, at: at..at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, String)>, Vec<String>, String) {
        let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
        let given = dotenv("x.env".to_owned(), text, "production", &mut sources, &mut findings);
        let values = given.iter().map(|g| (g.name.clone(), g.value.open().to_owned())).collect();
        let titles = findings.all().iter().map(|d| d.title.clone()).collect();
        (values, titles, sources.file(FileId(0)).text.clone())
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn what_sst_lists_is_read() {
        let text = "# fallback\nA=1\nB=b=c \n# shop/production\nA=2\nEmpty=\n\nexport Q=\"x\\ny\\\"\"\nS='a\\n'\r\n";
        let (values, titles, left) = read(text);
        assert_eq!(values, pairs(&[("A", "2"), ("B", "b=c"), ("Empty", ""), ("Q", "x\ny\""), ("S", "a\\n")]));
        assert!(titles.is_empty(), "{titles:?}");
        assert_eq!(left.split_whitespace().collect::<Vec<_>>(), ["B", "A", "Empty", "Q", "S"]);
    }

    #[test]
    fn colours_are_no_part_of_it() {
        let (values, titles, _) =
            read("\u{1b}[37m# shop/production\u{1b}[0m\n\u{1b}[1mA\u{1b}[0m=\u{1b}[2mx y\u{1b}[0m\n");
        assert_eq!((values, titles), (pairs(&[("A", "x y")]), Vec::new()));
    }

    #[test]
    fn keys_in_pem_are_whole() {
        let key = "-----BEGIN KEY-----\nABC=\nD=E\n# no comment\n-----END KEY-----";
        let (values, titles, left) = read(&format!("K={key}\nA=1\n"));
        assert_eq!((values, titles), (pairs(&[("K", key), ("A", "1")]), Vec::new()));
        assert!(!left.contains("ABC"));
        let (_, titles, _) = read("K=-----BEGIN KEY-----\nABC=\n");
        assert_eq!(titles, ["the key of `K` has no end"]);
    }

    #[test]
    fn what_may_be_a_value_is_not_shown() {
        for line in ["hunter2", "aHVudGVyMg==", "hunter 2=x", "=hunter2", "-----END hunter2", "{\"hunter\": 2}"] {
            let (values, titles, left) = read(&format!("A=1\n{line}\n"));
            assert_eq!((values.len(), titles.len()), (1, 1), "{line}: {titles:?}");
            assert!(!left.contains("hunter") && !titles[0].contains("hunter"), "{line}: {left}");
        }
    }

    #[test]
    fn another_stage_is_told() {
        assert_eq!(read("# shop/staging\nA=1\n").1.len(), 1);
        for fine in ["# shop/Production\nA=1", "# a note / another\nA=1", "#\nA=1", "# see docs/secrets.md\nA=1"] {
            assert_eq!(read(fine).1, Vec::<String>::new(), "{fine}");
        }
        assert_eq!(read("A=1\nA=2\n").1, ["`A` stands twice, on line 1 and here"]);
    }
}
