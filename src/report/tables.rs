//! What many values share, written once: texts, places of files, origins.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::defaults::first_paragraph;
use crate::origin::{Origin, OriginId, Origins};
use crate::render;
use crate::source::{FileId, Sources, Span};

/// The longest line of a file that is shown, in characters.
const LONGEST_LINE: usize = 400;

/// A text, by its number.
pub(super) type TextId = u32;

/// Where a value comes from, by its number.
pub(super) type SourceId = u32;

/// A file, and those of its lines that something comes from.
#[derive(Debug, Serialize)]
struct File {
    path: String,
    lines: BTreeMap<u32, String>,
}

/// A place: the file's number, the line, the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Place(u32, u32, u32);

/// Where a value comes from, as people are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// Written in a layer: the place, then those that it overrode, the nearest first.
    Manifest(Vec<Place>),
    /// A default: the setting, and what it means.
    Default(TextId, TextId),
    /// A literal of a template that comes with the compiler.
    Template(Place),
    /// Decided, from others.
    Rule(TextId, Vec<SourceId>),
}

/// The shared parts of a report.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tables {
    texts: Vec<String>,
    files: Vec<File>,
    sources: Vec<Source>,
    #[serde(skip)]
    known_texts: BTreeMap<String, TextId>,
    #[serde(skip)]
    known_files: BTreeMap<String, u32>,
    #[serde(skip)]
    known_sources: BTreeMap<Source, SourceId>,
    /// Where the lines of each layer start.
    #[serde(skip)]
    starts: BTreeMap<FileId, Vec<usize>>,
}

impl Tables {
    /// The number of a text.
    pub(super) fn text(&mut self, text: &str) -> TextId {
        number(&mut self.known_texts, &mut self.texts, text.to_owned(), Clone::clone)
    }

    fn file(&mut self, path: &str) -> u32 {
        let file = |path: &String| File { path: path.clone(), lines: BTreeMap::new() };
        number(&mut self.known_files, &mut self.files, path.to_owned(), file)
    }

    /// A place whose line is shown.
    fn place(&mut self, path: &str, line: usize, column: usize, text: &str) -> Place {
        let file = self.file(path);
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        if let Some(file) = self.files.get_mut(file as usize) {
            file.lines.entry(short(line)).or_insert_with(|| shortened(text));
        }
        Place(file, short(line), short(column))
    }

    /// The place of a span of a layer.
    fn of_span(&mut self, span: Span, sources: &Sources) -> Place {
        let file = sources.file(span.file);
        let starts = self
            .starts
            .entry(span.file)
            .or_insert_with(|| std::iter::once(0).chain(file.text.match_indices('\n').map(|(at, _)| at + 1)).collect());
        let line = starts.partition_point(|start| *start <= span.start as usize);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = file.text.get(start..span.start as usize).unwrap_or_default().chars().count() + 1;
        self.place(&file.path, line, column, sources.line(span))
    }
}

/// The number of a value in a list where each stands once.
fn number<K: Ord + Clone, T>(known: &mut BTreeMap<K, u32>, list: &mut Vec<T>, key: K, make: impl Fn(&K) -> T) -> u32 {
    if let Some(number) = known.get(&key) {
        return *number;
    }
    let number = u32::try_from(list.len()).unwrap_or(u32::MAX);
    list.push(make(&key));
    known.insert(key, number);
    number
}

/// A line as it is shown: without its indent, and not without end.
fn shortened(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Tells of one compilation where its values come from.
pub(super) struct Teller<'a> {
    pub(super) tables: &'a mut Tables,
    origins: &'a Origins,
    sources: &'a Sources,
    known: BTreeMap<OriginId, SourceId>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(tables: &'a mut Tables, origins: &'a Origins, sources: &'a Sources) -> Self {
        Teller { tables, origins, sources, known: BTreeMap::new() }
    }

    /// Where a value comes from.
    pub(super) fn source(&mut self, id: OriginId) -> SourceId {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let source = match self.origins.get(id) {
            Origin::Manifest { span, overrode } => {
                let spans = std::iter::once(span).chain(overrode);
                Source::Manifest(spans.map(|span| self.tables.of_span(span, self.sources)).collect())
            }
            Origin::Default { setting, text } => {
                Source::Default(self.tables.text(&setting), self.tables.text(&first_paragraph(text)))
            }
            Origin::Template { template, line } => {
                let text = render::source(template).and_then(|t| t.lines().nth((line as usize).saturating_sub(1)));
                let path = format!("templates/{template}.yaml.j2");
                Source::Template(self.tables.place(&path, line as usize, 1, text.unwrap_or_default()))
            }
            Origin::Derived { rule, from } => {
                let mut sources = Vec::new();
                for source in from {
                    let source = self.source(source);
                    if !sources.contains(&source) {
                        sources.push(source);
                    }
                }
                Source::Rule(self.tables.text(rule), sources)
            }
        };
        let Tables { known_sources, sources, .. } = &mut *self.tables;
        let number = number(known_sources, sources, source, Clone::clone);
        self.known.insert(id, number);
        number
    }
}
