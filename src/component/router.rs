//! `router`: one entry for several targets, by host and by path.
//!
//! CloudFront chooses an origin by the path alone, so that each host that serves something is a distribution of its own: a
//! [`front::Front`]. What the manifest says is [`Router`]; what a target brings is asked of it ([`target`]), and put together in
//! [`distribution`].

mod cache;
mod check;
mod distribution;
mod failover;
mod front;
mod header;
mod routes;
mod settings;
mod target;
mod web_acl;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Attribute, Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, LABEL, Level, Serving, StackName,
    Statement, Watched,
};
use crate::part::alarm::{Choice, DistributionAlarms};
use crate::part::cloudfront::{self, PriceClass, SecurityHeaders, log_bucket};
use crate::part::site::entrance;
use crate::setting::{Keyed, OrNone, Setting};
use crate::value::{Kind as ValueKind, Value};

use distribution::Common;
use settings::{OriginHeader, Route, RouterHost};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Router>(
    "router",
    "One entry for several targets, by host and by path: CloudFront before sites, functions, APIs and buckets.",
    StackName::Web,
)
.drawn(Group::Frontends)
.sst("sst.aws.Router", &[("url", "url")])
.imports(&["distribution_id", "domain"])
.outputs(&["url", "host", "distribution_arn", "distribution_arns", "dns_target", "web_acl_arn"])
.chosen_attributes(&[("web_acl_arn", "web_acl")])
.imported(imported)
.answers()
.levels(&[Level::of(
    "invalidate",
    "makes CloudFront forget what it keeps",
    &[Statement::of("Invalidate", &["cloudfront:CreateInvalidation"], &[("distribution_arns", "")])],
)])
.codes(&[
    check::CODES,
    target::CODES,
    routes::CODES,
    failover::CODES,
    distribution::CODES,
    cache::CODES,
    header::CODES,
    web_acl::CODES,
]);

/// The settings of a router. Its attributes are `url`, `host`, `distribution_id`, `distribution_arn` and `dns_target`; where
/// several hosts serve something, they begin with the label of theirs: `admin_url`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Router {
    /// The names that it answers to, by label; a name is short for `{name: <name>}`. Each one that serves something is a
    /// distribution of its own. Without any, the one that CloudFront gives.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"main": "getreggie.io", "www": {"name": "www.getreggie.io", "redirect": "main"}})
    )]
    hosts: Keyed<RouterHost>,
    /// What answers which paths, by label; a target is short for `{to: <target>}`, which answers every path. They are those of
    /// the host that says neither `to` nor `routes`.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"web": "ReggieWeb", "api": {"path": "/api/*", "to": "ReggieApi"}})
    )]
    routes: Keyed<Route>,
    /// The component of kind `certificate` that covers all hosts which name none, made in us-east-1. Unless written, each
    /// distribution gets one of its own.
    #[schemars(example = &"Wildcard")]
    certificate: Option<Setting<String>>,
    /// The firewall before all hosts: `none`; `standard`, which AWS bills monthly: at most 2,000 requests of one address in five
    /// minutes, and AWS's rules against common attacks; a component of kind `resource` in stack `edge` with an attribute `arn`; or
    /// the ARN of one in us-east-1.
    #[schemars(extend("default" = "none"), example = &"standard")]
    web_acl: OrNone<Setting<String>>,
    /// A header that every function behind the router gets, with a value that only it and the functions know: a function whose
    /// URL is `public` can then refuse what has gone around the router.
    #[schemars(extend("default" = "none"))]
    origin_header: OrNone<OriginHeader>,
    /// JavaScript that sees every request after our own, in CloudFront's runtime 2.0: `function viewer_request(event, request)`,
    /// which gives back the request or a response. Both together have at most 10,240 bytes.
    #[schemars(length(min = 1), example = &"function viewer_request(event, request) { return request; }")]
    viewer_request: Option<Setting<String>>,
    /// Where it is served from; the wider, the dearer.
    #[schemars(extend("default" = 100))]
    price_class: Setting<PriceClass>,
    /// Headers that protect visitors.
    #[schemars(extend("default" = {}))]
    security_headers: OrNone<SecurityHeaders>,
    /// The bucket that takes CloudFront's logs, one with `logs_from: cloudfront`.
    #[schemars(extend("default" = "none"), example = &"AccessLogs")]
    logs: OrNone<Setting<String>>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<DistributionAlarms>,
}

impl Kind for Router {
    fn serves(&self) -> Vec<Serving> {
        let fronts = self.fronts();
        let several = fronts.len() > 1;
        let header = self.origin_header.as_option().map(|header| header.name.clone());
        let of = |front: &front::Front<'_>| {
            let (host, prefix) = (front.address().cloned(), front.prefix(several));
            let serving = |(component, reads_only): (&Setting<String>, bool)| Serving {
                component: component.clone(),
                host: host.clone(),
                prefix: prefix.clone(),
                header: header.clone(),
                reads_only,
            };
            let targets = front.routes.iter().flat_map(|entry| entry.targets().map(|to| (to, entry.reads_only())));
            targets.map(serving).collect::<Vec<_>>()
        };
        fronts.iter().flat_map(of).collect()
    }

    fn interface(&self, on: &Context<'_>) -> Interface {
        let fronts = self.fronts();
        let several = fronts.len() > 1;
        let mut attributes = Vec::new();
        for front in &fronts {
            let host = front.address().map(|name| Value::text(name.origin, name.value.clone()));
            let prefix = front.prefix(several);
            let named = |attribute: Attribute| Attribute { name: format!("{prefix}{}", attribute.name), ..attribute };
            attributes.extend(entrance(on, &front.scope, host, "").into_iter().map(named));
            attributes.extend(front.hosts().attribute(on));
        }
        let arns = attributes.iter().filter(|a| a.name.ends_with("distribution_arn")).map(|a| a.value.clone());
        let arns = Value::list(on.rule("all distributions of a router", &[]), arns.collect());
        attributes.push(Attribute::open("distribution_arns", arns));
        attributes.extend(web_acl::attribute(on, &self.web_acl));
        let hosts = fronts.iter().flat_map(|front| front.hosts().claims(&front.prefix(several))).collect();
        let certificates = fronts.iter().filter_map(|front| front.hosts().issued(on)).collect();
        Interface { attributes, hosts, certificates, ..Interface::default() }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let Some(alarms) = self.alarms.alarms() else { return Vec::new() };
        let fronts = self.fronts();
        let several = fronts.len() > 1;
        let of = |front: &front::Front<'_>| {
            let prefix = front.prefix(several);
            let what = front.address().map_or_else(|| on.identity().to_owned(), |name| name.value.clone());
            alarms.watched(on, &prefix, &what)
        };
        fronts.iter().filter_map(of).collect()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let mut described = Described::of(on, "CloudFront");
        for front in self.fronts() {
            let host = front.name.map(|name| name.value.clone());
            described = described.fact_if(host.clone());
            let host = host.unwrap_or_default();
            let targets = front.routes.iter().flat_map(|entry| {
                let path = entry.path().map_or("/*", |path| path.value.as_str());
                entry.targets().map(|to| (to.value.clone(), format!("{host}{path}"))).collect::<Vec<_>>()
            });
            let components = targets.filter(|(to, _)| on.neighbours.contains_key(to));
            described = described.with(on, How::Routes, components);
        }
        described.fact_if(self.web_acl.as_option().map(|_| "web ACL"))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let fronts = self.fronts();
        check::check(self, on, &fronts);
        target::check_once(on, &fronts);
        if let Some(header) = self.origin_header.as_option().filter(|_| !target::leads_to_code(on, &fronts)) {
            header.unused(on);
        }
        let (headers, own_headers) = match self.security_headers.as_option() {
            Some(headers) => headers.policy(on),
            None => (None, None),
        };
        let (web_acl, made_acl) = web_acl::plan(on, &self.web_acl);
        let common = Common {
            router: self,
            several: fronts.len() > 1,
            headers,
            web_acl,
            logs: self.logs.as_option().and_then(|logs| log_bucket(on, logs)),
            header: self.origin_header.as_option().map(|header| header.plan(on)),
        };
        let mut fragments: Vec<Fragment> = fronts.iter().flat_map(|front| common.lower(on, front)).collect();
        fragments.extend(own_headers);
        fragments.extend(made_acl);
        fragments
    }
}

/// What an imported router offers: the id and the name of its one distribution tell the rest.
fn imported(on: &Context<'_>, mut given: Vec<Attribute>) -> Vec<Attribute> {
    let value = |given: &[Attribute], name: &str| given.iter().find(|a| a.name == name).map(|a| a.value.clone());
    let arn = value(&given, "distribution_arn")
        .or_else(|| value(&given, "distribution_id").map(|id| cloudfront::arn(on, id)));
    let host = value(&given, "host").or_else(|| value(&given, "domain"));
    // Only under the name that CloudFront gave it can records lead to it.
    let is_given = |domain: &Value| domain.as_text().is_none_or(|name| name.ends_with(".cloudfront.net"));
    let target = value(&given, "domain").filter(is_given);
    let url = host.clone().map(|host| {
        let origin = on.rule("what CloudFront serves is served by HTTPS", &[host.origin]);
        Value::new(origin, ValueKind::Join(vec![Value::text(origin, "https://"), host]))
    });
    let arns = arn.clone().map(|arn| Value::list(arn.origin, vec![arn]));
    for (name, value) in
        [("distribution_arn", arn), ("distribution_arns", arns), ("host", host), ("url", url), ("dns_target", target)]
    {
        if let Some(value) = value.filter(|_| !given.iter().any(|a| a.name == name)) {
            given.push(Attribute::open(name, value));
        }
    }
    given
}
