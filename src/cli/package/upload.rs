//! Uploads: zips and sites go to the artifact bucket, under names made of what they hold. What is there stays and is not brought again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::aws::{self, Answer};
use super::local::{SiteMade, Source};
use super::progress::Progress;
use super::walk::{Tree, hash};
use super::zip;
use crate::cli::Result;
use crate::cli::report::Failure;
use crate::release::{Headers, LISTING, Piece};

/// An artifact bucket.
pub(super) struct Bucket<'b> {
    pub(super) name: &'b str,
    pub(super) region: &'b str,
}

impl Bucket<'_> {
    /// Whether an object is there.
    pub(super) fn has(&self, key: &str) -> Result<bool> {
        let ask = ["s3api", "head-object", "--bucket", self.name, "--key", key];
        Ok(matches!(aws::ask(self.region, &ask)?, Answer::Text(_)))
    }

    /// The keys below a prefix.
    fn keys(&self, prefix: &str) -> Result<BTreeSet<String>> {
        let ask = ["s3api", "list-objects-v2", "--bucket", self.name, "--prefix", prefix];
        let answer = aws::json(self.region, &ask)?.unwrap_or_default();
        let found = answer.get("Contents").and_then(Value::as_array).cloned().unwrap_or_default();
        let key = |object: &Value| object.get("Key").and_then(Value::as_str).map(str::to_owned);
        Ok(found.iter().filter_map(key).collect())
    }

    /// Brings a file, or all of a folder, with these headers.
    fn copy(&self, from: &Path, key: &str, headers: &Headers, is_folder: bool) -> Result<()> {
        let Some(from) = from.to_str() else {
            return Err(Failure::file("bring", from, "its path is not UTF-8"));
        };
        let to = format!("s3://{}/{key}", self.name);
        let mut arguments = vec!["s3", "cp", from, to.as_str()];
        arguments.extend(is_folder.then_some("--recursive"));
        arguments.extend(["--only-show-errors", "--content-type", headers.content_type]);
        if let Some(cache) = &headers.cache {
            arguments.extend(["--cache-control", cache]);
        }
        aws::text(self.region, &arguments).map(drop)
    }

    /// Brings a zip.
    pub(super) fn bring_zip(&self, zip: &Path, key: &str) -> Result<()> {
        self.copy(zip, key, &Headers { cache: None, content_type: "application/zip" }, false)
    }

    /// Brings a site below `prefix`, from where it was laid out; its listing last.
    pub(super) fn bring_site(&self, name: &str, staged: &Staged, prefix: &str, progress: &Progress) -> Result<()> {
        let (all, mut brought) = (staged.groups.iter().map(|group| group.files).sum::<usize>(), 0);
        for group in &staged.groups {
            brought += group.files;
            progress.step(&format!("bringing {brought} of {all} files of {name}: {}", group.headers.content_type));
            self.copy(&group.folder, prefix, &group.headers, true)?;
        }
        let headers = Headers { cache: None, content_type: "text/plain; charset=utf-8" };
        self.copy(&staged.listing, &format!("{prefix}{LISTING}"), &headers, false)
    }

    /// The names of a site that are there already, below `prefix`.
    pub(super) fn names(&self, prefix: &str) -> Result<BTreeSet<String>> {
        let keys = self.keys(prefix)?;
        Ok(keys.iter().filter_map(|key| key.strip_prefix(prefix)).map(str::to_owned).collect())
    }
}

/// A site, laid out to be brought.
pub(super) struct Staged {
    groups: Vec<Group>,
    listing: PathBuf,
}

struct Group {
    headers: Headers,
    folder: PathBuf,
    files: usize,
}

/// Why something is not laid out.
pub(super) enum Stopped {
    /// A file holds something else than when it was read.
    Changed(String),
    /// It cannot be written.
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        Stopped::Failed(failure)
    }
}

/// Lays out a site in a folder of its own, one folder for each kind of headers, without what is `there` already.
pub(super) fn stage(site: &SiteMade, folder: &Path, there: &BTreeSet<String>) -> std::result::Result<Staged, Stopped> {
    clear(folder)?;
    fs::create_dir_all(folder).map_err(|e| Failure::file("create", folder, e))?;
    let mut groups = Vec::new();
    for (number, (headers, pieces)) in site.groups().into_iter().enumerate() {
        let own = folder.join(number.to_string());
        let mut files = 0;
        for (name, source, piece) in pieces.into_iter().filter(|(name, ..)| !there.contains(*name)) {
            let to = own.join(name);
            let parent = to.parent().unwrap_or(&own);
            fs::create_dir_all(parent).map_err(|e| Failure::file("create", parent, e))?;
            lay(source, piece, &to)?;
            files += 1;
        }
        if files > 0 {
            groups.push(Group { headers: headers.clone(), folder: own, files });
        }
    }
    let listing = folder.join(LISTING);
    fs::write(&listing, site.listing.text()).map_err(|e| Failure::file("write", &listing, e))?;
    Ok(Staged { groups, listing })
}

/// Writes one piece.
fn lay(source: &Source, piece: &Piece, to: &Path) -> std::result::Result<(), Stopped> {
    let fail = |error: std::io::Error| Stopped::Failed(Failure::file("write", to, error));
    match source {
        Source::Text(text) => fs::write(to, text).map_err(fail),
        Source::Zip(tree) => match zip::write(tree, to)? {
            None => Ok(()),
            Some(changed) => Err(Stopped::Changed(tree.path(&changed).display().to_string())),
        },
        Source::File(from) => {
            let mut file = File::create(to).map(BufWriter::new).map_err(fail)?;
            let found = hash(from, |bytes| file.write_all(bytes)).map_err(fail)?;
            file.flush().map_err(fail)?;
            match found == Some((piece.digest, piece.size)) {
                true => Ok(()),
                false => Err(Stopped::Changed(from.display().to_string())),
            }
        }
    }
}

/// Makes the zip of a function.
pub(super) fn make_zip(tree: &Tree, to: &Path) -> std::result::Result<(), Stopped> {
    let parent = to.parent().unwrap_or(to);
    clear(parent)?;
    fs::create_dir_all(parent).map_err(|e| Failure::file("create", parent, e))?;
    match zip::write(tree, to)? {
        None => Ok(()),
        Some(changed) => Err(Stopped::Changed(tree.path(&changed).display().to_string())),
    }
}

/// Removes what a run before left.
pub(super) fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::file("remove", folder, error)),
        _ => Ok(()),
    }
}
