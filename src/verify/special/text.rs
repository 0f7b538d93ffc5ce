//! Texts that are put together when they are deployed, as far as they are known before.

use crate::cfn::{Function, SubPart, Target, sub_parts};
use crate::value::{Kind, Value};

/// Stands for what only the deploy knows; a text of a template cannot hold it otherwise, since YAML readers refuse it.
pub(super) const UNKNOWN: char = '\u{fffe}';

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Itself.
    Text(&'a str),
    /// What `Ref` gives.
    Ref(&'a str),
    /// An attribute of a resource.
    Attribute(&'a str, &'a str),
    /// Anything else.
    Other,
}

/// The parts of a text that is literal, joined or substituted; none of anything else.
pub(super) fn pieces(value: &Value<Target>) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    match (&value.kind, Function::of(value)) {
        (Kind::Text(text), _) => found.push(Piece::Text(text)),
        (_, Some(Function::Join(parts))) => parts.iter().for_each(|part| add(part, &mut found)),
        (_, Some(Function::Call("Sub" | "Join", _))) => add(value, &mut found),
        _ => return None,
    }
    Some(found)
}

fn add<'a>(value: &'a Value<Target>, found: &mut Vec<Piece<'a>>) {
    match (&value.kind, Function::of(value)) {
        (Kind::Text(text), _) => found.push(Piece::Text(text)),
        (_, Some(Function::Ref(id))) => found.push(Piece::Ref(id)),
        (Kind::Ref(Target::GetAtt(id, attribute)), _) => found.push(Piece::Attribute(id, attribute)),
        (_, Some(Function::Join(parts))) => parts.iter().for_each(|part| add(part, found)),
        (_, Some(Function::Call("Sub", argument))) => substituted(argument, found),
        (_, Some(Function::Call("Join", argument))) => match argument.items() {
            [delimiter, list] if matches!(list.kind, Kind::List(_)) => {
                for (at, item) in list.items().iter().enumerate() {
                    if at > 0 {
                        add(delimiter, found);
                    }
                    add(item, found);
                }
            }
            _ => found.push(Piece::Other),
        },
        _ => found.push(Piece::Other),
    }
}

fn substituted<'a>(argument: &'a Value<Target>, found: &mut Vec<Piece<'a>>) {
    let (template, given) = match argument.items() {
        [template, given] => (template, given.entries()),
        _ => (argument, &[][..]),
    };
    let Some(text) = template.as_text() else { return found.push(Piece::Other) };
    for part in sub_parts(text) {
        match part {
            SubPart::Literal(text) => found.push(Piece::Text(text)),
            SubPart::Name(name) => match (given.iter().find(|e| e.key == name), name.split_once('.')) {
                (Some(entry), _) => add(&entry.value, found),
                (None, Some((id, attribute))) => found.push(Piece::Attribute(id, attribute)),
                (None, None) => found.push(Piece::Ref(name)),
            },
        }
    }
}

/// The text of a value, with [`UNKNOWN`] for what only the deploy knows; none of what is no text.
pub(super) fn known(value: &Value<Target>) -> Option<String> {
    let mut text = String::new();
    for piece in pieces(value)? {
        match piece {
            Piece::Text(part) => text.push_str(part),
            _ => text.push(UNKNOWN),
        }
    }
    Some(text)
}

/// The fields of an ARN, as far as they are known.
pub(super) struct Arn {
    fields: Vec<String>,
}

impl Arn {
    /// The ARN that a value spells.
    pub(super) fn of(value: &Value<Target>) -> Option<Arn> {
        let text = known(value)?;
        let fields: Vec<String> = text.splitn(6, ':').map(str::to_owned).collect();
        // What is unknown may hold colons, so that only fields before it are where they seem to be; a partition holds none.
        (fields.len() == 6 && fields.first().is_some_and(|f| f == "arn")).then_some(Arn { fields })
    }

    /// A field, if all before it are sure to be where they seem.
    fn field(&self, at: usize) -> Option<&str> {
        let before = self.fields.iter().take(at).enumerate();
        let is_sure = before.into_iter().all(|(i, field)| i == 1 || !field.contains(UNKNOWN));
        self.fields.get(at).filter(|field| is_sure && !field.contains(UNKNOWN)).map(String::as_str)
    }

    pub(super) fn partition(&self) -> Option<&str> {
        self.field(1)
    }

    pub(super) fn service(&self) -> Option<&str> {
        self.field(2)
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.field(3)
    }

    /// What follows the account, which may itself be unknown: it holds no colon.
    pub(super) fn rest(&self) -> Option<&str> {
        self.region()?;
        self.fields.get(5).map(String::as_str)
    }
}
