//! The private bucket of a site: what is built from source, and what a server keeps.

use serde::Serialize;

use crate::component::{
    Attribute, Behaviour, Cache, Context, Fragment, Methods, Origin, Policies, Reached, ServedBucket,
};
use crate::setting::Setting;
use crate::value::Value;

/// Its local id.
pub const LOCAL_ID: &str = "Bucket";
/// The attribute that holds its ARN.
pub const ARN: &str = "assets_arn";
/// The attribute that holds the host that CloudFront reaches it under.
pub const HOST: &str = "assets_host";

#[derive(Serialize)]
struct Plan {
    policies: Policies,
    tags: Option<Value>,
}

/// The bucket, in the component's own stack.
pub fn fragment(on: &Context<'_>) -> Fragment {
    on.fragment("parts/site_bucket", &Plan { policies: on.policies(false), tags: on.tags() })
}

/// What others see of it; its name is the attribute `name`.
pub fn attributes(on: &Context<'_>, name: &str) -> [Attribute; 3] {
    [
        Attribute::open(name, on.local(LOCAL_ID, None)),
        Attribute::open(ARN, on.local(LOCAL_ID, Some("Arn"))),
        Attribute::open(HOST, on.local(LOCAL_ID, Some("RegionalDomainName"))),
    ]
}

/// The id of its origin.
const ORIGIN: &str = "files";

/// Where the files of a site come from: the bucket, or a `folder` in it.
pub fn origin(on: &Context<'_>, folder: Option<&str>) -> Origin {
    let why = on.rule("the files of a site lie in a folder of its bucket", &[]);
    Origin {
        id: ORIGIN.to_owned(),
        domain: on.own(HOST),
        path: folder.map(|folder| Value::text(why, format!("/{folder}"))),
        reached: Reached::Bucket,
    }
}

/// What is done with requests for files. `is_viewed` where a path may be a folder's, or an app's.
#[must_use]
pub fn behaviour(path: Option<Setting<String>>, is_viewed: bool) -> Behaviour {
    let origin = ORIGIN.to_owned();
    Behaviour { path, origin, methods: Methods::Reading, cache: Cache::Files, is_viewed, signer: None }
}

/// What CloudFront is let into: the keys that begin with `prefix`. The bucket's name is the attribute `name`.
#[must_use]
pub fn served(on: &Context<'_>, name: &str, prefix: String) -> ServedBucket {
    ServedBucket { name: on.own(name), arn: on.own(ARN), prefix }
}
