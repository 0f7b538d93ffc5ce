//! What the document calls optional: off on every stage, and one line of a stage's layer away.

use serde_json::json;

use super::{all, with};
use crate::stage::Stage;
use crate::support::{compiled, project};

/// What only options make.
const OPTIONAL: [&str; 6] = [
    "AWS::EC2::VPC",
    "AWS::WAFv2::WebACL",
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupVault",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Instance",
];

/// Prod, whose layer extends one of those that no stage extends.
fn prod(layer: &str) -> Stage {
    let layers = with("prod.yaml", "stage: prod\n", &format!("stage: prod\nextends: {layer}\n"));
    Stage::of("prod", compiled(&project(&layers), "prod").files)
}

#[test]
fn no_stage_has_what_is_optional() {
    for (said, stage) in all() {
        for of in OPTIONAL {
            assert!(stage.ids(of).is_empty(), "{}: {of}", said.stage);
        }
    }
    let prod = prod("options");
    for of in OPTIONAL {
        assert!(!prod.ids(of).is_empty(), "{of}");
    }
}

#[test]
fn the_api_may_stand_in_a_network() {
    let prod = prod("options");
    prod.says(&[("Network.CidrBlock", json!("10.0.0.0/16")), ("CarsApi.Timeout", json!(120))]);
    assert!(prod.at("CarsApi.VpcConfig.SubnetIds").is_object() || prod.at("CarsApi.VpcConfig.SubnetIds").is_array());
    assert_eq!(prod.ids("AWS::EC2::Instance").len(), 1, "the way out to what others run");
}

#[test]
fn a_firewall_may_stand_before_both_hosts() {
    let prod = prod("options");
    for host in ["Web", "Api"] {
        let acl = prod.at(&format!("CarsRouter{host}Distribution.DistributionConfig.WebACLId"));
        assert!(!acl.is_null(), "{host}");
    }
}

/// CloudFront asks the second region for reads alone; what changes something waits for the first.
#[test]
fn a_second_region_may_answer_reads() {
    let prod = prod("second-region");
    let stacks = prod.files["index.yaml"]["stacks"].as_array().unwrap();
    assert!(stacks.iter().any(|stack| stack["region"] == "ap-northeast-1" && stack["name"] == "sgcarstrends-prod-app"));
    let config = prod.at("CarsRouterApiDistribution.DistributionConfig");
    assert_eq!(config["OriginGroups"]["Quantity"], 1);
    assert_eq!(config["DefaultCacheBehavior"]["AllowedMethods"], json!(["GET", "HEAD", "OPTIONS"]));
    let workflows = &config["CacheBehaviors"][0];
    assert_eq!(workflows["PathPattern"], "/workflows/*");
    assert_eq!(workflows["AllowedMethods"].as_array().unwrap().len(), 7);
}

#[test]
fn data_of_ones_own_may_be_backed_up_twice() {
    let prod = prod("options");
    prod.says(&[
        ("Results.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", json!(true)),
        ("Results.PointInTimeRecoverySpecification.RecoveryPeriodInDays", json!(35)),
    ]);
    let vaults = prod.files.iter().filter(|(_, file)| file.to_string().contains("\"AWS::Backup::BackupVault\""));
    assert_eq!(vaults.count(), 2, "one in each region");
}
