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
        for (local, properties) in &component.common.overrides {
            let mut matched = false;
            for of in placed.iter_mut().filter(|p| p.component == *name && p.resource.id == *local) {
                matched = true;
                for (property, Any(value)) in properties {
                    if RESOURCE_ATTRIBUTES.contains(&property.as_str()) {
                        findings.push(no_property(property, value.origin, origins));
                        continue;
                    }
                    lay(&mut of.resource.properties, property, value, origins, findings);
                }
            }
            if !matched {
                let known: BTreeSet<&str> =
                    placed.iter().filter(|p| p.component == *name).map(|p| p.resource.id.as_str()).collect();
                let place = model.tree.at(&["components", name, "overrides"]).and_then(|o| o.entry(local));
                let origin = place.map_or(component.origin, |e| e.key_origin);
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

/// Maps merge by key, everything else is replaced whole, `null` removes.
fn lay(below: &mut Value, key: &str, above: &Value, origins: &Origins, findings: &mut Diagnostics) {
    let Kind::Map(entries) = &mut below.kind else {
        *below = Value::map(above.origin, [(key, above.clone())]);
        return;
    };
    let at = entries.iter().position(|e| e.key == key);
    match (at, &above.kind) {
        (Some(i), Kind::Null) => {
            entries.remove(i);
        }
        (None, Kind::Null) => {
            let diagnostic = Diagnostic::error(CFN003, format!("there is no property `{key}` to remove")).at_origin(
                origins,
                above.origin,
                &[],
                "removes nothing",
            );
            findings.push(diagnostic.help("remove this line"));
        }
        (Some(i), Kind::Map(inner)) if matches!(entries[i].value.kind, Kind::Map(_)) => {
            for entry in inner {
                lay(&mut entries[i].value, &entry.key, &entry.value, origins, findings);
            }
        }
        (Some(i), _) => entries[i].value = above.clone(),
        (None, _) => entries.push(Entry { key: key.to_owned(), key_origin: above.origin, value: above.clone() }),
    }
}
