//! Policy documents of IAM, and their statements.

use super::On;
use super::seen::{self, each};
use crate::cfn::Target;
use crate::value::Value;

/// A statement of a policy document.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a>(pub &'a Value<Target>);

impl<'a> Statement<'a> {
    /// Whether it allows something.
    pub fn allows(self) -> bool {
        self.0.get("Effect").and_then(Value::as_text) == Some("Allow")
    }

    /// The texts of `Action`.
    pub fn actions(self) -> impl Iterator<Item = &'a str> {
        each(self.0.get("Action")).iter().filter_map(Value::as_text)
    }

    /// The `*` among its resources: everything.
    pub fn everything(self) -> Option<&'a Value<Target>> {
        each(self.0.get("Resource")).iter().find(|v| v.as_text() == Some("*"))
    }

    /// The `*` among its principals: everyone.
    pub fn everyone(self) -> Option<&'a Value<Target>> {
        let principal = self.0.get("Principal")?;
        let star = |v: &&Value<Target>| v.as_text() == Some("*");
        Some(principal).filter(star).or_else(|| each(principal.get("AWS")).iter().find(star))
    }

    /// Whether a condition may narrow whom or what it is about. That a request is encrypted narrows nothing.
    pub fn is_narrowed(self) -> bool {
        let Some(condition) = self.0.get("Condition") else { return false };
        let of_transport = |key: &str| key.eq_ignore_ascii_case("aws:SecureTransport");
        seen::is_unknown(condition)
            || condition.entries().iter().flat_map(|operator| operator.value.entries()).any(|e| !of_transport(&e.key))
    }

    /// Whether it refuses everyone who asks without TLS.
    pub fn refuses_plain_requests(self) -> bool {
        let denies = self.0.get("Effect").and_then(Value::as_text) == Some("Deny");
        let operators = self.0.get("Condition").map(Value::entries).unwrap_or_default();
        let mut conditions = operators.iter().flat_map(|operator| operator.value.entries());
        let is_plain = |v: &Value<Target>| each(Some(v)).iter().any(|v| seen::flag(v) == Some(false));
        denies
            && self.everyone().is_some()
            && conditions.any(|e| e.key.eq_ignore_ascii_case("aws:SecureTransport") && is_plain(&e.value))
    }
}

/// The statements of a document.
pub(super) fn statements<'a>(document: &'a Value<Target>) -> impl Iterator<Item = Statement<'a>> {
    each(document.get("Statement")).iter().map(Statement)
}

/// What allows someone something: the documents of a policy, or those within a role, a user or a group.
pub(super) fn allowed<'a>(on: &On<'a>) -> impl Iterator<Item = Statement<'a>> {
    let own = on.get("PolicyDocument");
    let within = each(on.get("Policies")).iter().filter_map(|policy| policy.get("PolicyDocument"));
    own.into_iter().chain(within).flat_map(statements).filter(|s| s.allows())
}

/// Where the document of a resource's own policy stands, by type.
pub(super) const OWN: &[(&str, &str)] = &[
    ("AWS::ECR::Repository", "RepositoryPolicyText"),
    ("AWS::EFS::FileSystem", "FileSystemPolicy"),
    ("AWS::Elasticsearch::Domain", "AccessPolicies"),
    ("AWS::KMS::Key", "KeyPolicy"),
    ("AWS::OpenSearchService::Domain", "AccessPolicies"),
    ("AWS::S3::BucketPolicy", "PolicyDocument"),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument"),
    ("AWS::SNS::TopicPolicy", "PolicyDocument"),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument"),
    ("AWS::SQS::QueuePolicy", "PolicyDocument"),
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    const AT: OriginId = OriginId(0);

    fn text(text: &str) -> Value<Target> {
        Value::text(AT, text)
    }

    fn under(keys: &[&str], value: Value<Target>) -> Value<Target> {
        keys.iter().rev().fold(value, |value, key| Value::map(AT, [(*key, value)]))
    }

    #[test]
    fn everyone_is_a_star_alone_or_among_accounts() {
        let is = |principal: Value<Target>| Statement(&under(&["Principal"], principal)).everyone().is_some();
        assert!(is(text("*")));
        assert!(is(under(&["AWS"], text("*"))));
        assert!(is(under(&["AWS"], Value::list(AT, vec![text("123456789012"), text("*")]))));
        assert!(!is(under(&["Service"], text("*"))));
        assert!(!is(under(&["AWS"], text("arn:aws:iam::123456789012:root"))));
    }

    #[test]
    fn a_condition_narrows_unless_it_is_about_the_transport() {
        let is = |condition| Statement(&under(&["Condition"], condition)).is_narrowed();
        assert!(!is(under(&["Bool", "aws:SecureTransport"], text("true"))));
        assert!(!is(under(&["Bool", "AWS:securetransport"], text("true"))));
        assert!(is(under(&["StringEquals", "aws:PrincipalOrgID"], text("o-1"))));
        assert!(is(Value::reference(AT, Target::Ref("Condition".to_owned()))));
        assert!(!Statement(&Value::map::<&str>(AT, [])).is_narrowed());
    }

    #[test]
    fn plain_requests_are_refused_to_everyone_or_not_at_all() {
        let statement = |effect: &str, principal: &str, secure: &str| {
            Value::map(
                AT,
                [
                    ("Effect", text(effect)),
                    ("Principal", text(principal)),
                    ("Condition", under(&["Bool", "aws:SecureTransport"], text(secure))),
                ],
            )
        };
        let refuses =
            |effect, principal, secure| Statement(&statement(effect, principal, secure)).refuses_plain_requests();
        assert!(refuses("Deny", "*", "false"));
        assert!(!refuses("Deny", "*", "true"));
        assert!(!refuses("Allow", "*", "false"));
        assert!(!refuses("Deny", "arn:aws:iam::123456789012:root", "false"));
    }
}
