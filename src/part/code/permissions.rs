//! Permissions: IAM statements in the manifest's own words, for what links cannot say.

use super::Statement;
use crate::component::{Code, Context, Permission};
use crate::diag::{Code as DiagCode, Diagnostic};
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// `CFN185`: something that is no IAM action, or no ARN.
pub const CFN185: DiagCode = DiagCode {
    id: "CFN185",
    explanation: "a permission is not written as IAM writes it\n\n\
        An action is a service and an operation, `ses:SendEmail`; a star may end the operation, `ses:Send*`. A \
        resource is an ARN, often a reference such as `${Uploads.arn}`, or `\"*\"` with a `reason`.",
};

/// `SEC003`: a permission on everything without a reason.
pub const SEC003: DiagCode = DiagCode {
    id: "SEC003",
    explanation: "a permission on every resource needs a reason\n\n\
        `resources: [\"*\"]` lets the code act on everything of that kind in the account, also on what other products \
        and other stages own. Name the ARNs. A few actions know no resources, such as `cloudwatch:PutMetricData`: then \
        say so in `reason:`, for whoever reviews it.",
};

/// Decides the statements of `permissions`.
pub(super) fn lower(on: &Context<'_>, code: &Code) -> Vec<Statement> {
    code.permissions.iter().map(|(label, permission)| statement(on, label, permission)).collect()
}

fn statement(on: &Context<'_>, label: &str, permission: &Permission) -> Statement {
    for action in &permission.actions {
        check_action(on, label, action);
    }
    for resource in &permission.resources {
        check_resource(on, label, &resource.value.0, permission);
    }
    let first = permission.actions.first().map_or(on.origin, |a| a.origin);
    let origin = on.rule("an entry of `permissions` is one statement", &[first]);
    let actions = permission.actions.iter().map(|a| Value::text(a.origin, a.value.clone())).collect();
    let resources = permission.resources.iter().map(|r| r.value.0.clone()).collect();
    Statement {
        sid: Value::text(origin, sid(label)),
        actions: Value::one_or_list(origin, actions),
        resources: Value::one_or_list(origin, resources),
        condition: None,
    }
}

/// A label as IAM takes it, letters and digits only: `send_email` becomes `SendEmail`.
fn sid(label: &str) -> String {
    label
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| word.get(..1).zip(word.get(1..)))
        .flat_map(|(first, rest)| [first.to_ascii_uppercase(), rest.to_owned()])
        .collect()
}

fn check_action(on: &Context<'_>, label: &str, action: &Setting<String>) {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let fits = action.value.split_once(':').is_some_and(|(service, operation)| {
        !service.is_empty()
            && service.chars().all(known)
            && operation.chars().any(known)
            && operation.chars().all(|c| known(c) || matches!(c, '*' | '?'))
    });
    if !fits {
        let title = format!("`{}` in `permissions.{label}` of `{}` is no IAM action", action.value, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN185, title), action.origin, "not `service:Operation`");
        on.report(diagnostic.help("name the operations that the code needs, such as `ses:SendEmail`"));
    }
}

fn check_resource(on: &Context<'_>, label: &str, resource: &Value, permission: &Permission) {
    let start = match &resource.kind {
        Kind::Join(pieces) => pieces.first().and_then(Value::as_text),
        _ => resource.as_text(),
    };
    match start {
        Some("*") if permission.reason.is_some() => {}
        Some("*") => {
            let title = format!("`permissions.{label}` of `{}` is for every resource, without a reason", on.name);
            let diagnostic = on.at(Diagnostic::error(SEC003, title), resource.origin, "everything in the account");
            on.report(diagnostic.help("name the ARNs, or say in `reason:` why none can be named"));
        }
        Some(text) if !text.starts_with("arn:") => {
            let title = format!("`{text}` in `permissions.{label}` of `{}` is no ARN", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN185, title), resource.origin, "an ARN is needed");
            on.report(diagnostic.help("write an ARN, or a reference to one such as `${Name.arn}`"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::sid;

    #[test]
    fn labels_become_names_of_statements() {
        for (label, expected) in [("send_email", "SendEmail"), ("SendEmail", "SendEmail"), ("s3-äx", "S3X"), ("", "")]
        {
            assert_eq!(sid(label), expected, "{label}");
        }
    }
}
