//! What the manifest says of a database.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::alarms::Alarms;
use crate::part::alarm::Choice;
use crate::setting::{Seconds, Setting, Text};

/// Settings of a `postgres`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `aurora` (Serverless v2, paid by used capacity) or `instance` (one machine of fixed size). Changing it makes a
    /// new, empty database.
    #[schemars(extend("default" = "aurora"))]
    pub engine: Setting<Engine>,
    /// The `vpc` whose private subnets it sits in; at least two zones.
    #[schemars(example = &"ReggieVpc")]
    pub vpc: Setting<String>,
    /// The version of PostgreSQL in quotation marks: a major alone (`"17"`, AWS chooses the minor at creation) or a
    /// pinned minor (`"17.7"`). Must be written on a permanent stage.
    #[schemars(extend("default" = "17"), example = &"17.7")]
    pub version: Setting<String>,
    /// The database that is created in it; the project's name in snake_case unless written. Create-only. 1 to 63
    /// letters, digits and underscores.
    #[schemars(example = &"reggie")]
    pub database: Option<Setting<String>>,
    /// The master user. Create-only. 1 to 63 letters, digits and underscores; not a word that PostgreSQL or RDS
    /// reserves.
    #[schemars(extend("default" = "app"))]
    pub username: Setting<String>,
    /// Engine `aurora`: how far the capacity goes down and up. Must be written on a permanent stage.
    #[schemars(extend("default" = {}), example = ScalingExample::default())]
    pub scaling: Setting<Scaling>,
    /// Engine `aurora`: members beside the writer, 0 to 15. They answer at `reader_host`, the first takes over when
    /// the writer fails, and each costs as much as the writer. Behind a proxy they add an endpoint of their own, which
    /// is priced.
    #[schemars(extend("default" = 0))]
    pub readers: Setting<u32>,
    /// Engine `instance`: the instance class. Must be written on a permanent stage.
    #[schemars(extend("default" = "db.t4g.micro"))]
    pub instance: Setting<String>,
    /// Engine `instance`: the disk in GB, 20 to 65536; it can grow, and never shrink. Must be written on a permanent
    /// stage.
    #[schemars(extend("default" = 20))]
    pub storage_gb: Setting<u32>,
    /// Engine `instance`: a second machine in another zone takes over on failure; doubles the price. Must be written
    /// on a permanent stage.
    #[schemars(extend("default" = false))]
    pub multi_zone: Setting<bool>,
    /// The snapshot (its identifier, or its ARN if shared) that the first create starts from; keep it for good,
    /// because removing or changing it makes a new database. The snapshot brings the database, the user and the
    /// encryption: `database` and `username` must name what is in it, and an unencrypted snapshot is to be copied with
    /// a key before.
    #[schemars(example = &"reggie-before-the-move")]
    pub restore_from: Option<Setting<String>>,
    /// Whether AWS installs new minor versions in the maintenance window; only with a major alone as `version`.
    #[schemars(extend("default" = false))]
    pub minor_upgrades: Setting<bool>,
    /// How many days it can be rewound to any second, 1 to 35. Must be written on a permanent stage.
    #[schemars(extend("default" = 1))]
    pub backup_days: Setting<u32>,
    /// The master password: `${secrets.Name.value}` of a secret with `store: secrets_manager`. Use letters and digits
    /// only, so that `url` parses. Generated unless written.
    #[schemars(example = &"${secrets.DatabasePassword.value}")]
    pub password: Option<Text>,
    /// Parameters of PostgreSQL, laid over the default ones of the version; those of the cluster for `aurora`.
    #[serde(default)]
    #[schemars(example = &BTreeMap::from([("log_min_duration_statement", "1000")]))]
    pub parameters: BTreeMap<String, Setting<String>>,
    /// Its physical name in lower case; chosen by CloudFormation unless written. Create-only, and one per account and
    /// region: put `${stage}` in it. With it, its log goes to CloudWatch, into a group that keeps it `log_days`.
    #[schemars(example = &"reggie-${stage}")]
    pub identifier: Option<Setting<String>>,
    /// Whether consumers connect through RDS Proxy, which pools connections. Priced by the hour, and it keeps Aurora
    /// awake.
    #[schemars(extend("default" = false))]
    pub proxy: Setting<bool>,
    /// When somebody is told, where the stage has a `monitoring`; `none` is never.
    #[serde(default)]
    pub alarms: Choice<Alarms>,
}

/// How the database is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Aurora Serverless v2: storage across three zones, capacity that follows the load.
    Aurora,
    /// One RDS instance with its disk.
    Instance,
}

/// The capacity of Aurora in ACU (2 GB of memory each, with the processor to match), in steps of 0.5.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// The least capacity, 0 to 256 ACU. With 0 it pauses when no one is connected, and takes about 15 seconds to wake.
    #[schemars(extend("default" = 0))]
    pub min: Setting<f64>,
    /// The most capacity, 1 to 256 ACU; the ceiling of the bill.
    #[schemars(extend("default" = 1))]
    pub max: Setting<f64>,
    /// With `min: 0`, after how long without connections it pauses: 300 seconds to one day; 300 unless written.
    pub pause_after: Option<Setting<Seconds>>,
}

/// What `scaling` looks like.
#[derive(Serialize)]
struct ScalingExample {
    min: f64,
    max: u32,
}

impl Default for ScalingExample {
    fn default() -> Self {
        ScalingExample { min: 0.5, max: 4 }
    }
}
