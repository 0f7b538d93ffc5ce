//! What the internet can reach and should not: databases, buckets, functions.

use super::documents::{OWN, statements};
use super::seen::{self, Seen};
use super::switch::{self, Switch, types};
use super::{Found, On, Rule};
use crate::diag::{Code, Severity};

/// `POL001`: a database with a public address.
pub const POL001: Code = Code {
    id: "POL001",
    explanation: "a database has an address on the internet\n\n\
        With `PubliclyAccessible` AWS gives it a public address, and its name leads there from outside of the network. Then a \
        security group and a password are all that stands between the data and everyone. Functions and people reach a private \
        one through its VPC.\n\n\
        AWS Security Hub, controls RDS.2, Redshift.1 and DMS.1: critical.",
};

/// `POL002`: a bucket that is opened by its ACL.
pub const POL002: Code = Code {
    id: "POL002",
    explanation: "an access control list opens a bucket to everyone\n\n\
        `AccessControl: PublicRead` lets everyone list the bucket and read what is in it, `PublicReadWrite` lets everyone put \
        objects into it as well, and `AuthenticatedRead` means every customer of AWS. S3 has advised against access control lists since \
        2023; a new bucket refuses them.\n\n\
        AWS Security Hub, controls S3.2, S3.3 and S3.12. A bucket of kind `bucket` serves what is public by its policy, with a reason.",
};

/// `POL003`: public access is not blocked.
pub const POL003: Code = Code {
    id: "POL003",
    explanation: "a bucket does not refuse to become public\n\n\
        S3 blocks public access of every new bucket in four ways: new ACLs, those that are there, new policies, and access by those that \
        are there. A property `PublicAccessBlockConfiguration` replaces all four: what it sets to `false` or leaves out is open, \
        and the next wrong policy is not refused.\n\n\
        AWS Security Hub, control S3.8: high.",
};

/// `POL004`: a policy for everyone.
pub const POL004: Code = Code {
    id: "POL004",
    explanation: "a resource's own policy lets everyone in\n\n\
        A statement with the principal `*` and without a condition is for everyone on the internet, in every account and in none: \
        they may read the bucket, send to the queue, use the key. Name accounts or services, or narrow it by a condition such as \
        `aws:PrincipalOrgID` or `aws:SourceArn`. That a request uses TLS narrows nothing.\n\n\
        IAM User Guide, \"AWS JSON policy elements: Principal\"; AWS Security Hub, controls S3.2, SQS.3, SNS.4 and KMS.5.",
};

/// `POL005`: everyone may call a function.
pub const POL005: Code = Code {
    id: "POL005",
    explanation: "everyone may invoke a function\n\n\
        A permission for the principal `*` lets every customer of AWS call the function, past whatever stands before it, and \
        the calls are paid by you. Name the service, and by `SourceArn` the resource of yours that calls.\n\n\
        AWS Security Hub, control Lambda.1: critical.",
};

/// `POL006`: a URL without authorization.
pub const POL006: Code = Code {
    id: "POL006",
    explanation: "a function's URL asks nobody who they are\n\n\
        With `AuthType: NONE` everyone who knows the URL may call the function, and its code must decide whom it answers. With \
        `AWS_IAM` Lambda refuses what is not signed, and CloudFront can sign for its visitors.\n\n\
        AWS Lambda Developer Guide, \"Control access to Lambda function URLs\". A `function` with `url` says by itself who may call.",
};

const PUBLIC: [Switch; 4] = [
    Switch::at("AWS::AmazonMQ::Broker", &["PubliclyAccessible"], &["CKV_AWS_69"]).off(),
    Switch::at("AWS::DMS::ReplicationInstance", &["PubliclyAccessible"], &["CKV_AWS_89", "DMS_REPLICATION_NOT_PUBLIC"]),
    Switch::at("AWS::RDS::DBInstance", &["PubliclyAccessible"], &["CKV_AWS_17", "RDS_INSTANCE_PUBLIC_ACCESS_CHECK"]),
    Switch::at(
        "AWS::Redshift::Cluster",
        &["PubliclyAccessible"],
        &["CKV_AWS_87", "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK"],
    )
    .off(),
];
const PUBLIC_TYPES: [(&str, &[&str]); PUBLIC.len()] = types(&PUBLIC);

/// The types of [`OWN`], with the ids of others.
const EVERYONE: &[(&str, &[&str])] = &[
    ("AWS::ECR::Repository", &["CKV_AWS_32"]),
    ("AWS::EFS::FileSystem", &[]),
    ("AWS::Elasticsearch::Domain", &[]),
    ("AWS::KMS::Key", &["CKV_AWS_33", "KMS_NO_WILDCARD_PRINCIPAL"]),
    ("AWS::OpenSearchService::Domain", &[]),
    ("AWS::S3::BucketPolicy", &["S3_BUCKET_POLICY_NO_WILDCARD_PRINCIPAL"]),
    ("AWS::SNS::TopicInlinePolicy", &[]),
    ("AWS::SNS::TopicPolicy", &["SNS_TOPICPOLICY_NO_WILDCARD_PRINCIPAL"]),
    ("AWS::SQS::QueueInlinePolicy", &[]),
    ("AWS::SQS::QueuePolicy", &["SQS_QUEUEPOLICY_NO_WILDCARD_PRINCIPAL"]),
    ("AWS::SecretsManager::ResourcePolicy", &[]),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL001,
        severity: Severity::Error,
        fact: "everyone can knock at a public address (AWS Security Hub, RDS.2)",
        types: &PUBLIC_TYPES,
        check: |on, found| {
            let title = |id: &str| format!("`{id}` has an address on the internet");
            switch::check(on, &PUBLIC, false, found, title, "public");
        },
    },
    Rule {
        code: POL002,
        severity: Severity::Error,
        fact: "such an ACL is for everyone, or for every customer of AWS (AWS Security Hub, S3.2)",
        types: &[("AWS::S3::Bucket", &["CKV_AWS_20", "CKV_AWS_57", "S3_BUCKET_NO_PUBLIC_RW_ACL"])],
        check: bucket_acl,
    },
    Rule {
        code: POL003,
        severity: Severity::Warning,
        fact: "what is not blocked can be opened by the next policy or ACL (AWS Security Hub, S3.8)",
        types: &[(
            "AWS::S3::Bucket",
            &[
                "CKV_AWS_53",
                "CKV_AWS_54",
                "CKV_AWS_55",
                "CKV_AWS_56",
                "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
                "S3_BUCKET_PUBLIC_READ_PROHIBITED",
                "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
            ],
        )],
        check: public_access_block,
    },
    Rule {
        code: POL004,
        severity: Severity::Error,
        fact: "the principal `*` is everyone, in every account and in none (IAM User Guide, \"Principal\")",
        types: EVERYONE,
        check: everyone,
    },
    Rule {
        code: POL005,
        severity: Severity::Error,
        fact: "the principal `*` is every customer of AWS (AWS Security Hub, Lambda.1)",
        types: &[(
            "AWS::Lambda::Permission",
            &["LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "LAMBDA_NO_WILDCARD_PRINCIPAL"],
        )],
        check: invoked_by_everyone,
    },
    Rule {
        code: POL006,
        severity: Severity::Warning,
        fact: "who knows the URL may call the function (AWS Lambda Developer Guide, \"Function URLs\")",
        types: &[("AWS::Lambda::Url", &["CKV_AWS_258"])],
        check: |on, found| {
            if let Some(auth) = on.get("AuthType").filter(|v| v.as_text() == Some("NONE") && on.by_hand("AuthType")) {
                let title = format!("`{}` answers whoever asks", on.resource.id);
                found.push(Found::at(auth, title, "nobody is asked").help("write `AWS_IAM`").instead("AWS_IAM"));
            }
        },
    },
];

fn bucket_acl(on: &On<'_>, found: &mut Vec<Found>) {
    let Some(acl) = on.get("AccessControl") else { return };
    let who = match acl.as_text() {
        Some("PublicRead") => "everyone may read",
        Some("PublicReadWrite") => "everyone may write to",
        Some("AuthenticatedRead") => "every customer of AWS may read",
        _ => return,
    };
    let title = format!("{who} the bucket `{}`", on.resource.id);
    found.push(Found::at(acl, title, "for everyone").help("write `Private`, or leave it out").instead("Private"));
}

/// The four ways in which S3 blocks public access.
const BLOCKS: [&str; 4] = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];

fn public_access_block(on: &On<'_>, found: &mut Vec<Found>) {
    const PROPERTY: &str = "PublicAccessBlockConfiguration";
    // A `bucket` with `access: public_read` has said so, with its reason.
    if !on.by_hand(PROPERTY) {
        return;
    }
    let Some(entry) = on.resource.properties.entry(PROPERTY).filter(|e| !seen::is_unknown(&e.value)) else { return };
    for block in BLOCKS {
        let title = || format!("`{}` has `{block}` off", on.resource.id);
        match seen::at(&entry.value, &[block]) {
            Seen::This(value) if seen::flag(value) == Some(false) => found.push(
                Found::at(value, title(), "may become public").help(format!("write `{block}: true`")).instead("true"),
            ),
            Seen::Nothing(_) => found.push(Found::missing(Some(entry), format!("{block}: true"), title())),
            Seen::This(_) | Seen::Unknown => {}
        }
    }
}

fn everyone(on: &On<'_>, found: &mut Vec<Found>) {
    let type_name = on.resource.type_name();
    let Some((_, property)) = OWN.iter().find(|(of, _)| *of == type_name) else { return };
    // What a kind opens was asked for by its settings.
    let Some(document) = on.get(property).filter(|_| on.by_hand(property)) else { return };
    for statement in statements(document).filter(|s| s.allows() && !s.is_narrowed()) {
        if let Some(star) = statement.everyone() {
            let title = format!("`{}` lets everyone in", on.resource.id);
            let help = "name accounts or services, or add a condition such as `aws:PrincipalOrgID`";
            found.push(Found::at(star, title, "everyone").help(help));
        }
    }
}

/// Properties of a permission that say who may call, beside `Principal`.
const NARROWS: [&str; 6] = [
    "EventSourceToken",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
];

fn invoked_by_everyone(on: &On<'_>, found: &mut Vec<Found>) {
    let star = on.get("Principal").filter(|v| v.as_text() == Some("*"));
    if let Some(star) = star.filter(|_| NARROWS.iter().all(|property| on.get(property).is_none())) {
        let title = format!("`{}` lets everyone invoke a function", on.resource.id);
        let help = "name the service that calls, and by `SourceArn` the resource that it calls for";
        found.push(Found::at(star, title, "every customer of AWS").help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_a_resource_is_looked_at() {
        let types: Vec<&str> = EVERYONE.iter().map(|(of, _)| *of).collect();
        assert_eq!(types, OWN.iter().map(|(of, _)| *of).collect::<Vec<_>>());
    }
}
