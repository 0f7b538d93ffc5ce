//! Emitting: a linked stage as files, every byte of them decided by the input.

mod build_env;
mod index;
mod local;
mod manifest;
mod readme;
mod script;
mod stack_policy;

use std::collections::BTreeMap;

use crate::cfn::{self, Template};
use crate::cost::Estimate;
use crate::dns::plan::{self, Plan};
use crate::link::Linked;
use crate::lower::Lowered;
use crate::model::Model;
use crate::origin::Origins;
use crate::yaml;

pub use local::{COMPOSE, MAKEFILE, local_files};
pub use manifest::value;
pub use readme::{BEGINNING as README_BEGINNING, README};
pub use script::{BEGINNING as SCRIPT, ENDING as SCRIPT_ENDING, shared as shared_scripts, word as shell_word};
pub use stack_policy::{BEGINNING as STACK_POLICY, ENDING as STACK_POLICY_ENDING};

/// The files of one stage's folder: path below it, with `/`, and text.
pub type Files = BTreeMap<String, String>;

/// The file that lists what is in the folder.
pub const INDEX: &str = "index.yaml";

/// The file that holds the merged manifest.
pub const MANIFEST: &str = "manifest.yaml";

/// The templates of a stage as text, in the order of its stacks.
#[must_use]
pub fn templates(linked: &Linked, layers: &[String]) -> Vec<String> {
    linked.stacks.iter().map(|s| header(layers) + &yaml::print(&cfn::document(&s.template))).collect()
}

/// The text of a template that is no stage's own.
#[must_use]
pub fn template(template: &Template, from: &str) -> String {
    made_from(from) + &yaml::print(&cfn::document(template))
}

/// A stage, as its files are made of it.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The typed manifest.
    pub model: &'a Model,
    /// What every component became.
    pub lowered: &'a Lowered,
    /// Its stacks.
    pub linked: &'a Linked,
    /// The records that it wants, a plan a zone.
    pub plans: &'a [Plan],
    /// What it costs a month.
    pub estimate: &'a Estimate,
    /// The layers that it is made from, lowest first.
    pub layers: &'a [String],
    /// Where everything comes from.
    pub origins: &'a Origins,
}

/// Every file of a stage's folder.
#[must_use]
pub fn files(parts: &Parts<'_>, templates: Vec<String>) -> Files {
    let Parts { model, linked, plans, layers, origins, .. } = *parts;
    let mut files: Files = linked.stacks.iter().map(|s| s.file.clone()).zip(templates).collect();
    for stack in &linked.stacks {
        let policy = stack_policy::text(model, stack, origins);
        files.extend(policy.map(|text| (stack_policy::file(stack), text)));
    }
    for build in &linked.builds {
        files.insert(format!("{}.build.env", build.site), header(layers) + &build_env::text(build));
    }
    for plan in plans {
        files.insert(format!("{}/{}{}", plan::FOLDER, plan.zone, plan::ENDING), header(layers) + &plan.text());
    }
    let scripts = script::scripts(&script::Parts { model, linked, plans, files: &files, header: &header(layers) });
    files.extend(scripts);
    files.insert(README.to_owned(), readme::text(parts, &header(layers)));
    files.insert(MANIFEST.to_owned(), header(layers) + &yaml::print(&manifest::document(&model.tree)));
    let index = yaml::print(&index::document(model, linked, &files));
    files.insert(INDEX.to_owned(), header(layers) + &index);
    files
}

/// Who made the file, from what.
fn header(layers: &[String]) -> String {
    let from: Vec<String> = layers.iter().map(|l| format!("environments/{l}.yaml")).collect();
    made_from(&from.join(", "))
}

/// What a file says first that is no single stage's own.
#[must_use]
pub fn made_from(from: &str) -> String {
    format!("# Made by reggie-cfn from {from}.\n# Do not edit: change those files and run `reggie-cfn build`.\n")
}
