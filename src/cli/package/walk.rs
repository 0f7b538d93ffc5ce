//! Walking a folder: what is in it, and what each file holds. Files are read in pieces, and no link is followed blindly.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use crate::cli::disk;
use crate::cli::report::Failure;
use crate::diag::render::visible_line;
use crate::digest::{Digest, Digester};
use crate::release::{Content, Entry, HEAD, Ignore, MAX_BYTES, MAX_FILES, Machine, Odd, may_be_native};

/// The most that a folder may hold.
const MOST_ENTRIES: usize = 500_000;
/// How much of a file is read at once.
pub(super) const PIECE: usize = 1 << 16;
/// How many odd things of one folder are told.
const MOST_ODD: usize = 5;

/// What is done with links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// They stay links, if they lead to something in the folder.
    Inside,
    /// They stay links, wherever they lead: what reads them decides.
    All,
    /// Files are taken in their place.
    Followed,
}

/// A folder that was read.
#[derive(Debug, Default)]
pub(super) struct Tree {
    root: PathBuf,
    /// Files from elsewhere by their name.
    others: BTreeMap<String, PathBuf>,
    /// What it holds.
    pub(super) content: Content,
    /// Its native code.
    pub(super) natives: Vec<(String, Machine)>,
    /// What of it cannot be brought.
    pub(super) odd: Vec<(String, Odd)>,
    /// Files that somebody wrote to while they were read.
    pub(super) changed: Vec<String>,
}

impl Tree {
    /// Where a file of it is on disk.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.others.get(name).cloned().unwrap_or_else(|| self.root.join(name))
    }

    /// Adds a file from elsewhere under a name.
    pub(super) fn add(&mut self, name: &str, path: PathBuf) -> Result<(), Failure> {
        let is_name = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_name || name.is_empty() || name.contains(char::is_control) || name.ends_with('/') {
            self.odd.push((visible_line(name), Odd::NoName));
            return Ok(());
        }
        if self.content.holds(name) {
            self.odd.push((name.to_owned(), Odd::Twice));
            return Ok(());
        }
        self.others.insert(name.to_owned(), path);
        self.take(name.to_owned())
    }

    /// Reads a file.
    fn take(&mut self, name: String) -> Result<(), Failure> {
        let path = self.path(&name);
        let mut head = Vec::new();
        let looks = may_be_native(&name);
        let read = hash(&path, |piece| {
            if looks && head.len() < HEAD {
                head.extend(piece.iter().take(HEAD - head.len()));
            }
            Ok(())
        });
        let Some((digest, size)) = read.map_err(|e| Failure::file("read", &path, e))? else {
            self.changed.push(name);
            return Ok(());
        };
        self.natives.extend(Machine::of(&head).map(|machine| (name.clone(), machine)));
        self.content.insert(name, Entry::File { digest, size });
        Ok(())
    }

    /// Whether files are more than a zip may hold. They then stand in the tree with their sizes alone: nothing is made of them, so that they
    /// need not be read.
    fn is_too_large(&mut self, files: &[String]) -> Result<bool, Failure> {
        let mut sizes = Vec::new();
        for name in files {
            let path = self.path(name);
            sizes.push(fs::symlink_metadata(&path).map_err(|e| Failure::file("read", &path, e))?.len());
        }
        let is_too_large = sizes.iter().sum::<u64>() > MAX_BYTES || files.len() > MAX_FILES;
        if is_too_large {
            let digest = Digest::of(b"");
            for (name, size) in files.iter().zip(sizes) {
                self.content.insert(name.clone(), Entry::File { digest, size });
            }
        }
        Ok(is_too_large)
    }

    fn odd(&mut self, name: &str, odd: Odd) {
        self.odd.push((visible_line(name), odd));
    }
}

/// Reads a file in pieces, each of which is handed on; gives what it holds, or nothing of one that became shorter or longer meanwhile.
pub(super) fn hash(
    path: &Path,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<Option<(Digest, u64)>> {
    let mut file = disk::open(path)?;
    let before = length(&file)?;
    let (mut digester, mut size, mut buffer) = (Digester::default(), 0, vec![0; PIECE]);
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..read).unwrap_or_default();
        digester.add(piece);
        each(piece)?;
        size += read as u64;
        // One that grows without end would never be read.
        if size > before {
            return Ok(None);
        }
    }
    Ok((size == before).then(|| (digester.digest(), size)))
}

fn length(file: &File) -> std::io::Result<u64> {
    let about = file.metadata()?;
    match about.is_file() {
        true => Ok(about.len()),
        false => Err(std::io::Error::other("it is no regular file any more")),
    }
}

/// Reads a folder that is there, without what is ignored. What is odd in it is told in the tree.
pub(super) fn read(root: &Path, links: Links, ignore: &Ignore) -> Result<Tree, Failure> {
    let fail = |path: &Path, error: std::io::Error| Failure::file("read", path, error);
    let root = fs::canonicalize(root).map_err(|e| fail(root, e))?;
    let mut tree = Tree { root: root.clone(), ..Tree::default() };
    let (mut folders, mut files, mut seen) = (vec![String::new()], Vec::new(), 0);
    while let Some(within) = folders.pop() {
        let folder = root.join(&within);
        for entry in fs::read_dir(&folder).map_err(|e| fail(&folder, e))? {
            let entry = entry.map_err(|e| fail(&folder, e))?;
            seen += 1;
            if seen > MOST_ENTRIES {
                let reason = format!("it holds more than {MOST_ENTRIES} files; name the folder that the build leaves");
                return Err(Failure::file("read", &root, reason));
            }
            let below = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}/{name}") };
            let name = match entry.file_name().into_string() {
                Ok(name) => below(&name),
                Err(name) => {
                    tree.odd(&below(&name.to_string_lossy()), Odd::NotUtf8);
                    continue;
                }
            };
            if name.contains(char::is_control) {
                tree.odd(&name, Odd::Control);
                continue;
            }
            let kind = entry.file_type().map_err(|e| fail(&entry.path(), e))?;
            let is_ignored = ignore.ignores(&name);
            if is_ignored && (!kind.is_dir() || ignore.is_final()) {
                continue;
            }
            if kind.is_dir() {
                folders.push(name);
            } else if kind.is_file() {
                files.push(name);
            } else if !kind.is_symlink() {
                tree.odd(&name, Odd::NoFile);
            } else {
                match link(&root, &name, links)? {
                    Link::Stays(target) => drop(tree.content.insert(name, Entry::Link { target })),
                    Link::File(path) => {
                        tree.others.insert(name.clone(), path);
                        files.push(name);
                    }
                    Link::Odd(odd) => tree.odd(&name, odd),
                }
            }
        }
    }
    // In the order of names, whatever order the file system gave, so that messages are the same everywhere.
    tree.odd.sort_by(|(a, _), (b, _)| a.cmp(b));
    tree.odd.truncate(MOST_ODD);
    if !tree.odd.is_empty() {
        return Ok(tree);
    }
    files.sort();
    if links == Links::Inside && tree.is_too_large(&files)? {
        return Ok(tree);
    }
    files.into_iter().try_for_each(|name| tree.take(name))?;
    tree.changed.truncate(MOST_ODD);
    Ok(tree)
}

/// What becomes of a link.
enum Link {
    Stays(String),
    File(PathBuf),
    Odd(Odd),
}

fn link(root: &Path, name: &str, links: Links) -> Result<Link, Failure> {
    let path = root.join(name);
    let fail = |error: std::io::Error| Failure::file("read", &path, error);
    let Ok(target) = fs::read_link(&path).map_err(fail)?.into_os_string().into_string() else {
        return Ok(Link::Odd(Odd::NotUtf8));
    };
    if target.contains(char::is_control) {
        return Ok(Link::Odd(Odd::Control));
    }
    if links == Links::All {
        return Ok(Link::Stays(target));
    }
    let leads_out = || Ok(Link::Odd(Odd::LeadsOut { target: visible_line(&target) }));
    // Unpacked elsewhere, the path is what counts; here, where it really leads.
    if !stays_inside(name, &target) {
        return leads_out();
    }
    match fs::canonicalize(&path) {
        Ok(real) if !real.starts_with(root) => leads_out(),
        Ok(real) if links == Links::Followed => {
            let about = fs::symlink_metadata(&real).map_err(|e| Failure::file("read", &real, e))?;
            Ok(match about.file_type() {
                t if t.is_file() => Link::File(real),
                t if t.is_dir() => Link::Odd(Odd::LinkToFolder),
                _ => Link::Odd(Odd::NoFile),
            })
        }
        Ok(_) => Ok(Link::Stays(target)),
        Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => Ok(Link::Odd(Odd::Loop)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(match links {
            Links::Followed => Link::Odd(Odd::LinkToNothing),
            // What it should lead to may be there at run time: `/tmp` is, and a package that was left out never was.
            Links::Inside | Links::All => Link::Stays(target),
        }),
        Err(error) => Err(fail(error)),
    }
}

/// Whether a link of that name, followed step by step, never leaves the folder.
fn stays_inside(name: &str, target: &str) -> bool {
    if target.starts_with('/') {
        return false;
    }
    let mut depth = name.matches('/').count();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::stays_inside;

    #[test]
    fn links_are_followed_step_by_step() {
        for (name, target) in [("a", "b"), ("a/b/c", "../../d"), ("a/b", "../a/c"), ("a", "./b//c")] {
            assert!(stays_inside(name, target), "{name} → {target}");
        }
        for (name, target) in [("a", "/etc/passwd"), ("a", "../b"), ("a/b", "../../folder/c"), ("a", "b/../../a")] {
            assert!(!stays_inside(name, target), "{name} → {target}");
        }
    }
}
