//! What the build of a site must know, as a file that shells and dotenv read alike.

use crate::dotenv::quoted;
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
