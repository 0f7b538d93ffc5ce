//! A stage as a picture: what there is, in groups, and who uses whom.
//!
//! [`graph`] reads what lowering and linking said, and knows no kind; each format draws a [`Graph`] and knows no stage.

mod component;
pub mod dot;
pub mod layout;
mod local;
pub mod mermaid;
mod resource;
pub mod svg;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::component::Group;
use crate::link::Linked;
use crate::lower::Lowered;
use crate::model::Model;

pub use local::local;

/// How closely it is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The components of the manifest.
    Component,
    /// The resources of the templates.
    Resource,
}

/// A picture before it has a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// What it shows: `reggie production`.
    pub title: String,
    /// The same in a sentence, for who cannot see it.
    pub summary: String,
    /// Its groups; none is empty.
    pub groups: Vec<Cluster>,
    /// What there is, in the order of groups.
    pub nodes: Vec<Node>,
    /// Who uses whom; at most one of two nodes in one direction, and none of a node and itself.
    pub edges: Vec<Edge>,
}

/// What is drawn in one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its title.
    pub title: String,
    /// What is in it is for.
    pub group: Group,
}

/// Something that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its group's place among the groups.
    pub cluster: usize,
    /// Its name.
    pub name: String,
    /// What it is, in AWS's words; nothing if the name says it.
    pub service: String,
    /// What matters of it.
    pub facts: Vec<String>,
    /// What it is for, in words of the manifest; maybe nothing.
    pub purpose: String,
    /// Whose picture it gets.
    pub icon: Icon,
    /// What it stands for.
    pub stands_for: StandsFor,
    /// Whether it exists already, so that this stage does not make it.
    pub imported: bool,
}

/// What is drawn for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// The sign of a kind, by its name.
    Kind(&'static str),
    /// A key.
    Secrets,
    /// A piece of a component.
    Part,
}

/// What a node stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandsFor {
    /// A component.
    Component(String),
    /// A piece of a component.
    Part(String),
    /// The secrets of a store.
    Secrets,
    /// A resource of a template.
    Resource {
        /// The stack, by its file without the ending.
        stack: String,
        /// Its logical id.
        id: String,
    },
}

/// Who uses whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The place of who does.
    pub from: usize,
    /// The place of what is used.
    pub to: usize,
    /// How, a text each.
    pub labels: Vec<String>,
    /// Whether it only says where something is.
    pub quiet: bool,
}

impl Graph {
    /// A name of each node for formats that need one: letters, digits and underscores, none of them twice.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut known = BTreeSet::new();
        self.nodes
            .iter()
            .map(|node| {
                let base = match &node.stands_for {
                    StandsFor::Resource { stack, id } => format!("{stack}_{id}"),
                    StandsFor::Part(of) => format!("{of}_{}", node.name),
                    StandsFor::Secrets => format!("secrets_{}", node.service),
                    StandsFor::Component(name) => name.clone(),
                };
                let plain: String = base.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                // Words such as `end` and `graph` mean something to who reads it.
                let is_word = plain.starts_with(|c: char| c.is_ascii_uppercase())
                    && !RESERVED.contains(&plain.to_ascii_lowercase().as_str());
                let is_path = plain.starts_with(|c: char| c.is_ascii_lowercase()) && plain.contains('_');
                let plain = if is_word || is_path { plain } else { format!("n_{plain}") };
                let free = (1..).map(|at| if at == 1 { plain.clone() } else { format!("{plain}_{at}") });
                let id = free.into_iter().find(|id| !known.contains(id)).unwrap_or_default();
                known.insert(id.clone());
                id
            })
            .collect()
    }

    /// The nodes of a group, with their places.
    fn members(&self, cluster: usize) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.cluster == cluster)
    }
}

/// Words that formats keep for themselves, in lower case.
const RESERVED: &[&str] = &[
    "accdescr",
    "acctitle",
    "call",
    "class",
    "classdef",
    "click",
    "default",
    "digraph",
    "direction",
    "edge",
    "end",
    "flowchart",
    "graph",
    "href",
    "interpolate",
    "linkstyle",
    "node",
    "strict",
    "style",
    "subgraph",
];

impl Node {
    /// Its first facts, as many as fit into so many characters, and at least one; what it is for, where there is none.
    #[must_use]
    pub fn first_facts(&self, width: usize) -> String {
        if self.facts.is_empty() {
            return shortened(&self.purpose, width);
        }
        let mut line = String::new();
        for fact in &self.facts {
            if line.is_empty() {
                line = shortened(fact, width);
            } else if line.chars().count() + 2 + fact.chars().count() <= width {
                line.push_str(", ");
                line.push_str(fact);
            } else {
                break;
            }
        }
        line
    }
}

impl Edge {
    /// Its labels in one line.
    #[must_use]
    pub fn label(&self) -> String {
        self.labels.join(", ")
    }

    /// Its labels in one line that is not long: the first, and how many others there are.
    #[must_use]
    pub fn short_label(&self) -> String {
        let all = self.label();
        match self.labels.split_first() {
            Some((first, others)) if all.chars().count() > MOST_LABEL && !others.is_empty() => {
                format!("{} +{}", shortened(first, MOST_LABEL - 4), others.len())
            }
            _ => shortened(&all, MOST_LABEL),
        }
    }
}

/// The most characters of a label.
const MOST_LABEL: usize = 28;

/// A text of at most so many characters, and a sign that there is more.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The picture of a stage that is deployed.
#[must_use]
pub fn graph(model: &Model, lowered: &Lowered, linked: &Linked, level: Level) -> Graph {
    match level {
        Level::Component => component::graph(model, lowered),
        Level::Resource => resource::graph(model, lowered, linked),
    }
}

/// A picture while it is put together.
#[derive(Debug, Default)]
struct Sketch {
    /// In the order of groups, and within them of names.
    nodes: BTreeMap<(usize, String), Node>,
    edges: BTreeMap<(String, String), (Vec<String>, bool)>,
}

impl Sketch {
    /// Adds a node by a name of its own; `order` is that of its group.
    fn node(&mut self, order: usize, key: impl Into<String>, node: Node) {
        self.nodes.insert((order, key.into()), node);
    }

    /// Adds an edge between two names; of several between the same two, one is drawn.
    fn edge(&mut self, from: &str, to: &str, label: &str, quiet: bool) {
        if from == to {
            return;
        }
        let (labels, is_quiet) = self.edges.entry((from.to_owned(), to.to_owned())).or_insert((Vec::new(), true));
        *is_quiet &= quiet;
        if !label.is_empty() && !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }

    /// The picture; `cluster` says what a group of nodes is called and is for.
    fn finish(self, title: String, cluster: impl Fn(usize, usize) -> Cluster) -> Graph {
        let mut graph = Graph { title, ..Graph::default() };
        let mut places = BTreeMap::new();
        let mut last = None;
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        self.nodes.keys().for_each(|(order, _)| *sizes.entry(*order).or_default() += 1);
        for ((order, key), node) in self.nodes {
            if last != Some(order) {
                graph.groups.push(cluster(order, sizes.get(&order).copied().unwrap_or(0)));
                last = Some(order);
            }
            places.insert(key, graph.nodes.len());
            graph.nodes.push(Node { cluster: graph.groups.len() - 1, ..node });
        }
        for ((from, to), (labels, quiet)) in self.edges {
            if let (Some(from), Some(to)) = (places.get(&from), places.get(&to)) {
                graph.edges.push(Edge { from: *from, to: *to, labels, quiet });
            }
        }
        graph.edges.sort_by_key(|edge| (edge.from, edge.to));
        graph.summary = summary(&graph);
        graph
    }
}

/// `9 components in 6 groups: Networking (ReggieVpc), …`.
fn summary(graph: &Graph) -> String {
    let mut groups = Vec::new();
    for (at, cluster) in graph.groups.iter().enumerate() {
        let names: Vec<&str> = graph
            .members(at)
            .filter(|(_, node)| !matches!(node.stands_for, StandsFor::Part(_)))
            .map(|(_, node)| node.name.as_str())
            .collect();
        let shown = match names.len() {
            0..=6 => names.join(", "),
            many => format!("{} and {} more", names.iter().take(5).copied().collect::<Vec<_>>().join(", "), many - 5),
        };
        groups.push(format!("{}: {shown}", cluster.title));
    }
    format!("{}.", groups.join("; "))
}
