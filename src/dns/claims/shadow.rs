//! Wildcards that do not answer for a name, because something stands below it.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{Claims, Host, below};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// `DNS017`: a wildcard that something shadows.
pub const DNS017: Code = Code {
    id: "DNS017",
    explanation: "a wildcard does not answer for a name that it seems to cover\n\n\
        A wildcard answers for names that do not exist. A name exists as soon as there is a record of any type at it or below it: the \
        host `api.shop.x.io`, or the record that validates a certificate for `shop.x.io`, makes `shop.x.io` a name that exists, with \
        nothing at it, and `*.x.io` no longer answers for it (RFC 4592, section 2.2.2).\n\n\
        Make that name a host of its own, an alias beside the wildcard, or let nothing stand below it.",
};

/// What makes a name exist.
struct Reason {
    words: String,
    spans: Vec<Span>,
}

pub(super) fn check(own: &Claims, others: &[&Claims], findings: &mut Diagnostics) {
    let wildcards = own.hosts.iter().filter_map(|host| Some((host, host.name.strip_prefix("*.")?)));
    let wildcards: Vec<(&Host, &str)> = wildcards.collect();
    if wildcards.is_empty() {
        return;
    }
    let all = || std::iter::once(own).chain(others.iter().copied());
    let hosts: BTreeSet<&str> = all().flat_map(|claims| &claims.hosts).map(|host| host.name.as_str()).collect();
    for (wildcard, above) in wildcards {
        let mut shadowed: BTreeMap<String, Reason> = BTreeMap::new();
        let mut exists = |name: &str, reason: Reason| {
            let Some(label) = below(name, above).and_then(|below| below.rsplit('.').next()) else { return };
            let child = format!("{label}.{above}");
            // What has a record of its own answers for itself.
            if !label.is_empty() && label != "*" && !hosts.contains(child.as_str()) {
                shadowed.entry(child).or_insert(reason);
            }
        };
        for claims in all() {
            for host in &claims.hosts {
                let words = format!("`{}` is a host of `{}`", host.name, host.component);
                exists(&host.name, Reason { words, spans: host.spans.clone() });
            }
            for domain in claims.validations.keys() {
                let words = format!("the record that validates `{domain}` stands below it");
                exists(domain, Reason { words, spans: Vec::new() });
            }
        }
        shadowed.into_iter().for_each(|(name, reason)| findings.push(shadow(wildcard, &name, reason)));
    }
}

fn shadow(wildcard: &Host, name: &str, reason: Reason) -> Diagnostic {
    let title = format!("`{}` does not answer for `{name}`", wildcard.name);
    let diagnostic =
        Diagnostic::warning(DNS017, title).at_spans(&wildcard.spans, "answers for names that do not exist");
    let diagnostic = match reason.spans.first().filter(|span| wildcard.spans.first() != Some(span)) {
        Some(span) => diagnostic.context(*span, format!("makes `{name}` exist")),
        None => diagnostic,
    };
    diagnostic
        .note(format!("{}, so that `{name}` exists, with nothing at it: RFC 4592, section 2.2.2", reason.words))
        .help(format!("make `{name}` an alias of its own beside `{}`", wildcard.name))
}
