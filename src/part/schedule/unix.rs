//! Unix lines: five fields as `crontab` reads them, and what they are in AWS's words.

use super::cron::{self, DAYS, MONTHS};
use super::{CFN270, Flaw};

/// What `crontab` has names for.
const NAMED: &[(&str, &str)] = &[
    ("@hourly", "cron(0 * * * ? *)"),
    ("@daily", "cron(0 0 * * ? *)"),
    ("@midnight", "cron(0 0 * * ? *)"),
    ("@weekly", "cron(0 0 ? * SUN *)"),
    ("@monthly", "cron(0 0 1 * ? *)"),
    ("@yearly", "cron(0 0 1 1 ? *)"),
    ("@annually", "cron(0 0 1 1 ? *)"),
];

/// The finding about a Unix line, with the same in AWS's words where that can be said.
pub(super) fn flaw(fields: &[&str]) -> Flaw {
    if let [name] = fields {
        let flaw = Flaw::new(CFN270, "a name that only `crontab` knows", "a name of `crontab`");
        return match NAMED.iter().find(|(known, _)| known == name) {
            Some((_, schedule)) => flaw.repair(*schedule),
            None => flaw,
        };
    }
    let with_year: Vec<&str> = fields.iter().copied().chain(["*"]).collect();
    if cron::read(&with_year).is_ok() {
        let flaw = Flaw::new(CFN270, "which lacks the year", "the sixth field is the year");
        return flaw.repair(format!("cron({})", with_year.join(" ")));
    }
    let flaw = Flaw::new(CFN270, "a Unix line of five fields", "AWS takes six fields")
        .note("AWS: minutes, hours, day of the month, month, day of the week, year; one of the two days is `?`");
    match converted(fields) {
        Ok(schedule) => flaw.repair(schedule),
        Err(Obstacle::TwoDays) => flaw
            .note("a Unix line with both days is for either; AWS takes one of the two in a schedule")
            .help("write two crons, one for the days of the month and one for those of the week"),
        Err(Obstacle::Unreadable) => flaw.help("write it like `cron(0 9 ? * MON-FRI *)`"),
    }
}

/// Why a line cannot be said in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    /// It asks for days of the month or of the week, whichever fits.
    TwoDays,
    /// A field is none of Unix.
    Unreadable,
}

/// The schedule of AWS that does what a line of Unix does.
fn converted(fields: &[&str]) -> Result<String, Obstacle> {
    let [minute, hour, day, month, weekday] = fields else { return Err(Obstacle::Unreadable) };
    let minute = field(minute, 0, 59, &[])?;
    let hour = field(hour, 0, 23, &[])?;
    let day = field(day, 1, 31, &[])?;
    let month = field(month, 1, 12, MONTHS)?;
    let weekday = week(weekday)?;
    let (day, weekday) = match (day.as_str(), weekday.as_str()) {
        (day, "*") => (day, "?"),
        ("*", weekday) => ("?", weekday),
        _ => return Err(Obstacle::TwoDays),
    };
    let fields = [minute.as_str(), &hour, day, &month, weekday, "*"];
    match cron::read(&fields) {
        Ok(None) => Ok(format!("cron({})", fields.join(" "))),
        _ => Err(Obstacle::Unreadable),
    }
}

/// A part of a field: from, to, step; `*` has neither from nor to.
struct Item {
    range: Option<(u32, u32)>,
    step: Option<u32>,
}

fn item(text: &str, least: u32, most: u32, number: &dyn Fn(&str) -> Option<u32>) -> Result<Item, Obstacle> {
    let (base, step) = text.split_once('/').map_or((text, None), |(base, step)| (base, Some(step)));
    let step = step.map(|s| s.parse::<u32>().ok().filter(|s| *s > 0).ok_or(Obstacle::Unreadable)).transpose()?;
    if base == "*" {
        return Ok(Item { range: None, step });
    }
    let (from, to) = match base.split_once('-') {
        Some((from, to)) => (number(from), number(to)),
        // `5/15` goes on to the end.
        None if step.is_some() => (number(base), Some(most)),
        None => (number(base), number(base)),
    };
    match (from, to) {
        (Some(from), Some(to)) if least <= from && from <= to && to <= most => {
            Ok(Item { range: Some((from, to)), step })
        }
        _ => Err(Obstacle::Unreadable),
    }
}

/// Minutes, hours, days of the month, months.
fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Result<String, Obstacle> {
    let number = |text: &str| -> Option<u32> {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.and_then(|at| u32::try_from(at).ok()).map(|at| at + least).or_else(|| text.parse().ok())
    };
    let one = |text: &str| -> Result<String, Obstacle> {
        let item = item(text, least, most, &number)?;
        Ok(match (item.range, item.step) {
            (None, None | Some(1)) => "*".to_owned(),
            // A step beyond the field's end leaves its beginning: `*/60` is minute 0.
            (None, Some(step)) if least.saturating_add(step) > most => least.to_string(),
            (None, Some(step)) => format!("{least}/{step}"),
            (Some((from, to)), None | Some(1)) if from == to => from.to_string(),
            (Some((from, to)), None | Some(1)) => format!("{from}-{to}"),
            (Some((from, to)), Some(step)) if to == most && from.saturating_add(step) <= most => {
                format!("{from}/{step}")
            }
            (Some((from, to)), Some(step)) => {
                steps(from, to, step).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
            }
        })
    };
    let items: Result<Vec<String>, Obstacle> = text.split(',').map(one).collect();
    let items = items?;
    Ok(if items.iter().any(|i| i == "*") { "*".to_owned() } else { items.join(",") })
}

/// Days of the week, by name: 0 and 7 are both Sunday.
fn week(text: &str) -> Result<String, Obstacle> {
    let number = |text: &str| -> Option<u32> {
        let named = DAYS.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.and_then(|at| u32::try_from(at).ok()).or_else(|| text.parse().ok())
    };
    let mut days = [false; 7];
    let mut items = Vec::new();
    for text in text.split(',') {
        let item = item(text, 0, 7, &number)?;
        let (from, to) = item.range.unwrap_or((0, 6));
        let all: Vec<usize> = steps(from, to, item.step.unwrap_or(1)).map(|day| day as usize % 7).collect();
        let names: Vec<&str> = all.iter().filter_map(|day| DAYS.get(*day)).copied().collect();
        for day in all {
            if let Some(seen) = days.get_mut(day) {
                *seen = true;
            }
        }
        // A range that ends on the second Sunday would go round the week.
        let range = item.step.is_none_or(|s| s == 1) && to < 7 && from < to;
        items.push(match (names.first(), names.last()) {
            (Some(first), Some(last)) if range => format!("{first}-{last}"),
            _ => names.join(","),
        });
    }
    Ok(if days.iter().all(|day| *day) { "*".to_owned() } else { items.join(",") })
}

fn steps(from: u32, to: u32, step: u32) -> impl Iterator<Item = u32> {
    (from..=to).step_by(step as usize)
}
