//! JSON of others, with places: what a value is, and where in its file it stands.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::source::{FileId, Span, offset};

/// A value as its text, which is JSON, and where that begins.
#[derive(Debug, Clone, Copy)]
pub struct Json<'a> {
    file: FileId,
    at: usize,
    text: &'a str,
}

/// Why a text is no JSON.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Where it stops being JSON.
    pub span: Span,
    /// Whether it ends before its last value does.
    pub ends_early: bool,
}

/// The documents of a text, one after the other.
pub fn documents(text: &str, file: FileId) -> Result<Vec<Json<'_>>, Broken> {
    let whole = Json { file, at: 0, text };
    let mut found = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match document {
            Ok(document) => found.push(whole.part(document)),
            Err(error) => {
                let at = offset(text, error.line(), error.column());
                let rest = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                return Err(Broken { span: Span::new(file, at, at + rest), ends_early: error.is_eof() });
            }
        }
    }
    Ok(found)
}

impl<'a> Json<'a> {
    fn part(self, raw: &'a RawValue) -> Json<'a> {
        let text = raw.get();
        let at = self.at + text.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        Json { file: self.file, at, text }
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        Span::new(self.file, self.at, self.at + self.text.len())
    }

    /// Where it begins, to point at what is long.
    pub fn start(self) -> Span {
        Span::new(self.file, self.at, self.at + 1)
    }

    /// The fields of an object.
    pub fn fields(self) -> Option<BTreeMap<String, Json<'a>>> {
        let fields: BTreeMap<String, &'a RawValue> = serde_json::from_str(self.text).ok()?;
        Some(fields.into_iter().map(|(key, value)| (key, self.part(value))).collect())
    }

    /// The items of a list.
    pub fn items(self) -> Option<Vec<Json<'a>>> {
        let items: Vec<&'a RawValue> = serde_json::from_str(self.text).ok()?;
        Some(items.into_iter().map(|item| self.part(item)).collect())
    }

    /// A whole number that is not negative.
    pub fn integer(self) -> Option<u64> {
        serde_json::from_str(self.text).ok()
    }

    /// Yes or no.
    pub fn boolean(self) -> Option<bool> {
        serde_json::from_str(self.text).ok()
    }

    /// A text.
    pub fn string(self) -> Option<Located> {
        let text = serde_json::from_str(self.text).ok()?;
        Some(Located { text, span: self.span() })
    }
}

/// A text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What it says.
    pub text: String,
    /// Where.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_where_they_stand() {
        let text = "{\"a\": [1, \"ä\\n\"]}\n {\"b\" : {\"c\": \"d\"}}";
        let documents = documents(text, FileId(7)).unwrap();
        let said = |json: Json<'_>| text[json.span().range()].to_owned();
        let list = documents[0].fields().unwrap()["a"].items().unwrap();
        assert_eq!((said(list[0]), said(list[1])), ("1".to_owned(), "\"ä\\n\"".to_owned()));
        assert_eq!(list[1].string().unwrap().text, "ä\n");
        let inner = documents[1].fields().unwrap()["b"].fields().unwrap()["c"].string().unwrap();
        assert_eq!((inner.text.as_str(), &text[inner.span.range()]), ("d", "\"d\""));
        assert!(list[0].string().is_none() && list[0].fields().is_none() && documents[0].items().is_none());
    }

    #[test]
    fn what_is_no_json_says_where() {
        for (text, at, ends_early) in
            [("{\"a\": [1, 2", 10, true), ("{\"a\": 1} <html>", 9, false), ("{\n \"ä\": ö}", 9, false), ("", 0, true)]
        {
            match documents(text, FileId(0)) {
                Err(broken) => assert_eq!((broken.span.start, broken.ends_early), (at, ends_early), "{text}"),
                Ok(found) => assert!(text.is_empty() && found.is_empty(), "{text}"),
            }
        }
    }

    #[test]
    fn depth_is_no_matter() {
        let deep = "[".repeat(1_000_000);
        assert!(documents(&deep, FileId(0)).is_err());
        let closed = format!("{deep}{}", "]".repeat(1_000_000));
        assert_eq!(documents(&closed, FileId(0)).unwrap().len(), 1);
    }
}
