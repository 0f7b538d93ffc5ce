//! Writing a stage's folder whole: made beside the old one, synced, then exchanged with it.
//!
//! A crash, a full disk or Ctrl-C leaves the old folder or the new one. Files that we did not make move along untouched. Two
//! builds at once wait for each other, though not for ever.

// A length of time is no clock.
use core::time::Duration;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use rustix::fs::{Access, access};

use super::report::Failure;
use crate::dns;
use crate::emit::{Files, INDEX, README, README_BEGINNING, SCRIPT, SCRIPT_ENDING, STACK_POLICY, STACK_POLICY_ENDING};
use crate::yaml;

/// How every file of ours begins.
const HEADER: &str = "# Made by reggie-cfn";
/// The folders of a stage's folder that hold files of ours.
const BELOW: &[&str] = &[dns::plan::FOLDER];
/// The largest file of ours that is compared.
const MAX_BYTES: u64 = 16 << 20;
/// How many folders are synced file by file; the files of more at once, which waits for what others write to that disk too.
const FEW: usize = 8;
/// Why a file is not written over.
const FOREIGN: &str = "it exists and was not made by reggie-cfn; move it away";
/// How long another build may hold the lock: one stage takes milliseconds to write.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Writes a folder of its own; gives the number of files that changed.
pub(super) fn folder(out: &Path, name: &str, files: &Files) -> Result<usize, Failure> {
    let mut writing = Writing::new(out, 1);
    let prepared = writing.prepare(name, &Files::new(), files)?;
    let changed = prepared.changed;
    writing.exchange(vec![prepared])?;
    Ok(changed)
}

/// Writes files to a folder that stages share; gives the number of those that changed. What other stages put there stays.
pub(super) fn shared(out: &Path, name: &str, files: &Files) -> Result<usize, Failure> {
    let mut writing = Writing::new(out, 1);
    writing.lock()?;
    let written = ours(&out.join(name))?;
    let mut all = written.clone();
    all.extend(files.clone());
    let prepared = writing.prepare(name, &written, &all)?;
    let changed = prepared.changed;
    writing.exchange(vec![prepared])?;
    Ok(changed)
}

/// Writes a file that stands directly among the folders of stages: beside the one that is there, then in its place. Gives whether it
/// changed.
pub(super) fn file(out: &Path, name: &str, written: &str) -> Result<bool, Failure> {
    let mut writing = Writing::new(out, 1);
    writing.lock()?;
    let (path, new) = (out.join(name), out.join(format!(".{name}.new")));
    let fail = |e: std::io::Error| Failure::file("write", &path, e);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
        Ok(kind) => {
            let own = if kind.is_file() { text(&path, &beginning(name)).map_err(fail)? } else { None };
            match own {
                Some(own) if own == written => return Ok(false),
                Some(_) => {}
                None => return Err(Failure::file("write", &path, FOREIGN)),
            }
        }
    }
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&new)?;
        file.write_all(written.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)
    };
    if let Err(error) = write() {
        // What is left of a failed attempt is ours and of no use.
        let _ = fs::remove_file(&new);
        return Err(fail(error));
    }
    sync(out)?;
    Ok(true)
}

/// Folders that are made beside those that stand, and exchanged with them when all are there. While it goes on, no other build writes.
pub(super) struct Writing {
    out: PathBuf,
    /// How many folders are expected: many are synced at once.
    at_once: bool,
    lock: Option<File>,
    /// Whether the folder that holds them was made for them.
    is_new: bool,
}

/// A folder beside the one in whose place it will stand; nothing of it is left if it never does.
pub(super) struct Prepared {
    folder: PathBuf,
    new: PathBuf,
    old: PathBuf,
    is_empty: bool,
    is_waiting: bool,
    /// How many files are others than those that stand.
    pub(super) changed: usize,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if self.is_waiting {
            // What is left of a failed attempt is ours and of no use; the old folder still stands.
            let _ = fs::remove_dir_all(&self.new);
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.is_new {
            // Where anything stands in it, the file system keeps it.
            let _ = fs::remove_dir(&self.out);
        }
    }
}

impl Writing {
    /// Makes folders below `out`, about so many.
    pub(super) fn new(out: &Path, count: usize) -> Writing {
        Writing { out: out.to_owned(), at_once: count > FEW && cfg!(target_os = "linux"), lock: None, is_new: false }
    }

    /// Lets no other build write from here on; gives whether one could until now.
    fn lock(&mut self) -> Result<bool, Failure> {
        if self.lock.is_some() {
            return Ok(false);
        }
        let out = &self.out;
        no_link(out)?;
        self.is_new = !out.exists();
        fs::create_dir_all(out).map_err(|e| Failure::file("create", out, e))?;
        self.lock = Some(locked(out)?);
        Ok(true)
    }

    /// Makes a folder beside the one that stands, in which `written` was found to be ours.
    pub(super) fn prepare(&mut self, name: &str, written: &Files, files: &Files) -> Result<Prepared, Failure> {
        let is_first = self.lock()?;
        let path = |name: String| self.out.join(name);
        let (folder, new, old) = (path(name.to_owned()), path(format!(".{name}.new")), path(format!(".{name}.old")));
        let is_back = repair(&folder, &new, &old)?;
        no_link(&folder)?;
        writable(&folder)?;
        // Another build may have written since it was looked at, or the folder was not in its place.
        let found = if is_first || is_back { Some(ours(&folder)?) } else { None };
        let written = found.as_ref().unwrap_or(written);
        let changed = changed(written, files);
        let prepared = Prepared { folder, new, old, is_empty: files.is_empty(), is_waiting: changed > 0, changed };
        if changed > 0 {
            make(&prepared.folder, &prepared.new, written, files, !self.at_once)?;
        }
        Ok(prepared)
    }

    /// Exchanges folders with those that stand, one after the other, each whole.
    pub(super) fn exchange(&self, prepared: Vec<Prepared>) -> Result<(), Failure> {
        if self.at_once && prepared.iter().any(|one| one.is_waiting) {
            sync_all(&self.out)?;
        }
        let mut gone = Vec::new();
        for mut one in prepared.into_iter().filter(|one| one.is_waiting) {
            gone.extend(exchange(&one.folder, &one.new, &one.old)?);
            one.is_waiting = false;
            if !self.at_once {
                self.settled(&mut gone)?;
            }
            if one.is_empty {
                // Whether anything of others stands in it, the file system knows.
                let _ = fs::remove_dir(&one.folder);
            }
        }
        if self.at_once { self.settled(&mut gone) } else { Ok(()) }
    }

    /// Removes folders that were exchanged, once that is on the disk.
    fn settled(&self, gone: &mut Vec<PathBuf>) -> Result<(), Failure> {
        sync(&self.out)?;
        gone.drain(..).try_for_each(|old| fs::remove_dir_all(&old).map_err(|e| Failure::file("remove", &old, e)))
    }
}

/// The files of a folder that we made, by their path below it, with their text: those that begin as all of ours do, and those that an
/// index of ours lists. Where the index is gone, or a merge has left it unreadable, a stack policy is known by how it begins.
pub(super) fn ours(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let (mut found, mut others) = (BTreeMap::new(), Vec::new());
    // A link among them leads to nothing of ours.
    let is_folder = |path: &Path| fs::symlink_metadata(path).is_ok_and(|kind| kind.is_dir());
    let inner = BELOW.iter().map(|name| (format!("{name}/"), folder.join(name))).filter(|(_, path)| is_folder(path));
    for (prefix, folder) in std::iter::once((String::new(), folder.to_owned())).chain(inner) {
        for path in files_in(&folder)? {
            let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
            let name = format!("{prefix}{name}");
            match text(&path, &beginning(&name)).map_err(|e| Failure::file("read", &path, e))? {
                Some(text) => drop(found.insert(name, text)),
                None => others.push((name, path)),
            }
        }
    }
    if others.is_empty() {
        return Ok(found);
    }
    let listed = found.get(INDEX).and_then(|index| listed(index));
    for (name, path) in others {
        let beginning = match &listed {
            Some(listed) if listed.contains(&name) => "",
            None if name.ends_with(STACK_POLICY_ENDING) => STACK_POLICY,
            _ => continue,
        };
        found.extend(text(&path, beginning).map_err(|e| Failure::file("read", &path, e))?.map(|text| (name, text)));
    }
    Ok(found)
}

/// The names of the folders directly in a folder; none where there is no such folder.
pub(super) fn folders(folder: &Path) -> Result<Vec<String>, Failure> {
    let fail = |error: std::io::Error| Failure::file("read", folder, error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(fail)?;
        // What a stopped build left begins with a dot.
        let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'));
        if entry.file_type().map_err(fail)?.is_dir() {
            names.extend(name);
        }
    }
    Ok(names)
}

/// The regular files directly in a folder; none where there is no such folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |path: &Path, error: std::io::Error| Failure::file("read", path, error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| fail(folder, e))?.path();
        let kind = fs::symlink_metadata(&path).map_err(|e| fail(&path, e))?;
        if kind.is_file() && kind.len() <= MAX_BYTES {
            files.push(path);
        }
    }
    Ok(files)
}

/// Those of some files that we made, as [`ours`] knows them.
pub(super) fn ours_among(mut files: Files) -> Files {
    let index = files.get(INDEX).filter(|index| index.starts_with(HEADER));
    let listed = index.and_then(|index| listed(index)).unwrap_or_default();
    files.retain(|name, text| text.starts_with(&beginning(name)) || listed.contains(name));
    files
}

/// How a file of ours begins: what runs it, if it is a script, or what makes a comment of it, then who made it.
fn beginning(name: &str) -> String {
    let before = match name {
        README => README_BEGINNING,
        _ if name.ends_with(SCRIPT_ENDING) => SCRIPT,
        _ => "",
    };
    format!("{before}{HEADER}")
}

/// The text of a file that begins in a certain way; nothing of any other.
fn text(path: &Path, beginning: &str) -> std::io::Result<Option<String>> {
    let mut file = File::open(path)?.take(beginning.len() as u64);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes != beginning.as_bytes() {
        return Ok(None);
    }
    file.set_limit(MAX_BYTES);
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).ok())
}

/// The files that an index lists, wherever it says `file:`; nothing if it cannot be read.
fn listed(index: &str) -> Option<Vec<String>> {
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
    collect(&yaml::parse_template(index).ok()?, &mut files);
    Some(files)
}

fn changed(written: &BTreeMap<String, String>, files: &Files) -> usize {
    let new = files.iter().filter(|(name, text)| written.get(*name) != Some(text)).count();
    new + written.keys().filter(|name| !files.contains_key(*name)).count()
}

/// Makes the new folder beside the old one: our files anew, those of others moved by link or copy.
fn make(folder: &Path, new: &Path, written: &Files, files: &Files, syncs: bool) -> Result<(), Failure> {
    fs::create_dir(new).map_err(|e| Failure::file("create", new, e))?;
    if folder.exists() {
        carry_others(folder, new, "", written, files)?;
    }
    for (name, text) in files {
        let path = new.join(name);
        let write = || -> std::io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = File::options().write(true).create_new(true).open(&path)?;
            #[cfg(unix)]
            if name.ends_with(SCRIPT_ENDING) {
                use std::os::unix::fs::PermissionsExt;
                // Who may read it may run it, as the umask lets them.
                let mode = file.metadata()?.permissions().mode();
                file.set_permissions(fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
            }
            file.write_all(text.as_bytes())?;
            if syncs { file.sync_all() } else { Ok(()) }
        };
        write().map_err(|e| Failure::file("write", &folder.join(name), e))?;
    }
    if !syncs {
        return Ok(());
    }
    for below in BELOW.iter().map(|name| new.join(name)).filter(|below| below.is_dir()) {
        sync(&below)?;
    }
    sync(new)
}

/// Takes what is not ours along, from a folder and from those below it that hold files of ours. `prefix` is the path to it.
fn carry_others(
    folder: &Path,
    new: &Path,
    prefix: &str,
    written: &BTreeMap<String, String>,
    files: &Files,
) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|e| Failure::file("read", folder, e))? {
        let from = entry.map_err(|e| Failure::file("read", folder, e))?.path();
        let Some(name) = from.file_name() else { continue };
        let path = format!("{prefix}{}", name.to_str().unwrap_or_default());
        if written.contains_key(&path) {
            continue;
        }
        if files.contains_key(&path) {
            return Err(Failure::file("write", &from, FOREIGN));
        }
        if BELOW.contains(&path.as_str()) && files.keys().any(|file| file.starts_with(&format!("{path}/"))) {
            no_link(&from)?;
        }
        if BELOW.contains(&path.as_str()) && fs::symlink_metadata(&from).is_ok_and(|kind| kind.is_dir()) {
            writable(&from)?;
            // One with nothing but our files is made when there is one to write.
            let inner = new.join(name);
            fs::create_dir(&inner).map_err(|e| Failure::file("create", &inner, e))?;
            carry_others(&from, &inner, &format!("{path}/"), written, files)?;
            let _ = fs::remove_dir(&inner);
            continue;
        }
        carry(&from, &new.join(name))?;
    }
    Ok(())
}

/// Copies what is not ours into the new folder: files as hard links, so that nothing of them can change.
fn carry(from: &Path, to: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::file("keep", from, e);
    let kind = fs::symlink_metadata(from).map_err(fail)?;
    if kind.is_symlink() {
        #[cfg(unix)]
        std::os::unix::fs::symlink(fs::read_link(from).map_err(fail)?, to).map_err(fail)?;
    } else if kind.is_dir() {
        writable(from)?;
        fs::create_dir(to).map_err(fail)?;
        for entry in fs::read_dir(from).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            carry(&entry.path(), &to.join(entry.file_name()))?;
        }
        fs::set_permissions(to, kind.permissions()).map_err(fail)?;
    } else if let Err(error) = fs::hard_link(from, to) {
        // To copy a pipe would be to wait for its other end.
        if !kind.is_file() {
            return Err(fail(error));
        }
        fs::copy(from, to).map_err(fail)?;
    }
    Ok(())
}

/// A folder that we could not empty once the new one stands in its place is left as it is.
fn writable(folder: &Path) -> Result<(), Failure> {
    match access(folder, Access::WRITE_OK) {
        Err(error) if error != rustix::io::Errno::NOENT => Err(Failure::file("write", folder, error)),
        _ => Ok(()),
    }
}

/// Puts the new folder in the old one's place; gives where the old one is then.
fn exchange(folder: &Path, new: &Path, old: &Path) -> Result<Option<PathBuf>, Failure> {
    let fail = |e: std::io::Error| Failure::file("write", folder, e);
    if !folder.exists() {
        return fs::rename(new, folder).map_err(fail).map(|()| None);
    }
    if swap(new, folder).is_ok() {
        return Ok(Some(new.to_owned()));
    }
    // Where folders cannot be swapped at once: the next build repairs a stop between the two steps.
    fs::rename(folder, old).map_err(fail)?;
    fs::rename(new, folder).map_err(fail)?;
    Ok(Some(old.to_owned()))
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

/// Clears what a stopped build left: a half-made folder goes, a folder that was on its way out comes back; gives
/// whether one did.
fn repair(folder: &Path, new: &Path, old: &Path) -> Result<bool, Failure> {
    let mut is_back = false;
    if fs::symlink_metadata(old).is_ok() {
        if folder.exists() {
            fs::remove_dir_all(old).map_err(|e| Failure::file("remove", old, e))?;
        } else {
            fs::rename(old, folder).map_err(|e| Failure::file("restore", folder, e))?;
            is_back = true;
        }
    }
    match fs::remove_dir_all(new) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::file("remove", new, error)),
        _ => Ok(is_back),
    }
}

/// A link could lead the output anywhere.
pub(super) fn no_link(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(kind) if kind.file_type().is_symlink() => {
            Err(Failure::file("write", path, "it is a symbolic link; output goes to plain folders only"))
        }
        Ok(kind) if !kind.is_dir() => Err(Failure::file("write", path, "it is no folder")),
        _ => Ok(()),
    }
}

pub(super) fn locked(out: &Path) -> Result<File, Failure> {
    let fail = |e: std::io::Error| Failure::file("lock", out, e);
    let handle = File::open(out).map_err(fail)?;
    match handle.try_lock() {
        Ok(()) => return Ok(handle),
        // Some file systems know no locks; the exchange itself is still whole.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => return Ok(handle),
        Err(TryLockError::Error(error)) => return Err(fail(error)),
        Err(TryLockError::WouldBlock) => {}
    }
    // The other build may have been stopped for good, so that its lock never goes.
    let (sender, receiver) = mpsc::channel();
    let wait = move || drop(sender.send(handle.lock().map(|()| handle)));
    thread::Builder::new().spawn(wait).map_err(fail)?;
    match receiver.recv_timeout(LONGEST_WAIT) {
        Ok(locked) => locked.map_err(fail),
        Err(_) => {
            let seconds = LONGEST_WAIT.as_secs();
            Err(Failure::file("lock", out, format!("another build has been writing there for {seconds} seconds")))
        }
    }
}

pub(super) fn sync(folder: &Path) -> Result<(), Failure> {
    let path = PathBuf::from(folder);
    File::open(&path).and_then(|f| f.sync_all()).map_err(|e| Failure::file("sync", &path, e))
}

/// Waits until all that was written to the disk of a folder is there: once for many files.
#[cfg(target_os = "linux")]
fn sync_all(folder: &Path) -> Result<(), Failure> {
    let synced = File::open(folder).and_then(|file| rustix::fs::syncfs(&file).map_err(Into::into));
    synced.map_err(|e| Failure::file("sync", folder, e))
}

#[cfg(not(target_os = "linux"))]
fn sync_all(folder: &Path) -> Result<(), Failure> {
    sync(folder)
}
