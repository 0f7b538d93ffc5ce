//! Rendered text, parsed: a tree with holes in it, and the template's line for each of its lines.
//!
//! Lines move when a template loops, so each line of a template is marked with its own number before it is compiled. The
//! marks come out again before the text is parsed.

use super::embedded::TEMPLATES;
use crate::yaml::{self, Node};

/// Begins the number of a hole.
pub(super) const HOLE: char = '\u{E000}';
/// Ends the number of a hole.
pub(super) const HOLE_END: char = '\u{E001}';
/// Begins the mark of a line.
const MARK: char = '\u{E002}';
/// Ends the mark of a line.
const MARK_END: char = '\u{E003}';

/// Where a line of rendered text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// The template.
    pub template: &'static str,
    /// Its line, from 1.
    pub line: u32,
}

/// A parsed tree with holes.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// The tree; spans are bytes of the text without marks.
    pub root: Node,
    starts: Vec<u32>,
    lines: Vec<Line>,
}

/// A template's text with its lines marked.
pub(super) fn marked(name: &str) -> Option<String> {
    let number = TEMPLATES.iter().position(|(n, _)| *n == name)?;
    let mut marked = String::with_capacity(TEMPLATES[number].1.len() * 3 / 2);
    for (i, line) in TEMPLATES[number].1.lines().enumerate() {
        // A comment at the very left is within no text, so that nothing is lost when it is not read again and again.
        if line.starts_with('#') {
            marked.push('\n');
            continue;
        }
        marked.push_str(line);
        let trimmed = line.trim();
        let only_a_tag = trimmed.starts_with("{%") && trimmed.ends_with("%}");
        if !trimmed.is_empty() && !only_a_tag {
            marked.push(MARK);
            marked.push_str(&format!("{number}:{}", i + 1));
            marked.push(MARK_END);
        }
        marked.push('\n');
    }
    Some(marked)
}

impl Skeleton {
    /// Parses rendered text.
    pub(super) fn parse(text: &str) -> Result<Skeleton, String> {
        let mut clean = String::with_capacity(text.len());
        let mut starts = Vec::new();
        let mut lines = Vec::new();
        let mut last = Line { template: "", line: 0 };
        for line in text.lines() {
            starts.push(u32::try_from(clean.len()).unwrap_or(u32::MAX));
            let mut rest = line;
            let mut first = None;
            while let Some((before, marked)) = rest.split_once(MARK) {
                clean.push_str(before);
                let (mark, after) = marked.split_once(MARK_END).unwrap_or((marked, ""));
                first = first.or_else(|| read_mark(mark));
                rest = after;
            }
            clean.push_str(rest);
            clean.push('\n');
            last = first.unwrap_or(last);
            lines.push(last);
        }
        let root = yaml::parse_template(&clean).map_err(|error| {
            let before = clean.get(..error.offset).unwrap_or(&clean);
            let line = before.lines().count().max(1);
            let shown = clean.lines().skip(line.saturating_sub(3)).take(5).collect::<Vec<_>>().join("\n");
            format!("what it spells is no YAML: {}\n{shown}", error.message)
        })?;
        Ok(Skeleton { root, starts, lines })
    }

    /// How many lines the text has.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line of the text, from 0, that a byte stands in, and the template's line behind it.
    pub(super) fn line(&self, offset: u32) -> (usize, Line) {
        let at = self.starts.partition_point(|s| *s <= offset).saturating_sub(1);
        (at, self.lines.get(at).copied().unwrap_or(Line { template: "", line: 0 }))
    }
}

fn read_mark(mark: &str) -> Option<Line> {
    let (number, line) = mark.split_once(':')?;
    let (template, _) = TEMPLATES.get(number.parse::<usize>().ok()?)?;
    Some(Line { template, line: line.parse().ok()? })
}
