//! Previews that wait for certificates which they need not make.

use crate::claim::{Certificate, Claims};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::part::certificate::covers;

/// `DNS019`: a certificate that is there already.
pub const DNS019: Code = Code {
    id: "DNS019",
    explanation: "every stage of a layer makes a certificate, and one that covers its hosts is there already\n\n\
        A certificate is validated by a record in the zone before it is issued, so that each preview would wait for it, minutes at \
        best, take records of the zone, and count against the certificates of an account. A `certificate` of a stage that stays, \
        such as one for `*.getreggie.io`, covers the hosts of all previews at once.\n\n\
        Import it in their layer: `Wildcard: {type: certificate, import: {stage: production}}`, and name it with the host: \
        `host: {name: \"${stage}.getreggie.io\", certificate: Wildcard}`.",
};

pub(super) fn check(own: &Claims, others: &[&Claims], findings: &mut Diagnostics) {
    for made in own.certificates.iter().filter(|made| !made.is_shared) {
        let stays = others.iter().filter(|other| other.who.is_permanent() && one_account(own, other));
        let shared = stays.flat_map(|other| other.certificates.iter().map(move |known| (*other, known)));
        let Some((stage, known)) = shared.into_iter().find(|(_, known)| is_enough(made, known)) else { continue };
        let (layer, component, stage) = (&own.who.layer, &made.component, &stage.who.stage);
        let title = format!("every stage of `{layer}` waits for a certificate of its own for `{component}`");
        let host = own.hosts.iter().find(|host| host.component == *component);
        let spans = host.map(|host| host.spans.as_slice()).unwrap_or_default();
        let known = &known.component;
        findings.push(
            Diagnostic::warning(DNS019, title)
                .at_spans(spans, "covered by one that is there already")
                .note(format!("`{known}` of `{stage}` covers what `{component}` answers to"))
                .help(format!("import it in the layer `{layer}`: `{known}: {{import: {{stage: {stage}}}}}`"))
                .help(format!("and name it with the host: `certificate: {known}`")),
        );
    }
}

/// Whether the other stage's certificates can be used, as far as is known.
fn one_account(own: &Claims, other: &Claims) -> bool {
    own.account.is_none() || other.account.is_none() || own.account == other.account
}

/// Whether one that others may name stands in the same region, and covers all that another one does.
fn is_enough(made: &Certificate, known: &Certificate) -> bool {
    let is_covered = |name: &String| known.names.iter().any(|by| by == name || covers(by, name));
    known.is_shared && known.region == made.region && made.names.iter().all(is_covered)
}
