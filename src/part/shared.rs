//! What all stages of a project share in an account: the policies and origin access controls of CloudFront.
//!
//! An account may have 20 cache policies and 20 policies of response headers (CloudFront Developer Guide, "Quotas"), so that a
//! stage cannot have its own. They stand in the stack `<project>-bootstrap` of the home region, where distributions stand too,
//! and a stage's stack imports their ids. [`Shared`] is the one list of them: the bootstrap exports what kinds ask for.

use crate::component::Context;
use crate::value::{Symbol, Value};

/// Something that all stages share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// The cache policy of a server's answers: OpenNext's key, and the host.
    ServerCache,
    /// The cache policy of a router's answers: the host, and the prefix that was taken off.
    RouterCache,
    /// The cache policy of files whose path lost its prefix: that prefix.
    FilesCache,
    /// The response headers of a site: what protects a browser.
    SiteHeaders,
    /// The origin access control of buckets.
    BucketAccess,
    /// The origin access control of function URLs.
    FunctionAccess,
}

impl Shared {
    /// All there is.
    pub const ALL: [Shared; 6] = [
        Shared::ServerCache,
        Shared::RouterCache,
        Shared::FilesCache,
        Shared::SiteHeaders,
        Shared::BucketAccess,
        Shared::FunctionAccess,
    ];

    /// Its logical id, and the output that holds its id.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shared::ServerCache => "ServerCache",
            Shared::RouterCache => "RouterCache",
            Shared::FilesCache => "FilesCache",
            Shared::SiteHeaders => "SiteHeaders",
            Shared::BucketAccess => "BucketAccess",
            Shared::FunctionAccess => "FunctionAccess",
        }
    }

    /// What its id is, as the output says it.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Shared::ServerCache => "Id of the cache policy of what servers answer",
            Shared::RouterCache => "Id of the cache policy of what routers pass on",
            Shared::FilesCache => "Id of the cache policy of files below a prefix that is taken off",
            Shared::SiteHeaders => "Id of the response headers policy of sites",
            Shared::BucketAccess => "Id of the origin access control of buckets",
            Shared::FunctionAccess => "Id of the origin access control of function URLs",
        }
    }

    /// Its id, for a template of a component.
    #[must_use]
    pub fn value(self, on: &Context<'_>) -> Value {
        let origin = on.rule("what all stages share stands in the bootstrap of the home region", &[on.region.origin]);
        Value::reference(origin, Symbol::Bootstrap(self.name().to_owned()))
    }
}

/// The stack that holds what an account needs once per region.
#[must_use]
pub fn stack(project: &str) -> String {
    format!("{project}-bootstrap")
}

/// The name under which that stack exports one of its outputs.
#[must_use]
pub fn export(project: &str, output: &str) -> String {
    format!("{}-{output}", stack(project))
}

/// Whether the region's CloudFormation can make what is shared: origin access controls are unknown in China, and CloudFront is
/// in GovCloud. Source: the resource schemas of cfn-lint 1.58.0, by region, 2026-10-20.
#[must_use]
pub fn stands_in(region: &str) -> bool {
    !region.starts_with("cn-") && !region.starts_with("us-gov-")
}
