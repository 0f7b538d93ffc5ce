//! Schedules of EventBridge, as kinds that are scheduled check theirs.

use super::subject::{Subject, text};
use crate::diag::Diagnostics;
use crate::part::schedule::{self, Service};

/// Checks the expression of a rule or a schedule.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(written) = subject.get(&["ScheduleExpression"]) else { return };
    let Some(expression) = text(written) else { return };
    let service = match subject.resource.type_name() {
        "AWS::Events::Rule" => Service::Rules,
        _ => Service::Scheduler,
    };
    // Of what else a rule cannot have, its schema speaks.
    let is_form = expression.ends_with(')') && (expression.starts_with("rate(") || expression.starts_with("cron("));
    if service == Service::Rules && !is_form {
        return;
    }
    let Some(flaw) = schedule::flaw(&expression, service) else { return };
    let whose = format!("`ScheduleExpression` of `{}` is `{expression}`", subject.id());
    let (diagnostic, repair) = flaw.told(&whose, |diagnostic, label| subject.point(diagnostic, written.origin, label));
    findings.push(match repair {
        Some(repair) => subject.repair(diagnostic, written, &repair),
        None => diagnostic,
    });
}
