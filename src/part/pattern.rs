//! Patterns: what a message or a record must look like to be handed over. Every name has a list of what fits, or names again.

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::value::{Entry, Kind, Value};

/// A pattern as messages speak of it.
pub struct Pattern<'a> {
    /// Whose pattern it is.
    pub on: &'a Context<'a>,
    /// The code of what is wrong with it.
    pub code: Code,
    /// The setting that holds it.
    pub setting: &'a str,
    /// Where names have no parts: why, and what helps.
    pub flat: Option<(&'static str, &'static str)>,
}

/// A list of what fits.
pub struct Leaf<'v> {
    /// How deep its name stands; 1 at the top.
    pub level: usize,
    /// What fits.
    pub items: &'v [Value],
}

impl Pattern<'_> {
    /// The lists of the pattern. Reports maps without names, and names without a list.
    pub fn leaves<'v>(&self, map: &'v Value) -> Vec<Leaf<'v>> {
        let mut leaves = Vec::new();
        self.walk(map, 1, &mut leaves);
        leaves
    }

    fn walk<'v>(&self, map: &'v Value, level: usize, leaves: &mut Vec<Leaf<'v>>) {
        if map.entries().is_empty() {
            let title = format!("`{}` of `{}` has a map without names", self.setting, self.on.name);
            let diagnostic = self.on.at(Diagnostic::error(self.code, title), map.origin, "fits nothing");
            self.on.report(diagnostic.help("write a name with a list of what fits, such as `kind: [paid]`"));
        }
        for entry in names(map) {
            match &entry.value.kind {
                Kind::List(items) if !items.is_empty() => leaves.push(Leaf { level, items }),
                Kind::Map(_) if self.flat.is_none() => self.walk(&entry.value, level.saturating_add(1), leaves),
                _ => self.no_list(entry),
            }
        }
    }

    fn no_list(&self, entry: &Entry) {
        let (on, key, value) = (self.on, &entry.key, &entry.value);
        let title = format!("`{key}` in `{}` of `{}` is no list", self.setting, on.name);
        let diagnostic = on.at(Diagnostic::error(self.code, title), value.origin, "a list of what fits is needed");
        on.report(match (&value.kind, self.flat, scalar(value)) {
            (Kind::Map(_), Some((note, help)), _) => diagnostic.note(note).help(help),
            (_, _, Some(written)) => {
                let list = format!("[{written}]");
                on.repair(diagnostic.help(format!("write `{list}`")), value.origin, &list)
            }
            _ => diagnostic.help(format!("write a list, such as `{key}: [paid]`")),
        });
    }
}

/// The entries of a map of a pattern that are names. `$or` holds patterns, and is read by AWS alone.
pub fn names(map: &Value) -> impl Iterator<Item = &Entry> {
    map.entries().iter().filter(|entry| !entry.key.starts_with('$'))
}

/// A value as it can stand in YAML, between brackets too.
#[must_use]
pub fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) if is_word(text) => Some(text.clone()),
        Kind::Int(number) => Some(number.to_string()),
        Kind::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Whether a text can stand in YAML as it is, between brackets too.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
