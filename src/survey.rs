//! Surveying: what one compilation cannot see alone, because it depends on what is committed already.
//!
//! CloudFormation refuses to change or remove an export while another stack imports it. Whether that would happen shows only
//! beside the templates of the last build.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::emit::{Files, INDEX};
use crate::yaml::{self, Kind, Node};

/// Codes of this room.
pub const CODES: &[Code] = &[CFN030, CFN031];

/// `CFN030`: the value of an export changes while it is imported.
pub const CFN030: Code = Code {
    id: "CFN030",
    explanation: "an export changes while another stack imports it\n\n\
        CloudFormation refuses to update an export that is in use (User Guide, \"Get exported outputs from a deployed stack\"). \
        Such a change takes two deploys: first the consumers stop importing the value, then the producer changes it and the \
        consumers import it again.\n\n\
        The comparison is with the templates of the last build, in `out/<stage>/`. If they were never deployed, remove them and \
        build again.",
};

/// `CFN031`: an export moves to another stack while it is imported.
pub const CFN031: Code = Code {
    id: "CFN031",
    explanation: "an export moves to another stack while it is imported\n\n\
        A component that moves to another stack is made anew there and deleted where it was. CloudFormation refuses to remove \
        the old export while a stack imports it, so the move takes two deploys: first the consumers stop importing the value, \
        then the component moves and the consumers import it again. What holds data must not move this way at all.\n\n\
        The comparison is with the templates of the last build, in `out/<stage>/`. If they were never deployed, remove them and \
        build again.",
};

/// What a stage's folder exports and imports.
#[derive(Debug, Default)]
struct Exchange {
    /// Export to the output that makes it, and its value.
    exports: BTreeMap<String, (String, Node)>,
    /// Export to the stacks that import it.
    importers: BTreeMap<String, BTreeSet<String>>,
}

/// Compares a stage with the files of its last build.
pub fn survey(compiled: &Compiled, baseline: &Files, findings: &mut Diagnostics) {
    // Reading templates costs as much as making them, and mostly nothing has changed.
    if baseline.is_empty() || *baseline == compiled.files {
        return;
    }
    let old = exchange(baseline);
    let new = exchange(&compiled.files);
    for (export, (output, value)) in &old.exports {
        let used = old.importers.get(export);
        match new.exports.get(export) {
            Some((_, changed)) if !same(value, changed) => {
                let still = both(used, new.importers.get(export));
                if !still.is_empty() {
                    findings.push(changes(compiled, export, output, &still));
                }
            }
            Some(_) => {}
            None => {
                let moved = new.exports.iter().find(|(_, (name, _))| name == output);
                let Some((to, _)) = moved else { continue };
                let still = both(used, new.importers.get(to));
                if !still.is_empty() {
                    findings.push(moves(compiled, export, to, output, &still));
                }
            }
        }
    }
}

fn both(old: Option<&BTreeSet<String>>, new: Option<&BTreeSet<String>>) -> Vec<String> {
    match (old, new) {
        (Some(old), Some(new)) => old.intersection(new).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Reads what a folder's index and templates say. What cannot be read says nothing: it was not made by us.
fn exchange(files: &Files) -> Exchange {
    let mut exchange = Exchange::default();
    let Some(index) = files.get(INDEX).and_then(|text| yaml::parse_template(text).ok()) else { return exchange };
    let stacks = field(&index, "stacks").map(items).unwrap_or_default();
    for stack in stacks {
        let name = field(stack, "name").and_then(text).unwrap_or_default();
        for import in field(stack, "imports").map(items).unwrap_or_default().iter().filter_map(text) {
            exchange.importers.entry(import.to_owned()).or_default().insert(name.to_owned());
        }
        let file = field(stack, "template").and_then(|t| field(t, "file")).and_then(text);
        let template = file.and_then(|f| files.get(f)).and_then(|t| yaml::parse_template(t).ok());
        let Some(Node { kind: Kind::Map(outputs), .. }) = template.as_ref().and_then(|t| field(t, "Outputs")) else {
            continue;
        };
        for output in outputs {
            let export = field(&output.value, "Export").and_then(|e| field(e, "Name")).and_then(text);
            if let (Some(export), Some(value)) = (export, field(&output.value, "Value")) {
                exchange.exports.insert(export.to_owned(), (output.key.clone(), value.clone()));
            }
        }
    }
    exchange
}

fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.kind {
        Kind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
        _ => None,
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        _ => &[],
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}

/// Whether two nodes say the same, wherever they stand.
fn same(a: &Node, b: &Node) -> bool {
    a.tag == b.tag
        && match (&a.kind, &b.kind) {
            (Kind::Seq(a), Kind::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Kind::Map(a), Kind::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
            }
            (a, b) => a == b,
        }
}

fn changes(compiled: &Compiled, export: &str, output: &str, importers: &[String]) -> Diagnostic {
    let title = format!("the export `{export}` changes while {} it", importing(importers));
    at_output(compiled, Diagnostic::error(CFN030, title), output, "its value comes from here")
        .note("CloudFormation refuses to update an export that another stack imports")
        .help(first_step(compiled, output, importers))
        .help("second, make this change and use it again: build and deploy")
        .help(never_deployed(compiled))
}

fn moves(compiled: &Compiled, from: &str, to: &str, output: &str, importers: &[String]) -> Diagnostic {
    let title = format!("`{from}` moves to `{to}` while {} it", importing(importers));
    at_output(compiled, Diagnostic::error(CFN031, title), output, "this component moves")
        .note("CloudFormation refuses to remove an export that another stack imports")
        .help(first_step(compiled, output, importers))
        .help("second, move the component and use it again: build and deploy")
        .help(never_deployed(compiled))
}

fn importing(importers: &[String]) -> String {
    let verb = if importers.len() == 1 { "imports" } else { "import" };
    format!("{} {verb}", quote_list(importers))
}

fn first_step(compiled: &Compiled, output: &str, importers: &[String]) -> String {
    let description = compiled.linked.stacks.iter().flat_map(|s| &s.template.outputs).find(|o| o.name == output);
    let attribute = description.and_then(|o| o.description.as_text()).unwrap_or(output);
    format!("first, use no `${{{attribute}}}` in {}: build and deploy", quote_list(importers))
}

fn never_deployed(compiled: &Compiled) -> String {
    format!(
        "or, if `{0}` was never deployed, remove its folder below `out/` and build again",
        compiled.model.stage.name.value
    )
}

fn at_output(compiled: &Compiled, diagnostic: Diagnostic, output: &str, label: &str) -> Diagnostic {
    let found = compiled.linked.stacks.iter().flat_map(|s| &s.template.outputs).find(|o| o.name == output);
    let project = compiled.model.manifest.project.origin;
    // An output's description is the attribute, `Network.private_subnets`.
    let component = found.and_then(|o| o.description.as_text()?.split('.').next());
    let owner = component.and_then(|name| compiled.model.components.get(name)).map_or(project, |c| c.origin);
    let origin = found.map_or(owner, |o| o.value.origin);
    diagnostic.at_origin(&compiled.origins, origin, &[owner, project], label)
}
