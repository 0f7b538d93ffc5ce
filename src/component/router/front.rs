//! Fronts: each host that serves something, with the names that lead to it and the routes that it has.

use super::Router;
use super::settings::{Cache, Route, RouterHost};
use crate::component::pascal;
use crate::part::host::{Hosts, Role, Served};
use crate::setting::Setting;

/// One distribution.
pub(super) struct Front<'a> {
    /// The label of its host; none for a router that names no hosts.
    pub label: Option<&'a Setting<String>>,
    /// What its local ids begin with: those of a host never change because another one comes.
    pub scope: String,
    /// The name that it is served under; none for that which CloudFront gives.
    pub name: Option<&'a Setting<String>>,
    /// All names: that one, those that are served alike, and those that lead to it.
    pub served: Vec<Served<'a>>,
    /// What answers what.
    pub routes: Vec<Entry<'a>>,
}

/// A route, or a host's `to`.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The label of the route, or that of the host.
    pub label: &'a Setting<String>,
    /// The label of the host, where the route is its own.
    pub host: Option<&'a Setting<String>>,
    /// What answers.
    pub to: &'a Setting<String>,
    /// The route; none for a host's `to`, which is for every path.
    pub route: Option<&'a Route>,
}

impl<'a> Entry<'a> {
    /// The setting, for messages.
    pub fn setting(&self) -> String {
        match (self.host, self.route) {
            (Some(host), Some(_)) => format!("hosts.{}.routes.{}", host.value, self.label.value),
            (Some(host), None) => format!("hosts.{}", host.value),
            (None, _) => format!("routes.{}", self.label.value),
        }
    }

    /// The paths, unless it is for all others.
    pub fn path(&self) -> Option<&'a Setting<String>> {
        self.route.map(|route| &route.path).filter(|path| path.value != "/*")
    }

    /// Whether it takes GET, HEAD and OPTIONS only: answers are kept, or another target stands by.
    pub fn reads_only(&self) -> bool {
        let keeps = |route: &Route| !matches!(route.cache.value, Cache::Nothing);
        self.route.is_some_and(|route| keeps(route) || route.failover.as_option().is_some())
    }

    /// All that answers: the target, and the one for when it fails.
    pub fn targets(self) -> impl Iterator<Item = &'a Setting<String>> {
        let second = self.route.and_then(|route| route.failover.as_option()).and_then(|failover| failover.to.as_ref());
        std::iter::once(self.to).chain(second)
    }
}

impl Front<'_> {
    /// The name that the address is made of: not one with a `*`.
    pub fn address(&self) -> Option<&Setting<String>> {
        self.name.filter(|name| !name.value.contains('*'))
    }

    /// What its attributes begin with.
    pub fn prefix(&self, several: bool) -> String {
        self.label.filter(|_| several).map_or(String::new(), |label| format!("{}_", label.value))
    }

    /// Its names, with the certificate that covers them.
    pub fn hosts(&self) -> Hosts<'_> {
        Hosts::of_distribution_at(self.label.map_or("", |label| label.value.as_str()), self.served.clone())
    }
}

impl Router {
    /// Its distributions, by label. The routes on top belong to the first that says neither `to` nor `routes`.
    pub(super) fn fronts(&self) -> Vec<Front<'_>> {
        let top =
            || self.routes.iter().map(|(label, route)| Entry { label, host: None, to: &route.to, route: Some(route) });
        let mut left = Some(top().collect());
        let mut fronts = Vec::new();
        for (label, host) in self.hosts.iter().filter(|(_, host)| host.serves()) {
            let own = host.own_routes(label);
            let routes = if own.is_empty() { left.take().unwrap_or_default() } else { own };
            let name = host.name.as_option();
            let scope = pascal(&label.value);
            fronts.push(Front { label: Some(label), scope, name, served: self.names(label, host), routes });
        }
        if fronts.is_empty() {
            let routes = top().collect();
            fronts.push(Front { label: None, scope: String::new(), name: None, served: Vec::new(), routes });
        }
        fronts
    }

    /// All names of a host's distribution: the host comes first.
    fn names<'a>(&'a self, label: &'a Setting<String>, host: &'a RouterHost) -> Vec<Served<'a>> {
        let own = served(Role::Host, label, host, host.certificate.as_ref().or(self.certificate.as_ref()));
        let of = |role: Role, leads: fn(&RouterHost) -> Option<&Setting<String>>| {
            let led = move |other: &RouterHost| leads(other).is_some_and(|to| to.value == label.value);
            self.hosts
                .iter()
                .filter(move |(_, other)| led(other))
                .filter_map(move |(label, other)| served(role, label, other, other.certificate.as_ref()))
        };
        let aliases = of(Role::Alias, |host| host.alias.as_ref());
        own.into_iter().chain(aliases).chain(of(Role::Redirect, |host| host.redirect.as_ref())).collect()
    }
}

impl RouterHost {
    /// Whether it serves something, and is no further name of another.
    pub fn serves(&self) -> bool {
        self.redirect.is_none() && self.alias.is_none()
    }

    fn own_routes<'a>(&'a self, label: &'a Setting<String>) -> Vec<Entry<'a>> {
        let host = Some(label);
        match &self.to {
            Some(to) => vec![Entry { label, host, to, route: None }],
            None => {
                let entry = |(label, route): (_, &'a Route)| Entry { label, host, to: &route.to, route: Some(route) };
                self.routes.iter().map(entry).collect()
            }
        }
    }
}

fn served<'a>(
    role: Role,
    label: &Setting<String>,
    host: &'a RouterHost,
    certificate: Option<&'a Setting<String>>,
) -> Option<Served<'a>> {
    let name = host.name.as_option()?;
    let (proxied, ttl) = (host.proxied, host.ttl);
    Some(Served { role, setting: format!("hosts.{}", label.value), name, proxied, ttl, certificate })
}
