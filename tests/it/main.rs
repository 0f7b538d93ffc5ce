//! The integration tests: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says why and fails"
)]

mod alarms;
mod api_gateway;
mod architecture;
mod bootstrap;
mod ci;
mod claims;
mod cli;
mod cost;
mod deploy;
mod described;
mod determinism;
mod diff;
mod dns;
mod docs;
mod documents;
mod errors;
mod functions;
mod gallery;
mod golden;
mod graph;
mod guard;
mod guard_rules;
mod hostile;
mod hosts;
mod import;
mod init;
mod laws;
mod linker;
mod local;
mod origins;
mod pages;
mod policy;
mod quotas;
mod readme;
mod release;
mod renames;
mod report;
mod router;
mod schemas;
mod scratch;
mod second_region;
mod secrets;
mod seeds;
mod sgcarstrends;
mod site;
mod stack_policies;
mod stage;
mod support;
mod sweep;
mod transcripts;
mod traps;
