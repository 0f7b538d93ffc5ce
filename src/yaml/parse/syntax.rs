//! Syntax errors in our own words. The parser says where it could not go on; people want to know what they wrote.

use granit_parser::{ErrorKind as E, ScanError};

use super::marks::{Marks, closing};
use super::place::{Place, one, quote_it, rest_of_line};
use super::structure::{YAML001, YAML005, structure};
use super::{MAX_DEPTH, Source, shown, text::YAML007};
use crate::diag::{Code, Diagnostic};

/// More than one document in a file, or an instruction to the reader.
pub const YAML008: Code = Code {
    id: "YAML008",
    explanation: "\
the file holds more than one document, or a directive

YAML can put several documents into one file, separated by `---`, and instruct the reader by lines
such as `%YAML 1.2`. A layer is exactly one document, so that it is clear what overrides what.

Move the second document into a layer of its own, and delete directives. A single `---` in the
first line may stay.
",
};

/// An anchor or an alias.
pub const YAML009: Code = Code {
    id: "YAML009",
    explanation: "\
the file uses an anchor or an alias

`&name` marks a value and `*name` repeats it. A layer has neither: what is repeated is hard to
override, and a value must stand where its error is shown. Layers are how values are shared: what
stages have in common stands in a lower layer. CloudFormation takes no aliases in a template either.

Write the value out, or move it into the layer below. A text that starts with `*` or `&` needs
quotes:

    hosts: ['*.example.com']
",
};

/// A tag that is not a function of a template.
pub const YAML014: Code = Code {
    id: "YAML014",
    explanation: "\
a value has a tag that means nothing here

Tags such as `!!str` and `!!int` tell a reader of YAML the type of a value. A layer does not need
them: quotes make a text, and a number stands without quotes.

    version: !!str 15     # no
    version: '15'         # yes
",
};

/// A bracket without its other half.
pub const YAML002: Code = Code {
    id: "YAML002",
    explanation: "\
a bracket is not closed

`[` starts a list on one line and `{` a map; each ends with its own closing bracket. Without it,
the following lines are read as part of the list, and the mistake shows much later. The message
points at the opening bracket.

    hosts: [www, api      # no
    hosts: [www, api]     # yes

A text that starts with a bracket needs quotes.
",
};

/// A quote without its other half.
pub const YAML003: Code = Code {
    id: "YAML003",
    explanation: "\
a text in quotes does not end, ends too early, or holds a wrong escape

In single quotes a quote is written twice, and nothing else has a meaning. In double quotes a
backslash starts an escape: `\\n`, `\\t`, `\\\"`, `\\\\`, `\\u00e9`.

    motto: 'it''s fine'
    path: 'C:\\temp'          # single quotes: a backslash is a backslash
    path: \"C:\\\\temp\"
",
};

/// A tab.
pub const YAML004: Code = Code {
    id: "YAML004",
    explanation: "\
a tab stands where YAML wants spaces

How wide a tab is depends on the editor, so YAML does not allow it for indentation. Tabs inside of
quotes, of blocks (`|`) and of comments are fine.

Replace it by spaces; most editors can be told to do so for YAML files.
",
};

/// Makes a finding of the parser's error.
pub(super) fn explain(source: &Source, error: &ScanError, place: &Place) -> Diagnostic {
    let mut at = error.marker().byte_offset().unwrap_or(place.end).min(source.text.len());
    while !source.text.is_char_boundary(at) {
        at -= 1;
    }
    if let Some(tab_at) = find_tab(source, error.kind(), at) {
        return tab(source, tab_at);
    }
    match error.kind() {
        E::RecursionLimitExceeded => Diagnostic::error(YAML007, format!("lists and maps are nested {MAX_DEPTH} deep"))
            .at(one(source, at), "the first one too deep")
            .help("close brackets that were left open, or use fewer levels"),
        E::DirectiveDisallowed => Diagnostic::error(YAML008, "the file instructs the reader by a directive")
            .at(source.span(source.line_at(at)), "a directive")
            .help("delete this line")
            .edit(source.span(source.line_at(at)), ""),
        E::MissingAnchorOrAliasName => {
            let text = rest_of_line(source, at);
            Diagnostic::error(
                YAML009,
                format!("{} starts like an alias or an anchor", shown(source.slice(text.clone()))),
            )
            .at(one(source, at), "has a meaning of its own in YAML")
            .help(quote_it(source, &text))
        }
        E::UndeclaredTagHandle
        | E::ExpectedTagBang
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => {
            let text = rest_of_line(source, at);
            Diagnostic::error(YAML014, "a tag cannot be read")
                .at(one(source, at), "`!` starts a tag")
                .help(quote_it(source, &text))
        }
        E::UnclosedQuotedScalar
        | E::InvalidQuotedScalarIndent
        | E::DocumentIndicatorInQuotedScalar
        | E::UnexpectedEof
            if Marks::between(source.text, place.end, at).quote.is_some() || starts_quote(source, at) =>
        {
            unclosed_quote(source, place, at)
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => after_quote(source, at),
        kind if is_escape(kind) => bad_escape(source, at),
        E::MismatchedFlowCollectionEnd { open, close } => mismatch(source, at, *open, *close),
        // The place is the bracket itself here.
        E::UnclosedFlowCollection { open } => unclosed_bracket(source, at, *open, source.text.len()),
        E::MisplacedFlowCollectionEnd => Diagnostic::error(YAML002, "a bracket is closed that was never opened")
            .at(one(source, at), "closes nothing")
            .help("delete it, or put the text in quotes"),
        E::InvalidBlockScalarIndent
        | E::InvalidBlockScalarHeader
        | E::ZeroBlockScalarIndent
        | E::TabAtBlockScalarStart => Diagnostic::error(YAML005, "a block of text (`|` or `>`) starts wrongly")
            .at(one(source, at), "cannot be read as part of the block")
            .help("write `|` at the end of the line, and indent every line of the text below its key"),
        kind => bracket(source, place, at).unwrap_or_else(|| structure(source, kind, place, at)),
    }
}

/// A tab outside of a text.
pub(super) fn tab(source: &Source, at: usize) -> Diagnostic {
    let run = source.slice(at..source.text.len()).bytes().take_while(|b| *b == b'\t').count();
    let range = at..at + run.max(1);
    let is_indentation = source.slice(source.line_at(at).start..at).trim().is_empty();
    let title = if is_indentation { "this line is indented with a tab" } else { "a tab separates two words" };
    let (with, spaces) =
        if is_indentation { ("two spaces per level", "  ".repeat(run)) } else { ("a space", " ".into()) };
    let mut diagnostic = Diagnostic::error(YAML004, title)
        .at(source.span(range.clone()), "a tab")
        .help(format!("replace it by {with}"))
        .edit(source.span(range.clone()), spaces);
    if is_indentation {
        // The reader stops here, and the lines below are repaired with this one.
        let mut start = source.line_at(at).end;
        for line in source.slice(start..source.text.len()).split_inclusive('\n') {
            let tabs = line.bytes().take_while(|b| *b == b'\t').count();
            if tabs > 0 {
                diagnostic = diagnostic.edit(source.span(start..start + tabs), "  ".repeat(tabs));
            }
            start += line.len();
        }
    }
    diagnostic
}

/// The tab that an error is about, by its kind or because the line starts with one.
fn find_tab(source: &Source, kind: &E, at: usize) -> Option<usize> {
    let line = source.line_at(at);
    if matches!(kind, E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabInPlainScalar) {
        // The place may be the start of the text in whose next line the tab stands.
        return source.slice(line.start..source.text.len()).find('\t').map(|i| line.start + i);
    }
    let text = source.slice(line.clone());
    let indentation = text.len() - text.trim_start().len();
    let is_separation = matches!(kind, E::InvalidBlockEntryWhitespace | E::InvalidMappingValueWhitespace);
    text.find('\t').filter(|i| is_separation || *i < indentation).map(|i| line.start + i)
}

fn starts_quote(source: &Source, at: usize) -> bool {
    source.slice(at..source.text.len()).starts_with(['\'', '"'])
}

fn unclosed_quote(source: &Source, place: &Place, at: usize) -> Diagnostic {
    let open = Marks::between(source.text, place.end, at).quote.map_or(at, |(open, _)| open);
    let quote = source.slice(open..open + 1);
    let diagnostic = Diagnostic::error(YAML003, format!("the quote `{quote}` is not closed"))
        .at(source.span(open..open + 1), "opened here");
    let is_end = source.slice(at..source.text.len()).trim().is_empty();
    let diagnostic = if is_end || source.line_at(open) == source.line_at(at) {
        diagnostic
    } else {
        diagnostic.context(one(source, at), "the text would go on here")
    };
    diagnostic.help(format!("close it with `{quote}` at the end of the text"))
}

fn after_quote(source: &Source, at: usize) -> Diagnostic {
    let line = source.line_at(at);
    let quote = if source.slice(line.start..at).trim_end().ends_with('"') { '"' } else { '\'' };
    let help = if quote == '"' {
        "write `\\\"` for a quote in double quotes"
    } else {
        "write `''` for a quote in single quotes"
    };
    Diagnostic::error(YAML003, "something follows a text in quotes on the same line")
        .at(source.span(rest_of_line(source, at)), "the text ended before this")
        .help(format!("{help}, or put the rest inside of the quotes too"))
}

fn is_escape(kind: &E) -> bool {
    matches!(
        kind,
        E::UnknownQuotedScalarEscape
            | E::InvalidQuotedScalarHexEscape
            | E::InvalidLowSurrogateHexEscape
            | E::InvalidLowSurrogate
            | E::MissingLowSurrogate
            | E::UnpairedLowSurrogate
            | E::InvalidUnicodeEscape
    )
}

fn bad_escape(source: &Source, open: usize) -> Diagnostic {
    let mut at = open;
    let mut characters = source.slice(open..source.text.len()).char_indices().skip(1);
    while let Some((i, c)) = characters.next() {
        if c != '\\' {
            continue;
        }
        match characters.next() {
            Some((_, c)) if "0abt\tnvfre \"/\\N_LP\n\r".contains(c) => {}
            // Only a wrong number follows these; the first one is as good a guess as any.
            _ => {
                at = open + i;
                break;
            }
        }
    }
    let is_more = |(i, c): &(usize, char)| *i < 2 || (*i < 6 && c.is_ascii_hexdigit());
    let written = source.slice(at..source.text.len()).char_indices().take_while(is_more).last();
    let end = written.map_or(at, |(i, c)| at + i + c.len_utf8());
    Diagnostic::error(YAML003, format!("{} is not an escape", shown(source.slice(at..end))))
        .at(source.span(at..end), "unknown in double quotes")
        .help("write `\\\\` for a backslash, or use single quotes, in which it has no meaning")
}

fn mismatch(source: &Source, at: usize, open: char, close: char) -> Diagnostic {
    let marks = Marks::between(source.text, at, source.text.len());
    let diagnostic = Diagnostic::error(YAML002, format!("`{open}` is closed by `{close}`"));
    let diagnostic = match marks.mismatch {
        Some(end) => diagnostic.at(one(source, end), "does not match").context(one(source, at), "opened here"),
        None => diagnostic.at(one(source, at), "opened here"),
    };
    diagnostic.help(format!("write `{}` instead of `{close}`, or close what is open in between", closing(open)))
}

/// If brackets are open where the parser gave up: either one was forgotten on a line above, or a comma is missing.
fn bracket(source: &Source, place: &Place, at: usize) -> Option<Diagnostic> {
    let marks = Marks::between(source.text, place.end, at);
    let open = marks.brackets.last().map(|(open, _)| *open).or(place.bracket)?;
    let open = open + source.slice(open..source.text.len()).find(['[', '{'])?;
    let bracket = source.slice(open..source.text.len()).chars().next()?;
    let close = closing(bracket);
    let what = if bracket == '[' { "list" } else { "map" };
    let is_end = source.slice(at..source.text.len()).trim().is_empty();
    if is_end || source.line_at(open) != source.line_at(at) {
        return Some(unclosed_bracket(source, open, bracket, at));
    }
    let diagnostic = Diagnostic::error(YAML001, format!("this {what} in brackets cannot be read"))
        .at(one(source, at), format!("expected an item, `,` or `{close}`"))
        .context(one(source, open), format!("the {what} starts here"));
    Some(diagnostic.help("separate items by one comma, and quote texts that hold `:`, `,` or brackets"))
}

fn unclosed_bracket(source: &Source, open: usize, bracket: char, at: usize) -> Diagnostic {
    let what = if bracket == '[' { "list" } else { "map" };
    let diagnostic = Diagnostic::error(YAML002, format!("the bracket `{bracket}` is not closed"))
        .at(one(source, open), "opened here");
    let is_end = source.slice(at..source.text.len()).trim().is_empty();
    let diagnostic =
        if is_end { diagnostic } else { diagnostic.context(one(source, at), format!("the {what} would go on here")) };
    diagnostic.help(format!("close it with `{}` at the end of the {what}", closing(bracket)))
}
