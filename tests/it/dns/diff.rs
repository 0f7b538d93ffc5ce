//! `dns diff`: what no folder can hold.

use reggie_cfn::diag::Diagnostics;
use reggie_cfn::dns::diff::{Asked, Compared, gate};
use reggie_cfn::dns::live::{Settings, Snapshot, read};
use reggie_cfn::dns::plan::Owner;
use reggie_cfn::dns::record::{LiveRecord, Phase, RESOLVED, Resolved, Wanted};
use reggie_cfn::manifest::Provider;
use reggie_cfn::source::Sources;

use super::{edit, project, run};
use crate::support::{Seeded, read as file};

const ZONE: &str = "getreggie.io";

/// What is read of a file, and the titles of what is said about it.
fn reads(text: &str) -> (Option<Snapshot>, Vec<String>) {
    let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
    let id = sources.add("live", text);
    let snapshot = read(&[id], ZONE, &sources, &mut findings);
    assert_eq!(snapshot.is_none(), findings.has_errors(), "{text}");
    // Whatever is said is said of a place in the file.
    for finding in findings.all() {
        let span = finding.span().expect("a place");
        assert!(span.range().end <= text.len() && text.is_char_boundary(span.range().start), "{finding:?}");
    }
    (snapshot, findings.all().iter().map(|finding| finding.title.clone()).collect())
}

#[test]
fn an_answer_that_is_cut_off_is_no_answer() {
    let whole = file("tests/dns/_shared/live/zone.json");
    assert!(reads(&whole).0.is_some());
    let whole = whole.trim_end();
    for end in (0..whole.len()).step_by(29).filter(|end| whole.is_char_boundary(*end)) {
        assert_eq!(reads(&whole[..end]).0, None, "{end}");
    }
}

/// An answer of the API: so many records of a zone, and what it says of all pages.
fn answer(zone: &str, numbers: std::ops::Range<usize>, info: &str) -> String {
    let record = |n| {
        format!(
            "{{\"id\": \"{n}\", \"zone_name\": \"{zone}\", \"name\": \"n{n}.{zone}\", \"type\": \"A\", \"content\": \"192.0.2.1\", \"ttl\": 1}}"
        )
    };
    let records: Vec<String> = numbers.map(record).collect();
    format!("{{\"result\": [{}], \"success\": true{info}}}", records.join(", "))
}

#[test]
fn a_part_of_a_zone_is_not_taken_for_the_whole() {
    let info = |page: u32| {
        format!(", \"result_info\": {{\"page\": {page}, \"per_page\": 5, \"total_pages\": 2, \"total_count\": 10}}")
    };
    let both = |second| answer(ZONE, 0..5, &info(1)) + &answer(ZONE, second, &info(2));
    assert!(reads(&both(5..10)).0.is_some());
    assert_eq!(reads(&both(4..9)).1, ["the zone has 10 records, and the files hold 9"], "pages that overlap hide one");
    assert_eq!(reads(&answer(ZONE, 0..5, &info(1))).1, ["the zone has 10 records, and the file holds 5"]);
    for info in ["", ", \"result_info\": {\"page\": 1, \"total_pages\": 2}"] {
        assert_eq!(reads(&answer(ZONE, 0..5, info)).1, ["the answer does not say how many records the zone has"]);
    }
}

#[test]
fn a_zone_that_lies_below_is_another_zone() {
    let below = format!("eu.{ZONE}");
    let info = ", \"result_info\": {\"page\": 1, \"total_pages\": 1, \"total_count\": 2}";
    assert!(reads(&answer(ZONE, 0..2, info)).0.is_some());
    assert_eq!(reads(&answer(&below, 0..2, info)).1, [format!("the answer is of the zone `{below}`, not of `{ZONE}`")]);
    let export =
        |zone: &str| format!("{zone} 3600 IN SOA a.ns.example b.example 1 2 3 4 5\nx.{zone}. 1 IN A 192.0.2.1\n");
    assert!(reads(&export(ZONE)).0.is_some());
    assert_eq!(reads(&export(&below)).1, [format!("the export is of the zone `{below}`, not of `{ZONE}`")]);
}

/// Several records of one name and type may be of several people: of CAA records, each is a value.
#[test]
fn records_of_others_beside_ours_do_not_go_with_them() {
    let owner = Owner { project: "reggie".to_owned(), stage: None, is_permanent: true };
    let caa = |id: &str, authority: &str, comment: Option<String>| LiveRecord {
        id: Some(id.to_owned()),
        name: ZONE.to_owned(),
        record_type: "CAA".to_owned(),
        content: format!("0 issue \"{authority}\""),
        comment,
        ..LiveRecord::default()
    };
    let ours = |id: &str, authority: &str| caa(id, authority, Some(owner.comment("caa")));
    let gated = |live: Vec<LiveRecord>| {
        let resolved = Resolved {
            format: RESOLVED.to_owned(),
            zone: ZONE.to_owned(),
            provider: Provider::Cloudflare,
            owner: owner.clone(),
            record_limit: None,
            dnssec: false,
            plan: String::new(),
            records: Vec::new(),
            pending: Vec::new(),
        };
        let asked = Asked { delete: [ZONE.to_owned()].into(), ..Asked::default() };
        let (snapshot, settings) = (Snapshot::of(ZONE, live), Settings::default());
        let mut findings = Diagnostics::default();
        let compared =
            Compared { resolved: &resolved, digest: "", snapshot: &snapshot, settings: &settings, asked: &asked };
        let changes = gate(&compared, &mut findings).changes.changes.len();
        (changes, findings.all().iter().filter(|f| f.code.id == "DNS036").count())
    };
    assert_eq!(gated(vec![ours("1", "amazon.com"), ours("2", "letsencrypt.org")]), (2, 0), "all are ours, and named");
    assert_eq!(gated(vec![ours("1", "amazon.com"), caa("2", "digicert.com", None)]), (0, 1));
    assert_eq!(gated(vec![caa("1", "amazon.com", None), caa("2", "digicert.com", None)]), (0, 0), "none is ours");
}

#[test]
fn an_export_says_what_the_api_says() {
    let (api, _) = reads(&file("tests/dns/_shared/live/zone.json"));
    let (export, _) = reads(&file("tests/dns/_shared/live/zone.txt"));
    let of = |snapshot: Option<Snapshot>| -> Vec<LiveRecord> {
        let records = snapshot.unwrap().live.records.into_iter();
        let is_served = |record: &LiveRecord| !["SOA", "NS", "MX"].contains(&record.record_type.as_str());
        records.filter(is_served).map(|record| LiveRecord { id: None, ..record }).collect()
    };
    assert_eq!(of(api), of(export));
}

#[test]
fn damaged_files_are_refused_or_read_and_never_panic() {
    const ODD: &[u8] = b"\"\\;(){}[],.\n\t :_*@$0a\x1b";
    let mut random = Seeded(11);
    for path in ["zone.json", "zone.txt", "foreign.json"] {
        let whole = file(format!("tests/dns/_shared/live/{path}"));
        for _ in 0..300 {
            let mut bytes = whole.clone().into_bytes();
            for _ in 0..=random.next(4) {
                let at = random.next(bytes.len());
                match random.next(4) {
                    0 => drop(bytes.remove(at)),
                    1 => bytes[at] = ODD[random.next(ODD.len())],
                    2 => bytes.splice(at..at, "ü\"\\".bytes()).for_each(drop),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            reads(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn lines_of_a_zone_file() {
    let soa = "getreggie.io 3600 IN SOA a. b. 1 2 3 4 5\n";
    for (line, expected) in [
        ("a.getreggie.io. 300 IN CNAME X.Example.", Ok("a.getreggie.io CNAME x.example 300")),
        ("a IN 300 CNAME b", Ok("a.getreggie.io CNAME b.getreggie.io 300")),
        ("@ CNAME @", Ok("getreggie.io CNAME getreggie.io -")),
        ("a 1 IN A 192.0.2.1 ; cf_tags=cf-proxied:true", Ok("a.getreggie.io A 192.0.2.1 proxied")),
        (r#"a IN TXT "b;c" "\"d" e\;f ; note"#, Ok("a.getreggie.io TXT b;c\"de;f -")),
        ("a IN CAA 0 issue \"amazon.com\"", Ok("a.getreggie.io CAA 0 issue \"amazon.com\" -")),
        ("a IN TXT ( \"x\"\n \"y\" )", Ok("a.getreggie.io TXT xy -")),
        ("a IN TXT ( \"x\"", Err("a parenthesis opens that nothing closes")),
        ("a IN TXT )", Err("a parenthesis closes that none opened")),
        ("a IN TXT \"x", Err("a quote opens and does not close")),
        ("a IN A", Err("no data")),
        ("a IN", Err("a name, a type and data")),
        ("a 99999999999 IN A 192.0.2.1", Err("its time is too large")),
        ("a IN ?? x", Err("where the type of a record should stand")),
        ("$INCLUDE /etc/passwd", Err("`$ORIGIN` and `$TTL` are understood")),
        ("$ORIGIN other.example.\na A 192.0.2.1", Err("`a.other.example` does not lie in the zone")),
    ] {
        let (snapshot, said) = reads(&format!("{soa}{line}\n"));
        let Some(snapshot) = snapshot else {
            let why = expected.expect_err(line);
            assert!(said[0].contains(why), "{line}: {said:?}");
            continue;
        };
        let record = snapshot.live.records.iter().find(|record| record.record_type != "SOA").unwrap();
        let how = match record.ttl {
            _ if record.proxied => "proxied".to_owned(),
            ttl => ttl.map_or("-".to_owned(), |ttl| ttl.to_string()),
        };
        let said = format!("{} {} {} {how}", record.name, record.record_type, record.content);
        assert_eq!(Ok(said.as_str()), expected, "{line}");
    }
}

/// Whether Amazon may issue a certificate for a host, with these CAA records.
fn may_issue(host: &str, authorities: &[(&str, &str)]) -> bool {
    let live = authorities.iter().map(|(name, content)| LiveRecord {
        name: (*name).to_owned(),
        record_type: "CAA".to_owned(),
        content: (*content).to_owned(),
        ..LiveRecord::default()
    });
    let record = Wanted {
        id: "Web".to_owned(),
        name: host.to_owned(),
        record_type: "CNAME".to_owned(),
        content: "d1.cloudfront.net".to_owned(),
        proxied: true,
        ttl: None,
        phase: Phase::Hosts,
    };
    let resolved = Resolved {
        format: RESOLVED.to_owned(),
        zone: ZONE.to_owned(),
        provider: Provider::Cloudflare,
        owner: Owner { project: "reggie".to_owned(), stage: Some("production".to_owned()), is_permanent: true },
        record_limit: None,
        dnssec: false,
        plan: String::new(),
        records: vec![record],
        pending: Vec::new(),
    };
    let mut findings = Diagnostics::default();
    let (snapshot, settings, asked) = (Snapshot::of(ZONE, live.collect()), Settings::default(), Asked::default());
    let compared =
        Compared { resolved: &resolved, digest: "", snapshot: &snapshot, settings: &settings, asked: &asked };
    let _ = gate(&compared, &mut findings);
    assert!(findings.all().iter().all(|finding| ["DNS042", "DNS005"].contains(&finding.code.id)), "{findings:?}");
    !findings.all().iter().any(|finding| finding.code.id == "DNS042")
}

#[test]
fn authorities_are_those_of_the_nearest_name_that_has_any() {
    let other = (ZONE, "0 issue \"letsencrypt.org\"");
    let amazon = (ZONE, "0 issue \"amazon.com\"");
    for (host, authorities, expected) in [
        ("www.getreggie.io", vec![], true),
        ("www.getreggie.io", vec![other], false),
        (ZONE, vec![other], false),
        ("www.getreggie.io", vec![other, amazon], true),
        ("www.getreggie.io", vec![(ZONE, "0 issue \"AWSTRUST.com; a=b\"")], true),
        ("www.getreggie.io", vec![(ZONE, "0 issue \"notamazon.com\"")], false),
        ("www.getreggie.io", vec![(ZONE, "0 issue \";\"")], false),
        ("www.getreggie.io", vec![(ZONE, "0 iodef \"mailto:x@getreggie.io\"")], true),
        // What is wildcards' does not bind the name itself, and the other way round where wildcards have nothing of their own.
        ("www.getreggie.io", vec![amazon, (ZONE, "0 issuewild \";\"")], true),
        ("*.getreggie.io", vec![amazon, (ZONE, "0 issuewild \";\"")], false),
        ("*.getreggie.io", vec![amazon], true),
        ("*.getreggie.io", vec![other], false),
        ("*.getreggie.io", vec![other, (ZONE, "0 issuewild \"amazonaws.com\"")], true),
        // The nearest name decides alone.
        ("a.b.getreggie.io", vec![other, ("b.getreggie.io", "0 issue \"amazon.com\"")], true),
        ("a.b.getreggie.io", vec![amazon, ("b.getreggie.io", "0 issue \"letsencrypt.org\"")], false),
        ("a.getreggie.io", vec![amazon, ("b.getreggie.io", "0 issue \"letsencrypt.org\"")], true),
    ] {
        assert_eq!(may_issue(host, &authorities), expected, "{host} {authorities:?}");
    }
}

#[test]
fn what_was_let_through_once_does_not_outlive_a_refusal() {
    let project = project();
    let resolve = "--stacks aws/production-stacks.json --certificates aws/production-certificates.json";
    run(&project, &format!("dns resolve production {resolve}")).ends(0);
    run(&project, "dns diff production --live live/zone.json").ends(0);
    let mut before = super::all(&project);
    run(&project, "dns emit production --to cloudflare-batch").ends(0);
    edit(&project, "live/zone.json", "\"success\": true", "\"success\": false");
    run(&project, "dns diff production --live live/zone.json").ends(1).says("DNS031");
    run(&project, "dns emit production --to cloudflare-batch").ends(2).says("dns diff production");
    before.retain(|path, _| path != ".reggie-cfn/production/getreggie.io.changes.json");
    let mut after = super::all(&project);
    after.retain(|path, _| path != "live/zone.json");
    before.retain(|path, _| path != "live/zone.json");
    assert_eq!(after, before, "nothing else goes");
}

#[test]
fn warnings_are_refused_where_asked_for() {
    let project = project();
    run(&project, "dns resolve production --certificates aws/production-certificates.json --phase validation").ends(0);
    let diff = "dns diff production --live live/zone.json --adopt nobody.getreggie.io";
    run(&project, &format!("{diff} --strict")).ends(1).says("DNS040");
    assert!(!project.path().join(".reggie-cfn/production/getreggie.io.changes.json").exists());
    run(&project, diff).ends(0).says("DNS040");
}
