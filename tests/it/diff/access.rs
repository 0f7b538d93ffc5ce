//! Who may do what, before and after.

use reggie_cfn::diff::AccessChange;

use super::{BASE, Edit, after_with_access};
use crate::support::compiled;

/// A function that may do something: its statements, and more resources.
fn function(statements: &str, more: &str) -> Vec<(String, String)> {
    let base = format!(
        "project: shop\nregion: eu-west-2\ncomponents:\n  Policy:\n    type: resource\n    resource_type: AWS::IAM::ManagedPolicy\n    \
         properties: {{Roles: [admin], PolicyDocument: {{Version: '2012-10-17', Statement: [{statements}]}}}}\n{more}"
    );
    let production = "stage: production\nlifetime: permanent\nremoval: remove\nprotect: false\nlog_days: 90\n";
    vec![("base.yaml".to_owned(), base), ("production.yaml".to_owned(), production.to_owned())]
}

/// `+ text`, `- text`; with a tilde what is only among resources that come or go.
fn told(changes: &[AccessChange]) -> Vec<String> {
    let sign = |c: &AccessChange| if c.widens { "+" } else { "-" };
    changes.iter().map(|c| format!("{}{} {}", sign(c), if c.is_inner { "~" } else { "" }, c.text)).collect()
}

fn between(old: &[(String, String)], new: &[(String, String)]) -> Vec<String> {
    let (old, new) = (crate::support::project(old), crate::support::project(new));
    told(&after_with_access(&compiled(&old, "production"), &compiled(&new, "production")))
}

fn allow(actions: &str, resources: &str) -> String {
    format!("{{Effect: Allow, Action: {actions}, Resource: {resources}}}")
}

const A: &str = "['arn:aws:s3:::a']";

#[test]
fn one_more_action_is_one_more_grant() {
    let (old, new) = (allow("['s3:GetObject']", A), allow("['s3:GetObject', 's3:PutObject']", A));
    assert_eq!(between(&function(&old, ""), &function(&new, "")), ["+ admin may s3:PutObject on arn:aws:s3:::a"]);
    assert_eq!(between(&function(&new, ""), &function(&old, "")), ["- admin may s3:PutObject on arn:aws:s3:::a"]);
}

#[test]
fn statements_cut_otherwise_are_the_same() {
    let whole = allow("['s3:GetObject', 's3:PutObject']", "['arn:aws:s3:::a', 'arn:aws:s3:::b']");
    let cut: Vec<String> = ["s3:PutObject", "s3:GetObject"]
        .iter()
        .flat_map(|action| {
            ["arn:aws:s3:::b", "arn:aws:s3:::a"].map(|on| allow(&format!("'{action}'"), &format!("'{on}'")))
        })
        .collect();
    assert_eq!(between(&function(&whole, ""), &function(&cut.join(", "), "")), [""; 0]);
}

#[test]
fn what_a_wildcard_covered_is_not_new() {
    let wide = allow("['s3:Get*']", "['arn:aws:s3:::a/*']");
    let narrow = allow("['s3:GetObject']", "['arn:aws:s3:::a/x/*']");
    assert_eq!(between(&function(&wide, ""), &function(&narrow, "")), ["- admin may s3:Get* on arn:aws:s3:::a/*"]);
    assert_eq!(between(&function(&narrow, ""), &function(&wide, "")), ["+ admin may s3:Get* on arn:aws:s3:::a/*"]);
}

#[test]
fn a_condition_that_goes_widens_and_so_does_a_refusal() {
    let tied = "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a', Condition: {Bool: {'aws:SecureTransport': 'true'}}}";
    let free = allow("'s3:GetObject'", "'arn:aws:s3:::a'");
    assert_eq!(between(&function(tied, ""), &function(&free, "")), ["+ admin may s3:GetObject on arn:aws:s3:::a"]);
    let tied_only = "- admin may s3:GetObject on arn:aws:s3:::a";
    assert_eq!(
        between(&function(&free, ""), &function(tied, "")),
        [tied_only],
        "with the condition it was allowed before"
    );
    let refused = format!("{free}, {{Effect: Deny, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a'}}");
    assert_eq!(
        between(&function(&refused, ""), &function(&free, "")),
        ["+ admin is refused to s3:GetObject on arn:aws:s3:::a no more"]
    );
    assert_eq!(
        between(&function(&free, ""), &function(&refused, "")),
        ["- admin is refused to s3:GetObject on arn:aws:s3:::a"]
    );
}

#[test]
fn what_a_new_function_may_do_to_itself_is_counted_only() {
    let code = "  Hello: {type: function, runtime: nodejs22.x, zip: {path: dist, handler: index.handler}}\n";
    let own = allow("'s3:GetObject'", "'arn:aws:s3:::a'");
    let told = between(&function(&own, ""), &function(&own, code));
    assert!(!told.is_empty() && told.iter().all(|line| line.starts_with("+~")), "{told:#?}");
    let open = code.replace("zip:", "url: {protection: public}, zip:");
    let told = between(&function(&own, ""), &function(&own, &open));
    assert!(told.contains(&"+ anyone may call the URL of Hello".to_owned()), "{told:#?}");
}

#[test]
fn ports_and_addresses_are_compared_as_such() {
    let edit = |rule: &str| -> Edit {
        let text = format!(
            "    nat_type: t4g.nano\n    overrides: {{NatSecurityGroup: {{SecurityGroupIngress: [{{IpProtocol: tcp, {rule}}}]}}}}\n"
        );
        (BASE, "    nat_type: t4g.nano\n", Box::leak(text.into_boxed_str()))
    };
    let between = |old: &str, new: &str| {
        let (old, new) = (
            crate::support::project(&super::edited(&[edit(old)])),
            crate::support::project(&super::edited(&[edit(new)])),
        );
        told(&after_with_access(&compiled(&old, "production"), &compiled(&new, "production")))
    };
    let (one, more) =
        ("FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16", "FromPort: 400, ToPort: 500, CidrIp: 10.0.0.0/8");
    assert_eq!(between(one, more), ["+ 10.0.0.0/8 may reach ReggieVpcNatSecurityGroup by tcp 400 to 500"]);
    assert_eq!(between(more, one), ["- 10.0.0.0/8 may reach ReggieVpcNatSecurityGroup by tcp 400 to 500"]);
}
