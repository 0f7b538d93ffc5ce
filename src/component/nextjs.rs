//! `nextjs`: a Next.js app, built by OpenNext, behind CloudFront.
//!
//! What the manifest says is [`Nextjs`]; which functions that makes stands in [`functions`], what CloudFront sends where in
//! [`routes`], what is wrong with it in [`check`]. Nothing here is read from the app's build: a check compares the two.

mod cache;
mod check;
mod functions;
mod routes;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Context, Described, Fragment, Group, Interface, Kind, KindEntry, LABEL, LocalForm, SiteBuild, StackName, Watched,
    count,
};
use crate::part::bucket;
use crate::part::build::Build;
use crate::part::cloudfront::Protection;
use crate::part::lambda::Architecture;
use crate::part::server::{self, Server};
use crate::part::site::Site;
use crate::setting::{Both, Keyed, Megabytes, OrNone, Seconds, Setting};

/// The attribute that holds the name of its bucket.
const ASSETS_BUCKET: &str = "assets_bucket";

/// The kind.
pub const KIND: KindEntry = server::kind(
    KindEntry::of::<Settings>(
        "nextjs",
        "A Next.js app, built by OpenNext: servers on Lambda, files in a bucket, CloudFront before both.",
        StackName::Web,
    )
    .drawn(Group::Frontends),
)
.sst("sst.aws.Nextjs", &[("url", "url")])
.codes(&[check::CODES]);

/// The settings of a Next.js app, with those of every site.
type Settings = Both<Site, Nextjs>;

/// The settings of a Next.js app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nextjs {
    /// The folder of the app, relative to the project.
    #[schemars(example = &"apps/web")]
    path: Setting<String>,
    /// Who reaches the servers past CloudFront. The image function is always signed for: it takes no bodies.
    #[schemars(extend("default" = "oac"))]
    protection: Setting<Protection>,
    /// How many calls of each server are kept warm, 0 to 50; each costs a call every five minutes.
    #[schemars(extend("default" = 0))]
    warm: Setting<u32>,
    /// The server that answers all that no other does.
    #[schemars(extend("default" = {}))]
    server: Server,
    /// Further servers with paths of their own, by label: `functions` of OpenNext's configuration.
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": LABEL}))]
    servers: Keyed<SplitServer>,
    /// The function that resizes images.
    #[schemars(extend("default" = {}))]
    images: OrNone<Images>,
    /// Files and folders of the app's `public/` that are served as they are, such as `img/*` or `favicon.ico`. Each is one
    /// path of the distribution; what Next.js itself makes (`_next/*`, `BUILD_ID`) is there already.
    #[schemars(extend("default" = []), example = &["img/*", "favicon.ico", "robots.txt"])]
    r#static: Vec<Setting<String>>,
    /// Whether pages are kept between calls and made anew in the background (incremental static regeneration). OpenNext's
    /// `disableIncrementalCache` says the opposite.
    #[schemars(extend("default" = true))]
    incremental_cache: Setting<bool>,
    /// Whether pages can be made anew by tag or path (`revalidateTag`, `revalidatePath`). OpenNext's `disableTagCache` says
    /// the opposite.
    #[schemars(extend("default" = true))]
    tag_cache: Setting<bool>,
    /// How the app is built, and what the build must know.
    #[schemars(extend("default" = {}))]
    build: Build,
}

/// A further server, with paths of its own. What it does not say is as the server's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitServer {
    /// The paths that it answers, below `base_path`: `patterns` of OpenNext's configuration.
    #[schemars(length(min = 1), example = &["admin/*"])]
    paths: Vec<Setting<String>>,
    /// Memory in MB, 128 to 10240.
    #[serde(default)]
    #[schemars(example = &2048)]
    memory: Option<Setting<Megabytes>>,
    /// How long one answer may take in seconds, 1 to 120.
    #[serde(default)]
    #[schemars(example = &60)]
    timeout: Option<Setting<Seconds>>,
    /// Whether answers are sent while they are made.
    #[serde(default)]
    #[schemars(example = &true)]
    streaming: Option<Setting<bool>>,
}

/// The function that resizes images.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// Memory in MB, 128 to 10240.
    #[schemars(extend("default" = 1536), example = &"2 GB")]
    memory: Setting<Megabytes>,
    /// How long one image may take in seconds, 1 to 120.
    #[schemars(extend("default" = 25), example = &30)]
    timeout: Setting<Seconds>,
    /// The processor that the build's copy of `sharp` is for.
    #[schemars(extend("default" = "arm64"))]
    architecture: Setting<Architecture>,
}

impl Kind for Settings {
    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let mut watched = self.shared.watched(on);
        watched.extend(self.own.server.watched(on));
        watched
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let (site, app) = (&self.shared, &self.own);
        let mut interface = site.interface(on);
        app.server.add_to(on, app.protection, &mut interface);
        interface.attributes.extend(app.function_attributes(on));
        interface.attributes.extend(bucket::attributes(on, ASSETS_BUCKET));
        interface.served = Some(app.served(site, on));
        interface.build = Some(SiteBuild { has_code: true, ..app.build.facts(&app.path) });
        interface.empty_before_delete = vec![bucket::LOCAL_ID];
        interface
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let own = &self.own;
        self.shared
            .described(on, "Lambda + S3")
            .fact(own.server.size())
            .fact_if((own.warm.value > 0).then(|| count(own.warm.value as usize, "warm server")))
            .fact_if(own.images.as_option().map(|_| "images"))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let (site, app) = (&self.shared, &self.own);
        check::check(app, on);
        let mut fragments = vec![bucket::fragment(on)];
        fragments.extend(app.lower_cache(on));
        fragments.extend(app.lower_functions(on));
        fragments.extend(site.lower(on, &app.served(site, on)));
        fragments.extend(server::signer(on, app.protection));
        fragments
    }

    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        let (site, app) = (&self.shared, &self.own);
        on.common.local.as_ref().map(|local| local.site(on, &app.path, site.base(), &app.build.environment))
    }
}
