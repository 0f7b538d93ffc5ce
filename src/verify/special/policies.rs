//! Policies: that what they allow can be done to what they name.

use super::subject::{Subject, all_items, text};
use super::text::{Piece, pieces};
use crate::cfn::{Function, Target};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::value::{Kind, Value};

/// `CFN435`: objects are meant, and the bucket is named.
pub const CFN435: Code = Code {
    id: "CFN435",
    explanation: "a policy allows something of a bucket's objects, and names the bucket alone\n\n\
        Actions such as `s3:GetObject` work on objects, whose ARNs are the bucket's, a slash and a key: `arn:aws:s3:::photos/*`. The \
        ARN of the bucket alone matches no object, so that the statement allows nothing (Service Authorization Reference, \"Actions, \
        resources, and condition keys for Amazon S3\"). S3 refuses such a statement in the policy of a bucket (`MalformedPolicy`: \
        \"Action does not apply to any resource(s) in statement\"); in other policies nobody says a word until access is denied.",
};

/// Actions on objects, without `s3:`; those of their versions, tags and so on begin with one of them.
const OF_OBJECTS: &[&str] =
    &["AbortMultipartUpload", "DeleteObject", "GetObject", "ListMultipartUploadParts", "PutObject", "RestoreObject"];

/// The inline policies of a role, user or group.
pub(super) fn inline(subject: &Subject<'_>, findings: &mut Diagnostics) {
    for policy in subject.get(&["Policies"]).map(Value::items).unwrap_or_default() {
        if let Some(document) = policy.get("PolicyDocument") {
            check(subject, document, findings);
        }
    }
}

/// The document of a policy.
pub(super) fn document(subject: &Subject<'_>, findings: &mut Diagnostics) {
    if let Some(document) = subject.get(&["PolicyDocument"]) {
        check(subject, document, findings);
    }
}

fn check(subject: &Subject<'_>, document: &Value<Target>, findings: &mut Diagnostics) {
    let Some(statement) = document.get("Statement") else { return };
    for statement in one_or_all(statement) {
        let (Some(actions), Some(resource)) = (statement.get("Action"), statement.get("Resource")) else { continue };
        let of_objects = one_or_all(actions).iter().find_map(|action| text(action).filter(|a| is_of_objects(a)));
        let resources = match &resource.kind {
            Kind::List(_) => all_items(resource),
            _ => Some(std::slice::from_ref(resource)),
        };
        let (Some(action), Some(resources)) = (of_objects, resources) else { continue };
        let Some(bucket) = resources.first().filter(|_| resources.iter().all(|r| is_bucket(subject, r))) else {
            continue;
        };
        let title =
            format!("a policy of `{}` is about `{action}`, and names a bucket but none of its objects", subject.id());
        let severity = match subject.resource.type_name() {
            "AWS::S3::BucketPolicy" => Severity::Error,
            _ => Severity::Warning,
        };
        let diagnostic = subject.point(Diagnostic::new(severity, CFN435, title), bucket.origin, "the bucket alone");
        let diagnostic = diagnostic.help("name the objects too: the bucket's ARN, and `/*` behind it");
        findings.push(match text(bucket) {
            Some(arn) if resources.len() == 1 && one_or_all(actions).len() == 1 => {
                subject.repair(diagnostic, bucket, &format!("{arn}/*"))
            }
            _ => diagnostic,
        });
    }
}

fn one_or_all(value: &Value<Target>) -> &[Value<Target>] {
    match &value.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}

fn is_of_objects(action: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    // Some actions that begin alike are about the bucket: `s3:GetObjectLockConfiguration` is not, in spite of its name.
    let is_bucket_wide = name.contains("Configuration");
    service.eq_ignore_ascii_case("s3") && !is_bucket_wide && OF_OBJECTS.iter().any(|own| name.starts_with(own))
}

/// Whether a value surely is the ARN of a bucket, with nothing behind it.
fn is_bucket(subject: &Subject<'_>, value: &Value<Target>) -> bool {
    let is_own = |id: &str| subject.scope.resources.get(id).is_some_and(|r| r.type_name() == "AWS::S3::Bucket");
    if let Some(Function::GetAtt(id, Some(attribute))) = Function::of(value) {
        return attribute == "Arn" && is_own(id);
    }
    let Some(parts) = pieces(value) else { return false };
    let parts: Vec<Piece<'_>> = parts.into_iter().filter(|piece| *piece != Piece::Text("")).collect();
    let has_key = |text: &str| text.contains(['/', '*', '?']) || text.contains("{{resolve:");
    match parts.as_slice() {
        [Piece::Attribute(id, "Arn")] => is_own(id),
        [before @ .., last] => {
            let is_arn = matches!(before.first().unwrap_or(last), Piece::Text(text) if text.starts_with("arn:"));
            let is_of_s3 = |text: &str| text.contains(":s3:::");
            let is_text = before.iter().chain([last]).any(|p| matches!(p, Piece::Text(text) if is_of_s3(text)));
            let is_sure = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => !has_key(text),
                Piece::Ref(id) => id.starts_with("AWS::") || is_own(id),
                Piece::Attribute(..) | Piece::Other => false,
            };
            is_arn && is_text && before.iter().all(is_sure) && is_sure(last)
        }
        [] => false,
    }
}
