//! Who uses a secret, and where: by links, by references, and by attributes of others that are made of it.

use std::collections::BTreeMap;

use crate::compile::Compiled;
use crate::value::{Kind, Symbol, Value};

/// A component that uses a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer<'c> {
    /// Its name; `outputs` for what the stage publishes.
    pub component: &'c str,
    /// The access that it is linked with, if it is.
    pub access: Option<&'c str>,
    /// Where it refers to it, in the order of the manifest.
    pub uses: Vec<Use>,
}

/// A place that refers to a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The path below the component: `environment.STRIPE_KEY_NAME`.
    pub place: String,
    /// What it takes of it: `name`, `arn` or `value`.
    pub attribute: String,
}

impl Use {
    /// As people say it: a variable by its own name.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.place.strip_prefix("environment.").unwrap_or(&self.place)
    }
}

/// How deep attributes are composed of attributes.
const DEPTH: usize = 4;

/// The consumers of each secret, in the order of their names.
pub(super) fn consumers(compiled: &Compiled) -> BTreeMap<&str, Vec<Consumer<'_>>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, Consumer<'_>>> = BTreeMap::new();
    for (component, of) in &compiled.model.components {
        for (key, _) in of.code.iter().flat_map(|code| code.links.iter()) {
            if compiled.model.manifest.secrets.contains_key(&key.value) {
                // A link to a secret has one level.
                consumer(&mut found, &key.value, component).access = Some("read");
            }
        }
        for name in compiled.lowered.neighbours.get(component).iter().flat_map(|n| &n.interface.secrets) {
            consumer(&mut found, name, component);
        }
    }
    for block in compiled.model.tree.entries() {
        match block.key.as_str() {
            "components" => {
                for entry in block.value.entries() {
                    walk(compiled, &entry.value, &mut Vec::new(), &entry.key, &mut found);
                }
            }
            "outputs" => walk(compiled, &block.value, &mut Vec::new(), &block.key, &mut found),
            _ => {}
        }
    }
    found.into_iter().map(|(secret, by)| (secret, by.into_values().collect())).collect()
}

fn consumer<'f, 'c>(
    found: &'f mut BTreeMap<&'c str, BTreeMap<&'c str, Consumer<'c>>>,
    secret: &'c str,
    component: &'c str,
) -> &'f mut Consumer<'c> {
    let new = || Consumer { component, access: None, uses: Vec::new() };
    found.entry(secret).or_default().entry(component).or_insert_with(new)
}

fn walk<'c>(
    compiled: &'c Compiled,
    value: &'c Value,
    path: &mut Vec<String>,
    component: &'c str,
    found: &mut BTreeMap<&'c str, BTreeMap<&'c str, Consumer<'c>>>,
) {
    match &value.kind {
        Kind::Ref(symbol) => {
            let place = path.join(".");
            each(compiled, symbol, 0, &mut |secret, attribute| {
                let used = Use { place: place.clone(), attribute: attribute.to_owned() };
                let uses = &mut consumer(found, secret, component).uses;
                if !uses.contains(&used) {
                    uses.push(used);
                }
            });
        }
        Kind::Join(items) => items.iter().for_each(|item| walk(compiled, item, path, component, found)),
        Kind::Call(_, argument) => walk(compiled, argument, path, component, found),
        Kind::List(items) => {
            for (number, item) in items.iter().enumerate() {
                path.push(number.to_string());
                walk(compiled, item, path, component, found);
                path.pop();
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                path.push(entry.key.clone());
                walk(compiled, &entry.value, path, component, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Every secret behind a reference: itself, or what the attribute of a component is made of.
fn each<'c>(compiled: &'c Compiled, symbol: &'c Symbol, depth: usize, f: &mut impl FnMut(&'c str, &'c str)) {
    match symbol {
        Symbol::Secret { name, attribute } => f(name, attribute),
        Symbol::Attribute { component, attribute } if depth < DEPTH => {
            let neighbour = compiled.lowered.neighbours.get(component);
            let Some(found) = neighbour.and_then(|n| n.interface.attribute(attribute)) else { return };
            let mut within = Vec::new();
            found.value.each_reference(&mut |symbol, _| within.push(symbol));
            within.into_iter().for_each(|symbol| each(compiled, symbol, depth + 1, f));
        }
        _ => {}
    }
}
