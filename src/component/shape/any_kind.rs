//! One schema for several kinds: what a component may say where its `type` is not known.
//!
//! Editors put side by side what the branches of an `anyOf` say of a setting. So each setting stands once, with each of its
//! forms once: where kinds differ, the wider form, and what each of them says of it.

use serde_json::{Map, Value as Json, json};

use super::followed;

/// What explains a value and asks nothing of it.
const DOCUMENTATION: [&str; 3] = ["description", "default", "examples"];

/// The schema of what any of those definitions of `root` allows.
pub(super) fn any_of(names: impl IntoIterator<Item = String>, root: &Json) -> Json {
    let definitions = names.into_iter().filter_map(|name| root["$defs"].get(name));
    definitions.fold(json!(false), |all, one| either(&all, one, root))
}

/// The schema of what one of the two allows.
fn either(one: &Json, other: &Json, root: &Json) -> Json {
    match (one, other) {
        (Json::Bool(false), schema) | (schema, Json::Bool(false)) => return schema.clone(),
        (Json::Bool(true), _) | (_, Json::Bool(true)) => return json!(true),
        _ => {}
    }
    let mut schema = demands(one);
    if schema != demands(other) {
        let mut all = Vec::new();
        add_forms(&mut all, one, root);
        add_forms(&mut all, other, root);
        schema = match all.as_slice() {
            [Json::Object(only)] => only.clone(),
            _ => Map::from_iter([("anyOf".to_owned(), Json::Array(all))]),
        };
    }
    schema.extend(documentation(one, other, root));
    Json::Object(schema)
}

/// A schema without its documentation.
fn demands(schema: &Json) -> Map<String, Json> {
    let keywords = schema.as_object().into_iter().flatten().filter(|(key, _)| !DOCUMENTATION.contains(&key.as_str()));
    keywords.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What both say: each description and example once, and the default on which they agree.
fn documentation(one: &Json, other: &Json, root: &Json) -> Map<String, Json> {
    let mut documentation = Map::new();
    for key in DOCUMENTATION {
        // A schema says it itself, or the definition that it refers to.
        let [one, other] = [one, other].map(|schema| schema.get(key).or_else(|| followed(schema, root).get(key)));
        let said = match (one, other) {
            (Some(one), Some(other)) if one == other => one.clone(),
            (Some(Json::String(one)), Some(Json::String(other))) if key == "description" => joined(one, other),
            (Some(Json::Array(one)), Some(Json::Array(other))) if key == "examples" => {
                let new = other.iter().filter(|example| !one.contains(example));
                one.iter().chain(new).cloned().collect()
            }
            (Some(said), None) | (None, Some(said)) if key != "default" => said.clone(),
            _ => continue,
        };
        documentation.insert(key.to_owned(), said);
    }
    documentation
}

/// A paragraph for each description, unless it stands there already.
fn joined(one: &str, other: &str) -> Json {
    if one.split("\n\n").any(|paragraph| paragraph == other) { json!(one) } else { json!(format!("{one}\n\n{other}")) }
}

/// Adds the forms that a schema allows: itself or its branches. Only words keep their documentation; what the forms have in
/// common is explained above them.
fn add_forms(all: &mut Vec<Json>, schema: &Json, root: &Json) {
    let schema = followed(schema, root);
    if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
        branches.iter().for_each(|branch| add_forms(all, branch, root));
        return;
    }
    let form = if is_word(schema) { schema.clone() } else { Json::Object(demands(schema)) };
    match all.iter_mut().find(|known| are_alike(known, &form)) {
        Some(known) => *known = wider(known, &form, root),
        None => all.push(form),
    }
}

/// Whether only certain values are allowed.
fn is_word(form: &Json) -> bool {
    form.get("const").is_some() || form.get("enum").is_some()
}

/// Whether one form can stand for both.
fn are_alike(one: &Json, other: &Json) -> bool {
    one == other || !is_word(one) && !is_word(other) && one.get("type") == other.get("type")
}

/// The form that asks what both ask, with the settings of both.
fn wider(one: &Json, other: &Json, root: &Json) -> Json {
    let mut form = Map::new();
    for (key, value) in one.as_object().into_iter().flatten() {
        match (key.as_str(), other.get(key)) {
            ("items" | "additionalProperties", Some(others)) => {
                form.insert(key.clone(), either(value, others, root));
            }
            (_, Some(same)) if value == same => {
                form.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    let mut settings: Map<String, Json> = Map::new();
    let both = [one, other].into_iter().filter_map(|schema| schema.get("properties")?.as_object());
    for (key, setting) in both.flatten() {
        let known = settings.get(key).unwrap_or(&Json::Bool(false));
        settings.insert(key.clone(), either(known, setting, root));
    }
    if !settings.is_empty() {
        form.insert("properties".to_owned(), Json::Object(settings));
    }
    Json::Object(form)
}
