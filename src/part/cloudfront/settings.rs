//! Settings that everything served by CloudFront has.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// `CFN319`: a bucket that takes no logs of CloudFront.
pub const CFN319: Code = Code {
    id: "CFN319",
    explanation: "the bucket does not take logs of CloudFront\n\n\
        CloudFront writes its logs by access control lists, which new buckets refuse: the distribution could not be made \
        (CloudFront Developer Guide, \"Configure standard logging (legacy)\"). A bucket with `logs_from: cloudfront` takes them.",
};

/// Who reaches the server of a site past CloudFront.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Nobody: CloudFront signs every request, and a function at the edge (us-east-1) the hash of its body, up to 1 MB. The
    /// visitor's `Authorization` header is replaced by the signature, and arrives as `x-forwarded-authorization`. A stage that
    /// is removed leaves the function behind until CloudFront has taken its copies back, which takes hours.
    Signed,
    /// Nobody: CloudFront signs every request, but no body. Requests with one (forms, server actions, uploads) are answered 403.
    /// `Authorization` is replaced as with `signed`.
    Oac,
    /// Everyone who knows the address of the function's URL. Nothing is replaced and nothing refused; what CloudFront does for
    /// the site (its firewall, its cache) can be gone around.
    Public,
}

impl Protection {
    /// Whether CloudFront signs its requests.
    #[must_use]
    pub fn is_signed(self) -> bool {
        self != Protection::Public
    }
}

/// Where a distribution is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceClass {
    /// `100`: North America, Europe and Israel, the cheapest.
    Near,
    /// `200`: and Africa, the Middle East and most of Asia.
    Most,
    /// `all`: everywhere.
    All,
}

/// Two of the three are numbers, as CloudFront calls them.
impl<'de> Deserialize<'de> for PriceClass {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Class;
        impl Visitor<'_> for Class {
            type Value = PriceClass;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("100, 200 or `all`")
            }
            fn visit_i64<E: serde::de::Error>(self, class: i64) -> Result<PriceClass, E> {
                match class {
                    100 => Ok(PriceClass::Near),
                    200 => Ok(PriceClass::Most),
                    _ => Err(E::custom("no price class")),
                }
            }
            fn visit_str<E: serde::de::Error>(self, class: &str) -> Result<PriceClass, E> {
                if class == "all" { Ok(PriceClass::All) } else { Err(E::custom("no price class")) }
            }
        }
        deserializer.deserialize_any(Class)
    }
}

impl JsonSchema for PriceClass {
    fn schema_name() -> Cow<'static, str> {
        "PriceClass".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a distribution is served from: 100 is North America, Europe and Israel; 200 adds Africa, the \
                Middle East and most of Asia; `all` is everywhere.",
            "enum": [100, 200, "all"]
        })
    }
}

impl PriceClass {
    /// Its name in CloudFront.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            PriceClass::Near => "PriceClass_100",
            PriceClass::Most => "PriceClass_200",
            PriceClass::All => "PriceClass_All",
        }
    }
}

/// The host of the bucket that takes the logs, as CloudFront wants it.
pub fn log_bucket(on: &Context<'_>, logs: &Setting<String>) -> Option<Value> {
    let bucket = on.neighbour(logs, "logs", &["bucket"])?;
    // What an imported bucket takes is not known here.
    if !bucket.imported && bucket.interface.takes_logs_of != Some("cloudfront") {
        let title = format!("`logs` of `{}` is `{}`, which takes no logs of CloudFront", on.name, logs.value);
        on.report(
            on.at(Diagnostic::error(CFN319, title), logs.origin, "refuses access control lists")
                .context_if_known(on.origins, Some(bucket.origin), "declared here")
                .help(format!("write `logs_from: cloudfront` on `{}`", logs.value)),
        );
        return None;
    }
    let origin = on.rule("CloudFront names a bucket by its host", &[logs.origin]);
    let name = on.attribute_of(logs, "name");
    Some(Value::new(origin, Kind::Join(vec![name, Value::text(origin, ".s3.amazonaws.com")])))
}
