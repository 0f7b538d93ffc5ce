//! The text of references: `a ${b.c} d` into pieces.

use std::ops::Range;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Literal text, `$${` read as `${`.
    Text(String),
    /// A reference.
    Reference {
        /// Its names.
        path: Vec<String>,
        /// Where it stands in the text, in bytes, `${` and `}` included.
        range: Range<usize>,
    },
}

/// What is wrong with a reference's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Broken {
    /// A fact about it.
    pub message: String,
    /// Where, in bytes of the text.
    pub range: Range<usize>,
}

/// Splits a text into literals and references; broken references are reported and kept as literals.
pub(super) fn pieces(text: &str) -> (Vec<Piece>, Vec<Broken>) {
    let mut pieces = Vec::new();
    let mut broken = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let start = at + found;
        if text[..start].ends_with('$') {
            // `$${` is a literal `${`.
            literal.push_str(&text[at..start - 1]);
            literal.push_str("${");
            at = start + 2;
            continue;
        }
        literal.push_str(&text[at..start]);
        let Some(length) = text[start..].find('}') else {
            broken.push(Broken { message: "a reference has no closing `}`".into(), range: start..text.len() });
            literal.push_str(&text[start..]);
            at = text.len();
            break;
        };
        let end = start + length + 1;
        let path = &text[start + 2..end - 1];
        if path.split('.').all(is_name) {
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            let path = path.split('.').map(str::to_owned).collect();
            pieces.push(Piece::Reference { path, range: start..end });
        } else {
            let message = format!("`{}` is no reference", text[start..end].escape_debug());
            broken.push(Broken { message, range: start..end });
            literal.push_str(&text[start..end]);
        }
        at = end;
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    (pieces, broken)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let (pieces, _) = pieces(text);
        let shown: Vec<String> = pieces
            .iter()
            .map(|p| match p {
                Piece::Text(t) => t.clone(),
                Piece::Reference { path, range } => format!("<{}@{}>", path.join("."), range.start),
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn texts_split_into_pieces() {
        check("", &[""]);
        check("a", &["a"]);
        check("${a}", &["<a@0>"]);
        check("x ${a.b} y ${c}", &["x ", "<a.b@2>", " y ", "<c@11>"]);
        check("$${a}", &["${a}"]);
        check("a $${b} ${c}", &["a ${b} ", "<c@8>"]);
        check("$a {b}", &["$a {b}"]);
        check("${", &["${"]);
        check("${a b}", &["${a b}"]);
    }
}
