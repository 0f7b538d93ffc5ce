//! Components under other names than in the last build.

use super::{On, fates, guard};
use crate::diag::{Code, Diagnostic, Diagnostics, Edit, first_setting};
use crate::diff::{Renamed, renamed};
use crate::origin::Origin;

/// `CFN032`: a component that AWS would not know again.
pub const CFN032: Code = Code {
    id: "CFN032",
    explanation: "a component has another name than in the last build\n\n\
        CloudFormation knows a resource by its logical id alone, which is made of the component's name. Under another id it \
        makes the resource anew, and removes the old one: a renamed database is an empty database (CloudFormation User Guide, \
        \"Resources\": logical ID).\n\n\
        `logical_id: OldName` on the component keeps the name that AWS knows, for logical ids, exports, parameters and \
        physical names alike: the templates stay as they are, byte by byte. Where something new is meant, leave it out for \
        one build and deploy, so that the old component goes for itself; then add the new one.\n\n\
        It is an error where the component holds data and the stage is permanent, and a warning otherwise. The comparison is \
        with the last build, in `out/<stage>/`: a component is gone, and one of the same kind is new.",
};

/// Reports every component that seems to be one of the last build under another name.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    for renamed in renamed(on.old, on.new, on.compiled) {
        // What nobody wrote is named after something that is told of itself: the function that it stands in for.
        let component = on.compiled.model.components.get(renamed.new.0);
        if !component.is_some_and(|c| matches!(on.compiled.origins.get(c.origin), Origin::Derived { .. })) {
            findings.push(finding(on, &renamed));
        }
    }
}

fn finding(on: &On<'_>, renamed: &Renamed<'_>) -> Diagnostic {
    let (Renamed { old: (old_name, old), new: (name, new) }, origins) = (renamed, &on.compiled.origins);
    let kept = &old.identity;
    let component = on.compiled.model.components.get(*name);
    let written = component.and_then(|c| c.common.logical_id.as_ref());
    let declared = component.map_or(on.compiled.model.manifest.project.origin, |c| c.origin);
    let data = on.old.data_of(kept);
    let ids: Vec<&str> = data.iter().map(|(id, _)| *id).collect();
    let (title, label) = if old_name == name {
        let title = format!("`{name}` had the logical id `{kept}` in the last build, and now has `{}`", new.identity);
        (title, "known under another name")
    } else {
        let title = format!("`{name}` is new, and `{old_name}`, of the same kind, is gone since the last build");
        (title, "the same under a new name?")
    };
    let at = written.map_or(declared, |w| w.origin);
    let diagnostic = Diagnostic::new(on.severity(!guard::lets_go(on, &ids)), CFN032, title).at_origin(
        origins,
        at,
        &[declared],
        label,
    );
    let empty = if data.is_empty() { "anew" } else { "anew, and empty" };
    let diagnostic = diagnostic.note(format!(
        "CloudFormation knows resources by their logical ids: it would make those of `{}` {empty}, and remove those of `{kept}`",
        new.identity
    ));
    let diagnostic = fates(diagnostic, &data);
    let setting = format!("logical_id: {kept}");
    let edit = match (written, origins.spans(at).first()) {
        (Some(_), Some(span)) => Some(Edit { span: *span, replacement: kept.clone() }),
        (None, Some(span)) => first_setting(on.sources, *span, &setting),
        (_, None) => None,
    };
    let entries: Vec<_> = ids.iter().map(|id| (guard::key_of(on, id), "change: delete")).collect();
    let mut diagnostic =
        on.otherwise(diagnostic, &entries).help(format!("to keep what there is, write `{setting}` on `{name}`"));
    diagnostic.edits.extend(edit);
    diagnostic
}
