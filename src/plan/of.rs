//! Structs as plans, by serde.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{self, Error as _, Impossible};

use super::Plan;
use crate::origin::OriginId;
use crate::setting::SETTING;
use crate::value::{self, Entry, Kind, Value};

/// Makes a plan of what is serialized into it.
pub(super) struct Planning;

/// What serde's data model has and no plan has.
fn no_plan<T>() -> Result<T, Error> {
    Err(Error::custom("no part of a plan"))
}

fn number(number: impl TryInto<i64>) -> Result<Plan, Error> {
    number.try_into().map_or_else(|_| no_plan(), |number| Ok(Plan::Int(number)))
}

impl ser::Serializer for Planning {
    type Ok = Plan;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Impossible<Plan, Error>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Plan, Error>;

    fn serialize_bool(self, flag: bool) -> Result<Plan, Error> {
        Ok(Plan::Bool(flag))
    }
    fn serialize_i8(self, n: i8) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_i16(self, n: i16) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_i32(self, n: i32) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_i64(self, n: i64) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_u8(self, n: u8) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_u16(self, n: u16) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_u32(self, n: u32) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_u64(self, n: u64) -> Result<Plan, Error> {
        number(n)
    }
    fn serialize_f32(self, _: f32) -> Result<Plan, Error> {
        no_plan()
    }
    fn serialize_f64(self, _: f64) -> Result<Plan, Error> {
        no_plan()
    }
    fn serialize_char(self, c: char) -> Result<Plan, Error> {
        Ok(Plan::Text(c.to_string()))
    }
    fn serialize_str(self, text: &str) -> Result<Plan, Error> {
        Ok(Plan::Text(text.to_owned()))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<Plan, Error> {
        no_plan()
    }
    fn serialize_none(self) -> Result<Plan, Error> {
        Ok(Plan::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, some: &T) -> Result<Plan, Error> {
        some.serialize(self)
    }
    fn serialize_unit(self) -> Result<Plan, Error> {
        Ok(Plan::Null)
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<Plan, Error> {
        match name {
            value::HANDED => value::taken().map_or_else(no_plan, |value| Ok(Plan::Leaf(value))),
            _ => Ok(Plan::Null),
        }
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Plan, Error> {
        Ok(Plan::Text(variant.to_owned()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, inner: &T) -> Result<Plan, Error> {
        inner.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Plan, Error> {
        no_plan()
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Items, Error> {
        Ok(Items(Vec::with_capacity(len.unwrap_or_default())))
    }
    fn serialize_tuple(self, len: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<Plan, Error>, Error> {
        no_plan()
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Fields, Error> {
        Ok(Fields { fields: Vec::with_capacity(len.unwrap_or_default()), is_setting: false })
    }
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Fields, Error> {
        Ok(Fields { fields: Vec::with_capacity(len), is_setting: name == SETTING })
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<Plan, Error>, Error> {
        no_plan()
    }
}

/// A list on its way.
pub(super) struct Items(Vec<Plan>);

impl ser::SerializeSeq for Items {
    type Ok = Plan;
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.0.push(item.serialize(Planning)?);
        Ok(())
    }
    fn end(self) -> Result<Plan, Error> {
        Ok(Plan::List(self.0))
    }
}

impl ser::SerializeTuple for Items {
    type Ok = Plan;
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        ser::SerializeSeq::serialize_element(self, item)
    }
    fn end(self) -> Result<Plan, Error> {
        ser::SerializeSeq::end(self)
    }
}

impl ser::SerializeTupleStruct for Items {
    type Ok = Plan;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        ser::SerializeSeq::serialize_element(self, item)
    }
    fn end(self) -> Result<Plan, Error> {
        ser::SerializeSeq::end(self)
    }
}

/// A struct or a map on its way.
pub(super) struct Fields {
    fields: Vec<(Cow<'static, str>, Plan)>,
    is_setting: bool,
}

impl ser::SerializeMap for Fields {
    type Ok = Plan;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let Plan::Text(key) = key.serialize(Planning)? else { return no_plan() };
        self.fields.push((key.into(), Plan::Null));
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let Some((_, place)) = self.fields.last_mut() else { return no_plan() };
        *place = value.serialize(Planning)?;
        Ok(())
    }
    fn end(self) -> Result<Plan, Error> {
        Ok(Plan::Map(self.fields))
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Plan;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.fields.push((key.into(), value.serialize(Planning)?));
        Ok(())
    }
    fn end(mut self) -> Result<Plan, Error> {
        if !self.is_setting {
            return Ok(Plan::Map(self.fields));
        }
        // As `Setting` writes itself: its origin, then its value.
        match (self.fields.pop(), self.fields.pop()) {
            (Some((_, value)), Some((_, Plan::Int(origin)))) => {
                let origin = u32::try_from(origin).map_err(Error::custom)?;
                Ok(Plan::Leaf(with_origin(OriginId(origin), value)))
            }
            _ => no_plan(),
        }
    }
}

/// A setting's value: what has no origin of its own has the setting's.
fn with_origin(origin: OriginId, plan: Plan) -> Value {
    let kind = match plan {
        Plan::Leaf(value) => return value,
        Plan::Null => Kind::Null,
        Plan::Bool(b) => Kind::Bool(b),
        Plan::Int(n) => Kind::Int(n),
        Plan::Text(text) => Kind::Text(text),
        Plan::List(items) => Kind::List(items.into_iter().map(|item| with_origin(origin, item)).collect()),
        Plan::Map(fields) => {
            let entry = |(key, value): (Cow<'static, str>, Plan)| Entry {
                key: key.into_owned(),
                key_origin: origin,
                value: with_origin(origin, value),
            };
            Kind::Map(fields.into_iter().map(entry).collect())
        }
    };
    Value::new(origin, kind)
}
