//! The commands of `dns`, and what people see of them: the fixtures of `tests/dns/`, as `transcripts` reads them. Their project holds
//! the plans of this repository's production and staging, and the files of `tests/dns/_shared/`.

mod diff;
mod resolve;

use std::collections::BTreeSet;
use std::fs;

use crate::scratch::Scratch;
use crate::support::{files_below, read, root};
use crate::transcripts::{Transcripts, copy, put};
pub use crate::transcripts::{all, edit, run};

const TRANSCRIPTS: Transcripts =
    Transcripts { folder: "tests/dns", page: "docs/dns.md", project, names: &["ACM"], unseen: &[] };

/// The codes that fixtures show.
pub fn shown_codes() -> BTreeSet<String> {
    TRANSCRIPTS.shown_codes()
}

/// A project as it is before the commands of a fixture: plans, and what AWS and others say.
pub fn project() -> Scratch {
    let project = Scratch::new::<&str, &str>(&[]);
    for stage in ["production", "staging"] {
        let out = root().join("out").join(stage);
        let plans = files_below(&out.join("dns"), ".plan.yaml").into_iter().chain([out.join("index.yaml")]);
        plans.for_each(|path| put(&project, path.strip_prefix(root()).unwrap(), fs::read(&path).unwrap()));
    }
    copy(&project, &root().join("tests/dns/_shared"));
    project
}

#[test]
fn what_is_seen_is_as_expected() {
    TRANSCRIPTS.check();
    assert!(read("tests/dns/_shared/aws/production-stacks.json").contains("StackStatus"));
}

#[test]
fn the_transcripts_of_the_page_are_true() {
    TRANSCRIPTS.page();
}
