//! Components: what every kind has in common, and the registry of kinds.
//!
//! A kind is one file below this one: its settings, what it offers to others ([`Kind::interface`]), and its decisions
//! ([`Kind::lower`]), which end in [`Fragment`]s: a template and the plan that fills it. Kinds never use each other; what
//! one must know of another it reads from a [`Neighbour`].

mod backup;
mod bucket;
mod certificate;
mod code;
mod context;
mod cron;
mod described;
mod external;
mod function;
mod http_api;
mod local;
mod monitoring;
mod nextjs;
mod place;
mod postgres;
mod queue;
mod registry;
mod resource;
mod router;
mod served;
mod shape;
mod ssr_site;
mod static_site;
mod table;
mod topic;
mod vpc;
mod watched;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use code::FunctionCode;
pub use context::{Context, MAN020, Policies, pascal};
pub use described::{Described, Fact, Group, How, Relation, count, yes};
pub use http_api::ROUTE_METHODS;
pub use local::{Container, Local, LocalForm, Process, Starts};

/// Codes of this room.
pub const CODES: &[crate::diag::Code] =
    &[context::MAN020, context::REF010, context::CFN020, local::CFN555, local::CFN557];
pub use place::{StackId, StackName, US_EAST_1, kebab};
pub use postgres::aurora_pauses;
pub use registry::{KINDS, KindEntry, ShortFor, Sst, kind};
pub use served::{
    Behaviour, BuiltFiles, Cache, ErrorPage, Index, Methods, Origin, Reached, Served, ServedBucket, ServedBy, Serving,
    SiteBuild, Viewer,
};
pub use shape::{kinds_page, layer_schema, manifest_schema};
pub use watched::{Measure, Metric, Watched};

use crate::part::host::{Claim, Issued};
use crate::setting::{Any, Keyed, Setting, Text};
use crate::stage::Removal;
use crate::value::{Kind as ValueKind, Symbol, Value};

/// Labels, of which logical ids are made.
const LABEL: &str = "^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$";

/// Keys that every component may carry; a test compares them with the type.
pub const COMMON_KEYS: &[&str] = &[
    "purpose",
    "stages",
    "stack",
    "import",
    "removal",
    "protect",
    "tags",
    "overrides",
    "suppress",
    "logical_id",
    "local",
];
/// Keys of everything that runs code; a test compares them with the type.
pub const CODE_KEYS: &[&str] = &["environment", "links", "permissions", "use", "log_days"];

/// Settings that every component may carry.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Common {
    /// What it is for, in a few words, for people; where AWS has a description, it stands there.
    #[schemars(example = &"Hono and Drizzle")]
    pub purpose: Option<Setting<String>>,
    /// Where it exists: names of stages, or `permanent`, `ephemeral`, `local`. Everywhere unless written.
    #[schemars(example = &["production"])]
    pub stages: Option<Vec<Setting<String>>>,
    /// The stack it is placed in, instead of its kind's own.
    pub stack: Option<Setting<StackName>>,
    /// Uses something that exists already, in place of settings.
    pub import: Option<Import>,
    /// What happens to its data when it leaves; the stage's `removal` unless written.
    pub removal: Option<Setting<Removal>>,
    /// Whether it refuses to be deleted; the stage's `protect` unless written.
    pub protect: Option<Setting<bool>>,
    /// Tags of its own, beside those of the stacks.
    #[schemars(example = &BTreeMap::from([("team", "payments")]))]
    pub tags: BTreeMap<String, Setting<String>>,
    /// Raw CloudFormation laid over what the kind makes: `{<local id>: {<Property>: value}}`; `null` removes a property.
    pub overrides: BTreeMap<String, BTreeMap<String, Any>>,
    /// Policy rules that it may break, each with the reason, which its templates show: ours (`POL001`), or those of cfn-lint
    /// (`W3005`), checkov (`CKV_AWS_18`) and cfn-guard (`S3_BUCKET_LOGGING_ENABLED`).
    #[schemars(example = &BTreeMap::from([("CKV_AWS_18", "Who reads the catalogue is nobody's concern")]))]
    pub suppress: Keyed<Setting<String>>,
    /// The name that identifies it in AWS, where that is not its own: the one that it had before a rename. Logical ids,
    /// exports, parameters and physical names are made of it, so that nothing is replaced.
    #[schemars(regex(pattern = r"^[A-Z][A-Za-z0-9]*$"))]
    pub logical_id: Option<Setting<String>>,
    /// How it runs on a local stage; without it, it is not there.
    pub local: Option<Setting<Local>>,
}

/// The local id of a component's main resource: its logical id is the component's own name.
pub const MAIN: &str = "Self";

impl Common {
    /// The name that identifies `component` in AWS: its own, or the one that it keeps. Everything that AWS gets to see is
    /// made of it, so that a rename changes no template.
    #[must_use]
    pub fn identity<'a>(&'a self, component: &'a str) -> &'a str {
        self.logical_id.as_ref().map_or(component, |kept| kept.value.as_str())
    }

    /// The id in its template of what `component` calls `local`: the name that identifies it, and the local id.
    #[must_use]
    pub fn logical_id(&self, component: &str, local: &str) -> String {
        logical_id(self.identity(component), local)
    }
}

/// The id in its template of what a component calls `local`, by the name that identifies the component in AWS.
#[must_use]
pub fn logical_id(identity: &str, local: &str) -> String {
    if local == MAIN { identity.to_owned() } else { format!("{identity}{local}") }
}

/// Settings of every kind that runs code.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Code {
    /// Variables of the process. A reference gives no permission: that is what `links` is for.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("DATABASE_URL", "${ReggieDb.url}")]))]
    pub environment: Keyed<Setting<Text>>,
    /// What it uses, and how: a component or secret, and the access it gets.
    #[serde(default)]
    pub links: Keyed<Link>,
    /// IAM permissions that links cannot say.
    #[serde(default)]
    pub permissions: BTreeMap<String, Permission>,
    /// Named sets of settings that lie below its own, in this order.
    #[serde(default)]
    #[schemars(example = &["api_defaults"])]
    pub r#use: Vec<Setting<String>>,
    /// How many days its log is kept; the stage's `log_days` unless written.
    pub log_days: Option<Setting<u32>>,
}

/// The use of another component, with its permission.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The level of access; each kind names its own. May be left out where the kind has a default.
    #[schemars(example = &"connect")]
    pub access: Option<Setting<String>>,
    /// Narrows the access to what begins so, where the kind has parts to tell apart: the keys of a bucket's objects.
    #[schemars(length(min = 1), example = &"incoming/")]
    pub prefix: Option<Setting<String>>,
}

/// An IAM statement in the manifest's words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// IAM actions.
    #[schemars(length(min = 1), example = &["ses:SendEmail"])]
    pub actions: Vec<Setting<String>>,
    /// ARNs; `"*"` only with a `reason`.
    #[schemars(length(min = 1), example = &["arn:aws:ses:eu-west-2:123456789012:identity/getreggie.io"])]
    pub resources: Vec<Setting<Text>>,
    /// Why no ARN can be named.
    pub reason: Option<Setting<String>>,
}

/// Something that exists already. Three forms: the same component of another stage (`stage`), outputs of any stack
/// (`stack`, `outputs`), or literal ids, each kind's own keys.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Import {
    /// The stage whose component it is.
    pub stage: Option<Setting<String>>,
    /// The component there, if it has another name.
    pub component: Option<Setting<String>>,
    /// A stack that publishes what is needed.
    pub stack: Option<Setting<String>>,
    /// The stack's region; the project's unless written.
    pub region: Option<Setting<String>>,
    /// Attribute by attribute, the stack's output.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("id", "VpcId")]))]
    pub outputs: BTreeMap<String, Setting<String>>,
    /// Literal ids by attribute.
    #[serde(flatten)]
    #[schemars(skip)]
    pub ids: BTreeMap<String, serde::de::IgnoredAny>,
}

/// What a component offers to others.
#[derive(Debug, Clone, Default)]
pub struct Interface {
    /// What others may reference.
    pub attributes: Vec<Attribute>,
    /// The VPC that it sits in.
    pub vpc: Option<Setting<String>>,
    /// How long a call may take.
    pub timeout: Option<Setting<u32>>,
    /// Whether it keeps messages in order (FIFO); only what takes messages says so, and of an imported one it may be unknown.
    pub fifo: Option<Setting<bool>>,
    /// What it delivers to other components of its own accord. Those must let it in.
    pub deliveries: Vec<Delivery>,
    /// The queues that take what it fails at for good.
    pub dead_letters: Vec<Setting<String>>,
    /// The names that it answers to.
    pub hosts: Vec<Claim>,
    /// The certificates that it makes.
    pub certificates: Vec<Issued>,
    /// For a certificate: the names that it covers, as far as they are known.
    pub covers: Option<Vec<Setting<String>>>,
    /// Secrets that must be there for it, whatever it does with them.
    pub secrets: Vec<String>,
    /// A request after each deploy that tells whether it answers.
    pub check: Option<Check>,
    /// Local ids of what AWS deletes only when it is empty, and a teardown may empty.
    pub empty_before_delete: Vec<&'static str>,
    /// What it serves to browsers, by its own distribution or by the router that takes it.
    pub served: Option<Served>,
    /// How it is built, if it is a site.
    pub build: Option<SiteBuild>,
    /// Where its code comes from, if it is a function.
    pub code: Option<FunctionCode>,
    /// The components that it makes recovery points of.
    pub backs_up: Vec<String>,
    /// Whether others run it, so that nothing is made of it here.
    pub run_by_others: bool,
    /// For a bucket: whether it keeps versions of what is overwritten.
    pub keeps_versions: Option<Setting<bool>>,
    /// For raw CloudFormation: its type.
    pub raw_type: Option<Setting<String>>,
    /// For a bucket: the service whose access logs it takes.
    pub takes_logs_of: Option<&'static str>,
    /// For a network: whether what runs in it reaches the internet, and by which endpoints AWS services are reached.
    pub network: Option<Network>,
}

impl Interface {
    /// The attribute of that name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// Whether it is known to keep messages in order.
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.fifo.is_some_and(|fifo| fifo.value)
    }
}

/// What one component delivers to another: the other's resource policy must name the sender.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The component that it goes to.
    pub to: Setting<String>,
    /// The AWS service that delivers, as a principal: `sns.amazonaws.com`.
    pub service: &'static str,
    /// The ARN on whose behalf it does: an attribute of the sender, or a resource that stands beside the receiver.
    pub source: Value,
}

/// A request that tells, after a deploy, whether something answers.
#[derive(Debug, Clone)]
pub struct Check {
    /// The address.
    pub url: String,
    /// The status of HTTP that it must answer with.
    pub status: u32,
}

/// What a network lets through.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Whether there is a NAT.
    pub internet: bool,
    /// Services with an endpoint of their own, such as `ssm`.
    pub endpoints: Vec<String>,
}

/// Something that a component provides.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name in references, snake_case.
    pub name: String,
    /// What it is, in the component's own local ids; literal where the manifest already says it.
    pub value: Value,
    /// Never exported; may stand only where a secret may stand.
    pub sensitive: bool,
    /// Whether what runs code must link to the component to use it.
    pub needs_link: bool,
    /// Whether what it names is made anew by changes that lose nothing, such as a host: CloudFormation changes no export that another
    /// stack imports, so others get it by a parameter.
    pub replaced: bool,
}

impl Attribute {
    /// An attribute that anyone may use.
    pub fn open(name: impl Into<String>, value: Value) -> Self {
        Attribute { name: name.into(), value, sensitive: false, needs_link: false, replaced: false }
    }

    /// Whether it is this attribute of one of the component's own resources, as `Fn::GetAtt` calls it.
    #[must_use]
    pub fn gives(&self, path: &str) -> bool {
        matches!(&self.value.kind, ValueKind::Ref(Symbol::Local { attribute: Some(own), .. }) if own == path)
    }

    /// An attribute that is of use only with a link.
    pub fn linked(name: impl Into<String>, value: Value) -> Self {
        Attribute { needs_link: true, ..Attribute::open(name, value) }
    }

    /// The same of what is made anew by changes that lose nothing.
    #[must_use]
    pub fn replaced(mut self) -> Self {
        self.replaced = true;
        self
    }

    /// An attribute that holds a secret. Its value names other attributes only, so that the consumer can compose it.
    pub fn sensitive(name: impl Into<String>, value: Value) -> Self {
        Attribute { sensitive: true, ..Attribute::linked(name, value) }
    }
}

/// A level of access that a kind offers to links. What it names are attributes of the component, so that it holds for an
/// imported one as well.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// Its name in the manifest.
    pub name: &'static str,
    /// What it allows, for `explain` and documents.
    pub meaning: &'static str,
    /// IAM statements.
    pub statements: &'static [Statement],
    /// The security-group rule from the consumer, if it needs the network: the consumer must be in the same VPC.
    pub ingress: Option<Ingress>,
    /// Whether it leads out to the internet: from a VPC only through a NAT.
    pub internet: bool,
}

impl Level {
    /// A level that is permissions alone.
    #[must_use]
    pub const fn of(name: &'static str, meaning: &'static str, statements: &'static [Statement]) -> Self {
        Level { name, meaning, statements, ingress: None, internet: false }
    }

    /// It needs the network between the consumer and this.
    #[must_use]
    pub const fn through(mut self, ingress: Ingress) -> Self {
        self.ingress = Some(ingress);
        self
    }

    /// It leads out to the internet.
    #[must_use]
    pub const fn outside(mut self) -> Self {
        self.internet = true;
        self
    }
}

/// An IAM statement of a level.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Its `Sid`, after the component's name.
    pub sid: &'static str,
    /// The actions.
    pub actions: &'static [&'static str],
    /// The attributes that hold the ARNs, each with what follows the ARN: `("arn", "/*")`.
    pub resources: &'static [(&'static str, &'static str)],
    /// What a link's `prefix` does to it.
    pub prefix: Prefix,
}

impl Statement {
    /// A statement that no prefix narrows.
    #[must_use]
    pub const fn of(
        sid: &'static str,
        actions: &'static [&'static str],
        resources: &'static [(&'static str, &'static str)],
    ) -> Self {
        Statement { sid, actions, resources, prefix: Prefix::Refused }
    }

    /// It is narrowed by a link's `prefix`.
    #[must_use]
    pub const fn narrowed(mut self, by: Prefix) -> Self {
        self.prefix = by;
        self
    }
}

/// How a link's `prefix` narrows a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// Not at all: a link with one is refused.
    Refused,
    /// It goes before the `*` at the end of each resource.
    Path,
    /// It is compared with this condition key: `s3:prefix`.
    Condition(&'static str),
}

/// A security-group rule of a level.
#[derive(Debug, Clone, Copy)]
pub struct Ingress {
    /// The attribute that holds the group.
    pub security_group: &'static str,
    /// The attribute that holds the port.
    pub port: &'static str,
}

/// A component as others see it.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// The name that identifies it in AWS.
    pub identity: String,
    /// Its kind.
    pub kind: &'static KindEntry,
    /// Where its name stands.
    pub origin: crate::origin::OriginId,
    /// The stack that it stands in; for an imported one, that in which what joins it to others stands.
    pub stack: StackId,
    /// The region that it stands in.
    pub region: String,
    /// Whether it exists already, so that nothing of it can be decided here.
    pub imported: bool,
    /// What it links to, if it runs code.
    pub links: Keyed<Link>,
    /// What it offers.
    pub interface: Interface,
}

/// A template and the plan that fills it.
#[derive(Debug, Clone)]
pub struct Fragment {
    /// The template below `templates/`, without its ending: `vpc`, `parts/security_group`.
    pub template: &'static str,
    /// The plan: leaves with origins, and flags to decide by.
    pub plan: crate::plan::Plan,
    /// Where it goes.
    pub stack: StackId,
    /// What its local ids begin with, where a component has a template more than once: `Server` makes `ServerRole` of
    /// `Role`, and `Server` of `Self`.
    pub scope: String,
}

impl Fragment {
    /// The same with its local ids in a scope of their own.
    #[must_use]
    pub fn scoped(mut self, scope: &str) -> Fragment {
        scope.clone_into(&mut self.scope);
        self
    }
}

/// A template's local id in a scope.
#[must_use]
pub fn scoped(scope: &str, id: &str) -> String {
    match (scope, id) {
        ("", id) => id.to_owned(),
        (scope, MAIN) => scope.to_owned(),
        (scope, id) => format!("{scope}{id}"),
    }
}

/// The decisions of one kind about one component.
pub trait Kind {
    /// The stack that its settings ask for, where that is not always its kind's own.
    fn stack(&self) -> Option<StackName> {
        None
    }
    /// The region that its settings ask for, where that is not always the project's.
    fn region(&self) -> Option<&Setting<String>> {
        None
    }
    /// The components that it serves under its own hosts.
    fn serves(&self) -> Vec<Serving> {
        Vec::new()
    }
    /// What it offers to others, from its own settings alone.
    fn interface(&self, on: &Context<'_>) -> Interface;
    /// What it becomes.
    fn lower(&self, on: &Context<'_>) -> Vec<Fragment>;
    /// What it is to people.
    fn described(&self, on: &Context<'_>) -> Described;
    /// The figures that tell how it does. Asked only where something of the stage watches them.
    fn watched(&self, _on: &Context<'_>) -> Vec<Watched> {
        Vec::new()
    }
    /// What it is on a local stage, where its `local` says that it is there; nothing if the kind has no form there.
    fn local(&self, _on: &Context<'_>) -> Option<LocalForm> {
        None
    }
}
