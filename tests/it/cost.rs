//! Costs: every resource is estimated or known to be free, sums are those of their lines, a build read from its files costs what it
//! did when it was made, and what is declared counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use reggie_cfn::built::Built;
use reggie_cfn::compile::Compiled;
use reggie_cfn::cost::{Estimate, Line, Range, page, price, render};

use crate::scratch::Scratch;
use crate::support::{Seeded, UPDATE, compiled, deployed, layers, project, project_of, read, root, shown, updating};

/// What every committed stage costs, with its folder and its name.
fn estimates() -> &'static [(PathBuf, String, Estimate)] {
    static ESTIMATES: LazyLock<Vec<(PathBuf, String, Estimate)>> = LazyLock::new(|| {
        let estimate = |(folder, stage): (PathBuf, String)| {
            let estimate = compiled(&project_of(&folder), &stage).estimate;
            (folder, stage, estimate)
        };
        deployed().into_iter().map(estimate).collect()
    });
    &ESTIMATES
}

/// The page for people.
const PAGE: &str = "docs/cost.md";

/// The id of what is known to have no price.
const UNKNOWN: &str = "unknown";

/// Prices that no document gave, of no place.
const MISSING: &[&str] = &["backup.warm_gb_month.s3"];

/// Layers with every quantity of a stage declared that is not: in a layer that its own extends. None where that extends another.
fn declared(folder: &Path, compiled: &Compiled) -> Option<Vec<(String, String)>> {
    let mut quantities: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in compiled.estimate.lines.iter().filter(|line| line.quantity.is_none()) {
        quantities.entry(&line.component).or_default().extend(line.usage.iter().map(String::as_str));
    }
    let component = |(name, quantities): (&&str, &BTreeSet<&str>)| {
        let each = quantities.iter().map(|quantity| format!("    {quantity}: {{low: 10, high: 2000000}}\n"));
        format!("  {name}:\n{}", each.collect::<String>())
    };
    let lines: String = quantities.iter().map(component).collect();
    let own = format!("{}.yaml", compiled.layers.last()?);
    let mut layers = layers(folder);
    let (_, text) = layers.iter_mut().find(|(name, _)| *name == own)?;
    if text.contains("\nextends:") {
        return None;
    }
    // What a layer leaves out of those below it stays out.
    let leaves_out = text.contains("\nusage: null\n");
    *text = format!("{}\nextends: declared\n", text.replace("\nusage: null\n", "\n"));
    if leaves_out {
        let (_, base) = layers.iter_mut().find(|(name, _)| name == "base.yaml")?;
        // The block is the last there.
        *base = base.split("\nusage:\n").next()?.to_owned();
    }
    layers.push(("declared.yaml".to_owned(), format!("usage:\n{lines}")));
    Some(layers)
}

#[test]
fn every_resource_is_estimated_or_known_to_be_free() {
    let mut unknown = BTreeSet::new();
    for (folder, stage, estimate) in estimates() {
        let shown = shown(folder, stage);
        unknown.extend(estimate.not_estimated.iter().map(|of| format!("{} in {shown}", of.resource_type)));
        // Whose each resource is, is known.
        assert!(estimate.lines.iter().all(|line| !line.component.is_empty()), "{shown}");
    }
    assert!(unknown.is_empty(), "neither a rule nor free:\n{unknown:#?}");
}

#[test]
fn sums_are_those_of_their_lines() {
    let mut lines = 0;
    for (folder, stage, estimate) in estimates() {
        sums(&shown(folder, stage), estimate);
        lines += estimate.lines.len();
    }
    assert!(lines > 300, "only {lines}");
}

#[track_caller]
fn sums(shown: &str, estimate: &Estimate) {
    let of = |lines: &mut dyn Iterator<Item = &Line>| {
        lines.filter_map(|line| line.amount).fold(Range::default(), Range::plus)
    };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    let same = |a: Range, b: Range| near(a.low, b.low) && near(a.high, b.high);
    assert!(same(of(&mut estimate.lines.iter()), estimate.total), "{shown}: the total");
    for component in &estimate.components {
        let sum = of(&mut estimate.lines.iter().filter(|line| line.component == component.component));
        assert!(same(sum, component.amount), "{shown}: {}", component.component);
    }
    for line in &estimate.lines {
        let expected = line.quantity.zip(line.price.as_ref()).map(|(q, p)| p.price.of(q));
        assert_eq!(line.amount, expected, "{shown}: {line:?}");
        assert!(line.quantity.is_none_or(|q| q.low >= 0.0 && q.low <= q.high), "{shown}: {line:?}");
    }
}

/// What the files of a build say costs what the typed stacks did, with everything declared too, in whatever order layers are read.
#[test]
fn a_build_costs_what_its_files_say() {
    let mut compared = 0;
    for (folder, stage, estimate) in estimates() {
        let shown = shown(folder, stage);
        let committed = compiled(&project_of(folder), stage);
        assert_eq!(Built::read(&committed.files).estimate(), *estimate, "{shown}");
        if estimate.lines.iter().all(|line| line.quantity.is_some()) {
            continue;
        }
        let Some(mut layers) = declared(folder, &committed) else { continue };
        let full = compiled(&project(&layers), stage);
        assert!(full.estimate.lines.iter().all(|line| line.quantity.is_some()), "{shown}: {:#?}", full.estimate.lines);
        assert_eq!(Built::read(&full.files).estimate(), full.estimate, "{shown}, declared");
        sums(&shown, &full.estimate);
        assert!(full.estimate.total.high > estimate.total.high, "{shown}");
        Seeded(7).shuffle(&mut layers);
        assert_eq!(compiled(&project(&layers), stage).estimate, full.estimate, "{shown}, shuffled");
        compared += 1;
    }
    assert!(compared > 20, "only {compared}");
}

/// Every price that a rule asks for anywhere in the committed stages is known, of some place at least; and what is missing is.
#[test]
fn prices_that_are_asked_for_are_there() {
    let asked = estimates().iter().flat_map(|(.., estimate)| &estimate.lines);
    let missing: BTreeSet<&str> = asked
        .filter(|line| line.price.is_none() && line.price_id != UNKNOWN)
        .map(|line| line.price_id.as_str())
        .collect();
    assert_eq!(missing, MISSING.iter().copied().collect());
}

/// The page has every quantity, and its transcripts are what is printed.
#[test]
fn the_page_is_fresh() {
    const BEGINS: &str = "<!-- quantities -->\n";
    const ENDS: &str = "<!-- end of quantities -->";
    let text = read(PAGE);
    let (before, rest) = text.split_once(BEGINS).unwrap();
    let (_, after) = rest.split_once(ENDS).unwrap();
    let fixed: Vec<String> = page::fixed().iter().map(|name| format!("`{name}`")).collect();
    let table = format!("{}\nNothing is to be declared of {}.\n", page::page(), fixed.join(", "));
    let mut fresh = format!("{before}{BEGINS}\n{table}\n{ENDS}{after}");
    let mut blocks = 0;
    for block in text.split("```console\n").skip(1).filter_map(|block| block.split("```").next()) {
        let (command, _) = block.split_once('\n').unwrap();
        let arguments = command.strip_prefix("$ reggie-cfn ").expect("a transcript runs reggie-cfn");
        let output = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"))
            .args(arguments.split(' '))
            .current_dir(root())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .output()
            .unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        fresh = fresh.replace(block, &format!("{command}\n{}", String::from_utf8(output.stdout).unwrap()));
        blocks += 1;
    }
    assert!(blocks > 1, "only {blocks} transcripts");
    if updating() {
        std::fs::write(root().join(PAGE), &fresh).unwrap();
    }
    assert!(read(PAGE) == fresh, "{PAGE} is not what the rules and the command say: run `{UPDATE}=1 cargo test cost`");
}

/// A stage whose every line is what a document of AWS says, worked out by hand.
#[test]
fn a_function_costs_what_its_price_says() {
    let base = "project: shop\nregion: us-east-1\nlog_days: 7\ncomponents:\n  Worker:\n    type: function\n    runtime: nodejs22.x\n    memory: 512\n    \
        zip: {path: dist, handler: index.handler}\nusage: {Worker: {calls: 3000000, duration_ms: 200, log_gb: 1, stored_gb: 2}}\n";
    let compiled = compiled(&project(&[("base.yaml", base), ("dev.yaml", "match: [\"dev-*\"]\n")]), "dev-a");
    let amount = |what: &str| {
        let line = compiled.estimate.lines.iter().find(|line| line.what.starts_with(what)).unwrap();
        (line.quantity.unwrap(), line.amount.unwrap())
    };
    // 3,000,000 × 0.2 s × 0.5 GB.
    assert_eq!(amount("Function time").0, Range::exactly(300_000.0));
    assert_eq!(amount("Function calls").1, Range::exactly(0.6));
    assert_eq!(amount("Logs written").1, Range::exactly(0.5));
}

fn scratch(usage: &str, production: &str) -> Scratch {
    let base = format!(
        "project: shop\nregion: eu-west-2\nlog_days: 30\ncomponents:\n  Net: {{type: vpc, nat: none}}\n  Db:\n    type: postgres\n    vpc: Net\n    \
            version: \"17.7\"\n    scaling: {{min: 0.5, max: 4}}\n    backup_days: 7\n  Jobs: {{type: queue, keep_days: 4, dead_letters: {{retries: 3, keep_days: 14}}}}\n{usage}"
    );
    let overlay = format!("stage: production\nlifetime: permanent\nremoval: remove\nprotect: false\n{production}");
    let staging =
        "stage: staging\nlifetime: permanent\nremoval: remove\nprotect: false\ncomponents: {Db: {scaling: {max: 1}}}\n";
    Scratch::new(&[("base.yaml", base.as_str()), ("production.yaml", &overlay), ("staging.yaml", staging)])
}

#[test]
fn the_command_shows_every_line() {
    let project = scratch("usage: {Db: {storage_gb: {low: 1, high: 10}}, Jobs: {requests: 4000000}}\n", "");
    let run = project.run(&["cost", "production"]).ends(0);
    let run = run.gives("365 – 2,920 ACU-hours").gives("Database storage").gives("4,000,000 requests × 0.");
    let data = run.gives("io_requests").data;
    // Right edges are one edge, and nothing is wider than it must be.
    let sums: Vec<usize> = data
        .lines()
        .skip(2)
        .take_while(|line| !line.starts_with("total"))
        .filter(|l| !l.is_empty())
        .map(|l| l.chars().count())
        .collect();
    assert!(sums.iter().all(|width| Some(width) == sums.first()) && sums[0] <= 100, "{data}");
    let json = project.run(&["cost", "production", "--format", "json"]).ends(0).data;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["stage"], "production");
    assert!(json["estimate"]["lines"].as_array().unwrap().iter().any(|line| line["price"]["url"].is_string()));
    let markdown = project.run(&["cost", "production", "--format", "markdown"]).ends(0).data;
    assert!(markdown.contains("| Db | Database capacity | 365 – 2,920 ACU-hours × "), "{markdown}");
    project.run(&["cost", "production", "--format", "sarif"]).ends(2).says("text, json or markdown");
    project.run(&["cost", "prodution"]).ends(1).says("STG001");
}

/// What is declared of components that a stage has not is of other stages.
#[test]
fn usage_of_what_other_stages_have_is_left_aside() {
    let project = scratch(
        "  Only: {type: queue, keep_days: 4, dead_letters: none, stages: [production]}\nusage: {Only: {requests: 1000000}}\n",
        "",
    );
    project.run(&["cost", "production"]).ends(0).gives("1,000,000 requests");
    let staging = project.run(&["cost", "staging"]).ends(0).data;
    assert!(!staging.contains("Only"), "{staging}");
    project.write("environments/staging.yaml", format!("{}usage: null\n", project.read("environments/staging.yaml")));
    project.run(&["cost", "staging"]).ends(0);
}

#[test]
fn stages_are_compared() {
    let project = scratch("", "");
    let data = project.run(&["cost", "production", "--compare", "staging"]).ends(0).gives("difference").data;
    assert!(data.contains("51.10 – 408.80") && data.contains("51.10 – 102.20"), "{data}");
    assert!(data.contains("+0.00 to -306.60"), "{data}");
    let json = project.run(&["cost", "production", "--compare", "staging", "--format", "json"]).ends(0).data;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["other"]["stage"], "staging");
    let markdown = project.run(&["cost", "production", "--compare", "staging", "--format", "markdown"]).ends(0).data;
    assert!(markdown.contains("| component | what | production | staging | difference |"), "{markdown}");
}

#[test]
fn prices_of_another_region_stand_in() {
    let project = scratch("", "");
    let here = project.run(&["cost", "production"]).ends(0).data;
    let there = project.run(&["cost", "production", "--prices", "us-east-1"]).ends(0).data;
    assert!(here.contains("at prices of eu-west-2") && there.contains("at prices of us-east-1"), "{there}");
    // 0.5 ACU a whole month at 0.12.
    assert!(there.contains("43.80 – 350.40"), "{there}");
    project.run(&["cost", "production", "--prices", "us-esat-1"]).ends(2).says("did you mean `us-east-1`?");
}

#[test]
fn a_local_stage_costs_nothing() {
    let project = scratch("", "");
    project
        .write("environments/local.yaml", "stage: local\nlifetime: local\ncomponents: {Db: {local: {port: 5432}}}\n");
    project.run(&["cost", "local"]).ends(2).says("AWS charges nothing");
}

#[test]
fn the_limit_warns_or_fails() {
    let limit = |over: &str| format!("estimate_limit: {{monthly_usd: 100{over}}}\n");
    let warned = scratch("", &limit(""));
    warned.run(&["build", "production"]).ends(0).says("STG022").says("`Db`: Database capacity");
    warned.run(&["build", "production", "--strict"]).ends(1);
    let failed = scratch("", &limit(", over: error"));
    failed.run(&["build", "production"]).ends(1).says("may cost 100.00");
    failed.run(&["check", "production"]).ends(1);
    // The lines are shown to whoever asks where it comes from.
    failed.run(&["cost", "production"]).ends(0).gives("365 – 2,920 ACU-hours");
    // Nobody else's limit.
    failed.run(&["build", "staging"]).ends(0);
    scratch("", "estimate_limit: {monthly_usd: 1000}\n").run(&["build", "production"]).ends(0);
}

#[test]
fn a_diff_tells_what_changes_in_cost() {
    let project = scratch("", "");
    project.run(&["build", "production"]).ends(0);
    project.run(&["diff", "production"]).ends(0);
    let overlay = project.read("environments/production.yaml");
    project.write("environments/production.yaml", format!("{overlay}components: {{Db: {{scaling: {{min: 1}}}}}}\n"));
    project.run(&["diff", "production"]).ends(3).gives("cost: ").gives("Db +51.10 to +0.00");
    let markdown = project.run(&["diff", "production", "--format", "markdown"]).ends(3).data;
    assert!(markdown.contains("| `Db` | 51.50 – 409.20 | 102.60 – 409.20 | +51.10 to +0.00 |"), "{markdown}");
    let json = project.run(&["diff", "production", "--format", "json"]).ends(3).data;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["cost"]["components"][0]["component"], "Db");
    // What is only declared otherwise changes the estimate, and nothing that is deployed.
    project.write("environments/production.yaml", format!("{overlay}usage: {{Jobs: {{requests: 10000000}}}}\n"));
    project.run(&["diff", "production"]).ends(3).gives("only the estimate of its cost changes").gives("Jobs +");
}

#[test]
fn the_command_is_quiet_about_what_is_not_there() {
    let here = compiled(&project_of(&root()), "production").estimate;
    let text = render::text("production", &here, false);
    assert!(!text.contains("\u{1b}"), "colours where none are wanted");
    assert!(render::text("production", &here, true).contains("\u{1b}[1m"));
    assert!(text.contains(price::read()));
}
