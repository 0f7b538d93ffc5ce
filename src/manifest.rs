//! The manifest of one stage, typed: the blocks of its merged layers.
//!
//! Components are read by their kinds; here they are only trees.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::setting::{Any, Setting, Text};
use crate::stage::{Lifetime, Removal};
use crate::value::Value;

/// The tag of a stack that says whose product it is of.
pub const PROJECT: &str = "project";
/// The tag that says of which stage.
pub const STAGE: &str = "stage";
/// The tag, and the stage key, that says whose a stage is that comes and goes.
pub const OWNER: &str = "owner";
/// The tag, and the stage key, that says how many days such a stage is needed.
pub const EXPIRE_DAYS: &str = "expire_days";
/// The stage keys of stages that come and go.
pub const OF_WHAT_ENDS: &[&str] = &[OWNER, EXPIRE_DAYS];

/// A whole manifest: one product on one stage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The product's name; begins every stack's name. Lower case letters, digits and hyphens, at most 24 characters.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]{0,23}$"), example = &"reggie")]
    pub project: Setting<String>,
    /// The AWS region of everything that is not bound to another.
    #[schemars(regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"), example = &"eu-west-2")]
    pub region: Setting<String>,
    /// The stage's name; the layer is for this stage only.
    #[schemars(example = &"production")]
    pub stage: Setting<String>,
    /// How long the stage lives. A permanent stage's own layer must say it; a layer with `match` is `ephemeral` unless it
    /// says otherwise. A `local` stage makes no stack: it runs on the machine of whoever develops it.
    pub lifetime: Setting<Lifetime>,
    /// What happens to what holds data when it leaves. A permanent stage's own layer must say it; `remove` otherwise.
    pub removal: Setting<Removal>,
    /// Whether stacks and databases refuse to be deleted. A permanent stage's own layer must say it; `false` otherwise.
    pub protect: Setting<bool>,
    /// The AWS account of the stage, 12 digits in quotes. Advised: the deploy then refuses any other account.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9]{12}$"), example = &"123456789012")]
    pub account: Option<Setting<String>>,
    /// The stage whose secret values are read, for previews that share them.
    #[serde(default)]
    #[schemars(example = &"staging")]
    pub secrets_from: Option<Setting<String>>,
    /// Whether functions and servers of sites get the variables that SST's SDK reads: `SST_RESOURCE_App`, and `SST_RESOURCE_<Name>` for
    /// each component that they are linked to. For code that still says `Resource.<Name>`; `false` unless written.
    #[serde(default)]
    pub sst_variables: Option<Setting<bool>>,
    /// Whose a stage is that comes and goes: a tag of its stacks, which `stages --sweep` shows.
    #[serde(default)]
    #[schemars(example = &"anna")]
    pub owner: Option<Setting<String>>,
    /// How many days a stage that comes and goes is needed after its last deploy: a tag of its stacks, by which `stages --sweep` lists those
    /// that are over. Nothing is taken down by it.
    #[serde(default)]
    #[schemars(range(min = 1, max = 365), example = &14)]
    pub expire_days: Option<Setting<u32>>,
    /// What the stage may cost a month by its estimate, whose high end counts. Nothing is stopped that runs: see `budget` of
    /// `monitoring` for what AWS tells of what was spent.
    #[serde(default)]
    pub estimate_limit: Option<EstimateLimit>,
    /// DNS zones by label; `zone` is short for the one labelled `main`.
    #[serde(default)]
    pub zones: BTreeMap<String, Zone>,
    /// Named values; `${values.x}` uses them, overlays change them.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("web_host", "getreggie.io")]))]
    pub values: BTreeMap<String, Any>,
    /// Secrets: their names and purposes. Values never enter the repository.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// Texts that the deploy asks for: foreign ids, people.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What the stage publishes, by label.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("api_url", "${ReggieApi.url}")]))]
    pub outputs: BTreeMap<String, Setting<Text>>,
    /// What the product consists of.
    #[serde(default)]
    pub components: BTreeMap<String, Any>,
    /// How many days logs are kept, in days that CloudWatch Logs takes. Must be written for a permanent stage; 7 otherwise.
    #[serde(default)]
    pub log_days: Option<Setting<u32>>,
    /// What AWS raised for the stage's account: the name of a quota, and its figure now. Of several stages in one account the
    /// highest counts.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("vpcs", 20)]))]
    pub quotas: BTreeMap<String, Setting<u32>>,
    /// What a component is used a month, for the estimate: by component and by the name of a quantity, which `docs/cost.md` lists. A
    /// figure, or the least and the most. What is not declared is in no sum.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("ReggieApi", BTreeMap::from([("requests", 1_000_000)]))]))]
    pub usage: BTreeMap<String, BTreeMap<String, Amount>>,
    /// Changes that are wanted although they replace or delete what holds data, or drop its protection: by component and
    /// local id, such as `ReggieDb.Cluster`. Without it such a change is refused on a permanent stage.
    #[serde(default)]
    pub acknowledge: BTreeMap<String, Acknowledged>,
    /// The repository on GitHub whose workflows deploy: the bootstrap then makes a role for each of their stages. In `base.yaml`
    /// only, without references, since all stages share the bootstrap.
    #[serde(default)]
    pub github: Option<Github>,
    /// Tags of every stack, which reach everything in it that can be tagged.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("team", "platform")]))]
    pub tags: BTreeMap<String, Setting<String>>,
}

impl Manifest {
    /// The tags that every stack is deployed with: whose it is, then those that are written.
    pub fn stack_tags(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        fn text<'a>((key, setting): (&'a str, &'a Setting<String>)) -> (&'a str, Cow<'a, str>) {
            (key, Cow::Borrowed(setting.value.as_str()))
        }
        let own = [(PROJECT, Some(&self.project)), (STAGE, Some(&self.stage)), (OWNER, self.owner.as_ref())];
        let own = own.into_iter().filter_map(|(key, setting)| Some((key, setting?)));
        let written = self.tags.iter().map(|(key, setting)| (key.as_str(), setting));
        let days = self.expire_days.iter().map(|days| (EXPIRE_DAYS, Cow::Owned(days.value.to_string())));
        own.map(text).chain(days).chain(written.map(text))
    }
}

/// What a stage may cost a month by its estimate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateLimit {
    /// US dollars.
    #[schemars(range(min = 0), example = &100)]
    pub monthly_usd: Setting<f64>,
    /// What an estimate above it is; `warning` unless written.
    #[serde(default)]
    pub over: Option<Setting<Over>>,
}

/// What an estimate above the limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// It is told.
    Warning,
    /// Nothing is written.
    Error,
}

/// A quantity that is declared: a figure, or the least and the most.
#[derive(Debug, Clone)]
pub struct Amount(pub Value);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Any::deserialize(deserializer).map(|any| Amount(any.0))
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "number", "minimum": 0, "maximum": 1e15},
            {
                "type": "object",
                "properties": {
                    "low": {"type": "number", "minimum": 0, "maximum": 1e15, "description": "The least."},
                    "high": {"type": "number", "minimum": 0, "maximum": 1e15, "description": "The most."},
                },
                "required": ["low", "high"],
                "additionalProperties": false,
            },
        ]})
    }
}

/// A repository on GitHub whose workflows deploy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Github {
    /// The repository as its tokens name it: `owner/name`, or `owner@id/name@id`, which is what repositories have that were made or
    /// renamed since July 2026. `gh api repos/OWNER/NAME/actions/oidc/customization/sub` prints it after `repo:`.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+|@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$"), example = &"acme/shop")]
    pub repository: Setting<String>,
    /// Whether the bootstrap makes the account's identity provider for GitHub, of which an account has one; `made` unless written.
    #[serde(default)]
    pub provider: Option<Setting<IdentityProvider>>,
}

/// Who makes the identity provider for GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityProvider {
    /// The bootstrap.
    Made,
    /// The account has it already.
    Existing,
}

/// A DNS zone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// The zone's name.
    #[schemars(example = &"getreggie.io")]
    pub name: Setting<String>,
    /// Who serves it.
    #[schemars(extend("default" = "none"))]
    pub provider: Setting<Provider>,
    /// Whether its hosts go through the provider's proxy unless they say otherwise.
    #[schemars(extend("default" = false))]
    pub proxied: Setting<bool>,
    /// What is paid for at Cloudflare, which decides how many records the zone holds; `free` unless written.
    #[serde(default)]
    pub plan: Option<Setting<CloudflarePlan>>,
    /// Names that certificates at the provider's edge cover, beside the zone's own and those of one label more: what Advanced
    /// Certificate Manager, or an uploaded certificate, adds.
    #[serde(default)]
    #[schemars(example = &["*.staging.getreggie.io"])]
    pub edge_certificates: Option<Vec<Setting<String>>>,
    /// Whether the zone must be signed: `dns diff` then refuses to go on where it is not. `false` unless written.
    #[serde(default)]
    pub dnssec: Option<Setting<bool>>,
    /// Who may issue certificates for the zone, as CAA records; no such record, which lets every authority, unless written.
    #[serde(default)]
    pub caa: Option<Caa>,
    /// Names below the zone that belong to others: no stage that comes and goes may take them.
    #[serde(default)]
    #[schemars(example = &["mail", "status"])]
    pub reserved_hosts: Option<Vec<Setting<String>>>,
    /// How many stages that come and go stand at once, for the count of the zone's records; 10 unless written.
    #[serde(default)]
    #[schemars(range(min = 0, max = 10000), example = &20)]
    pub ephemeral_stages: Option<Setting<u32>>,
    /// For a zone that someone else serves: whether an alias may stand at its top (ALIAS, ANAME, flattened CNAME), as Cloudflare and
    /// Route 53 take it. `false` unless written.
    #[serde(default)]
    pub flattens_apex: Option<Setting<bool>>,
    /// For a zone that Route 53 serves: its id, with which the stacks set their records and validate their certificates.
    #[serde(default)]
    #[schemars(regex(pattern = r"^Z[A-Z0-9]{1,31}$"), example = &"Z1D633PJN98FT9")]
    pub hosted_zone_id: Option<Setting<String>>,
}

/// The zone that a name lies in: of several the one that lies deepest.
#[must_use]
pub fn zone_of<'z>(zones: &'z BTreeMap<String, Zone>, name: &str) -> Option<&'z Zone> {
    zones.values().filter(|zone| lies_in(name, &zone.name)).max_by_key(|zone| zone.name.len())
}

/// Whether a name is that of the zone, or below it.
#[must_use]
pub fn lies_in(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|below| below.ends_with('.'))
}

/// Who may issue certificates for a zone: the tags of RFC 8659.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caa {
    /// Authorities that may issue certificates; one of Amazon's must be among them.
    #[schemars(length(min = 1), example = &["amazon.com", "letsencrypt.org"])]
    pub issue: Vec<Setting<String>>,
    /// Authorities that may issue those for wildcards; as `issue` unless written.
    #[serde(default)]
    #[schemars(length(min = 1), example = &["amazon.com"])]
    pub issuewild: Option<Vec<Setting<String>>>,
}

/// What is paid for a zone at Cloudflare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloudflarePlan {
    /// 200 records.
    Free,
    /// 3,500 records.
    Pro,
    /// 3,500 records.
    Business,
    /// 3,500 records, or more by contract.
    Enterprise,
}

/// Who serves a DNS zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Cloudflare.
    Cloudflare,
    /// Amazon Route 53.
    Route53,
    /// Someone else: records are set by hand.
    None,
}

impl Provider {
    /// The word of the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Provider::Cloudflare => "cloudflare",
            Provider::Route53 => "route53",
            Provider::None => "none",
        }
    }
}

/// A secret: its name and purpose. Its value never enters the repository.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What it is for.
    #[schemars(example = &"Payment processing")]
    pub purpose: Setting<String>,
    /// Where its value is kept.
    #[schemars(extend("default" = "ssm"))]
    pub store: Setting<Store>,
    /// Not secret at all: a plain text that may stand in a site's build environment.
    #[schemars(extend("default" = false))]
    pub public: Setting<bool>,
    /// The deploy only warns when it is missing.
    #[schemars(extend("default" = false))]
    pub optional: Setting<bool>,
}

/// The place of one value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// A parameter of the Parameter Store, by its name.
    Parameter(String),
    /// A key of a JSON secret of Secrets Manager.
    Key {
        /// The secret's name.
        secret: String,
        /// The key.
        key: String,
    },
}

impl Kept {
    /// The JSON secret of Secrets Manager, where it is a key of one.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        match self {
            Kept::Parameter(_) => None,
            Kept::Key { secret, .. } => Some(secret),
        }
    }
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kept::Parameter(name) => f.write_str(name),
            Kept::Key { secret, key } => write!(f, "{key} of {secret}"),
        }
    }
}

impl Secret {
    /// Where the value of a secret of this name is kept, for a stage of a project.
    #[must_use]
    pub fn kept(&self, name: &str, project: &str, stage: &str) -> Kept {
        match self.store.value {
            Store::Ssm => Kept::Parameter(format!("{}{name}", Secret::path(project, stage))),
            Store::SecretsManager => Kept::Key { secret: format!("{project}/{stage}"), key: name.to_owned() },
        }
    }

    /// What the names of all parameters of a stage begin with.
    #[must_use]
    pub fn path(project: &str, stage: &str) -> String {
        format!("/{project}/{stage}/")
    }
}

/// Where the value of a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// A SecureString in the SSM Parameter Store, `/<project>/<stage>/<Name>`.
    Ssm,
    /// A key of one JSON secret in Secrets Manager, `<project>/<stage>`.
    SecretsManager,
}

/// A text that the deploy asks for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is for.
    #[schemars(example = &"Who gets the alarms")]
    pub purpose: Setting<String>,
    /// A regular expression that the text must fit.
    #[serde(default)]
    #[schemars(example = &"^.+@.+$")]
    pub pattern: Option<Setting<String>>,
}

/// A change that would be refused, and is wanted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// What becomes of the resource.
    pub change: Setting<Wanted>,
    /// The property that changes; what is deleted needs none.
    #[serde(default)]
    #[schemars(example = &"KmsKeyId")]
    pub property: Option<Setting<String>>,
    /// What the property changes to, as the template says it; `none` where it goes.
    #[serde(default)]
    #[schemars(example = &"alias/shop")]
    pub to: Option<Any>,
    /// Several properties, each with what it changes to, in the place of `property` and `to`.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("KmsKeyId", "alias/shop")]))]
    pub properties: BTreeMap<String, Any>,
    /// Why it is right, and what becomes of the data: for those who read it later.
    #[schemars(length(min = 1), example = &"Restored by hand from the last snapshot")]
    pub reason: Setting<String>,
}

impl Acknowledged {
    /// How `acknowledge` names a resource: its component and its local id, or the component alone.
    #[must_use]
    pub fn key(component: &str, local: &str) -> String {
        if local == "Self" { component.to_owned() } else { format!("{component}.{local}") }
    }
}

/// What is done to a resource that holds data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is made anew, and empty.
    Replace,
    /// It leaves its stack: it is deleted, or stays in the account outside of every stack.
    Delete,
    /// It loses what protected it.
    Unprotect,
}

impl Wanted {
    /// The word of the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Wanted::Replace => "replace",
            Wanted::Delete => "delete",
            Wanted::Unprotect => "unprotect",
        }
    }

    /// What it is when that is done.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Wanted::Replace => "replaced",
            Wanted::Delete => "deleted",
            Wanted::Unprotect => "left unprotected",
        }
    }
}
