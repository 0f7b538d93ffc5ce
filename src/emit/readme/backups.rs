//! Recovery points of AWS Backup, as the templates say them.

use super::Parts;
use super::data::{self, BUCKET};
use super::recovery::days_of;
use crate::cfn::{Resource, Target};
use crate::link::Stack;
use crate::markdown::{names, shell};
use crate::value::{Kind, Value};

pub(super) const VAULT: &str = "AWS::Backup::BackupVault";
const PLAN: &str = "AWS::Backup::BackupPlan";

/// A component that makes recovery points.
pub(super) struct Backup<'a> {
    component: &'a str,
    stack: &'a Stack,
    plan: &'a Resource<Target>,
    /// The components that it backs up.
    of: &'a [String],
    /// The vault, and the one that copies go to, with its stack.
    vault: &'a str,
    copy: Option<(&'a str, &'a Stack)>,
    /// Whether its vaults stay when their stacks are deleted.
    stays: bool,
    is_locked: bool,
}

/// All backups of the stage.
pub(super) fn all<'a>(parts: &Parts<'a>) -> Vec<Backup<'a>> {
    let mut found = Vec::new();
    for stack in &parts.linked.stacks {
        for plan in stack.template.resources.iter().filter(|r| r.type_name() == PLAN) {
            let Some((component, _)) = stack.owners.get(&plan.id) else { continue };
            // Of raw CloudFormation it is not known what else belongs to it.
            let Some(backs_up) = parts.lowered.neighbours.get(component).map(|n| &n.interface.backs_up) else {
                continue;
            };
            let vaults: Vec<_> = vaults(parts, component).collect();
            let is_home = |place: &Stack| place.id.region == stack.id.region;
            let Some((_, vault)) = vaults.iter().find(|(place, _)| is_home(place)) else { continue };
            let Some(own) = name(vault) else { continue };
            let away = vaults.iter().find(|(place, _)| !is_home(place));
            found.push(Backup {
                component,
                stack,
                plan,
                of: backs_up,
                vault: own,
                copy: away.and_then(|(place, vault)| Some((name(vault)?, *place))),
                stays: data::stays(vault),
                is_locked: vault.properties.get("LockConfiguration").is_some(),
            });
        }
    }
    found
}

/// The vaults of a component, each with its stack.
fn vaults<'a>(parts: &Parts<'a>, component: &'a str) -> impl Iterator<Item = (&'a Stack, &'a Resource<Target>)> {
    let each = |stack: &'a Stack| stack.template.resources.iter().map(move |resource| (stack, resource));
    parts.linked.stacks.iter().flat_map(each).filter(move |(stack, resource)| {
        resource.type_name() == VAULT && stack.owners.get(&resource.id).is_some_and(|(owner, _)| owner == component)
    })
}

/// The name of a vault.
fn name(vault: &Resource<Target>) -> Option<&str> {
    vault.properties.get("BackupVaultName").and_then(Value::as_text)
}

impl<'a> Backup<'a> {
    /// Whether it backs up a component.
    pub fn covers(&self, component: &str) -> bool {
        self.of.iter().any(|name| name == component)
    }

    /// The region of the copies.
    pub fn copy_region(&self) -> Option<&'a str> {
        self.copy.map(|(_, stack)| stack.id.region.as_str())
    }

    /// The stack of the copies.
    pub fn copy_stack(&self) -> Option<&'a str> {
        self.copy.map(|(_, stack)| stack.name.as_str())
    }

    /// Its component.
    pub fn component(&self) -> &'a str {
        self.component
    }

    /// The regions in which a vault stays when its stack is deleted.
    pub fn keeps_in(&self) -> impl Iterator<Item = &'a str> {
        [Some(self.stack.id.region.as_str()), self.copy_region()].into_iter().flatten().filter(|_| self.stays)
    }

    /// Something of its one rule.
    fn rule(&self, path: &[&str]) -> Option<&'a Value<Target>> {
        self.plan.properties.at(&["BackupPlan", "BackupPlanRule", "0"])?.at(path)
    }

    fn days(&self, path: &[&str]) -> String {
        match self.rule(path).map(|value| &value.kind) {
            Some(Kind::Int(days)) => days_of(*days),
            _ => "as long as the plan says".to_owned(),
        }
    }

    /// What a row of the table says of it.
    pub fn told(&self) -> String {
        let copies = self.copy_region().map(|region| format!(", copies in {region}")).unwrap_or_default();
        format!("recovery points of `{}`{copies}", self.component)
    }

    /// The steps.
    pub fn section(&self, parts: &Parts<'_>) -> String {
        let text = |path: &[&str]| self.rule(path).and_then(Value::as_text).unwrap_or_default();
        let (region, vault) = (&self.stack.id.region, self.vault);
        let clock = self.rule(&["ScheduleExpressionTimezone"]).and_then(Value::as_text).unwrap_or("UTC");
        let mut said = format!(
            "\n### `{}`: recovery points\n\nAWS Backup makes one of each of {} by `{}` ({clock}), in the vault `{vault}` in {region}, and keeps it for {}.",
            self.component,
            names(self.of),
            text(&["ScheduleExpression"]),
            self.days(&["Lifecycle", "DeleteAfterDays"]),
        );
        if let Some((vault, Stack { id, .. })) = self.copy {
            let days = self.days(&["CopyActions", "0", "Lifecycle", "DeleteAfterDays"]);
            said.push_str(&format!(" A copy goes to the vault `{vault}` in {}, for {days}.", id.region));
        }
        if self.is_locked {
            said.push_str(" Until then nobody deletes it who may not take the lock from the vault.");
        }
        said.push('\n');
        let copies =
            self.copy.map(|(vault, stack)| format!(" # for the copies: region={} vault={vault}", stack.id.region));
        let from = "\"$region\"";
        said.push_str(&shell(&[
            format!("region={region} vault={vault}{}", copies.unwrap_or_default()),
            format!(
                "aws backup list-recovery-points-by-backup-vault --region {from} --backup-vault-name \"$vault\" --output table \\\n    --query 'RecoveryPoints[].[CreationDate,ResourceType,ResourceName,RecoveryPointArn]'"
            ),
        ]));
        said.push_str(
            "\nA database needs no more than that: its recovery point is a snapshot, whose ARN `restore_from` takes. All else is restored beside what is there:\n",
        );
        said.push_str(&shell(&[
            "point=… # the ARN of the recovery point".to_owned(),
            // The point knows who made it: where the region of the stage cannot be reached, its stacks cannot be asked.
            format!(
                "role=$(aws backup describe-recovery-point --region {from} --backup-vault-name \"$vault\" \\\n    --recovery-point-arn \"$point\" --query IamRoleArn --output text)"
            ),
            format!(
                "aws backup get-recovery-point-restore-metadata --region {from} --backup-vault-name \"$vault\" \\\n    --recovery-point-arn \"$point\" --query RestoreMetadata --output json >metadata.json"
            ),
            format!(
                "aws backup start-restore-job --region {from} --recovery-point-arn \"$point\" --iam-role-arn \"$role\" \\\n    --metadata file://metadata.json"
            ),
        ]));
        let has_bucket = data::all(parts).iter().any(|data| data.type_name() == BUCKET && self.covers(data.component));
        said.push_str("\nBefore the last command, say in `metadata.json` what is to be made: for a table `targetTableName`, a name that is free");
        if has_bucket {
            said.push_str(
                "; for a bucket `destinationBucketName`, which may be the bucket itself, since nothing in it is overwritten, and `newBucket`, then `\"false\"`",
            );
        }
        said.push_str(
            ". The names of all keys are in the AWS Backup Developer Guide, \"Restore a backup by resource type\".\n",
        );
        said
    }
}
