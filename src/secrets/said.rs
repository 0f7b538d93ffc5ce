//! What AWS says is there: which parameters with which types, which keys of which JSON secrets. Values are not taken, and no
//! message shows more of a file than the names in it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Declared;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::json::{Broken, Json, Located, documents};
use crate::manifest::Kept;
use crate::source::{FileId, Sources, Span};

/// `CFN520`: a file that is no answer.
pub const CFN520: Code = Code {
    id: "CFN520",
    explanation: "the file does not say which secrets are there\n\n\
        `secrets --check` reads what `aws ssm get-parameters-by-path` and `aws secretsmanager get-secret-value` print as JSON, one \
        after the other in a file or in several. What is neither, or ends too early, or is one page of several, is refused as a whole: \
        what is missing in it would look as if it were not there. Of such a file no line is ever shown, because it may hold values.\n\n\
        Ask again with `--output json`, and without `--max-items` and `--no-paginate`.",
};

/// What is there.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// JSON secrets by name.
    pub secrets: BTreeMap<String, JsonSecret>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// `String`, `StringList` or `SecureString`; unknown where the answer does not say it.
    pub parameter_type: Option<String>,
    /// Where its name stands.
    pub at: Span,
}

/// A JSON secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonSecret {
    /// Its keys, and whether there is something under each.
    pub keys: BTreeMap<String, bool>,
    /// Where its name stands.
    pub at: Span,
}

/// Something that an answer says, with its name.
enum Found {
    Parameter(Located, Option<Located>),
    Secret(Located, BTreeMap<String, bool>),
}

/// Why a file cannot be taken.
struct Refusal {
    title: String,
    label: &'static str,
    at: Span,
    help: &'static str,
}

const JSON_OUTPUT: &str = "ask again, with `--output json`";
const WHOLE: &str = "ask again, without `--max-items` and `--no-paginate`";

/// Reads files by their paths and texts. They are added to `sources` with nothing in them but names.
pub fn read(files: Vec<(String, String)>, sources: &mut Sources, findings: &mut Diagnostics) -> Said {
    let mut said = Said::default();
    for (path, text) in files {
        let found = all(&text);
        let shown = found.iter().flatten().flat_map(|found| match found {
            Found::Parameter(name, None) | Found::Secret(name, _) => vec![name.span.range()],
            Found::Parameter(name, Some(parameter_type)) => vec![name.span.range(), parameter_type.span.range()],
        });
        let shown: Vec<Range<usize>> = shown.collect();
        let file = sources.add(path, veiled(&text, &shown));
        match found {
            Ok(found) => found.into_iter().for_each(|found| said.take(found, file)),
            Err(Refusal { title, label, at, help }) => {
                findings.push(Diagnostic::error(CFN520, title).at(Span { file, ..at }, label).help(help));
            }
        }
    }
    said
}

impl Said {
    /// Whether a secret has a value.
    #[must_use]
    pub fn has(&self, declared: &Declared<'_>) -> bool {
        match &declared.kept {
            Kept::Parameter(name) => self.parameters.contains_key(name),
            Kept::Key { secret, key } => self.secrets.get(secret).and_then(|known| known.keys.get(key)) == Some(&true),
        }
    }

    fn take(&mut self, found: Found, file: FileId) {
        match found {
            Found::Parameter(name, parameter_type) => {
                let at = Span { file, ..name.span };
                let parameter_type = parameter_type.map(|said| said.text);
                self.parameters.insert(name.text, Parameter { parameter_type, at });
            }
            Found::Secret(name, keys) => {
                let at = Span { file, ..name.span };
                self.secrets.insert(name.text, JsonSecret { keys, at });
            }
        }
    }
}

/// A text with blanks in the place of everything but line ends and what may be shown. Bytes stay where they are.
#[must_use]
pub fn veiled(text: &str, shown: &[Range<usize>]) -> String {
    let is_shown = |at: usize| shown.iter().any(|range| range.contains(&at));
    let mut veiled = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' => veiled.push('\n'),
            c if is_shown(at) => veiled.push(c),
            c => veiled.extend(std::iter::repeat_n(' ', c.len_utf8())),
        }
    }
    veiled
}

/// What a text says, whatever it is.
fn all(text: &str) -> Result<Vec<Found>, Refusal> {
    let nowhere = FileId(0);
    let beginning = Span::new(nowhere, 0, usize::from(!text.is_empty()));
    let refuse = |title: &str, label, at, help| Refusal { title: title.to_owned(), label, at, help };
    if text.trim().is_empty() {
        return Err(refuse(
            "the file is empty",
            "nothing was answered",
            beginning,
            "ask again: `aws` said why there is nothing",
        ));
    }
    if text.trim_start().starts_with("An error occurred") {
        return Err(refuse(
            "the file is an error of `aws`, and no answer",
            "an error",
            beginning,
            "ask again when it is mended",
        ));
    }
    let documents = documents(text, nowhere).map_err(|Broken { span, ends_early }| match ends_early {
        true => refuse("the file ends too early: it is not the whole answer", "JSON goes on here", span, JSON_OUTPUT),
        false => refuse("the file is no JSON, as `aws` prints it", "no JSON", span, JSON_OUTPUT),
    })?;
    let mut found = Vec::new();
    for document in documents {
        match document.items() {
            Some(items) => items.into_iter().try_for_each(|item| parameter(item).map(|p| found.push(p)))?,
            None => answer(document, &mut found)?,
        }
    }
    Ok(found)
}

/// One answer of `aws`.
fn answer(document: Json<'_>, found: &mut Vec<Found>) -> Result<(), Refusal> {
    let neither = || Refusal {
        title: "this is neither a list of parameters nor the value of a secret".to_owned(),
        label: "the answer to another question",
        at: document.start(),
        help: "give what `aws ssm get-parameters-by-path` and `aws secretsmanager get-secret-value` print",
    };
    let fields = document.fields().ok_or_else(neither)?;
    if fields.contains_key("NextToken") {
        let title = "the answer is one page of several".to_owned();
        return Err(Refusal { title, label: "not the whole answer", at: document.start(), help: WHOLE });
    }
    if let Some(list) = fields.get("Parameters") {
        for item in list.items().ok_or_else(neither)? {
            found.push(parameter(item)?);
        }
        return Ok(());
    }
    if let Some(one) = fields.get("Parameter") {
        found.push(parameter(*one)?);
        return Ok(());
    }
    let name = fields.get("Name").and_then(|name| name.string()).ok_or_else(neither)?;
    let Some(value) = fields.get("SecretString") else {
        let title = format!("the answer does not hold the value of the secret `{}`", name.text);
        let help = "give what `aws secretsmanager get-secret-value` prints";
        return Err(Refusal { title, label: "no `SecretString`", at: document.start(), help });
    };
    let no_object = || Refusal {
        title: format!("the secret `{}` is no JSON object", name.text),
        label: "its value has another form",
        at: value.start(),
        help: "make it one: a key for each name of a secret, with its value as text",
    };
    let text = value.string().ok_or_else(no_object)?.text;
    let keys: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).map_err(|_| no_object())?;
    let is_filled = |value: &serde_json::Value| !matches!(value, serde_json::Value::Null) && value.as_str() != Some("");
    found.push(Found::Secret(name, keys.iter().map(|(key, value)| (key.clone(), is_filled(value))).collect()));
    Ok(())
}

fn parameter(item: Json<'_>) -> Result<Found, Refusal> {
    let no_parameter = || Refusal {
        title: "an item of the list is no parameter".to_owned(),
        label: "no `Name`",
        at: item.start(),
        help: "give what `aws ssm get-parameters-by-path` prints",
    };
    let fields = item.fields().ok_or_else(no_parameter)?;
    let name = fields.get("Name").and_then(|name| name.string()).ok_or_else(no_parameter)?;
    Ok(Found::Parameter(name, fields.get("Type").and_then(|said| said.string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_left_of_a_file() {
        let text = "{\"Parameters\": [{\"Name\": \"/a/b/C\", \"Value\": \"hunter2 ä\",\n \"Type\": \"SecureString\"}]}\n\
                    {\"Name\": \"a/b\", \"SecretString\": \"{\\\"K\\\": \\\"hunter3\\\", \\\"E\\\": \\\"\\\"}\"}";
        let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
        let said = read(vec![("x.json".to_owned(), text.to_owned())], &mut sources, &mut findings);
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(said.parameters["/a/b/C"].parameter_type.as_deref(), Some("SecureString"));
        assert_eq!(said.secrets["a/b"].keys, BTreeMap::from([("E".to_owned(), false), ("K".to_owned(), true)]));
        let left = &sources.file(FileId(0)).text;
        assert_eq!(left.len(), text.len());
        assert_eq!(left.split_whitespace().collect::<Vec<_>>(), ["\"/a/b/C\"", "\"SecureString\"", "\"a/b\""]);
        assert_eq!(sources.text(said.parameters["/a/b/C"].at), "\"/a/b/C\"");
    }

    #[test]
    fn of_what_cannot_be_read_nothing_is_left() {
        for text in [
            "",
            " \n",
            "hunter2",
            "{\"Parameters\": [{\"Name\": \"/a\", \"Value\": \"hunter2",
            "{\"Parameters\": \"hunter2\"}",
            "An error occurred (X) hunter2",
            "[\"hunter2\"]",
            "{\"Name\": \"a\", \"SecretString\": \"hunter2\"}",
            "{\"NextToken\": \"hunter2\", \"Parameters\": []}",
            "{\"Name\": \"a\", \"ARN\": \"hunter2\"}",
            "7",
            "\"hunter2\"",
        ] {
            let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
            read(vec![("x.json".to_owned(), text.to_owned())], &mut sources, &mut findings);
            assert!(findings.has_errors(), "{text}");
            assert!(sources.file(FileId(0)).text.trim().is_empty(), "{text}");
            assert!(!format!("{findings:?}").contains("hunter"), "{text}: {findings:?}");
        }
    }
}
