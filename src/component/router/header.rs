//! The header that tells functions that a request came by the router.

use super::settings::OriginHeader;
use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::part::cloudfront;
use crate::part::secret::{check_readable, is_sensitive};
use crate::value::Value;

/// Codes of the header.
pub const CODES: &[Code] = &[CFN354, CFN355];

/// `CFN354`: a header that CloudFront does not send.
pub const CFN354: Code = Code {
    id: "CFN354",
    explanation: "`origin_header` has a name that CloudFront does not send\n\n\
        Some headers cannot be added to requests, such as `Host`, `Cookie`, `Via` and all that begin with `X-Amz-` or `X-Edge-` \
        (CloudFront Developer Guide, \"Custom headers that CloudFront can't add to origin requests\"). `Authorization` is the \
        visitor's, or CloudFront's own signature; `X-Forwarded-…` says where a request comes from. Take a name of your own: \
        `X-Origin-Key`.",
};

/// `CFN355`: a value that keeps nobody out.
pub const CFN355: Code = Code {
    id: "CFN355",
    explanation: "the value of `origin_header` is no secret that CloudFormation can put in place\n\n\
        The header is worth something only if nobody else knows its value. It is that of a declared secret in Secrets Manager, \
        which CloudFormation puts into the distribution when it deploys; a SecureString of the Parameter Store cannot be put \
        there (CloudFormation User Guide, \"Dynamic references\"). Who writes it into the manifest shows it to everyone who reads \
        the repository. Where no route leads to a function, nothing gets the header.",
};

/// Names that CloudFront does not add.
const RESERVED: &[&str] = &[
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];

impl OriginHeader {
    /// The header as CloudFront sends it; reports what is wrong with it.
    pub(super) fn plan(&self, on: &Context<'_>) -> cloudfront::OriginHeader {
        self.check_name(on);
        let value = &self.value.0;
        check_readable(on, CFN355, &format!("`origin_header` of `{}`", on.name), value);
        if !is_sensitive(on, value) {
            let title = format!("the value of `origin_header` of `{}` is no secret", on.name);
            on.report(
                on.at(Diagnostic::warning(CFN355, title), value.origin, "whoever reads this can send it")
                    .help("declare one in Secrets Manager, and write `${secrets.<Name>.value}`"),
            );
        }
        cloudfront::OriginHeader { name: Value::text(self.name.origin, self.name.value.clone()), value: value.clone() }
    }

    fn check_name(&self, on: &Context<'_>) {
        let name = self.name.to_ascii_lowercase();
        let is_token = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        let (why, label) = if !is_token(&name) {
            ("which is no name of a header", "holds what no header's name does")
        } else if name == "authorization" {
            ("which is the visitor's or CloudFront's own", "taken by signatures and bearers")
        } else if begins(&["x-forwarded-", "x-open-next-"]) {
            ("which says something else already", "tells where a request comes from")
        } else if RESERVED.contains(&name.as_str()) || begins(&["x-amz-", "x-edge-"]) {
            ("which CloudFront does not add", "reserved by CloudFront")
        } else {
            return;
        };
        let title = format!("`origin_header` of `{}` is named `{}`, {why}", on.name, self.name.value);
        let diagnostic = on.at(Diagnostic::error(CFN354, title), self.name.origin, label);
        on.report(on.repair(diagnostic.help("write `X-Origin-Key`"), self.name.origin, "X-Origin-Key"));
    }

    /// Reports a header that nobody gets.
    pub(super) fn unused(&self, on: &Context<'_>) {
        let title = format!("`origin_header` of `{}` reaches no function", on.name);
        on.report(
            on.at(Diagnostic::warning(CFN355, title), self.name.origin, "nothing gets it")
                .note("it is sent to functions and to the servers of sites, never to addresses of others")
                .help("remove `origin_header`"),
        );
    }
}
