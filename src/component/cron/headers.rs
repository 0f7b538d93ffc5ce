//! Headers of a request: one of them authorizes it, the others go along.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::secret;
use crate::setting::{Keyed, Setting, Text};
use crate::value::{Kind, Value};

/// Codes of headers.
pub const CODES: &[Code] = &[CFN278];

/// `CFN278`: a header that cannot be sent.
pub const CFN278: Code = Code {
    id: "CFN278",
    explanation: "a header cannot be sent\n\n\
        A header's name is letters, digits and a few marks such as `-` (RFC 9110, section 5.1), and the same in capitals; its value \
        has at most 512 characters that can be printed (AWS::Events::Connection). EventBridge sets or removes some headers itself, \
        among them `Host`, `User-Agent`, `Content-Length`, `Cache-Control` and `Origin` (Amazon EventBridge User Guide, \"API \
        destinations as targets\").\n\n\
        The value of a secret is put in place when deployed, which CloudFormation can do from Secrets Manager but not from a \
        SecureString of the Parameter Store.",
};

/// Headers that EventBridge sets itself or removes from every request. Source: Amazon EventBridge User Guide, "API
/// destinations as targets", headers in requests.
const TAKEN: &[&str] = &[
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "warning",
];

/// Characters that a name or a value may have.
const LONGEST: usize = 512;

/// What authorizes a request where no header of its own does: EventBridge asks for something.
const UNAUTHORIZED: &str = "X-Cron";

/// The headers as a connection lists them.
#[derive(Serialize)]
pub(super) struct HeadersPlan {
    /// The one that authorizes.
    key: HeaderPlan,
    others: Vec<HeaderPlan>,
}

#[derive(Serialize)]
struct HeaderPlan {
    name: Setting<String>,
    value: Value,
    secret: Setting<bool>,
}

/// Plans the headers: `Authorization` authorizes, else the first that holds a secret, else one that says who asks.
pub(super) fn plan(on: &Context<'_>, headers: &Keyed<Text>) -> HeadersPlan {
    let mut all: Vec<HeaderPlan> = headers.iter().map(|(name, value)| header(on, name, value)).collect();
    let authorization = all.iter().position(|h| h.name.eq_ignore_ascii_case("authorization"));
    let key = match authorization.or_else(|| all.iter().position(|h| h.secret.value)) {
        Some(at) => all.remove(at),
        None => HeaderPlan {
            name: on.setting("a request without a secret says who asks", &[], UNAUTHORIZED.to_owned()),
            value: on.text("a request without a secret says who asks", &[on.identity_origin()], on.identity()),
            secret: on.setting("a request without a secret says who asks", &[], false),
        },
    };
    HeadersPlan { key, others: all }
}

fn header(on: &Context<'_>, name: &Setting<String>, value: &Text) -> HeaderPlan {
    let secret = secret::is_sensitive(on, &value.0);
    HeaderPlan {
        name: name.clone(),
        value: value.0.clone(),
        secret: on.setting("a header is hidden if it holds a secret", &[value.0.origin], secret),
    }
}

/// Reports headers that cannot be sent.
pub(super) fn check(on: &Context<'_>, headers: &Keyed<Text>) {
    let mut seen: BTreeMap<String, OriginId> = BTreeMap::new();
    for (name, value) in headers.iter() {
        check_name(on, name);
        check_value(on, name, &value.0);
        secret::check_readable(on, CFN278, &format!("the header `{}` of `{}`", name.value, on.name), &value.0);
        if let Some(first) = seen.insert(name.to_ascii_lowercase(), name.origin) {
            let title = format!("the header `{}` of `{}` is there twice", name.value, on.name);
            on.report(
                on.at(Diagnostic::error(CFN278, title), name.origin, "the same in capitals")
                    .context_if_known(on.origins, Some(first), "the first")
                    .help("keep one: names of headers do not tell capitals apart"),
            );
        }
    }
}

fn check_name(on: &Context<'_>, name: &Setting<String>) {
    let mark = |c: char| "!#$%&'*+-.^_`|~".contains(c);
    let fits = !name.is_empty() && name.len() <= LONGEST && name.chars().all(|c| c.is_ascii_alphanumeric() || mark(c));
    if !fits {
        let title = format!("`{}` in the headers of `{}` is no name of a header", name.value, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN278, title), name.origin, "not a name of a header");
        return on.report(
            diagnostic
                .note("source: RFC 9110, section 5.1: letters, digits and a few marks, no spaces, no colon")
                .help("write the name alone, such as `Authorization`"),
        );
    }
    if TAKEN.contains(&name.to_ascii_lowercase().as_str()) {
        let title = format!("`{}` in the headers of `{}` would never arrive", name.value, on.name);
        on.report(
            on.at(Diagnostic::error(CFN278, title), name.origin, "set or removed by EventBridge")
                .note("source: Amazon EventBridge User Guide, \"API destinations as targets\"")
                .help("remove it, or send the same under a name of your own"),
        );
    }
}

fn check_value(on: &Context<'_>, name: &Setting<String>, value: &Value) {
    let texts: Vec<&str> = match &value.kind {
        Kind::Join(pieces) => pieces.iter().filter_map(Value::as_text).collect(),
        _ => value.as_text().into_iter().collect(),
    };
    let length: usize = texts.iter().map(|text| text.len()).sum();
    let printable = texts.iter().all(|text| text.bytes().all(|b| (0x20..=0x7e).contains(&b) || b == b'\t'));
    let empty = value.as_text().is_some_and(|text| text.trim().is_empty());
    if length <= LONGEST && printable && !empty {
        return;
    }
    let title = format!("the header `{}` of `{}` has a value that cannot be sent", name.value, on.name);
    let label = if empty {
        "empty"
    } else if printable {
        "too long"
    } else {
        "characters that cannot be sent"
    };
    on.report(
        on.at(Diagnostic::error(CFN278, title), value.origin, label)
            .note("limit: AWS::Events::Connection, 1 to 512 printable ASCII characters")
            .help("send what is longer, or in other letters, in the `body`"),
    );
}
