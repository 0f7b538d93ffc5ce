//! The document that Reggie's infrastructure was described by, table by table and diagram by diagram, beside the page that is made of the
//! manifests. What differs is listed in `documents/reggie.yaml`, each with its reason, in both directions.
//!
//! The same is asked of another product: Reggie's manifests with other names, hosts and sizes, and the document changed alike. So no cell
//! comes from a text that was written for Reggie.

mod compare;
mod parse;
mod sgcarstrends;

use std::collections::BTreeMap;

use compare::Differences;
use parse::{Diagram, Table, between, blocks, listed, section, table};
use reggie_cfn::docs::{Told, page, samples};

use crate::support::{compiled, layers, project, read, root};

/// The page of a product.
fn page_of(layers: &[(String, String)]) -> String {
    let project = project(layers);
    let own = project.committed_stages().into_iter().map(|stage| Told::of(compiled(&project, stage)));
    let like = samples(&project);
    let like = like.iter().map(|sample| Told::all_like(sample, compiled(&project, &sample.stage), &project));
    page(&project, own.chain(like).collect())
}

/// The nodes of the infrastructure, as a table.
const NODES: &str = "Nodes";
/// Its edges.
const EDGES: &str = "Edges";
/// What stands between the two nodes of an edge.
const ARROW: &str = " → ";

/// What is compared, by its title.
type Tables = BTreeMap<&'static str, Table>;

/// The document's tables, lists and diagrams.
fn of_document(text: &str) -> Tables {
    let resources = between(text, "Resource Map", "Database Configuration");
    let databases = between(text, "Database Configuration", "Secrets");
    let (drawn, said): (Vec<&str>, Vec<&str>) = databases.into_iter().partition(|line| !line.starts_with("- "));
    let drawn: Vec<&str> = drawn.into_iter().take_while(|line| !line.starts_with("Key database settings")).collect();
    let setting = |line: &&str| {
        let (name, value) = line.trim_start_matches("- ").split_once(" : ").expect("a setting and what it is");
        vec![name.to_owned(), value.to_owned()]
    };
    let secrets = between(text, "Secrets", "Dev vs Deployed");
    let commands = secrets[1..5].chunks(2).map(|of| vec![of[0].trim_start_matches("# ").into(), of[1].into()]);
    let count = secrets[0].split(' ').next().unwrap().to_owned();
    let dev = listed("Dev vs deployed", &between(text, "Dev vs Deployed", "Stages"), 3);
    let mut costs = between(text, "Cost Estimate (per stage)", "Domain Configuration");
    // Nothing is noted of the total.
    costs.push("");
    let hosts = between(text, "Domain Configuration", "");
    let drawn_hosts = hosts.iter().position(|line| *line == "end").unwrap() + 1;
    let infrastructure = Diagram::of(&between(text, "Infrastructure Diagram", "Resource Map").join("\n"));
    let drawn = Diagram::of(&drawn.join("\n"));
    let domains = Diagram::of(&hosts[..drawn_hosts].join("\n"));
    let tables = [
        nodes_of(&infrastructure),
        edges_of(&infrastructure),
        listed("Resource map", &resources, 4),
        Table::new("Database settings", &["setting", "value"], said.iter().map(setting).collect()),
        databases_of(&drawn, false),
        Table::new("Count", &["what", "count"], vec![vec!["secrets".to_owned(), count]]),
        Table::new("Commands", &["does", "command"], commands.collect()),
        listed("Secrets", &secrets[5..], 2),
        Table { columns: ["Resource", "Deployed", "Local"].map(str::to_owned).to_vec(), ..dev },
        listed("Stages", &between(text, "Stages", "Cost Estimate (per stage)"), 4),
        counted(&listed("Cost estimate", &costs, 3)),
        domains_of(&domains),
        listed("Domains", &hosts[drawn_hosts..], 3),
    ];
    by_title(tables)
}

/// The page's.
fn of_page(page: &str) -> Tables {
    let databases = section(page, "Database configuration");
    let drawn = |section: &str| Diagram::of(blocks(section, "mermaid")[0]);
    let settings = table("Database settings", databases);
    let said = |row: &Vec<String>| {
        let each = settings.columns[2..].iter().zip(&row[2..]).map(|(stage, value)| format!("{stage}: {value}"));
        vec![row[1].clone(), each.collect::<Vec<_>>().join(", ")]
    };
    let secrets = section(page, "Secrets");
    let commands = blocks(secrets, "sh")[0].lines().map(|line| {
        let (command, does) = line.split_once(" # ").expect("a command and what it does");
        vec![does.to_owned(), command.to_owned()]
    });
    let count = secrets.trim().split(' ').next().unwrap().to_owned();
    let hosts = section(page, "Domain configuration");
    let infrastructure = drawn(section(page, "Infrastructure diagram"));
    let tables = [
        nodes_of(&infrastructure),
        edges_of(&infrastructure),
        table("Resource map", section(page, "Resource map")),
        Table::new("Database settings", &["setting", "value"], settings.rows.iter().map(said).collect()),
        databases_of(&drawn(databases), true),
        Table::new("Count", &["what", "count"], vec![vec!["secrets".to_owned(), count]]),
        Table::new("Commands", &["does", "command"], commands.collect()),
        table("Secrets", secrets),
        table("Dev vs deployed", section(page, "Dev vs deployed")),
        table("Stages", section(page, "Stages")),
        counted(&table("Cost estimate", section(page, "Cost estimate"))),
        domains_of(&drawn(hosts)),
        table("Domains", hosts),
    ];
    by_title(tables)
}

/// The nodes of a diagram: the first line of each is its name.
fn nodes_of(diagram: &Diagram) -> Table {
    let row = |(group, lines): &(String, Vec<String>)| vec![lines[0].clone(), group.clone(), lines[1..].join(", ")];
    Table::new(NODES, &["node", "group", "lines"], diagram.nodes.values().map(row).collect())
}

/// Its edges, by the names of their nodes.
fn edges_of(diagram: &Diagram) -> Table {
    let name = |id: &String| &diagram.nodes[id].1[0];
    let row = |(from, label, to): &(String, String, String)| {
        vec![format!("{}{ARROW}{}", name(from), name(to)), label.clone()]
    };
    Table::new(EDGES, &["edge", "label"], diagram.edges.iter().map(row).collect())
}

fn by_title(tables: impl IntoIterator<Item = Table>) -> Tables {
    tables.into_iter().map(|table| (table.title, table)).collect()
}

/// The databases of a diagram: a row a stage, a column for each thing that is said. Ours begin with the name of the component.
fn databases_of(diagram: &Diagram, are_named: bool) -> Table {
    const COLUMNS: &[&str] =
        &["stage", "name", "service", "version", "scaling", "encrypted", "backup", "deletion protection", "at"];
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (group, lines) in diagram.nodes.values() {
        let mut row = vec![String::new(); COLUMNS.len()];
        row[0].clone_from(group);
        let mut free = if are_named { 1.. } else { 2.. };
        for line in lines {
            let (at, text) = match line.split_once(": ") {
                Some((name, value)) => {
                    (COLUMNS.iter().position(|column| *column == name.to_lowercase()).unwrap(), value)
                }
                None if line.starts_with("localhost:") => (COLUMNS.len() - 1, line.as_str()),
                None if line.ends_with(" ACU") => (4, line.as_str()),
                None => (free.next().unwrap(), line.as_str()),
            };
            assert!(row[at].is_empty(), "{line} is one too many: {row:?}");
            text.clone_into(&mut row[at]);
        }
        rows.push(row);
    }
    Table::new("Database diagram", COLUMNS, rows)
}

/// A table with `#` in the place of its numbers, which `seeds/cost.rs` compares, and what a cell counts up in the order of the alphabet,
/// since by its cost it would stand elsewhere in another size.
fn counted(table: &Table) -> Table {
    let without = |cell: &String| {
        let mut text = String::new();
        let mut rest = cell.chars().filter(|c| !"~$*".contains(*c)).peekable();
        while let Some(c) = rest.next() {
            let goes_on = ".,".contains(c) && rest.peek().is_some_and(char::is_ascii_digit);
            match (c.is_ascii_digit() || text.ends_with('#') && goes_on, text.ends_with('#')) {
                (true, true) => {}
                (true, false) => text.push('#'),
                (false, _) => text.push(c),
            }
        }
        let text = text.replace(" – ", "–");
        let mut pieces: Vec<&str> = text.split("; ").collect();
        pieces.sort_unstable();
        pieces.join("; ")
    };
    let row = |row: &Vec<String>| {
        let amounts = row[1..].iter().map(without);
        std::iter::once(row[0].replace('*', "")).chain(amounts).collect()
    };
    Table { rows: table.rows.iter().map(row).collect(), ..table.clone() }
}

/// The hosts of a diagram: what each leads to, and whose group it stands in.
fn domains_of(diagram: &Diagram) -> Table {
    let row = |(from, _, to): &(String, String, String)| {
        let (group, lines) = &diagram.nodes[from];
        vec![lines.join(" "), diagram.nodes[to].1.join(" "), group.clone()]
    };
    Table::new("Domain diagram", &["host", "leads to", "group"], diagram.edges.iter().map(row).collect())
}

/// Compares the page of some manifests with a document.
#[track_caller]
fn check(layers: &[(String, String)], document: &str, differences: &str) {
    let page = page_of(layers);
    let (document, ours) = (of_document(document), of_page(&page));
    let mut differences = Differences::read(differences);
    // An edge is between two nodes, which may be called otherwise.
    let edges = &document[EDGES];
    let called = |end: &str, differences: &mut Differences| differences.name_of(NODES, end, "node");
    let names = edges.rows.iter().map(|row| {
        let (from, to) = row[0].split_once(ARROW).unwrap();
        Some(format!("{}{ARROW}{}", called(from, &mut differences)?, called(to, &mut differences)?))
    });
    let names = names.collect();
    differences.compare_named(edges, &ours[EDGES], &[("label", "label")], names);
    let first_stage = ours["Cost estimate"].columns[1].as_str();
    for (title, columns) in [
        (NODES, &[("group", "group"), ("lines", "lines")][..]),
        ("Resource map", &[("SST Component", "kind"), ("AWS Service", "AWS service"), ("Config", "settings")]),
        ("Database settings", &[("value", "value")]),
        (
            "Database diagram",
            &[
                ("name", "name"),
                ("service", "service"),
                ("version", "version"),
                ("scaling", "scaling"),
                ("encrypted", "encrypted"),
                ("backup", "backup"),
                ("deletion protection", "deletion protection"),
                ("at", "at"),
            ],
        ),
        ("Count", &[("count", "count")]),
        ("Commands", &[("command", "command")]),
        ("Secrets", &[("Purpose", "for")]),
        ("Dev vs deployed", &[("Deployed", "deployed"), ("Local", "local")]),
        ("Stages", &[("Trigger", "deployed"), ("Removal Policy", "removal"), ("NAT Type", "NAT")]),
        ("Cost estimate", &[("Monthly Cost", first_stage), ("Notes", "made of")]),
        ("Domain diagram", &[("leads to", "leads to"), ("group", "group")]),
        ("Domains", &[("Stage", "stage"), ("Points To", "points to")]),
    ] {
        let columns: Vec<(&str, &str)> = columns.to_vec();
        differences.compare(&document[title], &ours[title], &columns);
    }
    differences.finish();
}

/// What the document says, and what is listed of it.
fn listed_of_reggie() -> [String; 2] {
    ["reggie.txt", "reggie.yaml"].map(|file| read(format!("tests/it/seeds/documents/{file}")))
}

#[test]
fn the_page_says_what_the_document_says() {
    let [document, differences] = listed_of_reggie();
    check(&layers(&root()), &document, &differences);
}

/// Another product: what is replaced in its manifests, in the document and in what is listed alike.
const OTHERS: &[(&str, &str)] = &[
    ("Reggie", "Harbour"),
    ("reggie", "harbour"),
    ("Clerk", "Turnstile"),
    ("CLERK", "TURNSTILE"),
    ("Dvla", "Port"),
    ("DVLA", "PORT"),
    ("production", "live"),
    ("Production", "Live"),
    ("10.0.0.0/16", "10.64.0.0/16"),
    ("t4g.nano", "t4g.small"),
    ("t#g.nano", "t#g.small"),
    ("54322", "54999"),
    ("localhost:8000", "localhost:8100"),
    ("LightGBM", "XGBoost"),
    ("Hono", "Express"),
    ("alembic", "flyway"),
    ("Alembic", "Flyway"),
    ("app-level", "whole-app"),
    ("App-level", "Whole-app"),
    ("api.", "backend."),
    ("-api", "-backend"),
    ("admin.", "crew."),
    ("-admin", "-crew"),
];
/// What is replaced in manifests only: the file, the old text, the new.
const SIZES: &[(&str, &str, &str)] = &[
    ("base.yaml", "scaling: {min: 0.5, max: 4}", "scaling: {min: 0.5, max: 8}"),
    ("base.yaml", "backup_days: 14", "backup_days: 21"),
    ("base.yaml", "memory: 1024", "memory: 2048"),
    ("base.yaml", "memory: 1536", "memory: 3008"),
    ("base.yaml", "memory: 512", "memory: 640"),
    // What the sites have that say nothing of it.
    ("base.yaml", "    protection: signed\n", "    protection: signed\n    server: {memory: 2048}\n"),
    ("base.yaml", "timeout: 300", "timeout: 240"),
    ("base.yaml", "version: \"17.7\"", "version: \"16.11\""),
    ("local.yaml", "port: 8000", "port: 8100"),
    ("staging.yaml", "scaling: {max: 2}, backup_days: 7", "scaling: {max: 3}, backup_days: 10"),
];
/// What that makes of the two texts.
const SAID_OF_SIZES: &[(&str, &str)] = &[
    ("0.5-4 ACU", "0.5-8 ACU"),
    ("0.5–4 ACU", "0.5–8 ACU"),
    ("0.5-2 ACU", "0.5-3 ACU"),
    ("0.5–2", "0.5–3"),
    ("14 days", "21 days"),
    ("7 days", "10 days"),
    ("(staging 7)", "(staging 10)"),
    ("1024 MB", "2048 MB"),
    ("1536 MB", "3008 MB"),
    ("512 MB", "640 MB"),
    ("300s", "240s"),
    ("300 s", "240 s"),
    ("17.7", "16.11"),
    ("PostgreSQL 17", "PostgreSQL 16"),
];

/// The name of the tool stays.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    let pieces =
        text.split(TOOL).map(|text| pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)));
    pieces.collect::<Vec<_>>().join(TOOL)
}

const TOOL: &str = "reggie-cfn";

#[test]
fn no_cell_was_written_for_reggie() {
    let mut layers = layers(&root());
    for (file, from, to) in SIZES {
        let (_, text) = layers.iter_mut().find(|(name, _)| name == file).unwrap();
        assert!(text.contains(from), "{file} does not say {from}");
        *text = text.replace(from, to);
    }
    for (name, text) in &mut layers {
        *name = replaced(name, OTHERS);
        *text = replaced(text, OTHERS);
    }
    let said = |text: &str| replaced(&replaced(text, SAID_OF_SIZES), OTHERS);
    let [document, differences] = listed_of_reggie();
    check(&layers, &said(&document), &said(&differences));
    // Nothing of the first product is left in the page of the other.
    let page = page_of(&layers);
    let without_tool = page.replace(TOOL, "");
    let left = OTHERS.iter().map(|(from, _)| from).filter(|from| without_tool.contains(**from)).collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?} in\n{page}");
}
