//! Input and surroundings that mean harm: what a repository, a pull request or a machine may hold, and what may happen while
//! `out/` is written. Each ends soon, with a clear message or with the work done, and never with a mix.

mod content;
mod files;
mod shapes;
pub mod texts;
mod writing;
