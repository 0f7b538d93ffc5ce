//! Tag rows: which pages of a build have which tags, as the table of tags has them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::place::Place;
use crate::diag::{Code, Diagnostic};

/// `CFN511`: rows that cannot be read.
pub const CFN511: Code = Code {
    id: "CFN511",
    explanation: "the tags of the pages of a build cannot be read\n\n\
        OpenNext writes which of the pages that it has made already have which tags into `dynamodb-provider/dynamodb-cache.json`, as rows of a table: a list of maps with \
        a `tag` and a `path`. Without them `revalidateTag` and `revalidatePath` do not find these pages. The file is written by a program: one that \
        cannot be read was cut off or edited, and comes anew with the next build.",
};

/// How many rows `BatchWriteItem` takes at once. Source: Amazon DynamoDB API Reference.
const BATCH: usize = 25;

/// The rows of such a file, as requests of `BatchWriteItem`, as many in a text as it takes at once. A row that stands there twice is
/// brought once, since a request with two rows of one key is refused.
///
/// # Errors
/// It is no such file.
pub fn batches(text: &str) -> Result<Vec<String>, String> {
    let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut known = BTreeSet::new();
    let mut requests = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let text = |key: &str| row.get(key)?.get("S")?.as_str().map(str::to_owned);
        let (Some(tag), Some(path)) = (text("tag"), text("path")) else {
            return Err(format!("row {} has no `tag` or no `path`", number + 1));
        };
        if known.insert((tag, path)) {
            requests.push(json!({"PutRequest": {"Item": row}}));
        }
    }
    let write = |batch: &[Value]| serde_json::to_string(batch).map(|text| text + "\n");
    requests.chunks(BATCH).map(write).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// The finding about a file that [`batches`] does not read.
#[must_use]
pub fn refused(place: &Place<'_>, path: &str, why: &str) -> Diagnostic {
    let title = format!("`{path}` of `{}` holds no rows of tags: {why}", place.component);
    place
        .label(Diagnostic::error(CFN511, title), "the app that was built")
        .help("build the app again: the file is written by OpenNext")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_requests() {
        let row =
            |n: usize| json!({"tag": {"S": format!("b/t{n}")}, "path": {"S": "b/p"}, "revalidatedAt": {"N": "1"}});
        let rows: Vec<Value> = (0..51).map(row).chain([row(0)]).collect();
        let batches = batches(&json!(rows).to_string()).unwrap();
        let sizes: Vec<usize> =
            batches.iter().map(|batch| serde_json::from_str::<Vec<Value>>(batch).unwrap().len()).collect();
        assert_eq!(sizes, [25, 25, 1]);
        let first = r#"[{"PutRequest":{"Item":{"path":{"S":"b/p"},"revalidatedAt":{"N":"1"},"tag":{"S":"b/t0"}}}},"#;
        assert!(batches[0].starts_with(first), "{}", batches[0]);
        assert_eq!(super::batches("[]").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn other_files_are_no_rows() {
        for text in ["", "{}", "[1]", "[{}]", r#"[{"tag": "a", "path": "b"}]"#, r#"[{"tag": {"S": "a"}}]"#] {
            assert!(batches(text).is_err(), "{text}");
        }
    }
}
