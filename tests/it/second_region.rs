//! Functions of a second region: those that say `region`, and those that a route makes by `failover: {region: …}`.

use std::collections::BTreeSet;

use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::render::Renderer;
use serde_json::{Value as Json, json};

use crate::support::{bootstrapped, compiled, json_of, load, project};

const BASE: &str = "\
project: shop
region: eu-west-2
values: {second: eu-west-1}
secrets:
  Token: {purpose: of whoever calls}
  Key: {purpose: of a service, store: secrets_manager}
components:
  Failed: {type: queue, dead_letters: none}
  Pages:
    type: function
    logical_id: OldPages
    runtime: nodejs22.x
    zip: {path: pages, handler: index.handler}
    stack: data
    schedule: rate(1 day)
    dlq: Failed
    retries: 1
    url: {protection: signed}
    links: {Pages: invoke, Token: read}
    environment: {KEY: \"${secrets.Key.value}\"}
  Front:
    type: router
    hosts: {main: {name: none}, desk: {name: none, routes: {all: {to: Pages, failover: {region: eu-west-1}}}}}
    routes:
      all: {to: Pages, failover: {region: \"${values.second}\"}}
      write: {path: /orders, to: Pages}
";
const STAGE: &str = "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 7\n";

fn stage(base: &str) -> Compiled {
    compiled(&project(&[("base.yaml", base), ("production.yaml", STAGE)]), "production")
}

fn resources(compiled: &Compiled, file: &str) -> serde_json::Map<String, Json> {
    json_of(&compiled.files[file])["Resources"].as_object().unwrap().clone()
}

/// What a stage is told, by its titles.
fn titles(base: &str) -> Vec<String> {
    let (project, mut findings) = load(&[("base.yaml", base), ("production.yaml", STAGE)]);
    assert!(findings.is_empty(), "{findings:?}");
    let mut own = Diagnostics::default();
    compile(&project, "production", &Renderer::new(), &mut own);
    findings.merge(own, None);
    findings.all().iter().map(|finding| finding.title.clone()).collect()
}

#[test]
fn what_answers_there_is_called_by_the_router_alone() {
    let there = resources(&stage(BASE), "app.eu-west-1.yaml");
    let types: BTreeSet<&str> = there.values().map(|resource| resource["Type"].as_str().unwrap()).collect();
    let expected =
        ["AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::Logs::LogGroup"];
    assert_eq!(types, BTreeSet::from(expected), "no schedule, no dead letters, and nothing that retries");
    assert!(there.contains_key("OldPagesEuWest1"), "one for both routes, named after what the first is called in AWS");
    let policy = &there["OldPagesEuWest1Policy"]["Properties"]["PolicyDocument"]["Statement"];
    let itself = policy.as_array().unwrap().iter().find(|s| s["Action"] == "lambda:InvokeFunction").unwrap();
    assert_eq!(itself["Resource"], json!({"Fn::GetAtt": "OldPagesEuWest1.Arn"}), "a link to itself is one to itself");
}

#[test]
fn cloudfront_is_permitted_where_the_function_stands() {
    let stage = stage(BASE);
    let there = resources(&stage, "web-front.eu-west-1.yaml");
    // Two for each of two distributions.
    assert_eq!(there.len(), 4);
    for permission in there.values() {
        let properties = &permission["Properties"];
        assert_eq!(properties["FunctionName"]["Fn::ImportValue"], "shop-production-app-OldPagesEuWest1Arn");
        assert!(properties["SourceArn"]["Ref"].as_str().unwrap().ends_with("DistributionArn"), "{properties}");
    }
    let of: BTreeSet<&str> = there.values().map(|p| p["Properties"]["SourceArn"]["Ref"].as_str().unwrap()).collect();
    assert_eq!(of, BTreeSet::from(["FrontDeskDistributionArn", "FrontMainDistributionArn"]));
    let at_home = resources(&stage, "web-front.yaml");
    let permits = |resource: &&Json| resource["Type"] == "AWS::Lambda::Permission";
    for permission in at_home.values().filter(permits) {
        assert_eq!(permission["Properties"]["FunctionName"]["Fn::ImportValue"], "shop-production-data-OldPagesArn");
    }
    // Bodies reach the first alone.
    let edge = resources(&stage, "edge.us-east-1.yaml");
    assert_eq!(edge.values().filter(|r| r["Type"] == "AWS::Lambda::Function").count(), 1);
}

#[test]
fn the_route_is_as_if_the_function_had_been_written() {
    let plain = BASE.replace("    url: {protection: signed}\n", "    url: {protection: public}\n");
    let plain = plain.replace(", Pages: invoke", "").replace("Pages: invoke, ", "");
    let written = plain
        .replace("{region: eu-west-1}", "{to: PagesEuWest1}")
        .replace("{region: \"${values.second}\"}", "PagesEuWest1")
        .replace(
            "  Front:\n",
            "  PagesEuWest1:\n    type: function\n    logical_id: OldPagesEuWest1\n    region: eu-west-1\n    runtime: nodejs22.x\n    \
             zip: {path: pages, handler: index.handler}\n    url: {protection: public}\n    links: {Token: read}\n    environment: \
             {KEY: \"${secrets.Key.value}\"}\n  Front:\n",
        );
    let (short, long) = (stage(&plain), stage(&written));
    assert_eq!(short.files, long.files);
}

#[test]
fn values_of_secrets_are_asked_for_in_both_regions() {
    let script = stage(BASE).files["deploy.sh"].clone();
    for line in [
        "secrets required ssm /shop/production Token",
        "secrets required secrets_manager shop/production Key",
        "secrets_in eu-west-1 required ssm /shop/production Token",
        "secrets_in eu-west-1 required secrets_manager shop/production Key",
        "bootstrap eu-west-1 eu-west-2",
    ] {
        assert!(script.contains(&format!("    {line}\n")), "{line} is not in:\n{script}");
    }
}

#[test]
fn a_mistake_in_the_function_is_told_once() {
    let titles = titles(
        &BASE
            .replace("    retries: 1\n", "    retries: 1\n    memory: 64\n    runtime: nodejs2.x\n")
            .replace("    runtime: nodejs22.x\n", ""),
    );
    assert!(titles.iter().any(|title| title.contains("`memory` of `Pages`")), "{titles:#?}");
    assert!(!titles.iter().any(|title| title.contains("`memory` of `PagesEuWest1`")), "{titles:#?}");
}

#[test]
fn what_a_stage_publishes_is_found_in_its_region() {
    let base = format!("{BASE}outputs:\n  first: ${{Pages.name}}\n  second: ${{PagesEuWest1.name}}\n");
    let stage = stage(&base);
    let script = &stage.files["deploy.sh"];
    assert!(script.contains("publish first eu-west-2 shop-production-data First"), "{script}");
    // There are two stacks of this name.
    let base = base.replace("    stack: data\n", "");
    let stage = self::stage(&base);
    let script = &stage.files["deploy.sh"];
    assert!(script.contains("publish first eu-west-2 shop-production-app First"), "{script}");
    assert!(script.contains("publish second eu-west-1 shop-production-app Second"), "{script}");
    assert!(
        stage.files["index.yaml"].contains("    output: Second\n    region: eu-west-1\n"),
        "{:?}",
        stage.files["index.yaml"]
    );
}

#[test]
fn an_overlay_may_take_the_second_region_back() {
    let preview = "match: [\"pr-*\"]\nsecrets_from: production\ncomponents:\n  Front: {hosts: {desk: {routes: {all: {failover: none}}}}, routes: {all: {failover: none}}}\n";
    let layers = [("base.yaml", BASE), ("production.yaml", STAGE), ("preview.yaml", preview)];
    let files = compiled(&project(&layers), "pr-3").files;
    assert!(!files.keys().any(|name| name.contains("eu-west-1")), "{:?}", files.keys());
}

#[test]
fn the_region_of_a_function_has_a_bootstrap_and_roles_of_workflows_reach_there() {
    let github = format!("{BASE}github: {{repository: shop/shop}}\n");
    let made = bootstrapped(&project(&[("base.yaml", github.as_str()), ("production.yaml", STAGE)]), &["production"]);
    assert_eq!(made.files.keys().filter(|name| name.ends_with(".yaml")).count(), 2, "{:?}", made.files.keys());
    assert!(!made.files["eu-west-1.yaml"].contains("DeployRole"), "a home alone has it");
    let home = &made.files["eu-west-2.yaml"];
    for resource in [
        "arn:${AWS::Partition}:cloudformation:eu-west-1:${AWS::AccountId}:stack/shop-production-*/*",
        "arn:${AWS::Partition}:ssm:eu-west-1:${AWS::AccountId}:parameter/shop/production/*",
        "arn:${AWS::Partition}:secretsmanager:eu-west-1:${AWS::AccountId}:secret:shop/production-*",
        "arn:${AWS::Partition}:ecr:eu-west-1:${AWS::AccountId}:repository/shop-bootstrap-imagerepository-*",
    ] {
        assert!(home.contains(resource), "{resource}");
    }
}

#[test]
fn a_region_that_is_not_known_names_nothing() {
    let titles = titles(&BASE.replace("${values.second}", "${values.third}"));
    assert_eq!(titles, ["`${values.third}` leads to nothing"]);
}

#[test]
fn what_stands_at_the_edge_has_its_region() {
    let edge =
        BASE.replace("    stack: data\n", "    stack: edge\n").replace("{second: eu-west-1}", "{second: us-east-1}");
    let titles = titles(&edge);
    let title = "`routes.all.failover` of `Front` names the region that `Pages` stands in";
    assert!(titles.iter().any(|found| found == title), "{titles:#?}");
}
