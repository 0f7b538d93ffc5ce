//! The folder of a build, read again: its stacks, their resources and exports, and the components of its manifest.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::{Files, INDEX, MANIFEST};
use crate::yaml::{self, Kind, Node};

/// A type whose resources are records of what ran. What takes over writes its own, and nothing reads the old ones.
const LOG: &str = "AWS::Logs::LogGroup";

/// What a stage's folder says.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// Its stacks in the order of deployment.
    pub(super) stacks: Vec<Stack>,
    /// Its components: name to settings, with their defaults.
    pub(super) components: BTreeMap<String, Component>,
}

/// A stack of a build.
#[derive(Debug)]
pub(super) struct Stack {
    /// Its name in AWS.
    pub(super) name: String,
    /// Its file without the ending: what it is for, as `stack:` says it, and what tells it from others of that kind.
    pub(super) word: String,
    /// The exports that it imports.
    pub(super) imports: Vec<String>,
    /// Its resources by logical id.
    pub(super) resources: BTreeMap<String, Resource>,
    /// Its exports: the name, the output that makes it, and its value.
    pub(super) exports: Vec<(String, String, Node)>,
}

/// A resource of a build.
#[derive(Debug)]
pub(super) struct Resource {
    /// Its type.
    pub(super) resource_type: String,
    /// What becomes of it when it leaves its stack, where the template says so.
    pub(super) deletion_policy: Option<String>,
    /// The names of a table's global indexes.
    pub(super) indexes: BTreeSet<String>,
    /// Whether it serves a cluster of databases, which holds the data of all its instances.
    serves_cluster: bool,
}

impl Resource {
    /// Whether it holds data: only such resources say what becomes of them.
    pub(super) fn holds_data(&self) -> bool {
        self.deletion_policy.is_some() && self.resource_type != LOG && !self.serves_cluster
    }
}

/// Resources that hold data, by their logical ids.
pub(super) type Data<'b> = Vec<(&'b str, &'b Resource)>;

/// A component of a build.
#[derive(Debug)]
pub(super) struct Component {
    /// The name that identifies it in AWS.
    pub(super) identity: String,
    /// Whether it is made by its stage, and not imported.
    pub(super) is_made: bool,
    /// Its settings.
    pub(super) settings: Node,
}

impl Component {
    /// The text of one of its settings.
    pub(super) fn text(&self, setting: &str) -> Option<&str> {
        field(&self.settings, setting).and_then(text)
    }
}

impl Built {
    /// Reads a folder. What cannot be read says nothing: it was not made by us.
    pub(super) fn read(files: &Files) -> Built {
        let parsed = |file: &str| files.get(file).and_then(|text| yaml::parse_template(text).ok());
        let mut built = Built::default();
        let stacks =
            parsed(INDEX).as_ref().and_then(|index| field(index, "stacks")).map(items).unwrap_or_default().to_vec();
        for stack in &stacks {
            let file = field(stack, "template").and_then(|t| field(t, "file")).and_then(text).unwrap_or_default();
            let Some(template) = parsed(file) else { continue };
            let imports = field(stack, "imports").map(items).unwrap_or_default().iter().filter_map(text);
            built.stacks.push(Stack {
                name: field(stack, "name").and_then(text).unwrap_or_default().to_owned(),
                word: file.trim_end_matches(".yaml").to_owned(),
                imports: imports.map(str::to_owned).collect(),
                resources: entries(&template, "Resources").map(|(id, node)| (id.to_owned(), resource(node))).collect(),
                exports: entries(&template, "Outputs").filter_map(export).collect(),
            });
        }
        if let Some(manifest) = parsed(MANIFEST) {
            built.components =
                entries(&manifest, "components").map(|(name, node)| (name.to_owned(), component(name, node))).collect();
        }
        built
    }

    /// The resources of a component that hold data. Whose a logical id is shows by the longest name that it begins with.
    pub(super) fn data_of(&self, identity: &str) -> Data<'_> {
        let owner = |id: &str| {
            let names = self.components.values().filter(|c| c.is_made).map(|c| c.identity.as_str());
            names.filter(|name| id.starts_with(name)).max_by_key(|name| name.len())
        };
        let all = self.stacks.iter().flat_map(|s| &s.resources);
        let data = all.filter(|(_, r)| r.holds_data()).map(|(id, r)| (id.as_str(), r));
        main_ones(data.filter(|(id, _)| owner(id) == Some(identity)).collect())
    }
}

/// Those whose types are known to hold data; all where there is none. What a database stands on, such as its parameters,
/// stays with it, and is not worth naming beside it.
pub(super) fn main_ones(data: Data<'_>) -> Data<'_> {
    let known: Vec<_> =
        data.iter().copied().filter(|(_, r)| crate::cfn::holds_data(&r.resource_type).is_some()).collect();
    if known.is_empty() { data } else { known }
}

fn resource(node: &Node) -> Resource {
    let resource_type = field(node, "Type").and_then(text).unwrap_or_default();
    let indexes = field(node, "Properties").and_then(|p| field(p, "GlobalSecondaryIndexes")).map(items);
    let indexes = indexes.unwrap_or_default().iter().filter_map(|index| field(index, "IndexName").and_then(text));
    Resource {
        indexes: indexes.map(str::to_owned).collect(),
        resource_type: resource_type.to_owned(),
        deletion_policy: field(node, "DeletionPolicy").and_then(text).map(str::to_owned),
        serves_cluster: resource_type.ends_with("::DBInstance")
            && field(node, "Properties").is_some_and(|p| field(p, "DBClusterIdentifier").is_some()),
    }
}

fn export((output, node): (&str, &Node)) -> Option<(String, String, Node)> {
    let name = field(node, "Export").and_then(|e| field(e, "Name")).and_then(text)?;
    Some((name.to_owned(), output.to_owned(), field(node, "Value")?.clone()))
}

fn component(name: &str, settings: &Node) -> Component {
    Component {
        identity: field(settings, "logical_id").and_then(text).unwrap_or(name).to_owned(),
        is_made: field(settings, "import").is_none(),
        settings: settings.clone(),
    }
}

fn entries<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = (&'n str, &'n Node)> {
    let entries = match field(node, key).map(|n| &n.kind) {
        Some(Kind::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|e| (e.key.as_str(), &e.value))
}

/// The value of a map under `key`.
pub(super) fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.kind {
        Kind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
        _ => None,
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        _ => &[],
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}

/// Whether two nodes say the same, wherever they stand.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    a.tag == b.tag
        && match (&a.kind, &b.kind) {
            (Kind::Seq(a), Kind::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Kind::Map(a), Kind::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
            }
            (a, b) => a == b,
        }
}
