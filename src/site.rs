//! Sites: whether what was built of an app is what its component says.
//!
//! A template does not depend on a build: the manifest says which paths, servers and caches an app has, and OpenNext writes
//! the same into `open-next.output.json`. Here the two are compared, before a deploy finds out. Nothing is read from disk:
//! a [`Folder`] is what the command line found.

mod caches;
mod functions;
mod images;
mod output;
mod parts;
mod paths;
mod refused;
mod repair;
mod versions;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Component;
use crate::origin::OriginId;
use crate::setting::{Keyed, OrNone, Setting, read};
use crate::source::{FileId, Sources};
use crate::value::Value;

pub use output::MAX_BYTES;
use output::Output;
pub use parts::{Copied, Parts, parts};
pub use versions::{LOCKS, NEXT, OPENNEXT, installed, locked};

/// Codes of this room.
pub const CODES: &[Code] = &[
    output::CFN330,
    paths::CFN331,
    functions::CFN332,
    paths::CFN333,
    functions::CFN334,
    caches::CFN335,
    refused::CFN336,
    versions::CFN337,
    images::CFN338,
    functions::CFN339,
];

/// The kind whose builds are known.
const KIND: &str = "nextjs";
/// The file in which OpenNext says what it built.
pub const OUTPUT: &str = "open-next.output.json";
/// The folder of a build, in the app's own.
pub const FOLDER: &str = ".open-next";

/// What was found of a build.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its path, as messages show it: `apps/web/.open-next`.
    pub path: String,
    /// What OpenNext says of it, among the sources; nothing where there is no such file.
    pub output: Option<FileId>,
    /// The folders of its first two levels, relative to it, with `/`.
    pub folders: BTreeSet<String>,
    /// The files of its first two levels.
    pub files: BTreeSet<String>,
    /// What stands in `@img` of the image function: `sharp` in the form of its machine.
    pub natives: Vec<String>,
    /// The version of `sharp` there.
    pub sharp: Option<String>,
    /// The version of Next.js.
    pub next: Option<Version>,
    /// The version of OpenNext.
    pub opennext: Option<Version>,
}

/// The version of a package, and the file that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The version.
    pub text: String,
    /// The file, as messages show it.
    pub from: String,
}

/// The settings that a build can contradict.
#[derive(Debug, Deserialize)]
struct Settings {
    path: Setting<String>,
    base_path: OrNone<Setting<String>>,
    r#static: Vec<Setting<String>>,
    server: Server,
    servers: Keyed<SplitServer>,
    images: OrNone<Images>,
    incremental_cache: Setting<bool>,
    tag_cache: Setting<bool>,
}

#[derive(Debug, Deserialize)]
struct Server {
    streaming: Setting<bool>,
}

#[derive(Debug, Deserialize)]
struct SplitServer {
    paths: Vec<Setting<String>>,
    #[serde(default)]
    streaming: Option<Setting<bool>>,
}

#[derive(Debug, Deserialize)]
struct Images {
    architecture: Setting<String>,
}

/// A component whose build can be checked.
pub struct Site<'c> {
    compiled: &'c Compiled,
    name: &'c str,
    component: &'c Component,
    tree: &'c Value,
    settings: Settings,
}

/// A name that is none of such a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSite {
    /// What it is instead.
    pub is: String,
    /// What may be meant.
    pub near: Option<String>,
    /// The components that are.
    pub known: Vec<String>,
}

impl std::fmt::Debug for Site<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("name", &self.name).field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Site<'_> {
    /// The app's folder, relative to the project.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.settings.path.value
    }

    /// The name of the stage.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.compiled.model.stage.name.value
    }
}

/// The component of that name.
///
/// # Errors
/// It is none that is built, or there is none.
pub fn find<'c>(compiled: &'c Compiled, name: &str) -> Result<Site<'c>, NoSite> {
    let components = &compiled.model.components;
    let is_built = |c: &Component| c.kind.name == KIND && c.settings.is_some();
    let refused = |is: String| {
        let known: Vec<String> = components.iter().filter(|(_, c)| is_built(c)).map(|(name, _)| name.clone()).collect();
        NoSite { is, near: did_you_mean(name, known.iter().map(String::as_str)).map(str::to_owned), known }
    };
    let Some((name, component)) = components.get_key_value(name) else {
        return Err(refused("no component".to_owned()));
    };
    if component.kind.name != KIND {
        return Err(refused(format!("of kind `{}`", component.kind.name)));
    }
    let tree = compiled.model.tree.at(&["components", name]);
    match tree.filter(|_| is_built(component)).map(|tree| (tree, read(tree))) {
        Some((tree, Ok(settings))) => Ok(Site { compiled, name, component, tree, settings }),
        Some((_, Err(error))) => Err(refused(format!("not as expected ({error})"))),
        None => Err(refused("imported, and built elsewhere".to_owned())),
    }
}

/// Compares a site with its build; gives what was compared, in a line, where there is a build at all.
pub fn check(site: &Site<'_>, sources: &Sources, folder: &Folder, findings: &mut Diagnostics) -> Option<String> {
    let output = Output::read(site, sources, folder, findings)?;
    let on = On { site, sources, folder, output: &output };
    paths::check(&on, findings);
    functions::check(&on, findings);
    images::check(&on, findings);
    caches::check(&on, findings);
    refused::check(&on, findings);
    versions::check(&on, findings);
    let mut compared = vec![count(output.behaviors.len(), "path"), count(output.servers().count(), "server")];
    compared.extend(output.image().is_some().then(|| "images".to_owned()));
    compared.extend(versions::shown(folder));
    Some(compared.join(", "))
}

fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// A site beside its build.
struct On<'a> {
    site: &'a Site<'a>,
    sources: &'a Sources,
    folder: &'a Folder,
    output: &'a Output,
}

impl On<'_> {
    fn name(&self) -> &str {
        self.site.name
    }

    fn settings(&self) -> &Settings {
        &self.site.settings
    }

    /// Points at a setting; where no layer wrote it, at the component's name.
    fn at(&self, diagnostic: Diagnostic, origin: OriginId, label: &str) -> Diagnostic {
        diagnostic.at_origin(&self.site.compiled.origins, origin, &[self.site.component.origin], label)
    }

    /// Points at a place of the build's own file as what explains it.
    fn beside(&self, diagnostic: Diagnostic, path: &[&str], label: &str) -> Diagnostic {
        diagnostic.context(self.output.place(path), label)
    }

    /// Points at a place of the build's own file, where nothing in the manifest is at fault, and at the app.
    fn at_build(&self, diagnostic: Diagnostic, path: &[&str], label: &str) -> Diagnostic {
        let origins = &self.site.compiled.origins;
        diagnostic.at(self.output.place(path), label).context_if_known(
            origins,
            Some(self.settings().path.origin),
            "the app that was built",
        )
    }
}
