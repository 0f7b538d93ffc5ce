//! Repairs: what a build asks for, written into the layers.

use super::On;
use crate::diag::{Edit, first_setting};
use crate::source::Span;
use crate::value::Value;
use crate::yaml::{self, Doc};

/// A text as it is written in a layer.
pub(super) fn written(text: &str) -> String {
    yaml::print(&Doc::text(text)).trim_end().to_owned()
}

/// A list as it is written in one line.
pub(super) fn in_brackets(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

/// Gives the setting at `path` this value: in its place, or in the innermost block that a layer wrote.
pub(super) fn set(on: &On<'_>, path: &[&str], value: &str) -> Option<Edit> {
    if let Some(span) = on.site.tree.at(path).and_then(|found| span(on, found)) {
        return Some(Edit { span, replacement: value.to_owned() });
    }
    let origins = &on.site.compiled.origins;
    (0..path.len()).rev().find_map(|depth| {
        let (within, rest) = path.split_at(depth);
        let key = match within.split_last() {
            None => on.site.component.origin,
            Some((key, block)) => {
                on.site.tree.at(block)?.entry(key).filter(|e| span(on, &e.value).is_some())?.key_origin
            }
        };
        let (last, blocks) = rest.split_last()?;
        let setting = blocks.iter().rev().fold(format!("{last}: {value}"), |inner, key| format!("{key}: {{{inner}}}"));
        first_setting(on.sources, *origins.spans(key).first()?, &setting)
    })
}

/// Gives the list at `path` these items, which are as they are written. None where a comment among the old ones would be lost.
pub(super) fn set_list(on: &On<'_>, path: &[&str], items: &[String]) -> Option<Edit> {
    let Some(span) = on.site.tree.at(path).and_then(|found| span(on, found)) else {
        return set(on, path, &in_brackets(items));
    };
    let old = on.sources.text(span);
    let before = on.sources.file(span.file).text.get(..span.start as usize)?;
    if old.contains('#') {
        return None;
    }
    let replacement = match before.trim_end().chars().next_back() {
        _ if old.starts_with('[') => in_brackets(items),
        Some('[') => items.join(", "),
        Some('-') => {
            let dash = before.rfind('-')?;
            let indent = dash - before.rfind('\n').map_or(0, |end| end + 1);
            items.join(&format!("\n{}- ", " ".repeat(indent)))
        }
        _ if old.starts_with('-') => {
            let indent = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
            format!("- {}", items.join(&format!("\n{}- ", " ".repeat(indent))))
        }
        _ => return None,
    };
    Some(Edit { span, replacement })
}

/// Where a layer wrote a value.
fn span(on: &On<'_>, value: &Value) -> Option<Span> {
    on.site.compiled.origins.spans(value.origin).first().copied()
}
