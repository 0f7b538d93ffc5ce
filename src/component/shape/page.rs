//! `docs/kinds.md`: every kind with every setting, from the same schema that validates.

use serde_json::Value as Json;

use super::{KINDS, KindEntry, followed, manifest_schema};

/// Settings that every component has are described once.
const COMMON: &str = "Settings of every component";
/// Settings of everything that runs code are described once.
const CODE: &str = "Settings of everything that runs code";

/// The page.
#[must_use]
pub fn kinds_page() -> String {
    let schema = manifest_schema();
    let mut page = String::from(
        "# Kinds\n\nEvery kind of component with every setting. Made from the schema: `REGGIE_CFN_UPDATE=1 cargo test` writes it \
         anew.\n\nA setting without default must be written, unless it says optional.\n",
    );
    let common = crate::component::COMMON_KEYS;
    let code = crate::component::CODE_KEYS;
    if let Some(any) = KINDS.iter().find(|k| k.runs_code).and_then(|k| schema.pointer(&format!("/$defs/{}", k.name))) {
        section(&mut page, COMMON, any, &schema, |key| common.contains(&key));
        section(&mut page, CODE, any, &schema, |key| code.contains(&key));
    }
    for kind in KINDS {
        let Some(own) = schema.pointer(&format!("/$defs/{}", kind.name)) else { continue };
        let shared = |key: &str| key == "type" || common.contains(&key) || kind.runs_code && code.contains(&key);
        page.push_str(&format!("\n## {}\n\n{} Stack `{}`.\n", kind.name, kind.summary, kind.stack.word()));
        rows(&mut page, own, &schema, "", |key| !shared(key));
        links(&mut page, kind);
    }
    page
}

fn section(page: &mut String, title: &str, schema: &Json, root: &Json, wanted: impl Fn(&str) -> bool) {
    page.push_str(&format!("\n## {title}\n"));
    rows(page, schema, root, "", wanted);
}

/// A table of settings; those of maps with known keys follow their map, their names with a dot.
fn rows(page: &mut String, schema: &Json, root: &Json, prefix: &str, wanted: impl Fn(&str) -> bool) {
    let mut table = Vec::new();
    collect(&mut table, schema, root, prefix, &wanted);
    if table.is_empty() {
        page.push_str("\nNo settings of its own.\n");
        return;
    }
    page.push_str("\n| setting | type, default | meaning |\n| --- | --- | --- |\n");
    for [name, kind, meaning] in table {
        page.push_str(&format!("| `{name}` | {kind} | {meaning} |\n"));
    }
}

fn collect(table: &mut Vec<[String; 3]>, schema: &Json, root: &Json, prefix: &str, wanted: &impl Fn(&str) -> bool) {
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else { return };
    let required: Vec<&str> =
        schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    for (key, property) in properties {
        if prefix.is_empty() && !wanted(key) {
            continue;
        }
        let name = format!("{prefix}{key}");
        let target = followed(property, root);
        let documented = |field: &str| property.get(field).or_else(|| target.get(field));
        let described = documented("description").and_then(Json::as_str).unwrap_or_default();
        let mut kind = shape(property, root);
        match documented("default") {
            Some(default) if default.as_object().is_none_or(|d| !d.is_empty()) => {
                kind.push_str(&format!(", `{}`", text(default)));
            }
            Some(_) => {}
            None if required.contains(&key.as_str()) => kind.push_str(", **required**"),
            None => kind.push_str(", optional"),
        }
        table.push([name.clone(), kind, one_line(described)]);
        for inner in maps(target, root) {
            let inner_prefix = match inner.get("properties") {
                Some(_) => format!("{name}."),
                None => continue,
            };
            collect(table, inner, root, &inner_prefix, wanted);
        }
        for inner in
            target.get("additionalProperties").map(|a| followed(a, root)).into_iter().flat_map(|a| maps(a, root))
        {
            collect(table, inner, root, &format!("{name}.*."), wanted);
        }
    }
}

/// The forms of a setting that are maps with known keys.
fn maps<'s>(schema: &'s Json, root: &'s Json) -> Vec<&'s Json> {
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array);
    let forms = branches.into_iter().flatten().map(|b| followed(b, root));
    std::iter::once(schema).chain(forms).filter(|s| s.get("properties").is_some()).collect()
}

fn shape(schema: &Json, root: &Json) -> String {
    let schema = followed(schema, root);
    if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
        let mut shapes: Vec<String> = Vec::new();
        for shape in branches.iter().map(|b| shape(b, root)) {
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
        return shapes.join(" or ");
    }
    if let Some(constant) = schema.get("const") {
        return format!("`{}`", text(constant));
    }
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return words.iter().map(|w| format!("`{}`", text(w))).collect::<Vec<_>>().join(" or ");
    }
    let range = match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!(" {least}–{most}"),
        _ => String::new(),
    };
    match schema.get("type").and_then(Json::as_str) {
        Some("string") => "text".to_owned(),
        Some("integer" | "number") => format!("number{range}"),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => "list".to_owned(),
        Some("object") => "map".to_owned(),
        _ => "anything".to_owned(),
    }
}

fn links(page: &mut String, kind: &KindEntry) {
    if !kind.levels.is_empty() {
        page.push_str("\n| link | gives |\n| --- | --- |\n");
        for (i, level) in kind.levels.iter().enumerate() {
            let default = if i == 0 && kind.default_level { " (default)" } else { "" };
            page.push_str(&format!("| `{}`{default} | {} |\n", level.name, one_line(level.meaning)));
        }
    }
    if !kind.import_keys.is_empty() {
        let keys: Vec<String> = kind.import_keys.iter().map(|k| format!("`{k}`")).collect();
        page.push_str(&format!("\nImport keys: {}.\n", keys.join(", ")));
    }
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
