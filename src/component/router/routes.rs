//! What a route says of its target, and what is wrong with that.

use super::Context;
use super::front::Entry;
use super::settings::{Cache as Kept, Route};
use super::target;
use crate::component::{Origin, Served};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// Codes of routes.
pub const CODES: &[Code] = &[CFN346, CFN349, CFN350];

/// `CFN346`: a site at the wrong path.
pub const CFN346: Code = Code {
    id: "CFN346",
    explanation: "a site stands at another path than its pages\n\n\
        The pages of a site refer to each other by paths that its build has fixed: from `/` on, or below its `base_path`. A route \
        must lead there: `path: /*`, or `path: /docs/*` for `base_path: /docs`. Nothing can be taken off.",
};

/// `CFN349`: nothing to take off.
pub const CFN349: Code = Code {
    id: "CFN349",
    explanation: "`strip` has no prefix that it could take off\n\n\
        `strip: true` takes off what stands before the `*` of a path such as `/api/*`: the target of `/api/users` sees `/users`. \
        In any other path nothing says what that is.",
};

/// `CFN350`: a setting for another sort of target.
pub const CFN350: Code = Code {
    id: "CFN350",
    explanation: "a route says what its target does not take\n\n\
        A site says itself what is kept of its answers, and where its files lie: `cache`, `strip`, `origin_path` and `failover` are \
        for functions, APIs, buckets and addresses. `origin_path` begins with a slash and does not end with one; an \
        address can say it itself: `https://docs.example.com/v1`.",
};

/// Whether a site stands where its pages are; reports it otherwise.
pub(super) fn stands_right(on: &Context<'_>, entry: Entry<'_>, served: &Served) -> bool {
    let written = entry.path();
    let wanted = served.base_path.as_ref().map(|base| format!("{}/*", base.value));
    if written.map(|path| path.value.as_str()) == wanted.as_deref() {
        return true;
    }
    let (site, setting) = (&entry.to.value, entry.setting());
    let title = match written {
        Some(path) => format!("`{setting}` of `{}` serves `{site}` at `{}`", on.name, path.value),
        None => format!("`{setting}` of `{}` serves `{site}` at every path", on.name),
    };
    let at = written.map_or(entry.to.origin, |path| path.origin);
    let label = match &served.base_path {
        Some(base) => format!("its pages begin at `{}`", base.value),
        None => "its pages begin at `/`".to_owned(),
    };
    let diagnostic = on.at(Diagnostic::error(CFN346, title), at, &label).context_if_known(
        on.origins,
        served.base_path.as_ref().map(|base| base.origin),
        "as the app says",
    );
    let path = wanted.unwrap_or_else(|| "/*".to_owned());
    let diagnostic = diagnostic.help(match (&served.base_path, entry.route) {
        (Some(_), None) => format!("write `routes` with `path: {path}` in the place of `to`"),
        _ => format!("write `path: {path}`"),
    });
    let diagnostic = match written {
        Some(path) if served.base_path.is_none() && path.value.ends_with("/*") => {
            diagnostic.help(format!("or build it below it: `base_path: {}`", path.value.trim_end_matches("/*")))
        }
        _ => diagnostic,
    };
    on.report(match written {
        Some(written) if served.base_path.is_some() => on.repair(diagnostic, written.origin, &path),
        _ => diagnostic,
    });
    false
}

/// That a route to a site says nothing that the site says itself.
pub(super) fn check_site(on: &Context<'_>, entry: Entry<'_>, route: &Route) {
    let said = [
        ("strip", route.strip.value.then_some(route.strip.origin)),
        ("cache", (!matches!(route.cache.value, Kept::Nothing)).then_some(route.cache.origin)),
        ("origin_path", route.origin_path.as_ref().map(|path| path.origin)),
        ("failover", route.failover.as_option().and_then(|failover| Some(failover.to.as_ref()?.origin))),
    ];
    for (setting, origin) in said.into_iter().filter_map(|(setting, origin)| Some((setting, origin?))) {
        let title = format!("`{}` of `{}` has `{setting}`, and leads to a site", entry.setting(), on.name);
        on.report(
            on.at(Diagnostic::error(CFN350, title), origin, "the site says this itself")
                .context_if_known(on.origins, Some(entry.to.origin), "a site")
                .help(format!("remove `{setting}`")),
        );
    }
}

/// What `strip` takes off; reports a path without it.
pub(super) fn prefix(on: &Context<'_>, entry: Entry<'_>, route: &Route) -> Option<String> {
    let prefix = route.path.strip_suffix("/*").filter(|prefix| !prefix.is_empty() && !prefix.contains(['*', '?']));
    if prefix.is_none() {
        let title = format!("`{}` of `{}` takes nothing off `{}`", entry.setting(), on.name, route.path.value);
        let diagnostic = on
            .at(Diagnostic::error(CFN349, title), route.strip.origin, "no prefix to take off")
            .context_if_known(on.origins, Some(route.path.origin), "the path")
            .help("write a path such as `/api/*`, or leave `strip` out");
        on.report(on.repair(diagnostic, route.strip.origin, "false"));
    }
    prefix.map(str::to_owned)
}

/// What goes before every path; reports what cannot.
pub(super) fn origin_path<'r>(
    on: &Context<'_>,
    entry: Entry<'_>,
    route: &'r Route,
    origin: &Origin,
) -> Option<&'r Setting<String>> {
    let path = route.origin_path.as_ref()?;
    let setting = entry.setting();
    if !target::is_origin_path(path) {
        let title =
            format!("`{setting}.origin_path` of `{}` is `{}`, which is no beginning of a path", on.name, path.value);
        let diagnostic = on.at(Diagnostic::error(CFN350, title), path.origin, "a slash before it, none after it");
        let meant = format!("/{}", path.trim_matches('/'));
        on.report(match target::is_origin_path(&meant) {
            true => on.repair(diagnostic.help(format!("write `{meant}`")), path.origin, &meant),
            false => diagnostic.help("write a path such as `/v1`, or leave it out"),
        });
        return None;
    }
    if origin.path.is_some() {
        let title = format!("`{setting}` of `{}` has an `origin_path`, and its address a path", on.name);
        on.report(
            on.at(Diagnostic::error(CFN350, title), path.origin, "which of the two goes first?")
                .context_if_known(on.origins, Some(entry.to.origin), "has one already")
                .help(format!("write it with the address: `{}{}`", entry.to.value.trim_end_matches('/'), path.value)),
        );
        return None;
    }
    Some(path)
}
