//! What lies below a component: the defaults of its kind, then the sets that it uses, then what it says itself.

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::origin::Origins;
use crate::overlay::lay;
use crate::value::{Entry, Kind, Value};

use super::lay::remove_left_nulls;

/// `MAN006`: an overlay changes a component that does not exist.
pub const MAN006: Code = Code {
    id: "MAN006",
    explanation: "a component has no `type`\n\n\
        A layer that adds a component says its `type`; a layer that changes one leaves it out. This component has none in any \
        layer of the stage: either its name is misspelt, so that it changes nothing, or the `type` is missing.",
};

/// `MAN007`: `use` names no set.
pub const MAN007: Code = Code {
    id: "MAN007",
    explanation: "`use` names a set that is not there\n\n\
        `use: [ApiDefaults]` lays the component over the settings that stand under `sets: {ApiDefaults: …}` in any layer of the \
        stage.",
};

/// `MAN008`: an import beside settings.
pub const MAN008: Code = Code {
    id: "MAN008",
    explanation: "settings stand beside an `import`\n\n\
        `import` says that the component exists already; settings say how to make it. A layer that writes `import` drops the \
        settings of the layers below it, but in one layer, or above it, the two contradict each other.",
};

/// Keys that may stand beside an `import`.
const BESIDE_IMPORT: &[&str] = &["type", "purpose", "stages", "import", "stack"];

/// Lays every component over its kind's defaults and its sets, and takes both blocks out of the tree.
pub(super) fn compose(tree: &mut Value, origins: &Origins, findings: &mut Diagnostics) {
    let defaults = take(tree, "defaults");
    let sets = take(tree, "sets");
    let Kind::Map(blocks) = &mut tree.kind else { return };
    for block in blocks.iter_mut() {
        match (block.key.as_str(), &mut block.value.kind) {
            ("components", Kind::Map(components)) => {
                let names: Vec<String> = components.iter().map(|c| c.key.clone()).collect();
                for entry in components.iter_mut() {
                    component(entry, &names, &defaults, &sets, origins, findings);
                }
                components.retain(|c| c.value.get("type").is_some());
            }
            ("secrets", Kind::Map(secrets)) => {
                if let Some(lower) = defaults.as_ref().and_then(|d| d.get("secret")) {
                    for secret in secrets.iter_mut() {
                        secret.value = lay(lower.clone(), secret.value.clone(), origins, findings);
                    }
                }
            }
            _ => {}
        }
        // In `overrides` a `null` removes what the kind makes, which only the linker knows.
        let overrides = set_aside(block, "overrides");
        remove_left_nulls(&mut block.value, origins, findings);
        put_back(block, overrides);
    }
}

/// Takes a setting out of every component.
fn set_aside(block: &mut Entry, setting: &str) -> Vec<(String, Entry)> {
    let mut aside = Vec::new();
    if let ("components", Kind::Map(components)) = (block.key.as_str(), &mut block.value.kind) {
        for component in components {
            if let Kind::Map(settings) = &mut component.value.kind
                && let Some(at) = settings.iter().position(|s| s.key == setting && !s.value.entries().is_empty())
            {
                aside.push((component.key.clone(), settings.remove(at)));
            }
        }
    }
    aside
}

fn put_back(block: &mut Entry, aside: Vec<(String, Entry)>) {
    let Kind::Map(components) = &mut block.value.kind else { return };
    for (name, setting) in aside {
        if let Some(Kind::Map(settings)) = components.iter_mut().find(|c| c.key == name).map(|c| &mut c.value.kind) {
            settings.push(setting);
        }
    }
}

fn take(tree: &mut Value, block: &str) -> Option<Value> {
    let Kind::Map(blocks) = &mut tree.kind else { return None };
    let at = blocks.iter().position(|e| e.key == block)?;
    Some(blocks.remove(at).value)
}

fn component(
    entry: &mut Entry,
    names: &[String],
    defaults: &Option<Value>,
    sets: &Option<Value>,
    origins: &Origins,
    findings: &mut Diagnostics,
) {
    let Some(kind) = entry.value.get("type").and_then(Value::as_text).map(str::to_owned) else {
        if matches!(entry.value.kind, Kind::Map(_)) && !findings.is_full() {
            findings.push(without_type(entry, names, origins));
        }
        return;
    };
    if entry.value.get("import").is_some() {
        beside_import(entry, origins, findings);
        return;
    }
    let mut lower: Vec<Value> = Vec::new();
    lower.extend(defaults.as_ref().and_then(|d| d.get(&kind)).cloned());
    for used in entry.value.get("use").map(Value::items).unwrap_or_default() {
        let Some(name) = used.as_text() else { continue };
        match sets.as_ref().and_then(|s| s.get(name)) {
            Some(set) => lower.push(set.clone()),
            None => findings.push(no_set(name, used, sets.as_ref(), origins)),
        }
    }
    let own = std::mem::replace(&mut entry.value, Value::new(entry.key_origin, Kind::Null));
    let laid = lower.into_iter().reduce(|below, above| as_component(below, above, origins, findings));
    // What the component says itself gets an origin of its own when it is laid over.
    laid.iter().flat_map(Value::entries).for_each(|setting| origins.inherit(setting.value.origin));
    entry.value = match laid {
        Some(below) => as_component(below, own, origins, findings),
        None => own,
    };
}

/// Lays two values as parts of a component, so that a `null` which finds nothing may remove something further below.
fn as_component(below: Value, above: Value, origins: &Origins, findings: &mut Diagnostics) -> Value {
    let wrap = |v: Value| {
        let origin = v.origin;
        Value::map(origin, [("sets", Value::map(origin, [("Set", v)]))])
    };
    let laid = lay(wrap(below), wrap(above), origins, findings);
    laid.at(&["sets", "Set"]).cloned().unwrap_or(laid)
}

fn without_type(entry: &Entry, names: &[String], origins: &Origins) -> Diagnostic {
    let diagnostic = Diagnostic::error(MAN006, format!("`{}` has no `type` in any layer of this stage", entry.key))
        .at_origin(origins, entry.key_origin, &[], "no layer gives it a `type`");
    let others = names.iter().map(String::as_str).filter(|n| *n != entry.key);
    match did_you_mean(&entry.key, others) {
        Some(near) => {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            match origins.spans(entry.key_origin).first() {
                Some(span) => diagnostic.edit(*span, near),
                None => diagnostic,
            }
        }
        None => diagnostic.help("add a `type`, or correct the name"),
    }
}

fn no_set(name: &str, used: &Value, sets: Option<&Value>, origins: &Origins) -> Diagnostic {
    let known: Vec<&str> = sets.map(Value::entries).unwrap_or_default().iter().map(|e| e.key.as_str()).collect();
    let diagnostic = Diagnostic::error(MAN007, format!("`use` names the set `{name}`, which is not there")).at_origin(
        origins,
        used.origin,
        &[],
        "no layer of this stage has it",
    );
    match (did_you_mean(name, known.iter().copied()), known.as_slice()) {
        (Some(near), _) => {
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            match origins.spans(used.origin).first() {
                Some(span) => diagnostic.edit(*span, near),
                None => diagnostic,
            }
        }
        (None, []) => diagnostic.help("write it under `sets:`; there are no sets yet"),
        (None, known) => diagnostic.help(format!("sets of this stage: {}", quote_list(known))),
    }
}

fn beside_import(entry: &Entry, origins: &Origins, findings: &mut Diagnostics) {
    let import = entry.value.entry("import").map(|e| e.key_origin);
    for setting in entry.value.entries().iter().filter(|e| !BESIDE_IMPORT.contains(&e.key.as_str())) {
        let title = format!("`{}` of `{}` stands beside its `import`", setting.key, entry.key);
        let diagnostic = Diagnostic::error(MAN008, title)
            .at_origin(origins, setting.key_origin, &[], "nothing is made, so nothing can be set")
            .context_if_known(origins, import, "the component exists already");
        findings
            .push(diagnostic.help(format!("remove `{}`, or the `import` (`import: null` in an overlay)", setting.key)));
    }
}
