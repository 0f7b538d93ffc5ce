//! Diagnostics: what is wrong with the input, as data.
//!
//! Phases push [`Diagnostic`]s; only the command line renders them. The words of a message stand next to the check that
//! makes it, and so does its [`Code`] with the paragraph that `reggie-cfn explain CODE` prints.

mod insert;
pub mod render;
mod suggest;

pub use insert::first_setting;
pub use suggest::{a_quoted, did_you_mean, either, list, quote_list};

use crate::origin::{Origin, OriginId, Origins};
use crate::source::Span;

/// The name of a kind of mistake, such as `MAN004`. Codes are never used again for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// YAML, STG, MAN, REF, CFN, DNS, SEC, POL or BUG, and three digits.
    pub id: &'static str,
    /// What `explain` prints: the first line is a title, then paragraphs.
    pub explanation: &'static str,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Probably not what was meant; `--strict` makes it an error.
    Warning,
    /// Worth knowing.
    Note,
}

/// A place in the source with a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// At most ten words.
    pub text: String,
    /// Whether this is the place of the mistake, and not one that explains it.
    pub primary: bool,
}

/// A repair that can be applied: replace the text at `span`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; may be empty.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One finding about the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence in lower case, a fact about the user's file.
    pub title: String,
    /// Places, the primary one first.
    pub labels: Vec<Label>,
    /// Facts.
    pub notes: Vec<String>,
    /// Acts.
    pub helps: Vec<String>,
    /// A mechanical repair.
    pub edits: Vec<Edit>,
    /// Text that no message may show, such as a secret in use.
    pub hidden: Vec<Span>,
    /// The stages in which it was found; empty where it does not depend on the stage.
    pub stages: Vec<String>,
}

impl Diagnostic {
    /// A finding without a place yet.
    pub fn new(severity: Severity, code: Code, title: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            edits: Vec::new(),
            hidden: Vec::new(),
            stages: Vec::new(),
        }
    }

    /// An error.
    pub fn error(code: Code, title: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Error, code, title)
    }

    /// A warning.
    pub fn warning(code: Code, title: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Warning, code, title)
    }

    /// The place of the mistake.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// A place that explains it.
    #[must_use]
    pub fn context(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// The place of a value: where it was written, and below it what it overrode. Where no layer wrote the value, the
    /// first of `or` that was written.
    #[must_use]
    pub fn at_origin(self, origins: &Origins, origin: OriginId, or: &[OriginId], text: &str) -> Self {
        let spans = std::iter::once(&origin).chain(or).map(|id| origins.spans(*id)).find(|s| !s.is_empty());
        self.at_spans(&spans.unwrap_or_default(), text)
    }

    /// The places of a value: where it was written, and below it what it overrode.
    #[must_use]
    pub fn at_spans(mut self, spans: &[Span], text: &str) -> Self {
        for (i, span) in spans.iter().enumerate() {
            self = if i == 0 { self.at(*span, text) } else { self.context(*span, "this value is overridden") };
        }
        self
    }

    /// A place that explains it, where the value behind it was written at all.
    #[must_use]
    pub fn context_if_known(self, origins: &Origins, origin: Option<OriginId>, text: &str) -> Self {
        match origin.and_then(|id| origins.spans(id).first().copied()) {
            Some(span) => self.context(span, text),
            None => self,
        }
    }

    /// A fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// An act.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// A repair that can be applied.
    #[must_use]
    pub fn edit(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edits.push(Edit { span, replacement: replacement.into() });
        self
    }

    /// A repair of a value; none where the value was composed, so that its text stands nowhere as it is.
    #[must_use]
    pub fn edit_if_written(self, origins: &Origins, origin: OriginId, replacement: &str) -> Self {
        match origins.get(origin) {
            Origin::Manifest { span, .. } => self.edit(span, replacement),
            Origin::Default { .. } | Origin::Template { .. } | Origin::Derived { .. } => self,
        }
    }

    /// The first primary label's place.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|l| l.primary).or_else(|| self.labels.first()).map(|l| l.span)
    }
}

/// The most findings that are kept. Nobody reads more of them, and hostile input would fill memory and time with them.
const MOST: usize = 200;

/// The findings of a phase.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding. Of too many the first are kept, errors before all others.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < MOST {
            self.list.push(diagnostic);
        } else if diagnostic.severity == Severity::Error
            && let Some(less) = self.list.iter_mut().rfind(|d| d.severity != Severity::Error)
        {
            *less = diagnostic;
        }
    }

    /// Whether no further error would be kept, so that there is no use in looking for more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.list.len() >= MOST && self.list.iter().all(|d| d.severity == Severity::Error)
    }

    /// Adds a finding, or only its places and repairs where one of the same code and title is there already.
    pub fn join(&mut self, diagnostic: Diagnostic) {
        let same = |d: &&mut Diagnostic| d.code == diagnostic.code && d.title == diagnostic.title;
        let Some(known) = self.list.iter_mut().find(same) else { return self.list.push(diagnostic) };
        for label in diagnostic.labels {
            if !known.labels.iter().any(|l| l.span == label.span) {
                known.labels.push(Label { primary: false, ..label });
            }
        }
        known.edits.extend(diagnostic.edits);
        known.hidden.extend(diagnostic.hidden);
    }

    /// Whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All findings in the order of the source.
    #[must_use]
    pub fn all(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Takes the findings of one stage over: a finding that is there already only learns of the stage.
    pub fn merge(&mut self, other: Diagnostics, stage: Option<&str>) {
        for mut diagnostic in other.list {
            // What points nowhere is about the command line, and the stage is named there.
            if !diagnostic.labels.is_empty() {
                diagnostic.stages.extend(stage.map(str::to_owned));
            }
            // What is an error on one stage may be a warning on another, for another reason.
            let same = |d: &&mut Diagnostic| {
                (d.code, d.severity, &d.title, &d.labels, &d.notes, &d.helps)
                    == (
                        diagnostic.code,
                        diagnostic.severity,
                        &diagnostic.title,
                        &diagnostic.labels,
                        &diagnostic.notes,
                        &diagnostic.helps,
                    )
            };
            match self.list.iter_mut().find(same) {
                Some(known) => {
                    for stage in diagnostic.stages {
                        if !known.stages.contains(&stage) {
                            known.stages.push(stage);
                        }
                    }
                }
                None => self.push(diagnostic),
            }
        }
    }

    /// The same findings with none of these texts in their words, and nothing left to hide.
    #[must_use]
    pub fn without(&self, texts: &[String]) -> Diagnostics {
        let clean = |words: &mut String| {
            for text in texts.iter().filter(|t| !t.is_empty() && words.contains(t.as_str())).collect::<Vec<_>>() {
                *words = words.replace(text.as_str(), "…");
            }
        };
        let mut without = self.clone();
        without.each_text(clean);
        for diagnostic in &mut without.list {
            diagnostic.edits.iter_mut().for_each(|e| clean(&mut e.replacement));
            diagnostic.hidden.clear();
        }
        without
    }

    /// Makes a message of a few lines of every message, however long the names and values in it are. Repairs stay whole.
    pub fn shorten(&mut self) {
        self.each_text(|text| {
            if let Some(short) = suggest::shortened(text) {
                *text = short;
            }
        });
    }

    /// Calls `f` on every title, label, note and help.
    fn each_text(&mut self, f: impl Fn(&mut String)) {
        for diagnostic in &mut self.list {
            f(&mut diagnostic.title);
            diagnostic.labels.iter_mut().for_each(|l| f(&mut l.text));
            diagnostic.notes.iter_mut().chain(&mut diagnostic.helps).for_each(&f);
        }
    }

    /// Makes warnings errors.
    pub fn strict(&mut self) {
        for diagnostic in &mut self.list {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }

    /// Orders the findings by severity, place and code, so that the same input gives the same text.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            (a.severity, a.span(), a.code.id, &a.title).cmp(&(b.severity, b.span(), b.code.id, &b.title))
        });
    }
}
