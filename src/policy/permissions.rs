//! Permissions that reach further than anyone means.

use super::documents::{Statement, allowed, statements};
use super::seen::{each, ends_with};
use super::{Found, On, Rule};
use crate::cfn::Target;
use crate::diag::{Code, Severity};
use crate::value::Value;

/// `POL010`: everything on everything.
pub const POL010: Code = Code {
    id: "POL010",
    explanation: "a policy allows everything on everything\n\n\
        Whoever has it owns the account, and so does everyone who finds a mistake in the code that runs with it. Name the actions, \
        and the ARNs that they are for.\n\n\
        AWS Security Hub, control IAM.1: high; IAM User Guide, \"Apply least-privilege permissions\".",
};

/// `POL011`: everything of a service on everything.
pub const POL011: Code = Code {
    id: "POL011",
    explanation: "a policy allows every action of a service on every resource\n\n\
        `s3:*` on `*` reads, changes and deletes every bucket of the account, and takes the actions that the service will get next year. \
        Name the actions, or the ARNs.\n\n\
        AWS Security Hub, control IAM.21.",
};

/// `POL012`: a wildcard where an ARN can stand.
pub const POL012: Code = Code {
    id: "POL012",
    explanation: "a policy allows data or secrets to be used wherever they are\n\n\
        The action reads or changes data, and IAM lets a policy name what it is for. On `*` it is for every table, bucket, queue or \
        secret of the account, those of other stages and teams included. In `permissions` of a component a `reason` stands for \
        `suppress`.\n\n\
        Service Authorization Reference, column \"Resource types\"; AWS Security Hub, controls KMS.1 and KMS.2.",
};

/// `POL013`: rights that make other rights.
pub const POL013: Code = Code {
    id: "POL013",
    explanation: "a policy allows rights to be widened without limit\n\n\
        Who may pass, take or change any role of the account, or make keys for any user, may soon do everything: with `iam:PassRole` on \
        `*` a service acts with the rights of the most powerful role that there is. Name the roles; for `iam:PassRole` also the service, \
        by the condition `iam:PassedToService`.\n\n\
        IAM User Guide, \"Grant a user permissions to pass a role to an AWS service\".",
};

/// `POL014`: everyone may take a role.
pub const POL014: Code = Code {
    id: "POL014",
    explanation: "everyone may take on a role\n\n\
        The trust policy names the principal `*` and no condition: every customer of AWS may act with the role's rights. Name the \
        service or the account.\n\n\
        IAM User Guide, \"The confused deputy problem\"; IAM Access Analyzer reports such a role as public.",
};

/// `POL015`: a service may call for anyone.
pub const POL015: Code = Code {
    id: "POL015",
    explanation: "a service may invoke a function on anyone's behalf\n\n\
        Without `SourceArn` or `SourceAccount` the service may call for every customer of AWS: a bucket or an API of somebody else \
        can be set up to call your function.\n\n\
        AWS Lambda Developer Guide, \"Granting Lambda function access to AWS services\"; IAM User Guide, \"The confused deputy problem\".",
};

/// `POL016`: everything but.
pub const POL016: Code = Code {
    id: "POL016",
    explanation: "a policy allows everything but what it names\n\n\
        `Allow` with `NotPrincipal` lets in everyone else, anonymous callers included; `Allow` with `NotAction` on every resource gives every \
        other action of AWS, those to come included. Say what is allowed; what is not is refused anyway.\n\n\
        IAM User Guide, \"AWS JSON policy elements: NotPrincipal\" and \"NotAction\".",
};

/// The types whose documents allow someone something, with `ids` for each.
macro_rules! identities {
    ($ids:expr, $role:expr) => {
        &[
            ("AWS::IAM::Group", $ids),
            ("AWS::IAM::GroupPolicy", $ids),
            ("AWS::IAM::ManagedPolicy", $ids),
            ("AWS::IAM::Policy", $ids),
            ("AWS::IAM::Role", $role),
            ("AWS::IAM::RolePolicy", $ids),
            ("AWS::IAM::User", $ids),
            ("AWS::IAM::UserPolicy", $ids),
        ]
    };
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL010,
        severity: Severity::Error,
        fact: "who has it owns the account (AWS Security Hub, IAM.1)",
        types: identities!(
            &["CKV_AWS_62", "CKV_AWS_63", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"],
            &[
                "CKV_AWS_62",
                "CKV_AWS_63",
                "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
                "IAM_ROLE_ADMINISTRATOR_ACCESS_POLICY_RULE"
            ]
        ),
        check: everything,
    },
    Rule {
        code: POL011,
        severity: Severity::Warning,
        fact: "that is every resource of the service in the account (AWS Security Hub, IAM.21)",
        types: identities!(
            &["IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"],
            &["IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", "IAM_ROLE_NO_WILDCARD_ACTIONS_ON_PERMISSIONS"]
        ),
        check: |on, found| {
            for (statement, star) in on_everything(on) {
                if let Some(action) = statement.actions().find(|a| a.len() > 2 && *a != "*:*" && a.ends_with(":*")) {
                    let title = format!("`{}` allows `{action}` on every resource", on.resource.id);
                    found.push(
                        Found::at(star, title, "every resource").help("name the actions, or the ARNs they are for"),
                    );
                }
            }
        },
    },
    Rule {
        code: POL012,
        severity: Severity::Warning,
        fact: "IAM lets a policy name what the action is for (Service Authorization Reference)",
        types: identities!(
            &["CKV_AWS_108", "CKV_AWS_111", "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"],
            &["CKV_AWS_108", "CKV_AWS_111", "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"]
        ),
        check: |on, found| on_any(on, DATA, found, "name the ARNs that it is for"),
    },
    Rule {
        code: POL013,
        severity: Severity::Warning,
        fact: "with the rights of another role or user one may soon do everything (IAM User Guide, \"Pass a role\")",
        types: identities!(
            &["CKV_AWS_107", "CKV_AWS_109", "CKV_AWS_110", "IAM_POLICY_NO_WILDCARD_RESOURCE_ON_PASSROLE"],
            &["CKV_AWS_107", "CKV_AWS_109", "CKV_AWS_110", "IAM_ROLE_NO_WILDCARD_RESOURCE_ON_PASSROLE"]
        ),
        check: |on, found| {
            on_any(on, RIGHTS, found, "name the roles, and by the condition `iam:PassedToService` who may have them");
        },
    },
    Rule {
        code: POL014,
        severity: Severity::Error,
        fact: "the principal `*` is every customer of AWS (IAM User Guide, \"Principal\")",
        types: &[("AWS::IAM::Role", &["CKV_AWS_60"])],
        check: |on, found| {
            let Some(trust) = on.get("AssumeRolePolicyDocument") else { return };
            for statement in statements(trust).filter(|s| s.allows() && !s.is_narrowed()) {
                if let Some(star) = statement.everyone() {
                    let title = format!("everyone may take on the role `{}`", on.resource.id);
                    found.push(Found::at(star, title, "everyone").help("name the service or the account"));
                }
            }
        },
    },
    Rule {
        code: POL015,
        severity: Severity::Warning,
        fact: "the service calls for whoever sets it up so (IAM User Guide, \"The confused deputy problem\")",
        types: &[("AWS::Lambda::Permission", &["CKV_AWS_364", "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED"])],
        check: |on, found| {
            let service = on.get("Principal").filter(|v| ends_with(v, ".amazonaws.com"));
            if let Some(service) = service.filter(|_| SOURCES.iter().all(|property| on.get(property).is_none())) {
                let title = format!("`{}` lets a service call on anyone's behalf", on.resource.id);
                let help = "write `SourceArn` with the ARN of what calls, or `SourceAccount: !Ref AWS::AccountId`";
                found.push(Found::at(service, title, "for everyone's resources").help(help));
            }
        },
    },
    Rule {
        code: POL016,
        severity: Severity::Warning,
        fact: "all that is not named is allowed (IAM User Guide, \"NotPrincipal\" and \"NotAction\")",
        types: &[
            ("AWS::IAM::ManagedPolicy", &["IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION"]),
            ("AWS::IAM::Policy", &["IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION"]),
            (
                "AWS::IAM::Role",
                &["IAM_ROLE_NO_ALLOW_PLUS_NOT_PRINCIPAL", "IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION"],
            ),
            (
                "AWS::S3::BucketPolicy",
                &["S3_BUCKETPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL", "S3_BUCKET_POLICY_NO_ALLOW_PLUS_NOT_ACTION"],
            ),
            (
                "AWS::SNS::TopicPolicy",
                &["SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL", "SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOT_ACTION"],
            ),
            (
                "AWS::SQS::QueuePolicy",
                &["SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL", "SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOT_ACTION"],
            ),
        ],
        check: |on, found| {
            let trust = on.get("AssumeRolePolicyDocument").into_iter().flat_map(statements).filter(|s| s.allows());
            for statement in allowed(on).chain(trust) {
                let but = |key: &str| statement.0.entry(key);
                let actions = but("NotAction").filter(|_| statement.everything().is_some());
                if let Some(but) = but("NotPrincipal").or(actions) {
                    let title = format!("`{}` allows everything that `{}` does not name", on.resource.id, but.key);
                    found.push(Found::at(&but.value, title, "and all else").help("say what is allowed, without `Not`"));
                }
            }
        },
    },
];

/// The statements that allow something on every resource.
fn on_everything<'a>(on: &On<'a>) -> impl Iterator<Item = (Statement<'a>, &'a Value<Target>)> {
    allowed(on).filter_map(|statement| Some((statement, statement.everything()?)))
}

fn everything(on: &On<'_>, found: &mut Vec<Found>) {
    const HELP: &str = "name the actions, and the ARNs that they are for";
    let title = || format!("`{}` allows everything on everything", on.resource.id);
    for (statement, _) in on_everything(on) {
        let star = each(statement.0.get("Action")).iter().find(|v| matches!(v.as_text(), Some("*" | "*:*")));
        if let Some(star) = star {
            found.push(Found::at(star, title(), "every action").help(HELP));
        }
    }
    for policy in each(on.get("ManagedPolicyArns")) {
        if ends_with(policy, ":iam::aws:policy/AdministratorAccess") {
            found.push(Found::at(policy, title(), "every action").help(HELP));
        }
    }
}

/// What says on whose behalf a service calls.
const SOURCES: [&str; 4] = ["EventSourceToken", "PrincipalOrgID", "SourceAccount", "SourceArn"];

/// Finds statements that allow one of the actions on everything, and do not narrow it.
fn on_any(on: &On<'_>, actions: &[&str], found: &mut Vec<Found>, help: &str) {
    for (statement, star) in on_everything(on).filter(|(statement, _)| !statement.is_narrowed()) {
        if let Some(action) = statement.actions().find(|action| is_of(action, actions)) {
            let title = format!("`{}` allows `{action}` on every resource", on.resource.id);
            found.push(Found::at(star, title, "every resource").help(help));
        }
    }
}

/// Actions that read or change data, and take an ARN. Source: Service Authorization Reference, read 2026-11-22. `sns:Publish` is
/// none of them: to send text messages it needs `*`.
const DATA: &[&str] = &[
    "dynamodb:batchgetitem",
    "dynamodb:batchwriteitem",
    "dynamodb:deleteitem",
    "dynamodb:deletetable",
    "dynamodb:getitem",
    "dynamodb:putitem",
    "dynamodb:query",
    "dynamodb:scan",
    "dynamodb:updateitem",
    "events:putevents",
    "kinesis:getrecords",
    "kinesis:putrecord",
    "kinesis:putrecords",
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey",
    "lambda:invokefunction",
    "rds-data:executestatement",
    "rds-db:connect",
    "s3:deleteobject",
    "s3:getobject",
    "s3:listbucket",
    "s3:putobject",
    "secretsmanager:deletesecret",
    "secretsmanager:getsecretvalue",
    "secretsmanager:putsecretvalue",
    "ses:sendemail",
    "ses:sendrawemail",
    "sqs:deletemessage",
    "sqs:receivemessage",
    "sqs:sendmessage",
    "ssm:getparameter",
    "ssm:getparameters",
    "ssm:getparametersbypath",
    "ssm:putparameter",
    "states:startexecution",
];

/// Actions that give rights, and take an ARN. Source: as above.
const RIGHTS: &[&str] = &[
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createpolicyversion",
    "iam:passrole",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:updateassumerolepolicy",
    "lambda:updatefunctioncode",
    "sts:assumerole",
];

/// Whether an action, or one that begins so (`s3:Get*`), is one of those. All of a service is another rule's.
fn is_of(action: &str, actions: &[&str]) -> bool {
    let begins = |known: &str, start: &str| known.get(..start.len()).is_some_and(|k| k.eq_ignore_ascii_case(start));
    match action.strip_suffix('*') {
        Some(start) => start.contains(':') && !start.ends_with(':') && actions.iter().any(|known| begins(known, start)),
        None => actions.iter().any(|known| known.eq_ignore_ascii_case(action)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_in_any_case_and_by_their_beginning() {
        for (action, expected) in [
            ("s3:GetObject", true),
            ("S3:getobject", true),
            ("s3:Get*", true),
            ("s3:*", false),
            ("*", false),
            ("s3:GetBucketLocation", false),
            ("sns:Publish", false),
            ("cloudwatch:PutMetricData", false),
            ("ssm:GetParametersByPath", true),
        ] {
            assert_eq!(is_of(action, DATA), expected, "{action}");
        }
        for actions in [DATA, RIGHTS] {
            assert!(actions.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
