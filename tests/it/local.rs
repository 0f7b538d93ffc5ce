//! Local stages: what commands say of them, and that no text of a manifest can become more than a text in their files. That they run is
//! asked by `tests/judges/run local`.

use crate::scratch::Scratch;
use crate::support::{compiled, project, read, root};

const LOCAL: &str = "stage: local\nlifetime: local\n";

/// A project of one function, with more settings of it.
fn of_one(base: &str, local: &str) -> Vec<(&'static str, String)> {
    let base = format!(
        "project: shop\nregion: eu-west-2\n{base}\ncomponents:\n  Worker:\n    type: function\n    image: {{path: packages/worker}}\n{local}"
    );
    vec![("base.yaml", base), ("local.yaml", LOCAL.to_owned())]
}

#[test]
fn commands_know_what_a_local_stage_is() {
    let project = Scratch::reggie();
    project.run(&["build"]).ends(0).gives("local: a local stage without stacks").gives("staging: 9 stacks");
    project.run(&["check"]).ends(0).gives("local: out/local/ is fresh");
    project.run(&["build", "local"]).ends(0).gives("nothing changed");
    project.run(&["diff", "local"]).ends(0);
    for (command, says) in [
        (&["dns", "resolve", "local"][..], "has no records"),
        (&["package", "local"], "nothing is released"),
        (&["secrets", "local"], "`.env` files"),
        (&["site", "check", "local", "ReggieWeb"], "run from their sources"),
        (&["explain", "local", "ReggieDbCluster"], "neither in the manifest nor in a template"),
    ] {
        project.run(command).ends(2).says(says).reads_well();
    }
    project.run(&["explain", "local", "ReggieDb.local.port"]).ends(0).gives("environments/local.yaml:7:28");

    let layer = project.read("environments/local.yaml").replace("3001", "3002");
    project.write("environments/local.yaml", layer);
    project.run(&["check", "local"]).ends(3).gives("+PORT=3002");
    project.run(&["diff", "local"]).ends(3).gives("+PORT=3002");
    project.run(&["diff", "local", "--format", "json"]).ends(3).gives("reggie-admin.env.example");
    project.run(&["build", "production"]).ends(0);
    assert!(project.read("out/local/reggie-admin.env.example").contains("3001"), "of another stage");
}

#[test]
fn what_a_local_stage_says_is_of_no_account_and_no_zone() {
    let project = Scratch::reggie();
    let alone = Scratch::reggie();
    std::fs::remove_file(alone.path().join("environments/local.yaml")).unwrap();
    for project in [&project, &alone] {
        project.run(&["build"]).ends(0);
    }
    let shared = |project: &Scratch| -> Vec<(String, String)> {
        project.all().into_iter().filter(|(path, _)| path.starts_with("out/_")).collect()
    };
    assert!(!shared(&alone).is_empty());
    assert_eq!(shared(&project), shared(&alone), "zones and bootstraps are those of stages with stacks");
    let only = Scratch::reggie();
    only.run(&["build", "local"]).ends(0);
    assert!(only.all().iter().all(|(path, _)| !path.starts_with("out/_")), "nothing to deploy");
}

#[test]
fn no_text_becomes_a_line_of_its_own() {
    let evil = "one\\nEVIL=1\\rEVIL=2";
    let base = format!("secrets: {{Key: {{purpose: \"{evil}\"}}}}\ninputs: {{Who: {{purpose: \"{evil}\"}}}}");
    let local = "    local: {command: 'echo $HOME `id` \"#\"', port: 80}\n    environment:\n      KEY_NAME: ${secrets.Key.name}\n      \
        WHO: \"to ${inputs.Who}\"\n      DOLLAR: \"$HOME `id` \\\"\\\\\"\n";
    let files = compiled(&project(&of_one(&base, local)), "local").files;
    let example = &files["worker.env.example"];
    let lines: Vec<&str> = example.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(lines, [r#"DOLLAR='$HOME `id` "\'"#, "PORT=80", "KEY=", "WHO="], "{example}");
    let makefile = &files["Makefile"];
    assert!(makefile.contains("set +a && echo $$HOME `id` \"#\"\n"), "{makefile}");
}

#[test]
fn folders_are_words_of_the_shell() {
    for (path, entered, copied) in [
        ("packages/worker", "cd packages/worker && set", "test -e packages/worker/.env "),
        ("./packages/worker/", "cd packages/worker && set", "test -e packages/worker/.env "),
        (".", "\tset -a", "test -e .env "),
        ("-p", "cd ./-p && set", "test -e ./-p/.env "),
        ("it's $1", "cd 'it'\\''s $$1' && set", "test -e 'it'\\''s $$1/.env' "),
    ] {
        let local = format!("    local: {{path: \"{path}\", command: run, port: 80}}\n");
        let files = compiled(&project(&of_one("", &local)), "local").files;
        let makefile = &files["Makefile"];
        assert!(makefile.contains(entered) && makefile.contains(copied), "{path}: {makefile}");
    }
}

#[test]
fn several_lines_are_no_command() {
    for command in ["two\\nlines", "goes on \\\\", " ", "", "bell\\a"] {
        let local = format!("    local: {{command: \"{command}\"}}\n");
        let layers = of_one("", &local);
        let named: Vec<(&str, &str)> = layers.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Scratch::new(&named).run(&["build", "local"]).ends(1).says("local").reads_well();
    }
}

#[test]
fn the_page_quotes_what_is_there() {
    let page = read("docs/local.md");
    let mut quoted = 0;
    for block in page.split("\n```").skip(1).step_by(2) {
        let (head, text) = block.split_once('\n').unwrap();
        if let Some((_, path)) = head.split_once(' ') {
            let file = std::fs::read_to_string(root().join(path)).unwrap();
            assert!(file.contains(text), "docs/local.md: {path} does not say\n{text}");
            quoted += 1;
        }
    }
    assert_eq!(quoted, 3);
}
