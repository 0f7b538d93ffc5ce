//! Turns diagnostics into text: for people, for programs, for code scanning and for GitHub's log.
//!
//! Nothing here reads or writes anything: [`render`] is a function from findings and sources to a string, and the same
//! findings give the same bytes.

mod excerpt;
mod github;
mod human;
mod json;
mod place;
mod sarif;

use super::{Diagnostic, Diagnostics, Severity, list, quote_list};
use crate::source::{Sources, Span};

/// What the findings are rendered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: the source with the places marked, as compilers do.
    Text,
    /// One JSON object per line and finding.
    Json,
    /// One SARIF 2.1.0 log, for code scanning.
    Sarif,
    /// GitHub's workflow commands, which mark the lines of a pull request.
    Github,
}

/// Renders all findings in their order; the text ends with a line end, unless it is empty.
///
/// `color` and `width` (columns of the terminal) matter for [`Format::Text`] only.
#[must_use]
pub fn render(diagnostics: &Diagnostics, sources: &Sources, format: Format, color: bool, width: usize) -> String {
    let hidden: Vec<Span> = diagnostics.all().iter().flat_map(|d| d.hidden.iter().copied()).collect();
    if !hidden.is_empty() {
        let texts: Vec<String> = hidden.iter().map(|s| sources.text(*s).trim_matches(['"', '\'']).to_owned()).collect();
        let visible = diagnostics.without(&texts);
        return render(&visible, &sources.hiding(&hidden), format, color, width);
    }
    let mut short = diagnostics.clone();
    short.shorten();
    match format {
        Format::Text => human::render(&short, sources, color, width),
        Format::Json => json::render(&short, sources),
        Format::Sarif => sarif::render(&short, sources),
        Format::Github => github::render(&short, sources),
    }
}

/// The severity as JSON and SARIF write it.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The fact in which stages the mistake was found: all of up to five, else four and how many more there are.
fn stages(diagnostic: &Diagnostic) -> Option<String> {
    match diagnostic.stages.as_slice() {
        [] => None,
        // The title says it already.
        [stage] if diagnostic.title.contains(&format!("`{stage}`")) => None,
        [stage] => Some(format!("in stage `{stage}`")),
        stages if stages.len() <= 5 => Some(format!("in stages {}", quote_list(stages))),
        stages => {
            let mut words: Vec<String> = stages.iter().take(4).map(|stage| format!("`{stage}`")).collect();
            words.push(format!("{} more", stages.len() - words.len()));
            Some(format!("in stages {}", list(&words)))
        }
    }
}

/// The facts of a finding: its notes, then its stages.
fn facts(diagnostic: &Diagnostic) -> impl Iterator<Item = String> {
    diagnostic.notes.iter().cloned().chain(stages(diagnostic))
}

/// The whole finding in words, for formats that have one field for it: the title, then a line for each fact and act.
fn message(diagnostic: &Diagnostic) -> String {
    let facts = facts(diagnostic).map(|text| format!("note: {text}"));
    let acts = diagnostic.helps.iter().map(|text| format!("help: {text}"));
    std::iter::once(diagnostic.title.clone()).chain(facts).chain(acts).collect::<Vec<_>>().join("\n")
}

/// A character that is safe to print, one for one: control characters become their pictures (`␛`), and those that
/// reorder or hide text become `�`. Tabs and line ends stay.
fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        _ => c,
    }
}

/// A text that is safe to print and keeps its lines.
fn visible_lines(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if c == '\t' { ' ' } else { visible(c) }).collect()
}

/// A text that is safe to print, in one line.
pub(crate) fn visible_line(text: &str) -> String {
    visible_lines(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    const CODE: Code = Code { id: "CFN011", explanation: "A limit\n\nText." };

    #[test]
    fn stages_are_named_up_to_five() {
        let mut diagnostic = Diagnostic::error(CODE, "title");
        assert_eq!(stages(&diagnostic), None);
        let mut expect = |count: usize, text: &str| {
            diagnostic.stages = (1..=count).map(|i| format!("s{i}")).collect();
            assert_eq!(stages(&diagnostic).as_deref(), Some(text));
        };
        expect(1, "in stage `s1`");
        expect(2, "in stages `s1` and `s2`");
        expect(5, "in stages `s1`, `s2`, `s3`, `s4` and `s5`");
        expect(6, "in stages `s1`, `s2`, `s3`, `s4` and 2 more");
        expect(16, "in stages `s1`, `s2`, `s3`, `s4` and 12 more");
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(visible_line("a\u{1b}[31mb\tc\nd\u{9b}e\u{202e}f\u{7f}\0"), "a␛[31mb c d�e�f␡␀");
        assert_eq!(visible_lines("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(visible_line("Größe 寸法 👩\u{200d}🚀"), "Größe 寸法 👩\u{200d}🚀");
    }
}
