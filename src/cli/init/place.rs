//! Putting files where nothing stands: all of them, or none.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::report::Failure;
use crate::cli::{disk, write};
use crate::diag::quote_list;
use crate::emit::Files;

/// Writes those files that are not there yet; gives their paths. One that is there must say the same.
pub(super) fn all(project: &Path, files: &Files) -> Result<Vec<String>, Failure> {
    let (mut missing, mut others) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let whole = project.join(path);
        no_links(project, path)?;
        match fs::symlink_metadata(&whole) {
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push((path, text)),
            Err(error) => return Err(Failure::file("read", &whole, error)),
            Ok(kind) if kind.is_file() && is(&whole, text)? => {}
            Ok(_) => others.push(path.as_str()),
        }
    }
    if !others.is_empty() {
        let (exist, them) = if others.len() == 1 { ("exists", "it") } else { ("exist", "them") };
        return Err(Failure::Usage(format!(
            "{} {exist} and would be overwritten; nothing was written. Move {them} away, or remove {them}",
            quote_list(&others)
        )));
    }
    let mut made = Made::default();
    for (path, text) in &missing {
        if let Err(failure) = made.file(project, path, text) {
            made.undo();
            return Err(failure);
        }
    }
    Ok(missing.into_iter().map(|(path, _)| path.clone()).collect())
}

/// Whether a file says exactly that.
fn is(path: &Path, text: &str) -> Result<bool, Failure> {
    Ok(disk::read_bytes(path, text.len() + 1, "")? == text.as_bytes())
}

/// No folder on the way to a file is a link, which could lead anywhere.
fn no_links(project: &Path, path: &str) -> Result<(), Failure> {
    let mut folders: Vec<&Path> = Path::new(path).ancestors().skip(1).filter(|p| *p != Path::new("")).collect();
    folders.reverse();
    folders.into_iter().try_for_each(|folder| write::no_link(&project.join(folder)))
}

/// What was made so far.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    fn file(&mut self, project: &Path, path: &str, text: &str) -> Result<(), Failure> {
        let whole = project.join(path);
        let parent = whole.parent().unwrap_or(project);
        let mut absent: Vec<&Path> = parent.ancestors().take_while(|p| *p != Path::new("") && !p.exists()).collect();
        absent.reverse();
        for folder in absent {
            fs::create_dir(folder).map_err(|e| Failure::file("create", folder, e))?;
            self.folders.push(folder.to_owned());
        }
        let write = || -> std::io::Result<()> {
            let mut file = File::options().write(true).create_new(true).open(&whole)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        // One that another program made in between is not ours to remove.
        let result = write();
        if !result.as_ref().is_err_and(|error| error.kind() == ErrorKind::AlreadyExists) {
            self.files.push(whole.clone());
        }
        result.map_err(|e| Failure::file("write", &whole, e))
    }

    /// Takes all of it away again, the last first.
    fn undo(&self) {
        self.files.iter().rev().for_each(|path| drop(fs::remove_file(path)));
        self.folders.iter().rev().for_each(|path| drop(fs::remove_dir(path)));
    }
}
