//! A project: its layers, read, with short forms made long, each checked for shape on its own.

mod github;
mod layer;
mod short;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::claim::Claims;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::live_secret;
use crate::origin::Origins;
use crate::schema;
use crate::source::{Sources, Span};
use crate::value::Value;
use crate::yaml;

pub use layer::{Applies, Layer};
pub use short::SHORT_FORMS;

/// Codes of this phase.
pub const CODES: &[Code] = &[MAN001, MAN023, layer::MAN002, layer::MAN003, layer::MAN022, github::CFN540];

/// `MAN001`: no base.
pub const MAN001: Code = Code {
    id: "MAN001",
    explanation: "there is no base layer\n\n\
        A project is a folder `environments/` with a `base.yaml`, which says the project's name, its region and what it \
        consists of, and one more layer a stage. Run the command in the folder that holds `environments/`, or name it with \
        `--project DIR`.",
};

/// `MAN023`: two files are one layer.
pub const MAN023: Code = Code {
    id: "MAN023",
    explanation: "two files are one layer\n\n\
        A layer is named after its file without the ending, so that `staging.yml` and `staging.yaml` are the same one. Which of \
        them counts must not depend on an ending.",
};

/// A file as the command line found it.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Path relative to the project, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// A project that has been read.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Every file.
    pub sources: Sources,
    /// The origins of every value in the layers; compilations start from a copy.
    pub origins: Origins,
    /// The layers by name: the file's name without its ending.
    pub layers: BTreeMap<String, Layer>,
    /// What the stages of each layer claim, once a compilation has asked for it: it is the same for all of a run.
    pub claims: RefCell<BTreeMap<String, Arc<Claims>>>,
}

/// The name of the lowest layer.
pub const BASE: &str = "base";

impl Project {
    /// Reads a project. Files that cannot be read as YAML are reported and left out.
    pub fn load(files: Vec<InputFile>, findings: &mut Diagnostics) -> Project {
        let mut project = Project::default();
        // In the order of their names, whatever order the file system gave.
        let files: BTreeMap<String, String> = files.into_iter().map(|f| (f.path, f.text)).collect();
        let has_base = files.keys().any(|path| layer::name(path) == BASE);
        for (path, text) in files {
            let file = project.sources.add(path.clone(), text);
            let text = project.sources.file(file).text.clone();
            let Some(node) = yaml::parse(file, &text, &yaml::Limits::default(), findings) else { continue };
            let name = layer::name(&path).to_owned();
            if let Some(other) = project.layers.get(&name) {
                let title = format!("`{path}` and `{}` are one layer, `{name}`", project.sources.file(other.file).path);
                let diagnostic =
                    Diagnostic::error(MAN023, title).at(Span::new(file, 0, 0), "the second file of that name");
                findings.push(diagnostic.help("keep one of the two files"));
                continue;
            }
            let tree = layer::tree(&node, &project.origins, findings);
            let tree = short::lengthen(tree, &project.origins, findings);
            let layer = Layer { name: name.clone(), file, applies: Applies::Extension, tree };
            project.layers.insert(name, layer);
        }
        let kinds = project.component_kinds();
        let Project { sources, origins, layers, .. } = &mut project;
        for layer in layers.values_mut() {
            live_secret::check(&layer.tree, &layer.name, origins, findings);
            schema::check_layer(&layer.tree, &kinds, origins, sources, findings);
            layer.applies = layer::applies(layer, origins, findings);
            layer::unreached(layer, origins, findings);
        }
        github::check(layers, origins, findings);
        // One that could not be read is there all the same.
        if !has_base {
            let diagnostic = Diagnostic::error(MAN001, "there is no `environments/base.yaml`")
                .help("create it, or run the command in the project's folder");
            findings.push(diagnostic);
        }
        project.origins = std::mem::take(&mut project.origins).shared();
        project
    }

    /// The kind of every component, from whichever layer says it first.
    fn component_kinds(&self) -> BTreeMap<String, String> {
        let mut kinds = BTreeMap::new();
        let base_first = self.layers.get(BASE).into_iter().chain(self.layers.values());
        for layer in base_first {
            for component in layer.tree.get("components").map(Value::entries).unwrap_or_default() {
                if let Some(kind) = component.value.get("type").and_then(Value::as_text) {
                    kinds.entry(component.key.clone()).or_insert_with(|| kind.to_owned());
                }
            }
        }
        kinds
    }

    /// The product's name, as the base says it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.layers.get(BASE)?.tree.get("project")?.as_text()
    }

    /// Names of the stages that stay, in order.
    #[must_use]
    pub fn permanent_stages(&self) -> Vec<&str> {
        self.layers.values().filter(|l| l.is_permanent()).filter_map(Layer::stage).collect()
    }

    /// Names of the stages whose folders are committed, in order: of those with a layer of their own, all that do not come and go.
    #[must_use]
    pub fn committed_stages(&self) -> Vec<&str> {
        self.layers.values().filter(|l| l.is_permanent() || l.is_local()).filter_map(Layer::stage).collect()
    }

    /// The names of all stages that have a layer of their own, whether they stay or not.
    #[must_use]
    pub fn named_stages(&self) -> Vec<&str> {
        self.layers.values().filter_map(Layer::stage).collect()
    }
}
