//! What joins: addresses, gateways, endpoints and APIs.

use crate::cost::charge::{At, Charge, HOURS, Range, Rule, Usage};

const OUT_GB: Usage = Usage::of("out_gb", "GB that leave AWS for the internet");
const PROCESSED_GB: Usage = Usage::of("processed_gb", "GB that pass through, both ways");
const REQUESTS: Usage = Usage::of("requests", "requests, those of up to 512 KB each");
const MESSAGES: Usage = Usage::of("messages", "messages of up to 32 KB each");
const METRICS: Usage = Usage::of("metrics", "metrics of routes that get values, on average over the month");

pub(super) const RULES: &[Rule] = &[
    Rule::of("AWS::EC2::EIP", address).used(&[OUT_GB]).named("Address"),
    Rule::of("AWS::EC2::NatGateway", nat_gateway).used(&[PROCESSED_GB]).named("Gateway"),
    Rule::of("AWS::EC2::VPCEndpoint", endpoint).used(&[PROCESSED_GB]).named("Endpoint"),
    Rule::of("AWS::ApiGatewayV2::Api", api).used(&[REQUESTS, MESSAGES, OUT_GB]),
    Rule::of("AWS::ApiGatewayV2::Stage", api_stage).used(&[METRICS]).named("Stage"),
];

fn address(_: &At<'_>) -> Vec<Charge> {
    vec![
        Charge::fixed("Public IPv4 address", "ec2.public_ipv4_hour", "hours", HOURS),
        Charge::used("Internet traffic", "data_transfer.out_gb", "GB", &[OUT_GB]),
    ]
}

fn nat_gateway(_: &At<'_>) -> Vec<Charge> {
    vec![
        Charge::fixed("NAT gateway", "ec2.nat_gateway_hour", "hours", HOURS),
        Charge::used("NAT gateway traffic", "ec2.nat_gateway_gb", "GB", &[PROCESSED_GB]),
    ]
}

#[allow(clippy::cast_precision_loss, reason = "a few subnets")]
fn endpoint(at: &At<'_>) -> Vec<Charge> {
    if at.text(&["VpcEndpointType"]) != Some("Interface") {
        return Vec::new();
    }
    // One that names no subnet stands in one.
    let zones = at.items(&["SubnetIds"]).len().max(1) as f64;
    vec![
        Charge::fixed("Interface endpoints", "ec2.interface_endpoint_hour", "hours", HOURS * zones),
        Charge::used("Interface endpoint traffic", "ec2.interface_endpoint_gb", "GB", &[PROCESSED_GB]),
    ]
}

fn api(at: &At<'_>) -> Vec<Charge> {
    let used = match at.text(&["ProtocolType"]) {
        Some("WEBSOCKET") => Charge::used("API messages", "websocket_api.messages", "messages", &[MESSAGES]),
        _ => Charge::used("API requests", "http_api.requests", "requests", &[REQUESTS]),
    };
    vec![used, Charge::used("Internet traffic", "data_transfer.out_gb", "GB", &[OUT_GB])]
}

/// Detailed metrics are a metric each for what is counted of every route, and are charged for the hours in which they get values.
#[allow(clippy::cast_precision_loss, reason = "a few hundred routes")]
fn api_stage(at: &At<'_>) -> Vec<Charge> {
    const OF_A_ROUTE: f64 = 6.0;
    if !at.is(&["DefaultRouteSettings", "DetailedMetricsEnabled"]) {
        return Vec::new();
    }
    let api = at.get(&["ApiId"]).and_then(|api| api.refers_to());
    let is_its = |route: &At<'_>| route.get(&["ApiId"]).and_then(|of| of.refers_to()) == api;
    let routes = at.others("AWS::ApiGatewayV2::Route").filter(is_its).count() as f64;
    let metrics = Charge::used("Route metrics", "cloudwatch.metric_month", "metrics", &[METRICS]);
    vec![metrics.within(Range { low: 0.0, high: OF_A_ROUTE * routes })]
}
