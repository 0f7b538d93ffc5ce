//! CORS: the web pages that may read what something of ours answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::component::Context;
use crate::diag::{Code, Diagnostic, Severity};
use crate::origin::OriginId;
use crate::setting::{Any, Seconds, Setting};
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN160, CFN161, CFN162];

/// `CFN160`: an origin that no browser sends.
pub const CFN160: Code = Code {
    id: "CFN160",
    explanation: "an origin has a form that no browser sends\n\n\
        A browser names the page that calls by its origin: scheme, host, and the port unless it is the scheme's own, in \
        small letters, such as `https://getreggie.io` or `http://localhost:3000` (RFC 6454, section 6.2). AWS compares it \
        letter by letter. A slash or a path at the end, a capital letter or `:443` therefore never match, and every call from \
        that page fails.\n\n\
        A `*` stands for every origin; `https://*` and `http://*` for every one of that scheme. It cannot stand for a part of \
        a host, but in the `cors` of a bucket: S3 takes one `*` anywhere, as in `https://*.getreggie.io`.",
};

/// `CFN161`: everything is allowed, with credentials.
pub const CFN161: Code = Code {
    id: "CFN161",
    explanation: "`*` stands beside `credentials: true`\n\n\
        With credentials (cookies, client certificates) a browser refuses an answer whose allowed origin is `*`, and API \
        Gateway refuses such a configuration; an open origin with cookies would let any page act for its visitor. In \
        `methods`, `headers` and `expose` a browser then reads `*` as that very name and not as all of them (Fetch standard, \
        \"CORS protocol and credentials\").\n\n\
        Name the origins, methods and headers, or write `credentials: false`. A bearer token in an `Authorization` header \
        that the page sets itself needs no `credentials`.",
};

/// `CFN162`: an age that AWS does not take.
pub const CFN162: Code = Code {
    id: "CFN162",
    explanation: "`max_age` is above one day\n\n\
        AWS keeps the answer to a browser's question at most 86,400 seconds; browsers keep it for less (Chrome two hours, \
        Firefox a day).",
};

/// Which pages may read the answers. What calls from elsewhere than a browser is not concerned.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// The pages' origins by label: scheme and host, and the port if it is not the scheme's own. A map, so that an overlay
    /// may change one; a list is accepted, and replaced whole. `"*"` is every origin.
    #[schemars(example = &BTreeMap::from([("web", "https://getreggie.io"), ("admin", "https://admin.getreggie.io")]))]
    pub origins: AllowedOrigins,
    /// The methods that they may use, or `"*"`.
    #[schemars(
        extend("default" = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
        inner(regex(pattern = r"^(\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$"))
    )]
    pub methods: Setting<Vec<Setting<String>>>,
    /// The request headers that they may set beside those that are always allowed, or `"*"`.
    #[schemars(extend("default" = ["authorization", "content-type"]), example = &["authorization", "content-type", "x-request-id"])]
    pub headers: Setting<Vec<Setting<String>>>,
    /// The headers of answers that they may read beside those that are always readable.
    #[schemars(extend("default" = []), example = &["etag"])]
    pub expose: Setting<Vec<Setting<String>>>,
    /// Whether browsers send cookies along. A bearer token needs none. Not together with `"*"`.
    #[schemars(extend("default" = false))]
    pub credentials: Setting<bool>,
    /// How long a browser remembers all this before it asks again; at most a day.
    #[schemars(extend("default" = 86400))]
    pub max_age: Setting<Seconds>,
}

/// The origins that are allowed: a map by label, or a list. They may hold references that only the deploy resolves.
#[derive(Debug, Clone)]
pub struct AllowedOrigins {
    /// Where they stand.
    pub origin: OriginId,
    /// The origins: those of a map in the order of its labels, those of a list as written.
    pub urls: Vec<Value>,
}

impl<'de> Deserialize<'de> for AllowedOrigins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        let by_label: BTreeMap<&str, &Value> = tree.entries().iter().map(|e| (e.key.as_str(), &e.value)).collect();
        let mut urls: Vec<Value> = Vec::new();
        for url in by_label.into_values().chain(tree.items()) {
            // Two labels may come to the same page, on a stage where one host serves both.
            if !urls.iter().any(|u| u.kind == url.kind) {
                urls.push(url.clone());
            }
        }
        Ok(AllowedOrigins { origin: tree.origin, urls })
    }
}

impl JsonSchema for AllowedOrigins {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "AllowedOrigins".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
            {"type": "array", "minItems": 1, "items": {"type": "string"}}
        ]})
    }
}

/// CORS as a template spells it.
#[derive(Debug, Clone, Serialize)]
pub struct CorsPlan {
    /// Origins.
    pub origins: Value,
    /// Methods.
    pub methods: Value,
    /// Request headers.
    pub headers: Value,
    /// Headers of answers; none where the list is empty.
    pub expose: Option<Value>,
    /// Whether cookies are sent.
    pub credentials: Setting<bool>,
    /// Seconds.
    pub max_age: Setting<Seconds>,
}

impl Cors {
    /// Checks it, and gives what the template needs.
    pub fn plan(&self, on: &Context<'_>) -> CorsPlan {
        self.plan_with(on, Star::Alone)
    }

    /// The same for who takes a `*` where `star` says.
    pub fn plan_with(&self, on: &Context<'_>, star: Star) -> CorsPlan {
        self.check(on, star);
        CorsPlan {
            origins: Value::list(self.origins.origin, self.origins.urls.clone()),
            methods: list(&self.methods),
            headers: list(&self.headers),
            expose: (!self.expose.is_empty()).then(|| list(&self.expose)),
            credentials: self.credentials,
            max_age: self.max_age,
        }
    }

    fn check(&self, on: &Context<'_>, star: Star) {
        for url in &self.origins.urls {
            let Some(text) = url.as_text() else { continue };
            let sample = match star {
                Star::Alone => text.to_owned(),
                Star::Within => text.replacen('*', "any", 1),
            };
            match form(text) {
                Form::Every => self.check_every(on, "origins", url.origin, text, Severity::Error),
                Form::Other(_) if form(&sample) == Form::Other(Some(sample.clone())) => {}
                Form::Other(repair) => report_form(on, url.origin, text, repair, star),
            }
        }
        for (setting, names) in [("methods", &self.methods), ("headers", &self.headers), ("expose", &self.expose)] {
            for name in names.iter().filter(|n| n.value == "*") {
                self.check_every(on, setting, name.origin, "*", Severity::Warning);
            }
        }
        if self.max_age.value > Seconds(86_400) {
            let title =
                format!("`max_age` of `{}` is {} seconds, and AWS takes at most a day", on.name, self.max_age.value.0);
            let diagnostic = on.at(Diagnostic::error(CFN162, title), self.max_age.origin, "above 86400");
            on.report(on.repair(diagnostic.help("write `86400` or less"), self.max_age.origin, "86400"));
        }
    }

    fn check_every(&self, on: &Context<'_>, setting: &str, origin: OriginId, text: &str, severity: Severity) {
        if !self.credentials.value {
            return;
        }
        let title = format!("`{setting}` of `{}` allows `{text}`, and `credentials` is true", on.name);
        let note = match severity {
            Severity::Error => "every page could then act for its visitor; browsers and AWS refuse it",
            Severity::Warning | Severity::Note => "with credentials, browsers take `*` as a name, not as all of them",
        };
        on.report(
            on.at(Diagnostic::new(severity, CFN161, title), origin, "everything, with the visitor's cookies")
                .context_if_known(on.origins, Some(self.credentials.origin), "credentials are allowed here")
                .note(note)
                .help(format!("list the {setting} one by one, or write `credentials: false`")),
        );
    }
}

fn report_form(on: &Context<'_>, origin: OriginId, text: &str, repair: Option<String>, star: Star) {
    let title = format!("`{text}` in `cors` of `{}` is no origin that a browser sends", on.name);
    let diagnostic = on
        .at(Diagnostic::error(CFN160, title), origin, "would never match")
        .note("an origin is `scheme://host` or `scheme://host:port` in small letters: RFC 6454, section 6.2");
    on.report(match repair {
        Some(repair) => on.repair(diagnostic.help(format!("write `{repair}`")), origin, &repair),
        None => diagnostic.help(match star {
            Star::Alone => "write an origin such as `https://getreggie.io`, or `\"*\"` for all",
            Star::Within => "write an origin such as `https://getreggie.io`, with one `*` at most",
        }),
    });
}

fn list(texts: &Setting<Vec<Setting<String>>>) -> Value {
    Value::list(texts.origin, texts.iter().map(|t| Value::text(t.origin, t.value.clone())).collect())
}

/// Where a `*` may stand in an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Star {
    /// For the whole of it, or for all but the scheme.
    Alone,
    /// Once, for any part of it.
    Within,
}

/// What an origin is.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// Every origin, maybe of one scheme.
    Every,
    /// One origin as a browser sends it, if it can be told.
    Other(Option<String>),
}

fn form(text: &str) -> Form {
    if matches!(text, "*" | "https://*" | "http://*") {
        return Form::Every;
    }
    let (scheme, rest) = text.split_once("://").unwrap_or_else(|| {
        let local = text.starts_with("localhost") || text.starts_with("127.");
        (if local { "http" } else { "https" }, text)
    });
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let own_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let host = host.strip_suffix(own_port).unwrap_or(&host);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    Form::Other((is_scheme && is_host(host)).then(|| format!("{scheme}://{host}")))
}

/// Whether it is a host, maybe with a port: `getreggie.io`, `localhost:3000`, `[::1]:3000`.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_name = match name.strip_prefix('[').and_then(|n| n.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let part =
                |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            name.split('.').all(part)
        }
    };
    is_name && port.is_none_or(|p| p.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for (text, expected) in [
            ("https://getreggie.io", Some("https://getreggie.io")),
            ("https://getreggie.io/", Some("https://getreggie.io")),
            ("https://Getreggie.io/app?x#y", Some("https://getreggie.io")),
            ("https://getreggie.io:443", Some("https://getreggie.io")),
            ("getreggie.io", Some("https://getreggie.io")),
            ("localhost:3000", Some("http://localhost:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("capacitor://localhost", Some("capacitor://localhost")),
            ("https://*.getreggie.io", None),
            ("https://a:b@getreggie.io", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(form(text), Form::Other(expected.map(str::to_owned)), "{text}");
        }
        assert_eq!(form("*"), Form::Every);
        assert_eq!(form("https://*"), Form::Every);
    }
}
