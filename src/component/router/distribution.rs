//! From the routes of a front to its distribution.

use std::collections::BTreeMap;

use super::front::{Entry, Front};
use super::target::{self, Target};
use super::{Context, Router, cache, failover, routes};
use crate::component::{Behaviour, Cache, ErrorPage, Fragment, Origin, Reached, Served, pascal, scoped};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::cloudfront::{self, Distribution, OriginHeader, path};
use crate::part::edge::ViewerRequest;
use crate::part::site::viewer_request;
use crate::setting::Setting;
use crate::value::Value;

/// Codes of routes.
pub const CODES: &[Code] = &[CFN348, CFN358];

/// `CFN348`: nothing for all other paths.
pub const CFN348: Code = Code {
    id: "CFN348",
    explanation: "no route answers all other paths\n\n\
        Every distribution has a default behavior, for requests that no path fits (AWS::CloudFront::Distribution, \
        DefaultCacheBehavior). One route of each host has `path: /*`, or leaves `path` out.",
};

/// `CFN358`: an error page for all.
pub const CFN358: Code = Code {
    id: "CFN358",
    explanation: "a site that shares its host has no error page\n\n\
        Error pages belong to a whole distribution (AWS::CloudFront::Distribution, CustomErrorResponses): an API behind the same \
        host that answers 404 would be answered with the page of the site. So the page is left out where a host has further \
        routes, and visitors of a page that is not there get what the bucket says, in XML. Give the site a host of its own; an app \
        that knows its pages has `not_found: spa`, by which its index answers.",
};

/// What all distributions of a router have in common.
pub(super) struct Common<'a> {
    pub router: &'a Router,
    /// Whether the router has several distributions.
    pub several: bool,
    pub headers: Option<Value>,
    pub web_acl: Option<Value>,
    pub logs: Option<Value>,
    pub header: Option<OriginHeader>,
}

/// Requests that one function sees first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// Those that reach their target as they are.
    Plain,
    /// Those that lose what stands before.
    Stripped,
    /// Those of a site, by what identifies it.
    Site(String),
}

/// A distribution in the making.
struct Making<'a, 'c> {
    on: &'c Context<'a>,
    front: &'c Front<'c>,
    distribution: Distribution<'a>,
    /// What the functions have to do that see requests first, and the paths of those.
    viewers: BTreeMap<Seen, (ViewerRequest, Vec<Option<String>>)>,
    fragments: Vec<Fragment>,
    /// The path of the route that answers all others.
    default: Option<OriginId>,
}

impl Common<'_> {
    /// The distribution of a front, with all that it needs.
    pub(super) fn lower(&self, on: &Context<'_>, front: &Front<'_>) -> Vec<Fragment> {
        let purpose = on.common.purpose.as_ref().map_or(on.identity(), |p| p.value.as_str());
        let distribution = Distribution {
            scope: front.scope.clone(),
            attributes: front.prefix(self.several),
            comment: front.label.map_or(purpose.to_owned(), |label| format!("{purpose}: {}", label.value)),
            names: front.hosts().names().into_iter().cloned().collect(),
            certificate: front.hosts().certificate(on),
            headers: self.headers.clone(),
            price_class: Some(self.router.price_class),
            logs: self.logs.clone(),
            web_acl: self.web_acl.clone(),
            ..Distribution::default()
        };
        let fragments = front.hosts().fragments(on, &front.prefix(self.several));
        let viewers = BTreeMap::new();
        let mut making = Making { on, front, distribution, viewers, fragments, default: None };
        for entry in &front.routes {
            making.add(*entry, self.router.viewer_request.is_some());
        }
        making.finished(self)
    }
}

impl<'a> Making<'a, '_> {
    /// Adds what an entry leads to.
    fn add(&mut self, entry: Entry<'_>, sees_all: bool) {
        let on = self.on;
        let setting = entry.setting();
        let is_path = entry.path().is_none_or(|path| path::is_pattern(on, &format!("{setting}.path"), path));
        if entry.path().is_none() {
            let at = entry.route.map_or(entry.to.origin, |route| route.path.origin);
            // One that no layer writes is told where its target stands.
            let at = if on.origins.spans(at).is_empty() { entry.to.origin } else { at };
            if let Some(first) = self.default.replace(at) {
                on.report(path::twice(on, &Setting::new(at, "/*".to_owned()), first));
            }
        }
        match target::of(on, entry, &setting, entry.to) {
            _ if !is_path => {}
            Some(Target::Site(served)) => self.add_site(entry, served, sees_all),
            Some(Target::One { origin, signer }) => self.add_one(entry, origin, signer),
            None => {}
        }
    }

    /// A site, with all its paths.
    fn add_site(&mut self, entry: Entry<'_>, served: &Served, sees_all: bool) {
        let on = self.on;
        if let Some(route) = entry.route {
            routes::check_site(on, entry, route);
        }
        if !routes::stands_right(on, entry, served) {
            return;
        }
        let identity = on.identity_of(&entry.to.value).to_owned();
        let id = |id: &str| format!("{identity}-{id}");
        let origins = served.origins.iter().map(|origin| Origin { id: id(&origin.id), ..origin.clone() });
        self.distribution.origins.extend(origins);
        let base = served.base_path.as_ref();
        let below = |rest: &str| base.map(|base| Setting::new(base.origin, format!("{}{rest}", base.value)));
        let mut behaviours = Vec::new();
        for behaviour in &served.behaviours {
            let behaviour = Behaviour { origin: id(&behaviour.origin), ..behaviour.clone() };
            if behaviour.path.is_none() && base.is_some() {
                // Its first page, and all below.
                behaviours.push(Behaviour { path: below(""), ..behaviour.clone() });
                behaviours.push(Behaviour { path: below("/*"), ..behaviour });
            } else {
                behaviours.push(behaviour);
            }
        }
        for behaviour in behaviours {
            let path = behaviour.path.as_ref().map(|path| path.value.clone());
            if behaviour.is_viewed {
                let viewer = self.viewers.entry(Seen::Site(identity.clone()));
                viewer.or_insert_with(|| (viewer_request(served), Vec::new())).1.push(path);
            } else if sees_all {
                self.viewers.entry(Seen::Plain).or_default().1.push(path);
            }
            self.distribution.behaviours.push(behaviour);
        }
        if let Some(bucket) = &served.bucket {
            let id = on.local(&scoped(&self.front.scope, "Distribution"), None);
            let scope = scoped(&self.front.scope, &identity);
            self.fragments.push(cloudfront::bucket_policy(on, bucket, id).scoped(&scope));
        }
        self.add_error_pages(entry, &served.error_pages);
        if base.is_none() {
            self.distribution.root = served.viewer.index.as_ref().map(|index| index.file.clone());
        }
    }

    /// The error pages of a site that has its host to itself.
    fn add_error_pages(&mut self, entry: Entry<'_>, pages: &[ErrorPage]) {
        let (on, Some(page)) = (self.on, pages.first()) else { return };
        let other = self.front.routes.iter().find(|other| other.label.value != entry.label.value);
        let Some(other) = other else { return self.distribution.error_pages.extend(pages.iter().cloned()) };
        let site = &entry.to.value;
        let title = format!(
            "`{site}` answers {} without its own page, because `{}` shares its host",
            page.status, other.to.value
        );
        on.report(
            on.at(Diagnostic::warning(CFN358, title), entry.to.origin, "its page is left out")
                .context_if_known(on.origins, Some(page.page.origin), "this page")
                .context_if_known(on.origins, Some(other.to.origin), "behind the same host")
                .note("a page would replace every such answer of the distribution, those of others too")
                .help(format!("give `{site}` a host of its own, or write `not_found: spa` if it knows its pages")),
        );
    }

    /// One origin for the paths of an entry.
    fn add_one(&mut self, entry: Entry<'_>, mut origin: Origin, signer: Option<Value>) {
        let on = self.on;
        let is_bucket = matches!(origin.reached, Reached::Bucket);
        let prefix = entry.route.filter(|route| route.strip.value).and_then(|route| routes::prefix(on, entry, route));
        if let Some(path) = entry.route.and_then(|route| routes::origin_path(on, entry, route, &origin)) {
            origin.id = format!("{}-{}", origin.id, entry.label.value);
            origin.path = Some(Value::text(path.origin, path.value.clone()));
        }
        let (cache, policy) = cache::of(on, &self.front.scope, entry, is_bucket);
        self.fragments.extend(policy);
        let failover = entry.route.and_then(|route| route.failover.as_option());
        let second = failover.and_then(|failover| failover::second(on, entry, failover, &origin));
        let is_signed = |origin: &Origin| matches!(origin.reached, Reached::Function { signed: true, .. });
        let seen = if prefix.is_some() { Seen::Stripped } else { Seen::Plain };
        let (viewer, paths) = self.viewers.entry(seen).or_default();
        paths.push(entry.path().map(|path| path.value.clone()));
        viewer.keeps_authorization |= is_signed(&origin) || second.as_ref().is_some_and(is_signed);
        // Both may tell kept answers apart, so that a visitor must not write them.
        let tells = !is_bucket || cache.tells_origins();
        viewer.forwarded_host |= tells;
        viewer.forwarded_prefix |= tells;
        viewer.prefixes.extend(prefix.map(|prefix| (prefix, true)));
        let id = match second {
            Some(second) => self.failover(entry, &origin.id, second),
            None => origin.id.clone(),
        };
        self.distribution.behaviours.push(Behaviour {
            path: entry.path().cloned(),
            origin: id,
            methods: target::methods(is_bucket || cache != Cache::Nothing, failover.is_some()),
            cache,
            is_viewed: true,
            signer,
        });
        self.add_origin(origin);
    }

    /// Adds an origin; one that several paths lead to stands once.
    fn add_origin(&mut self, origin: Origin) {
        if !self.distribution.origins.iter().any(|known| known.id == origin.id) {
            self.distribution.origins.push(origin);
        }
    }

    /// The group of two origins; its id.
    fn failover(&mut self, entry: Entry<'_>, first: &str, second: Origin) -> String {
        let id = format!("{first}-or-{}", second.id);
        let statuses = entry.route.and_then(|route| route.failover.as_option()).map(|f| f.on.clone());
        if !self.distribution.failovers.iter().any(|known| known.id == id) {
            self.distribution.failovers.push(cloudfront::Failover {
                id: id.clone(),
                first: first.to_owned(),
                second: second.id.clone(),
                statuses: statuses.unwrap_or_default(),
            });
        }
        self.add_origin(second);
        id
    }

    /// Names that lead to the host, and that host.
    fn redirects(&self) -> BTreeMap<String, String> {
        use crate::part::host::Role;
        let names = self.front.served.iter().filter(|served| served.role == Role::Redirect);
        let to = self.front.address();
        names.filter_map(|served| Some((served.name.value.clone(), to?.value.clone()))).collect()
    }

    /// The distribution, and what it needs.
    fn finished(mut self, common: &Common<'_>) -> Vec<Fragment> {
        let on = self.on;
        if self.default.is_none() && !self.front.routes.is_empty() {
            let title = match self.front.label {
                Some(label) => format!("`hosts.{}` of `{}` has no route for all other paths", label.value, on.name),
                None => format!("`{}` has no route for all other paths", on.name),
            };
            let at = self.front.label.map_or(on.origin, |label| label.origin);
            on.report(
                on.at(Diagnostic::error(CFN348, title), at, "answers some paths only")
                    .note("source: AWS::CloudFront::Distribution, DefaultCacheBehavior")
                    .help("write a route with `path: /*`"),
            );
        }
        if let Some(header) = &common.header {
            let functions = self.distribution.origins.iter().filter(|o| matches!(o.reached, Reached::Function { .. }));
            let headers = functions.map(|origin| (origin.id.clone(), header.clone())).collect();
            self.distribution.origin_headers = headers;
        }
        self.see_first(common);
        let mut fragments = cloudfront::lower(on, self.distribution);
        fragments.extend(self.fragments);
        fragments
    }

    /// The functions that see requests first.
    fn see_first(&mut self, common: &Common<'_>) {
        let on = self.on;
        let redirects = self.redirects();
        for (seen, (viewer, paths)) in std::mem::take(&mut self.viewers) {
            let viewer = ViewerRequest {
                own_hosts: self.front.address().is_some(),
                redirects: redirects.clone(),
                more: common.router.viewer_request.clone(),
                ..viewer
            };
            let (scope, suffix) = match seen {
                Seen::Plain => (String::new(), String::new()),
                Seen::Stripped => ("Strip".to_owned(), "-strip".to_owned()),
                Seen::Site(identity) => (pascal(&identity), format!("-{identity}")),
            };
            let label = self.front.label.map_or(String::new(), |label| format!("-{}", label.value));
            let scope = format!("{}{scope}", self.front.scope);
            let Some(fragment) = viewer.lower(on, on.stack(), &format!("{label}{suffix}")) else { continue };
            let arn = on.local(&scoped(&scope, "ViewerRequest"), Some("FunctionARN"));
            self.distribution.viewers.extend(paths.into_iter().map(|path| (path, arn.clone())));
            self.fragments.push(fragment.scoped(&scope));
        }
    }
}
