//! The file of ids: a line a resource, by component and local id.

use std::collections::BTreeMap;

use super::Taken;
use crate::aws::ResourceType;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::link::Stack;
use crate::source::{FileId, Sources, Span};
use crate::yaml::{Kind, Limits, Node, parse};

/// `CFN527`: an id of nothing.
pub const CFN527: Code = Code {
    id: "CFN527",
    explanation: "a line of the file of ids names no resource of the stage\n\n\
        `import --ids FILE` reads a line a resource: its component and its local id as `acknowledge` names them (`ReggieDb.Cluster`; the component \
        alone for its main resource), and the id that the resource has in AWS. `reggie-cfn import <stage>` without a file prints one to \
        fill in.",
};

/// `CFN528`: an id of another form.
pub const CFN528: Code = Code {
    id: "CFN528",
    explanation: "an id does not identify one resource\n\n\
        A resource is identified by one property of its type, such as `DBClusterIdentifier`, or by several, which are written as a map: \
        `{DatabaseName: a, TableName: b}`. Two lines cannot name the same resource.",
};

/// A line of the file.
#[derive(Debug, Clone)]
pub struct Id {
    /// The resource: `ReggieDb.Cluster`.
    pub key: String,
    /// Where that stands.
    pub key_span: Span,
    /// Where its id stands.
    pub at: Span,
    /// The id, by property where properties are written.
    parts: Vec<(Option<String>, String)>,
}

/// Reads a file of ids.
pub fn ids(file: FileId, sources: &Sources, findings: &mut Diagnostics) -> Vec<Id> {
    let text = &sources.file(file).text;
    let Some(node) = parse(file, text, &Limits::default(), findings) else { return Vec::new() };
    let Kind::Map(entries) = &node.kind else {
        if node.kind != Kind::Null {
            let finding =
                Diagnostic::error(CFN527, "the file of ids is no map").at(node.span, "no line `resource: id`");
            findings.push(finding.help("write a line a resource, as in `ReggieDb.Cluster: my-cluster`"));
        }
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let parts = match &entry.value.kind {
            Kind::Null => continue,
            Kind::Map(parts) => parts
                .iter()
                .map(|part| scalar(&part.value, sources).map(|text| (Some(part.key.clone()), text)))
                .collect(),
            _ => scalar(&entry.value, sources).map(|text| vec![(None, text)]),
        };
        match parts {
            Some(parts) => {
                found.push(Id { key: entry.key.clone(), key_span: entry.key_span, at: entry.value.span, parts });
            }
            None => {
                let title = format!("the id of `{}` is no text", entry.key);
                let finding = Diagnostic::error(CFN528, title).at(entry.value.span, "not an id");
                findings.push(finding.help("write the id as AWS shows it, in quotes"));
            }
        }
    }
    found
}

/// A scalar as it is written: an id may look like a number.
fn scalar(node: &Node, sources: &Sources) -> Option<String> {
    let text = match &node.kind {
        Kind::Str(text) => text.clone(),
        Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) => sources.text(node.span).to_owned(),
        Kind::Null | Kind::Seq(_) | Kind::Map(_) => return None,
    };
    let is_id = !text.is_empty() && text.chars().all(|c| !c.is_control()) && text.trim() == text;
    is_id.then_some(text)
}

impl Id {
    /// The id by the properties that identify a type.
    pub(super) fn identifier(
        &self,
        facts: &ResourceType,
        findings: &mut Diagnostics,
    ) -> Option<Vec<(&'static str, String)>> {
        let names: Vec<&'static str> = facts.identifier.iter().filter_map(|path| path.0.last().copied()).collect();
        let of = |name: &str| match self.parts.as_slice() {
            [(None, only)] if names.len() == 1 => Some(only.clone()),
            parts => parts.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, text)| text.clone()),
        };
        let found: Vec<(&'static str, String)> = names.iter().filter_map(|name| Some((*name, of(name)?))).collect();
        if found.len() == names.len() && self.parts.len() == names.len() {
            return Some(found);
        }
        let title = format!("`{}` is identified by {}", self.key, crate::diag::quote_list(&names));
        let form: Vec<String> = names.iter().map(|name| format!("{name}: …")).collect();
        let example = if names.len() == 1 { "…".to_owned() } else { format!("{{{}}}", form.join(", ")) };
        let finding = Diagnostic::error(CFN528, title).at(self.at, "another form");
        findings.push(finding.help(format!("write `{}: {example}`", self.key)));
        None
    }
}

/// Reports every resource that two lines name.
pub(super) fn once(by_stack: &BTreeMap<&str, (&Stack, Vec<Taken<'_>>)>, findings: &mut Diagnostics) {
    let mut known: BTreeMap<(&str, &str, String), &Taken<'_>> = BTreeMap::new();
    for (stack, taken) in by_stack.values() {
        for one in taken {
            let same = (stack.id.region.as_str(), one.resource.type_name(), one.id());
            if let Some(other) = known.insert(same, one) {
                let title = format!("`{}` and `{}` have the same id", other.key, one.key);
                let finding = Diagnostic::error(CFN528, title).at(one.at, "the second").context(other.at, "the first");
                findings.push(finding.help("a resource belongs to one stack: take one of the lines out"));
            }
        }
    }
}
