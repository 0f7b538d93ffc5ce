//! Every property of every type that holds data, changed: what replaces says so, and nothing else does.

use std::collections::BTreeSet;

use reggie_cfn::aws::{Keyword, ResourceType, Schema, resource_type, resource_types};
use reggie_cfn::built::Built;
use reggie_cfn::cfn::holds_data;
use reggie_cfn::diff::{Action, Change, between};
use reggie_cfn::emit::Files;

use crate::support::root;

/// How deep schemas are followed; some name themselves.
const DEPTH: usize = 7;

/// The types that hold data: those of our templates, and those that users bring.
fn types() -> Vec<&'static str> {
    resource_types().filter(|name| holds_data(name).is_some()).collect()
}

/// The paths of all values that a type's schema knows, `*` for every position of a list.
fn paths(of: &ResourceType) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    walk(of, &of.schema, &mut Vec::new(), &mut found);
    found
}

fn walk(of: &ResourceType, schema: &Schema, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) {
    let mut is_leaf = true;
    if path.len() < DEPTH {
        for keyword in of.keywords(schema) {
            let mut below = |step: &str, schema: &Schema| {
                is_leaf = false;
                path.push(step.to_owned());
                walk(of, schema, path, found);
                path.pop();
            };
            match keyword {
                Keyword::Object(object) => {
                    object.properties.iter().for_each(|(name, schema)| below(name, schema));
                }
                Keyword::Items(items) => below("*", items),
                Keyword::AnyOf(each) | Keyword::OneOf(each) | Keyword::AllOf(each) => {
                    each.iter().for_each(|schema| walk(of, schema, path, found));
                }
                _ => {}
            }
        }
    }
    if is_leaf && !path.is_empty() {
        found.insert(path.clone());
    }
}

/// A value at a path, as YAML.
fn at(path: &[String], value: &str) -> String {
    path.iter().rev().fold(value.to_owned(), |inner, step| match step.as_str() {
        "*" => format!("[{inner}]"),
        step => format!("{{{step}: {inner}}}"),
    })
}

fn built(of: &str, properties: Option<&str>) -> Built {
    let properties = properties.map(|p| format!("    Properties: {p}\n")).unwrap_or_default();
    let template = format!("Resources:\n  It:\n    Type: {of}\n    UpdateReplacePolicy: Delete\n{properties}");
    let index = "stacks:\n  - {name: shop-data, region: eu-west-2, template: {file: data.yaml}}\n";
    let files = [("index.yaml", index), ("data.yaml", &template)];
    Built::read(&files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect::<Files>())
}

/// What becomes of a resource when its properties change.
#[track_caller]
fn change(of: &str, old: Option<&str>, new: Option<&str>) -> Change {
    let mut changes = between(&built(of, old), &built(of, new), &[]).resources;
    assert_eq!(changes.len(), 1, "{of} {old:?} {new:?}");
    changes.remove(0)
}

/// What becomes of a resource when the value at a path changes, comes or goes.
fn actions(of: &str, path: &[String]) -> [Change; 3] {
    let (one, other) = (at(path, "one"), at(path, "other"));
    [(Some(&one), Some(&other)), (Some(&one), None), (None, Some(&one))]
        .map(|(old, new)| change(of, old.map(String::as_str), new.map(String::as_str)))
}

/// The same for another tool: `tests/judges/run diff` asks AWS CDK's comparison of templates what each of these changes does.
fn judged(cases: &[(String, Vec<String>, Action)]) {
    let case = |(of, path, action): &(String, Vec<String>, Action)| {
        let ours = match action {
            Action::Replace => "replace",
            Action::MayReplace => "may replace",
            Action::Interrupt | Action::Update => "update",
            other => panic!("{of} {path:?}: {other:?}"),
        };
        serde_json::json!([of, path, ours])
    };
    let folder = root().join("target/diff");
    std::fs::create_dir_all(&folder).unwrap();
    let cases: Vec<serde_json::Value> = cases.iter().map(case).collect();
    std::fs::write(folder.join("cases.json"), serde_json::to_string(&cases).unwrap()).unwrap();
}

#[test]
fn every_property_of_what_holds_data_does_what_aws_says() {
    let (mut replace, mut may, mut update) = (0, 0, 0);
    let mut cases = Vec::new();
    let types = types();
    for name in types.iter().copied() {
        let of = resource_type(name).unwrap_or_else(|| panic!("{name}"));
        let facts = |list: &[reggie_cfn::aws::Path]| -> Vec<Vec<String>> {
            list.iter().map(|p| p.0.iter().map(|s| (*s).to_owned()).collect()).collect()
        };
        let (create_only, conditional) = (facts(&of.create_only), facts(&of.conditional_create_only));
        for path in &create_only {
            cases.push((name.to_owned(), path.clone(), Action::Replace));
            for change in actions(name, path) {
                assert_eq!(change.action, Action::Replace, "{name} {path:?}");
                // Records of what ran, and instances of a cluster, which has the data.
                let is_empty = name == "AWS::Logs::LogGroup" || path == &["DBClusterIdentifier"];
                assert!(change.is_loss() || is_empty, "{name} {path:?}: {change:?}");
                replace += 1;
            }
        }
        let below = |path: &[String], facts: &[Vec<String>]| facts.iter().any(|f| path.starts_with(f));
        for path in conditional.iter().filter(|path| !below(path, &create_only)) {
            cases.push((name.to_owned(), path.clone(), Action::MayReplace));
            for change in actions(name, path) {
                assert_eq!(change.action, Action::MayReplace, "{name} {path:?}");
                assert!(change.is_loss(), "{name} {path:?}");
                may += 1;
            }
        }
        let read_only = facts(&of.read_only);
        for path in paths(of) {
            if [&create_only, &conditional, &read_only].iter().any(|facts| below(&path, facts)) {
                continue;
            }
            cases.push((name.to_owned(), path.clone(), Action::Update));
            for change in actions(name, &path) {
                let is_quiet = matches!(change.action, Action::Update | Action::Interrupt);
                assert!(is_quiet && !change.is_loss() && change.refused.is_none(), "{name} {path:?}: {change:?}");
                update += 1;
            }
        }
    }
    judged(&cases);
    println!("{types:?}: {replace} changes that replace, {may} that may, {update} that do not");
    assert!(
        types.len() >= 25 && replace >= 300 && may >= 60 && update >= 2900,
        "{} {replace} {may} {update}",
        types.len()
    );
}
