//! GitHub's workflow commands: lines of a job's log that GitHub shows beside the lines of a pull request.

use std::fmt::Write as _;

use super::place::{self, Place};
use super::{message, visible_line, visible_lines};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::source::Sources;

/// Renders one command per finding.
pub(super) fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    diagnostics.all().iter().map(|diagnostic| command(diagnostic, sources) + "\n").collect()
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.span() {
        let Place { file, start, end } = place::of_label(sources, span);
        properties.push(format!("file={}", property(file)));
        properties.push(format!("line={}", start.line));
        let in_line = start.line == end.line; // GitHub takes columns only there
        properties.extend(in_line.then(|| format!("col={}", start.column)));
        properties.push(format!("endLine={}", end.line));
        properties.extend(in_line.then(|| format!("endColumn={}", end.column)));
    }
    properties.push(format!("title={}", property(diagnostic.code.id)));
    let mut text = message(diagnostic);
    for label in diagnostic.labels.iter().filter(|label| !label.primary) {
        let Place { file, start, .. } = place::of_label(sources, label.span);
        _ = write!(text, "\n{file}:{}:{}: {}", start.line, start.column, label.text);
    }
    format!("::{name} {}::{}", properties.join(","), data(&text))
}

/// A message as the runner reads it back.
fn data(text: &str) -> String {
    escape(&visible_lines(text))
}

/// A property as the runner reads it back.
fn property(text: &str) -> String {
    escape(&visible_line(text)).replace(':', "%3A").replace(',', "%2C")
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::source::Span;

    const CODE: Code = Code { id: "MAN004", explanation: "A key that no one reads" };

    #[test]
    fn messages_and_properties_are_escaped() {
        let mut sources = Sources::default();
        let odd = sources.add("a,b:100%.yaml", "x: 1\ny: 2\n");
        let mut finding = Diagnostic::warning(CODE, "at 100%: a, b::c\u{1b}")
            .at(Span::new(odd, 3, 4), "label")
            .context(Span::new(odd, 5, 9), "overridden")
            .note("fact\r\nmore")
            .help("act");
        finding.stages = vec!["production".to_owned()];
        let expected = concat!(
            "::warning file=a%2Cb%3A100%25.yaml,line=1,col=4,endLine=1,endColumn=5,title=MAN004",
            "::at 100%25: a, b::c␛%0Anote: fact%0Amore%0Anote: in stage `production`%0Ahelp: act",
            "%0Aa,b:100%25.yaml:2:1: overridden"
        );
        assert_eq!(command(&finding, &sources), expected);
    }

    #[test]
    fn places_over_several_lines_have_no_columns() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "x: 1\ny: 2\n");
        let finding = Diagnostic::new(Severity::Note, CODE, "two lines").at(Span::new(file, 0, 10), "");
        assert_eq!(command(&finding, &sources), "::notice file=a.yaml,line=1,endLine=2,title=MAN004::two lines");
        let finding = Diagnostic::error(CODE, "no place");
        assert_eq!(command(&finding, &sources), "::error title=MAN004::no place");
    }
}
