//! What a run says at its end: a line a parameter, with what became of it.

use serde_json::json;

use crate::cli::Result;
use crate::cli::report::Failure;
use crate::release::Package;

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Brought now.
    New,
    /// It was there.
    There,
    /// Made, and not brought: a run that tries.
    Made,
    /// A release that was given says it.
    Given,
    /// The component was not packed, and keeps it.
    Kept,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::There => "there",
            State::Made => "made",
            State::Given => "given",
            State::Kept => "kept",
        }
    }
}

/// A parameter of the release.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) parameter: String,
    pub(super) value: String,
    state: State,
    weight: String,
}

impl Row {
    pub(super) fn of(package: &Package<'_>, value: String, state: State) -> Row {
        Row { parameter: package.artifact.parameter.clone(), value, state, weight: String::new() }
    }

    /// How much it is.
    pub(super) fn with(self, weight: &str) -> Row {
        Row { weight: weight.to_owned(), ..self }
    }

    /// As much of the value as people compare.
    fn short(&self) -> &str {
        let digest = self.value.rsplit(['-', ':']).next().unwrap_or_default();
        digest.get(..SHORT).unwrap_or(digest)
    }
}

/// How many characters of a digest people compare.
const SHORT: usize = 12;

/// A size for people.
pub(super) fn mebibytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..0x10_0000 => format!("{} KB", bytes.div_ceil(1 << 10)),
        _ => {
            let tenths = (bytes * 10).div_ceil(1 << 20);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// The summary. A run that tries says where things were laid out, and whether it would have built first.
pub(super) fn text(rows: &[Row], release: &str, tried: Option<(&str, bool)>) -> String {
    let width = rows.iter().map(|row| row.parameter.len()).max().unwrap_or_default();
    let mut text = String::new();
    for row in rows {
        let line = format!("{:width$}  {:SHORT$}  {:5}  {}", row.parameter, row.short(), row.state.word(), row.weight);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let line = match (rows.is_empty(), tried) {
        (true, None) => format!("The stage has no code. Written to {release}.\n"),
        (false, None) => format!("Written to {release}.\n"),
        (_, Some((folder, false))) => format!("Tried: laid out in {folder}/, nothing brought, {release} as it was.\n"),
        (_, Some((folder, true))) => {
            format!("Tried: nothing built, laid out in {folder}/, nothing brought, {release} as it was.\n")
        }
    };
    text + &line
}

/// The same for programs; `release` is where it was written.
pub(super) fn json(rows: &[Row], release: Option<&str>) -> Result<String> {
    let row = |row: &Row| json!({"parameter": row.parameter, "value": row.value, "state": row.state.word()});
    let document = json!({"release": release, "packages": rows.iter().map(row).collect::<Vec<_>>()});
    let text = serde_json::to_string(&document);
    text.map(|text| text + "\n").map_err(|error| Failure::Usage(format!("the summary cannot be written: {error}")))
}
