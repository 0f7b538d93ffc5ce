//! Who may issue certificates for a zone.

use super::On;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::served::zone_of;
use crate::lower::Lowered;
use crate::part::host::is_name;
use crate::setting::Setting;

/// `DNS018`: CAA records that keep ACM from issuing, or that name nobody.
pub const DNS018: Code = Code {
    id: "DNS018",
    explanation: "the CAA records of a zone keep AWS from issuing its certificates\n\n\
        Where a zone has CAA records, only those whom they name may issue certificates for it and all below (RFC 8659, section 3). AWS \
        Certificate Manager issues where `amazon.com`, `amazontrust.com`, `awstrust.com` or `amazonaws.com` is among them (AWS \
        Certificate Manager User Guide, \"Configure a CAA record\"); otherwise no certificate of the stage is ever issued or renewed. For \
        wildcards `issuewild` counts alone, where there is one (section 4.3).\n\n\
        A value is the domain of an authority, maybe with parameters behind a `;`, or `;` alone for nobody (section 4.2).",
};

/// The domains by which Amazon is named; any of them is enough.
const AMAZON: [&str; 4] = ["amazon.com", "amazonaws.com", "amazontrust.com", "awstrust.com"];

/// The domain of an authority, without its parameters.
fn authority(value: &str) -> &str {
    value.split_once(';').map_or(value, |(domain, _)| domain).trim()
}

fn is_amazon(value: &Setting<String>) -> bool {
    AMAZON.contains(&authority(value))
}

/// Whether it is as RFC 8659, section 4.2, has it. Quotes and backslashes are left out: zone files write them in another way.
fn is_value(value: &str) -> bool {
    let domain = authority(value);
    let parameters = value.split_once(';').map(|(_, parameters)| parameters.trim());
    let is_parameter = |text: &str| {
        text.trim().split_once('=').is_some_and(|(tag, value)| {
            !tag.is_empty()
                && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && value.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'))
        })
    };
    let fits = parameters.is_none_or(|text| text.is_empty() || text.split(';').all(is_parameter));
    fits && (is_name(domain) || domain.is_empty() && parameters == Some(""))
}

/// Checks what the zones say of those who may issue.
pub(super) fn check_values(on: On<'_>, findings: &mut Diagnostics) {
    for (label, zone) in on.zones() {
        let Some(caa) = &zone.caa else { continue };
        for (tag, values) in [("issue", Some(&caa.issue)), ("issuewild", caa.issuewild.as_ref())] {
            for value in values.into_iter().flatten().filter(|value| !is_value(value)) {
                let title = format!("`{tag}` of the zone `{label}` holds `{}`, which names no authority", value.value);
                let small = value.trim().trim_end_matches('.').to_ascii_lowercase();
                let diagnostic = Diagnostic::error(DNS018, title)
                    .at_origin(on.origins, value.origin, &[zone.name.origin], "not the domain of an authority")
                    .note(
                        "a value is the authority's domain, maybe with parameters behind a `;`: RFC 8659, section 4.2",
                    );
                findings.push(match is_name(&small) {
                    true => {
                        diagnostic.help(format!("write `{small}`")).edit_if_written(on.origins, value.origin, &small)
                    }
                    false => {
                        diagnostic.help("write a domain such as `amazon.com`, as the authority's documents name it")
                    }
                });
            }
        }
        if let Some(first) = caa.issue.first().filter(|_| !caa.issue.iter().any(is_amazon)) {
            let title = format!("`caa` of the zone `{label}` lets nobody at Amazon issue certificates");
            findings.push(refused(on, title, first).help("add `amazon.com` to `issue`"));
        }
    }
}

/// Reports wildcards of the stage that the zone lets nobody at Amazon issue.
pub(super) fn check_wildcards(on: On<'_>, lowered: &Lowered, findings: &mut Diagnostics) {
    for (label, zone) in on.zones() {
        let wild = zone.caa.as_ref().and_then(|caa| caa.issuewild.as_ref());
        let Some(first) = wild.filter(|wild| !wild.iter().any(is_amazon)).and_then(|wild| wild.first()) else {
            continue;
        };
        let issued = lowered.neighbours.values().flat_map(|neighbour| &neighbour.interface.certificates);
        let is_here = |name: &&Setting<String>| {
            let above = name.strip_prefix("*.").and_then(|above| zone_of(on.model, above));
            above.is_some_and(|above| above.name.value == zone.name.value)
        };
        let Some(name) = issued.flat_map(|issued| &issued.names).find(is_here) else { continue };
        let title =
            format!("`caa` of the zone `{label}` lets nobody at Amazon issue a certificate for `{}`", name.value);
        findings.push(
            refused(on, title, first)
                .context_if_known(on.origins, Some(name.origin), "a certificate for this is made")
                .help("add `amazon.com` to `issuewild`"),
        );
    }
}

fn refused(on: On<'_>, title: String, first: &Setting<String>) -> Diagnostic {
    Diagnostic::error(DNS018, title)
        .at_origin(on.origins, first.origin, &[on.project()], "none of Amazon's")
        .note("ACM issues where one of `amazon.com`, `amazontrust.com`, `awstrust.com`, `amazonaws.com` is named")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (value, expected) in [
            ("amazon.com", true),
            ("letsencrypt.org; validationmethods=dns-01", true),
            ("letsencrypt.org;", true),
            (";", true),
            ("", false),
            ("amazon", false),
            ("Amazon.com", false),
            ("https://amazon.com", false),
            ("a.com; x", false),
            ("a.com; x=\"", false),
            ("; x=y", false),
            ("a.com\n0 issue \"b.com\"", false),
        ] {
            assert_eq!(is_value(value), expected, "{value}");
        }
    }
}
