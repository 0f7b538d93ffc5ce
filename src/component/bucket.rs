//! `bucket`: a bucket of Amazon S3, closed unless it says why not, and word of what happens in it.

mod check;
mod notify;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, LABEL, Level, MAIN, Methods,
    Origin, Policies, Prefix, Reached, Served, StackName, Statement,
};
use crate::part::cloudfront;
use crate::part::cors::{Cors, CorsPlan, Star};
use crate::setting::{Keyed, OrNone, Setting};
use crate::value::{Kind as ValueKind, Symbol, Value};

use notify::Notify;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "bucket",
    "A bucket of Amazon S3: closed to everyone, encrypted, and told about by EventBridge.",
    StackName::Data,
)
.drawn(Group::Storage)
.sst("sst.aws.Bucket", &[("name", "name")])
.imports(&["name"])
.outputs(&["arn", "domain"])
.imported(imported)
.chosen_levels(LEVELS)
.codes(&[check::CODES, notify::CODES]);

const GET: Statement = Statement::of("Get", &["s3:GetObject"], OBJECTS).narrowed(Prefix::Path);
const LIST: Statement =
    Statement::of("List", &["s3:ListBucket"], &[("arn", "")]).narrowed(Prefix::Condition("s3:prefix"));
const PUT: Statement = Statement::of("Put", &["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], OBJECTS)
    .narrowed(Prefix::Path);
const OBJECTS: &[(&str, &str)] = &[("arn", "/*")];

/// The levels that put objects into it.
const WRITES: &[&str] = &["write", "readwrite"];

const LEVELS: &[Level] = &[
    Level::of("read", "reads objects and lists them", &[GET, LIST]),
    Level::of("write", "writes and deletes objects", &[PUT]),
    Level::of("readwrite", "reads, lists, writes and deletes objects", &[GET, LIST, PUT]),
];

/// Settings of a bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who may read its objects without being permitted one by one.
    #[schemars(extend("default" = "private"))]
    access: Setting<Access>,
    /// Why everyone may read its objects; needed with `public_read`.
    #[schemars(length(min = 1), example = &"Images of public listings")]
    reason: Option<Setting<String>>,
    /// Whether objects that are overwritten or deleted stay as noncurrent versions. Switched off later, what is there stays.
    /// Must be written on a permanent stage.
    #[schemars(extend("default" = false))]
    versioning: Setting<bool>,
    /// What goes by itself, by label. Uploads that were never completed go after 7 days in any case.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"drafts": {"prefix": "drafts/", "days": 30}})
    )]
    expire: Keyed<Expire>,
    /// The web pages of other origins that may use it from a browser. Off unless written: a page that only sends its visitors
    /// to a presigned URL needs none. S3 has no PATCH, and leaves it out.
    #[schemars(extend("default" = "none"))]
    cors: OrNone<Cors>,
    /// Who hears of objects that come and go, by label; a name is short for `{to: <name>}`. It travels by EventBridge.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = &BTreeMap::from([("uploads", "Thumbnails")])
    )]
    notify: Keyed<Notify>,
    /// Takes access logs of a service of AWS.
    #[schemars(extend("default" = "none"))]
    logs_from: OrNone<Setting<LogsFrom>>,
    /// Whether a teardown deletes all objects, so that the bucket can go: AWS deletes empty ones only. Only with
    /// `removal: remove`.
    #[schemars(extend("default" = false))]
    empty_on_remove: Setting<bool>,
}

/// Who may read the objects of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Access {
    /// Who links to it.
    Private,
    /// Everyone who knows an object's name. Needs a `reason`.
    PublicRead,
}

/// A service that writes access logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LogsFrom {
    /// Standard logs of CloudFront distributions, which still write by access control lists.
    Cloudfront,
    /// Server access logs of this account's buckets.
    S3,
}

impl LogsFrom {
    fn word(self) -> &'static str {
        match self {
            LogsFrom::Cloudfront => "cloudfront",
            LogsFrom::S3 => "s3",
        }
    }
}

/// What goes by itself.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expire {
    /// The objects whose names begin so; all unless written.
    #[schemars(length(min = 1), example = &"drafts/")]
    prefix: Option<Setting<String>>,
    /// Days after its upload that an object is deleted. With `versioning` it then becomes a noncurrent version.
    #[schemars(range(min = 1, max = 2_147_483_647), example = &30)]
    days: Option<Setting<u32>>,
    /// Days that a version is kept after it was overwritten or deleted.
    #[schemars(range(min = 1, max = 2_147_483_647), example = &30)]
    noncurrent_days: Option<Setting<u32>>,
}

#[derive(Serialize)]
struct Plan<'a> {
    closed: Setting<bool>,
    public: bool,
    ownership: Setting<&'static str>,
    versioning: Option<Setting<&'static str>>,
    expire: Vec<ExpirePlan<'a>>,
    cors: Option<CorsPlan>,
    notifies: bool,
    takes_s3_logs: bool,
    distributions: Option<Value>,
    policies: Policies,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct ExpirePlan<'a> {
    label: &'a Setting<String>,
    rule: &'a Expire,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        Interface {
            keeps_versions: Some(self.versioning),
            takes_logs_of: self.logs_from.as_option().map(|from| from.value.word()),
            attributes: vec![
                Attribute::linked("name", on.local(MAIN, None)),
                Attribute::linked("arn", on.local(MAIN, Some("Arn"))),
                on.from_local("domain", MAIN, Some("RegionalDomainName")),
            ],
            deliveries: self.notify.iter().map(|(label, notify)| notify.delivery(on, label)).collect(),
            served: Some(self.served(on)),
            empty_before_delete: self.empty_on_remove.value.then_some(MAIN).into_iter().collect(),
            ..Interface::default()
        }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let notified = self.notify.iter().map(|(_, notify)| notify.told());
        Described::of(on, "S3")
            .fact(match self.access.value {
                Access::Private => "private",
                Access::PublicRead => "public to read",
            })
            .fact_if(self.versioning.value.then_some("versions kept"))
            .fact_if(self.logs_from.as_option().map(|_| "access logs"))
            .with(on, How::Delivers, notified)
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        check::check(self, on);
        let public = self.access.value == Access::PublicRead;
        let logs_from = self.logs_from.as_option();
        let takes = |service| logs_from.is_some_and(|from| from.value == service);
        let (ownership, decided_by) = match logs_from {
            Some(from) if from.value == LogsFrom::Cloudfront => ("BucketOwnerPreferred", vec![from.origin]),
            _ => ("BucketOwnerEnforced", Vec::new()),
        };
        let plan = Plan {
            closed: on.setting(
                "only `public_read` opens a bucket, and only by its policy",
                &[self.access.origin],
                !public,
            ),
            public,
            ownership: on.setting(
                "objects belong to the bucket; only CloudFront's logs need ACLs",
                &decided_by,
                ownership,
            ),
            versioning: self
                .versioning
                .value
                .then(|| on.setting("versions are kept if `versioning` is on", &[self.versioning.origin], "Enabled")),
            expire: self.expire.iter().map(|(label, rule)| ExpirePlan { label, rule }).collect(),
            cors: self.cors.as_option().map(|cors| self.cors_plan(on, cors)),
            notifies: !self.notify.is_empty(),
            takes_s3_logs: takes(LogsFrom::S3),
            // Not the one: `data` would have to wait for `web`, which waits for `data`.
            distributions: on.served_by.map(|by| {
                let any = on.text(
                    "a bucket lets in the account's distributions if a router serves it",
                    &[by.serving.component.origin],
                    "*",
                );
                cloudfront::arn(on, any)
            }),
            policies: on.policies(false),
            tags: on.tags(),
        };
        let mut fragments = vec![on.fragment("bucket", &plan)];
        fragments.extend(self.notify.iter().filter_map(|(label, notify)| notify.lower(on, label)));
        fragments
    }
}

impl Settings {
    fn cors_plan(&self, on: &Context<'_>, cors: &Cors) -> CorsPlan {
        CorsPlan { methods: check::cors_methods(on, cors), ..cors.plan_with(on, Star::Within) }
    }
}

impl Settings {
    /// What a router may serve of it: its objects.
    fn served(&self, on: &Context<'_>) -> Served {
        let origin =
            Origin { id: "objects".to_owned(), domain: on.own("domain"), path: None, reached: Reached::Bucket };
        Served::whole(origin, Methods::Reading, None)
    }
}

/// What an imported bucket offers: its name says where it is.
fn imported(on: &Context<'_>, mut given: Vec<Attribute>) -> Vec<Attribute> {
    let Some(name) = given.iter().find(|a| a.name == "name").map(|a| a.value.clone()) else { return given };
    let origin = on.rule("a bucket's name is the rest of its ARN, and the first label of its host", &[name.origin]);
    let text = |text: &str| Value::text(origin, text);
    let pseudo = |name: &str| Value::reference(origin, Symbol::Pseudo(name.into()));
    let arn = Value::composed(origin, "arn:${AWS::Partition}:s3:::", [name.clone()]);
    let domain = vec![name, text(".s3."), pseudo("AWS::Region"), text("."), pseudo("AWS::URLSuffix")];
    let domain = Value::new(origin, ValueKind::Join(domain));
    for (attribute, value) in [("arn", arn), ("domain", domain)] {
        if !given.iter().any(|a| a.name == attribute) {
            given.push(Attribute::open(attribute, value));
        }
    }
    given
}
