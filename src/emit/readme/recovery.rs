//! Recovery: what holds data, what keeps it, and the steps that bring it back.

use std::collections::BTreeSet;

use super::data::{self, BUCKET, Data, QUEUE};
use super::{Parts, backups, code, shell, steps, table};

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
            code(built)
        ));
    }
    let mut sections: Vec<String> = all.iter().filter_map(|data| steps::of(parts, data)).collect();
    sections.extend(backups.iter().map(|backup| backup.section(parts)));
    if !sections.is_empty() {
        text.push_str("\nThe commands below ask for the names that AWS gave by this function:\n");
        text.push_str(&shell(&[NAME_OF.to_owned()]));
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
    let copied: Vec<&str> = backups.iter().filter_map(|backup| backup.copy_region()).collect();
    let mut list = vec![match copied.first() {
        Some(region) => {
            format!("Write the new `region` in {layer}, such as `{region}`, where copies are; or the new `account`.")
        }
        None => format!("Write the new `region`, or the new `account`, in {layer}."),
    }];
    if !databases.is_empty() {
        let what = if copied.is_empty() {
            "the ARN of a snapshot that was copied there (`copy-db-cluster-snapshot`, or `copy-db-snapshot`, of `aws rds`)"
        } else {
            "the ARN of a copy of its recovery point"
        };
        list.push(format!("At {} write `restore_from`: {what}; with it, `database` and `username`.", code(databases)));
    }
    let backed_up = |data: &&Data<'_>| !is_database(data) && backups.iter().any(|backup| backup.covers(data.component));
    let restored: BTreeSet<&str> = all.iter().filter(backed_up).map(|data| data.component).collect();
    if !copied.is_empty() && !restored.is_empty() {
        list.push(format!(
            "What a restore job there made of {} is used by `import`, in the place of settings.",
            code(restored)
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
