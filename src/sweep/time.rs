//! Days and seconds of UTC, as far as a sweep needs them.

use std::fmt;

/// How many seconds a day has: the time of Unix knows no others.
const SECONDS: i64 = 86_400;
/// The days from 0000-03-01 to 1970-01-01.
const BEFORE_1970: i64 = 719_468;
/// The days of 400 years.
const ERA: i64 = 146_097;

/// A day of UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

/// A second of UTC, counted from the beginning of 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Day {
    /// The day of a text `2026-11-22`.
    #[must_use]
    pub fn read(text: &str) -> Option<Day> {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let read = Day::of(year, month, day);
        // There is no 30th of February.
        (read.date() == (year, month, day)).then_some(read)
    }

    /// The day so many days later.
    #[must_use]
    pub fn after(self, days: u32) -> Day {
        Day(self.0.saturating_add(days.into()))
    }

    /// Years begin in March here, so that the day that is sometimes there comes last.
    fn of(year: i64, month: i64, day: i64) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Day(year.div_euclid(400) * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - BEFORE_1970)
    }

    /// Year, month and day.
    fn date(self) -> (i64, i64, i64) {
        let days = self.0.saturating_add(BEFORE_1970);
        let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (era * 400 + year + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Moment {
    /// The moment of a text as the `aws` CLI prints it: `2026-11-22T08:30:00.123000+00:00`, or with `Z` at its end.
    #[must_use]
    pub fn read(text: &str) -> Option<Moment> {
        let (day, time) = text.split_once('T')?;
        let (clock, rest) = time.split_at_checked(8)?;
        let rest = match rest.strip_prefix('.') {
            Some(part) => part.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        let [hours, minutes, seconds] = numbers(clock)?;
        let in_range = hours < 24 && minutes < 60 && seconds <= 60;
        let moment = Day::read(day)?.0 * SECONDS + hours * 3600 + minutes * 60 + seconds;
        in_range.then_some(())?;
        Some(Moment(moment - offset(rest)?))
    }

    /// Its day.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(SECONDS))
    }
}

/// How many seconds a clock is ahead of UTC.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, clock) = match text.strip_prefix('-') {
        Some(clock) => (-1, clock),
        None => (1, text.strip_prefix('+')?),
    };
    let [hours, minutes] = numbers(clock)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// The numbers of a text with two digits each and a `:` between.
fn numbers<const N: usize>(text: &str) -> Option<[i64; N]> {
    text.split(':').map(|part| number(part, 2)).collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other() {
        assert_eq!(Day::read("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::read("2000-03-01"), Some(Day(11_017)));
        assert_eq!(Day::read("2026-11-22").unwrap().after(10).to_string(), "2026-12-02");
        assert_eq!(Day::read("2028-02-28").unwrap().after(1).to_string(), "2028-02-29");
        assert_eq!(Day::read("2100-02-28").unwrap().after(1).to_string(), "2100-03-01");
        let mut last = None;
        for day in -400_000..400_000 {
            let date = Day(day).date();
            assert_eq!(Day::of(date.0, date.1, date.2), Day(day));
            assert!(last < Some(date), "{date:?} follows {last:?}");
            last = Some(date);
        }
        assert!(Day(i64::MAX).after(365) >= Day(i64::MAX));
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "2026",
            "2026-11",
            "2026-11-31",
            "2027-02-29",
            "2026-13-01",
            "2026-00-10",
            "26-11-22",
            "2026-1-2",
            "2026-11-22 ",
            "ä26-11-22",
            "+026-11-22",
        ] {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }

    #[test]
    fn moments_are_of_utc() {
        let noon = Moment::read("2026-11-22T12:00:00Z").unwrap();
        for same in [
            "2026-11-22T12:00:00.123Z",
            "2026-11-22T12:00:00.123456+00:00",
            "2026-11-22T13:30:00+01:30",
            "2026-11-21T23:00:00-13:00",
        ] {
            assert_eq!(Moment::read(same), Some(noon), "{same}");
        }
        assert_eq!(Moment::read("2026-11-23T00:30:00+01:00").unwrap().day().to_string(), "2026-11-22");
        assert_eq!(Moment(-1).day().to_string(), "1969-12-31");
        for text in [
            "2026-11-22",
            "2026-11-22T12:00:00",
            "2026-11-22T25:00:00Z",
            "2026-11-22T12:00Z",
            "2026-11-22T12:00:00+0100",
            "1763812800.0",
            "T::Z",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }
}
