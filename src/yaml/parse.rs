//! The reader: text → [`Node`]s with positions, or findings that show the place and name the repair.
//!
//! One reader serves two dialects. A *layer* was written by people: what readers of YAML disagree about (`yes`, `012`,
//! anchors, merge keys) is refused or remarked on, so that a manifest means one thing. A *template* was rendered by us a
//! moment ago: there is nobody to warn, and it may hold the place-holders that stand for values.
//!
//! The parser below (`granit-parser`) gives events with byte ranges and limits the depth; it is named in this room only.

mod key;
mod marks;
mod place;
mod structure;
mod syntax;
mod text;
mod tree;
mod value;

use granit_parser::Parser;

use super::{Kind, Node};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{FileId, Span};

/// All codes of this room.
pub const CODES: &[Code] = &[
    structure::YAML001,
    syntax::YAML002,
    syntax::YAML003,
    syntax::YAML004,
    structure::YAML005,
    text::YAML006,
    text::YAML007,
    syntax::YAML008,
    syntax::YAML009,
    key::YAML010,
    key::YAML011,
    key::YAML012,
    value::YAML013,
    syntax::YAML014,
    value::YAML015,
    value::YAML016,
    value::YAML017,
    text::YAML018,
];

/// How deep lists and maps may be nested; this also bounds the recursion of everything that walks the tree.
const MAX_DEPTH: usize = 64;

/// After this many findings in one file, the rest of it is not worth reading.
const MAX_FINDINGS: usize = 100;

/// How large a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub max_bytes: usize,
    /// Scalars, lists and maps of a file together.
    pub max_nodes: usize,
}

impl Limits {
    /// What a program wrote may be larger than what people write.
    const OF_A_TEMPLATE: Limits = Limits { max_bytes: 4 << 20, max_nodes: 200_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_bytes: 1 << 20, max_nodes: 50_000 }
    }
}

/// A rendered template that is not YAML: a bug of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where in the rendered text, in bytes.
    pub offset: usize,
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte {} of the rendered text)", self.message, self.offset)
    }
}

impl std::error::Error for TemplateError {}

/// Reads a layer. `None` if an error was found; `out` has all that could be found. An empty file is an empty map.
pub fn parse(file: FileId, text: &str, limits: &Limits, out: &mut Diagnostics) -> Option<Node> {
    let mut findings = Findings { out, count: 0, errors: 0 };
    let root = read(&Source { file, text, dialect: Dialect::Layer }, limits, &mut findings);
    root.filter(|_| findings.errors == 0)
}

/// Reads what a template of ours rendered to. Spans are offsets into `text`, in a file that does not exist.
///
/// # Errors
///
/// If the text is not YAML, or is YAML that a template has no reason to render: our bug, not the user's.
pub fn parse_template(text: &str) -> Result<Node, TemplateError> {
    let mut out = Diagnostics::default();
    let mut findings = Findings { out: &mut out, count: 0, errors: 0 };
    let source = Source { file: FileId(u32::MAX), text, dialect: Dialect::Template };
    let root = read(&source, &Limits::OF_A_TEMPLATE, &mut findings);
    match (root, out.all().iter().find(|d| d.severity == Severity::Error)) {
        (Some(root), None) => Ok(root),
        (_, Some(error)) => Err(TemplateError {
            message: error.title.clone(),
            offset: error.span().map_or(0, |span| span.start as usize),
        }),
        (None, None) => Err(TemplateError { message: "the text could not be read".to_owned(), offset: 0 }),
    }
}

/// Reads a template that was not made here. `None` if an error was found; `out` has all that could be found.
pub fn parse_foreign(file: FileId, text: &str, out: &mut Diagnostics) -> Option<Node> {
    let mut findings = Findings { out, count: 0, errors: 0 };
    // JSON may be indented with tabs. None stands inside its texts, and in place of one a blank keeps every position.
    let spaced = text.trim_start().starts_with('{').then(|| text.replace('\t', " "));
    let text = spaced.as_deref().unwrap_or(text);
    let root = read(&Source { file, text, dialect: Dialect::Template }, &Limits::OF_A_TEMPLATE, &mut findings);
    root.filter(|_| findings.errors == 0)
}

/// Who wrote the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Layer,
    Template,
}

impl Dialect {
    /// What the words for layers become in those for a template, which nothing lies below.
    fn says<'w>(self, of_a_layer: &'w str, of_a_template: &'w str) -> &'w str {
        match self {
            Dialect::Layer => of_a_layer,
            Dialect::Template => of_a_template,
        }
    }
}

/// Where it stands what CloudFormation does not take of YAML.
const SOURCE_OF_YAML: &str = "AWS CloudFormation User Guide, \"CloudFormation template format\"";

/// A text that is being read.
struct Source<'a> {
    file: FileId,
    text: &'a str,
    dialect: Dialect,
}

impl<'a> Source<'a> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start.min(self.text.len()), range.end.min(self.text.len()))
    }

    /// The text of a range; nothing if it lies outside.
    fn slice(&self, range: std::ops::Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// Where the line of a byte starts and where it ends, without its line break.
    fn line_at(&self, at: usize) -> std::ops::Range<usize> {
        let before = self.slice(0..at);
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let end = self.slice(start..self.text.len()).find('\n').map_or(self.text.len(), |i| start + i);
        start..start + self.slice(start..end).trim_end_matches('\r').len()
    }
}

/// What was found so far. Findings beyond [`MAX_FINDINGS`] are left out.
struct Findings<'a> {
    out: &'a mut Diagnostics,
    count: usize,
    errors: usize,
}

impl Findings<'_> {
    fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|d| self.push(d));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.count += 1;
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        // A first error is kept however many warnings came before it.
        if self.count <= MAX_FINDINGS || (diagnostic.severity == Severity::Error && self.errors <= MAX_FINDINGS) {
            self.out.push(diagnostic);
        }
    }
}

fn read(source: &Source, limits: &Limits, findings: &mut Findings) -> Option<Node> {
    if !text::check(source, limits, findings) {
        return None;
    }
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        disallow_directives: true,
        strict_indentation: false,
        block_nesting_limit: MAX_DEPTH,
        flow_nesting_limit: MAX_DEPTH,
    };
    let mut tree = tree::Tree::new(source, limits.max_nodes);
    for event in Parser::new_from_str_with_options(source.text, options) {
        match event {
            Ok((event, at)) => {
                if tree.take(event, &at, findings).is_break() || findings.errors >= MAX_FINDINGS {
                    return None;
                }
            }
            Err(error) => {
                findings.push(syntax::explain(source, &error, &tree.place()));
                return None;
            }
        }
    }
    let empty = Node { span: source.span(0..0), tag: None, kind: Kind::Map(Vec::new()) };
    Some(tree.finish().unwrap_or(empty))
}

/// A piece of the user's text between backticks, short and on one line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut out = String::from("`");
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        if super::scalar::is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out.push('`');
    out
}

#[cfg(test)]
mod tests;
