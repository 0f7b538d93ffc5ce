//! The text for people, in the look of rustc.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::excerpt::{self, Excerpt};
use super::{facts, place, visible_line, visible_lines};
use crate::diag::{Diagnostic, Diagnostics, Edit, Label, Severity, list};
use crate::source::{FileId, Sources};

/// Columns that a message needs to be readable at all.
const LEAST_WIDTH: usize = 40;

/// Columns beside the source: line numbers, `...` at both ends, and some air.
const FRAME: usize = 24;

/// Renders all findings and, where there are several, how many.
pub(super) fn render(diagnostics: &Diagnostics, sources: &Sources, color: bool, width: usize) -> String {
    let width = width.max(LEAST_WIDTH);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width);
    let mut reports: Vec<String> = diagnostics
        .all()
        .iter()
        .map(|diagnostic| renderer.render(&Report::new(diagnostic, sources, width).groups()))
        .collect();
    reports.extend(summary(diagnostics).map(|title| renderer.render(&[Group::with_title(title)])));
    reports.iter().map(|report| tidy(report)).collect::<Vec<_>>().join("\n")
}

/// Takes blanks off the ends of lines.
fn tidy(report: &str) -> String {
    report.lines().flat_map(|line| [line.trim_end_matches(' '), "\n"]).collect()
}

/// How many findings there are, where there are several.
fn summary(diagnostics: &Diagnostics) -> Option<annotate_snippets::Title<'static>> {
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts =
        kinds.map(|(kind, word)| (kind, word, diagnostics.all().iter().filter(|d| d.severity == kind).count()));
    let worst = counts.iter().find(|(_, _, count)| *count > 0).map(|(kind, _, _)| *kind)?;
    let words: Vec<String> = counts
        .iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(_, word, count)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    let more = if diagnostics.is_full() { "; there may be more" } else { "" };
    (diagnostics.all().len() > 1).then(|| level(worst).primary_title(list(&words) + more))
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// One finding, made ready for drawing.
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    /// The drawn places, the mistake first.
    views: Vec<View<'a, &'a Label>>,
    /// The acts without a repair.
    helps: Vec<String>,
    /// What the repair does, and its pieces line by line.
    repair: Option<(String, Vec<View<'a, &'a Edit>>)>,
}

/// What of one file is drawn together.
struct Piece<T> {
    file: FileId,
    items: Vec<(Range<usize>, T)>,
}

/// Some lines of a file, and what is marked or replaced in them.
struct View<'a, T> {
    path: String,
    excerpt: Excerpt<'a>,
    items: Vec<(Range<usize>, T)>,
}

impl<'a, T> View<'a, T> {
    fn new(piece: Piece<T>, sources: &'a Sources) -> Self {
        let file = sources.file(piece.file);
        let excerpt = Excerpt::new(&file.text, piece.items.iter().map(|(range, _)| range.clone()));
        View { path: visible_line(&file.path), excerpt, items: piece.items }
    }
}

impl<'a> View<'a, &'a Label> {
    /// The lines with their marks; only the place where the lines are too long to be drawn.
    fn element(&self) -> Element<'_> {
        if let (true, Some((range, _))) = (self.excerpt.shown.is_empty(), self.items.first()) {
            let at = self.excerpt.position(range.start);
            return Origin::path(&self.path).line(at.line).char_column(at.column).into();
        }
        let annotations = self.items.iter().map(|(range, label)| annotation(self.excerpt.mark(range), label));
        let source = Snippet::source(self.excerpt.shown.as_str()).path(&self.path);
        source.line_start(self.excerpt.first_line).annotations(annotations).into()
    }
}

impl<'a> View<'a, &'a Edit> {
    fn patch(&self, range: &Range<usize>, edit: &Edit) -> Patch<'a> {
        let mut shown = excerpt::show(&edit.replacement);
        if self.excerpt.shown.trim().is_empty() && range.is_empty() && !shown.ends_with('\n') {
            shown.push('\n'); // text for an empty line is drawn as a new line
        }
        Patch::new(self.excerpt.exact(range), shown)
    }
}

impl<'a> Report<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources, width: usize) -> Self {
        let labels = labels(diagnostic, sources, width.saturating_sub(FRAME));
        let views = labels.into_iter().map(|piece| View::new(piece, sources)).collect();
        let mut helps: Vec<String> = diagnostic.helps.iter().map(|text| visible_lines(text)).collect();
        let edits = edits(diagnostic, sources);
        let mut repair = None;
        if !edits.iter().all(|piece| fits(piece, sources, width)) {
            let edits = edits.iter().flat_map(|piece| &piece.items);
            helps.extend(edits.map(|(range, edit)| in_words(range, edit, sources)));
        } else if !edits.is_empty() {
            let words = helps.pop().unwrap_or_else(|| "apply this change".to_owned());
            repair = Some((words, edits.into_iter().map(|piece| View::new(piece, sources)).collect()));
        }
        Report { diagnostic, views, helps, repair }
    }

    fn groups(&'a self) -> Vec<Group<'a>> {
        let title = level(self.diagnostic.severity)
            .primary_title(visible_line(&self.diagnostic.title))
            .id(self.diagnostic.code.id);
        let snippets = self.views.iter().map(View::element);
        let notes = facts(self.diagnostic).map(|text| Level::NOTE.message(visible_lines(&text)));
        let helps = self.helps.iter().map(|text| Level::HELP.message(text));
        let finding = title.elements(snippets).elements(notes).elements(helps);
        let repair = self.repair.iter().map(|(words, views)| {
            Level::HELP.secondary_title(words).elements(views.iter().map(|view| {
                let patches = view.items.iter().map(|(range, edit)| view.patch(range, edit));
                Snippet::source(view.excerpt.shown.as_str())
                    .path(&view.path)
                    .line_start(view.excerpt.first_line)
                    .patches(patches)
            }))
        });
        std::iter::once(finding).chain(repair).collect()
    }
}

fn annotation<'a>(range: Range<usize>, label: &Label) -> Annotation<'a> {
    let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let text = visible_line(&label.text);
    kind.span(range).label((!text.is_empty()).then_some(text))
}

/// The labels by file, the mistake's file first. Labels of one file that are too far apart from left to right to be on
/// the screen together, as in minified JSON, are drawn one below the other.
fn labels<'a>(diagnostic: &'a Diagnostic, sources: &Sources, budget: usize) -> Vec<Piece<&'a Label>> {
    // Each piece with the columns from its leftmost to its rightmost mark.
    let mut pieces: Vec<(Piece<&Label>, Range<usize>)> = Vec::new();
    let (primary, context): (Vec<_>, Vec<_>) = diagnostic.labels.iter().partition(|label| label.primary);
    for label in primary.into_iter().chain(context) {
        let file = label.span.file;
        let text = &sources.file(file).text;
        let (range, columns) = shortened(text, place::marked(text, label.span), budget);
        let near = pieces.iter_mut().find_map(|(piece, known)| {
            let both = known.start.min(columns.start)..known.end.max(columns.end);
            (piece.file == file && both.len() <= budget).then_some((piece, known, both))
        });
        match near {
            Some((piece, known, both)) => {
                *known = both;
                piece.items.push((range, label));
            }
            None => pieces.push((Piece { file, items: vec![(range, label)] }, columns)),
        }
    }
    // The pieces of a file follow each other, in the order in which the files appear.
    let order: Vec<FileId> = pieces.iter().map(|(piece, _)| piece.file).collect();
    pieces.sort_by_key(|(piece, _)| order.iter().position(|file| *file == piece.file));
    pieces.into_iter().map(|(piece, _)| piece).collect()
}

/// The part of a range that fits on the screen, and its columns.
fn shortened(text: &str, range: Range<usize>, budget: usize) -> (Range<usize>, Range<usize>) {
    let columns = |range: &Range<usize>| {
        let (a, b) = (excerpt::screen_column(text, range.start), excerpt::screen_column(text, range.end));
        a.min(b)..a.max(b)
    };
    let whole = columns(&range);
    if whole.len() <= budget {
        return (range, whole);
    }
    let line = range.start..range.end.min(excerpt::line_end(text, range.start)).max(range.start);
    let mut used = 0;
    let fitting = text.get(line.clone()).unwrap_or_default().char_indices().find(|(_, c)| {
        used += excerpt::screen_width(*c);
        used > budget
    });
    let short = line.start..fitting.map_or(line.end, |(i, _)| line.start + i);
    let columns = columns(&short);
    (short, columns)
}

/// The edits by file and line, in the order of the text, the files of the labels first. Of edits that overlap, the
/// first counts.
fn edits<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Vec<Piece<&'a Edit>> {
    let text = |edit: &Edit| sources.file(edit.span.file).text.as_str();
    let order: Vec<FileId> = diagnostic.labels.iter().map(|label| label.span.file).collect();
    let rank = |file| order.iter().position(|known| *known == file).unwrap_or(order.len());
    let mut sorted: Vec<(Range<usize>, &Edit)> = diagnostic
        .edits
        .iter()
        .map(|edit| (place::clamp(text(edit), edit.span), edit))
        .filter(|(range, edit)| text(edit).get(range.clone()) != Some(edit.replacement.as_str()))
        .collect();
    sorted.sort_by_key(|(range, edit)| (rank(edit.span.file), edit.span.file, range.start, range.end));
    sorted.dedup_by(|(next, edit), (last, kept)| edit.span.file == kept.span.file && next.start < last.end);

    let mut pieces: Vec<Piece<&Edit>> = Vec::new();
    for (range, edit) in sorted {
        let file = edit.span.file;
        let line = |range: &Range<usize>, edit: &Edit| {
            let one = range.end <= excerpt::line_end(text(edit), range.start) && !edit.replacement.contains('\n');
            one.then(|| (edit.span.file, excerpt::line_start(text(edit), range.start)))
        };
        let same_line = |piece: &&mut Piece<&Edit>| {
            let last = piece.items.last().and_then(|(range, edit)| line(range, edit));
            last.is_some() && last == line(&range, edit)
        };
        match pieces.last_mut().filter(same_line) {
            Some(piece) => piece.items.push((range, edit)),
            None => pieces.push(Piece { file, items: vec![(range, edit)] }),
        }
    }
    pieces
}

/// Whether the lines of the edits are short enough to be drawn.
fn fits(piece: &Piece<&Edit>, sources: &Sources, width: usize) -> bool {
    let text = &sources.file(piece.file).text;
    piece.items.iter().all(|(range, _)| {
        let lines = excerpt::line_start(text, range.start)..excerpt::line_end(text, range.end);
        text.get(lines).unwrap_or_default().lines().all(|line| line.len() <= width.saturating_mul(2))
    })
}

/// An edit in words, where its line is too long to be drawn.
fn in_words(range: &Range<usize>, edit: &Edit, sources: &Sources) -> String {
    let file = sources.file(edit.span.file);
    let at = place::position(&file.text, range.start);
    let at = format!("at {}:{}:{}", visible_line(&file.path), at.line, at.column);
    let old = brief(file.text.get(range.clone()).unwrap_or_default());
    let new = brief(&edit.replacement);
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("insert `{new}` {at}"),
        (_, true) => format!("remove `{old}` {at}"),
        _ => format!("replace `{old}` with `{new}` {at}"),
    }
}

/// The start of a text, in one line.
fn brief(text: &str) -> String {
    const MOST: usize = 40;
    let line = visible_line(text.trim());
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests;
