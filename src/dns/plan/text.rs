//! A plan as text.

use super::{CertificateAt, FORMAT, Ownership, Plan, Planned, Source};
use crate::part::host::Entrance;
use crate::yaml::{Doc, print};

impl Ownership {
    /// The word of the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Ownership::Txt => "txt",
            Ownership::Comment => "comment",
        }
    }
}

/// The word of the file for what serves a host.
pub(super) fn entrance_word(entrance: Entrance) -> &'static str {
    match entrance {
        Entrance::CloudFront => "cloudfront",
        Entrance::ApiGateway => "api_gateway",
    }
}

impl Plan {
    /// The text of its file, without what says who made it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut entries = vec![
            ("format", Doc::text(FORMAT)),
            ("zone", Doc::text(&self.zone)),
            ("provider", Doc::text(self.provider.word())),
            ("owner", Doc::text(self.owner.text())),
            ("ownership", Doc::text(self.owner.ownership().word())),
        ];
        entries.extend(self.account.as_ref().map(|account| ("account", Doc::text(account))));
        entries.extend(self.record_limit.map(|limit| ("record_limit", Doc::Int(limit.into()))));
        entries.extend(self.dnssec.then_some(("dnssec", Doc::Bool(true))));
        entries.push(("records", Doc::Seq(self.records.iter().map(record).collect())));
        print(&Doc::map(entries))
    }
}

fn record(record: &Planned) -> Doc {
    let mut entries = vec![("id", Doc::text(&record.id))];
    if let Source::Host { name, .. } | Source::Caa { name, .. } = &record.source {
        entries.push(("name", Doc::text(name)));
    }
    entries.push(("type", Doc::text(record.record_type())));
    entries.push(("proxied", Doc::Bool(record.proxied)));
    entries.push(("ttl", record.ttl.map_or(Doc::text("auto"), |ttl| Doc::Int(ttl.into()))));
    entries.push(match &record.source {
        Source::Host { entrance, output, .. } => (
            "target",
            Doc::map([
                ("kind", Doc::text(entrance_word(*entrance))),
                ("stack", Doc::text(&output.stack)),
                ("region", Doc::text(&output.region)),
                ("output", Doc::text(&output.key)),
            ]),
        ),
        Source::Validation { domain, certificates } => {
            let certificates = Doc::Seq(certificates.iter().map(certificate).collect());
            ("validates", Doc::map([("domain", Doc::text(domain)), ("certificates", certificates)]))
        }
        Source::Caa { tag, value, .. } => ("caa", Doc::map([("tag", Doc::text(tag)), ("value", Doc::text(value))])),
    });
    Doc::map(entries)
}

fn certificate(at: &CertificateAt) -> Doc {
    Doc::map([
        ("stack", Doc::text(&at.stack)),
        ("region", Doc::text(&at.region)),
        ("logical_id", Doc::text(&at.logical_id)),
        ("names", Doc::Seq(at.names.iter().map(Doc::text).collect())),
    ])
}
