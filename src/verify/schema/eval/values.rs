//! What the evaluation knows of values by themselves.

use std::borrow::Cow;

use crate::aws::Types;
use crate::cfn::{Function, Target};
use crate::value::{Kind, Value};
use crate::verify::scope::Scope;

/// A path as people write it: `Statement[0].Action`.
pub(super) fn place(path: &[Cow<'_, str>]) -> String {
    let mut text = String::new();
    for step in path {
        match step.parse::<usize>() {
            Ok(at) => text.push_str(&format!("[{at}]")),
            Err(_) if text.is_empty() => text.push_str(step),
            Err(_) => {
                text.push('.');
                text.push_str(step);
            }
        }
    }
    text
}

/// Which of the keys are there; nothing if it is no map, or a macro may add some.
pub(super) fn keys_there(value: &Value<Target>, keys: &[&'static str]) -> Option<Vec<&'static str>> {
    let Kind::Map(entries) = &value.kind else { return None };
    if entries.iter().any(|e| e.key.starts_with("Fn::")) {
        return None;
    }
    let is_there = |key: &&str| value.get(key).is_some_and(|v| !Scope::is_absent(v));
    Some(keys.iter().copied().filter(is_there).collect())
}

/// Whether a value stands for exactly one: a condition may leave it out, and other functions may give several.
pub(super) fn is_one(value: &Value<Target>) -> bool {
    !matches!(Function::of(value), Some(Function::Call("If" | "Transform" | "FindInMap", _)))
        && !Scope::is_absent(value)
}

/// Whether a pattern takes ARNs only. Where `arn` stands in parentheses it may be left out.
pub(super) fn is_arn(pattern: &str) -> bool {
    pattern.trim_start_matches('^').starts_with("arn")
}

/// Whether a value is of one of the kinds. CloudFormation reads numbers and booleans from texts, and texts from them.
pub(super) fn is_of(wanted: Types, value: &Value<Target>) -> bool {
    let numbers = Types::NUMBER.or(Types::INTEGER);
    match &value.kind {
        Kind::Null => false,
        Kind::Bool(_) => wanted.meets(Types::BOOLEAN.or(Types::STRING)),
        Kind::Int(_) => wanted.meets(numbers.or(Types::STRING)),
        Kind::Float(x) => {
            wanted.meets(Types::NUMBER.or(Types::STRING)) || (wanted.meets(Types::INTEGER) && x.fract() == 0.0)
        }
        Kind::Text(text) => {
            wanted.meets(Types::STRING)
                || (wanted.meets(Types::BOOLEAN) && ["true", "false", "True", "False"].contains(&text.as_str()))
                || (wanted.meets(Types::NUMBER) && text.trim().parse::<f64>().is_ok_and(f64::is_finite))
                || (wanted.meets(Types::INTEGER) && text.trim().parse::<i64>().is_ok())
        }
        Kind::List(_) => wanted.meets(Types::ARRAY),
        Kind::Map(_) => wanted.meets(Types::OBJECT),
        Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => true,
    }
}

/// Whether what a reference gives can be what is wanted. A text may hold a number, unless it is known to be something else.
pub(super) fn fits(wanted: Types, given: Types, what: Option<&str>) -> bool {
    let scalars = Types::STRING.or(Types::NUMBER).or(Types::INTEGER).or(Types::BOOLEAN);
    if wanted.meets(given) || wanted.meets(Types::STRING) && given.meets(scalars) {
        return true;
    }
    if !wanted.meets(scalars) || !given.meets(scalars) {
        return false;
    }
    let is_name =
        |what: &str| ["Arn", "Id", "Name", "Url", "Address", "Endpoint"].iter().any(|end| what.ends_with(end));
    !(given == Types::STRING && what.is_some_and(is_name))
}

pub(super) fn number(value: &Value<Target>) -> Option<f64> {
    match &value.kind {
        #[expect(clippy::cast_precision_loss, reason = "bounds of properties are far below 2^53")]
        Kind::Int(i) => Some(*i as f64),
        Kind::Float(x) => Some(*x),
        Kind::Text(text) => text.trim().parse().ok().filter(|x: &f64| x.is_finite()),
        _ => None,
    }
}

/// Whether two values say the same, wherever they stand.
pub(super) fn same(a: &Value<Target>, b: &Value<Target>) -> bool {
    let all = |a: &[Value<Target>], b: &[Value<Target>]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    match (&a.kind, &b.kind) {
        (Kind::List(a), Kind::List(b)) | (Kind::Join(a), Kind::Join(b)) => all(a, b),
        (Kind::Map(x), Kind::Map(y)) => {
            x.len() == y.len() && x.iter().all(|e| b.get(&e.key).is_some_and(|other| same(&e.value, other)))
        }
        (Kind::Call(f, x), Kind::Call(g, y)) => f == g && same(x, y),
        (Kind::Ref(a), Kind::Ref(b)) => a == b,
        (a, b) => a == b,
    }
}

/// A value as a message shows it.
pub(super) fn shown(value: &Value<Target>) -> String {
    match &value.kind {
        Kind::Null => "nothing".to_owned(),
        Kind::Bool(b) => format!("`{b}`"),
        Kind::Int(i) => format!("`{i}`"),
        Kind::Float(x) => format!("`{x}`"),
        Kind::Text(text) => format!("`{text}`"),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a map".to_owned(),
        Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => "a reference".to_owned(),
    }
}
