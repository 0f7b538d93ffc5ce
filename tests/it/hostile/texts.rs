//! Texts that some reader of YAML takes for something else, and the proof that what we print means one thing to all.
//!
//! Two readers are asked here: our own, and `serde_yaml`. The test at the end writes the same cases to
//! `target/hostile/`, where `tests/judges/readers/` gives them to the readers of other languages.

use std::collections::BTreeSet;

use reggie_cfn::yaml::{Doc, Kind, Node, parse_template, print};
use serde_json::{Value as Json, json};

/// The texts, each once.
// In lines, as people read lists of words; rustfmt would put each text on a line of its own.
#[rustfmt::skip]
pub fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut add = |list: &[&str]| texts.extend(list.iter().map(|text| (*text).to_owned()));

    // Booleans and nothing, for readers of YAML 1.1, in all ways to write them.
    for word in ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nil", "nan", "inf", "undefined"]
    {
        let capital: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
        add(&[word, &capital, &word.to_uppercase()]);
    }
    add(&[
        "yEs", "nO", "oN", "tRUE", "~", ".nan", ".NaN", ".NAN", ".inf", ".Inf", "-.inf", "+.INF", "NaN", "Infinity",
        "-Infinity",
    ]);

    // Numbers, in base 2, 8, 10, 16 and 60.
    add(&[
        "0", "1", "-1", "+1", "00", "07", "017", "0o17", "0O17", "-017", "089", "0x1F", "0X1F", "0b11", "-0b11",
        "1_000", "1__0", "_1", "1_", "1,000", "1 000", "012345678901", "123456789012", "000000000000",
        "99999999999999999999", "1.5", "1.", ".5", "-.5", "+.5", ".", "..", "...", "1.2.3", "10.0.0.1", "10.0.0.0/16",
        "1e3", "1E3", "1e+3", "1.5e-3", "e3", "E1", "e", "e+3", ".e3", "._1", ".1_", "_._", "1e", "0e0", "12e03",
        "0:0", "12:30", "12:30:45", "190:20:30", "190:20:30.15", "1:60", "-1:30", "::1", "3.13", "15.0", "1f", "0xg",
        "0o8", "1k", "5m", "٣", "１２",
    ]);

    // Dates and times.
    add(&[
        "2012-10-17", "2010-09-09", "2001-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43Z",
        "2001-12-14 21:59:43.10 -5", "2001-12-15 2:59:43.10", "2001-12", "20011214", "12-14-2001", "2015-02-28 ",
        "0001-01-01",
    ]);

    // Keys and words with a meaning of their own.
    add(&[
        "<<", "<<:", "=", "==", "!", "!!", "!!str", "!Ref X", "!<x>", "&a", "*a", "*", "&", "*.example.com",
        "**/*.js",
    ]);

    // Indicators in all places.
    add(&[
        "-", "--", "---", "--- a", "... a", "....", "- a", "-a", "- - a", "?", "? a", "?a", ":", ": a", ":a", "a:",
        "a: ", "a: b", "a :b", "a:b", "a::b", "AWS::Region", "#", "# a", "#a", "a#b", "a #b", "a # b", "|", "|-", ">",
        ">-", "| a", "%", "%YAML 1.2", "%a", "@", "@a", "`", "`a`", ",", ",a", "a,b", "a, b", "[", "]", "[]", "[a]",
        "[a", "a]", "a[0]", "{", "}", "{}", "{a}", "{a: b}", "{a", "a}",
        "{{resolve:secretsmanager:db:SecretString:password::}}", "{{resolve:ssm:/a/b:1}}", "{{ x }}", "${A}",
        "${AWS::Region}-x", "a ${B} c", "${!Literal}", "$", "(a)", "^a$", "a|b", "a&b", "a*b", "a!b", "a?b", "a%b",
        "a@b", "a`b", "a=b", "a>b", "a<b",
    ]);

    // Quotes and backslashes.
    add(&[
        "'", "''", "'a'", "a'b", "it's", "'a", "a'", "\"", "\"\"", "\"a\"", "a\"b", "\"a", "a\"", "'\"", "\\", "\\\\",
        "\\n", "a\\b", "a\\", "C:\\temp", "\\u0041", "\\\"", "'\\''",
    ]);

    // Blanks.
    add(&[
        "", " ", "  ", " a", "a ", " a ", "a  b", "a   b", "\t", "a\tb", "\ta", "a\t", "a\t#b", "a:\tb", "-\ta",
        "\u{a0}", "\u{a0}a", "a\u{3000}",
    ]);

    // Line breaks of all kinds, and texts of several lines with blanks around them.
    add(&[
        "\n", "\n\n", "\r", "\r\n", "a\r\nb", "a\rb", "a\r\n", "a\u{85}b", "\u{85}", "a\u{2028}b", "a\u{2029}b",
    ]);
    for before in ["", " ", "\n", "\t", "#", "- ", "%", "---\n", "...\n"] {
        for after in ["", "\n", "\n\n", " ", "\n ", " \n", "\t\n"] {
            texts.push(format!("{before}one\n  two{after}"));
        }
    }
    let mut add = |list: &[&str]| texts.extend(list.iter().map(|text| (*text).to_owned()));
    add(&[
        "a\nb", "a\n\nb", "a\n\n\nb\n", "a \nb", "a\n b", "a\n\tb", "a\n\n  b\n\n c\n", "a: b\nc: d\n", "- a\n- b\n",
        "a\n# b\n", "a\n---\nb", "a\n...\nb\n", "#!/bin/sh\nset -eu\necho \"$1\" '\\n'\n", "{\n  \"a\": [1, 2]\n}\n",
        "server {\n\tlisten 80;\n}\n", "a\n\u{feff}b", "a\nü🙂\n", "a\n\u{85}b\n", "a\n\u{2028}b\n", "a\n\u{202e}b\n",
        "'a'\n\"b\"\n", "yes\nno\n", "2012-10-17\n", "a\n  \nb\n",
    ]);

    // Characters that readers drop or refuse, and that people cannot see.
    add(&[
        "\0", "a\0b", "\u{1}", "\u{7}", "\u{8}", "\u{b}", "\u{c}", "\u{1b}[31m", "\u{1f}", "\u{7f}", "\u{80}",
        "\u{9f}", "\u{ad}", "\u{200b}", "a\u{200d}b", "\u{200e}a", "\u{202a}a\u{202c}", "\u{202e}abc",
        "\u{2066}a\u{2069}", "\u{feff}", "\u{feff}a", "a\u{feff}", "\u{e000}", "\u{e000}7\u{e001}", "\u{f8ff}",
        "\u{fdd0}", "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{1fffe}", "\u{10ffff}", "\u{e0041}",
    ]);
    add(&[
        "é", "e\u{301}", "Zoë", "ß", "日本語", "日本: 語", "שלום", "مرحبا", "🙂", "👩\u{200d}💻", "🇨🇭", "İ", "ﬀ", "a🙂b", "…",
        "“a”", "—",
    ]);

    // What templates are full of.
    add(&[
        "arn:aws:s3:::bucket/*", "arn:aws:iam::123456789012:role/x", "arn:${AWS::Partition}:logs:*:*:*",
        "s3:GetObject", "s3:*", "rate(5 minutes)", "cron(0 3 * * ? *)", "0 3 * * *", "*/5 * * * *", "t4g.micro",
        "us-east-1a", "http://a.b/c?d=e&f=g#h", "https://[::1]:80/", "a@b.c",
        "\"v=spf1 include:_spf.example.com ~all\"", "v=DKIM1; k=rsa; p=MIGf", "0 issue \"letsencrypt.org\"",
        "/aws/lambda/x", "nodejs22.x", "{\"a\":1}", "[1,2]", "<html>", "text/html; charset=utf-8",
        "Mon:03:00-Mon:04:00", "03:00-04:00", "-1", "--flag=x", "-p 80:80", "80:80", "$.detail.type", ".a.b", "/",
        "//", "../a", "./a", "~/a", "a~b", "key=value", "a;b", "SELECT * FROM 'a'", "100%", "#fff", "1/2", "1d",
        "2h30m", "1.0.0-rc.1", "v1.2", "sha256:0123456789abcdef", "0123456789abcdef", "1234e567", "deadbeef",
        "0e12345678", "_", "__",
    ]);
    texts.push("long ".repeat(60).trim_end().to_owned());
    texts.push("x".repeat(300));
    texts.push(format!("{}: {}", "k".repeat(130), "v".repeat(130)));
    texts.push("a, ".repeat(500));
    texts.push("é".repeat(700));
    texts.push(format!("{}\n{}\n", "line ".repeat(40).trim_end(), "x".repeat(200)));

    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// All places in which a text can stand in a template: the name of the place, the document, and what readers that know
/// the tags of `CloudFormation` make of it.
fn places(text: &str) -> Vec<(&'static str, Doc, Json)> {
    let tagged = |tag: &str, doc: Doc| Doc::Tagged(tag.to_owned(), Box::new(doc));
    let t = || Doc::text(text);
    vec![
        ("item", Doc::Seq(vec![t(), t()]), json!([text, text])),
        ("nested item", Doc::Seq(vec![Doc::Seq(vec![t()]), t()]), json!([[text], text])),
        ("value", Doc::map([("Key", t()), ("After", Doc::Bool(true))]), json!({"Key": text, "After": true})),
        ("key", Doc::map([(text, Doc::map([("Key", t())]))]), json!({text: {"Key": text}})),
        ("key of a list", Doc::map([(text, Doc::Seq(vec![t()]))]), json!({text: [text]})),
        (
            "nested value",
            Doc::map([("A", Doc::map([("B", Doc::Seq(vec![Doc::map([("C", t()), ("D", t())])]))]))]),
            json!({"A": {"B": [{"C": text, "D": text}]}}),
        ),
        ("sub", tagged("Sub", t()), json!({"Fn::Sub": text})),
        ("sub as an item", Doc::Seq(vec![tagged("Sub", t()), t()]), json!([{"Fn::Sub": text}, text])),
        (
            "join",
            tagged("Join", Doc::Seq(vec![Doc::text(""), Doc::Seq(vec![t(), tagged("Ref", t()), t()])])),
            json!({"Fn::Join": ["", [text, {"Ref": text}, text]]}),
        ),
        (
            "select",
            tagged("Select", Doc::Seq(vec![Doc::Int(0), tagged("GetAZs", t())])),
            json!({"Fn::Select": [0, {"Fn::GetAZs": text}]}),
        ),
        (
            "if",
            tagged("If", Doc::Seq(vec![t(), Doc::map([(text, t())]), tagged("Sub", t())])),
            json!({"Fn::If": [text, {text: text}, {"Fn::Sub": text}]}),
        ),
        ("map behind a tag", tagged("Transform", Doc::map([("Name", t())])), json!({"Fn::Transform": {"Name": text}})),
        ("tag behind a tag", tagged("Base64", tagged("Sub", t())), json!({"Fn::Base64": {"Fn::Sub": text}})),
    ]
}

/// What a node means to readers that know the tags of `CloudFormation`.
fn json_of(node: Node) -> Json {
    let value = match node.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => json!(value),
        Kind::Int(value) => json!(value),
        Kind::Float(value) => json!(value),
        Kind::Str(text) => json!(text),
        Kind::Seq(items) => items.into_iter().map(json_of).collect(),
        Kind::Map(entries) => Json::Object(entries.into_iter().map(|e| (e.key, json_of(e.value))).collect()),
    };
    match node.tag {
        Some(tag) => json!({long_form(&tag): value}),
        None => value,
    }
}

/// The same for `serde_yaml`.
fn json_of_serde(value: serde_yaml::Value) -> Json {
    use serde_yaml::Value;
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Number(number) => number.as_i64().map_or_else(|| json!(number.as_f64()), |n| json!(n)),
        Value::String(text) => json!(text),
        Value::Sequence(items) => items.into_iter().map(json_of_serde).collect(),
        Value::Mapping(entries) => Json::Object(
            entries
                .into_iter()
                .map(|(key, value)| match key {
                    Value::String(key) => (key, json_of_serde(value)),
                    other => (format!("not a text: {other:?}"), json_of_serde(value)),
                })
                .collect(),
        ),
        Value::Tagged(tagged) => {
            let name = tagged.tag.to_string();
            json!({long_form(name.trim_start_matches('!')): json_of_serde(tagged.value)})
        }
    }
}

fn long_form(tag: &str) -> String {
    if tag == "Ref" || tag == "Condition" { tag.to_owned() } else { format!("Fn::{tag}") }
}

#[test]
fn there_are_many_and_each_once() {
    assert!(hostile().len() >= 267, "{}", hostile().len());
}

#[test]
fn our_reader_gives_every_text_back() {
    for text in hostile() {
        for (place, document, expected) in places(&text) {
            let printed = print(&document);
            let read = parse_template(&printed).map(json_of);
            assert_eq!(read, Ok(expected), "{text:?} as {place}:\n{printed}");
            assert!(
                printed.lines().all(|line| !line.ends_with(' ')),
                "{text:?} as {place} leaves a space at a line's end"
            );
        }
    }
}

#[test]
fn serde_yaml_gives_every_text_back() {
    for text in hostile() {
        for (place, document, expected) in places(&text) {
            let printed = print(&document);
            let read: Result<serde_yaml::Value, _> = serde_yaml::from_str(&printed);
            let read = read.map(json_of_serde).map_err(|e| e.to_string());
            assert_eq!(read, Ok(expected), "{text:?} as {place}:\n{printed}");
        }
    }
}

/// Writes one document with all texts in all places, for `tests/judges/readers/`.
#[test]
fn hostile_cases_are_written_for_other_readers() {
    let mut cases = Vec::new();
    let mut expected = Vec::new();
    for text in hostile() {
        let (names, rest): (Vec<_>, Vec<_>) =
            places(&text).into_iter().map(|(name, document, json)| (name, (document, json))).unzip();
        let (documents, values): (Vec<_>, Vec<_>) = rest.into_iter().unzip();
        cases.push(Doc::map(names.iter().copied().zip(documents)));
        expected.push(names.into_iter().map(str::to_owned).zip(values).collect::<Json>());
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/hostile");
    std::fs::create_dir_all(&folder).expect("a folder for the cases");
    // CloudFormation's readers want a map at the top.
    let yaml = print(&Doc::map([("Cases", Doc::Seq(cases))]));
    let json = serde_json::to_string_pretty(&json!({"Cases": expected})).expect("JSON");
    assert_eq!(parse_template(&yaml).map(json_of).map(|read| read == json!({"Cases": expected})), Ok(true));
    std::fs::write(folder.join("cases.yaml"), yaml).expect("cases.yaml");
    std::fs::write(folder.join("expected.json"), json).expect("expected.json");
}
