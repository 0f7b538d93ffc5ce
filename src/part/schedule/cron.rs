//! `cron(…)`: whenever the clock and the calendar fit. Six fields, as AWS reads them.

use std::collections::BTreeSet;

use super::{CFN271, Flaw};

/// Months by name, from the first.
pub(super) const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/// Days of the week by name, from the first.
pub(super) const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One of the six fields.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "minutes", least: 0, most: 59, names: &[] },
    Field { name: "hours", least: 0, most: 23, names: &[] },
    Field { name: "day of the month", least: 1, most: 31, names: &[] },
    Field { name: "month", least: 1, most: 12, names: MONTHS },
    Field { name: "day of the week", least: 1, most: 7, names: DAYS },
    Field { name: "year", least: 1970, most: 2199, names: &[] },
];

/// The fields of the two days.
const DAY: usize = 2;
const WEEKDAY: usize = 4;

/// Checks six fields; gives what may be read otherwise than it was meant.
pub(super) fn read(fields: &[&str]) -> Result<Option<Flaw>, Flaw> {
    for (i, (field, text)) in FIELDS.iter().zip(fields).enumerate() {
        if !field.takes(text, i == DAY, i == WEEKDAY) {
            return Err(refused(field, text, fields, i == WEEKDAY));
        }
    }
    let (day, weekday) = (fields.get(DAY).copied(), fields.get(WEEKDAY).copied());
    let (Some(day), Some(weekday)) = (day, weekday) else { return Ok(None) };
    check_days(day, weekday, fields)?;
    Ok(by_name(weekday).map(|named| {
        let read = with(fields, WEEKDAY, &named);
        Flaw::new(CFN271, format!("where AWS reads `{weekday}` as `{named}`"), "AWS counts from 1, Sunday")
            .warning()
            .help(format!("write `{read}` if that is meant; by name no one counts otherwise"))
            .repair(read)
    }))
}

/// Exactly one of the two days is `?`.
fn check_days(day: &str, weekday: &str, fields: &[&str]) -> Result<(), Flaw> {
    let flaw = |fact: &str| Flaw::new(CFN271, fact, "exactly one of the two days must be `?`");
    match (day, weekday) {
        ("?", "?") => Err(flaw("where both days are `?`").repair(with(fields, DAY, "*"))),
        ("?", _) | (_, "?") => Ok(()),
        (_, "*") => Err(flaw("where no day is `?`").repair(with(fields, WEEKDAY, "?"))),
        ("*", _) => Err(flaw("where no day is `?`").repair(with(fields, DAY, "?"))),
        _ => Err(flaw("which asks for days of the month and of the week")
            .note("AWS takes one of the two in a schedule")
            .help("write two crons, one for each")),
    }
}

/// The schedule with another text in one field.
fn with(fields: &[&str], at: usize, text: &str) -> String {
    let fields = fields.iter().enumerate().map(|(i, field)| if i == at { text } else { field });
    format!("cron({})", fields.collect::<Vec<_>>().join(" "))
}

fn refused(field: &Field, text: &str, fields: &[&str], is_weekday: bool) -> Flaw {
    let flaw = Flaw::new(CFN271, format!("whose {} `{text}` AWS does not take", field.name), "AWS refuses it so")
        .note(format!("{}: {}", field.name, field.range()));
    if is_weekday && text == "0" {
        // Sunday for Unix and for nobody else.
        return flaw.repair(with(fields, WEEKDAY, "SUN"));
    }
    if field.name == "minutes" || field.name == "hours" {
        let step = text.split_once('/').and_then(|(_, step)| step.parse::<u32>().ok());
        if step.is_some_and(|step| step > field.most) {
            let at = usize::from(field.name == "hours");
            return flaw.repair(with(fields, at, "0"));
        }
    }
    flaw.help(format!("write a number from {} to {}, a list, a range or a step", field.least, field.most))
}

impl Field {
    fn range(&self) -> String {
        let numbers = format!("{} to {}", self.least, self.most);
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{numbers}, or {first} to {last}"),
            _ => numbers,
        }
    }

    fn takes(&self, text: &str, is_day: bool, is_weekday: bool) -> bool {
        if text == "?" {
            return is_day || is_weekday;
        }
        text.split(',').all(|item| {
            let special = is_day && self.is_special_day(item) || is_weekday && self.is_special_weekday(item);
            special || self.is_item(item)
        })
    }

    /// `*`, `5`, `1-5`, and each with a step, `0/15`.
    fn is_item(&self, item: &str) -> bool {
        let (base, step) = item.split_once('/').map_or((item, None), |(base, step)| (base, Some(step)));
        let steps = step.is_none_or(|s| s.parse::<u32>().is_ok_and(|s| s >= 1 && s <= self.most));
        let range = |(from, to): (&str, &str)| match (self.number(from), self.number(to)) {
            // The week goes round: `FRI-MON`.
            (Some(from), Some(to)) => from <= to || self.names.len() == DAYS.len(),
            _ => false,
        };
        steps && (base == "*" || self.number(base).is_some() || base.split_once('-').is_some_and(range))
    }

    fn number(&self, text: &str) -> Option<u32> {
        if let Some(at) = self.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return u32::try_from(at).ok().map(|at| at + self.least);
        }
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|n| digits && (self.least..=self.most).contains(n))
    }

    /// `L`, `LW`, `15W`.
    fn is_special_day(&self, item: &str) -> bool {
        matches!(item, "L" | "LW") || item.strip_suffix('W').is_some_and(|day| self.number(day).is_some())
    }

    /// `L`, `6L`, `6#2`.
    fn is_special_weekday(&self, item: &str) -> bool {
        let nth = |(day, n): (&str, &str)| self.number(day).is_some() && matches!(n, "1" | "2" | "3" | "4" | "5");
        item == "L"
            || item.strip_suffix('L').is_some_and(|day| self.number(day).is_some())
            || item.split_once('#').is_some_and(nth)
    }
}

/// The fewest minutes between two of the field `minutes`, within an hour; none where it has only one.
pub(super) fn least_gap(text: &str) -> Option<u32> {
    let mut minutes = BTreeSet::new();
    for item in text.split(',') {
        let (base, step) = item.split_once('/').map_or((item, None), |(base, step)| (base, Some(step)));
        let step: usize = step.map_or(Ok(1), str::parse).ok().filter(|step| *step > 0)?;
        let (from, to) = match base.split_once('-') {
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if base == "*" => (0, 59),
            // With a step, on to the end of the hour.
            None => base.parse().ok().map(|n: u32| (n, if item == base { n } else { 59 }))?,
        };
        minutes.extend((from..=to.min(59)).step_by(step));
    }
    minutes.iter().zip(minutes.iter().skip(1)).map(|(a, b)| b - a).min()
}

/// Days of the week by name, where they are written as plain numbers.
fn by_name(weekday: &str) -> Option<String> {
    let plain = weekday.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'-'));
    if !plain {
        return None;
    }
    let name = |digit: char| digit.to_digit(10).and_then(|n| DAYS.get((n as usize).checked_sub(1)?)).copied();
    let named: Option<Vec<String>> = weekday
        .chars()
        .map(|c| if c.is_ascii_digit() { name(c).map(str::to_owned) } else { Some(c.to_string()) })
        .collect();
    named.map(|pieces| pieces.concat())
}
