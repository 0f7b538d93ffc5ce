//! What is made here: content of zips and sites, read and checked, before anything is asked of AWS.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::walk::{self, Links, Tree};
use crate::cli::report::Failure;
use crate::cli::site::folder;
use crate::cli::{Common, Result, disk};
use crate::compile::Compiled;
use crate::diag::Diagnostics;
use crate::digest::Digest;
use crate::release::{
    Bundle, By, Entry, Headers, IGNORE, Ignore, Odd, Package, Piece, Place, Placed, Platform, SiteListing, SitePackage,
    What, asset, batches, built, check_bundle, check_key, empty, page, refused_tags, tag,
};
use crate::site;
use crate::source::Sources;

/// The most bytes of a file of tag rows.
const MAX_TAG_BYTES: usize = 64 << 20;
/// The most bytes that are read of a `.dockerignore`.
const MAX_IGNORE_BYTES: usize = 1 << 20;
/// What a zip is in a bucket.
const ZIP: Headers = Headers { cache: None, content_type: "application/zip" };
const ROWS: Headers = Headers { cache: None, content_type: "application/json" };

/// What was made of a component.
#[derive(Debug)]
pub(super) enum Made {
    /// The content of a zip.
    Zip(Tree),
    /// A site.
    Site(SiteMade),
    /// What an image is built of.
    Image(Image),
}

/// A site, read.
#[derive(Debug, Default)]
pub(super) struct SiteMade {
    /// All its pieces.
    pub(super) listing: SiteListing,
    /// What each is made of, by its name.
    sources: BTreeMap<String, Source>,
}

/// What a piece of a site is made of.
#[derive(Debug)]
pub(super) enum Source {
    /// A file on disk.
    File(PathBuf),
    /// A zip of a folder.
    Zip(Box<Tree>),
    /// A text.
    Text(String),
}

/// What an image is built of.
#[derive(Debug)]
pub(super) struct Image {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The file that it is built by.
    pub(super) dockerfile: PathBuf,
    /// For which machine.
    pub(super) platform: Platform,
    /// The tag that it gets.
    pub(super) tag: String,
    /// How many files it is built of.
    pub(super) files: usize,
}

/// A folder of a site: where it is named, and what makes it.
#[derive(Clone, Copy)]
struct Part<'s> {
    place: Place<'s>,
    by: By<'s>,
    /// Whether there may be nothing in it: an app need have no page that is made at the build.
    may_be_empty: bool,
}

/// Reads what components are made of.
pub(super) struct Reader<'r> {
    pub(super) common: &'r Common,
    pub(super) compiled: &'r Compiled,
    /// The folder that releases are made in.
    pub(super) state: &'r Path,
    pub(super) sources: &'r mut Sources,
    pub(super) findings: &'r mut Diagnostics,
}

impl Reader<'_> {
    /// Reads one; what is wrong with it is told, and then there is nothing.
    pub(super) fn read(&mut self, package: &Package<'_>) -> Result<Option<Made>> {
        let place = package.place;
        match &package.what {
            What::Zip { path, files, bundle } => {
                let Some(mut tree) = self.tree(place, path, Links::Inside, By::Build)? else { return Ok(None) };
                for (name, file) in files {
                    let place = place.at(file.origin);
                    match self.file(place, &file.value)? {
                        Some(path) => tree.add(name, path)?,
                        None => return Ok(None),
                    }
                }
                Ok(self.checked(place, bundle, path, tree).map(Made::Zip))
            }
            What::Image { path, dockerfile, architecture } => {
                let folder = self.common.project.join(path);
                let Some(file) = self.file(place, &format!("{path}/{dockerfile}"))? else { return Ok(None) };
                let ignore = ignored(&folder, dockerfile)?;
                let Some(mut tree) = self.tree_without(place, path, Links::All, By::Hand, &ignore)? else {
                    return Ok(None);
                };
                // What the image is built by is never left out.
                if !tree.content.holds(dockerfile) {
                    tree.add(dockerfile, file)?;
                }
                if !self.is_sound(place, path, &tree) {
                    return Ok(None);
                }
                let platform = Platform::of(architecture.value);
                Ok(Some(Made::Image(Image {
                    dockerfile: folder.join(dockerfile),
                    folder,
                    platform,
                    tag: tag(&package.artifact.identity, &tree.content, dockerfile, platform),
                    files: tree.content.len(),
                })))
            }
            // Its digest is given, or its absence told elsewhere.
            What::ImageOfOthers(_) => Ok(None),
            What::Site(site) if site.is_next => self.next(package, site),
            What::Site(site) => self.site(package, site),
        }
    }

    /// A site that OpenNext built.
    fn next(&mut self, package: &Package<'_>, own: &SitePackage<'_>) -> Result<Option<Made>> {
        let (place, name) = (package.place, package.artifact.component.as_str());
        let Ok(site) = site::find(self.compiled, name) else { return Ok(None) };
        let path = Path::new(site.path()).join(site::FOLDER);
        let folder = folder::read(&self.common.project, &path, self.sources)?;
        let mut told = Diagnostics::default();
        site::check(&site, self.sources, &folder, &mut told);
        let is_refused = told.has_errors();
        self.findings.merge(told, None);
        let Some(parts) = site::parts(&site, self.sources, &folder).filter(|_| !is_refused) else { return Ok(None) };
        let within = |part: &str| format!("{}/{part}", folder.path);
        let part = Part { place, by: by(own), may_be_empty: false };
        let mut made = SiteMade::default();
        let mut is_whole = true;
        for bundle in &own.bundles {
            let folder = parts.zips.get(&bundle.name).map(|part| within(part));
            is_whole &= match folder {
                Some(folder) => self.zip(part, bundle, &folder, &mut made)?,
                // What OpenNext's file does not name is told by the check of the site.
                None => {
                    self.findings.push(place.missing(&within(&bundle.name), by(own)));
                    false
                }
            };
        }
        for copied in &parts.files {
            let folder = within(&copied.from);
            if copied.are_pages && !self.common.project.join(&folder).exists() {
                continue;
            }
            let (to, is_page) = (copied.to.as_str(), copied.are_pages);
            let placed = |name: &str| if is_page { page(to, name) } else { asset(to, name) };
            let part = Part { may_be_empty: is_page, ..part };
            is_whole &= self.files(part, &package.artifact.identity, &folder, placed, &mut made)?;
        }
        if let Some(tags) = &parts.tags {
            is_whole &= self.tags(place, &within(tags), &mut made)?;
        }
        Ok(is_whole.then_some(Made::Site(made)))
    }

    /// A site whose component says which folders are what.
    fn site(&mut self, package: &Package<'_>, own: &SitePackage<'_>) -> Result<Option<Made>> {
        let (build, mut made, mut is_whole) = (own.build, SiteMade::default(), true);
        let within = |part: &str| match part {
            "." => build.path.clone(),
            part => format!("{}/{}", build.path.trim_end_matches('/'), part.trim_end_matches('/')),
        };
        let name = package.artifact.component.as_str();
        let part = |setting| Part { place: Place::of(self.compiled, name, setting), by: by(own), may_be_empty: false };
        for bundle in &own.bundles {
            if let Some(zip) = &build.zip {
                is_whole &= self.zip(part(&["server", "zip"]), bundle, &within(zip), &mut made)?;
            }
        }
        if let Some(files) = &build.files {
            let setting: &[&str] = if build.zip.is_some() { &["assets", "path"] } else { &["build", "output"] };
            let (path, placed) = (within(&files.folder), |name: &str| built(files, name));
            is_whole &= self.files(part(setting), &package.artifact.identity, &path, placed, &mut made)?;
        }
        Ok(is_whole.then_some(Made::Site(made)))
    }

    /// A zip of a site; whether it is in order.
    fn zip(&mut self, part: Part<'_>, bundle: &Bundle, path: &str, made: &mut SiteMade) -> Result<bool> {
        let Some(tree) = self.tree(part.place, path, Links::Inside, part.by)? else { return Ok(false) };
        let Some(tree) = self.checked(part.place, bundle, path, tree) else { return Ok(false) };
        let piece = Piece { digest: tree.content.digest(), size: tree.content.size(), headers: ZIP };
        made.push(bundle.name.clone(), piece, Source::Zip(Box::new(tree)));
        Ok(true)
    }

    /// The files of a folder, each placed by its name there; whether all is in order.
    fn files(
        &mut self,
        part: Part<'_>,
        identity: &str,
        path: &str,
        placed: impl Fn(&str) -> Placed,
        made: &mut SiteMade,
    ) -> Result<bool> {
        let place = part.place;
        let Some(tree) = self.tree(place, path, Links::Followed, part.by)? else { return Ok(false) };
        if !self.is_sound(place, path, &tree) {
            return Ok(false);
        }
        if tree.content.is_empty() && !part.may_be_empty {
            self.findings.push(empty(&place, path));
            return Ok(false);
        }
        let project = &self.compiled.model.manifest.project.value;
        for (name, entry) in tree.content.iter() {
            let Placed { name: key, headers } = placed(name);
            // As long as any release of it: digests have one length.
            let whole = format!("{project}/{identity}/{}/{key}", Digest::of(b""));
            if let Some(odd) = check_key(&whole) {
                self.findings.push(place.odd(&format!("{path}/{name}"), &odd));
                return Ok(false);
            }
            if let Entry::File { digest, size } = entry {
                let piece = Piece { digest: *digest, size: *size, headers };
                made.push(key, piece, Source::File(tree.path(name)));
            }
        }
        Ok(true)
    }

    /// The rows of the table of tags; whether they could be read.
    fn tags(&mut self, place: Place<'_>, path: &str, made: &mut SiteMade) -> Result<bool> {
        let file = self.common.project.join(path);
        let bytes = disk::read_bytes(&file, MAX_TAG_BYTES + 1, "OpenNext writes a plain one")?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned());
        let text = text.and_then(|text| match text.len() > MAX_TAG_BYTES {
            true => Err(format!("it has more than {} MiB", MAX_TAG_BYTES >> 20)),
            false => Ok(text),
        });
        match text.and_then(|text| batches(&text)) {
            Ok(batches) => {
                for (number, text) in batches.into_iter().enumerate() {
                    let name = format!("tags/{number:03}.json");
                    let piece = Piece { digest: Digest::of(text.as_bytes()), size: text.len() as u64, headers: ROWS };
                    made.push(name, piece, Source::Text(text));
                }
                Ok(true)
            }
            Err(why) => {
                self.findings.push(refused_tags(&place, path, &why));
                Ok(false)
            }
        }
    }

    /// A folder, if it is there and stands in the project.
    fn tree(&mut self, place: Place<'_>, path: &str, links: Links, by: By<'_>) -> Result<Option<Tree>> {
        self.tree_without(place, path, links, by, &Ignore::default())
    }

    /// The same without what is ignored.
    fn tree_without(
        &mut self,
        place: Place<'_>,
        path: &str,
        links: Links,
        by: By<'_>,
        ignore: &Ignore,
    ) -> Result<Option<Tree>> {
        let Some(root) = self.found(place, path, by, "folder")? else { return Ok(None) };
        let state = fs::canonicalize(self.state).map_err(|error| Failure::file("read", self.state, error))?;
        if state.starts_with(&root) {
            self.findings.push(place.odd(&self.state.display(), &Odd::State));
            return Ok(None);
        }
        walk::read(&root, links, ignore).map(Some)
    }

    /// A file of the sources, if it is there and stands in the project.
    fn file(&mut self, place: Place<'_>, path: &str) -> Result<Option<PathBuf>> {
        self.found(place, path, By::Hand, "file")
    }

    /// Where a folder or a file really is, if it is there and stands in the project.
    fn found(&mut self, place: Place<'_>, path: &str, by: By<'_>, what: &str) -> Result<Option<PathBuf>> {
        let found = self.common.project.join(path);
        let refused = match fs::metadata(&found) {
            Ok(about) if about.is_dir() == (what == "folder") && (about.is_dir() || about.is_file()) => None,
            Ok(_) => Some(place.other(path, what)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Some(place.missing(path, by))
            }
            Err(error) => return Err(Failure::file("read", &found, error)),
        };
        let real = |path: &Path| fs::canonicalize(path).map_err(|error| Failure::file("read", path, error));
        let refused = match refused {
            Some(refused) => Some(refused),
            None if real(&found)?.starts_with(real(&self.common.project)?) => None,
            None => Some(place.outside(path)),
        };
        match refused {
            Some(refused) => {
                self.findings.push(refused);
                Ok(None)
            }
            None => real(&found).map(Some),
        }
    }

    /// A tree that makes a function.
    fn checked(&mut self, place: Place<'_>, bundle: &Bundle, path: &str, tree: Tree) -> Option<Tree> {
        if !self.is_sound(place, path, &tree) {
            return None;
        }
        let mut told = Diagnostics::default();
        check_bundle(&place, bundle, path, &tree.content, &tree.natives, &mut told);
        let is_refused = told.has_errors();
        self.findings.merge(told, None);
        (!is_refused).then_some(tree)
    }

    /// Whether all of a folder could be read; tells otherwise.
    fn is_sound(&mut self, place: Place<'_>, path: &str, tree: &Tree) -> bool {
        for (name, odd) in &tree.odd {
            self.findings.push(place.odd(&format!("{path}/{name}"), odd));
        }
        for name in &tree.changed {
            self.findings.push(place.changed(&format!("{path}/{name}")));
        }
        tree.odd.is_empty() && tree.changed.is_empty()
    }
}

/// What an image is not built of: that of its own `dockerfile`, or else that of the folder.
fn ignored(folder: &Path, dockerfile: &str) -> Result<Ignore> {
    for name in [format!("{dockerfile}{IGNORE}"), IGNORE.to_owned()] {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            let bytes = disk::read_bytes(&path, MAX_IGNORE_BYTES, "Docker reads plain ones")?;
            return Ok(Ignore::read(&String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(Ignore::default())
}

/// What builds a site, and where.
fn by<'s>(own: &'s SitePackage<'_>) -> By<'s> {
    match own.command() {
        Some(command) => By::Command { command, folder: &own.build.path },
        None => By::Build,
    }
}

impl SiteMade {
    /// Adds a piece.
    fn push(&mut self, name: String, piece: Piece, source: Source) {
        self.listing.insert(name.clone(), piece);
        self.sources.insert(name, source);
    }

    /// The pieces by their headers: each group is brought by one call.
    pub(super) fn groups(&self) -> BTreeMap<&Headers, Vec<(&str, &Source, &Piece)>> {
        let mut groups: BTreeMap<&Headers, Vec<_>> = BTreeMap::new();
        for (name, piece) in self.listing.iter() {
            if let Some(source) = self.sources.get(name) {
                groups.entry(&piece.headers).or_default().push((name, source, piece));
            }
        }
        groups
    }
}
