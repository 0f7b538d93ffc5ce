//! Templates that were not made here: read, and checked as far as any template can be.

mod sections;

use std::collections::{BTreeMap, BTreeSet};

use super::scope::Scope;
use super::{functions, graph, limits, names, schema, special};
use crate::cfn::{Output, Resource, Target};
use crate::diag::Diagnostics;
use crate::origin::{OriginId, Origins};
use crate::source::{FileId, Sources};
use crate::value::{Entry, Kind, Value};
use crate::yaml::{self, Node};

pub use sections::{CFN418, CFN419};

/// Checks one template. `region` is where its stack will stand, where that is known.
pub fn verify_template(file: FileId, region: Option<&str>, sources: &Sources, findings: &mut Diagnostics) {
    let text = &sources.file(file).text;
    let Some(node) = yaml::parse_foreign(file, text, findings) else { return };
    let origins = Origins::default();
    let tree = value(&node, &origins);
    let Some(foreign) = Foreign::of(&tree, &origins, findings) else { return };
    // A macro may rewrite everything.
    if foreign.transforms.iter().any(|name| !name.starts_with("AWS::")) {
        return;
    }
    let scope = Scope {
        name: "the template".to_owned(),
        resources: foreign.resources.iter().map(|r| (r.id.as_str(), r)).collect(),
        parameters: foreign.parameters.clone(),
        mappings: foreign.mappings,
        conditions: Some(foreign.conditions.clone()),
        is_closed: foreign.is_closed(),
        region,
        owners: foreign.resources.iter().map(|r| (r.id.as_str(), r.origin)).collect(),
        top: tree.origin,
        sources,
        origins: &origins,
    };
    sections::check(&scope, &tree, &foreign, findings);
    graph::check(&scope, &foreign.outputs, findings);
    schema::check(&scope, findings);
    functions::check(&scope, &foreign.outputs, findings);
    functions::check_conditions(&scope, tree.get("Conditions").map(Value::entries).unwrap_or_default(), findings);
    special::check(&scope, &foreign.outputs, findings);
    names::check(std::slice::from_ref(&scope), findings);
    limits::check_counts(&scope, &foreign.outputs, text, findings);
}

/// What a template consists of.
struct Foreign<'t> {
    resources: Vec<Resource<Target>>,
    /// Parameters, and whether each is a list.
    parameters: BTreeMap<&'t str, bool>,
    mappings: Option<&'t Value<Target>>,
    conditions: BTreeSet<&'t str>,
    outputs: Vec<Output>,
    /// Macros that rewrite the template before it is used.
    transforms: Vec<&'t str>,
}

impl<'t> Foreign<'t> {
    fn of(tree: &'t Value<Target>, origins: &Origins, findings: &mut Diagnostics) -> Option<Foreign<'t>> {
        let section = |name: &str| tree.get(name).map(Value::entries).unwrap_or_default();
        sections::top(tree, origins, findings)?;
        let transform = tree.get("Transform");
        let transforms = transform.into_iter().flat_map(|t| std::iter::once(t).chain(t.items()));
        let is_list = |parameter: &Value<Target>| {
            let of = parameter.get("Type").and_then(Value::as_text).unwrap_or_default();
            of.contains("List<") || of.contains("CommaDelimitedList")
        };
        Some(Foreign {
            resources: section("Resources").iter().map(resource).collect(),
            parameters: section("Parameters").iter().map(|e| (e.key.as_str(), is_list(&e.value))).collect(),
            mappings: tree.get("Mappings"),
            conditions: section("Conditions").iter().map(|e| e.key.as_str()).collect(),
            outputs: section("Outputs").iter().map(output).collect(),
            // What is written otherwise is a macro with parameters.
            transforms: transforms.filter(|t| t.items().is_empty()).map(|t| t.as_text().unwrap_or("macro")).collect(),
        })
    }

    /// Whether all that the template will have stands in it: a macro adds resources, and a module brings its own.
    fn is_closed(&self) -> bool {
        self.transforms.is_empty() && !self.resources.iter().any(|r| r.type_name().ends_with("::MODULE"))
    }
}

fn resource(entry: &Entry<Target>) -> Resource<Target> {
    let body = &entry.value;
    let empty = || Value::new(entry.key_origin, Kind::Map(Vec::new()));
    Resource {
        id: entry.key.clone(),
        origin: entry.key_origin,
        resource_type: body.get("Type").cloned().unwrap_or_else(empty),
        attributes: body.entries().iter().filter(|e| e.key != "Type" && e.key != "Properties").cloned().collect(),
        properties: body.get("Properties").cloned().unwrap_or_else(empty),
    }
}

fn output(entry: &Entry<Target>) -> Output {
    let part = |name: &str| entry.value.get(name).cloned();
    let empty = || Value::text(entry.key_origin, "");
    Output {
        name: entry.key.clone(),
        description: part("Description").unwrap_or_else(empty),
        value: part("Value").unwrap_or_else(empty),
        export: entry.value.at(&["Export", "Name"]).cloned(),
    }
}

/// A node as a value that points at itself.
fn value(node: &Node, origins: &Origins) -> Value<Target> {
    let origin = origins.manifest(node.span);
    let kind = match &node.kind {
        yaml::Kind::Null => Kind::Null,
        yaml::Kind::Bool(b) => Kind::Bool(*b),
        yaml::Kind::Int(i) => Kind::Int(*i),
        yaml::Kind::Float(x) => Kind::Float(*x),
        yaml::Kind::Str(text) => Kind::Text(text.clone()),
        yaml::Kind::Seq(items) => Kind::List(items.iter().map(|item| value(item, origins)).collect()),
        yaml::Kind::Map(entries) => Kind::Map(
            entries
                .iter()
                .map(|e| Entry {
                    key: e.key.clone(),
                    key_origin: origins.manifest(e.key_span),
                    value: value(&e.value, origins),
                })
                .collect(),
        ),
    };
    match &node.tag {
        Some(tag) => {
            let argument = Value::new(origin, kind);
            Value::new(origin, Kind::Call(tag.clone(), Box::new(argument)))
        }
        None => Value::new(origin, kind),
    }
}

/// Where to point for a part of a tree.
fn at(entry: &Entry<Target>) -> OriginId {
    entry.key_origin
}
