//! What the tests share: projects from folders and from texts, compiled, with findings shown where there should be none.

use std::path::{Path, PathBuf};

use reggie_cfn::bootstrap::{self, Bootstrap, Needs, bootstrap};
use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::project::{InputFile, Project};
use reggie_cfn::render::Renderer;
use reggie_cfn::source::Sources;

/// Set to update goldens and schemas instead of comparing.
pub const UPDATE: &str = "REGGIE_CFN_UPDATE";

/// Whether goldens are to be written.
pub fn updating() -> bool {
    std::env::var_os(UPDATE).is_some()
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every project with a committed `out/`: this repository's own, the examples, then those of `tests/projects/`, in order.
pub fn projects() -> Vec<PathBuf> {
    let below = |folder: &str| {
        let mut found = names(&root().join(folder));
        found.sort();
        let folder = root().join(folder);
        found.into_iter().map(move |name| folder.join(name))
    };
    std::iter::once(root()).chain(below("examples")).chain(below("tests/projects")).collect()
}

/// The page of a product, beside the folders of its stages.
const README: &str = "README.md";

/// A project's committed stages: the folders of its `out/` that `check` looks at without being told, and previews that
/// stand in a test project.
pub fn committed_stages(folder: &Path) -> Vec<String> {
    let mut stages = names(&folder.join("out"));
    // What all stages share is no stage's, and the page of the product is no folder.
    stages.retain(|stage| !stage.starts_with('_') && stage != README);
    stages.sort();
    if folder == root() {
        // `.gitignore` keeps the previews that somebody has built here out of the repository.
        stages.retain(|stage| matches!(stage.as_str(), "local" | "production" | "staging"));
    }
    stages
}

/// Every committed stage of every project.
pub fn goldens() -> Vec<(PathBuf, String)> {
    let with_stages = |folder: PathBuf| {
        let stages = committed_stages(&folder);
        assert!(!stages.is_empty(), "{} has no committed stage", folder.display());
        stages.into_iter().map(move |stage| (folder.clone(), stage)).collect::<Vec<_>>()
    };
    projects().into_iter().flat_map(with_stages).collect()
}

/// Every committed stage that has stacks.
pub fn deployed() -> Vec<(PathBuf, String)> {
    let is_local = |(folder, stage): &(PathBuf, String)| {
        let index = std::fs::read_to_string(folder.join("out").join(stage).join("index.yaml"));
        index.is_ok_and(|index| index.contains("\nlifetime: local\n"))
    };
    let (local, deployed): (Vec<_>, Vec<_>) = goldens().into_iter().partition(is_local);
    assert!(local.len() > 1 && deployed.len() > 20, "{} and {}", local.len(), deployed.len());
    deployed
}

/// A golden's name in messages.
pub fn shown(folder: &Path, stage: &str) -> String {
    format!("{}: {stage}", folder.strip_prefix(root()).unwrap_or(folder).display())
}

/// The names in a folder, in no order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    entries.map(name).filter(|name| !name.starts_with('.')).collect()
}

/// The path below a folder of every file that is below it, in order.
pub fn paths_below(folder: &Path) -> Vec<String> {
    let path = |path: PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files_below(folder, "").into_iter().map(path).collect()
}

/// Every file below a folder, in order.
pub fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in names(&folder) {
            let path = folder.join(name);
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The layers of a project's folder, as (file name, text).
pub fn layers(folder: &Path) -> Vec<(String, String)> {
    let environments = folder.join("environments");
    let mut files = names(&environments);
    files.sort();
    let text = |name: String| {
        let text = std::fs::read_to_string(environments.join(&name)).unwrap();
        (name, text)
    };
    files.into_iter().map(text).collect()
}

/// A project from (file name, text), whatever it says.
pub fn load<N: AsRef<str>, T: AsRef<str>>(layers: &[(N, T)]) -> (Project, Diagnostics) {
    let mut findings = Diagnostics::default();
    let file = |(name, text): &(N, T)| InputFile {
        path: format!("environments/{}", name.as_ref()),
        text: text.as_ref().to_owned(),
    };
    let project = Project::load(layers.iter().map(file).collect(), &mut findings);
    (project, findings)
}

/// A project in order.
#[track_caller]
pub fn project<N: AsRef<str>, T: AsRef<str>>(layers: &[(N, T)]) -> Project {
    let (project, findings) = load(layers);
    no_errors(&findings, &project.sources);
    project
}

/// The project of a folder.
#[track_caller]
pub fn project_of(folder: &Path) -> Project {
    project(&layers(folder))
}

/// A stage that compiles.
#[track_caller]
pub fn compiled(project: &Project, stage: &str) -> Compiled {
    let mut findings = Diagnostics::default();
    let compiled = compile(project, stage, &Renderer::new(), &mut findings);
    no_errors(&findings, &project.sources);
    compiled.unwrap_or_else(|| panic!("`{stage}` has no errors and does not compile"))
}

/// What stages of a project share.
#[track_caller]
pub fn bootstrapped<S: AsRef<str>>(project: &Project, stages: &[S]) -> Bootstrap {
    let mut needs = Needs::default();
    stages.iter().for_each(|stage| needs.add(&compiled(project, stage.as_ref())));
    let mut findings = Diagnostics::default();
    let made = bootstrap(project, &needs, &Renderer::new(), &mut findings);
    no_errors(&findings, &project.sources);
    made
}

/// Every project whose bootstrap is committed: a few are enough, since it says so little of a project.
pub fn bootstraps() -> Vec<(PathBuf, Bootstrap)> {
    let committed = projects().into_iter().filter(|folder| folder.join("out").join(bootstrap::FOLDER).exists());
    let made = committed.map(|folder| {
        let made = bootstrapped(&project_of(&folder), &committed_stages(&folder));
        (folder, made)
    });
    made.collect()
}

/// Fails with the findings as people see them.
#[track_caller]
pub fn no_errors(findings: &Diagnostics, sources: &Sources) {
    assert!(!findings.has_errors(), "\n{}", render(findings, sources, Format::Text, false, 100));
}

/// A template's text as JSON, short-form functions in their long form; `GetAtt` stays `Resource.Attribute`.
#[track_caller]
pub fn json_of(text: &str) -> serde_json::Value {
    node(reggie_cfn::yaml::parse_template(text).unwrap_or_else(|e| panic!("{e:?}\n{text}")))
}

fn node(of: reggie_cfn::yaml::Node) -> serde_json::Value {
    use reggie_cfn::yaml::Kind;
    use serde_json::{Value, json};
    let value = match of.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => json!(value),
        Kind::Int(value) => json!(value),
        Kind::Float(value) => json!(value),
        Kind::Str(text) => json!(text),
        Kind::Seq(items) => items.into_iter().map(node).collect(),
        Kind::Map(entries) => entries.into_iter().map(|e| (e.key, node(e.value))).collect::<Value>(),
    };
    match of.tag {
        Some(tag) if tag == "Ref" => json!({ "Ref": value }),
        Some(tag) => json!({ format!("Fn::{tag}"): value }),
        None => value,
    }
}

/// A generator of the same numbers at every run (`SplitMix64`).
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.next(last + 1));
        }
    }
}
