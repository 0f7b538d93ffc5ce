//! Stages whose names only fit a pattern: names that would meet.

use std::collections::BTreeSet;

use super::pattern::{meet, stage_of};
use super::taken::way_out;
use crate::claim::{ANY, Claims, Host};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::overlay::choose;
use crate::project::Project;

/// `DNS014`: names of stages that would meet.
pub const DNS014: Code = Code {
    id: "DNS014",
    explanation: "the names of two stages make one host\n\n\
        Hosts of a layer for many stages are made of the stage's name: with `${stage}.x.io` and `api-${stage}.x.io`, the stages \
        `api-7` and `7` would both be served under `api-7.x.io`. Which of them exist is not known here, so the longer name is \
        refused, whether or not there is a stage of the shorter one; the layer is told if its patterns let such names be. A host \
        that does not hold the stage's name at all is that of every stage of the layer, and refused as soon as more than one name \
        fits.\n\n\
        Write a narrower `match`, such as `pr-*`: then no name begins with `api-`.",
};

/// How many pairs of hosts are compared, and how many steps examples are sought for: far more than any project takes.
const MOST: usize = 4_000_000;
/// How many letters a `*` stands for in an example: first as few as can be, then enough to look like no other stage.
const LETTERS: [usize; 2] = [0, 3];

/// Reports hosts that stages of other names have; `told` are those that are refused for another reason.
pub(super) fn check(
    own: &Claims,
    others: &[&Claims],
    told: &BTreeSet<&str>,
    project: &Project,
    findings: &mut Diagnostics,
) {
    let many: Vec<&Claims> = others.iter().copied().filter(|other| !other.who.is_named()).collect();
    for host in own.hosts.iter().filter(|host| !told.contains(host.name.as_str())) {
        let theirs = many.iter().flat_map(|claims| claims.hosts.iter().map(|theirs| (*claims, theirs)));
        for (claims, theirs) in theirs.take(MOST / own.hosts.len()) {
            if theirs.name == host.name && claims.who.layer == own.who.layer && fits_many(claims) {
                findings.push(of_all(own, host));
                break;
            }
            let Some(stage) = stage_of(&theirs.name, &host.name) else { continue };
            if is_before(&stage, &own.who.stage) && layer_of(project, &stage).as_deref() == Some(&claims.who.layer) {
                findings.push(met(own, host, &stage, theirs));
                break;
            }
        }
    }
    if findings.has_errors() {
        return;
    }
    let mut steps = MOST;
    // Whoever wrote the layer learns of it before such a stage comes.
    for layer in many.iter().filter(|claims| claims.who.layer == own.who.layer) {
        for (i, one) in layer.hosts.iter().enumerate() {
            let rest = layer.hosts.iter().skip(i + 1).map(|other| (*layer, other));
            let elsewhere = many.iter().filter(|claims| claims.who.layer != layer.who.layer);
            let others = rest.chain(elsewhere.flat_map(|claims| claims.hosts.iter().map(|other| (*claims, other))));
            let example = others.filter_map(|other| example(project, (layer, one), other, &mut steps)).next();
            example.into_iter().for_each(|example| findings.push(example));
        }
    }
}

/// Whether patterns fit more than one name.
fn fits_many(claims: &Claims) -> bool {
    claims.who.patterns.len() > 1 || claims.who.patterns.iter().any(|pattern| pattern.contains(['*', '?']))
}

/// Of two stages that would meet, the one that may have its host: the shorter name, or the first in the order of letters.
fn is_before(one: &str, other: &str) -> bool {
    (one.len(), one) < (other.len(), other)
}

/// The layer that makes a stage of that name; none where it cannot be the name of one.
fn layer_of(project: &Project, stage: &str) -> Option<String> {
    let chosen = choose(project, stage, &project.origins.clone(), &mut Diagnostics::default())?;
    // What a slug changes is no name of a stage.
    (chosen.stage.value == stage).then(|| chosen.layers.last().map(|layer| layer.name.clone()))?
}

/// A host that does not hold the stage's name.
fn of_all(own: &Claims, host: &Host) -> Diagnostic {
    let stage = &own.who.stage;
    let title =
        format!("`{}` of `{}` is `{}` on every stage such as `{stage}`", host.setting, host.component, host.name);
    Diagnostic::error(DNS014, title)
        .at_spans(&host.spans, "not this stage's own")
        .note("a name is served once: AWS refuses it for the second stage")
        .help(way_out(own, host))
}

/// A host that a stage of another name would have.
fn met(own: &Claims, host: &Host, stage: &str, theirs: &Host) -> Diagnostic {
    let title = format!(
        "`{}` takes `{}`, which is `{}` of `{}` on a stage `{stage}`",
        own.who.stage, host.name, theirs.setting, theirs.component
    );
    let diagnostic = Diagnostic::error(DNS014, title).at_spans(&host.spans, "may be another stage's");
    let diagnostic = match theirs.spans.first().filter(|span| host.spans.first() != Some(span)) {
        Some(span) => diagnostic.context(*span, format!("makes it for a stage `{stage}`")),
        None => diagnostic,
    };
    diagnostic.note(format!("hosts there are made of the stage's name: `{}`", theirs.name)).help(way_out(own, host))
}

/// Two templates that some names of stages let meet.
fn example(project: &Project, one: (&Claims, &Host), other: (&Claims, &Host), steps: &mut usize) -> Option<Diagnostic> {
    let ((layer, host), (other_layer, theirs)) = (one, other);
    *steps = steps.checked_sub(1)?;
    if host.name == theirs.name || ![host, theirs].iter().all(|host| host.name.contains(ANY)) {
        return None;
    }
    let patterns = layer.who.patterns.iter().flat_map(|a| other_layer.who.patterns.iter().map(move |b| (a, b)));
    let found = LETTERS.iter().flat_map(|least| patterns.clone().map(move |(a, b)| (*least, a, b))).find_map(
        |(least, a, b)| {
            let name = meet((&host.name, a), (&theirs.name, b), least, steps)?;
            let (stage, other) = (stage_of(&host.name, &name)?, stage_of(&theirs.name, &name)?);
            let are_there = stage != other
                && layer_of(project, &stage).as_deref() == Some(&layer.who.layer)
                && layer_of(project, &other).as_deref() == Some(&other_layer.who.layer);
            are_there.then_some((name, stage, other))
        },
    );
    let (name, stage, other) = found?;
    let (kept, refused) = if is_before(&stage, &other) { (&stage, &other) } else { (&other, &stage) };
    let title =
        format!("`{}` and `{}` are one host for stages such as `{stage}` and `{other}`", host.name, theirs.name);
    let diagnostic = Diagnostic::warning(DNS014, title).at_spans(&host.spans, "made of the stage's name");
    let diagnostic = match theirs.spans.first() {
        Some(span) => diagnostic.context(*span, "and so is this one"),
        None => diagnostic,
    };
    Some(
        diagnostic
            .note(format!("both make `{name}`, so that `{refused}` is refused for the sake of `{kept}`"))
            .help("write a narrower `match`, such as `pr-*`, that no such name fits"),
    )
}
