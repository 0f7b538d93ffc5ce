//! Every code, gathered for `explain`. The words stand beside the checks; here is only the list.

use crate::diag::Code;
use crate::{component, compile, link, lower, model, overlay, project, reference, schema, verify, yaml};

/// Every code, by phase.
pub static CODES: &[Code] = &ALL;

const GROUPS: &[&[Code]] = &[
    yaml::CODES,
    project::CODES,
    overlay::CODES,
    reference::CODES,
    schema::CODES,
    model::CODES,
    component::CODES,
    lower::CODES,
    link::CODES,
    verify::CODES,
    compile::CODES,
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

/// The groups in one list: `const`, so that it costs nothing at start.
const ALL: [Code; COUNT] = {
    let mut all = [Code { id: "", explanation: "" }; COUNT];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut i = 0;
        while i < GROUPS[group].len() {
            all[at] = GROUPS[group][i];
            at += 1;
            i += 1;
        }
        group += 1;
    }
    all
};
