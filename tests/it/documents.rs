//! The pages of the product and of its stages: what stands in them is what was compiled, and they are written where nobody else's is.

use std::collections::BTreeSet;
use std::fs;

use reggie_cfn::component::Group;
use reggie_cfn::emit::README;

use crate::scratch::{BASE, PRODUCTION, Scratch};
use crate::support::{compiled, deployed, project_of, read, shown};
use crate::transcripts::run;

const PAGE: &str = "out/README.md";
const STAGING: &str = "stage: staging\nlifetime: permanent\nremoval: remove\nprotect: false\nlog_days: 7\n";

/// The first cells of the tables of a section.
fn rows<'p>(page: &'p str, title: &str) -> BTreeSet<&'p str> {
    let below = page.split_once(&format!("\n## {title}\n")).map_or("", |(_, below)| below);
    let section = below.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name).collect()
}

#[test]
fn a_stages_page_has_a_row_for_everything_that_it_has() {
    let (mut databases, mut hosts, mut outputs) = (0, 0, 0);
    for (folder, stage) in deployed() {
        let (which, compiled) = (shown(&folder, &stage), compiled(&project_of(&folder), &stage));
        let page = &compiled.files[README];
        let all: BTreeSet<&str> = compiled.model.components.keys().map(String::as_str).collect();
        let of_others = |name: &&str| compiled.lowered.described[*name].group == Group::External;
        let (others, own): (BTreeSet<&str>, BTreeSet<&str>) = all.into_iter().partition(of_others);
        assert_eq!(rows(page, "Resource map"), own, "{which}");
        assert_eq!(rows(page, "Elsewhere"), others, "{which}");
        let secrets: BTreeSet<&str> = compiled.model.manifest.secrets.keys().map(String::as_str).collect();
        assert_eq!(rows(page, "Secrets"), secrets, "{which}");
        let claimed = compiled.lowered.neighbours.values().flat_map(|n| &n.interface.hosts);
        let claimed: BTreeSet<&str> = claimed.map(|claim| claim.name.value.as_str()).collect();
        assert_eq!(rows(page, "Domains"), claimed, "{which}");
        let published: BTreeSet<&str> = compiled.linked.outputs.keys().map(String::as_str).collect();
        assert_eq!(rows(page, "Outputs"), published, "{which}");
        let charged = compiled.estimate.lines.iter().filter(|line| line.amount.is_some());
        let charged: BTreeSet<&str> = charged.map(|line| line.component.as_str()).collect();
        assert_eq!(rows(page, "Cost"), charged, "{which}");
        assert_eq!(page.contains("```mermaid\n"), !compiled.model.components.is_empty(), "{which}");
        for (name, described) in &compiled.lowered.described {
            assert!(page.contains(&described.service), "{which}: {name} is {}", described.service);
        }
        databases += rows(page, "Database").len();
        hosts += claimed.len();
        outputs += published.len();
    }
    assert!(databases > 5 && hosts > 20 && outputs > 20, "{databases} databases, {hosts} hosts, {outputs} outputs");
}

#[test]
fn the_page_of_the_product_is_kept_fresh_once_it_is_there() {
    let project = Scratch::reggie();
    project.run(&["build"]).ends(0);
    assert!(!project.path().join(PAGE).exists(), "nobody asked for it");
    project.run(&["check"]).ends(0);
    project.run(&["docs"]).ends(0).gives("out/README.md: 1 file changed");
    project.run(&["docs"]).ends(0).gives("out/README.md: nothing changed");
    project.run(&["check"]).ends(0).gives("out/README.md is fresh");
    let page = project.read(PAGE);
    let layer = project.read("environments/staging.yaml");
    project.write("environments/staging.yaml", layer.replace("max: 2", "max: 3"));
    project.run(&["check"]).ends(3).gives("--- a/out/README.md").gives("(staging 0.5–3)");
    // What is asked of one stage says nothing of all.
    project.run(&["build", "staging"]).ends(0);
    assert_eq!(project.read(PAGE), page);
    project.run(&["check", "staging"]).ends(0);
    project.run(&["check"]).ends(3).gives("1 file is not what the manifests compile to");
    project.run(&["build"]).ends(0).gives("out/README.md: 1 file changed");
    project.run(&["check"]).ends(0);
    // The layer of those that come and go is told of, and so must compile.
    let layer = project.read("environments/dev.yaml");
    project.write("environments/dev.yaml", layer.replace("removal: remove", "removal: destroy"));
    for command in ["docs", "check", "build"] {
        project.run(&[command]).ends(1).says("environments/dev.yaml");
    }
}

#[test]
fn a_page_of_somebody_else_stays() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    project.write(PAGE, "# Ours\n");
    project
        .run(&["docs"])
        .ends(2)
        .says("out/README.md: it exists and was not made by reggie-cfn; move it away")
        .reads_well();
    project.run(&["build"]).ends(0);
    project.run(&["check"]).ends(0);
    assert_eq!(project.read(PAGE), "# Ours\n");
    fs::remove_file(project.path().join(PAGE)).unwrap();
    std::os::unix::fs::symlink("production/index.yaml", project.path().join(PAGE)).unwrap();
    let index = project.read("out/production/index.yaml");
    project.run(&["docs"]).ends(2).says("out/README.md: it exists");
    assert_eq!(project.read("out/production/index.yaml"), index);
    // Elsewhere it is another page.
    project.run(&["docs", "--out", "pages"]).ends(0).gives("pages/README.md: 1 file changed");
    assert!(project.read("pages/README.md").contains("\n# shop\n"));
    assert_eq!(fs::read_dir(project.path().join("pages")).unwrap().count(), 1);
}

/// What people write means nothing to a reader of Markdown or Mermaid.
#[test]
fn what_people_write_stays_text() {
    const PURPOSE: &str = "a | b <script>alert(1)</script> [x](y) `c` ~d~ *e*";
    let base = BASE.replace("    type: function\n", &format!("    type: function\n    purpose: '{PURPOSE}'\n"));
    let project = Scratch::new(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
    project.run(&["build"]).ends(0);
    project.run(&["docs"]).ends(0);
    let written = "a \\| b &lt;script>alert(1)&lt;/script> \\[x\\](y) \\`c\\` \\~d\\~ \\*e\\*";
    for page in [PAGE, "out/production/README.md"] {
        let page = project.read(page);
        assert!(page.contains(written), "{page}");
        assert!(!page.contains("<script"), "{page}");
        let heads = page.lines().filter(|line| line.starts_with("| ") && line.contains("Hello"));
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        assert!(heads.map(columns).all(|columns| columns >= 3), "{page}");
    }
}

/// The transcripts of the page about pages.
#[test]
fn transcripts_are_true() {
    let project = Scratch::new(&[("base.yaml", BASE), ("production.yaml", PRODUCTION), ("staging.yaml", STAGING)]);
    project.run(&["build"]).ends(0);
    let text = read("docs/documents.md");
    let block = text.split("```console\n").nth(1).unwrap().split("```").next().unwrap();
    let mut seen = String::new();
    for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let ran = run(&project, line.strip_prefix("reggie-cfn ").unwrap());
        seen.push_str(&format!("$ {line}\n{}{}", ran.data, ran.said));
    }
    assert_eq!(seen, block);
}
