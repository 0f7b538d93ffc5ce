//! A stage's committed or compiled files, read back as a person would: by logical id and property.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{compiled, json_of, paths_below, project_of};

/// A stage as its files say.
pub struct Stage {
    pub name: String,
    /// By file name.
    pub files: BTreeMap<String, Json>,
}

impl Stage {
    /// What is committed of a stage of the project in that folder.
    pub fn committed(project: &Path, name: &str) -> Stage {
        let out = project.join("out").join(name);
        let text = |file: &String| std::fs::read_to_string(out.join(file)).unwrap();
        Stage::of(name, paths_below(&out).iter().map(|file| (file.clone(), text(file))))
    }

    /// What a stage of the project in that folder compiles to.
    pub fn compiled(project: &Path, name: &str) -> Stage {
        Stage::of(name, compiled(&project_of(project), name).files)
    }

    /// A stage of files.
    pub fn of(name: &str, files: impl IntoIterator<Item = (String, String)>) -> Stage {
        let templates = files.into_iter().filter(|(file, _)| file.ends_with(".yaml"));
        Stage { name: name.to_owned(), files: templates.map(|(file, text)| (file, json_of(&text))).collect() }
    }

    /// Every resource: its logical id and body.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Json)> {
        let of = |file: &'_ Json| file["Resources"].as_object().cloned().unwrap_or_default().len();
        assert!(self.files.values().map(of).sum::<usize>() > 0, "{} has no resources", self.name);
        let below = self.files.values().filter_map(|file| file["Resources"].as_object());
        below.flatten().map(|(id, body)| (id.as_str(), body))
    }

    /// The ids of all resources of a type.
    pub fn ids(&self, of: &str) -> BTreeSet<&str> {
        self.resources().filter(|(_, body)| body["Type"] == of).map(|(id, _)| id).collect()
    }

    /// A property (`ReggieVpc.CidrBlock`), or with `@` an attribute of the resource (`ReggieDbCluster.@DeletionPolicy`).
    #[track_caller]
    pub fn at(&self, path: &str) -> &Json {
        let (id, rest) = path.split_once('.').unwrap();
        let found = self.resources().find(|(resource, _)| *resource == id);
        let (_, body) = found.unwrap_or_else(|| panic!("{} has no {id}", self.name));
        let (mut value, rest) = match rest.strip_prefix('@') {
            Some(attribute) => (body, attribute),
            None => (&body["Properties"], rest),
        };
        for step in rest.split('.') {
            value = step.parse::<usize>().map_or_else(|_| &value[step], |index| &value[index]);
        }
        value
    }

    /// Compares row by row.
    #[track_caller]
    pub fn says(&self, rows: &[(&str, Json)]) {
        for (path, expected) in rows {
            assert_eq!(self.at(path), expected, "{}: {path}", self.name);
        }
    }

    /// An export of another stack of the stage, as it is imported.
    pub fn import(&self, export: &str) -> Json {
        let project = self.files["index.yaml"]["project"].as_str().unwrap();
        json!({ "Fn::ImportValue": format!("{project}-{}-{export}", self.name) })
    }
}

/// Calls with every text in a value, keys included.
pub fn each_text(value: &Json, f: &mut impl FnMut(&str)) {
    match value {
        Json::String(text) => f(text),
        Json::Array(items) => items.iter().for_each(|item| each_text(item, f)),
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            f(key);
            each_text(value, f);
        }),
        _ => {}
    }
}
