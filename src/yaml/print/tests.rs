use super::super::{Kind, Node, parse_template};
use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn tagged(tag: &str, doc: Doc) -> Doc {
    Doc::Tagged(tag.to_owned(), Box::new(doc))
}

fn text(text: &str) -> Doc {
    Doc::text(text)
}

fn doc(node: Node) -> Doc {
    let value = match node.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(value) => Doc::Bool(value),
        Kind::Int(value) => Doc::Int(value),
        Kind::Float(value) => Doc::Float(value),
        Kind::Str(text) => Doc::Str(text),
        Kind::Seq(items) => Doc::Seq(items.into_iter().map(doc).collect()),
        Kind::Map(entries) => Doc::Map(entries.into_iter().map(|e| (e.key, doc(e.value))).collect()),
    };
    match node.tag {
        Some(tag) => Doc::Tagged(tag, Box::new(value)),
        None => value,
    }
}

#[test]
fn the_canonical_style() {
    let document = Doc::map([
        ("AWSTemplateFormatVersion", text("2010-09-09")),
        ("Empty", Doc::map([("List", Doc::Seq(vec![])), ("Map", Doc::Map(vec![]))])),
        (
            "Scalars",
            Doc::Seq(vec![
                Doc::Null,
                Doc::Bool(true),
                Doc::Int(-5),
                Doc::Float(1e16),
                Doc::Float(0.1),
                text("yes"),
                text("it's"),
                text(" x"),
                text("a\tb"),
                text("*"),
                text(""),
            ]),
        ),
        ("Matrix", Doc::Seq(vec![Doc::Seq(vec![Doc::Int(1), Doc::Int(2)]), Doc::Seq(vec![])])),
        (
            "Rules",
            Doc::Seq(vec![
                Doc::map([("Name", text("a")), ("Ports", Doc::Seq(vec![Doc::Int(80)]))]),
                tagged(
                    "If",
                    Doc::Seq(vec![text("Has"), Doc::map([("Name", text("b"))]), tagged("Ref", text("AWS::NoValue"))]),
                ),
            ]),
        ),
        ("Script", tagged("Sub", text("#!/bin/sh\n\necho ${AWS::Region}\n"))),
        ("Chomped", text("a\n  b")),
        ("Zone", tagged("Select", Doc::Seq(vec![Doc::Int(0), tagged("GetAZs", text(""))]))),
        ("Joined", tagged("Join", Doc::Seq(vec![text(""), Doc::Seq(vec![text("a b"), tagged("Ref", text("X"))])]))),
        ("Long", tagged("Join", Doc::Seq(vec![text("-"), Doc::Seq(vec![text(&"x".repeat(90)), text("end")])]))),
        ("Macro", tagged("Transform", Doc::map([("Name", text("AWS::Include"))]))),
        ("Data", tagged("Base64", tagged("Sub", text("${X}")))),
        ("Twice", Doc::Seq(vec![tagged("Base64", tagged("Join", Doc::Seq(vec![Doc::map([("a", text("b"))])])))])),
        ("two\nlines", text("x: y")),
    ]);
    let expected = "\
AWSTemplateFormatVersion: '2010-09-09'
Empty:
  List: []
  Map: {}
Scalars:
  - null
  - true
  - -5
  - 10000000000000000.0
  - 0.1
  - 'yes'
  - it's
  - ' x'
  - \"a\\tb\"
  - '*'
  - ''
Matrix:
  - - 1
    - 2
  - []
Rules:
  - Name: a
    Ports:
      - 80
  - !If
    - Has
    - Name: b
    - !Ref AWS::NoValue
Script: !Sub |
  #!/bin/sh

  echo ${AWS::Region}
Chomped: |-
  a
    b
Zone: !Select [0, !GetAZs '']
Joined: !Join ['', ['a b', !Ref X]]
Long: !Join
  - '-'
  - - xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    - end
Macro: !Transform
  Name: AWS::Include
Data:
  Fn::Base64: !Sub ${X}
Twice:
  - Fn::Base64: !Join
      - a: b
\"two\\nlines\": 'x: y'
";
    assert_eq!(print(&document), expected);
}

#[test]
fn the_top_of_a_document_may_be_anything() {
    for (document, expected) in [
        (text("a"), "a\n"),
        (Doc::Map(vec![]), "{}\n"),
        (Doc::Seq(vec![text("a")]), "- a\n"),
        (text("---\nb\n"), "|\n  ---\n  b\n"),
        (tagged("Sub", text("x")), "!Sub x\n"),
        (tagged("If", Doc::map([("a", text("b"))])), "!If\na: b\n"),
    ] {
        assert_eq!(print(&document), expected);
        assert_eq!(parse_template(expected).map(doc), Ok(document));
    }
}

#[test]
fn keys_beyond_the_look_ahead_are_marked() {
    let long = "k".repeat(1500);
    let document = Doc::Map(vec![
        (long.clone(), Doc::map([("a", Doc::Seq(vec![text("b")]))])),
        (format!("{long}2"), tagged("Sub", text("c\nd"))),
    ]);
    assert_eq!(parse_template(&print(&document)).map(doc), Ok(document));
}

/// Texts made of what YAML stumbles over.
fn nasty_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Z0-9_./$-]{1,6}",
        3 => "[-?:,\\[\\]{}#&*!|>'\"%@`~<=+.eExo0-9 ]{1,4}",
        2 => prop::sample::select(vec!["\n", "\n\n", "  ", " ", ": ", " #", "\\", "---", "...", "<<", "yes", "é", "🙂"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\t", "\r", "\0", "\u{85}", "\u{2028}", "\u{feff}", "\u{202e}", "\u{e000}", "\u{fffe}"]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn any_doc() -> impl Strategy<Value = Doc> {
    let tag = || prop::sample::select(vec!["Ref", "Sub", "Join", "Fn::Any"]);
    let leaf = prop_oneof![
        1 => Just(Doc::Null),
        1 => any::<bool>().prop_map(Doc::Bool),
        1 => any::<i64>().prop_map(Doc::Int),
        1 => any::<f64>().prop_filter("no number", |x| x.is_finite()).prop_map(Doc::Float),
        6 => nasty_text().prop_map(Doc::Str),
        2 => (tag(), nasty_text()).prop_map(|(name, text)| tagged(name, Doc::Str(text))),
    ];
    leaf.prop_recursive(5, 48, 5, move |inner| {
        let seq = prop::collection::vec(inner.clone(), 0..5).prop_map(Doc::Seq);
        let map = prop::collection::btree_map(nasty_text(), inner, 0..5)
            .prop_map(|map| Doc::Map(map.into_iter().collect()))
            .boxed();
        prop_oneof![
            seq.clone(),
            map.clone(),
            (tag(), prop_oneof![3 => seq, 1 => map]).prop_map(|(name, inner)| tagged(name, inner)),
        ]
    })
}

#[test]
fn print_then_parse_is_identity() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: 3000, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new_with_rng(config, rng).run(&any_doc(), |document| {
        let printed = print(&document);
        prop_assert!(printed.ends_with('\n') && !printed.ends_with("\n\n"));
        prop_assert!(printed.lines().all(|line| !line.ends_with(' ')), "a line ends with a space:\n{}", printed);
        let read = parse_template(&printed).map_err(|e| TestCaseError::fail(format!("{e}\n{printed}")))?;
        prop_assert_eq!(doc(read), document, "{}", printed);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
