//! Parts: which folders of a build become zips and files of a release.

use std::collections::BTreeMap;

use super::functions::label;
use super::output::{BUCKET, DEFAULT, Output};
use super::{FOLDER, Folder, Site};
use crate::diag::Diagnostics;
use crate::source::Sources;

/// Where OpenNext writes the tags of pages that it has made already.
const TAGS: &str = "dynamodb-provider/dynamodb-cache.json";

/// What a release takes of a build. Paths are relative to its folder.
#[derive(Debug, Default)]
pub struct Parts {
    /// The folder of each function's code by the name of its zip: `server.zip`, `admin-server.zip`, `image.zip`.
    pub zips: BTreeMap<String, String>,
    /// The folders of files.
    pub files: Vec<Copied>,
    /// The file of tag rows.
    pub tags: Option<String>,
}

/// A folder of files, and where in the bucket they go.
#[derive(Debug, PartialEq, Eq)]
pub struct Copied {
    /// The folder.
    pub from: String,
    /// What their keys begin with, without a slash at the end.
    pub to: String,
    /// Whether they are pages that servers keep, and no files for browsers.
    pub are_pages: bool,
}

/// The parts of a build that [`check`](super::check) has found to fit; nothing of one that cannot be read.
#[must_use]
pub fn parts(site: &Site<'_>, sources: &Sources, folder: &Folder) -> Option<Parts> {
    let output = Output::read(site, sources, folder, &mut Diagnostics::default())?;
    let mut parts = Parts::default();
    for (name, server) in output.servers() {
        let zip = match name {
            DEFAULT => "server.zip".to_owned(),
            name => format!("{}-server.zip", label(name).replace('_', "-")),
        };
        parts.zips.extend(server.bundle.as_deref().map(|bundle| (zip, within(bundle))));
    }
    let props = &output.additional_props;
    let others = [
        ("image.zip", output.image().and_then(|image| image.bundle.as_deref())),
        ("revalidation.zip", props.revalidation_function.as_ref().and_then(|function| function.bundle.as_deref())),
        ("warmer.zip", props.warmer.as_ref().and_then(|function| function.bundle.as_deref())),
    ];
    let others = others.into_iter().filter_map(|(zip, bundle)| Some((zip.to_owned(), within(bundle?))));
    parts.zips.extend(others);
    let copies = output.origins.get(BUCKET).map(|bucket| bucket.copy.as_slice()).unwrap_or_default();
    let copied = |copy: &super::output::Copy| Copied {
        from: within(&copy.from),
        to: copy.to.trim_matches('/').to_owned(),
        are_pages: !copy.cached,
    };
    parts.files = copies.iter().map(copied).collect();
    let has_tags = !props.disable_tag_cache && folder.files.contains(TAGS);
    parts.tags = has_tags.then(|| TAGS.to_owned());
    Some(parts)
}

/// A path as OpenNext writes it, from the app's folder, relative to that of the build.
fn within(path: &str) -> String {
    path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path).to_owned()
}
