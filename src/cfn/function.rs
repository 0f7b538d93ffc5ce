//! Intrinsic functions, however they are written: by the linker, with a tag, or as a map of one key.

use std::borrow::Cow;

use super::Target;
use crate::value::{Kind, Value};

/// An intrinsic function of CloudFormation.
#[derive(Debug, Clone, PartialEq)]
pub enum Function<'v> {
    /// `Ref` of a resource, a parameter or a pseudo parameter.
    Ref(&'v str),
    /// An attribute of a resource; none where only the deploy knows its name.
    GetAtt(&'v str, Option<Cow<'v, str>>),
    /// Texts and references side by side, which the linker joins.
    Join(&'v [Value<Target>]),
    /// A text of another stack.
    Import,
    /// A list of texts, of another stack or a parameter.
    List,
    /// Any other, by its short name, and what it is given.
    Call(&'v str, &'v Value<Target>),
}

impl<'v> Function<'v> {
    /// The function that a value is; none if it is plain.
    #[must_use]
    pub fn of(value: &'v Value<Target>) -> Option<Function<'v>> {
        match &value.kind {
            Kind::Ref(Target::Ref(id)) => Some(Function::Ref(id)),
            Kind::Ref(Target::GetAtt(id, attribute)) => {
                Some(Function::GetAtt(id, Some(Cow::Borrowed(attribute.as_str()))))
            }
            Kind::Ref(Target::Import(_)) => Some(Function::Import),
            Kind::Ref(Target::ImportList(_) | Target::ParameterList(_)) => Some(Function::List),
            Kind::Join(pieces) => Some(Function::Join(pieces)),
            Kind::Call(name, argument) => Some(Function::called(name, argument)),
            Kind::Map(entries) => match entries.as_slice() {
                [only] if only.key == "Ref" => Some(Function::called("Ref", &only.value)),
                [only] => only.key.strip_prefix("Fn::").map(|name| Function::called(name, &only.value)),
                _ => None,
            },
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => None,
        }
    }

    fn called(name: &'v str, argument: &'v Value<Target>) -> Function<'v> {
        let whole = Function::Call(name, argument);
        match name {
            "Ref" => argument.as_text().map_or(whole, Function::Ref),
            "GetAtt" => match (argument.as_text(), argument.items()) {
                (Some(path), _) => match path.split_once('.') {
                    Some((id, attribute)) => Function::GetAtt(id, Some(Cow::Borrowed(attribute))),
                    None => whole,
                },
                (None, [id, rest @ ..]) if !rest.is_empty() => match id.as_text() {
                    Some(id) => {
                        let names: Option<Vec<&str>> = rest.iter().map(Value::as_text).collect();
                        Function::GetAtt(id, names.map(|names| Cow::Owned(names.join("."))))
                    }
                    None => whole,
                },
                _ => whole,
            },
            _ => whole,
        }
    }
}

/// A part of the text of an `Fn::Sub`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubPart<'t> {
    /// Itself.
    Literal(&'t str),
    /// The name between `${` and `}`.
    Name(&'t str),
}

/// The parts of the text of an `Fn::Sub`; `${!x}` is a literal.
pub fn sub_parts(text: &str) -> Vec<SubPart<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(SubPart::Literal(before));
        }
        parts.push(match name.strip_prefix('!') {
            Some(literal) => SubPart::Literal(literal),
            None => SubPart::Name(name.trim()),
        });
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(SubPart::Literal(rest));
    }
    parts
}
