//! Elsewhere: what others run.

use super::Parts;
use crate::markdown::{code, names, table, text};
use crate::value::Value;

/// The section; nothing where the stage needs nobody else.
pub(super) fn section(parts: &Parts<'_>) -> String {
    let mut rows = Vec::new();
    for (name, neighbour) in parts.lowered.neighbours.iter().filter(|(_, n)| n.interface.run_by_others) {
        let component = parts.model.components.get(name);
        let purpose = component.and_then(|c| c.common.purpose.as_ref()).map(|p| text(&p.value)).unwrap_or_default();
        let interface = &neighbour.interface;
        let url = interface.attribute("url").map(|url| match url.value.as_text().filter(|_| !url.sensitive) {
            Some(url) => code(url),
            None => "kept as a secret".to_owned(),
        });
        let check = interface.check.as_ref().map(|check| format!("{} at {}", check.status, code(&check.url)));
        rows.push(vec![
            format!("`{name}`"),
            purpose,
            url.unwrap_or_default(),
            names(secrets(parts, name)),
            check.unwrap_or_default(),
        ]);
    }
    if rows.is_empty() {
        return String::new();
    }
    let stage = parts.stage();
    format!(
        "\n## Elsewhere\n\nOthers run this. `reggie-cfn secrets {stage}` says how each secret is set, and which are missing; a deploy stops where one is, and asks for the \
        answers when it is done.\n{}",
        table(&["component", "for", "where", "secrets", "must answer"], &rows)
    )
}

/// The secrets that it takes to use it: those that it names, and that of its address.
fn secrets<'a>(parts: &Parts<'a>, name: &str) -> Vec<&'a str> {
    let neighbour = parts.lowered.neighbours.get(name);
    let mut found: Vec<&str> = neighbour.iter().flat_map(|n| &n.interface.secrets).map(String::as_str).collect();
    let url = neighbour.and_then(|n| n.interface.attribute("url")).map(|url| &url.value);
    let mut of_url = |value: &'a Value| {
        value.each_reference(&mut |symbol, _| {
            if let crate::value::Symbol::Secret { name, .. } = symbol {
                found.push(name);
            }
        });
    };
    url.into_iter().for_each(&mut of_url);
    found.sort_unstable();
    found.dedup();
    found
}
