use super::*;
use crate::source::Sources;

/// Reads a layer and writes its findings as people would take notes of them: code, place, words.
fn findings(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("base.yaml", text);
    let mut out = Diagnostics::default();
    let root = parse(file, text, &Limits::default(), &mut out);
    assert_eq!(root.is_none(), out.has_errors(), "a tree comes without errors, and errors without a tree: {text}");
    let mut lines = Vec::new();
    for diagnostic in out.all() {
        assert!(!diagnostic.helps.is_empty(), "every finding names a repair: {diagnostic:?}");
        lines.push(format!("{}: {}", diagnostic.code.id, diagnostic.title));
        for label in &diagnostic.labels {
            assert!(label.text.split_whitespace().count() <= 10, "a label is short: {}", label.text);
            let at = sources.position(label.span);
            lines.push(format!("  {}:{} {}", at.line, at.column, label.text));
        }
    }
    lines.join("\n")
}

fn read_ok(text: &str) -> Node {
    let mut out = Diagnostics::default();
    let root = parse(FileId(0), text, &Limits::default(), &mut out);
    root.unwrap_or_else(|| panic!("{text:?}: {:?}", out.all()))
}

fn entries(node: &Node) -> &[crate::yaml::Entry] {
    match &node.kind {
        Kind::Map(entries) => entries,
        other => panic!("not a map: {other:?}"),
    }
}

#[test]
fn values_have_the_types_of_yaml_1_2_and_spans() {
    let text = "\u{feff}# a layer\nname: Zoë\nport: 0x1F\nratio: .5\non: true\n404: ~\nhosts: [a, 'b c']\nnote: |  # why | not\n  x\n\n  y\n\nlast:\n- one\n-   two\n";
    let root = read_ok(text);
    let found: Vec<(&str, &str, Kind)> = entries(&root)
        .iter()
        .map(|e| (&text[e.key_span.range()], &text[e.value.span.range()], e.value.kind.clone()))
        .collect();
    let seq = |i: usize| found[i].2.clone();
    assert_eq!(found[0], ("name", "Zoë", Kind::Str("Zoë".into())));
    assert_eq!(found[1], ("port", "0x1F", Kind::Int(31)));
    assert_eq!(found[2], ("ratio", ".5", Kind::Float(0.5)));
    assert_eq!(found[3], ("on", "true", Kind::Bool(true)));
    assert_eq!(found[4], ("404", "~", Kind::Null));
    assert_eq!((found[5].0, found[5].1), ("hosts", "[a, 'b c']"));
    assert!(matches!(seq(5), Kind::Seq(items) if items.len() == 2));
    assert_eq!(found[6], ("note", "|  # why | not\n  x\n\n  y", Kind::Str("x\n\ny\n".into())));
    assert!(found[7].1.ends_with("one\n-   two"), "{}", found[7].1);
}

#[test]
fn tags_are_kept_and_their_scalars_are_texts() {
    let text = "a: !Ref 12\nb: !Join ['', [!Ref X, y]]\nc: !If\n  - d\n  - yes\n";
    let root = read_ok(text);
    let values: Vec<&Node> = entries(&root).iter().map(|e| &e.value).collect();
    assert_eq!((values[0].tag.as_deref(), &values[0].kind), (Some("Ref"), &Kind::Str("12".into())));
    assert_eq!(&text[values[1].span.range()], "!Join ['', [!Ref X, y]]");
    assert_eq!(&text[values[2].span.range()], "!If\n  - d\n  - yes");
}

#[test]
fn an_empty_file_is_an_empty_map() {
    for text in ["", "\n", "# nothing\n", "---\n", "\u{feff}"] {
        assert_eq!(read_ok(text).kind, Kind::Map(Vec::new()), "{text:?}");
    }
    assert_eq!(read_ok("null\n").kind, Kind::Null);
}

#[test]
fn all_findings_of_a_file_come_at_once() {
    let text = "a: &x 1\nb: *x\n<<: *x\na: 2\nc:\nd: [1, 1_0, yes]\ne: !!str 5\n[f]: 012\ng: \"\\uE000\"\nh: 1e999\n";
    assert_eq!(
        findings(text),
        "YAML009: `&x` names a value, but a layer has no anchors\n  1:4 an anchor\n\
         YAML009: `*x` repeats another value, but a layer has no aliases\n  2:4 an alias\n\
         YAML010: `<<` merges maps only for some readers of YAML\n  3:1 a merge key\n\
         YAML011: the key `a` stands twice in this map\n  4:1 again here\n  1:1 first here\n\
         YAML013: `c` has no value\n  5:1 nothing follows this key\n\
         YAML015: `yes` is a text, but `true` for readers of YAML 1.1\n  6:13 read as a text\n\
         YAML014: the tag `!!str` means nothing here\n  7:4 this tag\n\
         YAML012: `[f]` is used as a key, but a key is a text\n  8:1 a list or a map\n\
         YAML016: `012` is a text, but a number for other readers\n  8:6 digits with a leading zero\n\
         YAML006: this text holds a private character (U+E000)\n  9:4 written as an escape\n\
         YAML017: `1e999` is a number that cannot be kept exactly\n  10:4 no 64-bit number"
    );
}

#[test]
fn syntax_errors_name_what_was_written() {
    let cases = [
        (
            "a: [1, 2\nb: 3\n",
            "YAML002: the bracket `[` is not closed\n  1:4 opened here\n  2:2 the list would go on here",
        ),
        (
            "a:\n  b: {c: 1\nd: 2\n",
            "YAML002: the bracket `{` is not closed\n  2:6 opened here\n  3:2 the map would go on here",
        ),
        ("a: [1}\n", "YAML002: `[` is closed by `}`\n  1:6 does not match\n  1:4 opened here"),
        ("a: b]\nc: ]\n", "YAML002: a bracket is closed that was never opened\n  2:4 closes nothing"),
        (
            "a: \"b\nc: \"d\"\n",
            "YAML003: the quote `\"` is not closed\n  1:4 opened here\n  2:1 the text would go on here",
        ),
        ("a: it's\nb: 'x\n", "YAML003: the quote `'` is not closed\n  2:4 opened here"),
        (
            "a: 'it's'\n",
            "YAML003: something follows a text in quotes on the same line\n  1:8 the text ended before this",
        ),
        ("a: \"C:\\temp\\q\"\n", "YAML003: `\\q` is not an escape\n  1:12 unknown in double quotes"),
        ("a:\n\tb: 1\n", "YAML004: this line is indented with a tab\n  2:1 a tab"),
        ("a:\n  b: 1\n\tc: 2\n", "YAML004: this line is indented with a tab\n  3:1 a tab"),
        ("a: 1\t# x\n", "YAML004: a tab separates two words\n  1:5 a tab"),
        (
            "a:\n    b: 1\n  c: 2\n",
            "YAML005: this line is indented by 2 spaces, which fits no line above it\n  3:1 the line above has 4 spaces",
        ),
        (
            "a:\n  - b\n - c\n",
            "YAML005: this line is indented by 1 space, which fits no line above it\n  3:1 the line above has 2 spaces",
        ),
        (
            "a: 1\n  b: 2\n",
            "YAML005: the key `b` is indented below a value\n  2:3 indented further than the key above\n  1:4 the value that it would continue",
        ),
        ("a: 1\n- b\n", "YAML005: a list item stands among the keys of a map\n  2:1 this item"),
        ("- a\nb: 1\n", "YAML005: a line without `-` stands among the items of a list\n  2:1 not an item"),
        (
            "a: b: c\n",
            "YAML001: a value on one line holds `: `, which separates keys from values\n  1:5 the second one on this line",
        ),
        ("a: @b\n", "YAML001: a text starts with `@`\n  1:4 reserved by YAML"),
        ("a: 1\nb\nc: 2\n", "YAML001: `b` is not followed by `:`\n  2:1 expected a key"),
        ("- a\n-b\n", "YAML001: `-b` is not followed by `:`\n  2:1 neither a key nor an item"),
        ("a: - b\n", "YAML001: a list starts on the line of its key\n  1:4 the first item"),
        (
            "a: [x, , y]\n",
            "YAML001: this list in brackets cannot be read\n  1:8 expected an item, `,` or `]`\n  1:4 the list starts here",
        ),
        ("a: *\n", "YAML009: `*` starts like an alias or an anchor\n  1:4 has a meaning of its own in YAML"),
        ("%YAML 1.2\n---\n", "YAML008: the file instructs the reader by a directive\n  1:1 a directive"),
        ("a: 1\n---\nb: 1\n", "YAML008: the file holds more than one document\n  2:1 the second document starts here"),
        ("a: 1\rb: 2", "YAML006: the file holds a carriage return (U+000D)\n  1:5 this character cannot be seen"),
    ];
    for (text, expected) in cases {
        assert_eq!(findings(text), expected, "{text}");
    }
}

#[test]
fn a_text_that_looks_like_syntax_is_told_to_be_quoted() {
    let mut out = Diagnostics::default();
    for text in ["a: *.example.com\n", "a: @reggie\n", "a: b: c\n", "a: {{ x }}\n", "a: !x!y z\n"] {
        parse(FileId(0), text, &Limits::default(), &mut out);
        assert!(out.all().last().is_some_and(|d| d.helps.iter().any(|h| h.contains("quote"))), "{text}");
    }
}

#[test]
fn limits_end_the_reading() {
    let limits = Limits { max_bytes: 40, max_nodes: 4 };
    let mut out = Diagnostics::default();
    assert_eq!(parse(FileId(0), "- 1\n- 2\n- 3\n- 4\n", &limits, &mut out), None);
    assert_eq!(parse(FileId(0), &"a".repeat(41), &limits, &mut out), None);
    assert_eq!(parse(FileId(0), &"[".repeat(5000), &Limits::default(), &mut out), None);
    assert_eq!(parse(FileId(0), &"- ".repeat(5000), &Limits::default(), &mut out), None);
    assert!(out.all().iter().all(|d| d.code == text::YAML007));
    let mut out = Diagnostics::default();
    parse(FileId(0), &"- yes\n".repeat(5000), &Limits::default(), &mut out);
    assert_eq!(out.all().len(), MAX_FINDINGS);
}

#[test]
fn a_template_may_hold_place_holders_and_is_not_warned_about() {
    let root = parse_template("\u{e000}1\u{e001}: \u{e002}\nflag: yes\n").expect("a template");
    assert_eq!(entries(&root)[0].key, "\u{e000}1\u{e001}");
    assert_eq!(entries(&root)[1].value.kind, Kind::Str("yes".into()));
    assert_eq!(root.span.file, FileId(u32::MAX));
    let error = parse_template("a: 1\nb: *x\n").expect_err("an alias");
    assert_eq!(error.offset, 8);
    assert!(parse_template("a:\n").is_err(), "a template says what it means, too");
}

#[test]
fn codes_are_numbered_and_explained() {
    for (i, code) in CODES.iter().enumerate() {
        assert_eq!(code.id, format!("YAML{:03}", i + 1));
        let mut lines = code.explanation.lines();
        assert!(lines.next().is_some_and(|title| !title.is_empty() && !title.ends_with('.')), "{}", code.id);
        assert_eq!(lines.next(), Some(""), "{}: the title stands alone", code.id);
        assert!(code.explanation.lines().all(|line| line.len() <= 100), "{}", code.id);
    }
}
