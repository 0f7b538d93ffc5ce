//! Maps whose keys matter as much as their values: each key remembers where it stands.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{KEYED, Setting};
use crate::origin::OriginId;

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
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Entries<T> {
            type Value = Keyed<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Keyed<T>, A::Error> {
                let mut keyed = Vec::new();
                while let Some((origin, key, value)) = entries.next_element::<(u32, String, T)>()? {
                    keyed.push((Setting::new(OriginId(origin), key), value));
                }
                // What is made of a map must not depend on the order in which it was written.
                keyed.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
                Ok(Keyed(keyed))
            }
        }
        deserializer.deserialize_newtype_struct(KEYED, Entries(PhantomData))
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
