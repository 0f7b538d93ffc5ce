//! What the build of a site must know, as a file that shells and dotenv read alike.

use crate::link::{Build, Piece};

/// The text of the file: a line a variable. What only the deploy can tell stands as a comment; the index says where it is found.
pub(super) fn text(build: &Build) -> String {
    let mut lines = String::new();
    for (name, pieces) in &build.environment {
        match pieces.as_slice() {
            [] => lines.push_str(&format!("{name}=\n")),
            [Piece::Text(text)] => lines.push_str(&format!("{name}={}\n", quoted(text))),
            pieces => {
                let said: Vec<String> = pieces.iter().map(said).collect();
                lines.push_str(&format!("# {name} is filled when deployed: {}\n", said.join(" ")));
            }
        }
    }
    lines
}

fn said(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => quoted(text),
        Piece::Output { stack, region, output } => format!("<output {output} of {stack} in {region}>"),
        Piece::Parameter { name, key: None } => format!("<parameter {name}>"),
        Piece::Parameter { name, key: Some(key) } => format!("<{key} of the secret {name}>"),
        Piece::Input(name) => format!("<input {name}>"),
    }
}

/// A value as both take it for one: plain where nothing in it means anything, else in quotes. What needs both sorts of quotes is
/// refused when the build is put together.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_quoted_where_they_must() {
        assert_eq!(quoted("https://api.getreggie.io/v1"), "https://api.getreggie.io/v1");
        assert_eq!(quoted("two words # no comment"), "'two words # no comment'");
        assert_eq!(quoted("it's 5"), "\"it's 5\"");
        assert_eq!(quoted(""), "''");
    }
}
