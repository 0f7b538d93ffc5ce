//! Provenance: every leaf of every golden's templates goes back to a place, a default, a template's line or a rule.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::cfn::{Target, value};
use reggie_cfn::compile::Compiled;
use reggie_cfn::component::manifest_schema;
use reggie_cfn::explain::explain;
use reggie_cfn::origin::{Origin, OriginId, Origins};
use reggie_cfn::project::Project;
use reggie_cfn::setting::{Megabytes, Seconds};
use reggie_cfn::value::{Kind, Value};
use reggie_cfn::yaml::{self, Doc, parse_template};
use serde_json::{Value as Json, json};

use crate::support::{bootstraps, compiled, goldens, json_of, project_of, root, shown};

/// How often each form of origin stands directly at a leaf.
type Totals = BTreeMap<&'static str, usize>;

/// One golden, with what is needed to follow its origins.
struct Golden {
    project: Project,
    origins: Origins,
    schema: Json,
}

impl Golden {
    /// Follows an origin to all its ends. `leaf` is the value itself, where nothing was decided on the way.
    fn follow(
        &self,
        id: OriginId,
        leaf: Option<&Value<Target>>,
        totals: &mut Totals,
        depth: usize,
    ) -> Result<(), String> {
        if depth > 40 {
            return Err("an origin goes round in a circle".to_owned());
        }
        let (form, result) = match self.origins.get(id) {
            Origin::Manifest { span, overrode } => {
                let written = self.project.sources.text(span);
                let all = std::iter::once(span).chain(overrode);
                let blank = all.map(|s| self.project.sources.text(s)).any(|text| text.trim().is_empty());
                let result = match (blank, leaf) {
                    (true, _) => Err("a place without text".to_owned()),
                    (false, Some(leaf)) => reads_back(written, leaf),
                    (false, None) => Ok(()),
                };
                ("manifest", result)
            }
            Origin::Default { setting, text } if text.trim().is_empty() => {
                ("default", Err(format!("{setting}: no text")))
            }
            Origin::Default { setting, .. } => ("default", self.is_default(&setting, leaf)),
            Origin::Template { template, line } => ("template", spelled(template, line)),
            Origin::Derived { rule, .. } if rule.trim().len() < 10 => ("rule", Err(format!("no rule: {rule:?}"))),
            Origin::Derived { from, .. } => {
                ("rule", from.into_iter().try_for_each(|id| self.follow(id, None, totals, depth + 1)))
            }
        };
        if depth == 0 {
            *totals.entry(form).or_default() += 1;
        }
        result
    }

    /// The setting is in the schema, and the leaf is its default or a part of it.
    fn is_default(&self, setting: &str, leaf: Option<&Value<Target>>) -> Result<(), String> {
        let steps: Vec<&str> = setting.split('.').collect();
        let property = at_setting(&self.schema, &steps).ok_or_else(|| format!("`{setting}` is in no schema"))?;
        let Some(leaf) = leaf.and_then(scalar) else { return Ok(()) };
        let fits = |default: &Json| match default {
            Json::Array(items) => items.contains(&leaf),
            default => *default == leaf || default.as_f64().is_some_and(|d| leaf.as_f64() == Some(d)),
        };
        // What has a default only on some stages says it in words.
        let told = || {
            let text = property["description"].as_str().unwrap_or_default();
            let leaf = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
            text.contains(&format!("`{leaf}` otherwise")) || text.contains(&format!("{leaf} otherwise"))
        };
        match property.get("default") {
            Some(default) if fits(default) => Ok(()),
            None if told() => Ok(()),
            default => Err(format!("`{setting}` is {leaf}, and the schema's default {default:?}")),
        }
    }
}

/// The schema's property behind `postgres.scaling.min`: a kind's own setting, or one of the whole manifest.
fn at_setting<'s>(schema: &'s Json, steps: &[&str]) -> Option<&'s Json> {
    let (first, rest) = steps.split_first()?;
    let start = schema["$defs"].get(first).filter(|_| !rest.is_empty()).or_else(|| schema["properties"].get(first))?;
    rest.iter().try_fold(start, |at, step| {
        let forms = forms(schema, at);
        let own = forms.iter().find_map(|form| form["properties"].get(step));
        own.or_else(|| forms.iter().find_map(|form| form.get("additionalProperties").filter(|p| p.is_object())))
            .or_else(|| {
                forms.iter().find_map(|form| form.get("items")).and_then(|items| at_setting_in(schema, items, step))
            })
    })
}

fn at_setting_in<'s>(schema: &'s Json, at: &'s Json, step: &str) -> Option<&'s Json> {
    forms(schema, at).into_iter().find_map(|form| form["properties"].get(step))
}

/// A schema and all that it refers to or chooses from.
fn forms<'s>(schema: &'s Json, at: &'s Json) -> Vec<&'s Json> {
    let mut found = vec![at];
    let mut next = 0;
    while next < found.len() {
        let form = found[next];
        if let Some(name) = form["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
            found.push(&schema["$defs"][name]);
        }
        found.extend(form["anyOf"].as_array().into_iter().flatten());
        next += 1;
    }
    found
}

/// The line of a template exists and says something.
fn spelled(template: &str, line: u32) -> Result<(), String> {
    let source = reggie_cfn::render::source(template).ok_or_else(|| format!("no template `{template}`"))?;
    let text = source.lines().nth(line as usize - 1).ok_or_else(|| format!("{template} has no line {line}"))?;
    if text.trim().is_empty() { Err(format!("{template}:{line} is blank")) } else { Ok(()) }
}

fn scalar(leaf: &Value<Target>) -> Option<Json> {
    match &leaf.kind {
        Kind::Bool(b) => Some(json!(b)),
        Kind::Int(i) => Some(json!(i)),
        Kind::Float(x) => Some(json!(x)),
        Kind::Text(text) => Some(json!(text)),
        _ => None,
    }
}

/// What stands at the place, read again, is the leaf.
fn reads_back(written: &str, leaf: &Value<Target>) -> Result<(), String> {
    let Some(leaf) = scalar(leaf) else { return Ok(()) };
    let read = parse_template(written).map_err(|e| format!("{written:?} cannot be read again: {e:?}"))?;
    let same = match &read.kind {
        yaml::Kind::Bool(b) => leaf == json!(b),
        yaml::Kind::Int(i) => leaf == json!(i) || leaf == json!(*i as f64) || leaf == json!(i.to_string()),
        yaml::Kind::Float(x) => leaf == json!(x),
        yaml::Kind::Str(text) => {
            let units = [Seconds::parse(text).map(|s| s.0), Megabytes::parse(text).map(|m| m.0)];
            // A reference in the text brings in another text, which has its own place.
            leaf == json!(text) || units.into_iter().flatten().any(|n| leaf == json!(n)) || text.contains("${")
        }
        _ => false,
    };
    if same { Ok(()) } else { Err(format!("{written:?} is not {leaf}")) }
}

#[test]
fn every_leaf_of_every_golden_has_an_origin() {
    let (mut totals, mut wrong, mut leaves) = (Totals::new(), BTreeSet::new(), 0);
    for (folder, stage) in goldens() {
        let project = project_of(&folder);
        let Compiled { linked, origins, .. } = compiled(&project, &stage);
        let golden = Golden { project, origins, schema: manifest_schema() };
        for stack in &linked.stacks {
            stack.template.each_leaf(&mut |path, leaf| {
                leaves += 1;
                if let Err(reason) = golden.follow(leaf.origin, Some(leaf), &mut totals, 0) {
                    wrong.insert(format!("{}/{} {}: {reason}", shown(&folder, &stage), stack.file, path.join(".")));
                }
            });
        }
    }
    for (folder, made) in bootstraps() {
        let golden = Golden { project: project_of(&folder), origins: made.origins, schema: manifest_schema() };
        for (file, template) in &made.templates {
            template.each_leaf(&mut |path, leaf| {
                leaves += 1;
                if let Err(reason) = golden.follow(leaf.origin, Some(leaf), &mut totals, 0) {
                    wrong.insert(format!("{}/{file} {}: {reason}", shown(&folder, "_bootstrap"), path.join(".")));
                }
            });
        }
    }
    println!("{leaves} leaves: {totals:?}");
    assert!(wrong.is_empty(), "{} of {leaves} leaves:\n{:#?}", wrong.len(), wrong);
    assert!(leaves > 1000 && totals.values().sum::<usize>() == leaves);
    assert_eq!(totals.keys().copied().collect::<Vec<_>>(), ["default", "manifest", "rule", "template"]);
}

#[test]
fn the_walk_over_leaves_misses_none() {
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        for stack in &compiled.linked.stacks {
            let mut paths = BTreeSet::new();
            stack.template.each_leaf(&mut |path, _| {
                paths.insert(path.to_vec());
            });
            let mut missed = Vec::new();
            unwalked(&json_of(&compiled.files[&stack.file]), &mut Vec::new(), &paths, &mut missed);
            // CloudFormation's own words, which nobody decides: the format's version, what every parameter is.
            missed.retain(|path| path != "AWSTemplateFormatVersion" && !of_every_parameter(path));
            assert!(missed.is_empty(), "{}: {missed:#?}", stack.name);
        }
    }
}

fn of_every_parameter(path: &str) -> bool {
    path.starts_with("Parameters.") && (path.ends_with(".Type") || path.ends_with(".NoEcho"))
}

fn unwalked(json: &Json, path: &mut Vec<String>, walked: &BTreeSet<Vec<String>>, missed: &mut Vec<String>) {
    if walked.contains(path) {
        return;
    }
    let mut within = |step: String, value: &Json| {
        path.push(step);
        unwalked(value, path, walked, missed);
        path.pop();
    };
    match json {
        Json::Object(map) if !map.is_empty() => map.iter().for_each(|(key, value)| within(key.clone(), value)),
        Json::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, value)| within(i.to_string(), value));
        }
        _ => missed.push(path.join(".")),
    }
}

/// Paths of everything below a value, as `explain` takes them.
fn paths(value: &Value<Target>, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match &value.kind {
        Kind::Map(entries) => entries.iter().for_each(|e| paths(&e.value, &format!("{path}.{}", e.key), found)),
        Kind::List(items) => items.iter().enumerate().for_each(|(i, v)| paths(v, &format!("{path}.{i}"), found)),
        _ => {}
    }
}

#[test]
fn explain_answers_for_every_resource_and_property_of_production() {
    let project = project_of(&root());
    let compiled = compiled(&project, "production");
    let mut asked = Vec::new();
    for resource in compiled.linked.stacks.iter().flat_map(|stack| &stack.template.resources) {
        paths(&resource.properties, &resource.id, &mut asked);
        for attribute in &resource.attributes {
            paths(&attribute.value, &format!("{}.{}", resource.id, attribute.key), &mut asked);
        }
    }
    let mut silent = Vec::new();
    for thing in &asked {
        match explain(&compiled, &project.sources, thing) {
            Ok(text) if text.starts_with(thing.as_str()) || text.contains(" in production/") => {}
            other => silent.push((thing, other)),
        }
    }
    println!("{} things explained", asked.len());
    assert!(asked.len() > 500);
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn explain_shows_where_a_value_comes_from_and_what_it_overrode() {
    let project = project_of(&root());
    let compiled = compiled(&project, "staging");
    let text = explain(&compiled, &project.sources, "ReggieDbCluster.BackupRetentionPeriod").unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert!(lines.contains(&"ReggieDbCluster.BackupRetentionPeriod = 7"), "{text}");
    let place = |line: &&str| line.starts_with("environments/staging.yaml:");
    assert!(lines.iter().any(place), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("overrides environments/base.yaml:")), "{text}");
}

#[test]
fn a_printed_leaf_is_the_leaf() {
    let compiled = compiled(&project_of(&root()), "production");
    for stack in &compiled.linked.stacks {
        let file = json_of(&compiled.files[&stack.file]);
        stack.template.each_leaf(&mut |path, leaf| {
            let printed = path.iter().fold(&file, |at, step| step.parse::<usize>().map_or(&at[step], |i| &at[i]));
            let alone = json_of(&yaml::print(&Doc::map([("X", value(leaf))])));
            assert_eq!(printed, &alone["X"], "{}", path.join("."));
        });
    }
}
