//! Maps whose keys matter as much as their values: each key remembers where it stands.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::{Any, Setting, read};

/// A map from keys that the manifest chose, each with its origin, in the order of the keys.
#[derive(Debug, Clone)]
pub struct Keyed<T>(Vec<(Setting<String>, T)>);

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Keyed(Vec::new())
    }
}

impl<T> Keyed<T> {
    /// The keys and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&Setting<String>, &T)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&T> {
        self.iter().find(|(k, _)| k.value == key).map(|(_, value)| value)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Any(tree) = Any::deserialize(deserializer)?;
        let entry = |e: &crate::value::Entry| Ok((Setting::new(e.key_origin, e.key.clone()), read(&e.value)?));
        let mut entries =
            tree.entries().iter().map(entry).collect::<Result<Vec<_>, super::ReadError>>().map_err(D::Error::custom)?;
        // What is made of a map must not depend on the order in which it was written.
        entries.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
        Ok(Keyed(entries))
    }
}

impl<T: JsonSchema> JsonSchema for Keyed<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Map_of_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": generator.subschema_for::<T>()})
    }
}
