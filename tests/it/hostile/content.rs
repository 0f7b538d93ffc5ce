//! What a layer may hold.

use std::fs::File;
use std::io::Write;

use crate::scratch::{BASE, PRODUCTION, Run, Scratch, tree};

/// Builds, which must fail at a place of the input, write nothing and take little memory.
#[track_caller]
fn refused(project: &Scratch, code: &str, place: &str) -> Run {
    let before = tree(project.around());
    let run = project.run(&["build"]).ends(1).reads_well().within(64);
    assert_eq!(tree(project.around()), before, "something was written");
    run.says(&format!("error[{code}")).says(place)
}

/// The small project, built, with a base that is something else now.
fn with_base(base: impl AsRef<[u8]>) -> Scratch {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    project.write("environments/base.yaml", base);
    project
}

#[test]
fn an_alias_bomb_is_refused_where_it_begins() {
    let mut bomb = format!("{BASE}values:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..20 {
        bomb += &format!("  a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", "));
    }
    refused(&with_base(bomb), "YAML009", "environments/base.yaml:9:7");
    let merged = format!("{BASE}values: &v\n  <<: *v\n");
    refused(&with_base(merged), "YAML009", "environments/base.yaml:8:9");
}

#[test]
fn a_reference_bomb_is_refused() {
    for (value, least) in [("['${values.vN}', '${values.vN}']", 1), ("${values.vN}${values.vN}", 1)] {
        let mut bomb = format!("{BASE}values:\n  v30: xxxxxxxxxxxxxxxx\n");
        for i in least..30 {
            bomb += &format!("  v{i}: {}\n", value.replace('N', &(i + 1).to_string()));
        }
        refused(&with_base(bomb), "REF009", "environments/base.yaml:");
    }
    let mut chain = format!("{BASE}values:\n  v9999: x\n");
    for i in 0..9999 {
        chain += &format!("  v{i}: ${{values.v{}}}\n", i + 1);
    }
    refused(&with_base(chain), "REF009", "environments/base.yaml:");
}

#[test]
fn nesting_without_end_is_refused() {
    let nested = ["[", "{a: ", "- ", "? ", "[{a: ", "- a: ", "!Sub [", "? - "];
    for open in nested {
        let text = format!("{BASE}values:\n  a:\n    {}", open.repeat(100_000));
        let project = with_base(text);
        let said = refused(&project, "YAML0", "environments/base.yaml:").said;
        assert!(said.contains("YAML007") || said.contains("YAML001"), "{open:?}: {said}");
    }
    let steps: String = (1..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    refused(&with_base(format!("values:\n{steps}")), "YAML007", "environments/base.yaml:65:");
}

/// Values that are as deep as a file may be, put into one another as often as references may.
#[test]
fn nesting_by_references_is_read_to_its_end() {
    let mut base = format!("{BASE}values:\n  v30: x\n");
    for i in 0..30 {
        base += &format!("  v{i}: {}'${{values.v{}}}'{}\n", "[".repeat(55), i + 1, "]".repeat(55));
    }
    base = base.replace("values:\n", "  Topic:\n    type: resource\n    resource_type: AWS::SNS::Topic\n    properties: {DisplayName: \"${values.v0}\"}\nvalues:\n");
    let run = with_base(base).run(&["build"]).reads_well().within(128);
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
}

#[test]
fn a_file_of_100_mb_is_refused_without_being_read() {
    let sparse = with_base("");
    File::create(sparse.path().join("environments/base.yaml")).unwrap().set_len(100 << 20).unwrap();
    let text = with_base("");
    let mut file = File::create(text.path().join("environments/base.yaml")).unwrap();
    let line = "# a comment that nobody reads, again and again and again\n".repeat(1 << 14);
    (0..120).for_each(|_| file.write_all(line.as_bytes()).unwrap());
    assert!(file.metadata().unwrap().len() > 100 << 20);
    for project in [sparse, text] {
        // The project is not looked at, only what it said: it is large.
        let run = project.run(&["build"]).ends(1).reads_well().within(48);
        run.says("error[YAML007]").says("environments/base.yaml:1:1").says("1048576 bytes");
        assert!(project.path().join("out/production/index.yaml").exists());
    }
}

#[test]
fn many_large_files_are_refused_as_well() {
    let project = Scratch::small();
    let megabyte = "# another line of a layer that is too long\n".repeat(24_000);
    for i in 0..20 {
        project.write(&format!("environments/layer-{i}.yaml"), &megabyte);
    }
    project.run(&["build"]).ends(2).reads_well().within(64).says("environments").says("16 MiB");
}

#[test]
fn what_is_no_utf_8_is_refused_at_its_place() {
    let around = |bytes: &[u8]| [BASE.as_bytes(), b"values: {a: caf", bytes, b"}\n"].concat();
    for bytes in [&b"\xe9"[..], b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xf0\x9f"] {
        let said = refused(&with_base(around(bytes)), "YAML018", "environments/base.yaml:8:16").said;
        assert!(said.contains("UTF-8") && !said.contains('é'), "{said}");
    }
    // What another program has lost before is lost all the same.
    refused(&with_base(around("\u{fffd}".as_bytes())), "YAML018", "environments/base.yaml:8:16");
    // Other encodings, whole files.
    let utf_16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> { BASE.encode_utf16().flat_map(order).collect() };
    let with_mark = [b"\xff\xfe".to_vec(), utf_16(u16::to_le_bytes)].concat();
    refused(&with_base(with_mark), "YAML018", "environments/base.yaml:1:1");
    refused(&with_base(utf_16(u16::to_be_bytes)), "YAML006", "environments/base.yaml:1:1");
    refused(&with_base(utf_16(u16::to_le_bytes)), "YAML006", "environments/base.yaml:1:2");
    // A program in place of a layer.
    let program = std::fs::read(env!("CARGO_BIN_EXE_reggie-cfn")).unwrap();
    refused(&with_base(&program[..900_000]), "YAML018", "environments/base.yaml:");
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let project = with_base(format!("\u{feff}{BASE}"));
    project.run(&["build"]).ends(0).gives("nothing changed");
}

#[test]
fn what_cannot_be_seen_is_refused_at_its_place() {
    let hidden = [
        '\0', '\u{1}', '\u{8}', '\u{b}', '\u{c}', '\u{1b}', '\u{7f}', '\u{80}', '\u{85}', '\u{9f}', '\u{2028}',
        '\u{202e}', '\u{2066}', '\u{feff}', '\u{fffe}', '\u{ffff}', '\r',
    ];
    for c in hidden {
        for (text, place) in
            [(format!("x: a{c}b\n"), ":8:5"), (format!("# a{c}b\n"), ":8:4"), (format!("{c}a\n"), ":8:1")]
        {
            let project = with_base(format!("{BASE}{text}"));
            refused(&project, "YAML006", &format!("environments/base.yaml{place}"));
        }
    }
}

/// The compiler's own place-holders, as characters and as escapes, in keys and values.
#[test]
fn place_holders_of_ours_are_refused() {
    for c in '\u{e000}'..='\u{e00f}' {
        let code = u32::from(c);
        for text in [
            format!("values: {{a: '{c}7\u{e001}'}}\n"),
            format!("values: {{a: \"\\u{code:04x}7\"}}\n"),
            format!("values: {{\"a{c}\": 1}}\n"),
            format!("values: {{\"a\\u{code:04x}\": 1}}\n"),
        ] {
            refused(&with_base(format!("{BASE}{text}")), "YAML006", "environments/base.yaml:8:");
        }
    }
}

/// All other private characters, and whatever else templates, shells and other readers take for something, stay texts.
#[test]
fn texts_that_mean_something_elsewhere_stay_texts() {
    let texts = [
        "\u{e010}7\u{e011}",
        "\u{f8ff}",
        "\u{f0000}x\u{10fffd}",
        "{{ 7 }}{% if x %}",
        "$${AWS::Region}",
        "!Ref X",
        "'); --",
        "%{x}",
        "`id`",
        "$(id)",
        "\\u0000",
        "\\",
        "\"",
        "'",
        "# x",
        "a: b",
        "- x",
        "<script>",
        "../../etc/passwd",
        "&x",
        "*x",
    ];
    for text in texts {
        let quoted = text.replace('\'', "''");
        let project = with_base(format!("{BASE}    environment: {{TEXT: '{quoted}'}}\n"));
        project.run(&["build"]).ends(0).reads_well();
        let template = reggie_cfn::yaml::parse_template(&project.read("out/production/app.yaml")).unwrap();
        let mut found = Vec::new();
        texts_at("TEXT", &template, &mut found);
        assert_eq!(found, [text.replace("$${", "${")], "{text:?}");
    }
}

/// The texts under a key, wherever it stands.
fn texts_at(key: &str, node: &reggie_cfn::yaml::Node, found: &mut Vec<String>) {
    use reggie_cfn::yaml::Kind;
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|entry| match &entry.value.kind {
            Kind::Str(text) if entry.key == key => found.push(text.clone()),
            _ => texts_at(key, &entry.value, found),
        }),
        Kind::Seq(items) => items.iter().for_each(|item| texts_at(key, item, found)),
        _ => {}
    }
}

/// Names that lead out of a folder elsewhere are only names here.
#[test]
fn names_that_climb_write_nothing_elsewhere() {
    for name in [
        "..",
        ".",
        "../x",
        "/etc/passwd",
        "../../../tmp/x",
        "..\\x",
        "a/../../x",
        "~",
        "~root/x",
        "production/../x",
        "x\ny",
        "\u{1b}[31m",
        "con",
        "",
    ] {
        let project = Scratch::small();
        project.run(&["build"]).ends(0);
        let before = tree(project.around());
        let run = project.run(&["build", name]).reads_well();
        assert!(matches!(run.code, Some(1 | 2)), "{name:?}: {run:?}");
        assert_eq!(tree(project.around()), before, "{name:?}");
    }
    // The same in a layer: whatever comes of it stands below `out/`.
    let stage = |name: &str| PRODUCTION.replace("production", &format!("'{name}'"));
    let region = |name: &str| BASE.replace("eu-west-2", &format!("'{name}'"));
    let project = |name: &str| BASE.replace("shop", &format!("'{name}'"));
    for name in ["../x", "/tmp/x", "..", "x/../../y", ".git", ".x.new", "x/y"] {
        for (base, overlay) in [
            (BASE.to_owned(), stage(name)),
            (region(name), PRODUCTION.to_owned()),
            (project(name), PRODUCTION.to_owned()),
            (BASE.to_owned(), format!("{PRODUCTION}extends: '{name}'\n")),
            (BASE.replace("dist", name), PRODUCTION.to_owned()),
        ] {
            let scratch = Scratch::new(&[("base.yaml", base.as_str()), ("production.yaml", overlay.as_str())]);
            let before = tree(scratch.around());
            let run = scratch.run(&["build", "--all"]).reads_well();
            assert!(matches!(run.code, Some(0 | 1)), "{name:?}: {run:?}");
            let mut after = tree(scratch.around());
            after.retain(|path, _| path != "project" && path != "project/out" && !path.starts_with("project/out/"));
            let kept = before.iter().filter(|(path, _)| *path != "project");
            assert!(after.iter().eq(kept), "{name:?}: {after:?}");
            let made = std::fs::read_dir(scratch.path().join("out")).into_iter().flatten().flatten();
            for stage in made.map(|entry| entry.file_name()) {
                assert!(
                    stage.to_str().is_some_and(|s| {
                        s == "_bootstrap" || s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                    }),
                    "{stage:?}"
                );
            }
        }
    }
}
