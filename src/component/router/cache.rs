//! What is kept of answers, and what tells them apart.

use serde::Serialize;

use super::front::Entry;
use super::settings::{Cache as Written, CacheKey, Query};
use crate::component::{Cache, Context, Fragment, scoped};
use crate::diag::{Code, Diagnostic, Severity};
use crate::part::shared::Shared;
use crate::setting::{Seconds, Setting};
use crate::value::Value;

/// Codes of what is kept.
pub const CODES: &[Code] = &[CFN351, CFN353];

/// `CFN351`: one of twenty.
pub const CFN351: Code = Code {
    id: "CFN351",
    explanation: "a route has a cache policy of its own\n\n\
        An account has 20 cache policies, for all its stages together, and AWS does not raise that (CloudFront Developer Guide, \
        \"Quotas on policies\"). `cache: none`, `static` and `{}` use policies that all stages share; anything else makes one for the \
        route on every stage. On stages that come and go, twenty are soon used up.",
};

/// `CFN353`: something that cannot tell answers apart.
pub const CFN353: Code = Code {
    id: "CFN353",
    explanation: "`cache` names what CloudFront does not tell answers apart by\n\n\
        A cache policy names at most 10 headers, of which two are our own (host and prefix), and 10 cookies and 10 parameters \
        (CloudFront Developer Guide, \"Quotas on policies\"). `Host` would be sent to a target that answers under another name, \
        `Cookie` is named cookie by cookie, and `Accept-Encoding` is there already. An answer is kept for a year at most.",
};

/// Headers that always tell answers apart: the host that was asked, and the prefix that was taken off.
const OWN: [&str; 2] = ["x-forwarded-host", "x-forwarded-prefix"];
/// Names of each sort that a policy takes.
const NAMES: usize = 10;
/// A year, in seconds.
const YEAR: u32 = 31_536_000;

#[derive(Serialize)]
struct Plan {
    name: Value,
    comment: Value,
    ttl: Setting<Seconds>,
    headers: Value,
    cookies: Option<Value>,
    query: Value,
    parameters: Option<Value>,
}

/// What is kept for an entry of the distribution in `scope`, and the policy that it needs.
pub(super) fn of(on: &Context<'_>, scope: &str, entry: Entry<'_>, is_bucket: bool) -> (Cache, Option<Fragment>) {
    let Some(route) = entry.route else {
        return (if is_bucket { Cache::Files } else { Cache::Nothing }, None);
    };
    let written = &route.cache;
    match &written.value {
        Written::Nothing if !is_bucket || !on.origins.is_default(written.origin) => (Cache::Nothing, None),
        // Below a prefix that is taken off, the path alone would be that of something else.
        Written::Nothing | Written::Static if route.strip.value => (Cache::Own(Shared::FilesCache.value(on)), None),
        Written::Nothing | Written::Static => (Cache::Files, None),
        Written::Own(key) if key.is_shared() => (Cache::Answers, None),
        Written::Own(key) => {
            key.check(on, entry);
            warn_of_quota(on, entry, written);
            let scope = scoped(scope, &crate::component::pascal(&entry.label.value));
            let fragment = on.fragment("parts/cache_policy", &key.plan(on, entry, &scope)).scoped(&scope);
            (Cache::Own(on.local(&scoped(&scope, "Cache"), None)), Some(fragment))
        }
    }
}

fn warn_of_quota(on: &Context<'_>, entry: Entry<'_>, written: &Setting<Written>) {
    let severity = if on.stage.is_permanent() { Severity::Note } else { Severity::Warning };
    let title = format!("`{}` of `{}` makes a cache policy of its own", entry.setting(), on.name);
    let diagnostic = on
        .at(Diagnostic::new(severity, CFN351, title), written.origin, "one of the account's 20")
        .note("quota: Cache policies per AWS account, 20; it cannot be raised");
    on.report(match on.stage.is_permanent() {
        true => diagnostic.help("`none`, `static` and `{}` need none"),
        false => diagnostic.help("write `cache: none`, `static` or `{}` in the layer of stages that come and go"),
    });
}

impl CacheKey {
    /// Whether the policy that all stages share says the same.
    fn is_shared(&self) -> bool {
        let bare = self.headers.is_empty() && self.cookies.is_empty() && self.ttl.value == Seconds(0);
        bare && matches!(self.query.value, Query::All)
    }

    fn parameters(&self) -> &[Setting<String>] {
        match &self.query.value {
            Query::Only(names) => names,
            Query::All | Query::Nothing => &[],
        }
    }

    fn plan(&self, on: &Context<'_>, entry: Entry<'_>, scope: &str) -> Plan {
        let why = on.rule("what tells answers apart, besides host and path", &[entry.label.origin]);
        let name = |name: &Setting<String>| Value::text(name.origin, name.value.clone());
        let list =
            |names: &[Setting<String>]| (!names.is_empty()).then(|| Value::list(why, names.iter().map(name).collect()));
        let own = OWN.iter().map(|name| Value::text(why, *name));
        let query = match &self.query.value {
            Query::All => "all",
            Query::Nothing => "none",
            Query::Only(_) => "whitelist",
        };
        let label = match entry.host {
            Some(host) => format!("{}-{}", host.value, entry.label.value),
            None => entry.label.value.clone(),
        };
        Plan {
            // Of the same parts as its logical id: one that changes alone would be made under a name that is taken.
            name: on.physical_name(&format!("-{scope}"), 128),
            comment: Value::text(why, format!("Answers of {} to {label}", on.identity())),
            ttl: self.ttl,
            headers: Value::list(why, own.chain(self.headers.iter().map(name)).collect()),
            cookies: list(&self.cookies),
            query: on.text("what CloudFront calls it", &[self.query.origin], query),
            parameters: list(self.parameters()),
        }
    }

    fn check(&self, on: &Context<'_>, entry: Entry<'_>) {
        let setting = entry.setting();
        let sorts = [
            ("headers", self.headers.as_slice(), NAMES - OWN.len()),
            ("cookies", &self.cookies, NAMES),
            ("query", self.parameters(), NAMES),
        ];
        for (sort, names, most) in sorts {
            if let Some(over) = names.get(most) {
                let title = format!("`{setting}.cache.{sort}` of `{}` has {} names", on.name, names.len());
                on.report(
                    on.at(Diagnostic::error(CFN353, title), over.origin, "one too many")
                        .note(format!("limit: {most} {sort} in a cache policy, beside our own"))
                        .help(format!("name {most} at most")),
                );
            }
        }
        for header in &self.headers {
            let why = match header.to_ascii_lowercase().as_str() {
                "host" => "the target answers under another name",
                "cookie" => "cookies are named one by one, in `cookies`",
                "accept-encoding" => "it is there already",
                name if OWN.contains(&name) => "it is there already",
                _ => continue,
            };
            let title = format!("`{setting}.cache.headers` of `{}` has `{}`", on.name, header.value);
            let diagnostic = on.at(Diagnostic::error(CFN353, title), header.origin, why);
            on.report(diagnostic.help("remove it"));
        }
        if self.ttl.value.0 > YEAR {
            let title = format!("`{setting}.cache.ttl` of `{}` is {} seconds", on.name, self.ttl.value.0);
            let diagnostic = on
                .at(Diagnostic::error(CFN353, title), self.ttl.origin, "more than a year")
                .note(format!("limit: MaxTTL of our policies, {YEAR} seconds"))
                .help(format!("write `{YEAR}` or less"));
            on.report(on.repair(diagnostic, self.ttl.origin, &YEAR.to_string()));
        }
    }
}
