//! A zone is one thing: all stages that stay say the same of it.

use crate::claim::{Claims, Zone};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};

/// `DNS071`: two stages that say different things of one zone.
pub const DNS071: Code = Code {
    id: "DNS071",
    explanation: "two stages say different things of one zone\n\n\
        A zone has one provider and one plan at it, is signed or not, and has one set of CAA records, whichever stage is looked at. \
        What belongs to the zone as a whole stands in `out/_zones/<zone>/plan.yaml`, once.\n\n\
        Write these settings in `base.yaml` alone.",
};

pub(super) fn check(own: &Claims, others: &[&Claims], findings: &mut Diagnostics) {
    for zone in &own.zones {
        let stays = others.iter().filter(|other| other.who.is_permanent());
        let known = stays.filter_map(|other| Some((*other, other.zone(&zone.name)?)));
        let differs = known.map(|(other, theirs)| (other, theirs, differing(zone, theirs)));
        if let Some((other, theirs, settings)) = differs.into_iter().find(|(_, _, settings)| !settings.is_empty()) {
            // The same words, whichever of them is compiled.
            let ((a, first), (b, second)) = if own.who.stage < other.who.stage {
                ((own, zone), (other, theirs))
            } else {
                ((other, theirs), (own, zone))
            };
            let (a, b) = (&a.who.stage, &b.who.stage);
            let title = format!("`{a}` and `{b}` differ in {} of the zone `{}`", quote_list(&settings), zone.name);
            let diagnostic = Diagnostic::error(DNS071, title);
            let diagnostic = match first.spans.first().filter(|span| second.spans.first() != Some(span)) {
                Some(span) => diagnostic
                    .at_spans(&second.spans, &format!("as `{b}` has it"))
                    .context(*span, format!("as `{a}` has it")),
                None => diagnostic.at_spans(&second.spans, "this zone"),
            };
            findings.push(
                diagnostic
                    .note("what belongs to a zone as a whole is the same for all stages")
                    .help("write it in `environments/base.yaml` alone"),
            );
        }
    }
}

fn differing(one: &Zone, other: &Zone) -> Vec<&'static str> {
    let all = [
        ("provider", one.provider == other.provider),
        ("plan", one.record_limit == other.record_limit || one.provider != other.provider),
        ("dnssec", one.dnssec == other.dnssec),
        ("caa", one.caa == other.caa),
    ];
    all.into_iter().filter(|(_, same)| !same).map(|(setting, _)| setting).collect()
}
