//! Pictures of stages: goldens of every format, and laws on generated graphs.

use reggie_cfn::compile::Compiled;
use reggie_cfn::graph::{Graph, Level, dot, graph, mermaid, svg, text};

use crate::support::{compiled, goldens, project_of, root};

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
