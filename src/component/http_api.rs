//! `http_api`: an HTTP API of Amazon API Gateway.

mod alarms;
mod authorizers;
mod key;
mod routes;

pub use key::ROUTE_METHODS;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, LABEL, Level, LocalForm, Methods,
    Origin, Reached, Served, StackName, Statement, Watched,
};
use crate::diag::Code;
use crate::origin::OriginId;
use crate::part::alarm::Choice;
use crate::part::cors::{Cors, CorsPlan};
use crate::part::host::{Host, Hosts};
use crate::setting::{Keyed, OrNone, Setting};
use crate::value::{Kind as ValueKind, Symbol, Value};

use alarms::Alarms;
use authorizers::{Authorizer, AuthorizerPlan};
use routes::{Route, RoutePlan, TargetPlan};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "http_api",
    "An HTTP API of Amazon API Gateway: routes to functions, with authorizers, CORS and an own host.",
    StackName::App,
)
.drawn(Group::Api)
.sst("sst.aws.ApiGatewayV2", &[("url", "url")])
.imports(&["id", "url"])
.outputs(&["arn", "host", "dns_target", "dns_zone_id"])
.chosen_attributes(&[("dns_target", "host"), ("dns_zone_id", "host")])
.imported(imported)
.answers()
.levels(&[Level::of(
    "invoke",
    "calls its routes that ask for `auth: iam`",
    &[Statement::of("Invoke", &["execute-api:Invoke"], &[("arn", "/*")])],
)])
.codes(&[CODES]);

/// Codes of this kind; those of its host and of CORS are with their parts.
pub const CODES: &[Code] =
    &[key::CFN150, routes::CFN151, routes::CFN152, routes::CFN153, authorizers::CFN154, routes::CFN155, routes::CFN156];

/// How long an HTTP API waits for an answer, in seconds; a quota that AWS does not raise.
const LONGEST_WAIT: u32 = 30;

/// Settings of an HTTP API.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The DNS name that it is served under, with a certificate of its region: the one that it names, or one that is made for
    /// it. Its AWS-given name is then switched off.
    #[schemars(extend("default" = "none"), example = &"api.getreggie.io")]
    host: OrNone<Host>,
    /// What answers which requests. A key is `METHOD /path`, `ANY /path` or `$default`, which answers all that no other
    /// does. `{name}` in a path stands for one part of it, `{name+}` at its end for all that follows.
    #[schemars(
        extend("minProperties" = 1),
        example = &std::collections::BTreeMap::from([("GET /users/{id}", "Users"), ("$default", "ReggieApiHandler")])
    )]
    routes: Keyed<Route>,
    /// Who may call routes that do not say it themselves: `none` is everyone, `iam` is callers with an `invoke` link, else the
    /// label of an authorizer.
    #[schemars(extend("default" = "none"), example = &"clerk")]
    auth: Setting<String>,
    /// What decides about callers, by label.
    #[schemars(extend("default" = {}, "propertyNames" = {"pattern": LABEL}))]
    authorizers: Keyed<Authorizer>,
    /// The web pages of other origins that may call it from a browser. API Gateway then answers for the functions: CORS
    /// headers of their own are ignored.
    #[schemars(extend("default" = "none"))]
    cors: OrNone<Cors>,
    /// The most requests that it takes; more are answered 429. Unless written, only the account's quota holds.
    #[schemars(extend("default" = "none"))]
    throttle: OrNone<Throttle>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<Alarms>,
}

/// A limit of requests, over all callers and per route.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Requests per second that it takes for ever.
    #[schemars(range(min = 1), example = &100)]
    rate: Setting<u32>,
    /// Requests that it takes at once.
    #[schemars(range(min = 1), example = &200)]
    burst: Setting<u32>,
}

/// What the template needs.
#[derive(Serialize)]
struct Plan<'a> {
    name: Value,
    purpose: Option<&'a Setting<String>>,
    cors: Option<CorsPlan>,
    domain: Option<DomainPlan>,
    log_days: Setting<u32>,
    throttle: Option<&'a Throttle>,
    targets: Vec<TargetPlan>,
    routes: Vec<RoutePlan<'a>>,
    authorizers: Vec<AuthorizerPlan<'a>>,
    tags: Option<Value>,
    tag_list: Option<Value>,
}

/// The own host.
#[derive(Serialize)]
struct DomainPlan {
    host: Value,
    certificate: Value,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let id = on.local("Self", None);
        let arn = arn(on, id.clone());
        let mut attributes = vec![Attribute::open("id", id.clone()), Attribute::open("arn", arn)];
        match self.host.as_option() {
            Some(host) => attributes.extend([
                Attribute::open("url", host.url(on)),
                Attribute::open("host", host.text()),
                on.from_local("dns_target", "DomainName", Some("RegionalDomainName")),
                on.from_local("dns_zone_id", "DomainName", Some("RegionalHostedZoneId")),
            ]),
            None => attributes.extend([
                on.from_local("url", "Self", Some("ApiEndpoint")),
                Attribute::open("host", given_host(on, id)),
            ]),
        }
        let hosts = self.hosts(on);
        attributes.extend(hosts.attribute(on));
        let timeout = on.setting("an HTTP API answers within 30 seconds", &[], LONGEST_WAIT);
        let origin = Origin {
            id: "api".to_owned(),
            // With a host of its own, it answers under no other name.
            domain: on.own("host"),
            path: None,
            reached: Reached::Https { timeout },
        };
        let served = Some(Served::whole(origin, Methods::All, None));
        let certificates = hosts.issued(on).into_iter().collect();
        let hosts = hosts.claims("");
        Interface { attributes, timeout: Some(timeout), hosts, certificates, served, ..Interface::default() }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let routes = self.routes.iter().map(|(key, route)| (route.to.value.clone(), key.value.clone()));
        let auth = Some(&self.auth.value).filter(|auth| *auth != "none");
        Described::of(on, "API Gateway (HTTP API)")
            .fact_if(self.host.as_option().map(|host| host.name.value.clone()))
            .fact_if(self.cors.as_option().map(|_| "CORS"))
            .fact_if(auth.map(|auth| format!("{auth} authorizer")))
            .fact_if(self.throttle.as_option().map(|throttle| format!("{} requests a second", throttle.rate.value)))
            .with(on, How::Routes, routes)
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let hosts = self.hosts(on);
        hosts.check(on);
        let domain = |host: &Host| Some(DomainPlan { host: host.text(), certificate: hosts.certificate(on)? });
        let domain = self.host.as_option().and_then(domain);
        let (routes, targets) = routes::plan(self, on);
        let plan = Plan {
            name: on.physical_name("", 128),
            purpose: on.common.purpose.as_ref(),
            cors: self.cors.as_option().map(|cors| cors.plan(on)),
            domain,
            log_days: on.log_days(),
            throttle: self.throttle.as_option(),
            targets,
            routes,
            authorizers: authorizers::plan(&self.authorizers, on),
            tags: on.tag_map(),
            tag_list: on.tags(),
        };
        let mut fragments = vec![on.fragment("http_api", &plan)];
        fragments.extend(hosts.fragments(on, ""));
        fragments
    }

    /// It is served by whatever answers on its own port, or else by the one function that its routes lead to.
    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        let local = on.common.local.as_ref()?;
        local.refuse(on, &["path", "command"], "a function of its routes is the process that answers");
        let attributes = match (local.port, self.only_function()) {
            (Some(_), _) => local.address(on, ""),
            (None, Some(function)) => {
                let theirs = |name: &str| Attribute::open(name, on.attribute_of(function, name));
                vec![theirs("url"), theirs("host")]
            }
            (None, None) => {
                local.lacks(on, "port", "8000");
                Vec::new()
            }
        };
        // The port is that of what answers there, and none of its own.
        Some(LocalForm { attributes, ..LocalForm::default() })
    }
}

impl Settings {
    /// The function that all routes lead to, if it is one.
    fn only_function(&self) -> Option<&Setting<String>> {
        let (_, first) = self.routes.iter().next()?;
        self.routes.iter().all(|(_, route)| route.to.value == first.to.value).then_some(&first.to)
    }

    /// What it is served under, with an own host.
    fn hosts(&self, on: &Context<'_>) -> Hosts<'_> {
        Hosts::of_api(on, self.host.as_option())
    }
}

/// What an imported API offers: what follows from its id and its URL follows from imported ones as well.
fn imported(on: &Context<'_>, mut ids: Vec<Attribute>) -> Vec<Attribute> {
    let value = |key: &str| ids.iter().find(|id| id.name == key).map(|id| id.value.clone());
    let arn = value("id").map(|id| Attribute::open("arn", arn(on, id)));
    let host = value("url").and_then(|url| {
        let host = url.as_text()?.strip_prefix("https://")?.split('/').next()?.to_owned();
        Some(Attribute::open("host", on.text("a URL holds its host", &[url.origin], host)))
    });
    ids.extend(arn.into_iter().chain(host));
    ids
}

/// The ARN under which callers invoke it; followed by `/<stage>/<method>/<path>`.
fn arn(on: &Context<'_>, id: Value) -> Value {
    let rule = "callers invoke an API under its execute-api ARN";
    let origin = on.rule(rule, &[id.origin]);
    Value::composed(origin, "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:", [id])
}

/// The host that AWS gives.
fn given_host(on: &Context<'_>, id: Value) -> Value {
    let origin = on.rule("without an own host, an API is served under the one that AWS gives it", &[id.origin]);
    let text = |text: &str| Value::text(origin, text);
    let pseudo = |name: &str| Value::reference(origin, Symbol::Pseudo(name.into()));
    let parts = vec![id, text(".execute-api."), pseudo("AWS::Region"), text("."), pseudo("AWS::URLSuffix")];
    Value::new(origin, ValueKind::Join(parts))
}

/// A reference to a resource of the API, as the setting at `origin` wants it.
fn local(origin: OriginId, id: String) -> Value {
    Value::reference(origin, Symbol::Local { id, attribute: None })
}
