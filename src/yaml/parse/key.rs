//! Keys: texts, each once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::place::{Written, check_characters, one};
use super::{Dialect, Findings, SOURCE_OF_YAML, Source, shown};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::yaml::scalar::quoted;

/// A merge key.
pub const YAML010: Code = Code {
    id: "YAML010",
    explanation: "\
the file uses the merge key `<<`

`<<: *defaults` copies the entries of another map in YAML 1.1. YAML 1.2 dropped it, so it means
different things to different readers. The compiler has one way to merge: a layer lies on the
layer below it, maps merge by key, and anything else is replaced.

Move the common entries into a lower layer, or write them out. CloudFormation merges none either, so
that a template that `verify` reads must write them out.
",
};

/// A key that stands twice in a map.
pub const YAML011: Code = Code {
    id: "YAML011",
    explanation: "\
a key stands twice in the same map

Most readers of YAML silently take the last one, and the first value is lost.

    web:
      cpu: 256
      memory: 512
      cpu: 512      # which one?

Delete one of the two, or rename it.
",
};

/// A key that is not a text.
pub const YAML012: Code = Code {
    id: "YAML012",
    explanation: "\
a key is not a text

YAML allows lists and maps as keys, and keys with a tag. Nothing in a manifest has such a key, and
most often something else was meant: a text that starts with a bracket, which needs quotes.

    greeting: {{ name }}      # a map with a map as its key
    greeting: '{{ name }}'    # a text

A number, `true` or `null` as a key is fine, and taken as a text.
",
};

/// A key and what is wrong with it.
pub(super) struct Key {
    pub(super) text: String,
    pub(super) span: Span,
    /// Whether the entry becomes part of the tree.
    pub(super) keep: bool,
    /// Whether this is `<<`.
    pub(super) is_merge: bool,
}

impl Key {
    /// A key whose entry is left out, since an error was reported for it.
    pub(super) fn dropped(span: Span) -> Self {
        Key { text: String::new(), span, keep: false, is_merge: false }
    }
}

/// A scalar as a key: its text, also where it would be a number as a value.
pub(super) fn scalar(
    source: &Source,
    written: &Written,
    tag_at: Option<Range<usize>>,
    seen: Option<&BTreeMap<String, Span>>,
    findings: &mut Findings,
) -> Key {
    let span = source.span(written.range.clone());
    if written.is_missing() && tag_at.is_none() {
        findings.push(
            Diagnostic::error(YAML012, "a key is missing in front of `:`")
                .at(one(source, written.range.start), "no key")
                .help("write the key, or quote the line if a text is meant"),
        );
        return Key::dropped(span);
    }
    if let Some(tag_at) = tag_at {
        findings.push(
            Diagnostic::error(YAML012, format!("the key {} has a tag", shown(written.text)))
                .at(source.span(tag_at), "a tag belongs to a value")
                .help("delete the tag, or move it behind the `:`"),
        );
        return Key::dropped(span);
    }
    check_characters(source, written, findings);
    if written.is_plain() && written.text == "<<" {
        findings.push(match source.dialect {
            Dialect::Layer => Diagnostic::error(YAML010, "`<<` merges maps only for some readers of YAML")
                .at(span, "a merge key")
                .help("move the common entries into a lower layer: layers are merged by key"),
            Dialect::Template => Diagnostic::error(YAML010, "`<<` merges maps, which CloudFormation does not")
                .at(span, "a merge key")
                .note(SOURCE_OF_YAML)
                .help("write the entries out"),
        });
        return Key { is_merge: true, ..Key::dropped(span) };
    }
    if let Some(first) = seen.and_then(|seen| seen.get(written.text)) {
        findings.push(
            Diagnostic::error(YAML011, format!("the key {} stands twice in this map", shown(written.text)))
                .at(span, "again here")
                .context(*first, "first here")
                .help("delete one of the two"),
        );
        return Key::dropped(span);
    }
    Key { text: written.text.to_owned(), span, keep: true, is_merge: false }
}

/// A list or a map where a key is expected, in a map that starts at `outer`.
pub(super) fn collection(source: &Source, span: Span, outer: usize, findings: &mut Findings) -> Key {
    let range = span.range();
    let text = source.slice(range.clone());
    let diagnostic = Diagnostic::error(YAML012, format!("{} is used as a key, but a key is a text", shown(text)))
        .at(span, "a list or a map")
        .help("put the whole value in quotes if a text is meant");
    // `{{ name }}` is all there is of the map around it.
    let behind = source.slice(range.end..source.text.len());
    let closing = behind.len() - behind.trim_start_matches(' ').len();
    let alone = source.slice(outer..range.start).trim_end() == "{" && behind.trim_start_matches(' ').starts_with('}');
    findings.push(match alone {
        true => {
            let whole = outer..range.end + closing + 1;
            diagnostic.edit(source.span(whole.clone()), quoted(source.slice(whole)))
        }
        false => diagnostic,
    });
    Key::dropped(span)
}
