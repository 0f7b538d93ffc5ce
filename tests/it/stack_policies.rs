//! Stack policies: which resources they protect, and that their files are known as ours without a first line that says so.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::scratch::Scratch;
use crate::support::{compiled, deployed, json_of, project_of, shown};

/// Types of which every resource of every project is somebody's data, and types of which none is.
const DATA: &[&str] =
    &["AWS::DynamoDB::Table", "AWS::RDS::DBCluster", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"];
const NO_DATA: &[&str] = &["AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup", "AWS::EC2::VPC"];

/// The logical ids that a policy protects.
fn denied(policy: &str) -> Vec<String> {
    let policy: Json = serde_json::from_str(policy).unwrap();
    let [allow, deny] = policy["Statement"].as_array().unwrap().as_slice() else { panic!("{policy}") };
    assert_eq!(*allow, json!({"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}));
    assert_eq!(deny["Effect"], "Deny");
    assert_eq!(deny["Action"], json!(["Update:Replace", "Update:Delete"]));
    assert_eq!(deny["Principal"], "*");
    let ids = deny["Resource"].as_array().unwrap();
    ids.iter().map(|id| id.as_str().unwrap().strip_prefix("LogicalResourceId/").unwrap().to_owned()).collect()
}

#[test]
fn what_holds_data_on_a_protected_stage_is_never_replaced() {
    let (mut policies, mut without) = (0, 0);
    for (folder, stage) in deployed() {
        let which = shown(&folder, &stage);
        let compiled = compiled(&project_of(&folder), &stage);
        let files = &compiled.files;
        let index = json_of(&files["index.yaml"]);
        let mut listed = BTreeSet::new();
        for stack in index["stacks"].as_array().unwrap() {
            let file = stack["template"]["file"].as_str().unwrap();
            let resources = json_of(&files[file])["Resources"].as_object().unwrap().clone();
            let of = |types: &[&str]| -> BTreeSet<String> {
                let is_one = |(_, r): &(&String, &Json)| types.contains(&r["Type"].as_str().unwrap());
                resources.iter().filter(is_one).map(|(id, _)| id.clone()).collect()
            };
            let policy = stack["stack_policy"]["file"].as_str();
            let protected: BTreeSet<String> =
                policy.map(|file| denied(&files[file])).unwrap_or_default().into_iter().collect();
            // A component may say that it is not protected.
            let owners = &compiled.linked.stacks.iter().find(|stack| stack.file == file).unwrap().owners;
            let is_open = |id: &String| {
                let component = &compiled.model.components[&owners[id].0];
                component.common.protect.is_some_and(|protect| !protect.value)
            };
            let mut data = of(DATA);
            data.retain(|id| compiled.model.stage.protect.value && !is_open(id));
            assert!(protected.is_superset(&data), "{which}: {file}");
            if let Some(policy) = policy {
                assert_eq!(policy, file.replace(".yaml", ".policy.json"), "{which}");
                assert!(
                    !protected.is_empty() && protected.iter().all(|id| resources.contains_key(id)),
                    "{which}: {policy}"
                );
                assert!(protected.is_disjoint(&of(NO_DATA)), "{which}: {policy}");
                listed.insert(policy.to_owned());
                policies += 1;
            } else {
                without += 1;
            }
        }
        let made: BTreeSet<String> = files.keys().filter(|name| name.ends_with(".json")).cloned().collect();
        assert_eq!(made, listed, "{which}");
        assert!(compiled.model.stage.protect.value || made.is_empty(), "{which}: nothing there is protected");
    }
    assert!(policies > 15 && without > 15, "{policies} with, {without} without");
}

const BASE: &str = "project: shop
region: eu-west-2
components:
  Orders: {type: table, fields: {id: string}, key: {partition: id}, recovery_days: 7}
  Jobs: {type: queue, dead_letters: {retries: 3}}
";
const PRODUCTION: &str =
    "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\naccount: \"123456789012\"\n";

fn shop(overlay: &str) -> Scratch {
    Scratch::new(&[("base.yaml", BASE), ("production.yaml", &format!("{PRODUCTION}{overlay}"))])
}

const POLICY: &str = "out/production/data.policy.json";

#[test]
fn a_component_says_whether_it_is_protected() {
    let of = |overlay: &str| {
        let project = shop(overlay);
        project.run(&["build"]).ends(0);
        denied(&project.read(POLICY))
    };
    assert_eq!(of(""), ["Jobs", "JobsDeadLetters", "Orders"]);
    assert_eq!(of("components: {Jobs: {protect: false}}\n"), ["Orders"]);
    // On a stage that comes and goes nothing has to be acknowledged.
    let project = shop("");
    let (preview, policy) = ("match: [\"pr-*\"]\n", "out/pr-1/data.policy.json");
    project.write("environments/preview.yaml", format!("{preview}protect: true\n"));
    project.run(&["build", "pr-1"]).ends(0);
    assert_eq!(denied(&project.read(policy)), ["Jobs", "JobsDeadLetters", "Orders"]);
    project.write("environments/preview.yaml", preview);
    project.run(&["check", "pr-1"]).ends(3).gives("+++ /dev/null");
    project.run(&["build", "pr-1"]).ends(0);
    assert!(!project.path().join(policy).exists(), "nothing there is protected any more");
    project.write("environments/preview.yaml", format!("{preview}components: {{Orders: {{protect: true}}}}\n"));
    project.run(&["build", "pr-1"]).ends(0);
    assert_eq!(denied(&project.read(policy)), ["Orders"]);
}

#[test]
fn a_policy_is_known_as_ours_when_the_index_is_lost() {
    let project = shop("");
    project.run(&["build"]).ends(0);
    project.commit();
    let (index, policy) = (project.read("out/production/index.yaml"), project.read(POLICY));
    let conflict = format!("{}<<<<<<< ours\n  a: 1\n=======\n  b: 2\n>>>>>>> theirs\n", index);
    for broken in [Some(conflict), None] {
        match broken {
            Some(text) => project.write("out/production/index.yaml", text),
            None => std::fs::remove_file(project.path().join("out/production/index.yaml")).unwrap(),
        }
        project.write(POLICY, policy.replace("Orders", "<<<<<<< ours"));
        project.run(&["build"]).ends(0);
        assert_eq!((project.read("out/production/index.yaml"), project.read(POLICY)), (index.clone(), policy.clone()));
        project.run(&["check"]).ends(0);
    }
}

#[test]
fn a_policy_of_others_stays() {
    let project = shop("components: {Orders: {protect: false}, Jobs: {protect: false}}\n");
    project.run(&["build"]).ends(0);
    let theirs = "{\"Statement\": []}\n";
    project.write(POLICY, theirs);
    project.run(&["build"]).ends(0);
    assert_eq!(project.read(POLICY), theirs, "nothing of ours has that name");
    project.write("environments/production.yaml", PRODUCTION);
    project.run(&["build"]).ends(2).says("data.policy.json").says("not made by reggie-cfn");
    assert_eq!(project.read(POLICY), theirs);
}
