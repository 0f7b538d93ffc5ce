//! Region and runtime, stages and how long they live, hosts, isolation, names.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{SAID, all, committed, folder, read};
use crate::stage::{Stage, each_text};

#[test]
fn everything_runs_in_singapore_on_node_22_and_arm64() {
    for (_, stage) in all() {
        let index = &stage.files["index.yaml"];
        assert_eq!(index["region"], "ap-southeast-1");
        for stack in index["stacks"].as_array().unwrap() {
            // CloudFront's certificates, code and metrics are there and nowhere else.
            let is_of_the_edge = stack["name"].as_str().is_some_and(|name| {
                ["certificates", "edge", "monitoring"].iter().any(|of_the_edge| name.ends_with(of_the_edge))
            });
            let region = stack["region"].as_str().unwrap();
            assert!(region == "ap-southeast-1" || (region == "us-east-1" && is_of_the_edge), "{stack}");
        }
        let functions = stage.ids("AWS::Lambda::Function");
        assert!(functions.contains("CarsApi") && functions.contains("CarsWebServer"), "{functions:?}");
        for id in functions {
            assert_eq!(stage.at(&format!("{id}.Runtime")), "nodejs22.x", "{id}");
            // Lambda@Edge has no other.
            let of = if id == "CarsWebSigner" { "x86_64" } else { "arm64" };
            assert_eq!(stage.at(&format!("{id}.Architectures")), &json!([of]), "{id}");
        }
    }
}

#[test]
fn three_stages_stay_and_previews_come_and_go() {
    for (said, stage) in all() {
        let manifest = &stage.files["manifest.yaml"];
        let lifetime = if said.is_permanent { "permanent" } else { "ephemeral" };
        for (key, value) in
            [("lifetime", json!(lifetime)), ("removal", json!(said.removal)), ("protect", json!(said.protect))]
        {
            assert_eq!(manifest[key], value, "{}: {key}", said.stage);
        }
        let index = stage.files["index.yaml"]["stacks"].as_array().unwrap();
        assert!(index.iter().all(|stack| stack["termination_protection"] == said.protect), "{}", said.stage);
        // What holds data: the site's files and pages, and the tags of its pages.
        let deletion = if said.removal == "retain" { "RetainExceptOnCreate" } else { "Delete" };
        for id in ["CarsWebBucket", "CarsWebTagTable"] {
            assert_eq!(stage.at(&format!("{id}.@DeletionPolicy")), deletion, "{}: {id}", said.stage);
        }
        // What is kept is kept from a deploy that would replace it as well, where the stage is protected.
        assert_eq!(folder().join(format!("out/{}/web-cars-web.policy.json", said.stage)).exists(), said.protect);
        assert_eq!(read(&format!("out/{}/teardown.sh", said.stage)).contains("\nis_protected=yes\n"), said.protect);
    }
}

#[test]
fn a_branch_is_a_stage_by_its_slug() {
    let of_the_branch = Stage::compiled(&folder(), "feature/auth");
    assert_eq!(of_the_branch.files, committed("feature-auth").files);
}

#[test]
fn the_names_of_long_branches_fit_and_stay_apart() {
    let end = "of-the-comparison-with-last-year-on-the-page-of-a-make";
    let names = |branch: &str| {
        let stage = Stage::compiled(&folder(), branch);
        let named = |(_, resource): (&str, &Json)| resource["Properties"]["Name"].as_str().map(str::to_owned);
        stage.resources().filter_map(named).collect::<BTreeSet<_>>()
    };
    let (one, other) = (names(&format!("feature/colours-{end}")), names(&format!("feature/colours-{end}-again")));
    assert!(one.is_disjoint(&other) && !one.is_empty(), "{one:?} {other:?}");
    assert!(one.iter().all(|name| name.starts_with("sgcarstrends-feature-colours-of-the-compari")), "{one:?}");
}

#[test]
fn hosts_are_those_of_the_document() {
    for (said, stage) in all() {
        let of = |host: &str| stage.at(&format!("CarsRouter{host}Distribution.DistributionConfig.Aliases")).clone();
        let www = if said.stage == "prod" { vec![said.web, "www.sgcarstrends.com"] } else { vec![said.web] };
        assert_eq!(of("Web"), json!(www), "{}", said.stage);
        assert_eq!(of("Api"), json!([said.api]), "{}", said.stage);
        let outputs: Vec<&Json> = stage.files.values().filter_map(|file| file.get("Outputs")).collect();
        for (output, host) in [("WebUrl", said.web), ("ApiUrl", said.api)] {
            let found = outputs.iter().find_map(|of| of.get(output)).unwrap();
            assert_eq!(found["Value"], format!("https://{host}"), "{}", said.stage);
        }
    }
}

/// A preview is cheap, fast to make, and gone without a trace: no certificate to wait for, no code at the edge to wait for hours, no alarms.
#[test]
fn a_preview_has_nothing_of_its_own_that_can_be_shared() {
    for stage in ["pr-123", "feature-auth"].map(committed) {
        for of in [
            "AWS::CertificateManager::Certificate",
            "AWS::Lambda::Version",
            "AWS::CloudWatch::Alarm",
            "AWS::Events::Rule",
            "AWS::Scheduler::Schedule",
            "AWS::CloudFront::CachePolicy",
            "AWS::CloudFront::OriginRequestPolicy",
            "AWS::CloudFront::ResponseHeadersPolicy",
            "AWS::CloudFront::OriginAccessControl",
        ] {
            assert!(stage.ids(of).is_empty(), "{}: {of}", stage.name);
        }
        let index = &stage.files["index.yaml"];
        let stacks = index["stacks"].as_array().unwrap();
        assert!(stacks.iter().all(|stack| stack["region"] == "ap-southeast-1"), "one region");
        let names: Vec<&str> = stacks.iter().map(|stack| stack["name"].as_str().unwrap()).collect();
        let own =
            ["app", "web-cars-web", "web-cars-router"].map(|stack| format!("sgcarstrends-{}-{stack}", stage.name));
        assert_eq!(names, own);
        let arn = json!({
            "from": "output", "stack": "sgcarstrends-shared-certificates", "region": "us-east-1", "output": "WildcardUsEast1Arn",
        });
        assert_eq!(stacks[2]["parameters"]["WildcardUsEast1Arn"], arn);
        for host in ["Web", "Api"] {
            let certificate =
                format!("CarsRouter{host}Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn");
            assert_eq!(stage.at(&certificate), &json!({"Ref": "WildcardUsEast1Arn"}));
        }
        // Nobody waits for a person's address, since nobody is told of anything.
        assert!(!read(&format!("out/{}/deploy.sh", stage.name)).contains("\n    inputs "));
    }
}

/// What all stages use is a stage of its own, whose deploy asks for nothing.
#[test]
fn the_shared_stage_is_one_certificate() {
    let shared = committed("shared");
    shared.says(&[
        ("WildcardUsEast1.@Type", json!("AWS::CertificateManager::Certificate")),
        ("WildcardUsEast1.DomainName", json!("sgcarstrends.com")),
        ("WildcardUsEast1.SubjectAlternativeNames", json!(["*.sgcarstrends.com"])),
    ]);
    assert_eq!(shared.resources().count(), 1);
    let deploy = read("out/shared/deploy.sh");
    assert!(
        !deploy.contains("\n    secrets ") && !deploy.contains("\n    inputs ") && !deploy.contains("\n    publish ")
    );
}

#[test]
fn logs_stay_as_long_as_each_stage_says() {
    for (said, stage) in all() {
        let groups = stage.ids("AWS::Logs::LogGroup");
        assert!(groups.contains("CarsApiLogs") && groups.contains("CarsWebServerLogs"), "{groups:?}");
        for id in &groups {
            assert_eq!(stage.at(&format!("{id}.RetentionInDays")), said.log_days, "{}: {id}", said.stage);
        }
        // Each function writes to a group of its own stage.
        let functions = stage.ids("AWS::Lambda::Function");
        let written: BTreeSet<&str> = functions
            .iter()
            .filter(|id| **id != "CarsWebSigner")
            .map(|id| stage.at(&format!("{id}.LoggingConfig.LogGroup.Ref")).as_str().unwrap())
            .collect();
        assert!(written.is_subset(&groups) && written.len() >= functions.len() - 1, "{}: {written:?}", said.stage);
    }
}

/// A stage names nothing of another but the shared certificate, and, where it is a preview, the secrets of dev.
#[test]
fn each_stage_is_isolated_and_its_names_begin_with_it() {
    for (said, stage) in all() {
        let own = format!("sgcarstrends-{}-", said.stage);
        let others = SAID.iter().map(|other| other.stage).filter(|other| *other != said.stage);
        let others: Vec<&str> = others.filter(|other| *other != said.secrets).collect();
        for (file, json) in &stage.files {
            each_text(json, &mut |text| {
                for other in &others {
                    for sign in ["-", "/"] {
                        let name = format!("sgcarstrends{sign}{other}");
                        assert!(!text.contains(&name), "{}: {file} names {text}", said.stage);
                    }
                }
            });
            for (_, output) in json["Outputs"].as_object().into_iter().flatten() {
                let name = output["Export"]["Name"].as_str();
                assert!(name.is_none_or(|name| name.starts_with(&own)), "{name:?}");
            }
        }
        for stack in stage.files["index.yaml"]["stacks"].as_array().unwrap() {
            assert!(stack["name"].as_str().unwrap().starts_with(&own), "{stack}");
        }
        for id in stage.ids("AWS::CloudFront::Function") {
            assert!(stage.at(&format!("{id}.Name")).as_str().unwrap().starts_with(&own), "{id}");
        }
        let mut tags = json!({"project": "sgcarstrends", "stage": said.stage});
        if !said.is_permanent {
            tags["owner"] = json!("previews");
            tags["expire_days"] = json!("14");
        }
        assert_eq!(stage.files["index.yaml"]["tags"], tags, "what is billed can be told apart");
    }
}
