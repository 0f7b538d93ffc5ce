//! Short forms become long ones before layers are merged, so that an overlay may use either.
//!
//! One word means one thing in every kind, so the table needs no kind: `host` is always a host.

use crate::diag::Diagnostics;
use crate::origin::Origins;
use crate::value::{Entry, Kind, Value};

/// Where a text stands for a map with one key: the path to it in a component, and the key. `*` is any key.
pub const SHORT_FORMS: &[(&[&str], &str)] = &[
    (&["host"], "name"),
    (&["aliases", "*"], "name"),
    (&["redirects", "*"], "name"),
    (&["assets"], "path"),
    (&["links", "*"], "access"),
    (&["routes", "*"], "to"),
    (&["routes", "*", "failover"], "to"),
    (&["hosts", "*"], "name"),
    (&["hosts", "*", "routes", "*"], "to"),
    (&["hosts", "*", "routes", "*", "failover"], "to"),
    (&["consumer"], "to"),
    (&["subscribers", "*"], "to"),
    (&["subscribers", "*", "to"], "component"),
    (&["notify", "*"], "to"),
    (&["notify", "*", "to"], "component"),
    (&["to"], "component"),
];

/// Makes every short form of a layer long.
pub(super) fn lengthen(mut tree: Value, origins: &Origins, _findings: &mut Diagnostics) -> Value {
    let Kind::Map(blocks) = &mut tree.kind else { return tree };
    zone(blocks, origins);
    for block in blocks.iter_mut() {
        match block.key.as_str() {
            "components" | "defaults" | "sets" => {
                if let Kind::Map(components) = &mut block.value.kind {
                    components.iter_mut().for_each(|c| component(&mut c.value));
                }
            }
            _ => {}
        }
    }
    tree
}

/// `zone` is short for the zone labelled `main`. With that one written as well, both are left for the schema to report.
fn zone(blocks: &mut Vec<Entry>, origins: &Origins) {
    let short = |e: &Entry| e.key == "zone" && matches!(e.value.kind, Kind::Map(_) | Kind::Null);
    let Some(at) = blocks.iter().position(short) else { return };
    let long = blocks.iter().position(|e| e.key == "zones");
    if long.is_some_and(|i| blocks.get(i).is_some_and(|e| e.value.get("main").is_some())) {
        return;
    }
    let zone = blocks.remove(at);
    let main = Entry { key: "main".to_owned(), key_origin: zone.key_origin, value: zone.value };
    if let Some(Entry { value: Value { kind: Kind::Map(zones), .. }, .. }) =
        blocks.iter_mut().find(|e| e.key == "zones")
    {
        return zones.push(main);
    }
    let origin = origins.derived("`zone` is short for the zone labelled `main`", [zone.key_origin]);
    let value = Value::new(origin, Kind::Map(vec![main]));
    blocks.push(Entry { key: "zones".to_owned(), key_origin: zone.key_origin, value });
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
