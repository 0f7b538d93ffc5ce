//! Rules of one's own: what `check --policy` says, and that no rule, however bad, brings it down.

use std::fs;

use reggie_cfn::cfn::Target;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::guard_rules::{self, Breach, Job, RulesFile, Said};
use reggie_cfn::origin::OriginId;
use reggie_cfn::value::{Entry, Value};
use serde_json::json;

use crate::scratch::{Run, Scratch};
use crate::support::{compiled, files_below, goldens, project_of, root};

/// A project with a file of rules.
fn with(rules: &str) -> Scratch {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    fs::create_dir(project.path().join("policies")).unwrap();
    project.write("policies/own.guard", rules);
    project
}

fn checked(rules: &str) -> Run {
    with(rules).run(&["check", "--policy"])
}

/// What is said of one text over one template.
fn said(rules: &str, template: serde_json::Value) -> Vec<Said> {
    let (job, mut all) = (Job { files: vec![rules.to_owned()], templates: vec![template] }, Vec::new());
    guard_rules::evaluate(&job, &mut |said| all.push(said));
    all
}

fn breaches(rules: &str, template: serde_json::Value) -> Vec<Breach> {
    let breach = |said| if let Said::Breach(breach) = said { Some(breach) } else { None };
    said(rules, template).into_iter().filter_map(breach).collect()
}

#[test]
fn rules_are_kept_or_told_with_both_places() {
    let rules = "rule SMALL { Resources.*[ Type == 'AWS::Lambda::Function' ].Properties.MemorySize <= 512 }\n";
    checked(rules)
        .ends(1)
        .says("error[CFN475]")
        .says("`SMALL`")
        .says("environments/base.yaml:")
        .says("policies/own.guard:1");
    let kept = "rule NODE { Resources.*[ Type == 'AWS::Lambda::Function' ].Properties.Runtime == /^nodejs/ }\n";
    checked(kept).ends(0).gives("policies/: 1 rule, all kept");
    // Without the option nobody looks.
    with(rules).run(&["check"]).ends(0);
    with(rules).run(&["build"]).ends(0);
    with("}").run(&["build"]).ends(0);
}

#[test]
fn two_stages_share_a_finding() {
    let project = with("rule SMALL { Resources.*[ Type == 'AWS::Lambda::Function' ].Properties.MemorySize <= 512 }\n");
    let run = project.run(&["check", "--policy", "production", "pr-1"]).ends(1);
    assert_eq!(run.said.matches("error[CFN475]").count(), 1, "{}", run.said);
    run.says("`production`").says("`pr-1`");
}

#[test]
fn rules_must_be_there() {
    let project = Scratch::small();
    project.run(&["check", "--policy"]).ends(2).says("policies").says("<name>.guard");
    fs::create_dir(project.path().join("policies")).unwrap();
    project.write("policies/readme.md", "no rules");
    project.run(&["check", "--policy"]).ends(2).says("has no `*.guard` file");
    project.write("policies/own.guard", "# nothing yet\n");
    project.run(&["build"]).ends(0);
    project.run(&["check", "--policy"]).ends(0).gives("0 rules");
    project.write("policies/own.guard", b"rule \xff {}");
    project.run(&["check", "--policy"]).ends(2).says("not UTF-8");
    project.write("policies/own.guard", vec![b'#'; 10 << 20]);
    project.run(&["check", "--policy"]).ends(2).says("more than 1 MiB");
    fs::remove_file(project.path().join("policies/own.guard")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", project.path().join("policies/own.guard")).unwrap();
    project.run(&["check", "--policy"]).ends(2).says("no regular file");
}

/// What Guard's library panics on, overflows its stack with, or does not end with. Everything else is evaluated all the same.
#[test]
fn no_rule_brings_it_down() {
    let nested = |open: &str, close: &str, times: usize| format!("{}{}", open.repeat(times), close.repeat(times));
    let hostile = [
        ("a-values", "let x = %y\nlet y = %x\nrule A { %x exists }\n".to_owned()),
        ("b-rules", "rule a(x) { a(%x) }\nrule A { a(Resources) }\n".to_owned()),
        ("c-lists", format!("rule A {{ Resources == {} }}\n", nested("[", "]", 100_000))),
        ("d-blocks", format!("rule A {{ {} }}\n", nested("when Resources exists { Resources exists ", "}", 10_000))),
        ("e-regex", "rule A { Resources.*.Type == /^(?=(.+)+!!)(.+)\\2+$/ }\n".to_owned()),
    ];
    let project = with("rule KEPT { Resources.* exists }\n");
    project.write("policies/z.guard", "rule BROKEN { Resources.*.Nothing exists }\n");
    for (name, text) in &hostile {
        project.write(&format!("policies/{name}.guard"), text);
    }
    let run = project.run(&["check", "--policy"]).ends(1);
    for name in ["a-values", "b-rules", "c-lists", "d-blocks"] {
        assert!(run.said.contains(&format!("`policies/{name}.guard` makes Guard fail")), "{name}:\n{}", run.said);
    }
    assert!(run.said.contains("`BROKEN`"), "{}", run.said);
    assert!(!run.said.contains("internal error") && !run.said.contains("overflow"), "{}", run.said);
}

/// Guard reads this for longer than anybody waits.
#[test]
fn no_rule_takes_for_ever() {
    let path = ".x".repeat(400_000);
    let run = checked(&format!("rule A {{ Resources.Hello{path} exists }}\n")).ends(1);
    run.says("`policies/own.guard` makes Guard fail, or never end");
}

#[test]
fn lines_are_those_of_the_clauses() {
    let rules = "# a comment\nlet buckets = Resources.*[ Type == 'A::B::C' ]\n\nrule ONE {\n  %buckets.Properties.A exists\n  %buckets {\n    \
                 Properties.B == 1 <<one>>\n    Properties.B == 2 or\n    Properties.C exists <<or that>>\n  }\n}\n\nrule TWO when %buckets !empty {\n  ONE\n}\n\
                 A::B::C Properties.D == 'x'\n";
    let template = json!({"Resources": {"Own": {"Type": "A::B::C", "Properties": {"B": 3, "D/E": [1]}}}});
    let found = breaches(rules, template);
    let shown: Vec<_> =
        found.iter().map(|b| (b.rule.as_str(), b.line, b.path.as_str(), b.missing.as_deref())).collect();
    let properties = "/Resources/Own/Properties";
    assert_eq!(
        shown,
        [
            ("default", 16, properties, Some("D")),
            ("ONE", 5, properties, Some("A")),
            ("ONE", 7, "/Resources/Own/Properties/B", None),
            ("ONE", 8, "/Resources/Own/Properties/B", None),
        ]
    );
    let messages: Vec<_> = found.iter().map(|b| b.message.as_deref()).collect();
    assert_eq!(messages, [None, None, Some("one"), Some("or that")]);
}

#[test]
fn of_many_breaches_two_hundred_are_told() {
    let resources: serde_json::Map<_, _> = (0..500).map(|i| (format!("R{i}"), json!({"Type": "X"}))).collect();
    let found = breaches("rule A { Resources.*.Properties exists }", json!({"Resources": resources}));
    assert_eq!(found.len(), 200);
}

#[test]
fn guard_sees_the_templates_that_are_written() {
    let mut count = 0;
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        for stack in &compiled.linked.stacks {
            // As Guard reads YAML: a tag is the long form of its function, with what stands behind it.
            let seen = guard_rules::json(&stack.template);
            assert_eq!(seen, crate::support::json_of(&compiled.files[&stack.file]), "{}", stack.file);
            count += 1;
        }
    }
    assert!(count > 60, "only {count} templates");
}

/// A resource that lists a rule is left alone by it, as in AWS's own rules, whether or not the rule asks.
#[test]
fn a_resource_says_what_it_is_left_alone_by() {
    let folder = root().join("tests/projects/23-guard");
    let rules = "rule NO_BUCKETS { Resources.*[ Type == 'AWS::S3::Bucket' ] empty }\n\
                 rule NO_FUNCTIONS { Resources.*[ Type == 'AWS::Lambda::Function' ] empty }\n";
    let mut project = project_of(&folder);
    let files =
        [RulesFile { path: "policies/x.guard".to_owned(), file: project.sources.add("policies/x.guard", rules) }];
    let mut compiled = compiled(&project, "production");
    let found = |compiled: &reggie_cfn::compile::Compiled| {
        let templates = compiled.linked.stacks.iter().map(|stack| guard_rules::json(&stack.template)).collect();
        let (mut said, mut findings) = (Vec::new(), Diagnostics::default());
        guard_rules::evaluate(&Job { files: vec![rules.to_owned()], templates }, &mut |one| said.push((0, one)));
        guard_rules::report(Some(compiled), &files, &said, &project.sources, &mut findings);
        findings.all().iter().map(|finding| finding.title.clone()).collect::<Vec<_>>()
    };
    let before = found(&compiled);
    let told = |titles: &[String], rule: &str| titles.iter().filter(|title| title.contains(rule)).count();
    assert_eq!((told(&before, "NO_BUCKETS"), told(&before, "NO_FUNCTIONS")), (2, 1), "{before:?}");
    let text = |text: &str| Value::<Target>::text(OriginId(0), text);
    let listed = Value::list(OriginId(0), vec![text("OTHER"), text("NO_BUCKETS")]);
    let guard = Value::map(OriginId(0), [("SuppressedRules", listed)]);
    let metadata = Value::map(OriginId(0), [("guard", guard)]);
    let bucket = compiled.linked.stacks.iter_mut().flat_map(|stack| &mut stack.template.resources);
    let bucket = bucket.into_iter().find(|resource| resource.id == "Scans").unwrap();
    bucket.attributes.push(Entry { key: "Metadata".to_owned(), key_origin: OriginId(0), value: metadata });
    let after = found(&compiled);
    assert_eq!((told(&after, "NO_BUCKETS"), told(&after, "NO_FUNCTIONS")), (1, 1), "{after:?}");
}

#[test]
fn the_project_that_teaches_rules_keeps_them() {
    let folder = root().join("tests/projects/23-guard");
    let project = Scratch::new(&crate::support::layers(&folder));
    fs::create_dir(project.path().join("policies")).unwrap();
    for path in files_below(&folder.join("policies"), ".guard") {
        let name = path.file_name().unwrap().to_str().unwrap();
        project.write(&format!("policies/{name}"), fs::read(&path).unwrap());
    }
    project.run(&["build"]).ends(0);
    project.run(&["check", "--policy"]).ends(0).gives("4 rules, all kept");
    let base = project.read("environments/base.yaml");
    for (from, to, rule) in [
        ("memory: 512", "memory: 2048", "FUNCTIONS_ARE_SMALL"),
        ("overrides:", "# ", "FUNCTIONS_STOP_LOOPS"),
        ("suppress:", "# ", "BUCKETS_KEEP_VERSIONS"),
        ("arm64", "x86_64", "FUNCTIONS_ARE_SMALL"),
    ] {
        project.write("environments/base.yaml", base.replace(from, to));
        project.run(&["check", "--policy"]).ends(1).says(rule);
    }
}
