//! `dns resolve`: what no folder can hold.

use std::fs;

use super::{edit, project, run};
use crate::scratch::Scratch;

const GIVEN: &str = "--stacks aws/production-stacks.json --certificates aws/production-certificates.json";
const LEFT: &str = ".reggie-cfn/production/getreggie.io.resolved.json";

fn resolve(project: &Scratch, more: &str) -> crate::scratch::Run {
    run(project, &format!("dns resolve production {GIVEN}{more}"))
}

#[test]
fn warnings_are_errors_where_asked_for_and_then_nothing_is_written() {
    let project = project();
    edit(&project, "aws/production-stacks.json", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE");
    resolve(&project, " --strict").ends(1).says("rolled back");
    assert!(!project.path().join(".reggie-cfn").exists());
    resolve(&project, "").ends(0).says("rolled back");
    assert!(project.path().join(LEFT).exists());
}

#[test]
fn a_failure_leaves_what_was_there() {
    let project = project();
    resolve(&project, "").ends(0);
    let before = project.all();
    edit(&project, "aws/production-stacks.json", "UPDATE_COMPLETE", "UPDATE_FAILED");
    resolve(&project, "").ends(1);
    let after = project.all().into_iter().filter(|(path, _)| !path.starts_with("aws/"));
    let before = before.into_iter().filter(|(path, _)| !path.starts_with("aws/"));
    assert_eq!(after.collect::<Vec<_>>(), before.collect::<Vec<_>>());
}

#[test]
fn a_file_without_end_is_refused() {
    let project = project();
    let file = fs::File::create(project.path().join("huge.json")).unwrap();
    file.set_len(100 << 20).unwrap();
    run(&project, "dns resolve production --stacks huge.json").ends(2).says("64 MiB").reads_well().within(200);
    run(&project, "dns resolve production --stacks /dev/zero").ends(2).says("64 MiB").reads_well();
    run(&project, "dns resolve production --stacks .").ends(2).says("directory").reads_well();
}
