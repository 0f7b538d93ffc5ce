//! `docs/release.md`: its transcripts are run, the files that it shows are those that are there.

use std::fs;

use crate::release::Ferry;
use crate::support::{read, root, updating};

const PAGE: &str = "docs/release.md";
/// How blocks open whose text comes from a run, or from a file of the project.
const CONSOLE: &str = "```console\n";
const FILE: &str = "```json ";

/// The commands are run one after the other in one project.
#[test]
fn what_the_page_shows_is_true() {
    let (ferry, page) = (Ferry::new(), read(PAGE));
    let (mut fresh, mut rest, mut count) = (String::new(), page.as_str(), 0);
    while let Some(at) = [CONSOLE, FILE].iter().filter_map(|open| rest.find(open)).min() {
        let (before, block) = rest.split_at(at);
        let (opens, block) = block.split_once('\n').unwrap();
        let (block, after) = block.split_once("```").expect("a block that ends");
        fresh.push_str(&format!("{before}{opens}\n"));
        match opens.strip_prefix(FILE) {
            Some(path) => fresh.push_str(&fs::read_to_string(ferry.path(path)).unwrap()),
            None => {
                for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
                    let ran = ferry.run(command.strip_prefix("reggie-cfn ").expect("a transcript runs reggie-cfn"));
                    fresh.push_str(&format!("$ {command}\n{}{}", ran.said, ran.data));
                }
            }
        }
        fresh.push_str("```");
        (rest, count) = (after, count + 1);
    }
    fresh.push_str(rest);
    if updating() {
        fs::write(root().join(PAGE), &fresh).unwrap();
    }
    assert!(read(PAGE) == fresh, "run `REGGIE_CFN_UPDATE=1 cargo test release`: {fresh}");
    assert!(count >= 4, "only {count} blocks");
}

/// Every code of releases is on the page.
#[test]
fn the_page_names_every_code() {
    let page = read(PAGE);
    let silent: Vec<&str> =
        reggie_cfn::release::CODES.iter().map(|code| code.id).filter(|id| !page.contains(id)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
