//! Repairs that write a setting into a component.

use crate::diag::Edit;
use crate::source::{Sources, Span};

/// Writes `setting` as the first one of the component whose name stands at `name`; none where its settings do not begin
/// behind the name, which no layer in order does.
#[must_use]
pub fn first_setting(sources: &Sources, name: Span, setting: &str) -> Option<Edit> {
    let text = &sources.file(name.file).text;
    let behind = text.get(name.end as usize..)?;
    let mut at = name.end as usize + behind.find(':')? + 1;
    let mut own_line = false;
    loop {
        let rest = text.get(at..)?;
        match rest.chars().next()? {
            '#' => at += rest.find('\n')?,
            '\n' => (at, own_line) = (at + 1, true),
            ' ' | '\r' => at += 1,
            '{' => return Some(edit(name, at + 1, format!("{setting}, "))),
            _ if own_line => {
                let line = text.get(..at)?.rfind('\n')? + 1;
                return Some(edit(name, at, format!("{setting}\n{}", " ".repeat(at - line))));
            }
            _ => return None,
        }
    }
}

fn edit(beside: Span, at: usize, replacement: String) -> Edit {
    Edit { span: Span::new(beside.file, at, at), replacement }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add("environments/base.yaml", text);
        let start = text.find("Db").unwrap_or_default();
        let edit = first_setting(&sources, Span::new(file, start, start + 2), "logical_id: Old")?;
        let mut repaired = text.to_owned();
        repaired.replace_range(edit.span.range(), &edit.replacement);
        Some(repaired)
    }

    #[test]
    fn a_setting_is_written_where_the_first_one_stands() {
        for (text, expected) in [
            ("  Db:\n    type: x\n", Some("  Db:\n    logical_id: Old\n    type: x\n")),
            (
                "  Db: # kept\n\n    # of it\n    type: x\n",
                Some("  Db: # kept\n\n    # of it\n    logical_id: Old\n    type: x\n"),
            ),
            ("  Db: {type: x}\n", Some("  Db: {logical_id: Old, type: x}\n")),
            ("  Db:\n    {type: x}\n", Some("  Db:\n    {logical_id: Old, type: x}\n")),
            ("{\"Db\": {type: x}}", Some("{\"Db\": {logical_id: Old, type: x}}")),
            ("  Db: x\n", None),
            ("  Db:", None),
        ] {
            assert_eq!(after(text).as_deref(), expected, "{text}");
        }
    }
}
