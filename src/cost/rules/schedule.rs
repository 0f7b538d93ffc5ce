//! How often a schedule comes in a month.

use std::collections::BTreeSet;

use crate::cost::charge::HOURS;

const MINUTES_OF_HOUR: f64 = 60.0;
const MONTHS_OF_YEAR: f64 = 12.0;
const DAYS_OF_WEEK: f64 = 7.0;

/// The days of the months, of a year as AWS's 730 hours a month have it.
const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTH_NAMES: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAY_NAMES: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// How often a rate or a cron of every year comes in a month, on average over a year.
pub(super) fn times_a_month(expression: &str) -> Option<f64> {
    let inside = |word: &str| expression.strip_prefix(word)?.strip_suffix(')');
    match (inside("rate("), inside("cron(")) {
        (Some(rate), _) => of_rate(rate),
        (None, Some(cron)) => of_cron(&cron.split_whitespace().collect::<Vec<_>>()),
        (None, None) => None,
    }
}

fn of_rate(rate: &str) -> Option<f64> {
    let (number, unit) = rate.split_once(' ')?;
    let number = number.parse::<f64>().ok().filter(|number| *number > 0.0)?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => 1.0,
        "hour" => MINUTES_OF_HOUR,
        "day" => 24.0 * MINUTES_OF_HOUR,
        _ => return None,
    };
    Some(HOURS * MINUTES_OF_HOUR / (number * minutes))
}

#[allow(clippy::cast_precision_loss, reason = "a few minutes and days")]
fn of_cron(fields: &[&str]) -> Option<f64> {
    let &[minutes, hours, day, month, weekday, "*"] = fields else { return None };
    let a_day = values(minutes, 0..=59, &[])?.len() * values(hours, 0..=23, &[])?.len();
    let months = values(month, 1..=12, MONTH_NAMES)?;
    let lengths = DAYS.iter().zip(1..).filter(|(_, month)| months.contains(month)).map(|(days, _)| *days);
    let days = if day != "?" {
        match day.contains(['L', 'W']) {
            // The last day, or the working day next to one.
            true => months.len() as f64,
            false => {
                let days = values(day, 1..=31, &[])?;
                lengths.map(|length| days.range(..=length).count()).sum::<usize>() as f64
            }
        }
    } else if weekday.contains(['#', 'L']) {
        // One of them in each month; the fifth is not in every one.
        (!weekday.ends_with("#5")).then_some(months.len() as f64)?
    } else {
        let weekdays = values(weekday, 1..=7, DAY_NAMES)?.len() as f64;
        f64::from(lengths.sum::<u32>()) * weekdays / DAYS_OF_WEEK
    };
    Some(a_day as f64 * days / MONTHS_OF_YEAR)
}

/// What a field of a cron stands for.
fn values(field: &str, range: std::ops::RangeInclusive<u32>, names: &[&str]) -> Option<BTreeSet<u32>> {
    let (least, most) = (*range.start(), *range.end());
    let number = |text: &str| {
        let named = names.iter().zip(least..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, number)| number).or_else(|| text.parse().ok()).filter(|number| range.contains(number))
    };
    let mut found = BTreeSet::new();
    for part in field.split(',') {
        let (part, step) = match part.split_once('/') {
            Some((part, step)) => (part, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match part.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None if part == "*" => (least, most),
            // With a step, from there to the end.
            None => (number(part)?, if step.is_some() { most } else { number(part)? }),
        };
        // A range may go over the end: from Friday to Monday.
        let all =
            (from..=most).chain(least..=most).take(((to + most + 1 - least - from) % (most + 1 - least)) as usize + 1);
        found.extend(all.step_by(step.unwrap_or(1) as usize));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::times_a_month;

    #[test]
    fn schedules_are_counted() {
        for (expression, a_year) in [
            ("rate(5 minutes)", Some(105_120.0)),
            ("rate(1 hour)", Some(8760.0)),
            ("rate(2 days)", Some(182.5)),
            ("cron(0 3 * * ? *)", Some(365.0)),
            ("cron(0 0-10 ? * MON-FRI *)", Some(11.0 * 365.0 * 5.0 / 7.0)),
            ("cron(0/15 * * * ? *)", Some(4.0 * 8760.0)),
            ("cron(0 9 ? * FRI-MON *)", Some(365.0 * 4.0 / 7.0)),
            ("cron(0 22 L * ? *)", Some(12.0)),
            ("cron(0 8 31 * ? *)", Some(7.0)),
            ("cron(0 8 1,15 JAN,JUL ? *)", Some(4.0)),
            ("cron(0 8 ? * 2#1 *)", Some(12.0)),
            ("cron(0 8 ? * 2#5 *)", None),
            ("cron(0 8 1 1 ? 2030)", None),
            ("cron(every day)", None),
            ("at(2030-01-01T00:00:00)", None),
        ] {
            match (times_a_month(expression), a_year) {
                (Some(found), Some(a_year)) => {
                    assert!((found * 12.0 - a_year).abs() < 1e-6, "{expression}: {}", found * 12.0);
                }
                (found, expected) => assert_eq!(found, expected, "{expression}"),
            }
        }
    }
}
