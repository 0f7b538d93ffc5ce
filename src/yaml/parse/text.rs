//! Checks of the bare text, before anything is made of it: its size and its characters.

use super::{Dialect, Findings, Limits, Source};
use crate::diag::{Code, Diagnostic};

/// A character that may not stand in a layer.
pub const YAML006: Code = Code {
    id: "YAML006",
    explanation: "\
the file holds a character that may not stand there

Control characters (NUL, escape, a line break of its own kind) and characters that turn the
direction of writing are invisible: a file with them reads differently from how it looks. The
characters U+E000 to U+E00F have no meaning of their own, and the compiler uses them as
place-holders.

Delete the character. If it is meant, write it as an escape in double quotes, which everybody can
see:

    prompt: \"\\t> \"

NUL, other control characters and U+E000 to U+E00F cannot be part of a value, not even as an
escape: CloudFormation refuses them, or they would be taken for a place-holder.
",
};

/// A file that is larger or deeper than the compiler reads.
pub const YAML007: Code = Code {
    id: "YAML007",
    explanation: "\
the file is too large or too deeply nested

A layer is a small file that people read. One with megabytes of text, hundreds of thousands of
values or lists within lists within lists, 64 levels deep, is a mistake or an attack, and the
compiler does not spend time on it.

Split the file into layers, or move large texts, such as programs, to where they belong.
",
};

/// Bytes that are no UTF-8.
pub const YAML018: Code = Code {
    id: "YAML018",
    explanation: "\
the file is not UTF-8

A layer is UTF-8 text, as YAML and git expect. Bytes that are not are read as U+FFFD, and so is
a character that another program has lost before: what stood there is not known any more.

Save the file as UTF-8 and write the lost character anew. If U+FFFD itself is meant, write it as
an escape in double quotes:

    replacement: \"\\uFFFD\"
",
};

/// What stands for bytes that are no UTF-8.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// Whether the text may be read at all.
pub(super) fn check(source: &Source, limits: &Limits, findings: &mut Findings) -> bool {
    if source.dialect == Dialect::Layer
        && let Some(at) = source.text.find(LOST)
    {
        findings.push(
            Diagnostic::error(YAML018, "the file is not UTF-8")
                .at(source.span(at..at + LOST.len_utf8()), "a byte that is no UTF-8, or a lost character")
                .help("save the file as UTF-8, and write this character anew"),
        );
        return false;
    }
    if source.text.len() > limits.max_bytes {
        findings.push(
            Diagnostic::error(YAML007, format!("the file has more than {} bytes", limits.max_bytes))
                .at(source.span(0..0), "this file")
                .note(
                    source.dialect.says(
                        "a layer is a small file that people read",
                        "CloudFormation takes templates of at most 1 MB",
                    ),
                )
                .help(
                    source.dialect.says(
                        "move large texts out of the layer, or split it",
                        "split the template into several stacks",
                    ),
                ),
        );
        return false;
    }
    let mut seen = std::collections::BTreeSet::new();
    // Nearly all characters are these, and nothing is to be said of them.
    let others = source.text.char_indices().filter(|(_, c)| !matches!(c, '\n' | ' '..='~'));
    for (at, c) in others {
        let next = source.text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        // Each character is shown once: a file in the wrong encoding is full of them.
        if is_refused(c, next, at, source.dialect) && seen.insert(c) {
            findings.push(refuse(source, at, c));
        }
    }
    seen.is_empty()
}

fn is_refused(c: char, next: Option<char>, at: usize, dialect: Dialect) -> bool {
    match c {
        '\t' | '\n' => false,
        '\r' => next != Some('\n'),
        '\u{feff}' => at != 0,
        '\0'..='\x1f'
        | '\x7f'..='\u{9f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fffe}'
        | '\u{ffff}' => true,
        '\u{e000}'..='\u{e00f}' => dialect == Dialect::Layer,
        _ => false,
    }
}

fn refuse(source: &Source, at: usize, c: char) -> Diagnostic {
    let name = name(c);
    let diagnostic = Diagnostic::error(YAML006, format!("the file holds {name}"))
        .at(source.span(at..at + c.len_utf8()), "this character cannot be seen");
    match c {
        '\0' => diagnostic.help("save the file as UTF-8 text"),
        '\r' => diagnostic.help("end lines with a line feed; some other program has left half a line break here"),
        c if is_refused_in_value(c) => diagnostic.help("delete it"),
        c => diagnostic.help(format!(
            "delete it, or write it as `{}` in double quotes",
            super::super::scalar::quoted(&c.to_string()).trim_matches('"')
        )),
    }
}

/// Whether a character may not be part of a value, however it was written.
pub(super) fn is_refused_in_value(c: char) -> bool {
    !matches!(c, '\t' | '\n' | '\r') && matches!(c, '\0'..='\x1f' | '\u{e000}'..='\u{e00f}' | '\u{fffe}' | '\u{ffff}')
}

/// The character in words and by its number.
pub(super) fn name(c: char) -> String {
    let kind = match c {
        '\0' => "NUL",
        '\r' => "a carriage return",
        '\u{feff}' => "a byte order mark",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "an unusual line break",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a change of the writing direction",
        '\u{e000}'..='\u{e00f}' => "a private character",
        '\u{fffe}' | '\u{ffff}' => "a number that is no character",
        _ => "a control character",
    };
    format!("{kind} (U+{:04X})", u32::from(c))
}
