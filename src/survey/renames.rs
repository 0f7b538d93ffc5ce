//! Components under other names than in the last build.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::built::Component;

use super::{On, fates};
use crate::diag::{Code, Diagnostic, Diagnostics, Edit, first_setting};
use crate::origin::Origins;
use crate::value::{Kind as ValueKind, Value};
use crate::yaml::{Kind, Node};

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

/// From which likeness on two components without data are taken for one, of 1000.
const LIKE: usize = 700;

/// A component of the last build that is gone, and the new one that it probably is.
struct Renamed<'b> {
    old: (&'b str, &'b Component),
    new: (&'b str, &'b Component),
}

/// Reports every component that seems to be one of the last build under another name.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    for renamed in renamed(on) {
        findings.push(finding(on, &renamed));
    }
}

/// Pairs what is gone with what is new: the likest first, each once.
fn renamed<'b>(on: &On<'b>) -> Vec<Renamed<'b>> {
    let identities = |built: &'b BTreeMap<String, Component>| -> BTreeSet<&'b str> {
        built.values().map(|c| c.identity.as_str()).collect()
    };
    let (before, now) = (identities(&on.old.components), identities(&on.new.components));
    let gone = on.old.components.iter().filter(|(_, c)| c.is_made && !now.contains(c.identity.as_str()));
    let mut pairs = Vec::new();
    for (old_name, old) in gone {
        let fresh = on.new.components.iter().filter(|(_, c)| c.is_made && !before.contains(c.identity.as_str()));
        // A raw resource of another type is another thing.
        for (new_name, new) in
            fresh.filter(|(_, new)| ["type", "resource_type"].iter().all(|s| old.text(s) == new.text(s)))
        {
            let (same, likeness) = (old_name == new_name, likeness(on, new_name, old, new));
            if same || likeness >= LIKE || !on.old.data_of(&old.identity).is_empty() {
                pairs.push((Reverse((same, likeness)), (old_name.as_str(), old), (new_name.as_str(), new)));
            }
        }
    }
    pairs.sort_by(|(a, old_a, new_a), (b, old_b, new_b)| (a, old_a.0, new_a.0).cmp(&(b, old_b.0, new_b.0)));
    let mut renamed: Vec<Renamed<'b>> = Vec::new();
    for (_, old, new) in pairs {
        if !renamed.iter().any(|r| r.old.0 == old.0 || r.new.0 == new.0) {
            renamed.push(Renamed { old, new });
        }
    }
    renamed.sort_by_key(|r| r.new.0);
    renamed
}

/// How many of 1000 settings two components share. Defaults that both have say nothing.
fn likeness(on: &On<'_>, name: &str, old: &Component, new: &Component) -> usize {
    let mut defaults = BTreeSet::new();
    if let Some(tree) = on.compiled.model.tree.at(&["components", name]) {
        defaulted(tree, "", &on.compiled.origins, &mut defaults);
    }
    let (old, mut new) = (leaves(&old.settings), leaves(&new.settings));
    new.retain(|path, text| !defaults.contains(path) || old.get(path).is_none_or(|other| other != text));
    let old = old.into_iter().filter(|(path, _)| new.contains_key(path) || !defaults.contains(path));
    let (mut shared, mut all) = (0_usize, new.len());
    for (path, text) in old {
        match new.get(&path) {
            Some(found) if *found == text => shared += 1,
            Some(_) => {}
            None => all += 1,
        }
    }
    (1000 * shared).checked_div(all).unwrap_or(1000)
}

/// Settings that say where a component stands or what it is called, not what it is.
const NAMES: &[&str] = &["logical_id", "purpose", "resource_type", "stack", "type"];

/// Every scalar of a component's settings, and every empty collection, by its path.
fn leaves(settings: &Node) -> BTreeMap<String, String> {
    fn walk(node: &Node, path: &str, found: &mut BTreeMap<String, String>) {
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                entries.iter().for_each(|e| walk(&e.value, &format!("{path}/{}", e.key), found));
            }
            Kind::Seq(items) if !items.is_empty() => {
                items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{path}/{i}"), found));
            }
            kind => drop(found.insert(path.to_owned(), format!("{:?} {kind:?}", node.tag))),
        }
    }
    let mut found = BTreeMap::new();
    if let Kind::Map(entries) = &settings.kind {
        for entry in entries.iter().filter(|e| !NAMES.contains(&e.key.as_str())) {
            walk(&entry.value, &format!("/{}", entry.key), &mut found);
        }
    }
    found
}

/// The paths of what no layer wrote.
fn defaulted(value: &Value, path: &str, origins: &Origins, found: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|e| defaulted(&e.value, &format!("{path}/{}", e.key), origins, found));
        }
        ValueKind::List(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, v)| defaulted(v, &format!("{path}/{i}"), origins, found));
        }
        _ if origins.is_default(value.origin) => drop(found.insert(path.to_owned())),
        _ => {}
    }
}

fn finding(on: &On<'_>, renamed: &Renamed<'_>) -> Diagnostic {
    let (Renamed { old: (old_name, old), new: (name, new) }, origins) = (renamed, &on.compiled.origins);
    let kept = &old.identity;
    let component = on.compiled.model.components.get(*name);
    let written = component.and_then(|c| c.common.logical_id.as_ref());
    let declared = component.map_or(on.compiled.model.manifest.project.origin, |c| c.origin);
    let data = on.old.data_of(kept);
    let (title, label) = if old_name == name {
        let title = format!("`{name}` had the logical id `{kept}` in the last build, and now has `{}`", new.identity);
        (title, "known under another name")
    } else {
        let title = format!("`{name}` is new, and `{old_name}`, of the same kind, is gone since the last build");
        (title, "the same under a new name?")
    };
    let at = written.map_or(declared, |w| w.origin);
    let diagnostic =
        Diagnostic::new(on.severity(!data.is_empty()), CFN032, title).at_origin(origins, at, &[declared], label);
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
    let mut diagnostic =
        on.otherwise(diagnostic, name).help(format!("to keep what there is, write `{setting}` on `{name}`"));
    diagnostic.edits.extend(edit);
    diagnostic
}
