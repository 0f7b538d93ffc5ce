//! Two tables compared cell by cell. What differs is listed as data, each with its reason, in both directions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::parse::Table;

/// What is listed under one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    because: String,
    differs: Vec<Differs>,
}

/// The table, the row, the column, what the document says, what we say.
type Differs = (String, String, String, Option<String>, Option<String>);

/// A place in a table: the table, the row, the column. Rows are those of the document, and ours where it has none; `*` is the whole
/// row, or the whole column.
type Place = (String, String, String);

/// The differences, with those that were met.
#[derive(Debug)]
pub struct Differences {
    listed: BTreeMap<Place, (Option<String>, Option<String>)>,
    met: BTreeSet<Place>,
    found: Vec<String>,
}

/// A column of the document, and the one of ours that says the same.
pub type Columns<'c> = &'c [(&'c str, &'c str)];

impl Differences {
    pub fn read(text: &str) -> Differences {
        let reasons: Vec<Reason> = serde_yaml::from_str(text).unwrap();
        let mut listed = BTreeMap::new();
        for reason in reasons {
            assert!(reason.because.len() > 20, "{reason:?}");
            for (table, row, column, document, ours) in reason.differs {
                let place = (table, row, column);
                assert!(document != ours || document.is_none(), "{place:?} does not differ");
                let known = listed.insert(place.clone(), (document, ours));
                assert!(known.is_none(), "{place:?} is listed twice");
            }
        }
        Differences { listed, met: BTreeSet::new(), found: Vec::new() }
    }

    /// Whether a difference is listed; if not, that is found.
    fn meet(&mut self, place: Place, document: Option<&str>, ours: Option<&str>) {
        let of = |text: Option<&str>| text.map(str::to_owned);
        match self.listed.get(&place) {
            Some(known) if *known == (of(document), of(ours)) => drop(self.met.insert(place)),
            known => {
                let (table, row, column) = &place;
                let text = |side: Option<&str>| side.map_or("null".to_owned(), |side| format!("{side:?}"));
                let line = format!("- [{table}, {row:?}, {column}, {}, {}]", text(document), text(ours));
                self.found.push(known.map_or(line.clone(), |known| format!("{line} # listed: {known:?}")));
                self.met.insert(place);
            }
        }
    }

    /// What a row of the document is called in ours: its name, unless another is listed.
    pub fn name_of(&mut self, table: &str, row: &str, column: &str) -> Option<String> {
        let place = (table.to_owned(), row.to_owned(), column.to_owned());
        match self.listed.get(&place) {
            Some((document, ours)) if document.as_deref() == Some(row) => {
                self.met.insert(place);
                ours.clone()
            }
            _ => Some(row.to_owned()),
        }
    }

    /// Compares a table of the document with ours; `names` says what a row is called in ours.
    pub fn compare(&mut self, document: &Table, ours: &Table, columns: Columns<'_>) {
        let key = document.columns[0].clone();
        let names = document.rows.iter().map(|row| self.name_of(document.title, &row[0], &key)).collect();
        self.compare_named(document, ours, columns, names);
    }

    /// The same, where rows are named otherwise.
    pub fn compare_named(&mut self, document: &Table, ours: &Table, columns: Columns<'_>, names: Vec<Option<String>>) {
        let title = document.title;
        let place = |row: &str, column: &str| (title.to_owned(), row.to_owned(), column.to_owned());
        for column in &document.columns[1..] {
            assert!(
                columns.iter().any(|(known, _)| known == column),
                "{title}: the column {column} is compared with none"
            );
        }
        for (row, name) in document.rows.iter().zip(&names) {
            let Some(name) =
                name.as_ref().and_then(|name| ours.rows.iter().map(|row| &row[0]).find(|row| same(row, name)))
            else {
                self.meet(place(&row[0], "*"), Some(&row[0]), None);
                continue;
            };
            for (column, our_column) in columns {
                let cell = document.cell(&row[0], column).unwrap_or_else(|| panic!("{title}: no column {column}"));
                let our =
                    ours.cell(name, our_column).unwrap_or_else(|| panic!("{title}: we have no column {our_column}"));
                if same(cell, our) {
                    continue;
                }
                self.meet(place(&row[0], column), Some(cell), Some(our));
            }
        }
        let known = |row: &str| names.iter().flatten().any(|name| same(name, row));
        for row in ours.rows.iter().filter(|row| !known(&row[0])) {
            self.meet(place(&row[0], "*"), None, Some(&row[0]));
        }
        for column in &ours.columns[1..] {
            if !columns.iter().any(|(_, our)| our == column) {
                self.meet(place("*", column), None, Some(column));
            }
        }
    }

    /// Fails with what is not listed, and with what is listed and no difference any more.
    #[track_caller]
    pub fn finish(self) {
        let unused: Vec<&Place> = self.listed.keys().filter(|place| !self.met.contains(*place)).collect();
        assert!(self.found.is_empty(), "not listed:\n{}", self.found.join("\n"));
        assert!(unused.is_empty(), "listed, and no difference: {unused:#?}");
        assert!(!self.listed.is_empty());
    }
}

/// Whether two texts say the same: capital letters and the length of a dash say nothing.
fn same(one: &str, other: &str) -> bool {
    let folded = |text: &str| text.replace('–', "-").to_lowercase();
    folded(one) == folded(other)
}
