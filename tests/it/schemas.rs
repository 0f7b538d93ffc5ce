//! The committed schemas are what the types generate, and every setting in them is documented.

use std::collections::BTreeSet;

use reggie_cfn::component::{CODE_KEYS, COMMON_KEYS, Code, Common, KINDS, layer_schema, manifest_schema};
use serde_json::{Map, Value as Json};

use crate::support::root;
pub use crate::support::{UPDATE, updating};

#[test]
fn committed_schemas_are_fresh() {
    for (file, schema) in [("manifest.schema.json", manifest_schema()), ("layer.schema.json", layer_schema())] {
        let path = root().join("schema").join(file);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if updating() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(committed == text, "schema/{file} is not what the types generate: run `{UPDATE}=1 cargo test schemas`");
    }
}

/// What an object may hold: the path to the object, its schema, and its properties.
type Object<'s> = (String, &'s Map<String, Json>, &'s Map<String, Json>);

/// Every object of a schema with properties. Keys of `properties`, `$defs` and texts of `examples` are names, not words of
/// JSON Schema.
fn objects<'s>(schema: &'s Json, path: &str, found: &mut Vec<Object<'s>>) {
    let Json::Object(map) = schema else {
        if let Json::Array(items) = schema {
            items.iter().enumerate().for_each(|(i, item)| objects(item, &format!("{path}/{i}"), found));
        }
        return;
    };
    for (word, value) in map {
        let path = format!("{path}/{word}");
        match (word.as_str(), value) {
            ("default" | "examples" | "enum" | "const" | "if", _) => {}
            ("properties", Json::Object(properties)) => {
                found.push((path.clone(), map, properties));
                properties.iter().for_each(|(name, schema)| objects(schema, &format!("{path}/{name}"), found));
            }
            ("$defs", Json::Object(defs)) => {
                defs.iter().for_each(|(name, schema)| objects(schema, &format!("{path}/{name}"), found));
            }
            _ => objects(value, &path, found),
        }
    }
}

#[test]
fn every_setting_is_documented() {
    for (name, schema) in [("manifest", manifest_schema()), ("layer", layer_schema())] {
        let mut found = Vec::new();
        objects(&schema, "", &mut found);
        let settings: usize = found.iter().map(|(_, _, properties)| properties.len()).sum();
        println!("{name}: {settings} settings");
        assert!(settings > 150, "{name}: only {settings} settings found");
        let silent: BTreeSet<String> = found
            .iter()
            .flat_map(|(path, _, properties)| properties.iter().map(move |(key, s)| (format!("{path}/{key}"), s)))
            .filter(|(_, schema)| schema["description"].as_str().is_none_or(|text| text.trim().len() < 5))
            .map(|(path, _)| path)
            .collect();
        assert!(silent.is_empty(), "{name}: no description: {silent:#?}");
    }
}

#[test]
fn a_setting_with_a_default_is_not_required() {
    let schema = manifest_schema();
    let mut found = Vec::new();
    objects(&schema, "", &mut found);
    let (mut required, mut defaulted) = (0, 0);
    for (path, object, properties) in found {
        let needed: Vec<&str> =
            object.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
        for key in &needed {
            assert!(properties.contains_key(*key), "{path}: `{key}` is required and unknown");
        }
        required += needed.len();
        for (key, setting) in properties.iter().filter(|(_, s)| s.get("default").is_some()) {
            defaulted += 1;
            assert!(
                !needed.contains(&key.as_str()),
                "{path}/{key} is required, and has the default {}",
                setting["default"]
            );
        }
    }
    assert!(required > 10 && defaulted > 30, "{required} required, {defaulted} with a default");
}

#[test]
fn words_of_a_setting_are_documented() {
    let schema = manifest_schema();
    let mut silent = Vec::new();
    each_choice(&schema, &mut |choice| {
        if choice["description"].as_str().is_none_or(str::is_empty) {
            silent.push(choice["const"].clone());
        }
    });
    assert!(silent.is_empty(), "words without a description: {silent:?}");
}

fn each_choice(schema: &Json, f: &mut impl FnMut(&Json)) {
    match schema {
        Json::Object(map) => {
            for choice in map.get("oneOf").and_then(Json::as_array).into_iter().flatten() {
                if choice.get("const").is_some() {
                    f(choice);
                }
            }
            map.values().for_each(|value| each_choice(value, f));
        }
        Json::Array(items) => items.iter().for_each(|item| each_choice(item, f)),
        _ => {}
    }
}

#[test]
fn keys_of_components_are_those_of_the_types() {
    for (keys, schema) in [(COMMON_KEYS, schemars::schema_for!(Common)), (CODE_KEYS, schemars::schema_for!(Code))] {
        let schema = schema.to_value();
        let properties: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.iter().copied().collect::<BTreeSet<_>>(), properties);
    }
}

#[test]
fn a_component_without_type_has_the_settings_of_every_kind() {
    let schema = layer_schema();
    let keys = |name: &str| -> BTreeSet<String> {
        schema["$defs"][name]["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let every = KINDS.iter().flat_map(|kind| [kind.name.to_owned(), format!("{}_import", kind.name)]);
    assert_eq!(keys("any_kind"), every.flat_map(|name| keys(&name)).collect::<BTreeSet<_>>());
}

/// Editors put side by side what like branches say.
#[test]
fn a_setting_of_any_kind_has_each_of_its_forms_once() {
    let schema = layer_schema();
    let mut found = Vec::new();
    objects(&schema["$defs"]["any_kind"], "any_kind", &mut found);
    objects(&schema["properties"]["sets"]["anyOf"], "sets", &mut found);
    let settings = || found.iter().flat_map(|(path, _, settings)| settings.iter().map(move |(key, s)| (path, key, s)));
    assert!(settings().count() > 200, "only {} settings found", settings().count());
    for (path, key, setting) in settings() {
        let mut seen = BTreeSet::new();
        for form in setting["anyOf"].as_array().into_iter().flatten().filter(|form| form.get("type").is_some()) {
            let form = [&form["type"], &form["title"], &form["const"]].map(Json::to_string);
            assert!(seen.insert(form.clone()), "{path}/{key} has two forms {form:?}");
        }
    }
}
