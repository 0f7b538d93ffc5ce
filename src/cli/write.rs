//! Writing a stage's folder whole: made beside the old one, synced, then exchanged with it.
//!
//! A crash, a full disk or Ctrl-C leaves the old folder or the new one. Files that we did not make move along untouched. Two
//! builds at once wait for each other.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::report::Failure;
use crate::emit::{Files, INDEX};
use crate::yaml;

/// How every file of ours begins.
const HEADER: &str = "# Made by reggie-cfn";
/// The largest file of ours that is compared.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Writes a stage's folder; gives the number of files that changed.
pub(super) fn folder(out: &Path, stage: &str, files: &Files) -> Result<usize, Failure> {
    no_link(out)?;
    fs::create_dir_all(out).map_err(|e| Failure::file("create", out, e))?;
    let _lock = locked(out)?;
    let folder = out.join(stage);
    let (new, old) = (out.join(format!(".{stage}.new")), out.join(format!(".{stage}.old")));
    repair(&folder, &new, &old)?;
    no_link(&folder)?;
    let written = ours(&folder)?;
    let changed = changed(&written, files);
    if changed == 0 {
        return Ok(0);
    }
    let result = make(&folder, &new, &written, files).and_then(|()| exchange(&folder, &new, &old, out));
    if result.is_err() {
        // What is left of a failed attempt is ours and of no use; the old folder still stands.
        let _ = fs::remove_dir_all(&new);
    }
    result.map(|()| changed)
}

/// The files of a folder that we made, by name, with their text.
pub(super) fn ours(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(Failure::file("read", folder, error)),
    };
    for entry in entries {
        let path = entry.map_err(|e| Failure::file("read", folder, e))?.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let kind = fs::symlink_metadata(&path).map_err(|e| Failure::file("read", &path, e))?;
        if !kind.is_file() || kind.len() > MAX_BYTES {
            continue;
        }
        if let Ok(text) = fs::read_to_string(&path) {
            found.insert(name.to_owned(), text);
        }
    }
    // The index is read only if a file does not say itself that it is ours.
    let in_index = LazyCell::new({
        let index = found.get(INDEX).cloned();
        move || index.map(|text| listed(&text)).unwrap_or_default()
    });
    found.retain(|name, text| name == INDEX || text.starts_with(HEADER) || in_index.contains(name));
    Ok(found)
}

/// The files that an index lists, wherever it says `file:`.
fn listed(index: &str) -> Vec<String> {
    fn collect(node: &yaml::Node, files: &mut Vec<String>) {
        match &node.kind {
            yaml::Kind::Map(entries) => {
                for entry in entries {
                    match &entry.value.kind {
                        yaml::Kind::Str(name) if entry.key == "file" => files.push(name.clone()),
                        _ => collect(&entry.value, files),
                    }
                }
            }
            yaml::Kind::Seq(items) => items.iter().for_each(|n| collect(n, files)),
            _ => {}
        }
    }
    let mut files = Vec::new();
    if let Ok(node) = yaml::parse_template(index) {
        collect(&node, &mut files);
    }
    files
}

fn changed(written: &BTreeMap<String, String>, files: &Files) -> usize {
    let new = files.iter().filter(|(name, text)| written.get(*name) != Some(text)).count();
    new + written.keys().filter(|name| !files.contains_key(*name)).count()
}

/// Makes the new folder beside the old one: our files anew, those of others moved by link or copy.
fn make(folder: &Path, new: &Path, written: &BTreeMap<String, String>, files: &Files) -> Result<(), Failure> {
    fs::create_dir(new).map_err(|e| Failure::file("create", new, e))?;
    if folder.exists() {
        for entry in fs::read_dir(folder).map_err(|e| Failure::file("read", folder, e))? {
            let from = entry.map_err(|e| Failure::file("read", folder, e))?.path();
            let Some(name) = from.file_name() else { continue };
            let as_text = name.to_str().unwrap_or_default();
            if written.contains_key(as_text) {
                continue;
            }
            if files.contains_key(as_text) {
                return Err(Failure::file("write", &from, "it exists and was not made by reggie-cfn; move it away"));
            }
            carry(&from, &new.join(name))?;
        }
    }
    for (name, text) in files {
        let path = new.join(name);
        let write = || -> std::io::Result<()> {
            let mut file = File::options().write(true).create_new(true).open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|e| Failure::file("write", &folder.join(name), e))?;
    }
    sync(new)
}

/// Copies what is not ours into the new folder: files as hard links, so that nothing of them can change.
fn carry(from: &Path, to: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::file("keep", from, e);
    let kind = fs::symlink_metadata(from).map_err(fail)?.file_type();
    if kind.is_symlink() {
        #[cfg(unix)]
        std::os::unix::fs::symlink(fs::read_link(from).map_err(fail)?, to).map_err(fail)?;
    } else if kind.is_dir() {
        fs::create_dir(to).map_err(fail)?;
        for entry in fs::read_dir(from).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            carry(&entry.path(), &to.join(entry.file_name()))?;
        }
    } else if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).map_err(fail)?;
    }
    Ok(())
}

/// Puts the new folder in the old one's place.
fn exchange(folder: &Path, new: &Path, old: &Path, out: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::file("write", folder, e);
    if !folder.exists() {
        fs::rename(new, folder).map_err(fail)?;
        return sync(out);
    }
    if swap(new, folder).is_ok() {
        sync(out)?;
        return fs::remove_dir_all(new).map_err(fail);
    }
    // Where folders cannot be swapped at once: the next build repairs a stop between the two steps.
    fs::rename(folder, old).map_err(fail)?;
    fs::rename(new, folder).map_err(fail)?;
    sync(out)?;
    fs::remove_dir_all(old).map_err(fail)
}

#[cfg(target_os = "linux")]
fn swap(a: &Path, b: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).map_err(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn swap(_a: &Path, _b: &Path) -> std::io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Clears what a stopped build left: a half-made folder goes, a folder that was on its way out comes back.
fn repair(folder: &Path, new: &Path, old: &Path) -> Result<(), Failure> {
    if fs::symlink_metadata(old).is_ok() {
        if folder.exists() {
            fs::remove_dir_all(old).map_err(|e| Failure::file("remove", old, e))?;
        } else {
            fs::rename(old, folder).map_err(|e| Failure::file("restore", folder, e))?;
        }
    }
    match fs::remove_dir_all(new) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::file("remove", new, error)),
        _ => Ok(()),
    }
}

/// A link could lead the output anywhere.
fn no_link(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(kind) if kind.file_type().is_symlink() => {
            Err(Failure::file("write", path, "it is a symbolic link; output goes to plain folders only"))
        }
        Ok(kind) if !kind.is_dir() => Err(Failure::file("write", path, "it is no folder")),
        _ => Ok(()),
    }
}

fn locked(out: &Path) -> Result<File, Failure> {
    let fail = |e: std::io::Error| Failure::file("lock", out, e);
    let handle = File::open(out).map_err(fail)?;
    match handle.lock() {
        // Some file systems know no locks; the exchange itself is still whole.
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(fail(error)),
        _ => Ok(handle),
    }
}

fn sync(folder: &Path) -> Result<(), Failure> {
    let path = PathBuf::from(folder);
    File::open(&path).and_then(|f| f.sync_all()).map_err(|e| Failure::file("sync", &path, e))
}
