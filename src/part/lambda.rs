//! A Lambda function as CloudFormation spells it, whoever makes it: a `function`, or a site for its servers.
//!
//! The template is `parts/lambda`; role and log come from [`part::code`](super::code), in the same scope.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::Place;
use super::cors::CorsPlan;
use crate::component::{Context, scoped};
use crate::setting::{Megabytes, Seconds, Setting};
use crate::value::{Kind, Symbol, Value};

/// The template.
pub const TEMPLATE: &str = "parts/lambda";

/// The processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Architecture {
    /// Graviton: a fifth cheaper.
    #[serde(rename = "arm64")]
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86_64,
}

impl Architecture {
    /// Its name in manifests and in AWS.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "x86_64",
        }
    }
}

/// What the template is filled with.
#[derive(Debug, Serialize)]
pub struct LambdaPlan {
    /// What it is for.
    pub description: Option<Setting<String>>,
    /// Its code, if that is a zip.
    pub zip: Option<ZipPlan>,
    /// Its code, if that is an image.
    pub image: Option<Value>,
    /// The processor.
    pub architecture: Setting<Architecture>,
    /// Memory.
    pub memory: Setting<Megabytes>,
    /// How long a call may take.
    pub timeout: Setting<Seconds>,
    /// Room in `/tmp`; what Lambda gives unless written.
    pub storage: Option<Setting<Megabytes>>,
    /// How many calls may run at once.
    pub reserved: Option<Setting<u32>>,
    /// Where it runs, if in a VPC.
    pub network: Option<Place>,
    /// Its variables.
    pub environment: Option<Value>,
    /// Its tags.
    pub tags: Option<Value>,
    /// What becomes of asynchronous calls that fail.
    #[serde(flatten)]
    pub failures: Failures,
    /// Its address.
    pub url: Option<UrlPlan>,
}

/// What becomes of asynchronous calls that fail.
#[derive(Debug, Default, Serialize)]
pub struct Failures {
    /// Whether anything is said about them.
    pub is_asynchronous: bool,
    /// How often they are tried again.
    pub retries: Option<Setting<u32>>,
    /// The queue that takes those which failed for good.
    pub dead_letters: Option<Value>,
}

/// Code in a zip.
#[derive(Debug, Serialize)]
pub struct ZipPlan {
    /// What runs it.
    pub runtime: Option<Setting<String>>,
    /// Where the runtime begins.
    pub handler: Setting<String>,
    bucket: Value,
    key: Value,
}

impl ZipPlan {
    /// A zip under a key of the artifact bucket: `<project>/<Component>/`, then `rest`.
    #[must_use]
    pub fn new(
        on: &Context<'_>,
        runtime: Option<Setting<String>>,
        handler: Setting<String>,
        rest: Vec<Value>,
    ) -> ZipPlan {
        let why = on.rule("a zip lies below <project>/<Component>/ in the artifact bucket", &[handler.origin]);
        let mut key = vec![Value::text(why, format!("{}/{}/", on.project.value, on.identity()))];
        key.extend(rest);
        ZipPlan {
            runtime,
            handler,
            bucket: Value::reference(why, Symbol::Release("ArtifactBucket".to_owned())),
            key: Value::new(why, Kind::Join(key)),
        }
    }
}

/// An HTTPS address of its own.
#[derive(Debug, Serialize)]
pub struct UrlPlan {
    /// `AWS_IAM` or `NONE`.
    pub auth: Setting<&'static str>,
    /// `BUFFERED` or `RESPONSE_STREAM`.
    pub mode: Setting<&'static str>,
    /// What other sites' pages may do with it.
    pub cors: Option<CorsPlan>,
    /// Whether everyone may call it.
    pub public: bool,
}

impl UrlPlan {
    /// An address that is `public` or asks for signatures of IAM, because of what stands at `public`'s origin.
    #[must_use]
    pub fn new(on: &Context<'_>, public: Setting<bool>, streaming: Setting<bool>, cors: Option<CorsPlan>) -> UrlPlan {
        let auth = if public.value { "NONE" } else { "AWS_IAM" };
        let mode = if streaming.value { "RESPONSE_STREAM" } else { "BUFFERED" };
        UrlPlan {
            auth: on.setting("who may call a function's URL is its `protection`", &[public.origin], auth),
            mode: on.setting("an answer streams if `streaming` is on", &[streaming.origin], mode),
            cors,
            public: public.value,
        }
    }
}

/// The parameter that a release fills: `<Component>Code` with the hash of a zip, `<Component>Image` with an image's
/// digest, `<Component>Build` with the hash of a site's build.
#[must_use]
pub fn release(on: &Context<'_>, what: &str) -> Value {
    let why = on.rule("code comes with a release, as a parameter of the stack", &[]);
    Value::reference(why, Symbol::Release(format!("{}{what}", on.identity())))
}

/// The host of the URL of the function in `scope`, `https://<host>/`: its third piece between slashes.
#[must_use]
pub fn url_host(on: &Context<'_>, scope: &str) -> Value {
    let why = on.rule("the host is the third piece of a function's URL between slashes", &[]);
    let call =
        |name: &str, arguments| Value::new(why, Kind::Call(name.to_owned(), Box::new(Value::list(why, arguments))));
    let url = on.local(&scoped(scope, "Url"), Some("FunctionUrl"));
    let pieces = call("Split", vec![Value::text(why, "/"), url]);
    call("Select", vec![Value::new(why, Kind::Int(2)), pieces])
}
