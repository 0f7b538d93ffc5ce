//! What is wrong with the hosts of a router, and with which routes are whose.

use super::front::Front;
use super::settings::RouterHost;
use super::{Context, Router};
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::setting::Setting;

/// Codes of hosts and of whose the routes are.
pub const CODES: &[Code] = &[CFN340, CFN341, CFN342];

/// `CFN340`: a host that does not say one thing.
pub const CFN340: Code = Code {
    id: "CFN340",
    explanation: "a host does not say one thing that happens under it\n\n\
        Under a host either one target answers (`to`), or several by path (`routes`), or it leads to another host (`redirect`) or \
        is a further name of one (`alias`). A host that says none of them has the routes on top of the router; of several \
        hosts, one at most.",
};

/// `CFN341`: routes of nobody.
pub const CFN341: Code = Code {
    id: "CFN341",
    explanation: "routes are reached by no host, or a router has none\n\n\
        The `routes` on top of a router are those of the host that says neither `to` nor `routes` itself; without any `hosts`, \
        they are those of the name that CloudFront gives. Where every host has its own, nobody comes to those on top.",
};

/// `CFN342`: a host that leads nowhere.
pub const CFN342: Code = Code {
    id: "CFN342",
    explanation: "a host leads to no host that serves something\n\n\
        `redirect` and `alias` take the label of a host of the same router, one with a `to` or with `routes`, never that of another \
        redirect or alias. A redirect needs one name to lead to: none with a `*`.",
};

/// Reports what is wrong.
pub(super) fn check(router: &Router, on: &Context<'_>, fronts: &[Front<'_>]) {
    for (label, host) in router.hosts.iter() {
        check_one(on, label, host);
        for (setting, to) in [("redirect", &host.redirect), ("alias", &host.alias)] {
            if let Some(to) = to {
                check_led(router, on, (label, setting), to);
            }
        }
    }
    check_routes(router, on, fronts);
    for front in fronts {
        front.hosts().check(on);
    }
}

/// That a host says at most one thing.
fn check_one(on: &Context<'_>, label: &Setting<String>, host: &RouterHost) {
    let routes = host.routes.iter().next().map(|(label, _)| label.origin);
    let at = |setting: &Option<Setting<String>>| setting.as_ref().map(|s| s.origin);
    let said = [("to", at(&host.to)), ("routes", routes), ("redirect", at(&host.redirect)), ("alias", at(&host.alias))];
    let said: Vec<_> = said.into_iter().filter_map(|(setting, origin)| Some((setting, origin?))).collect();
    let [(first, first_at), (second, second_at), ..] = said.as_slice() else { return };
    let title = format!("`hosts.{}` of `{}` has both `{first}` and `{second}`", label.value, on.name);
    on.report(
        on.at(Diagnostic::error(CFN340, title), *second_at, "one too many")
            .context_if_known(on.origins, Some(*first_at), "the other one")
            .help(format!("keep one; an overlay removes the other with `{first}: null`")),
    );
}

/// That what a host leads to serves something.
fn check_led(router: &Router, on: &Context<'_>, (label, setting): (&Setting<String>, &str), to: &Setting<String>) {
    let serving = || router.hosts.iter().filter(|(other, host)| host.serves() && other.value != label.value);
    let target = serving().find(|(other, _)| other.value == to.value).map(|(_, host)| host);
    let wild = |host: &RouterHost| host.name.as_option().is_some_and(|name| name.value.contains('*'));
    let title = format!("`hosts.{}` of `{}` leads to `{}`", label.value, on.name, to.value);
    let diagnostic = match target {
        Some(host) if setting == "redirect" && wild(host) => {
            let name = host.name.as_option().map(|name| name.origin);
            on.at(Diagnostic::error(CFN342, format!("{title}, which has no one name")), to.origin, "no address")
                .context_if_known(on.origins, name, "stands for many names")
                .help("lead to a host without a `*`, or write `alias` to serve the same under both")
        }
        Some(_) => return,
        None => {
            let known: Vec<&str> = serving().map(|(label, _)| label.value.as_str()).collect();
            let led = router.hosts.iter().find(|(other, _)| other.value == to.value);
            let (why, label) = match led {
                Some((other, _)) if other.value == label.value => ("which is itself", "leads to itself"),
                Some(_) => ("which leads on to another", "serves nothing itself"),
                None => ("which is none of its hosts", "no host of this label"),
            };
            let diagnostic = on
                .at(Diagnostic::error(CFN342, format!("{title}, {why}")), to.origin, label)
                .context_if_known(on.origins, led.map(|(other, _)| other.origin), "that host");
            match (did_you_mean(&to.value, known.iter().copied()), known.as_slice()) {
                (Some(near), _) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), to.origin, near),
                (None, []) => diagnostic.help("let one host say `to` or `routes`"),
                (None, known) => diagnostic.help(format!("hosts that serve something: {}", quote_list(known))),
            }
        }
    };
    on.report(diagnostic);
}

/// That every host has routes, and every route a host.
fn check_routes(router: &Router, on: &Context<'_>, fronts: &[Front<'_>]) {
    let is_bare = |front: &&Front<'_>| front.routes.iter().all(|entry| entry.host.is_none());
    let bare: Vec<&Front<'_>> = fronts.iter().filter(is_bare).collect();
    match (bare.as_slice(), router.routes.iter().next()) {
        ([], Some((label, _))) => {
            let title = format!("no host of `{}` has the routes on top of it", on.name);
            let own = fronts.first().and_then(|front| front.label).map(|label| label.origin);
            on.report(
                on.at(Diagnostic::error(CFN341, title), label.origin, "nobody comes here")
                    .context_if_known(on.origins, own, "has its own")
                    .help("move them into `routes` of the host that they are meant for"),
            );
        }
        ([first], None) if first.routes.is_empty() => {
            let title = format!("`{}` has no routes", on.name);
            let at = first.label.map_or(on.origin, |label| label.origin);
            on.report(
                on.at(Diagnostic::error(CFN341, title), at, "nothing answers here")
                    .help("write `routes`, such as `routes: {web: <the component that answers>}`"),
            );
        }
        ([first, others @ ..], routes) if !others.is_empty() => {
            let nameless = if routes.is_some() { others } else { bare.as_slice() };
            let first = first.label.map(|label| label.origin).filter(|_| routes.is_some());
            for label in nameless.iter().filter_map(|front| front.label) {
                let title = format!("`hosts.{}` of `{}` does not say what answers", label.value, on.name);
                on.report(
                    on.at(Diagnostic::error(CFN340, title), label.origin, "neither `to` nor `routes`")
                        .context_if_known(on.origins, first, "has the routes on top")
                        .help("write `to`, `routes`, or `redirect` or `alias` with the label of another host"),
                );
            }
        }
        _ => {}
    }
}
