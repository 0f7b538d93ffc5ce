//! Health checks: addresses that Route 53 asks from outside.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figure::Figure;
use crate::component::{Attribute, Context, Fragment, Measure, Metric, US_EAST_1, Watched, pascal};
use crate::diag::{Code, Diagnostic, Severity};
use crate::manifest::Provider;
use crate::part::target;
use crate::setting::{Keyed, Setting, Text};
use crate::value::{Kind, Symbol, Value};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN582, CFN587];

/// `CFN582`: an address that cannot be asked.
pub const CFN582: Code = Code {
    id: "CFN582",
    explanation: "an address of a health check is not known, or is none\n\n\
        Route 53 is told the host, the port and the path of an address apart, so that all of it must be known before the deploy: a host \
        of the stage, such as `https://${values.api_host}/health`, or an attribute that says one. An address that AWS makes up, such as \
        that of a function's URL, is known only afterwards. A path has at most 255 characters (Amazon Route 53 API Reference, \
        \"HealthCheckConfig\"). The host is a name, since the certificate of an address of https is made out to one, and stands alone: \
        Route 53 sends no login.",
};

/// `CFN587`: a health check through a proxy that may refuse it.
pub const CFN587: Code = Code {
    id: "CFN587",
    explanation: "a health check asks through Cloudflare's proxy\n\n\
        Cloudflare may answer clients that are no browsers with a challenge (403), by its Bot Fight Mode, Under Attack mode, or a rule of \
        the zone. Route 53 takes any status but 2xx and 3xx for a failure (Amazon Route 53 Developer Guide, \"How Amazon Route 53 \
        determines whether a health check is healthy\"), so that the alarm would ring though all is well. Its checkers say \
        `Amazon-Route53-Health-Check-Service` in `User-Agent`, and AWS publishes their addresses (`ROUTE53_HEALTHCHECKS` in \
        `ip-ranges.json`). This is a note: what the zone's settings are is not known here.",
};

/// An address that is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// The address, of https: it is well while it answers with a status of 2xx or 3xx within 2 seconds.
    #[schemars(example = &"https://${values.api_host}/health")]
    url: Text,
    /// Every how many seconds each checker asks, 30 or 10; there are about a dozen of them around the world.
    #[schemars(extend("default" = 30, "enum" = [10, 30]))]
    interval: Setting<u32>,
    /// After how many failures in a row a checker takes it to be down, 1 to 10.
    #[schemars(range(min = 1, max = 10), extend("default" = 3))]
    failures: Setting<u32>,
}

#[derive(Serialize)]
struct Plan {
    host: Value,
    port: Value,
    path: Value,
    interval: Setting<u32>,
    failures: Setting<u32>,
    tags: Value,
}

/// An address in the parts that Route 53 is told.
struct Address {
    host: String,
    port: u16,
    path: String,
}

/// Whether it may stand between the dots of a host (RFC 1123, section 2.1).
fn is_label(text: &str) -> bool {
    let is_inner = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (1..=63).contains(&text.len()) && is_inner && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether it is read as an address of IP: no top-level domain is a number (RFC 3696, section 2).
fn is_ip(host: &str) -> bool {
    host.rsplit('.').next().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()))
}

impl Address {
    fn parse(url: &str) -> Option<Address> {
        let rest = url.strip_prefix("https://")?;
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match host.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (host, 443),
        };
        let is_host = host.contains('.') && host.len() <= 253 && host.split('.').all(is_label) && !is_ip(host);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let is_path = path.len() <= 255 && path.chars().all(|c| c.is_ascii_graphic() && c != '#');
        (is_host && is_path && port > 0).then(|| Address { host: host.to_ascii_lowercase(), port, path })
    }
}

impl HealthCheck {
    /// The id of the health check, for the alarm in us-east-1 and for others. A change of `interval` makes another.
    pub(super) fn attribute(on: &Context<'_>, label: &Setting<String>) -> Attribute {
        on.from_local(&attribute(label), &scope(label), None).replaced()
    }

    fn lower(&self, on: &Context<'_>, label: &Setting<String>, address: &Address) -> Fragment {
        let why = on.rule("Route 53 is told host, port and path of an address", &[self.url.0.origin]);
        let plan = Plan {
            host: Value::text(why, address.host.clone()),
            port: Value::new(why, Kind::Int(address.port.into())),
            path: Value::text(why, address.path.clone()),
            interval: self.interval,
            failures: self.failures,
            tags: on.named_tags(&format!("-{}", label.value)),
        };
        on.fragment("monitoring_health", &plan).scoped(&scope(label))
    }

    fn figure<'a>(&self, on: &Context<'a>, label: &Setting<String>, url: &str) -> Figure<'a> {
        let dimensions = vec![("HealthCheckId", on.own(&attribute(label)))];
        let status = Metric { namespace: "AWS/Route53", name: "HealthCheckStatus", dimensions, statistic: "Minimum" };
        let watched = Watched {
            name: format!("{}_answers", label.value),
            says: format!("{url} does not answer those who ask from outside"),
            region: US_EAST_1.to_owned(),
            measure: Measure::Metric(status),
            threshold: Some(on.setting("an address is well (1) or not (0)", &[self.url.0.origin], 1.0)),
            below: true,
            period: 60,
            bad: (2, 2),
            // Checkers never rest.
            silence_is_bad: true,
            mends: None,
        };
        let scope = format!("{}Alarm", scope(label));
        Figure { of: on.identity(), metric: scope.clone(), scope, is_own: true, watched: Cow::Owned(watched) }
    }
}

/// The health checks, and what they find. Route 53 keeps its figures in us-east-1; the checks themselves are global, and stand with the
/// stage.
pub(super) fn lower<'a>(on: &Context<'a>, checks: &Keyed<HealthCheck>) -> (Vec<Fragment>, Vec<Figure<'a>>) {
    let (mut fragments, mut figures, mut is_noted) = (Vec::new(), Vec::new(), false);
    for (label, check) in checks.iter() {
        let setting = format!("health_checks.{}.url", label.value);
        target::check_https(on, &setting, &check.url.0);
        let Some(url) = known(on, &check.url.0, 0) else {
            unknown(on, &setting, &check.url.0, "is not known before the deploy", "only the deploy knows it");
            continue;
        };
        let Some(address) = Address::parse(&url) else {
            // What is no https was told above.
            if let Some(rest) = url.strip_prefix("https://") {
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let label = match host.split_once(':').map_or(host, |(host, _)| host) {
                    _ if host.contains('@') => "Route 53 sends no login",
                    host if !host.is_empty() && is_ip(host) => "a number; https needs a name",
                    _ => "not a host, and a path",
                };
                unknown(on, &setting, &check.url.0, "is no address that can be asked", label);
            }
            continue;
        };
        if !is_noted && is_proxied(on, &address.host) {
            is_noted = true;
            proxied(on, &setting, &check.url.0, &address.host);
        }
        fragments.push(check.lower(on, label, &address));
        figures.push(check.figure(on, label, &url));
    }
    (fragments, figures)
}

/// What the manifest knows a text to be, attributes of others included.
fn known(on: &Context<'_>, value: &Value, depth: usize) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Join(parts) => parts.iter().map(|part| known(on, part, depth)).collect(),
        // An attribute may itself be composed; its depth is bounded only by a mistake of ours.
        Kind::Ref(Symbol::Attribute { component, attribute }) if depth < 4 => {
            known(on, &on.neighbours.get(component)?.interface.attribute(attribute)?.value, depth + 1)
        }
        _ => None,
    }
}

fn unknown(on: &Context<'_>, setting: &str, url: &Value, fact: &str, label: &str) {
    let diagnostic = Diagnostic::error(CFN582, format!("`{setting}` of `{}` {fact}", on.name));
    let mut diagnostic = on
        .at(diagnostic, url.origin, label)
        .help("write an address with a host of the stage, such as `https://api.example.com/health`");
    // What stands before an `@` may be a password.
    if url.as_text().is_some_and(|text| text.contains('@')) {
        diagnostic.hidden = on.origins.spans(url.origin);
    }
    on.report(diagnostic);
}

/// Whether visitors of a host of the stage come through Cloudflare's proxy.
fn is_proxied(on: &Context<'_>, host: &str) -> bool {
    let Some(zone) = on.zone_of(host).filter(|zone| zone.provider.value == Provider::Cloudflare) else { return false };
    let claims = on.neighbours.values().flat_map(|neighbour| &neighbour.interface.hosts);
    let mut own = claims.filter(|claim| claim.name.value == host);
    own.any(|claim| claim.proxied.unwrap_or(zone.proxied).value)
}

fn proxied(on: &Context<'_>, setting: &str, url: &Value, host: &str) {
    let title = format!("`{setting}` of `{}` asks `{host}` through Cloudflare's proxy", on.name);
    on.report(
        on.at(Diagnostic::new(Severity::Note, CFN587, title), url.origin, "may be answered by a challenge")
            .note("Route 53 takes any status but 2xx and 3xx for a failure (Amazon Route 53 Developer Guide)")
            .help("let checkers pass by a rule of the zone: they say `Amazon-Route53-Health-Check-Service`"),
    );
}

fn scope(label: &Setting<String>) -> String {
    format!("Health{}", pascal(&label.value))
}

fn attribute(label: &Setting<String>) -> String {
    format!("{}_health_check_id", label.value)
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_fall_apart() {
        let parts = |url| Address::parse(url).map(|a| (a.host, a.port, a.path));
        let is = |host: &str, port, path: &str| Some((host.to_owned(), port, path.to_owned()));
        assert_eq!(parts("https://api.example.com/health"), is("api.example.com", 443, "/health"));
        assert_eq!(parts("https://API.example.com"), is("api.example.com", 443, "/"));
        assert_eq!(parts("https://a.example.com:8443/x?y=1"), is("a.example.com", 8443, "/x?y=1"));
        assert_eq!(parts("https://a.example.com?deep=1"), is("a.example.com", 443, "/?deep=1"));
        let long = format!("https://a.example.com/{}", "x".repeat(255));
        for wrong in ["http://a.example.com", "https://", "https://localhost/", "https://a b.example.com/", &long] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        for wrong in ["https://1.2.3.4/h", "https://a..io/h", "https://-a.io/h", "https://a-.io/", "https://a.io./"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        for wrong in ["https://user:pw@a.example.com/", "https://user@a.example.com/"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        for wrong in ["https://a.example.com:0/", "https://a.example.com:x/", "https://a.example.com/#x"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
