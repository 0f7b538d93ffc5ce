//! What `init` writes: projects that build at once, and the files with which others call the compiler.
//!
//! Pure: files by their path below the project. Whether they may be written, `cli` finds out. A text has holes, `<<name>>`, in which
//! only names, regions and accounts stand, or whole lines of another text.

pub mod git_sync;
pub mod github;
pub mod starter;

use crate::emit::Files;

/// What names the compiler itself: where it comes from, and its version.
fn ours() -> [(&'static str, String); 2] {
    [("repository", env!("CARGO_PKG_REPOSITORY").to_owned()), ("version", env!("CARGO_PKG_VERSION").to_owned())]
}

/// A text with its holes filled. A line that is one hole goes, where nothing stands in it.
fn filled(text: &str, holes: &[(&'static str, String)]) -> String {
    let one = |text: String, (name, value): &(&'static str, String)| {
        let hole = format!("<<{name}>>");
        match value.as_str() {
            "" => text.replace(&format!("\n{hole}\n"), "\n").replace(&hole, ""),
            value => text.replace(&hole, value.trim_end()),
        }
    };
    holes.iter().fold(text.to_owned(), one)
}

/// The hook of pre-commit that checks whether `out/` is fresh.
#[must_use]
pub fn pre_commit() -> Files {
    let text = filled(include_str!("../templates/init/pre-commit-config.yaml"), &ours());
    Files::from([(".pre-commit-config.yaml".to_owned(), text)])
}
