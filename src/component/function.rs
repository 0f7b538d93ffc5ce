//! function: a Lambda function, from a zip or from a container image.
//!
//! This is the kind to copy for a new one. From top to bottom: what the manifest says ([`Function`]), what the registry
//! knows ([`KIND`]), what others see and what it becomes (`impl Kind`), the plan that fills
//! `templates/function.yaml.j2`. What is wrong with the settings stands in [`check`]. Role, log, network and
//! environment are those of everything that runs code: [`part::code`](crate::part::code).

mod check;
mod runtime;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attribute, Context, Fragment, Interface, Kind, KindEntry, Level, ShortFor, StackName, Statement};
use crate::part::cors::{Cors, CorsPlan};
use crate::part::{code, dead_letters};
use crate::setting::{Megabytes, OrNone, Seconds, Setting};
use crate::value::{Kind as ValueKind, Symbol, Value};

use check::CODES;

/// The settings of a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Code in a zip file; this or `image`. Its hash is a parameter of the stack, so that a release changes no
    /// template.
    #[serde(default)]
    pub zip: Option<Zip>,
    /// Code in a container image; this or `zip`. Its digest is a parameter of the stack.
    #[serde(default)]
    pub image: Option<Image>,
    /// What runs a zip. Needed there; an image brings its own, so that one from `defaults` is ignored.
    #[serde(default)]
    #[schemars(example = &"nodejs22.x")]
    pub runtime: Option<Setting<String>>,
    /// The processor; an image must be built for the same one.
    #[schemars(extend("default" = "arm64"))]
    pub architecture: Setting<Architecture>,
    /// Memory in MB, 128 to 10240; the processor's share grows with it.
    #[schemars(extend("default" = 1024), example = &"1 GB")]
    pub memory: Setting<Megabytes>,
    /// How long one call may take in seconds, 1 to 900. An HTTP API in front waits for 29.
    #[schemars(extend("default" = 20), example = &"5 minutes")]
    pub timeout: Setting<Seconds>,
    /// Room in `/tmp` in MB, 512 to 10240.
    #[schemars(extend("default" = 512), example = &"1 GB")]
    pub storage: Setting<Megabytes>,
    /// The network that it runs in: its private subnets, with a security group of its own.
    #[serde(default)]
    #[schemars(example = &"ReggieVpc")]
    pub vpc: OrNone<Setting<String>>,
    /// An HTTPS address of its own.
    #[serde(default)]
    pub url: OrNone<Url>,
    /// How many calls may run at once. Taken from the account's pool, of which 100 must remain; 0 stops it.
    #[serde(default)]
    #[schemars(example = &10)]
    pub reserved: OrNone<Setting<u32>>,
    /// How often an asynchronous call that fails is tried again, 0 to 2; Lambda tries twice unless written.
    #[serde(default)]
    #[schemars(range(min = 0, max = 2), example = &0)]
    pub retries: Option<Setting<u32>>,
    /// The queue that takes asynchronous calls which failed for good, with what they were about; a standard one.
    #[serde(default)]
    #[schemars(example = &"FailedCalls")]
    pub dlq: OrNone<Setting<String>>,
    /// When it is called: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)`. Short for a component of kind `cron` named after it,
    /// `<Name>Schedule`; what a cron has besides, such as a time zone, is written there. `none` switches off what a lower layer
    /// wrote.
    #[serde(default)]
    #[schemars(example = &"rate(5 minutes)")]
    #[allow(dead_code, reason = "it becomes a component before this is read; the schema needs it")]
    pub schedule: Option<Setting<String>>,
    /// The deploy calls it once and stops if it fails: before the app, such as a migration, or at the very end. It then
    /// has a stack of its own.
    #[serde(default)]
    pub run: OrNone<Setting<Run>>,
}

/// Code in a zip file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zip {
    /// The folder that goes into the zip, relative to the project.
    #[schemars(example = &"apps/api/dist")]
    pub path: Setting<String>,
    /// Where the runtime begins: file and function.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^\S+$"), example = &"index.handler")]
    pub handler: Setting<String>,
    /// More files for the zip: the name in it, and the file relative to the project.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("rds.pem", "certs/rds.pem")]))]
    pub files: BTreeMap<String, Setting<String>>,
}

/// Code in a container image: one to build, by `path`, or one that something else builds, by `name`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The folder that it is built from, relative to the project.
    #[serde(default)]
    #[schemars(example = &"services/valuation")]
    pub path: Option<Setting<String>>,
    /// The file that it is built by, relative to `path`; `Dockerfile` unless written.
    #[serde(default)]
    #[schemars(example = &"Dockerfile.lambda")]
    pub dockerfile: Option<Setting<String>>,
    /// The image's name in the repository, if something else builds it.
    #[serde(default)]
    #[schemars(example = &"valuation")]
    pub name: Option<Setting<String>>,
}

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

/// An HTTPS address of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Url {
    /// Who may call it. Has no default: this is a decision.
    pub protection: Setting<Protection>,
    /// What other sites' pages may do with it.
    #[serde(default)]
    pub cors: OrNone<Cors>,
    /// Whether an answer is sent while it is made.
    #[schemars(extend("default" = false))]
    pub streaming: Setting<bool>,
}

/// Who may call a function's URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Everyone; the code itself decides whom it answers.
    Public,
    /// Who signs requests with IAM and may: components that link to it with `invoke_url`.
    Iam,
}

/// When the deploy calls a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// After the data, before the app: stack `jobs`.
    BeforeApp,
    /// After everything that visitors see: stack `after`.
    AfterApp,
}

/// The registry's entry.
pub const KIND: KindEntry =
    KindEntry::of::<Function>("function", "A Lambda function, from a zip or from a container image.", StackName::App)
        .runs_code()
        .imports(&["arn", "url"])
        .outputs(&["name", "host", "role_arn", "role_name", "log_group", "security_group"])
        .chosen_attributes(&[("url", "url"), ("host", "url"), ("security_group", "vpc")])
        .levels(LEVELS)
        .short_for(&[ShortFor { setting: "schedule", kind: "cron" }])
        .codes(&[CODES]);

const LEVELS: &[Level] = &[
    Level::of(
        "invoke",
        "call it through the Lambda API",
        &[Statement::of("Invoke", &["lambda:InvokeFunction"], &[("arn", "")])],
    ),
    Level::of(
        "invoke_url",
        "call it through the Lambda API and through its URL",
        &[Statement::of("Invoke", &["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], &[("arn", "")])],
    ),
];

impl Kind for Function {
    fn stack(&self) -> Option<StackName> {
        self.run.as_option().map(|run| match run.value {
            Run::BeforeApp => StackName::Jobs,
            Run::AfterApp => StackName::After,
        })
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let vpc = self.vpc.as_option();
        let mut attributes = vec![
            Attribute::linked("name", on.local("Self", None)),
            Attribute::linked("arn", on.local("Self", Some("Arn"))),
        ];
        if self.url.as_option().is_some() {
            let host = url_host(on);
            let why = on.rule("a function's URL without the slash at its end", &[]);
            let url = Value::new(why, ValueKind::Join(vec![Value::text(why, "https://"), host.clone()]));
            attributes.extend([Attribute::open("url", url), Attribute::open("host", host)]);
        }
        attributes.extend(code::attributes(on, vpc));
        let timeout = Some(self.timeout.map(|seconds| seconds.0));
        Interface { attributes, vpc: vpc.cloned(), timeout, ..Interface::default() }
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let dead_letters = self.dlq.as_option().and_then(|dlq| dead_letters::standard_queue(on, dlq));
        let needed = dead_letters.iter().map(|queue| {
            let origin = on.rule("a function may send what it fails at to its `dlq`", &[queue.origin]);
            code::Statement::new(origin, "DeadLetters", dead_letters::SEND, queue.clone())
        });
        let surroundings = code::lower(on, self.vpc.as_option(), needed.collect());
        let plan = Plan {
            description: on.common.purpose.clone(),
            zip: self.zip.as_ref().map(|zip| self.zip_plan(on, zip)),
            image: self.image.as_ref().map(|_| release(on, "Image")),
            architecture: self.architecture,
            memory: self.memory,
            timeout: self.timeout,
            storage: self.storage,
            reserved: self.reserved.as_option().copied(),
            network: surroundings.network,
            environment: surroundings.environment,
            tags: on.tags(),
            is_asynchronous: self.retries.is_some() || dead_letters.is_some(),
            retries: self.retries,
            dead_letters,
            url: self.url.as_option().map(|url| url.plan(on)),
        };
        let mut fragments = vec![on.fragment("function", &plan)];
        fragments.extend(surroundings.fragments);
        fragments
    }
}

/// What the template is filled with.
#[derive(Serialize)]
struct Plan {
    description: Option<Setting<String>>,
    zip: Option<ZipPlan>,
    image: Option<Value>,
    architecture: Setting<Architecture>,
    memory: Setting<Megabytes>,
    timeout: Setting<Seconds>,
    storage: Setting<Megabytes>,
    reserved: Option<Setting<u32>>,
    network: Option<code::Place>,
    environment: Option<Value>,
    tags: Option<Value>,
    is_asynchronous: bool,
    retries: Option<Setting<u32>>,
    dead_letters: Option<Value>,
    url: Option<UrlPlan>,
}

#[derive(Serialize)]
struct ZipPlan {
    runtime: Option<Setting<String>>,
    handler: Setting<String>,
    bucket: Value,
    key: Value,
}

#[derive(Serialize)]
struct UrlPlan {
    auth: Setting<&'static str>,
    mode: Setting<&'static str>,
    cors: Option<CorsPlan>,
    public: bool,
}

impl Function {
    fn zip_plan(&self, on: &Context<'_>, zip: &Zip) -> ZipPlan {
        let why = on.rule("a zip is <project>/<Component>/<hash>.zip in the artifact bucket", &[zip.path.origin]);
        let folder = Value::text(why, format!("{}/{}/", on.project.value, on.identity()));
        let key = vec![folder, release(on, "Code"), Value::text(why, ".zip")];
        ZipPlan {
            runtime: self.runtime.clone(),
            handler: zip.handler.clone(),
            bucket: Value::reference(why, Symbol::Release("ArtifactBucket".to_owned())),
            key: Value::new(why, ValueKind::Join(key)),
        }
    }
}

impl Url {
    fn plan(&self, on: &Context<'_>) -> UrlPlan {
        let public = self.protection.value == Protection::Public;
        let auth = if public { "NONE" } else { "AWS_IAM" };
        let mode = if self.streaming.value { "RESPONSE_STREAM" } else { "BUFFERED" };
        UrlPlan {
            auth: on.setting("who may call a function's URL is its `protection`", &[self.protection.origin], auth),
            mode: on.setting("an answer streams if `streaming` is on", &[self.streaming.origin], mode),
            cors: self.cors.as_option().map(|cors| cors.plan(on)),
            public,
        }
    }
}

/// The parameter that a release fills: `<Component>Code` with the hash of a zip, `<Component>Image` with an image's
/// digest.
fn release(on: &Context<'_>, what: &str) -> Value {
    let why = on.rule("code comes with a release, as a parameter of the stack", &[]);
    Value::reference(why, Symbol::Release(format!("{}{what}", on.identity())))
}

/// The host of the function's URL, `https://<host>/`: its third piece between slashes.
fn url_host(on: &Context<'_>) -> Value {
    let why = on.rule("the host is the third piece of a function's URL between slashes", &[]);
    let call = |name: &str, arguments| {
        Value::new(why, ValueKind::Call(name.to_owned(), Box::new(Value::list(why, arguments))))
    };
    let pieces = call("Split", vec![Value::text(why, "/"), on.local("Url", Some("FunctionUrl"))]);
    call("Select", vec![Value::new(why, ValueKind::Int(2)), pieces])
}
