//! Lines and columns of spans, for spans that may be wrong.

use std::ops::Range;

use crate::source::{Position, Sources, Span};

/// Where a span starts, and one column past where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// Path of the file.
    pub(super) file: &'a str,
    /// First character.
    pub(super) start: Position,
    /// One past the last character.
    pub(super) end: Position,
}

/// The bytes of a span, moved into the text, out to whole characters and out of the middle of a line end.
pub(super) fn clamp(text: &str, span: Span) -> Range<usize> {
    let whole = |offset: usize| match text.as_bytes().get(..offset.saturating_add(1)) {
        Some([.., b'\r', b'\n']) => offset - 1,
        _ => offset,
    };
    let start = whole(text.floor_char_boundary((span.start as usize).min(text.len())));
    let end = whole(text.ceil_char_boundary((span.end as usize).min(text.len())));
    start..end.max(start)
}

/// Like [`clamp`], without the blanks and line ends at the end: what a label should mark.
pub(super) fn marked(text: &str, span: Span) -> Range<usize> {
    let range = clamp(text, span);
    let words = text.get(range.clone()).unwrap_or_default().trim_end();
    range.start..range.start + words.len()
}

/// The place a label marks.
pub(super) fn of_label(sources: &Sources, span: Span) -> Place<'_> {
    let file = sources.file(span.file);
    place(&file.path, &file.text, &marked(&file.text, span))
}

/// The place an edit replaces, exactly.
pub(super) fn of_edit(sources: &Sources, span: Span) -> Place<'_> {
    let file = sources.file(span.file);
    place(&file.path, &file.text, &clamp(&file.text, span))
}

fn place<'a>(file: &'a str, text: &str, range: &Range<usize>) -> Place<'a> {
    Place { file, start: position(text, range.start), end: position(text, range.end) }
}

/// Line and column of a byte of the text.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, start: usize, end: usize) -> [usize; 4] {
        let mut sources = Sources::default();
        let span = Span::new(sources.add("a.yaml", text), start, end);
        let place = of_label(&sources, span);
        [place.start.line, place.start.column, place.end.line, place.end.column]
    }

    #[test]
    fn columns_count_characters_and_the_end_is_one_past() {
        assert_eq!(places("größe: 1\nb: 2\n", 0, 7), [1, 1, 1, 6]);
        assert_eq!(places("a: 1\r\nb: 22\r\n", 9, 11), [2, 4, 2, 6]);
    }

    #[test]
    fn line_ends_are_not_marked() {
        assert_eq!(places("a:\n  b: 1\n\nc: 2\n", 5, 11), [2, 3, 2, 7]);
        assert_eq!(places("a: 1\n", 4, 5), [1, 5, 1, 5]);
    }

    #[test]
    fn hostile_spans_are_clamped() {
        assert_eq!(places("a: 1\n", 900, 1000), [2, 1, 2, 1]);
        assert_eq!(places("", 3, 9), [1, 1, 1, 1]);
        assert_eq!(places("ö: 1", 1, 2), [1, 1, 1, 2]);
        assert_eq!(places("a: ö", 4, 4), [1, 4, 1, 5]);
        assert_eq!(places("a: 1\r\nb: 2", 5, 5), [1, 5, 1, 5]);
    }
}
