//! The part of a file that a message shows, safe to print, and spans in it.

use std::ops::Range;

use super::{place, visible};
use crate::source::Position;

/// The longest part of a file that is drawn, in bytes. Lines without end take long to draw, and show nobody anything.
const LONGEST: usize = 64 << 10;

/// Whole lines of a file with line ends of one byte and without characters that a terminal would act on.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    /// The whole file.
    text: &'a str,
    /// The first byte that is shown.
    start: usize,
    /// Number of the first line.
    pub(super) first_line: usize,
    /// What is shown. Always ends with a line end; nothing at all where the lines are too long.
    pub(super) shown: String,
}

impl<'a> Excerpt<'a> {
    /// The lines of `text` that `ranges` touch, and those between them.
    pub(super) fn new(text: &'a str, ranges: impl Iterator<Item = Range<usize>> + Clone) -> Self {
        let first = ranges.clone().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.map(|range| range.end).max().unwrap_or(0);
        let lines = line_start(text, first)..line_end(text, last);
        let first_line = place::position(text, lines.start).line;
        if lines.len() > LONGEST {
            return Excerpt { text, start: lines.start, first_line, shown: String::new() };
        }
        let mut shown = show(text.get(lines.clone()).unwrap_or_default());
        if shown.is_empty() || shown.ends_with('\n') {
            shown.push(' '); // so that there is something to mark in an empty last line
        }
        shown.push('\n');
        Excerpt { text, start: lines.start, first_line, shown }
    }

    /// Line and column of a byte of the file.
    pub(super) fn position(&self, offset: usize) -> Position {
        place::position(self.text, offset)
    }

    /// The bytes of [`Excerpt::shown`] that stand for a range of the file.
    pub(super) fn exact(&self, range: &Range<usize>) -> Range<usize> {
        self.offset(range.start)..self.offset(range.end)
    }

    /// Like [`Excerpt::exact`], and one character wide where the range is empty and a character follows in its line.
    pub(super) fn mark(&self, range: &Range<usize>) -> Range<usize> {
        let Range { start, end } = self.exact(range);
        let next = self.shown.get(start..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n');
        match next {
            Some(c) if start == end => start..start + c.len_utf8(),
            _ => start..end,
        }
    }

    /// As the characters are shown one for one, a place is as far in as the shown text before it is long.
    fn offset(&self, offset: usize) -> usize {
        show(self.text.get(self.start..offset).unwrap_or_default()).len()
    }
}

/// The text as it is shown, character by character.
pub(super) fn show(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(visible).collect()
}

/// The first byte of the line of `offset`.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |i| i + 1)
}

/// The end of the line of `offset`, before its line end.
pub(super) fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |i| offset + i);
    let start = line_start(text, offset);
    let line = text.get(start..end).unwrap_or_default();
    if end < text.len() && line.ends_with('\r') { (end - 1).max(start) } else { end }
}

/// A column on the screen, at least: a tab takes four, and what is not ASCII may take two.
pub(super) fn screen_column(text: &str, offset: usize) -> usize {
    let before = text.get(line_start(text, offset)..offset).unwrap_or_default();
    before.chars().map(screen_width).sum()
}

/// The columns that a character takes on the screen, at most.
pub(super) fn screen_width(c: char) -> usize {
    match c {
        '\t' => 4,
        c if c.is_ascii() => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, range: Range<usize>) -> (usize, String, String) {
        let excerpt = Excerpt::new(text, std::iter::once(range.clone()));
        let marked = excerpt.shown[excerpt.mark(&range)].to_owned();
        (excerpt.first_line, excerpt.shown, marked)
    }

    #[test]
    fn whole_lines_are_shown() {
        assert_eq!(excerpt("a: 1\nb: 2\nc: 3\n", 8..9), (2, "b: 2\n".into(), "2".into()));
        assert_eq!(excerpt("a: 1\nb: 2\nc: 3", 3..11), (1, "a: 1\nb: 2\nc: 3\n".into(), "1\nb: 2\nc".into()));
    }

    #[test]
    fn line_ends_become_one_byte() {
        assert_eq!(excerpt("a: 1\r\nb: 2\r\nc: 3\r\n", 9..10), (2, "b: 2\n".into(), "2".into()));
        assert_eq!(excerpt("a: 1\r\nb: 2\r\n", 3..10), (1, "a: 1\nb: 2\n".into(), "1\nb: 2".into()));
        assert_eq!(excerpt("a: 1\r\nb: 2\r\n", 4..4), (1, "a: 1\n".into(), String::new()));
        assert_eq!(excerpt("a\rb: 1", 3..4), (1, "a␍b: 1\n".into(), ":".into()));
    }

    #[test]
    fn empty_ranges_mark_what_follows() {
        assert_eq!(excerpt("a: 1\n", 3..3), (1, "a: 1\n".into(), "1".into()));
        assert_eq!(excerpt("a: 1\n", 4..4), (1, "a: 1\n".into(), String::new()));
        assert_eq!(excerpt("a: 1\n", 5..5), (2, " \n".into(), " ".into()));
        assert_eq!(excerpt("", 0..0), (1, " \n".into(), " ".into()));
    }

    #[test]
    fn control_characters_keep_places() {
        assert_eq!(excerpt("a\u{1b}\u{9b}: ö\n", 6..8), (1, "a␛�: ö\n".into(), "ö".into()));
    }
}
