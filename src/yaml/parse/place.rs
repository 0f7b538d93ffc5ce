//! Where something stands and how it is written: what all readers of one file say about its places.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::text::{YAML006, is_refused_in_value, name};
use super::{Dialect, Findings, Source};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::yaml::scalar::quoted;

/// The last scalar, for the messages of syntax errors.
#[derive(Clone)]
pub(super) struct Last {
    pub(super) range: Range<usize>,
    pub(super) is_value: bool,
}

/// Where a syntax error interrupted the reading.
pub(super) struct Place {
    /// The end of what is understood.
    pub(super) end: usize,
    /// Where the innermost open list or map with brackets starts.
    pub(super) bracket: Option<usize>,
    pub(super) last: Option<Last>,
}

/// A scalar as it stands in the text.
pub(super) struct Written<'a> {
    /// Its text, after escapes.
    pub(super) text: &'a str,
    pub(super) style: ScalarStyle,
    pub(super) range: Range<usize>,
}

impl Written<'_> {
    pub(super) fn is_plain(&self) -> bool {
        self.style == ScalarStyle::Plain
    }

    /// Whether there is nothing where a scalar is expected.
    pub(super) fn is_missing(&self) -> bool {
        self.is_plain() && self.range.is_empty()
    }
}

/// One character.
pub(super) fn one(source: &Source, at: usize) -> Span {
    let width = source.slice(at..source.text.len()).chars().next().map_or(0, char::len_utf8);
    source.span(at..at + width)
}

/// From a place to the end of its line, without a comment.
pub(super) fn rest_of_line(source: &Source, at: usize) -> Range<usize> {
    let text = source.slice(at..source.line_at(at).end.max(at));
    let text = text.split(" #").next().unwrap_or(text);
    at..at + text.trim_end().len()
}

pub(super) fn quote_it(source: &Source, range: &Range<usize>) -> String {
    let text = source.slice(range.clone());
    if text.len() > 100 {
        return "if a text is meant, put it in quotes".to_owned();
    }
    format!("if a text is meant, quote it: `{}`", quoted(text))
}

/// Looks for characters that came in by an escape and may not be part of a value.
pub(super) fn check_characters(source: &Source, written: &Written, findings: &mut Findings) {
    // The text itself was checked before; and what a template escapes is our own printing.
    if source.dialect == Dialect::Template || written.style != ScalarStyle::DoubleQuoted {
        return;
    }
    if let Some(c) = written.text.chars().find(|c| is_refused_in_value(*c)) {
        findings.push(
            Diagnostic::error(YAML006, format!("this text holds {}", name(c)))
                .at(source.span(written.range.clone()), "written as an escape")
                .help("delete the escape"),
        );
    }
}
