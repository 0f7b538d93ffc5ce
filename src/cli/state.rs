//! The state: what one command leaves for the next, in `.reggie-cfn/<stage>/`. None of it belongs into a repository.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::report::Failure;
use super::{Common, write};

/// A folder of the state, made if it is not there. `root` is the state's own.
pub(super) fn folder(root: &Path, name: &str) -> Result<PathBuf, Failure> {
    let folder = root.join(name);
    write::no_link(root)?;
    fs::create_dir_all(root).map_err(|e| Failure::file("create", root, e))?;
    // What stands here is made of the answers of one moment, and of one account.
    let ignore = root.join(".gitignore");
    if fs::symlink_metadata(&ignore).is_err() {
        fs::write(&ignore, "*\n").map_err(|e| Failure::file("write", &ignore, e))?;
    }
    write::no_link(&folder)?;
    fs::create_dir_all(&folder).map_err(|e| Failure::file("create", &folder, e))?;
    Ok(folder)
}

/// Writes files into a folder of the state, `state` below the project: all of them, or none. Their paths are relative to the project.
pub(super) fn leave(common: &Common, state: &Path, name: &str, files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let folder = folder(&common.project.join(state), name)?;
    let _lock = write::locked(&folder)?;
    let beside = |path: &Path| path.with_added_extension("new");
    let made = files.iter().try_for_each(|(path, text)| {
        make(&beside(&common.project.join(path)), text).map_err(|e| Failure::file("write", path, e))
    });
    if made.is_err() {
        files.iter().for_each(|(path, _)| drop(fs::remove_file(beside(&common.project.join(path)))));
        return made;
    }
    for (path, _) in files {
        let absolute = common.project.join(path);
        fs::rename(beside(&absolute), &absolute).map_err(|e| Failure::file("write", path, e))?;
    }
    write::sync(&folder)
}

/// A new file, on disk before it takes another's place. What a stopped run left there goes.
pub(super) fn make(path: &Path, text: &str) -> std::io::Result<()> {
    let _ = fs::remove_file(path);
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
