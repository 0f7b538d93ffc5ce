//! The law of printing: what we print means the same in YAML 1.1 and in YAML 1.2. The tables below are those of the two
//! specifications, written down once more, apart from what the printer goes by.

use granit_parser::{Event, Parser, ScalarStyle};
use reggie_cfn::yaml::{Doc, print};

use crate::hostile::texts::hostile;
use crate::support::{files_below, goldens, root};

/// What a plain scalar is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Int,
    Float,
    Text,
    /// A date, a merge key, a value key: YAML 1.1 only.
    Other,
}

fn all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

/// <https://yaml.org/spec/1.2.2/#103-core-schema>
fn in_yaml_1_2(text: &str) -> Kind {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| all(text, |c| c.is_ascii_digit());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Kind::Bool,
        ".nan" | ".NaN" | ".NAN" => return Kind::Float,
        _ => {}
    }
    let base = |prefix: &str, radix| text.strip_prefix(prefix).is_some_and(|rest| all(rest, |c| c.is_digit(radix)));
    if digits(unsigned) || base("0o", 8) || base("0x", 16) {
        return Kind::Int;
    }
    // [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let mantissa_fits = match (whole, fraction) {
        ("", Some(fraction)) => digits(fraction),
        (whole, fraction) => digits(whole) && fraction.is_none_or(|f| f.is_empty() || digits(f)),
    };
    let exponent_fits = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if mantissa_fits && exponent_fits || matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        Kind::Float
    } else {
        Kind::Text
    }
}

/// <https://yaml.org/type/>: bool, float, int, merge, null, timestamp, value.
fn in_yaml_1_1(text: &str) -> Kind {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "<<" | "=" => return Kind::Other,
        ".nan" | ".NaN" | ".NAN" => return Kind::Float,
        _ => {}
    }
    let words = ["y", "yes", "n", "no", "true", "false", "on", "off"];
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    if words.iter().any(|word| text == *word || text == word.to_uppercase() || text == capital(word)) {
        return Kind::Bool;
    }
    let number = |c: char| c.is_ascii_digit() || c == '_';
    let starts = |text: &str, first: fn(char) -> bool| text.starts_with(first);
    let minutes = |text: &str| text.len() <= 2 && all(text, |c| c.is_ascii_digit()) && (text.len() == 1 || text < "60");
    let int = unsigned.strip_prefix("0b").is_some_and(|rest| all(rest, |c| matches!(c, '0' | '1' | '_')))
        || unsigned.strip_prefix("0x").is_some_and(|rest| all(rest, |c| c.is_ascii_hexdigit() || c == '_'))
        || unsigned.strip_prefix('0').is_some_and(|rest| rest.chars().all(|c| matches!(c, '0'..='7' | '_')))
        || starts(unsigned, |c| matches!(c, '1'..='9')) && all(unsigned, number)
        || unsigned.split_once(':').is_some_and(|(first, rest)| {
            starts(first, |c| matches!(c, '1'..='9')) && all(first, number) && rest.split(':').all(minutes)
        });
    if int {
        return Kind::Int;
    }
    let float = matches!(unsigned, ".inf" | ".Inf" | ".INF")
        || unsigned.split_once('.').is_some_and(|(whole, rest)| {
            let (fraction, exponent) = rest.split_once(['e', 'E']).map_or((rest, None), |(f, e)| (f, Some(e)));
            let whole_fits = whole.is_empty() || starts(whole, |c| c.is_ascii_digit()) && all(whole, number);
            let base_60 = whole.split_once(':').is_some_and(|(first, rest)| {
                starts(first, |c| c.is_ascii_digit()) && all(first, number) && rest.split(':').all(minutes)
            });
            // The specification allows points in the fraction and wants a sign before the exponent; readers differ, so
            // that either counts.
            let digits = fraction.chars().all(|c| number(c) || c == '.');
            let exponent_fits = exponent.is_none_or(|e| all(e.trim_start_matches(['+', '-']), |c| c.is_ascii_digit()));
            (whole_fits && (!whole.is_empty() || !fraction.is_empty()) && digits && exponent_fits)
                || (base_60 && fraction.chars().all(number))
        });
    if float {
        return Kind::Float;
    }
    let mut date = text.splitn(3, '-');
    let is_date = match (date.next(), date.next(), date.next()) {
        (Some(year), Some(month), Some(day)) => {
            let digits = |text: &str| all(text, |c| c.is_ascii_digit());
            let (day, time) = day.split_at(day.find(|c: char| !c.is_ascii_digit()).unwrap_or(day.len()));
            year.len() == 4
                && digits(year)
                && month.len() <= 2
                && digits(month)
                && day.len() <= 2
                && digits(day)
                && (time.is_empty() || time.starts_with(['T', 't', ' ', '\t']))
        }
        _ => false,
    };
    if is_date { Kind::Other } else { Kind::Text }
}

/// Every plain scalar of a document, keys included; those behind a tag are texts to everybody.
fn plain_scalars(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.unwrap_or_else(|e| panic!("{e}\n{text}"));
        if let Event::Scalar(text, ScalarStyle::Plain, _, None) = event {
            found.push(text.to_string());
        }
    }
    found
}

#[track_caller]
fn means_one_thing(text: &str) -> usize {
    let scalars = plain_scalars(text);
    for scalar in &scalars {
        let (old, new) = (in_yaml_1_1(scalar), in_yaml_1_2(scalar));
        assert_eq!(old, new, "{scalar:?} is {old:?} in YAML 1.1 and {new:?} in YAML 1.2");
        // A number in two bases is of one kind and has two values.
        let leading_zero = scalar
            .trim_start_matches(['+', '-'])
            .strip_prefix('0')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        assert!(new != Kind::Int || !leading_zero, "{scalar:?} is octal or not");
    }
    scalars.len()
}

#[test]
fn every_committed_file_means_one_thing() {
    let mut scalars = 0;
    for (folder, stage) in goldens() {
        for path in files_below(&folder.join("out").join(stage), ".yaml") {
            scalars += means_one_thing(&std::fs::read_to_string(path).unwrap());
        }
    }
    assert!(scalars > 10_000, "{scalars}");
}

#[test]
fn every_hostile_text_means_one_thing() {
    let texts: Vec<Doc> = hostile().into_iter().map(Doc::Str).collect();
    let keys = hostile().into_iter().map(|text| (text, Doc::Null));
    let in_flow =
        Doc::Tagged("Join".to_owned(), Box::new(Doc::Seq(vec![Doc::text("a"), Doc::text("1e3"), Doc::text("y")])));
    let whole = Doc::Seq(vec![Doc::Seq(texts), Doc::Map(keys.collect()), in_flow]);
    assert!(means_one_thing(&print(&whole)) > 200);
}

/// The two tables do differ, and are those that other readers go by.
#[test]
fn the_tables_tell_the_versions_apart() {
    use Kind::{Bool, Float, Int, Null, Other, Text};
    for (text, old, new) in [
        ("yes", Bool, Text),
        ("Off", Bool, Text),
        ("y", Bool, Text),
        ("true", Bool, Bool),
        ("~", Null, Null),
        ("017", Int, Int),
        ("0o17", Text, Int),
        ("0b11", Int, Text),
        ("1_000", Int, Text),
        ("12:30:45", Int, Text),
        ("12:30:45.5", Float, Text),
        ("1e3", Text, Float),
        ("1.5", Float, Float),
        ("1.5e3", Float, Float),
        ("1.2.3", Float, Text),
        (".5", Float, Float),
        (".", Text, Text),
        ("2012-10-17", Other, Text),
        ("2001-12-14t21:59:43.10-05:00", Other, Text),
        ("<<", Other, Text),
        ("a", Text, Text),
        ("10.0.0.0/16", Text, Text),
    ] {
        assert_eq!((in_yaml_1_1(text), in_yaml_1_2(text)), (old, new), "{text}");
    }
    let templates = files_below(&root().join("out"), ".yaml").len();
    assert!(templates > 5, "{templates}");
}
