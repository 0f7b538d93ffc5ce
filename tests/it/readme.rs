//! The page of a stage: what it says of what holds data is what the templates say, and its commands name what they make.

use std::collections::BTreeSet;

use reggie_cfn::compile::Compiled;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::emit::{README, README_BEGINNING};
use reggie_cfn::survey::survey;
use serde_json::Value as Json;

use crate::scratch::Scratch;
use crate::support::{compiled, deployed, json_of, layers, project, project_of, root, shown};

/// Types of which each resource holds what people brought, unless a release did.
const DATA: &[&str] = &[
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
];

/// A stage of one layer over a base.
fn page(components: &str, stage: &str) -> String {
    let base = format!("project: shop\nregion: eu-west-2\nlog_days: 30\ncomponents:\n{components}");
    let stage = format!("stage: production\nlifetime: permanent\n{stage}");
    let files = compiled(&project(&[("base.yaml", base), ("production.yaml", stage)]), "production").files;
    files[README].clone()
}

/// What is to be done, below what there is.
fn steps(page: &str) -> &str {
    page.split_once("\n## Recovery\n").unwrap().1
}

/// The cells of the row of a component among the steps.
fn row(page: &str, component: &str) -> Vec<String> {
    let line = steps(page).lines().find(|line| line.starts_with(&format!("| `{component}` |")));
    let line = line.unwrap_or_else(|| panic!("no row of {component}:\n{page}"));
    line.trim_matches(['|', ' ']).split(" | ").map(str::to_owned).collect()
}

/// The template of a stack.
fn template(of: &Compiled, region: &str, stack: &str) -> Option<Json> {
    let stack = of.linked.stacks.iter().find(|s| s.id.region == region && s.name == stack)?;
    Some(json_of(&of.files[&stack.file]))
}

#[test]
fn everything_that_people_brought_has_a_row_that_says_what_its_template_says() {
    let mut seen = BTreeSet::new();
    for (folder, stage) in deployed() {
        let (which, compiled) = (shown(&folder, &stage), compiled(&project_of(&folder), &stage));
        let page = &compiled.files[README];
        for stack in &compiled.linked.stacks {
            let template = json_of(&compiled.files[&stack.file]);
            for (id, resource) in template["Resources"].as_object().unwrap() {
                let (kind, properties) = (resource["Type"].as_str().unwrap(), &resource["Properties"]);
                let component = &stack.owners[id].0;
                let of_release = compiled.lowered.neighbours[component].interface.build.is_some();
                let is_member = kind == "AWS::RDS::DBInstance" && properties.get("DBClusterIdentifier").is_some();
                let is_main = !is_member && !id.ends_with("DeadLetters");
                if !DATA.contains(&kind) || !is_main {
                    continue;
                }
                if of_release {
                    assert!(!steps(page).contains(&format!("| `{component}` |")), "{which}: {component}");
                    continue;
                }
                let row = row(page, component);
                let (when, from) = (&row[2], &row[3]);
                let policy = resource["DeletionPolicy"].as_str().unwrap_or("Delete");
                assert_eq!(when.starts_with("stays"), policy.starts_with("Retain"), "{which}: {id}: {row:?}");
                assert_eq!(when.starts_with("is deleted"), policy == "Delete", "{which}: {id}: {row:?}");
                assert_eq!(when.contains("last snapshot"), policy == "Snapshot", "{which}: {id}: {row:?}");
                let on = Json::Bool(true);
                let protected = properties["DeletionProtection"] == on || properties["DeletionProtectionEnabled"] == on;
                assert_eq!(when.contains("refuses"), protected, "{which}: {id}: {row:?}");
                let rewinds = properties["BackupRetentionPeriod"].as_i64().is_some_and(|days| days > 0)
                    || properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == on;
                assert_eq!(from.contains("any second"), rewinds, "{which}: {id}: {row:?}");
                let versions = properties["VersioningConfiguration"]["Status"] == "Enabled";
                assert_eq!(from.contains("versions"), versions, "{which}: {id}: {row:?}");
                seen.insert((kind.to_owned(), policy.to_owned(), rewinds || versions));
            }
        }
    }
    for kind in DATA {
        assert!(seen.iter().any(|(seen, ..)| seen == kind), "no golden has {kind}");
    }
    assert!(seen.len() >= 10, "{seen:?}");
}

#[test]
fn commands_name_what_the_templates_make() {
    let (mut names, mut vaults) = (0, 0);
    for (folder, stage) in deployed() {
        let (which, compiled) = (shown(&folder, &stage), compiled(&project_of(&folder), &stage));
        let page = &compiled.files[README];
        for call in page.split("$(name_of ").skip(1).filter_map(|rest| rest.split_once(')')) {
            let [region, stack, id] = call.0.split(' ').collect::<Vec<_>>()[..] else { panic!("{which}: {}", call.0) };
            let template = template(&compiled, region, stack).unwrap_or_else(|| panic!("{which}: {stack} in {region}"));
            assert!(template["Resources"].get(id).is_some(), "{which}: {stack} has no {id}");
            names += 1;
        }
        let named = |region: &str| vaults_in(&compiled, region);
        for block in page.split("\nregion=").skip(1) {
            let steps = block.split("\n### ").next().unwrap();
            let line = format!("region={}", steps.lines().next().unwrap());
            for place in line.split("region=").skip(1) {
                let (region, vault) = place.split_once(" vault=").unwrap();
                let vault = vault.split(' ').next().unwrap();
                assert!(named(region).contains(vault), "{which}: {vault} in {region}");
                vaults += 1;
            }
            let asks = |command: &&str| command.starts_with("aws ") || command.contains("$(aws ");
            for command in steps.lines().filter(asks) {
                assert!(command.contains("--region \"$region\""), "{which}: on the day its region is gone: {command}");
            }
        }
    }
    assert!(names > 20 && vaults >= 3, "{names} names, {vaults} vaults");
}

/// The names of the vaults of a stage in a region.
fn vaults_in(of: &Compiled, region: &str) -> BTreeSet<String> {
    let stacks = of.linked.stacks.iter().filter(|s| s.id.region == region);
    let of_stack = |template: Json| -> Vec<String> {
        let resources = template["Resources"].as_object().unwrap().clone();
        let names = resources.values().filter_map(|r| r["Properties"]["BackupVaultName"].as_str());
        names.map(str::to_owned).collect()
    };
    stacks.flat_map(|s| of_stack(json_of(&of.files[&s.file]))).collect()
}

/// The names of the stacks of a stage in a region.
fn stacks_in(of: &Compiled, region: &str) -> BTreeSet<String> {
    of.linked.stacks.iter().filter(|s| s.id.region == region).map(|s| s.name.clone()).collect()
}

#[test]
fn a_stage_is_made_again_where_its_copies_are() {
    const AWAY: &str = "eu-west-1";
    let folder = root().join("tests/projects/30-backup");
    let before = compiled(&project_of(&folder), "production");
    let (stacks, vaults) = (stacks_in(&before, AWAY), vaults_in(&before, AWAY));
    assert_eq!((stacks.len(), vaults.len()), (1, 1), "{stacks:?} {vaults:?}");
    let page = &before.files[README];
    let said = format!(
        "At `Nightly` write `copy: none`; a later build may name a third region. The copies so far stay in `{}`",
        stacks.first().unwrap()
    );
    assert!(page.contains(&said), "{page}");
    // What its page says, word for word.
    let snapshot = |name: &str| format!("restore_from: \"arn:aws:rds:{AWAY}:123456789012:{name}:awsbackup:copyjob-1\"");
    let steps = [
        ("region: eu-west-2".to_owned(), format!("region: {AWAY}")),
        ("copy: {region: eu-west-1, keep_days: 90}".to_owned(), "copy: none".to_owned()),
        (
            "backup_days: 14".to_owned(),
            format!(
                "backup_days: 14\n    {}\n    database: ledger\n    username: ledger",
                snapshot("cluster-snapshot")
            ),
        ),
        (
            "backup_days: 7".to_owned(),
            format!("backup_days: 7\n    {}\n    database: ledger\n    username: ledger", snapshot("snapshot")),
        ),
        (
            "account: ".to_owned(),
            format!(
                "acknowledge: {{stage: {{change: replace, property: region, to: {AWAY}, reason: The other cannot be reached}}}}\naccount: "
            ),
        ),
    ];
    let mut layers = layers(&folder);
    for (from, to) in &steps {
        assert_eq!(layers.iter().filter(|(_, text)| text.contains(from)).count(), 1, "{from}");
        layers.iter_mut().for_each(|(_, text)| *text = text.replacen(from, to, 1));
    }
    let project = project(&layers);
    let now = compiled(&project, "production");
    assert!(stacks.is_disjoint(&stacks_in(&now, AWAY)), "{:?} stand there", stacks_in(&now, AWAY));
    assert!(vaults.is_disjoint(&vaults_in(&now, AWAY)), "{:?} stand there", vaults_in(&now, AWAY));
    assert_eq!(stacks_in(&now, AWAY).len(), 2, "a network and data: {:?}", stacks_in(&now, AWAY));
    let mut findings = Diagnostics::default();
    survey(&now, &project.sources, &before.files, &mut findings);
    let titles: Vec<&str> = findings.all().iter().map(|found| found.title.as_str()).collect();
    assert!(!titles.iter().any(|title| title.contains("Nightly")), "nothing loses the copies: {titles:?}");
}

#[test]
fn what_stayed_without_its_stack_is_found_by_its_tags() {
    let components = "  Notes: {type: table, fields: {pk: string}, key: {partition: pk}, recovery_days: 7}\n";
    let kept = page(components, "removal: retain\nprotect: true\n");
    let find = "aws resourcegroupstaggingapi get-resources --region eu-west-2 --tag-filters Key=project,Values=shop Key=stage,Values=production";
    assert!(kept.contains(find) && kept.contains("`reggie-cfn import production`"), "{kept}");
    assert!(!kept.contains("vault"), "it has none:\n{kept}");
    let gone = page(components, "removal: remove\nprotect: true\n");
    assert!(!gone.contains("get-resources"), "nothing of it stays:\n{gone}");
}

#[test]
fn what_nothing_brings_back_is_said() {
    let components = "  Scratch: {type: bucket, versioning: false}
  Notes: {type: table, fields: {pk: string}, key: {partition: pk}, recovery_days: 0}
  Jobs: {type: queue, dead_letters: none}
";
    let page = page(components, "removal: remove\nprotect: false\n");
    for component in ["Scratch", "Notes", "Jobs"] {
        assert_eq!(row(&page, component)[2..], ["is deleted", "nowhere"], "{component}");
        assert!(!page.contains(&format!("### `{component}`")), "{component} has no steps:\n{page}");
    }
    assert!(!page.contains("name_of"), "no command needs it:\n{page}");
}

#[test]
fn a_stage_without_data_says_so() {
    let page = page("  Net: {type: vpc, nat: none}\n", "removal: retain\nprotect: true\n");
    assert!(page.contains("Nothing here holds data of its own"), "{page}");
    assert!(!page.contains("in another region"), "{page}");
}

#[test]
fn a_database_comes_back_as_it_is_made() {
    let database = |settings: &str| {
        format!(
            "  Net: {{type: vpc, nat: none}}\n  Db: {{type: postgres, vpc: Net, version: \"17\", username: root_of_all, backup_days: 3, {settings}}}\n"
        )
    };
    let aurora =
        page(&database("identifier: shop-db, scaling: {min: 0.5, max: 6}"), "removal: snapshot\nprotect: true\n");
    assert!(aurora.contains("--serverless-v2-scaling-configuration MinCapacity=0.5,MaxCapacity=6"), "{aurora}");
    assert!(aurora.contains("`database: shop`, `username: root_of_all` and another `identifier`"), "{aurora}");
    assert!(aurora.contains("aws rds describe-db-cluster-snapshots"), "its last snapshot:\n{aurora}");
    let settings = "engine: instance, instance: db.t4g.micro, storage_gb: 20, multi_zone: false";
    let instance = page(&database(settings), "removal: retain\nprotect: true\n");
    assert!(instance.contains("aws rds restore-db-instance-to-point-in-time"), "{instance}");
    assert!(!instance.contains("cluster") || !instance.contains("serverless"), "{instance}");
    assert!(!instance.contains("describe-db-snapshots"), "it leaves none:\n{instance}");
}

#[test]
fn dead_letters_are_kept_as_long_as_it_says() {
    let components = "  Orders: {type: queue, dead_letters: {retries: 3, keep_days: 9}}\n";
    let page = page(components, "removal: retain\nprotect: true\n");
    assert_eq!(row(&page, "Orders")[3], "dead letters");
    assert!(page.contains("kept for 9 days") && page.contains("OrdersDeadLetters"), "{page}");
    assert_eq!(steps(&page).matches("| `Orders` |").count(), 1, "one row:\n{page}");
}

#[test]
fn what_others_run_is_listed_and_no_secret_of_it_is_shown() {
    let components = "  Postgres: {type: external, purpose: \"Rows | all\\nof <them>\", url: \"${secrets.PostgresUrl.value}\", secrets: [PostgresKey]}
  Pay: {type: external, purpose: Payments, url: \"https://pay.example.com\", check: {path: /health}}
secrets:
  PostgresUrl: {purpose: Where it is, store: secrets_manager}
  PostgresKey: {purpose: What opens it}
";
    let page = page(components, "removal: retain\nprotect: true\n");
    assert_eq!(
        row(&page, "Postgres")[1..4],
        ["Rows \\| all of &lt;them>", "kept as a secret", "`PostgresKey` and `PostgresUrl`"]
    );
    assert_eq!(row(&page, "Pay")[1..3], ["Payments", "`https://pay.example.com`"]);
    assert!(page.contains("200 at `https://pay.example.com/health`"), "{page}");
    assert!(!page.contains("resolve:"), "{page}");
}

#[test]
fn the_page_is_ours_by_its_first_lines() {
    let project = Scratch::small();
    project.run(&["build", "production"]).ends(0);
    let page = project.read("out/production/README.md");
    assert!(page.starts_with(&format!("{README_BEGINNING}# Made by reggie-cfn from environments/base.yaml")), "{page}");
    project.write("out/production/README.md", page.replace("stays", "lingers"));
    project.run(&["check", "production"]).ends(3).gives("README.md");
    project.run(&["build", "production"]).ends(0).gives("1 file changed");
    assert_eq!(project.read("out/production/README.md"), page);
    // What says the same in other words is no change of its own.
    project.write("out/production/README.md", page.replace("stays", "lingers"));
    project.run(&["diff", "production"]).ends(0);
}
