//! Exports that change or move while they are imported.

use std::collections::{BTreeMap, BTreeSet};

use super::built::{Built, same};
use super::{NEVER_DEPLOYED, On};
use crate::cfn::Output;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::model::Component;
use crate::yaml::Node;

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

/// What a stage exports and imports.
#[derive(Default)]
struct Exchange<'b> {
    /// Export to the output that makes it, and its value.
    exports: BTreeMap<&'b str, (&'b str, &'b Node)>,
    /// Export to the stacks that import it.
    importers: BTreeMap<&'b str, BTreeSet<&'b str>>,
}

impl<'b> Exchange<'b> {
    fn of(built: &'b Built) -> Exchange<'b> {
        let mut exchange = Exchange::default();
        for stack in &built.stacks {
            for import in &stack.imports {
                exchange.importers.entry(import).or_default().insert(&stack.name);
            }
            exchange
                .exports
                .extend(stack.exports.iter().map(|(name, output, value)| (name.as_str(), (output.as_str(), value))));
        }
        exchange
    }
}

/// Reports exports that change or move while they are imported, but for those of components that are `refused` already;
/// gives the components whose exports move.
pub(super) fn check(on: &On<'_>, refused: &BTreeSet<&str>, findings: &mut Diagnostics) -> BTreeSet<String> {
    let (old, new) = (Exchange::of(on.old), Exchange::of(on.new));
    let mut moving = BTreeSet::new();
    for (export, (output, value)) in &old.exports {
        let used = old.importers.get(export);
        match new.exports.get(export) {
            Some((_, changed)) if !same(value, changed) => {
                let still = both(used, new.importers.get(export));
                if !still.is_empty() {
                    findings.push(changes(on, export, output, &still));
                }
            }
            Some(_) => {}
            None => {
                let moved = new.exports.iter().find(|(_, (name, _))| name == output);
                let Some((to, _)) = moved else { continue };
                let still = both(used, new.importers.get(to));
                let owner = owner(on, output).map(|(name, _)| name);
                if !still.is_empty() && !owner.is_some_and(|name| refused.contains(name)) {
                    findings.push(moves(on, export, to, output, &still));
                    moving.extend(owner.map(str::to_owned));
                }
            }
        }
    }
    moving
}

fn both<'b>(old: Option<&BTreeSet<&'b str>>, new: Option<&BTreeSet<&'b str>>) -> Vec<&'b str> {
    match (old, new) {
        (Some(old), Some(new)) => old.intersection(new).copied().collect(),
        _ => Vec::new(),
    }
}

fn changes(on: &On<'_>, export: &str, output: &str, importers: &[&str]) -> Diagnostic {
    let title = format!("the export `{export}` changes while {} it", importing(importers));
    at_output(on, Diagnostic::error(CFN030, title), output, "its value comes from here")
        .note("CloudFormation refuses to update an export that another stack imports")
        .help(first_step(on, output, importers))
        .help("second, make this change and use it again: build and deploy")
        .help(NEVER_DEPLOYED)
}

fn moves(on: &On<'_>, from: &str, to: &str, output: &str, importers: &[&str]) -> Diagnostic {
    let title = format!("`{from}` moves to `{to}` while {} it", importing(importers));
    at_output(on, Diagnostic::error(CFN031, title), output, "this component moves")
        .note("CloudFormation refuses to remove an export that another stack imports")
        .help(first_step(on, output, importers))
        .help("second, move the component and use it again: build and deploy")
        .help(NEVER_DEPLOYED)
}

fn importing(importers: &[&str]) -> String {
    let verb = if importers.len() == 1 { "imports" } else { "import" };
    format!("{} {verb}", quote_list(importers))
}

fn first_step(on: &On<'_>, output: &str, importers: &[&str]) -> String {
    let attribute = described(on, output).and_then(|o| o.description.as_text()?.split_once('.')).map(|(_, name)| name);
    let used = match (owner(on, output), attribute) {
        (Some((component, _)), Some(attribute)) => format!("${{{component}.{attribute}}}"),
        _ => output.to_owned(),
    };
    format!("first, use no `{used}` in {}: build and deploy", quote_list(importers))
}

fn described<'a>(on: &On<'a>, output: &str) -> Option<&'a Output> {
    on.compiled.linked.stacks.iter().flat_map(|s| &s.template.outputs).find(|o| o.name == output)
}

/// The component that an output is of. Its description is the attribute, under the name that AWS knows: `Network.id`.
fn owner<'a>(on: &On<'a>, output: &str) -> Option<(&'a str, &'a Component)> {
    let (identity, _) = described(on, output)?.description.as_text()?.split_once('.')?;
    let mut components = on.compiled.model.components.iter();
    components.find(|(name, c)| c.common.identity(name) == identity).map(|(name, c)| (name.as_str(), c))
}

fn at_output(on: &On<'_>, diagnostic: Diagnostic, output: &str, label: &str) -> Diagnostic {
    let project = on.compiled.model.manifest.project.origin;
    let owner = owner(on, output).map_or(project, |(_, component)| component.origin);
    let origin = described(on, output).map_or(owner, |o| o.value.origin);
    diagnostic.at_origin(&on.compiled.origins, origin, &[owner, project], label)
}
