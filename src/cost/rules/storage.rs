//! What keeps: buckets, file systems, backups, secrets, parameters and keys.

use crate::cost::Said;
use crate::cost::charge::{At, Charge, Rule, Usage};

const STORAGE_GB: Usage = Usage::of("storage_gb", "GB that are stored on average");
const READS: Usage = Usage::of("reads", "requests that read an object");
const WRITES: Usage = Usage::of("writes", "requests that write an object or list the bucket");
const OUT_GB: Usage = Usage::of("out_gb", "GB that leave AWS for the internet");
const SECRET_READS: Usage = Usage::of("secret_reads", "calls that read a secret");
const KEY_REQUESTS: Usage = Usage::of("key_requests", "calls that encrypt or decrypt");
const COPIED_GB: Usage = Usage::of("copied_gb", "GB that are copied to the other region");
const AURORA_GB: Usage = Usage::of("aurora_gb", "GB of clusters of Aurora in recovery points");
const RDS_GB: Usage = Usage::of("rds_gb", "GB of instances of RDS in recovery points");
const DYNAMODB_GB: Usage = Usage::of("dynamodb_gb", "GB of tables in recovery points");
const S3_GB: Usage = Usage::of("s3_gb", "GB of buckets in recovery points");
const EFS_GB: Usage = Usage::of("efs_gb", "GB of file systems in recovery points");
const EBS_GB: Usage = Usage::of("ebs_gb", "GB of disks in recovery points");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::S3::Bucket", bucket).named("Bucket").used(&[STORAGE_GB, READS, WRITES, OUT_GB]),
    Rule::of("AWS::EFS::FileSystem", file_system).used(&[STORAGE_GB]),
    Rule::of("AWS::Backup::BackupVault", vault).named("Vault").used(&[
        AURORA_GB,
        RDS_GB,
        DYNAMODB_GB,
        S3_GB,
        EFS_GB,
        EBS_GB,
    ]),
    Rule::of("AWS::Backup::BackupPlan", plan).named("Plan").used(&[COPIED_GB]),
    Rule::of("AWS::SecretsManager::Secret", secret).named("Secret").used(&[SECRET_READS]),
    Rule::of("AWS::SSM::Parameter", parameter),
    Rule::of("AWS::KMS::Key", key).named("Key").used(&[KEY_REQUESTS]),
];

fn bucket(at: &At<'_>) -> Vec<Charge> {
    let mut charges = vec![
        Charge::used("Bucket storage", "s3.storage_gb_month", "GB", &[STORAGE_GB]),
        Charge::used("Bucket writes", "s3.put_requests", "requests", &[WRITES]),
        Charge::used("Bucket reads", "s3.get_requests", "requests", &[READS]),
    ];
    // What CloudFront takes from a bucket leaves AWS as CloudFront's own traffic.
    let lets_cloudfront = |policy: At<'_>| {
        let is_its_own = policy.get(&["Bucket"]).and_then(|bucket| bucket.refers_to()) == Some(at.id);
        let statements = policy.items(&["PolicyDocument", "Statement"]);
        let lets =
            |of: &Said<'_>| of.at(&["Principal", "Service"]).and_then(Said::text) == Some("cloudfront.amazonaws.com");
        is_its_own && statements.iter().any(lets)
    };
    if !at.others("AWS::S3::BucketPolicy").any(lets_cloudfront) {
        charges.push(Charge::used("Internet traffic", "data_transfer.out_gb", "GB", &[OUT_GB]));
    }
    charges
}

fn file_system(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("File storage", "efs.storage_gb_month", "GB", &[STORAGE_GB])]
}

/// What may be in a vault: of what the plans that fill it select, as far as that stands in the same stack.
fn vault(at: &At<'_>) -> Vec<Charge> {
    const KINDS: &[(&str, Usage, &str, &str)] = &[
        ("AWS::RDS::DBCluster", AURORA_GB, "Backups of Aurora", "backup.warm_gb_month.aurora"),
        ("AWS::RDS::DBInstance", RDS_GB, "Backups of RDS", "backup.warm_gb_month.rds"),
        ("AWS::DynamoDB::Table", DYNAMODB_GB, "Backups of tables", "backup.warm_gb_month.dynamodb"),
        ("AWS::S3::Bucket", S3_GB, "Backups of buckets", "backup.warm_gb_month.s3"),
        ("AWS::EFS::FileSystem", EFS_GB, "Backups of file systems", "backup.warm_gb_month.efs"),
        ("AWS::EC2::Volume", EBS_GB, "Backups of disks", "backup.warm_gb_month.ebs"),
    ];
    // A copy's vault stands in another region, beside none of what is copied there.
    let selections: Vec<At<'_>> = at
        .stage
        .stacks
        .iter()
        .flat_map(|stack| {
            let all = stack.resources.iter().filter(|(_, r)| r.resource_type == "AWS::Backup::BackupSelection");
            all.map(move |(id, resource)| At { id, resource, stack, ..*at })
        })
        .filter(|selection| selection.resource.owner.0 == at.resource.owner.0)
        .collect();
    let selected: Vec<&str> = selections
        .iter()
        .flat_map(|selection| {
            let arns = selection.items(&["BackupSelection", "Resources"]);
            let of = |arn: &Said<'_>| Some(selection.beside(arn.refers_to()?)?.resource.resource_type);
            arns.iter().filter_map(of).collect::<Vec<_>>()
        })
        .collect();
    let charge = |(_, usage, what, price): &(&str, Usage, &'static str, &'static str)| {
        Charge::used(*what, *price, "GB", &[*usage])
    };
    let known = KINDS.iter().filter(|(of, ..)| selected.is_empty() || selected.contains(of));
    known.map(charge).collect()
}

fn plan(at: &At<'_>) -> Vec<Charge> {
    let rules = at.items(&["BackupPlan", "BackupPlanRule"]);
    let copies = rules.iter().any(|rule| rule.get("CopyActions").is_some());
    let copied = Charge::used("Copies to another region", "backup.copy_gb", "GB", &[COPIED_GB]);
    copies.then_some(copied).into_iter().collect()
}

fn secret(_: &At<'_>) -> Vec<Charge> {
    vec![
        Charge::fixed("Secret", "secrets_manager.secret_month", "secrets", 1.0),
        Charge::used("Secret reads", "secrets_manager.calls", "calls", &[SECRET_READS]),
    ]
}

fn parameter(at: &At<'_>) -> Vec<Charge> {
    let advanced = Charge::fixed("Advanced parameter", "ssm.advanced_parameter_month", "parameters", 1.0);
    (at.text(&["Tier"]) == Some("Advanced")).then_some(advanced).into_iter().collect()
}

fn key(at: &At<'_>) -> Vec<Charge> {
    // Requests to keys of other kinds have other prices.
    let is_symmetric = at.text(&["KeySpec"]).is_none_or(|spec| spec == "SYMMETRIC_DEFAULT");
    let requests = if is_symmetric { "kms.requests" } else { "kms.requests.asymmetric" };
    vec![
        Charge::fixed("Key", "kms.key_month", "keys", 1.0),
        Charge::used("Key requests", requests, "requests", &[KEY_REQUESTS]),
    ]
}
