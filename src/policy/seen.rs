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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    const AT: OriginId = OriginId(0);

    fn text(text: &str) -> Value<Target> {
        Value::text(AT, text)
    }

    fn region() -> Value<Target> {
        Value::reference(AT, Target::Ref("AWS::Region".to_owned()))
    }

    #[test]
    fn what_is_not_written_is_told_apart_from_what_is_not_known() {
        let call = Value::new(AT, Kind::Call("If".to_owned(), Box::new(text("a"))));
        let long = Value::map(AT, [("Fn::If", text("a"))]);
        let map = Value::map(AT, [("Is", text("so")), ("Call", call), ("Long", long), ("Ref", region())]);
        let outer = Value::map(AT, [("Map", Value::map(AT, [("Is", text("so"))])), ("Unknown", map)]);
        assert!(matches!(at(&outer, &["Map", "Is"]), Seen::This(v) if v.as_text() == Some("so")));
        assert!(matches!(at(&outer, &["Map", "Other"]), Seen::Nothing(Some(last)) if last.key == "Map"));
        assert!(matches!(at(&outer, &["Other", "Is"]), Seen::Nothing(None)));
        // A key `Ref` makes a map one that the deploy reads.
        assert!(matches!(at(&outer, &["Unknown", "Is"]), Seen::Unknown));
        let each = Value::map(AT, [("Call", outer.at(&["Unknown", "Call"]).unwrap().clone())]);
        assert!(matches!(at(&each, &["Call"]), Seen::Unknown));
        assert!(matches!(at(&each, &["Call", "Below"]), Seen::Unknown));
    }

    #[test]
    fn numbers_and_flags_are_read_from_texts_as_well() {
        assert_eq!([flag(&text("true")), flag(&text("false")), flag(&text("yes"))], [Some(true), Some(false), None]);
        assert_eq!([number(&text("22")), number(&text("-1")), number(&text("a"))], [Some(22), Some(-1), None]);
    }

    #[test]
    fn the_end_of_a_text_is_known_although_its_beginning_is_not() {
        let end = ":policy/A";
        let join = Value::new(AT, Kind::Join(vec![text("arn:"), region(), text(":iam::aws:policy/A")]));
        let sub =
            Value::new(AT, Kind::Call("Sub".to_owned(), Box::new(text("arn:${AWS::Partition}:iam::aws:policy/A"))));
        let long =
            Value::map(AT, [("Fn::Sub", Value::list(AT, vec![text("${A}:policy/A"), Value::map::<String>(AT, [])]))]);
        assert!([join, sub, long].iter().all(|v| ends_with(v, end)));
        let open = Value::new(AT, Kind::Join(vec![text(end), region()]));
        assert!(!ends_with(&open, end) && !ends_with(&region(), end));
    }
}
