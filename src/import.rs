//! Taking existing resources into the stacks of a stage, without making them anew: the template and the list of an IMPORT change set,
//! made of the compiled templates and of the ids that the resources have.
//!
//! CloudFormation compares templates with each other, never with what is there. So what the import template says of a property that
//! cannot change must be what the ordinary template says, and must be true: what cannot be so is refused, since the deploy after the
//! import would make an empty database in the place of the one that was taken over. Source: CloudFormation User Guide, "Import AWS
//! resources into a CloudFormation stack".

mod described;
mod ids;
mod page;
mod template;

use std::collections::BTreeMap;

use crate::aws::{self, ResourceType};
use crate::cfn::{Parameter, Resource, Target};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::link::Stack;
use crate::manifest::Acknowledged;
use crate::source::{Sources, Span};

pub use described::{CFN530, Described, described};
pub use ids::{CFN527, CFN528, Id, ids};
pub use page::{json, skeleton, text};
pub use template::CFN529;

/// Codes of this room.
pub const CODES: &[Code] = &[CFN527, CFN528, CFN529, CFN530];

/// What one stack takes over.
#[derive(Debug)]
pub struct Import<'c> {
    /// The stack.
    pub stack: &'c Stack,
    /// The resources, in the order of its template.
    pub taken: Vec<Taken<'c>>,
    /// The text of the template.
    pub template: String,
    /// The text of `resources-to-import`.
    pub list: String,
    /// Parameters that the template asks for.
    pub parameters: Vec<&'c Parameter>,
}

impl Import<'_> {
    /// What the names of its files begin with: `data`, `edge.us-east-1`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.stack.file.strip_suffix(".yaml").unwrap_or(&self.stack.file)
    }
}

/// A resource that is taken over.
#[derive(Debug)]
pub struct Taken<'c> {
    /// How `acknowledge` and files of ids name it: `ReggieDb.Cluster`.
    pub key: String,
    /// The resource.
    pub resource: &'c Resource<Target>,
    /// What is known of its type.
    pub facts: &'static ResourceType,
    /// What identifies it, by property.
    pub identifier: Vec<(&'static str, String)>,
    /// Where its id is written.
    pub at: Span,
    /// Properties that the import template leaves out, because they need what is made later.
    pub left_out: Vec<&'c str>,
    /// Properties that cannot change, or not always.
    pub must_match: Vec<&'c str>,
    /// Whether it was compared with what AWS says of it.
    pub is_compared: bool,
}

impl Taken<'_> {
    /// Its id as one text, as Cloud Control has it.
    #[must_use]
    pub fn id(&self) -> String {
        self.identifier.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("|")
    }
}

/// Whether a change of a property makes the resource anew.
fn replaces(facts: &ResourceType, property: &str) -> bool {
    stands_in(&facts.create_only, property)
}

/// Whether a change of a property makes the resource anew, or may.
fn may_replace(facts: &ResourceType, property: &str) -> bool {
    replaces(facts, property) || stands_in(&facts.conditional_create_only, property)
}

fn stands_in(paths: &[aws::Path], property: &str) -> bool {
    paths.iter().any(|path| path.0.first().is_some_and(|name| *name == property))
}

/// Every resource of a stage by the name that files of ids have for it.
fn resources(compiled: &Compiled) -> BTreeMap<String, (&Stack, &Resource<Target>)> {
    let mut all = BTreeMap::new();
    for stack in &compiled.linked.stacks {
        for resource in &stack.template.resources {
            if let Some((component, local)) = stack.owners.get(&resource.id) {
                all.insert(Acknowledged::key(component, local), (stack, resource));
            }
        }
    }
    all
}

/// What the stacks of a stage take over. Findings are errors where anything of it would be made anew; nothing is given then.
pub fn import<'c>(
    compiled: &'c Compiled,
    asked: &[Id],
    said: &Described,
    sources: &mut Sources,
    findings: &mut Diagnostics,
) -> Vec<Import<'c>> {
    let all = resources(compiled);
    let mut by_stack: BTreeMap<&str, (&'c Stack, Vec<Taken<'c>>)> = BTreeMap::new();
    for id in asked {
        let Some((stack, resource)) = all.get(&id.key).copied() else {
            findings.push(unknown(id, &all));
            continue;
        };
        let Some(facts) = aws::resource_type(resource.type_name()).filter(|facts| !facts.identifier.is_empty()) else {
            findings.push(no_facts(id, resource.type_name()));
            continue;
        };
        let Some(identifier) = id.identifier(facts, findings) else { continue };
        let taken = Taken {
            key: id.key.clone(),
            resource,
            facts,
            identifier,
            at: id.at,
            left_out: Vec::new(),
            must_match: Vec::new(),
            is_compared: false,
        };
        by_stack.entry(&stack.file).or_insert_with(|| (stack, Vec::new())).1.push(taken);
    }
    ids::once(&by_stack, findings);
    let mut imports = Vec::new();
    for (stack, taken) in by_stack.into_values() {
        imports.extend(template::template(compiled, stack, taken, said, sources, findings));
    }
    // In the order of their deploy.
    let order = |import: &Import<'_>| compiled.linked.stacks.iter().position(|stack| stack.file == import.stack.file);
    imports.sort_by_key(order);
    imports
}

fn unknown(id: &Id, all: &BTreeMap<String, (&Stack, &Resource<Target>)>) -> Diagnostic {
    let title = format!("`{}` is no resource of the stage", id.key);
    let diagnostic = Diagnostic::error(CFN527, title).at(id.key_span, "no resource of that name");
    if let Some(near) = did_you_mean(&id.key, all.keys().map(String::as_str)) {
        return diagnostic.help(format!("did you mean `{near}`?")).edit(id.key_span, near);
    }
    let component = id.key.split('.').next().unwrap_or_default();
    let own: Vec<&String> =
        all.keys().filter(|key| key.as_str() == component || key.starts_with(&format!("{component}."))).collect();
    match own.as_slice() {
        [] => diagnostic.help("name it by its component and its local id, as in `ReggieDb.Cluster`"),
        own => diagnostic.help(format!("resources of `{component}`: {}", quote_list(own))),
    }
}

fn no_facts(id: &Id, resource_type: &str) -> Diagnostic {
    let title = format!("`{}` is of the type `{resource_type}`, which has nothing to identify it by", id.key);
    let diagnostic = Diagnostic::error(CFN527, title).at(id.key_span, "cannot be taken over");
    diagnostic.help("take the line out: the deploy makes a new one")
}
