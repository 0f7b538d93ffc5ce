//! Functions of Lambda: that their environment fits.

use super::subject::Subject;
use super::text::{UNKNOWN, known};
use crate::cfn;
use crate::diag::{Code, Diagnostics};
use crate::part::code::ENVIRONMENT_LIMIT;

/// `CFN438`: an environment that is too large.
pub const CFN438: Code = Code {
    id: "CFN438",
    explanation: "the environment of a function is larger than Lambda takes\n\n\
        All names and values together have at most 4096 bytes (AWS Lambda Developer Guide, \"Lambda quotas\"). What only the deploy \
        knows is not counted here.\n\n\
        Keep large values in the Parameter Store or in a bucket, and give their names.",
};

/// Checks the environment of a function.
pub(super) fn environment(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(variables) = subject.get(&["Environment", "Variables"]) else { return };
    let size = |e: &crate::value::Entry<cfn::Target>| {
        let value = cfn::literal(&e.value).or_else(|| known(&e.value)).unwrap_or_default();
        // Of a dynamic reference, only its value counts.
        if value.contains("{{resolve:") { e.key.len() } else { e.key.len() + value.replace(UNKNOWN, "").len() }
    };
    let bytes: usize = variables.entries().iter().map(size).sum();
    if bytes > ENVIRONMENT_LIMIT {
        let title = format!(
            "the environment of `{}` has at least {bytes} bytes; Lambda takes {ENVIRONMENT_LIMIT}",
            subject.id()
        );
        let diagnostic = subject.error(CFN438, title, variables.origin, "too large");
        findings.push(diagnostic.help("keep large values in the Parameter Store, and give their names"));
    }
}
