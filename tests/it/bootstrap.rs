//! What an account needs once per region: which template has what, and that no build of one stage changes another's.

use std::collections::BTreeSet;

use reggie_cfn::bootstrap::{Needs, bootstrap};
use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::link::{Linked, link};
use reggie_cfn::origin::{Origin, OriginId};
use reggie_cfn::part::shared::{self, Shared};
use reggie_cfn::plan::Plan;
use reggie_cfn::render::Renderer;
use reggie_cfn::value::{Kind, Symbol, Value};
use reggie_cfn::{emit, verify};
use serde_json::{Value as Json, json};

use crate::scratch::{BASE, PRODUCTION, Scratch};
use crate::support::{bootstrapped, compiled, goldens, json_of, names, no_errors, project, project_of, root};

const OF_EVERY_REGION: [&str; 3] = ["ArtifactBucket", "ArtifactBucketPolicy", "ImageRepository"];

/// A stage in another region than the base says.
const AMERICA: &str = "stage: america
region: us-east-1
lifetime: permanent
removal: retain
protect: true
log_days: 90
";

/// The base with a function in us-east-1 as well.
fn base_with_edge() -> String {
    format!(
        "{BASE}  Far: {{type: function, stack: edge, runtime: nodejs22.x, zip: {{path: far, handler: index.handler}}}}\n"
    )
}

fn resources(text: &str) -> Vec<String> {
    json_of(text)["Resources"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn a_home_has_all_and_another_region_what_code_needs() {
    let project = project(&[("base.yaml", base_with_edge().as_str()), ("production.yaml", PRODUCTION)]);
    let made = bootstrapped(&project, &["production"]);
    assert_eq!(made.files.keys().collect::<Vec<_>>(), ["eu-west-2.yaml", "us-east-1.yaml"]);
    assert_eq!(resources(&made.files["us-east-1.yaml"]), OF_EVERY_REGION);
    let home = resources(&made.files["eu-west-2.yaml"]);
    let shared = Shared::ALL.map(Shared::name);
    for id in OF_EVERY_REGION.iter().chain(&shared).chain(&["DeployRole"]) {
        assert!(home.iter().any(|r| r == id), "no {id} in {home:?}");
    }
    assert_eq!(home.len(), 10);
}

#[test]
fn a_region_without_code_has_none() {
    let edge = format!("{BASE}  Note: {{type: resource, stack: edge, resource_type: AWS::SNS::Topic}}\n");
    let project = project(&[("base.yaml", edge.as_str()), ("production.yaml", PRODUCTION)]);
    assert_eq!(bootstrapped(&project, &["production"]).files.len(), 1);
}

#[test]
fn what_is_exported_is_what_stages_import() {
    let project = project_of(&root());
    let made = bootstrapped(&project, &["production"]);
    let outputs = json_of(&made.files["eu-west-2.yaml"])["Outputs"].clone();
    for (name, output) in outputs.as_object().unwrap() {
        assert_eq!(output["Export"]["Name"], json!(format!("reggie-bootstrap-{name}")));
        assert!(output["Description"].as_str().unwrap().len() > 10);
    }
    for name in Shared::ALL.map(Shared::name) {
        assert_eq!(outputs[name]["Value"], json!({ "Ref": name }), "its `Ref` is its id");
    }
    assert_eq!(outputs.as_object().unwrap().len(), Shared::ALL.len() + 3);
}

/// Builds of several stages come to the same files, whichever is built, and in whichever order.
#[test]
fn a_region_is_a_home_whichever_stage_is_compiled() {
    let layers =
        [("base.yaml", base_with_edge()), ("production.yaml", PRODUCTION.into()), ("america.yaml", AMERICA.into())];
    let project = project(&layers);
    let [one, other] = ["production", "america"].map(|stage| bootstrapped(&project, &[stage]).files);
    assert_eq!(one["us-east-1.yaml"], other["us-east-1.yaml"]);
    let all = bootstrapped(&project, &["production", "america"]).files;
    assert_eq!(all, bootstrapped(&project, &["america", "production"]).files);
    assert!(one.iter().chain(&other).all(|(name, text)| all[name] == *text), "a stage alone makes other files");
    assert_eq!(resources(&all["us-east-1.yaml"]).len(), 10);
}

/// Where a layer composes its region, only what is compiled shows that it is a home.
#[test]
fn of_two_stages_the_one_at_home_wins() {
    let america = AMERICA.replace("us-east-1", "${values.there}") + "values: {there: us-east-1}\n";
    let layers = [("base.yaml", base_with_edge()), ("production.yaml", PRODUCTION.into()), ("america.yaml", america)];
    let project = project(&layers);
    for stages in [["production", "america"], ["america", "production"]] {
        let made = bootstrapped(&project, &stages);
        assert_eq!(resources(&made.files["us-east-1.yaml"]).len(), 10, "{stages:?}");
    }
}

#[test]
fn what_cloudfront_cannot_make_there_is_left_out() {
    for region in ["cn-north-1", "us-gov-west-1"] {
        let base = BASE.replace("eu-west-2", region);
        let project = project(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
        let made = bootstrapped(&project, &["production"]);
        let text = &made.files[&format!("{region}.yaml")];
        assert!(!text.contains("CloudFront") && text.contains("DeployRole"), "{text}");
    }
}

/// An origin access control's name has at most 64 characters (CloudFront API Reference); so has a role's, of which
/// CloudFormation makes `<stack>-<logical id>-<12 letters and digits>`.
#[test]
fn the_longest_project_has_names_that_fit() {
    let longest = "a".repeat(24);
    let base = BASE.replace("shop", &longest).replace("eu-west-2", "ap-southeast-1");
    let project = project(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
    let made = bootstrapped(&project, &["production"]);
    let mut found = 0;
    made.templates["ap-southeast-1.yaml"].each_leaf(&mut |path, leaf| {
        if path.last().is_some_and(|last| last == "Name") && path[0] == "Resources" {
            let name = leaf.as_text().unwrap();
            assert!(name.starts_with(&format!("{longest}-ap-southeast-1-")) && name.len() <= 64, "{name}");
            found += 1;
        }
    });
    assert_eq!(found, Shared::ALL.len());
    assert!(format!("{}-DeployRole-123456789012", shared::stack(&longest)).len() <= 64);
}

/// Every service that a role of a golden trusts is one that the deploy may hand roles to; else a deploy with the role would
/// fail at the first of them.
#[test]
fn the_deploy_role_may_pass_what_stages_make() {
    let home = json_of(&bootstrapped(&project_of(&root()), &["production"]).files["eu-west-2.yaml"]);
    let statements = &home["Resources"]["DeployRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let passes = statements.as_array().unwrap().iter().find(|s| s["Action"] == "iam:PassRole").unwrap();
    let services = passes["Condition"]["StringEquals"]["iam:PassedToService"].as_array().unwrap();
    let sorted: BTreeSet<&str> = services.iter().filter_map(Json::as_str).collect();
    assert!(sorted.iter().eq(services.iter().filter_map(Json::as_str).collect::<Vec<_>>().iter()), "not sorted");
    let mut trusted = BTreeSet::new();
    for (folder, stage) in goldens() {
        let files = compiled(&project_of(&folder), &stage).files;
        for (_, text) in files.iter().filter(|(name, _)| name.ends_with(".yaml")) {
            let template = json_of(text);
            let roles = template["Resources"].as_object().into_iter().flat_map(|r| r.values());
            for role in roles.filter(|r| r["Type"] == "AWS::IAM::Role") {
                for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"].as_array().unwrap() {
                    let service = &statement["Principal"]["Service"];
                    let all = service.as_array().cloned().unwrap_or_else(|| vec![service.clone()]);
                    trusted.extend(all.iter().filter_map(Json::as_str).map(str::to_owned));
                }
            }
        }
    }
    assert!(trusted.len() >= 4, "{trusted:?}");
    let refused: Vec<_> = trusted.iter().filter(|service| !sorted.contains(service.as_str())).collect();
    assert!(refused.is_empty(), "{refused:?} are not in {sorted:?}");
}

/// Puts something in the place of each text `HERE` in the leaves of a plan; whether there was one.
fn put(plan: &mut Plan, kind: &Kind) -> bool {
    fn inside(value: &mut Value, kind: &Kind) -> bool {
        match &mut value.kind {
            Kind::Text(text) if text == "HERE" => {
                value.kind = kind.clone();
                true
            }
            Kind::Map(entries) => entries.iter_mut().fold(false, |found, e| inside(&mut e.value, kind) | found),
            _ => false,
        }
    }
    match plan {
        Plan::Leaf(value) => inside(value, kind),
        Plan::Map(fields) => fields.iter_mut().fold(false, |found, (_, plan)| put(plan, kind) | found),
        _ => false,
    }
}

/// A stage whose resource in `stack` refers to something shared, linked and verified.
fn linked(region: &str, stack: &str) -> (Linked, Diagnostics) {
    let base = format!(
        "project: shop\nregion: {region}\ncomponents:\n  Site: {{type: resource, {stack}resource_type: AWS::SNS::Topic, properties: {{DisplayName: HERE}}}}\n"
    );
    let project = project(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
    let mut compiled = compiled(&project, "production");
    let value: Value = Value::reference(OriginId(0), Symbol::Bootstrap(Shared::SiteHeaders.name().into()));
    for (_, fragment) in &mut compiled.lowered.fragments {
        assert!(put(&mut fragment.plan, &value.kind), "{:?}", fragment.plan);
    }
    let mut findings = Diagnostics::default();
    let linked = link(&compiled.model, &compiled.lowered, &Renderer::new(), &compiled.origins, &mut findings);
    no_errors(&findings, &project.sources);
    let linked = linked.unwrap();
    let texts = emit::templates(&linked, &compiled.layers);
    verify::verify(&compiled.model, &linked, &texts, &project.sources, &compiled.origins, &mut findings);
    (linked, findings)
}

#[test]
fn at_home_what_is_shared_is_imported() {
    let (linked, findings) = linked("eu-west-2", "");
    assert!(!findings.has_errors(), "{:?}", findings.all());
    let [stack] = linked.stacks.as_slice() else { panic!("one stack") };
    assert_eq!(stack.imports.iter().collect::<Vec<_>>(), ["shop-bootstrap-SiteHeaders"]);
    let template = json_of(&emit::templates(&linked, &[])[0]);
    let name = &template["Resources"]["Site"]["Properties"]["DisplayName"];
    assert_eq!(*name, json!({"Fn::ImportValue": "shop-bootstrap-SiteHeaders"}));
    assert!(template.get("Parameters").is_none());
}

#[test]
fn in_another_region_what_is_shared_is_a_parameter() {
    let (linked, findings) = linked("eu-west-2", "stack: edge, ");
    assert!(!findings.has_errors(), "{:?}", findings.all());
    let template = json_of(&emit::templates(&linked, &[])[0]);
    assert_eq!(template["Resources"]["Site"]["Properties"]["DisplayName"], json!({"Ref": "BootstrapSiteHeaders"}));
    let said = template["Parameters"]["BootstrapSiteHeaders"]["Description"].as_str().unwrap();
    assert!(said.contains("SiteHeaders of the stack shop-bootstrap in eu-west-2"), "{said}");
}

#[test]
fn what_no_bootstrap_exports_cannot_be_imported() {
    let (_, findings) = linked("us-gov-west-1", "");
    let titles: Vec<&str> = findings.all().iter().map(|d| d.title.as_str()).collect();
    assert!(titles.iter().any(|t| t.contains("imports `shop-bootstrap-SiteHeaders`")), "{titles:?}");
}

#[test]
fn the_projects_name_leads_to_its_line() {
    let project = project(&[("base.yaml", BASE), ("production.yaml", PRODUCTION)]);
    let made = bootstrapped(&project, &["production"]);
    let cache = made.templates["eu-west-2.yaml"].resource("ServerCache").unwrap();
    let name = cache.properties.at(&["CachePolicyConfig", "Name"]).unwrap();
    assert_eq!(name.as_text(), Some("shop-eu-west-2-server"));
    let written: Vec<&str> = made.origins.spans(name.origin).iter().map(|s| project.sources.text(*s)).collect();
    assert!(matches!(made.origins.get(name.origin), Origin::Derived { .. }));
    assert_eq!(written, ["shop"]);
}

#[test]
fn two_names_are_an_error_whichever_stage_is_compiled() {
    let staging = PRODUCTION.replace("production", "staging") + "project: other\n";
    let layers = [("base.yaml", BASE), ("production.yaml", PRODUCTION), ("staging.yaml", &staging)];
    let (project, _) = crate::support::load(&layers);
    for stage in ["production", "staging"] {
        let mut needs = Needs::default();
        needs.add(&compile(&project, stage, &Renderer::new(), &mut Diagnostics::default()).unwrap());
        let mut findings = Diagnostics::default();
        bootstrap(&project, &needs, &Renderer::new(), &mut findings);
        assert_eq!(findings.all().iter().map(|d| d.code.id).collect::<Vec<_>>(), ["CFN290"], "{stage}");
    }
    let scratch = Scratch::new(&layers);
    let before = scratch.all();
    scratch.run(&["build", "production"]).ends(1).says("environments/staging.yaml").says("CFN290");
    assert_eq!(scratch.all(), before);
}

// The command.

#[test]
fn a_change_is_told_once() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0).gives("out/_bootstrap: 5 files changed\n");
    let again = project.run(&["build"]).ends(0);
    assert!(!again.data.contains("_bootstrap"), "{}", again.data);
}

#[test]
fn regions_of_other_stages_stay() {
    let project = Scratch::new(&[("base.yaml", BASE), ("production.yaml", PRODUCTION), ("america.yaml", AMERICA)]);
    let there = || {
        let mut there = names(&project.path().join("out/_bootstrap"));
        there.sort();
        there.retain(|name| name.ends_with(".yaml"));
        there
    };
    project.run(&["build", "production"]).ends(0);
    assert_eq!(there(), ["eu-west-2.yaml"]);
    project.run(&["build", "america"]).ends(0);
    assert_eq!(there(), ["eu-west-2.yaml", "us-east-1.yaml"]);
    let before = project.all();
    project.run(&["build", "production"]).ends(0);
    project.run(&["build"]).ends(0).gives("nothing changed");
    assert_eq!(project.all(), before);
    project.run(&["check"]).ends(0);
}

#[test]
fn check_compares_what_stages_share() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    let path = "out/_bootstrap/eu-west-2.yaml";
    let fresh = project.read(path);
    project.write(path, fresh.replace("NoncurrentDays: 30", "NoncurrentDays: 3"));
    project.run(&["check"]).ends(3).gives(&format!("+++ b/{path}")).gives("1 file is not");
    project.run(&["check", "pr-1"]).ends(3);
    std::fs::remove_dir_all(project.path().join("out/_bootstrap")).unwrap();
    project.run(&["check"]).ends(3).gives("--- /dev/null");
    // A preview may stand where nothing is committed.
    project.run(&["check", "pr-1"]).ends(0);
    project.run(&["build"]).ends(0);
    assert_eq!(project.read(path), fresh);
}

#[test]
fn files_of_others_are_never_touched() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    let path = "out/_bootstrap/eu-west-2.yaml";
    project.write("out/_bootstrap/notes.md", "because");
    project.write("out/_bootstrap/eu-west-2.json", "{}");
    project.write(path, project.read(path).replace("NoncurrentDays: 30", "NoncurrentDays: 3"));
    project.run(&["build"]).ends(0).gives("out/_bootstrap: 1 file changed");
    assert_eq!(project.read("out/_bootstrap/notes.md"), "because");
    assert_eq!(project.read("out/_bootstrap/eu-west-2.json"), "{}");
    project.write(path, "mine: true\n");
    project.run(&["build"]).ends(2).says(path).says("not made by reggie-cfn");
    assert_eq!(project.read(path), "mine: true\n");
}
