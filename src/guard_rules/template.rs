//! A template as Guard sees it: in JSON, functions in their long form.

use serde_json::{Map, Value as Json};

use crate::cfn::{self, Template};
use crate::yaml::Doc;

/// The template in JSON, as Guard reads the YAML that is printed of it.
#[must_use]
pub fn json(template: &Template) -> Json {
    value(cfn::document(template))
}

fn value(doc: Doc) -> Json {
    match doc {
        Doc::Null => Json::Null,
        Doc::Bool(truth) => Json::Bool(truth),
        Doc::Int(number) => number.into(),
        Doc::Float(number) => number.into(),
        Doc::Str(text) => Json::String(text),
        Doc::Seq(items) => items.into_iter().map(value).collect(),
        Doc::Map(entries) => Json::Object(entries.into_iter().map(|(key, inner)| (key, value(inner))).collect()),
        Doc::Tagged(name, inner) => {
            let long = if matches!(name.as_str(), "Ref" | "Condition") { name } else { format!("Fn::{name}") };
            Json::Object(Map::from_iter([(long, value(*inner))]))
        }
    }
}
