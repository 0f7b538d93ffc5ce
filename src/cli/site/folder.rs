//! Reading the folder of a build. Of it only names and one file are read, and no link is followed; lock files and
//! `node_modules` are looked for above it, up to the top of the repository.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::{Failure, disk};
use crate::diag::render::visible_line;
use crate::site::{FOLDER, Folder, LOCKS, MAX_BYTES, NEXT, OPENNEXT, OUTPUT, Version, installed, locked};
use crate::source::Sources;

/// The most names of a build that are looked at.
const MOST_ENTRIES: usize = 20_000;
/// The most bytes of a lock file, and of a `package.json`.
const MOST_OF_A_LOCK: usize = 64 << 20;
const MOST_OF_A_PACKAGE: usize = 1 << 20;
/// Where the image function has the native code of `sharp`.
const MODULES: &str = "image-optimization-function/node_modules";

/// Reads what is known of a build; the file in which OpenNext says what it is becomes one of the sources.
pub(in crate::cli) fn read(project: &Path, path: &Path, sources: &mut Sources) -> Result<Folder, Failure> {
    let root = project.join(path);
    let shown = visible_line(&path.display().to_string());
    let mut folder = Folder { path: shown.trim_end_matches('/').to_owned(), ..Folder::default() };
    match fs::symlink_metadata(&root) {
        Ok(found) if found.is_symlink() => {
            return Err(Failure::file("read", &root, "it is a symbolic link; name the folder that it leads to"));
        }
        Ok(found) if !found.is_dir() => {
            return Err(Failure::file(
                "read",
                &root,
                "it is no folder; name the folder of the build, such as `.open-next`",
            ));
        }
        Ok(_) => entries(&root, &mut folder)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::file("read", &root, error)),
    }
    let output = root.join(OUTPUT);
    // A link or a pipe in its place is refused where it is read.
    if fs::symlink_metadata(&output).is_ok() {
        let bytes = disk::read_bytes(&output, MAX_BYTES + 1, "OpenNext writes a plain one")?;
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        folder.output = Some(sources.add(format!("{}/{OUTPUT}", folder.path), text));
    }
    folder.natives = names(&root.join(MODULES).join("@img"))?;
    folder.sharp = text(&root.join(MODULES).join("sharp/package.json"), MOST_OF_A_PACKAGE).and_then(|t| installed(&t));
    folder.next = version(project, &root, NEXT);
    folder.opennext = version(project, &root, OPENNEXT);
    Ok(folder)
}

/// The names of its first two levels.
fn entries(root: &Path, folder: &mut Folder) -> Result<(), Failure> {
    let mut below = vec![String::new()];
    while let Some(within) = below.pop() {
        let path = root.join(&within);
        let fail = |error: std::io::Error| Failure::file("read", &path, error);
        for entry in fs::read_dir(&path).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if within.is_empty() { name } else { format!("{within}/{name}") };
            let kind = entry.file_type().map_err(fail)?;
            if kind.is_dir() {
                if within.is_empty() && name != FOLDER {
                    below.push(name.clone());
                }
                folder.folders.insert(name);
            } else if kind.is_file() {
                folder.files.insert(name);
            }
            if folder.folders.len() + folder.files.len() > MOST_ENTRIES {
                return Err(Failure::file(
                    "read",
                    root,
                    "it holds more than a build does; name the folder `.open-next`",
                ));
            }
        }
    }
    Ok(())
}

/// The names in a folder, in order; none where there is no such folder.
fn names(path: &Path) -> Result<Vec<String>, Failure> {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(path).map_err(|error| Failure::file("read", path, error))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.take(MOST_ENTRIES).collect();
    names.sort();
    Ok(names)
}

/// The version of a package, from the nearest lock file, or else from what is installed nearest.
fn version(project: &Path, root: &Path, package: &str) -> Option<Version> {
    let top = fs::canonicalize(project).ok()?;
    let app = fs::canonicalize(root.parent()?).ok()?;
    // Up to the repository's top, and where there is none, to the project's.
    let is_top = |path: &Path| path.join(".git").exists();
    let bound = app.ancestors().find(|path| is_top(path)).or_else(|| app.starts_with(&top).then_some(top.as_path()));
    let folders = || app.ancestors().take_while(|path| bound.is_none_or(|bound| path.starts_with(bound)));
    let found = |path: PathBuf, text: String| {
        let from = path.strip_prefix(&top).unwrap_or(&path).display().to_string();
        Version { text, from }
    };
    let lock = folders().flat_map(|folder| LOCKS.iter().map(move |name| (folder, *name))).find_map(|(folder, name)| {
        let path = folder.join(name);
        Some((folder, name, text(&path, MOST_OF_A_LOCK)?, path))
    });
    let in_lock = lock.and_then(|(folder, name, text, path)| {
        let app = app.strip_prefix(folder).ok()?.to_str()?;
        locked(name, &text, app, package).map(|version| found(path, version))
    });
    in_lock.or_else(|| {
        folders().find_map(|folder| {
            let path = folder.join("node_modules").join(package).join("package.json");
            let version = installed(&text(&path, MOST_OF_A_PACKAGE)?)?;
            Some(found(path, version))
        })
    })
}

/// The text of a regular file that is not too large.
fn text(path: &Path, most: usize) -> Option<String> {
    let bytes = disk::read_bytes(path, most + 1, "").ok().filter(|bytes| bytes.len() <= most)?;
    String::from_utf8(bytes).ok()
}
