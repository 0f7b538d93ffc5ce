//! What stands before visitors: CloudFront, web ACLs, zones and checks from outside.

use crate::cost::charge::{At, Charge, Rule, Usage};

const REQUESTS: Usage = Usage::of("requests", "requests");
const OUT_GB: Usage = Usage::of("out_gb", "GB that leave AWS for visitors");
const CALLS: Usage = Usage::of("calls", "calls");
const READS: Usage = Usage::of("reads", "reads");
const QUERIES: Usage = Usage::of("queries", "queries that are answered");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::CloudFront::Distribution", distribution).named("Distribution").used(&[REQUESTS, OUT_GB]),
    Rule::of("AWS::CloudFront::Function", function).named("Function").used(&[CALLS]),
    Rule::of("AWS::CloudFront::KeyValueStore", store).named("Store").used(&[READS]),
    Rule::of("AWS::WAFv2::WebACL", web_acl).used(&[REQUESTS]),
    Rule::of("AWS::Route53::HostedZone", zone).used(&[QUERIES]),
    Rule::of("AWS::Route53::HealthCheck", health_check),
];

/// The areas of the world in which CloudFront's prices differ, by what the names of AWS's regions there begin with; the first that
/// fits.
const AREAS: &[(&str, &str)] = &[
    ("ap-northeast-2", "asia"),
    ("ap-northeast", "japan"),
    ("ap-southeast-2", "australia_new_zealand"),
    ("ap-southeast-4", "australia_new_zealand"),
    ("ap-southeast-6", "australia_new_zealand"),
    ("ap-south-", "india"),
    ("ap-", "asia"),
    ("eu-", "europe_israel"),
    ("il-", "europe_israel"),
    ("af-", "south_africa_middle_east"),
    ("me-", "south_africa_middle_east"),
    ("sa-", "south_america"),
];
const AMERICA: &str = "us_canada_mexico";

/// Where visitors are: around the stage's region. Edges that a distribution does not use are not charged for: visitors of other areas
/// reach one of its cheapest.
fn area(at: &At<'_>) -> &'static str {
    let near = AREAS.iter().find(|(start, _)| at.home.starts_with(start)).map_or(AMERICA, |(_, area)| area);
    let is_dear = |areas: &[&str]| areas.contains(&near);
    match at.text(&["DistributionConfig", "PriceClass"]) {
        Some("PriceClass_100") if near != "europe_israel" => AMERICA,
        Some("PriceClass_200") if is_dear(&["south_america", "australia_new_zealand"]) => AMERICA,
        _ => near,
    }
}

fn distribution(at: &At<'_>) -> Vec<Charge> {
    let area = area(at);
    vec![
        Charge::used("CloudFront requests", "cloudfront.requests_https", "requests", &[REQUESTS]).in_place(area),
        Charge::used("CloudFront traffic", "cloudfront.out_gb", "GB", &[OUT_GB]).in_place(area),
    ]
}

fn function(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("CloudFront function calls", "cloudfront.function_invocations", "calls", &[CALLS])]
}

fn store(_: &At<'_>) -> Vec<Charge> {
    vec![Charge::used("Key value store reads", "cloudfront.keyvaluestore_reads", "reads", &[READS])]
}

#[allow(clippy::cast_precision_loss, reason = "a few rules")]
fn web_acl(at: &At<'_>) -> Vec<Charge> {
    vec![
        Charge::fixed("Web ACL", "waf.web_acl_month", "web ACLs", 1.0),
        Charge::fixed("Web ACL rules", "waf.rule_month", "rules", at.items(&["Rules"]).len() as f64),
        Charge::used("Web ACL requests", "waf.requests", "requests", &[REQUESTS]),
    ]
}

fn zone(_: &At<'_>) -> Vec<Charge> {
    vec![
        Charge::fixed("Hosted zone", "route53.zone_month", "zones", 1.0),
        Charge::used("Zone queries", "route53.queries", "queries", &[QUERIES]),
    ]
}

/// Whose servers answer, the template does not say: the dearer price stands, that of servers outside of AWS.
fn health_check(at: &At<'_>) -> Vec<Charge> {
    let said = |key: &str| at.get(&["HealthCheckConfig", key]);
    let of = said("Type").and_then(|of| of.text()).unwrap_or_default();
    // A metric, or other checks, are asked in place of a server.
    if matches!(of, "CALCULATED" | "CLOUDWATCH_METRIC" | "RECOVERY_CONTROL") {
        return vec![Charge::fixed("Health check", "route53.health_check_month.aws", "checks", 1.0)];
    }
    let options = [
        of.starts_with("HTTPS"),
        of.ends_with("_STR_MATCH"),
        said("RequestInterval").and_then(|every| every.number()) == Some(10.0),
        said("MeasureLatency").is_some_and(|latency| latency.is_true()),
    ];
    let options = options.into_iter().filter(|is_on| *is_on).map(|_| 1.0).sum::<f64>();
    let check = Charge::fixed("Health check", "route53.health_check_month.other", "checks", 1.0);
    let more = Charge::fixed("Health check options", "route53.health_check_option_month.other", "options", options);
    std::iter::once(check).chain((options > 0.0).then_some(more)).collect()
}
