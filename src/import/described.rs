//! What AWS says of resources that are to be taken over, beside what the manifest makes of them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Taken, replaces};
use crate::cfn::Target;
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::value::{Kind, Value};

/// `CFN530`: the manifest says otherwise than AWS.
pub const CFN530: Code = Code {
    id: "CFN530",
    explanation: "what cannot change is otherwise than the manifest says\n\n\
        A resource that is taken over keeps what it is. Where the manifest says otherwise of a property that cannot be changed, such as \
        the name of a database, or whether it is encrypted, the template would be untrue from its first day, and the change that makes \
        it true later would make an empty resource in its place. `import --described` compares with what \
        `aws cloudcontrol get-resource` says, and with the `describe` commands whose words are CloudFormation's.\n\n\
        Write in the manifest what is there. What the kind does not offer is written in `overrides`.",
};

/// Properties that a `describe` command has under another name.
const RENAMED: &[(&str, &str, &str)] = &[("AWS::RDS::DBCluster", "DBSubnetGroupName", "DBSubnetGroup")];

/// The list of a `describe` command that holds resources of a type.
const LISTS: &[(&str, &str)] = &[
    ("DBClusters", "AWS::RDS::DBCluster"),
    ("DBInstances", "AWS::RDS::DBInstance"),
    ("DBSubnetGroups", "AWS::RDS::DBSubnetGroup"),
    ("Table", "AWS::DynamoDB::Table"),
];

/// What AWS says: resources with their types.
#[derive(Debug, Default)]
pub struct Described {
    resources: Vec<(String, serde_json::Map<String, Json>)>,
}

/// Reads files, each a few documents of JSON; the paths of those that hold something else.
#[must_use]
pub fn described(files: &[(String, String)]) -> (Described, Vec<String>) {
    let (mut said, mut wrong) = (Described::default(), Vec::new());
    for (path, text) in files {
        let documents: Result<Vec<Json>, _> = serde_json::Deserializer::from_str(text).into_iter::<Json>().collect();
        let before = said.resources.len();
        documents.into_iter().flatten().for_each(|document| said.add(&document));
        if said.resources.len() == before {
            wrong.push(path.clone());
        }
    }
    (said, wrong)
}

impl Described {
    fn add(&mut self, document: &Json) {
        // Cloud Control gives the properties as a text, in CloudFormation's words.
        let described =
            document.get("ResourceDescription").and_then(|one| one.get("Properties")).and_then(Json::as_str);
        let properties = described.and_then(|text| serde_json::from_str(text).ok());
        if let (Some(resource_type), Some(Json::Object(properties))) = (document.get("TypeName"), properties) {
            self.resources.push((resource_type.as_str().unwrap_or_default().to_owned(), properties));
        }
        for (list, resource_type) in LISTS {
            let items = match document.get(*list) {
                Some(Json::Array(items)) => items.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            let objects = items.iter().filter_map(Json::as_object);
            self.resources.extend(objects.map(|object| ((*resource_type).to_owned(), object.clone())));
        }
    }

    /// What is said of a resource.
    fn of(&self, taken: &Taken<'_>) -> Option<&serde_json::Map<String, Json>> {
        let is_it = |(resource_type, object): &&(String, serde_json::Map<String, Json>)| {
            let has = |(name, id): &(&str, String)| object.get(*name).and_then(Json::as_str) == Some(id);
            resource_type == taken.resource.type_name() && taken.identifier.iter().all(has)
        };
        self.resources.iter().find(is_it).map(|(_, object)| object)
    }

    /// Whether anything is said of a resource.
    pub(super) fn knows(&self, taken: &Taken<'_>) -> bool {
        self.of(taken).is_some()
    }

    /// Reports every property that cannot change and is otherwise.
    pub(super) fn compare(
        &self,
        compiled: &Compiled,
        taken: &Taken<'_>,
        ids: &BTreeMap<&str, String>,
        findings: &mut Diagnostics,
    ) {
        let Some(said) = self.of(taken) else { return };
        let resource_type = taken.resource.type_name();
        for entry in taken.resource.properties.entries() {
            let name = entry.key.as_str();
            if !taken.must_match.contains(&name) {
                continue;
            }
            let renamed = RENAMED.iter().find(|(t, property, _)| *t == resource_type && *property == name);
            let is = said.get(name).or_else(|| said.get(renamed.map_or(name, |(.., described)| described)));
            // Some answers put the name of what is named within it.
            let is = is.map(|is| is.get(name).unwrap_or(is));
            let (Some(is), Some(wanted)) = (is, literal(&entry.value, ids)) else { continue };
            if holds(is, &wanted) {
                continue;
            }
            let (severity, note) = match replaces(taken.facts, name) {
                true => (Severity::Error, "cannot be changed"),
                false => (Severity::Warning, "cannot always be changed"),
            };
            let title = format!("`{name}` of `{}` is {is} in AWS, and {wanted} in the manifest", taken.key);
            let diagnostic = Diagnostic::new(severity, CFN530, title)
                .at(taken.at, "is otherwise in AWS")
                .context_if_known(&compiled.origins, Some(entry.value.origin), "so it would be");
            findings.push(diagnostic.note(format!("`{name}` of an {resource_type} {note}")).help(format!(
                "write what is there, by a setting, or by `overrides: {{{}: {{{name}: {is}}}}}`",
                taken.key.split_once('.').map_or("Self", |(_, local)| local)
            )));
        }
    }
}

/// A value as JSON, as far as it is known.
fn literal(value: &Value<Target>, ids: &BTreeMap<&str, String>) -> Option<Json> {
    Some(match &value.kind {
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Int(i) => Json::from(*i),
        Kind::Float(x) => Json::from(*x),
        Kind::Text(text) => Json::from(text.as_str()),
        Kind::Ref(Target::Ref(id)) => Json::from(ids.get(id.as_str())?.as_str()),
        Kind::List(items) => Json::Array(items.iter().map(|item| literal(item, ids)).collect::<Option<_>>()?),
        Kind::Map(entries) => {
            let entry = |e: &crate::value::Entry<Target>| Some((e.key.clone(), literal(&e.value, ids)?));
            Json::Object(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// Whether what AWS says holds all that is wanted. It says more than a template does, and numbers as texts.
fn holds(is: &Json, wanted: &Json) -> bool {
    match (is, wanted) {
        (Json::Object(is), Json::Object(wanted)) => {
            wanted.iter().all(|(key, value)| is.get(key).is_some_and(|is| holds(is, value)))
        }
        (Json::Array(is), Json::Array(wanted)) => {
            is.len() == wanted.len() && is.iter().zip(wanted).all(|(is, wanted)| holds(is, wanted))
        }
        (Json::String(is), other) | (other, Json::String(is)) if !other.is_string() => {
            serde_json::from_str::<Json>(is).is_ok_and(|is| is == *other)
        }
        (is, wanted) => is == wanted,
    }
}
