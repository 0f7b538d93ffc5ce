//! What CloudFront sends where.
//!
//! OpenNext's own output lists the same paths; their order here is that of all distributions, in which the narrower comes
//! first, so that `_next/image*` and `_next/data/*` go before `_next/*`.

use super::functions::{IMAGE, SERVER};
use super::{Context, Nextjs};
use crate::component::{Behaviour, Cache, Methods, Origin, Reached, Served, ServedBucket, Viewer};
use crate::part::bucket;
use crate::part::cloudfront::Protection;
use crate::part::edge::signer;
use crate::setting::{Seconds, Setting};
use crate::value::Value;

/// What stands before the keys of files in the bucket.
pub(super) const ASSETS: &str = "_assets";

/// Files that Next.js makes of the app, below `base_path`.
const FILES: &[&str] = &["_next/*", "BUILD_ID"];

impl Nextjs {
    /// What it serves.
    pub(super) fn served(&self, on: &Context<'_>) -> Served {
        let signed = self.protection.value.is_signed();
        let function = |id: String, scope: &str, signed: bool, timeout: Setting<Seconds>| Origin {
            id,
            domain: on.own(&format!("{scope}_host")),
            path: None,
            reached: Reached::Function {
                arn: on.own(&format!("{scope}_arn")),
                signed,
                timeout: timeout.map(|seconds| seconds.0),
            },
        };
        let mut origins = vec![function("server".to_owned(), "server", signed, self.server.timeout)];
        let mut behaviours = vec![self.by_server(on, None, "server".to_owned())];
        for (label, server) in self.servers.iter() {
            let id = format!("{}_server", label.value);
            origins.push(function(id.clone(), &id, signed, server.timeout.unwrap_or(self.server.timeout)));
            for path in &server.paths {
                behaviours.push(self.by_server(on, Some(self.path(on, path)), id.clone()));
            }
        }
        behaviours.push(self.by_server(on, Some(self.made(on, "_next/data/*")), "server".to_owned()));
        if let Some(images) = self.images.as_option() {
            origins.push(function("image".to_owned(), "image", true, images.timeout));
            behaviours.push(Behaviour {
                path: Some(self.made(on, "_next/image*")),
                origin: "image".to_owned(),
                methods: Methods::Reading,
                cache: Cache::Pages,
                is_viewed: true,
                signer: None,
            });
        }
        let why = on.rule("the files of a site lie below `_assets` in its bucket", &[]);
        origins.push(Origin {
            id: "files".to_owned(),
            domain: on.own(bucket::HOST),
            path: Some(Value::text(why, format!("/{ASSETS}"))),
            reached: Reached::Bucket,
        });
        let made = FILES.iter().map(|path| self.made(on, path));
        for path in made.chain(self.r#static.iter().map(|path| self.path(on, path))) {
            behaviours.push(Behaviour {
                path: Some(path),
                origin: "files".to_owned(),
                methods: Methods::Reading,
                cache: Cache::Files,
                is_viewed: false,
                signer: None,
            });
        }
        Served {
            base_path: self.base_path.as_option().cloned(),
            origins,
            behaviours,
            viewer: Viewer { is_next: true, index: None },
            bucket: Some(ServedBucket {
                name: on.own("assets_bucket"),
                arn: on.own(bucket::ARN),
                prefix: format!("{ASSETS}/"),
            }),
            error_pages: Vec::new(),
        }
    }

    fn by_server(&self, on: &Context<'_>, path: Option<Setting<String>>, origin: String) -> Behaviour {
        let signer = (self.protection.value == Protection::Signed).then(|| on.own(signer::ATTRIBUTE));
        Behaviour { path, origin, methods: Methods::All, cache: Cache::Pages, is_viewed: true, signer }
    }

    /// A path of the app as CloudFront sees it.
    fn path(&self, on: &Context<'_>, path: &Setting<String>) -> Setting<String> {
        let base = self.base_path.as_option();
        let from: Vec<_> = [Some(path.origin), base.map(|base| base.origin)].into_iter().flatten().collect();
        let under = base.map(|base| base.value.as_str()).unwrap_or_default();
        on.setting("a path of the app stands below its `base_path`", &from, format!("{under}/{}", path.value))
    }

    /// A path that Next.js makes.
    fn made(&self, on: &Context<'_>, path: &str) -> Setting<String> {
        self.path(on, &on.setting("a path that Next.js itself makes", &[], path.to_owned()))
    }
}

/// The local ids of the functions, each the beginning of the names of its own resources.
pub(super) fn scope(id: &str) -> String {
    match id {
        "server" => SERVER.to_owned(),
        "image" => IMAGE.to_owned(),
        other => crate::component::pascal(other),
    }
}
