//! What the document of SG Cars Trends lists, beside the page of the example: stages, hosts, what others run, secrets. It has no tables;
//! what it lists is taken from its sentences.

use std::collections::BTreeSet;

use super::compare::Differences;
use super::page_of;
use super::parse::{Table, between, section, table};
use crate::support::{layers, read, root};

/// What the document calls that others run; each is asked for in its sentences.
const OTHERS: &[&str] = &[
    "LTA DataMall",
    "LLM-powered blog content generation",
    "QStash",
    "PostgreSQL Database",
    "Redis Cache",
    "Discord",
    "LinkedIn",
    "Telegram",
    "Twitter",
];

/// A list as a table of one column.
fn list(title: &'static str, column: &str, items: impl IntoIterator<Item = String>) -> Table {
    let items: BTreeSet<String> = items.into_iter().collect();
    assert!(items.len() > 2, "{title}: {items:?}");
    Table::new(title, &[column], items.into_iter().map(|item| vec![item]).collect())
}

/// The first column of a table of ours, of the rows that are asked for.
fn column(title: &'static str, of: &Table, column: &str, fits: impl Fn(&[String]) -> bool) -> Table {
    list(title, column, of.rows.iter().filter(|row| fits(row)).map(|row| row[0].clone()))
}

/// `DatabaseUrl` as a variable is called: `DATABASE_URL`.
fn variable(name: &str) -> String {
    let mut variable = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !variable.is_empty() {
            variable.push('_');
        }
        variable.push(c.to_ascii_uppercase());
    }
    variable
}

#[test]
fn the_page_lists_what_the_document_lists() {
    let page = page_of(&layers(&root().join("examples/sgcarstrends")));
    let [document, listed] =
        ["sgcarstrends.txt", "sgcarstrends.yaml"].map(|file| read(format!("tests/it/seeds/documents/{file}")));
    let mut differences = Differences::read(&listed);
    let between = |after, before| between(&document, after, before);

    let of_stages = between("Stage Types", "Domain Strategy");
    let is_name = |line: &str| !line.is_empty() && line.chars().all(|c| c.is_ascii_lowercase() || "-*".contains(c));
    let names = of_stages.into_iter().filter(|line| is_name(line)).map(str::to_owned);
    let ours = table("Stages", section(&page, "Stages"));
    let told = list("Stages", "stage", names);
    differences.compare(&told, &column("Stages", &ours, "stage", |_| true), &[]);

    let of_hosts = between("Domain Strategy", "Stage Configuration");
    let words = of_hosts.iter().flat_map(|line| line.split_whitespace());
    let is_host = |word: &&str| word.ends_with("sgcarstrends.com");
    let hosts = words.filter(is_host).map(|word| word.trim_start_matches("and").to_owned());
    let ours = table("Domains", section(&page, "Domain configuration"));
    differences.compare(&list("Domains", "host", hosts), &column("Domains", &ours, "host", |_| true), &[]);

    let sentences = between("External Service Integration", "Deployment Architecture").join("\n");
    for name in OTHERS {
        assert!(sentences.contains(name), "the document does not name {name}");
    }
    let others = list("Others", "component", OTHERS.iter().map(|&name| name.to_owned()));
    let ours = table("Resource map", section(&page, "Resource map"));
    let is_of_others = |row: &[String]| row[1] == "external";
    differences.compare(&others, &column("Others", &ours, "component", is_of_others), &[]);

    let of_api = between("API Service Lambda Function", "Web Application Lambda Functions");
    let words = of_api.iter().flat_map(|line| line.split([' ', ',']));
    let is_variable = |word: &&str| word.len() > 4 && word.chars().all(|c| c.is_ascii_uppercase() || "_*".contains(c));
    let variables = words.filter(is_variable).map(str::to_owned);
    let ours = table("Secrets", section(&page, "Secrets"));
    let secrets = list("Secrets", "secret", ours.rows.iter().map(|row| variable(&row[0])));
    differences.compare(&list("Secrets", "secret", variables), &secrets, &[]);
    differences.finish();
}
