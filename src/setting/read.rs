//! Reading typed settings from a [`Value`] tree with serde.
//!
//! The shape has been checked against the schema before, so an error here is a bug of ours; it still says where.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{BOTH, KEYED, SETTING, TREE};
use crate::origin::OriginId;
use crate::value::{self, Entry, Kind, Value};

/// Why a tree is not what a type wants.
#[derive(Debug)]
pub struct ReadError {
    /// The reason.
    pub message: String,
    /// The innermost value at fault.
    pub origin: Option<OriginId>,
    /// Whether that is a reference, which only the deploy resolves: the one mistake that no shape shows.
    pub is_reference: bool,
}

impl ReadError {
    fn of_reference() -> Self {
        let message = "a reference stands where a plain value is needed".to_owned();
        ReadError { message, origin: None, is_reference: true }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        ReadError { message: message.to_string(), origin: None, is_reference: false }
    }
}

/// Reads a `T`.
///
/// # Errors
/// The tree has another shape than `T`.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, ReadError> {
    T::deserialize(Reader::of(value))
}

#[derive(Clone, Copy)]
struct Reader<'v> {
    value: &'v Value,
    /// Which entries of a map are read: all, or those of one half.
    half: Option<Half>,
}

/// The entries of a map whose keys are listed, or all others.
#[derive(Clone, Copy)]
struct Half {
    keys: &'static [&'static str],
    is_listed: bool,
}

impl Half {
    fn has(self, entry: &Entry) -> bool {
        self.keys.contains(&entry.key.as_str()) == self.is_listed
    }
}

impl<'v> IntoDeserializer<'v, ReadError> for Reader<'v> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'v> Reader<'v> {
    fn of(value: &'v Value) -> Self {
        Reader { value, half: None }
    }

    fn here<T>(self, result: Result<T, ReadError>) -> Result<T, ReadError> {
        result.map_err(|mut error| {
            error.origin.get_or_insert(self.value.origin);
            error
        })
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.here(match &self.value.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(b) => visitor.visit_bool(*b),
            Kind::Int(i) => visitor.visit_i64(*i),
            Kind::Float(x) => visitor.visit_f64(*x),
            Kind::Text(text) => visitor.visit_str(text),
            Kind::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Reader::of))),
            Kind::Map(entries) => {
                let read = entries.iter().filter(|e| self.half.is_none_or(|half| half.has(e)));
                visitor.visit_map(MapDeserializer::new(read.map(|e| (e.key.as_str(), Reader::of(&e.value)))))
            }
            Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => Err(ReadError::of_reference()),
        })
    }

    /// What nobody reads may be anything, references too.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.value.kind {
            Kind::Null => visitor.visit_none(),
            Kind::Text(text) if text == "none" => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == BOTH {
            let half = |is_listed| Reader { half: Some(Half { keys: fields, is_listed }), ..self };
            return visitor.visit_seq(SeqDeserializer::new([half(true), half(false)].into_iter()));
        }
        if name == SETTING {
            return visitor.visit_seq(Parts { origin: Some(self.value.origin.0), key: None, value: Some(self) });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == TREE {
            value::hand(self.value.clone());
            return visitor.visit_unit();
        }
        if let (KEYED, Kind::Map(entries)) = (name, &self.value.kind) {
            return self.here(visitor.visit_seq(SeqDeserializer::new(entries.iter().map(EntryReader))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.here(match &self.value.kind {
            Kind::Text(text) => visitor.visit_enum(StringDeserializer::new(text.clone())),
            Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => Err(ReadError::of_reference()),
            _ => Err(de::Error::custom("expected a word")),
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

/// An entry of a map, with the origin of its key.
struct EntryReader<'v>(&'v Entry);

impl<'v> IntoDeserializer<'v, ReadError> for EntryReader<'v> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for EntryReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Entry { key, key_origin, value } = self.0;
        visitor.visit_seq(Parts { origin: Some(key_origin.0), key: Some(key), value: Some(Reader::of(value)) })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The elements that a `Setting` is read from, origin and value, or an entry of a map, with its key between the two.
struct Parts<'v> {
    origin: Option<u32>,
    key: Option<&'v str>,
    value: Option<Reader<'v>>,
}

impl<'de> de::SeqAccess<'de> for Parts<'de> {
    type Error = ReadError;
    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        if let Some(origin) = self.origin.take() {
            return seed.deserialize(IntoDeserializer::<ReadError>::into_deserializer(origin)).map(Some);
        }
        if let Some(key) = self.key.take() {
            return seed.deserialize(IntoDeserializer::<ReadError>::into_deserializer(key)).map(Some);
        }
        match self.value.take() {
            Some(reader) => reader.here(seed.deserialize(reader)).map(Some),
            None => Ok(None),
        }
    }
}
