//! The shape of manifests: validation with the committed schema, in our own words, all findings at once.
//!
//! The validator is generated when the compiler is built, from `schema/manifest.schema.json`; this module knows no kind.
//! What a message needs beyond the error itself (the keys that are known, a default, an example) is read from the same
//! file, and only when there is something to report.

mod synonyms;
mod words;

use std::collections::BTreeMap;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value as Json};

use crate::diag::Diagnostics;
use crate::origin::Origins;
use crate::source::Sources;
use crate::value::{Kind, Symbol, Value};

pub(crate) use words::snake_case;
pub use words::{CODES_LIST as CODES, MAN014};

/// The schema that the validator was generated from.
pub const MANIFEST_SCHEMA: &str = include_str!("../schema/manifest.schema.json");
/// The schema of one layer, for editors.
pub const LAYER_SCHEMA: &str = include_str!("../schema/layer.schema.json");

/// The validator, as code.
#[allow(missing_docs, reason = "generated")]
mod generated {
    #[jsonschema::validator(path = "schema/manifest.schema.json", draft = Draft202012, methods = {is_valid = false, validate = false})]
    pub(super) struct Manifest;
}

/// Checks one layer on its own: what it says must have the right shape, what it leaves out is no matter. `kinds` are the
/// kinds of components whose `type` another layer says.
pub fn check_layer(
    tree: &Value,
    kinds: &BTreeMap<String, String>,
    origins: &Origins,
    sources: &Sources,
    findings: &mut Diagnostics,
) {
    if !matches!(tree.kind, Kind::Map(_)) {
        return findings.push(words::no_map(tree, origins));
    }
    let json = Loose { kinds }.layer(tree);
    check(&json, tree, true, origins, sources, findings);
}

/// Checks a merged manifest: its shape, and that nothing is missing.
pub fn check_manifest(tree: &Value, origins: &Origins, sources: &Sources, findings: &mut Diagnostics) {
    check(&json(tree), tree, false, origins, sources, findings);
}

fn check(json: &Json, tree: &Value, partial: bool, origins: &Origins, sources: &Sources, findings: &mut Diagnostics) {
    let of_interest = |error: &ValidationError<'_>| !(partial && words::is_left_out(error));
    let broken = fractions(json);
    let whole_needed = broken.iter().flat_map(generated::Manifest::iter_errors).filter(|e| is_of_whole(e, json));
    let mut errors = generated::Manifest::iter_errors(json).filter(of_interest).chain(whole_needed).peekable();
    if errors.peek().is_none() {
        return;
    }
    let words = words::Words::new(tree, partial, origins, sources);
    // One mistake may break the same rule in several branches: it is told once.
    let mut own = Diagnostics::default();
    for error in errors {
        words.report(&error, &mut own);
        if own.is_full() {
            break;
        }
    }
    findings.merge(own, None);
}

/// The same JSON with every `7.0` as a number that is not whole; none where there is no such number.
///
/// JSON Schema takes `7.0` for an integer, YAML and the types behind the schema do not. What is wrong with the type of
/// such a number shows when it has a fraction.
fn fractions(json: &Json) -> Option<Json> {
    match json {
        _ if is_whole_float(json) => Some(Json::from(0.5)),
        Json::Array(items) => {
            let changed: Vec<Option<Json>> = items.iter().map(fractions).collect();
            changed.iter().any(Option::is_some).then(|| {
                let both = changed.into_iter().zip(items);
                Json::Array(both.map(|(changed, item)| changed.unwrap_or_else(|| item.clone())).collect())
            })
        }
        Json::Object(map) => {
            let changed: Vec<(&String, Json)> = map.iter().filter_map(|(k, v)| Some((k, fractions(v)?))).collect();
            (!changed.is_empty()).then(|| {
                let mut map = map.clone();
                map.extend(changed.into_iter().map(|(k, v)| (k.clone(), v)));
                Json::Object(map)
            })
        }
        _ => None,
    }
}

/// A number that is written with a point and has nothing behind it.
fn is_whole_float(json: &Json) -> bool {
    json.is_f64() && json.as_f64().is_some_and(|x| x.fract() == 0.0)
}

/// Whether an error about [`fractions`] is one about the type of a number that is whole in `json`.
fn is_of_whole(error: &ValidationError<'_>, json: &Json) -> bool {
    use ValidationErrorKind as K;
    let about_type = match error.kind() {
        K::Type { .. } => true,
        // Several forms, none of which is a number with a fraction.
        K::AnyOf { context } | K::OneOfNotValid { context } => {
            context.iter().all(|errors| errors.iter().any(|e| matches!(e.kind(), K::Type { .. })))
        }
        _ => false,
    };
    about_type && json.pointer(error.instance_path().as_str()).is_some_and(is_whole_float)
}

/// A tree as JSON; references as the text that they were.
fn json(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Int(i) => Json::from(*i),
        Kind::Float(x) => Json::from(*x),
        Kind::Text(text) => Json::String(text.clone()),
        Kind::List(items) => Json::Array(items.iter().map(json).collect()),
        Kind::Map(entries) => Json::Object(entries.iter().map(|e| (e.key.clone(), json(&e.value))).collect()),
        Kind::Ref(symbol) => Json::String(written(symbol)),
        Kind::Join(parts) => {
            Json::String(parts.iter().map(|p| json(p).as_str().map(str::to_owned).unwrap_or_default()).collect())
        }
        Kind::Call(name, argument) => Json::Object(Map::from_iter([(format!("Fn::{name}"), json(argument))])),
    }
}

/// A reference as the manifest writes it.
#[must_use]
pub fn written(symbol: &Symbol) -> String {
    match symbol {
        Symbol::Attribute { component, attribute } => format!("${{{component}.{attribute}}}"),
        Symbol::Secret { name, attribute } => format!("${{secrets.{name}.{attribute}}}"),
        Symbol::Output { stack, output, .. } => format!("output {output} of {stack}"),
        Symbol::Component(name) => name.clone(),
        Symbol::Input(name) => format!("${{inputs.{name}}}"),
        Symbol::Bootstrap(name) => format!("output {name} of the bootstrap"),
        Symbol::Release(name) => format!("${{{name}}}"),
        Symbol::Local { id, attribute: Some(attribute) } => format!("!GetAtt {id}.{attribute}"),
        Symbol::Local { id, attribute: None } => format!("!Ref {id}"),
        Symbol::Beside { component, id, .. } => format!("{component}{id}"),
        Symbol::Pseudo(name) => format!("!Ref {name}"),
    }
}

/// A layer as JSON that can be judged alone: without `null`, which removes, and without texts that hold references, whose
/// type is not known yet.
struct Loose<'k> {
    kinds: &'k BTreeMap<String, String>,
}

impl Loose<'_> {
    fn layer(&self, tree: &Value) -> Json {
        let mut json = Map::new();
        for entry in tree.entries() {
            if let Some(value) = self.value(&entry.value) {
                json.insert(entry.key.clone(), value);
            }
        }
        if let Some(Json::Object(components)) = json.get_mut("components") {
            for (name, component) in components.iter_mut() {
                if let (Json::Object(component), Some(kind)) = (component, self.kinds.get(name)) {
                    component.entry("type").or_insert_with(|| Json::String(kind.clone()));
                }
            }
        }
        Json::Object(json)
    }

    fn value(&self, value: &Value) -> Option<Json> {
        match &value.kind {
            Kind::Null => None,
            Kind::Text(text) if text.replace("$${", "").contains("${") => None,
            Kind::List(items) => Some(Json::Array(items.iter().filter_map(|v| self.value(v)).collect())),
            Kind::Map(entries) => Some(Json::Object(
                entries.iter().filter_map(|e| self.value(&e.value).map(|v| (e.key.clone(), v))).collect(),
            )),
            _ => Some(json(value)),
        }
    }
}
