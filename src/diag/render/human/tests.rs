use crate::diag::render::{Format, render};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

const CODE: Code = Code { id: "CFN011", explanation: "A value outside of a limit of AWS" };

const PRODUCTION: &str = "# production\ncomponents:\n  database:\n    backup_days: 45\n    memroy: 12\n";

/// The two files of the examples.
fn project() -> (Sources, FileId, FileId) {
    let mut sources = Sources::default();
    let production = sources.add("environments/production.yaml", PRODUCTION);
    let base = sources.add("environments/base.yaml", "#\n".repeat(15) + "    backup_days: 7\n    public: true\n");
    (sources, production, base)
}

/// Where `text` first stands.
fn span(sources: &Sources, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text.find(text).expect("the text is in the file");
    Span::new(file, start, start + text.len())
}

fn draw(sources: &Sources, findings: impl IntoIterator<Item = Diagnostic>, color: bool, width: usize) -> String {
    let mut diagnostics = Diagnostics::default();
    findings.into_iter().for_each(|finding| diagnostics.push(finding));
    render(&diagnostics, sources, Format::Text, color, width)
}

fn text(sources: &Sources, finding: Diagnostic) -> String {
    draw(sources, [finding], false, 100)
}

fn overridden(sources: &Sources, production: FileId, base: FileId) -> Diagnostic {
    Diagnostic::error(CODE, "`backup_days` is 45, but Aurora keeps backups for at most 35 days")
        .at(span(sources, production, "45"), "set for stage `production`")
        .context(span(sources, base, "backup_days: 7"), "this value was valid, and is overridden")
        .note("limit: AWS::RDS::DBCluster BackupRetentionPeriod, 1 to 35")
}

fn misspelt(sources: &Sources, production: FileId) -> Diagnostic {
    let key = span(sources, production, "memroy");
    let mut finding = Diagnostic::warning(CODE, "unknown setting `memroy`")
        .at(key, "not a setting of `postgres`")
        .help("the settings are `backup_days` and `memory`")
        .help("did you mean `memory`?")
        .edit(key, "memory");
    finding.stages = vec!["production".to_owned(), "staging".to_owned()];
    finding
}

#[test]
fn an_overridden_value_shows_both_files() {
    let (sources, production, base) = project();
    let expected = "\
error[CFN011]: `backup_days` is 45, but Aurora keeps backups for at most 35 days
  --> environments/production.yaml:4:18
   |
 4 |     backup_days: 45
   |                  ^^ set for stage `production`
   |
  ::: environments/base.yaml:16:5
   |
16 |     backup_days: 7
   |     -------------- this value was valid, and is overridden
   |
   = note: limit: AWS::RDS::DBCluster BackupRetentionPeriod, 1 to 35
";
    assert_eq!(text(&sources, overridden(&sources, production, base)), expected);
}

#[test]
fn a_repair_is_drawn_under_the_last_help() {
    let (sources, production, _) = project();
    let expected = "\
warning[CFN011]: unknown setting `memroy`
 --> environments/production.yaml:5:5
  |
5 |     memroy: 12
  |     ^^^^^^ not a setting of `postgres`
  |
  = note: in stages `production` and `staging`
  = help: the settings are `backup_days` and `memory`
help: did you mean `memory`?
  |
5 -     memroy: 12
5 +     memory: 12
  |
";
    assert_eq!(text(&sources, misspelt(&sources, production)), expected);
}

#[test]
fn repairs_may_add_and_remove_lines_in_several_files() {
    let (sources, production, base) = project();
    let before = span(&sources, production, "    backup_days").start as usize;
    let finding = Diagnostic::error(CODE, "`type` is missing")
        .at(span(&sources, production, "database"), "a component without a type")
        .edit(span(&sources, base, "    public: true\n"), "")
        .edit(Span::new(production, before, before), "    type: postgres\n")
        .edit(span(&sources, production, "45"), "35")
        .edit(span(&sources, production, "5\n"), "overlaps, is left out");
    let expected = "\
error[CFN011]: `type` is missing
  --> environments/production.yaml:3:3
   |
 3 |   database:
   |   ^^^^^^^^ a component without a type
   |
help: apply this change
   |
 4 +     type: postgres
   |
 4 -     backup_days: 45
 4 +     backup_days: 35
   |
  --> environments/base.yaml:17:1
   |
17 -     public: true
   |
";
    assert_eq!(text(&sources, finding), expected);
}

#[test]
fn a_finding_without_a_place_has_title_and_notes() {
    let finding =
        Diagnostic::error(CODE, "no layer sets\na domain").note("first line\nsecond line").help("set `domain`");
    let expected = "\
error[CFN011]: no layer sets a domain
 |
 = note: first line
         second line
 = help: set `domain`
";
    assert_eq!(text(&Sources::default(), finding), expected);
    assert_eq!(text(&Sources::default(), Diagnostic::error(CODE, "bare")), "error[CFN011]: bare\n");
}

#[test]
fn several_findings_are_counted() {
    let error = || Diagnostic::error(CODE, "one");
    let warning = || Diagnostic::warning(CODE, "two");
    let note = || Diagnostic::new(crate::diag::Severity::Note, CODE, "three");
    let plain = |findings: Vec<Diagnostic>| draw(&Sources::default(), findings, false, 100);
    assert_eq!(plain(vec![]), "");
    assert_eq!(
        plain(vec![error(), warning()]),
        "error[CFN011]: one\n\nwarning[CFN011]: two\n\nerror: 1 error and 1 warning\n"
    );
    assert!(plain(vec![error(), error(), warning(), note()]).ends_with("\n\nerror: 2 errors, 1 warning and 1 note\n"));
    assert!(plain(vec![warning(), warning()]).ends_with("\n\nwarning: 2 warnings\n"));
    assert!(plain(vec![note(), note()]).ends_with("\n\nnote: 2 notes\n"));
}

#[test]
fn color_changes_nothing_but_color() {
    let (sources, production, base) = project();
    let findings = || [overridden(&sources, production, base), misspelt(&sources, production)];
    let colored = draw(&sources, findings(), true, 100);
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    for (i, part) in colored.split("\u{1b}[").enumerate() {
        plain.push_str(if i == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) });
    }
    assert_eq!(plain, draw(&sources, findings(), false, 100));
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn a_label_over_several_lines_ends_at_its_last_word() {
    let (sources, production, _) = project();
    let finding = Diagnostic::error(CODE, "title")
        .at(span(&sources, production, "database:\n    backup_days: 45\n    memroy: 12\n"), "this component");
    let expected = "\
error[CFN011]: title
 --> environments/production.yaml:3:3
  |
3 | /   database:
4 | |     backup_days: 45
5 | |     memroy: 12
  | |______________^ this component
";
    assert_eq!(text(&sources, finding), expected);
}

#[test]
fn control_characters_tabs_and_wide_characters_keep_columns() {
    let mut sources = Sources::default();
    let file = sources.add("a\u{1b}.yaml", "a:\t'\u{1b}[31mö寸'\tb\r\nc: 1\r\n\r\n");
    let finding = Diagnostic::error(CODE, "\u{1b}]0;title\u{7}")
        .at(span(&sources, file, "寸"), "wide\u{9b}")
        .context(span(&sources, file, "b\r"), "b")
        .context(span(&sources, file, "c: 1"), "c\nd");
    let expected = "\
error[CFN011]: ␛]0;title␇
 --> a␛.yaml:1:11
  |
1 | a:    '␛[31mö寸'    b
  |              ^^     - b
  |              |
  |              wide�
2 | c: 1
  | ---- c d
";
    assert_eq!(text(&sources, finding), expected);
}

#[test]
fn spans_at_and_behind_the_end_show_the_last_line() {
    let mut sources = Sources::default();
    let file = sources.add("nine.yaml", "a: 1\r\n".repeat(9));
    let end = sources.file(file).text.len();
    let expected = "\
error[CFN011]: title
  --> nine.yaml:10:1
   |
10 |
   | ^ the file ends here
   |
   = note: fact
";
    for span in [Span::new(file, end, end), Span::new(file, 900, 1000), Span { file, start: u32::MAX, end: 0 }] {
        let finding = Diagnostic::error(CODE, "title").at(span, "the file ends here").note("fact");
        assert_eq!(text(&sources, finding), expected);
    }
    let empty = sources.add("empty.yaml", "");
    let finding = Diagnostic::error(CODE, "title").at(Span::new(empty, 0, 7), "").edit(Span::new(empty, 5, 6), "a: 1");
    let expected = "\
error[CFN011]: title
 --> empty.yaml:1:1
  |
1 |
  | ^
  |
help: apply this change
  |
1 + a: 1
  |
";
    assert_eq!(text(&sources, finding), expected);
}

#[test]
fn half_characters_are_marked_whole() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "größe: 寸\n");
    for start in 9..12 {
        let drawn = text(&sources, Diagnostic::error(CODE, "title").at(Span::new(file, start, start + 1), "here"));
        assert!(drawn.ends_with("\n1 | größe: 寸\n  |        ^^ here\n"), "{drawn}");
    }
}

#[test]
fn long_lines_are_cut_around_each_label() {
    let mut sources = Sources::default();
    let line =
        format!("{{{}\"bad\":1,{}\"worse\":[{}0]}}", "\"a\":1,".repeat(800), "\"b\":2,".repeat(900), "1,".repeat(900));
    let file = sources.add("min.json", line);
    let bad = span(&sources, file, "\"bad\"");
    let finding = Diagnostic::error(CODE, "title")
        .at(bad, "here")
        .context(span(&sources, file, "\"worse\""), "and here")
        .edit(bad, "\"good\"");
    let expected = "\
error[CFN011]: title
 --> min.json:1:4802
  |
1 | ...1,\"a\":1,\"a\":1,\"a\":1,\"a\":1,\"bad\":1,\"b\":2,\"b\":2,\"b\":2,\"b\":2,\"b\":...
  |                              ^^^^^ here
  |
 ::: min.json:1:10210
  |
1 | ...b\":2,\"b\":2,\"b\":2,\"b\":2,\"worse\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,...
  |                           ------- and here
  |
  = help: replace `\"bad\"` with `\"good\"` at min.json:1:4802
";
    assert_eq!(draw(&sources, [finding], false, 72), expected);

    let whole = Diagnostic::error(CODE, "title").at(Span::new(file, 0, 90_000), "all of it");
    let drawn = draw(&sources, [whole], false, 72);
    assert!(drawn.lines().all(|line| line.chars().count() <= 80), "{drawn}");
}
