//! Switches: properties that are on or off, and mean one of the two where nobody writes them.

use super::seen::{self, Seen};
use super::{Found, On};
use crate::cfn::Target;
use crate::value::{Entry, Value};

/// A switch of a type.
pub(super) struct Switch {
    /// The type.
    pub of: &'static str,
    /// Where it stands.
    pub path: &'static [&'static str],
    /// What it means unless it is written; `None` where that is not for a template to know.
    pub unwritten: Option<bool>,
    /// Properties that decide in its place where one of them is there.
    pub unless: &'static [&'static str],
    /// The ids under which other tools have the same rule.
    pub ids: &'static [&'static str],
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

/// A switch that is not as it should be.
pub(super) enum Wrong<'a> {
    /// Written so.
    Written(&'a Value<Target>),
    /// Not written; the last entry on the way that is.
    Missing(Option<&'a Entry<Target>>),
}

impl Switch {
    fn wrong<'a>(&self, on: &On<'a>, wanted: bool) -> Option<Wrong<'a>> {
        if self.unless.iter().any(|property| on.get(property).is_some()) {
            return None;
        }
        match seen::at(&on.resource.properties, self.path) {
            Seen::This(value) if seen::flag(value) == Some(!wanted) => Some(Wrong::Written(value)),
            Seen::Nothing(last) if self.unwritten == Some(!wanted) => Some(Wrong::Missing(last)),
            _ => None,
        }
    }

    /// The line that turns it to `wanted`, below what is there.
    fn line(&self, below: Option<&Entry<Target>>, wanted: bool) -> String {
        let there = below.and_then(|entry| self.path.iter().position(|key| *key == entry.key)).map_or(0, |at| at + 1);
        let missing = self.path.get(there..).unwrap_or_default();
        let (outer, inner) = missing.split_at(missing.len().saturating_sub(1));
        let line = inner.first().map(|key| format!("{key}: {wanted}")).unwrap_or_default();
        outer.iter().rev().fold(line, |line, key| format!("{key}: {{{line}}}"))
    }
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
    let title = title(&on.resource.id);
    found.push(match wrong {
        Wrong::Written(value) => {
            let word = if wanted { "true" } else { "false" };
            let key = switch.path.last().copied().unwrap_or_default();
            Found::at(value, title, label).help(format!("write `{key}: {word}`")).instead(word)
        }
        Wrong::Missing(below) => Found::missing(below, switch.line(below, wanted), title),
    });
}
