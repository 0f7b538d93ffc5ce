//! Policy rules: what the compiler makes keeps them, and what is suppressed is written where other tools read it.

mod cases;

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::compile::compile;
use reggie_cfn::component::{StackId, StackName};
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::link::{Linked, Stack};
use reggie_cfn::policy;
use reggie_cfn::render::Renderer;
use serde_json::{Value, json};

use crate::support::{bootstraps, committed_stages, compiled, goldens, json_of, project, project_of, shown};

/// What a policy finds on a stage, as people see it.
fn found(layers: &[(&str, &str)], stage: &str) -> String {
    let project = project(layers);
    let mut findings = Diagnostics::default();
    compile(&project, stage, &Renderer::new(), &mut findings);
    findings.sort();
    let codes = findings.all().iter().map(|d| format!("{}: {}", d.code.id, d.title));
    codes.collect::<Vec<_>>().join("\n")
}

const PRODUCTION: &str = "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 30\n";

#[test]
fn no_golden_breaks_a_rule() {
    let mut told = Vec::new();
    for (folder, stage) in goldens() {
        let project = project_of(&folder);
        let mut findings = Diagnostics::default();
        compile(&project, &stage, &Renderer::new(), &mut findings);
        let is_ours = |code: &str| code.starts_with("POL") || policy::CODES.iter().any(|own| own.id == code);
        if findings.all().iter().any(|d| is_ours(d.code.id)) {
            let text = render(&findings, &project.sources, Format::Text, false, 100);
            told.push(format!("{}\n{text}", shown(&folder, &stage)));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// The bootstrap belongs to no stage: a stage lends it a model.
#[test]
fn no_bootstrap_breaks_a_rule() {
    for (folder, made) in bootstraps() {
        let project = project_of(&folder);
        let model = compiled(&project, &committed_stages(&folder)[0]).model;
        for (file, template) in made.templates {
            let stack = Stack {
                id: StackId::in_us_east_1(StackName::Edge),
                name: "bootstrap".to_owned(),
                file: file.clone(),
                template,
                imports: BTreeSet::new(),
                empty_before_delete: Vec::new(),
                owners: BTreeMap::new(),
            };
            let mut linked = Linked { stacks: vec![stack], ..Linked::default() };
            let findings = policy::check(&model, &mut linked, &project.sources, &made.origins);
            let titles: Vec<_> = findings.all().iter().map(|d| (d.code.id, &d.title)).collect();
            assert!(titles.is_empty(), "{file}: {titles:#?}");
        }
    }
}

const ENDLESS: &str = "\
project: shop
region: eu-west-2
components:
  Audit:
    type: resource
    resource_type: AWS::Logs::LogGroup
    stack: data
";

#[test]
fn a_suppressed_finding_is_not_told_and_lands_in_the_metadata_alone() {
    let without = [("base.yaml", ENDLESS), ("production.yaml", PRODUCTION)];
    assert!(found(&without, "production").starts_with("POL030: "));
    let hushed =
        format!("{ENDLESS}    suppress: {{POL030: The law asks for it, W3045: As it is, CKV_AWS_158: Nobody asks}}\n");
    let with = [("base.yaml", hushed.as_str()), ("production.yaml", PRODUCTION)];
    assert_eq!(found(&with, "production"), "");
    let data = |layers| json_of(&compiled(&project(layers), "production").files["data.yaml"]);
    let (before, mut after) = (data(&without), data(&with));
    let metadata = after["Resources"]["Audit"].as_object_mut().unwrap().remove("Metadata").unwrap();
    assert_eq!(after, before);
    let expected = json!({
        "cfn-lint": {"config": {"ignore_checks": ["W3045"]}, "reasons": {"W3045": "As it is"}},
        "checkov": {"skip": [
            {"id": "CKV_AWS_158", "comment": "Nobody asks"},
            {"id": "CKV_AWS_66", "comment": "The law asks for it"},
        ]},
        "guard": {
            "SuppressedRules": ["CW_LOGGROUP_RETENTION_PERIOD_CHECK"],
            "reasons": {"CW_LOGGROUP_RETENTION_PERIOD_CHECK": "The law asks for it"},
        },
    });
    assert_eq!(metadata, expected);
}

#[test]
fn what_a_template_excepts_itself_stays_beside_what_is_suppressed() {
    let base = "\
project: shop
region: eu-west-2
components:
  Net:
    type: vpc
    availability_zones: [eu-west-2a]
    nat: none
    suppress: {W3045: As it is}
";
    let files = compiled(&project(&[("base.yaml", base), ("production.yaml", PRODUCTION)]), "production").files;
    let subnet = &json_of(&files["network.yaml"])["Resources"]["NetPublicSubnet1"]["Metadata"]["cfn-lint"];
    assert_eq!(subnet["config"]["ignore_checks"], json!(["W3010", "W3045"]));
    assert!(subnet["reasons"].as_object().unwrap().values().all(Value::is_string), "{subnet}");
}

#[test]
fn a_suppression_of_a_whole_kind_may_hide_nothing_at_one_component() {
    let base = "\
project: shop
region: eu-west-2
defaults:
  queue: {dead_letters: none, suppress: {POL020: Nothing secret}}
components:
  Plain: {type: queue, overrides: {Self: {SqsManagedSseEnabled: false}}}
  Other: {type: queue}
";
    assert_eq!(found(&[("base.yaml", base), ("production.yaml", PRODUCTION)], "production"), "");
}

#[test]
fn what_only_the_deploy_knows_is_not_guessed_at() {
    let base = "\
project: shop
region: eu-west-2
inputs: {Open: {purpose: Whether it is open}}
components:
  Db:
    type: resource
    stack: data
    resource_type: AWS::Redshift::Cluster
    properties:
      ClusterType: single-node
      DBName: warehouse
      NodeType: ra3.large
      MasterUsername: admin
      ManageMasterPassword: true
      PubliclyAccessible: ${inputs.Open}
  Group:
    type: resource
    stack: network
    resource_type: AWS::EC2::SecurityGroup
    properties:
      GroupDescription: Some
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: \"${inputs.Open}\"}
  Group2:
    type: resource
    stack: network
    resource_type: AWS::EC2::SecurityGroup
    properties:
      GroupDescription: Some
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: \"${inputs.Open}\", ToPort: 22, CidrIp: 0.0.0.0/0}
";
    assert_eq!(found(&[("base.yaml", base), ("production.yaml", PRODUCTION)], "production"), "");
}

#[test]
fn a_bucket_whose_policy_stands_in_another_stack_is_seen_to_have_one() {
    let base = "\
project: shop
region: eu-west-2
components:
  Files:
    type: resource
    resource_type: AWS::S3::Bucket
    stack: data
  Policy:
    type: resource
    resource_type: AWS::S3::BucketPolicy
    stack: app
    properties:
      Bucket: ${Files.ref}
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: \"*\", Action: \"s3:*\", Resource: \"*\", Condition: {Bool: {aws:SecureTransport: false}}}
";
    assert_eq!(found(&[("base.yaml", base), ("production.yaml", PRODUCTION)], "production"), "");
    let other = base.replace("aws:SecureTransport: false", "aws:SecureTransport: true");
    let told = found(&[("base.yaml", &other), ("production.yaml", PRODUCTION)], "production");
    assert_eq!(told, "POL043: the bucket `Files` answers requests without TLS");
}
