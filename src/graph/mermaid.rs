//! A picture as GitHub draws it: Mermaid.

use super::{Cluster, Graph, Node};

/// The most characters of a line of facts.
const WIDTH: usize = 40;

/// The picture in Mermaid's language, as it stands between its fences.
#[must_use]
pub fn draw(graph: &Graph) -> String {
    let ids = graph.ids();
    let mut text = String::from("graph TB\n");
    for (at, cluster) in graph.groups.iter().enumerate() {
        text.push_str(&format!("    subgraph group_{} [\"{}\"]\n", at + 1, title(cluster)));
        for (place, node) in graph.members(at) {
            text.push_str(&format!("        {}[\"{}\"]\n", id(&ids, place), label(node)));
        }
        text.push_str("    end\n");
    }
    for edge in &graph.edges {
        let arrow = if edge.quiet { "-.->" } else { "-->" };
        let label =
            if edge.labels.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&edge.short_label())) };
        text.push_str(&format!("    {} {arrow}{label} {}\n", id(&ids, edge.from), id(&ids, edge.to)));
    }
    let imported: Vec<&str> =
        graph.nodes.iter().enumerate().filter(|(_, node)| node.imported).map(|(at, _)| id(&ids, at)).collect();
    if !imported.is_empty() {
        text.push_str("    classDef imported stroke-dasharray: 5 4\n");
        text.push_str(&format!("    class {} imported\n", imported.join(",")));
    }
    text
}

fn id(ids: &[String], at: usize) -> &str {
    ids.get(at).map(String::as_str).unwrap_or_default()
}

fn title(cluster: &Cluster) -> String {
    escaped(&cluster.title)
}

fn label(node: &Node) -> String {
    let facts = node.first_facts(WIDTH);
    let lines = [node.name.as_str(), node.service.as_str(), facts.as_str()];
    lines.into_iter().filter(|line| !line.is_empty()).map(escaped).collect::<Vec<_>>().join("<br/>")
}

/// What a node shows, a line each, as it stands between its brackets.
#[must_use]
pub fn lines<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> String {
    let lines: Vec<String> = lines.into_iter().map(|line| escaped(line.as_ref())).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// A text that Mermaid shows as it is: what has a meaning in its language, in Markdown or in HTML is written by its number.
fn escaped(text: &str) -> String {
    let text: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Where a list would begin: `- `, `+ `, `1. `, `1) `.
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let begins_list = match text.get(digits) {
        Some('-' | '+') => digits == 0,
        Some('.' | ')') => digits > 0 && text.get(digits + 1).is_none_or(|c| *c == ' '),
        _ => false,
    };
    let is_word = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut out = String::new();
    for (at, c) in text.iter().enumerate() {
        let is_plain = match c {
            _ if begins_list && at == digits => false,
            '_' => is_word(at.checked_sub(1)) && is_word(Some(at + 1)),
            // Two begin an address, a comment, a formula.
            '/' | '%' | '$' => at == 0 || text.get(at - 1) != Some(c),
            c => c.is_alphanumeric() || " .,:()+-$%=?!'–—·…→".contains(*c),
        };
        if is_plain { out.push(*c) } else { out.push_str(&format!("#{};", u32::from(*c))) }
    }
    out.replace("www.", "www#46;")
}
