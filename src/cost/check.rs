//! The estimate of a stage that was compiled, and what is wrong with what is declared for it.

use std::collections::BTreeSet;

use super::charge::{Range, Usage};
use super::estimate::{Bill, Estimate};
use super::render::{amount, line_in_words, unpriced};
use super::rules;
use super::seen::Seen;
use super::usage::{Charged, Declared, names};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, did_you_mean, quote_list};
use crate::link::Linked;
use crate::manifest::{Over, Store};
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::value::{Entry, Kind, Value};

/// Codes of this room.
pub const CODES: &[Code] = &[MAN030, MAN031, MAN032, MAN033, STG022, STG024];

/// `MAN030`: usage of no component.
pub const MAN030: Code = Code {
    id: "MAN030",
    explanation: "`usage` names no component\n\n\
        `usage: {Api: {requests: 1000000}}` declares what a component of the stage is used a month. A name that is none would be ignored \
        in silence. A component that other stages have, or that exists already and is imported, may stand there.",
};

/// `MAN031`: no such quantity.
pub const MAN031: Code = Code {
    id: "MAN031",
    explanation: "`usage` declares a quantity that the component has not\n\n\
        Which quantities there are follows from the resources that a component makes; the message lists them, and `docs/cost.md` says what \
        each counts. Where several resources of a component have the same, the name of the resource goes before it: `server_calls`. A name \
        that a component may have which is made otherwise, such as one of `nat_address_2_out_gb` where there is one address, is a warning: \
        it is in no sum.",
};

/// `MAN032`: a range that is none.
pub const MAN032: Code = Code {
    id: "MAN032",
    explanation: "a quantity of `usage` cannot be so\n\n\
        A quantity is a figure, or the least and the most: `{low: 1000, high: 5000}`. Where the template says the ends itself, as that of a \
        database that scales between two capacities, a quantity lies between them.",
};

/// `MAN033`: one quantity under two names.
pub const MAN033: Code = Code {
    id: "MAN033",
    explanation: "a quantity is declared twice\n\n\
        The only resource of a component that has a quantity may be named or not: `calls` and `server_calls` are one. Keep one of them.",
};

/// `STG022`: the estimate is above its limit.
pub const STG022: Code = Code {
    id: "STG022",
    explanation: "the stage costs more than it may\n\n\
        `estimate_limit` says what a stage may cost a month by its estimate, whose high end counts. What is not declared under `usage` is in \
        no sum. `reggie-cfn cost STAGE` shows every line. With `over: error` nothing is built that costs more; otherwise it is told.",
};

/// `STG024`: a limit of an estimate that has gaps.
pub const STG024: Code = Code {
    id: "STG024",
    explanation: "the estimate that is limited leaves something out\n\n\
        `estimate_limit` holds an estimate below a sum. Where a resource of the stage is of a type that nothing is known of, or a price was \
        not read, the stage costs more than the estimate says, and the limit may be passed unseen. `reggie-cfn cost STAGE` lists both.",
};

/// How many of the dearest lines a message shows.
const DEAREST: usize = 3;

/// What a compiled stage costs.
pub fn of(model: &Model, linked: &Linked, origins: &Origins, findings: &mut Diagnostics) -> Estimate {
    let seen = seen(model, linked);
    let bill = Bill::of(&seen, None);
    let declared = declared(model, &bill, origins, findings);
    bill.estimate(&declared)
}

/// The same at the prices of another region.
#[must_use]
pub fn estimated(model: &Model, linked: &Linked, origins: &Origins, region: &str) -> Estimate {
    let seen = seen(model, linked);
    let bill = Bill::of(&seen, Some(region));
    // What is wrong with it was told when the stage was compiled.
    let declared = declared(model, &bill, origins, &mut Diagnostics::default());
    bill.estimate(&declared)
}

fn seen<'a>(model: &'a Model, linked: &'a Linked) -> Seen<'a> {
    let manifest = &model.manifest;
    let is_kept = manifest.secrets.values().any(|secret| secret.store.value == Store::SecretsManager);
    let is_own = model.stage.secrets_from.value == model.stage.name.value;
    Seen::of_linked(linked, &manifest.region, is_kept && is_own)
}

/// What is declared, as far as it can be so.
fn declared(model: &Model, bill: &Bill<'_>, origins: &Origins, findings: &mut Diagnostics) -> Declared {
    let mut declared = Declared::new();
    let Some(usage) = model.tree.get("usage") else { return declared };
    for entry in usage.entries() {
        match model.components.get(&entry.key) {
            Some(component) if component.imported.is_none() => {
                let checked = component_usage(entry, bill, origins, findings);
                declared.insert(entry.key.clone(), checked.into_iter().collect());
            }
            Some(_) => {}
            None if model.absent.contains_key(&entry.key) => {}
            None => findings.push(no_component(entry, model, origins)),
        }
    }
    declared
}

fn component_usage(
    entry: &Entry,
    bill: &Bill<'_>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Vec<(String, Range)> {
    let (mut checked, mut known) = (Vec::new(), BTreeSet::new());
    let written = |name: &str| entry.value.entry(name);
    for of in bill.charged().iter().filter(|of| of.component() == entry.key) {
        for (quantity, bounds) in of.quantities() {
            let names = names(bill.slots(), &entry.key, &of.label, quantity);
            let mut said = names.iter().filter_map(|name| written(name));
            if let (Some(first), Some(second)) = (said.next(), said.next()) {
                findings.join(twice(first, second, origins));
            }
            if let Some((said, bounds)) = names.iter().find_map(|name| written(name)).zip(bounds) {
                outside(said, bounds, of, origins).into_iter().for_each(|finding| findings.push(finding));
            }
            known.extend(names);
        }
    }
    for quantity in entry.value.entries() {
        if !known.contains(&quantity.key) {
            findings.push(no_quantity(&entry.key, quantity, bill, origins));
            continue;
        }
        match range(&quantity.value) {
            Some(range) if range.low <= range.high => checked.push((quantity.key.clone(), range)),
            Some(range) => findings.push(upside_down(quantity, range, origins)),
            // The schema has told of anything else.
            None => {}
        }
    }
    checked
}

/// The figures of a quantity.
fn range(value: &Value) -> Option<Range> {
    match figure(value) {
        Some(figure) => Some(Range::exactly(figure)),
        None => Some(Range { low: figure(value.get("low")?)?, high: figure(value.get("high")?)? }),
    }
}

#[allow(clippy::cast_precision_loss, reason = "an estimate needs no more digits")]
fn figure(value: &Value) -> Option<f64> {
    match value.kind {
        Kind::Int(i) => Some(i as f64),
        Kind::Float(x) => Some(x),
        _ => None,
    }
}

fn no_component(entry: &Entry, model: &Model, origins: &Origins) -> Diagnostic {
    let title = format!("`usage` names `{}`, which is no component of this stage", entry.key);
    let diagnostic =
        Diagnostic::error(MAN030, title).at_origin(origins, entry.key_origin, &[], "no component of that name");
    let names = || model.components.keys().map(String::as_str);
    let known: Vec<&str> = names().collect();
    suggest(diagnostic, &entry.key, &known, entry.key_origin, origins, "components of this stage")
}

fn no_quantity(component: &str, quantity: &Entry, bill: &Bill<'_>, origins: &Origins) -> Diagnostic {
    let title = format!("`{component}` has no quantity `{}` that could be declared", quantity.key);
    // A layer of all stages declares what only some of them have.
    let severity = if is_elsewhere(&quantity.key) { Severity::Warning } else { Severity::Error };
    let diagnostic = Diagnostic::new(severity, MAN031, title).at_origin(
        origins,
        quantity.key_origin,
        &[],
        "nothing is charged by it",
    );
    let of = bill.charged().iter().filter(|of| of.component() == component);
    let shown = of.flat_map(|of| {
        let first = |quantity| names(bill.slots(), component, &of.label, quantity).into_iter().next();
        of.quantities().filter_map(move |(quantity, _)| first(quantity))
    });
    let shown: BTreeSet<String> = shown.collect();
    let known: Vec<&str> = shown.iter().map(String::as_str).collect();
    if known.is_empty() {
        return diagnostic.help(format!("remove this line: what `{component}` costs follows from its templates alone"));
    }
    suggest(diagnostic, &quantity.key, &known, quantity.key_origin, origins, "what may be declared of it")
}

/// Whether it is the name of a quantity that a component may have which is made otherwise.
fn is_elsewhere(name: &str) -> bool {
    let is_of =
        |usage: &Usage| name.strip_suffix(usage.name).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'));
    rules::all().flat_map(|rule| rule.usage).any(is_of)
}

/// The name that was meant, or all that there are.
fn suggest(
    diagnostic: Diagnostic,
    written: &str,
    known: &[&str],
    origin: OriginId,
    origins: &Origins,
    all: &str,
) -> Diagnostic {
    let listed = format!("{all}: {}", quote_list(known));
    match did_you_mean(written, known.iter().copied()) {
        Some(near) => {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?")).note(listed);
            diagnostic.edit_if_written(origins, origin, near)
        }
        None => diagnostic.help(listed),
    }
}

fn upside_down(quantity: &Entry, range: Range, origins: &Origins) -> Diagnostic {
    let title = format!("the low end of `{}` is {}, and the high end {}", quantity.key, range.low, range.high);
    let low = quantity.value.get("low").map_or(quantity.value.origin, |low| low.origin);
    let high = quantity.value.get("high").map(|high| high.origin);
    let diagnostic = Diagnostic::error(MAN032, title).at_origin(
        origins,
        low,
        &[quantity.key_origin],
        "the least is more than the most",
    );
    diagnostic.context_if_known(origins, high, "the most").help("write the smaller figure as `low`")
}

/// What lies outside of what the template says.
fn outside(quantity: &Entry, bounds: Range, of: &Charged<'_>, origins: &Origins) -> Option<Diagnostic> {
    let said = range(&quantity.value)?;
    let is_within = said.low >= bounds.low && said.high <= bounds.high;
    if is_within {
        return None;
    }
    let title = format!("`{}` is outside of {} to {}, which its template says", quantity.key, bounds.low, bounds.high);
    let id = of.at.id;
    let diagnostic = Diagnostic::error(MAN032, title).at_origin(
        origins,
        quantity.value.origin,
        &[quantity.key_origin],
        "cannot be so",
    );
    let help = format!(
        "write a figure from {} to {}, or none: the estimate then goes from one to the other",
        bounds.low, bounds.high
    );
    Some(diagnostic.note(format!("`{id}` lies between these by what the component says")).help(help))
}

fn twice(first: &Entry, second: &Entry, origins: &Origins) -> Diagnostic {
    let title = format!("`{}` and `{}` are one quantity", first.key, second.key);
    Diagnostic::error(MAN033, title)
        .at_origin(origins, second.key_origin, &[], "declared again")
        .context_if_known(origins, Some(first.key_origin), "declared first")
        .help("keep one of them")
}

/// Reports an estimate above the stage's limit: of those that build it, and no concern of those that ask what it costs.
pub fn limit(model: &Model, estimate: &Estimate, origins: &Origins, findings: &mut Diagnostics) {
    let Some(limit) = &model.manifest.estimate_limit else { return };
    let most = limit.monthly_usd;
    let unknown = unpriced(estimate).filter(|line| line.quantity.is_some()).count();
    let unknown = unknown + estimate.not_estimated.iter().map(|of| of.count).sum::<usize>();
    if unknown > 0 {
        findings.push(incomplete(model, estimate, most.origin, origins));
    }
    if estimate.total.high <= most.value {
        return;
    }
    let severity = match limit.over.map(|over| over.value) {
        Some(Over::Error) => Severity::Error,
        Some(Over::Warning) | None => Severity::Warning,
    };
    let title = format!(
        "`{}` is estimated at {} USD a month, and may cost {}",
        model.stage.name.value,
        amount(estimate.total),
        amount(Range::exactly(most.value)),
    );
    let mut diagnostic =
        Diagnostic::new(severity, STG022, title).at_origin(origins, most.origin, &[], "the most that it may cost");
    let mut dearest: Vec<_> = estimate.lines.iter().filter_map(|line| Some((line, line.amount?.high))).collect();
    dearest.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    for (line, _) in dearest.iter().take(DEAREST) {
        diagnostic = diagnostic.note(line_in_words(line));
    }
    let name = &model.stage.name.value;
    findings.push(diagnostic.help(format!("`reggie-cfn cost {name}` shows every line; make less, or raise the limit")));
}

/// A limit that may be passed unseen.
fn incomplete(model: &Model, estimate: &Estimate, limit: OriginId, origins: &Origins) -> Diagnostic {
    let name = &model.stage.name.value;
    let title = format!("the estimate of `{name}` has a limit, and leaves out what has no known price");
    let mut diagnostic =
        Diagnostic::new(Severity::Warning, STG024, title).at_origin(origins, limit, &[], "may be passed unseen");
    for line in unpriced(estimate).filter(|line| line.quantity.is_some()).take(DEAREST) {
        diagnostic = diagnostic.note(format!("`{}`: {}: no price was read", line.component, line.what));
    }
    for of in estimate.not_estimated.iter().take(DEAREST) {
        diagnostic =
            diagnostic.note(format!("`{}`: {} × {}: nothing is known of it", of.component, of.count, of.resource_type));
    }
    diagnostic.help("look up what these cost, and set the limit that much lower")
}
