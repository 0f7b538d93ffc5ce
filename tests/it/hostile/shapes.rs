//! Layers that are small enough to be read, and have a shape that makes work: much of one thing, or one long thing. Each
//! takes about as long as its size, and says what is wrong in a message of readable length.

use crate::scratch::{BASE, PRODUCTION, Run, Scratch};

/// `count` lines, made of their number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|i| line(i) + "\n").collect()
}

#[track_caller]
fn ends_soon(base: &str, overlay: &str, code: i32) -> Run {
    let project = Scratch::new(&[("base.yaml", base), ("production.yaml", overlay)]);
    project.run(&["build"]).ends(code).reads_well().within(400)
}

/// A mistake of which a file is full is told some hundred times, each time with its place.
#[test]
fn thousands_of_mistakes_end_soon() {
    let bare = "project: shop\nregion: eu-west-2\ncomponents:\n";
    let cases = [
        (format!("{BASE}{}", lines(10_000, |i| format!("k{i}: 1"))), "MAN010"),
        (format!("{BASE}{}", lines(10_000, |i| format!("    k{i}: 1"))), "MAN010"),
        (format!("{bare}{}", lines(8_000, |i| format!("  C{i}: {{type: x}}"))), "MAN009"),
        (format!("{bare}{}", lines(8_000, |i| format!("  C{i}: {{}}"))), "MAN006"),
        (format!("{BASE}secrets:\n{}", lines(10_000, |i| format!("  s{i}: 1"))), "MAN016"),
        (format!("{BASE}values:\n{}", lines(10_000, |i| format!("  a{i}: ${{values.b{i}}}"))), "REF002"),
        (format!("{BASE}values:\n{}", lines(10_000, |i| format!("  a{i}: ${{a b{i}}}"))), "REF001"),
        (format!("{BASE}values:\n{}", lines(10_000, |i| format!("  a{i}: !Ref x"))), "MAN003"),
        (format!("{BASE}values:\n{}", lines(10_000, |i| format!("  a{i}:"))), "YAML013"),
        (format!("{BASE}values:\n{}", "  a: 1\n".repeat(10_000)), "YAML011"),
        (format!("{BASE}    links:\n{}", lines(8_000, |i| format!("      A{i}: read"))), "REF011"),
        (
            format!("{BASE}values:\n{}", lines(10_000, |i| format!("  a{i}: {}_live_abcdefghijklmno{i}", "sk"))),
            "SEC001",
        ),
    ];
    for (base, code) in cases {
        ends_soon(&base, PRODUCTION, 1).says(&format!("error[{code}]")).says("environments/base.yaml:");
    }
    for overlay in ["values:\n", "components:\n  Hello:\n"] {
        let indent = if overlay.starts_with('v') { "  " } else { "    " };
        let overlay = format!("{PRODUCTION}{overlay}{}", lines(10_000, |i| format!("{indent}a{i}: null")));
        ends_soon(BASE, &overlay, 1).says("error[MAN004]").says("environments/production.yaml:");
    }
}

/// The same on one line, as programs write it.
#[test]
fn thousands_of_mistakes_on_one_line_end_soon() {
    let flow = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(", ");
    let cases = [
        (format!("{BASE}values: {{{}}}\n", flow(5_000, &|i| format!("a{i}: \"${{values.b{i}}}\""))), "REF002"),
        (format!("{BASE}secrets: {{{}}}\n", flow(5_000, &|i| format!("s{i}: 1"))), "MAN016"),
        (format!("{BASE}values: {{a: '{}'}}\n", "${nope.x}".repeat(30_000)), "REF002"),
        (format!("{BASE}values: {{a: '{}'}}\n", "${ }".repeat(50_000)), "REF001"),
        (format!("{BASE}values: {{a: '{}'}}\n", "${".repeat(400_000)), "REF001"),
        (format!("{BASE}values: [{}]\n", ",".repeat(500_000)), "YAML0"),
        (format!("{BASE}{}", ":".repeat(900_000)), "YAML001"),
        (format!("{BASE}{}", "a: ".repeat(300_000)), "YAML001"),
    ];
    for (base, code) in cases {
        ends_soon(&base, PRODUCTION, 1).says(&format!("error[{code}")).says("environments/base.yaml:8:");
    }
}

/// One name or text as long as a file may be, in each place that a message repeats.
#[test]
fn texts_without_end_end_soon() {
    let long = "k".repeat(1_000_000);
    for base in [
        format!("{BASE}'{long}': 1\n"),
        format!("{BASE}? {long}\n: 1\n"),
        format!("{BASE}  Other: {{type: {long}}}\n"),
        format!("{BASE}    architecture: {long}\n"),
        format!("{BASE}    memory: {long}\n"),
        format!("{BASE}values: {{a: '${{{long}}}'}}\n"),
        format!("{BASE}values: {{a: '${{values.{long}}}'}}\n"),
        format!("{BASE}values: {{a: !{long} x}}\n"),
        format!("{BASE}values: {{a: \"{long}\n"),
        format!("project: {long}\n{}", BASE.split_once('\n').unwrap().1),
        BASE.replace("eu-west-2", &long),
    ] {
        let said = ends_soon(&base, PRODUCTION, 1).says("environments/base.yaml:").said;
        assert!(said.len() < 6_000, "{} bytes: {}", said.len(), &said[..2_000]);
    }
    for overlay in [
        PRODUCTION.replace("stage: production", &format!("stage: {long}")),
        format!("{PRODUCTION}extends: {long}\n"),
        format!("{PRODUCTION}secrets_from: {long}\n"),
        format!("match: ['{}']\n", "*a".repeat(400_000)),
    ] {
        let project = Scratch::new(&[("base.yaml", BASE), ("production.yaml", &overlay)]);
        let run = project.run(&["build", &"a".repeat(40)]).ends(1).reads_well();
        assert!(run.said.len() < 6_000, "{}", &run.said[..2_000]);
    }
}

/// Much of what is allowed is compiled, or is more than CloudFormation takes.
#[test]
fn much_of_everything_ends_soon() {
    let values = format!("values:\n{}", lines(12_000, |i| format!("  v{i}: {i}")));
    ends_soon(&format!("{BASE}{values}"), &format!("{PRODUCTION}{values}"), 0);
    let chain =
        lines(1_500, |i| if i % 30 == 0 { format!("  v{i}: x") } else { format!("  v{i}: ${{values.v{}}}", i - 1) });
    ends_soon(&format!("{BASE}values:\n{chain}"), PRODUCTION, 0);
    ends_soon(&format!("{BASE}secrets:\n{}", lines(8_000, |i| format!("  S{i}: {{purpose: x}}"))), PRODUCTION, 0);
    let environment = lines(10_000, |i| format!("      V{i}: x"));
    ends_soon(&format!("{BASE}    environment:\n{environment}"), PRODUCTION, 1).says("error[CFN182]");
    let functions = lines(200, |i| {
        format!("  F{i}: {{type: function, runtime: nodejs22.x, zip: {{path: dist, handler: index.handler}}}}")
    });
    ends_soon(&format!("{BASE}{functions}"), PRODUCTION, 1).says("error[CFN010]");
    let networks = lines(60, |i| format!("  N{i}: {{type: vpc, nat: none}}"));
    ends_soon(&format!("{BASE}{networks}"), PRODUCTION, 1).says("error[CFN010]");
    let routes = lines(1_500, |i| format!("      GET /r{i}: Hello"));
    ends_soon(&format!("{BASE}  Api:\n    type: http_api\n    routes:\n{routes}"), PRODUCTION, 1).says("error[CFN010]");
}

/// Files below `out/` are input, too: what another has put there is compared, kept or refused, and takes no time.
#[test]
fn files_below_out_are_input() {
    let made = "# Made by reggie-cfn from environments/base.yaml.\n";
    let bombs = [
        format!("a: &a [x, x]\n{}", lines(20, |i| format!("b{i}: &b{i} [*a, *a]"))),
        "[".repeat(1_000_000),
        "- ".repeat(1_000_000),
        lines(20_000, |i| format!("line {i}")),
        "x".repeat(4_000_000),
        "\0".repeat(1_000_000),
        "stacks: [{name: x, template: {file: ../../environments/base.yaml}, imports: [x]}]\n".to_owned(),
    ];
    for bomb in bombs {
        for name in ["index.yaml", "manifest.yaml", "left.yaml"] {
            for text in [bomb.clone(), format!("{made}{bomb}")] {
                let project = Scratch::small();
                std::fs::create_dir_all(project.path().join("out/production")).unwrap();
                project.write(&format!("out/production/{name}"), &text);
                let is_ours = text.starts_with(made);
                let checked = project.run(&["check"]).within(400);
                let run = project.run(&["build"]).reads_well().within(400);
                // Others' files are kept, and are in the way where they have the name of one of ours. What is ours and no whole build
                // says nothing of what a deploy would do.
                let (check, build) = match name {
                    _ if is_ours => (1, 1),
                    "left.yaml" => (3, 0),
                    _ => (3, 2),
                };
                assert_eq!((checked.code, run.code), (Some(check), Some(build)), "{name}: {}", run.said);
                let left = std::fs::read_to_string(project.path().join("out/production").join(name));
                assert!(left.is_ok_and(|left| left == text), "{name}");
                assert!(!is_ours || run.said.contains("CFN457"), "{}", run.said);
            }
        }
    }
}
