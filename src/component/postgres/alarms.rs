//! Alarms of a database.

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::{Engine, Settings};
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Choice, Percent, Time, above, seconds};
use crate::setting::Setting;
use crate::value::Value;

/// Alarms of a database. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// How much of its capacity is used: of `scaling.max`, or of the processor of an instance. Above 80 % unless written, for a quarter of
    /// an hour.
    capacity: Choice<Percent>,
    /// How many of the connections that it takes are open: above 80 % unless written. It takes as many as `parameters.max_connections`
    /// says, or else as its memory holds.
    connections: Choice<Percent>,
    /// Engine `instance`: how much of its disk is full: above 80 % unless written.
    storage: Choice<Percent>,
    /// Engine `aurora` with `readers`: how far they are behind the writer. More than 1 second unless written.
    lag: Choice<Time>,
}

impl Alarms {
    /// The alarms of `database`.
    pub(super) fn watched(&self, database: &Settings, on: &Context<'_>) -> Vec<Watched> {
        let name = on.identity();
        let aurora = database.engine.value == Engine::Aurora;
        let dimensions = if aurora {
            // Members change their roles when the writer fails; the alarm follows the role.
            let why = on.rule("what is written to is watched, whichever member that is", &[]);
            vec![("DBClusterIdentifier", on.own("identifier")), ("Role", Value::text(why, "WRITER"))]
        } else {
            vec![("DBInstanceIdentifier", on.own("identifier"))]
        };
        let metric = |name, statistic| Metric::sum("AWS/RDS", name, dimensions.clone()).by(statistic);
        let mut watched = Vec::new();
        let rule = "an alarm rings when more than 80 % of the capacity is used";
        if let Some(bound) = self.capacity.bound(on, rule, &[], 80.0) {
            let used = metric(if aurora { "ACUUtilization" } else { "CPUUtilization" }, "Average");
            let says = format!("{name} uses more than {} % of its capacity", bound.value);
            watched.push(above(on, "capacity", bound, Measure::Metric(used), says).over(300, 3, 3));
        }
        let rule = "an alarm rings when more than 80 % of the connections are open";
        if let Some((bound, most)) = self.connections.bound(on, rule, &[], 80.0).zip(most_connections(database, on)) {
            let says = format!("More than {} % of the {} connections of {name} are open", bound.value, most.value);
            let number = (f64::from(most.value) * bound.value / 100.0).floor();
            let bound = on.setting("a share of the connections that it takes", &[bound.origin, most.origin], number);
            let open = Measure::Metric(metric("DatabaseConnections", "Maximum"));
            watched.push(above(on, "connections", bound, open, says).over(60, 5, 5));
        }
        let rule = "an alarm rings when more than 80 % of the disk is full";
        if !aurora && let Some(bound) = self.storage.bound(on, rule, &[], 80.0) {
            let says = format!("The disk of {name} is more than {} % full", bound.value);
            let size = database.storage_gb;
            let left = f64::from(size.value) * 1_073_741_824.0 * (100.0 - bound.value) / 100.0;
            let bound = on.setting("RDS counts the bytes that are left", &[bound.origin, size.origin], left.round());
            let left = Measure::Metric(metric("FreeStorageSpace", "Minimum"));
            watched.push(above(on, "storage", bound, left, says).below().over(300, 3, 3));
        }
        let rule = "an alarm rings when readers are more than a second behind";
        if aurora
            && database.readers.value > 0
            && let Some(bound) = self.lag.bound(on, rule, &[database.readers.origin], 1.0)
        {
            let says = format!("Readers of {name} are more than {} behind the writer", seconds(bound.value));
            let bound = on.setting("Aurora counts in milliseconds", &[bound.origin], bound.value * 1000.0);
            let lag = Measure::Metric(metric("AuroraReplicaLagMaximum", "Maximum"));
            watched.push(above(on, "lag", bound, lag, says).over(60, 5, 5));
        }
        watched
    }
}

/// How many connections a database takes; none where that is not known.
fn most_connections(database: &Settings, on: &Context<'_>) -> Option<Setting<u32>> {
    if let Some(written) = database.parameters.get("max_connections") {
        return written.value.parse().ok().map(|number| Setting::new(written.origin, number));
    }
    let rule = "PostgreSQL takes as many connections as its memory holds, unless `parameters` say otherwise";
    match database.engine.value {
        Engine::Aurora => {
            let (min, max) = (database.scaling.value.min, database.scaling.value.max);
            Some(on.setting(rule, &[min.origin, max.origin], of_capacity(min.value, max.value)))
        }
        Engine::Instance => {
            let class = &database.instance;
            memory_gb(&class.value).map(|gb| on.setting(rule, &[class.origin], of_memory(gb)))
        }
    }
}

/// The most connections of an RDS instance: `LEAST(DBInstanceClassMemory / 9531392, 5000)` (Amazon RDS User Guide, "Quotas and constraints
/// for Amazon RDS", maximum number of database connections).
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 5000")]
fn of_memory(gb: f64) -> u32 {
    (gb * 1_073_741_824.0 / 9_531_392.0).clamp(0.0, 5000.0) as u32
}

/// What Aurora Serverless v2 takes by its greatest capacity (Amazon Aurora User Guide, "Maximum connections for Aurora Serverless v2").
const BY_CAPACITY: &[(f64, f64)] = &[(1.0, 189.0), (4.0, 823.0), (8.0, 1669.0), (16.0, 3360.0), (23.75, 5000.0)];

/// The most connections of Aurora Serverless v2: in between of what AWS lists as a straight line, and at most 2,000 where it may go down
/// to half a unit (the same).
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 5000")]
fn of_capacity(min: f64, max: f64) -> u32 {
    let after = BY_CAPACITY.iter().position(|(capacity, _)| *capacity >= max);
    let most = match after {
        None => 5000.0,
        Some(0) => BY_CAPACITY.first().map_or(0.0, |(_, least)| *least),
        Some(after) => {
            let Some(((low, few), (high, many))) = BY_CAPACITY.get(after - 1).zip(BY_CAPACITY.get(after)) else {
                return 0;
            };
            few + (many - few) * (max - low) / (high - low)
        }
    };
    most.min(if min <= 0.5 { 2000.0 } else { 5000.0 }) as u32
}

/// The memory of an instance class in GB, by the rule that its name follows (Amazon RDS User Guide, "DB instance classes"); none for a
/// family that has a rule of its own.
fn memory_gb(class: &str) -> Option<f64> {
    let (family, size) = class.strip_prefix("db.")?.split_once('.')?;
    let per_large = match family.chars().next()? {
        't' | 'm' => 8.0,
        'r' => 16.0,
        'c' => 4.0,
        _ => return None,
    };
    let factor = match size {
        "micro" => 0.125,
        "small" => 0.25,
        "medium" => 0.5,
        "large" => 1.0,
        "xlarge" => 2.0,
        _ => 2.0 * f64::from(size.strip_suffix("xlarge")?.parse::<u16>().ok()?),
    };
    Some(per_large * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_those_that_aws_lists() {
        for (min, max, most) in [
            (0.5, 1.0, 189),
            (0.5, 4.0, 823),
            (1.0, 16.0, 3360),
            (0.5, 16.0, 2000),
            (1.0, 64.0, 5000),
            (0.0, 256.0, 2000),
        ] {
            assert_eq!(of_capacity(min, max), most, "{min} to {max}");
        }
        for (class, most) in
            [("db.t4g.micro", 112), ("db.t4g.medium", 450), ("db.r7g.large", 1802), ("db.m7g.4xlarge", 5000)]
        {
            assert_eq!(memory_gb(class).map(of_memory), Some(most), "{class}");
        }
        assert_eq!(memory_gb("db.x2g.large"), None);
    }
}
