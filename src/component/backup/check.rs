//! What can be wrong with the settings of a backup.

use super::{Copy, Settings};
use crate::aws;
use crate::component::{Context, Neighbour};
use crate::diag::{Code, Diagnostic, a_quoted, did_you_mean};
use crate::part::range::Bounds;
use crate::part::schedule::{self, Form};
use crate::setting::Setting;
use crate::value::Value;

/// Codes of backups.
pub const CODES: &[Code] = &[CFN560, CFN561, CFN562, CFN563, CFN564];

/// `CFN560`: something that AWS Backup does not take.
pub const CFN560: Code = Code {
    id: "CFN560",
    explanation: "AWS Backup does not back this up\n\n\
        AWS Backup makes recovery points of databases (`postgres`), tables (`table`), buckets (`bucket`) and of some types of raw \
        CloudFormation, such as `AWS::EFS::FileSystem`, all in its own region (AWS Backup Developer Guide, \"Feature availability\"). It \
        finds them by their ARN, so that a raw resource has to give it: `attributes: {arn: Arn}`.\n\n\
        Queues and topics hold what is on its way: `dead_letters` keep what could not be worked on. Secrets are filled in again from \
        where they came.",
};

/// `CFN561`: a bucket without versions.
pub const CFN561: Code = Code {
    id: "CFN561",
    explanation: "AWS Backup takes only buckets that keep versions\n\n\
        It reads a bucket's versions to know what changed, and refuses a bucket that keeps none (AWS Backup Developer Guide, \"Amazon S3 \
        backups\"). Write `versioning: true` at the bucket, and an entry of `expire` with `noncurrent_days`: AWS Backup stores, and \
        bills, all versions that have not expired.",
};

/// `CFN562`: a schedule that AWS Backup does not take.
pub const CFN562: Code = Code {
    id: "CFN562",
    explanation: "AWS Backup does not take this schedule\n\n\
        A plan begins by `cron(…)`, at most once an hour; it knows neither `rate(…)` nor `at(…)` (AWS Backup API Reference, \
        BackupRule ScheduleExpression; AWS Backup Developer Guide, \"Backup plan options and configuration\").",
};

/// `CFN563`: a number of days that AWS Backup does not keep.
pub const CFN563: Code = Code {
    id: "CFN563",
    explanation: "AWS Backup does not keep recovery points that long, or that short\n\n\
        A recovery point is kept 1 to 36500 days (AWS::Backup::BackupVault LockConfiguration MinRetentionDays, MaxRetentionDays; AWS \
        Backup Developer Guide, \"Vault Lock\").",
};

/// `CFN564`: copies that would not be in another region.
pub const CFN564: Code = Code {
    id: "CFN564",
    explanation: "the copies do not come to another region\n\n\
        `copy` is for the day on which a region cannot be reached: its `region` is another one than that of the backup, of the same \
        partition (no copy leaves AWS in China, or GovCloud), and one that has AWS Backup.",
};

/// What the region of a vault must have.
const VAULT: &str = "AWS::Backup::BackupVault";

/// What AWS Backup takes, in a note.
const TAKES: &str =
    "AWS Backup takes `bucket`, `postgres` and `table`, and `resource` of some types: EFS, FSx, Timestream";

/// The kinds that AWS Backup takes, and that of raw CloudFormation.
const KINDS: &[&str] = &["bucket", "postgres", "table"];
const RAW: &str = "resource";

/// Raw types that AWS Backup takes, each with what `Fn::GetAtt` calls its ARN. Sources: AWS Backup Developer Guide, "What is AWS
/// Backup?", and "Return values" of each type; read 2026-11-22. Types without such an attribute are left out.
const RAW_TYPES: &[(&str, &str)] = &[
    ("AWS::DynamoDB::GlobalTable", "Arn"),
    ("AWS::DynamoDB::Table", "Arn"),
    ("AWS::EFS::FileSystem", "Arn"),
    ("AWS::FSx::FileSystem", "ResourceARN"),
    ("AWS::RDS::DBCluster", "DBClusterArn"),
    ("AWS::RDS::DBInstance", "DBInstanceArn"),
    ("AWS::S3::Bucket", "Arn"),
    ("AWS::Timestream::Table", "Arn"),
];

const DAYS: Bounds = Bounds { code: CFN563, taker: "AWS Backup", source: "AWS::Backup::BackupVault MinRetentionDays" };

/// Something that is backed up.
pub(super) struct Taken {
    /// Its ARN.
    pub arn: Value,
    /// Whether it needs the rights for Amazon S3.
    pub is_bucket: bool,
}

/// Reports what is wrong with the settings; gives what is backed up.
pub(super) fn check(backup: &Settings, on: &Context<'_>) -> Vec<Taken> {
    on.must_be_written(backup.schedule.origin, "schedule", "`cron(0 3 * * ? *)`");
    on.must_be_written(backup.keep_days.origin, "keep_days", "`7`");
    check_schedule(backup, on);
    schedule::check_zone(on, "timezone", &backup.timezone);
    DAYS.check(on, "keep_days", backup.keep_days, 1..=36_500, "days");
    if let Some(copy) = backup.copy.as_option() {
        if let Some(days) = copy.keep_days {
            DAYS.check(on, "copy.keep_days", days, 1..=36_500, "days");
        }
        check_region(copy, on);
    }
    // By what identifies them in AWS, so that a rename changes nothing.
    let mut names: Vec<&Setting<String>> = backup.of.iter().map(|(name, _)| name).collect();
    names.sort_by_key(|name| on.identity_of(&name.value));
    names.into_iter().filter_map(|name| taken(name, on)).collect()
}

fn check_schedule(backup: &Settings, on: &Context<'_>) {
    let written = &backup.schedule;
    let Some(form) = schedule::check(on, "schedule", written) else { return };
    let (fact, label) = match form {
        Form::Cron if schedule::recurs_within(&written.value, 59) => ("more often than once an hour", "too often"),
        Form::Cron => return,
        Form::Rate => ("which is no `cron(…)`", "AWS Backup knows no rates"),
        Form::At => ("which is no `cron(…)`", "AWS Backup knows no single times"),
    };
    let title = format!("`schedule` of `{}` is `{}`, {fact}", on.name, written.value);
    let diagnostic = on
        .at(Diagnostic::error(CFN562, title), written.origin, label)
        .note("AWS Backup begins by `cron(…)`, at most once an hour (AWS Backup API Reference, BackupRule)");
    let daily = ["rate(1 day)", "rate(24 hours)"].contains(&written.value.trim());
    on.report(match form {
        Form::Rate if daily => {
            let help = diagnostic.help("write `cron(0 3 * * ? *)`, every day at three");
            on.repair(help, written.origin, "\"cron(0 3 * * ? *)\"")
        }
        Form::Cron => diagnostic.help("name one minute: `cron(0 * * * ? *)` is every hour"),
        _ => diagnostic.help("write `cron(…)`: `cron(0 0/12 * * ? *)` is every twelve hours"),
    });
}

/// The partition that a region belongs to, as ARNs call it.
fn partition(region: &str) -> &str {
    let isolated = ["us-isob-", "us-isof-", "us-iso-", "eu-isoe-", "eusc-"];
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => isolated.into_iter().find(|prefix| region.starts_with(prefix)).unwrap_or("aws"),
    }
}

fn check_region(copy: &Copy, on: &Context<'_>) {
    let (own, region) = (on.stack().region, &copy.region);
    let refused = |title: String, label: &str| on.at(Diagnostic::error(CFN564, title), region.origin, label);
    if region.value == own {
        let title = format!("the copies of `{}` would stay in {own}", on.name);
        on.report(refused(title, "the region of the backup itself").help("name another region, or write `copy: none`"));
    } else if !aws::regions().any(|known| known == region.value) {
        let title = format!(
            "the copies of `{}` go to `{}`, which is no region that AWS is known to have",
            on.name, region.value
        );
        let diagnostic = refused(title, "not a known region");
        on.report(match did_you_mean(&region.value, aws::regions()) {
            Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), region.origin, near),
            None => diagnostic.help("write a region such as `eu-central-1`"),
        });
    } else if partition(&region.value) != partition(&own) {
        let title = format!("the copies of `{}` go to {}, another partition than {own}", on.name, region.value);
        on.report(
            refused(title, "of another partition")
                .note("accounts of one partition cannot reach another (AWS General Reference, \"ARNs\")")
                .help("name a region of the same partition"),
        );
    } else if aws::resource_type(VAULT).is_some_and(|vault| !vault.stands_in(&region.value)) {
        let title = format!("the copies of `{}` go to {}, which has no AWS Backup", on.name, region.value);
        on.report(refused(title, "without AWS Backup").help("name another region"));
    }
}

/// A component that is backed up; reports one that cannot be.
fn taken(name: &Setting<String>, on: &Context<'_>) -> Option<Taken> {
    let (attribute, is_bucket) = match on.neighbours.get(&name.value) {
        Some(found) if KINDS.contains(&found.kind.name) => ("arn", found.kind.name == "bucket"),
        Some(found) if found.kind.name == RAW => raw(name, found, on)?,
        Some(found) => {
            let title = format!("`of` of `{}` names `{}`, {}", on.name, name.value, a_quoted(found.kind.name));
            let diagnostic = refused(title, name, found, "not backed up", on).note(TAKES);
            on.report(diagnostic.help(match found.kind.name {
                "queue" => "remove it: `dead_letters` keep what could not be worked on",
                "nextjs" | "static_site" | "ssr_site" => "remove it: the next release builds the site again",
                _ => "remove it: it holds no data that AWS Backup knows",
            }));
            return None;
        }
        None => {
            on.neighbour(name, "of", KINDS);
            return None;
        }
    };
    let found = on.neighbours.get(&name.value)?;
    if found.region != on.stack().region {
        let title = format!(
            "`{}` stands in {}, and its backup `{}` in {}",
            name.value,
            found.region,
            on.name,
            on.stack().region
        );
        on.report(
            refused(title, name, found, "of another region", on)
                .note("a plan of AWS Backup backs up what is in its own region")
                .help("let both stand in one region"),
        );
        return None;
    }
    if let Some(versions) = found.interface.keeps_versions.filter(|versions| !versions.value) {
        let title = format!("`{}` backs up `{}`, a bucket that keeps no versions", on.name, name.value);
        let diagnostic = on
            .at(Diagnostic::error(CFN561, title), name.origin, "needs `versioning`")
            .context_if_known(on.origins, Some(found.origin), "declared here")
            .note("AWS Backup takes buckets with versions only (AWS Backup Developer Guide, \"Amazon S3 backups\")")
            .help(format!("write `versioning: true` at `{}`", name.value));
        on.report(on.repair(diagnostic, versions.origin, "true"));
    }
    Some(Taken { arn: on.attribute_of(name, attribute), is_bucket })
}

fn refused(title: String, name: &Setting<String>, found: &Neighbour, label: &str, on: &Context<'_>) -> Diagnostic {
    on.at(Diagnostic::error(CFN560, title), name.origin, label).context_if_known(
        on.origins,
        Some(found.origin),
        "declared here",
    )
}

/// The attribute of raw CloudFormation that holds its ARN, and whether it is a bucket.
fn raw<'n>(name: &Setting<String>, found: &'n Neighbour, on: &Context<'_>) -> Option<(&'n str, bool)> {
    let Some(written) = &found.interface.raw_type else {
        // It exists already: what its import calls `arn` is what it is found by.
        return Some(("arn", false));
    };
    let Some((_, path)) = RAW_TYPES.iter().find(|(known, _)| **known == written.value) else {
        let title = format!("`of` of `{}` names `{}`, which is `{}`", on.name, name.value, written.value);
        on.report(refused(title, name, found, "not backed up", on).note(TAKES).help("remove it"));
        return None;
    };
    let gives = found.interface.attributes.iter().find(|attribute| attribute.gives(path));
    if gives.is_none() {
        let title = format!("`of` of `{}` names `{}`, which does not give its ARN", on.name, name.value);
        on.report(
            refused(title, name, found, "no attribute holds its ARN", on)
                .help(format!("write `attributes: {{arn: {path}}}` at `{}`", name.value)),
        );
    }
    gives.map(|attribute| (attribute.name.as_str(), written.value == "AWS::S3::Bucket"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_types_are_there_and_have_their_attribute() {
        for (name, attribute) in RAW_TYPES {
            assert!(aws::resource_type(name).is_some_and(|of| of.has_attribute(attribute)), "{name} {attribute}");
        }
    }

    #[test]
    fn every_region_has_a_partition() {
        assert_eq!(["eu-west-1", "cn-north-1", "us-gov-west-1"].map(partition), ["aws", "aws-cn", "aws-us-gov"]);
        assert_ne!(partition("us-iso-east-1"), partition("us-isob-east-1"));
    }
}
