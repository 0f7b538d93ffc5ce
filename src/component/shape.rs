//! The JSON Schemas of a manifest and of a layer, made from the Rust types.
//!
//! `manifest.schema.json` describes a merged manifest, in long forms; the compiler validates with it. `layer.schema.json`
//! describes one file, with short forms, references and `null`; editors use it. Both are committed, and a test compares.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};

use super::{Code, Common, Import, KINDS, KindEntry};
use crate::manifest::Manifest;
use crate::quota::{self, Quota};

mod any_kind;
mod layer;
mod page;

pub use layer::layer_schema;
pub use page::kinds_page;

/// Component, secret and input names.
const NAME: &str = "^[A-Z][A-Za-z0-9]*$";
/// Keys that the manifest's author chooses.
const KEY: &str = "^[a-z][a-z0-9_]*$";

/// The schema of a merged manifest.
#[must_use]
pub fn manifest_schema() -> Json {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = object::<Manifest>(&mut generator);
    let mut kinds: Vec<(String, Json)> = Vec::new();
    for kind in KINDS {
        kinds.push((kind.name.to_owned(), kind_schema(kind, &mut generator)));
        kinds.push((format!("{}_import", kind.name), import_schema(kind, &mut generator)));
    }
    let component = component_schema();
    let properties = &mut root["properties"];
    properties["components"]["additionalProperties"] = json!({"$ref": "#/$defs/component"});
    for block in ["components", "secrets", "inputs"] {
        properties[block]["propertyNames"] = json!({"pattern": NAME});
    }
    for block in ["values", "outputs", "zones"] {
        properties[block]["propertyNames"] = json!({"pattern": KEY});
    }
    properties["quotas"]["properties"] = quotas(&properties["quotas"]["additionalProperties"]);
    properties["quotas"]["additionalProperties"] = json!(false);
    layer_blocks(properties);
    let mut defs: Map<String, Json> = generator.take_definitions(true);
    defs.insert("component".to_owned(), component);
    defs.extend(kinds);
    defs.sort_keys();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A reggie-cfn manifest: one product on one stage, its layers merged",
        "$comment": "match, extends, defaults and sets stand in layers only; they are checked here and gone after merging",
    });
    merge(&mut schema, root);
    schema["$defs"] = Json::Object(defs);
    settle_required(&mut schema);
    schema
}

/// The quotas by name, so that editors know them.
fn quotas(figure: &Json) -> Json {
    let one = |quota: &Quota| {
        let mut figure = figure.clone();
        figure["description"] =
            json!(format!("How many {} the account has; {} unless AWS raised it.", quota.what, quota.figure));
        (quota.name.to_owned(), figure)
    };
    Json::Object(quota::all().iter().map(one).collect())
}

/// What only layers say. It is part of the one schema, so that it is checked like everything else.
fn layer_blocks(blocks: &mut Json) {
    blocks["match"] = json!({
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "minItems": 1,
        "description": "Patterns of stage names; the layer is for every stage whose name fits one. `*` is any text.",
        "examples": [["pr-*", "feature-*"]],
    });
    blocks["extends"] = json!({
        "type": "string",
        "minLength": 1,
        "description": "The layer that this one lies over, by its file's name; `none` leaves the base's components out.",
        "examples": ["preview", "none"],
    });
    let below = |name: &str, definition: &str| {
        let text = format!("Settings that lie below every `{name}`.");
        json!({"$ref": format!("#/$defs/{definition}"), "description": text})
    };
    let mut kinds: Map<String, Json> = KINDS.iter().map(|k| (k.name.to_owned(), below(k.name, k.name))).collect();
    kinds.insert("secret".to_owned(), below("secret", "Secret"));
    blocks["defaults"] = json!({
        "type": "object",
        "description": "Settings that lie below every component of a kind; `secret` for secrets.",
        "properties": kinds,
        "additionalProperties": false,
    });
    let runs_code = KINDS.iter().filter(|k| k.runs_code).map(|k| json!({"$ref": format!("#/$defs/{}", k.name)}));
    blocks["sets"] = json!({
        "type": "object",
        "description": "Named settings that components lie over by `use: [Name]`.",
        "propertyNames": {"pattern": NAME},
        "additionalProperties": {"anyOf": runs_code.collect::<Vec<Json>>()},
    });
}

/// The settings of one kind, with those that every component has.
fn kind_schema(kind: &KindEntry, generator: &mut SchemaGenerator) -> Json {
    let mut schema = (kind.schema)(generator).to_value();
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({"const": kind.name, "description": kind.summary}));
    add_properties(&mut properties, object::<Common>(generator));
    properties.remove("import");
    if kind.runs_code {
        add_properties(&mut properties, object::<Code>(generator));
        let links = json!({"pattern": NAME});
        properties["links"]["propertyNames"] = links;
    }
    add_properties(&mut properties, schema.clone());
    schema["type"] = json!("object");
    schema["description"] = json!(kind.summary);
    schema["properties"] = Json::Object(properties);
    let mut required = vec![json!("type")];
    required.extend(schema["required"].as_array().cloned().unwrap_or_default());
    schema["required"] = Json::Array(required);
    schema["additionalProperties"] = json!(false);
    if let Json::Object(map) = &mut schema {
        map.remove("title");
        map.remove("$schema");
    }
    schema
}

/// A component of a kind that exists already.
fn import_schema(kind: &KindEntry, generator: &mut SchemaGenerator) -> Json {
    let mut import = object::<Import>(generator);
    for key in kind.import_keys {
        // What is a list, a map or a number as an attribute is one here.
        let mut id = match *key {
            "arns" => json!({"type": "object", "additionalProperties": {"type": "string"}}),
            "port" => json!({"type": "integer", "minimum": 1, "maximum": 65535}),
            key if key.ends_with("_subnets") => json!({"type": "array", "items": {"type": "string"}}),
            _ => json!({"type": "string"}),
        };
        id["description"] = json!(format!("The literal `{key}` of what exists."));
        import["properties"][*key] = id;
    }
    import["additionalProperties"] = json!(false);
    let common = object::<Common>(generator);
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({"const": kind.name, "description": kind.summary}));
    for key in ["purpose", "stages", "stack"] {
        properties.insert(key.to_owned(), common["properties"][key].clone());
    }
    properties.insert("import".to_owned(), import);
    json!({
        "type": "object",
        "description": format!("{} This one exists already.", kind.summary),
        "properties": properties,
        "required": ["type", "import"],
        "additionalProperties": false,
    })
}

/// Any component: its `type` says which schema holds for it.
fn component_schema() -> Json {
    let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    let choices: Vec<Json> = KINDS
        .iter()
        .map(|kind| {
            json!({
                "if": {"properties": {"type": {"const": kind.name}}, "required": ["type"]},
                "then": {
                    "if": {"required": ["import"]},
                    "then": {"$ref": format!("#/$defs/{}_import", kind.name)},
                    "else": {"$ref": format!("#/$defs/{}", kind.name)},
                },
            })
        })
        .collect();
    json!({
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": names, "description": "The kind of component."}},
        "allOf": choices,
    })
}

fn object<T: JsonSchema>(generator: &mut SchemaGenerator) -> Json {
    T::json_schema(generator).to_value()
}

fn add_properties(properties: &mut Map<String, Json>, schema: Json) {
    if let Json::Object(mut schema) = schema
        && let Some(Json::Object(own)) = schema.remove("properties")
    {
        properties.extend(own);
    }
}

fn merge(into: &mut Json, from: Json) {
    if let (Json::Object(into), Json::Object(from)) = (into, from) {
        for (key, value) in from {
            into.entry(key).or_insert(value);
        }
    }
}

/// A setting with a default is never required, and `null` is no value of a merged manifest.
fn settle_required(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            let defaulted: Vec<String> = map
                .get("properties")
                .and_then(Json::as_object)
                .map(|p| p.iter().filter(|(_, v)| v.get("default").is_some()).map(|(k, _)| k.clone()).collect())
                .unwrap_or_default();
            if let Some(Json::Array(required)) = map.get_mut("required") {
                required.retain(|r| !defaulted.iter().any(|d| r.as_str() == Some(d)));
                if required.is_empty() {
                    map.remove("required");
                }
            }
            without_null(map);
            map.values_mut().for_each(settle_required);
        }
        Json::Array(items) => items.iter_mut().for_each(settle_required),
        _ => {}
    }
}

fn without_null(map: &mut Map<String, Json>) {
    if map.get("default") == Some(&Json::Null) {
        map.remove("default");
    }
    if let Some(Json::Array(types)) = map.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if let Some(Json::Array(branches)) = map.get_mut("anyOf") {
        branches.retain(|b| b != &json!({"type": "null"}));
        if let [Json::Object(only)] = branches.as_slice() {
            let only = only.clone();
            map.remove("anyOf");
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
}

/// The definition that a schema refers to, or the schema itself.
fn followed<'s>(schema: &'s Json, root: &'s Json) -> &'s Json {
    let target = schema.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix('#'));
    target.and_then(|t| root.pointer(t)).unwrap_or(schema)
}
