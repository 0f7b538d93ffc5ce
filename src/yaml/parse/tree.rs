//! Events → tree. What is a key and what is a value is known here; what may be one is checked next door.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::key::Key;
use super::place::{Last, Place, Written, quote_it, rest_of_line};
use super::syntax::{YAML008, YAML009};
use super::text::YAML007;
use super::value::Holder;
use super::{Dialect, Findings, SOURCE_OF_YAML, Source, key, shown, syntax, value};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::yaml::{Entry, Kind, Node};

/// The tree as far as it is read.
pub(super) struct Tree<'a> {
    source: &'a Source<'a>,
    max_nodes: usize,
    nodes: usize,
    documents: usize,
    frames: Vec<Frame>,
    root: Option<Node>,
    /// Where the last event ended.
    end: usize,
    last: Option<Last>,
}

/// A list or a map that is still open.
struct Frame {
    start: usize,
    in_flow: bool,
    /// Whether it has brackets of its own; `[a: 1]` holds a map without.
    has_brackets: bool,
    tag: Option<String>,
    children: Children,
}

enum Children {
    Seq(Vec<Node>),
    Map { entries: Vec<Entry>, seen: BTreeMap<String, Span>, key: Option<Key> },
}

impl<'a> Tree<'a> {
    pub(super) fn new(source: &'a Source<'a>, max_nodes: usize) -> Self {
        Tree { source, max_nodes, nodes: 0, documents: 0, frames: Vec::new(), root: None, end: 0, last: None }
    }

    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    pub(super) fn place(&self) -> Place {
        let bracket = self.frames.iter().rev().take_while(|f| f.in_flow).find(|f| f.has_brackets).map(|f| f.start);
        Place { end: self.end, bracket, last: self.last.clone() }
    }

    /// Takes the next event. Breaks where reading on makes no sense.
    pub(super) fn take(&mut self, event: Event, at: &granit_parser::Span, findings: &mut Findings) -> ControlFlow<()> {
        let range = at.byte_range().unwrap_or(self.end..self.end);
        let tag_at = at.tag_span().and_then(|tag| tag.byte_range());
        // A lone `!` says that a text is a text (YAML 1.2, 6.9.1); to a layer no tag like that is known.
        let is_lone =
            self.source.dialect == Dialect::Template && tag_at.clone().is_some_and(|at| self.source.slice(at) == "!");
        let tag_at = tag_at.filter(|_| !is_lone);
        match event {
            Event::DocumentStart(..) => return self.document(range, findings),
            // Stands in front of the node whose event came before it.
            Event::Anchor(_, name) => findings.push(anchor(self.source, range, &name)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.gap(&range, findings);
                self.alias(range, findings);
            }
            Event::Scalar(text, style, _, tag) => {
                self.gap(&range, findings);
                self.count(&range, findings)?;
                self.scalar(&text, style, tag.as_deref().filter(|_| !is_lone), tag_at, range, findings);
            }
            Event::SequenceStart(style, _, tag) => {
                self.open(
                    Children::Seq(Vec::new()),
                    style,
                    tag.as_deref().filter(|_| !is_lone),
                    tag_at,
                    &range,
                    findings,
                )?;
            }
            Event::MappingStart(style, _, tag) => {
                let children = Children::Map { entries: Vec::new(), seen: BTreeMap::new(), key: None };
                self.open(children, style, tag.as_deref().filter(|_| !is_lone), tag_at, &range, findings)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.gap(&range, findings);
                self.close(&range, findings);
            }
            Event::StreamEnd => self.gap(&range, findings),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn document(&mut self, range: Range<usize>, findings: &mut Findings) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents < 2 {
            return ControlFlow::Continue(());
        }
        findings.push(
            Diagnostic::error(YAML008, "the file holds more than one document")
                .at(self.source.span(range), "the second document starts here")
                .help(self.source.dialect.says(
                    "move it into a layer of its own, or delete the line `---`",
                    "move it into a file of its own, or delete the line `---`",
                )),
        );
        ControlFlow::Break(())
    }

    /// Looks at what lies between two events: blanks, indicators and comments. A tab has no place among them.
    fn gap(&mut self, next: &Range<usize>, findings: &mut Findings) {
        let mut at = self.end;
        for line in self.source.slice(self.end..next.start).split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or(line);
            if let Some(tab) = code.find('\t') {
                findings.push(syntax::tab(self.source, at + tab));
            }
            at += line.len();
        }
        self.end = self.end.max(next.end);
    }

    fn count(&mut self, range: &Range<usize>, findings: &mut Findings) -> ControlFlow<()> {
        self.nodes += 1;
        if self.nodes <= self.max_nodes {
            return ControlFlow::Continue(());
        }
        findings.push(
            Diagnostic::error(YAML007, format!("the file holds more than {} values", self.max_nodes))
                .at(self.source.span(range.clone()), "the first one too many")
                .help(self.source.dialect.says("split the layer", "split the template into several stacks")),
        );
        ControlFlow::Break(())
    }

    fn open(
        &mut self,
        children: Children,
        style: StructureStyle,
        tag: Option<&Tag>,
        tag_at: Option<Range<usize>>,
        range: &Range<usize>,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        self.gap(range, findings);
        self.count(range, findings)?;
        let tag = value::tag(self.source, tag, tag_at.clone(), None, findings);
        let in_flow = style == StructureStyle::Flow;
        let has_brackets = in_flow && !range.is_empty();
        let start = tag_at.map_or(range.start, |t| t.start);
        self.frames.push(Frame { start, in_flow, has_brackets, tag, children });
        ControlFlow::Continue(())
    }

    fn close(&mut self, end: &Range<usize>, findings: &mut Findings) {
        let Some(frame) = self.frames.pop() else { return };
        let last = match &frame.children {
            Children::Seq(items) => items.last().map(|n| n.span.end),
            Children::Map { entries, .. } => entries.last().map(|e| e.value.span.end.max(e.key_span.end)),
        };
        // A bracket closes at its end; a block has none of its own and ends with its last child.
        let end = if frame.has_brackets { end.end } else { last.map_or(frame.start, |end| end as usize) };
        let kind = match frame.children {
            Children::Seq(items) => Kind::Seq(items),
            Children::Map { entries, .. } => Kind::Map(entries),
        };
        let node = Node { span: self.source.span(frame.start..end), tag: frame.tag, kind };
        if self.awaits_key() {
            let key = key::collection(self.source, node.span, self.frames.last().map_or(0, |f| f.start), findings);
            self.set_key(key);
        } else {
            self.put(node);
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        tag_at: Option<Range<usize>>,
        range: Range<usize>,
        findings: &mut Findings,
    ) {
        let written = Written { text, style, range: self.whole_block(style, &range) };
        self.last = Some(Last { range, is_value: !self.awaits_key() && !self.frames.is_empty() });
        if self.awaits_key() {
            let key = key::scalar(self.source, &written, tag_at, self.seen(), findings);
            self.set_key(key);
            return;
        }
        let holder = match self.frames.last() {
            // All that is in it goes with the key that is none.
            Some(_) if self.is_in_key() => Holder::Document,
            None => Holder::Document,
            Some(Frame { children: Children::Seq(_), .. }) => Holder::List,
            Some(Frame { children: Children::Map { key, .. }, .. }) => Holder::Map(key.as_ref()),
        };
        if holder.is_document() && tag.is_none() && written.is_missing() {
            return;
        }
        let kind = value::read(self.source, &written, tag.is_some(), &holder, findings);
        let start = tag_at.as_ref().map_or(written.range.start, |t| t.start);
        let tag = value::tag(self.source, tag, tag_at, Some(&written), findings);
        self.put(Node { span: self.source.span(start..written.range.end), tag, kind });
    }

    /// The range of a scalar. Those of blocks come without the `|` and with the blank lines behind them.
    fn whole_block(&self, style: ScalarStyle, range: &Range<usize>) -> Range<usize> {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return range.clone();
        }
        let from = self.frames.last().map_or(0, |f| f.start);
        let before = self.last.as_ref().map_or(from, |last| last.range.end.max(from));
        let mut at = before;
        let mut start = range.start;
        for line in self.source.slice(before..range.start).split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or(line);
            if let Some(header) = code.find(['|', '>']) {
                start = at + header;
                break;
            }
            at += line.len();
        }
        start..range.start + self.source.slice(range.clone()).trim_end().len()
    }

    fn alias(&mut self, range: Range<usize>, findings: &mut Findings) {
        let span = self.source.span(range.clone());
        let written = self.source.slice(range.clone());
        let is_merge = matches!(
            self.frames.last(),
            Some(Frame { children: Children::Map { key: Some(Key { is_merge: true, .. }), .. }, .. })
        );
        // A merge key is reported once, as such.
        if !is_merge {
            let takes = self.source.dialect.says("a layer has no aliases", "CloudFormation takes no aliases");
            let diagnostic =
                Diagnostic::error(YAML009, format!("{} repeats another value, but {takes}", shown(written)))
                    .at(span, "an alias")
                    .help("write the value out")
                    .help(quote_it(self.source, &range));
            findings.push(of_yaml(self.source, diagnostic));
        }
        if self.awaits_key() {
            self.set_key(Key::dropped(span));
        } else {
            self.put(Node { span, tag: None, kind: Kind::Null });
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { children: Children::Map { key: None, .. }, .. }))
    }

    /// Whether an open list or map stands where a key is expected.
    fn is_in_key(&self) -> bool {
        let below = self.frames.iter().rev().skip(1);
        below.map(|f| &f.children).any(|c| matches!(c, Children::Map { key: None, .. }))
    }

    fn seen(&self) -> Option<&BTreeMap<String, Span>> {
        match self.frames.last() {
            Some(Frame { children: Children::Map { seen, .. }, .. }) => Some(seen),
            _ => None,
        }
    }

    fn set_key(&mut self, new: Key) {
        if let Some(Frame { children: Children::Map { seen, key, .. }, .. }) = self.frames.last_mut() {
            if new.keep {
                seen.insert(new.text.clone(), new.span);
            }
            *key = Some(new);
        }
    }

    fn put(&mut self, node: Node) {
        match self.frames.last_mut().map(|f| &mut f.children) {
            None => self.root = Some(node),
            Some(Children::Seq(items)) => items.push(node),
            Some(Children::Map { entries, key, .. }) => {
                if let Some(key) = key.take().filter(|key| key.keep) {
                    entries.push(Entry { key: key.text, key_span: key.span, value: node });
                }
            }
        }
    }
}

/// The finding with where it stands what CloudFormation takes of YAML, if that is what reads it.
fn of_yaml(source: &Source, diagnostic: Diagnostic) -> Diagnostic {
    match source.dialect {
        Dialect::Layer => diagnostic,
        Dialect::Template => diagnostic.note(SOURCE_OF_YAML),
    }
}

fn anchor(source: &Source, range: Range<usize>, name: &str) -> Diagnostic {
    let start = range.start;
    let written = source.slice(range.clone());
    let takes = source.dialect.says("a layer has no anchors", "CloudFormation takes no aliases that would repeat it");
    let diagnostic = Diagnostic::error(YAML009, format!("{} names a value, but {takes}", shown(written)))
        .at(source.span(range), "an anchor")
        .help(source.dialect.says("delete it, and share values between stages by a lower layer", "delete it"));
    let mut diagnostic = of_yaml(source, diagnostic);
    // `&` followed by more words on the line was hardly meant as an anchor.
    let line = rest_of_line(source, start);
    if line.len() > name.len() + 1 {
        diagnostic = diagnostic.help(quote_it(source, &line));
    }
    diagnostic
}
