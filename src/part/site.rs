//! Sites: what every kind that a browser opens has in common, be it served by its own distribution or by a router.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::{
    Attribute, Context, Described, Fragment, Interface, Level, Served, ServedBy, Statement, Watched, scoped,
};
use crate::diag::{Code, Diagnostic};
use crate::part::alarm::{Choice, DistributionAlarms};
use crate::part::cloudfront::{self, Distribution, PriceClass, SecurityHeaders, log_bucket};
use crate::part::edge::ViewerRequest;
use crate::part::host::{Host, Hosts};
use crate::setting::{Keyed, OrNone, Setting, Shared};
use crate::value::{Kind, Value};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN320, CFN321];

/// `CFN320`: two entrances to one site.
pub const CFN320: Code = Code {
    id: "CFN320",
    explanation: "a site that a router serves has a host of its own\n\n\
        A site that stands in the routes of a router has no distribution: the router's hosts lead to it. A `host`, `aliases` or \
        `redirects` at the site would belong to nothing. Write them at the router, or take the site out of its routes.",
};

/// `CFN321`: a path that cannot be the base of a site.
pub const CFN321: Code = Code {
    id: "CFN321",
    explanation: "`base_path` is no path\n\n\
        `base_path` is what the paths of all pages begin with, as the app's own configuration says it: `/docs`. It begins with a \
        slash and does not end with one; letters, digits, `-`, `_`, `.` and `~` stand in it. A site for all paths has none.",
};

/// The settings that all sites have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The name that it is served under; the one that CloudFront gives unless written. Taken by a router, it has none of its own.
    #[schemars(extend("default" = "none"), example = &"getreggie.io")]
    pub host: OrNone<Host>,
    /// Further names for the same, by label; a `*` may be the first part of one.
    #[schemars(extend("default" = {}))]
    pub aliases: Keyed<Host>,
    /// Names that lead to the host, by label: answered 301, path and query kept.
    #[schemars(extend("default" = {}))]
    pub redirects: Keyed<Host>,
    /// What the paths of all pages begin with, as the app's own configuration says it (`basePath`, `base`).
    #[schemars(extend("default" = "none"), example = &"/docs")]
    pub base_path: OrNone<Setting<String>>,
    /// Where it is served from; the wider, the dearer.
    #[schemars(extend("default" = 100))]
    pub price_class: Setting<PriceClass>,
    /// Headers that protect visitors.
    #[schemars(extend("default" = {}))]
    pub security_headers: OrNone<SecurityHeaders>,
    /// The bucket that takes CloudFront's logs, one with `logs_from: cloudfront`.
    #[schemars(extend("default" = "none"), example = &"AccessLogs")]
    pub logs: OrNone<Setting<String>>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never. Of a site that a router serves, the router's count.
    #[serde(default)]
    pub alarms: Choice<DistributionAlarms>,
}

impl Shared for Site {
    const KEYS: &'static [&'static str] =
        &["host", "aliases", "redirects", "base_path", "price_class", "security_headers", "logs", "alarms"];
}

/// Attributes of every site that an import may give.
pub const IMPORTS: &[&str] = &["url", "host", "distribution_id", "distribution_arn"];

/// Levels of access to every site.
pub const LEVELS: &[Level] = &[Level::of(
    "invalidate",
    "makes CloudFront forget what it keeps",
    &[Statement::of("Invalidate", &["cloudfront:CreateInvalidation"], &[("distribution_arn", "")])],
)];

impl Site {
    /// It in words: what it is made of, behind a distribution of its own or that of the router that serves it.
    #[must_use]
    pub fn described(&self, on: &Context<'_>, service: &str) -> Described {
        let own = on.served_by.is_none();
        let described = Described::of(on, if own { format!("CloudFront + {service}") } else { service.to_owned() });
        described.fact_if(self.host.as_option().map(|host| host.name.value.clone()))
    }

    fn hosts(&self) -> Hosts<'_> {
        Hosts::of_distribution(self.host.as_option(), &self.aliases, &self.redirects)
    }

    /// What the paths of all pages begin with; empty where they begin with nothing of their own.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base_path.as_option().map(|path| path.value.as_str()).unwrap_or_default()
    }

    /// A path that is written relative to the app, as CloudFront sees it.
    #[must_use]
    pub fn path(&self, on: &Context<'_>, path: &Setting<String>) -> Setting<String> {
        let whole = format!("{}/{}", self.base(), path.value.trim_start_matches('/'));
        if whole == path.value {
            return path.clone();
        }
        let base = self.base_path.as_option().map(|base| base.origin);
        let from: Vec<_> = std::iter::once(path.origin).chain(base).collect();
        on.setting("paths of a site begin with a slash, and with its `base_path`", &from, whole)
    }

    /// What the keys of its files begin with, where the path of a file is its key.
    #[must_use]
    pub fn key_prefix(&self) -> String {
        self.base().strip_prefix('/').map(|base| format!("{base}/")).unwrap_or_default()
    }

    /// What every site offers: its address, and what CloudFront makes of it.
    pub fn interface(&self, on: &Context<'_>) -> Interface {
        if let Some(by) = on.served_by {
            return Interface { attributes: self.of_router(on, by), ..Interface::default() };
        }
        let hosts = self.hosts();
        let certificates = hosts.issued(on).into_iter().collect();
        Interface { attributes: self.of_its_own(on), hosts: hosts.claims(""), certificates, ..Interface::default() }
    }

    fn of_its_own(&self, on: &Context<'_>) -> Vec<Attribute> {
        let mut attributes = entrance(on, "", self.host.as_option().map(Host::text), self.base());
        attributes.extend(self.hosts().attribute(on));
        attributes
    }

    fn of_router(&self, on: &Context<'_>, by: &ServedBy) -> Vec<Attribute> {
        let theirs = |name: &str| on.attribute_of(&by.router, &format!("{}{name}", by.serving.prefix));
        let host = by.serving.host.as_ref().map_or_else(|| theirs("host"), |h| Value::text(h.origin, h.value.clone()));
        vec![
            Attribute::open("url", address(on, host.clone(), self.base())),
            Attribute::open("host", host),
            Attribute::open("distribution_id", theirs("distribution_id")),
            Attribute::open("distribution_arn", theirs("distribution_arn")),
        ]
    }

    /// The alarms of its distribution; none of a site that a router serves.
    #[must_use]
    pub fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        let alarms = self.alarms.alarms().filter(|_| on.served_by.is_none());
        let host = self.host.as_option().map_or_else(|| on.identity().to_owned(), |host| host.name.value.clone());
        alarms.and_then(|alarms| alarms.watched(on, "", &host)).into_iter().collect()
    }

    /// The distribution with all that it needs; nothing for a site that a router serves.
    pub fn lower(&self, on: &Context<'_>, served: &Served) -> Vec<Fragment> {
        if let Some(path) = self.base_path.as_option() {
            check_base_path(on, path);
        }
        if let Some(by) = on.served_by {
            self.check_no_host(on, by);
            return Vec::new();
        }
        let hosts = self.hosts();
        hosts.check(on);
        let viewer = self.viewer_request(served).lower(on, on.stack(), "");
        let (headers, own) = match self.security_headers.as_option() {
            Some(headers) => headers.policy(on),
            None => (None, None),
        };
        let distribution = Distribution {
            comment: on.common.purpose.as_ref().map_or(on.identity(), |p| p.value.as_str()).to_owned(),
            names: hosts.names().into_iter().cloned().collect(),
            certificate: hosts.certificate(on),
            origins: served.origins.clone(),
            behaviours: served.behaviours.clone(),
            error_pages: served.error_pages.clone(),
            root: served.viewer.index.as_ref().map(|index| index.file.clone()),
            bucket: served.bucket.as_ref(),
            viewer_request: viewer.is_some().then(|| ViewerRequest::arn(on)),
            headers,
            price_class: Some(self.price_class),
            logs: self.logs.as_option().and_then(|logs| log_bucket(on, logs)),
            ..Distribution::default()
        };
        let mut fragments = cloudfront::lower(on, distribution);
        fragments.extend(viewer);
        fragments.extend(own);
        fragments.extend(hosts.fragments(on, ""));
        fragments
    }

    fn viewer_request(&self, served: &Served) -> ViewerRequest {
        let host = self.host.as_option().map(|host| host.name.value.clone());
        let redirects = self.redirects.iter().map(|(_, from)| from.name.value.clone());
        ViewerRequest {
            own_hosts: host.is_some(),
            redirects: redirects.filter_map(|from| Some((from, host.clone()?))).collect(),
            ..viewer_request(served)
        }
    }

    fn check_no_host(&self, on: &Context<'_>, by: &ServedBy) {
        let labelled = [&self.aliases, &self.redirects].into_iter().flat_map(Keyed::iter).map(|(_, host)| host);
        let own = self.host.as_option().into_iter().chain(labelled);
        let Some(first) = own.into_iter().next() else { return };
        let router = &by.router.value;
        let title = format!("`{}` has a host of its own, and is served by `{router}`", on.name);
        on.report(
            on.at(Diagnostic::error(CFN320, title), first.name.origin, "belongs to nothing")
                .context_if_known(on.origins, Some(by.serving.component.origin), "served here")
                .help(format!("write it in `hosts` of `{router}`, or take `{}` out of its routes", on.name)),
        );
    }
}

/// The attributes of a distribution in `scope`: its address, and what CloudFront makes of it. `host` is its own name, if it has
/// one.
pub fn entrance(on: &Context<'_>, scope: &str, host: Option<Value>, base: &str) -> Vec<Attribute> {
    let id = scoped(scope, "Distribution");
    let given = on.local(&id, Some("DomainName"));
    let host = host.unwrap_or_else(|| given.clone());
    vec![
        Attribute::open("url", address(on, host.clone(), base)),
        Attribute::open("host", host),
        Attribute::open("distribution_id", on.local(&id, None)),
        Attribute::open("distribution_arn", cloudfront::arn(on, on.local(&id, None))),
        Attribute::open("dns_target", given),
    ]
}

/// The address of the first page under a host.
fn address(on: &Context<'_>, host: Value, base: &str) -> Value {
    let origin = on.rule("a site is served by HTTPS only, below its `base_path`", &[host.origin]);
    match host.as_text() {
        Some(host) => Value::text(origin, format!("https://{host}{base}")),
        None => {
            let mut parts = vec![Value::text(origin, "https://"), host];
            parts.extend((!base.is_empty()).then(|| Value::text(origin, base)));
            Value::new(origin, Kind::Join(parts))
        }
    }
}

/// What must be done at requests for what is served, under whatever host.
#[must_use]
pub fn viewer_request(served: &Served) -> ViewerRequest {
    ViewerRequest {
        keeps_authorization: served.is_signed(),
        forwarded_host: served.has_functions(),
        // No visitor may write what tells kept answers apart.
        forwarded_prefix: served.behaviours.iter().any(|behaviour| behaviour.cache.tells_origins()),
        next: served.viewer.is_next.then(|| served.base_path.as_ref().map(|p| p.value.clone()).unwrap_or_default()),
        index: served.viewer.index.clone(),
        ..ViewerRequest::default()
    }
}

/// Reports a `base_path` that is none.
fn check_base_path(on: &Context<'_>, path: &Setting<String>) {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c));
    let text = path.value.as_str();
    if text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part)) {
        return;
    }
    let title = format!("`base_path` of `{}` is `{text}`, which is no path", on.name);
    let other = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~".contains(*c)));
    let label = other.map_or("no path of pages".to_owned(), |c| format!("`{c}` cannot stand in it"));
    let diagnostic = on.at(Diagnostic::error(CFN321, title), path.origin, &label);
    let trimmed = text.trim_matches('/');
    on.report(if trimmed.is_empty() {
        diagnostic.help("leave it out: a site for all paths has none")
    } else if trimmed.split('/').all(part) {
        on.repair(diagnostic.help(format!("write `/{trimmed}`")), path.origin, &format!("/{trimmed}"))
    } else {
        diagnostic
            .note("it begins with one `/`; letters, digits, `-`, `_`, `.` and `~` stand in it")
            .help("give the app a path of these, such as `/docs`, and write the same here")
    });
}

#[cfg(test)]
mod tests {
    use super::{Shared, Site};

    #[test]
    fn keys_are_the_settings() {
        assert_eq!(Site::KEYS, crate::setting::keys_of::<Site>());
    }
}
