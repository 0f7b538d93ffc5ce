//! Bundles: whether what goes into a zip makes a function.

use super::content::{Content, Entry};
use super::native::Machine;
use super::place::Place;
use super::{handler, native};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::setting::Setting;

/// `CFN501`: nothing to bring.
pub const CFN501: Code = Code {
    id: "CFN501",
    explanation: "a folder that a release brings is empty\n\n\
        There is no file in it, so that a function of it could answer nothing, and a site show nothing. A build that failed, or one that writes elsewhere, leaves its \
        folder empty. Run it, and name the folder that it leaves.",
};

/// `CFN503`: more than Lambda takes.
pub const CFN503: Code = Code {
    id: "CFN503",
    explanation: "a zip holds more than Lambda takes\n\n\
        The files of a zip have 250 MB (262,144,000 bytes) together at most, layers included (Lambda Developer Guide, \"Lambda quotas\"); that of 50 MB for a zip holds for \
        uploads that do not come from S3, as these do. A zip has at most 65,535 files. Leave packages out that only a build needs (`npm ci --omit=dev`), bundle with esbuild or \
        the like, or take a container image, which may have 10 GB.",
};

/// The most bytes that the files of a zip have together. Source: Lambda Developer Guide, "Lambda quotas".
pub const MAX_BYTES: u64 = 262_144_000;
/// The most files of a zip that every reader of zips knows.
pub const MAX_FILES: usize = 65_535;
/// How many files are named.
const NAMED: usize = 3;

/// A zip of a component.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its name among those of the component: `server.zip`.
    pub name: String,
    /// Where the runtime begins.
    pub handler: Setting<String>,
    /// What runs it.
    pub runtime: String,
    /// The processor.
    pub architecture: Setting<String>,
}

/// Checks what goes into a zip; `shown` is the folder that it comes from.
pub fn check(
    place: &Place<'_>,
    bundle: &Bundle,
    shown: &str,
    content: &Content,
    natives: &[(String, Machine)],
    findings: &mut Diagnostics,
) {
    if content.is_empty() {
        findings.push(empty(place, shown));
        return;
    }
    if content.size() > MAX_BYTES || content.len() > MAX_FILES {
        findings.push(too_large(place, shown, content));
    }
    handler::check(place, shown, &bundle.runtime, &bundle.handler, content, findings);
    native::check(place, &bundle.architecture, natives, findings);
}

/// The finding about a folder without files.
#[must_use]
pub fn empty(place: &Place<'_>, shown: &str) -> Diagnostic {
    let title = format!("`{shown}`, which a release of `{}` brings, is empty", place.component);
    let diagnostic = place.label(Diagnostic::error(CFN501, title), "holds no file");
    diagnostic.help("build again, and name the folder that the build leaves")
}

fn too_large(place: &Place<'_>, shown: &str, content: &Content) -> Diagnostic {
    let (size, files) = (content.size(), content.len());
    let has = match size > MAX_BYTES {
        true => format!("{} MB; a function has at most {} MB", size.div_ceil(1 << 20), MAX_BYTES >> 20),
        false => format!("{files} files; a zip has at most {MAX_FILES}"),
    };
    let title = format!("`{shown}`, which becomes a zip of `{}`, has {has}", place.component);
    let diagnostic = place.label(Diagnostic::error(CFN503, title), "too large for a function");
    let size = |entry: &Entry| match entry {
        Entry::File { size, .. } => *size,
        Entry::Link { .. } => 0,
    };
    let mut largest: Vec<(&str, u64)> = content.iter().map(|(name, entry)| (name, size(entry))).collect();
    largest.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then(a.cmp(b)));
    let largest: Vec<&str> = largest.into_iter().take(NAMED).map(|(name, _)| name).collect();
    diagnostic
        .note(format!("the largest files are {}", quote_list(&largest)))
        .note("source: Lambda Developer Guide, \"Lambda quotas\"")
        .help("leave out what only the build needs, such as `npm ci --omit=dev`, or take an `image`")
}
