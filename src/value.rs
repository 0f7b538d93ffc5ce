//! Values with origins: the one tree that the phases pass on, from the overlaid manifest to the linked template.
//!
//! It is generic over what a reference is: a [`Symbol`] until the linker has placed everything, a
//! [`Target`](crate::cfn::Target) after it. A linked template therefore cannot hold an unresolved reference.

use std::cell::Cell;

use serde::{Serialize, Serializer};

use crate::origin::OriginId;

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Value<R = Symbol> {
    /// Where it comes from.
    pub origin: OriginId,
    /// What it is.
    pub kind: Kind<R>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<R = Symbol> {
    /// Nothing; stands in a layer only, where it removes a key.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value<R>>),
    /// A map; keys are unique.
    Map(Vec<Entry<R>>),
    /// What a reference gives.
    Ref(R),
    /// Texts and references side by side, read as one text.
    Join(Vec<Value<R>>),
    /// Another intrinsic function of CloudFormation, by its short name (`GetAZs`).
    Call(String, Box<Value<R>>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<R = Symbol> {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_origin: OriginId,
    /// The value.
    pub value: Value<R>,
}

/// A reference that the linker has not placed yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// An attribute of a component: `${ReggieDb.host}`.
    Attribute {
        /// The component.
        component: String,
        /// The attribute.
        attribute: String,
    },
    /// An attribute of a secret: `${secrets.StripeSecretKey.name}`.
    Secret {
        /// The secret.
        name: String,
        /// `name`, `arn` or `value`.
        attribute: String,
    },
    /// An output of a stack outside this stage, read when deployed.
    Output {
        /// The parameter that carries it.
        parameter: String,
        /// The stack's name.
        stack: String,
        /// Its region.
        region: String,
        /// The output.
        output: String,
        /// Whether it is a list, joined by commas.
        list: bool,
    },
    /// An input: a parameter without default that the deploy asks for.
    Input(String),
    /// An output of the bootstrap stack of the project's region, which all stages share.
    Bootstrap(String),
    /// A parameter that a release fills: the key of a zip, the digest of an image.
    Release(String),
    /// A resource of the same component, and maybe one of its attributes, in the component's own local ids.
    Local {
        /// The local id; `Self` is the component's own name.
        id: String,
        /// An attribute, or the resource's `Ref`.
        attribute: Option<String>,
    },
    /// A resource of another component that stands in the same stack.
    Beside {
        /// The component.
        component: String,
        /// Its local id there.
        id: String,
        /// An attribute, or the resource's `Ref`.
        attribute: Option<String>,
    },
    /// Every resource of a component that stands in the same stack; in `DependsOn` only.
    Component(String),
    /// A pseudo parameter, such as `AWS::Region`.
    Pseudo(String),
}

/// The name under which a value tells a serializer that it has been handed over.
pub(crate) const HANDED: &str = "$Value";

thread_local! {
    /// A value on its way past serde, whose data model has no references and no origins: one side hands it over and says so
    /// through serde, and the other side, which is ours too, takes it at once.
    static ON_ITS_WAY: Cell<Option<Value>> = const { Cell::new(None) };
}

/// Hands a value over to the other side of serde.
pub(crate) fn hand(value: Value) {
    ON_ITS_WAY.set(Some(value));
}

/// Takes the value that was handed over.
pub(crate) fn taken() -> Option<Value> {
    ON_ITS_WAY.take()
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hand(self.clone());
        serializer.serialize_unit_struct(HANDED)
    }
}

impl Value {
    /// A text in which `${AWS::…}` stands for a pseudo parameter, with more behind it: mostly an ARN.
    #[must_use]
    pub fn composed(origin: OriginId, text: &str, rest: impl IntoIterator<Item = Value>) -> Value {
        let (mut pieces, mut left) = (Vec::new(), text);
        while let Some((before, (name, after))) =
            left.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            if !before.is_empty() {
                pieces.push(Value::text(origin, before));
            }
            pieces.push(Value::reference(origin, Symbol::Pseudo(name.to_owned())));
            left = after;
        }
        if !left.is_empty() {
            pieces.push(Value::text(origin, left));
        }
        pieces.extend(rest);
        Value::new(origin, Kind::Join(pieces))
    }
}

impl<R> Value<R> {
    /// A value of some kind.
    #[must_use]
    pub fn new(origin: OriginId, kind: Kind<R>) -> Self {
        Value { origin, kind }
    }

    /// A text.
    pub fn text(origin: OriginId, text: impl Into<String>) -> Self {
        Value::new(origin, Kind::Text(text.into()))
    }

    /// A reference.
    #[must_use]
    pub fn reference(origin: OriginId, to: R) -> Self {
        Value::new(origin, Kind::Ref(to))
    }

    /// One value as itself, several as a list: IAM and others take both, and both are how it is written by hand.
    #[must_use]
    pub fn one_or_list(origin: OriginId, mut values: Vec<Value<R>>) -> Self {
        match (values.len(), values.pop()) {
            (1, Some(only)) => only,
            (_, last) => Value::list(origin, values.into_iter().chain(last).collect()),
        }
    }

    /// A list.
    #[must_use]
    pub fn list(origin: OriginId, items: Vec<Value<R>>) -> Self {
        Value::new(origin, Kind::List(items))
    }

    /// A map, from keys that share the value's origin.
    pub fn map<K: Into<String>>(origin: OriginId, entries: impl IntoIterator<Item = (K, Value<R>)>) -> Self {
        let entry = |(key, value): (K, Value<R>)| Entry { key: key.into(), key_origin: origin, value };
        Value::new(origin, Kind::Map(entries.into_iter().map(entry).collect()))
    }

    /// The entries of a map; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry<R>] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Value<R>] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of a map under `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry<R>> {
        self.entries().iter().find(|e| e.key == key)
    }

    /// The value of a map under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<R>> {
        self.entry(key).map(|e| &e.value)
    }

    /// The text of a text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value at a path of keys and list positions.
    #[must_use]
    pub fn at<S: AsRef<str>>(&self, path: &[S]) -> Option<&Value<R>> {
        path.iter().try_fold(self, |value, step| match &value.kind {
            Kind::List(items) => step.as_ref().parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => value.get(step.as_ref()),
        })
    }

    /// Calls `f` on every reference of the tree, with the origin of the value that holds it.
    pub fn each_reference<'a>(&'a self, f: &mut impl FnMut(&'a R, OriginId)) {
        match &self.kind {
            Kind::Ref(reference) => f(reference, self.origin),
            Kind::List(items) | Kind::Join(items) => items.iter().for_each(|v| v.each_reference(f)),
            Kind::Map(entries) => entries.iter().for_each(|e| e.value.each_reference(f)),
            Kind::Call(_, argument) => argument.each_reference(f),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
        }
    }

    /// The same tree with every reference replaced by what `f` makes of it.
    pub fn map_references<S>(self, f: &mut impl FnMut(R, OriginId) -> Value<S>) -> Value<S> {
        let origin = self.origin;
        let each = |items: Vec<Value<R>>, f: &mut _| -> Vec<Value<S>> {
            items.into_iter().map(|v| v.map_references(f)).collect()
        };
        let kind = match self.kind {
            Kind::Ref(reference) => return f(reference, origin),
            Kind::List(items) => Kind::List(each(items, f)),
            Kind::Join(items) => Kind::Join(each(items, f)),
            Kind::Map(entries) => Kind::Map(
                entries
                    .into_iter()
                    .map(|e| Entry { key: e.key, key_origin: e.key_origin, value: e.value.map_references(f) })
                    .collect(),
            ),
            Kind::Call(name, argument) => Kind::Call(name, Box::new(argument.map_references(f))),
            Kind::Null => Kind::Null,
            Kind::Bool(b) => Kind::Bool(b),
            Kind::Int(i) => Kind::Int(i),
            Kind::Float(x) => Kind::Float(x),
            Kind::Text(text) => Kind::Text(text),
        };
        Value::new(origin, kind)
    }
}
