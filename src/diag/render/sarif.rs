//! A SARIF 2.1.0 log, for code scanning.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::message;
use super::place::{self, Place};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{Sources, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties<'a>>,
}

#[derive(Serialize)]
struct Properties<'a> {
    stages: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the name is SARIF's")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
    artifact_changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Inserted<'a>,
}

#[derive(Serialize)]
struct Inserted<'a> {
    text: &'a str,
}

/// Renders the log. It is complete, with no results, where there are no findings.
pub(super) fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let codes: BTreeMap<&str, Code> = diagnostics.all().iter().map(|d| (d.code.id, d.code)).collect();
    let index = |code: Code| codes.keys().position(|id| *id == code.id).unwrap_or_default();
    let results = diagnostics.all().iter().map(|d| finding(d, index(d.code), sources)).collect();
    let driver = Driver {
        name: "reggie-cfn",
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: codes.values().map(|code| rule(*code)).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(code: Code) -> Rule {
    let (title, rest) = code.explanation.trim().split_once('\n').unwrap_or((code.explanation.trim(), ""));
    let rest = if rest.trim().is_empty() { title } else { rest.trim() };
    Rule {
        id: code.id,
        short_description: Text { text: title.trim().to_owned() },
        full_description: Text { text: rest.to_owned() },
        help: Help { text: rest.to_owned(), markdown: rest.to_owned() },
    }
}

fn finding<'a>(diagnostic: &'a Diagnostic, rule_index: usize, sources: &Sources) -> Finding<'a> {
    // The labels' texts appear beside their places. Other places than the first primary one are related.
    let at = diagnostic.labels.iter().position(|label| label.primary).unwrap_or(0);
    let label = |id: Option<usize>, label: &crate::diag::Label| Location {
        id,
        physical_location: physical(sources, label.span),
        message: (!label.text.is_empty()).then(|| Text { text: label.text.clone() }),
    };
    let related = diagnostic.labels.iter().enumerate().filter(|(i, _)| *i != at);
    Finding {
        rule_id: diagnostic.code.id,
        rule_index,
        level: super::severity(diagnostic.severity),
        message: Text { text: message(diagnostic) },
        locations: diagnostic.labels.get(at).map(|l| label(None, l)).into_iter().collect(),
        related_locations: related.enumerate().map(|(id, (_, l))| label(Some(id), l)).collect(),
        fixes: fix(diagnostic, sources).into_iter().collect(),
        properties: (!diagnostic.stages.is_empty()).then_some(Properties { stages: &diagnostic.stages }),
    }
}

/// The repair: all edits together, by file.
fn fix<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Option<Fix<'a>> {
    let mut files = BTreeMap::new();
    for edit in &diagnostic.edits {
        let at = place::of_edit(sources, edit.span);
        let replacement =
            Replacement { deleted_region: region(at), inserted_content: Inserted { text: &edit.replacement } };
        files.entry(edit.span.file).or_insert_with(|| (at.file, Vec::new())).1.push(replacement);
    }
    let changes = files
        .into_values()
        .map(|(file, replacements)| Change { artifact_location: artifact(file), replacements })
        .collect::<Vec<_>>();
    let description = diagnostic.helps.last().map(|text| Text { text: text.clone() });
    (!changes.is_empty()).then_some(Fix { description, artifact_changes: changes })
}

fn physical(sources: &Sources, span: Span) -> PhysicalLocation {
    let at = place::of_label(sources, span);
    PhysicalLocation { artifact_location: artifact(at.file), region: region(at) }
}

fn region(at: Place) -> Region {
    let Place { start, end, .. } = at;
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn artifact(path: &str) -> Artifact {
    Artifact { uri: uri(path), uri_base_id: "%SRCROOT%" }
}

/// The path as a relative URI.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ => _ = write!(uri, "%{byte:02X}"),
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LIMIT: Code = Code { id: "CFN011", explanation: "A limit of AWS\n\nFirst `one`.\n\nSecond.\n" };
    const KEY: Code = Code { id: "MAN004", explanation: "A key that no one reads" };

    fn log() -> Value {
        let mut sources = Sources::default();
        let base = sources.add("environments/my base.yaml", "größe:\n  memroy: 1\n");
        let mut misspelt = Diagnostic::warning(KEY, "unknown key")
            .context(Span::new(base, 0, 7), "in this")
            .at(Span::new(base, 11, 17), "no setting")
            .help("use `memory`")
            .edit(Span::new(base, 11, 17), "memory");
        misspelt.stages = vec!["production".to_owned()];
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(misspelt);
        diagnostics.push(Diagnostic::error(LIMIT, "too much").note("fact"));
        serde_json::from_str(&render(&diagnostics, &sources)).expect("a log is JSON")
    }

    #[test]
    fn rules_are_sorted_and_explained() {
        let log = log();
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
        let driver = &log["runs"][0]["tool"]["driver"];
        assert_eq!([&driver["name"], &driver["version"]], ["reggie-cfn", env!("CARGO_PKG_VERSION")]);
        let rules = json!([
            {
                "id": "CFN011",
                "shortDescription": { "text": "A limit of AWS" },
                "fullDescription": { "text": "First `one`.\n\nSecond." },
                "help": { "text": "First `one`.\n\nSecond.", "markdown": "First `one`.\n\nSecond." },
            },
            {
                "id": "MAN004",
                "shortDescription": { "text": "A key that no one reads" },
                "fullDescription": { "text": "A key that no one reads" },
                "help": { "text": "A key that no one reads", "markdown": "A key that no one reads" },
            },
        ]);
        assert_eq!(driver["rules"], rules);
    }

    #[test]
    fn results_carry_places_and_repairs() {
        let file = json!({ "uri": "environments/my%20base.yaml", "uriBaseId": "%SRCROOT%" });
        let key = json!({ "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 9 });
        let above = json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 6 });
        let results = json!([
            {
                "ruleId": "MAN004",
                "ruleIndex": 1,
                "level": "warning",
                "message": { "text": "unknown key\nnote: in stage `production`\nhelp: use `memory`" },
                "locations": [{
                    "physicalLocation": { "artifactLocation": file, "region": key },
                    "message": { "text": "no setting" },
                }],
                "relatedLocations": [{
                    "id": 0,
                    "physicalLocation": { "artifactLocation": file, "region": above },
                    "message": { "text": "in this" },
                }],
                "fixes": [{
                    "description": { "text": "use `memory`" },
                    "artifactChanges": [{
                        "artifactLocation": file,
                        "replacements": [{ "deletedRegion": key, "insertedContent": { "text": "memory" } }],
                    }],
                }],
                "properties": { "stages": ["production"] },
            },
            {
                "ruleId": "CFN011",
                "ruleIndex": 0,
                "level": "error",
                "message": { "text": "too much\nnote: fact" },
                "locations": [],
            },
        ]);
        assert_eq!(log()["runs"][0]["results"], results);
    }

    #[test]
    fn paths_become_relative_uris() {
        assert_eq!(uri("a/b-c_d.yaml"), "a/b-c_d.yaml");
        assert_eq!(uri("a:b/100% ö.yaml"), "a%3Ab/100%25%20%C3%B6.yaml");
    }
}
