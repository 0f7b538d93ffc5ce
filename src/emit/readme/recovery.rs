//! Recovery: what holds data, what keeps it, and the steps that bring it back.

use std::collections::BTreeSet;

use super::data::{self, BUCKET, Data, QUEUE};
use super::{Parts, backups, steps};
use crate::markdown::{names, shell, table};

/// The section.
pub(super) fn section(parts: &Parts<'_>) -> String {
    let (all, backups) = (data::all(parts), backups::all(parts));
    let mut text = "\n## Recovery\n".to_owned();
    if all.is_empty() {
        text.push_str("\nNothing here holds data of its own: a deploy makes all of it again.\n");
    }
    let rows: Vec<Vec<String>> =
        all.iter().filter(|data| !is_dead_letters(data, &all)).map(|d| row(d, &backups)).collect();
    text.push_str(&table(&["component", "holds its data in", "when its stack is deleted", "comes back from"], &rows));
    let built: BTreeSet<&str> = parts
        .lowered
        .neighbours
        .iter()
        .filter(|(_, n)| n.interface.build.is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    if !built.is_empty() {
        let verb = if built.len() == 1 { "holds" } else { "hold" };
        text.push_str(&format!(
            "\n{} {verb} only what a release brings: `deploy.sh` puts it there again.\n",
            names(built)
        ));
    }
    let mut sections: Vec<String> = all.iter().filter_map(|data| steps::of(parts, data)).collect();
    sections.extend(backups.iter().map(|backup| backup.section(parts)));
    if !sections.is_empty() {
        text.push_str("\nThe commands below ask for the names that AWS gave by this function:\n");
        text.push_str(&shell(&[NAME_OF.to_owned()]));
        text.push_str(&without_stacks(parts, &all, &backups));
        sections.iter().for_each(|section| text.push_str(section));
    }
    if !all.is_empty() {
        text.push_str(&elsewhere(parts, &all, &backups));
    }
    text
}

/// What asks for the name of a resource.
const NAME_OF: &str = "name_of() { # REGION STACK LOGICAL_ID
    aws cloudformation describe-stack-resource --region \"$1\" --stack-name \"$2\" --logical-resource-id \"$3\" \\
        --query StackResourceDetail.PhysicalResourceId --output text
}";

/// How what stayed is found when its stack is gone, and comes back into one; nothing where nothing stays.
fn without_stacks(parts: &Parts<'_>, all: &[Data<'_>], backups: &[backups::Backup<'_>]) -> String {
    let staying = all.iter().filter(|data| data.stays()).map(|data| data.region());
    let regions: BTreeSet<&str> = staying.chain(backups.iter().flat_map(backups::Backup::keeps_in)).collect();
    if regions.is_empty() {
        return String::new();
    }
    let (project, stage) = (parts.project(), parts.stage());
    let tags = format!("Key=project,Values={project} Key=stage,Values={stage}");
    let find = |region: &str| {
        format!(
            "aws resourcegroupstaggingapi get-resources --region {region} --tag-filters {tags} \\\n    --query 'ResourceTagMappingList[].ResourceARN' --output table"
        )
    };
    let vaults = if backups.iter().any(|backup| backup.keeps_in().next().is_some()) {
        " A vault that stayed keeps its name, and no stack can make it a second time: it is taken in, or the backup gets another name."
    } else {
        ""
    };
    format!(
        "\nA stack that is gone tells no names. The tags of what stayed do, and `reggie-cfn import {stage}` takes it into a stack again, before a deploy makes another one, \
        which is empty.{vaults}\n{}",
        shell(&regions.into_iter().map(find).collect::<Vec<_>>())
    )
}

/// Whether it is what takes the dead letters of another queue of its component, which says so.
fn is_dead_letters(data: &Data<'_>, all: &[Data<'_>]) -> bool {
    let takes = |other: &Data<'_>| {
        other.component == data.component && other.dead_letters().is_some_and(|dead| dead.id == data.resource.id)
    };
    data.type_name() == QUEUE && all.iter().any(takes)
}

fn row(data: &Data<'_>, backups: &[backups::Backup<'_>]) -> Vec<String> {
    let protected = if data.is_protected() { "; until `--unprotect`, AWS refuses" } else { "" };
    let mut from = Vec::new();
    from.extend(data.rewinds().map(|days| format!("any second of the last {}", days_of(days))));
    if data.type_name() == BUCKET && data.keeps_versions() {
        from.push("versions of what was overwritten or deleted".to_owned());
    }
    from.extend(data.dead_letters().map(|_| "dead letters".to_owned()));
    if data.leaves_snapshot() {
        from.push("the last snapshot".to_owned());
    }
    from.extend(backups.iter().filter(|backup| backup.covers(data.component)).map(backups::Backup::told));
    if from.is_empty() {
        from.push("nowhere".to_owned());
    }
    vec![format!("`{}`", data.component), data.word(), format!("{}{protected}", data.fate()), from.join("; ")]
}

/// `1 day`, `14 days`.
pub(super) fn days_of(days: i64) -> String {
    if days == 1 { "day".to_owned() } else { format!("{days} days") }
}

/// How the stage is made again where nothing of it is left.
fn elsewhere(parts: &Parts<'_>, all: &[Data<'_>], backups: &[backups::Backup<'_>]) -> String {
    let layer = parts.layer();
    let is_database = |data: &&Data<'_>| [data::CLUSTER, data::INSTANCE].contains(&data.type_name());
    let databases: BTreeSet<&str> = all.iter().filter(is_database).map(|data| data.component).collect();
    let copying: Vec<&backups::Backup<'_>> = backups.iter().filter(|backup| backup.copy_region().is_some()).collect();
    let copied: Vec<&str> = copying.iter().filter_map(|backup| backup.copy_region()).collect();
    let mut list = vec![match copied.first() {
        Some(region) => {
            format!("Write the new `region` in {layer}, such as `{region}`, where copies are; or the new `account`.")
        }
        None => format!("Write the new `region`, or the new `account`, in {layer}."),
    }];
    if !copied.is_empty() {
        list.push(format!(
            "At {} write `copy: none`; a later build may name a third region. The copies so far stay in {}, which no deploy there touches.",
            names(copying.iter().map(|backup| backup.component())),
            names(copying.iter().filter_map(|backup| backup.copy_stack()).collect::<BTreeSet<_>>())
        ));
    }
    if !databases.is_empty() {
        let what = if copied.is_empty() {
            "the ARN of a snapshot that was copied there (`copy-db-cluster-snapshot`, or `copy-db-snapshot`, of `aws rds`)"
        } else {
            "the ARN of a copy of its recovery point"
        };
        list.push(format!("At {} write `restore_from`: {what}; with it, `database` and `username`.", names(databases)));
    }
    let backed_up = |data: &&Data<'_>| !is_database(data) && backups.iter().any(|backup| backup.covers(data.component));
    let restored: BTreeSet<&str> = all.iter().filter(backed_up).map(|data| data.component).collect();
    if !copied.is_empty() && !restored.is_empty() {
        list.push(format!(
            "What a restore job there made of {} is used by `import`, in the place of settings.",
            names(restored)
        ));
    }
    list.push(format!(
        "`reggie-cfn build {stage}` says what is to be acknowledged; `reggie-cfn secrets {stage}` says which secrets to fill there, and how.",
        stage = parts.stage()
    ));
    list.push("Run `deploy.sh`. It sets the records of the hosts when all that they lead to is there.".to_owned());
    let numbered: Vec<String> = list.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)).collect();
    format!(
        "\n### All of it, in another region or account\n\nEverything but the data stands in git.\n\n{}\n",
        numbered.join("\n")
    )
}
