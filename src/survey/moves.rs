//! Components that stand in another stack than in the last build.

use std::collections::{BTreeMap, BTreeSet};

use crate::built::{Data, main_ones};

use super::{On, fates, guard};
use crate::diag::{Code, Diagnostic, Diagnostics, Edit, Severity, first_setting};

/// `CFN033`: a component that moves to another stack.
pub const CFN033: Code = Code {
    id: "CFN033",
    explanation: "a component stands in another stack than in the last build\n\n\
        A resource belongs to one stack. In another one CloudFormation makes it anew, and removes it from the first: a moved \
        database is an empty database. It is an error where the component holds data and the stage is permanent, and a \
        warning otherwise.\n\n\
        What must keep its data is moved by CloudFormation's stack refactoring (User Guide, \"Stack refactoring\"), which takes a \
        resource from one deployed stack into another as it is. It makes, changes and deletes nothing else, takes at most five \
        stacks, leaves none of them empty, and not every type can be moved. Build the templates beside the old ones and hand in \
        every stack that changes:\n\n    \
        reggie-cfn build <stage> --out moved\n    \
        aws cloudformation create-stack-refactor --stack-definitions \\\n      \
        StackName=<project>-<stage>-data,TemplateBody@=file://moved/<stage>/data.yaml \\\n      \
        StackName=<project>-<stage>-app,TemplateBody@=file://moved/<stage>/app.yaml\n    \
        aws cloudformation describe-stack-refactor --stack-refactor-id <id>\n    \
        aws cloudformation execute-stack-refactor --stack-refactor-id <id>\n\n\
        When that is complete, put `moved/<stage>/` in the place of `out/<stage>/` and build again.",
};

/// Resources of a component that were in another stack.
pub(super) struct Moved<'a> {
    component: &'a str,
    from: &'a str,
    to: &'a str,
    /// Those of them that hold data.
    data: Data<'a>,
}

/// What moved: a logical id that another stack had, and that the stack which has it now had not.
pub(super) fn moved<'a>(on: &On<'a>) -> Vec<Moved<'a>> {
    let mut found: BTreeMap<(&str, &str, &str), Data<'_>> = BTreeMap::new();
    for stack in &on.compiled.linked.stacks {
        let to = stack.file.trim_end_matches(".yaml");
        let had = |id: &str, word: &str| {
            on.old.stacks.iter().find(|s| s.word == word).and_then(|s| s.resources.get_key_value(id))
        };
        for (id, (component, _)) in stack.owners.iter().filter(|(id, _)| had(id, to).is_none()) {
            let resource_type = stack.template.resource(id).map(|r| r.type_name()).unwrap_or_default();
            let leaves = |word: &str| {
                on.new.stacks.iter().find(|s| s.word == word).is_none_or(|s| !s.resources.contains_key(id))
            };
            let from = on.old.stacks.iter().find_map(|s| {
                let (id, resource) = s.resources.get_key_value(id)?;
                (resource.resource_type == resource_type && leaves(&s.word)).then_some((
                    s.word.as_str(),
                    id.as_str(),
                    resource,
                ))
            });
            if let Some((from, id, resource)) = from {
                found.entry((component, from, to)).or_default().push((id, resource));
            }
        }
    }
    let moved = |((component, from, to), resources): (_, Data<'a>)| {
        let data = main_ones(resources.into_iter().filter(|(_, r)| r.holds_data()).collect());
        Moved { component, from, to, data }
    };
    found.into_iter().map(moved).collect()
}

/// The components that must not move at all.
pub(super) fn refused<'a>(on: &On<'_>, moved: &[Moved<'a>]) -> BTreeSet<&'a str> {
    let ids = |m: &Moved<'a>| -> Vec<&str> { m.data.iter().map(|(id, _)| *id).collect() };
    let is_refused = |m: &&Moved<'a>| on.severity(!guard::lets_move(on, &ids(m), m.to)) == Severity::Error;
    moved.iter().filter(is_refused).map(|m| m.component).collect()
}

/// Reports what moved. Of what has no data enough is said where its exports were `told` of.
pub(super) fn report(on: &On<'_>, moved: &[Moved<'_>], told: &BTreeSet<String>, findings: &mut Diagnostics) {
    for moved in moved.iter().filter(|m| !m.data.is_empty() || !told.contains(m.component)) {
        findings.push(finding(on, moved));
    }
}

/// How `stack:` says a stack: without its region, and without the component that it belongs to.
fn as_setting(stack: &str) -> &str {
    let kind = stack.split('.').next().unwrap_or(stack);
    if kind.starts_with("web-") { "web" } else { kind }
}

fn finding(on: &On<'_>, moved: &Moved<'_>) -> Diagnostic {
    let (Moved { component: name, from, to, data }, origins) = (moved, &on.compiled.origins);
    let component = on.compiled.model.components.get(*name);
    let declared = component.map_or(on.compiled.model.manifest.project.origin, |c| c.origin);
    let written = component.and_then(|c| c.common.stack.as_ref());
    let at = written.map_or(declared, |w| w.origin);
    let title = format!("`{name}` moves from the stack `{from}` to the stack `{to}`");
    let ids: Vec<&str> = data.iter().map(|(id, _)| *id).collect();
    let diagnostic = Diagnostic::new(on.severity(!guard::lets_move(on, &ids, to)), CFN033, title).at_origin(
        origins,
        at,
        &[declared],
        "another stack than in the last build",
    );
    let empty = if data.is_empty() { "anew" } else { "anew and empty" };
    let note = format!(
        "a resource belongs to one stack: CloudFormation would make it {empty} in `{to}`, and remove it from `{from}`"
    );
    let mut diagnostic = fates(diagnostic.note(note), data);
    let setting = format!("stack: {}", as_setting(from));
    // Where neither build says `stack:`, something else places the component, and `stack:` might contradict it.
    let was_written = on.old.components.get(*name).is_some_and(|c| c.text("stack").is_some());
    let edit = match (written, origins.spans(at).first()) {
        (Some(_), Some(span)) => Some(Edit { span: *span, replacement: as_setting(from).to_owned() }),
        (None, Some(span)) if was_written => first_setting(on.sources, *span, &setting),
        _ => None,
    };
    if !data.is_empty() {
        diagnostic =
            diagnostic.help("to move it with its data, refactor the stacks: `reggie-cfn explain CFN033` says how");
    }
    let entry = format!("change: replace, property: stack, to: {to}");
    let entries: Vec<_> = ids.iter().map(|id| (guard::key_of(on, id), entry.as_str())).collect();
    diagnostic = on.otherwise(diagnostic, &entries);
    match edit {
        Some(edit) => diagnostic.help(format!("to keep it, write `{setting}`")).edit(edit.span, edit.replacement),
        None => diagnostic.help(format!("to keep it, undo what moves it out of `{from}`")),
    }
}
