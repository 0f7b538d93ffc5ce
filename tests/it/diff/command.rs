//! `diff` as people run it: its pages, what it compares with, and how it ends.

use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::scratch::{Run, Scratch};

/// Reggie, built, and then edited: each text of `base.yaml` by the one that takes its place.
fn reggie(edits: &[(&str, &str)]) -> Scratch {
    let project = Scratch::reggie();
    project.run(&["build", "production"]).ends(0);
    edit(&project, edits);
    project
}

#[track_caller]
fn edit(project: &Scratch, edits: &[(&str, &str)]) {
    let mut text = project.read("environments/base.yaml");
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from:?} in:\n{text}");
        text = text.replace(from, to);
    }
    project.write("environments/base.yaml", text);
}

/// What a run writes, with its exit code.
fn page(project: &Scratch, arguments: &[&str]) -> String {
    let run = project.run(&[&["diff", "production"], arguments].concat());
    let errors = run.said.lines().filter(|line| line.starts_with("error") || line.starts_with("warning"));
    let errors: String = errors.map(|line| format!("{line}\n")).collect();
    format!("{}---\nexit code {}\n{errors}", run.data, run.code.unwrap_or(-1))
}

const KEY: (&str, &str) =
    ("    backup_days: 14\n", "    overrides: {Cluster: {KmsKeyId: alias/mine}}\n    backup_days: 14\n");

#[test]
fn nothing_to_tell() {
    let project = reggie(&[]);
    insta::assert_snapshot!("nothing", page(&project, &[]));
    insta::assert_snapshot!("nothing_markdown", page(&project, &["--format", "markdown"]));
    let told: Json =
        serde_json::from_str(&project.run(&["diff", "production", "--format", "json"]).ends(0).data).unwrap();
    assert_eq!((&told["differs"], &told["resources"]), (&Json::Bool(false), &Json::Array(Vec::new())));
    project.run(&["diff", "production", "--text"]).ends(0);
}

#[test]
fn a_purpose_is_no_difference() {
    let project = reggie(&[("# Reggie: vehicle", "# Reggie, vehicle")]);
    project.run(&["diff", "production"]).ends(0).gives("no differences");
}

#[test]
fn a_database_made_anew() {
    let project = reggie(&[KEY, ("memory: 1536", "memory: 2048")]);
    let before = project.all();
    let shown = page(&project, &[]);
    let told = shown.split("---\n").next().unwrap();
    assert!(
        crate::support::read("docs/diff.md").contains(told.trim_end()),
        "docs/diff.md shows another page than\n{told}"
    );
    insta::assert_snapshot!("database", shown);
    insta::assert_snapshot!("database_markdown", page(&project, &["--format", "markdown"]));
    insta::assert_snapshot!("database_json", page(&project, &["--format", "json"]));
    assert_eq!(project.all(), before, "nothing is written");
    let colored = project.run(&["diff", "production", "--color", "always"]).data;
    assert!(colored.contains("\u{1b}[1;31m  replace"), "{colored}");
}

#[test]
fn a_network_with_other_addresses() {
    let project = reggie(&[("cidr: 10.0.0.0/16", "cidr: 10.1.0.0/16")]);
    insta::assert_snapshot!("network", page(&project, &[]));
    insta::assert_snapshot!("network_markdown", page(&project, &["--format", "markdown"]));
}

#[test]
fn more_is_allowed() {
    let edits = [
        (
            "    nat_type: t4g.nano\n",
            "    nat_type: t4g.nano\n    overrides: {NatSecurityGroup: {SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]}}\n",
        ),
        (
            "    memory: 1536\n",
            "    memory: 1536\n    url: {protection: public}\n    permissions:\n      mail: {actions: ['ses:SendEmail', 'ses:SendRawEmail'], resources: ['arn:aws:ses:${region}:${account}:identity/*']}\n",
        ),
    ];
    let project = reggie(&edits);
    insta::assert_snapshot!("access", page(&project, &[]));
    insta::assert_snapshot!("access_markdown", page(&project, &["--format", "markdown"]));
    // Back again: the same, narrower.
    project.run(&["build", "production"]).ends(0);
    edit(&project, &edits.map(|(from, to)| (to, from)));
    insta::assert_snapshot!("access_back", page(&project, &[]));
}

#[test]
fn a_site_that_goes_with_its_stack() {
    let base = crate::support::read("environments/base.yaml");
    let from = base.find("  ReggieAdmin:\n").unwrap();
    let to = from + base[from..].find("\n\n").unwrap() + 2;
    let project = reggie(&[(&base[from..to], ""), ("  admin_url: ${ReggieAdmin.url}\n", "")]);
    insta::assert_snapshot!("site", page(&project, &[]));
}

#[test]
fn a_function_that_moves() {
    let project = reggie(&[("    memory: 1536\n", "    memory: 1536\n    stack: data\n")]);
    insta::assert_snapshot!("moved", page(&project, &[]));
}

#[test]
fn an_export_that_vanishes_with_its_imports() {
    let project = reggie(&[(
        "    memory: 1536\n    vpc: ReggieVpc\n    links: {ReggieDb: connect}\n    environment:\n      DATABASE_URL: ${ReggieDb.url}\n",
        "    memory: 1536\n",
    )]);
    insta::assert_snapshot!("vanished", page(&project, &[]));
}

#[test]
fn what_keeps_its_name_cannot_be_replaced() {
    let targets = |port: u16| {
        format!(
            "project: shop\nregion: eu-west-2\ncomponents:\n  Network: {{type: vpc, nat: none}}\n  Targets:\n    type: resource\n    \
             resource_type: AWS::ElasticLoadBalancingV2::TargetGroup\n    \
             properties: {{Name: shop-web, Protocol: HTTP, Port: {port}, TargetType: ip, VpcId: \"${{Network.id}}\"}}\n"
        )
    };
    let production = "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\n";
    let project = Scratch::new(&[("base.yaml", targets(80).as_str()), ("production.yaml", production)]);
    project.run(&["build"]).ends(0);
    project.write("environments/base.yaml", targets(8080));
    insta::assert_snapshot!("name", page(&project, &[]));
    project.run(&["build"]).ends(1).says("CFN450");
}

#[test]
fn a_first_build_makes_everything() {
    let project = Scratch::small();
    insta::assert_snapshot!("first", page(&project, &[]));
}

/// Runs git in a project.
fn git(project: &Scratch, arguments: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let status =
        Command::new("git").args(who).args(arguments).current_dir(project.path()).stdout(Stdio::null()).status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

fn committed(edits: &[(&str, &str)]) -> Scratch {
    let project = reggie(&[]);
    for arguments in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-q", "-m", "first"]] {
        git(&project, arguments);
    }
    edit(&project, edits);
    project.run(&["build", "production"]).ends(0);
    project
}

#[test]
fn a_revision_is_compared_with() {
    let project = committed(&[("memory: 1536", "memory: 2048")]);
    // The folder on disk is fresh; what was committed is not.
    project.run(&["diff", "production"]).ends(0);
    project.run(&["diff", "production", "--against", "main"]).ends(3).gives("MemorySize: 1536 → 2048");
    project.run(&["diff", "production", "--against", "HEAD", "--text"]).ends(3).gives("+      MemorySize: 2048");
    project.run(&["diff", "production", "--against", "nowhere"]).ends(2).says("`nowhere` is neither");
    project.run(&["diff", "production", "--against", "--upload-pack=x"]).ends(2).says("no revision");
    project.run(&["diff", "production", "--against", "main:out"]).ends(2).says("neither");
    // From a folder that is not the repository's own.
    let elsewhere = project.command(&["diff", "production", "--against", "main", "--project"]);
    let mut elsewhere = elsewhere;
    elsewhere.arg(project.path()).current_dir(project.around());
    Run::of(elsewhere.output().unwrap()).ends(3).gives("MemorySize");
}

#[test]
fn without_git_a_folder_still_does() {
    let project = committed(&[("memory: 1536", "memory: 2048")]);
    let mut command = project.command(&["diff", "production", "--against", "main"]);
    command.env("PATH", "");
    Run::of(command.output().unwrap()).ends(2).says("git is not installed");
    let mut command = project.command(&["diff", "production", "--against", "out"]);
    command.env("PATH", "");
    Run::of(command.output().unwrap()).ends(0);
}

#[test]
fn a_folder_is_compared_with() {
    let project = reggie(&[]);
    std::fs::rename(project.path().join("out"), project.path().join("before")).unwrap();
    edit(&project, &[("memory: 1536", "memory: 2048")]);
    for folder in ["before", "before/production"] {
        project.run(&["diff", "production", "--against", folder]).ends(3).gives("before/production: 1 updated");
    }
    project.run(&["diff", "production", "--against", "environments"]).ends(2).says("index.yaml");
}

#[test]
fn formats_that_are_not_meant_are_refused() {
    let project = Scratch::small();
    project.run(&["diff", "production", "--format", "sarif"]).ends(2).says("json or markdown");
    project.run(&["build", "--format", "markdown"]).ends(2).says("markdown is for `diff`");
    project.run(&["diff"]).ends(2);
    project.run(&["diff", "prodution"]).ends(1).says("`production`");
}
