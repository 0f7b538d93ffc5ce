//! The names under which outputs are exported.

use std::collections::BTreeMap;

use super::super::scope::Scope;
use super::subject::text;
use super::text::{UNKNOWN, known};
use crate::cfn::Output;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::value::Value;

/// `CFN432`: a name that no export can have.
pub const CFN432: Code = Code {
    id: "CFN432",
    explanation: "an output is exported under a name that it cannot have\n\n\
        The name of an export consists of letters, digits, colons and hyphens, has at most 255 characters, and is unique in an \
        account and region (CloudFormation User Guide, \"Outputs\", \"Export\", and its message \"The Name field of every Export \
        member must be specified and consist only of alphanumeric characters, colons, or hyphens\").",
};

/// The most characters of a name.
const LONGEST: usize = 255;

/// Checks the exports of a template.
pub(super) fn check(scope: &Scope<'_>, outputs: &[Output], findings: &mut Diagnostics) {
    let mut first: BTreeMap<String, &Value<_>> = BTreeMap::new();
    // Of outputs under conditions only one may be there.
    let may_repeat = scope.conditions.as_ref().is_some_and(|conditions| !conditions.is_empty());
    for output in outputs {
        let Some(name) = &output.export else { continue };
        let point = |title: String, label: &str| {
            Diagnostic::error(CFN432, title).at_origin(scope.origins, name.origin, &[scope.top], label)
        };
        if let Some(shown) = known(name).filter(|name| !name.contains("{{resolve:")) {
            let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-') || *c == UNKNOWN;
            let wrong = shown.chars().find(|c| !is_allowed(c));
            let count = shown.chars().filter(|c| *c != UNKNOWN).count();
            let readable = shown.replace(UNKNOWN, "…");
            if let Some(wrong) = wrong {
                let title = format!("the output `{}` is exported as `{readable}`, with `{wrong}`", output.name);
                let diagnostic = point(title, "letters, digits, `:` and `-` only");
                findings.push(diagnostic.help("write letters, digits, colons and hyphens"));
            } else if count > LONGEST {
                let title = format!("the name of the export of `{}` has {count} characters", output.name);
                findings.push(point(title, "255 at most").help("write a shorter name"));
            }
        }
        let Some(literal) = text(name).filter(|_| !may_repeat) else { continue };
        match first.get(&literal) {
            Some(before) => {
                let title = format!("two outputs are exported as `{literal}`");
                let diagnostic = point(title, "is there already")
                    .context_if_known(scope.origins, Some(before.origin), "the first of that name")
                    .help("give one of them another name");
                findings.push(diagnostic);
            }
            None => drop(first.insert(literal, name)),
        }
    }
}
