//! `ssr_site`: a site whose pages a server makes, of any framework with an adapter for Lambda.
//!
//! Nothing that the server answers is kept, unless a route says so. Most frameworks answer one path in several ways: by
//! cookies, by `Accept`, by headers of their own. CloudFront tells apart what its key has, not what `Vary` says, so that a page
//! for one visitor would reach others, and a header that nobody thought of would do for a page that everybody gets. What a
//! route keeps comes from path, query and host alone, because no more of the request reaches the server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Behaviour, BuiltFiles, Cache, Context, Described, Fragment, Group, Interface, Kind, KindEntry, LABEL, LocalForm,
    Methods, Served, SiteBuild, StackName, Viewer, Watched, pascal,
};
use crate::diag::{Code, Diagnostic};
use crate::part::build::{Build, check_environment};
use crate::part::cache_control::{self, Rule};
use crate::part::cloudfront::{Protection, path};
use crate::part::code::{self, Body};
use crate::part::server::{self, Answering, Server};
use crate::part::site::Site;
use crate::part::{bucket, folder, lambda, runtime};
use crate::setting::{Both, Keyed, OrNone, Setting};

/// The kind.
pub const KIND: KindEntry = server::kind(KindEntry::of::<Settings>(
    "ssr_site",
    "A site whose pages a server makes (Astro, React Router, SvelteKit, Nuxt, SolidStart): Lambda and files, CloudFront before both.",
    StackName::Web,
).drawn(Group::Frontends))
.sst("sst.aws.SsrSite", &[("url", "url")])
.codes(&[&[CFN365, CFN366, CFN367]]);

/// The attribute that holds the name of its bucket.
const BUCKET: &str = "assets_bucket";

/// `CFN365`: files without a way to them.
pub const CFN365: Code = Code {
    id: "CFN365",
    explanation: "files and routes do not fit together\n\n\
        `assets` are the files that the build leaves for browsers; they lie in a bucket. The server answers every path, but for \
        those that `routes` give to `assets`. Files that no route leads to would never be seen, and a route to files needs some:\n\n    \
        assets: {path: dist/client}\n    \
        routes:\n      \
        hashed: {path: \"/_astro/*\", to: assets}",
};

/// `CFN366`: a route that leaves nothing.
pub const CFN366: Code = Code {
    id: "CFN366",
    explanation: "a route takes every path\n\n\
        The server answers all paths that no route takes. A route for all of them would leave it nothing, or say again what \
        holds anyway. A site of files alone is a `static_site`.",
};

/// `CFN367`: files that are kept by a route.
pub const CFN367: Code = Code {
    id: "CFN367",
    explanation: "`cached` stands at a route to files\n\n\
        Files are kept anyway, for as long as `assets.cache` says. `cached` is for answers of the server: of requests on that \
        route it sees path, query and host, no cookies and no other headers, and its `Cache-Control` says how long CloudFront \
        keeps what it answers.",
};

/// The settings of a site with a server, with those of every site.
type Settings = Both<Site, SsrSite>;

/// The settings of a site with a server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SsrSite {
    /// The folder of the app, relative to the project.
    #[schemars(example = &"apps/shop")]
    path: Setting<String>,
    /// How the app is built, and what the build must know.
    #[schemars(extend("default" = {}))]
    build: Build,
    /// What answers.
    server: Both<Server, Package>,
    /// The files that the build leaves for browsers; they lie in a bucket.
    #[schemars(extend("default" = "none"))]
    assets: OrNone<Assets>,
    /// Paths that something else than the server answers, or whose answers are kept, by label.
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": LABEL}))]
    routes: Keyed<Route>,
    /// Who reaches the server past CloudFront.
    #[schemars(extend("default" = "oac"))]
    protection: Setting<Protection>,
}

/// The code of the server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The folder that goes into the zip, relative to `path`: what the adapter for Lambda leaves.
    #[schemars(example = &"dist/server")]
    zip: Setting<String>,
    /// Where the runtime begins: file and function.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^\S+$"), example = &"index.handler")]
    handler: Setting<String>,
}

/// Files for browsers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assets {
    /// Their folder, relative to `path`.
    #[schemars(example = &"dist/client")]
    path: Setting<String>,
    /// How long browsers keep which files, by label; as that of a `static_site`.
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": LABEL}))]
    cache: Keyed<Rule>,
}

/// Some paths.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The paths, below `base_path`; `*` stands for any text, slashes included.
    #[schemars(example = &"/_astro/*")]
    path: Setting<String>,
    /// What answers them.
    to: Setting<To>,
    /// Whether CloudFront keeps answers of the server as long as their `Cache-Control` says (`s-maxage=60`). The server then sees
    /// path, query and host of these requests only, no cookies and no other headers, and GET and HEAD alone: what is kept for
    /// all cannot have been made for one. What is not kept is not compressed by CloudFront either.
    #[schemars(extend("default" = false))]
    cached: Setting<bool>,
}

/// What answers a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum To {
    /// The files.
    Assets,
    /// The server.
    Server,
}

impl SsrSite {
    fn served(&self, site: &Site, on: &Context<'_>) -> Served {
        let server = |path, cache| server::behaviour(on, self.protection, path, server::ID, cache);
        let signed = self.protection.value.is_signed();
        let mut origins = vec![server::origin(on, server::ID, signed, self.server.shared.timeout)];
        let mut behaviours = vec![server(None, Cache::Nothing)];
        for (_, route) in self.routes.iter() {
            let path = Some(site.path(on, &route.path));
            behaviours.push(match (route.to.value, route.cached.value) {
                (To::Assets, _) => bucket::behaviour(path, false),
                (To::Server, false) => server(path, Cache::Nothing),
                (To::Server, true) => {
                    Behaviour { methods: Methods::Reading, signer: None, ..server(path, Cache::Answers) }
                }
            });
        }
        let assets = self.assets.as_option();
        origins.extend(assets.map(|_| bucket::origin(on, None)));
        Served {
            base_path: site.base_path.as_option().cloned(),
            origins,
            behaviours,
            viewer: Viewer::default(),
            bucket: assets.map(|_| bucket::served(on, BUCKET, site.key_prefix())),
            error_pages: Vec::new(),
        }
    }

    fn facts(&self, site: &Site, on: &Context<'_>) -> SiteBuild {
        let files = self.assets.as_option().map(|assets| BuiltFiles {
            folder: assets.path.clone(),
            bucket: on.own(BUCKET),
            prefix: site.key_prefix(),
            cache: cache_control::in_order(&assets.cache),
        });
        let zip = Some(self.server.own.zip.clone());
        SiteBuild { has_code: true, zip, files, ..self.build.facts(&self.path) }
    }

    fn lower_server(&self, on: &Context<'_>) -> Vec<Fragment> {
        let (server, package) = (&self.server.shared, &self.server.own);
        let scope = pascal(server::ID);
        let body = Body { scope: scope.clone(), needed: Vec::new() };
        let around = code::lower_each(on, server.vpc.as_option(), vec![body]);
        let shape = server.shape(package.handler.clone());
        let answering = Answering {
            protection: self.protection,
            streaming: server.streaming,
            reserved: server.reserved.as_option().copied(),
            network: around.network,
            environment: around.environment,
        };
        let plan = answering.plan(on, server::function(on, &self.path, server::ID, shape));
        let mut fragments = vec![on.fragment(lambda::TEMPLATE, &plan).scoped(&scope)];
        fragments.extend(around.fragments);
        fragments
    }

    fn check(&self, on: &Context<'_>) {
        let (server, package) = (&self.server.shared, &self.server.own);
        folder::check(on, "path", &self.path);
        folder::check_built(on, "server.zip", &package.zip, &self.path);
        server::check_protection(on, self.protection);
        server.check(on);
        runtime::check(on, &server.runtime);
        check_environment(on, "VITE_");
        if let Some(assets) = self.assets.as_option() {
            folder::check_built(on, "assets.path", &assets.path, &self.path);
            cache_control::check(on, "assets.cache", &assets.cache, None);
        }
        self.check_routes(on);
    }

    fn check_routes(&self, on: &Context<'_>) {
        for (label, route) in self.routes.iter() {
            if path::is_pattern(on, &format!("routes.{}.path", label.value), &route.path) {
                self.check_route(on, &label.value, route);
            }
        }
        let Some(assets) = self.assets.as_option() else { return };
        if !self.routes.iter().any(|(_, route)| route.to.value == To::Assets) {
            let title = format!("no route of `{}` leads to its files", on.name);
            on.report(
                on.at(Diagnostic::error(CFN365, title), assets.path.origin, "nobody sees them")
                    .note("the server answers every path that no route takes")
                    .help("write a route for them: `routes: {hashed: {path: \"/_astro/*\", to: assets}}`"),
            );
        }
    }

    fn check_route(&self, on: &Context<'_>, label: &str, route: &Route) {
        let is_for_files = route.to.value == To::Assets;
        if route.path.value == "/*" {
            let title = format!("the route `{label}` of `{}` takes every path", on.name);
            let is_needless = !is_for_files && !route.cached.value;
            let label = if is_needless { "holds without it" } else { "nothing is left for the server" };
            let diagnostic = on.at(Diagnostic::error(CFN366, title), route.path.origin, label);
            on.report(match (is_for_files, route.cached.value) {
                (true, _) => diagnostic
                    .help("name the folders and files that are served as they are, such as `/_astro/*`")
                    .help("a site of files alone is `type: static_site`"),
                (false, true) => diagnostic
                    .note("a route that keeps answers takes GET and HEAD alone, without cookies")
                    .help("name the paths whose answers are the same for everybody, such as `/blog/*`"),
                (false, false) => diagnostic.help("remove it: the server answers all that no route takes"),
            });
        }
        if is_for_files && self.assets.as_option().is_none() {
            let title = format!("the route `{label}` of `{}` leads to files, and there are none", on.name);
            on.report(
                on.at(Diagnostic::error(CFN365, title), route.to.origin, "no `assets` are written")
                    .help("write where the build leaves them: `assets: {path: dist/client}`"),
            );
        }
        if is_for_files && route.cached.value {
            let title = format!("the route `{label}` of `{}` leads to files, and is `cached`", on.name);
            let diagnostic =
                on.at(Diagnostic::error(CFN367, title), route.cached.origin, "is for answers of the server");
            let diagnostic = diagnostic.note("files are kept anyway, as long as `assets.cache` says");
            on.report(on.repair(diagnostic.help("write `false`, or remove it"), route.cached.origin, "false"));
        }
    }
}

impl Kind for Settings {
    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let mut watched = self.shared.watched(on);
        watched.extend(self.own.server.shared.watched(on));
        watched
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let (site, app) = (&self.shared, &self.own);
        let mut interface = site.interface(on);
        app.server.shared.add_to(on, app.protection, &mut interface);
        interface.attributes.extend(server::attributes(on, server::ID));
        if app.assets.as_option().is_some() {
            interface.attributes.extend(bucket::attributes(on, BUCKET));
            interface.empty_before_delete = vec![bucket::LOCAL_ID];
        }
        interface.served = Some(app.served(site, on));
        interface.build = Some(app.facts(site, on));
        interface
    }

    fn described(&self, on: &Context<'_>) -> Described {
        self.shared.described(on, "Lambda + S3").fact(self.own.server.shared.size())
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let (site, app) = (&self.shared, &self.own);
        app.check(on);
        let mut fragments = app.lower_server(on);
        fragments.extend(app.assets.as_option().map(|_| bucket::fragment(on)));
        fragments.extend(server::signer(on, app.protection));
        fragments.extend(site.lower(on, &app.served(site, on)));
        fragments
    }

    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        let (site, app) = (&self.shared, &self.own);
        on.common.local.as_ref().map(|local| local.site(on, &app.path, site.base(), &app.build.environment))
    }
}
