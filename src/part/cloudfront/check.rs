//! What each way to protect an origin breaks, said where it matters.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, Severity};
use crate::origin::OriginId;

/// `CFN310`: requests with a body are refused.
pub const CFN310: Code = Code {
    id: "CFN310",
    explanation: "forms and other requests with a body are answered 403\n\n\
        With `protection: oac` CloudFront signs the requests that it sends to a function's URL, but not their bodies, and \
        Lambda refuses a body whose hash is not signed (CloudFront Developer Guide, \"Restrict access to an AWS Lambda function \
        URL origin\"). Pages work; every POST, PUT and PATCH with a body is answered 403: forms, server actions, uploads, API \
        routes.\n\n\
        `protection: signed` adds a function at the edge that hashes bodies up to 1 MB. `public` lets Lambda answer everyone, \
        also past CloudFront.",
};

/// `CFN311`: a function at the edge that stays for hours.
pub const CFN311: Code = Code {
    id: "CFN311",
    explanation: "a function at the edge on a stage that comes and goes\n\n\
        `protection: signed` makes a Lambda@Edge function. CloudFront copies it to many regions and takes the copies back hours \
        after the distribution is gone; until then the function cannot be deleted (CloudFront Developer Guide, \"Delete \
        Lambda@Edge functions and replicas\"). It is therefore left behind when the stack is deleted, and a stage for every pull \
        request leaves one each.\n\n\
        For such stages take `public`, or `oac` where no page sends a form.",
};

/// `CFN312`: a header that does not arrive.
pub const CFN312: Code = Code {
    id: "CFN312",
    explanation: "the visitor's `Authorization` header does not reach the function\n\n\
        With `protection: signed` or `oac` CloudFront signs each request, and its signature stands in the `Authorization` \
        header: the visitor's own is overwritten (CloudFront Developer Guide, \"Restrict access to an AWS Lambda function URL \
        origin\"). The function that sees requests first copies it to `x-forwarded-authorization`, which the code can read \
        instead.\n\n\
        An API that reads bearer tokens is better off with `protection: public` behind a router with an `origin_header` that the \
        code checks.",
};

/// Tells that requests with a body are refused.
pub fn bodies_are_refused(on: &Context<'_>, who: &str, protection: OriginId) {
    let title = format!("forms and other requests with a body to `{who}` are answered 403");
    on.report(
        on.at(Diagnostic::new(Severity::Note, CFN310, title), protection, "CloudFront signs no bodies")
            .help("write `protection: signed`, or `public` where nothing must be kept from going around CloudFront"),
    );
}

/// Tells that what is made at the edge stays for hours, where stages come and go.
pub fn replicas_delay_removal(on: &Context<'_>, who: &str, protection: OriginId) {
    if on.stage.is_permanent() {
        return;
    }
    let title = format!("`{who}` leaves a function at the edge behind when this stage is removed");
    on.report(
        on.at(Diagnostic::warning(CFN311, title), protection, "makes a Lambda@Edge function")
            .note("its copies are taken back hours later, and it cannot be deleted before")
            .help("write `protection: public` or `oac` in the layer of stages that come and go"),
    );
}

/// Tells that the header is overwritten, where an API is likely to read it.
pub fn authorization_is_overwritten(on: &Context<'_>, who: &str, protection: OriginId) {
    let title = format!("the visitor's `Authorization` header does not reach `{who}`");
    on.report(
        on.at(Diagnostic::new(Severity::Note, CFN312, title), protection, "the signature takes its place").help(
            "let the code read `x-forwarded-authorization`, or write `protection: public` and an `origin_header`",
        ),
    );
}
