//! `backup`: recovery points of what holds data, made by AWS Backup at their times, and copied to another region if wanted.
//!
//! What is backed up is named by its ARN: a selection by tags would obey settings of the account that no file shows. The vault of
//! the copies stands in a stack of that region which holds nothing else and is deployed before; its ARN crosses regions as a
//! parameter. Stack and vault bear names that the stage itself never has there: it may be made again where its copies are.

mod alarms;
mod check;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, MAIN, Policies, StackId, StackName, Watched,
    count,
};
use crate::part::alarm::Choice;
use crate::part::schedule::UTC;
use crate::setting::{Keyed, OrNone, Setting};
use crate::value::Value;

use alarms::Alarms;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "backup",
    "Recovery points of databases, tables and buckets by AWS Backup, and copies of them in another region.",
    StackName::Data,
)
.drawn(Group::Operations)
.imports(&["vault_arn"])
.outputs(&["vault_name", "plan_id", "role_arn", "copy_vault_arn"])
.chosen_attributes(&[("copy_vault_arn", "copy")])
.codes(&[check::CODES]);

/// Settings of a backup.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What is backed up, by name: components of the kinds `postgres`, `table` and `bucket` (with `versioning`), and a `resource` of
    /// a type that AWS Backup takes and that gives its ARN.
    #[schemars(extend("minProperties" = 1), example = serde_json::json!({"ReggieDb": {}}))]
    of: Keyed<Of>,
    /// When it begins: `cron(0 3 * * ? *)`, at most once an hour. AWS Backup begins within eight hours of it. Must be written on a
    /// permanent stage.
    #[schemars(extend("default" = "cron(0 3 * * ? *)"))]
    schedule: Setting<String>,
    /// The clock that it goes by, as the IANA names it.
    #[schemars(extend("default" = "UTC"), example = &"Europe/London")]
    timezone: Setting<String>,
    /// How many days a recovery point is kept, 1 to 36500. Must be written on a permanent stage.
    #[schemars(extend("default" = 7))]
    keep_days: Setting<u32>,
    /// Copies each recovery point to a vault in another region, which is made there.
    #[schemars(extend("default" = "none"))]
    copy: OrNone<Copy>,
    /// Whether nobody may delete a recovery point before its time, or keep one longer, until someone takes the lock away who is
    /// permitted to (AWS Backup's governance mode).
    #[schemars(extend("default" = false))]
    lock: Setting<bool>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    alarms: Choice<Alarms>,
}

/// Something that is backed up; it says nothing more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Of {}

/// Copies in another region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// The region; another one than that of the stage.
    #[schemars(example = &"eu-west-1")]
    region: Setting<String>,
    /// How many days a copy is kept, 1 to 36500; as long as what it is a copy of unless written.
    #[schemars(example = &90)]
    keep_days: Option<Setting<u32>>,
}

impl Copy {
    fn keep_days(&self, backup: &Settings) -> Setting<u32> {
        self.keep_days.unwrap_or(backup.keep_days)
    }
}

/// The scope of the vault of the copies.
const COPY: &str = "Copy";

/// What the name of that vault ends with: where copies are, the stage may have a vault of its own one day.
const COPY_NAME: &str = "-copy";

/// The most characters of the name of a vault (AWS::Backup::BackupVault BackupVaultName).
const LONGEST_NAME: usize = 50;

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut attributes = vec![
            on.from_local("vault_arn", MAIN, Some("BackupVaultArn")),
            on.from_local("vault_name", MAIN, None),
            on.from_local("plan_id", "Plan", None),
            on.from_local("role_arn", "Role", Some("Arn")),
        ];
        if self.copy.as_option().is_some() {
            attributes.push(on.from_local("copy_vault_arn", COPY, Some("BackupVaultArn")));
        }
        let backs_up = self.of.iter().map(|(name, _)| name.value.clone()).collect();
        Interface { attributes, backs_up, ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let copy = self.copy.as_option();
        Described::of(on, "AWS Backup")
            .fact(self.schedule.value.clone())
            .named("Kept", count(self.keep_days.value as usize, "day"))
            .fact_if(copy.map(|copy| format!("copies in {}", copy.region.value)))
            .fact_if(self.lock.value.then_some("locked"))
            .with(on, How::Watches, self.of.iter().map(|(name, _)| (name.value.clone(), "recovery points".to_owned())))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        let taken = check::check(self, on);
        let copy = self.copy.as_option();
        let plan = Plan {
            name: on.physical_name("", LONGEST_NAME),
            rule: on.text("a plan has one rule, named after its component", &[on.identity_origin()], on.identity()),
            vault: on.local(MAIN, None),
            schedule: self.schedule.clone(),
            timezone: (!UTC.contains(&self.timezone.value.as_str())).then(|| self.timezone.clone()),
            keep_days: self.keep_days,
            copy: copy.map(|copy| CopyPlan { vault: on.own("copy_vault_arn"), keep_days: copy.keep_days(self) }),
            has_buckets: taken.iter().any(|taken| taken.is_bucket),
            resources: Value::list(on.origin, taken.into_iter().map(|taken| taken.arn).collect()),
            policies: on.policies(false),
            tags: on.tags(),
            tag_map: on.tag_map(),
        };
        let vault = self.vault(on, "", self.keep_days, None);
        let mut fragments = vec![on.fragment("backup_vault", &vault), on.fragment("backup", &plan)];
        fragments.extend(copy.map(|copy| {
            let described = on.text(
                "copies in another region are encrypted with a key of that region",
                &[copy.region.origin, on.identity_origin()],
                format!("Copies of the recovery points of {}", on.identity()),
            );
            let vault = self.vault(on, COPY_NAME, copy.keep_days(self), Some(described));
            let stack = StackId::of(StackName::Copies, on.identity(), &copy.region.value);
            on.fragment_in(stack, "backup_vault", &vault).scoped(COPY)
        }));
        fragments
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }
}

impl Settings {
    /// The name of the vault of the copies, as figures have it.
    fn copy_name(on: &Context<'_>) -> Value {
        let name = format!("{}-{}-{}{COPY_NAME}", on.project.value, on.stage.name.value, on.identity());
        on.text("the vault of the copies is named after its component", &[on.identity_origin()], name)
    }

    fn vault(&self, on: &Context<'_>, suffix: &str, keep_days: Setting<u32>, key: Option<Value>) -> Vault {
        Vault {
            name: on.physical_name(suffix, LONGEST_NAME),
            key,
            lock: self.lock.value.then(|| {
                let rule = "a locked vault keeps each recovery point as long as the plan says";
                on.setting(rule, &[self.lock.origin, keep_days.origin], keep_days.value)
            }),
            policies: on.policies(false),
            tags: on.tags(),
            tag_map: on.tag_map(),
        }
    }
}

#[derive(Serialize)]
struct Vault {
    name: Value,
    /// What the vault's own key is for; without it, AWS Backup's key of the region is used.
    key: Option<Value>,
    lock: Option<Setting<u32>>,
    policies: Policies,
    tags: Option<Value>,
    tag_map: Option<Value>,
}

#[derive(Serialize)]
struct Plan {
    name: Value,
    rule: Value,
    vault: Value,
    schedule: Setting<String>,
    timezone: Option<Setting<String>>,
    keep_days: Setting<u32>,
    copy: Option<CopyPlan>,
    has_buckets: bool,
    resources: Value,
    policies: Policies,
    tags: Option<Value>,
    tag_map: Option<Value>,
}

#[derive(Serialize)]
struct CopyPlan {
    vault: Value,
    keep_days: Setting<u32>,
}
