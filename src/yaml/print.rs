//! The canonical printer: a document has one text, which people like to read and all readers read alike.
//!
//! Two spaces, block style, list items two columns to the right of their key, quotes only where [`plain_ok`] asks for them,
//! no line is ever folded. Brackets appear only behind a tag, where `!Select [0, !GetAZs '']` reads better than four lines.
//!
//! The functions recurse over the document, which is no deeper than the reader lets a text be, and the few levels that
//! lowering adds.

use std::borrow::Cow;

use super::Doc;
use super::scalar::{block_ok, plain_ok, quoted};

/// A tagged list is written in brackets if its line ends within this many columns.
const WIDTH: usize = 100;

/// Readers look only 1,024 characters, or bytes, ahead for the `:` of a key; longer keys are marked with `?`.
const LONG_KEY: usize = 1000;

/// Writes a document. Reading the text gives the same document back, with two exceptions that YAML makes: a tagged scalar
/// comes back as a text, and a tag directly under a tag comes back in its long form (`Fn::Base64: !Sub …`), since a value
/// has only one tag.
#[must_use]
pub fn print(doc: &Doc) -> String {
    let mut printer = Printer { out: String::new() };
    match doc {
        Doc::Map(entries) if !entries.is_empty() => printer.map(entries, 0),
        Doc::Seq(items) if !items.is_empty() => printer.seq(items, 0),
        other => printer.inline(other, 0),
    }
    printer.out
}

struct Printer {
    out: String,
}

impl Printer {
    /// The entries of a map; the first one starts where the text ends, the others at column `indent`.
    fn map(&mut self, entries: &[(String, Doc)], indent: usize) {
        for (i, (key, value)) in entries.iter().enumerate() {
            if i > 0 {
                self.spaces(indent);
            }
            let key = scalar(key, false);
            if key.len() > LONG_KEY {
                self.out.push_str("? ");
                self.out.push_str(&key);
                self.out.push('\n');
                self.spaces(indent);
            } else {
                self.out.push_str(&key);
            }
            self.out.push(':');
            self.value(value, indent + 2);
        }
    }

    /// The items of a list, each behind its dash.
    fn seq(&mut self, items: &[Doc], indent: usize) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.spaces(indent);
            }
            self.out.push_str("- ");
            match item {
                Doc::Map(entries) if !entries.is_empty() => self.map(entries, indent + 2),
                Doc::Seq(items) if !items.is_empty() => self.seq(items, indent + 2),
                other => self.inline(other, indent + 2),
            }
        }
    }

    /// What follows a key or a tag: a collection on its own lines at column `indent`, anything else on the same line.
    fn value(&mut self, doc: &Doc, indent: usize) {
        match doc {
            Doc::Map(entries) if !entries.is_empty() => {
                self.out.push('\n');
                self.spaces(indent);
                self.map(entries, indent);
            }
            Doc::Seq(items) if !items.is_empty() => {
                self.out.push('\n');
                self.spaces(indent);
                self.seq(items, indent);
            }
            Doc::Tagged(tag, inner) if matches!(**inner, Doc::Tagged(..)) => {
                self.out.push('\n');
                self.spaces(indent);
                self.long_form(tag, inner, indent);
            }
            other => {
                self.out.push(' ');
                self.inline(other, indent);
            }
        }
    }

    /// Anything that starts on the current line; where it goes on, it does so at column `indent`.
    fn inline(&mut self, doc: &Doc, indent: usize) {
        match doc {
            Doc::Tagged(tag, inner) => match &**inner {
                Doc::Tagged(..) => self.long_form(tag, inner, indent),
                Doc::Seq(items) if !items.is_empty() => {
                    let start = self.out.len();
                    if flow(doc, false, &mut self.out) && self.column() <= WIDTH {
                        self.out.push('\n');
                    } else {
                        self.out.truncate(start);
                        self.tag(tag);
                        self.value(inner, indent);
                    }
                }
                Doc::Map(entries) if !entries.is_empty() => {
                    self.tag(tag);
                    self.value(inner, indent);
                }
                _ => {
                    self.tag(tag);
                    self.out.push(' ');
                    self.inline(inner, indent);
                }
            },
            Doc::Str(text) if block_ok(text) => self.block(text, indent),
            other => {
                // Only collections with content have no flow form here, and those never come this way.
                flow(other, false, &mut self.out);
                self.out.push('\n');
            }
        }
    }

    /// The outer one of two tags as a key.
    fn long_form(&mut self, tag: &str, inner: &Doc, indent: usize) {
        let name = match tag {
            "Ref" | "Condition" => tag.to_owned(),
            function => format!("Fn::{function}"),
        };
        self.out.push_str(&scalar(&name, false));
        self.out.push(':');
        self.value(inner, indent + 2);
    }

    /// A text of several lines, as it is. At the top of a document it is indented too: `---` would end it.
    fn block(&mut self, text: &str, indent: usize) {
        let (header, body) = match text.strip_suffix('\n') {
            Some(body) => ("|", body),
            None => ("|-", text),
        };
        self.line(header);
        for line in body.split('\n') {
            if !line.is_empty() {
                self.spaces(indent.max(2));
            }
            self.line(line);
        }
    }

    fn tag(&mut self, tag: &str) {
        self.out.push('!');
        self.out.push_str(tag);
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn spaces(&mut self, n: usize) {
        const SPACES: &str = "                                ";
        for at in (0..n).step_by(SPACES.len()) {
            self.out.push_str(SPACES.get(..n - at).unwrap_or(SPACES));
        }
    }

    /// How many characters the current line has.
    fn column(&self) -> usize {
        let start = self.out.rfind('\n').map_or(0, |i| i + 1);
        self.out.get(start..).unwrap_or_default().chars().count()
    }
}

/// A document on one line, for messages: everything in brackets and braces.
#[must_use]
pub fn one_line(doc: &Doc) -> String {
    let all = |items: Vec<String>| items.join(", ");
    match doc {
        Doc::Seq(items) => format!("[{}]", all(items.iter().map(one_line).collect())),
        Doc::Map(entries) => {
            let entry = |(key, value): &(String, Doc)| format!("{}: {}", scalar(key, true), one_line(value));
            format!("{{{}}}", all(entries.iter().map(entry).collect()))
        }
        Doc::Tagged(tag, inner) => format!("!{tag} {}", one_line(inner)),
        Doc::Str(text) => scalar(text, true).into_owned(),
        Doc::Null | Doc::Bool(_) | Doc::Int(_) | Doc::Float(_) => {
            let mut line = String::new();
            flow(doc, true, &mut line);
            line
        }
    }
}

/// Writes the document on one line, in brackets if it is a list, and only if people would write it so; else says no, and what it
/// wrote is of no use. Maps with entries and texts of several lines need their own lines.
fn flow(doc: &Doc, in_flow: bool, out: &mut String) -> bool {
    match doc {
        Doc::Null => out.push_str("null"),
        Doc::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Doc::Int(value) => out.push_str(&value.to_string()),
        Doc::Float(value) => out.push_str(&float(*value)),
        Doc::Str(text) if in_flow && block_ok(text) => return false,
        Doc::Str(text) => out.push_str(&scalar(text, in_flow)),
        Doc::Seq(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                if !flow(item, true, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Doc::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Doc::Map(_) => return false,
        Doc::Tagged(_, inner) if matches!(**inner, Doc::Tagged(..)) => return false,
        Doc::Tagged(tag, inner) => {
            out.push('!');
            out.push_str(tag);
            out.push(' ');
            return flow(inner, in_flow, out);
        }
    }
    true
}

/// A text, bare if every reader takes it for that text, or else in quotes.
fn scalar(text: &str, in_flow: bool) -> Cow<'_, str> {
    if plain_ok(text, in_flow) { text.into() } else { quoted(text).into() }
}

/// The shortest digits that read back as the same number, never with an exponent: YAML 1.1 reads `1e5` as a text.
fn float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let digits = value.to_string();
    if digits.contains('.') { digits } else { format!("{digits}.0") }
}

#[cfg(test)]
mod tests;
