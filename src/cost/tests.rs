//! The data is read as YAML says it, rules ask for prices that are there, and resources are charged as AWS says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::float_cmp, reason = "a test says what is wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::price::{self, DATA};
use super::*;
use crate::yaml::{Kind, parse_template};

/// What another reader sees.
fn seen() -> Json {
    serde_yaml::from_str(DATA).unwrap()
}

#[test]
fn the_data_is_read_as_yaml_says() {
    let seen = seen();
    assert_eq!(seen["read"], price::read());
    let prices = seen["prices"].as_object().unwrap();
    assert_eq!(prices.len(), price::ids().count());
    for id in price::ids() {
        let expected = prices[id].as_array().unwrap();
        let rows = price::rows(id).unwrap();
        assert_eq!(rows.len(), expected.len(), "{id}: a row that is not read");
        for (row, expected) in rows.iter().zip(expected) {
            assert_eq!(expected["usd"].as_f64().unwrap(), row.usd, "{id}");
            assert_eq!(expected["per"].as_str().unwrap(), format!("{} {}", row.per, row.unit), "{id}");
            assert_eq!(expected["regions"], Json::from(row.places.clone()), "{id}");
            assert_eq!(expected["dated"], row.dated, "{id}");
            assert_eq!(expected["url"], row.url, "{id}");
        }
    }
    let free: BTreeMap<&str, &str> = seen["free"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| {
            let types = row["types"].as_array().unwrap().iter();
            types.map(|name| (name.as_str().unwrap(), row["url"].as_str().unwrap()))
        })
        .collect();
    assert!(free.len() > 40, "only {} types", free.len());
    for (name, url) in free {
        assert_eq!(price::free(name), Some(url), "{name}");
    }
}

#[test]
fn the_data_is_in_order_and_sourced() {
    let written: Vec<&str> = DATA.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':')).collect();
    assert!(written.is_sorted() && written.len() > 80, "{written:?}");
    let is_day =
        |day: &str| day.len() >= 4 && day.starts_with("20") && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    assert!(is_day(price::read()) && price::read().len() == 10);
    for id in price::ids() {
        let mut places = BTreeSet::new();
        for row in price::rows(id).unwrap() {
            assert!(row.usd > 0.0 && row.usd < 1000.0 && row.per >= 1.0 && !row.unit.is_empty(), "{row:?}");
            assert!(is_day(row.dated) && row.dated <= price::read(), "{row:?}");
            assert!(row.url.starts_with("https://"), "{row:?}");
            assert!(!row.places.is_empty(), "{row:?}");
            for place in &row.places {
                assert!(places.insert(*place), "{id} twice for {place}");
            }
        }
        let everywhere = places.contains("all");
        assert!(!everywhere || places.len() == 1, "{id} for all regions, and for some");
    }
    let regions = price::regions();
    for region in ["us-east-1", "eu-west-2", "ap-southeast-1"] {
        assert!(regions.contains(&region), "{region} not among {regions:?}");
    }
}

#[test]
fn what_costs_nothing_has_no_rule() {
    for rule in rules::all() {
        assert_eq!(price::free(rule.resource_type), None, "{} has a rule and is said to be free", rule.resource_type);
    }
    let types: Vec<&str> = rules::all().map(|rule| rule.resource_type).collect();
    let once: BTreeSet<&str> = types.iter().copied().collect();
    assert_eq!(types.len(), once.len(), "two rules for one type");
}

/// What the resources of a template cost in a region.
fn estimate(template: &str, region: &str, declared: &Declared) -> Estimate {
    let node = parse_template(template).unwrap();
    let Kind::Map(entries) = &node.kind else { panic!("no map") };
    let resource = |e: &'_ crate::yaml::Entry| -> (String, String) {
        (e.key.clone(), crate::built::field(&e.value, "Type").and_then(crate::built::text).unwrap().to_owned())
    };
    let types: BTreeMap<String, String> = entries.iter().map(resource).collect();
    let mut resources = BTreeMap::new();
    for entry in entries {
        let properties = entry.value.get("Properties").map(Said::Read);
        let owner = ("Thing", entry.key.as_str());
        resources.insert(entry.key.as_str(), SeenResource { resource_type: &types[&entry.key], owner, properties });
    }
    let seen = Seen { home: region, stacks: vec![SeenStack { region, resources }], keeps_secret: false };
    let estimate = Bill::of(&seen, None).estimate(declared);
    assert!(estimate.not_estimated.is_empty(), "{:?}", estimate.not_estimated);
    estimate
}

/// Its lines: `what: quantity × price`, those of which nothing is declared without quantity.
fn lines(template: &str, region: &str, declared: &Declared) -> Vec<String> {
    let estimate = estimate(template, region, declared);
    let shown = |line: &Line| {
        let id = &line.price_id;
        match line.quantity {
            Some(quantity) => format!("{}: {} × {id}", line.what, render::quantity(quantity, line.unit)),
            None => format!("{}: {} × {id}", line.what, line.usage.join(" × ")),
        }
    };
    let mut lines: Vec<String> = estimate.lines.iter().map(shown).collect();
    lines.sort();
    lines
}

#[track_caller]
fn check(template: &str, expected: &[&str]) {
    assert_eq!(lines(template, "eu-west-2", &Declared::new()), expected);
}

fn declared(quantities: &[(&str, f64, f64)]) -> Declared {
    let quantities = quantities.iter().map(|(name, low, high)| ((*name).to_owned(), Range { low: *low, high: *high }));
    Declared::from([("Thing".to_owned(), quantities.collect())])
}

#[test]
fn functions() {
    let function = "Self:\n  Type: AWS::Lambda::Function\n  Properties: {MemorySize: 1024, Architectures: [arm64], EphemeralStorage: {Size: 1536}}\n";
    check(
        function,
        &[
            "Ephemeral storage: calls × duration_ms × lambda.storage_gb_second",
            "Function calls: calls × lambda.requests",
            "Function time, 1024 MB, arm64: calls × duration_ms × lambda.gb_second.arm64",
        ],
    );
    // A million calls of a tenth of a second with a GB are 100,000 GB-seconds.
    assert_eq!(
        lines(function, "eu-west-2", &declared(&[("calls", 0.0, 1e6), ("duration_ms", 100.0, 100.0)])),
        [
            "Ephemeral storage: 0 – 100,000 GB-seconds × lambda.storage_gb_second",
            "Function calls: 0 – 1,000,000 calls × lambda.requests",
            "Function time, 1024 MB, arm64: 0 – 100,000 GB-seconds × lambda.gb_second.arm64",
        ]
    );
    // Calls alone give no time.
    assert_eq!(
        lines(function, "eu-west-2", &declared(&[("calls", 5.0, 5.0)]))[1..],
        [
            "Function calls: 5 calls × lambda.requests",
            "Function time, 1024 MB, arm64: calls × duration_ms × lambda.gb_second.arm64"
        ]
    );
    check(
        "Role:\n  Type: AWS::Lambda::Version\nSelf:\n  Type: AWS::Lambda::Function\n  Properties: {Role: !GetAtt Role.Arn}\n",
        &[
            "Function calls: calls × lambda.requests",
            "Function time, 128 MB, x86_64: calls × duration_ms × lambda.gb_second.x86_64",
        ],
    );
}

#[test]
fn instances_and_addresses() {
    let launch = "Template:\n  Type: AWS::Lambda::Version\n  Properties:\n    LaunchTemplateData:\n      InstanceType: t4g.nano\n      \
        BlockDeviceMappings: [{Ebs: {VolumeType: gp3, VolumeSize: 8}}]\n";
    let instance = "Host:\n  Type: AWS::EC2::Instance\n  Properties:\n    LaunchTemplate: {LaunchTemplateId: !Ref Template}\n    \
        NetworkInterfaces: [{AssociatePublicIpAddress: true}]\n";
    check(
        &format!("{launch}{instance}"),
        &[
            "Disk gp3: 8 GB × ebs.gp3_gb_month",
            "Instance t4g.nano: 730 hours × ec2.instance_hour.t4g.nano",
            "Internet traffic: out_gb × data_transfer.out_gb",
            "Public IPv4 address: 730 hours × ec2.public_ipv4_hour",
        ],
    );
    // An Elastic IP is charged once, whatever it is bound to.
    let address = "Address:\n  Type: AWS::EC2::EIP\n  Properties: {InstanceId: !Ref Host}\n";
    check(
        &format!("{launch}{instance}{address}"),
        &[
            "Disk gp3: 8 GB × ebs.gp3_gb_month",
            "Instance t4g.nano: 730 hours × ec2.instance_hour.t4g.nano",
            "Internet traffic: out_gb × data_transfer.out_gb",
            "Public IPv4 address: 730 hours × ec2.public_ipv4_hour",
        ],
    );
    check(
        "A:\n  Type: AWS::EC2::VPCEndpoint\n  Properties: {VpcEndpointType: Gateway}\nB:\n  Type: AWS::EC2::VPCEndpoint\n  \
            Properties: {VpcEndpointType: Interface, SubnetIds: [a, b]}\n",
        &[
            "Interface endpoint traffic: processed_gb × ec2.interface_endpoint_gb",
            "Interface endpoints: 1,460 hours × ec2.interface_endpoint_hour",
        ],
    );
}

#[test]
fn databases() {
    let cluster = |rest: &str| {
        format!(
            "Cluster:\n  Type: AWS::RDS::DBCluster\n  Properties: {{Engine: aurora-postgresql, ServerlessV2ScalingConfiguration: {{MinCapacity: 0.5, MaxCapacity: 4}}{rest}}}\n"
        )
    };
    let writer = "Writer:\n  Type: AWS::RDS::DBInstance\n  Properties: {DBClusterIdentifier: !Ref Cluster, DBInstanceClass: db.serverless}\n";
    check(
        &format!("{}{writer}", cluster("")),
        &[
            "Database backups: backup_gb × aurora.backup_gb_month",
            "Database capacity: 365 – 2,920 ACU-hours × aurora.acu_hour",
            "Database disk requests: io_requests × aurora.io_requests",
            "Database storage: storage_gb × aurora.storage_gb_month",
        ],
    );
    let optimized = lines(
        &format!("{}{writer}", cluster(", StorageType: aurora-iopt1")),
        "eu-west-2",
        &declared(&[("acu", 1.0, 2.0)]),
    );
    assert_eq!(
        optimized,
        [
            "Database backups: backup_gb × aurora.backup_gb_month",
            "Database capacity: 730 – 1,460 ACU-hours × aurora_io_optimized.acu_hour",
            "Database storage: storage_gb × aurora_io_optimized.storage_gb_month",
        ]
    );
    // A proxy is charged for 8 ACUs at least.
    let proxy = "Proxy:\n  Type: AWS::RDS::DBProxy\nGroup:\n  Type: AWS::RDS::DBProxyTargetGroup\n  Properties: {DBProxyName: !Ref Proxy, DBClusterIdentifiers: [!Ref Cluster]}\n";
    let reader = writer.replace("Writer", "Reader");
    let proxied = lines(
        &format!("{}{writer}{reader}{proxy}", cluster("").replace("MaxCapacity: 4", "MaxCapacity: 16")),
        "us-east-1",
        &Declared::new(),
    );
    assert!(
        proxied.contains(&"Database proxy: 5,840 – 23,360 ACU-hours × rds_proxy.acu_hour".to_owned()),
        "{proxied:?}"
    );
    check(
        "Self:\n  Type: AWS::RDS::DBInstance\n  Properties: {Engine: postgres, DBInstanceClass: db.t4g.small, StorageType: gp3, AllocatedStorage: '50', MaxAllocatedStorage: 200, MultiAZ: true}\n",
        &[
            "Database backups: backup_gb × rds.backup_gb_month",
            "Database db.t4g.small in two zones: 730 hours × rds.instance_hour.multi_az.db.t4g.small",
            "Database disk gp3 in two zones: 50 – 200 GB × rds.storage_gb_month.multi_az.gp3",
        ],
    );
    check("Self:\n  Type: AWS::RDS::DBCluster\n  Properties: {Engine: mysql}\n", &["Cluster of mysql: 1 × unknown"]);
}

#[test]
fn tables() {
    check(
        "Self:\n  Type: AWS::DynamoDB::Table\n  Properties: {BillingMode: PAY_PER_REQUEST, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}\n",
        &[
            "Table reads: reads × dynamodb.read_requests",
            "Table recovery: storage_gb × dynamodb.pitr_gb_month",
            "Table storage: storage_gb × dynamodb.storage_gb_month",
            "Table writes: writes × dynamodb.write_requests",
        ],
    );
    check(
        "Self:\n  Type: AWS::DynamoDB::Table\n  Properties:\n    ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 1}\n    \
            GlobalSecondaryIndexes: [{ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 1}}]\n",
        &[
            "Table read capacity: 7,300 unit-hours × dynamodb.rcu_hour",
            "Table storage: storage_gb × dynamodb.storage_gb_month",
            "Table write capacity: 1,460 unit-hours × dynamodb.wcu_hour",
        ],
    );
}

#[test]
fn schedules_are_counted() {
    let of = |expression: &str| {
        format!("Self:\n  Type: AWS::Scheduler::Schedule\n  Properties: {{ScheduleExpression: '{expression}'}}\n")
    };
    for (expression, expected) in [
        ("rate(5 minutes)", Some("8,760 invocations")),
        ("rate(1 hour)", Some("730 invocations")),
        ("rate(1 day)", Some("30.42 invocations")),
        ("cron(0 3 * * ? *)", Some("30.42 invocations")),
        ("cron(0 3 * * ? 2030)", Some("invocations")),
        ("at(2030-01-01T00:00:00)", None),
    ] {
        let expected: Vec<String> = expected
            .map(|times| format!("Schedule invocations: {times} × scheduler.invocations"))
            .into_iter()
            .collect();
        assert_eq!(lines(&of(expression), "eu-west-2", &Declared::new()), expected, "{expression}");
    }
}

#[test]
fn what_watches() {
    check(
        "A:\n  Type: AWS::CloudWatch::Alarm\n  Properties: {MetricName: Errors, Period: 60}\nB:\n  Type: AWS::CloudWatch::Alarm\n  \
            Properties: {Metrics: [{Id: a, Expression: b / c}, {Id: b, MetricStat: {}}, {Id: c, MetricStat: {}}]}\n",
        &["Alarms: 3 metrics × cloudwatch.alarm_month"],
    );
    check(
        "Flow:\n  Type: AWS::EC2::FlowLog\n  Properties: {LogGroupName: !Ref Logs}\nLogs:\n  Type: AWS::Logs::LogGroup\n",
        &["Logs kept: stored_gb × logs.stored_gb_month", "Logs written: log_gb × logs.vended_gb"],
    );
}

#[test]
fn names_of_quantities() {
    for (local, expected) in
        [("NatAddress1", "nat_address_1"), ("Self", "self"), ("HTTPApi", "httpapi"), ("By10", "by_10")]
    {
        assert_eq!(usage::snake_case(local), expected, "{local}");
    }
    // The component's own is the plain one; where there are several, none is unnamed.
    let two = "Self:\n  Type: AWS::SQS::Queue\nDeadLetters:\n  Type: AWS::SQS::Queue\n";
    check(two, &["Queue requests: dead_letters_requests × requests × sqs.requests.standard"]);
    let several = "ServerLogs:\n  Type: AWS::Logs::LogGroup\nImageLogs:\n  Type: AWS::Logs::LogGroup\n";
    check(
        several,
        &[
            "Logs kept: image_stored_gb × server_stored_gb × logs.stored_gb_month",
            "Logs written: image_log_gb × server_log_gb × logs.ingested_gb",
        ],
    );
    let one = "ServerLogs:\n  Type: AWS::Logs::LogGroup\n";
    for name in ["log_gb", "server_log_gb"] {
        assert_eq!(
            lines(one, "eu-west-2", &declared(&[(name, 2.0, 2.0)]))[1],
            "Logs written: 2 GB × logs.ingested_gb",
            "{name}"
        );
    }
}

#[test]
fn prices_of_other_places_say_so() {
    let (own, assumed) = price::price("lambda.requests", "eu-west-2").unwrap();
    assert!(assumed.is_none() && own.places.iter().any(|place| *place == "eu-west-2" || *place == "all"));
    let (far, assumed) = price::price("aurora.acu_hour", "xx-nowhere-1").unwrap();
    assert!(assumed == Some("us-east-1") && far.places.contains(&"us-east-1"));
    assert_eq!(price::price("no.such_price", "us-east-1"), None);
}

#[test]
fn visitors_are_around_the_stage() {
    let of = |class: &str| {
        format!(
            "Self:\n  Type: AWS::CloudFront::Distribution\n  Properties: {{DistributionConfig: {{PriceClass: {class}}}}}\n"
        )
    };
    for (region, class, expected) in [
        ("eu-west-2", "PriceClass_100", "europe_israel"),
        ("us-east-1", "PriceClass_All", "us_canada_mexico"),
        ("ap-southeast-1", "PriceClass_200", "asia"),
        // What the class leaves out is served from where it is cheapest.
        ("ap-southeast-1", "PriceClass_100", "us_canada_mexico"),
        ("sa-east-1", "PriceClass_200", "us_canada_mexico"),
        ("sa-east-1", "PriceClass_All", "south_america"),
        ("ap-northeast-2", "PriceClass_All", "asia"),
        ("ap-south-1", "PriceClass_All", "india"),
    ] {
        let places: BTreeSet<String> =
            estimate(&of(class), region, &Declared::new()).lines.into_iter().map(|line| line.place).collect();
        assert_eq!(places, BTreeSet::from([expected.to_owned()]), "{region} {class}");
    }
}
