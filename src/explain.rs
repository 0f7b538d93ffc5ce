//! Explaining: where a value of a manifest or a template comes from.

use crate::cfn::{self, Target};
use crate::compile::Compiled;
use crate::defaults::first_paragraph;
use crate::diag::did_you_mean;
use crate::origin::{Origin, OriginId, Origins};
use crate::render;
use crate::source::Sources;
use crate::value::{Kind, Value};
use crate::yaml::{self, Doc};

/// Something that was asked about and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What is near it in spelling.
    pub near: Option<String>,
}

/// Explains a manifest path (`ReggieDb.backup_days`, `values.api_host`) or a logical id with an optional property path
/// (`ReggieDbCluster.BackupRetentionPeriod`).
///
/// # Errors
/// Nothing has that name.
pub fn explain(compiled: &Compiled, sources: &Sources, thing: &str) -> Result<String, Unknown> {
    let steps: Vec<&str> = thing.split('.').collect();
    let writer = Writer { origins: &compiled.origins, sources };
    let mut text = String::new();
    if let Some(value) = manifest_value(compiled, &steps) {
        writer.tree(value, thing, &mut text);
    }
    for stack in &compiled.linked.stacks {
        let Some(resource) = steps.first().and_then(|id| stack.template.resource(id)) else { continue };
        let file = format!("{}/{}", compiled.model.stage.name.value, stack.file);
        let path = steps.get(1..).unwrap_or_default();
        let path = path.strip_prefix(&["Properties"]).unwrap_or(path);
        match path {
            [] => {
                text.push_str(&format!("{thing}: {} in {file}\n", resource.type_name()));
                for attribute in &resource.attributes {
                    writer.tree(&attribute.value, &format!("{thing}.{}", attribute.key), &mut text);
                }
                writer.tree(&resource.properties, thing, &mut text);
            }
            path => {
                let within = match path {
                    [attribute, rest @ ..] if resource.attribute(attribute).is_some() => {
                        resource.attribute(attribute).and_then(|v| at(v, rest))
                    }
                    path => at(&resource.properties, path),
                };
                if let Some(value) = within {
                    text.push_str(&format!("{} of {} in {file}\n", path.join("."), resource.type_name()));
                    writer.tree(value, thing, &mut text);
                }
            }
        }
    }
    if text.is_empty() { Err(Unknown { near: nearest(compiled, &steps) }) } else { Ok(text) }
}

fn manifest_value<'c>(compiled: &'c Compiled, steps: &[&str]) -> Option<&'c Value> {
    let tree = &compiled.model.tree;
    let path = steps.strip_prefix(&["components"]).unwrap_or(steps);
    tree.get("components").and_then(|c| at(c, path)).filter(|_| !path.is_empty()).or_else(|| at(tree, steps))
}

/// The value at a path whose keys may hold dots themselves, such as `rds.force_ssl`.
fn at<'v, R>(value: &'v Value<R>, path: &[&str]) -> Option<&'v Value<R>> {
    if path.is_empty() {
        return Some(value);
    }
    (1..=path.len()).find_map(|n| {
        let (key, rest) = path.split_at(n);
        value.at(&[key.join(".")]).and_then(|inner| at(inner, rest))
    })
}

fn nearest(compiled: &Compiled, steps: &[&str]) -> Option<String> {
    let (first, rest) = steps.split_first()?;
    let tree = &compiled.model.tree;
    let components = tree.get("components").map(Value::entries).unwrap_or_default();
    let component = components.iter().find(|c| c.key == *first).map(|c| &c.value);
    let resource = compiled.linked.stacks.iter().find_map(|s| s.template.resource(first));
    if let (Some(last), true) = (rest.last(), component.is_some() || resource.is_some()) {
        let settings = component.map(Value::entries).unwrap_or_default().iter().map(|e| e.key.as_str());
        let properties = resource.map(|r| r.properties.entries()).unwrap_or_default().iter().map(|e| e.key.as_str());
        return did_you_mean(last, settings.chain(properties)).map(|near| format!("{first}.{near}"));
    }
    let blocks = tree.entries().iter().chain(components).map(|e| e.key.as_str());
    let resources = compiled.linked.stacks.iter().flat_map(|s| s.template.resources.iter().map(|r| r.id.as_str()));
    did_you_mean(first, blocks.chain(resources)).map(|near| [&[near], rest].concat().join("."))
}

/// Writes values with their origins.
struct Writer<'a> {
    origins: &'a Origins,
    sources: &'a Sources,
}

/// References of either phase, as text.
trait Shown {
    fn shown(value: &Value<Self>) -> Doc
    where
        Self: Sized;
}

impl Shown for Target {
    fn shown(value: &Value<Target>) -> Doc {
        cfn::value(value)
    }
}

impl Shown for crate::value::Symbol {
    fn shown(value: &Value) -> Doc {
        crate::emit::value(value)
    }
}

impl Writer<'_> {
    /// Every leaf below a value, each with where it comes from.
    fn tree<R: Shown + Clone>(&self, value: &Value<R>, path: &str, text: &mut String) {
        match &value.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                entries.iter().for_each(|e| self.tree(&e.value, &format!("{path}.{}", e.key), text));
            }
            Kind::List(items) if !items.is_empty() => {
                items.iter().enumerate().for_each(|(i, v)| self.tree(v, &format!("{path}.{i}"), text));
            }
            _ => {
                let printed = yaml::print(&R::shown(value));
                let mut lines = printed.trim_end().lines();
                text.push_str(&format!("{path} = {}\n", lines.next().unwrap_or_default()));
                lines.for_each(|line| text.push_str(&format!("    {line}\n")));
                self.origin(value.origin, 1, text);
                if let Kind::Join(parts) = &value.kind {
                    self.parts(parts, value.origin, text);
                }
            }
        }
    }

    /// The sources of a composed text: those of its parts that the whole does not name already.
    fn parts<R: Shown + Clone>(&self, parts: &[Value<R>], whole: OriginId, text: &mut String) {
        let mut said = String::new();
        self.origin(whole, 1, &mut said);
        for part in parts {
            let mut source = String::new();
            self.origin(part.origin, 1, &mut source);
            if !said.contains(source.trim()) {
                let shown = yaml::print(&R::shown(part));
                text.push_str(&format!("  part {}\n", shown.trim_end()));
                source.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
                said.push_str(&source);
            }
        }
    }

    fn origin(&self, id: OriginId, depth: usize, text: &mut String) {
        let indent = "  ".repeat(depth);
        match self.origins.get(id) {
            Origin::Manifest { span, overrode } => {
                text.push_str(&format!("{indent}{}  {}\n", self.sources.place(span), self.sources.line(span).trim()));
                for below in overrode {
                    let line = self.sources.line(below).trim();
                    text.push_str(&format!("{indent}  overrides {}  {line}\n", self.sources.place(below)));
                }
            }
            Origin::Default { setting, text: meaning } => {
                text.push_str(&format!("{indent}default of {setting}: {}\n", first_paragraph(meaning)));
            }
            Origin::Template { template, line } => {
                let spelled =
                    render::source(template).and_then(|t| t.lines().nth(line as usize - 1)).unwrap_or_default();
                text.push_str(&format!("{indent}templates/{template}.yaml.j2:{line}  {}\n", spelled.trim()));
            }
            Origin::Derived { rule, from } => {
                text.push_str(&format!("{indent}{rule}\n"));
                let mut seen = Vec::new();
                for source in from {
                    let origin = self.origins.get(source);
                    if !seen.contains(&origin) {
                        self.origin(source, depth + 1, text);
                        seen.push(origin);
                    }
                }
            }
        }
    }
}
