//! What several stages say of one thing, in one cell: what the first says, and in brackets where others differ.

use std::collections::BTreeSet;

use crate::component::Fact;
use crate::diag::list;
use crate::sheet;

/// What stages say, each with its name, in their order; `None` of those that say nothing.
pub(super) type Said<'s> = [(&'s str, Option<String>)];

/// One cell: `0.5–4 ACU (staging 0.5–2)`.
pub(super) fn cell(said: &Said<'_>) -> String {
    let Some(main) = said.iter().find_map(|(_, value)| value.as_deref()) else { return String::new() };
    let mut others: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for (stage, value) in said {
        let value = value.as_deref();
        if value == Some(main) {
            continue;
        }
        match others.iter_mut().find(|(known, _)| *known == value) {
            Some((_, stages)) => stages.push(stage),
            None => others.push((value, vec![stage])),
        }
    }
    if let [(None, without)] = others.as_slice() {
        let here: Vec<&str> = said.iter().filter(|(_, value)| value.is_some()).map(|(stage, _)| *stage).collect();
        return format!("{main} ({})", limit(&here, without));
    }
    let bracket = |(value, stages): &(Option<&str>, Vec<&str>)| match value {
        Some(value) => format!("{} {}", list(stages), shorter(value, main)),
        None => format!("not {}", list(stages)),
    };
    let brackets: Vec<String> = others.iter().map(bracket).collect();
    if brackets.is_empty() { main.to_owned() } else { format!("{main} ({})", brackets.join("; ")) }
}

/// Which stages have something, in the shorter way.
pub(super) fn limit(here: &[&str], without: &[&str]) -> String {
    if here.len() <= without.len() { format!("only {}", list(here)) } else { format!("not {}", list(without)) }
}

/// A value without the unit that the first has as well.
fn shorter<'v>(value: &'v str, main: &str) -> &'v str {
    let unit = |text: &str| text.rsplit_once(' ').map(|(_, unit)| unit.to_owned());
    match value.rsplit_once(' ') {
        Some((rest, last)) if unit(main).as_deref() == Some(last) && rest.ends_with(|c: char| c.is_ascii_digit()) => {
            rest
        }
        _ => value,
    }
}

/// What facts of several stages are about the same: their name, or what remains of them without their numbers.
fn about(fact: &Fact) -> String {
    match fact.name {
        Some(name) => format!("{name}:"),
        None => {
            let mut text = String::new();
            for c in fact.value.chars() {
                let number = c.is_ascii_digit() || c == '.';
                match (number, text.ends_with('#')) {
                    (true, true) => {}
                    (true, false) => text.push('#'),
                    (false, _) => text.push(c),
                }
            }
            text
        }
    }
}

/// The facts of a component as stages have them, each in one cell, in their order.
pub(super) fn facts(stages: &[(&str, &[Fact])]) -> Vec<String> {
    let mut subjects: Vec<String> = Vec::new();
    for (_, facts) in stages {
        let mut after = 0;
        for fact in *facts {
            let subject = about(fact);
            match subjects.iter().position(|known| *known == subject) {
                Some(at) => after = at + 1,
                None => {
                    subjects.insert(after, subject);
                    after += 1;
                }
            }
        }
    }
    let of = |subject: &String| {
        let value = |facts: &[Fact]| {
            facts.iter().find(|fact| about(fact) == *subject).map(|f| Fact { name: None, ..f.clone() })
        };
        let said: Vec<(&str, Option<String>)> =
            stages.iter().map(|(stage, facts)| (*stage, value(facts).map(|fact| sheet::fact(&fact)))).collect();
        let name = stages.iter().flat_map(|(_, facts)| facts.iter()).find(|fact| about(fact) == *subject)?.name;
        let cell = cell(&said);
        Some(name.map_or(cell.clone(), |name| format!("{name}: {cell}")))
    };
    subjects.iter().filter_map(of).collect()
}

/// The names of all, each once, in the order in which stages have them.
pub(super) fn all<'n>(stages: impl IntoIterator<Item = Vec<&'n str>>) -> Vec<&'n str> {
    let (mut all, mut known) = (Vec::new(), BTreeSet::new());
    for name in stages.into_iter().flatten() {
        if known.insert(name) {
            all.push(name);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(name: Option<&'static str>, value: &str) -> Fact {
        Fact { name, value: value.to_owned() }
    }

    #[test]
    fn where_stages_differ_the_cell_says_so() {
        let said = |values: &[Option<&str>]| {
            let stages = ["production", "staging", "dev"];
            let all = stages.into_iter().zip(values).map(|(stage, value)| (stage, value.map(str::to_owned)));
            cell(&all.collect::<Vec<_>>())
        };
        assert_eq!(said(&[Some("14 days"), Some("14 days")]), "14 days");
        assert_eq!(said(&[Some("14 days"), Some("7 days"), Some("7 days")]), "14 days (staging and dev 7)");
        assert_eq!(said(&[Some("yes"), Some("no"), None]), "yes (staging no; not dev)");
        assert_eq!(said(&[None, Some("images"), None]), "images (only staging)");
        assert_eq!(said(&[None]), "");
    }

    #[test]
    fn facts_are_told_side_by_side() {
        let one = [fact(None, "PostgreSQL 17.7"), fact(Some("Scaling"), "0.5–4 ACU"), fact(None, "RDS Proxy")];
        let two = [fact(None, "PostgreSQL 17.6"), fact(Some("Scaling"), "0.5–2 ACU"), fact(Some("Backup"), "7 days")];
        assert_eq!(
            facts(&[("production", &one), ("staging", &two)]),
            [
                "PostgreSQL 17.7 (staging PostgreSQL 17.6)",
                "Scaling: 0.5–4 ACU (staging 0.5–2)",
                "Backup: 7 days (only staging)",
                "RDS Proxy (only production)"
            ]
        );
    }
}
