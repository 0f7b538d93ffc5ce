//! The schema of one file: that of a merged manifest, loosened by what only files may say.

use serde_json::{Map, Value as Json, json};

use super::any_kind::any_of;
use super::{KINDS, KindEntry, manifest_schema};
use crate::project::SHORT_FORMS;

/// Whether a text may stand for what is under that key, by the table that makes short forms long.
fn is_short(key: &str) -> bool {
    SHORT_FORMS.iter().any(|(path, _)| path.last() == Some(&key))
}

/// Whether a text may stand for each entry of the map under that key.
fn has_short_entries(key: &str) -> bool {
    SHORT_FORMS.iter().any(|(path, _)| matches!(path, [.., map, "*"] if *map == key))
}

/// What `type` is. That of one kind alone would stand for all where an overlay leaves the type out.
const TYPE: &str = "The kind of component.";

/// The schema of one layer, for editors.
#[must_use]
pub fn layer_schema() -> Json {
    let mut schema = manifest_schema();
    // No title: editors would head the documentation of every setting with it.
    if let Json::Object(root) = &mut schema {
        root.shift_remove("title");
    }
    schema["description"] = json!("A layer of a reggie-cfn project: one file of environments/");
    for kind in KINDS {
        let itself = json!({"const": kind.name, "description": kind.summary});
        for name in definitions(kind) {
            schema["$defs"][name]["properties"]["type"] = json!({"description": TYPE, "anyOf": [itself]});
        }
    }
    let mut any_kind = any_of(KINDS.iter().flat_map(definitions), &schema);
    any_kind["description"] = json!("A component; a lower layer says its kind.");
    let runs_code = KINDS.iter().filter(|kind| kind.runs_code);
    let mut set = any_of(runs_code.map(|kind| kind.name.to_owned()), &schema);
    set["description"] = json!("Settings for components that run code.");
    schema["$defs"]["any_kind"] = any_kind;
    schema["properties"]["sets"]["additionalProperties"] = set;
    loosen(&mut schema);
    schema["$defs"]["component"] = component();
    let description = "Short for the zone labelled `main` under `zones`.";
    schema["properties"]["zone"] = json!({
        "anyOf": [{"$ref": "#/$defs/Zone", "description": description}, {"type": "null"}],
        "description": description,
    });
    schema
}

/// The definitions of a kind: of one that is made, and of one that exists already.
fn definitions(kind: &KindEntry) -> [String; 2] {
    [kind.name.to_owned(), format!("{}_import", kind.name)]
}

/// A component in a layer: by its `type`, or, where an overlay leaves it out, any kind's settings.
fn component() -> Json {
    let (names, summaries): (Vec<&str>, Vec<&str>) = KINDS.iter().map(|k| (k.name, k.summary)).unzip();
    let by_type = KINDS.iter().map(|kind| {
        let forms = definitions(kind).map(|name| json!({"$ref": format!("#/$defs/{name}")}));
        json!({
            "if": {"type": "object", "properties": {"type": {"const": kind.name}}, "required": ["type"]},
            "then": {"anyOf": forms},
        })
    });
    let without_type = json!({
        "if": {"type": "object", "not": {"required": ["type"]}},
        "then": {"$ref": "#/$defs/any_kind"},
    });
    json!({
        "type": ["object", "null"],
        "properties": {"type": {"enum": names, "enumDescriptions": summaries, "description": TYPE}},
        "allOf": by_type.chain([without_type]).collect::<Vec<Json>>(),
    })
}

/// Nothing is required, `null` removes, references stand for any value, short forms for long ones.
fn loosen(schema: &mut Json) {
    let Json::Object(map) = schema else {
        if let Json::Array(items) = schema {
            items.iter_mut().for_each(loosen);
        }
        return;
    };
    map.remove("required");
    if let Some(Json::Object(properties)) = map.get_mut("properties") {
        for (key, property) in properties.iter_mut() {
            loosen(property);
            if key == "type" || property.get("$ref").is_some_and(|r| r == "#/$defs/component") {
                continue;
            }
            if has_short_entries(key) {
                allow_short_entries(property);
            }
            if is_short(key) && !is_plain_text(property) {
                allow(property, json!({"type": "string"}));
            }
            allow_reference_and_null(property);
        }
    }
    for (key, value) in map.iter_mut() {
        match key.as_str() {
            "properties" | "default" | "examples" | "const" | "enum" | "description" | "if" => {}
            "additionalProperties"
                if value.is_object() && value.get("$ref").is_none_or(|r| r != "#/$defs/component") =>
            {
                loosen(value);
                allow_reference_and_null(value);
            }
            "$defs" => {
                if let Json::Object(defs) = value {
                    defs.values_mut().for_each(loosen);
                }
            }
            _ => loosen(value),
        }
    }
}

/// Lets a text stand for each entry of a map, or of the maps among the forms of a setting.
fn allow_short_entries(property: &mut Json) {
    if let Some(Json::Array(forms)) = property.get_mut("anyOf") {
        forms.iter_mut().for_each(allow_short_entries);
    } else if let Some(entry) = property.get_mut("additionalProperties") {
        allow(entry, json!({"type": "string"}));
    }
}

/// Lets another form stand for what the schema wants, keeping its documentation on top.
fn allow(schema: &mut Json, other: Json) {
    let Json::Object(map) = schema else { return };
    if let Some(Json::Array(branches)) = map.get_mut("anyOf") {
        if !branches.contains(&other) {
            branches.push(other);
        }
        return;
    }
    let mut outer = Map::new();
    for key in ["description", "default", "examples"] {
        if let Some(value) = map.remove(key) {
            outer.insert(key.to_owned(), value);
        }
    }
    let inner = Json::Object(std::mem::take(map));
    outer.insert("anyOf".to_owned(), json!([inner, other]));
    *map = outer;
}

/// What is allowed beside has a title and no description: editors show the title above the setting's description, and a
/// description instead of it.
fn allow_reference_and_null(property: &mut Json) {
    if property == &json!(true) || property.get("$ref").is_some() && property.as_object().is_some_and(|o| o.len() == 1)
    {
        if property.get("$ref").is_some() {
            allow(property, json!({"type": "null"}));
        }
        return;
    }
    if is_plain_text(property) {
        // No branch: where several kinds have the setting, editors would put their branches together.
        property["type"] = json!(["string", "null"]);
        return;
    }
    allow(property, json!({"type": "string", "pattern": "\\$\\{", "title": "A reference"}));
    allow(property, json!({"type": "null", "title": "Removes what a lower layer wrote"}));
}

/// Whether any text may stand there.
fn is_plain_text(schema: &Json) -> bool {
    schema.get("type").is_some_and(|t| t == "string") && schema.get("pattern").is_none() && schema.get("enum").is_none()
}
