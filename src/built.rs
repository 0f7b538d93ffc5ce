//! The folder of a build, read again: its stacks, their resources and outputs, and the components of its manifest.
//!
//! Views that compare builds read both sides here, the committed one and the fresh one, so that neither knows more.

use std::collections::{BTreeMap, BTreeSet};

use crate::cfn::ParameterSource;
use crate::cost::{Bill, Declared, Estimate, Range, Said, Seen, SeenResource, SeenStack};
use crate::emit::{Files, INDEX, MANIFEST};
use crate::yaml::{self, Kind, Node};

/// A type whose resources are records of what ran. What takes over writes its own, and nothing reads the old ones.
const LOG: &str = "AWS::Logs::LogGroup";

/// What a stage's folder says.
#[derive(Debug, Default)]
pub struct Built {
    /// Its stacks in the order of deployment.
    pub stacks: Vec<Stack>,
    /// Its components: name to settings, with their defaults.
    pub components: BTreeMap<String, Component>,
    /// Whether the stage was one that stays.
    pub is_permanent: bool,
    /// Files that belong to it, and are missing or cannot be read.
    pub damaged: Vec<String>,
    /// The keys of what the index says is acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// What the index says of the stage as a whole: its account, region and tags.
    pub about: BTreeMap<String, String>,
    /// What its components were declared to be used.
    pub usage: Declared,
    /// Whether its secrets stand in a secret of Secrets Manager, which no template makes.
    pub keeps_secret: bool,
}

/// A stack of a build.
#[derive(Debug)]
pub struct Stack {
    /// Its name in AWS.
    pub name: String,
    /// Its file without the ending: what it is for, as `stack:` says it, and what tells it from others of that kind.
    pub word: String,
    /// Its region.
    pub region: String,
    /// Whether AWS refuses to delete it.
    pub is_protected: bool,
    /// Who fills its parameters.
    pub parameters: BTreeMap<String, ParameterSource>,
    /// The exports that it imports.
    pub imports: Vec<String>,
    /// Its resources by logical id.
    pub resources: BTreeMap<String, Resource>,
    /// Its outputs by name.
    pub outputs: BTreeMap<String, Output>,
}

impl Stack {
    /// Its exports: the name, the output that makes it, and its value.
    pub fn exports(&self) -> impl Iterator<Item = (&str, &str, &Node)> {
        self.outputs.iter().filter_map(|(name, o)| Some((o.export.as_deref()?, name.as_str(), &o.value)))
    }
}

/// An output of a stack.
#[derive(Debug)]
pub struct Output {
    /// The name under which other stacks of the region import it.
    pub export: Option<String>,
    /// Its value.
    pub value: Node,
}

/// A resource of a build.
#[derive(Debug)]
pub struct Resource {
    /// Its type.
    pub resource_type: String,
    /// What becomes of it when it leaves its stack, where the template says so.
    pub deletion_policy: Option<String>,
    /// All that the template says of it.
    pub node: Node,
    /// The names of a table's global indexes.
    pub indexes: BTreeSet<String>,
    /// Whether it serves a cluster of databases, which holds the data of all its instances.
    pub serves_cluster: bool,
}

impl Resource {
    /// Whether it holds data: its type is known to, or it says what becomes of it, as only such resources do.
    #[must_use]
    pub fn holds_data(&self) -> bool {
        let is_known = crate::cfn::holds_data(&self.resource_type).is_some();
        (self.deletion_policy.is_some() || is_known) && self.may_hold_data()
    }

    /// Whether it is of a type that is known to hold data, and is where the data are.
    #[must_use]
    pub fn is_of_data(&self) -> bool {
        self.may_hold_data() && crate::cfn::holds_data(&self.resource_type).is_some()
    }

    fn may_hold_data(&self) -> bool {
        self.resource_type != LOG && !self.serves_cluster
    }

    /// Its properties, a map.
    #[must_use]
    pub fn properties(&self) -> Option<&Node> {
        field(&self.node, "Properties")
    }
}

/// Resources that hold data, by their logical ids.
pub type Data<'b> = Vec<(&'b str, &'b Resource)>;

/// A component of a build.
#[derive(Debug)]
pub struct Component {
    /// The name that identifies it in AWS.
    pub identity: String,
    /// Whether it is made by its stage, and not imported.
    pub is_made: bool,
    /// Its settings.
    pub settings: Node,
}

impl Component {
    /// The text of one of its settings.
    #[must_use]
    pub fn text(&self, setting: &str) -> Option<&str> {
        field(&self.settings, setting).and_then(text)
    }
}

impl Built {
    /// Reads a folder. What cannot be read says nothing: it was not made by us.
    #[must_use]
    pub fn read(files: &Files) -> Built {
        let parsed = |file: &str| files.get(file).and_then(|text| yaml::parse_template(text).ok());
        let mut built = Built::default();
        let index = parsed(INDEX);
        let stacks = index.as_ref().and_then(|index| field(index, "stacks")).map(items).unwrap_or_default();
        for listed in stacks {
            let file = field(listed, "template").and_then(|t| field(t, "file")).and_then(text).unwrap_or_default();
            match parsed(file) {
                Some(template) => built.stacks.push(stack(listed, file, &template)),
                None => built.damaged.push(file.to_owned()),
            }
        }
        let lost = |file: &&str| parsed(file).is_none();
        built.damaged.extend([INDEX, MANIFEST].iter().filter(|file| lost(file)).map(|file| (*file).to_owned()));
        if let Some(index) = &index {
            let said = |key: &str| Some((key.to_owned(), field(index, key).and_then(text)?.to_owned()));
            let tags = entries(index, "tags").filter_map(|(key, v)| Some((format!("tags.{key}"), text(v)?.to_owned())));
            built.acknowledged = entries(index, "acknowledged").map(|(key, _)| key.to_owned()).collect();
            built.about = ["account", "region"].into_iter().filter_map(said).chain(tags).collect();
        }
        if let Some(manifest) = parsed(MANIFEST) {
            built.is_permanent = is_permanent(&manifest);
            built.usage = usage(&manifest);
            built.keeps_secret = keeps_secret(&manifest);
            built.components =
                entries(&manifest, "components").map(|(name, node)| (name.to_owned(), component(name, node))).collect();
        }
        built
    }

    /// Whether a folder is of a stage that stays, without reading the rest of it.
    #[must_use]
    pub fn stays(files: &Files) -> bool {
        files
            .get(MANIFEST)
            .and_then(|text| yaml::parse_template(text).ok())
            .is_some_and(|manifest| is_permanent(&manifest))
    }

    /// What it costs a month, at the prices of today.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let mut stacks = Vec::new();
        for stack in &self.stacks {
            let mut resources = BTreeMap::new();
            for (id, resource) in &stack.resources {
                let (resource_type, owner) = (resource.resource_type.as_str(), self.owner(id).unwrap_or_default());
                let properties = field(&resource.node, "Properties").map(Said::Read);
                resources.insert(id.as_str(), SeenResource { resource_type, owner, properties });
            }
            stacks.push(SeenStack { region: &stack.region, resources });
        }
        let home = self.about.get("region").map_or("", String::as_str);
        let seen = Seen { home, stacks, keeps_secret: self.keeps_secret };
        Bill::of(&seen, None).estimate(&self.usage)
    }

    /// The component that a resource belongs to, and its id there. Whose a logical id is shows by the longest name that it
    /// begins with.
    #[must_use]
    pub fn owner<'a>(&'a self, id: &'a str) -> Option<(&'a str, &'a str)> {
        let made = self.components.iter().filter(|(_, c)| c.is_made);
        let fits = made.filter_map(|(name, c)| Some((name.as_str(), id.strip_prefix(c.identity.as_str())?)));
        fits.min_by_key(|(_, local)| local.len())
            .map(|(name, local)| (name, if local.is_empty() { "Self" } else { local }))
    }

    /// The resources of a component that hold data.
    #[must_use]
    pub fn data_of(&self, identity: &str) -> Data<'_> {
        let owner = |id: &str| {
            let (name, _) = self.owner(id)?;
            self.components.get(name).map(|c| c.identity.as_str())
        };
        let all = self.stacks.iter().flat_map(|s| &s.resources);
        let data = all.filter(|(_, r)| r.holds_data()).map(|(id, r)| (id.as_str(), r));
        main_ones(data.filter(|(id, _)| owner(id) == Some(identity)).collect())
    }
}

/// Those whose types are known to hold data; all where there is none. What a database stands on, such as its parameters,
/// stays with it, and is not worth naming beside it.
#[must_use]
pub fn main_ones(data: Data<'_>) -> Data<'_> {
    let known: Vec<_> =
        data.iter().copied().filter(|(_, r)| crate::cfn::holds_data(&r.resource_type).is_some()).collect();
    if known.is_empty() { data } else { known }
}

fn is_permanent(manifest: &Node) -> bool {
    field(manifest, "lifetime").and_then(text) == Some("permanent")
}

/// What the manifest declares of the use of components.
fn usage(manifest: &Node) -> Declared {
    let range = |node: &Node| {
        let figure = |node: &Node| Said::Read(node).number();
        match figure(node) {
            Some(exactly) => Some(Range::exactly(exactly)),
            None => Some(Range { low: figure(field(node, "low")?)?, high: figure(field(node, "high")?)? }),
        }
    };
    let components = entries(manifest, "usage").map(|(name, node)| match &node.kind {
        Kind::Map(quantities) => {
            let known = quantities.iter().filter_map(|e| Some((e.key.clone(), range(&e.value)?)));
            (name.to_owned(), known.collect())
        }
        _ => (name.to_owned(), BTreeMap::new()),
    });
    components.collect()
}

/// Whether any secret of the stage itself is kept in Secrets Manager.
fn keeps_secret(manifest: &Node) -> bool {
    let said = |key: &str| field(manifest, key).and_then(text);
    let is_own = said("secrets_from").is_none_or(|from| said("stage") == Some(from));
    let is_kept = |(_, secret): (&str, &Node)| field(secret, "store").and_then(text) == Some("secrets_manager");
    is_own && entries(manifest, "secrets").any(is_kept)
}

fn resource(node: &Node) -> Resource {
    let resource_type = field(node, "Type").and_then(text).unwrap_or_default();
    let indexes = field(node, "Properties").and_then(|p| field(p, "GlobalSecondaryIndexes")).map(items);
    let indexes = indexes.unwrap_or_default().iter().filter_map(|index| field(index, "IndexName").and_then(text));
    Resource {
        indexes: indexes.map(str::to_owned).collect(),
        node: node.clone(),
        resource_type: resource_type.to_owned(),
        deletion_policy: field(node, "DeletionPolicy").and_then(text).map(str::to_owned),
        serves_cluster: resource_type.ends_with("::DBInstance")
            && field(node, "Properties").is_some_and(|p| field(p, "DBClusterIdentifier").is_some()),
    }
}

fn output(node: &Node) -> Option<Output> {
    let export = field(node, "Export").and_then(|e| field(e, "Name")).and_then(text).map(str::to_owned);
    Some(Output { export, value: field(node, "Value")?.clone() })
}

fn stack(listed: &Node, file: &str, template: &Node) -> Stack {
    let said = |key: &str| field(listed, key).and_then(text).unwrap_or_default().to_owned();
    let imports = field(listed, "imports").map(items).unwrap_or_default().iter().filter_map(text);
    Stack {
        name: said("name"),
        word: file.trim_end_matches(".yaml").to_owned(),
        region: said("region"),
        is_protected: field(listed, "termination_protection").is_some_and(|p| p.kind == Kind::Bool(true)),
        parameters: entries(listed, "parameters").map(|(name, node)| (name.to_owned(), source(node))).collect(),
        imports: imports.map(str::to_owned).collect(),
        resources: entries(template, "Resources").map(|(id, node)| (id.to_owned(), resource(node))).collect(),
        outputs: entries(template, "Outputs").filter_map(|(name, o)| Some((name.to_owned(), output(o)?))).collect(),
    }
}

fn source(node: &Node) -> ParameterSource {
    let said = |key: &str| field(node, key).and_then(text).unwrap_or_default().to_owned();
    match said("from").as_str() {
        "output" => ParameterSource::Output { stack: said("stack"), region: said("region"), output: said("output") },
        "inputs" => ParameterSource::Input,
        _ => ParameterSource::Release,
    }
}

fn component(name: &str, settings: &Node) -> Component {
    Component {
        identity: field(settings, "logical_id").and_then(text).unwrap_or(name).to_owned(),
        is_made: field(settings, "import").is_none(),
        settings: settings.clone(),
    }
}

/// The entries of the map under `key`.
pub fn entries<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = (&'n str, &'n Node)> {
    let entries = match field(node, key).map(|n| &n.kind) {
        Some(Kind::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|e| (e.key.as_str(), &e.value))
}

/// The value of a map under `key`.
#[must_use]
pub fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.kind {
        Kind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
        _ => None,
    }
}

/// The items of a sequence; none of anything else.
#[must_use]
pub fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        _ => &[],
    }
}

/// The text of a text.
#[must_use]
pub fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}
