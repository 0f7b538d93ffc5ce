//! What no schema of AWS says of a resource: how its properties go together, and with those of others.
//!
//! Only what is certain is reported. What a reference, a condition or a macro brings, only the deploy knows, and what it knows
//! may be right.

mod alarms;
mod apis;
mod dashboards;
mod databases;
mod distributions;
mod dynamic;
mod exports;
mod functions;
mod metrics;
mod policies;
mod ports;
mod queues;
mod schedules;
mod subject;
mod subscriptions;
mod tables;
mod text;

use super::scope::Scope;
use crate::cfn::Output;
use crate::diag::{Code, Diagnostics};
use subject::Subject;

/// Codes of this room.
pub const CODES: &[Code] = &[
    dynamic::CFN420,
    dynamic::CFN421,
    databases::CFN422,
    distributions::CFN423,
    distributions::CFN424,
    distributions::CFN425,
    distributions::CFN426,
    metrics::CFN427,
    alarms::CFN428,
    dashboards::CFN429,
    queues::CFN430,
    queues::CFN431,
    exports::CFN432,
    apis::CFN433,
    apis::CFN434,
    policies::CFN435,
    tables::CFN436,
    ports::CFN437,
    functions::CFN438,
    subscriptions::CFN439,
    metrics::CFN441,
    metrics::CFN442,
];

/// A check of one resource.
type Check = fn(&Subject<'_>, &mut Diagnostics);

/// The checks of each type, by its name.
const CHECKS: &[(&str, &[Check])] = &[
    ("AWS::ApiGatewayV2::Api", &[apis::cors]),
    ("AWS::ApiGatewayV2::Route", &[apis::route]),
    ("AWS::CloudFront::Distribution", &[distributions::check]),
    ("AWS::CloudWatch::Alarm", &[alarms::check]),
    ("AWS::CloudWatch::Dashboard", &[dashboards::check]),
    ("AWS::DynamoDB::GlobalTable", &[tables::check]),
    ("AWS::DynamoDB::Table", &[tables::check]),
    ("AWS::EC2::SecurityGroup", &[ports::group]),
    ("AWS::EC2::SecurityGroupEgress", &[ports::rule]),
    ("AWS::EC2::SecurityGroupIngress", &[ports::rule]),
    ("AWS::Events::Rule", &[schedules::check]),
    ("AWS::IAM::Group", &[policies::inline]),
    ("AWS::IAM::ManagedPolicy", &[policies::document]),
    ("AWS::IAM::Policy", &[policies::document]),
    ("AWS::IAM::Role", &[policies::inline]),
    ("AWS::IAM::User", &[policies::inline]),
    ("AWS::Lambda::EventSourceMapping", &[queues::mapping]),
    ("AWS::Lambda::Function", &[functions::environment]),
    ("AWS::RDS::DBCluster", &[databases::capacity]),
    ("AWS::S3::BucketPolicy", &[policies::document]),
    ("AWS::SNS::Subscription", &[subscriptions::check]),
    ("AWS::SNS::Topic", &[queues::topic]),
    ("AWS::SQS::Queue", &[queues::dead_letters]),
    ("AWS::Scheduler::Schedule", &[schedules::check]),
    ("AWS::WAFv2::IPSet", &[distributions::web_acl]),
    ("AWS::WAFv2::RegexPatternSet", &[distributions::web_acl]),
    ("AWS::WAFv2::RuleGroup", &[distributions::web_acl]),
    ("AWS::WAFv2::WebACL", &[distributions::web_acl]),
];

/// Checks every resource and output of a template.
pub(super) fn check(scope: &Scope<'_>, outputs: &[Output], findings: &mut Diagnostics) {
    for resource in scope.resources.values() {
        let subject = Subject { scope, resource };
        dynamic::check(&subject, findings);
        let found = CHECKS.binary_search_by(|(name, _)| (*name).cmp(resource.type_name()));
        let checks = found.ok().and_then(|at| CHECKS.get(at)).map(|(_, checks)| *checks);
        checks.unwrap_or_default().iter().for_each(|check| check(&subject, findings));
    }
    dynamic::outputs(scope, outputs, findings);
    exports::check(scope, outputs, findings);
}

#[cfg(test)]
mod tests;
