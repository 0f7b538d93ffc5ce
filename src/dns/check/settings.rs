//! Settings that only one provider knows.

use super::On;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::{Provider, Zone};

/// `DNS070`: a setting of another provider.
pub const DNS070: Code = Code {
    id: "DNS070",
    explanation: "a zone has a setting of another provider\n\n\
        `plan`, `edge_certificates`, `dnssec` and `caa` are about zones of Cloudflare; `hosted_zone_id` is the one that Route 53 \
        gave a zone; `flattens_apex` tells of a provider that is not known here (`provider: none`) what is known of the others. With \
        another provider nothing would follow from them, although somebody relied on it.",
};

/// A setting, the provider that knows it, and whether a zone has it.
type Setting = (&'static str, Provider, fn(&Zone) -> bool);

/// The settings that not every provider knows.
const SETTINGS: &[Setting] = &[
    ("caa", Provider::Cloudflare, |zone| zone.caa.is_some()),
    ("dnssec", Provider::Cloudflare, |zone| zone.dnssec.is_some()),
    ("edge_certificates", Provider::Cloudflare, |zone| zone.edge_certificates.is_some()),
    ("flattens_apex", Provider::None, |zone| zone.flattens_apex.is_some()),
    ("hosted_zone_id", Provider::Route53, |zone| zone.hosted_zone_id.is_some()),
    ("plan", Provider::Cloudflare, |zone| zone.plan.is_some()),
];

/// Reports settings that the provider of a zone does not have.
pub(super) fn check(on: On<'_>, findings: &mut Diagnostics) {
    for (label, zone) in on.zones() {
        let served = zone.provider.value;
        for (setting, provider, _) in
            SETTINGS.iter().filter(|(_, provider, is_there)| *provider != served && is_there(zone))
        {
            let title = format!("the zone `{label}` has `{setting}`, and its provider is `{}`", served.word());
            let at = on.key(label, setting).unwrap_or(zone.name.origin);
            let or = if on.origins.is_default(zone.provider.origin) {
                format!("say who serves the zone: `provider: {}`", provider.word())
            } else {
                "remove it".to_owned()
            };
            let label = format!("only for `provider: {}`", provider.word());
            findings.push(
                Diagnostic::error(DNS070, title)
                    .at_origin(on.origins, at, &[zone.name.origin], &label)
                    .context_if_known(on.origins, Some(zone.provider.origin), "who serves it")
                    .help(or),
            );
        }
    }
}
