//! One JSON object per line and finding.

use serde::Serialize;

use super::place::{self, Place};
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Sources;

/// One finding. Every field is always there; the place is null where the finding has none.
#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    title: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    labels: Vec<Label<'a>>,
    notes: &'a [String],
    helps: &'a [String],
    edits: Vec<Edit<'a>>,
    stages: &'a [String],
}

/// A place with a few words. Lines and columns start at 1; columns count characters, and the end is one past the last.
#[derive(Serialize)]
struct Label<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
    primary: bool,
}

/// A text to replace.
#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    replacement: &'a str,
}

/// Renders all findings.
pub(super) fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let line = |d| serde_json::to_string(&finding(d, sources)).unwrap_or_default() + "\n";
    diagnostics.all().iter().map(line).collect()
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    let at = diagnostic.span().map(|span| place::of_label(sources, span));
    let labels = diagnostic.labels.iter().map(|label| {
        let Place { file, start, end } = place::of_label(sources, label.span);
        Label {
            file,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &label.text,
            primary: label.primary,
        }
    });
    let edits = diagnostic.edits.iter().map(|edit| {
        let Place { file, start, end } = place::of_edit(sources, edit.span);
        Edit {
            file,
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            replacement: &edit.replacement,
        }
    });
    Finding {
        code: diagnostic.code.id,
        severity: super::severity(diagnostic.severity),
        title: &diagnostic.title,
        file: at.map(|at| at.file),
        line: at.map(|at| at.start.line),
        column: at.map(|at| at.start.column),
        end_line: at.map(|at| at.end.line),
        end_column: at.map(|at| at.end.column),
        labels: labels.collect(),
        notes: &diagnostic.notes,
        helps: &diagnostic.helps,
        edits: edits.collect(),
        stages: &diagnostic.stages,
    }
}

#[cfg(test)]
mod tests {
    use crate::diag::render::{Format, render};
    use crate::diag::{Code, Diagnostic, Diagnostics};
    use crate::source::{Sources, Span};

    const CODE: Code = Code { id: "MAN004", explanation: "A key that no one reads" };

    #[test]
    fn every_finding_is_one_line_with_every_field() {
        let mut sources = Sources::default();
        let base = sources.add("environments/base.yaml", "größe:\n  memroy: 1\n");
        let mut finding = Diagnostic::warning(CODE, "unknown \"key\"")
            .context(Span::new(base, 0, 7), "in this")
            .at(Span::new(base, 11, 17), "no\nsetting")
            .note("fact")
            .help("act")
            .edit(Span::new(base, 11, 17), "memory");
        finding.stages = vec!["production".to_owned()];
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(finding);
        diagnostics.push(Diagnostic::error(CODE, "bare"));
        let expected = concat!(
            r#"{"code":"MAN004","severity":"warning","title":"unknown \"key\"","#,
            r#""file":"environments/base.yaml","line":2,"column":3,"end_line":2,"end_column":9,"labels":["#,
            r#"{"file":"environments/base.yaml","line":1,"column":1,"end_line":1,"end_column":6,"#,
            r#""text":"in this","primary":false},"#,
            r#"{"file":"environments/base.yaml","line":2,"column":3,"end_line":2,"end_column":9,"#,
            r#""text":"no\nsetting","primary":true}],"notes":["fact"],"helps":["act"],"edits":["#,
            r#"{"file":"environments/base.yaml","start_line":2,"start_column":3,"end_line":2,"end_column":9,"#,
            r#""replacement":"memory"}],"stages":["production"]}"#,
            "\n",
            r#"{"code":"MAN004","severity":"error","title":"bare","#,
            r#""file":null,"line":null,"column":null,"end_line":null,"end_column":null,"#,
            r#""labels":[],"notes":[],"helps":[],"edits":[],"stages":[]}"#,
            "\n"
        );
        assert_eq!(render(&diagnostics, &sources, Format::Json, true, 1), expected);
    }
}
