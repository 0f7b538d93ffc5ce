//! Tables, lists and diagrams, as the document has them in plain text, and as the generated page has them in Markdown.

use std::collections::BTreeMap;

/// A table: what it is called, what its columns are called, and its rows. The first cell of a row is its name.
#[derive(Debug, Clone)]
pub struct Table {
    pub title: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(title: &'static str, columns: &[&str], rows: Vec<Vec<String>>) -> Table {
        Table { title, columns: columns.iter().map(|&column| column.to_owned()).collect(), rows }
    }

    pub fn cell(&self, row: &str, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|known| known == column)?;
        self.rows.iter().find(|cells| cells[0] == row)?.get(at).map(String::as_str)
    }
}

/// A diagram: nodes by their id, each with its group and the lines of its label; and edges with theirs.
#[derive(Debug, Default)]
pub struct Diagram {
    pub nodes: BTreeMap<String, (String, Vec<String>)>,
    pub edges: Vec<(String, String, String)>,
}

impl Diagram {
    /// Reads Mermaid's language, as far as both texts use it.
    pub fn of(text: &str) -> Diagram {
        let (mut diagram, mut groups) = (Diagram::default(), Vec::new());
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("class")) {
            if let Some(title) = line.strip_prefix("subgraph ") {
                let title = title.split_once('"').map_or(title, |(_, title)| title.trim_end_matches(['"', ']']));
                groups.push(plain(title));
            } else if line == "end" {
                groups.pop().expect("a group that begins");
            } else if let Some((from, to)) = line.split_once("-->").or_else(|| line.split_once("-.->")) {
                let (label, to) = match to.trim().strip_prefix('|').and_then(|rest| rest.split_once('|')) {
                    Some((label, to)) => (plain(label.trim_matches('"')), to),
                    None => (String::new(), to),
                };
                let group = groups.last().cloned().unwrap_or_default();
                let (from, to) = (diagram.node(from.trim(), &group), diagram.node(to.trim(), &group));
                diagram.edges.push((from, label, to));
            } else if line.contains('[') {
                let group = groups.last().cloned().unwrap_or_default();
                diagram.node(line, &group);
            } else {
                assert!(line.starts_with("graph "), "what is {line:?} in a diagram?");
            }
        }
        assert!(groups.is_empty(), "a group has no end:\n{text}");
        diagram
    }

    /// Takes a node in, if its label stands with its id; gives the id.
    fn node(&mut self, text: &str, group: &str) -> String {
        let Some((id, label)) = text.split_once('[') else { return text.to_owned() };
        let label = label.trim_end_matches(']').trim_matches('"');
        let lines = label.split("<br/>").map(plain).collect();
        self.nodes.insert(id.to_owned(), (group.to_owned(), lines));
        id.to_owned()
    }
}

/// A text of a diagram: what stands for a character is that character.
fn plain(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('#') {
        out.push_str(before);
        let (number, after) = after.split_once(';').expect("a number that ends");
        out.push(number.parse().ok().and_then(char::from_u32).unwrap_or_else(|| panic!("{text:?}")));
        rest = after;
    }
    out + rest
}

/// The lines of the document between two others.
pub fn between<'d>(document: &'d str, after: &str, before: &str) -> Vec<&'d str> {
    let mut lines = document.lines().skip_while(|line| *line != after).skip(1).peekable();
    assert!(lines.peek().is_some(), "the document does not say {after:?}");
    let found: Vec<&str> = lines.by_ref().take_while(|line| *line != before).collect();
    assert!(before.is_empty() || document.lines().any(|line| line == before), "the document does not say {before:?}");
    found
}

/// A table of the document: a cell a line, so many in a row, the names of its columns first.
pub fn listed(title: &'static str, lines: &[&str], columns: usize) -> Table {
    assert_eq!(lines.len() % columns, 0, "{title} is not whole: {lines:?}");
    let mut rows: Vec<Vec<String>> =
        lines.chunks(columns).map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    let columns = rows.remove(0);
    Table { title, columns, rows }
}

/// The section of a page of Markdown.
pub fn section<'p>(page: &'p str, title: &str) -> &'p str {
    let (_, below) =
        page.split_once(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no section {title}:\n{page}"));
    below.split("\n## ").next().unwrap()
}

/// The blocks of a section in a language.
pub fn blocks<'p>(section: &'p str, language: &str) -> Vec<&'p str> {
    let opens = format!("```{language}\n");
    section.split(&opens).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The table of a section, with its texts as they are read.
pub fn table(title: &'static str, section: &str) -> Table {
    let mut rows = section.lines().filter(|line| line.starts_with("| ")).map(cells);
    let columns = rows.next().unwrap_or_else(|| panic!("no table in {section}"));
    let rows: Vec<Vec<String>> = rows.skip(1).collect();
    assert!(rows.iter().all(|row| row.len() == columns.len()), "{title}: {rows:?}");
    Table { title, columns, rows }
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = line.trim().trim_matches('|').chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => cells.last_mut().unwrap().extend(characters.next()),
            '|' => cells.push(String::new()),
            '`' => {}
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells.iter().map(|cell| cell.trim().replace("&lt;", "<")).collect()
}
