//! Short forms become long ones before layers are merged, so that an overlay may use either.
//!
//! One word means one thing in every kind, so the table needs no kind: `host` is always a host.

use crate::diag::Diagnostics;
use crate::origin::Origins;
use crate::value::{Entry, Kind, Value};

/// Where a text stands for a map with one key. `*` is any key.
const SHORT_FORMS: &[(&[&str], &str)] = &[
    (&["host"], "name"),
    (&["aliases", "*"], "name"),
    (&["redirects", "*"], "name"),
    (&["links", "*"], "access"),
    (&["routes", "*"], "to"),
    (&["to"], "component"),
];

/// Makes every short form of a layer long.
pub(super) fn lengthen(mut tree: Value, origins: &Origins, _findings: &mut Diagnostics) -> Value {
    let Kind::Map(blocks) = &mut tree.kind else { return tree };
    let has_zones = blocks.iter().any(|e| e.key == "zones");
    for block in blocks.iter_mut() {
        match block.key.as_str() {
            "components" | "defaults" | "sets" => {
                if let Kind::Map(components) = &mut block.value.kind {
                    components.iter_mut().for_each(|c| component(&mut c.value));
                }
            }
            // `zone` is short for the zone labelled `main`; with both written, the schema's report is the clearer one.
            "zone" if !has_zones && matches!(block.value.kind, Kind::Map(_) | Kind::Null) => {
                let zone = std::mem::replace(&mut block.value, Value::new(block.key_origin, Kind::Null));
                block.key = "zones".to_owned();
                let main = Entry { key: "main".to_owned(), key_origin: block.key_origin, value: zone };
                let origin = origins.derived("`zone` is short for the zone labelled `main`", [block.key_origin]);
                block.value = Value::new(origin, Kind::Map(vec![main]));
            }
            _ => {}
        }
    }
    tree
}

fn component(component: &mut Value) {
    for (path, key) in SHORT_FORMS {
        visit(component, path, key);
    }
}

fn visit(value: &mut Value, path: &[&str], key: &str) {
    let Some((step, rest)) = path.split_first() else {
        // `none` switches something off; it is no short form.
        if let Kind::Text(text) = &value.kind
            && text != "none"
        {
            let inner = value.clone();
            let entry = Entry { key: key.to_owned(), key_origin: value.origin, value: inner };
            value.kind = Kind::Map(vec![entry]);
        }
        return;
    };
    let Kind::Map(entries) = &mut value.kind else { return };
    for entry in entries.iter_mut().filter(|e| *step == "*" || e.key == *step) {
        visit(&mut entry.value, rest, key);
    }
}
