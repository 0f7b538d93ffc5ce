//! `at(…)`: once.

use super::{CFN273, Flaw};

/// Reads what stands between the brackets.
pub(super) fn read(inside: &str) -> Result<(), Flaw> {
    if is_time(inside) {
        return Ok(());
    }
    let flaw = Flaw::new(CFN273, "which is no time", "no such time");
    // `2027-01-31 09:00`, `2027-01-31T09:00:00Z`, `2027-01-31T09:00:00.000Z`
    let short = inside.trim().trim_end_matches('Z').split('.').next().unwrap_or_default().replace(' ', "T");
    let candidates = [short.clone(), format!("{short}:00"), format!("{short}T00:00:00")];
    Err(match candidates.into_iter().find(|candidate| is_time(candidate)) {
        Some(right) => flaw.repair(format!("at({right})")),
        None => flaw.help("write it like `at(2027-01-31T09:00:00)`"),
    })
}

/// Whether it is `yyyy-mm-ddThh:mm:ss`, and there is such a day.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (date, time) = (numbers(date, '-', &[4, 2, 2]), numbers(time, ':', &[2, 2, 2]));
    let (Some([year, month, day]), Some([hour, minute, second])) = (date.as_deref(), time.as_deref()) else {
        return false;
    };
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(day) && *hour < 24 && *minute < 60 && *second < 60
}

/// Numbers of so many digits each.
fn numbers(text: &str, between: char, digits: &[usize]) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = parts.len() == digits.len()
        && parts.iter().zip(digits).all(|(p, n)| p.len() == *n && p.bytes().all(|b| b.is_ascii_digit()));
    if fits { parts.iter().map(|p| p.parse().ok()).collect() } else { None }
}
