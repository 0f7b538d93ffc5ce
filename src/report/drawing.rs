//! The drawing of a stage: its components, by what they are.

use std::collections::BTreeMap;

use crate::compile::Compiled;

const WIDTH: usize = 220;
const HEIGHT: usize = 56;
const GAP: usize = 24;

/// The drawing as SVG.
pub(super) fn drawing(compiled: &Compiled) -> String {
    let mut kinds: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for (name, component) in &compiled.model.components {
        kinds.entry(component.kind.name).or_default().push(name);
    }
    let mut nodes = String::new();
    let most = kinds.values().map(Vec::len).max().unwrap_or(0);
    for (column, (kind, names)) in kinds.iter().enumerate() {
        for (row, name) in names.iter().enumerate() {
            let (x, y) = (GAP + column * (WIDTH + GAP), GAP + row * (HEIGHT + GAP));
            nodes.push_str(&format!(
                "<g class=\"node\" data-component=\"{name}\"><title>{name}: {kind}</title>\
                <rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\
                <text x=\"{tx}\" y=\"{a}\">{name}</text><text class=\"kind\" x=\"{tx}\" y=\"{b}\">{kind}</text></g>",
                tx = x + 12,
                a = y + 24,
                b = y + 44,
            ));
        }
    }
    let (width, height) = (GAP + kinds.len() * (WIDTH + GAP), GAP + most * (HEIGHT + GAP));
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">{nodes}</svg>")
}
