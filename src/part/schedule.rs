//! Schedules: when something happens again, in the words of AWS: `rate(…)`, `cron(…)` with six fields, `at(…)`.

mod at;
mod cron;
mod rate;
mod unix;
mod zone;

use crate::component::Context;
use crate::diag::{Code, Diagnostic, Severity};
use crate::setting::Setting;

pub use zone::{UTC, check as check_zone};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN270, CFN271, CFN272, CFN273, zone::CFN274];

/// `CFN270`: a schedule in no form that AWS reads.
pub const CFN270: Code = Code {
    id: "CFN270",
    explanation: "the schedule has no form that AWS reads\n\n\
        A schedule is `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2027-01-31T09:00:00)`. AWS's `cron` has six fields: \
        minutes, hours, day of the month, month, day of the week, year; one of the two days is `?`. A Unix line has five, counts \
        the days of the week from 0 for Sunday (AWS: from 1), and knows no `?`: `0 9 * * 1-5` there is `cron(0 9 ? * MON-FRI *)` \
        here (EventBridge Scheduler User Guide, \"Schedule types\").",
};

/// `CFN271`: a field of `cron(…)` that AWS does not take, or that it reads in another way than most people do.
pub const CFN271: Code = Code {
    id: "CFN271",
    explanation: "a field of the schedule is not what AWS takes\n\n\
        Minutes 0-59; hours 0-23; day of the month 1-31, `L` (last), `15W` (the weekday nearest to the 15th); month 1-12 or \
        JAN-DEC; day of the week 1-7 or SUN-SAT (1 is Sunday), `6L` (the last Friday), `6#2` (the second one); year 1970-2199. All \
        take `*`, lists (`1,15`), ranges (`8-17`) and steps (`0/15`). Exactly one of the two days is `?`, for any (EventBridge \
        Scheduler User Guide, \"Schedule types\").\n\n\
        Write days of the week by name: numbers mean another day here than in a Unix line.",
};

/// `CFN272`: a rate that AWS does not take.
pub const CFN272: Code = Code {
    id: "CFN272",
    explanation: "the rate is not what AWS takes\n\n\
        `rate(1 hour)`, `rate(5 minutes)`: a whole number from 1 up and `minutes`, `hours` or `days`; the singular for 1 and only for \
        1 (Amazon EventBridge User Guide, \"Rate expressions\"). One minute is the shortest.",
};

/// `CFN273`: a time that is none.
pub const CFN273: Code = Code {
    id: "CFN273",
    explanation: "`at(…)` holds no time\n\n\
        `at(2027-01-31T09:00:00)`: year, month and day, a `T`, hour, minute and second, in the cron's `timezone` (EventBridge \
        Scheduler User Guide, \"One-time schedules\"). It happens once; a time that is over never happens.",
};

/// The forms of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Again and again after a length of time.
    Rate,
    /// Whenever the clock and the calendar fit.
    Cron,
    /// Once.
    At,
}

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    code: Code,
    severity: Severity,
    /// The second half of a sentence that begins with the schedule.
    fact: Box<str>,
    label: &'static str,
    note: Option<Box<str>>,
    help: Option<Box<str>>,
    /// The whole schedule as it should be.
    repair: Option<Box<str>>,
}

impl Flaw {
    fn new(code: Code, fact: impl Into<Box<str>>, label: &'static str) -> Self {
        Flaw { code, severity: Severity::Error, fact: fact.into(), label, note: None, help: None, repair: None }
    }

    fn warning(self) -> Self {
        Flaw { severity: Severity::Warning, ..self }
    }

    fn note(self, note: impl Into<Box<str>>) -> Self {
        Flaw { note: Some(note.into()), ..self }
    }

    fn help(self, help: impl Into<Box<str>>) -> Self {
        Flaw { help: Some(help.into()), ..self }
    }

    fn repair(self, repair: impl Into<Box<str>>) -> Self {
        Flaw { repair: Some(repair.into()), ..self }
    }

    /// The finding, and the whole schedule as it should be. `whose` is a sentence as far as the schedule; `point` puts the finding
    /// at its place, with a label.
    #[must_use]
    pub fn told(
        self,
        whose: &str,
        point: impl FnOnce(Diagnostic, &'static str) -> Diagnostic,
    ) -> (Diagnostic, Option<Box<str>>) {
        let title = format!("{whose}, {}", self.fact);
        let mut diagnostic = point(Diagnostic::new(self.severity, self.code, title), self.label);
        if let Some(note) = self.note {
            diagnostic = diagnostic.note(note.into_string());
        }
        diagnostic = match (&self.repair, self.help) {
            (_, Some(help)) => diagnostic.help(help.into_string()),
            (Some(repair), None) => diagnostic.help(format!("write `{repair}`")),
            (None, None) => diagnostic.help("write it like `rate(5 minutes)` or `cron(0 9 ? * MON-FRI *)`"),
        };
        (diagnostic, self.repair)
    }
}

/// Who reads a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// A rule of EventBridge.
    Rules,
    /// EventBridge Scheduler.
    Scheduler,
}

/// What a service refuses in a schedule.
#[must_use]
pub fn flaw(text: &str, service: Service) -> Option<Flaw> {
    match (read(text), service) {
        // Its reference names the units `minutes`, `hours` and `days`, whatever the number.
        (Err(flaw), Service::Scheduler) if flaw.code == CFN272 && is_plural(text, flaw.repair.as_deref()) => None,
        (Err(flaw), _) => Some(flaw),
        (Ok(_), _) => None,
    }
}

/// Whether a rate differs from the right one by the plural only.
fn is_plural(text: &str, right: Option<&str>) -> bool {
    right.and_then(|right| right.strip_suffix(')')).is_some_and(|right| text == format!("{right}s)"))
}

/// The form of the schedule that `setting` holds; reports what AWS would refuse.
pub fn check(on: &Context<'_>, setting: &str, written: &Setting<String>) -> Option<Form> {
    let flaw = match read(written.value.trim()) {
        Ok((form, None)) => return Some(form),
        Ok((_, Some(flaw))) | Err(flaw) => flaw,
    };
    let form = form(&written.value);
    let whose = format!("`{setting}` of `{}` is `{}`", on.name, written.value);
    let (diagnostic, repair) = flaw.told(&whose, |diagnostic, label| on.at(diagnostic, written.origin, label));
    on.report(match repair {
        // In quotes: a comma between braces would end it, and a star at the beginning mean something else.
        Some(repair) => on.repair(diagnostic, written.origin, &format!("\"{repair}\"")),
        None => diagnostic,
    });
    form
}

/// Whether a schedule surely happens twice within so many minutes.
#[must_use]
pub fn recurs_within(text: &str, minutes: u32) -> bool {
    let inside = |word: &str| text.trim().strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
    let gap = match (inside("rate"), inside("cron")) {
        (Some(rate), _) => rate::minutes(rate),
        (None, Some(fields)) => fields.split_whitespace().next().and_then(cron::least_gap),
        (None, None) => None,
    };
    gap.is_some_and(|gap| gap <= minutes)
}

/// The form that a schedule at least begins like.
fn form(text: &str) -> Option<Form> {
    [("rate(", Form::Rate), ("cron(", Form::Cron), ("at(", Form::At)]
        .into_iter()
        .find(|(start, _)| text.trim().starts_with(start))
        .map(|(_, form)| form)
}

/// Reads a schedule: its form, and maybe something that it should say otherwise.
fn read(text: &str) -> Result<(Form, Option<Flaw>), Flaw> {
    let inside = |word: &str| text.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        return rate::read(rate).map(|()| (Form::Rate, None));
    }
    if let Some(at) = inside("at") {
        return at::read(at).map(|()| (Form::At, None));
    }
    if let Some(fields) = inside("cron") {
        let fields: Vec<&str> = fields.split_whitespace().collect();
        return match fields.len() {
            6 => cron::read(&fields).map(|remark| (Form::Cron, remark)),
            5 => Err(unix::flaw(&fields)),
            count => Err(Flaw::new(CFN270, format!("which has {count} fields, not 6"), "six fields are needed").help(
                "write minutes, hours, day of the month, month, day of the week and year: `cron(0 9 ? * MON-FRI *)`",
            )),
        };
    }
    Err(formless(text))
}

/// What somebody may have meant by a text that is in no form of AWS.
fn formless(text: &str) -> Flaw {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() == 5 || text.starts_with('@') {
        return unix::flaw(&fields);
    }
    let flaw = Flaw::new(CFN270, "which is no schedule of AWS", "not `rate(…)`, `cron(…)` or `at(…)`");
    let lower = text.to_ascii_lowercase();
    let bare = |word: &str| lower.strip_prefix(word).map(|rest| rest.trim_matches([' ', '(', ')']).to_owned());
    let length = bare("rate").or_else(|| bare("every")).unwrap_or_else(|| lower.trim().to_owned());
    let words: Vec<&str> = length.split_whitespace().collect();
    let number = words.first().and_then(|first| first.parse::<u32>().ok());
    match (fields.len(), words.as_slice(), number) {
        (6, ..) if cron::read(&fields).is_ok() => flaw.repair(format!("cron({text})")),
        (_, [_, unit], Some(number)) => match rate::written(number, unit) {
            Some(rate) => flaw.repair(rate),
            None => flaw,
        },
        _ if at::read(text).is_ok() => flaw.repair(format!("at({text})")),
        _ => match ["cron(", "at("].into_iter().find(|start| lower.starts_with(start)) {
            // `Cron(…)`, or a bracket that is left open.
            Some(start) => {
                let inside = text.get(start.len()..).unwrap_or_default().trim_end_matches(')');
                let whole = format!("{start}{inside})");
                if whole != text && read(&whole).is_ok() { flaw.repair(whole) } else { flaw }
            }
            None => flaw,
        },
    }
}

#[cfg(test)]
mod tests;
