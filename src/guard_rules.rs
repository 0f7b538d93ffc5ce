//! Rules of one's own: the files of `policies/`, in the language of AWS CloudFormation Guard.
//!
//! Guard's library panics on some texts, overflows its stack on others, and takes forever for a few. So [`evaluate`] runs in a
//! process that may end at any time: it says what it finds as it goes, and whoever asked goes on after what ended it.

mod evaluate;
mod report;
mod template;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::diag::Code;
use crate::source::FileId;

pub use evaluate::evaluate;
pub use report::report;
pub use template::json;

/// Codes of this room.
pub const CODES: &[Code] = &[report::CFN475, report::CFN476, report::CFN477];

/// A file of rules.
#[derive(Debug, Clone)]
pub struct RulesFile {
    /// Its path below the project.
    pub path: String,
    /// The file among all sources.
    pub file: FileId,
}

/// What is to be evaluated.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Job {
    /// The texts of files of rules.
    pub files: Vec<String>,
    /// Templates, as Guard sees them.
    pub templates: Vec<Json>,
}

/// What is said of a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// It is begun with.
    Begins,
    /// It cannot be read from a place on.
    Unreadable {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// It cannot be evaluated, for a reason.
    Failed(String),
    /// Guard ended in the midst of it, or never ended.
    Ended,
    /// A rule is not kept.
    Breach(Breach),
    /// It is done, with so many rules.
    Done(usize),
}

/// A rule that a template does not keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The template, by its place in the job.
    pub template: usize,
    /// The rule.
    pub rule: String,
    /// The line of the file of rules that asks for it, from 1.
    pub line: usize,
    /// Where in the template: `/Resources/Uploads/Properties/AccessControl`. Empty where the rule is about no place.
    pub path: String,
    /// What is asked for below that place and not there.
    pub missing: Option<String>,
    /// What the file of rules says of it.
    pub message: Option<String>,
}
