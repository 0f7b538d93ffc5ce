//! How long logs are kept: one of the retentions that CloudWatch Logs knows.

use crate::diag::{Code, Diagnostic};
use crate::origin::Origins;
use crate::setting::Setting;

/// `CFN186`: a retention that CloudWatch Logs does not have.
pub const CFN186: Code = Code {
    id: "CFN186",
    explanation: "CloudWatch Logs does not keep logs for that many days\n\n\
        A log group knows a fixed list of retentions, from 1 day to 3653 (AWS::Logs::LogGroup RetentionInDays). Any \
        other number is refused when the stack is deployed. Take the next one of the list.",
};

/// The retentions of CloudWatch Logs in days. Source: AWS::Logs::LogGroup RetentionInDays, schemas of 2026-10-20.
const RETENTIONS: &[u32] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The finding about a number of days of a component that is no retention.
#[must_use]
pub fn refused_of(component: &str, days: Setting<u32>, origins: &Origins) -> Option<Diagnostic> {
    let title = format!("`log_days` of `{component}` is {}, which is no retention of CloudWatch Logs", days.value);
    refused(days, origins).map(|finding| Diagnostic { title, ..finding })
}

/// The finding about a number of days that is no retention.
#[must_use]
pub fn refused(days: Setting<u32>, origins: &Origins) -> Option<Diagnostic> {
    if RETENTIONS.contains(&days.value) {
        return None;
    }
    let next = RETENTIONS.iter().copied().find(|r| *r > days.value).unwrap_or(3653);
    let all: Vec<String> = RETENTIONS.iter().map(u32::to_string).collect();
    let title = format!("`log_days` is {}, which is no retention of CloudWatch Logs", days.value);
    let diagnostic = Diagnostic::error(CFN186, title)
        .at_origin(origins, days.origin, &[], "no such retention")
        .note(format!("limit: AWS::Logs::LogGroup RetentionInDays, one of {}", all.join(", ")))
        .help(format!("write {next}"));
    Some(match origins.spans(days.origin).first() {
        Some(span) => diagnostic.edit(*span, next.to_string()),
        None => diagnostic,
    })
}
