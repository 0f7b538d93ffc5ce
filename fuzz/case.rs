//! A case: the files of a project as one text, so that a fuzzer can change it and people can read, keep and replay it.

use std::collections::BTreeMap;
use std::path::Path;

/// What stands before the name of each file.
const MARK: &str = "=== ";
/// The file that a text without marks is.
const BASE: &str = "environments/base.yaml";

/// The files of a project by path: layers below `environments/`, those of the last build below `out/<stage>/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Path and text.
    pub files: BTreeMap<String, String>,
}

impl Case {
    /// Reads a case; every text is one.
    pub fn read(text: &str) -> Case {
        let mut case = Case::default();
        let mut path = BASE.to_owned();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix(MARK) {
                Some(name) => {
                    path = name.trim_end_matches('\n').to_owned();
                    case.files.entry(path.clone()).or_default();
                }
                None => case.files.entry(path.clone()).or_default().push_str(line),
            }
        }
        case
    }

    /// The case as a text.
    pub fn text(&self) -> String {
        let file = |(path, text): (&String, &String)| {
            let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            format!("{MARK}{path}\n{text}{end}")
        };
        self.files.iter().map(file).collect()
    }

    /// The files of some folders of a project, `environments` among them.
    pub fn of_project(project: &Path, folders: &[&str]) -> Case {
        let mut case = Case::default();
        for folder in folders {
            let Ok(entries) = std::fs::read_dir(project.join(folder)) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if let (true, Ok(text)) = (name.ends_with("yaml"), std::fs::read_to_string(&path)) {
                    case.files.insert(format!("{folder}/{name}"), text);
                }
            }
        }
        case
    }

    /// The files below a folder, by their path below it.
    pub fn below(&self, folder: &str) -> BTreeMap<String, String> {
        let inside = |(path, text): (&String, &String)| Some((path.strip_prefix(folder)?.to_owned(), text.clone()));
        self.files.iter().filter_map(inside).collect()
    }
}
