//! Indexes: other keys to find items by, and what of an item they hold.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::component::Context;
use crate::setting::{Any, Setting};
use crate::value::{Kind, Value};

/// A global secondary index: a key of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    /// The field that items are spread by. Items without it are not in the index.
    #[schemars(example = &"state")]
    pub(super) partition: Setting<String>,
    /// The field that items of a partition are sorted by.
    #[schemars(example = &"placed")]
    pub(super) sort: Option<Setting<String>>,
    /// What of an item the index holds beside the keys: `all`, nothing more (`keys`), or a list of up to 20 fields.
    #[schemars(extend("default" = "all"), example = &["total"])]
    pub(super) projection: Setting<Projection>,
}

/// A local secondary index: another order within a partition.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LocalIndex {
    /// The field that items of a partition are sorted by. Items without it are not in the index.
    #[schemars(example = &"total")]
    pub(super) sort: Setting<String>,
    /// What of an item the index holds beside the keys: `all`, nothing more (`keys`), or a list of up to 20 fields.
    #[schemars(extend("default" = "all"), example = &["total"])]
    pub(super) projection: Setting<Projection>,
}

/// What of an item an index holds.
#[derive(Debug)]
pub(super) enum Projection {
    All,
    Keys,
    Fields(Vec<Value>),
}

impl<'de> Deserialize<'de> for Projection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        Ok(match tree.kind {
            Kind::List(fields) => Projection::Fields(fields),
            Kind::Text(word) if word == "keys" => Projection::Keys,
            _ => Projection::All,
        })
    }
}

impl JsonSchema for Projection {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Projection".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"const": "all", "description": "Every field of an item."},
            {"const": "keys", "description": "The keys of the index and of the table."},
            {"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}}
        ]})
    }
}

/// An index as the template spells it.
#[derive(Serialize)]
pub(super) struct IndexPlan<'a> {
    name: &'a Setting<String>,
    partition: &'a Setting<String>,
    sort: Option<&'a Setting<String>>,
    projection: Setting<&'static str>,
    fields: Option<Value>,
}

impl Index {
    pub(super) fn plan<'a>(&'a self, on: &Context<'_>, name: &'a Setting<String>) -> IndexPlan<'a> {
        plan(on, name, &self.partition, self.sort.as_ref(), &self.projection)
    }
}

impl LocalIndex {
    /// `partition` is the table's.
    pub(super) fn plan<'a>(
        &'a self,
        on: &Context<'_>,
        name: &'a Setting<String>,
        partition: &'a Setting<String>,
    ) -> IndexPlan<'a> {
        plan(on, name, partition, Some(&self.sort), &self.projection)
    }
}

fn plan<'a>(
    on: &Context<'_>,
    name: &'a Setting<String>,
    partition: &'a Setting<String>,
    sort: Option<&'a Setting<String>>,
    projection: &Setting<Projection>,
) -> IndexPlan<'a> {
    let (word, fields) = match &projection.value {
        Projection::All => ("ALL", None),
        Projection::Keys => ("KEYS_ONLY", None),
        Projection::Fields(fields) => ("INCLUDE", Some(Value::list(projection.origin, fields.clone()))),
    };
    let word = on.setting("what DynamoDB calls it", &[projection.origin], word);
    IndexPlan { name, partition, sort, projection: word, fields }
}
