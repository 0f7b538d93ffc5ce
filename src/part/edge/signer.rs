//! The function that adds the hash of a body to requests, before CloudFront signs them: what CloudFront signs for Lambda
//! holds no hash of the body, and Lambda refuses a body without one (Amazon CloudFront Developer Guide, "Restrict access to
//! an AWS Lambda function URL origin"). It is Lambda@Edge, `origin-request`, with `IncludeBody`.
//!
//! Its source is `templates/functions/origin_request.js`.

use serde::Serialize;

use crate::component::{Attribute, Context, Fragment, StackId, StackName};
use crate::digest::Digest;
use crate::setting::Setting;
use crate::value::Value;

/// The code. CloudFormation takes at most 4,096 characters inline.
pub const CODE: &str = include_str!("../../../templates/functions/origin_request.js");

/// The attribute that holds the ARN of the version to associate.
pub const ATTRIBUTE: &str = "signer_arn";

const RUNTIME: &str = "nodejs22.x";
const MEMORY: u32 = 128;
const TIMEOUT: u32 = 5;

#[derive(Serialize)]
struct Plan {
    digest: Value,
    code: Value,
    runtime: Value,
    memory: Setting<u32>,
    timeout: Setting<u32>,
    tags: Option<Value>,
}

/// What tells one version from another: the beginning of a digest of everything that a version holds.
#[must_use]
pub fn digest() -> String {
    let all = format!("{RUNTIME}\n{MEMORY}\n{TIMEOUT}\n{CODE}");
    Digest::of(all).beginning(8)
}

/// The ARN of the version, for the component's interface. What refers to it stands in another stack, and says
/// `on.own(ATTRIBUTE)`.
#[must_use]
pub fn attribute(on: &Context<'_>) -> Attribute {
    on.from_local(ATTRIBUTE, &format!("SignerVersion{}", digest()), None)
}

/// The function with its version, in `edge`: CloudFront takes both from us-east-1 only.
#[must_use]
pub fn lower(on: &Context<'_>) -> Fragment {
    let rule = "requests with a body are signed";
    let plan = Plan {
        digest: on.text("a version never changes, so that each has a logical id of its own", &[], digest()),
        code: on.text(rule, &[], CODE),
        runtime: on.text(rule, &[], RUNTIME),
        memory: on.setting(rule, &[], MEMORY),
        timeout: on.setting(rule, &[], TIMEOUT),
        tags: on.tags(),
    };
    on.fragment_in(StackId::in_us_east_1(StackName::Edge), "parts/signer", &plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_code_is_short_and_plain() {
        assert!(CODE.len() <= 4096 && CODE.is_ascii(), "{} characters", CODE.len());
    }

    #[test]
    fn a_digest_can_stand_in_a_logical_id() {
        assert_eq!(digest().len(), 8);
        assert!(digest().bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
