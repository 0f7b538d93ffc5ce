//! What a plain text means to the readers of YAML: to ours, which follows the core schema of YAML 1.2, and to all others
//! that may read what we print.
//!
//! The two halves answer two questions. [`resolve`] is exact: what is `017` here? [`plain_ok`] is careful: could *any*
//! reader take this text for something else? It says no more often than needed, because a quote too many costs two
//! characters and a date in place of a policy's version costs a deploy.

/// What a plain scalar of a manifest is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text,
    /// A text that is this boolean for readers of YAML 1.1, such as `yes`.
    OldBoolean(bool),
    /// A text of digits with a leading zero: an account id, or a number in base 8 or 10, as the reader has it.
    LeadingZero,
    /// A number that neither `i64` nor `f64` can hold, such as `.inf` or twenty digits.
    TooLarge,
}

/// Reads a plain scalar by the core schema of YAML 1.2, except that a number has no leading zero.
pub(super) fn resolve(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "true" | "True" | "TRUE" => return Meaning::Bool(true),
        "false" | "False" | "FALSE" => return Meaning::Bool(false),
        _ => {}
    }
    // `y` and `n` are names more often than answers, and most readers of YAML 1.1 take them for texts, PyYAML and Psych
    // among them, although it lists them.
    for (words, value) in [(["yes", "on"], true), (["no", "off"], false)] {
        if words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Meaning::OldBoolean(value);
        }
    }
    number(text)
}

fn number(text: &str) -> Meaning {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Meaning::TooLarge;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
                return Meaning::Text;
            }
            return i64::from_str_radix(digits, radix).map_or(Meaning::TooLarge, Meaning::Int);
        }
    }
    let (whole, rest) = split_digits(unsigned);
    let (fraction, after) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    let exponent_ok = match after.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let (digits, end) = split_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
            !digits.is_empty() && end.is_empty()
        }
        None => after.is_empty(),
    };
    if !exponent_ok || (whole.is_empty() && fraction.is_empty()) {
        return Meaning::Text;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Meaning::LeadingZero;
    }
    if rest.is_empty() {
        return text.parse().map_or(Meaning::TooLarge, Meaning::Int);
    }
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Meaning::Float(x),
        _ => Meaning::TooLarge,
    }
}

/// The leading digits of a text and the rest.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Whether every reader in use, of YAML 1.1 or 1.2, gives this text back when it stands without quotes: in block style, or
/// `in_flow`, between brackets.
///
/// The rule was found by printing hostile texts and reading them with nine readers (`tests/it/hostile/texts.rs` has them). It
/// names what may stand bare, and not what may not.
pub(super) fn plain_ok(text: &str, in_flow: bool) -> bool {
    let mut characters = text.chars();
    let first_ok = match characters.next() {
        // `.5`, `._1` and the end of a document, `...`, are more than texts.
        Some('.') => characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/'),
        Some(c) => c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '$'),
        None => false,
    };
    if !first_ok {
        return false;
    }
    let characters_ok = if in_flow {
        // PyYAML and Go stop at `?`, `:` or a bracket inside `[…]`, also where the specification goes on.
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'$' | b'-'))
    } else {
        // A text of printable characters, without `: `, ` #` and two spaces, which does not end in the first half of one.
        let mut before = b'a';
        text.bytes().all(|b| {
            let pair = (std::mem::replace(&mut before, b), b);
            matches!(b, b' '..=b'~') && !matches!(pair, (b':' | b' ', b' ') | (b' ', b'#'))
        }) && !matches!(before, b' ' | b':')
    };
    characters_ok && !is_word(text) && !like_number(text)
}

/// Words that some reader takes for a boolean, for nothing or for not a number.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 17] = [
        "y",
        "n",
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "inf",
        ".nan",
        ".inf",
        "infinity",
    ];
    // Most texts are longer than any of them.
    text.len() <= "undefined".len() && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text could be a number, a date or a time to some reader: `017`, `1_000`, `12:30`, `2012-10-17`, `e3`, `._1`.
fn like_number(text: &str) -> bool {
    let bare = text.trim_start_matches(['+', '-', '.', '_']);
    let Some(first) = bare.chars().next() else { return true };
    if first.is_ascii_digit() {
        return bare.chars().all(|c| c.is_ascii_hexdigit() || "+-._:xXoOtTzZ ,".contains(c));
    }
    // One reader takes a mantissa without digits for zero.
    let exponent = bare.strip_prefix(['e', 'E']).map(|rest| rest.trim_start_matches(['+', '-']));
    exponent.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '_'))
}

/// Whether a character is written as an escape: readers drop it, change it or take it for the end of the line, or people
/// who review the text cannot see it.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// The text in quotes: in single ones, or in double ones where it holds what only an escape can show.
pub(super) fn quoted(text: &str) -> String {
    if !text.contains(is_hidden) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::with_capacity(text.len() + 8);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) => out.push_str(&match u32::from(c) {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            }),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a text of several lines may be written as a block (`|`), which all readers give back unchanged.
///
/// Spaces at the ends of lines are lost in editors, a first line that starts with one needs an indicator, and a tab is an
/// error to some readers: such texts are quoted.
pub(super) fn block_ok(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.split('\n').all(|line| !line.ends_with(' '))
        && !text.contains(|c| c != '\n' && is_hidden(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_of_yaml_1_2() {
        let cases = [
            ("", Meaning::Null),
            ("~", Meaning::Null),
            ("NULL", Meaning::Null),
            ("nULL", Meaning::Text),
            ("True", Meaning::Bool(true)),
            ("tRue", Meaning::Text),
            ("0", Meaning::Int(0)),
            ("-0", Meaning::Int(0)),
            ("+12", Meaning::Int(12)),
            ("0x1F", Meaning::Int(31)),
            ("-0x1F", Meaning::Text),
            ("0o17", Meaning::Int(15)),
            ("0b11", Meaning::Text),
            ("-9223372036854775808", Meaning::Int(i64::MIN)),
            ("9223372036854775808", Meaning::TooLarge),
            ("1.", Meaning::Float(1.0)),
            (".5", Meaning::Float(0.5)),
            ("-1.5e3", Meaning::Float(-1500.0)),
            ("1e5", Meaning::Float(100_000.0)),
            ("1e999", Meaning::TooLarge),
            ("-.INF", Meaning::TooLarge),
            (".", Meaning::Text),
            ("e3", Meaning::Text),
            ("1e", Meaning::Text),
            ("+", Meaning::Text),
            ("1_000", Meaning::Text),
            ("12:30", Meaning::Text),
            ("2012-10-17", Meaning::Text),
            ("012345678901", Meaning::LeadingZero),
            ("-00", Meaning::LeadingZero),
            ("00.5", Meaning::LeadingZero),
            ("0.5", Meaning::Float(0.5)),
            ("yEs", Meaning::OldBoolean(true)),
            ("N", Meaning::Text),
            ("y", Meaning::Text),
            ("OFF", Meaning::OldBoolean(false)),
        ];
        for (text, meaning) in cases {
            assert_eq!(resolve(text), meaning, "{text}");
        }
    }

    #[test]
    fn nothing_stands_bare_that_our_own_reader_would_not_take_for_a_text() {
        for text in [
            "yes",
            "017",
            "1_000",
            "12:30",
            "2012-10-17",
            "e3",
            ".e3",
            "._1",
            ".",
            "... a",
            "1.2.3",
            "a: b",
            "a #b",
            "a:",
        ] {
            assert!(!plain_ok(text, false), "{text}");
        }
        for text in
            ["t4g.micro", "10.0.0.0/16", "arn:aws:s3:::bucket/*", "${AWS::Region}-x", "us-east-1", ".well-known"]
        {
            assert!(plain_ok(text, false), "{text}");
            assert_eq!(resolve(text), Meaning::Text, "{text}");
        }
        assert!(!plain_ok("AWS::Region", true));
    }
}
