//! What OpenNext says of its build, read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::error::Category;

use super::{FOLDER, Folder, OUTPUT, Site};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span, offset};
use crate::yaml::{self, Entry, Kind, Node};

/// `CFN330`: no build that can be read.
pub const CFN330: Code = Code {
    id: "CFN330",
    explanation: "there is no build of the app, or it cannot be read\n\n\
        OpenNext writes what it built into a folder `.open-next` in the app's own, and what that is into \
        `.open-next/open-next.output.json`. `site check` compares this file with the component. Build the app first \
        (`npx @opennextjs/aws build`, or what `build.command` says); should the folder be another one, name it behind the \
        component. The file is written by a program: one that cannot be read was cut off or edited, and comes anew with the \
        next build.",
};

/// The most bytes that such a file may have. Those of real apps have some thousands.
pub const MAX_BYTES: usize = 1 << 20;

/// What OpenNext says. What it says besides does not matter here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    #[serde(default)]
    pub(super) edge_functions: BTreeMap<String, EdgeFunction>,
    pub(super) origins: BTreeMap<String, Origin>,
    pub(super) behaviors: Vec<Behaviour>,
    #[serde(default)]
    pub(super) additional_props: AdditionalProps,
    #[serde(skip)]
    places: Places,
}

/// A function that runs at CloudFront's edge.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EdgeFunction {
    /// Only a middleware has one.
    pub(super) path_resolver: Option<String>,
}

/// What answers requests: a function, a container or a bucket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Origin {
    pub(super) r#type: String,
    pub(super) bundle: Option<String>,
    #[serde(default)]
    pub(super) streaming: bool,
    pub(super) wrapper: Option<String>,
    pub(super) converter: Option<String>,
    #[serde(default)]
    pub(super) copy: Vec<Copy>,
}

/// Files that are copied to a bucket.
#[derive(Debug, Deserialize)]
pub(super) struct Copy {
    pub(super) from: String,
    pub(super) to: String,
    /// Whether browsers get to see them; kept pages are for servers alone.
    #[serde(default)]
    pub(super) cached: bool,
}

/// Which paths go where.
#[derive(Debug, Deserialize)]
pub(super) struct Behaviour {
    pub(super) pattern: String,
    pub(super) origin: Option<String>,
    #[serde(rename = "edgeFunction")]
    pub(super) edge_function: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdditionalProps {
    #[serde(default)]
    pub(super) disable_incremental_cache: bool,
    #[serde(default)]
    pub(super) disable_tag_cache: bool,
    pub(super) revalidation_function: Option<Bundle>,
    pub(super) warmer: Option<Bundle>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bundle {
    pub(super) bundle: Option<String>,
}

/// The bucket, the function for images and the server that answers the rest, as OpenNext calls them.
pub(super) const BUCKET: &str = "s3";
pub(super) const IMAGE: &str = "imageOptimizer";
pub(super) const DEFAULT: &str = "default";

impl Output {
    /// Reads it; reports what keeps it from being read.
    pub(super) fn read(
        site: &Site<'_>,
        sources: &Sources,
        folder: &Folder,
        findings: &mut Diagnostics,
    ) -> Option<Output> {
        let Some(file) = folder.output else {
            findings.push(no_build(site, folder));
            return None;
        };
        let text = &sources.file(file).text;
        let again = "build the app again: the file is written by OpenNext";
        if text.len() > MAX_BYTES {
            let title = format!("`{OUTPUT}` has more than 1 MiB, and is none of OpenNext");
            findings.push(Diagnostic::error(CFN330, title).at(Span::new(file, 0, 0), "begins here").help(again));
            return None;
        }
        match serde_json::from_str::<Output>(text) {
            Ok(output) if output.origins.contains_key(DEFAULT) => {
                Some(Output { places: Places::new(file, text), ..output })
            }
            Ok(_) => {
                let title = format!("`{OUTPUT}` names no server `{DEFAULT}`, which every build has");
                findings
                    .push(Diagnostic::error(CFN330, title).at(Span::new(file, 0, 0), "of another tool?").help(again));
                None
            }
            Err(error) => {
                let said = error.to_string();
                let said = said.split(" at line ").next().unwrap_or_default();
                let title = match error.classify() {
                    Category::Data => format!("`{OUTPUT}` is not what OpenNext writes: {said}"),
                    Category::Eof => format!("`{OUTPUT}` ends too soon"),
                    Category::Syntax | Category::Io => format!("`{OUTPUT}` is no JSON: {said}"),
                };
                let at = offset(text, error.line(), error.column());
                findings.push(Diagnostic::error(CFN330, title).at(Span::new(file, at, at), "up to here").help(again));
                None
            }
        }
    }

    /// The servers by name, the one for everything among them.
    pub(super) fn servers(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.origins.iter().filter(|(name, _)| !matches!(name.as_str(), BUCKET | IMAGE)).map(|(n, o)| (n.as_str(), o))
    }

    /// The function for images.
    pub(super) fn image(&self) -> Option<&Origin> {
        self.origins.get(IMAGE)
    }

    /// What the paths of all pages begin with: `/docs`, or nothing.
    pub(super) fn base(&self) -> String {
        let of_files = self.behaviors.iter().filter(|b| b.origin.as_deref() == Some(BUCKET));
        let prefix = of_files.filter_map(|b| b.pattern.strip_suffix("_next/*")).next().unwrap_or_default();
        prefix.strip_suffix('/').map(|base| format!("/{base}")).unwrap_or_default()
    }

    /// The paths of an origin, each with its number, without what all of them begin with.
    pub(super) fn paths<'a>(&'a self, origin: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let base = self.base();
        let prefix = base.strip_prefix('/').map(|base| format!("{base}/")).unwrap_or_default();
        let of_it = self.behaviors.iter().enumerate().filter(move |(_, b)| b.origin.as_deref() == Some(origin));
        of_it.map(move |(i, b)| (i, b.pattern.strip_prefix(&prefix).unwrap_or(&b.pattern)))
    }

    /// Where something stands; the beginning of the file where that is not known.
    pub(super) fn place(&self, path: &[&str]) -> Span {
        self.places.place(path)
    }
}

/// Where things stand in the file. What is JSON is YAML, whose reader knows places; should it refuse a file that is JSON all
/// the same, messages only point at its beginning.
#[derive(Debug, Default)]
struct Places {
    file: Option<FileId>,
    root: Option<Node>,
}

impl Places {
    fn new(file: FileId, text: &str) -> Places {
        Places { file: Some(file), root: yaml::parse_template(text).ok() }
    }

    /// The value at a path, or the key where the value is more than a word.
    fn place(&self, path: &[&str]) -> Span {
        let mut at = self.root.as_ref();
        let mut span = None;
        for step in path {
            let entry = at.and_then(|node| child(node, step));
            span = entry.map(|(key, value)| match value.kind {
                Kind::Map(_) | Kind::Seq(_) => key.unwrap_or(value.span),
                _ => value.span,
            });
            at = entry.map(|(_, value)| value);
        }
        let file = self.file.unwrap_or(FileId(0));
        span.map_or(Span::new(file, 0, 0), |span| Span { file, ..span })
    }
}

fn child<'n>(node: &'n Node, step: &str) -> Option<(Option<Span>, &'n Node)> {
    match &node.kind {
        Kind::Map(entries) => {
            let entry: &Entry = entries.iter().find(|e| e.key == step)?;
            Some((Some(entry.key_span), &entry.value))
        }
        Kind::Seq(items) => items.get(step.parse::<usize>().ok()?).map(|item| (None, item)),
        _ => None,
    }
}

fn no_build(site: &Site<'_>, folder: &Folder) -> Diagnostic {
    let app = &site.settings.path;
    let title = format!("`{}` holds no build of OpenNext: there is no `{OUTPUT}` in it", folder.path);
    let diagnostic = Diagnostic::error(CFN330, title).at_origin(
        &site.compiled.origins,
        app.origin,
        &[site.component.origin],
        "the app",
    );
    if folder.folders.contains(FOLDER) {
        return diagnostic.help(format!("name the folder `{}/{FOLDER}`", folder.path.trim_end_matches('/')));
    }
    let command = site.tree.at(&["build", "command"]).and_then(|c| c.as_text()).unwrap_or("npx @opennextjs/aws build");
    let (stage, name) = (site.stage(), site.name);
    diagnostic
        .help(format!("run `{command}` in `{}` first", app.value))
        .help(format!("or name the folder of the build: `reggie-cfn site check {stage} {name} PATH`"))
}
