use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::*;

/// The two files as a reader of YAML sees them.
fn files() -> [Json; 2] {
    [MADE, READ].map(|file| serde_yaml::from_str(file).unwrap())
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

#[test]
fn the_files_say_what_a_reader_of_yaml_sees() {
    let files = files();
    let mut seen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in &files {
        for (name, entries) in file["namespaces"].as_object().unwrap() {
            let spelled = |entry: &Json| format!("{:?} by {:?}", texts(&entry["metrics"]), texts(&entry["by"]));
            seen.entry(name).or_default().extend(entries.as_array().unwrap().iter().map(spelled));
        }
    }
    for (name, entries) in &seen {
        let read = namespace(name).unwrap_or_else(|| panic!("{name}"));
        let spelled = |dimension: &Dimension| match dimension.value {
            Some(value) => format!("{}={value}", dimension.name),
            None => dimension.name.to_owned(),
        };
        let spelled = |one: &Vec<Dimension>| one.iter().map(spelled).collect::<Vec<_>>().join("+");
        let combinations = |listed: &Listed| listed.combinations.iter().map(spelled).collect::<Vec<_>>();
        let spelled = |listed: &Listed| format!("{:?} by {:?}", listed.metrics, combinations(listed));
        let own: Vec<String> = read.listed.iter().map(spelled).collect();
        assert_eq!(own, *entries, "{name}");
        assert_eq!(read.has_every_metric, texts(&files[1]["every_metric"]).contains(name), "{name}");
        assert_eq!(read.has_every_combination, texts(&files[1]["every_combination"]).contains(name), "{name}");
    }
    let mut all: Vec<&str> = seen.keys().copied().chain(texts(&files[1]["others"])).collect();
    all.sort_unstable();
    let mut own: Vec<&str> = all_namespaces().collect();
    own.sort_unstable();
    assert_eq!(own, all, "and none of the others is listed");
    for list in ["every_metric", "every_combination"] {
        assert!(texts(&files[1][list]).iter().all(|name| seen.contains_key(name)), "{list}");
    }
}

#[test]
fn what_was_read_says_where() {
    let [_, read] = files();
    for (name, entries) in read["namespaces"].as_object().unwrap() {
        for entry in entries.as_array().unwrap() {
            let url = entry["url"].as_str().unwrap_or_default();
            assert!(url.starts_with("https://docs.aws.amazon.com/"), "{name}: {url}");
            for list in [texts(&entry["by"]), texts(&entry["metrics"])] {
                assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {list:?}");
            }
        }
    }
    assert_eq!(source(), "@aws-cdk/aws-service-spec 0.1.216 (2026-09-29) and AWS's guides (2026-11-22)");
}

/// The metrics that alarms of components watch, each with its dimensions, and whether the package lists it so.
const WATCHED: &[(&str, &str, &[&str], bool)] = &[
    ("AWS/ApiGateway", "5xx", &["ApiId"], true),
    ("AWS/ApiGateway", "5xx", &["ApiId", "Stage"], false),
    ("AWS/ApiGateway", "Count", &["ApiId", "Stage"], true),
    ("AWS/ApiGateway", "Latency", &["ApiId", "Stage"], true),
    ("AWS/Backup", "NumberOfBackupJobsFailed", &["BackupVaultName"], false),
    ("AWS/Backup", "NumberOfCopyJobsFailed", &["BackupVaultName"], false),
    ("AWS/CloudFront", "5xxErrorRate", &["DistributionId", "Region"], true),
    ("AWS/DynamoDB", "ReadThrottleEvents", &["TableName"], true),
    ("AWS/DynamoDB", "ThrottledRequests", &["Operation", "TableName"], true),
    ("AWS/DynamoDB", "WriteThrottleEvents", &["TableName"], true),
    ("AWS/EC2", "CPUCreditBalance", &["InstanceId"], true),
    ("AWS/EC2", "StatusCheckFailed_Instance", &["InstanceId"], true),
    ("AWS/EC2", "StatusCheckFailed_System", &["InstanceId"], true),
    ("AWS/Events", "FailedInvocations", &["RuleName"], true),
    ("AWS/Lambda", "Duration", &["FunctionName"], true),
    ("AWS/Lambda", "Errors", &["FunctionName"], true),
    ("AWS/Lambda", "Invocations", &["FunctionName"], true),
    ("AWS/Lambda", "Throttles", &["FunctionName"], true),
    ("AWS/NATGateway", "ErrorPortAllocation", &["NatGatewayId"], true),
    ("AWS/RDS", "ACUUtilization", &["DBClusterIdentifier"], false),
    ("AWS/RDS", "AuroraReplicaLag", &["DBInstanceIdentifier"], false),
    ("AWS/RDS", "AuroraReplicaLagMaximum", &["DBClusterIdentifier", "Role"], false),
    ("AWS/RDS", "CPUUtilization", &["DBInstanceIdentifier"], true),
    ("AWS/RDS", "DatabaseConnections", &["DBClusterIdentifier"], true),
    ("AWS/RDS", "FreeLocalStorage", &["DBInstanceIdentifier"], false),
    ("AWS/RDS", "FreeStorageSpace", &["DBInstanceIdentifier"], true),
    ("AWS/RDS", "ServerlessDatabaseCapacity", &["DBClusterIdentifier"], false),
    ("AWS/Route53", "HealthCheckStatus", &["HealthCheckId"], true),
    ("AWS/SNS", "NumberOfNotificationsFailed", &["TopicName"], true),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", &["QueueName"], true),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", &["QueueName"], true),
    ("AWS/Scheduler", "InvocationDroppedCount", &["ScheduleGroup"], false),
    ("AWS/Scheduler", "TargetErrorCount", &["ScheduleGroup"], false),
];

#[test]
fn what_alarms_watch_is_written() {
    let has = |listed: &Listed, metric: &str, dimensions: &[&str]| {
        let is_it = |one: &Vec<Dimension>| one.iter().map(|dimension| dimension.name).eq(dimensions.iter().copied());
        listed.metrics.contains(&metric) && listed.combinations.iter().any(is_it)
    };
    for (name, metric, dimensions, is_in_package) in WATCHED {
        let is_in = |file| {
            let own = parts(file).filter(|(other, _)| other == name);
            own.flat_map(|(_, part)| listed(part)).any(|listed| has(&listed, metric, dimensions))
        };
        let (in_package, in_guides) = (is_in(MADE), is_in(READ));
        assert_eq!(in_package, *is_in_package, "{name} {metric} {dimensions:?}");
        assert!(in_package || in_guides, "{name} {metric} {dimensions:?}");
    }
    let functions = namespace("AWS/Lambda").unwrap();
    assert_eq!(functions.combinations("Timeouts").count(), 0);
    let errors: Vec<&str> = functions.combinations("Errors").flatten().map(|dimension| dimension.name).collect();
    assert!(errors.contains(&"FunctionName"), "{errors:?}");
    let scheduler = namespace("AWS/Scheduler").unwrap();
    assert!(scheduler.combinations("InvocationsFailedToBeSentToDeadLetterCount_AccessDenied").count() > 0);
    assert!(namespace("AWS/Glue").is_none() && namespace("Shop").is_none());
}
