//! CloudFormation, typed: resources, parameters, outputs, templates.
//!
//! A resource is generic over its references like every [`Value`]: local and symbolic after rendering, a [`Target`] after
//! linking.

mod data;
mod function;
mod named;
mod print;

use crate::origin::OriginId;
use crate::value::{Entry, Symbol, Value};

pub use data::{Data, holds_data, protection};
pub use function::{Function, SubPart, sub_parts};
pub use named::{Named, named};
pub use print::{document, literal, value};

/// The order of a resource's attributes in a template, after `Type`; `Properties` is last.
pub const RESOURCE_ATTRIBUTES: &[&str] =
    &["Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Metadata"];

/// A reference inside one template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// `Ref` of a resource, a parameter or a pseudo parameter.
    Ref(String),
    /// An attribute of a resource.
    GetAtt(String, String),
    /// What another stack of the region exports.
    Import(String),
    /// A list that another stack exports as one text, joined by commas.
    ImportList(String),
    /// A parameter that holds a list as one text, joined by commas.
    ParameterList(String),
}

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource<R = Symbol> {
    /// Its id: local to the component after rendering, logical after linking.
    pub id: String,
    /// Where it was decided.
    pub origin: OriginId,
    /// Its type, such as `AWS::RDS::DBCluster`.
    pub resource_type: Value<R>,
    /// Its attributes other than type and properties, in [`RESOURCE_ATTRIBUTES`]' order.
    pub attributes: Vec<Entry<R>>,
    /// Its properties, a map.
    pub properties: Value<R>,
}

impl<R> Resource<R> {
    /// The type's name.
    #[must_use]
    pub fn type_name(&self) -> &str {
        self.resource_type.as_text().unwrap_or_default()
    }

    /// The attribute of that name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value<R>> {
        self.attributes.iter().find(|e| e.key == name).map(|e| &e.value)
    }
}

/// A parameter without default: what a release or a foreign id fills.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Value<Target>,
    /// What it must look like.
    pub pattern: Option<Value<Target>>,
    /// Where its value comes from at a deploy.
    pub source: ParameterSource,
}

/// Who fills a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterSource {
    /// The release: the key of a zip, the digest of an image, the artifact bucket.
    Release,
    /// The deploy asks for it.
    Input,
    /// An output of another stack, read at every deploy.
    Output {
        /// The stack's name.
        stack: String,
        /// Its region.
        region: String,
        /// The output.
        output: String,
    },
}

/// An output.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// What it says.
    pub description: Value<Target>,
    /// Its value.
    pub value: Value<Target>,
    /// The name under which other stacks of the region import it.
    pub export: Option<Value<Target>>,
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What it is, in one sentence.
    pub description: Value<Target>,
    /// Parameters, by name.
    pub parameters: Vec<Parameter>,
    /// Resources, in the order of components and of their templates.
    pub resources: Vec<Resource<Target>>,
    /// Outputs, by name.
    pub outputs: Vec<Output>,
}

impl Template {
    /// The resource of that logical id.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Resource<Target>> {
        self.resources.iter().find(|r| r.id == id)
    }

    /// Calls `f` on every leaf of the template, with the path to it.
    pub fn each_leaf<'a>(&'a self, f: &mut impl FnMut(&[String], &'a Value<Target>)) {
        let mut path = Vec::new();
        leaves(&self.description, &mut path, "Description", f);
        for parameter in &self.parameters {
            within(&mut path, &["Parameters", &parameter.name], |path| {
                leaves(&parameter.description, path, "Description", f);
                if let Some(pattern) = &parameter.pattern {
                    leaves(pattern, path, "AllowedPattern", f);
                }
            });
        }
        for resource in &self.resources {
            within(&mut path, &["Resources", &resource.id], |path| {
                leaves(&resource.resource_type, path, "Type", f);
                for entry in &resource.attributes {
                    leaves(&entry.value, path, &entry.key, f);
                }
                leaves(&resource.properties, path, "Properties", f);
            });
        }
        for output in &self.outputs {
            within(&mut path, &["Outputs", &output.name], |path| {
                leaves(&output.description, path, "Description", f);
                leaves(&output.value, path, "Value", f);
                if let Some(export) = &output.export {
                    within(path, &["Export"], |path| leaves(export, path, "Name", f));
                }
            });
        }
    }
}

fn within(path: &mut Vec<String>, steps: &[&str], f: impl FnOnce(&mut Vec<String>)) {
    let before = path.len();
    path.extend(steps.iter().map(|s| (*s).to_owned()));
    f(path);
    path.truncate(before);
}

fn leaves<'a>(
    value: &'a Value<Target>,
    path: &mut Vec<String>,
    step: &str,
    f: &mut impl FnMut(&[String], &'a Value<Target>),
) {
    use crate::value::Kind;
    path.push(step.to_owned());
    match &value.kind {
        Kind::List(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, item)| leaves(item, path, &i.to_string(), f));
        }
        Kind::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|e| leaves(&e.value, path, &e.key, f));
        }
        Kind::Call(name, argument) => leaves(argument, path, &format!("Fn::{name}"), f),
        _ => f(path, value),
    }
    path.pop();
}
