//! The integration tests: one binary, one module a subject.

mod docs;
mod hostile;
mod pages;
mod schemas;
