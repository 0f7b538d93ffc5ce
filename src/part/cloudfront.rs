//! CloudFront: what components serve becomes distributions.
//!
//! A site hands over what it serves itself, a router what its routes lead to. Paths are put in order by how much they say,
//! never by where they stand ([`path`]), and what one distribution can hold is checked here ([`limits`]).

mod check;
mod headers;
mod limits;
pub mod path;
mod settings;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::component::{
    Behaviour, Cache, Context, ErrorPage, Fragment, Methods, Origin, Reached, ServedBucket, pascal, scoped,
};
use crate::diag::Code;
use crate::origin::OriginId;
use crate::part::shared::Shared;
use crate::setting::Setting;
use crate::value::{Kind, Value};

pub use check::{authorization_is_overwritten, bodies_are_refused, replicas_delay_removal};
pub use headers::SecurityHeaders;
pub use settings::{PriceClass, Protection, log_bucket};

/// Codes of this part.
pub const CODES: &[Code] = &[
    check::CFN310,
    check::CFN311,
    check::CFN312,
    limits::CFN313,
    path::CFN314,
    path::CFN315,
    limits::CFN316,
    limits::CFN317,
    limits::CFN318,
    settings::CFN319,
];

/// The managed cache policy "CachingOptimized" (CloudFront Developer Guide, "Use managed cache policies").
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
/// The managed cache policy "CachingDisabled".
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// The managed origin request policy "AllViewerExceptHostHeader": the URL of a function refuses a foreign `Host`.
const ALL_BUT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/// Statuses of errors that CloudFront keeps for ten seconds unless told otherwise, whatever the origin says of most of them
/// (Developer Guide, "How CloudFront caches HTTP 4xx and 5xx status codes from your origin").
const ERRORS: &[u32] = &[400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/// Seconds that CloudFront waits longer than a function may take, so that its answer arrives.
const GRACE: u32 = 5;

/// A distribution that is to be.
#[derive(Debug, Default)]
pub struct Distribution<'a> {
    /// What its local ids begin with, where a component has several.
    pub scope: String,
    /// What the names of its attributes begin with: empty, or `admin_`.
    pub attributes: String,
    /// What it is, for people.
    pub comment: String,
    /// The names that it answers to, and the certificate that covers them.
    pub names: Vec<Setting<String>>,
    /// The ARN of that certificate.
    pub certificate: Option<Value>,
    /// Where answers come from.
    pub origins: Vec<Origin>,
    /// Headers that origins get with every request, by the origin.
    pub origin_headers: Vec<(String, OriginHeader)>,
    /// Second origins, for when the first fails.
    pub failovers: Vec<Failover>,
    /// Which paths lead where.
    pub behaviours: Vec<Behaviour>,
    /// What is answered in the place of errors.
    pub error_pages: Vec<ErrorPage>,
    /// The file that answers for `/`, where there is no server.
    pub root: Option<Setting<String>>,
    /// The bucket that it reads, if no one else lets it in.
    pub bucket: Option<&'a ServedBucket>,
    /// The function that sees every request first.
    pub viewer_request: Option<Value>,
    /// Functions that see the requests of one path first, in its place; by the path, none for all other paths.
    pub viewers: BTreeMap<Option<String>, Value>,
    /// The policy of response headers.
    pub headers: Option<Value>,
    /// Where it is served from.
    pub price_class: Option<Setting<PriceClass>>,
    /// The bucket that takes its logs, by its host.
    pub logs: Option<Value>,
    /// The firewall before it.
    pub web_acl: Option<Value>,
}

impl Distribution<'_> {
    /// Whether a bucket answers for an origin, or for the first of two.
    fn asks_bucket(&self, origin: &str) -> bool {
        let first = self.failovers.iter().find(|f| f.id == origin).map_or(origin, |f| f.first.as_str());
        self.origins.iter().any(|o| o.id == first && matches!(o.reached, Reached::Bucket))
    }
}

/// A header that an origin gets with every request.
#[derive(Debug, Clone, Serialize)]
pub struct OriginHeader {
    /// Its name.
    pub name: Value,
    /// Its value.
    pub value: Value,
}

/// A second origin for when the first fails.
#[derive(Debug, Clone)]
pub struct Failover {
    /// The id that behaviours name.
    pub id: String,
    /// The first origin.
    pub first: String,
    /// The second.
    pub second: String,
    /// The statuses that count as failing.
    pub statuses: Vec<Setting<u32>>,
}

#[derive(Serialize)]
struct Plan {
    comment: Value,
    price_class: Value,
    root: Option<Setting<String>>,
    aliases: Option<Value>,
    certificate: Option<Value>,
    web_acl: Option<Value>,
    logs: Option<Value>,
    logs_prefix: Value,
    origins: Vec<OriginPlan>,
    groups: Vec<GroupPlan>,
    groups_count: Setting<usize>,
    headers: Option<Value>,
    default: Option<BehaviourPlan>,
    behaviours: Vec<BehaviourPlan>,
    errors: Vec<ErrorPlan>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct OriginPlan {
    id: Value,
    domain: Value,
    path: Option<Value>,
    access: Option<Value>,
    headers: Vec<OriginHeader>,
    is_bucket: bool,
    read_timeout: Option<Setting<u32>>,
}

#[derive(Serialize)]
struct GroupPlan {
    id: Value,
    first: Value,
    second: Value,
    statuses: Value,
    statuses_count: Setting<usize>,
}

#[derive(Serialize)]
struct BehaviourPlan {
    path: Option<Value>,
    origin: Value,
    methods: Value,
    cache: Value,
    origin_request: Option<Value>,
    viewer_request: Option<Value>,
    signer: Option<Value>,
}

#[derive(Serialize)]
struct ErrorPlan {
    status: Setting<u32>,
    answered: Option<Setting<u32>>,
    page: Option<Setting<String>>,
}

#[derive(Serialize)]
struct PermissionsPlan<'a> {
    id: Value,
    function: &'a Value,
    distribution: Value,
}

#[derive(Serialize)]
struct BucketPolicyPlan<'a> {
    bucket: &'a Value,
    arn: &'a Value,
    prefix: Value,
    distribution: Value,
}

/// The distribution with the permissions that it needs, as fragments of the component's own stack, and of the same one in each
/// other region whose functions it signs requests to.
pub fn lower(on: &Context<'_>, mut distribution: Distribution<'_>) -> Vec<Fragment> {
    path::check(on, &distribution.behaviours);
    path::in_order(&mut distribution.behaviours);
    limits::check(on, &distribution);
    let mut fragments = vec![on.fragment("parts/distribution", &plan(on, &distribution)).scoped(&distribution.scope)];
    fragments.extend(distribution.origins.iter().filter_map(|origin| permissions(on, &distribution, origin)));
    if let Some(bucket) = distribution.bucket {
        let made = on.local(&scoped(&distribution.scope, "Distribution"), None);
        fragments.push(bucket_policy(on, bucket, made).scoped(&distribution.scope));
    }
    fragments
}

/// The permissions by which CloudFront may call a function that it signs requests to. Lambda takes them in the function's own
/// region, and the distribution is known only when it stands: so that they never stand with a function of another region, whose
/// address the distribution needs before.
fn permissions(on: &Context<'_>, d: &Distribution<'_>, origin: &Origin) -> Option<Fragment> {
    let Reached::Function { arn: function, region, signed: true, .. } = &origin.reached else { return None };
    let stack = on.stack();
    let distribution = match stack.region == *region {
        true => arn(on, on.local(&scoped(&d.scope, "Distribution"), None)),
        false => on.own(&format!("{}distribution_arn", d.attributes)),
    };
    let why = on.rule("CloudFront may call a function that it signs requests to", &[function.origin]);
    let plan = PermissionsPlan { id: Value::text(why, pascal(&origin.id)), function, distribution };
    Some(on.fragment_in(stack.in_region(region), "parts/url_permissions", &plan).scoped(&d.scope))
}

/// The policy of a site's bucket that lets a distribution in, by its id; it stands in the component's own stack.
pub fn bucket_policy(on: &Context<'_>, bucket: &ServedBucket, distribution: Value) -> Fragment {
    let origin = on.rule("a site's bucket lets in the distribution that serves it", &[]);
    let plan = BucketPolicyPlan {
        bucket: &bucket.name,
        arn: &bucket.arn,
        prefix: Value::text(origin, bucket.prefix.clone()),
        distribution: arn(on, distribution),
    };
    on.fragment("parts/site_bucket_policy", &plan)
}

/// The ARN of a distribution by its id.
pub fn arn(on: &Context<'_>, id: Value) -> Value {
    let origin = on.rule("a distribution's ARN is made of its id", &[id.origin]);
    Value::composed(origin, "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/", [id])
}

fn plan(on: &Context<'_>, d: &Distribution<'_>) -> Plan {
    let why = on.rule("what a component serves is a distribution of CloudFront", &[]);
    let text = |text: &str| Value::text(why, text);
    let name = |name: &Setting<String>| Value::text(name.origin, name.value.clone());
    let mut behaviours: Vec<BehaviourPlan> = d.behaviours.iter().map(|b| behaviour(on, d, b)).collect();
    let default = behaviours.iter().position(|b| b.path.is_none()).map(|at| behaviours.remove(at));
    Plan {
        comment: text(&shortened(&d.comment)),
        price_class: price_class(on, d.price_class),
        root: d.root.clone(),
        aliases: (!d.names.is_empty()).then(|| Value::list(why, d.names.iter().map(name).collect())),
        certificate: d.certificate.clone(),
        web_acl: d.web_acl.clone(),
        logs: d.logs.clone(),
        logs_prefix: text(&format!("{}/{}/", on.stage.name.value, scoped(on.identity(), &d.scope))),
        origins: d.origins.iter().map(|origin| origin_plan(on, d, origin)).collect(),
        groups: d.failovers.iter().map(|failover| group(on, failover)).collect(),
        groups_count: Setting::new(why, d.failovers.len()),
        headers: d.headers.clone(),
        default,
        behaviours,
        errors: errors(why, &d.error_pages),
        tags: on.tags(),
    }
}

/// A comment in the length that CloudFront takes (API Reference, `DistributionConfig`): it is for people.
fn shortened(comment: &str) -> String {
    const LONGEST: usize = 128;
    if comment.len() <= LONGEST {
        return comment.to_owned();
    }
    let whole = |(at, c): &(usize, char)| at + c.len_utf8() + '…'.len_utf8() <= LONGEST;
    comment.char_indices().take_while(whole).map(|(_, c)| c).chain(['…']).collect()
}

fn price_class(on: &Context<'_>, class: Option<Setting<PriceClass>>) -> Value {
    let from: Vec<_> = class.iter().map(|class| class.origin).collect();
    on.text("CloudFront's name of a price class", &from, class.map_or(PriceClass::Near, |class| class.value).word())
}

fn origin_plan(on: &Context<'_>, d: &Distribution<'_>, origin: &Origin) -> OriginPlan {
    let why = on.rule("where the answers come from", &[origin.domain.origin]);
    let (access, timeout) = match &origin.reached {
        Reached::Bucket => (Some(Shared::BucketAccess.value(on)), None),
        Reached::Function { signed, timeout, .. } => {
            let waits = on.setting(
                "CloudFront waits five seconds longer than the function may take, and 120 at most",
                &[timeout.origin],
                limits::wait(timeout.value),
            );
            (signed.then(|| Shared::FunctionAccess.value(on)), Some(waits))
        }
        Reached::Https { timeout } => (None, Some(*timeout)),
    };
    let headers = d.origin_headers.iter().filter(|(id, _)| *id == origin.id).map(|(_, header)| header.clone());
    OriginPlan {
        id: Value::text(why, origin.id.clone()),
        domain: origin.domain.clone(),
        path: origin.path.clone(),
        access,
        headers: headers.collect(),
        is_bucket: matches!(origin.reached, Reached::Bucket),
        read_timeout: timeout,
    }
}

fn group(on: &Context<'_>, failover: &Failover) -> GroupPlan {
    let why = on.rule("a second origin answers where the first fails", &[]);
    let statuses = failover.statuses.iter().map(|s| Value::new(s.origin, Kind::Int(s.value.into())));
    GroupPlan {
        id: Value::text(why, failover.id.clone()),
        first: Value::text(why, failover.first.clone()),
        second: Value::text(why, failover.second.clone()),
        statuses_count: Setting::new(why, failover.statuses.len()),
        statuses: Value::list(why, statuses.collect()),
    }
}

fn behaviour(on: &Context<'_>, d: &Distribution<'_>, behaviour: &Behaviour) -> BehaviourPlan {
    let why = on.rule("what is kept of answers, and what reaches the origin", &[]);
    let text = |text: &str| Value::text(why, text);
    let methods: &[&str] = match behaviour.methods {
        Methods::Reading => &["GET", "HEAD", "OPTIONS"],
        Methods::All => &["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    };
    let (cache, origin_request) = match &behaviour.cache {
        Cache::Files => (text(CACHING_OPTIMIZED), None),
        Cache::Pages => (Shared::ServerCache.value(on), Some(text(ALL_BUT_HOST))),
        Cache::Answers => (Shared::RouterCache.value(on), None),
        // A bucket would take a visitor's headers for its own.
        Cache::Nothing => (text(CACHING_DISABLED), (!d.asks_bucket(&behaviour.origin)).then(|| text(ALL_BUT_HOST))),
        Cache::Own(policy) => (policy.clone(), None),
    };
    let seen_by = d.viewers.get(&behaviour.path.as_ref().map(|path| path.value.clone()));
    let seen_by = seen_by.or(d.viewer_request.as_ref().filter(|_| behaviour.is_viewed));
    BehaviourPlan {
        path: behaviour.path.as_ref().map(|path| Value::text(path.origin, path.value.clone())),
        origin: text(&behaviour.origin),
        methods: Value::list(why, methods.iter().map(|method| text(method)).collect()),
        cache,
        origin_request,
        viewer_request: seen_by.cloned(),
        signer: behaviour.signer.clone(),
    }
}

/// What is done with each error: none of them is kept, and some are answered by a page.
fn errors(why: OriginId, pages: &[ErrorPage]) -> Vec<ErrorPlan> {
    let plan = |status: &u32| {
        let page = pages.iter().find(|page| page.status == *status);
        ErrorPlan {
            status: Setting::new(why, *status),
            answered: page.map(|page| Setting::new(why, page.answered)),
            page: page.map(|page| page.page.clone()),
        }
    };
    ERRORS.iter().map(plan).collect()
}
