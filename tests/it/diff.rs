//! Two builds side by side: what a deploy would do, as the model says it and as people read it.

mod access;
mod command;
mod model;
mod table;

use reggie_cfn::built::Built;
use reggie_cfn::compile::Compiled;
use reggie_cfn::diff::{
    AccessChange, Action, Cause, Change, Changes, ExportEffect, Fate, StackEffect, access, changes,
};

use crate::support::{compiled, json_of, layers, project, root};

/// Edits of a file of Reggie's: a text in it, and what takes its place.
pub type Edit = (&'static str, &'static str, &'static str);

pub const BASE: &str = "base.yaml";
const PRODUCTION: &str = "production.yaml";

pub fn edited(edits: &[Edit]) -> Vec<(String, String)> {
    let mut layers = layers(&root());
    for (file, from, to) in edits {
        let (_, text) = layers.iter_mut().find(|(name, _)| name == file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}:\n{text}");
        *text = text.replace(from, to);
    }
    layers
}

/// What becomes of Reggie's production stage by an edit.
#[track_caller]
fn after(edits: &[Edit]) -> Changes {
    between(&[], edits)
}

#[track_caller]
fn between(before: &[Edit], after: &[Edit]) -> Changes {
    let (before, after) = (project(&edited(before)), project(&edited(after)));
    let (old, new) = (compiled(&before, "production"), compiled(&after, "production"));
    changes(&Built::read(&old.files), &Built::read(&new.files), &new)
}

/// Who may do what by a build that could not before, and the other way round.
fn after_with_access(old: &Compiled, new: &Compiled) -> Vec<AccessChange> {
    access(&Built::read(&old.files), &Built::read(&new.files), new)
}

/// A line a resource: what becomes of it, and by which properties.
fn lines(changes: &Changes) -> Vec<String> {
    let line = |c: &Change| {
        let property = |p: &reggie_cfn::diff::PropertyChange| {
            let with = match &p.cause {
                Cause::Written => String::new(),
                Cause::Carried => " with an output".to_owned(),
                Cause::Outside => " maybe".to_owned(),
                Cause::Follows { attribute, sure } => {
                    format!(" with{} {}", if *sure { "" } else { " maybe" }, attribute.id)
                }
            };
            format!("{}{with}", p.path.join("."))
        };
        let properties: Vec<String> = c.properties.iter().map(property).collect();
        format!("{:?} {}/{} [{}]", c.action, c.stack, c.id, properties.join(", "))
    };
    changes.resources.iter().map(line).collect()
}

#[test]
fn nothing_differs_without_an_edit() {
    let changes = after(&[]);
    assert!(changes.is_empty(), "{:#?}", lines(&changes));
}

/// Makes the database anew.
const KEY: Edit =
    (BASE, "    backup_days: 14\n", "    overrides: {Cluster: {KmsKeyId: alias/mine}}\n    backup_days: 14\n");

#[test]
fn a_new_key_replaces_the_database_and_what_takes_from_it_follows() {
    let changes = after(&[KEY]);
    let expected = [
        "Replace data/ReggieDbCluster [KmsKeyId]",
        "Replace data/ReggieDbWriter [DBClusterIdentifier with ReggieDbCluster]",
        "Update data/ReggieDbSecretAttachment [TargetId with ReggieDbCluster]",
        "Update app/ReggieApiHandler [Environment.Variables.DATABASE_URL with ReggieDbCluster]",
        "Update app/ReggieValuation [Environment.Variables.DATABASE_URL with ReggieDbCluster]",
        "Update jobs/ReggieDbMigrator [Environment.Variables.DATABASE_URL with ReggieDbCluster]",
    ];
    let mut lines = lines(&changes);
    lines.sort();
    let mut expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
    expected.sort();
    assert_eq!(lines, expected);
    let cluster = &changes.resources[0];
    assert_eq!((cluster.id.as_str(), cluster.is_loss(), cluster.fate), ("ReggieDbCluster", true, Some(Fate::Retained)));
    assert_eq!(cluster.guarded_by, Some("DeletionProtection"));
    assert_eq!(cluster.owner, Some(("ReggieDb".to_owned(), "Cluster".to_owned())));
    // The host of the new one is another: what is exported cannot change while it is imported.
    let host = changes.exports.iter().find(|e| e.name.ends_with("-ReggieDbHost")).unwrap();
    assert_eq!((host.still.as_slice(), host.before.len()), (&["app".to_owned(), "jobs".to_owned()][..], 0));
    assert!(matches!(&host.effect, ExportEffect::Changes { with: Some(of), sure: true } if of.id == "ReggieDbCluster"));
}

#[test]
fn another_range_replaces_the_subnets_and_the_group_of_the_database_follows() {
    let changes = after(&[(BASE, "cidr: 10.0.0.0/16", "cidr: 10.1.0.0/16")]);
    let lines = lines(&changes);
    for line in [
        "Replace network/ReggieVpc [CidrBlock]",
        "Replace network/ReggieVpcPrivateSubnet1 [CidrBlock, VpcId with ReggieVpc]",
        "Update data/ReggieDbSubnetGroup [SubnetIds with ReggieVpcPrivateSubnet1]",
        "Update data/ReggieDbCluster [VpcSecurityGroupIds.0 with ReggieDbSecurityGroup]",
    ] {
        assert!(lines.iter().any(|l| l == line), "{line} is not in {lines:#?}");
    }
    assert!(changes.resources.iter().all(|c| !c.is_loss()), "{lines:#?}");
}

#[test]
fn a_third_zone_reaches_what_imports_the_list_of_subnets() {
    let lines = lines(&after(&[(BASE, "availability_zones: 2", "availability_zones: 3")]));
    assert!(lines.contains(&"Update data/ReggieDbSubnetGroup [SubnetIds with an output]".to_owned()), "{lines:#?}");
}

#[test]
fn what_a_launch_template_says_next_replaces_the_instance() {
    let lines = lines(&after(&[(BASE, "nat_type: t4g.nano", "nat_type: t4g.micro")]));
    assert!(
        lines
            .iter()
            .any(|l| l
                == "Replace network/ReggieVpcNatInstance1 [LaunchTemplate.Version with ReggieVpcNatLaunchTemplate1]"),
        "{lines:#?}"
    );
}

#[test]
fn more_memory_is_an_update_and_comes_from_its_line() {
    let changes = after(&[(BASE, "memory: 1536", "memory: 2048")]);
    assert_eq!(lines(&changes), ["Update app/ReggieValuation [MemorySize]"]);
    assert!(changes.exports.is_empty() && changes.stacks.is_empty());
    assert!(changes.resources[0].properties[0].origin.is_some());
}

#[test]
fn protection_that_goes_is_told() {
    let changes = after(&[(PRODUCTION, "protect: true", "protect: false")]);
    let cluster = changes.resources.iter().find(|c| c.id == "ReggieDbCluster").unwrap();
    assert_eq!(cluster.action, Action::Update);
    let dropped: Vec<_> = cluster.dropped.iter().map(|d| (d.name.as_str(), d.old.as_str(), d.new.as_deref())).collect();
    assert_eq!(dropped, [("DeletionProtection", "true", Some("false"))]);
    assert!(!changes.stacks.is_empty() && changes.stacks.iter().all(|s| s.effect == StackEffect::Unprotected));
}

/// Edits that another tool is asked about too.
const PAIRS: &[(&str, Edit)] = &[
    ("key", KEY),
    ("range", (BASE, "cidr: 10.0.0.0/16", "cidr: 10.1.0.0/16")),
    ("nat", (BASE, "nat_type: t4g.nano", "nat_type: t4g.micro")),
    ("memory", (BASE, "memory: 1536", "memory: 2048")),
    ("zones", (BASE, "availability_zones: 2", "availability_zones: 3")),
    ("host", (BASE, "api_host: api.${zone.name}", "api_host: v2.${zone.name}")),
    ("protect", (PRODUCTION, "protect: true", "protect: false")),
];

/// A template as other tools take it: JSON, `GetAtt` as a list.
fn template(text: &str) -> serde_json::Value {
    fn listed(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::String(path)) = map.get("Fn::GetAtt") {
                    let (id, name) = path.split_once('.').unwrap();
                    let list = serde_json::json!([id, name]);
                    map.insert("Fn::GetAtt".to_owned(), list);
                }
                map.values_mut().for_each(listed);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(listed),
            _ => {}
        }
    }
    let mut value = json_of(text);
    listed(&mut value);
    value
}

#[test]
fn the_pairs_for_the_judge_are_written() {
    let before = compiled(&project(&edited(&[])), "production");
    let mut pairs = Vec::new();
    for (name, edit) in PAIRS {
        let after = compiled(&project(&edited(&[*edit])), "production");
        let told = changes(&Built::read(&before.files), &Built::read(&after.files), &after);
        assert!(!told.resources.is_empty(), "{name}");
        for stack in &after.linked.stacks {
            let word = stack.file.trim_end_matches(".yaml");
            let of = told.resources.iter().filter(|c| c.stack == word);
            let ours = of.map(|c| (c.id.clone(), serde_json::json!([format!("{:?}", c.action), c.follows()])));
            let ours: serde_json::Map<_, _> = ours.collect();
            let old = before.files.get(&stack.file).map(|text| template(text));
            pairs.push(serde_json::json!({
                "edit": name, "stack": word, "ours": ours, "old": old, "new": template(&after.files[&stack.file]),
            }));
        }
    }
    let folder = root().join("target/diff");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pairs.json"), serde_json::to_string(&pairs).unwrap()).unwrap();
}
