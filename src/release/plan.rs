//! What a release of a stage consists of, and which zips templates ask for.

use super::bundle::Bundle;
use super::place::Place;
use crate::cfn::Target;
use crate::compile::Compiled;
use crate::component::FunctionCode;
use crate::link::{Artifact, Build};
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// What is brought for one component.
#[derive(Debug)]
pub struct Package<'c> {
    /// The artifact.
    pub artifact: &'c Artifact,
    /// Its folder in the manifest, where findings point.
    pub place: Place<'c>,
    /// What it is made of.
    pub what: What<'c>,
}

/// What something is made of.
#[derive(Debug)]
pub enum What<'c> {
    /// A zip of a folder and some files more.
    Zip {
        /// The folder.
        path: &'c str,
        /// The files more: the name in the zip, and the file.
        files: Vec<(&'c str, &'c Setting<String>)>,
        /// What the function asks of it.
        bundle: Bundle,
    },
    /// An image that is built of a folder.
    Image {
        /// The folder.
        path: &'c str,
        /// The file that it is built by, relative to the folder.
        dockerfile: &'c str,
        /// The processor.
        architecture: Setting<&'static str>,
    },
    /// An image that something else builds, by its name.
    ImageOfOthers(&'c str),
    /// A site.
    Site(SitePackage<'c>),
}

/// What a site is made of.
#[derive(Debug)]
pub struct SitePackage<'c> {
    /// Its build.
    pub build: &'c Build,
    /// Whether OpenNext built it, so that its own file says which folders are what.
    pub is_next: bool,
    /// The zips that the templates name.
    pub bundles: Vec<Bundle>,
}

/// The kind whose builds say themselves what they hold.
const NEXT: &str = "nextjs";
/// What builds it, unless the manifest says.
const NEXT_BUILD: &str = "npx @opennextjs/aws build";

impl SitePackage<'_> {
    /// The command that builds it, if any does.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.build.command.as_deref().or(self.is_next.then_some(NEXT_BUILD))
    }
}

/// What a release of a stage consists of, in the order of its components.
#[must_use]
pub fn plan(compiled: &Compiled) -> Vec<Package<'_>> {
    let package = |artifact| package(compiled, artifact);
    compiled.linked.artifacts.iter().filter_map(package).collect()
}

fn package<'c>(compiled: &'c Compiled, artifact: &'c Artifact) -> Option<Package<'c>> {
    let place = Place::of(compiled, &artifact.component, &[]);
    let component = artifact.component.as_str();
    let of = |origin, what| Some(Package { artifact, place: place.at(origin), what });
    match &artifact.code {
        Some(FunctionCode::Zip { path, files, handler, runtime, architecture }) => {
            let bundle = Bundle {
                name: "zip".to_owned(),
                handler: handler.clone(),
                runtime: runtime.as_ref().map(|runtime| runtime.value.clone()).unwrap_or_default(),
                architecture: architecture.map(str::to_owned),
            };
            let files = files.iter().map(|(name, file)| (name.as_str(), file)).collect();
            of(path.origin, What::Zip { path: &path.value, files, bundle })
        }
        Some(FunctionCode::Image { path: Some(path), dockerfile, architecture, .. }) => {
            let dockerfile = dockerfile.as_ref().map_or("Dockerfile", |file| file.value.as_str());
            of(path.origin, What::Image { path: &path.value, dockerfile, architecture: *architecture })
        }
        Some(FunctionCode::Image { path: None, name, .. }) => {
            let name = name.as_ref()?;
            of(name.origin, What::ImageOfOthers(&name.value))
        }
        None => {
            let build = compiled.linked.builds.iter().find(|build| build.component == component)?;
            let is_next = compiled.model.components.get(component).is_some_and(|own| own.kind.name == NEXT);
            let site = SitePackage { build, is_next, bundles: bundles(compiled, component) };
            of(Place::of(compiled, component, &["path"]).origin, What::Site(site))
        }
    }
}

/// The zips that functions of a component are made of, by the names that its templates have for them.
fn bundles(compiled: &Compiled, component: &str) -> Vec<Bundle> {
    let mut bundles = Vec::new();
    for stack in &compiled.linked.stacks {
        let is_own = |id: &str| stack.owners.get(id).is_some_and(|(owner, _)| owner == component);
        let functions = stack.template.resources.iter().filter(|r| r.type_name() == "AWS::Lambda::Function");
        bundles.extend(functions.filter(|r| is_own(&r.id)).filter_map(|r| bundle(&r.properties)));
    }
    bundles.sort_by(|a, b| a.name.cmp(&b.name));
    bundles
}

/// What a function asks of its zip, if it is one of a release.
fn bundle(properties: &Value<Target>) -> Option<Bundle> {
    let text = |path: &[&str]| {
        let value = properties.at(path)?;
        Some(Setting::new(value.origin, value.as_text()?.to_owned()))
    };
    let Kind::Join(key) = &properties.at(&["Code", "S3Key"])?.kind else { return None };
    let name = key.last()?.as_text()?.strip_prefix('/')?;
    Some(Bundle {
        name: name.to_owned(),
        handler: text(&["Handler"])?,
        runtime: text(&["Runtime"])?.value,
        architecture: text(&["Architectures", "0"])?,
    })
}
