//! A resource type as a page that people read: what identifies it, what it gives, what it takes, and what replaces it.

mod facts;

use std::collections::{BTreeMap, BTreeSet};

use super::{Additional, Path, Replacement, ResourceType, Rule, Schema, region_bit, regions, source};
use crate::diag::list;
use facts::Facts;

/// How wide a page is.
const WIDTH: usize = 100;
/// Where it begins what is said of a name.
const COLUMN: usize = 36;

impl ResourceType {
    /// The type as a page, with the values that a region takes where they differ by region.
    #[must_use]
    pub fn page(&self, region: Option<&str>) -> String {
        let mut page = Page {
            of: self,
            region: region.and_then(region_bit),
            text: String::new(),
            path: Vec::new(),
            told: BTreeSet::new(),
            open: Vec::new(),
            groups: Vec::new(),
        };
        page.head(region);
        page.text.push_str("\nProperties\n");
        page.tree(&Facts::of(self, &[&self.schema]), 1);
        let groups = std::mem::take(&mut page.groups);
        page.section("Together", &groups);
        let rules: Vec<(String, String)> = self.rules.iter().flat_map(|rule| page.rule(rule)).collect();
        page.section("Rules of cfn-lint", &rules);
        page.text.push_str(&format!("\nFrom {}.\n", source()));
        page.text
    }
}

/// A page that is being written.
struct Page<'t> {
    of: &'t ResourceType,
    region: Option<u64>,
    text: String,
    /// Where the tree is.
    path: Vec<&'static str>,
    /// Definitions that stand on the page, and those around this place.
    told: BTreeSet<usize>,
    open: Vec<usize>,
    /// What holds of several properties of one map: where, and what.
    groups: Vec<(String, String)>,
}

impl<'t> Page<'t> {
    fn head(&mut self, region: Option<&str>) {
        let of = self.of;
        self.text.push_str(&format!("{}\n\n", of.name));
        if let Some(lifecycle) = of.lifecycle {
            self.row(2, "out of use", &format!("AWS says: {lifecycle}"));
        }
        let names = |paths: &[Path]| list(&paths.iter().map(|path| place(&path.0)).collect::<Vec<_>>());
        if !of.identifier.is_empty() {
            self.row(2, "identified by", &names(&of.identifier));
        }
        let reference = of.reference().map(|path| place(&path.0));
        self.row(2, "Ref gives", reference.as_deref().unwrap_or("what its reference says under \"Return values\""));
        let attributes: Vec<&str> =
            of.attributes.iter().map(|name| if *name == "*" { "every property" } else { name }).collect();
        let gives = if attributes.is_empty() { "nothing".to_owned() } else { list(&attributes) };
        self.row(2, "GetAtt gives", &gives);
        self.row(
            2,
            "a replacement",
            match of.replacement {
                Replacement::CreateThenDelete => "makes the new one first, then deletes the old one",
                Replacement::DeleteThenCreate => "deletes the old one first, then makes the new one",
            },
        );
        if of.stateful {
            self.row(2, "holds data", "yes");
        }
        if let Some(tags) = of.tags {
            self.row(2, "tags", tags);
        }
        let (there, lacking): (Vec<&str>, Vec<&str>) = regions().partition(|region| of.stands_in(region));
        match region {
            Some(region) if of.stands_in(region) => self.row(2, region, "has it"),
            Some(region) => self.row(2, region, "does not have it"),
            None if lacking.is_empty() => self.row(2, "made in", "every region"),
            None if lacking.len() < there.len() => self.row(2, "not made in", &list(&lacking)),
            None => self.row(2, "made in", &list(&there)),
        }
    }

    /// The properties of a map.
    fn tree(&mut self, map: &Facts<'t>, level: usize) {
        let place = if self.path.is_empty() { "properties".to_owned() } else { place(&self.path) };
        self.groups.extend(map.groups.iter().map(|group| (place.clone(), group.clone())));
        // What holds of a property may be said in several places.
        let mut properties: BTreeMap<&'static str, Vec<&'t Schema>> = BTreeMap::new();
        for (name, schema) in map.objects.iter().flat_map(|object| &object.properties) {
            properties.entry(name).or_default().push(schema);
        }
        for (name, schemas) in properties {
            self.property(name, name, &schemas, map.required.contains(&name), level);
        }
        let mut seen = BTreeSet::new();
        for object in &map.objects {
            let any = match &object.additional {
                Additional::Schema(schema) => Some(("any key", schema.as_ref())),
                _ => None,
            };
            let matching = object.patterns.iter().map(|(pattern, schema)| (*pattern, schema));
            for (name, schema) in matching.chain(any) {
                if seen.insert(name) {
                    let shown = if name == "any key" { name.to_owned() } else { format!("keys like {name}") };
                    self.property(&shown, "*", &[schema], false, level);
                }
            }
        }
    }

    fn property(&mut self, shown: &str, name: &'static str, schemas: &[&'t Schema], required: bool, level: usize) {
        self.path.push(name);
        let facts = Facts::of(self.of, schemas);
        let mut said = vec![facts.words(self.of)];
        said.extend(required.then(|| "required".to_owned()));
        said.extend(self.marks().map(str::to_owned));
        // A list of lists of maps is entered down to its maps.
        let (mut inner, mut steps) = (facts, 0);
        let mut lines = inner.lines(self.region);
        while let Some(items) = inner.items.filter(|_| inner.objects.is_empty()) {
            inner = Facts::of(self.of, &[items]);
            lines.extend(inner.lines(self.region).into_iter().map(|line| format!("each {line}")));
            self.path.push("*");
            steps += 1;
        }
        let enters = !inner.objects.iter().all(|o| o.properties.is_empty() && o.patterns.is_empty());
        let is_told = inner
            .definition
            .is_some_and(|at| self.open.contains(&at) || (self.told.contains(&at) && !self.is_marked_below()));
        if let Some((known, _)) = inner.definition.filter(|_| enters).and_then(|at| self.of.definitions.get(at)) {
            said.push(if is_told { format!("as {known} above") } else { (*known).to_owned() });
        }
        self.row(2 * level, shown, &said.join(" · "));
        lines.iter().for_each(|line| self.row(2 * level, "", line));
        if enters && !is_told {
            self.told.extend(inner.definition);
            self.open.extend(inner.definition);
            self.tree(&inner, level + 1);
            self.open.truncate(self.open.len() - usize::from(inner.definition.is_some()));
        }
        self.path.truncate(self.path.len() - steps - 1);
    }

    /// A rule, and the values that it takes in a region.
    fn rule(&self, rule: &'t Rule) -> Vec<(String, String)> {
        let mut by_region = BTreeMap::new();
        facts::by_region(&rule.schema, &place(&rule.path.0), &mut by_region);
        let name = format!("{} {}", rule.id, place(&rule.path.0));
        let values = by_region.into_iter().map(|(place, known)| {
            let here = known.iter().filter(|(_, among)| self.region.is_some_and(|bit| *among & bit != 0));
            let here: BTreeSet<&str> = here.map(|(name, _)| *name).collect();
            (format!("  {place}"), facts::in_region(here.into_iter().collect(), known.len()))
        });
        std::iter::once((name.trim_end().to_owned(), rule.text.to_owned())).chain(values).collect()
    }

    /// What changing the property does, and what else is peculiar about it.
    fn marks(&self) -> impl Iterator<Item = &'static str> + use<> {
        let of = self.of;
        let is = |paths: &[Path]| paths.iter().any(|path| path.0 == self.path);
        [
            (is(&of.create_only), "replaces"),
            (is(&of.conditional_create_only), "may replace"),
            (is(&of.read_only), "only AWS sets it"),
            (is(&of.write_only), "never given back"),
            (is(&of.deprecated), "out of use"),
        ]
        .into_iter()
        .filter_map(|(is, mark)| is.then_some(mark))
    }

    /// Whether something is peculiar below this place, which the same definition at another place does not say.
    fn is_marked_below(&self) -> bool {
        let of = self.of;
        [&of.create_only, &of.conditional_create_only, &of.read_only, &of.write_only, &of.deprecated]
            .into_iter()
            .flatten()
            .any(|path| path.0.len() > self.path.len() && path.0.starts_with(&self.path))
    }

    /// What stands below the tree.
    fn section(&mut self, title: &str, rows: &[(String, String)]) {
        if !rows.is_empty() {
            self.text.push_str(&format!("\n{title}\n"));
            rows.iter().for_each(|(name, words)| self.row(2, name, words));
        }
    }

    /// A name and what is said of it, in as many lines as that takes.
    fn row(&mut self, indent: usize, name: &str, words: &str) {
        let column = COLUMN.max(indent + 2);
        let mut line = format!("{:indent$}{name}", "");
        // A name that reaches into the words pushes the first of them along.
        let start = column.max(line.chars().count() + 2);
        line = format!("{line:start$}");
        let mut is_empty = true;
        for word in words.split(' ') {
            let fits = line.chars().count() + usize::from(!is_empty) + word.chars().count() <= WIDTH;
            if !is_empty && !fits {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                line = format!("{:column$}", "");
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// A place below the properties, as people write it: `Rules[].Status`.
fn place(path: &[&str]) -> String {
    let mut text = String::new();
    for step in path {
        match *step {
            "*" => text.push_str("[]"),
            step if text.is_empty() => text.push_str(step),
            step => {
                text.push('.');
                text.push_str(step);
            }
        }
    }
    text
}
