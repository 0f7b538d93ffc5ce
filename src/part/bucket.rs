//! The private bucket of a site: what is built from source, and what a server keeps.

use serde::Serialize;

use crate::component::{Attribute, Context, Fragment, Policies};
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
