//! Hosts that visitors reach through the provider's proxy.

use super::On;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::served::{Host, hosts};
use crate::lower::Lowered;
use crate::manifest::{Provider, Zone};
use crate::part::certificate::covers;
use crate::setting::Setting;

/// `DNS007`: a proxied host that no certificate at the edge covers.
pub const DNS007: Code = Code {
    id: "DNS007",
    explanation: "no certificate at the provider's edge covers the name\n\n\
        Visitors of a proxied host speak TLS with Cloudflare. Its Universal SSL covers the name of the zone and those of one label \
        more (Cloudflare, SSL/TLS, \"Universal SSL: Limitations\"), so that `api.staging.getreggie.io` would answer with \
        ERR_SSL_VERSION_OR_CIPHER_MISMATCH, whatever certificate stands behind it.\n\n\
        Write `proxied: false` at the host, which then reaches AWS directly; or give it a name of one label, such as \
        `api-staging`; or list in `edge_certificates` of the zone what Advanced Certificate Manager, or an uploaded certificate, \
        covers there. What the proxy does for a host, such as its firewall, it does not do for one that is not proxied.",
};

/// `DNS010`: a setting of a record that its proxy decides, or a proxy that is not there.
pub const DNS010: Code = Code {
    id: "DNS010",
    explanation: "a record cannot be what it says\n\n\
        A proxied record leads to addresses of the proxy, which decides how long they are remembered: Cloudflare always answers with \
        300 seconds (Cloudflare, DNS, \"Time to Live (TTL)\"), and a `ttl` would be ignored. A zone of Route 53, or one that somebody else \
        serves, has no proxy to go through.",
};

/// Checks what goes through a proxy.
pub(super) fn check(on: On<'_>, lowered: &Lowered, findings: &mut Diagnostics) {
    for (label, zone) in on.zones().filter(|(_, zone)| zone.proxied.value) {
        check_has_proxy(on, zone, &format!("the zone `{label}`"), zone.proxied, findings);
    }
    for host in hosts(on.model, lowered) {
        let Some(zone) = host.zone else { continue };
        if let Some(proxied) = host.claim.proxied.filter(|proxied| proxied.value) {
            check_has_proxy(on, zone, &host.what(), proxied, findings);
        }
        if host.is_proxied() {
            check_time(on, zone, &host, findings);
            check_depth(on, zone, &host, findings);
        }
    }
}

/// Reports what is proxied where there is no proxy.
fn check_has_proxy(on: On<'_>, zone: &Zone, what: &str, proxied: Setting<bool>, findings: &mut Diagnostics) {
    let provider = zone.provider;
    if provider.value == Provider::Cloudflare {
        return;
    }
    let title = format!("{what} is `proxied`, and the provider of `{}` has no proxy", zone.name.value);
    let diagnostic = Diagnostic::error(DNS010, title)
        .at_origin(on.origins, proxied.origin, &[zone.name.origin], "no proxy to go through")
        .context_if_known(on.origins, Some(provider.origin), "who serves it")
        .note("of the providers known here only Cloudflare has one");
    let diagnostic = match on.origins.is_default(provider.origin) {
        true => diagnostic.help("if Cloudflare serves the zone, write `provider: cloudflare` there"),
        false => diagnostic,
    };
    findings.push(diagnostic.help("write `proxied: false`").edit_if_written(on.origins, proxied.origin, "false"));
}

/// Reports a time that the proxy decides.
fn check_time(on: On<'_>, zone: &Zone, host: &Host<'_>, findings: &mut Diagnostics) {
    let Some(ttl) = host.claim.ttl else { return };
    let title = format!("{} has a `ttl`, and is proxied", host.what());
    findings.push(
        Diagnostic::error(DNS010, title)
            .at_origin(on.origins, ttl.origin, &[host.claim.name.origin, host.origin], "ignored")
            .context_if_known(on.origins, Some(host.claim.proxied.unwrap_or(zone.proxied).origin), "proxied")
            .note("what a proxied name answers is remembered for 300 seconds: Cloudflare, DNS, \"Time to Live (TTL)\"")
            .help("remove `ttl`, or write `proxied: false` at the host"),
    );
}

/// Reports a name that lies deeper than the certificates at the edge reach.
fn check_depth(on: On<'_>, zone: &Zone, host: &Host<'_>, findings: &mut Diagnostics) {
    let (name, top) = (host.claim.name.value.as_str(), zone.name.value.as_str());
    let below = name.strip_suffix(top).unwrap_or_default().trim_end_matches('.');
    let listed = zone.edge_certificates.iter().flatten();
    if !below.contains('.') || listed.clone().any(|edge| covers(edge, name)) {
        return;
    }
    let above = name.split_once('.').map_or(name, |(_, above)| above);
    let title = format!("no certificate of Cloudflare covers `{name}`, {}", host.what());
    let decided = host.claim.proxied.unwrap_or(zone.proxied);
    let diagnostic = Diagnostic::error(DNS007, title)
        .at_origin(on.origins, host.claim.name.origin, &[host.origin], "deeper than one label below the zone")
        .context_if_known(on.origins, Some(decided.origin), "proxied")
        .note(format!(
            "Universal SSL covers `{top}` and `*.{top}`: Cloudflare, SSL/TLS, \"Universal SSL: Limitations\""
        ))
        .help("write `proxied: false` at the host, which AWS then serves directly");
    let diagnostic = match below.contains('*') {
        true => diagnostic,
        false => diagnostic.help(format!("or a name of one label: `{}.{top}`", below.replace('.', "-"))),
    };
    findings.push(diagnostic.help(format!(
        "or, with Advanced Certificate Manager, `edge_certificates: [\"*.{above}\"]` at the zone `{}`",
        on.label(zone)
    )));
}
