//! The server of a site: a function behind CloudFront, whichever framework runs in it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::alarm::{self, Choice, FunctionAlarms};
use super::cloudfront::{Protection, bodies_are_refused, replicas_delay_removal};
use super::code::{self, Place};
use super::edge::signer;
use super::lambda::{Architecture, Failures, LambdaPlan, UrlPlan, ZipPlan, release, url_host};
use super::range::Bounds;
use super::site;
use crate::component::{
    Attribute, Behaviour, Cache, Context, Fragment, Interface, KindEntry, Methods, Origin, Reached, Watched, pascal,
};
use crate::diag::Code;
use crate::setting::{Megabytes, OrNone, Seconds, Setting, Shared};
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN323];

/// `CFN323`: a number out of range.
pub const CFN323: Code = Code {
    id: "CFN323",
    explanation: "a number is outside of what Lambda takes\n\n\
        A function has 128 to 10,240 MB of memory and takes at least a second (Lambda quotas). CloudFront waits for 120 seconds \
        at most, and so does a server. Of each server at most 50 calls are kept warm: more are dearer than a larger one.",
};

const BOUNDS: Bounds = Bounds { code: CFN323, taker: "Lambda", source: "Lambda quotas" };

/// The id of the server that answers all that no other origin does.
pub const ID: &str = "server";

/// A kind of sites with servers: what all of them offer.
#[must_use]
pub const fn kind(kind: KindEntry) -> KindEntry {
    kind.runs_code()
        .answers()
        .imports(site::IMPORTS)
        .outputs(&[
            "server_name",
            "server_arn",
            "assets_bucket",
            "role_arn",
            "role_name",
            "log_group",
            "certificate_arn",
            "security_group",
            "signer_arn",
        ])
        .chosen_attributes(&[
            ("certificate_arn", "host"),
            ("security_group", "server.vpc"),
            ("signer_arn", "protection: signed"),
        ])
        .levels(site::LEVELS)
}

/// How large a server is, and where it runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Memory in MB, 128 to 10240.
    #[schemars(extend("default" = 1024), example = &"1 GB")]
    pub memory: Setting<Megabytes>,
    /// How long one answer may take in seconds, 1 to 120: as long as CloudFront waits. Above 55 the account's quota may
    /// have to be raised first.
    #[schemars(extend("default" = 20), example = &30)]
    pub timeout: Setting<Seconds>,
    /// What runs it; Next.js needs Node.js 22 or newer.
    #[schemars(extend("default" = "nodejs22.x"), example = &"nodejs24.x")]
    pub runtime: Setting<String>,
    /// The processor; native modules come from the machine that builds.
    #[schemars(extend("default" = "arm64"))]
    pub architecture: Setting<Architecture>,
    /// Whether answers are sent while they are made: the wrapper of the build must be one that streams, such as OpenNext's
    /// `aws-lambda-streaming`.
    #[schemars(extend("default" = false))]
    pub streaming: Setting<bool>,
    /// The network that servers run in, where they reach something in it themselves.
    #[serde(default)]
    #[schemars(example = &"ReggieVpc")]
    pub vpc: OrNone<Setting<String>>,
    /// How many calls may run at once. Taken from the account's pool.
    #[serde(default)]
    #[schemars(example = &10)]
    pub reserved: OrNone<Setting<u32>>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    pub alarms: Choice<FunctionAlarms>,
}

impl Shared for Server {
    const KEYS: &'static [&'static str] =
        &["memory", "timeout", "runtime", "architecture", "streaming", "vpc", "reserved", "alarms"];
}

impl Server {
    /// Its processor and memory, in words.
    #[must_use]
    pub fn size(&self) -> String {
        format!("{}, {} MB", self.architecture.value.word(), self.memory.value.0)
    }

    /// Reports numbers that Lambda does not take.
    pub fn check(&self, on: &Context<'_>) {
        check_memory(on, "server.memory", self.memory);
        check_timeout(on, "server.timeout", self.timeout);
    }

    /// The alarms of the server that answers all that no other does.
    #[must_use]
    pub fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let function = alarm::Function {
            suffix: "_of_server",
            what: format!("the server of {}", on.identity()),
            name: on.own("server_name"),
            log_group: on.own("log_group"),
            timeout: self.timeout,
            memory: self.memory,
        };
        self.alarms.alarms().map(|alarms| alarms.watched(on, &function)).unwrap_or_default()
    }

    /// A function of that size, which begins at `handler`.
    #[must_use]
    pub fn shape(&self, handler: Setting<String>) -> Shape {
        Shape {
            runtime: self.runtime.clone(),
            handler,
            architecture: self.architecture,
            memory: self.memory,
            timeout: self.timeout,
        }
    }

    /// Adds to a site's interface what it says of the servers.
    pub fn add_to(&self, on: &Context<'_>, protection: Setting<Protection>, interface: &mut Interface) {
        let vpc = self.vpc.as_option();
        interface.attributes.extend(code::attributes(on, &pascal(ID), vpc));
        interface.attributes.extend((protection.value == Protection::Signed).then(|| signer::attribute(on)));
        interface.vpc = vpc.cloned();
        interface.timeout = Some(self.timeout.map(|seconds| seconds.0));
    }
}

/// What lets CloudFront sign requests with a body, where it is to.
#[must_use]
pub fn signer(on: &Context<'_>, protection: Setting<Protection>) -> Option<Fragment> {
    (protection.value == Protection::Signed).then(|| signer::lower(on))
}

/// Reports an amount of memory that Lambda does not take.
pub fn check_memory(on: &Context<'_>, setting: &str, found: Setting<Megabytes>) {
    BOUNDS.check(on, setting, found.map(|m| m.0), 128..=10_240, "MB");
}

/// Reports a time that Lambda does not take. What CloudFront does not wait for is reported with the distribution.
pub fn check_timeout(on: &Context<'_>, setting: &str, found: Setting<Seconds>) {
    BOUNDS.check(on, setting, found.map(|s| s.0.min(900)), 1..=900, "seconds");
}

/// Tells what the protection of the servers costs.
pub fn check_protection(on: &Context<'_>, protection: Setting<Protection>) {
    if on.must_be_written(protection.origin, "protection", "`oac`, which refuses forms") {
        return;
    }
    match protection.value {
        Protection::Signed => replicas_delay_removal(on, on.name, protection.origin),
        Protection::Oac => bodies_are_refused(on, on.name, protection.origin),
        Protection::Public => {}
    }
}

/// What a function of a site is beside its code.
#[derive(Debug)]
pub struct Shape {
    /// What runs it.
    pub runtime: Setting<String>,
    /// Where the runtime begins.
    pub handler: Setting<String>,
    /// The processor.
    pub architecture: Setting<Architecture>,
    /// Memory.
    pub memory: Setting<Megabytes>,
    /// How long a call may take.
    pub timeout: Setting<Seconds>,
}

/// A function whose code is `<zip>.zip` of the build of the site in `path`. All of a site come with one parameter: bundles of
/// two builds must not be mixed.
pub fn function(on: &Context<'_>, path: &Setting<String>, zip: &str, shape: Shape) -> LambdaPlan {
    let why = on.rule("the functions of a site come from one build", &[path.origin]);
    let key = vec![release(on, "Build"), Value::text(why, format!("/{zip}.zip"))];
    LambdaPlan {
        description: None,
        zip: Some(ZipPlan::new(on, Some(shape.runtime), shape.handler, key)),
        image: None,
        architecture: shape.architecture,
        memory: shape.memory,
        timeout: shape.timeout,
        storage: None,
        reserved: None,
        network: None,
        environment: None,
        tags: on.tags(),
        failures: Failures::default(),
        url: None,
    }
}

/// What a function of a site has besides, if it answers what visitors ask.
#[derive(Debug)]
pub struct Answering {
    /// Who reaches it past CloudFront.
    pub protection: Setting<Protection>,
    /// Whether answers are sent while they are made.
    pub streaming: Setting<bool>,
    /// How many calls may run at once.
    pub reserved: Option<Setting<u32>>,
    /// Where it runs, if in a VPC.
    pub network: Option<Place>,
    /// Its variables.
    pub environment: Option<Value>,
}

impl Answering {
    /// The `function` with all that.
    #[must_use]
    pub fn plan(self, on: &Context<'_>, function: LambdaPlan) -> LambdaPlan {
        let public = self.protection.map(|protection| !protection.is_signed());
        LambdaPlan {
            description: on.common.purpose.clone(),
            reserved: self.reserved,
            network: self.network,
            environment: self.environment,
            url: Some(UrlPlan::new(on, public, self.streaming, None)),
            ..function
        }
    }
}

/// What others see of the function of the origin `id`.
pub fn attributes(on: &Context<'_>, id: &str) -> Vec<Attribute> {
    let scope = pascal(id);
    let name = (id == ID).then(|| Attribute::open("server_name", on.local(&scope, None)));
    let arn = Attribute::open(format!("{id}_arn"), on.local(&scope, Some("Arn")));
    let host = Attribute::open(format!("{id}_host"), url_host(on, &scope));
    name.into_iter().chain([arn, host]).collect()
}

/// The function of that id as an origin.
pub fn origin(on: &Context<'_>, id: &str, signed: bool, timeout: Setting<Seconds>) -> Origin {
    let timeout = timeout.map(|seconds| seconds.0);
    Origin {
        id: id.to_owned(),
        domain: on.own(&format!("{id}_host")),
        path: None,
        reached: Reached::Function { arn: on.own(&format!("{id}_arn")), region: on.stack().region, signed, timeout },
    }
}

/// What is done with requests that the function of that id answers.
pub fn behaviour(
    on: &Context<'_>,
    protection: Setting<Protection>,
    path: Option<Setting<String>>,
    id: &str,
    cache: Cache,
) -> Behaviour {
    let signer = (protection.value == Protection::Signed).then(|| on.own(signer::ATTRIBUTE));
    Behaviour { path, origin: id.to_owned(), methods: Methods::All, cache, is_viewed: true, signer }
}

#[cfg(test)]
mod tests {
    use super::{Server, Shared};

    #[test]
    fn keys_are_the_settings() {
        assert_eq!(Server::KEYS, crate::setting::keys_of::<Server>());
    }
}
