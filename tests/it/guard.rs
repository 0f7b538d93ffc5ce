//! The guard: what holds data goes only where the stage says so.

use std::collections::BTreeMap;

use reggie_cfn::aws::{Path, resource_type};
use reggie_cfn::cfn::holds_data;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::survey::survey;

use crate::scratch::Scratch;
use crate::support::{compiled, project};

const SHOP: &str = "project: shop
region: eu-west-2
components:
  Network: {type: vpc, nat: none}
  Db: {type: postgres, vpc: Network, version: '17.7', scaling: {min: 0.5, max: 2}, backup_days: 7}
  Orders: {type: table, fields: {id: string}, key: {partition: id}, recovery_days: 7}
  Files: {type: bucket, versioning: true}
  Mails: {type: queue, dead_letters: none}
";
const PRODUCTION: &str = "stage: production
lifetime: permanent
removal: retain
protect: true
log_days: 30
";

/// A template in which a resource says something else of a property: `It: other`, in the place of what it says, or beside it.
fn changed(template: &str, id: &str, property: &str) -> String {
    let (mut out, mut within, mut skips) = (String::new(), false, false);
    for line in template.lines() {
        let depth = line.len() - line.trim_start().len();
        if depth <= 2 {
            within = line == format!("  {id}:");
        }
        skips = within
            && if depth == 6 { line.trim_start().starts_with(&format!("{property}:")) } else { skips && depth > 6 };
        if !skips {
            out.push_str(line);
            out.push('\n');
        }
        if within && line == "    Properties:" {
            out.push_str(&format!("      {property}: other\n"));
        }
    }
    out
}

#[test]
fn every_property_that_replaces_data_is_stopped_and_no_other() {
    let compiled = compiled(&project(&[("base", SHOP), ("production", PRODUCTION)]), "production");
    let (mut stopped, mut passed) = (0, 0);
    for stack in &compiled.linked.stacks {
        for resource in stack.template.resources.iter().filter(|r| holds_data(r.type_name()).is_some()) {
            let of = resource_type(resource.type_name()).expect("AWS has it");
            // Logs begin anew, and the data of a cluster are not in its instances.
            if of.name == "AWS::Logs::LogGroup"
                || resource.properties.get("DBClusterIdentifier").is_some_and(|_| of.name == "AWS::RDS::DBInstance")
            {
                continue;
            }
            let (component, local) = &stack.owners[&resource.id];
            let key = if local == "Self" { component.clone() } else { format!("{component}.{local}") };
            for property in of.properties() {
                let is = |paths: &[Path]| paths.iter().any(|path| path.0.first() == Some(&property));
                if is(&of.read_only) && !is(&of.create_only) {
                    continue;
                }
                let mut before: BTreeMap<_, _> = compiled.files.clone();
                let template = changed(&before[&stack.file], &resource.id, property);
                before.insert(stack.file.clone(), template);
                let mut findings = Diagnostics::default();
                survey(&compiled, &project(&[("base", SHOP)]).sources, &before, &mut findings);
                let is_stopped =
                    findings.all().iter().any(|d| d.code.id == "CFN452" && d.title.contains(&format!("`{key}`")));
                let replaces = is(&of.create_only) || is(&of.conditional_create_only);
                // To protect less is stopped too, whatever replaces.
                let protects = property.starts_with("DeletionProtection");
                assert_eq!(is_stopped, replaces && !protects, "{key} {property}: {:?}", findings.all());
                *(if is_stopped { &mut stopped } else { &mut passed }) += 1;
            }
        }
    }
    assert!(stopped >= 30 && passed >= 90, "{stopped} stopped, {passed} passed");
}

fn shop() -> Scratch {
    let shop = Scratch::new(&[("base.yaml", SHOP), ("production.yaml", PRODUCTION)]);
    shop.run(&["build"]).ends(0);
    shop
}

#[test]
fn what_is_acknowledged_is_recorded_and_passes_again() {
    let shop = shop();
    let before = shop.all();
    shop.write(
        "environments/base.yaml",
        SHOP.replace("{id: string}", "{day: string}").replace("partition: id", "partition: day"),
    );
    for command in ["build", "check"] {
        shop.run(&[command]).ends(1).says("CFN452").says("`Orders` would be replaced").says("property: KeySchema.0");
    }
    assert_eq!(
        shop.read("out/production/data.yaml"),
        before.iter().find(|(name, _)| name.ends_with("production/data.yaml")).unwrap().1
    );
    let entry = "acknowledge:\n  Orders:\n    change: replace\n    property: KeySchema.0\n    to: {AttributeName: day, KeyType: HASH}\n    reason: Nobody has ordered yet\n";
    shop.write("environments/production.yaml", format!("{PRODUCTION}{entry}"));
    shop.run(&["build"]).ends(0);
    let index = shop.read("out/production/index.yaml");
    assert!(index.contains("acknowledged:\n  Orders:\n    change: replace\n"), "{index}");
    assert!(
        !shop.read("out/production/data.policy.json").contains("LogicalResourceId/Orders"),
        "the policy would refuse it"
    );
    shop.run(&["check"]).ends(0).says("CFN454").gives("fresh");
    shop.run(&["build"]).ends(0).gives("nothing changed");
    shop.write("environments/production.yaml", PRODUCTION);
    shop.run(&["build"]).ends(0);
    assert!(shop.read("out/production/data.policy.json").contains("LogicalResourceId/Orders"));
}

#[test]
fn a_stage_that_stayed_is_guarded_when_it_stays_no_longer() {
    let shop = shop();
    shop.write("environments/production.yaml", PRODUCTION.replace("permanent", "ephemeral"));
    shop.run(&["check", "production"]).ends(1).says("a stage that comes and goes").says("property: lifetime");
    shop.write("environments/base.yaml", without_mails());
    shop.run(&["check", "production"]).ends(1).says("`Mails` would leave its stack");
}

/// A shop whose build is committed.
fn committed() -> Scratch {
    let shop = shop();
    shop.commit();
    shop
}

const NO_MAILS: &str = "acknowledge: {Mails: {change: delete, reason: They are all sent}}\n";

fn without_mails() -> String {
    SHOP.replace("  Mails: {type: queue, dead_letters: none}\n", "")
}

#[test]
fn two_builds_let_nothing_pass_that_one_does_not() {
    let shop = committed();
    shop.write("environments/base.yaml", without_mails());
    shop.write("environments/production.yaml", format!("{PRODUCTION}{NO_MAILS}"));
    shop.run(&["build"]).ends(0);
    shop.run(&["build"]).ends(0).gives("nothing changed");
    shop.write("environments/production.yaml", PRODUCTION);
    shop.run(&["build"]).ends(1).says("`Mails` would leave its stack").says("CFN452");
    shop.write("environments/production.yaml", format!("{PRODUCTION}{NO_MAILS}"));
    shop.run(&["build"]).ends(0);
    shop.commit();
    shop.run(&["check"]).ends(0).says("CFN454");
    shop.write("environments/production.yaml", PRODUCTION);
    shop.run(&["build"]).ends(0);
}

#[test]
fn a_stage_that_goes_elsewhere_leaves_its_data() {
    let shop = committed();
    shop.write("environments/base.yaml", SHOP.replace("eu-west-2", "eu-west-1"));
    shop.run(&["build"]).ends(1).says("all of `production` would be made anew").says("region").says("to: eu-west-1");
    let entry =
        "acknowledge: {stage: {change: replace, property: region, to: eu-west-1, reason: Nothing is there yet}}\n";
    shop.write("environments/production.yaml", format!("{PRODUCTION}{entry}"));
    shop.run(&["build"]).ends(0);
}

#[test]
fn a_last_build_that_cannot_be_read_lets_nothing_pass() {
    for (file, text) in
        [("data.yaml", Some("<<<<<<< HEAD\n")), ("index.yaml", None), ("manifest.yaml", None), ("data.yaml", None)]
    {
        let shop = shop();
        let path = shop.path().join("out/production").join(file);
        match text {
            Some(text) => {
                shop.write(&format!("out/production/{file}"), shop.read(&format!("out/production/{file}")) + text)
            }
            None => std::fs::remove_file(path).unwrap(),
        }
        shop.write("environments/base.yaml", without_mails());
        shop.run(&["build", "production"]).ends(1).says("CFN457").says(file);
    }
}

#[test]
fn a_misspelt_entry_is_not_done_with() {
    let shop = committed();
    shop.write("environments/production.yaml", format!("{PRODUCTION}{}", NO_MAILS.replace("Mails", "Mials")));
    shop.run(&["build"]).ends(1).says("CFN453").says("`Mails`");
}

#[test]
fn without_its_folder_a_committed_stage_does_not_compile() {
    let shop = committed();
    std::fs::remove_dir_all(shop.path().join("out/production")).unwrap();
    shop.run(&["build", "Production"]).ends(1).says("CFN456");
    let out = shop.path().canonicalize().unwrap().join("out");
    shop.run(&["build", "--out", out.to_str().unwrap()]).ends(1).says("CFN456");
    for command in ["build", "check"] {
        shop.run(&[command]).ends(1).says("CFN456").says("git checkout HEAD -- out/production");
    }
    shop.git(&["rm", "-r", "--quiet", "out/production"]);
    shop.git(&["commit", "--quiet", "-m", "torn down"]);
    shop.run(&["build"]).ends(0);
}
