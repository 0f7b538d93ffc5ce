//! Certificates: the record by which ACM sees whose a name is.

use std::collections::BTreeSet;

use super::form::{self, Wrong};
use super::missing::{DNS025, DNS026, describe_certificate, needed};
use super::said::{Certificate, Said};
use super::stack::of_another_account;
use super::{Asked, Known};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::dns::plan::CertificateAt;
use crate::json::Located;
use crate::source::Span;

/// A certificate in a bad state.
pub const DNS028: Code = Code {
    id: "DNS028",
    explanation: "a certificate is in a state that no record can change\n\nACM gives a certificate up when it has waited 72 hours for its records, \
                  when a CAA record of the zone forbids Amazon to issue it, or when it has expired or was revoked. Setting its records now \
                  changes nothing: the stack must make a new certificate. Delete the stack of the certificates, or change its names, and \
                  deploy again.",
};

/// A record that does not look like one of ACM.
pub const DNS029: Code = Code {
    id: "DNS029",
    explanation: "a validation record does not look like one of ACM\n\nACM asks for a CNAME `_<32 hex digits>.<name>.` that leads to \
                  `_<32 hex digits>.<…>.acm-validations.aws.`. Whoever sets another record gives somebody else a say over a name of the \
                  zone, so nothing else is taken. A certificate that is validated by mail has no record at all.",
};

/// Source: AWS Certificate Manager API Reference, `CertificateDetail`, `Status`.
fn is_usable(status: &str) -> bool {
    matches!(status, "PENDING_VALIDATION" | "ISSUED")
}

/// The names of a certificate as a set, and its region: that is how it is known before anyone knows its ARN.
fn is_of(said: &Certificate, at: &CertificateAt) -> bool {
    said.region == at.region && said.names == names(at)
}

fn names(at: &CertificateAt) -> BTreeSet<String> {
    at.names.iter().map(|name| form::normal(name)).collect()
}

/// The records that validate a name: one for each account that its certificates are in.
pub(super) fn records(
    asked: Asked<'_>,
    domain: &str,
    certificates: &[CertificateAt],
    at: Option<Span>,
    said: &Said,
    findings: &mut Diagnostics,
) -> Option<Known> {
    let matching: Vec<&Certificate> =
        said.certificates.iter().filter(|given| certificates.iter().any(|at| is_of(given, at))).collect();
    if matching.is_empty() {
        certificates.iter().take(1).for_each(|certificate| findings.join(not_given(certificate, at, said)));
        return None;
    }
    let mut ours = Vec::new();
    for certificate in matching {
        match of_another_account(
            asked,
            &certificate.account,
            certificate.arn,
            &format!("the certificate for {}", shown(certificate)),
        ) {
            Some(finding) => findings.join(finding),
            None => ours.push(certificate),
        }
    }
    // One that was replaced may stay behind: what another in use says holds for both.
    let usable: Vec<&Certificate> = ours.iter().copied().filter(|c| is_usable(&c.status.text)).collect();
    if usable.is_empty() {
        ours.into_iter().for_each(|certificate| findings.join(given_up(certificate)));
        return None;
    }
    let mut known = BTreeSet::new();
    let (mut is_wrong, mut unsaid) = (false, Vec::new());
    for certificate in usable {
        match record(certificate, domain) {
            Ok(Some(record)) => drop(known.insert(record)),
            Ok(None) => unsaid.push(certificate),
            Err(finding) => {
                findings.join(*finding);
                is_wrong = true;
            }
        }
    }
    if known.is_empty() && !is_wrong {
        for certificate in unsaid {
            let of = certificates.iter().find(|at| is_of(certificate, at));
            findings.join(not_yet(certificate, domain, of));
        }
    }
    (!known.is_empty() && !is_wrong).then(|| known.into_iter().collect())
}

/// The record that a certificate names for a name; none where ACM has not said it yet.
fn record(certificate: &Certificate, domain: &str) -> Result<Option<(String, String)>, Box<Diagnostic>> {
    let mut record = None;
    for validation in certificate.validations.iter().filter(|validation| validation.domain == domain) {
        if let Some(method) = validation.method.as_ref().filter(|method| method.text != "DNS") {
            let title = format!("the certificate for {} is not validated by DNS", shown(certificate));
            let finding = Diagnostic::error(DNS029, title).at(method.span, "no record validates it");
            let help = "deploy the template that stands in `out/`, which asks for `ValidationMethod: DNS`";
            return Err(Box::new(finding.help(help)));
        }
        let Some([name, kind, value]) = &validation.record else { continue };
        match form::validation(domain, &kind.text, &name.text, &value.text) {
            Ok(known) => record = Some(known),
            Err(wrong) => return Err(Box::new(wrong_form(domain, [name, kind, value], wrong))),
        }
    }
    Ok(record)
}

/// `getreggie.io` and `*.getreggie.io`, in backticks.
fn shown(certificate: &Certificate) -> String {
    quote_list(&certificate.names.iter().collect::<Vec<_>>())
}

fn not_given(certificate: &CertificateAt, at: Option<Span>, said: &Said) -> Diagnostic {
    let (names, region) = (names(certificate), &certificate.region);
    let title = format!("the certificate for {} in {region} is not described", quote_list(&certificate.names));
    let finding = needed(Diagnostic::error(DNS025, title), at, "validates a name of that certificate");
    let elsewhere = said.certificates.iter().find(|c| c.names == names);
    let other = said.certificates.iter().find(|c| c.region == *region && !c.names.is_disjoint(&names));
    let finding = match (elsewhere, other) {
        (Some(there), _) => {
            finding.note(format!("the certificate for these names that is described is in {}", there.region))
        }
        (None, Some(other)) => finding.note(format!("the one that is described there is for {}", shown(other))),
        (None, None) => finding,
    };
    finding.help(describe_certificate(certificate))
}

fn given_up(certificate: &Certificate) -> Diagnostic {
    let title = format!("the certificate for {} is in a state that no record can change", shown(certificate));
    let finding = Diagnostic::error(DNS028, title).at(certificate.status.span, "ACM issues it no more");
    let finding = match &certificate.reason {
        Some(reason) => finding.note(format!("ACM says: {reason}")),
        None => finding,
    };
    finding.help("make a new certificate: delete the stack that holds it, and deploy again")
}

fn not_yet(certificate: &Certificate, domain: &str, at: Option<&CertificateAt>) -> Diagnostic {
    let title = format!("ACM has not said yet how `{domain}` is validated");
    let finding = Diagnostic::error(DNS026, title).at(certificate.arn, "this certificate has no record for it");
    let finding = finding.note("it takes some seconds after a certificate was asked for");
    match at {
        Some(at) => finding.help(describe_certificate(at)),
        None => finding,
    }
}

fn wrong_form(domain: &str, record: [&Located; 3], wrong: Wrong) -> Diagnostic {
    let [name, kind, value] = record;
    let title = format!("the record that validates `{domain}` {}", wrong.what);
    let finding = Diagnostic::error(DNS029, title).at(name.span, "not a record of ACM");
    let finding = finding.context(kind.span, "its type").context(value.span, "what it leads to");
    let finding = wrong.note.into_iter().fold(finding, Diagnostic::note);
    finding.help("describe the certificate anew, and take what ACM says as it is")
}
