//! Changes as a comment on a pull request: what is dangerous first, the rest folded.

use super::{Told, words};
use crate::cost::CostChange;
use crate::cost::render::{amount_in_column, difference};
use crate::diff::{Action, Change, PropertyChange};

/// The most characters of a value in a table.
const VALUE: usize = 80;

/// The changes as Markdown.
#[must_use]
pub fn markdown(told: &Told<'_>) -> String {
    let changes = told.changes;
    let mut out = format!("### `{}` against `{}`\n\n", told.stage, told.against);
    if told.is_empty() {
        out.push_str("No differences.\n");
        return out;
    }
    out.push_str(&format!("{}.\n", capital(&words::summary(told))));
    out.push_str(&told.cost.map(cost).unwrap_or_default());
    let (grave, light): (Vec<&Change>, Vec<&Change>) = changes.resources.iter().partition(|c| is_grave(c));
    if !grave.is_empty() {
        out.push_str("\n| | resource | what | where |\n| --- | --- | --- | --- |\n");
        grave.iter().for_each(|change| out.push_str(&row(told, change)));
    }
    let access = |widens, is_inner| changes.access.iter().filter(move |a| a.widens == widens && a.is_inner == is_inner);
    let widened: Vec<String> = access(true, false).map(|a| sentence(&a.text, told.place(a.origin))).collect();
    list(&mut out, "More is allowed than before", &widened);
    list(&mut out, "Exports", &changes.exports.iter().map(words::export).collect::<Vec<_>>());
    let asks = changes.asks.iter().map(|(stack, name)| format!("the deploy of `{stack}` asks for `{name}`"));
    let about = changes.about.iter().map(|(key, was, is)| {
        let side = |text: &Option<String>| text.as_ref().map_or("nothing".to_owned(), |text| code(text));
        format!("`{key}` was {}, and is {}", side(was), side(is))
    });
    let stage: Vec<String> = words::stacks(&changes.stacks).into_iter().chain(about).chain(asks).collect();
    list(&mut out, "The stage", &stage);
    for (action, word, _) in words::ACTIONS {
        let of: Vec<&&Change> = light.iter().filter(|c| c.action == *action).collect();
        fold(&mut out, &count(word, of.len()), of.iter().map(|change| details(told, change)));
    }
    for (title, widens, is_inner) in [
        ("no longer allowed", false, false),
        ("allowed among resources that are new", true, true),
        ("no longer allowed among resources that are gone", false, true),
    ] {
        let lines: Vec<String> = access(widens, is_inner).map(|a| format!("- {}\n", code(&a.text))).collect();
        fold(&mut out, &format!("{} {title}", lines.len()), lines.into_iter());
    }
    let files: Vec<String> = told.files.iter().map(|file| format!("- {}\n", code(file))).collect();
    fold(&mut out, &format!("{} other files", files.len()), files.into_iter());
    out
}

/// What it costs more or less, by component.
fn cost(change: &CostChange) -> String {
    let mut out = format!("\n**Cost**: {}\n", change.sum());
    if change.was.is_some() {
        out.push_str("\n| component | was | is | USD a month |\n| --- | ---: | ---: | ---: |\n");
        for of in &change.components {
            let (was, is) = (amount_in_column(of.one), amount_in_column(of.other));
            out.push_str(&format!("| {} | {was} | {is} | {} |\n", code(&of.component), difference(of.one, of.other)));
        }
    }
    out
}

/// Whether a reviewer has to look at it: what only follows from others goes with them.
fn is_grave(change: &Change) -> bool {
    change.is_loss()
        || change.refused.is_some()
        || !change.dropped.is_empty()
        || !(change.follows() || matches!(change.action, Action::Create | Action::Update | Action::Template))
}

fn row(told: &Told<'_>, change: &Change) -> String {
    let mut what = words::notes(change);
    let is_grave = |p: &&PropertyChange| words::effect(change, p).is_some();
    let grave: Vec<&PropertyChange> = change.properties.iter().filter(is_grave).collect();
    what.extend(grave.iter().map(|p| property(change, p)));
    let at = grave.iter().find_map(|p| p.origin).or(change.origin);
    let place = told.place(at).map(|place| code(&place)).unwrap_or_default();
    format!(
        "| **{}** | {}<br>{} | {} | {place} |\n",
        words::action(change.action),
        code(&change.id),
        words::of(change),
        what.iter().map(|text| cell(text)).collect::<Vec<_>>().join("<br>"),
    )
}

fn property(of: &Change, change: &PropertyChange) -> String {
    let path = code(&words::path(change));
    let effect = words::effect(of, change).map(|effect| format!(", {effect}")).unwrap_or_default();
    if let Some(cause) = words::cause(change) {
        return format!("{path} {cause}{effect}");
    }
    if let Some(lines) = words::lines(change) {
        return format!("{path}: {} lines change{effect}", lines.len());
    }
    let side = |node: &Option<crate::yaml::Node>| node.as_ref().map(|n| code(&words::cut(&words::flow(n), VALUE)));
    match (side(&change.old), side(&change.new)) {
        (Some(old), Some(new)) => format!("{path}: {old} → {new}{effect}"),
        (None, Some(new)) => format!("{path}: new, {new}{effect}"),
        (Some(old), None) => format!("{path}: gone, was {old}{effect}"),
        (None, None) => path,
    }
}

fn details(told: &Told<'_>, change: &Change) -> String {
    if change.follows() {
        return format!("- {} {}\n", code(&change.id), words::following(change));
    }
    let place = told.place(change.origin).map(|place| format!(", {}", code(&place))).unwrap_or_default();
    let mut out = format!("- {} {}{place}\n", code(&change.id), words::of(change));
    for property in &change.properties {
        out.push_str(&format!("  - {}\n", self::property(change, property)));
    }
    out
}

fn list(out: &mut String, title: &str, items: &[String]) {
    if !items.is_empty() {
        out.push_str(&format!("\n**{title}**\n\n"));
        items.iter().for_each(|item| out.push_str(&format!("- {item}\n")));
    }
}

fn fold(out: &mut String, title: &str, items: impl ExactSizeIterator<Item = String>) {
    if items.len() > 0 {
        out.push_str(&format!("\n<details><summary>{title}</summary>\n\n"));
        items.for_each(|item| out.push_str(&item));
        out.push_str("\n</details>\n");
    }
}

fn count(word: &str, count: usize) -> String {
    format!("{count} {word}")
}

fn sentence(text: &str, place: Option<String>) -> String {
    let place = place.map(|place| format!(" ({})", code(&place))).unwrap_or_default();
    format!("{}{place}", code(text))
}

/// As code, with nothing in it that ends a table or the code.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace(['\n', '\r'], " ").replace('|', "\\|"))
}

fn cell(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
