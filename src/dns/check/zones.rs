//! The zones themselves.

use std::collections::BTreeMap;

use super::On;
use super::proxy::DNS007;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::{Zone, lies_in};
use crate::part::host::{Form, name_fault};
use crate::setting::Setting;

/// `DNS003`: a name without a zone, or a zone that nobody can own, or one that stands there twice.
pub const DNS003: Code = Code {
    id: "DNS003",
    explanation: "a name lies in no zone, or a zone cannot be what it says\n\n\
        Who serves a zone decides how the records of its names are set: in a plan that is applied to Cloudflare, in the stacks for \
        Route 53, or by hand. So each host, alias, redirect and name of a certificate lies in a zone of the manifest: it is the \
        zone's name, or ends with a dot and that. Of several zones the deepest holds it. Where somebody else sets the records, the \
        zone says `provider: none`.\n\n\
        The `name` of a zone is the domain that somebody registered, or a part of it that was delegated: `getreggie.io`, \
        `getreggie.co.uk`. Below a public suffix (`co.uk`, `github.io`, `cloudfront.net`: https://publicsuffix.org) names belong to \
        different owners, so that no zone of a product is one. Each zone stands in the manifest once.",
};

/// Checks the names of the zones, and those that they list.
pub(super) fn check(on: On<'_>, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, (&str, &Setting<String>)> = BTreeMap::new();
    for (label, zone) in on.zones() {
        let (name, text) = (&zone.name, zone.name.value.as_str());
        let said = format!("the name of the zone `{label}` is `{text}`");
        if let Some(fault) = name_fault(on.origins, &said, name, on.project(), Form::Zone) {
            findings.push(fault);
            continue;
        }
        if psl::suffix_str(text) == Some(text) {
            findings.push(
                Diagnostic::error(DNS003, format!("{said}, below which everyone may have names"))
                    .at_origin(on.origins, name.origin, &[on.project()], "a public suffix")
                    .note("it stands in the public suffix list: https://publicsuffix.org")
                    .help(format!("write the domain that was registered below it, such as `getreggie.{text}`")),
            );
        }
        match known.get(text) {
            Some((first, at)) => findings.push(
                Diagnostic::error(DNS003, format!("the zones `{first}` and `{label}` are both `{text}`"))
                    .at_origin(on.origins, name.origin, &[on.project()], "there already")
                    .context_if_known(on.origins, Some(at.origin), "the first of that name")
                    .help("remove one of the two"),
            ),
            None => drop(known.insert(text, (label, name))),
        }
        check_edge(on, label, zone, findings);
    }
}

/// Checks the names that certificates at the provider's edge cover.
fn check_edge(on: On<'_>, label: &str, zone: &Zone, findings: &mut Diagnostics) {
    for name in zone.edge_certificates.iter().flatten() {
        let said = format!("`edge_certificates` of the zone `{label}` holds `{}`", name.value);
        if let Some(fault) = name_fault(on.origins, &said, name, zone.name.origin, Form::Pattern) {
            findings.push(fault);
        } else if !lies_in(name.strip_prefix("*.").unwrap_or(name), &zone.name) {
            findings.push(
                Diagnostic::error(DNS007, format!("{said}, which covers no name of `{}`", zone.name.value))
                    .at_origin(on.origins, name.origin, &[zone.name.origin], "of another zone")
                    .context_if_known(on.origins, Some(zone.name.origin), "the zone")
                    .help("write a name below the zone's, or remove it"),
            );
        }
    }
}
