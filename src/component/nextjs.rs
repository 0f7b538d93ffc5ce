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

use super::{Context, Fragment, Interface, Kind, KindEntry, Level, StackName, Statement};
use crate::part::build::Build;
use crate::part::cloudfront::{PriceClass, Protection, SecurityHeaders};
use crate::part::edge::signer;
use crate::part::host::Host;
use crate::part::lambda::Architecture;
use crate::part::site::Site;
use crate::part::{bucket, code};
use crate::setting::{Keyed, Megabytes, OrNone, Seconds, Setting};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Nextjs>(
    "nextjs",
    "A Next.js app, built by OpenNext: servers on Lambda, files in a bucket, CloudFront before both.",
    StackName::Web,
)
.runs_code()
.imports(&["url", "host", "distribution_id", "distribution_arn"])
.outputs(&[
    "server_name",
    "server_arn",
    "assets_bucket",
    "role_arn",
    "role_name",
    "log_group",
    "certificate_arn",
    "security_group",
    "signer_arn",
])
.chosen_attributes(&[
    ("certificate_arn", "host"),
    ("security_group", "server.vpc"),
    ("signer_arn", "protection: signed"),
])
.levels(&[Level::of(
    "invalidate",
    "makes CloudFront forget what it keeps",
    &[Statement::of("Invalidate", &["cloudfront:CreateInvalidation"], &[("distribution_arn", "")])],
)])
.codes(&[check::CODES]);

/// The settings of a Next.js app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nextjs {
    /// The folder of the app, relative to the project.
    #[schemars(example = &"apps/web")]
    path: Setting<String>,
    /// The name that it is served under; the one that CloudFront gives unless written. Taken by a router, it has none of its own.
    #[schemars(extend("default" = "none"), example = &"getreggie.io")]
    host: OrNone<Host>,
    /// Further names for the same, by label; a `*` may be the first part of one.
    #[schemars(extend("default" = {}))]
    aliases: Keyed<Host>,
    /// Names that lead to the host, by label: answered 301, path and query kept.
    #[schemars(extend("default" = {}))]
    redirects: Keyed<Host>,
    /// What the paths of all pages begin with: `basePath` of the app's own configuration.
    #[schemars(extend("default" = "none"), example = &"/docs")]
    base_path: OrNone<Setting<String>>,
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
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": "^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$"}))]
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
    /// Where it is served from; the wider, the dearer.
    #[schemars(extend("default" = "100"))]
    price_class: Setting<PriceClass>,
    /// Headers that protect visitors.
    #[schemars(extend("default" = {}))]
    security_headers: OrNone<SecurityHeaders>,
    /// The bucket that takes CloudFront's logs, one with `logs_from: cloudfront`.
    #[schemars(extend("default" = "none"), example = &"AccessLogs")]
    logs: OrNone<Setting<String>>,
}

/// The server of a Next.js app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Memory in MB, 128 to 10240.
    #[schemars(extend("default" = 1024), example = &"1 GB")]
    memory: Setting<Megabytes>,
    /// How long one answer may take in seconds, 1 to 115: CloudFront waits five seconds longer. Above 55 the account's quota may
    /// have to be raised first.
    #[schemars(extend("default" = 20), example = &30)]
    timeout: Setting<Seconds>,
    /// What runs it: Node.js 22 or newer.
    #[schemars(extend("default" = "nodejs22.x"), example = &"nodejs24.x")]
    runtime: Setting<String>,
    /// The processor; native modules come from the machine that builds.
    #[schemars(extend("default" = "arm64"))]
    architecture: Setting<Architecture>,
    /// Whether answers are sent while they are made: OpenNext's wrapper `aws-lambda-streaming`.
    #[schemars(extend("default" = false))]
    streaming: Setting<bool>,
    /// The network that servers run in, where they reach something in it themselves.
    #[serde(default)]
    #[schemars(example = &"ReggieVpc")]
    vpc: OrNone<Setting<String>>,
    /// How many calls may run at once. Taken from the account's pool.
    #[serde(default)]
    #[schemars(example = &10)]
    reserved: OrNone<Setting<u32>>,
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
    /// How long one answer may take in seconds, 1 to 115.
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
    /// How long one image may take in seconds, 1 to 115.
    #[schemars(extend("default" = 25), example = &30)]
    timeout: Setting<Seconds>,
    /// The processor that the build's copy of `sharp` is for.
    #[schemars(extend("default" = "arm64"))]
    architecture: Setting<Architecture>,
}

impl Nextjs {
    fn site(&self) -> Site<'_> {
        Site {
            host: &self.host,
            aliases: &self.aliases,
            redirects: &self.redirects,
            price_class: self.price_class,
            security_headers: &self.security_headers,
            logs: &self.logs,
            base_path: self.base_path.as_option(),
        }
    }
}

impl Kind for Nextjs {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut interface = self.site().interface(on);
        let vpc = self.server.vpc.as_option();
        interface.attributes.extend(self.function_attributes(on));
        interface.attributes.extend(bucket::attributes(on, "assets_bucket"));
        interface.attributes.extend(code::attributes(on, functions::SERVER, vpc));
        if self.protection.value == Protection::Signed {
            interface.attributes.push(signer::attribute(on));
        }
        interface.vpc = vpc.cloned();
        interface.timeout = Some(self.server.timeout.map(|seconds| seconds.0));
        interface.served = Some(self.served(on));
        interface.build = Some(self.build.facts(&self.path));
        interface.empty_before_delete = vec![bucket::LOCAL_ID];
        interface
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let mut fragments = vec![bucket::fragment(on)];
        fragments.extend(self.lower_cache(on));
        fragments.extend(self.lower_functions(on));
        fragments.extend(self.site().lower(on, &self.served(on)));
        if self.protection.value == Protection::Signed {
            fragments.push(signer::lower(on));
        }
        fragments
    }
}
