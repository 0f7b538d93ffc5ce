//! Targets: what a `to` names, and what that serves.

use std::collections::BTreeMap;

use super::front::{Entry, Front};
use crate::component::{Context, Methods, Neighbour, Origin, Reached, Served};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::host::is_name;
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// Codes of targets.
pub const CODES: &[Code] = &[CFN343, CFN344, CFN347, CFN357];

/// `CFN343`: an address that is none.
pub const CFN343: Code = Code {
    id: "CFN343",
    explanation: "a target is no address that CloudFront can ask\n\n\
        Besides components, a router leads to addresses of https: `https://docs.example.com`, maybe with a path that goes before \
        every path. CloudFront asks a DNS name, by https on port 443 here; it takes no query, no user, and no bare number of \
        an address.",
};

/// `CFN344`: a component that serves nothing.
pub const CFN344: Code = Code {
    id: "CFN344",
    explanation: "the target answers no requests that a router can send\n\n\
        A function answers requests by its URL: `url: {protection: …}`. With `iam` it answers who signs for themselves, which \
        visitors do not: `signed` and `oac` let CloudFront sign, `public` lets everyone in. What is imported tells where it \
        answers by `url`, `host` or, for a bucket, `name`. A router is no target either: CloudFront behind CloudFront keeps \
        everything twice, and two routers that lead to each other never answer.",
};

/// `CFN347`: a site in two places.
pub const CFN347: Code = Code {
    id: "CFN347",
    explanation: "a site is served twice\n\n\
        A site has one address, which its own pages, links and `url` are made of. It stands in one route of one router; further \
        names for the same are hosts with `alias`, and names that lead to it hosts with `redirect`.",
};

/// `CFN357`: a bucket that must let CloudFront in.
pub const CFN357: Code = Code {
    id: "CFN357",
    explanation: "the bucket that is served is imported, and its policy stands elsewhere\n\n\
        A bucket answers CloudFront only if its own policy says so. That of one which this stage makes is written by the compiler; \
        that of an imported one belongs to whoever made it, and must allow `s3:GetObject` to `cloudfront.amazonaws.com`, on the \
        condition that `aws:SourceArn` is a distribution of this account.",
};

/// Kinds that a router leads to.
const KINDS: &[&str] = &["bucket", "function", "http_api", "nextjs", "ssr_site", "static_site"];
/// Seconds that CloudFront waits for what does not say how long it takes: its own default.
const WAIT: u32 = 30;

/// What answers.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(super) enum Target<'a> {
    /// A site, with paths of its own.
    Site(&'a Served),
    /// One origin for every path.
    One {
        /// It, with an id that is its own among those of the distribution.
        origin: Origin,
        /// The function at the edge that signs bodies for it.
        signer: Option<Value>,
    },
}

impl Target<'_> {
    fn one(origin: Origin) -> Self {
        Target::One { origin, signer: None }
    }
}

/// What `to` of an entry names; reports what cannot answer. `setting` is where it stands.
pub(super) fn of<'a>(on: &Context<'a>, entry: Entry<'_>, setting: &str, to: &Setting<String>) -> Option<Target<'a>> {
    if to.contains("://") || to.contains(['.', '/']) {
        return by_address(on, entry, setting, to);
    }
    if let Some(found) = on.neighbours.get(&to.value).filter(|found| found.kind.name == "router") {
        report_loop(on, setting, to, found);
        return None;
    }
    let found = on.neighbour(to, setting, KINDS)?;
    if found.imported {
        return imported(on, setting, to, found);
    }
    let Some(served) = &found.interface.served else {
        report_silent(on, setting, to, found);
        return None;
    };
    if found.interface.build.is_some() {
        return Some(Target::Site(served));
    }
    let (origin, behaviour) = (served.origins.first()?, served.behaviours.first()?);
    let origin = Origin { id: found.identity.clone(), ..origin.clone() };
    Some(Target::One { origin, signer: behaviour.signer.clone() })
}

/// Something that answers by https, and is known by its address alone.
fn by_address<'a>(on: &Context<'a>, entry: Entry<'_>, setting: &str, to: &Setting<String>) -> Option<Target<'a>> {
    let refused = |title: &str, label: &str| {
        let title = format!("`{setting}` of `{}` leads to {title}", on.name);
        on.at(Diagnostic::error(CFN343, title), to.origin, label)
    };
    let text = to.value.as_str();
    let Some(rest) = text.strip_prefix("https://") else {
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
        let diagnostic = refused("an address that is not of https", "not `https://` and a host");
        let address = format!("https://{bare}");
        on.report(match parts(bare) {
            Some(_) if !bare.is_empty() => {
                on.repair(diagnostic.help(format!("write `{address}`")), to.origin, &address)
            }
            _ => diagnostic.help("write a component's name, or an address such as `https://docs.example.com`"),
        });
        return None;
    };
    let Some((host, path)) = parts(rest) else {
        on.report(
            refused("an address that CloudFront does not ask", "more than a host and a path")
                .note("it asks a DNS name on port 443, in small letters, and takes no query")
                .help("write an address such as `https://docs.example.com` or `https://docs.example.com/v1`"),
        );
        return None;
    };
    let why = on.rule("an address is a host and a path", &[to.origin]);
    let timeout = on.setting("CloudFront waits 30 seconds for what does not say how long it takes", &[], WAIT);
    Some(Target::one(Origin {
        id: entry.label.value.clone(),
        domain: Value::text(why, host),
        path: (!path.is_empty()).then(|| Value::text(why, path)),
        reached: Reached::Https { timeout },
    }))
}

/// The host and the path of an address without its scheme.
fn parts(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_number = host.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    (is_name(host) && !is_number && (path.is_empty() || is_origin_path(path))).then_some((host, path))
}

/// Whether CloudFront can put it before every path.
pub(super) fn is_origin_path(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()+,;=:@%/".contains(c);
    path.len() <= 255 && path.starts_with('/') && path.len() > 1 && !path.ends_with('/') && path.chars().all(fits)
}

/// What exists already: only its address is known, so that CloudFront signs nothing but what it asks of a bucket.
fn imported<'a>(on: &Context<'a>, setting: &str, to: &Setting<String>, found: &Neighbour) -> Option<Target<'a>> {
    let gives = |attribute: &str| found.interface.attribute(attribute).is_some();
    let id = found.identity.clone();
    if found.kind.name == "bucket" && gives("domain") {
        let title = format!("`{setting}` of `{}` leads to `{}`, which is imported", on.name, to.value);
        on.report(
            on.at(Diagnostic::warning(CFN357, title), to.origin, "its policy cannot be written here")
                .context_if_known(on.origins, Some(found.origin), "imported here")
                .help("make sure that its own policy lets `cloudfront.amazonaws.com` read it"),
        );
        let domain = on.attribute_of(to, "domain");
        return Some(Target::one(Origin { id, domain, path: None, reached: Reached::Bucket }));
    }
    let domain = if gives("host") {
        on.attribute_of(to, "host")
    } else if gives("url") {
        let why = on.rule("the host is the third piece of a URL between slashes", &[to.origin]);
        let call = |name: &str, all| Value::new(why, Kind::Call(name.to_owned(), Box::new(Value::list(why, all))));
        let pieces = call("Split", vec![Value::text(why, "/"), on.attribute_of(to, "url")]);
        call("Select", vec![Value::new(why, Kind::Int(2)), pieces])
    } else {
        report_silent(on, setting, to, found);
        return None;
    };
    let timeout = found.interface.timeout.unwrap_or_else(|| {
        on.setting("CloudFront waits 30 seconds for what does not say how long it takes", &[], WAIT)
    });
    Some(Target::one(Origin { id, domain, path: None, reached: Reached::Https { timeout } }))
}

fn report_silent(on: &Context<'_>, setting: &str, to: &Setting<String>, found: &Neighbour) {
    let url = found.interface.attribute("url");
    let (why, label, help) = match (found.imported, url.is_some()) {
        (true, _) => {
            ("whose import does not tell where it answers", "gives no address", "add `url` to its import".to_owned())
        }
        (false, true) => (
            "whose URL asks callers to sign for themselves",
            "visitors do not sign",
            format!("write `protection: signed`, `oac` or `public` at `url` of `{}`", to.value),
        ),
        (false, false) => (
            "which has no URL",
            "answers no requests",
            format!("write `url: {{protection: public}}` at `{}`, or another protection", to.value),
        ),
    };
    let title = format!("`{setting}` of `{}` leads to `{}`, {why}", on.name, to.value);
    on.report(
        on.at(Diagnostic::error(CFN344, title), to.origin, label)
            .context_if_known(on.origins, Some(found.origin), "declared here")
            .help(help),
    );
}

fn report_loop(on: &Context<'_>, setting: &str, to: &Setting<String>, found: &Neighbour) {
    let itself = to.value == on.name;
    let title = match itself {
        true => format!("`{setting}` of `{}` leads to itself", on.name),
        false => format!("`{setting}` of `{}` leads to `{}`, another router", on.name, to.value),
    };
    let diagnostic = on.at(Diagnostic::error(CFN344, title), to.origin, "a router");
    let diagnostic = diagnostic.context_if_known(on.origins, Some(found.origin), "declared here");
    on.report(match itself {
        true => diagnostic.help("name what is to answer"),
        false => diagnostic.help(format!("name what answers there, and take it out of `{}`", to.value)),
    });
}

/// Reports sites that stand in two routes, of this router or of two.
pub(super) fn check_once(on: &Context<'_>, fronts: &[Front<'_>]) {
    let mut known: BTreeMap<&str, OriginId> = BTreeMap::new();
    for entry in fronts.iter().flat_map(|front| &front.routes) {
        let (to, router) = (entry.to, on.name);
        let is_site = on.neighbours.get(&to.value).is_some_and(|n| n.interface.build.is_some());
        if !is_site {
            continue;
        }
        let other = on.served.get(&to.value).filter(|by| by.router.value != router);
        let (title, first) = match (other, known.insert(&to.value, to.origin)) {
            (Some(by), _) => {
                let other = &by.router.value;
                let title = format!("`{}` is served by `{other}` and by `{router}`", to.value);
                (title, by.serving.component.origin)
            }
            (None, Some(first)) => (format!("`{}` is served twice by `{router}`", to.value), first),
            (None, None) => continue,
        };
        on.report(
            on.at(Diagnostic::error(CFN347, title), to.origin, &format!("`{}` takes it again", entry.setting()))
                .context_if_known(on.origins, Some(first), "served here already")
                .help("keep one; further names for the same are hosts with `alias` or `redirect`"),
        );
    }
}

/// Whether one of the routes leads to code.
pub(super) fn leads_to_code(on: &Context<'_>, fronts: &[Front<'_>]) -> bool {
    let served = |to: &Setting<String>| on.neighbours.get(&to.value)?.interface.served.as_ref();
    let mut targets = fronts.iter().flat_map(|front| &front.routes).flat_map(|entry| entry.targets());
    targets.any(|to| served(to).is_some_and(Served::has_functions))
}

/// The methods that an entry takes: all, unless answers are kept or a second target stands by.
pub(super) fn methods(keeps: bool, fails_over: bool) -> Methods {
    if keeps || fails_over { Methods::Reading } else { Methods::All }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn addresses() {
        for (rest, expected) in [
            ("docs.example.com", Some(("docs.example.com", ""))),
            ("docs.example.com/", Some(("docs.example.com", ""))),
            ("docs.example.com/v1/", Some(("docs.example.com", "/v1"))),
            ("docs.example.com:8443", None),
            ("user@docs.example.com", None),
            ("docs.example.com/?a=b", None),
            ("docs.example.com//", None),
            ("10.0.0.1", None),
            ("Docs.example.com", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(parts(rest), expected, "{rest}");
        }
    }
}
