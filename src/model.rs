//! The model: the manifest typed, defaults in place, each component read by its kind.

mod import;
mod stage;
mod tags;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value as Json;

use crate::component::{CODE_KEYS, COMMON_KEYS, Code, Common, KINDS, KindEntry, kind};
use crate::defaults;
use crate::diag::{Code as DiagCode, Diagnostic, Diagnostics, quote_list};
use crate::manifest::Manifest;
use crate::origin::{OriginId, Origins};
use crate::schema::MAN014;
use crate::setting::{ReadError, Setting, read};
use crate::stage::Stage;
use crate::value::{Entry, Kind, Symbol, Value};

pub use import::Imported;
pub use stage::settle;

/// Codes of this phase.
pub const CODES: &[DiagCode] = &[
    BUG001,
    MAN021,
    REF022,
    stage::STG006,
    stage::STG011,
    stage::STG013,
    stage::STG023,
    tags::STG014,
    tags::STG015,
    import::REF007,
    import::REF008,
];

/// `BUG001`: the schema and the types disagree.
pub const BUG001: DiagCode = DiagCode {
    id: "BUG001",
    explanation: "the compiler contradicts itself\n\n\
        Something passed one phase and failed the next. This is a bug of reggie-cfn, not a mistake of yours; please report it \
        with the message and the lines that it points to.",
};

/// `REF022`: an attribute where only known text can stand.
pub const REF022: DiagCode = DiagCode {
    id: "REF022",
    explanation: "what only the deploy knows stands where the value must be known\n\n\
        What AWS gives a component, the value of a secret and an input are known only when the stack is deployed. Tags, names, \
        numbers and everything else that decides what is made must be known when the manifest is compiled. Environments and \
        the `properties` of a `resource` take both.",
};

/// `MAN021`: one name for two things.
pub const MAN021: DiagCode = DiagCode {
    id: "MAN021",
    explanation: "two things share one name\n\n\
        Components, secrets and inputs share one namespace: links name components and secrets alike, and components and inputs \
        become names in one template. Rename one of them.",
};

/// Blocks whose names share one namespace.
const NAMED: &[&str] = &["components", "inputs", "secrets"];

/// A manifest whose parts are typed.
pub struct Model {
    /// The blocks.
    pub manifest: Manifest,
    /// The stage.
    pub stage: Stage,
    /// How many days logs are kept.
    pub log_days: Setting<u32>,
    /// The components by name.
    pub components: BTreeMap<String, Component>,
    /// Components that other stages have, with the place of their `stages:`.
    pub absent: BTreeMap<String, OriginId>,
    /// The whole tree with its defaults, for `out/<stage>/manifest.yaml` and `explain`.
    pub tree: Value,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("manifest", &self.manifest).finish_non_exhaustive()
    }
}

/// A component, read.
pub struct Component {
    /// Where its name stands.
    pub origin: OriginId,
    /// Its kind.
    pub kind: &'static KindEntry,
    /// What every component may carry.
    pub common: Common,
    /// What everything that runs code may carry.
    pub code: Option<Code>,
    /// Its own settings, unless it is imported.
    pub settings: Option<Box<dyn crate::component::Kind>>,
    /// What exists already, if it is imported.
    pub imported: Option<Imported>,
}

/// Reads the model from a validated tree.
pub fn model(
    mut tree: Value,
    absent: BTreeMap<String, OriginId>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Model> {
    fill_defaults(&mut tree, origins);
    let manifest: Manifest = or_bug(read(&without(&tree, "components")), &tree, origins, findings)?;
    one_name_one_thing(&tree, origins, findings);
    tags::check(&manifest, &tree, origins, findings);
    let stage = stage::stage(&manifest);
    let log_days = stage::log_days(&manifest, &tree, origins, findings);
    let mut components = BTreeMap::new();
    for entry in tree.get("components").map(Value::entries).unwrap_or_default() {
        if let Some(component) = component(entry, origins, findings) {
            components.insert(entry.key.clone(), component);
        }
    }
    Some(Model { manifest, stage, log_days, components, absent, tree })
}

fn component(entry: &Entry, origins: &Origins, findings: &mut Diagnostics) -> Option<Component> {
    let kind = kind(entry.value.get("type").and_then(Value::as_text)?)?;
    let tree = &entry.value;
    let common: Common = or_bug(read(&only(tree, COMMON_KEYS)), tree, origins, findings)?;
    let code = match kind.runs_code {
        true => Some(or_bug(read::<Code>(&only(tree, CODE_KEYS)), tree, origins, findings)?),
        false => None,
    };
    let imported = common.import.as_ref().map(|i| import::imported(i, entry, kind, origins, findings));
    let settings = match imported {
        Some(_) => None,
        None => {
            let is_own = |e: &&Entry| {
                let shared = COMMON_KEYS.contains(&e.key.as_str())
                    || kind.runs_code && CODE_KEYS.contains(&e.key.as_str())
                    || e.key == "type";
                !shared
            };
            let own = Value::new(tree.origin, Kind::Map(tree.entries().iter().filter(is_own).cloned().collect()));
            Some(or_bug((kind.read)(&own), tree, origins, findings)?)
        }
    };
    Some(Component { origin: entry.key_origin, kind, common, code, settings, imported })
}

/// Reports every name that two blocks declare.
fn one_name_one_thing(tree: &Value, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, (&str, OriginId)> = BTreeMap::new();
    for block in NAMED {
        for entry in tree.get(block).map(Value::entries).unwrap_or_default() {
            if let Some((other, at)) = known.insert(&entry.key, (block, entry.key_origin)) {
                let blocks = quote_list(&[other, block]);
                let diagnostic = Diagnostic::error(MAN021, format!("`{}` stands in {blocks}", entry.key))
                    .at_origin(origins, entry.key_origin, &[], "the second of that name")
                    .context_if_known(origins, Some(at), "the first");
                findings.push(diagnostic.help("rename one of them"));
            }
        }
    }
}

fn only(tree: &Value, keys: &[&str]) -> Value {
    let kept = tree.entries().iter().filter(|e| keys.contains(&e.key.as_str()));
    Value::new(tree.origin, Kind::Map(kept.cloned().collect()))
}

fn without(tree: &Value, key: &str) -> Value {
    let kept = tree.entries().iter().filter(|e| e.key != key);
    Value::new(tree.origin, Kind::Map(kept.cloned().collect()))
}

/// A schema that a type generates, and the definitions that it refers to.
struct Generated {
    schema: Json,
    definitions: Json,
}

impl Generated {
    fn of(generate: fn(&mut SchemaGenerator) -> Schema) -> Generated {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generate(&mut generator).to_value();
        Generated { schema, definitions: Json::Object(generator.take_definitions(true)) }
    }

    /// The schema of the blocks; every stage asks for it.
    fn blocks() -> &'static Generated {
        static BLOCKS: LazyLock<Generated> = LazyLock::new(|| Generated::of(Manifest::json_schema));
        &BLOCKS
    }

    /// The schema of a kind's own settings, made when the kind is first used.
    fn kind(name: &str) -> Option<&'static Generated> {
        static KNOWN: LazyLock<BTreeMap<&str, (&KindEntry, OnceLock<Generated>)>> =
            LazyLock::new(|| KINDS.iter().map(|kind| (kind.name, (kind, OnceLock::new()))).collect());
        KNOWN.get(name).map(|(kind, generated)| generated.get_or_init(|| Generated::of(kind.schema)))
    }

    fn fill(&'static self, value: &mut Value, schema: &'static Json, setting: &str, origins: &Origins) {
        defaults::fill(value, schema, &self.definitions, setting, origins);
    }
}

/// Fills the defaults of the blocks and of every component.
fn fill_defaults(tree: &mut Value, origins: &Origins) {
    let blocks = Generated::blocks();
    let Kind::Map(entries) = &mut tree.kind else { return };
    for entry in entries.iter_mut() {
        if entry.key != "components" {
            if let Some(schema) = blocks.schema.get("properties").and_then(|p| p.get(&entry.key)) {
                blocks.fill(&mut entry.value, schema, &entry.key, origins);
            }
            continue;
        }
        let Kind::Map(components) = &mut entry.value.kind else { continue };
        for component in components.iter_mut().filter(|c| c.value.get("import").is_none()) {
            let kind = component.value.get("type").and_then(Value::as_text).unwrap_or_default().to_owned();
            if let Some(generated) = Generated::kind(&kind) {
                generated.fill(&mut component.value, &generated.schema, &kind, origins);
            }
        }
    }
}

/// The first reference of the value of an origin.
fn reference_within(tree: &Value, origin: OriginId) -> Option<&Symbol> {
    if tree.origin == origin {
        let mut found = None;
        tree.each_reference(&mut |symbol, _| found = found.or(Some(symbol)));
        return found;
    }
    match &tree.kind {
        Kind::List(items) | Kind::Join(items) => items.iter().find_map(|v| reference_within(v, origin)),
        Kind::Map(entries) => entries.iter().find_map(|e| reference_within(&e.value, origin)),
        Kind::Call(_, argument) => reference_within(argument, origin),
        _ => None,
    }
}

/// The number at a place, if it does not fit into any setting: no shape says how large a number may be.
fn too_large(tree: &Value, origin: Option<OriginId>) -> Option<String> {
    let origin = origin?;
    match &tree.kind {
        Kind::Int(number) if tree.origin == origin && u32::try_from(*number).is_err() => Some(number.to_string()),
        Kind::Text(text) if tree.origin == origin => {
            // A number and a unit, such as `99999999999 days`.
            let number = text.split(' ').next().unwrap_or_default();
            (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && number != text).then(|| text.clone())
        }
        Kind::List(items) => items.iter().find_map(|item| too_large(item, Some(origin))),
        Kind::Map(entries) => entries.iter().find_map(|entry| too_large(&entry.value, Some(origin))),
        _ => None,
    }
}

/// The shape was checked, so what cannot be read is a bug of ours; it is still reported at its place.
fn or_bug<T>(result: Result<T, ReadError>, tree: &Value, origins: &Origins, findings: &mut Diagnostics) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) if error.is_reference => {
            let origin = error.origin.unwrap_or(tree.origin);
            let found = reference_within(tree, origin);
            let written = found.map(crate::schema::written);
            let title = match (found, written) {
                // Some attributes are what the manifest says, such as a host.
                (Some(Symbol::Attribute { component, .. }), Some(written)) => {
                    format!(
                        "`{written}` is an attribute of `{component}`, and this must be known before those are made"
                    )
                }
                (_, Some(written)) => format!("`{written}` is known only when deployed, and this must be known before"),
                (_, None) => "this text is known only when deployed, and must be known before".to_owned(),
            };
            let diagnostic =
                Diagnostic::error(REF022, title).at_origin(origins, origin, &[tree.origin], "known too late");
            findings
                .push(diagnostic.help("write the text itself, or under `values`, and refer to that from both places"));
            None
        }
        Err(error) if too_large(tree, error.origin).is_some() => {
            let written = too_large(tree, error.origin).unwrap_or_default();
            let title = format!("`{written}` is larger than any setting takes");
            let diagnostic = Diagnostic::error(MAN014, title).at_origin(
                origins,
                error.origin.unwrap_or(tree.origin),
                &[],
                "too large",
            );
            findings.push(diagnostic.help("write a smaller number"));
            None
        }
        Err(error) => {
            let diagnostic =
                Diagnostic::error(BUG001, format!("the manifest passed its schema, but cannot be read: {error}"))
                    .at_origin(origins, error.origin.unwrap_or(tree.origin), &[tree.origin], "here");
            findings.push(diagnostic.help("this is a bug of reggie-cfn: please report it with these lines"));
            None
        }
    }
}
