//! Dashboards: that their body is what CloudWatch reads.

use super::subject::{Subject, text};
use crate::diag::{Code, Diagnostics};

/// `CFN429`: a body that is no JSON.
pub const CFN429: Code = Code {
    id: "CFN429",
    explanation: "the body of a dashboard is no JSON object\n\n\
        `DashboardBody` is a JSON text: an object with `widgets` (Amazon CloudWatch API Reference, \"Dashboard Body Structure and \
        Syntax\"). CloudWatch refuses anything else when the stack is deployed. JSON has no comments, no comma behind the last \
        item, and double quotes only.",
};

/// Checks a body that is written out.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(body) = subject.get(&["DashboardBody"]) else { return };
    let Some(literal) = text(body) else { return };
    let (fact, note) = match serde_json::from_str(&literal) {
        Ok(serde_json::Value::Object(_)) => return,
        Ok(_) => ("is JSON, but no object", None),
        Err(error) => ("is no JSON", Some(format!("line {}, column {} of the text", error.line(), error.column()))),
    };
    let title = format!("`DashboardBody` of `{}` {fact}", subject.id());
    let diagnostic = subject.error(CFN429, title, body.origin, "CloudWatch reads a JSON object");
    let diagnostic = match note {
        Some(place) => diagnostic.note(format!("it is no JSON from {place} on")),
        None => diagnostic,
    };
    findings.push(diagnostic.help("write an object with `widgets`, such as `{\"widgets\": []}`"));
}
