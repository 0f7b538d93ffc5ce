//! Logs: that there are some, and that they end.

use super::seen::{self, Seen};
use super::{Found, Rule};
use crate::diag::{Code, Severity};

/// `POL030`: logs without an end.
pub const POL030: Code = Code {
    id: "POL030",
    explanation: "a log group keeps everything for ever\n\n\
        Without `RetentionInDays` CloudWatch Logs never deletes an event: the bill grows, and so does what is known about people \
        who may ask for it to be forgotten.\n\n\
        CloudWatch Logs User Guide, \"Working with log groups and log streams\"; AWS Security Hub, control CloudWatch.16.",
};

/// `POL031`: an API that writes no log.
pub const POL031: Code = Code {
    id: "POL031",
    explanation: "an API does not log who asks for what\n\n\
        Without access logs nobody can tell afterwards what was asked, by whom, and how it was answered.\n\n\
        AWS Security Hub, control APIGateway.9; API Gateway Developer Guide, \"Set up CloudWatch logging for REST APIs\".",
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL030,
        severity: Severity::Warning,
        fact: "without a retention nothing is ever deleted (CloudWatch Logs User Guide, \"Log groups\")",
        types: &[("AWS::Logs::LogGroup", &["CKV_AWS_66", "CW_LOGGROUP_RETENTION_PERIOD_CHECK"])],
        check: |on, found| {
            // What waits to be delivered goes after two days, whatever is written.
            let delivers = on.get("LogGroupClass").is_some_and(|class| class.as_text() != Some("STANDARD"));
            if !delivers && let Seen::Nothing(_) = seen::at(&on.resource.properties, &["RetentionInDays"]) {
                let line = format!("RetentionInDays: {}", on.model.log_days.value);
                let title = format!("the log group `{}` keeps everything for ever", on.resource.id);
                found.push(Found::missing(None, line, title));
            }
        },
    },
    Rule {
        code: POL031,
        severity: Severity::Warning,
        fact: "what is not logged cannot be looked up afterwards (AWS Security Hub, APIGateway.9)",
        types: &[
            ("AWS::ApiGateway::Stage", &["CKV_AWS_76"]),
            ("AWS::ApiGatewayV2::Stage", &["API_GWV2_ACCESS_LOGS_ENABLED", "CKV_AWS_95"]),
        ],
        check: |on, found| {
            let property = match on.resource.type_name() {
                "AWS::ApiGateway::Stage" => "AccessLogSetting",
                _ => "AccessLogSettings",
            };
            if on.get(property).is_none() {
                let title = format!("the API behind `{}` writes no access log", on.resource.id);
                let help = format!("write `{property}` with the ARN of a log group and a format");
                found.push(Found::whole(title, "no access log").help(help));
            }
        },
    },
];
