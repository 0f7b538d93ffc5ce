//! Pieces of messages: types, words and names as people write them.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value as Json;

use super::MAN012;
use crate::diag::{Diagnostic, either};
use crate::origin::Origins;
use crate::source::Span;
use crate::value::{Kind, Value};

/// A file that holds something else than a map.
pub(in crate::schema) fn no_map(tree: &Value, origins: &Origins) -> Diagnostic {
    let what = match &tree.kind {
        Kind::List(_) => "a list",
        Kind::Null => "nothing but `null`",
        _ => "a single value",
    };
    let diagnostic = Diagnostic::error(MAN012, format!("the file is {what}, but a layer is a map"));
    let diagnostic = match origins.spans(tree.origin).first() {
        // Of a list its first character, a dash or a bracket, says as much.
        Some(span) if matches!(tree.kind, Kind::List(_)) => {
            diagnostic.at(Span { end: span.end.min(span.start + 1), ..*span }, "a map is needed")
        }
        Some(span) => diagnostic.at(*span, "a map is needed"),
        None => diagnostic,
    };
    diagnostic.help("write one block a line, such as `project: reggie`, with its settings indented below it")
}

/// The words of an enumeration.
pub(super) fn words_of(options: &Json) -> Vec<String> {
    options.as_array().map(|o| o.iter().map(text).collect()).unwrap_or_default()
}

/// The words that an error wants; none if it wants anything but words.
pub(super) fn choices(kind: &ValidationErrorKind) -> Vec<String> {
    match kind {
        ValidationErrorKind::Constant { expected_value } => vec![text(expected_value)],
        ValidationErrorKind::Enum { options } => words_of(options),
        _ => Vec::new(),
    }
}

/// A text as it must be written to stay one: in quotes where it would be a number or a boolean.
pub(super) fn quoted(text: &str) -> String {
    let other = text.parse::<f64>().is_ok()
        || matches!(text, "true" | "false" | "null" | "")
        || text.starts_with(['*', '&', '!', '@', '`', '[', '{', '#', '|', '>', '%', '-', '?', ' '])
        || text.contains(": ")
        || text.contains(" #");
    if other { format!("\"{text}\"") } else { text.to_owned() }
}

pub(super) fn wanted(kind: &TypeKind) -> String {
    let name = |t: &jsonschema::JsonType| -> &'static str {
        match t.as_str() {
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            "array" => "a list",
            "object" => "a map",
            _ => "nothing",
        }
    };
    match kind {
        TypeKind::Single(t) => name(t).to_owned(),
        TypeKind::Multiple(types) => {
            let names: Vec<String> = types.iter().map(|t| name(&t).to_owned()).collect();
            either(&names)
        }
    }
}

pub(super) fn wanted_words(kind: &ValidationErrorKind) -> Vec<String> {
    match kind {
        ValidationErrorKind::Type { kind } => vec![wanted(kind)],
        ValidationErrorKind::Constant { expected_value } => vec![format!("`{}`", text(expected_value))],
        ValidationErrorKind::Enum { options } => {
            options.as_array().map(|o| o.iter().map(|v| format!("`{}`", text(v))).collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

pub(super) fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

pub(super) fn example(schema: &Json) -> Option<String> {
    schema.get("examples")?.as_array()?.first().map(written)
}

/// A value as a layer would write it on one line.
pub(super) fn written(json: &Json) -> String {
    match json {
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(k, v)| format!("{k}: {}", written(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Units as patterns of settings have them, and how else people write them.
const UNITS: &[(&str, &[&str])] = &[
    ("second", &["s", "sec", "secs", "second", "seconds"]),
    ("minute", &["m", "min", "mins", "minute", "minutes"]),
    ("hour", &["h", "hr", "hrs", "hour", "hours"]),
    ("day", &["d", "day", "days"]),
    ("MB", &["m", "mb", "mib"]),
    ("GB", &["g", "gb", "gib"]),
];

/// `5m` as `5 minutes`, `512mb` as `512 MB`: what a number with a unit means to a setting that takes such units.
pub(super) fn with_unit(text: &str, rule: &Json) -> Option<String> {
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    let unit = text.strip_prefix(&number)?.trim().to_ascii_lowercase();
    let branches = rule.get("anyOf").and_then(Json::as_array).map_or(std::slice::from_ref(rule), Vec::as_slice);
    let patterns: Vec<&str> = branches.iter().filter_map(|b| b.get("pattern")?.as_str()).collect();
    let takes = |word: &str| patterns.iter().any(|p| p.starts_with("^[0-9]+ (") && p.contains(word));
    let (word, _) = UNITS.iter().find(|(word, ways)| takes(word) && ways.contains(&unit.as_str()))?;
    let many = word.starts_with(|c: char| c.is_ascii_lowercase()) && number != "1";
    (!number.is_empty()).then(|| format!("{number} {word}{}", if many { "s" } else { "" }))
}

pub(super) fn pascal_case(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty());
    // `STRIPE_KEY` is `StripeKey`, and `APIKey` stays.
    let shouted = name.chars().all(|c| !c.is_ascii_lowercase());
    let capital = |p: &str| {
        let first = p.chars().take(1).map(|c| c.to_ascii_uppercase());
        let rest = p.chars().skip(1).map(|c| if shouted { c.to_ascii_lowercase() } else { c });
        first.chain(rest).collect::<String>()
    };
    let joined = parts.map(capital).collect::<String>();
    // What a name that starts with a digit should be called, only its author knows.
    if joined.starts_with(|c: char| c.is_ascii_digit()) { String::new() } else { joined }
}

/// `QueueUrl` and `queue-url` as `queue_url`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut after_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_small {
            snake.push('_');
        }
        after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        snake.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    snake.trim_matches('_').to_owned()
}
