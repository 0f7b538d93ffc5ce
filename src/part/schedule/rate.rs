//! `rate(…)`: again and again after a length of time.

use super::{CFN272, Flaw};

/// The units, in the singular.
const UNITS: &[&str] = &["minute", "hour", "day"];

/// Reads what stands between the brackets.
pub(super) fn read(inside: &str) -> Result<(), Flaw> {
    let words: Vec<&str> = inside.split_whitespace().collect();
    let flaw = |fact: &str, label| Flaw::new(CFN272, fact, label);
    let [number, unit] = words.as_slice() else {
        return Err(flaw("which is not a number and a unit", "a number and a unit are needed")
            .help("write it like `rate(5 minutes)`"));
    };
    let Ok(value) = number.parse::<u32>() else {
        return Err(
            flaw("whose number is no whole number", "a whole number is needed").help("write it like `rate(5 minutes)`")
        );
    };
    if value == 0 {
        return Err(flaw("which never comes to an end", "at least 1").help("write a number from 1 up"));
    }
    match written(value, unit) {
        Some(right) if right == format!("rate({inside})") => Ok(()),
        Some(right) => {
            let fact = if unit.starts_with("week") {
                "whose unit AWS does not know"
            } else if value == 1 {
                "in the plural for one"
            } else if unit.ends_with('s') {
                "which AWS does not read"
            } else {
                "in the singular for more than one"
            };
            Err(flaw(fact, "AWS refuses it so").repair(right))
        }
        None if unit.starts_with("sec") => {
            Err(flaw("in seconds", "one minute is the shortest")
                .help("write `rate(1 minute)`, and let the code repeat"))
        }
        None => {
            Err(flaw("whose unit AWS does not know", "not a unit of AWS").help("write `minutes`, `hours` or `days`"))
        }
    }
}

/// How many minutes a rate in minutes says; none for longer units.
pub(super) fn minutes(inside: &str) -> Option<u32> {
    let (number, unit) = inside.trim().split_once(' ')?;
    number.parse().ok().filter(|_| unit.starts_with("minute"))
}

/// The rate as AWS writes it; none for a unit that it does not know and that cannot be said otherwise.
pub(super) fn written(value: u32, unit: &str) -> Option<String> {
    let lower = unit.to_ascii_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    let (value, singular) = match singular {
        "week" => (value.checked_mul(7)?, "day"),
        "min" => (value, "minute"),
        other => (value, other),
    };
    if value == 0 || !UNITS.contains(&singular) {
        return None;
    }
    let plural = if value == 1 { "" } else { "s" };
    Some(format!("rate({value} {singular}{plural})"))
}
