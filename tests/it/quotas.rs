//! Quotas of accounts: stages that are compiled, stages that stand in `out/`, and what the page says of this project.

use std::collections::BTreeMap;

use reggie_cfn::quota::{self, Per};
use reggie_cfn::survey::Usage;

use crate::scratch::Scratch;
use crate::support::{
    UPDATE, bootstrapped, committed_stages, compiled, goldens, project_of, read, root, shown, updating,
};

/// A network a stage.
const BASE: &str = "project: shop\nregion: eu-west-2\ncomponents:\n  Network: {type: vpc, nat: none}\n";

fn permanent(stage: &str, account: Option<&str>) -> String {
    let account = account.map(|account| format!("account: \"{account}\"\n")).unwrap_or_default();
    format!("stage: {stage}\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\n{account}")
}

/// A project whose permanent stages each make a network, in one account or another.
fn networks(stages: &[(&str, Option<&str>)]) -> Scratch {
    let layer = |(stage, account): &(&str, Option<&str>)| (format!("{stage}.yaml"), permanent(stage, *account));
    let mut layers: Vec<(String, String)> = stages.iter().map(layer).collect();
    layers.push(("base.yaml".to_owned(), BASE.to_owned()));
    layers.push(("preview.yaml".to_owned(), "match: [\"pr-*\"]\n".to_owned()));
    Scratch::new(&layers)
}

const SIX: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// What is counted of typed stacks now is what is counted in their text later.
#[test]
fn a_stage_uses_what_its_files_say() {
    let mut quotas = 0;
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        let built = Usage::built(&stage, |_| true, |file| compiled.files.get(file).cloned()).unwrap();
        let now = Usage::of(&compiled);
        let numbers = |usage: &Usage| -> Vec<_> {
            usage.numbers().map(|(name, region, zone, n)| format!("{name} {region} {zone} {n}")).collect()
        };
        assert_eq!(numbers(&now), numbers(&built), "{}", shown(&folder, &stage));
        assert_eq!((now.account(), now.stage()), (built.account(), built.stage()));
        quotas += numbers(&now).len();
    }
    assert!(quotas > 200, "only {quotas} numbers");
}

#[test]
fn stages_of_one_account_count_together() {
    let of_one: Vec<_> = SIX.iter().map(|stage| (*stage, Some("123456789012"))).collect();
    let project = networks(&of_one);
    let said = project.run(&["build"]).ends(1).says("the stages of the account `123456789012` need 6 VPCs").said;
    assert_eq!(said.matches("CFN440").count(), 1, "one finding a quota:\n{said}");
    project.write("environments/f.yaml", permanent("f", Some("999999999999")));
    project.run(&["build"]).ends(0);
    // What is not compiled now is read.
    project.write("environments/f.yaml", permanent("f", Some("123456789012")));
    project.run(&["build", "f"]).ends(1).says("`f` 1; `a` 1, `b` 1, `c` 1, `d` 1, `e` 1, as in `out/`");
    project.write("environments/base.yaml", format!("{BASE}quotas: {{vpcs: 6}}\n"));
    project.run(&["build", "f"]).ends(0);
}

#[test]
fn previews_are_a_warning() {
    let project = networks(&[("production", None)]);
    project.run(&["build"]).ends(0);
    let previews = ["pr-1", "pr-2", "pr-3", "pr-4", "pr-5"];
    for preview in &previews[..4] {
        project.run(&["build", preview, "--strict"]).ends(0);
    }
    project.run(&["build", "pr-5"]).ends(0).says("warning[CFN440]: the stages that name no account need 6 VPCs");
    std::fs::remove_dir_all(project.path().join("out/pr-1")).unwrap();
    project.run(&["build", "pr-5", "--strict"]).ends(0);
}

/// The raised figure stands in an overlay of a stage that is not compiled.
#[test]
fn what_one_stage_says_of_its_account_holds_for_all() {
    let of_one: Vec<_> = SIX.iter().map(|stage| (*stage, None)).collect();
    let project = networks(&of_one);
    project.write("environments/a.yaml", permanent("a", None) + "quotas: {vpcs: 6}\n");
    project.run(&["build"]).ends(0);
    project.run(&["build", "b"]).ends(0);
    project.write("environments/b.yaml", permanent("b", None) + "quotas: {vpcs: 4}\n");
    project.run(&["build", "b"]).ends(1).says("the quota is 4");
    project.write("environments/b.yaml", permanent("b", None) + "quotas: {vpsc: 6}\n");
    project.run(&["build", "b"]).ends(1).says("did you mean `vpcs`?");
}

#[test]
fn gateways_count_in_each_zone() {
    let project = networks(&[("a", None), ("b", None), ("c", None), ("d", None), ("e", None)]);
    let base = BASE.replace("nat: none", "nat: managed_per_zone");
    project.write("environments/base.yaml", format!("{base}quotas: {{elastic_ips: 50}}\n"));
    project.run(&["build"]).ends(0);
    project.write("environments/f.yaml", permanent("f", None));
    let run = project.run(&["build", "f"]).ends(1);
    run.says("need 6 NAT gateways in one zone of `eu-west-2`; the quota is 5");
}

#[test]
fn folders_that_are_none_of_ours_say_nothing() {
    let project = networks(&[("production", None)]);
    for folder in ["out/theirs", "out/half", "out/.hidden"] {
        std::fs::create_dir_all(project.path().join(folder)).unwrap();
    }
    project.write("out/theirs/index.yaml", b"\xff\xfe\nstacks:\n");
    project.write("out/half/index.yaml", "stacks:\n    template:\n      file: ../../environments/base.yaml\n");
    project.write("out/half/manifest.yaml", "quotas:\n  vpcs: many\nlifetime: permanent\n");
    project.write("out/note.txt", "a file");
    project.run(&["build"]).ends(0);
}

/// `docs/quotas.md`: the figures, and how close this repository's own project comes to them.
#[test]
fn the_page_of_quotas_is_fresh() {
    let mut text = read("docs/quotas.md");
    let start = text.find("\n| name |").unwrap() + 1;
    text.truncate(start);
    let project = project_of(&root());
    let stages = committed_stages(&root());
    let mut used: BTreeMap<(&str, String), BTreeMap<String, u64>> = BTreeMap::new();
    let shared = bootstrapped(&project, &stages).files;
    let usages = stages.iter().map(|stage| (stage.clone(), Usage::of(&compiled(&project, stage))));
    for (stage, usage) in usages.chain(shared.iter().map(|(file, text)| (file.clone(), Usage::shared(file, text)))) {
        for (name, region, zone, number) in usage.numbers() {
            used.entry((name, format!("{region} {zone}"))).or_default().insert(stage.clone(), number);
        }
    }
    text.push_str(
        "| name | what | quota | of | AWS raises it | Reggie | source |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for quota in quota::all() {
        let per = match quota.per {
            Per::Account => "account",
            Per::Region => "region",
            Per::Zone => "zone",
        };
        let places = used.iter().filter(|((name, _), _)| *name == quota.name).map(|(_, stages)| stages);
        let most = places.max_by_key(|stages| stages.values().sum::<u64>());
        let reggie = most.map_or("0".to_owned(), |stages| stages.values().sum::<u64>().to_string());
        let mut figure = quota.figure.to_string();
        quota.regions.iter().for_each(|(region, other)| figure.push_str(&format!(", {other} in {region}")));
        if quota.spare > 0 {
            figure.push_str(&format!(", of which {} must stay free", quota.spare));
        }
        let raised = if quota.is_raised { "yes" } else { "no" };
        let (name, what, source, url) = (quota.name, quota.what, quota.source, quota.url);
        text.push_str(&format!("| `{name}` | {what} | {figure} | {per} | {raised} | {reggie} | [{source}]({url}) |\n"));
    }
    if updating() {
        std::fs::write(root().join("docs/quotas.md"), &text).unwrap();
    }
    assert!(read("docs/quotas.md") == text, "docs/quotas.md is stale: run `{UPDATE}=1 cargo test quotas`");
}
