//! A picture that stands alone, or in a page: SVG.
//!
//! Nothing of it runs or loads anything. Colours are variables of CSS; each node says what it stands for by `data-component` or
//! `data-resource`, so that a page may lead from there to more.

mod icons;
mod measure;
pub mod style;

use std::fmt::Write;

use super::layout::{Layout, Line, Path, Problem, Rect, Sized, layout};
use super::{Edge, Graph, Icon, Node, StandsFor};
use measure::{fitted, width};

/// The most characters of a line of facts.
const FACTS: usize = 36;
/// Sizes of text in tenths of a unit.
const NAME: i64 = 130;
const SERVICE: i64 = 115;
const SMALL: i64 = 110;
const TITLE: i64 = 125;
/// The sign at the left of a node, and what is beside it.
const BADGE: i64 = 28;
const INSET: i64 = 11;
/// The widths between which boxes stay.
const NARROW: i64 = 150;
const WIDE: i64 = 300;
/// The radius of corners of lines.
const ROUND: i64 = 7;
/// The length of an arrow's head, and half of its width.
const HEAD: (i64, i64) = (8, 4);
/// What a heading takes of the height.
const HEADING: i64 = 38;

/// The picture as a file of its own, with its heading and its colours for light and dark surroundings.
#[must_use]
pub fn draw(graph: &Graph) -> String {
    let style = format!(
        "<style>{}{}{}@media (prefers-color-scheme:dark){{{}}}</style>\n",
        style::plain(),
        style::RULES,
        style::light(),
        style::dark()
    );
    picture(graph, Some(&style))
}

/// The picture for a page that brings the heading and the style: [`style::RULES`], [`style::light`] and [`style::dark`].
#[must_use]
pub fn figure(graph: &Graph) -> String {
    picture(graph, None)
}

fn picture(graph: &Graph, style: Option<&str>) -> String {
    let layout = layout(&problem(graph));
    let top = if style.is_some() { HEADING } else { 0 };
    let heading = width(&graph.title, 190, true) + 48;
    let (wide, high) = (layout.width.max(if style.is_some() { heading } else { 0 }), layout.height + top);
    let id: String = graph.title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" \
         role=\"img\" aria-labelledby=\"graph-{id}-title graph-{id}-desc\">\n"
    );
    let _ = writeln!(out, "<title id=\"graph-{id}-title\">{}</title>", escaped(&graph.title));
    let _ = writeln!(out, "<desc id=\"graph-{id}-desc\">{}</desc>", escaped(&graph.summary));
    if let Some(style) = style {
        out.push_str(style);
        let _ = writeln!(out, "<rect class=\"canvas\" width=\"{wide}\" height=\"{high}\"/>");
        let _ = writeln!(out, "<text class=\"heading\" x=\"24\" y=\"40\">{}</text>", escaped(&graph.title));
    }
    let _ = writeln!(out, "<g transform=\"translate(0 {top})\">");
    for (cluster, rect) in graph.groups.iter().zip(&layout.groups) {
        let _ = writeln!(
            out,
            "<g class=\"cluster {}\">{}<text x=\"{}\" y=\"{}\">{}</text></g>",
            style::class(cluster.group),
            rectangle("", *rect, 10),
            rect.x + 16,
            rect.y + 22,
            escaped(&cluster.title)
        );
    }
    // What is quiet lies below the rest.
    for quiet in [true, false] {
        for (edge, path) in graph.edges.iter().zip(&layout.paths).filter(|(edge, _)| edge.quiet == quiet) {
            line(&mut out, graph, edge, path);
        }
    }
    for (node, rect) in graph.nodes.iter().zip(&layout.boxes) {
        box_of(&mut out, graph, node, *rect);
    }
    for (edge, path) in graph.edges.iter().zip(&layout.paths) {
        label(&mut out, graph, edge, path, &layout);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// What is to be laid out: sizes of texts, and who leads to whom.
#[must_use]
pub fn problem(graph: &Graph) -> Problem {
    let boxes = graph.nodes.iter().map(|node| {
        let (wide, height) = size(node);
        Sized { group: node.cluster, width: wide, height }
    });
    let lines = graph.edges.iter().map(|edge| {
        let label = edge.short_label();
        let label_width = if label.is_empty() { 0 } else { width(&label, SMALL, false) + 8 };
        Line { from: edge.from, to: edge.to, quiet: edge.quiet, label, label_width }
    });
    Problem {
        boxes: boxes.collect(),
        groups: graph.groups.len(),
        titles: graph.groups.iter().map(|cluster| width(&cluster.title, TITLE, true)).collect(),
        lines: lines.collect(),
    }
}

fn size(node: &Node) -> (i64, i64) {
    if node.icon == Icon::Part && node.service.is_empty() {
        return ((width(&node.name, 120, false) + 44).clamp(100, WIDE), 32);
    }
    let facts = node.first_facts(FACTS);
    let texts = [width(&node.name, NAME, true), width(&node.service, SERVICE, false), width(&facts, SMALL, false)];
    let text = texts.into_iter().max().unwrap_or(0);
    let lines = i64::from(!node.service.is_empty()) + i64::from(!facts.is_empty());
    ((text + BADGE + 3 * INSET).clamp(NARROW, WIDE), 42 + lines * 15)
}

fn rectangle(class: &str, rect: Rect, radius: i64) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let Rect { x, y, width, height } = rect;
    format!("<rect{class} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>")
}

fn box_of(out: &mut String, graph: &Graph, node: &Node, rect: Rect) {
    let group = graph.groups.get(node.cluster).map_or("operations", |cluster| style::class(cluster.group));
    let data = match &node.stands_for {
        StandsFor::Component(name) => format!(" data-component=\"{}\"", escaped(name)),
        StandsFor::Part(of) => format!(" data-component=\"{}\"", escaped(of)),
        StandsFor::Secrets => " data-secrets=\"\"".to_owned(),
        StandsFor::Resource { stack, id } => format!(" data-resource=\"{}/{}\"", escaped(stack), escaped(id)),
    };
    let is_part = node.icon == Icon::Part && node.service.is_empty();
    let state = format!("{}{}", if node.imported { " imported" } else { "" }, if is_part { " part" } else { "" });
    let _ = write!(out, "<g class=\"node {group}{state}\"{data}><title>{}</title>", escaped(&told(node)));
    out.push_str(&rectangle("box", rect, 8));
    let middle = rect.y + rect.height / 2;
    let sign = icons::path(node.icon);
    if is_part {
        let _ =
            write!(out, "<path class=\"sign\" transform=\"translate({} {})\" d=\"{sign}\"/>", rect.x + 8, middle - 8);
        let name = fitted(&node.name, 120, false, rect.width - 36);
        let _ = writeln!(
            out,
            "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text></g>",
            rect.x + 28,
            middle + 4,
            escaped(&name)
        );
        return;
    }
    let badge = Rect { x: rect.x + INSET, y: middle - BADGE / 2, width: BADGE, height: BADGE };
    out.push_str(&rectangle("badge", badge, 7));
    let _ = write!(out, "<path class=\"sign\" transform=\"translate({} {})\" d=\"{sign}\"/>", badge.x + 6, badge.y + 6);
    let facts = node.first_facts(FACTS);
    let texts = [("name", &node.name, NAME), ("service", &node.service, SERVICE), ("facts", &facts, SMALL)];
    let shown: Vec<_> = texts.into_iter().filter(|(_, text, _)| !text.is_empty()).collect();
    let x = badge.x + BADGE + INSET;
    let room = rect.x + rect.width - INSET / 2 - x;
    let count = i64::try_from(shown.len()).unwrap_or(1);
    let mut y = middle - (count - 1) * 15 / 2 + 4;
    for (class, text, size) in shown {
        let text = fitted(text, size, class == "name", room);
        let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&text));
        y += 15;
    }
    out.push_str("</g>\n");
}

/// Everything about a node in a sentence.
fn told(node: &Node) -> String {
    let mut told = node.name.clone();
    for more in [&node.service, &node.purpose] {
        if !more.is_empty() {
            told.push_str(": ");
            told.push_str(more);
        }
    }
    for fact in &node.facts {
        told.push_str(", ");
        told.push_str(fact);
    }
    told
}

fn line(out: &mut String, graph: &Graph, edge: &Edge, path: &Path) {
    let name = |at: usize| graph.nodes.get(at).map(|node| node.name.as_str()).unwrap_or_default();
    let says = if edge.labels.is_empty() { String::new() } else { format!(": {}", edge.label()) };
    let title = format!("{} → {}{says}", name(edge.from), name(edge.to));
    let cluster = graph.nodes.get(edge.to).and_then(|node| graph.groups.get(node.cluster));
    let group = cluster.map_or("operations", |cluster| style::class(cluster.group));
    let class = if edge.quiet { "edge quiet".to_owned() } else { format!("edge {group}") };
    let _ = write!(
        out,
        "<g class=\"{class}\" data-from=\"{}\" data-to=\"{}\"><title>{}</title><path class=\"wire\" d=\"{}\"/>",
        escaped(name(edge.from)),
        escaped(name(edge.to)),
        escaped(&title),
        rounded(&path.points)
    );
    if let [.., before, last] = path.points[..] {
        let (x, y) = last;
        let back = if before.0 < x { -HEAD.0 } else { HEAD.0 };
        let _ = write!(out, "<path class=\"head\" d=\"M{x} {y}l{back} {}v{}z\"/>", -HEAD.1, 2 * HEAD.1);
    }
    out.push_str("</g>\n");
}

/// The path of a line, with round corners, up to its arrow's head.
fn rounded(points: &[(i64, i64)]) -> String {
    let mut points = points.to_vec();
    if let [.., before, last] = &mut points[..] {
        last.0 += if before.0 < last.0 { 2 - HEAD.0 } else { HEAD.0 - 2 };
    }
    let mut path = String::new();
    for (at, (x, y)) in points.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|before| points.get(before)).copied();
        let (Some(before), Some(after)) = (before, points.get(at + 1).copied()) else {
            let _ = write!(path, "{}{x} {y}", if at == 0 { "M" } else { "L" });
            continue;
        };
        let length = |(ax, ay): (i64, i64)| ((ax - x).abs() + (ay - y).abs()) / 2;
        let radius = ROUND.min(length(before)).min(length(after));
        let toward = |(ax, ay): (i64, i64)| (x + (ax - x).signum() * radius, y + (ay - y).signum() * radius);
        let ((fx, fy), (tx, ty)) = (toward(before), toward(after));
        let _ = write!(path, "L{fx} {fy}Q{x} {y} {tx} {ty}");
    }
    path
}

fn label(out: &mut String, graph: &Graph, edge: &Edge, path: &Path, layout: &Layout) {
    let (Some((x, y)), text) = (path.label, edge.short_label()) else { return };
    let wide = width(&text, SMALL, false) + 8;
    // On a group it has the group's colour behind it.
    let within = layout.groups.iter().position(|g| x > g.x && x < g.x + g.width && y > g.y && y < g.y + g.height);
    let class = within
        .and_then(|at| graph.groups.get(at))
        .map_or("label".to_owned(), |cluster| format!("label inside {}", style::class(cluster.group)));
    let back = Rect { x: x - wide / 2, y: y - 8, width: wide, height: 16 };
    let _ = writeln!(
        out,
        "<g class=\"{class}\">{}<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        rectangle("", back, 3),
        y + 4,
        escaped(&text)
    );
}

/// A text between tags or quotes. What no XML can hold becomes a space.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
