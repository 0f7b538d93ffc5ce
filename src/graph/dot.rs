//! A picture for Graphviz.

use super::{Graph, Node};

/// The most characters of a line of facts.
const WIDTH: usize = 40;

/// The picture in the language of Graphviz.
#[must_use]
pub fn draw(graph: &Graph) -> String {
    let ids = graph.ids();
    let id = |at: usize| ids.get(at).map(String::as_str).unwrap_or_default();
    let mut text = format!("digraph {} {{\n", quoted(&graph.title));
    text.push_str("    graph [rankdir=LR, fontname=\"Helvetica\", fontsize=12, style=\"rounded\", color=\"#9aa4b2\", nodesep=0.3, ranksep=0.9]\n");
    text.push_str("    node [shape=box, style=\"rounded\", fontname=\"Helvetica\", fontsize=11, color=\"#5b6675\"]\n");
    text.push_str("    edge [fontname=\"Helvetica\", fontsize=10, color=\"#5b6675\"]\n");
    for (at, cluster) in graph.groups.iter().enumerate() {
        text.push_str(&format!("    subgraph cluster_{} {{\n        label={}\n", at + 1, quoted(&cluster.title)));
        for (place, node) in graph.members(at) {
            let style = if node.imported { ", style=\"rounded,dashed\"" } else { "" };
            text.push_str(&format!("        {} [label={}{style}]\n", id(place), quoted(&label(node))));
        }
        text.push_str("    }\n");
    }
    for edge in &graph.edges {
        let mut attributes = Vec::new();
        if !edge.labels.is_empty() {
            attributes.push(format!("label={}", quoted(&edge.short_label())));
        }
        if edge.quiet {
            attributes.push("style=dotted".to_owned());
        }
        let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
        text.push_str(&format!("    {} -> {}{attributes}\n", id(edge.from), id(edge.to)));
    }
    text.push_str("}\n");
    text
}

fn label(node: &Node) -> String {
    let facts = node.first_facts(WIDTH);
    let lines = [node.name.as_str(), node.service.as_str(), facts.as_str()];
    let plain = |line: &str| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    lines.into_iter().filter(|line| !line.is_empty()).map(plain).collect::<Vec<_>>().join("\n")
}

/// A text of Graphviz: between quotes, where a backslash begins an escape and `&` an entity of HTML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
