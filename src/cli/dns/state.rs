//! What one command of `dns` leaves for the next: `.reggie-cfn/<owner>/<zone>.<what>.json`. All files of a run are written, or none.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Of, Written};
use crate::cli::report::Failure;
use crate::cli::{Common, Result, disk, state};
use crate::digest::Digest;
use crate::dns::emit::{batch, octodns};
use crate::dns::record::{RESOLVED, Resolved};

/// The records of a plan, as `resolve` leaves them.
pub(super) const RESOLVED_FILE: &str = "resolved";
/// What becomes of a zone, as `diff` leaves it.
pub(super) const CHANGES_FILE: &str = "changes";
/// The most that a file of ours has, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A file of the state, read.
#[derive(Debug)]
pub(super) struct Left<T> {
    /// Its text, whose digest the next file names.
    pub text: String,
    /// What it says.
    pub value: T,
}

/// A document as files of the state have it.
pub(super) fn document(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| format!("{text}\n")).map_err(|error| Failure::Usage(format!("a file cannot be made: {error}")))
}

impl Of {
    /// The path of a file of the state, relative to the project: `.reggie-cfn/production/getreggie.io.resolved.json`.
    pub(super) fn left_at(&self, zone: &str, what: &str) -> Result<PathBuf> {
        Ok(self.state.join(self.name()?).join(format!("{zone}.{what}.json")))
    }

    /// The records that `resolve` left of a plan. They must be those of the plan as it stands.
    pub(super) fn resolved(&self, common: &Common, written: &Written) -> Result<Left<Resolved>> {
        let path = self.left_at(&written.plan.zone, RESOLVED_FILE)?;
        let again = format!("run `reggie-cfn dns resolve {}`", self.owner);
        let left: Left<Resolved> = self.left(common, &path, &again)?;
        let fail = |reason: &str| Failure::file("read", &path, format!("{reason}; {again}"));
        let resolved = &left.value;
        if resolved.format != RESOLVED || resolved.zone != written.plan.zone || resolved.owner != written.plan.owner {
            return Err(fail("it holds no records of this plan"));
        }
        match resolved.plan == Digest::of(&written.text).to_string() {
            true => Ok(left),
            false => Err(fail("its records are those of an earlier plan")),
        }
    }

    /// A file of the state; `again` says what makes it.
    pub(super) fn left<T: DeserializeOwned>(&self, common: &Common, path: &Path, again: &str) -> Result<Left<T>> {
        let text = self.left_text(common, path, again)?;
        let fail = |error| Failure::file("read", path, format!("it is not as it was written ({error}); {again}"));
        Ok(Left { value: serde_json::from_str(&text).map_err(fail)?, text })
    }

    /// The text of a file of the state.
    pub(super) fn left_text(&self, common: &Common, path: &Path, again: &str) -> Result<String> {
        let absolute = common.project.join(path);
        if fs::symlink_metadata(&absolute).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(Failure::Usage(format!("there is no {}; {again}", path.display())));
        }
        let bytes = disk::read_bytes(&absolute, MAX_BYTES, "what a command left is a plain file")?;
        String::from_utf8(bytes).map_err(|_| Failure::file("read", path, format!("it is not UTF-8; {again}")))
    }

    /// Removes the changes of a zone, and what was written of them for appliers: nobody may apply them any more.
    pub(super) fn forget(&self, common: &Common, zone: &str) -> Result<()> {
        let folder = self.state.join(self.name()?);
        let changes = format!("{zone}.{CHANGES_FILE}.json");
        let octodns = Path::new(octodns::FOLDER).join("zones").join(format!("{zone}.yaml"));
        let entries = fs::read_dir(common.project.join(&folder)).into_iter().flatten().flatten();
        let calls = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let calls = calls.filter(|name| *name == changes || batch::is_call(name, zone)).map(PathBuf::from);
        for path in calls.chain([octodns]).map(|name| folder.join(name)) {
            match fs::remove_file(common.project.join(&path)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::file("remove", &path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes files of the state, by their paths as [`Of::left_at`] gives them.
    pub(super) fn leave(&self, common: &Common, files: &[(PathBuf, String)]) -> Result<()> {
        state::leave(common, &self.state, &self.name()?, files)
    }
}
