//! A template as a YAML document: fixed key order, short-form intrinsics.

use super::{Output, Parameter, Resource, Target, Template};
use crate::value::{Kind, Value};
use crate::yaml::Doc;

/// The template as a document.
#[must_use]
pub fn document(template: &Template) -> Doc {
    let mut top = vec![
        ("AWSTemplateFormatVersion".to_owned(), Doc::text("2010-09-09")),
        ("Description".to_owned(), value(&template.description)),
    ];
    if !template.parameters.is_empty() {
        top.push(("Parameters".to_owned(), Doc::Map(template.parameters.iter().map(parameter).collect())));
    }
    top.push(("Resources".to_owned(), Doc::Map(template.resources.iter().map(resource).collect())));
    if !template.outputs.is_empty() {
        top.push(("Outputs".to_owned(), Doc::Map(template.outputs.iter().map(output).collect())));
    }
    Doc::Map(top)
}

fn parameter(parameter: &Parameter) -> (String, Doc) {
    let mut entries =
        vec![("Type".to_owned(), Doc::text("String")), ("Description".to_owned(), value(&parameter.description))];
    // The name of a secret is none, but checkers go by names; a masked ARN does no harm.
    if parameter.name.contains("Secret") || parameter.name.contains("Password") {
        entries.push(("NoEcho".to_owned(), Doc::Bool(true)));
    }
    if let Some(pattern) = &parameter.pattern {
        entries.push(("AllowedPattern".to_owned(), value(pattern)));
    }
    (parameter.name.clone(), Doc::Map(entries))
}

fn resource(resource: &Resource<Target>) -> (String, Doc) {
    let mut entries = vec![("Type".to_owned(), value(&resource.resource_type))];
    entries.extend(resource.attributes.iter().map(|e| (e.key.clone(), value(&e.value))));
    if !resource.properties.entries().is_empty() {
        entries.push(("Properties".to_owned(), value(&resource.properties)));
    }
    (resource.id.clone(), Doc::Map(entries))
}

fn output(output: &Output) -> (String, Doc) {
    let mut entries =
        vec![("Description".to_owned(), value(&output.description)), ("Value".to_owned(), value(&output.value))];
    if let Some(export) = &output.export {
        entries.push(("Export".to_owned(), Doc::map([("Name", value(export))])));
    }
    (output.name.clone(), Doc::Map(entries))
}

/// A value as a document.
#[must_use]
pub fn value(v: &Value<Target>) -> Doc {
    match &v.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(b) => Doc::Bool(*b),
        Kind::Int(i) => Doc::Int(*i),
        Kind::Float(x) => Doc::Float(*x),
        Kind::Text(text) => Doc::text(text.clone()),
        Kind::List(items) => Doc::Seq(items.iter().map(value).collect()),
        Kind::Map(entries) => match entries.as_slice() {
            [only] if only.key == "Fn::Sub" => raw_substitution(&only.value),
            _ => Doc::Map(entries.iter().map(|e| (e.key.clone(), value(&e.value))).collect()),
        },
        Kind::Ref(target) => reference(target),
        Kind::Join(parts) => substitution(parts),
        Kind::Call(name, argument) => match name.as_str() {
            "Sub" => raw_substitution(argument),
            _ => call(name, value(argument)),
        },
    }
}

/// What the manifest writes as `!Sub`: `${…}` of CloudFormation's own stays as it is, references of ours join it.
fn raw_substitution(argument: &Value<Target>) -> Doc {
    let (template, given) = match argument.items() {
        [template, given] => (template, given.entries()),
        [template] => (template, &[][..]),
        _ => (argument, &[][..]),
    };
    let parts = match &template.kind {
        Kind::Join(parts) => parts.as_slice(),
        Kind::Ref(_) | Kind::Call(..) => std::slice::from_ref(template),
        _ => return call("Sub", value(argument)),
    };
    let taken = |name: &str| {
        let own = format!("${{{name}}}");
        given.iter().any(|e| e.key == name) || parts.iter().any(|p| p.as_text().is_some_and(|t| t.contains(&own)))
    };
    let mut text = String::new();
    let mut variables: Vec<(String, Doc)> = given.iter().map(|e| (e.key.clone(), value(&e.value))).collect();
    for part in parts {
        match literal(part) {
            Some(literal) => text.push_str(&literal),
            None => {
                let name = (1..)
                    .map(|n| format!("Part{n}"))
                    .find(|name| !taken(name) && variables.iter().all(|(other, _)| other != name));
                let name = name.unwrap_or_default();
                text.push_str(&format!("${{{name}}}"));
                variables.push((name, value(part)));
            }
        }
    }
    Doc::Tagged("Sub".to_owned(), Box::new(Doc::Seq(vec![Doc::text(text), Doc::Map(variables)])))
}

/// A function in short form, unless what it is given is one itself: YAML knows one tag a value.
fn call(name: &str, argument: Doc) -> Doc {
    match argument {
        Doc::Tagged(..) => Doc::map([(format!("Fn::{name}"), argument)]),
        _ => Doc::Tagged(name.to_owned(), Box::new(argument)),
    }
}

fn reference(target: &Target) -> Doc {
    match target {
        Target::Ref(id) => Doc::Tagged("Ref".to_owned(), Box::new(Doc::text(id.clone()))),
        Target::GetAtt(id, attribute) => {
            Doc::Tagged("GetAtt".to_owned(), Box::new(Doc::text(format!("{id}.{attribute}"))))
        }
        Target::Import(name) => Doc::Tagged("ImportValue".to_owned(), Box::new(Doc::text(name.clone()))),
        Target::ImportList(name) => split(reference(&Target::Import(name.clone()))),
        Target::ParameterList(name) => split(reference(&Target::Ref(name.clone()))),
    }
}

fn split(list: Doc) -> Doc {
    Doc::Tagged("Split".to_owned(), Box::new(Doc::Seq(vec![Doc::text(","), list])))
}

/// Texts and references as one `Fn::Sub`. What cannot stand inside its text gets a variable.
fn substitution(parts: &[Value<Target>]) -> Doc {
    if let Some(text) = texts(parts) {
        return Doc::text(text);
    }
    let used = |name: &str, own: &Value<Target>| {
        parts.iter().any(|p| match &p.kind {
            Kind::Ref(Target::Ref(id) | Target::GetAtt(id, _)) => id == name,
            Kind::Ref(Target::Import(export)) => p.kind != own.kind && last_word(export) == name,
            _ => false,
        })
    };
    let mut text = String::new();
    let mut variables: Vec<(String, Doc)> = Vec::new();
    for part in parts {
        match &part.kind {
            Kind::Text(literal) => text.push_str(&literal.replace("${", "${!")),
            Kind::Int(i) => text.push_str(&i.to_string()),
            Kind::Float(x) => text.push_str(&x.to_string()),
            Kind::Bool(b) => text.push_str(&b.to_string()),
            Kind::Ref(Target::Ref(id)) => text.push_str(&format!("${{{id}}}")),
            Kind::Ref(Target::GetAtt(id, attribute)) => text.push_str(&format!("${{{id}.{attribute}}}")),
            Kind::Ref(Target::Import(export)) => {
                let mut name = last_word(export).to_owned();
                if used(&name, part) {
                    // Two things of one name: the whole export's name, as a variable takes it, is nobody else's.
                    name = export.split('-').map(capital).collect();
                }
                text.push_str(&format!("${{{name}}}"));
                if !variables.iter().any(|(n, _)| *n == name) {
                    variables.push((name, value(part)));
                }
            }
            _ => {
                let name = format!("Part{}", variables.len() + 1);
                text.push_str(&format!("${{{name}}}"));
                variables.push((name, value(part)));
            }
        }
    }
    let argument =
        if variables.is_empty() { Doc::text(text) } else { Doc::Seq(vec![Doc::text(text), Doc::Map(variables)]) };
    Doc::Tagged("Sub".to_owned(), Box::new(argument))
}

/// The text that a value comes to in a template, where it is known before the deploy.
#[must_use]
pub fn literal(v: &Value<Target>) -> Option<String> {
    match &v.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Int(i) => Some(i.to_string()),
        Kind::Float(x) => Some(x.to_string()),
        Kind::Bool(b) => Some(b.to_string()),
        Kind::Join(parts) => texts(parts),
        _ => None,
    }
}

/// The text of parts that are all literal.
fn texts(parts: &[Value<Target>]) -> Option<String> {
    parts.iter().map(literal).collect()
}

/// `DbHost` of `reggie-production-data-DbHost`.
fn last_word(export: &str) -> &str {
    export.rsplit('-').next().unwrap_or(export)
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
