//! What must hold of a zone as a whole.

use std::collections::BTreeSet;

use super::owned::{Zone, is_marker};
use super::{Compared, Gated, VALIDATION};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::dns::live::content;
use crate::dns::record::{Change, LiveRecord, Phase, Wanted};
use crate::manifest::{Provider, lies_in};
use crate::source::Span;

/// `DNS005`: a CNAME beside other records.
pub const DNS005: Code = Code {
    id: "DNS005",
    explanation: "a CNAME stands beside other records of its name\n\n\
        Where a CNAME stands, no other record may (RFC 1034, section 3.6.2): resolvers that have the CNAME do not ask for the others, \
        so that mail or a proof of ownership under that name is sometimes there and sometimes not. Behind Cloudflare's proxy, and at \
        the top of a zone, Cloudflare answers with addresses instead of the CNAME, and the others are seen; but other providers and \
        tools refuse such a zone.\n\n\
        Move the other records, or give the host another name; `proxied: true` is the way out where that is wanted anyway.",
};

/// `DNS041`: no room in the zone.
pub const DNS041: Code = Code {
    id: "DNS041",
    explanation: "the zone has no room for the records\n\n\
        Cloudflare takes 200 records in a zone of the Free plan (3,500 in others), whoever made them. What is over that is refused, \
        one by one, by a tool that has begun already.\n\n\
        Take down stages that nobody needs, or delete records by hand; `plan` of the zone says what is paid for. A stage that comes \
        and goes takes no TXT records beside its own.",
};

/// `DNS042`: Amazon may not issue certificates.
pub const DNS042: Code = Code {
    id: "DNS042",
    explanation: "the zone lets other authorities issue certificates, and not Amazon\n\n\
        CAA records list who may issue certificates for a name and those below it (RFC 8659); where there are none, everybody may. \
        Amazon's names are amazon.com, amazontrust.com, awstrust.com and amazonaws.com, any of which will do. For wildcards \
        `issuewild` counts where there is one, otherwise `issue`. Without one of them, certificates are neither made nor renewed.\n\n\
        Add `0 issue \"amazon.com\"` (and `issuewild`), at the provider or with `caa` of the zone.",
};

/// `DNS043`: how Cloudflare speaks to AWS.
pub const DNS043: Code = Code {
    id: "DNS043",
    explanation: "the proxy does not check whom it speaks to\n\n\
        With `ssl: strict` Cloudflare speaks HTTPS to what serves a host, and checks its certificate. With `flexible` or `off` it \
        speaks HTTP, which CloudFront and API Gateway lead back to HTTPS, without end. With `full` it takes any certificate, so \
        that whoever stands between can read along.\n\n\
        SSL/TLS, Overview, \"Full (strict)\".",
};

/// `DNS044`: flattened validation records.
pub const DNS044: Code = Code {
    id: "DNS044",
    explanation: "the zone answers every CNAME with addresses\n\n\
        With `flatten_all`, Cloudflare answers for each CNAME with what it leads to. A certificate of ACM is validated by a CNAME, \
        which then cannot be seen: the certificate is neither made nor renewed.\n\n\
        DNS, Settings, CNAME flattening: \"flatten CNAME at apex\".",
};

/// `DNS045`: a zone that is not signed.
pub const DNS045: Code = Code {
    id: "DNS045",
    explanation: "the zone must be signed, and is not\n\n\
        `dnssec: true` of the zone says that its answers are signed. Cloudflare does it when it is told to, and resolvers see it \
        when the registrar has the DS record; until then DNSSEC is `pending`.\n\n\
        DNS, Settings, DNSSEC; then enter the DS record at the registrar.",
};

/// The authorities of Amazon.
///
/// Source: AWS, Certificate Manager user guide, "(Optional) Configure a CAA record".
const AMAZON: &[&str] = &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

/// Whether the zone itself needs the record: it is there without anybody's wish, and counts for nothing.
pub(super) fn is_of_zone(record: &LiveRecord, zone: &str) -> bool {
    record.record_type == "SOA" || (record.record_type == "NS" && record.name == zone)
}

/// Whether the provider counts the record.
pub(super) fn counts(record: &LiveRecord, zone: &str) -> bool {
    !is_of_zone(record, zone)
}

/// Checks what holds of the zone as a whole.
pub(super) fn check(compared: &Compared<'_>, zone: &Zone<'_>, gated: &Gated, findings: &mut Diagnostics) {
    quota(compared, gated, findings);
    // What serves nobody any more may go, however the zone is set.
    if compared.asked.teardown {
        return;
    }
    caa(compared, zone, gated, findings);
    alone(compared, zone, gated, findings);
    delegated(compared, zone, gated, findings);
    settings(compared, gated, findings);
}

fn quota(compared: &Compared<'_>, gated: &Gated, findings: &mut Diagnostics) {
    let (before, after) = gated.count;
    let Some(limit) = compared.resolved.record_limit else { return };
    if after <= usize::try_from(limit).unwrap_or(usize::MAX) || after <= before {
        return;
    }
    let name = &compared.resolved.zone;
    let title = format!("`{name}` would have {after} records, and takes {limit}");
    let mut finding = Diagnostic::error(DNS041, title).note(format!("it has {before} now"));
    let markers = gated.markers.create.len();
    if markers > 0 {
        finding = finding.note(format!("{markers} of the new ones only say whose the others are"));
    }
    let others: Vec<String> = gated.owners.iter().map(|(owner, count)| format!("`{owner}` {count}")).collect();
    if !others.is_empty() {
        finding = finding.note(format!("records by owner: {}", others.join(", ")));
    }
    findings.push(finding.help("take down what is not needed, or pay for more and say so in `plan` of the zone"));
}

/// The CAA records of the zone as it will be: name, tag, value, and where one that is there is written.
fn authorities<'a>(
    compared: &'a Compared<'_>,
    zone: &Zone<'a>,
    gated: &'a Gated,
) -> Vec<(&'a str, String, Option<Span>)> {
    let is_caa = |record_type: &str| record_type == "CAA";
    let gone: Vec<&LiveRecord> = gated
        .changes
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Update { was, .. } | Change::Delete { was } if is_caa(&was.record_type) => Some(was),
            _ => None,
        })
        .collect();
    let live = zone.live.records.iter().enumerate().filter(|(_, r)| is_caa(&r.record_type) && !gone.contains(r));
    let live = live.map(|(index, r)| (r.name.as_str(), r.content.clone(), compared.snapshot.place(index)));
    let after = gated.changes.after.iter().filter(|wanted| is_caa(&wanted.record_type));
    live.chain(after.map(|wanted| (wanted.name.as_str(), content("CAA", &wanted.content), None))).collect()
}

/// What the CAA records of a name say to wildcards below it, or to the name itself: who may, and where that is written.
fn caa(compared: &Compared<'_>, zone: &Zone<'_>, gated: &Gated, findings: &mut Diagnostics) {
    let all = authorities(compared, zone, gated);
    if all.is_empty() {
        return;
    }
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (name, is_wildcard) in certified(gated) {
        // The records of the name itself, or of the next above it that has any (RFC 8659, section 3).
        let above = all.iter().map(|(at, ..)| *at).filter(|at| lies_in(name, at));
        let Some(at) = above.max_by_key(|at| at.len()) else { continue };
        let of = |tag: &'static str| {
            let said = move |text: &str| {
                text.split_once(' ').and_then(|(_, rest)| rest.split_once(' ')).is_some_and(|(t, _)| t == tag)
            };
            all.iter().filter(move |(name, text, _)| *name == at && said(text)).collect::<Vec<_>>()
        };
        let (wild, issue) = (of("issuewild"), of("issue"));
        let (tag, counting) = if is_wildcard && !wild.is_empty() { ("issuewild", wild) } else { ("issue", issue) };
        let is_amazon = |text: &str| {
            let value = text.splitn(3, ' ').nth(2).unwrap_or_default().trim_matches('"');
            let authority = value.split(';').next().unwrap_or_default().trim();
            AMAZON.iter().any(|amazon| authority.eq_ignore_ascii_case(amazon))
        };
        if counting.is_empty() || counting.iter().any(|(_, text, _)| is_amazon(text)) || !told.insert((at, tag)) {
            continue;
        }
        let shown = if is_wildcard { format!("*.{name}") } else { name.to_owned() };
        let title = format!("the CAA records of `{at}` do not let Amazon issue a certificate for `{shown}`");
        let mut finding = Diagnostic::error(DNS042, title);
        for (number, place) in counting.iter().filter_map(|(_, _, place)| *place).enumerate() {
            let text = "may issue certificates; Amazon may not";
            finding = if number == 0 { finding.at(place, text) } else { finding.context(place, "and this one") };
        }
        findings.push(finding.help(format!("add `0 {tag} \"amazon.com\"` at `{at}`, or say it in `caa` of the zone")));
    }
}

/// What Amazon issues certificates for, as far as records tell: hosts, and what is validated; each with whether it is meant as the
/// wildcard below it.
fn certified(gated: &Gated) -> BTreeSet<(&str, bool)> {
    gated
        .changes
        .after
        .iter()
        .filter_map(|record| match record.phase {
            Phase::Hosts => {
                Some(record.name.strip_prefix("*.").map_or((record.name.as_str(), false), |below| (below, true)))
            }
            Phase::Validation if record.content.ends_with(VALIDATION) => {
                record.name.split_once('.').map(|(_, domain)| (domain, false))
            }
            _ => None,
        })
        .collect()
}

/// Whether the servers of the zone answer for every name: below one that is delegated they do not, so that ACM would wait for ever.
fn delegated(compared: &Compared<'_>, zone: &Zone<'_>, gated: &Gated, findings: &mut Diagnostics) {
    for (index, cut) in zone.live.records.iter().enumerate() {
        if cut.record_type != "NS" || cut.name == zone.live.zone {
            continue;
        }
        let below = |record: &&Wanted| record.name != cut.name && lies_in(&record.name, &cut.name);
        let Some(record) = gated.changes.after.iter().find(below) else { continue };
        let title = format!("`{}` is delegated, and `{}` lies below it", cut.name, record.name);
        let mut finding = Diagnostic::error(DNS005, title);
        if let Some(place) = compared.snapshot.place(index) {
            finding = finding.at(place, "other servers answer here");
        }
        findings.push(
            finding
                .note("the servers of this zone answer for nothing below it (RFC 1034, section 4.2.1)")
                .help(format!("write `{}` as a zone of its own in `zones`, or take another name", cut.name)),
        );
    }
}

/// Whether hosts have their names to themselves.
fn alone(compared: &Compared<'_>, zone: &Zone<'_>, gated: &Gated, findings: &mut Diagnostics) {
    let is_cloudflare = compared.resolved.provider == Provider::Cloudflare;
    for host in gated.changes.after.iter().filter(|record| record.record_type == "CNAME") {
        if host.name == zone.live.zone && is_cloudflare {
            continue;
        }
        let replaced = |record: &LiveRecord| {
            gated.changes.changes.iter().any(|change| match change {
                Change::Create { replaces, .. } => replaces.contains(record),
                Change::Delete { was } => was == record,
                Change::Update { .. } => false,
            })
        };
        let others: Vec<(usize, &LiveRecord)> = zone
            .others_at(&host.name, "CNAME")
            .into_iter()
            .flat_map(|(_, set)| set.records.iter())
            .filter_map(|index| Some((*index, zone.live.records.get(*index)?)))
            .filter(|(_, record)| !is_marker(record) && !replaced(record))
            .collect();
        if others.is_empty() {
            continue;
        }
        let types: BTreeSet<&str> = others.iter().map(|(_, record)| record.record_type.as_str()).collect();
        let types: Vec<&str> = types.into_iter().collect();
        let title = format!("`{}` is a CNAME, and has {} beside it", host.name, types.join(" and "));
        let delegates = types.contains(&"NS");
        let mut finding = match host.proxied && !delegates {
            true => Diagnostic::warning(DNS005, title).note("it is proxied, so that it is answered with addresses"),
            false => Diagnostic::error(DNS005, title),
        };
        if delegates {
            finding = finding
                .note("NS records delegate the name to other servers: those of this zone answer for nothing there");
        }
        for (number, (index, _)) in others.iter().take(5).enumerate() {
            if let Some(place) = compared.snapshot.place(*index) {
                let text = "beside the CNAME";
                finding = if number == 0 { finding.at(place, text) } else { finding.context(place, text) };
            }
        }
        findings.push(finding.help("move these records, or take another name"));
    }
}

fn settings(compared: &Compared<'_>, gated: &Gated, findings: &mut Diagnostics) {
    let (settings, after) = (compared.settings, &gated.changes.after);
    let proxied: Vec<&str> = after.iter().filter(|r| r.proxied).map(|r| r.name.as_str()).collect();
    if let Some((ssl, at)) = settings.ssl.as_ref().filter(|(ssl, _)| !proxied.is_empty() && ssl != "strict") {
        let title = format!("`ssl` of the zone is `{ssl}`, and {} proxied", verb(&proxied));
        // `origin_pull` is strict, and demands a certificate of Cloudflare's as well.
        match ssl.as_str() {
            "origin_pull" => {}
            "off" | "flexible" => findings.push(
                Diagnostic::error(DNS043, title)
                    .at(*at, "the proxy speaks HTTP to AWS")
                    .note("AWS leads HTTP back to HTTPS, and browsers end with ERR_TOO_MANY_REDIRECTS")
                    .help("set it to `strict`"),
            ),
            _ => findings.push(
                Diagnostic::warning(DNS043, title)
                    .at(*at, "the proxy takes any certificate")
                    .help("set it to `strict`: the certificates of ACM pass"),
            ),
        }
    }
    let validates: Vec<&str> = after.iter().filter(|r| r.phase == Phase::Validation).map(|r| r.name.as_str()).collect();
    let flat = settings.cname_flattening.as_ref().filter(|(value, _)| value == "flatten_all" && !validates.is_empty());
    if let Some((_, at)) = flat {
        let title = "the zone answers every CNAME with addresses, so that no certificate is validated or renewed";
        let finding = Diagnostic::error(DNS044, title).at(*at, "`flatten_all`");
        findings.push(finding.help("set it to `flatten_at_root`"));
    }
    let unsigned = settings.dnssec.as_ref().filter(|(status, _)| compared.resolved.dnssec && status != "active");
    if let Some((status, at)) = unsigned {
        let title = format!("`{}` must be signed, and DNSSEC is `{status}`", compared.resolved.zone);
        let finding = Diagnostic::error(DNS045, title).at(*at, "not `active`");
        findings.push(match status.as_str() {
            "pending" => finding.help("enter the DS record at the registrar, and wait until Cloudflare sees it"),
            _ => finding.help("switch DNSSEC on, and enter the DS record at the registrar"),
        });
    }
    if compared.resolved.dnssec && settings.dnssec.is_none() {
        let title = format!("`{}` must be signed, and nothing says whether it is", compared.resolved.zone);
        let help = "`--settings FILE` with the answer of `GET /zones/{id}/dnssec`";
        findings.push(Diagnostic::warning(DNS045, title).help(help));
    }
}

fn verb(names: &[&str]) -> String {
    format!("{} {}", quote_list(names), if names.len() == 1 { "is" } else { "are" })
}
