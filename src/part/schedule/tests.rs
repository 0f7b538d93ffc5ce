#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::{CFN270, CFN271, CFN272, CFN273, Form, read, recurs_within};

/// What is found, as its code and its repair.
fn found(text: &str) -> Option<(&'static str, Option<String>)> {
    match read(text) {
        Ok((_, None)) => None,
        Ok((_, Some(flaw))) | Err(flaw) => Some((flaw.code.id, flaw.repair.map(String::from))),
    }
}

#[test]
fn schedules_of_aws_are_taken() {
    for text in [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 day)",
        "cron(0 9 ? * MON-FRI *)",
        "cron(0/15 8-17 * JAN,JUL ? 2027)",
        "cron(0 0 L * ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * 6#2 *)",
        "cron(0 0 ? * FRI-MON *)",
        "cron(*/5 * * * ? *)",
        "at(2028-02-29T23:59:59)",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
    assert_eq!(read("rate(1 hour)").unwrap().0, Form::Rate);
    assert_eq!(read("at(2027-01-01T00:00:00)").unwrap().0, Form::At);
}

#[test]
fn unix_lines_are_said_in_the_words_of_aws() {
    for (line, schedule) in [
        ("0 9 * * 1-5", "cron(0 9 ? * MON-FRI *)"),
        ("*/60 0-10 * * 1-5", "cron(0 0-10 ? * MON-FRI *)"),
        ("*/5 * * * *", "cron(0/5 * * * ? *)"),
        ("* * * * *", "cron(* * * * ? *)"),
        ("0 */6 * * *", "cron(0 0/6 * * ? *)"),
        ("0 */24 * * *", "cron(0 0 * * ? *)"),
        ("30 4 1,15 * *", "cron(30 4 1,15 * ? *)"),
        ("0 0 * * 0", "cron(0 0 ? * SUN *)"),
        ("0 0 * * 7", "cron(0 0 ? * SUN *)"),
        ("0 0 * * 5-7", "cron(0 0 ? * FRI,SAT,SUN *)"),
        ("0 0 * * 0-6", "cron(0 0 * * ? *)"),
        ("0 0 * * 1,3,5", "cron(0 0 ? * MON,WED,FRI *)"),
        ("0 0 * * */2", "cron(0 0 ? * SUN,TUE,THU,SAT *)"),
        ("0 0 * * mon-fri", "cron(0 0 ? * MON-FRI *)"),
        ("0 0 1 jan *", "cron(0 0 1 1 ? *)"),
        ("0-30/10 8 * * *", "cron(0,10,20,30 8 * * ? *)"),
        ("5/20 8 * * *", "cron(5/20 8 * * ? *)"),
        ("0 0 */2 * *", "cron(0 0 1/2 * ? *)"),
        ("*/4294967295 * * * *", "cron(0 * * * ? *)"),
        ("@daily", "cron(0 0 * * ? *)"),
        ("cron(0 9 * * 1-5)", "cron(0 9 ? * MON-FRI *)"),
    ] {
        assert_eq!(found(line), Some((CFN270.id, Some(schedule.to_owned()))), "{line}");
        assert_eq!(found(schedule), None, "{schedule}");
    }
    for line in
        ["0 0 1 * 1", "0 0 * * 8", "61 0 * * *", "0 0 5-1 * *", "a b c d e", "@reboot", "*/0 * * * *", "1-2-3 * * * *"]
    {
        assert_eq!(found(line), Some((CFN270.id, None)), "{line}");
    }
}

#[test]
fn what_is_nearly_a_schedule_is_repaired() {
    for (text, code, repair) in [
        ("rate(1 minutes)", CFN272, Some("rate(1 minute)")),
        ("rate(5 minute)", CFN272, Some("rate(5 minutes)")),
        ("rate(1 week)", CFN272, Some("rate(7 days)")),
        ("rate(0 minutes)", CFN272, None),
        ("rate(30 seconds)", CFN272, None),
        ("rate(1.5 hours)", CFN272, None),
        ("rate(5)", CFN272, None),
        ("5 minutes", CFN270, Some("rate(5 minutes)")),
        ("every 1 hours", CFN270, Some("rate(1 hour)")),
        ("Rate(5 minutes)", CFN270, Some("rate(5 minutes)")),
        ("0 9 ? * MON-FRI *", CFN270, Some("cron(0 9 ? * MON-FRI *)")),
        ("cron(0 9 ? * MON-FRI *", CFN270, Some("cron(0 9 ? * MON-FRI *)")),
        ("tomorrow", CFN270, None),
        ("cron(0 9 ? * MON-FRI)", CFN270, Some("cron(0 9 ? * MON-FRI *)")),
        ("cron(0 9)", CFN270, None),
        ("cron(0 9 * * * *)", CFN271, Some("cron(0 9 * * ? *)")),
        ("cron(0 9 * * MON *)", CFN271, Some("cron(0 9 ? * MON *)")),
        ("cron(0 9 1 * * *)", CFN271, Some("cron(0 9 1 * ? *)")),
        ("cron(0 9 ? * ? *)", CFN271, Some("cron(0 9 * * ? *)")),
        ("cron(0 9 1 * MON *)", CFN271, None),
        ("cron(60 9 * * ? *)", CFN271, None),
        ("cron(*/60 9 * * ? *)", CFN271, Some("cron(0 9 * * ? *)")),
        ("cron(0 9 ? * 0 *)", CFN271, Some("cron(0 9 ? * SUN *)")),
        ("cron(0 9 ? * 2-6 *)", CFN271, Some("cron(0 9 ? * MON-FRI *)")),
        ("at(2027-02-29T09:00:00)", CFN273, None),
        ("at(2027-01-31 09:00)", CFN273, Some("at(2027-01-31T09:00:00)")),
        ("at(2027-01-31T09:00:00Z)", CFN273, Some("at(2027-01-31T09:00:00)")),
        ("2027-01-31T09:00:00", CFN270, Some("at(2027-01-31T09:00:00)")),
    ] {
        assert_eq!(found(text), Some((code.id, repair.map(str::to_owned))), "{text}");
    }
}

#[test]
fn what_recurs_within_five_minutes() {
    let recurring =
        ["rate(1 minute)", "rate(5 minutes)", "cron(* 9 ? * MON *)", "cron(0/5 * * * ? *)", "cron(0,3,30 9 * * ? *)"];
    let rare =
        ["rate(6 minutes)", "rate(1 hour)", "cron(0 9 1 * ? *)", "cron(0/15 * * * ? *)", "at(2027-01-31T09:00:00)"];
    assert!(recurring.iter().all(|schedule| recurs_within(schedule, 5)), "one of {recurring:?} is rare");
    assert!(!rare.iter().any(|schedule| recurs_within(schedule, 5)), "one of {rare:?} recurs");
}
