//! Sites: what every kind that a browser opens has in common, be it served by its own distribution or by a router.

use crate::component::{Attribute, Context, Fragment, Interface, Served, ServedBy};
use crate::diag::{Code, Diagnostic};
use crate::part::cloudfront::{self, Distribution, PriceClass, SecurityHeaders, log_bucket};
use crate::part::edge::ViewerRequest;
use crate::part::host::{Host, Hosts};
use crate::setting::{Keyed, OrNone, Setting};
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
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The name that it is served under.
    pub host: &'a OrNone<Host>,
    /// Further names for the same.
    pub aliases: &'a Keyed<Host>,
    /// Names that lead to the host.
    pub redirects: &'a Keyed<Host>,
    /// Where it is served from.
    pub price_class: Setting<PriceClass>,
    /// Headers that protect visitors.
    pub security_headers: &'a OrNone<SecurityHeaders>,
    /// The bucket that takes its logs.
    pub logs: &'a OrNone<Setting<String>>,
    /// What the paths of all its pages begin with.
    pub base_path: Option<&'a Setting<String>>,
}

impl<'a> Site<'a> {
    fn hosts(&self) -> Hosts<'a> {
        Hosts::of_distribution(self.host.as_option(), self.aliases, self.redirects)
    }

    /// What every site offers: its address, and what CloudFront makes of it.
    pub fn interface(&self, on: &Context<'_>) -> Interface {
        let (attributes, hosts) = match on.served_by {
            Some(by) => (self.of_router(on, by), Vec::new()),
            None => (self.of_its_own(on), self.hosts().claims()),
        };
        Interface { attributes, hosts, ..Interface::default() }
    }

    fn of_its_own(&self, on: &Context<'_>) -> Vec<Attribute> {
        let id = || on.local("Distribution", None);
        let given = on.local("Distribution", Some("DomainName"));
        let host = self.host.as_option().map_or_else(|| given.clone(), Host::text);
        let mut attributes = vec![
            Attribute::open("url", self.address(on, host.clone())),
            Attribute::open("host", host),
            Attribute::open("distribution_id", id()),
            Attribute::open("distribution_arn", cloudfront::arn(on, id())),
            Attribute::open("dns_target", given),
        ];
        attributes.extend(self.hosts().attribute(on));
        attributes
    }

    fn of_router(&self, on: &Context<'_>, by: &ServedBy) -> Vec<Attribute> {
        let theirs = |name: &str| on.attribute_of(&by.router, &format!("{}{name}", by.serving.prefix));
        let host = by.serving.host.as_ref().map_or_else(|| theirs("host"), |h| Value::text(h.origin, h.value.clone()));
        vec![
            Attribute::open("url", self.address(on, host.clone())),
            Attribute::open("host", host),
            Attribute::open("distribution_id", theirs("distribution_id")),
            Attribute::open("distribution_arn", theirs("distribution_arn")),
        ]
    }

    /// The address of the first page.
    fn address(&self, on: &Context<'_>, host: Value) -> Value {
        let origin = on.rule("a site is served by HTTPS only, below its `base_path`", &[host.origin]);
        let base = self.base_path.map(|path| path.value.as_str()).unwrap_or_default();
        match host.as_text() {
            Some(host) => Value::text(origin, format!("https://{host}{base}")),
            None => {
                let mut parts = vec![Value::text(origin, "https://"), host];
                parts.extend((!base.is_empty()).then(|| Value::text(origin, base)));
                Value::new(origin, Kind::Join(parts))
            }
        }
    }

    /// The distribution with all that it needs; nothing for a site that a router serves.
    pub fn lower(&self, on: &Context<'_>, served: &Served) -> Vec<Fragment> {
        if let Some(by) = on.served_by {
            self.check_no_host(on, by);
            return Vec::new();
        }
        let hosts = self.hosts();
        hosts.check(on);
        let viewer = self.viewer_request(on, served).lower(on, on.stack(), "");
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
        fragments.extend(hosts.fragment(on));
        fragments
    }

    fn viewer_request(&self, _: &Context<'_>, served: &Served) -> ViewerRequest {
        let host = self.host.as_option().map(|host| host.name.value.clone());
        let redirects = self.redirects.iter().map(|(_, from)| from.name.value.clone());
        ViewerRequest {
            own_hosts: host.is_some(),
            redirects: redirects.filter_map(|from| Some((from, host.clone()?))).collect(),
            keeps_authorization: served.is_signed(),
            forwarded_host: served.has_functions(),
            next: served.viewer.is_next.then(|| self.base_path.map(|p| p.value.clone()).unwrap_or_default()),
            index: served.viewer.index.clone(),
            ..ViewerRequest::default()
        }
    }

    fn check_no_host(&self, on: &Context<'_>, by: &ServedBy) {
        let labelled = |hosts: &'a Keyed<Host>| hosts.iter().map(|(_, host)| host);
        let own = self.host.as_option().into_iter().chain(labelled(self.aliases)).chain(labelled(self.redirects));
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

/// Whether a `base_path` is one; reports it otherwise.
pub fn check_base_path(on: &Context<'_>, path: &Setting<String>) {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c));
    let text = path.value.as_str();
    if text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part)) {
        return;
    }
    let title = format!("`base_path` of `{}` is `{text}`, which is no path", on.name);
    let diagnostic = on.at(Diagnostic::error(CFN321, title), path.origin, "no path of pages");
    let trimmed = text.trim_matches('/');
    on.report(if trimmed.is_empty() {
        diagnostic.help("leave it out: a site for all paths has none")
    } else if trimmed.split('/').all(part) {
        on.repair(diagnostic.help(format!("write `/{trimmed}`")), path.origin, &format!("/{trimmed}"))
    } else {
        diagnostic.help("write what `basePath` of the app says, such as `/docs`")
    });
}
