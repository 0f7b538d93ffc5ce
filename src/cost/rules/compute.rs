//! What runs code: functions, instances, and the images of both.

use crate::cost::Said;
use crate::cost::charge::{At, Charge, HOURS, Rule, Usage};

const CALLS: Usage = Usage::of("calls", "calls");
const DURATION_MS: Usage = Usage::of("duration_ms", "how long a call runs on average, in milliseconds");
const OUT_GB: Usage = Usage::of("out_gb", "GB that leave AWS for the internet");
const STORAGE_GB: Usage = Usage::of("storage_gb", "GB that are stored on average");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::Lambda::Function", function).named("Function").used(&[CALLS, DURATION_MS]),
    Rule::of("AWS::Lambda::Version", provisioned),
    Rule::of("AWS::Lambda::Alias", provisioned),
    Rule::of("AWS::EC2::Instance", instance).named("Instance").used(&[OUT_GB]),
    Rule::of("AWS::EC2::Volume", volume),
    Rule::of("AWS::ECR::Repository", repository).used(&[STORAGE_GB]),
];

/// The memory that a function has unless it says so, in MB, and how much of it a GB is.
const MEMORY: f64 = 128.0;
const MB_OF_GB: f64 = 1024.0;
/// The ephemeral storage that is not charged, in MB.
const FREE_STORAGE: f64 = 512.0;
const SECONDS_OF_HOUR: f64 = 3600.0;
const MS_OF_SECOND: f64 = 1000.0;

fn function(at: &At<'_>) -> Vec<Charge> {
    let gb = at.number(&["MemorySize"]).unwrap_or(MEMORY) / MB_OF_GB;
    if runs_at_edge(at) {
        return vec![
            Charge::used("Function calls at the edge", "lambda_edge.requests", "calls", &[CALLS]),
            Charge::used("Function time at the edge", "lambda_edge.gb_second", "GB-seconds", &[CALLS, DURATION_MS])
                .times(gb / MS_OF_SECOND),
        ];
    }
    let architecture = architecture(at);
    let what = format!("Function time, {} MB, {architecture}", (gb * MB_OF_GB).round());
    let mut charges = vec![
        Charge::used("Function calls", "lambda.requests", "calls", &[CALLS]),
        Charge::used(what, format!("lambda.gb_second.{architecture}"), "GB-seconds", &[CALLS, DURATION_MS])
            .times(gb / MS_OF_SECOND),
    ];
    let storage = at.number(&["EphemeralStorage", "Size"]).unwrap_or(FREE_STORAGE) - FREE_STORAGE;
    if storage > 0.0 {
        let used = Charge::used("Ephemeral storage", "lambda.storage_gb_second", "GB-seconds", &[CALLS, DURATION_MS]);
        charges.push(used.times(storage / MB_OF_GB / MS_OF_SECOND));
    }
    charges
}

fn architecture(at: &At<'_>) -> &'static str {
    let first = at.items(&["Architectures"]).first().and_then(|said| said.text());
    if first == Some("arm64") { "arm64" } else { "x86_64" }
}

/// CloudFront runs the copies of a function whose role says that it may.
fn runs_at_edge(at: &At<'_>) -> bool {
    const EDGE: &str = "edgelambda.amazonaws.com";
    let Some(role) = at.referred(&["Role"]) else { return false };
    role.items(&["AssumeRolePolicyDocument", "Statement"]).iter().any(|statement| {
        let service = statement.at(&["Principal", "Service"]);
        service.is_some_and(|s| s.text() == Some(EDGE) || s.items().iter().any(|s| s.text() == Some(EDGE)))
    })
}

/// What is kept warm is charged whether or not it is called.
fn provisioned(at: &At<'_>) -> Vec<Charge> {
    let Some(count) = at.number(&["ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"]) else {
        return Vec::new();
    };
    let Some(function) = at.referred(&["FunctionName"]) else {
        return vec![Charge::unknown("Provisioned concurrency")];
    };
    let gb = function.number(&["MemorySize"]).unwrap_or(MEMORY) / MB_OF_GB;
    let price = format!("lambda.provisioned_gb_second.{}", architecture(&function));
    vec![Charge::fixed("Provisioned concurrency", price, "GB-seconds", count * gb * HOURS * SECONDS_OF_HOUR)]
}

fn instance(at: &At<'_>) -> Vec<Charge> {
    let launch = at.referred(&["LaunchTemplate", "LaunchTemplateId"]);
    let said = |path: &[&str]| {
        let below: Vec<&str> = std::iter::once("LaunchTemplateData").chain(path.iter().copied()).collect();
        at.get(path).or_else(|| launch.as_ref()?.get(&below))
    };
    let of = said(&["InstanceType"]).and_then(|said| said.text()).unwrap_or("m1.small");
    let mut charges = vec![Charge::fixed(format!("Instance {of}"), format!("ec2.instance_hour.{of}"), "hours", HOURS)];
    let devices = said(&["BlockDeviceMappings"]).map(|said| said.items()).unwrap_or_default();
    for disk in devices.iter().filter_map(|device| device.get("Ebs")) {
        charges.extend(of_disk(disk.get("VolumeType").and_then(|said| said.text()), |key| match key {
            "Size" => disk.get("VolumeSize")?.number(),
            key => disk.get(key)?.number(),
        }));
    }
    if devices.is_empty() {
        charges.push(Charge::unknown("Disk as large as its image"));
    }
    let is_public = |interface: &Said<'_>| interface.get("AssociatePublicIpAddress").is_some_and(|said| said.is_true());
    let interfaces = said(&["NetworkInterfaces"]).map(|said| said.items()).unwrap_or_default();
    // An Elastic IP takes the place of the address that it has otherwise, and is charged as a resource of its own.
    let has_elastic =
        at.others("AWS::EC2::EIP").any(|ip| ip.get(&["InstanceId"]).and_then(|s| s.refers_to()) == Some(at.id));
    if interfaces.iter().any(is_public) && !has_elastic {
        charges.push(Charge::fixed("Public IPv4 address", "ec2.public_ipv4_hour", "hours", HOURS));
        charges.push(Charge::used("Internet traffic", "data_transfer.out_gb", "GB", &[OUT_GB]));
    }
    charges
}

/// What a disk of gp3 does without being charged for it: operations, and MB a second.
const GP3_IOPS: f64 = 3000.0;
const GP3_THROUGHPUT: f64 = 125.0;

/// A disk by its numbers. How fast it is beyond what every one is has prices that were not read.
fn of_disk(volume_type: Option<&str>, number: impl Fn(&'static str) -> Option<f64>) -> Vec<Charge> {
    let of = volume_type.unwrap_or("gp2");
    let mut charges = vec![match number("Size") {
        Some(gb) => Charge::fixed(format!("Disk {of}"), format!("ebs.{of}_gb_month"), "GB", gb),
        None => Charge::unknown(format!("Disk {of} as large as its snapshot")),
    }];
    let above = |key, most| number(key).is_some_and(|figure| figure > most);
    let most = if of == "gp3" { GP3_IOPS } else { 0.0 };
    if above("Iops", most) || above("Throughput", GP3_THROUGHPUT) {
        charges.push(Charge::unknown(format!("Speed of disk {of}")));
    }
    charges
}

fn volume(at: &At<'_>) -> Vec<Charge> {
    of_disk(at.text(&["VolumeType"]), |key| at.number(&[key]))
}

fn repository(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("Images", "ecr.storage_gb_month", "GB", &[STORAGE_GB])]
}
