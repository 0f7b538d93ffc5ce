//! The template of an IMPORT change set: what is taken over, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Described, Import, Taken, may_replace};
use crate::cfn::{Resource, Target, Template};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::emit;
use crate::link::Stack;
use crate::manifest::Acknowledged;
use crate::source::Sources;
use crate::value::{Entry, Kind, Value};
use crate::verify::verify_template;

/// `CFN529`: the deploy after the import would make it anew.
pub const CFN529: Code = Code {
    id: "CFN529",
    explanation: "the deploy after the import would make the resource anew\n\n\
        An import template holds what is taken over, and nothing else. What a property names besides is made by the next deploy, which \
        then changes the property. Where that property cannot be changed, such as the subnet group of a database, CloudFormation would \
        make a new, empty resource and, by its policies, leave or delete the one that was taken over.\n\n\
        Take over what it names as well, or let the manifest say the id that is there.",
};

/// Until the first deploy nothing is deleted with the stack.
const POLICIES: [&str; 2] = ["DeletionPolicy", "UpdateReplacePolicy"];
const RETAIN: &str = "Retain";

/// The import of one stack; none where anything would be made anew.
pub(super) fn template<'c>(
    compiled: &'c Compiled,
    stack: &'c Stack,
    mut taken: Vec<Taken<'c>>,
    said: &Described,
    sources: &mut Sources,
    findings: &mut Diagnostics,
) -> Option<Import<'c>> {
    let before = findings.all().len();
    taken.sort_by_key(|one| stack.template.resources.iter().position(|resource| resource.id == one.resource.id));
    let ids: BTreeMap<&str, String> = taken.iter().map(|one| (one.resource.id.as_str(), one.id())).collect();
    let later: BTreeSet<&str> = stack.template.resources.iter().map(|resource| resource.id.as_str()).collect();
    let later: BTreeSet<&str> = later.into_iter().filter(|id| !ids.contains_key(id)).collect();
    let mut made = Vec::new();
    for one in &mut taken {
        decide(compiled, stack, one, &later, findings);
        said.compare(compiled, one, &ids, findings);
        one.is_compared = said.knows(one);
        made.push(alone(one, &ids));
    }
    let named: BTreeSet<String> = made.iter().flat_map(|resource| refs(&resource.properties)).collect();
    let asked = |name: &str| named.contains(name);
    let parameters = stack.template.parameters.iter().filter(|p| asked(&p.name)).collect::<Vec<_>>();
    let template = Template {
        description: stack.template.description.clone(),
        parameters: parameters.iter().map(|p| (*p).clone()).collect(),
        resources: made,
        outputs: Vec::new(),
    };
    let text = emit::template(
        &template,
        &format!("out/{}/{}, for an IMPORT change set", compiled.model.stage.name.value, stack.file),
    );
    if findings.all().len() == before {
        let file = sources.add(format!("{}.template.yaml", stack.file.trim_end_matches(".yaml")), text.clone());
        let mut own = Diagnostics::default();
        verify_template(file, Some(&stack.id.region), sources, &mut own);
        // What CloudFormation cannot be without was left out.
        let parts = taken.iter().filter(|one| !one.left_out.is_empty());
        match own.has_errors() {
            true if taken.iter().any(|one| !one.left_out.is_empty()) => {
                parts.for_each(|one| findings.push(in_part(one)))
            }
            _ => findings.merge(own, None),
        }
    }
    let entry = |one: &Taken<'_>| {
        let identifier: serde_json::Map<String, serde_json::Value> =
            one.identifier.iter().map(|(name, id)| ((*name).to_owned(), json!(id))).collect();
        json!({
            "ResourceType": one.resource.type_name(),
            "LogicalResourceId": one.resource.id,
            "ResourceIdentifier": identifier,
        })
    };
    let list: Vec<serde_json::Value> = taken.iter().map(entry).collect();
    let list = serde_json::to_string_pretty(&list).ok()?;
    (!findings.has_errors()).then_some(Import { stack, taken, template: text, list: format!("{list}\n"), parameters })
}

/// Decides which properties of a resource stand in the import template, and refuses what would make it anew.
fn decide<'c>(
    compiled: &'c Compiled,
    stack: &Stack,
    one: &mut Taken<'c>,
    later: &BTreeSet<&str>,
    findings: &mut Diagnostics,
) {
    for Entry { key, value, .. } in one.resource.properties.entries() {
        let frozen = may_replace(one.facts, key);
        let needed: Vec<&str> = later.iter().copied().filter(|id| names(value, id)).collect();
        if frozen {
            one.must_match.push(key);
        }
        if !needed.is_empty() {
            if frozen {
                findings.push(made_anew(compiled, stack, one, key, value, &needed));
            }
            one.left_out.push(key);
        }
        let given = one.identifier.iter().find(|(name, _)| *name == key.as_str());
        if let (Some((name, id)), Some(text)) = (given, value.as_text())
            && text != id
        {
            let title =
                format!("`{name}` of `{}` is `{text}` in the manifest, and `{id}` is to be taken over", one.key);
            let diagnostic = Diagnostic::error(CFN529, title).at(one.at, "another name").context_if_known(
                &compiled.origins,
                Some(value.origin),
                "so it would be named",
            );
            findings
                .push(diagnostic.help(format!("write `{id}` in the manifest, or leave the name to CloudFormation")));
        }
    }
}

fn in_part(one: &Taken<'_>) -> Diagnostic {
    let title = format!("`{}` is not whole without {}", one.key, quote_list(&one.left_out));
    Diagnostic::error(CFN529, title)
        .at(one.at, "needs what is not taken over")
        .help("take over what that names as well, or take the line out: the deploy makes a new one")
}

fn made_anew(
    compiled: &Compiled,
    stack: &Stack,
    one: &Taken<'_>,
    property: &str,
    value: &Value<Target>,
    needed: &[&str],
) -> Diagnostic {
    let key = |id: &&str| {
        stack.owners.get(*id).map_or((*id).to_owned(), |(component, local)| Acknowledged::key(component, local))
    };
    let keys: Vec<String> = needed.iter().map(key).collect();
    let title = format!("`{property}` of `{}` needs {}, which is not taken over", one.key, quote_list(&keys));
    let lines: Vec<String> = keys.iter().map(|key| format!("`{key}: …`")).collect();
    Diagnostic::error(CFN529, title)
        .at(one.at, "would be made anew by the next deploy")
        .context_if_known(&compiled.origins, Some(value.origin), "cannot be changed")
        .note(format!("the next deploy would change `{property}`, and that makes a new {}", one.resource.type_name()))
        .help(format!("take over what it has now as well: {}", lines.join(", ")))
}

/// A resource without what is made later.
fn alone(one: &Taken<'_>, ids: &BTreeMap<&str, String>) -> Resource<Target> {
    let resource = one.resource;
    let kept = resource.properties.entries().iter().filter(|entry| !one.left_out.contains(&entry.key.as_str()));
    let mut attributes: Vec<Entry<Target>> = POLICIES
        .iter()
        .map(|policy| Entry {
            key: (*policy).to_owned(),
            key_origin: resource.origin,
            value: Value::text(resource.origin, RETAIN),
        })
        .collect();
    if let Some(after) = resource.attribute("DependsOn") {
        let items = if after.items().is_empty() { std::slice::from_ref(after) } else { after.items() };
        let items = items.iter().filter(|item| {
            refs(item).iter().chain(item.as_text().map(str::to_owned).iter()).any(|id| ids.contains_key(id.as_str()))
        });
        let items: Vec<Value<Target>> = items.cloned().collect();
        if !items.is_empty() {
            let value = Value::list(after.origin, items);
            attributes.insert(0, Entry { key: "DependsOn".to_owned(), key_origin: after.origin, value });
        }
    }
    Resource {
        id: resource.id.clone(),
        origin: resource.origin,
        resource_type: resource.resource_type.clone(),
        attributes,
        properties: Value::new(resource.properties.origin, Kind::Map(kept.cloned().collect())),
    }
}

/// The resources and parameters of the stack that a value names.
fn refs(value: &Value<Target>) -> Vec<String> {
    let mut found = Vec::new();
    value.each_reference(&mut |target, _| match target {
        Target::Ref(id) | Target::GetAtt(id, _) | Target::ParameterList(id) => found.push(id.clone()),
        Target::Import(_) | Target::ImportList(_) => {}
    });
    found
}

/// Whether a value names a resource: by a reference of ours, or in CloudFormation's own words.
fn names(value: &Value<Target>, id: &str) -> bool {
    match &value.kind {
        Kind::Ref(Target::Ref(other) | Target::GetAtt(other, _)) => other == id,
        Kind::List(items) | Kind::Join(items) => items.iter().any(|item| names(item, id)),
        Kind::Map(entries) => entries.iter().any(|entry| names(&entry.value, id)),
        Kind::Call(name, argument) => {
            let text = argument.as_text().or_else(|| argument.items().first().and_then(Value::as_text));
            let said = match name.as_str() {
                "Ref" | "GetAtt" => text.is_some_and(|text| text.split('.').next() == Some(id)),
                _ => false,
            };
            said || names(argument, id)
        }
        Kind::Text(text) => text.contains(&format!("${{{id}}}")) || text.contains(&format!("${{{id}.")),
        _ => false,
    }
}
