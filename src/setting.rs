//! Settings: typed values that remember their origin, and how they are read from the manifest's tree.
//!
//! A kind declares its settings as a plain struct with `serde` and `schemars`. A [`Setting<T>`] is a `T` with its
//! [`OriginId`]; a [`Text`] is text that may hold references which only the deploy can resolve.

mod both;
mod keyed;
mod read;

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::origin::OriginId;
use crate::value::{self, Value};

#[cfg(test)]
pub use both::keys_of;
pub use both::{Both, Shared};
pub use keyed::Keyed;
pub use read::{ReadError, read};

/// The name under which a [`Setting`] asks our deserializer for an origin beside the value.
pub(crate) const SETTING: &str = "$Setting";
/// The name under which a [`Value`] asks our deserializer to be handed the tree itself.
const TREE: &str = "$Tree";
/// A name that makes [`read()`] hand over the entries of a map, each with the origin of its key.
const KEYED: &str = "$Keyed";
/// The name under which [`Both`] asks [`read()`] for a map in two halves: the keys that it lists, and all others.
const BOTH: &str = "$Both";

/// A value and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: OriginId,
}

impl<T> Setting<T> {
    /// A value with its origin.
    #[must_use]
    pub fn new(origin: OriginId, value: T) -> Self {
        Setting { value, origin }
    }

    /// Another value from the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: f(self.value), origin: self.origin }
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pair<T> {
            type Value = Setting<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a setting")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Setting<T>, A::Error> {
                let missing = || A::Error::custom("a setting without origin");
                let origin = OriginId(seq.next_element()?.ok_or_else(missing)?);
                let value = seq.next_element()?.ok_or_else(missing)?;
                Ok(Setting { value, origin })
            }
        }
        deserializer.deserialize_struct(SETTING, &["origin", "value"], Pair(std::marker::PhantomData))
    }
}

/// A setting enters a plan as a leaf: its value and its origin.
impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut leaf = serializer.serialize_struct(SETTING, 2)?;
        leaf.serialize_field("$origin", &self.origin)?;
        leaf.serialize_field("$value", &self.value)?;
        leaf.end()
    }
}

impl<T: JsonSchema> JsonSchema for Setting<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        if T::inline_schema() { T::json_schema(generator) } else { generator.subschema_for::<T>() }
    }
}

/// Text that may hold references; what it says may only be known when deployed.
#[derive(Debug, Clone, PartialEq)]
pub struct Text(pub Value);

/// Any value at all, references included: raw CloudFormation.
#[derive(Debug, Clone, PartialEq)]
pub struct Any(pub Value);

fn read_tree<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    struct Tree;
    impl<'de> Visitor<'de> for Tree {
        type Value = Value;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a value")
        }
        fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
            value::taken().ok_or_else(|| E::custom("a value that was not handed over"))
        }
    }
    deserializer.deserialize_newtype_struct(TREE, Tree)
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_tree(deserializer).map(Text)
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_tree(deserializer).map(Any)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

impl JsonSchema for Any {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Any".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}

/// A setting with a default that `none` switches off.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum OrNone<T> {
    /// `none`.
    #[default]
    None,
    /// The value.
    Some(T),
}

impl<T> OrNone<T> {
    /// The value, unless it is switched off.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            OrNone::None => None,
            OrNone::Some(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrNone<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_option(OptionVisitor(std::marker::PhantomData))
            .map(|o| o.map_or(OrNone::None, OrNone::Some))
    }
}

/// Our deserializer reads the word `none` as an absent option.
struct OptionVisitor<T>(std::marker::PhantomData<T>);
impl<'de, T: Deserialize<'de>> Visitor<'de> for OptionVisitor<T> {
    type Value = Option<T>;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value or `none`")
    }
    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

impl<T: Serialize> Serialize for OrNone<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            OrNone::None => serializer.serialize_str("none"),
            OrNone::Some(value) => value.serialize(serializer),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OrNone<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrNone", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let inner = generator.subschema_for::<T>();
        json_schema!({"anyOf": [inner, {"const": "none", "description": "Switched off."}]})
    }
}

/// A length of time in whole seconds; written as a number or as `5 minutes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// Reads `20`, `"5 minutes"`, `"1 hour"`, `"7 days"`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Seconds> {
        let (number, unit) = text.split_once(' ')?;
        let unit = match unit {
            "second" | "seconds" => 1,
            "minute" | "minutes" => 60,
            "hour" | "hours" => 3600,
            "day" | "days" => 86_400,
            _ => return None,
        };
        number.parse::<u32>().ok()?.checked_mul(unit).map(Seconds)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measure("a time such as 300 or \"5 minutes\"", Seconds::parse, Seconds))
    }
}

impl JsonSchema for Seconds {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Seconds".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": "^[0-9]+ (seconds?|minutes?|hours?|days?)$"}
        ], "examples": [300, "5 minutes"]})
    }
}

/// A size in MB; written as a number or as `1 GB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Megabytes(pub u32);

impl Megabytes {
    /// Reads `512`, `"512 MB"`, `"1 GB"`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Megabytes> {
        let (number, unit) = text.split_once(' ')?;
        let unit = match unit {
            "MB" => 1,
            "GB" => 1024,
            _ => return None,
        };
        number.parse::<u32>().ok()?.checked_mul(unit).map(Megabytes)
    }
}

impl<'de> Deserialize<'de> for Megabytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measure("a size such as 1024 or \"1 GB\"", Megabytes::parse, Megabytes))
    }
}

impl JsonSchema for Megabytes {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Megabytes".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "string", "pattern": "^[0-9]+ (MB|GB)$"}
        ], "examples": [1024, "1 GB"]})
    }
}

/// Reads a number, or a text with a unit.
struct Measure<T>(&'static str, fn(&str) -> Option<T>, fn(u32) -> T);
impl<T> Visitor<'_> for Measure<T> {
    type Value = T;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
    fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<T, E> {
        u32::try_from(n).map(self.2).map_err(|_| E::custom("a number out of range"))
    }
    /// `3e1` is a whole number too.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range")]
    fn visit_f64<E: serde::de::Error>(self, n: f64) -> Result<T, E> {
        let fits = n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n);
        fits.then(|| (self.2)(n as u32)).ok_or_else(|| E::custom("a number out of range"))
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).ok_or_else(|| E::custom(format!("expected {}", self.0)))
    }
}
