//! Source files and spans: where in which file something stands.
//!
//! Everything that points at the user's text does so with a [`Span`] of bytes; lines and columns are computed once, when a
//! message is made.

use serde::{Deserialize, Serialize};

/// A file of the project, by its place in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `start..end` in `file`.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The bytes as a range, to slice the file's text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people write it: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file: its path relative to the project, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct File {
    /// Path relative to the project's folder, with `/` on every platform.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// The byte at a line and a column in bytes, both from 1, as readers of JSON count; moved to where its character begins.
#[must_use]
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary((before + column.saturating_sub(1)).min(text.len()))
}

/// All files of a project that a message may point into.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(File { path: path.into(), text: text.into() });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file behind an id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// A copy in which nothing of these spans can be read: every character but blanks is an asterisk. Lines and bytes stay
    /// where they are.
    #[must_use]
    pub fn hiding(&self, spans: &[Span]) -> Sources {
        let mut hiding = self.clone();
        for span in spans {
            let Some(file) = hiding.files.get_mut(span.file.0 as usize) else { continue };
            let hide = |c: char| if c.is_whitespace() { c.to_string() } else { "*".repeat(c.len_utf8()) };
            if let Some(text) = file.text.get(span.range()) {
                let stars: String = text.chars().map(hide).collect();
                file.text.replace_range(span.range(), &stars);
            }
        }
        hiding
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Line and column of the span's first byte.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        let before = self.file(span.file).text.get(..span.start as usize).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// `path:line:column` of the span's first byte.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let at = self.position(span);
        format!("{}:{}:{}", self.file(span.file).path, at.line, at.column)
    }

    /// The whole line on which the span starts, without its end.
    #[must_use]
    pub fn line(&self, span: Span) -> &str {
        let text = &self.file(span.file).text;
        let start = text.get(..span.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        let rest = text.get(start..).unwrap_or("");
        rest.split('\n').next().unwrap_or("").trim_end_matches('\r')
    }
}
