//! The real command: what it writes, what it says, and how it ends.

use std::process::Stdio;

use serde_json::Value as Json;

use crate::scratch::{BASE, PREVIEW, Run, Scratch};
use crate::support::names;

#[test]
fn build_then_check_ends_with_0() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0).gives("production: 1 stack");
    let mut made = names(&project.path().join("out"));
    made.sort();
    assert_eq!(made, ["_bootstrap", "production"], "all permanent stages, what they share, and nothing else");
    project.run(&["check"]).ends(0).gives("fresh");
    project.run(&["build", "--all"]).ends(0).gives("nothing changed");
}

#[test]
fn errors_end_with_1_and_write_nothing() {
    let project = Scratch::small();
    project.write("environments/base.yaml", BASE.replace("handler: index.handler", "handlr: index.handler"));
    let before = project.all();
    for command in ["build", "check"] {
        project.run(&[command]).ends(1).says("`handlr`").says("environments/base.yaml:7").says("handler");
    }
    assert_eq!(project.all(), before);
}

#[test]
fn one_broken_stage_stops_all() {
    let project = Scratch::small();
    project
        .write("environments/staging.yaml", "stage: staging\nlifetime: permanent\nremoval: remove\nprotect: false\n");
    let before = project.all();
    project.run(&["build", "production", "staging"]).ends(1).says("log_days");
    assert_eq!(project.all(), before, "production compiles, and is not written alone");
}

#[test]
fn an_unknown_stage_ends_with_1_and_a_suggestion() {
    let project = Scratch::small();
    project.run(&["build", "prodution"]).ends(1).says("`production`").says("STG");
    project.run(&["build", "nowhere"]).ends(1).says("nowhere");
}

#[test]
fn wrong_usage_ends_with_2() {
    let empty = tempfile::tempdir().unwrap();
    let path = empty.path().to_str().unwrap();
    let project = Scratch::small();
    project.run(&["--project", path, "build"]).ends(2).says("environments");
    project.run(&["biuld"]).ends(2).says("build");
    project.run(&["build", "--all", "production"]).ends(2);
    project.run(&["build", "--format", "xml"]).ends(2);
    project.run(&["explain", "production", "Helo.Runtime"]).ends(2).says("Hello.Runtime");
    let previews = Scratch::new(&[("base.yaml", BASE), ("preview.yaml", PREVIEW)]);
    previews.run(&["build"]).ends(2).says("no permanent stage");
    previews.run(&["build", "pr-1"]).ends(0);
}

#[test]
fn a_stale_folder_ends_with_3_and_a_diff() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    project.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    let before = project.all();
    let run = project.run(&["check"]).ends(3);
    for line in ["--- a/out/production/app.yaml", "+++ b/out/production/app.yaml", "@@ "] {
        assert!(run.data.contains(line), "{line:?} is not in:\n{}", run.data);
    }
    assert!(run.data.lines().any(|l| l.starts_with('-') && l.ends_with("Runtime: nodejs22.x")), "{}", run.data);
    assert!(run.data.lines().any(|l| l.starts_with('+') && l.ends_with("Runtime: nodejs24.x")), "{}", run.data);
    assert_eq!(project.all(), before, "check writes nothing");
    project.run(&["build"]).ends(0);
    project.run(&["check"]).ends(0);
}

#[test]
fn a_missing_and_a_left_over_file_are_differences() {
    let project = Scratch::small();
    project.run(&["check"]).ends(3).gives("+++ b/out/production/app.yaml");
    project.run(&["build"]).ends(0);
    project.write("out/production/data.yaml", "# Made by reggie-cfn from environments/base.yaml.\nResources: {}\n");
    project.run(&["check"]).ends(3).gives("+++ /dev/null");
    project.run(&["build"]).ends(0);
    assert!(!project.path().join("out/production/data.yaml").exists(), "what we made and no longer make goes");
}

#[test]
fn strict_makes_warnings_errors() {
    let project = Scratch::small();
    project.run(&["build", "--strict"]).ends(0);
    // Browsers ask without a token before they call, and `$default` refuses them: CFN156.
    let api = "  Api:
    type: http_api
    auth: iam
    cors: {origins: [\"https://example.com\"]}
    routes: {$default: Hello}
";
    project.write("environments/base.yaml", format!("{BASE}{api}"));
    project.run(&["build", "pr-1"]).ends(0).says("warning[CFN156]");
    project.run(&["build", "pr-2", "--strict"]).ends(1).says("error[CFN156]");
    assert_eq!(names(&project.path().join("out")).len(), 3, "pr-2 is not written");
    // Notes stay notes.
    project.write("environments/base.yaml", BASE);
    project.run(&["build", "open-1", "--strict"]).ends(0).says("note[SEC004]");
}

#[test]
fn findings_for_machines_are_data() {
    let project = Scratch::small();
    let broken = BASE.replace("nodejs22.x", "nodejs22").replace("type: function", "typ: function");
    project.write("environments/base.yaml", &broken);
    for (format, least) in [("json", 1), ("github", 1)] {
        let run = project.run(&["check", "--format", format]).ends(1);
        assert!(run.said.is_empty(), "{}", run.said);
        assert!(run.data.lines().count() >= least, "{format}: {}", run.data);
        for line in run.data.lines() {
            match format {
                "json" => drop(serde_json::from_str::<Json>(line).unwrap_or_else(|e| panic!("{e}: {line}"))),
                _ => assert!(line.starts_with("::error ") && line.contains("file=environments/base.yaml"), "{line}"),
            }
        }
    }
    let sarif: Json = serde_json::from_str(&project.run(&["check", "--format", "sarif"]).ends(1).data).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    // Without findings the log is a whole one, too.
    let whole = Scratch::small().run(&["build", "--format", "sarif"]).ends(0);
    let sarif: Json = serde_json::from_str(&whole.data).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(0));
}

#[test]
fn colour_is_asked_for_or_on_a_terminal() {
    let project = Scratch::small();
    let escape = '\u{1b}';
    assert!(!project.run(&["build", "nowhere"]).said.contains(escape), "a pipe is no terminal");
    assert!(project.run(&["build", "nowhere", "--color", "always"]).said.contains(escape));
    assert!(!project.run(&["build", "nowhere", "--color", "never"]).said.contains(escape));
    let no_color = project.command(&["build", "nowhere"]).env("NO_COLOR", "1").output().unwrap();
    assert!(!Run::of(no_color).said.contains(escape));
    let failure = project.run(&["--project", "nowhere", "build", "--color", "always"]).ends(2);
    assert!(failure.said.contains(escape), "{}", failure.said);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let project = Scratch::small();
    // The schema is longer than any pipe holds, so that writing goes on after the reader left.
    for arguments in [&["schema"][..], &["schema", "--merged"]] {
        let mut child = project.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap()).ends(0);
        assert_eq!(run.said, "", "{arguments:?}");
    }
}

#[test]
fn build_writes_nothing_outside_of_its_folder() {
    let project = Scratch::small();
    let before = project.all();
    project.run(&["build", "production", "pr-1", "--out", "made/here"]).ends(0);
    let (inside, outside): (Vec<_>, Vec<_>) =
        project.all().into_iter().partition(|(name, _)| name.starts_with("made/here/"));
    assert_eq!(outside, before);
    let folders = ["made/here/_bootstrap/", "made/here/pr-1/", "made/here/production/"];
    assert!(inside.iter().all(|(name, _)| folders.iter().any(|f| name.starts_with(f))), "{inside:?}");
    assert_eq!(inside.len(), 17, "{inside:?}");
}

#[test]
fn files_of_others_stay() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    std::fs::create_dir_all(project.path().join("out/production/notes")).unwrap();
    project.write("out/production/notes/why.md", "because");
    project.write("out/production/parameters.json", "{}");
    project.write("out/README.md", "ours");
    project.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    project.run(&["build"]).ends(0).gives("changed");
    assert_eq!(project.read("out/production/notes/why.md"), "because");
    assert_eq!(project.read("out/production/parameters.json"), "{}");
    assert_eq!(project.read("out/README.md"), "ours");
    assert!(project.read("out/production/app.yaml").contains("nodejs24.x"));
    project.run(&["check"]).ends(0);
}

#[test]
fn a_file_of_others_in_the_way_is_not_overwritten() {
    let project = Scratch::small();
    std::fs::create_dir_all(project.path().join("out/production")).unwrap();
    project.write("out/production/app.yaml", "mine: true\n");
    project.run(&["build"]).ends(2).says("out/production/app.yaml");
    assert_eq!(project.all().iter().filter(|(name, _)| name.starts_with("out/")).count(), 1);
    assert_eq!(project.read("out/production/app.yaml"), "mine: true\n");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let project = Scratch::small();
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(project.path().join("out")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join("out/production")).unwrap();
    project.run(&["build"]).ends(2).says("symbolic link");
    assert!(names(elsewhere.path()).is_empty());
    assert!(project.path().join("out/production").is_symlink(), "the link stays");
    std::fs::remove_dir_all(project.path().join("out")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join("out")).unwrap();
    project.run(&["build"]).ends(2).says("symbolic link");
    assert!(names(elsewhere.path()).is_empty());
}

#[test]
fn a_place_that_cannot_be_written_ends_with_2_and_keeps_the_old_tree() {
    let project = Scratch::small();
    project.write("out", "a file in the folder's place");
    let before = project.all();
    project.run(&["build"]).ends(2).says("out");
    assert_eq!(project.all(), before);
    std::fs::remove_file(project.path().join("out")).unwrap();
    project.run(&["build"]).ends(0);
    project.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    project.write("out/.production.new", "in the way of the new folder");
    let before = project.all();
    project.run(&["build"]).ends(2);
    assert_eq!(project.all(), before, "the old folder stands");
}

#[test]
fn two_builds_at_once_end_well() {
    let project = Scratch::reggie();
    project.run(&["build"]).ends(0);
    let expected = project.all();
    for round in 0..5 {
        let changed = format!("{}# {round}\n", project.read("environments/production.yaml"));
        project.write("environments/production.yaml", changed.replace("log_days: 90", "log_days: 60"));
        project.run(&["build"]).ends(0);
        project.write("environments/production.yaml", changed.replace("log_days: 60", "log_days: 90"));
        let start = || project.command(&["build"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let builds = [start(), start(), start(), start()];
        for build in builds {
            Run::of(build.wait_with_output().unwrap()).ends(0);
        }
        let out = |all: Vec<(String, String)>| -> Vec<_> {
            all.into_iter().filter(|(name, _)| name.starts_with("out/")).collect()
        };
        assert_eq!(out(project.all()), out(expected.clone()), "round {round}");
    }
}

#[test]
fn explain_knows_paths_ids_and_codes() {
    let project = Scratch::reggie();
    let days = project.run(&["explain", "staging", "ReggieDb.backup_days"]).ends(0);
    days.gives("ReggieDb.backup_days = 7")
        .gives("environments/staging.yaml:")
        .gives("overrides environments/base.yaml:");
    let cluster = project.run(&["explain", "production", "ReggieDbCluster"]).ends(0);
    cluster.gives("AWS::RDS::DBCluster in production/data.yaml").gives("templates/postgres_aurora.yaml.j2:");
    project.run(&["explain", "production", "ReggieDbCluster.DeletionPolicy"]).ends(0).gives("production.yaml:");
    project.run(&["explain", "production", "values.api_host"]).ends(0).gives("api.getreggie.io");
    project.run(&["explain", "MAN010"]).ends(0).gives("MAN010: ");
    project.run(&["explain", "man010"]).ends(0).gives("MAN010: ");
    project.run(&["explain", "production", "ReggieDbb"]).ends(2).says("`ReggieDb`");
    project.run(&["explain", "MAN999"]).ends(2).says("no code");
    project.run(&["explain", "prodction", "ReggieDb"]).ends(1).says("production");
}

#[test]
fn stages_are_listed_with_their_layers() {
    let stages = Scratch::reggie().run(&["stages"]).ends(0);
    let rows: Vec<Vec<&str>> = stages.data.lines().map(|line| line.split_whitespace().collect()).collect();
    let expected = [
        ["dev-*", "ephemeral", "environments/dev.yaml"],
        ["local", "local", "environments/local.yaml"],
        ["production", "permanent", "environments/production.yaml"],
        ["staging", "permanent", "environments/staging.yaml"],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn pages_for_shells_and_people() {
    let project = Scratch::small();
    for shell in ["bash", "zsh", "fish"] {
        project.run(&["completions", shell]).ends(0).gives("explain");
    }
    project.run(&["man"]).ends(0).gives(".TH reggie-cfn 1");
    project.run(&["--help"]).ends(0).gives("Exit codes");
    project.run(&["--version"]).ends(0).gives(env!("CARGO_PKG_VERSION"));
    let schema: Json = serde_json::from_str(&project.run(&["schema"]).ends(0).data).unwrap();
    assert!(schema["$defs"].is_object());
    project.run(&["schema", "--kinds"]).ends(0).gives("postgres");
}

#[test]
fn resource_types_are_listed_and_found() {
    let project = Scratch::small();
    let run = project.run(&["schema", "resource"]).ends(0).gives("AWS::SQS::Queue\n").gives("cfn-lint");
    assert!(run.data.lines().count() > 1000);
    project.run(&["schema", "resource", "AWS::SQS::Queue"]).ends(0).gives("VisibilityTimeout");
    project.run(&["schema", "resource", "AWS::SQS::Qeue"]).ends(2).says("did you mean `AWS::SQS::Queue`?");
    // Parts of other schemas are among the facts, and no types.
    project.run(&["schema", "resource", "policy_identity"]).ends(2).says("no resource type");
    project.run(&["schema", "--kinds", "resource"]).ends(2);
    project.run(&["schema", "--kinds"]).ends(0).gives("postgres");
}
