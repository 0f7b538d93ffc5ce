//! Values of another type: the quotes, their removal, the brackets, the number without its point; at the place where the
//! value is written, which a reference may lead to.

use serde_json::Value as Json;

use super::text::{example, text};
use super::{Place, Words};
use crate::diag::Diagnostic;
use crate::origin::{Origin, OriginId, VALUE_OF_REFERENCE};
use crate::source::Span;
use crate::value::{Kind, Value};

impl Words<'_> {
    /// A value of another type: offers the quotes, their removal, the brackets, or else shows how it is written.
    pub(super) fn retyped(
        &self,
        diagnostic: Diagnostic,
        wanted: &str,
        place: &Place<'_>,
        rule: Option<&Json>,
    ) -> Diagnostic {
        let Some(value) = place.value else { return diagnostic };
        if matches!(value.kind, Kind::Ref(_) | Kind::Join(_)) {
            return diagnostic
                .note("what a component gives is known only when it is deployed; this must be known before");
        }
        let scalar = matches!(value.kind, Kind::Int(_) | Kind::Float(_) | Kind::Bool(_));
        let quotable = scalar && !(matches!(value.kind, Kind::Float(_)) && wanted.contains("number"));
        let span = self.own_span(value);
        if span.is_none()
            && let Some(source) = self.source(value.origin)
            && let Some(act) = self.rewritten(value, wanted)
        {
            // Its text stands elsewhere, maybe for several; only its author knows what else would change with it.
            let name = self.reference_at(value.origin).unwrap_or_else(|| "it".to_owned());
            return diagnostic
                .context(source, "its value is written here")
                .help(format!("{act} where {name} is written"));
        }
        match span {
            Some(span) if whole(value).is_some() && wanted.contains("a whole number") => {
                let number = whole(value).unwrap_or_default();
                diagnostic.help(format!("write `{number}`")).edit(span, number)
            }
            // A number that is not whole stays none in quotes, where a whole number or a time may stand.
            Some(span) if quotable && wanted.contains("text") => {
                let written = self.sources.text(span);
                diagnostic.help(format!("put it in quotes: `\"{written}\"`")).edit(span, format!("\"{written}\""))
            }
            Some(span) if value.as_text().is_some_and(|t| is_in_vain_quoted(t, wanted)) => {
                let bare = value.as_text().unwrap_or_default();
                diagnostic.help(format!("write it without quotes: `{bare}`")).edit(span, bare)
            }
            Some(span) if wanted == "a list" && (scalar || value.as_text().is_some()) => {
                let listed = format!("[{}]", self.sources.text(span));
                diagnostic.help(format!("put it in brackets: `{listed}`")).edit(span, listed)
            }
            _ => match (rule.and_then(example), wanted) {
                (Some(example), _) => diagnostic.help(format!("write it like `{example}`")),
                (None, "a map") => diagnostic.help("write a map: one `key: value` a line, indented below this key"),
                (None, "a list") => diagnostic.help("write a list: one `- item` a line, or `[item, item]`"),
                (None, "text") => diagnostic.help("write one text"),
                (None, "`true` or `false`") => diagnostic.help("write `true` or `false`, without quotes"),
                (None, "a number" | "a whole number") => diagnostic.help(format!("write {wanted}, without quotes")),
                _ => diagnostic.help(format!("write {wanted}")),
            },
        }
    }

    /// The place of a value, if its text stands there as it is, and not a reference to it.
    pub(super) fn own_span(&self, value: &Value) -> Option<Span> {
        match self.origins.get(value.origin) {
            Origin::Manifest { span, .. } => Some(span),
            Origin::Default { .. } | Origin::Template { .. } | Origin::Derived { .. } => None,
        }
    }

    /// Where the value of a reference is written; none where it is composed of several.
    fn source(&self, origin: OriginId) -> Option<Span> {
        match self.origins.get(origin) {
            Origin::Manifest { span, .. } => Some(span),
            Origin::Derived { rule: VALUE_OF_REFERENCE, from } => self.source(*from.get(1)?),
            Origin::Derived { .. } | Origin::Default { .. } | Origin::Template { .. } => None,
        }
    }

    /// The reference that stands where a value is used, in backticks and without its braces.
    fn reference_at(&self, origin: OriginId) -> Option<String> {
        let span = self.origins.spans(origin).first().copied()?;
        let (_, path) = self.sources.text(span).split_once("${")?;
        path.split_once('}').map(|(path, _)| format!("`{}`", path.trim()))
    }

    /// What must be done to the text of a scalar so that it is of the type that is wanted.
    fn rewritten(&self, value: &Value, wanted: &str) -> Option<String> {
        let scalar = matches!(value.kind, Kind::Int(_) | Kind::Float(_) | Kind::Bool(_));
        let text = value.as_text();
        if let Some(number) = whole(value).filter(|_| wanted.contains("a whole number")) {
            Some(format!("write `{number}`"))
        } else if scalar && wanted.contains("text") && !wanted.contains("number") {
            Some(format!("put `{}` in quotes", text_of(value)))
        } else if text.is_some_and(|t| is_in_vain_quoted(t, wanted)) {
            Some(format!("write `{}` without quotes", text.unwrap_or_default()))
        } else {
            None
        }
    }
}

/// The whole number that a number with a point is, such as `7` of `7.0`.
fn whole(value: &Value) -> Option<String> {
    match value.kind {
        // Beyond this a float has no exact neighbours, and its digits would be invented.
        Kind::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => Some(format!("{x:.0}")),
        _ => None,
    }
}

/// A scalar as a message shows it.
fn text_of(value: &Value) -> String {
    text(&super::super::json(value))
}

/// Whether a text would be what is wanted if it had no quotes.
fn is_in_vain_quoted(text: &str, wanted: &str) -> bool {
    text.parse::<f64>().is_ok() && wanted.contains("number")
        || matches!(text, "true" | "false") && wanted.contains("`true`")
}
