//! A resource, and what is certain of it.

use crate::cfn::{self, Function, Resource, Target};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::value::{Kind, Value};

use super::super::scope::Scope;

/// A resource under a check, in its template.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub scope: &'a Scope<'a>,
    pub resource: &'a Resource<Target>,
}

impl<'a> Subject<'a> {
    pub(super) fn id(&self) -> &'a str {
        &self.resource.id
    }

    /// The property at a path.
    pub(super) fn get(&self, path: &[&str]) -> Option<&'a Value<Target>> {
        self.resource.properties.at(path)
    }

    /// An error about this resource.
    pub(super) fn error(&self, code: Code, title: impl Into<String>, at: OriginId, label: &str) -> Diagnostic {
        self.point(Diagnostic::error(code, title), at, label)
    }

    /// Points at a part of this resource, or at its owner where the part was not written.
    pub(super) fn point(&self, diagnostic: Diagnostic, at: OriginId, label: &str) -> Diagnostic {
        diagnostic.at_origin(self.scope.origins, at, &[self.scope.owner(self.id())], label)
    }

    /// Replaces a literal that stands in a file just so, with quotes or without.
    pub(super) fn repair(&self, diagnostic: Diagnostic, literal: &Value<Target>, by: &str) -> Diagnostic {
        let Some(written) = cfn::literal(literal) else { return diagnostic };
        for quote in ["", "\"", "'"] {
            if let Some(span) = self.scope.written(literal.origin, &format!("{quote}{written}{quote}")) {
                return diagnostic.edit(span, format!("{quote}{by}{quote}"));
            }
        }
        diagnostic
    }

    /// The resource of the same template that a value refers to, by `Ref` or by any attribute.
    pub(super) fn referred(&self, value: &'a Value<Target>) -> Option<Subject<'a>> {
        let (Function::Ref(id) | Function::GetAtt(id, _)) = Function::of(value)? else { return None };
        let resource = self.scope.resources.get(id)?;
        Some(Subject { scope: self.scope, resource })
    }

    /// The same, if it is of some type.
    pub(super) fn referred_as(&self, value: &'a Value<Target>, resource_type: &str) -> Option<Subject<'a>> {
        self.referred(value).filter(|found| found.resource.type_name() == resource_type)
    }

    /// Whether a property surely has no value.
    pub(super) fn lacks(&self, key: &str) -> bool {
        lacks(&self.resource.properties, key)
    }

    /// A boolean property; its default where it surely has no value, and none where only the deploy knows it.
    pub(super) fn flag(&self, key: &str, default: bool) -> Option<bool> {
        match self.get(&[key]) {
            Some(value) => boolean(value),
            None => self.lacks(key).then_some(default),
        }
    }
}

/// Whether a map surely has no value under a key: nothing that it holds comes from a function.
pub(super) fn lacks(map: &Value<Target>, key: &str) -> bool {
    is_plain(map) && map.get(key).is_none()
}

/// Whether a map has all its keys, and gets none from a condition or a macro.
pub(super) fn is_plain(map: &Value<Target>) -> bool {
    matches!(map.kind, Kind::Map(_)) && !map.entries().iter().any(|e| e.key == "Ref" || e.key.starts_with("Fn::"))
}

/// The items of a list that stand there, if all do.
pub(super) fn all_items(value: &Value<Target>) -> Option<&[Value<Target>]> {
    match &value.kind {
        Kind::List(items) if items.iter().all(|item| !may_vanish(item)) => Some(items),
        _ => None,
    }
}

/// Whether a value may turn out to be none, or to be several.
pub(super) fn may_vanish(value: &Value<Target>) -> bool {
    match Function::of(value) {
        Some(Function::Ref(id)) => id == "AWS::NoValue",
        Some(Function::Call(name, _)) => !matches!(name, "Sub" | "Join" | "Base64" | "ImportValue" | "Select"),
        _ => false,
    }
}

/// A text that surely stands there as it is.
pub(super) fn text(value: &Value<Target>) -> Option<String> {
    cfn::literal(value).filter(|text| !text.contains("{{resolve:"))
}

/// The text under a key.
pub(super) fn text_at(map: &Value<Target>, path: &[&str]) -> Option<String> {
    map.at(path).and_then(text)
}

/// A number that surely stands there, written as a number or as text.
pub(super) fn number(value: &Value<Target>) -> Option<f64> {
    match &value.kind {
        Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
            text(value)?.trim().parse().ok().filter(|n: &f64| n.is_finite())
        }
        _ => None,
    }
}

/// A boolean that surely stands there, written as one or as text.
pub(super) fn boolean(value: &Value<Target>) -> Option<bool> {
    match &value.kind {
        Kind::Bool(b) => Some(*b),
        Kind::Text(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}
