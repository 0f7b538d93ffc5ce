//! The firewall before a router.

use serde::Serialize;

use crate::component::{Attribute, Context, Fragment, StackId, StackName, US_EAST_1};
use crate::diag::{Code, Diagnostic};
use crate::setting::{OrNone, Setting};
use crate::value::Value;

/// Codes of firewalls.
pub const CODES: &[Code] = &[CFN356];

/// `CFN356`: a firewall that CloudFront does not take.
pub const CFN356: Code = Code {
    id: "CFN356",
    explanation: "`web_acl` is no firewall that CloudFront takes\n\n\
        CloudFront takes web ACLs of AWS WAF with the scope `CLOUDFRONT`, which exist in us-east-1 alone, by their ARN: \
        `arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>` (AWS::WAFv2::WebACL, Scope). A component of kind `resource` \
        that is one has `stack: edge`, which stands there, and `attributes: {arn: Arn}`.",
};

/// The word for the one that is made here.
const STANDARD: &str = "standard";
/// The attribute that holds its ARN.
const ATTRIBUTE: &str = "web_acl_arn";

#[derive(Serialize)]
struct Plan {
    description: Value,
    metric: Value,
    tags: Option<Value>,
}

fn is_made(web_acl: &OrNone<Setting<String>>) -> bool {
    web_acl.as_option().is_some_and(|acl| acl.value == STANDARD)
}

/// What others see of the one that is made here.
pub(super) fn attribute(on: &Context<'_>, web_acl: &OrNone<Setting<String>>) -> Option<Attribute> {
    is_made(web_acl).then(|| on.from_local(ATTRIBUTE, "WebAcl", Some("Arn")))
}

/// The ARN of the firewall, and what makes it.
pub(super) fn plan(on: &Context<'_>, web_acl: &OrNone<Setting<String>>) -> (Option<Value>, Option<Fragment>) {
    let Some(written) = web_acl.as_option() else { return (None, None) };
    if !is_made(web_acl) {
        let named = written.starts_with("arn:");
        return (if named { by_arn(on, written) } else { by_name(on, written) }, None);
    }
    let rule = "a standard firewall: a rate for each address, and AWS's rules";
    let what = format!("Requests of visitors of {}", on.identity());
    let plan = Plan {
        description: on.text(rule, &[written.origin, on.identity_origin()], what),
        metric: on.text(rule, &[on.identity_origin()], on.identity()),
        tags: on.tags(),
    };
    let fragment = on.fragment_in(StackId::in_us_east_1(StackName::Edge), "parts/web_acl", &plan);
    (Some(on.own(ATTRIBUTE)), Some(fragment))
}

fn by_arn(on: &Context<'_>, arn: &Setting<String>) -> Option<Value> {
    let parts: Vec<&str> = arn.split(':').collect();
    let label = match parts.as_slice() {
        ["arn", _, "wafv2", region, _, resource] => match resource.strip_prefix("global/webacl/") {
            Some(_) if *region == US_EAST_1 => return Some(Value::text(arn.origin, arn.value.clone())),
            Some(_) => "not of us-east-1",
            None => "of one region only",
        },
        _ => "not the ARN of a web ACL",
    };
    let title = format!("`web_acl` of `{}` is an ARN that CloudFront does not take", on.name);
    on.report(
        on.at(Diagnostic::error(CFN356, title), arn.origin, label)
            .note("the form is `arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>`")
            .help("`aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1` shows it"),
    );
    None
}

fn by_name(on: &Context<'_>, name: &Setting<String>) -> Option<Value> {
    let found = on.neighbour(name, "web_acl", &["resource"])?;
    let refused = |title: String, label: &str| {
        on.at(Diagnostic::error(CFN356, title), name.origin, label).context_if_known(
            on.origins,
            Some(found.origin),
            "declared here",
        )
    };
    if found.region != US_EAST_1 {
        let title = format!("`{}`, the firewall of `{}`, stands in {}", name.value, on.name, found.region);
        on.report(
            refused(title, "not in us-east-1")
                .note("web ACLs of CloudFront exist in us-east-1 alone")
                .help(format!("write `stack: edge` at `{}`", name.value)),
        );
        return None;
    }
    if found.interface.attribute("arn").is_none() {
        let title = format!("`{}`, the firewall of `{}`, does not give its ARN", name.value, on.name);
        on.report(
            refused(title, "has no attribute `arn`")
                .help(format!("write `attributes: {{arn: Arn}}` at `{}`", name.value)),
        );
        return None;
    }
    Some(on.attribute_of(name, "arn"))
}
