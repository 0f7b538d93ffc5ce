//! Projects to start from. Each is a whole project by itself, whose base says its name and its region in a line each; these two
//! lines are all that a new project changes, besides where editors find the schema.

use crate::emit::Files;
use crate::project::{Applies, Project};
use crate::schema::LAYER_SCHEMA;

/// A project to start from.
#[derive(Debug)]
pub struct Starter {
    /// How the command line calls it.
    pub word: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// Whether it is there to be looked at, and keeps its own name.
    pub is_example: bool,
    /// The stage that people use.
    pub stage: &'static str,
    /// Its files: path and text.
    files: &'static [(&'static str, &'static str)],
}

/// Every one of them.
pub static STARTERS: &[Starter] = &[
    Starter {
        word: "minimal",
        summary: "a function behind an HTTP API, and a table; production, staging and previews",
        is_example: false,
        stage: "production",
        files: &[
            ("api/index.mjs", include_str!("../../templates/init/minimal/api/index.mjs")),
            (BASE_FILE, include_str!("../../templates/init/minimal/environments/base.yaml")),
            ("environments/preview.yaml", include_str!("../../templates/init/minimal/environments/preview.yaml")),
            ("environments/production.yaml", include_str!("../../templates/init/minimal/environments/production.yaml")),
            ("environments/staging.yaml", include_str!("../../templates/init/minimal/environments/staging.yaml")),
        ],
    },
    Starter {
        word: "reggie",
        summary: "the product that the tool is named after: PostgreSQL, an API, functions in images, two Next.js sites",
        is_example: true,
        stage: "production",
        files: &[
            (BASE_FILE, include_str!("../../environments/base.yaml")),
            ("environments/dev.yaml", include_str!("../../environments/dev.yaml")),
            ("environments/local.yaml", include_str!("../../environments/local.yaml")),
            ("environments/production.yaml", include_str!("../../environments/production.yaml")),
            ("environments/staging.yaml", include_str!("../../environments/staging.yaml")),
        ],
    },
    Starter {
        word: "sgcarstrends",
        summary: "a product with previews: a router, a Next.js site, an API of two minutes, a schedule, alarms, and what others run",
        is_example: true,
        stage: "prod",
        files: &[
            (BASE_FILE, include_str!("../../examples/sgcarstrends/environments/base.yaml")),
            ("environments/dev.yaml", include_str!("../../examples/sgcarstrends/environments/dev.yaml")),
            ("environments/options.yaml", include_str!("../../examples/sgcarstrends/environments/options.yaml")),
            ("environments/previews.yaml", include_str!("../../examples/sgcarstrends/environments/previews.yaml")),
            ("environments/prod.yaml", include_str!("../../examples/sgcarstrends/environments/prod.yaml")),
            (
                "environments/second-region.yaml",
                include_str!("../../examples/sgcarstrends/environments/second-region.yaml"),
            ),
            ("environments/shared.yaml", include_str!("../../examples/sgcarstrends/environments/shared.yaml")),
            ("environments/staging.yaml", include_str!("../../examples/sgcarstrends/environments/staging.yaml")),
        ],
    },
];

/// The file with the two lines that a new project changes.
const BASE_FILE: &str = "environments/base.yaml";
/// How these lines begin.
const NAME: &str = "project: ";
const REGION: &str = "region: ";

/// What editors complete and explain layers by, where the first line of each looks for it.
const SCHEMA_FILE: &str = "schema/layer.schema.json";
/// How that line begins, and what it says in a new project.
const SCHEMA: (&str, Option<&str>) = ("# yaml-language-server: $schema=", Some("../schema/layer.schema.json"));

/// The file that keeps stages that come and go out of the repository.
const IGNORED: &str = "out/.gitignore";

impl Starter {
    /// The files of a project made of it.
    #[must_use]
    pub fn files(&self, name: Option<&str>, region: Option<&str>) -> Files {
        let file = |(path, text): &(&str, &str)| match path.ends_with(".yaml") {
            true => ((*path).to_owned(), filled((*text).to_owned(), SCHEMA)),
            false => ((*path).to_owned(), (*text).to_owned()),
        };
        let mut files: Files = self.files.iter().map(file).collect();
        if let Some(base) = files.get_mut(BASE_FILE) {
            *base = [(NAME, name), (REGION, region)].into_iter().fold(std::mem::take(base), filled);
        }
        files.insert("environments/README.md".to_owned(), include_str!("../../templates/init/README.md").to_owned());
        files.insert(SCHEMA_FILE.to_owned(), LAYER_SCHEMA.to_owned());
        files
    }

    /// Its own name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.said(NAME)
    }

    /// Its own region.
    #[must_use]
    pub fn region(&self) -> &'static str {
        self.said(REGION)
    }

    fn said(&self, key: &str) -> &'static str {
        let base = self.files.iter().find(|(path, _)| *path == BASE_FILE).map_or("", |(_, text)| text);
        base.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default()
    }
}

/// The text with another value in the line that begins so.
fn filled(text: String, (key, value): (&str, Option<&str>)) -> String {
    let Some(value) = value else { return text };
    let line = |line: &str| match line.starts_with(key) {
        true => format!("{key}{value}\n"),
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The files that keep what need not be committed out of the repository: the stages of a project that come and go.
#[must_use]
pub fn ignored(project: &Project) -> Files {
    let patterns = project.layers.values().flat_map(|layer| match &layer.applies {
        Applies::Match(patterns) => patterns.as_slice(),
        _ => &[],
    });
    let lines: String = patterns.map(|pattern| format!("/{}/\n", pattern.value)).collect();
    let text = format!("# Stages that come and go are compiled where they are deployed.\n{lines}");
    Files::from([(IGNORED.to_owned(), text)])
}

/// Whether a text can be the name of a project: as the schema says it, and no word that YAML takes for something else.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 24
        && text.chars().all(letters)
        && !matches!(text, "true" | "false" | "null")
}
