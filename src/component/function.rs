//! function: a Lambda function, from a zip or from a container image.
//!
//! This is the kind to copy for a new one. From top to bottom: what the manifest says ([`Function`]), what the registry
//! knows ([`KIND`]), what others see and what it becomes (`impl Kind`). What is wrong with the settings stands in
//! [`check`]. The function itself is [`part::lambda`](crate::part::lambda); role, log, network and environment are those
//! of everything that runs code: [`part::code`](crate::part::code).

mod check;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, Context, Described, Fragment, FunctionCode, Group, How, Interface, Kind, KindEntry, Level, LocalForm,
    Methods, Origin, Reached, Served, ShortFor, StackName, Starts, Statement, Watched,
};
use crate::part::alarm::{self, Choice, FunctionAlarms};
use crate::part::cors::Cors;
use crate::part::edge::signer;
use crate::part::lambda::{self, Architecture, Failures, LambdaPlan, UrlPlan, ZipPlan, release, url_host};
use crate::part::{code, dead_letters};
use crate::setting::{Megabytes, OrNone, Seconds, Setting};
use crate::value::{Kind as ValueKind, Value};

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
    /// The region that it stands in; the project's unless written.
    /// What is bound to a region, such as a VPC, must be of the same one; its secrets must have their values there as well.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"), example = &"ap-northeast-1")]
    pub region: Option<Setting<String>>,
    /// The deploy calls it once and stops if it fails: before the app, such as a migration, or at the very end. It then
    /// has a stack of its own.
    #[serde(default)]
    pub run: OrNone<Setting<Run>>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    pub alarms: Choice<FunctionAlarms>,
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
    /// The router that it is a target of: CloudFront signs every request, and a function at the edge (us-east-1) the hash of its
    /// body, up to 1 MB. The visitor's `Authorization` header is replaced by the signature, and arrives as
    /// `x-forwarded-authorization`: code that reads bearer tokens takes `public`, and checks the router's `origin_header`. A
    /// stage that is removed leaves the function at the edge behind for hours.
    Signed,
    /// The router that it is a target of: CloudFront signs every request, but no body. Requests with one (POST, PUT, PATCH) are
    /// answered 403. `Authorization` is replaced as with `signed`.
    Oac,
}

impl Protection {
    /// Whether a router signs its requests.
    fn is_signed(self) -> bool {
        matches!(self, Protection::Signed | Protection::Oac)
    }
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
        .sst("sst.aws.Function", &[("name", "name"), ("url", "url")])
        .imports(&["arn", "url"])
        .outputs(&["name", "host", "role_arn", "role_name", "log_group", "security_group", "signer_arn"])
        .chosen_attributes(&[("url", "url"), ("host", "url"), ("security_group", "vpc"), ("signer_arn", "url")])
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

    fn region(&self) -> Option<&Setting<String>> {
        self.region.as_ref()
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let vpc = self.vpc.as_option();
        let mut attributes = vec![
            Attribute::linked("name", on.local("Self", None)),
            Attribute::linked("arn", on.local("Self", Some("Arn"))),
        ];
        let mut served = None;
        if let Some(url) = self.url.as_option() {
            if url.protection.value == Protection::Signed {
                attributes.push(signer::attribute(on));
            }
            served = self.served(on, url);
            let host = url_host(on, "");
            let why = on.rule("a function's URL without the slash at its end", &[]);
            let url = Value::new(why, ValueKind::Join(vec![Value::text(why, "https://"), host.clone()]));
            attributes.extend([Attribute::open("url", url), Attribute::open("host", host)]);
        }
        attributes.extend(code::attributes(on, "", vpc));
        let timeout = Some(self.timeout.map(|seconds| seconds.0));
        let dead_letters = self.dlq.as_option().cloned().into_iter().collect();
        let code = self.code();
        Interface { attributes, vpc: vpc.cloned(), timeout, served, code, dead_letters, ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let service = if self.image.is_some() { "Lambda (container)" } else { "Lambda (zip)" };
        let runtime = self.runtime.as_ref().filter(|_| self.zip.is_some());
        let run = self.run.as_option().map(|run| match run.value {
            Run::BeforeApp => "called by the deploy before the app",
            Run::AfterApp => "called by the deploy at its end",
        });
        let described = Described::of(on, service)
            .fact_if(runtime.map(|runtime| runtime.value.clone()))
            .fact(self.architecture.value.word())
            .fact(format!("{} MB", self.memory.value.0))
            .named("Timeout", format!("{} s", self.timeout.value.0))
            .fact_if(run)
            .with(on, How::Delivers, self.dlq.as_option().map(|dlq| (dlq.value.clone(), "failed calls".to_owned())));
        let group = if self.url.as_option().is_some() { Group::Api } else { described.group };
        Described { group, ..described }
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let dead_letters = self.dlq.as_option().and_then(|dlq| dead_letters::standard_queue(on, dlq));
        let needed = dead_letters.iter().map(|queue| {
            let origin = on.rule("a function may send what it fails at to its `dlq`", &[queue.origin]);
            code::Statement::new(origin, "DeadLetters", dead_letters::SEND, queue.clone())
        });
        let surroundings = code::lower(on, self.vpc.as_option(), needed.collect());
        let plan = LambdaPlan {
            description: on.common.purpose.clone(),
            zip: self.zip.as_ref().map(|zip| {
                let why = on.rule("a zip has the hash of its content for a name", &[zip.path.origin]);
                let key = vec![release(on, "Code"), Value::text(why, ".zip")];
                ZipPlan::new(on, self.runtime.clone(), zip.handler.clone(), key)
            }),
            image: self.image.as_ref().map(|_| release(on, "Image")),
            architecture: self.architecture,
            memory: self.memory,
            timeout: self.timeout,
            storage: Some(self.storage),
            reserved: self.reserved.as_option().copied(),
            network: surroundings.network,
            environment: surroundings.environment,
            tags: on.tags(),
            failures: Failures {
                is_asynchronous: self.retries.is_some() || dead_letters.is_some(),
                retries: self.retries,
                dead_letters,
            },
            url: self.url.as_option().map(|url| {
                let public = url.protection.map(|protection| protection == Protection::Public);
                UrlPlan::new(on, public, url.streaming, url.cors.as_option().map(|cors| cors.plan(on)))
            }),
        };
        let mut fragments = vec![on.fragment(lambda::TEMPLATE, &plan)];
        fragments.extend(surroundings.fragments);
        if self.url.as_option().is_some_and(|url| url.protection.value == Protection::Signed) {
            fragments.push(signer::lower(on));
        }
        fragments
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let function = alarm::Function {
            suffix: "",
            what: on.identity().to_owned(),
            name: on.own("name"),
            log_group: on.own("log_group"),
            timeout: self.timeout,
            memory: self.memory,
        };
        self.alarms.alarms().map(|alarms| alarms.watched(on, &function)).unwrap_or_default()
    }

    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        let local = on.common.local.as_ref()?;
        let starts = match self.run.as_option().map(|run| run.value) {
            Some(Run::BeforeApp) => Starts::First,
            Some(Run::AfterApp) => Starts::Asked,
            None => Starts::Together,
        };
        if starts != Starts::Together {
            local.refuse(on, &["port"], "a function with `run` is called once, and ends");
        }
        // What a zip is made of is what a build left.
        let sources = self.image.as_ref().and_then(|image| image.path.as_ref());
        let process = local.process(on, sources, None, starts);
        Some(LocalForm { attributes: local.address(on, ""), port: local.port, container: None, process })
    }
}

impl Function {
    /// Where its code comes from; that it comes from two places, or from none, is reported elsewhere.
    fn code(&self) -> Option<FunctionCode> {
        let architecture = self.architecture.map(Architecture::word);
        match (&self.zip, &self.image) {
            (Some(zip), None) => Some(FunctionCode::Zip {
                path: zip.path.clone(),
                files: zip.files.clone(),
                handler: zip.handler.clone(),
                runtime: self.runtime.clone(),
                architecture,
            }),
            (None, Some(image)) => Some(FunctionCode::Image {
                path: image.path.clone(),
                dockerfile: image.dockerfile.clone(),
                name: image.name.clone(),
                architecture,
            }),
            _ => None,
        }
    }

    /// What a router may serve of it: all that its URL answers. Nothing where callers sign for themselves.
    fn served(&self, on: &Context<'_>, url: &Url) -> Option<Served> {
        let protection = url.protection.value;
        let origin = Origin {
            id: "function".to_owned(),
            domain: on.own("host"),
            path: None,
            reached: Reached::Function {
                arn: on.own("arn"),
                region: on.stack().region,
                signed: protection.is_signed(),
                timeout: self.timeout.map(|seconds| seconds.0),
            },
        };
        let signer = (protection == Protection::Signed).then(|| on.own(signer::ATTRIBUTE));
        (protection != Protection::Iam).then(|| Served::whole(origin, Methods::All, signer))
    }
}
