//! Switches: properties that are on or off, and mean one of the two where nobody writes them.

use super::seen::{self, Seen};
use super::{Found, On};
use crate::aws;
use crate::cfn::Target;
use crate::value::{Entry, Value};

/// A switch of a type.
pub(super) struct Switch {
    of: &'static str,
    path: &'static [&'static str],
    /// What it means unless it is written; `None` where that is not for a template to know.
    unwritten: Option<bool>,
    /// A property, and the word at which it is on unless it is written.
    on_for: Option<(&'static str, &'static str)>,
    /// Properties that decide in its place where one of them is there.
    unless: &'static [&'static str],
    /// How on and off are written.
    words: (&'static str, &'static str),
    ids: &'static [&'static str],
}

impl Switch {
    /// The switch of a type at a path, with the ids under which other tools have the rule about it.
    pub const fn at(of: &'static str, path: &'static [&'static str], ids: &'static [&'static str]) -> Switch {
        Switch { of, path, unwritten: None, on_for: None, unless: &[], words: ("true", "false"), ids }
    }

    /// It is off where nobody writes it.
    pub const fn off(self) -> Switch {
        Switch { unwritten: Some(false), ..self }
    }

    /// It is on all the same where that property has that value.
    pub const fn on_for(self, property: &'static str, value: &'static str) -> Switch {
        Switch { on_for: Some((property, value)), ..self }
    }

    /// It is for others to say where one of those properties is there.
    pub const fn unless(self, unless: &'static [&'static str]) -> Switch {
        Switch { unless, ..self }
    }

    /// Its words for on and off.
    pub const fn words(self, on: &'static str, off: &'static str) -> Switch {
        Switch { words: (on, off), ..self }
    }

    fn wrong<'a>(&self, on: &On<'a>, wanted: bool) -> Option<Wrong<'a>> {
        if self.unless.iter().any(|property| on.get(property).is_some()) {
            return None;
        }
        let may_be_on = self.on_for.is_some_and(|(property, word)| {
            on.get(property).is_some_and(|v| seen::is_unknown(v) || v.as_text() == Some(word))
        });
        let is = |value: &Value<Target>| match value.as_text() {
            Some(text) if text == self.words.0 => Some(true),
            Some(text) if text == self.words.1 => Some(false),
            _ => seen::flag(value),
        };
        match seen::at(&on.resource.properties, self.path) {
            Seen::This(value) if is(value) == Some(!wanted) => Some(Wrong::Written(value)),
            Seen::Nothing(last) if self.unwritten == Some(!wanted) && !may_be_on => Some(Wrong::Missing(last)),
            _ => None,
        }
    }

    /// The word that turns it to `wanted`, as YAML.
    fn word(&self, wanted: bool) -> String {
        let word = if wanted { self.words.0 } else { self.words.1 };
        if word.bytes().all(|b| b.is_ascii_digit()) { format!("\"{word}\"") } else { word.to_owned() }
    }

    /// The line that turns it to `wanted`, below what is there.
    fn line(&self, below: Option<&Entry<Target>>, wanted: bool) -> String {
        let there = below.and_then(|entry| self.path.iter().position(|key| *key == entry.key)).map_or(0, |at| at + 1);
        let missing = self.path.get(there..).unwrap_or_default();
        let (outer, inner) = missing.split_at(missing.len().saturating_sub(1));
        let line = inner.first().map(|key| format!("{key}: {}", self.word(wanted))).unwrap_or_default();
        outer.iter().rev().fold(line, |line, key| format!("{key}: {{{line}}}"))
    }
}

/// The types of a table, as a rule lists them.
pub(super) const fn types<const N: usize>(table: &[Switch; N]) -> [(&'static str, &'static [&'static str]); N] {
    let mut types: [(&str, &[&str]); N] = [("", &[]); N];
    let mut at = 0;
    while at < N {
        types[at] = (table[at].of, table[at].ids);
        at += 1;
    }
    types
}

/// How a switch is not as it should be.
enum Wrong<'a> {
    /// Written so.
    Written(&'a Value<Target>),
    /// Not written; the last entry on the way that is.
    Missing(Option<&'a Entry<Target>>),
}

/// Finds a switch of the resource's type that is not `wanted`.
pub(super) fn check(
    on: &On<'_>,
    table: &[Switch],
    wanted: bool,
    found: &mut Vec<Found>,
    title: impl FnOnce(&str) -> String,
    label: &'static str,
) {
    let type_name = on.resource.type_name();
    let Some(switch) = table.iter().find(|switch| switch.of == type_name) else { return };
    let Some(wrong) = switch.wrong(on, wanted) else { return };
    let (title, line) = (title(&on.resource.id), switch.line(None, wanted));
    let anew = aws::resource_type(type_name).is_some_and(|of| of.create_only.iter().any(|p| p.0 == switch.path));
    let help = match anew {
        true => format!("write `{line}`; what exists already is replaced by this, without its data"),
        false => format!("write `{line}`"),
    };
    let what = match wrong {
        Wrong::Written(value) => Found::at(value, title, label).instead(switch.word(wanted)),
        Wrong::Missing(below) => Found::missing(below, switch.line(below, wanted), title),
    };
    found.push(what.help(help));
}
