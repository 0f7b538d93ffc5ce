//! The data is read as YAML says it, and holds what it must.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{DATA, Per, all, of, read};

/// What another reader sees.
fn seen() -> Json {
    serde_yaml::from_str(DATA).unwrap()
}

#[test]
fn the_data_is_read_as_yaml_says() {
    let seen = seen();
    assert_eq!(seen["read"], read());
    let quotas = seen["quotas"].as_object().unwrap();
    assert_eq!(quotas.len(), all().len());
    for quota in all() {
        let seen = &quotas[quota.name];
        let mut fields: BTreeMap<&str, Json> = BTreeMap::from([
            ("what", quota.what.into()),
            ("counts", quota.counts.clone().into()),
            ("figure", quota.figure.into()),
            ("raised", quota.is_raised.into()),
            ("source", quota.source.into()),
            ("url", quota.url.into()),
        ]);
        let per = match quota.per {
            Per::Account => "account",
            Per::Region => "region",
            Per::Zone => "zone",
        };
        fields.insert("per", per.into());
        fields.extend(quota.only.map(|(property, value)| ("where", serde_json::json!({property: value}))));
        fields.extend(quota.adds.map(|property| ("adds", property.into())));
        fields.extend(quota.setting.map(|setting| ("setting", setting.into())));
        if quota.spare > 0 {
            fields.insert("spare", quota.spare.into());
        }
        if !quota.regions.is_empty() {
            fields.insert("regions", quota.regions.iter().map(|(r, n)| ((*r).to_owned(), Json::from(*n))).collect());
        }
        assert_eq!(serde_json::to_value(fields).unwrap(), *seen, "{}", quota.name);
    }
}

#[test]
fn the_data_is_in_order_and_sourced() {
    let names: Vec<&str> = all().iter().map(|quota| quota.name).collect();
    assert!(names.is_sorted() && names.len() > 25, "{names:?}");
    let day = read();
    assert!(day.len() == 10 && day.starts_with("20"), "{day}");
    for quota in all() {
        let name = quota.name;
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        assert!(quota.url.starts_with("https://docs.aws.amazon.com/"), "{name}: {}", quota.url);
        assert!(quota.source.contains('"'), "{name} names no page: {}", quota.source);
        assert!(!quota.counts.is_empty() && quota.counts.iter().all(|t| t.starts_with("AWS::")), "{name}");
        assert!(quota.figure > quota.spare, "{name}");
    }
}

#[test]
fn resources_use_what_they_are_counted_for() {
    let quota = |name: &str| all().iter().find(|quota| quota.name == name).unwrap();
    let counting = |of_type: &str| -> Vec<&str> { of(of_type).map(|(_, quota)| quota.name).collect() };
    assert_eq!(counting("AWS::EC2::VPC"), ["vpcs"]);
    assert_eq!(counting("AWS::ApiGatewayV2::Api"), counting("AWS::ApiGateway::RestApi"));
    assert!(counting("AWS::EC2::Subnet").is_empty());
    let none = |_: &str| None;
    let of_a_bus = |bus: &'static str| move |name: &str| (name == "EventBusName").then(|| bus.to_owned());
    assert_eq!(quota("event_rules").used_by(none), 1);
    assert_eq!(quota("event_rules").used_by(of_a_bus("default")), 1);
    assert_eq!(quota("event_rules").used_by(of_a_bus("orders")), 0);
    let reserved = |name: &str| (name == "ReservedConcurrentExecutions").then(|| "40".to_owned());
    assert_eq!(quota("concurrency").used_by(reserved), 40);
    assert_eq!(quota("concurrency").used_by(none), 0);
    assert_eq!(quota("event_rules").figure_in("eu-south-1"), 100);
    assert_eq!(quota("event_rules").figure_in("eu-west-2"), 300);
}
