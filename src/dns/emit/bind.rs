//! What is wanted as a zone file (RFC 1035, section 5): as Cloudflare exports and imports one, or as any name server reads it.

use super::{Set, below, leads_to_name, sets};
use crate::dns::record::Resolved;

/// Whose form of a zone file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// Cloudflare's: a CNAME may stand at the top, comments say whose a record is and whether it is proxied.
    Cloudflare,
    /// That of the RFC: complete, and without what only Cloudflare does.
    Rfc,
}

/// What the name of a file has after the zone.
pub const ENDING: &str = ".zone";
/// How many seconds a record is remembered where the provider decides: what Cloudflare answers.
const TTL: u32 = 300;

/// The zone file.
#[must_use]
pub fn zone(resolved: &Resolved, flavour: Flavour) -> String {
    let mut out = format!("; Made by reggie-cfn: the records of {} in {}.\n", resolved.owner.text(), resolved.zone);
    out.push_str(match flavour {
        Flavour::Cloudflare => "; In the form of Cloudflare's import and export; a time of 1 is Cloudflare's own.\n",
        Flavour::Rfc => "; To try with a name server: the records at the top that no zone lacks are samples.\n",
    });
    if flavour == Flavour::Rfc {
        // Names that never are: RFC 2606.
        out.push_str(&format!("$ORIGIN {}.\n$TTL {TTL}\n", resolved.zone));
        out.push_str(&line("@", 3600, "SOA", "ns.invalid. hostmaster.invalid. 1 7200 3600 1209600 300"));
        out.push_str(&line("@", 86400, "NS", "ns.invalid."));
    }
    for set in sets(&resolved.records) {
        for record in &set.records {
            let content = match leads_to_name(set.record_type) {
                true => format!("{}.", record.content),
                false => record.content.clone(),
            };
            out.push_str(&match flavour {
                Flavour::Cloudflare => cloudflare(&set, resolved, record.ttl, record.proxied, &content),
                Flavour::Rfc => rfc(&set, &resolved.zone, record.ttl, &content),
            });
        }
        if let Some(marker) = set.marker(&resolved.owner, &resolved.zone) {
            let name = match flavour {
                Flavour::Cloudflare => format!("{marker}."),
                Flavour::Rfc => below(&marker, &resolved.zone).to_owned(),
            };
            out.push_str(&line(&name, super::MARKER_TTL, "TXT", &format!("\"{}\"", resolved.owner.text())));
        }
    }
    for id in &resolved.pending {
        out.push_str(&format!("; {id}: not known yet\n"));
    }
    out
}

fn line(name: &str, ttl: u32, record_type: &str, content: &str) -> String {
    format!("{name}\t{ttl}\tIN\t{record_type}\t{content}\n")
}

fn cloudflare(set: &Set<'_>, resolved: &Resolved, ttl: Option<u32>, proxied: bool, content: &str) -> String {
    let mut comment = set.comment(&resolved.owner);
    if leads_to_name(set.record_type) {
        comment.push_str(&format!(" cf_tags=cf-proxied:{proxied}"));
    }
    line(&format!("{}.", set.name), ttl.unwrap_or(1), set.record_type, &format!("{content} ; {comment}"))
}

fn rfc(set: &Set<'_>, zone: &str, ttl: Option<u32>, content: &str) -> String {
    let ttl = ttl.unwrap_or(TTL);
    match (below(set.name, zone), set.record_type) {
        // No CNAME stands beside SOA and NS (RFC 1034, section 3.6.2); the addresses are for documents (RFC 5737, RFC 3849).
        ("", "CNAME") => {
            let top =
                format!("; CNAME {content} stands here: the provider answers with its addresses, these are samples.\n");
            top + &line("@", ttl, "A", "192.0.2.1") + &line("@", ttl, "AAAA", "2001:db8::1")
        }
        ("", record_type) => line("@", ttl, record_type, content),
        (name, record_type) => line(name, ttl, record_type, content),
    }
}
