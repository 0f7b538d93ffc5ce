//! The law of edits: whatever is done to the layers of a project, they give a result, or errors that say where. The fuzzer
//! (`fuzz/`) tries the same for hours; here are some dozen cases, the same at every run.

use super::case::Case;
use super::mutate::{Random, dictionary, mutate};
use super::targets::{Outcome, TARGETS};
use crate::support::projects;

#[test]
fn any_edit_gives_a_result_or_errors_that_say_where() {
    let words = dictionary();
    assert!(words.len() > 200, "{} words", words.len());
    let mut outcomes = std::collections::BTreeSet::<Outcome>::new();
    for (target, attempt) in TARGETS {
        let folders: &[&str] =
            if target == "templates" { &["environments", "out/production"] } else { &["environments"] };
        let cases: Vec<Case> = projects().iter().map(|project| Case::of_project(project, folders)).collect();
        let mut random = Random(2026);
        for round in 0..24 {
            let mut case = cases[round % cases.len()].clone();
            mutate(&mut case, &mut random, &words, &cases);
            match attempt(&case) {
                Ok(outcome) => drop(outcomes.insert(outcome)),
                Err(reason) => panic!("{target}, round {round}: {reason}\n{}", case.text()),
            }
        }
    }
    assert!(outcomes.len() > 12, "only {} outcomes: the edits do too little", outcomes.len());
}

#[test]
fn cases_are_read_as_they_are_written() {
    for case in projects().iter().map(|project| Case::of_project(project, &["environments", "out/production"])) {
        assert!(case.files.len() > 3 && Case::read(&case.text()) == case);
    }
    assert_eq!(Case::read("a: 1\n").below("environments/").keys().collect::<Vec<_>>(), ["base.yaml"]);
}
