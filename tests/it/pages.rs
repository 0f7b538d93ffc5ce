//! What people read on the terminal, as snapshots: help texts, the manual, explanations.

use std::process::Command;

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn help() {
    insta::assert_snapshot!("help", printed(&["--help"]));
    insta::assert_snapshot!("help_build", printed(&["build", "--help"]));
    insta::assert_snapshot!("help_check", printed(&["check", "--help"]));
    insta::assert_snapshot!("help_diff", printed(&["diff", "--help"]));
    insta::assert_snapshot!("help_explain", printed(&["explain", "--help"]));
    insta::assert_snapshot!("help_report", printed(&["report", "--help"]));
    insta::assert_snapshot!("help_init", printed(&["init", "--help"]));
    insta::assert_snapshot!("help_site_check", printed(&["site", "check", "--help"]));
    insta::assert_snapshot!("help_schema_resource", printed(&["schema", "resource", "--help"]));
}

#[test]
fn stages_and_kinds() {
    insta::assert_snapshot!("stages", printed(&["stages"]));
    insta::assert_snapshot!("kinds", printed(&["schema", "--kinds"]));
}

/// A small type, one of many properties, one whose definitions name themselves, and values of a region.
#[test]
fn resource_types() {
    let page = |arguments: &[&str]| printed(&[&["schema", "resource"], arguments].concat());
    insta::assert_snapshot!("resource_small", page(&["AWS::SQS::QueuePolicy"]));
    insta::assert_snapshot!("resource_cluster", page(&["AWS::RDS::DBCluster"]));
    insta::assert_snapshot!("resource_recursive", page(&["AWS::Budgets::Budget"]));
    insta::assert_snapshot!("resource_of_a_region", page(&["AWS::DAX::Cluster", "--region", "eu-west-2"]));
    insta::assert_snapshot!("resource_unknown", page(&["AWS::SQS::Qeue"]));
    insta::assert_snapshot!("resource_region_unknown", page(&["AWS::SQS::Queue", "--region", "eu-west-22"]));
}

#[test]
fn explanations() {
    insta::assert_snapshot!("explain_setting", printed(&["explain", "staging", "ReggieDb.scaling"]));
    insta::assert_snapshot!("explain_component", printed(&["explain", "production", "ReggieValuation"]));
    insta::assert_snapshot!(
        "explain_composed",
        printed(&["explain", "production", "ReggieApiHandler.Environment.Variables.DATABASE_URL"])
    );
    insta::assert_snapshot!("explain_code", printed(&["explain", "man010"]));
    insta::assert_snapshot!("explain_unknown", printed(&["explain", "production", "ReggieDbClustr.Engine"]));
}
