//! What a template says of a value: a word, nothing at all, or something that only the deploy knows.

use crate::cfn::Target;
use crate::value::{Entry, Kind, Value};

/// What stands at a path.
pub(super) enum Seen<'a> {
    /// Nothing; the last entry on the way that is there.
    Nothing(Option<&'a Entry<Target>>),
    /// What only the deploy knows.
    Unknown,
    /// This.
    This(&'a Value<Target>),
}

/// What stands at a path of keys below a map.
pub(super) fn at<'a>(value: &'a Value<Target>, path: &[&str]) -> Seen<'a> {
    let (mut value, mut last) = (value, None);
    for key in path {
        if is_unknown(value) {
            return Seen::Unknown;
        }
        match value.entry(key) {
            Some(entry) => (value, last) = (&entry.value, Some(entry)),
            None => return Seen::Nothing(last),
        }
    }
    if is_unknown(value) { Seen::Unknown } else { Seen::This(value) }
}

/// Whether only the deploy knows the value: a reference, a text with one in it, or what a function gives.
pub(super) fn is_unknown(value: &Value<Target>) -> bool {
    match &value.kind {
        Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => true,
        Kind::Map(entries) => entries.iter().any(|e| e.key.starts_with("Fn::") || e.key == "Ref"),
        _ => false,
    }
}

/// A boolean, also where it is written as a text.
pub(super) fn flag(value: &Value<Target>) -> Option<bool> {
    match (&value.kind, value.as_text()) {
        (Kind::Bool(flag), _) => Some(*flag),
        (_, Some("true")) => Some(true),
        (_, Some("false")) => Some(false),
        _ => None,
    }
}

/// A whole number, also where it is written as a text.
pub(super) fn number(value: &Value<Target>) -> Option<i64> {
    match &value.kind {
        Kind::Int(number) => Some(*number),
        Kind::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// The values where one or a list may stand.
pub(super) fn each(value: Option<&Value<Target>>) -> &[Value<Target>] {
    match value {
        Some(Value { kind: Kind::List(items), .. }) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// How a text ends that may begin with what only the deploy knows, such as `arn:${AWS::Partition}:…`.
pub(super) fn ends_with(value: &Value<Target>, end: &str) -> bool {
    match &value.kind {
        Kind::Text(text) => text.ends_with(end),
        Kind::Join(parts) => parts.last().is_some_and(|last| ends_with(last, end)),
        Kind::Call(name, argument) if name == "Sub" => each(Some(argument)).first().is_some_and(|t| ends_with(t, end)),
        Kind::Map(entries) => match entries.as_slice() {
            [only] if only.key == "Fn::Sub" => each(Some(&only.value)).first().is_some_and(|t| ends_with(t, end)),
            _ => false,
        },
        _ => false,
    }
}
