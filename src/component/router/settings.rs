//! The shapes of a router's settings.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::component::LABEL;
use crate::setting::{Any, Keyed, OrNone, Seconds, Setting, Text, read};
use crate::value::Kind;

/// A name that the router answers to, and what is served under it: `to`, or `routes`, or what the router's own `routes` say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouterHost {
    /// The DNS name in small letters: no scheme, no path. `none` is the name that CloudFront gives: for stages without a zone. A
    /// `*` may be its first part.
    #[schemars(example = &"getreggie.io")]
    pub name: OrNone<Setting<String>>,
    /// Whether visitors come through the proxy of the DNS provider; as its zone says unless written.
    #[serde(default)]
    pub proxied: Option<Setting<bool>>,
    /// How many seconds the name is remembered by those who ask for it, where visitors do not come through a proxy; 60 unless
    /// written.
    #[serde(default)]
    #[schemars(range(min = 60, max = 86400), example = &300)]
    pub ttl: Option<Setting<u32>>,
    /// The component of kind `certificate` that covers the name, in us-east-1.
    #[serde(default)]
    #[schemars(example = &"Wildcard")]
    pub certificate: Option<Setting<String>>,
    /// What answers all that is asked of it.
    #[serde(default)]
    #[schemars(example = &"ReggieAdmin")]
    pub to: Option<Setting<String>>,
    /// What answers which paths, by label.
    #[serde(default)]
    #[schemars(
        extend("propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"app": "ReggieWeb", "api": {"path": "/api/*", "to": "ReggieApi"}})
    )]
    pub routes: Keyed<Route>,
    /// The label of the host that it leads to: answered 301, path and query kept.
    #[serde(default)]
    #[schemars(example = &"main")]
    pub redirect: Option<Setting<String>>,
    /// The label of the host that it is a further name of: the same is served under both.
    #[serde(default)]
    #[schemars(example = &"main")]
    pub alias: Option<Setting<String>>,
}

/// What answers some paths.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The paths, as CloudFront writes them: `*` stands for any text, slashes included, `?` for one character. `/*` answers what
    /// nothing else does; of the others the one that says most goes first, wherever it stands. `/api/*` does not say `/api`.
    #[schemars(extend("default" = "/*"), example = &"/api/*")]
    pub path: Setting<String>,
    /// What answers: a function with a `url`, an HTTP API, a bucket, a site, or an address that begins with `https://`. A site brings
    /// all its paths; it stands at `/*`, or below its `base_path`.
    #[schemars(length(min = 1), example = &"ReggieApi")]
    pub to: Setting<String>,
    /// Whether the target sees the path without what stands before the `*`, and that in `x-forwarded-prefix`.
    #[schemars(extend("default" = false))]
    pub strip: Setting<bool>,
    /// What is kept of answers: `none`; `static`, as long as their headers say, or a day, by the path alone; or what tells answers
    /// apart. What is kept is asked for by GET and HEAD only, and the target sees nothing of a request but what tells answers
    /// apart. Unless written, objects of a bucket are kept as `static`, and nothing else is.
    #[schemars(extend("default" = "none"), example = &"static")]
    pub cache: Setting<Cache>,
    /// What goes before the path that the target sees, without a slash at its end.
    #[serde(default)]
    #[schemars(example = &"/v1")]
    pub origin_path: Option<Setting<String>>,
    /// What answers where the target fails, to GET, HEAD and OPTIONS only: with it, the route takes no other method.
    #[serde(default)]
    pub failover: OrNone<Failover>,
}

/// A second target, for when the first fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failover {
    /// What answers then: a function with a `url`, an HTTP API or an address in the place of such, a bucket in that of a bucket.
    /// This or `region`.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"https://standby.getreggie.io")]
    pub to: Option<Setting<String>>,
    /// The region in which the target itself, a function, stands a second time.
    /// Short for a component of kind `function` named after both, `<Name>ApNortheast1`, with the settings of the function and this
    /// `region`; what is to differ there is written as that component, which `to` names.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"), example = &"ap-northeast-1")]
    #[allow(dead_code, reason = "it becomes `to` before this is read; the schema needs it")]
    pub region: Option<Setting<String>>,
    /// The statuses that count as failing, besides no answer at all.
    #[schemars(length(min = 1), extend("default" = [500, 502, 503, 504]), example = &[500, 502, 503, 504])]
    pub on: Vec<Setting<u32>>,
}

/// What is kept of answers.
#[derive(Debug)]
pub enum Cache {
    /// Nothing.
    Nothing,
    /// Files.
    Static,
    /// What a policy of its own says.
    Own(CacheKey),
}

/// What tells answers apart, besides host and path, and for how long they are kept. What says more than `{}` makes a policy of
/// its own, of which an account has 20.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheKey {
    /// Headers of a request, at most eight.
    #[schemars(extend("default" = []), example = &["accept-language"])]
    pub headers: Vec<Setting<String>>,
    /// Parameters of the query: `all`, `none`, or a list of names.
    #[schemars(extend("default" = "all"), example = &["page"])]
    pub query: Setting<Query>,
    /// Cookies, by name, at most ten.
    #[schemars(extend("default" = []), example = &["currency"])]
    pub cookies: Vec<Setting<String>>,
    /// How long an answer is kept whose headers do not say it, at most a year.
    #[schemars(extend("default" = 0), example = &"5 minutes")]
    pub ttl: Setting<Seconds>,
}

/// Which parameters of the query tell answers apart.
#[derive(Debug)]
pub enum Query {
    /// All of them.
    All,
    /// None.
    Nothing,
    /// Those of these names.
    Only(Vec<Setting<String>>),
}

/// A header that functions get.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginHeader {
    /// Its name.
    #[schemars(length(min = 1, max = 256), example = &"X-Origin-Key")]
    pub name: Setting<String>,
    /// Its value: that of a secret in Secrets Manager, which the functions read too.
    #[schemars(example = &"${secrets.OriginKey.value}")]
    pub value: Text,
}

impl<'de> Deserialize<'de> for Cache {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        match tree.kind {
            Kind::Map(_) => read(&tree).map(Cache::Own).map_err(D::Error::custom),
            Kind::Text(word) if word == "static" => Ok(Cache::Static),
            _ => Ok(Cache::Nothing),
        }
    }
}

impl JsonSchema for Cache {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RouteCache".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let own = generator.subschema_for::<CacheKey>();
        json_schema!({"anyOf": [
            own,
            {"const": "static", "description": "As long as the headers of answers say, or a day, by the path alone."},
            {"const": "none", "description": "Nothing is kept."},
        ]})
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        match tree.kind {
            Kind::List(_) => read(&tree).map(Query::Only).map_err(D::Error::custom),
            Kind::Text(word) if word == "none" => Ok(Query::Nothing),
            _ => Ok(Query::All),
        }
    }
}

impl JsonSchema for Query {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CacheQuery".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
            {"const": "all", "description": "Every parameter."},
            {"const": "none", "description": "No parameter."},
        ]})
    }
}
