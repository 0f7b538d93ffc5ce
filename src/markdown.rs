//! Pieces of Markdown as GitHub shows it: texts that stay texts, tables, blocks.

use crate::diag::list;

/// Characters that would mean something inside a paragraph or a cell.
const MEANING: &[char] = &['\\', '`', '*', '[', ']', '~', '|'];

/// What people wrote, as text of one line: nothing of it means anything.
#[must_use]
pub fn text(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    for (at, word) in written.split_whitespace().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        for c in word.chars() {
            match c {
                '<' => text.push_str("&lt;"),
                c if MEANING.contains(&c) => text.extend(['\\', c]),
                c => text.push(c),
            }
        }
    }
    text
}

/// A name as code; it may stand in a cell. What cannot be code stays text.
#[must_use]
pub fn code(name: &str) -> String {
    if name.is_empty() || name.contains('`') {
        return text(name);
    }
    format!("`{}`", name.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|"))
}

/// Names as code, as a sentence has them.
#[must_use]
pub fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    list(&names.into_iter().map(|name| code(name.as_ref())).collect::<Vec<_>>())
}

/// A block of commands.
#[must_use]
pub fn shell(commands: &[String]) -> String {
    format!("\n```sh\n{}\n```\n", commands.join("\n"))
}

/// A diagram in the words of Mermaid.
#[must_use]
pub fn mermaid(diagram: &str) -> String {
    format!("\n```mermaid\n{}\n```\n", diagram.trim_end())
}

/// A table; nothing without rows. A column in which nothing stands is left out.
#[must_use]
pub fn table<T: AsRef<str>>(heads: &[T], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let said = |column: &usize| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()));
    let columns: Vec<usize> = (0..heads.len()).filter(said).collect();
    let mut table = String::from("\n");
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        for cell in cells {
            table.push_str("| ");
            table.push_str(cell);
            table.push(' ');
        }
        table.push_str("|\n");
    };
    line(&mut columns.iter().filter_map(|column| heads.get(*column)).map(AsRef::as_ref));
    line(&mut columns.iter().map(|_| "---"));
    for row in rows {
        line(&mut columns.iter().map(|column| row.get(*column).map_or("", String::as_str)));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_means_nothing() {
        assert_eq!(text("a | b\n<b> ~1~ *x* [y](z) `q`"), "a \\| b &lt;b> \\~1\\~ \\*x\\* \\[y\\](z) \\`q\\`");
        assert_eq!((code("a|b"), code("a`b"), code("")), ("`a\\|b`".into(), "a\\`b".into(), String::new()));
    }

    #[test]
    fn a_column_without_a_word_is_left_out() {
        let rows = [vec!["1".to_owned(), String::new(), "2".to_owned()], vec!["3".to_owned()]];
        assert_eq!(table(&["a", "b", "c"], &rows), "\n| a | c |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n");
        assert_eq!(table::<&str>(&[], &[]), "");
    }
}
