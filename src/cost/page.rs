//! The quantities that may be declared, as a table.

use super::rules;

/// A row for each quantity of each type of resource, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut rows: Vec<String> = Vec::new();
    for rule in rules::all() {
        for (i, usage) in rule.usage.iter().enumerate() {
            let of = if i == 0 { format!("`{}`", rule.resource_type) } else { String::new() };
            rows.push(format!("| {of} | `{}` | {} |\n", usage.name, usage.what));
        }
    }
    format!("| resource | quantity | counts, a month |\n| --- | --- | --- |\n{}", rows.concat())
}

/// The types of resources that are estimated without anything to declare, by name.
#[must_use]
pub fn fixed() -> Vec<&'static str> {
    let mut types: Vec<&str> =
        rules::all().filter(|rule| rule.usage.is_empty()).map(|rule| rule.resource_type).collect();
    types.sort_unstable();
    types
}
