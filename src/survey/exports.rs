//! Exports that change or move while they are imported.

use std::collections::BTreeSet;

use super::{NEVER_DEPLOYED, On};
use crate::cfn::Output;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::diff::{Action, Attribute, Changes, ExportChange, ExportEffect};
use crate::model::Component;

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

/// `CFN455`: an export that vanishes while its importers need a new one of the same stack.
pub const CFN455: Code = Code {
    id: "CFN455",
    explanation: "a stack stops importing one export and begins to import a new one of the same stack\n\n\
        CloudFormation refuses to remove an export while a stack imports it, so the importing stack would have to be deployed first; \
        but it needs an export that the other stack does not have yet. Neither can go first. It takes two deploys: first the \
        new component is added, used, and the old one stays; then the old one goes.\n\n\
        The comparison is with the templates of the last build, in `out/<stage>/`. If they were never deployed, remove them and \
        build again.",
};

/// Reports exports that change or move while they are imported, but for those of components that are `refused` already;
/// gives the components whose exports move.
pub(super) fn check(
    on: &On<'_>,
    changes: &Changes,
    refused: &BTreeSet<&str>,
    findings: &mut Diagnostics,
) -> BTreeSet<String> {
    let mut moving = BTreeSet::new();
    // What follows from a new name or another stack goes with the repair for that.
    let has_cause = changes.resources.iter().any(|c| matches!(c.action, Action::Move | Action::Rename));
    for export in changes.exports.iter().filter(|e| !e.stuck.is_empty() && !has_cause) {
        let stuck: Vec<&str> = export.stuck.iter().map(|word| on.stack_name(word)).collect();
        findings.push(vanishes(on, export, &stuck));
    }
    for export in changes.exports.iter().filter(|e| !e.still.is_empty()) {
        let still: Vec<&str> = export.still.iter().map(|word| on.stack_name(word)).collect();
        match &export.effect {
            ExportEffect::Changes { with: Some(_), .. } if has_cause => {}
            ExportEffect::Changes { with, sure: true } => findings.push(changed(on, export, with.as_ref(), &still)),
            ExportEffect::Moves { to } => {
                let owner = owner(on, &export.output).map(|(name, _)| name);
                if !owner.is_some_and(|name| refused.contains(name)) {
                    findings.push(moves(on, &export.name, to, &export.output, &still));
                    moving.extend(owner.map(str::to_owned));
                }
            }
            ExportEffect::Changes { sure: false, .. } | ExportEffect::Vanishes => {}
        }
    }
    moving
}

fn changed(on: &On<'_>, export: &ExportChange, with: Option<&Attribute>, importers: &[&str]) -> Diagnostic {
    let (name, output) = (&export.name, &export.output);
    let title = format!("the export `{name}` changes while {} it", importing(importers));
    let diagnostic = at_output(on, Diagnostic::error(CFN030, title), output, "its value comes from here");
    let diagnostic = match with {
        Some(of) => diagnostic.note(format!("`{}` is made anew, and gives another value", of.id)),
        None => diagnostic,
    };
    diagnostic
        .note("CloudFormation refuses to update an export that another stack imports")
        .help(first_step(on, output, importers))
        .help("second, make this change and use it again: build and deploy")
        .help(NEVER_DEPLOYED)
}

fn vanishes(on: &On<'_>, export: &ExportChange, importers: &[&str]) -> Diagnostic {
    let (name, verb) = (&export.name, if importers.len() == 1 { "needs" } else { "need" });
    let producer = on.stack_name(&export.stack);
    let title = format!("the export `{name}` vanishes, and {} {verb} a new one of `{producer}`", quote_list(importers));
    let model = &on.compiled.model;
    let stack =
        on.compiled.linked.stacks.iter().find(|s| export.stuck.contains(&s.file.trim_end_matches(".yaml").to_owned()));
    let owner = stack.and_then(|s| s.owners.values().next()).and_then(|(name, _)| model.components.get(name));
    let declared = owner.map_or(model.manifest.project.origin, |c| c.origin);
    Diagnostic::error(CFN455, title)
        .at_origin(&on.compiled.origins, declared, &[model.manifest.project.origin], "imports another one now")
        .note(format!(
            "`{producer}` must not drop what others import, and they need what it does not have yet: neither can be deployed first"
        ))
        .help("first, keep what there is, add the new beside it, and use the new: build and deploy")
        .help("second, take the old one out: build and deploy")
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
