//! Pictures of stages: goldens of every format, and what no format may let through.
//!
//! All are written to `target/diagrams/`, where `tests/judges/run diagrams` puts them before Mermaid and Graphviz.

use reggie_cfn::compile::Compiled;
use reggie_cfn::component::Group;
use reggie_cfn::graph::{Cluster, Edge, Graph, Icon, Level, Node, StandsFor, dot, graph, local, mermaid, svg, text};
use reggie_cfn::lower;

use crate::support::{compiled, goldens, project_of, root, shown};

fn picture(compiled: &Compiled, level: Level) -> Graph {
    graph(&compiled.model, &compiled.lowered, &compiled.linked, level)
}

fn production() -> Graph {
    picture(&compiled(&project_of(&root()), "production"), Level::Component)
}

#[test]
fn reggie_in_mermaid() {
    insta::assert_snapshot!(mermaid::draw(&production()));
}

#[test]
fn reggie_in_dot() {
    insta::assert_snapshot!(dot::draw(&production()));
}

#[test]
fn reggie_in_text() {
    insta::assert_snapshot!(text::draw(&production(), false));
}

#[test]
fn sgcarstrends_in_text() {
    let compiled = compiled(&project_of(&root().join("examples/sgcarstrends")), "prod");
    insta::assert_snapshot!(text::draw(&picture(&compiled, Level::Component), false));
}

#[test]
fn reggie_in_svg() {
    insta::assert_snapshot!(svg::draw(&production()));
}

/// Every component is a node, every resource too, and no edge leads nowhere.
#[test]
fn everything_is_in_the_picture() {
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        if compiled.model.stage.is_local() {
            continue;
        }
        let components = picture(&compiled, Level::Component);
        for name in compiled.model.components.keys() {
            assert_eq!(
                components.nodes.iter().filter(|node| node.name == *name).count(),
                1,
                "{folder:?} {stage}: {name}"
            );
        }
        let resources = picture(&compiled, Level::Resource);
        let count: usize = compiled.linked.stacks.iter().map(|stack| stack.template.resources.len()).sum();
        assert_eq!(resources.nodes.len(), count, "{folder:?} {stage}");
        for graph in [&components, &resources] {
            let mut ids = graph.ids();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), graph.nodes.len(), "{folder:?} {stage}");
            for edge in &graph.edges {
                assert!(edge.from != edge.to && edge.from < graph.nodes.len() && edge.to < graph.nodes.len());
            }
        }
    }
}

/// Texts that mean something in a language of pictures, of markup or of terminals.
const HOSTILE: &[&str] = &[
    r##""<>&|;{}[]()'`#%*_~\"##,
    "two\nlines\r\tand a \u{1b}[31mbell\u{7}",
    "</text></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>",
    "end",
    "graph TB; click A call alert()",
    "- a list",
    "1. a list",
    "# a heading",
    "**bold** _em_ [link](https://example.com) https://example.com www.example.com",
    "&lt;b&gt; &amp; &#34; #quot; #35; #lt;",
    "\\N \\G \\l \\\\ \\\"",
    "%%{init: {'theme': 'dark'}}%%",
    "\u{202e}backwards \u{fffe}",
    "`markdown`",
    "]]> <!-- x -->",
    "fa:fa-user :::class @{ shape: x }",
    "A --> B",
    "$$x^2$$",
];

fn hostile() -> Graph {
    let node = |at: usize, text: &str| Node {
        cluster: at % 3,
        name: text.to_owned(),
        service: text.to_owned(),
        facts: vec![text.to_owned(), "second".to_owned()],
        purpose: text.to_owned(),
        icon: Icon::Kind("function"),
        stands_for: StandsFor::Component(text.to_owned()),
        imported: at.is_multiple_of(2),
    };
    let group = |text: &&str| Cluster { title: (*text).to_owned(), group: Group::Services };
    let mut nodes: Vec<Node> = HOSTILE.iter().enumerate().map(|(at, text)| node(at, text)).collect();
    nodes.sort_by_key(|node| node.cluster);
    let edge = |(at, text): (usize, &&str)| Edge {
        from: at,
        to: (at + 1) % HOSTILE.len(),
        labels: vec![(*text).to_owned()],
        quiet: at.is_multiple_of(4),
    };
    Graph {
        title: HOSTILE.concat(),
        summary: HOSTILE.concat(),
        groups: HOSTILE.iter().take(3).map(group).collect(),
        nodes,
        edges: HOSTILE.iter().enumerate().map(edge).collect(),
    }
}

/// Names of nothing: no text gets out of where it stands.
#[test]
fn hostile_texts_stay_texts() {
    let graph = hostile();
    let picture = svg::draw(&graph);
    for wrong in ["<script", "<img", "onerror=alert(1)>", "<!--", "]]>", "\u{1b}", "\u{7}", "\u{fffe}", "javascript:"] {
        assert!(!picture.contains(wrong), "{wrong:?}");
    }
    // Every tag is one of ours.
    for tag in picture.split('<').skip(1) {
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
        let known = ["svg", "title", "desc", "style", "rect", "text", "g", "path"];
        assert!(known.contains(&name.as_str()), "<{name}");
    }
    let tree = text::draw(&graph, false);
    assert!(!tree.contains('\u{1b}') && !tree.contains('\r') && !tree.contains('\u{7}'));
    let lines = 3 + graph.groups.len() + 1 + 2 * graph.nodes.len();
    assert!(tree.lines().count() <= lines + graph.groups.len(), "a text breaks a line");
    for line in mermaid::draw(&graph).lines() {
        assert!(line.matches('"').count() % 2 == 0, "{line}");
    }
}

/// What a picture shows, and the pictures, for judges.
fn case(name: &str, graph: &Graph) -> serde_json::Value {
    let clean = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let node = |node: &Node| {
        let facts = node.first_facts(40);
        let lines = [&node.name, &node.service, &facts];
        lines.into_iter().filter(|line| !line.is_empty()).map(|line| clean(line)).collect::<Vec<_>>().join("\n")
    };
    serde_json::json!({
        "name": name,
        "mermaid": mermaid::draw(graph),
        "dot": dot::draw(graph),
        "nodes": graph.nodes.iter().map(node).collect::<Vec<_>>(),
        "groups": graph.groups.iter().map(|group| clean(&group.title)).collect::<Vec<_>>(),
        "edges": graph.edges.iter().map(|edge| clean(&edge.short_label())).collect::<Vec<_>>(),
    })
}

#[test]
fn judges_get_every_picture() {
    let mut cases = vec![case("hostile", &hostile())];
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        let name = shown(&folder, &stage);
        let model = &compiled.model;
        if model.stage.is_local() {
            let made = lower::local::local(model, &compiled.origins, &mut reggie_cfn::diag::Diagnostics::default());
            let picture = local(model, &made);
            assert!(!picture.nodes.is_empty(), "{name}");
            cases.push(case(&name, &picture));
            continue;
        }
        cases.push(case(&name, &picture(&compiled, Level::Component)));
        cases.push(case(&format!("{name}, resources"), &picture(&compiled, Level::Resource)));
    }
    let folder = root().join("target/diagrams");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    std::fs::write(folder.join("cases.json"), serde_json::Value::from(cases).to_string()).expect("cases.json");
}
