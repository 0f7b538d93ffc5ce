//! Values: scalars by the core schema of YAML 1.2, and the remarks on those that other readers read differently.

use std::ops::Range;

use granit_parser::Tag;

use super::key::Key;
use super::place::{Written, check_characters, one};
use super::syntax::YAML014;
use super::{Dialect, Findings, Source, shown};
use crate::diag::{Code, Diagnostic};
use crate::yaml::Kind;
use crate::yaml::scalar::{Meaning, quoted, resolve};

/// A key or an item without a value.
pub const YAML013: Code = Code {
    id: "YAML013",
    explanation: "\
a key has no value

In YAML nothing at all means `null`, and `null` in a layer removes what a lower layer has set.
That is too much to happen because a value was forgotten, so it must be written:

    domain: null          # removes the domain
    domain: example.com   # sets it
    jobs: {}              # a map without entries
    hosts: []             # a list without items
",
};

/// A text that is a boolean in YAML 1.1.
pub const YAML015: Code = Code {
    id: "YAML015",
    explanation: "\
a text is a boolean for other readers

The compiler reads YAML 1.2, in which only `true` and `false` are booleans. For readers of YAML
1.1, which many editors and linters still are, `yes`, `no`, `on` and `off` are booleans too, in
any case. Readers of the file would not agree. `y` and `n` are left alone: YAML 1.1 lists them,
but they are names more often than answers, and most of its readers take them for texts.

Say which one is meant:

    enabled: true
    answer: 'yes'
",
};

/// Digits with a leading zero.
pub const YAML016: Code = Code {
    id: "YAML016",
    explanation: "\
a text looks like a number with a leading zero

Some readers take `012` for twelve, some for ten (in base 8), and all drop the zero, which ruins
the id of an account or a postal code. The compiler keeps the text, and asks for quotes, so that
all readers do:

    account: '012345678901'
",
};

/// A number that would lose digits.
pub const YAML017: Code = Code {
    id: "YAML017",
    explanation: "\
a number cannot be kept exactly

Whole numbers have at most 63 bits, other numbers those of a 64-bit float, and neither infinity
nor `.nan` is one: a template, which is JSON in the end, could not hold it. If it is an id and not
a quantity, it is a text and needs quotes:

    serial: '123456789012345678901234567890'
",
};

/// What a value belongs to.
pub(super) enum Holder<'a> {
    Document,
    List,
    Map(Option<&'a Key>),
}

impl Holder<'_> {
    pub(super) fn is_document(&self) -> bool {
        matches!(self, Holder::Document)
    }
}

/// What a scalar is. Behind a tag it is always a text: that is what a function such as `!Ref` takes.
pub(super) fn read(
    source: &Source,
    written: &Written,
    is_tagged: bool,
    holder: &Holder,
    findings: &mut Findings,
) -> Kind {
    if is_tagged {
        check_characters(source, written, findings);
        return Kind::Str(if written.is_missing() { String::new() } else { written.text.to_owned() });
    }
    if written.is_missing() {
        findings.extend(missing(source, written, holder));
        return Kind::Null;
    }
    if !written.is_plain() {
        check_characters(source, written, findings);
        return Kind::Str(written.text.to_owned());
    }
    let text = written.text;
    let span = source.span(written.range.clone());
    match resolve(text) {
        Meaning::Null => Kind::Null,
        Meaning::Bool(value) => Kind::Bool(value),
        Meaning::Int(value) => Kind::Int(value),
        Meaning::Float(value) => Kind::Float(value),
        Meaning::Text => Kind::Str(text.to_owned()),
        Meaning::OldBoolean(value) => {
            if source.dialect == Dialect::Layer {
                findings.push(
                    Diagnostic::warning(YAML015, format!("`{text}` is a text, but `{value}` for readers of YAML 1.1"))
                        .at(span, "read as a text")
                        .help(format!("write `{value}`, or `'{text}'` if the text is meant")),
                );
            }
            Kind::Str(text.to_owned())
        }
        Meaning::LeadingZero => {
            if source.dialect == Dialect::Layer {
                findings.push(
                    Diagnostic::warning(YAML016, format!("`{text}` is a text, but a number for other readers"))
                        .at(span, "digits with a leading zero")
                        .help(format!("quote it: `{}`", quoted(text)))
                        .edit(span, quoted(text)),
                );
            }
            Kind::Str(text.to_owned())
        }
        Meaning::TooLarge => {
            findings.push(
                Diagnostic::error(YAML017, format!("{} is a number that cannot be kept exactly", shown(text)))
                    .at(span, "no 64-bit number")
                    .help("write a smaller number, or quote it if a text is meant"),
            );
            Kind::Null
        }
    }
}

/// The finding for a value that is not there; none if its key was found wrong already.
fn missing(source: &Source, written: &Written, holder: &Holder) -> Option<Diagnostic> {
    let at = written.range.start;
    match holder {
        Holder::Document => None,
        Holder::List => {
            // Nothing has no place of its own: the dash has.
            let before = source.slice(0..at).trim_end();
            let span = match before.strip_suffix('-') {
                Some(line) => source.span(line.len()..before.len()),
                None => one(source, at),
            };
            Some(
                Diagnostic::error(YAML013, "an item of this list has no value")
                    .at(span, "nothing follows")
                    .help("write the value, or delete the item"),
            )
        }
        Holder::Map(key) => {
            let key = key.filter(|key| key.keep)?;
            let diagnostic = Diagnostic::error(YAML013, format!("{} has no value", shown(&key.text)))
                .at(key.span, "nothing follows this key");
            // `{name}` is more often meant as a text with a place-holder than as a map.
            let is_in_braces = source.slice(at..source.text.len()).trim_start().starts_with('}');
            Some(diagnostic.help(if is_in_braces {
                "put the whole value in quotes if the braces are part of a text"
            } else {
                "give it a value, or write `null` to remove what a lower layer has set"
            }))
        }
    }
}

/// The name of a local tag, such as `Ref`. Any other tag is an error.
pub(super) fn tag(
    source: &Source,
    tag: Option<&Tag>,
    tag_at: Option<Range<usize>>,
    written: Option<&Written>,
    findings: &mut Findings,
) -> Option<String> {
    let tag = tag?;
    let name = tag.suffix();
    if tag.handle() == "!" && !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b':') {
        return Some(name.to_owned());
    }
    let tag_at = tag_at.unwrap_or_default();
    let span = source.span(tag_at.clone());
    let title = format!("the tag {} means nothing here", shown(source.slice(tag_at.clone())));
    let diagnostic = Diagnostic::error(YAML014, title).at(span, "this tag");
    findings.push(match (tag.core_suffix(), written) {
        (Some("str"), Some(written)) => {
            let text = if written.is_missing() { "" } else { written.text };
            diagnostic
                .help("put the value in quotes instead")
                .edit(source.span(tag_at.start..written.range.end), quoted(text))
        }
        (Some(_), _) => diagnostic.help("delete it: a value is what it looks like"),
        _ => diagnostic.help("delete it, or put the value in quotes if a text is meant"),
    });
    None
}
