//! Syntax errors about the structure of lines: keys, items and their indentation.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::place::{Place, one, quote_it, rest_of_line};
use super::{Source, shown};
use crate::diag::{Code, Diagnostic};
use crate::yaml::scalar::quoted;

/// Text that is not YAML.
pub const YAML001: Code = Code {
    id: "YAML001",
    explanation: "\
the file is not YAML at this place

The reader expects `key: value`, `- item` or a text in quotes here, and found something else.
Nothing behind this place was read, so there may be more to find.

Most often a text needs quotes, because it holds or starts with a character that YAML uses itself:

    title: Reggie: the app       # a second `: `
    title: 'Reggie: the app'
    handle: '@reggie'
    match: '[a-z]+ or more'
",
};

/// Indentation that fits nothing.
pub const YAML005: Code = Code {
    id: "YAML005",
    explanation: "\
a line is indented in a way that fits no line above it

The keys of a map start in the same column, and so do the dashes of a list. A line must start in a
column in which a line above it started, or further to the right below a key without a value.

    web:
      cpu: 256
     memory: 512      # no: neither a key of `web` nor one beside it
      memory: 512     # yes
",
};

/// Readers look no further for the `:` of a key.
const LONGEST_KEY: usize = 1024;

/// Everything else: what stands in the line does not fit what stands above it.
pub(super) fn structure(source: &Source, kind: &ErrorKind, place: &Place, at: usize) -> Diagnostic {
    let line = source.line_at(at);
    let text = source.slice(line.clone());
    let start = line.start + (text.len() - text.trim_start().len());
    let word = rest_of_line(source, start);
    match kind {
        ErrorKind::MappingValueNotAllowed => second_colon(source, place, at),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => no_colon(source, word),
        ErrorKind::UnexpectedCharacter { character } => reserved(source, at, *character),
        ErrorKind::BlockSequenceEntryNotAllowed if start != at => {
            Diagnostic::error(YAML001, "a list starts on the line of its key")
                .at(one(source, at), "the first item")
                .help("start the list on the next line, or write it in brackets")
                .help(quote_it(source, &rest_of_line(source, at)))
        }
        ErrorKind::ExpectedDocumentStart => {
            Diagnostic::error(YAML001, "something follows the end of the document's only value")
                .at(source.span(rest_of_line(source, at)), "not part of it")
                .help("write the file as a map: `key: value` on each line")
        }
        ErrorKind::CommentInterceptedScalar => {
            Diagnostic::error(YAML001, "a comment stands between the lines of one text")
                .at(source.span(rest_of_line(source, at)), "the text went on here")
                .help("put the text in quotes, or move the comment above its key")
        }
        ErrorKind::CommentNotSeparated => Diagnostic::error(YAML001, "a comment follows a text without a space")
            .at(one(source, at), "`#` starts a comment")
            .help("put a space in front of `#`, or quote the text"),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::BlockSequenceEntryNotAllowed
            if is_item(text) && !lines_above(source, line.start).next().is_some_and(is_item) =>
        {
            Diagnostic::error(YAML005, "a list item stands among the keys of a map")
                .at(one(source, start), "this item")
                .help("indent the item below its key, and write no value behind that key")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry if start < at && !is_item(text) => {
            Diagnostic::error(YAML001, "something follows a value on the same line")
                .at(source.span(rest_of_line(source, at)), "not part of the value")
                .help("put the whole value in quotes if a text is meant")
        }
        ErrorKind::ExpectedBlockSequenceEntry if !is_item(text) => {
            Diagnostic::error(YAML005, "a line without `-` stands among the items of a list")
                .at(source.span(word), "not an item")
                .help("start it with `- `, or indent it like the key that it belongs beside")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingKeyNotAllowed => indentation(source, start),
        _ if source.slice(at..source.text.len()).starts_with(',') => reserved(source, at, ','),
        other => Diagnostic::error(YAML001, format!("this is not YAML: {other}"))
            .at(source.span(rest_of_line(source, at)), "cannot be read")
            .help("put the value in quotes if a text is meant"),
    }
}

fn reserved(source: &Source, at: usize, character: char) -> Diagnostic {
    Diagnostic::error(YAML001, format!("a text starts with `{character}`"))
        .at(one(source, at), "reserved by YAML")
        .help(quote_it(source, &rest_of_line(source, at)))
}

fn is_item(line: &str) -> bool {
    let line = line.trim();
    line == "-" || line.starts_with("- ")
}

/// A `:` behind something that already is a value.
fn second_colon(source: &Source, place: &Place, at: usize) -> Diagnostic {
    let Some(last) = &place.last else {
        return Diagnostic::error(YAML001, "`:` stands where no key can be")
            .at(one(source, at), "no key before it")
            .help("write the key, or quote the line if a text is meant");
    };
    let first_line = source.line_at(last.range.start);
    let line = source.line_at(at);
    let text = source.slice(line.start..at);
    let start = line.start + (text.len() - text.trim_start().len());
    if first_line == line && last.range.len() > LONGEST_KEY {
        return Diagnostic::error(YAML001, "a key has more than 1,024 characters")
            .at(source.span(last.range.clone()), "read as a key, because `:` follows")
            .help("shorten the key, or put the whole line in quotes if a text is meant");
    }
    if first_line == line {
        let value = rest_of_line(source, last.range.start);
        return Diagnostic::error(YAML001, "a value on one line holds `: `, which separates keys from values")
            .at(one(source, at), "the second one on this line")
            .help(quote_it(source, &value))
            .edit(source.span(value.clone()), quoted(source.slice(value)));
    }
    if last.is_value {
        return Diagnostic::error(YAML005, format!("the key {} is indented below a value", shown(text.trim())))
            .at(source.span(start..at), "indented further than the key above")
            .context(source.span(rest_of_line(source, last.range.start)), "the value that it would continue")
            .help("indent it like the key above, or remove the value above to make it a map");
    }
    no_colon(source, rest_of_line(source, last.range.start))
}

fn no_colon(source: &Source, word: Range<usize>) -> Diagnostic {
    let text = source.slice(word.clone());
    let diagnostic = Diagnostic::error(YAML001, format!("{} is not followed by `:`", shown(text)));
    if text.starts_with('-') && !text.starts_with("--") {
        return diagnostic
            .at(source.span(word), "neither a key nor an item")
            .help("put a space behind `-` to make it an item");
    }
    diagnostic
        .at(source.span(word), "expected a key")
        .help("write `: …` behind it, or put the lines of a long text in quotes")
}

/// The lines above a place, the nearest first, without blank ones and comments.
fn lines_above<'a>(source: &Source<'a>, line_start: usize) -> impl Iterator<Item = &'a str> {
    source
        .slice(0..line_start)
        .lines()
        .rev()
        .filter(|line| !matches!(line.trim_start().chars().next(), None | Some('#')))
}

/// A line that starts in a column in which no line above it started.
fn indentation(source: &Source, start: usize) -> Diagnostic {
    let line = source.line_at(start);
    let column = start - line.start;
    let mut columns: Vec<usize> = Vec::new();
    for text in lines_above(source, line.start) {
        let indent = text.len() - text.trim_start().len();
        if columns.last().is_none_or(|last| indent < *last) {
            columns.push(indent);
        }
        if indent == 0 {
            break;
        }
    }
    let above = columns.first().copied();
    let spaces = |n: usize| if n == 1 { "1 space".to_owned() } else { format!("{n} spaces") };
    let choices: Vec<String> = columns.iter().rev().map(usize::to_string).collect();
    let choices = match choices.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last} spaces", rest.join(", ")),
        _ => spaces(above.unwrap_or(0)),
    };
    Diagnostic::error(YAML005, format!("this line is indented by {}, which fits no line above it", spaces(column)))
        .at(
            source.span(line.start..rest_of_line(source, start).end),
            match above {
                Some(above) => format!("the line above has {}", spaces(above)),
                None => "nothing stands above it".to_owned(),
            },
        )
        .help(format!("indent it by {choices}"))
}
