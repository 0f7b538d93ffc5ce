//! What `init` writes: projects that build at once, and the files with which others call the compiler.
//!
//! Pure: files by their path below the project. Whether they may be written, `cli` finds out.

pub mod starter;
