//! Settings of two types that stand in one map: those that several kinds share, and a kind's own.
//!
//! serde's own `flatten` copies what it reads, and the copy has no origins.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::BOTH;

/// Settings that several kinds share.
pub trait Shared {
    /// Their names.
    const KEYS: &'static [&'static str];
}

/// The settings of both types.
#[derive(Debug)]
pub struct Both<S, O> {
    /// Those that several kinds share.
    pub shared: S,
    /// The kind's own.
    pub own: O,
}

impl<'de, S: Shared + DeserializeOwned, O: DeserializeOwned> Deserialize<'de> for Both<S, O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Halves<S, O>(PhantomData<(S, O)>);
        impl<'de, S: DeserializeOwned, O: DeserializeOwned> Visitor<'de> for Halves<S, O> {
            type Value = Both<S, O>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of settings")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Both<S, O>, A::Error> {
                let missing = || A::Error::custom("settings without their other half");
                let shared = seq.next_element()?.ok_or_else(missing)?;
                let own = seq.next_element()?.ok_or_else(missing)?;
                Ok(Both { shared, own })
            }
        }
        deserializer.deserialize_struct(BOTH, S::KEYS, Halves(PhantomData))
    }
}

impl<S: JsonSchema, O: JsonSchema> JsonSchema for Both<S, O> {
    fn schema_name() -> Cow<'static, str> {
        O::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        format!("{}_and_{}", O::schema_id(), S::schema_id()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = O::json_schema(generator);
        let shared = S::json_schema(generator).to_value();
        for (key, more) in shared.as_object().into_iter().flatten() {
            match (schema.get_mut(key), more) {
                (Some(serde_json::Value::Object(own)), serde_json::Value::Object(more)) => own.extend(more.clone()),
                (Some(serde_json::Value::Array(own)), serde_json::Value::Array(more)) => own.extend(more.clone()),
                (Some(_), _) => {}
                (None, more) => drop(schema.insert(key.clone(), more.clone())),
            }
        }
        schema
    }
}

/// The names of a type's settings, for a test that compares them with [`Shared::KEYS`].
#[cfg(test)]
pub fn keys_of<S: JsonSchema>() -> Vec<String> {
    let schema = S::json_schema(&mut SchemaGenerator::default()).to_value();
    schema["properties"].as_object().into_iter().flat_map(|settings| settings.keys().cloned()).collect()
}
