//! Overrides: raw CloudFormation laid over what a component makes.

use std::collections::BTreeSet;

use super::place::Placed;
use crate::cfn::RESOURCE_ATTRIBUTES;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::model::Model;
use crate::origin::Origins;
use crate::setting::Any;
use crate::value::{Entry, Kind, Value};

/// `CFN002`: an override of nothing.
pub const CFN002: Code = Code {
    id: "CFN002",
    explanation: "an override matches nothing\n\n\
        `overrides: {<local id>: {<Property>: value}}` changes properties of one resource that the component makes. The local id \
        is the logical id without the component's name; `Self` is the resource that bears the component's own name. An override \
        that matches nothing would be forgotten in silence, so it is an error.",
};

/// `CFN003`: an override removes what is not there.
pub const CFN003: Code = Code {
    id: "CFN003",
    explanation: "an override removes a property that is not there\n\n\
        `null` in an override takes a property out of a resource. The resource has no such property.",
};

/// `CFN005`: an override of something that is no property.
pub const CFN005: Code = Code {
    id: "CFN005",
    explanation: "an override names something that is no property\n\n\
        `overrides` changes what stands under `Properties` of a resource. `DeletionPolicy`, `DependsOn` and the like stand beside \
        it; what happens to data is decided by the component's `removal`.",
};

/// Lays every component's overrides over its resources.
pub(super) fn apply(model: &Model, placed: &mut [Placed], origins: &Origins, findings: &mut Diagnostics) {
    for (name, component) in &model.components {
        let written = |local: &str| model.tree.at(&["components", name, "overrides"]).and_then(|o| o.entry(local));
        for (local, properties) in &component.common.overrides {
            let mut matched = false;
            for (_, resource) in placed.iter_mut().filter(|(p, _)| p.component == *name && p.local == *local) {
                matched = true;
                for (property, Any(value)) in properties {
                    if RESOURCE_ATTRIBUTES.contains(&property.as_str()) {
                        findings.push(no_property(property, value.origin, origins));
                        continue;
                    }
                    let written = written(local).and_then(|o| o.value.entry(property));
                    let key_origin = written.map_or(value.origin, |e| e.key_origin);
                    let above = Entry { key: property.clone(), key_origin, value: value.clone() };
                    Laying { component: name, local, origins, findings }.lay(&mut resource.properties, &above);
                }
            }
            if !matched {
                let known: BTreeSet<&str> =
                    placed.iter().filter(|(p, _)| p.component == *name).map(|(p, _)| p.local.as_str()).collect();
                let origin = written(local).map_or(component.origin, |e| e.key_origin);
                findings.push(matches_nothing(name, local, &known, origin, origins));
            }
        }
    }
}

fn no_property(name: &str, origin: crate::origin::OriginId, origins: &Origins) -> Diagnostic {
    let diagnostic = Diagnostic::error(CFN005, format!("`{name}` is no property, and overrides are of properties"))
        .at_origin(origins, origin, &[], "an attribute of the resource itself");
    match name {
        "DeletionPolicy" | "UpdateReplacePolicy" => diagnostic.help("write `removal: retain` on the component"),
        _ => diagnostic.help("remove this line"),
    }
}

fn matches_nothing(
    name: &str,
    local: &str,
    known: &BTreeSet<&str>,
    origin: crate::origin::OriginId,
    origins: &Origins,
) -> Diagnostic {
    let title = format!("`{name}` makes no resource `{local}` that could be overridden");
    let diagnostic = Diagnostic::error(CFN002, title).at_origin(origins, origin, &[], "matches nothing");
    let all: Vec<&str> = known.iter().copied().collect();
    match did_you_mean(local, known.iter().copied()) {
        Some(near) => match origins.spans(origin).first() {
            Some(span) => diagnostic.help(format!("did you mean `{near}`?")).edit(*span, near),
            None => diagnostic.help(format!("did you mean `{near}`?")),
        },
        None => diagnostic.help(format!("resources of `{name}`: {}", quote_list(&all))),
    }
}

/// The overrides of one resource.
struct Laying<'a> {
    component: &'a str,
    local: &'a str,
    origins: &'a Origins,
    findings: &'a mut Diagnostics,
}

impl Laying<'_> {
    /// Maps merge by key, everything else is replaced whole, `null` removes.
    fn lay(&mut self, below: &mut Value, above: &Entry) {
        let Kind::Map(entries) = &mut below.kind else {
            *below = Value::new(above.value.origin, Kind::Map(vec![above.clone()]));
            return;
        };
        match (entries.iter().position(|e| e.key == above.key), &above.value.kind) {
            (Some(i), Kind::Null) => {
                entries.remove(i);
                // What is missing then, is missing because of it.
                below.origin = self.origins.derived("an override takes a part out", [above.value.origin, below.origin]);
            }
            (None, Kind::Null) => self.removes_nothing(entries, &above.key, &above.value),
            (Some(i), Kind::Map(inner)) if matches!(entries[i].value.kind, Kind::Map(_)) => {
                for entry in inner {
                    self.lay(&mut entries[i].value, entry);
                }
            }
            (Some(i), _) => entries[i] = above.clone(),
            (None, _) => entries.push(above.clone()),
        }
    }

    fn removes_nothing(&mut self, entries: &[Entry], key: &str, above: &Value) {
        let title = format!("`{}` of `{}` has no property `{key}` to remove", self.local, self.component);
        let diagnostic = Diagnostic::error(CFN003, title).at_origin(self.origins, above.origin, &[], "removes nothing");
        // No edit: what would be removed is too much to be guessed.
        self.findings.push(match did_you_mean(key, entries.iter().map(|e| e.key.as_str())) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`? otherwise remove the line")),
            None => diagnostic.help("remove this line"),
        });
    }
}
