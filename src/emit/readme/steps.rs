//! The steps that bring back what one resource held.

use super::Parts;
use super::data::{BUCKET, CLUSTER, Data, INSTANCE, QUEUE, TABLE};
use super::recovery::days_of;
use crate::component::kebab;
use crate::markdown::shell;
use crate::value::Kind;

/// A time, as the commands take it.
const AT: &str = "at=2027-01-31T09:00:00Z # to when, in UTC";

/// The steps for a resource; none where nothing brings it back by itself.
pub(super) fn of(parts: &Parts<'_>, data: &Data<'_>) -> Option<String> {
    match data.type_name() {
        CLUSTER | INSTANCE => Some(database(parts, data)),
        TABLE => data.rewinds().map(|days| table(data, days)),
        BUCKET if data.keeps_versions() => Some(versions(data)),
        QUEUE => data.dead_letters().map(|dead| dead_letters(data, &dead.id)),
        _ => None,
    }
}

fn head(data: &Data<'_>, what: &str) -> String {
    format!("\n### `{}`: {what}\n", data.component)
}

/// The options and words by which the CLI tells a cluster from an instance.
struct Words {
    of: &'static str,
    source: &'static str,
    target: &'static str,
    time: &'static str,
    groups: &'static str,
}

const OF_CLUSTER: Words = Words {
    of: "cluster",
    source: "--source-db-cluster-identifier",
    target: "--db-cluster-identifier",
    time: "--restore-to-time",
    groups: "VpcSecurityGroupIds",
};
const OF_INSTANCE: Words = Words {
    of: "instance",
    source: "--source-db-instance-identifier",
    target: "--target-db-instance-identifier",
    time: "--restore-time",
    groups: "VPCSecurityGroups",
};

fn database(parts: &Parts<'_>, data: &Data<'_>) -> String {
    let words = if data.type_name() == CLUSTER { &OF_CLUSTER } else { &OF_INSTANCE };
    let (region, of) = (data.region(), words.of);
    let snapshot = if data.type_name() == CLUSTER { "db-cluster-snapshot" } else { "db-snapshot" };
    let mut text = String::new();
    if let Some(days) = data.rewinds() {
        let new = format!("{}-{}-{}-restored", parts.project(), parts.stage(), kebab(data.component));
        let beside = |option: &str, path: &[&str]| {
            data.referred(path).map(|id| format!(" \\\n    {option} \"{}\"", data.name_of(id))).unwrap_or_default()
        };
        let scaling = scaling(data).map(|said| format!(" \\\n    --serverless-v2-scaling-configuration {said}"));
        let places = [
            scaling.unwrap_or_default(),
            beside("--db-subnet-group-name", &["DBSubnetGroupName"]),
            beside("--vpc-security-group-ids", &[words.groups, "0"]),
        ];
        text.push_str(&head(data, &format!("as it was at a second of the last {}", days_of(days))));
        text.push_str("\nThis makes a new database beside the old one, and a snapshot of it.\n");
        text.push_str(&shell(&[
            AT.to_owned(),
            format!("old={}", data.name_of(&data.resource.id)),
            format!("new={new}"),
            format!(
                "aws rds restore-db-{of}-to-point-in-time --region {region} {} \"$old\" {} \"$new\" \\\n    {} \"$at\"{}",
                words.source,
                words.target,
                words.time,
                places.concat()
            ),
            format!("aws rds wait db-{of}-available --region {region} --db-{of}-identifier \"$new\""),
            format!(
                "aws rds create-{snapshot} --region {region} --db-{of}-identifier \"$new\" --{snapshot}-identifier \"$new\""
            ),
            format!("aws rds wait {snapshot}-available --region {region} --{snapshot}-identifier \"$new\""),
        ]));
        text.push_str(&taken_over(parts, data, &new));
    }
    if data.leaves_snapshot() {
        let (list, time) = if of == "cluster" {
            ("DBClusterSnapshots", "DBClusterSnapshotIdentifier")
        } else {
            ("DBSnapshots", "DBSnapshotIdentifier")
        };
        text.push_str(&head(data, "from its last snapshot"));
        text.push_str("\nWhen its stack deletes it, CloudFormation leaves a snapshot. Its identifier goes to `restore_from` as above.\n");
        text.push_str(&shell(&[format!(
            "aws rds describe-{snapshot}s --region {region} --snapshot-type manual \\\n    --query '{list}[].[SnapshotCreateTime,{time}]' --output table"
        )]));
    }
    text
}

/// How far the capacity of a cluster goes, as the CLI takes it.
fn scaling(data: &Data<'_>) -> Option<String> {
    let capacity = |of| match &data.property(&["ServerlessV2ScalingConfiguration", of])?.kind {
        Kind::Int(units) => Some(format!("{of}={units}")),
        Kind::Float(units) => Some(format!("{of}={units}")),
        _ => None,
    };
    Some(format!("{},{}", capacity("MinCapacity")?, capacity("MaxCapacity")?))
}

/// How a snapshot comes to be used.
fn taken_over(parts: &Parts<'_>, data: &Data<'_>, snapshot: &str) -> String {
    let names =
        ["database", "username"].map(|name| parts.said(data.component, name).map(|said| format!(", `{name}: {said}`")));
    let mut names: String = names.into_iter().flatten().collect();
    // One that is written is unique in its region.
    if data.property(&["DBClusterIdentifier"]).or_else(|| data.property(&["DBInstanceIdentifier"])).is_some() {
        names.push_str(" and another `identifier`");
    }
    let component = data.component;
    format!(
        "\nTo use it, write a second component: the settings of `{component}`, `restore_from: {snapshot}`{names}. Let what links to `{component}` and names its \
        attributes name the second one, build, deploy. `{component}` leaves the manifest in a later build, which says what is to be acknowledged. To copy only \
        some rows back, sign in to the new database with the login of `{component}`{} and use `pg_dump`.\n",
        if data.type_name() == CLUSTER {
            ", once it has an instance (`aws rds create-db-instance --engine aurora-postgresql --db-instance-class db.serverless --db-cluster-identifier \"$new\" \
            --db-instance-identifier \"$new\"`),"
        } else {
            ""
        }
    )
}

fn table(data: &Data<'_>, days: i64) -> String {
    let region = data.region();
    let mut text = head(data, &format!("as it was at a second of the last {}", days_of(days)));
    text.push_str(&shell(&[
        AT.to_owned(),
        format!("old={}", data.name_of(&data.resource.id)),
        format!(
            "aws dynamodb restore-table-to-point-in-time --region {region} --source-table-name \"$old\" \\\n    --target-table-name \"$old-restored\" --restore-date-time \"$at\""
        ),
        format!("aws dynamodb wait table-exists --region {region} --table-name \"$old-restored\""),
    ]));
    text.push_str(&format!(
        "\nTo use the new table at once, write `import: {{name: …}}` with its name in the place of the settings of `{}`, and acknowledge that the old one \
        leaves its stack, as the build says; or copy items back. Its stream, time to live, \
        tags and protection are not those of the old one (DynamoDB Developer Guide, \"Point-in-time recovery\").\n",
        data.component
    ));
    text
}

fn versions(data: &Data<'_>) -> String {
    let region = data.region();
    let mut text = head(data, "an earlier version of an object");
    text.push_str(&shell(&[
        format!("bucket={}", data.name_of(&data.resource.id)),
        "key=… # the name of the object".to_owned(),
        format!(
            "aws s3api list-object-versions --region {region} --bucket \"$bucket\" --prefix \"$key\" --output table \\\n    --query '[Versions[].[LastModified,VersionId,Key],DeleteMarkers[].[LastModified,VersionId,Key]]'"
        ),
        "version=… # what was overwritten: an earlier version becomes the newest".to_owned(),
        format!(
            "aws s3api copy-object --region {region} --bucket \"$bucket\" --key \"$key\" --copy-source \"$bucket/$key?versionId=$version\""
        ),
        "marker=… # what was deleted: it is back when its delete marker is gone".to_owned(),
        format!("aws s3api delete-object --region {region} --bucket \"$bucket\" --key \"$key\" --version-id \"$marker\""),
    ]));
    text
}

fn dead_letters(data: &Data<'_>, dead: &str) -> String {
    let region = data.region();
    let days = data.stack.template.resource(dead).and_then(|dead| {
        let queue = Data { resource: dead, ..*data };
        queue.number(&["MessageRetentionPeriod"])
    });
    let kept = days.map(|seconds| format!(" They are kept for {} after they were sent.", days_of(seconds / 86_400)));
    let mut text = head(data, "messages that could not be worked on");
    text.push_str(&format!(
        "\nThis puts dead letters back into the queue that they came from.{}\n",
        kept.unwrap_or_default()
    ));
    text.push_str(&shell(&[
        format!(
            "arn=$(aws sqs get-queue-attributes --region {region} --queue-url \"{}\" \\\n    --attribute-names QueueArn --query Attributes.QueueArn --output text)",
            data.name_of(dead)
        ),
        format!("aws sqs start-message-move-task --region {region} --source-arn \"$arn\""),
    ]));
    text
}
