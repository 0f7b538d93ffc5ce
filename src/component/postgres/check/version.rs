//! The version, its upgrades, and backups.

use super::report_with_edit;
use crate::component::Context;
use crate::component::postgres::{Engine, Settings};
use crate::diag::{Code, Diagnostic};

/// `CFN124`: backups are kept too short or too long.
pub const CFN124: Code = Code {
    id: "CFN124",
    explanation: "backups are kept shorter or longer than RDS can\n\n\
        Aurora and RDS keep continuous backups for 1 to 35 days; a single instance would also take 0, which means \
        none, and that we refuse. Source: `BackupRetentionPeriod`, CloudFormation Template Reference.\n\n\
        To keep data for longer, take snapshots, which stay until they are deleted.",
};

/// `CFN125`: no version of PostgreSQL.
pub const CFN125: Code = Code {
    id: "CFN125",
    explanation: "`version` is no version of PostgreSQL\n\n\
        A version is a major of two digits (`\"17\"`) or a major and a minor (`\"17.7\"`), in quotation marks, \
        because `17.10` without them is the number 17.1. With the major alone AWS chooses the minor when the database \
        is created.",
};

/// `CFN126`: a pinned minor with automatic upgrades.
pub const CFN126: Code = Code {
    id: "CFN126",
    explanation: "a minor version is pinned, and AWS may upgrade it\n\n\
        With `minor_upgrades: true` AWS moves the database to a newer minor in some maintenance window. The template \
        would then still name the old one, and the next deploy that touches the database would ask for a downgrade, \
        which RDS refuses.\n\n\
        Write the major alone, or `minor_upgrades: false` and move the minor yourself.",
};

/// `CFN136`: a version that cannot pause.
pub const CFN136: Code = Code {
    id: "CFN136",
    explanation: "a database should pause, but its version cannot\n\n\
        A least capacity of 0 needs Aurora PostgreSQL 13.15, 14.12, 15.7, 16.3 or newer of each line; every 17 has \
        it. Source: `Scaling to Zero ACUs with automatic pause and resume`, Amazon Aurora User Guide.\n\n\
        Write a newer version, or a `min` of 0.5.",
};

/// By major, the first minor that can pause. Older majors cannot; every later one can.
const PAUSES: &[(u32, u32)] = &[(13, 15), (14, 12), (15, 7), (16, 3)];

/// Whether a version of Aurora PostgreSQL can pause. With the major alone AWS takes its default minor, and those of all these
/// majors can.
#[must_use]
pub fn aurora_pauses(major: u32, minor: Option<u32>) -> bool {
    first_that_pauses(major).map_or(major > 16, |first| minor.is_none_or(|minor| minor >= first))
}

fn first_that_pauses(major: u32) -> Option<u32> {
    PAUSES.iter().find(|(m, _)| *m == major).map(|(_, first)| *first)
}

impl Settings {
    /// Major and minor, as far as they are written; `None` where it is no version.
    pub(in crate::component::postgres) fn version_parts(&self) -> Option<(u32, Option<u32>)> {
        let number = |digits: &str| {
            let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
            plain.then(|| digits.parse::<u32>().ok()).flatten()
        };
        let (major, minor) = match self.version.value.split_once('.') {
            Some((major, minor)) => (number(major)?, Some(number(minor)?)),
            None => (number(&self.version.value)?, None),
        };
        (10..100).contains(&major).then_some((major, minor))
    }

    /// Major and minor, as far as they are written; reports what is no version.
    pub(in crate::component::postgres) fn written_version(&self, on: &Context<'_>) -> Option<(u32, Option<u32>)> {
        let (version, parts) = (&self.version, self.version_parts());
        if parts.is_none() {
            let title = format!("`version` of `{}` is `{}`, which is no version of PostgreSQL", on.name, version.value);
            on.report(
                on.at(Diagnostic::error(CFN125, title), version.origin, "no major or major.minor")
                    .help("write a major such as `\"17\"`, or a major and a minor such as `\"17.7\"`"),
            );
        }
        parts
    }

    pub(super) fn check_version(&self, on: &Context<'_>) {
        let version = &self.version;
        let Some((major, minor)) = self.written_version(on) else { return };
        if self.minor_upgrades.value && minor.is_some() {
            let title = format!("`{}` pins the version {}, and lets AWS upgrade it", on.name, version.value);
            let diagnostic = on
                .at(Diagnostic::error(CFN126, title), version.origin, "this minor is pinned")
                .context_if_known(on.origins, Some(self.minor_upgrades.origin), "upgrades are allowed here")
                .help(format!("write `version: \"{major}\"`, or `minor_upgrades: false`"));
            report_with_edit(on, diagnostic, version.origin, &format!("\"{major}\""));
        }
        if self.engine.value == Engine::Aurora && self.scaling.min.value == 0.0 {
            self.check_pauses(on, major, minor);
        }
    }

    fn check_pauses(&self, on: &Context<'_>, major: u32, minor: Option<u32>) {
        if aurora_pauses(major, minor) {
            return;
        }
        let title =
            format!("`{}` may go down to 0 ACU, which Aurora PostgreSQL {} cannot", on.name, self.version.value);
        let newer = first_that_pauses(major).map_or("16.3".to_owned(), |first| format!("{major}.{first}"));
        on.report(
            on.at(Diagnostic::error(CFN136, title), self.version.origin, "this version never pauses")
                .context_if_known(on.origins, Some(self.scaling.min.origin), "pausing is allowed here")
                .note("0 ACU needs 13.15, 14.12, 15.7, 16.3 or newer of each line; every 17 has it")
                .help(format!("write `\"{newer}\"` or newer, or a `scaling.min` of 0.5")),
        );
    }

    pub(super) fn check_backups(&self, on: &Context<'_>) {
        let days = self.backup_days;
        if (1..=35).contains(&days.value) {
            return;
        }
        let what = match self.engine.value {
            Engine::Aurora => "Aurora",
            Engine::Instance => "RDS",
        };
        let title = match days.value {
            0 => format!("`backup_days` of `{}` is 0, but a database keeps backups for at least one day", on.name),
            more => format!("`backup_days` of `{}` is {more}, but {what} keeps backups for at most 35 days", on.name),
        };
        let repair = days.value.clamp(1, 35).to_string();
        let label = format!("set for stage `{}`", on.stage.name.value);
        let diagnostic = on
            .at(Diagnostic::error(CFN124, title), days.origin, &label)
            .note("limit: BackupRetentionPeriod, 1 to 35")
            .help(format!("write {repair}"));
        report_with_edit(on, diagnostic, days.origin, &repair);
    }
}
