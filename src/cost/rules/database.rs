//! Databases and tables.

use crate::cost::charge::{At, Charge, HOURS, Range, Rule, Usage};

const ACU: Usage = Usage::of("acu", "Aurora capacity units on average over the month");
const STORAGE_GB: Usage = Usage::of("storage_gb", "GB that are stored on average");
const IO_REQUESTS: Usage = Usage::of("io_requests", "reads and writes of pages of the disk");
const BACKUP_GB: Usage = Usage::of("backup_gb", "GB of backups beyond what is free");
const READS: Usage = Usage::of("reads", "read request units: 4 KB each, half as many where they may be stale");
const WRITES: Usage = Usage::of("writes", "write request units: 1 KB each, and those of indexes");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::RDS::DBCluster", cluster).named("Cluster").used(&[STORAGE_GB, IO_REQUESTS, BACKUP_GB]),
    Rule::of("AWS::RDS::DBInstance", instance).named("Instance").used(&[ACU, STORAGE_GB, BACKUP_GB]),
    Rule::of("AWS::RDS::DBProxy", proxy),
    Rule::of("AWS::DynamoDB::Table", table).named("Table").used(&[READS, WRITES, STORAGE_GB]),
];

/// The least that a proxy is charged for.
const PROXY_ACUS: f64 = 8.0;
const PROXY_VCPUS: f64 = 2.0;

/// What the prices of a cluster of Aurora begin with: all of them are others where requests to disks are in the price.
fn aurora(cluster: &At<'_>) -> Option<&'static str> {
    let is_aurora = cluster.text(&["Engine"])?.starts_with("aurora-");
    let is_optimized = cluster.text(&["StorageType"]) == Some("aurora-iopt1");
    is_aurora.then_some(if is_optimized { "aurora_io_optimized" } else { "aurora" })
}

fn cluster(at: &At<'_>) -> Vec<Charge> {
    let Some(prices) = aurora(at) else {
        let engine = at.text(&["Engine"]).unwrap_or_default();
        return vec![Charge::unknown(format!("Cluster of {engine}"))];
    };
    let storage = format!("{prices}.storage_gb_month");
    let mut charges = vec![
        Charge::used("Database storage", storage, "GB", &[STORAGE_GB]),
        Charge::used("Database backups", "aurora.backup_gb_month", "GB", &[BACKUP_GB]),
    ];
    if prices == "aurora" {
        charges.push(Charge::used("Database disk requests", "aurora.io_requests", "requests", &[IO_REQUESTS]));
    }
    charges
}

/// The least and the most that a cluster scales to.
fn scaling(cluster: &At<'_>) -> Option<Range> {
    let end = |key| cluster.number(&["ServerlessV2ScalingConfiguration", key]);
    Some(Range { low: end("MinCapacity")?, high: end("MaxCapacity")? })
}

fn instance(at: &At<'_>) -> Vec<Charge> {
    let class = at.text(&["DBInstanceClass"]).unwrap_or_default();
    if let Some(cluster) = at.referred(&["DBClusterIdentifier"]) {
        // One of another engine is charged as a whole.
        let Some(prices) = aurora(&cluster) else { return Vec::new() };
        return match scaling(&cluster).filter(|_| class == "db.serverless") {
            Some(bounds) => {
                let hours = Charge::used("Database capacity", format!("{prices}.acu_hour"), "ACU-hours", &[ACU]);
                vec![hours.times(HOURS).within(bounds)]
            }
            None => {
                let price = format!("{prices}.instance_hour.{class}");
                vec![Charge::fixed(format!("Database {class}"), price, "hours", HOURS)]
            }
        };
    }
    let zones = if at.is(&["MultiAZ"]) { "multi_az." } else { "" };
    let two = if zones.is_empty() { "" } else { " in two zones" };
    let disk = at.text(&["StorageType"]).unwrap_or("gp2");
    // The figures that are read are those of PostgreSQL, which has the same as MySQL and MariaDB for storage alone.
    let engine = at.text(&["Engine"]).filter(|engine| *engine != "postgres");
    let prices = engine.map_or("rds".to_owned(), |engine| format!("rds.{engine}"));
    let price = format!("{prices}.instance_hour.{zones}{class}");
    let mut charges = vec![Charge::fixed(format!("Database {class}{two}"), price, "hours", HOURS)];
    if let Some(least) = at.number(&["AllocatedStorage"]) {
        let most = at.number(&["MaxAllocatedStorage"]).unwrap_or(least).max(least);
        let (what, price) = (format!("Database disk {disk}{two}"), format!("rds.storage_gb_month.{zones}{disk}"));
        charges.push(match most > least {
            true => Charge::used(what, price, "GB", &[STORAGE_GB]).within(Range { low: least, high: most }),
            false => Charge::fixed(what, price, "GB", least),
        });
    }
    // What a disk of gp3 does at most without being charged for it; of others every operation is.
    let free = |gp3: f64| if disk == "gp3" { gp3 } else { 0.0 };
    let above = |key, most| at.number(&[key]).is_some_and(|figure| figure > most);
    if above("Iops", free(12_000.0)) || above("StorageThroughput", free(500.0)) {
        charges.push(Charge::unknown(format!("Speed of database disk {disk}")));
    }
    charges.push(Charge::used("Database backups", "rds.backup_gb_month", "GB", &[BACKUP_GB]));
    charges
}

/// A proxy is charged by the capacity of what it leads to.
fn proxy(at: &At<'_>) -> Vec<Charge> {
    let of_this = |group: &At<'_>| group.get(&["DBProxyName"]).and_then(|name| name.refers_to()) == Some(at.id);
    let unknown = || vec![Charge::unknown("Database proxy")];
    let Some(targets) = at.others("AWS::RDS::DBProxyTargetGroup").find(of_this) else { return unknown() };
    let first = |key: &str| at.beside(targets.items(&[key]).first()?.refers_to()?);
    let by_cpu = |count: f64| {
        let hours = HOURS * count.max(PROXY_VCPUS);
        vec![Charge::fixed("Database proxy", "rds_proxy.vcpu_hour", "vCPU-hours", hours)]
    };
    if let Some(instance) = first("DBInstanceIdentifiers") {
        return by_cpu(vcpus(instance.text(&["DBInstanceClass"]).unwrap_or_default()));
    }
    let Some(cluster) = first("DBClusterIdentifiers") else { return unknown() };
    let members = || {
        let of_cluster = |i: &At<'_>| i.get(&["DBClusterIdentifier"]).and_then(|c| c.refers_to()) == Some(cluster.id);
        at.others("AWS::RDS::DBInstance").filter(of_cluster)
    };
    let is_serverless = |i: &At<'_>| i.text(&["DBInstanceClass"]) == Some("db.serverless");
    #[allow(clippy::cast_precision_loss, reason = "at most 16 instances")]
    match scaling(&cluster).filter(|_| members().any(|i| is_serverless(&i))) {
        Some(acus) => {
            let count = members().filter(is_serverless).count() as f64;
            let hours = |acus: f64| (acus * count).max(PROXY_ACUS) * HOURS;
            let range = Range { low: hours(acus.low), high: hours(acus.high) };
            vec![Charge::between("Database proxy", "rds_proxy.acu_hour", "ACU-hours", range)]
        }
        None => by_cpu(members().map(|i| vcpus(i.text(&["DBInstanceClass"]).unwrap_or_default())).sum()),
    }
}

/// The virtual processors of a class: its size says them.
fn vcpus(class: &str) -> f64 {
    match class.rsplit('.').next().and_then(|size| size.strip_suffix("xlarge")) {
        Some("") => 4.0,
        Some(times) => times.parse::<f64>().unwrap_or(1.0) * 4.0,
        None => 2.0,
    }
}

fn table(at: &At<'_>) -> Vec<Charge> {
    if at.text(&["TableClass"]) == Some("STANDARD_INFREQUENT_ACCESS") {
        return vec![Charge::unknown("Table of the class Standard-IA")];
    }
    let mut charges = Vec::new();
    if at.text(&["BillingMode"]) == Some("PAY_PER_REQUEST") {
        charges.push(Charge::used("Table writes", "dynamodb.write_requests", "units", &[WRITES]));
        charges.push(Charge::used("Table reads", "dynamodb.read_requests", "units", &[READS]));
    } else {
        let indexes = at.items(&["GlobalSecondaryIndexes"]);
        for (what, key, price) in [
            ("Table write capacity", "WriteCapacityUnits", "dynamodb.wcu_hour"),
            ("Table read capacity", "ReadCapacityUnits", "dynamodb.rcu_hour"),
        ] {
            let of_indexes = indexes.iter().filter_map(|index| index.at(&["ProvisionedThroughput", key])?.number());
            let units = at.number(&["ProvisionedThroughput", key]).unwrap_or(0.0) + of_indexes.sum::<f64>();
            charges.push(Charge::fixed(what, price, "unit-hours", units * HOURS));
        }
    }
    charges.push(Charge::used("Table storage", "dynamodb.storage_gb_month", "GB", &[STORAGE_GB]));
    if at.is(&["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"]) {
        charges.push(Charge::used("Table recovery", "dynamodb.pitr_gb_month", "GB", &[STORAGE_GB]));
    }
    charges
}
