//! What CloudFront sends where.
//!
//! OpenNext's own output lists the same paths; their order here is that of all distributions, in which the narrower comes
//! first, so that `_next/image*` and `_next/data/*` go before `_next/*`.

use super::{ASSETS_BUCKET, Context, Nextjs};
use crate::component::{Behaviour, Cache, Methods, Served, Viewer};
use crate::part::site::Site;
use crate::part::{bucket, server};

/// What stands before the keys of files in the bucket.
pub(super) const ASSETS: &str = "_assets";

/// Files that Next.js makes of the app, below `base_path`.
const FILES: &[&str] = &["_next/*", "BUILD_ID"];

impl Nextjs {
    /// What it serves.
    pub(super) fn served(&self, site: &Site, on: &Context<'_>) -> Served {
        let signed = self.protection.value.is_signed();
        let made = |path: &str| site.path(on, &on.setting("a path that Next.js itself makes", &[], path.to_owned()));
        let by_server = |path, id: &str| server::behaviour(on, self.protection, path, id, Cache::Pages);
        let mut origins = vec![server::origin(on, server::ID, signed, self.server.timeout)];
        let mut behaviours = vec![by_server(None, server::ID), by_server(Some(made("_next/data/*")), server::ID)];
        for (label, own) in self.servers.iter() {
            let id = format!("{}_server", label.value);
            origins.push(server::origin(on, &id, signed, own.timeout.unwrap_or(self.server.timeout)));
            behaviours.extend(own.paths.iter().map(|path| by_server(Some(site.path(on, path)), &id)));
        }
        if let Some(images) = self.images.as_option() {
            origins.push(server::origin(on, "image", true, images.timeout));
            let images = by_server(Some(made("_next/image*")), "image");
            behaviours.push(Behaviour { methods: Methods::Reading, signer: None, ..images });
        }
        origins.push(bucket::origin(on, Some(ASSETS)));
        let files = FILES.iter().map(|path| made(path)).chain(self.r#static.iter().map(|path| site.path(on, path)));
        behaviours.extend(files.map(|path| bucket::behaviour(Some(path), false)));
        Served {
            base_path: site.base_path.as_option().cloned(),
            origins,
            behaviours,
            viewer: Viewer { is_next: true, index: None },
            bucket: Some(bucket::served(on, ASSETS_BUCKET, format!("{ASSETS}/"))),
            error_pages: Vec::new(),
        }
    }
}
