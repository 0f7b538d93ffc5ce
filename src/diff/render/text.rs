//! Changes for a terminal.

use super::{Told, words};
use crate::diag::render::visible_line;
use crate::diff::{Action, Cause, Change, Part, PropertyChange};

/// The most characters of a value; `--format json` has all of it.
const VALUE: usize = 60;
/// The most lines of a script that are shown of one change.
const LINES: usize = 12;

/// How something is drawn.
#[derive(Clone, Copy)]
enum Tone {
    Danger,
    Care,
    Fresh,
    Plain,
    Faint,
}

/// The changes as text, with colours or without.
#[must_use]
pub fn text(told: &Told<'_>, color: bool) -> String {
    let mut page = Page { color, out: String::new() };
    let changes = told.changes;
    if told.is_empty() {
        page.line(&[(Tone::Plain, &format!("{}: no differences against {}", told.stage, told.against))]);
        return page.out;
    }
    let summary = words::summary(told);
    page.line(&[(Tone::Plain, &format!("{} against {}: {summary}", told.stage, told.against))]);
    for (key, was, is) in &changes.about {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        page.line(&[(Tone::Care, &format!("  {key} was {}, and is {}", side(was), side(is)))]);
    }
    for (stack, parameter) in &changes.asks {
        page.line(&[(Tone::Care, &format!("  the deploy of {stack} asks for {parameter}"))]);
    }
    for stacks in words::stacks(&changes.stacks) {
        page.line(&[(Tone::Care, &format!("  {}", plain(&stacks)))]);
    }
    let mut by_stack: Vec<(&str, Vec<&Change>)> = Vec::new();
    for change in &changes.resources {
        match by_stack.iter_mut().find(|(stack, _)| *stack == change.stack) {
            Some((_, of)) => of.push(change),
            None => by_stack.push((&change.stack, vec![change])),
        }
    }
    let ids = changes.resources.iter().map(|c| c.id.chars().count());
    let wide = ids.max().unwrap_or(0);
    for (stack, of) in by_stack {
        page.heading(stack);
        of.into_iter().for_each(|change| page.change(told, change, wide));
    }
    if !changes.exports.is_empty() {
        page.heading("exports");
        for export in &changes.exports {
            let tone = if words::is_refused(export) { Tone::Danger } else { Tone::Care };
            page.line(&[(tone, &format!("  {}", plain(&words::export(export))))]);
        }
    }
    if !changes.access.is_empty() {
        page.heading("access");
        for access in changes.access.iter().filter(|a| !a.is_inner) {
            let (sign, tone) = if access.widens { ("+", Tone::Danger) } else { ("-", Tone::Faint) };
            let text = format!("  {sign} {}", access.text);
            page.line_at(&[(tone, &text)], told.place(access.origin).filter(|_| access.widens));
        }
    }
    for (sign, widens, where_) in [("+", true, "new"), ("-", false, "gone")] {
        let inner = changes.access.iter().filter(|a| a.is_inner && a.widens == widens).count();
        if inner > 0 {
            page.line(&[(Tone::Faint, &format!("  {sign} {inner} among resources that are {where_}"))]);
        }
    }
    if let Some(cost) = told.cost {
        page.out.push('\n');
        page.line(&[(Tone::Plain, &format!("cost: {}", cost.sentence()))]);
    }
    if !told.files.is_empty() {
        page.heading("other files that differ");
        told.files.iter().for_each(|file| page.line(&[(Tone::Plain, &format!("  {file}"))]));
    }
    page.out
}

/// Without the marks of code, which a terminal does not need.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

struct Page {
    color: bool,
    out: String,
}

impl Page {
    fn line(&mut self, pieces: &[(Tone, &str)]) {
        for (tone, text) in pieces {
            let style = match tone {
                Tone::Danger => "1;31",
                Tone::Care => "33",
                Tone::Fresh => "32",
                Tone::Faint => "2",
                Tone::Plain => "",
            };
            let text = visible_line(text);
            match self.color && !style.is_empty() && !text.trim().is_empty() {
                true => self.out.push_str(&format!("\u{1b}[{style}m{text}\u{1b}[0m")),
                false => self.out.push_str(&text),
            }
        }
        self.out.push('\n');
    }

    /// A line, and where it comes from.
    fn line_at(&mut self, pieces: &[(Tone, &str)], place: Option<String>) {
        let place = place.map(|place| format!("  {place}")).unwrap_or_default();
        let mut pieces = pieces.to_vec();
        pieces.push((Tone::Faint, &place));
        self.line(&pieces);
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.line(&[(Tone::Plain, text)]);
    }

    fn change(&mut self, told: &Told<'_>, change: &Change, wide: usize) {
        let tone = match change.action {
            _ if change.is_loss() || change.refused.is_some() => Tone::Danger,
            Action::Replace | Action::Delete | Action::Move | Action::Rename => Tone::Danger,
            Action::MayReplace | Action::Retain | Action::Interrupt => Tone::Care,
            Action::Create => Tone::Fresh,
            Action::Update => Tone::Plain,
            Action::Template => Tone::Faint,
        };
        let word = words::action(change.action);
        let of = words::of(change);
        let place = told.place(change.origin);
        let head = format!("  {word:<11}  {:<wide$}  ", change.id);
        let notes = words::notes(change);
        // What only follows from others is told in a line of its own.
        if change.follows() && notes.is_empty() {
            return self.line(&[(tone, &head), (Tone::Faint, &words::following(change))]);
        }
        self.line_at(&[(tone, &head), (Tone::Plain, &of)], place);
        for note in notes {
            self.line(&[(tone, &format!("    {}", plain(&note)))]);
        }
        change.properties.iter().for_each(|property| self.property(told, change, property));
    }

    fn property(&mut self, told: &Told<'_>, change: &Change, property: &PropertyChange) {
        let path = words::path(property);
        let effect = words::effect(change, property).map(|effect| format!("  {effect}")).unwrap_or_default();
        let tone = if effect.is_empty() { Tone::Plain } else { Tone::Care };
        let place = told.place(property.origin.or(change.origin)).filter(|_| property.cause == Cause::Written);
        if let Some(cause) = words::cause(property) {
            return self.line_at(&[(Tone::Plain, &format!("    {path} {cause}")), (tone, &effect)], place);
        }
        if let Some(lines) = words::lines(property) {
            self.line_at(&[(Tone::Plain, &format!("    {path}:")), (tone, &effect)], place);
            for (sign, line) in lines.iter().take(LINES) {
                let tone = if *sign == '-' { Tone::Danger } else { Tone::Fresh };
                self.line(&[(tone, &format!("      {sign} {}", words::cut(line, VALUE)))]);
            }
            if lines.len() > LINES {
                self.line(&[(Tone::Faint, &format!("      {} more lines", lines.len() - LINES))]);
            }
            return;
        }
        let (old, new) = (property.old.as_ref().map(words::flow), property.new.as_ref().map(words::flow));
        let said = match (old, new) {
            (Some(old), Some(new)) => format!("{} → {}", words::cut(&old, VALUE), words::cut(&new, VALUE)),
            (None, Some(new)) => format!("+ {}", words::cut(&new, VALUE)),
            (Some(old), None) => format!("- {}", words::cut(&old, VALUE)),
            (None, None) => String::new(),
        };
        let part = if property.part == Part::Attribute { Tone::Faint } else { Tone::Plain };
        self.line_at(&[(part, &format!("    {path}: {said}")), (tone, &effect)], place);
    }
}
