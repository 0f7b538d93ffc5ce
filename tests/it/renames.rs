//! The law of renames: a component under a new name, with the repair that its finding offers, changes no template.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::emit::{Files, INDEX, MANIFEST, README};
use reggie_cfn::project::Project;
use reggie_cfn::render::Renderer;
use reggie_cfn::survey::survey;

use crate::support::{compiled, deployed, layers, load, no_errors, project, shown};

/// The text with a component's name replaced wherever it stands as a word; a type such as `AWS::DynamoDB::Table` stays.
fn renamed(text: &str, name: &str, to: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        out.push_str(before);
        let whole = !out.ends_with(|c| is_word(c) || c == ':') && !after.starts_with(is_word);
        out.push_str(if whole { to } else { name });
        rest = after;
    }
    out + rest
}

/// A project's layers after the repairs of its findings.
fn repaired(files: &[(String, String)], project: &Project, findings: &Diagnostics) -> Vec<(String, String)> {
    let mut texts: BTreeMap<String, String> = files.iter().cloned().collect();
    let mut edits: Vec<_> = findings.all().iter().flat_map(|d| &d.edits).collect();
    edits.sort_by_key(|e| std::cmp::Reverse(e.span.start));
    for edit in edits {
        let path = project.sources.file(edit.span.file).path.strip_prefix("environments/").unwrap().to_owned();
        texts.get_mut(&path).unwrap().replace_range(edit.span.range(), &edit.replacement);
    }
    texts.into_iter().collect()
}

/// Fails with what differs between the templates of two builds.
fn unchanged(now: &Files, before: &Files, what: &str) {
    let (now, before) = (templates(now), templates(before));
    assert!(now.keys().eq(before.keys()), "{what}: other templates");
    for (name, text) in &now {
        let diff = similar::TextDiff::from_lines(&before[name], text).unified_diff().to_string();
        assert!(diff.is_empty(), "{what}: {name}\n{diff}");
    }
}

/// What stays of a build when its manifest is written in other words.
fn templates(files: &Files) -> Files {
    files
        .iter()
        // What packages the release names components as the manifest does, and so does the page for people.
        .filter(|(name, _)| ![INDEX, MANIFEST, README, "deploy.sh"].contains(&name.as_str()))
        .map(|(n, t)| (n.clone(), t.clone()))
        .collect()
}

/// A project's stage, compiled many times: templates are read once.
struct Law {
    renderer: Renderer,
    stage: String,
    before: Compiled,
}

impl Law {
    #[track_caller]
    fn compiled(&self, project: &Project) -> Compiled {
        let mut findings = Diagnostics::default();
        let compiled = compile(project, &self.stage, &self.renderer, &mut findings);
        no_errors(&findings, &project.sources);
        compiled.unwrap()
    }

    fn surveyed(&self, project: &Project) -> (Compiled, Diagnostics) {
        let now = self.compiled(project);
        let mut findings = Diagnostics::default();
        survey(&now, &project.sources, &self.before.files, &mut findings);
        (now, findings)
    }

    /// Whether a component's rename must be repaired, and is.
    fn holds(&self, files: &[(String, String)], name: &str, what: &str) -> bool {
        let component = &self.before.model.components[name];
        let to = format!("Aa{name}");
        let files: Vec<(String, String)> =
            files.iter().map(|(n, text)| (n.clone(), renamed(text, name, &to))).collect();
        let other = project(&files);
        let (now, findings) = self.surveyed(&other);
        let titles: Vec<_> = findings.all().iter().map(|d| (d.code.id, d.title.as_str())).collect();
        if component.common.logical_id.is_some() {
            assert!(titles.is_empty(), "{what} keeps its `logical_id`: {titles:?}");
            unchanged(&now.files, &self.before.files, what);
            return false;
        }
        if component.settings.is_none() {
            assert!(titles.is_empty(), "{what} is imported, and nothing of it is made anew: {titles:?}");
            return false;
        }
        let is_told = matches!(titles.as_slice(), [("CFN032", t)] if t.contains(&format!("`{to}` is new")));
        assert!(is_told, "{what}: {titles:?}");
        let repaired = repaired(&files, &other, &findings);
        let (now, findings) = self.surveyed(&project(&repaired));
        assert!(findings.is_empty(), "{what}, repaired: {:?}", findings.all());
        unchanged(&now.files, &self.before.files, what);
        true
    }
}

#[test]
fn a_rename_that_keeps_its_logical_id_changes_no_template() {
    let (mut count, mut seen) = (0, BTreeSet::new());
    for (folder, stage) in deployed() {
        let files = layers(&folder);
        let written = project(&files);
        let law = Law { renderer: Renderer::new(), before: compiled(&written, &stage), stage };
        for name in law.before.model.components.keys().filter(|name| seen.insert((folder.clone(), (*name).clone()))) {
            let place = law.before.origins.spans(law.before.model.components[name].origin);
            if place.iter().all(|span| written.sources.text(*span) != name) {
                // Nobody wrote its name: a setting of another component stands for it, and it is renamed with that one.
                continue;
            }
            let what = format!("{}: {name}", shown(&folder, &law.stage));
            count += usize::from(law.holds(&files, name, &what));
        }
    }
    assert!(count > 30, "only {count} components renamed");
}

/// Two that are gone and two that are new: each is paired with the one that it is most like.
#[test]
fn what_is_likest_is_taken_for_the_same() {
    let function = |name: &str, path: &str, memory: u32| {
        format!(
            "  {name}: {{type: function, runtime: nodejs22.x, memory: {memory}, zip: {{path: {path}, handler: index.handler}}}}\n"
        )
    };
    let base = "project: p\nregion: eu-west-2\ncomponents:\n".to_owned();
    let preview = ("preview.yaml", "match: [\"pr-*\"]\n");
    let old = base.clone() + &function("A", "packages/a", 256) + &function("B", "packages/b", 512);
    let new = base.clone() + &function("C", "packages/b", 512) + &function("D", "packages/a", 256);
    let other = base + &function("E", "services/e", 3008);
    let before = compiled(&project(&[("base.yaml", old.as_str()), preview]), "pr-1");
    let titles = |text: &str| -> Vec<String> {
        let (project, findings) = load(&[("base.yaml", text), preview]);
        no_errors(&findings, &project.sources);
        let mut findings = Diagnostics::default();
        let now = compile(&project, "pr-1", &Renderer::new(), &mut findings).unwrap();
        survey(&now, &project.sources, &before.files, &mut findings);
        findings.all().iter().map(|d| d.title.clone()).collect()
    };
    assert_eq!(
        titles(&new),
        [
            "`C` is new, and `B`, of the same kind, is gone since the last build",
            "`D` is new, and `A`, of the same kind, is gone since the last build"
        ]
    );
    assert!(titles(&other).is_empty(), "another function is another function: {:?}", titles(&other));
}
