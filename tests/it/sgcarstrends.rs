//! What the architecture document of SG Cars Trends says, true in the compiled output of `examples/sgcarstrends/`.
//!
//! Its stages are read from the committed `out/`, previews included; `document.rs` says which test shows which section.

mod api;
mod document;
mod operations;
mod options;
mod records;
mod router;
mod stages;
mod web;

use std::path::PathBuf;

use crate::stage::Stage;
use crate::support::root;

/// A stage, and what the document and its readings say of it.
struct Said {
    stage: &'static str,
    is_permanent: bool,
    removal: &'static str,
    protect: bool,
    /// Whose secrets it reads.
    secrets: &'static str,
    log_days: u32,
    web: &'static str,
    api: &'static str,
}

const SAID: [Said; 5] = [
    Said {
        stage: "prod",
        is_permanent: true,
        removal: "retain",
        protect: true,
        secrets: "prod",
        log_days: 90,
        web: "sgcarstrends.com",
        api: "api.sgcarstrends.com",
    },
    Said {
        stage: "staging",
        is_permanent: true,
        removal: "retain",
        protect: false,
        secrets: "staging",
        log_days: 30,
        web: "staging.sgcarstrends.com",
        api: "api.staging.sgcarstrends.com",
    },
    Said {
        stage: "dev",
        is_permanent: true,
        removal: "remove",
        protect: false,
        secrets: "dev",
        log_days: 7,
        web: "dev.sgcarstrends.com",
        api: "api.dev.sgcarstrends.com",
    },
    Said {
        stage: "pr-123",
        is_permanent: false,
        removal: "remove",
        protect: false,
        secrets: "dev",
        log_days: 7,
        web: "pr-123.sgcarstrends.com",
        api: "api-pr-123.sgcarstrends.com",
    },
    Said {
        stage: "feature-auth",
        is_permanent: false,
        removal: "remove",
        protect: false,
        secrets: "dev",
        log_days: 7,
        web: "feature-auth.sgcarstrends.com",
        api: "api-feature-auth.sgcarstrends.com",
    },
];

fn folder() -> PathBuf {
    root().join("examples/sgcarstrends")
}

/// A file of the example.
fn read(path: &str) -> String {
    crate::support::read(format!("examples/sgcarstrends/{path}"))
}

fn committed(stage: &str) -> Stage {
    Stage::committed(&folder(), stage)
}

/// Each stage with what is said of it.
fn all() -> impl Iterator<Item = (Said, Stage)> {
    SAID.into_iter().map(|said| {
        let stage = committed(said.stage);
        (said, stage)
    })
}

/// The layers of the example, one text of one of them replaced.
fn with(file: &str, old: &str, new: &str) -> Vec<(String, String)> {
    let mut layers = crate::support::layers(&folder());
    let (_, text) = layers.iter_mut().find(|(name, _)| name == file).unwrap();
    assert!(text.contains(old), "{file} does not say {old}");
    *text = text.replace(old, new);
    layers
}
