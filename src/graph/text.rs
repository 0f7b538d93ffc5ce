//! A picture for terminals: a tree by group, with what each uses below it.

use super::{Edge, Graph, Node, StandsFor};

/// The most characters of a line of facts.
const WIDTH: usize = 60;

/// The picture in lines; with the colours of terminals where `color` says so.
#[must_use]
pub fn draw(graph: &Graph, color: bool) -> String {
    let paint = |code: &str, text: &str| {
        if color && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let plain = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let is_part = |node: &Node| matches!(node.stands_for, StandsFor::Part(_));
    let wide = |text: &dyn Fn(&Node) -> usize| graph.nodes.iter().filter(|n| !is_part(n)).map(text).max().unwrap_or(0);
    let (names, services) = (wide(&|node| node.name.chars().count()), wide(&|node| node.service.chars().count()));
    let mut text = format!("{}\n", paint("1", &plain(&graph.title)));
    for (at, cluster) in graph.groups.iter().enumerate() {
        text.push_str(&format!("\n{}\n", paint("1;4", &plain(&cluster.title))));
        for (place, node) in graph.members(at).filter(|(_, node)| !is_part(node)) {
            let name = plain(&node.name);
            let service = plain(&node.service);
            let facts = plain(&node.first_facts(WIDTH));
            let line = format!(
                "  {}{}  {}{}  {}",
                paint("1", &name),
                " ".repeat(names.saturating_sub(name.chars().count())),
                paint("36", &service),
                " ".repeat(services.saturating_sub(service.chars().count())),
                facts,
            );
            text.push_str(line.trim_end());
            text.push('\n');
            let branches = branches(graph, place);
            for (number, (arrow, label, to)) in branches.iter().enumerate() {
                let branch = if number + 1 == branches.len() { "└─" } else { "├─" };
                let label = if label.is_empty() { String::new() } else { format!("{} ", paint("33", &plain(label))) };
                text.push_str(&format!("    {} {label}{}{}\n", paint("2", branch), paint("2", arrow), plain(to)));
            }
        }
    }
    text
}

/// What stands below a node: its parts, what it uses, and what is in it.
fn branches(graph: &Graph, place: usize) -> Vec<(&'static str, String, String)> {
    let leads = |edge: &&Edge| edge.from == place;
    let node = |at: usize| graph.nodes.get(at);
    let name = |at: usize| node(at).map(|node| node.name.clone()).unwrap_or_default();
    let is_part = |at: usize| node(at).is_some_and(|node| matches!(node.stands_for, StandsFor::Part(_)));
    let mut branches = Vec::new();
    let quiet = || graph.edges.iter().filter(leads).filter(|edge| edge.quiet && edge.labels.is_empty());
    branches.extend(quiet().filter(|edge| is_part(edge.to)).map(|edge| ("", String::new(), name(edge.to))));
    let used = graph.edges.iter().filter(leads).filter(|edge| !edge.quiet || !edge.labels.is_empty());
    branches.extend(used.map(|edge| ("→ ", edge.short_label(), name(edge.to))));
    let held: Vec<String> = quiet().filter(|edge| !is_part(edge.to)).map(|edge| name(edge.to)).collect();
    if !held.is_empty() {
        branches.push(("", "holds".to_owned(), held.join(", ")));
    }
    branches
}
