//! Alarms of a backup.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Settings;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Count, above};

/// Alarms of a backup. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Recovery points that could not be made: more than 0 in an hour unless written.
    failures: Choice<Count>,
    /// Recovery points that could not be copied to the other region: more than 0 in an hour unless written.
    copy_failures: Choice<Count>,
}

impl Alarms {
    /// The alarms of `backup`.
    pub(super) fn watched(&self, backup: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let failed = |name, vault| Metric::sum("AWS/Backup", name, vec![("BackupVaultName", vault)]);
        let hourly = |name, bound, measure, says: String| above(on, name, bound, measure, says).over(3600, 1, 1);
        let rule = "an alarm rings when a recovery point could not be made";
        let made = self.failures.bound(on, rule, &[], 0.0).map(|bound| {
            let says = format!("Recovery points of {} could not be made", on.identity());
            let made = failed("NumberOfBackupJobsFailed", on.own("vault_name"));
            hourly("failures", bound, Measure::Metric(made), says)
        });
        let rule = "an alarm rings when a recovery point could not be copied";
        let copied = self.copy_failures.bound(on, rule, &[], 0.0).filter(|_| backup.copy.as_option().is_some());
        let copied = copied.map(|bound| {
            let says = format!("Recovery points of {} could not be copied to the other region", on.identity());
            // No document of AWS says whether a copy counts for the vault that it comes from or for that which it goes to.
            let copied = |vault| failed("NumberOfCopyJobsFailed", vault);
            let measure = Measure::Sum(copied(on.own("vault_name")), copied(Settings::copy_name(on)));
            hourly("copy_failures", bound, measure, says)
        });
        made.into_iter().chain(copied).collect()
    }
}
