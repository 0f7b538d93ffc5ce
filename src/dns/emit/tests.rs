#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why and fails")]

use std::cmp::Ordering;

use serde_json::Value;

use super::*;
use crate::diag::Diagnostics;
use crate::dns::record::{CHANGES, Change, Changes, LiveRecord, Phase, RESOLVED, Resolved};
use crate::manifest::Provider;
use crate::source::Sources;

const ZONE: &str = "shop.example";

fn owner(stage: Option<&str>, is_permanent: bool) -> Owner {
    Owner { project: "shop".to_owned(), stage: stage.map(str::to_owned), is_permanent }
}

fn wanted(id: &str, name: &str, record_type: &str, content: &str) -> Wanted {
    let proxied = record_type == "CNAME";
    let phase = if record_type == "CAA" { Phase::Zone } else { Phase::Hosts };
    let [id, name, record_type, content] = [id, name, record_type, content].map(str::to_owned);
    Wanted { id, name, record_type, content, proxied, ttl: (!proxied).then_some(300), phase }
}

fn live(id: &str, name: &str, record_type: &str, content: &str) -> LiveRecord {
    let [name, record_type, content] = [name, record_type, content].map(str::to_owned);
    LiveRecord { id: Some(id.to_owned()), name, record_type, content, ttl: Some(300), ..LiveRecord::default() }
}

fn create(record: Wanted) -> Change {
    Change::Create { record, replaces: Vec::new() }
}

/// Changes after which all records are there that are made or changed.
fn changes(owner: Owner, changes: Vec<Change>) -> Changes {
    let after = changes.iter().filter_map(|change| match change {
        Change::Create { record, .. } | Change::Update { record, .. } => Some(record.clone()),
        Change::Delete { .. } => None,
    });
    Changes {
        format: CHANGES.to_owned(),
        zone: ZONE.to_owned(),
        provider: Provider::Cloudflare,
        owner,
        resolved: "digest".to_owned(),
        live: "digest".to_owned(),
        has_ids: true,
        record_limit: Some(200),
        after: after.collect(),
        changes,
        markers: Vec::new(),
    }
}

/// The changes as they come back from their file, and what is said of it.
fn read_back(changes: &Changes, text: impl Fn(String) -> String) -> (Option<Gated>, Diagnostics) {
    let mut sources = Sources::default();
    let file = sources.add("shop.example.changes.json", text(serde_json::to_string_pretty(changes).unwrap()));
    let mut findings = Diagnostics::default();
    let owner = changes.owner.text();
    let gated = gated(file, (&owner, ZONE, "digest"), &sources, &mut findings);
    (gated, findings)
}

fn gate(changes: &Changes) -> Gated {
    read_back(changes, |text| text).0.unwrap()
}

fn codes(findings: &Diagnostics) -> Vec<&str> {
    findings.all().iter().map(|finding| finding.code.id).collect()
}

/// The calls of a batch by their files.
fn calls(changes: &Changes) -> Vec<(String, Value)> {
    let files = batch::files(&gate(changes), &mut Diagnostics::default()).unwrap();
    files.into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

fn texts<'v>(call: &'v Value, list: &str, field: &str) -> Vec<&'v str> {
    call[list].as_array().unwrap().iter().filter_map(|one| one[field].as_str()).collect()
}

#[test]
fn keys_are_in_the_order_of_natsort() {
    // As natsort 8.4.0 has them, which octoDNS asks.
    let sorted =
        ["", "9", "10", "*.api", "_1a.pr-2", "_9f", "_10f", "a", "a1b2", "a1b10", "pr-9", "pr-9-api", "pr-123", "www"];
    for (at, a) in sorted.iter().enumerate() {
        assert_eq!(natural(a, a), Ordering::Equal, "{a}");
        sorted[at + 1..].iter().for_each(|b| assert_eq!(natural(a, b), Ordering::Less, "{a} {b}"));
        sorted[..at].iter().for_each(|b| assert_eq!(natural(a, b), Ordering::Greater, "{a} {b}"));
    }
}

#[test]
fn names_are_written_inside_their_zone() {
    for (name, inside) in [
        ("shop.example", ""),
        ("a.shop.example", "a"),
        ("*.b.shop.example", "*.b"),
        ("workshop.example", "workshop.example"),
    ] {
        assert_eq!(below(name, ZONE), inside);
    }
}

#[test]
fn octodns_gets_each_set_of_records_once() {
    let records = vec![
        wanted("caa/issue/amazon.com", ZONE, "CAA", "0 issue \"amazon.com\""),
        wanted("caa/issuewild/amazon.com", ZONE, "CAA", "0 issuewild \"amazon.com\""),
        wanted("Web", ZONE, "CNAME", "d1.cloudfront.net"),
        wanted("Many", "*.shop.example", "CNAME", "d2.cloudfront.net"),
    ];
    let changes = changes(owner(None, true), records.into_iter().map(create).collect());
    let files = octodns::files(&[gate(&changes)], &mut Diagnostics::default()).unwrap();
    let expected = "\
# Made by reggie-cfn for shop/_zone; `reggie-cfn dns emit` writes it anew.
'':
  - octodns:
      cloudflare:
        comment: reggie-cfn shop/_zone
    ttl: 300
    type: CAA
    values:
      - flags: 0
        tag: issue
        value: amazon.com
      - flags: 0
        tag: issuewild
        value: amazon.com
  - octodns:
      cloudflare:
        auto-ttl: true
        comment: reggie-cfn shop/_zone Web
        proxied: true
    ttl: 300
    type: ALIAS
    value: d1.cloudfront.net.
'*':
  octodns:
    cloudflare:
      auto-ttl: true
      comment: reggie-cfn shop/_zone Many
      proxied: true
  ttl: 300
  type: CNAME
  value: d2.cloudfront.net.
";
    assert_eq!(files["octodns/zones/shop.example.yaml"], expected);
    assert!(files["octodns/config.yaml"].contains("delete_pcent_threshold: 0\n"));
}

#[test]
fn octodns_may_delete_what_was_let_through_only() {
    let gone = Change::Delete { was: live("1", "old.shop.example", "CNAME", "d1.cloudfront.net") };
    let mut changes = changes(owner(Some("production"), true), vec![gone]);
    // Without the TXT record it would leave what is to go.
    let mut findings = Diagnostics::default();
    assert_eq!(octodns::files(&[gate(&changes)], &mut findings), None);
    assert_eq!(findings.all().iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["DNS056"]);
    changes.markers = vec![live("2", "_reggie-cfn.cname.old.shop.example", "TXT", "shop/production")];
    let files = octodns::files(&[gate(&changes)], &mut Diagnostics::default()).unwrap();
    assert!(files["octodns/config.yaml"].contains("delete_pcent_threshold: 1\n"));
    assert!(files["octodns/zones/shop.example.yaml"].ends_with("{}\n"), "{files:#?}");
}

#[test]
fn the_judge_installs_what_the_requirements_say() {
    let judge = include_str!("../../../tests/judges/requirements.in");
    let changes = changes(owner(Some("production"), true), Vec::new());
    let files = octodns::files(&[gate(&changes)], &mut Diagnostics::default()).unwrap();
    let pins: Vec<&str> = files["octodns/requirements.txt"].lines().collect();
    assert_eq!(pins.len(), 2);
    assert!(pins.iter().all(|pin| judge.lines().any(|line| line == *pin)), "{pins:?}");
}

#[test]
fn a_batch_does_what_belongs_together_in_one_call() {
    let stage = owner(Some("production"), true);
    let a = [live("a1", "api.shop.example", "A", "192.0.2.1"), live("a2", "api.shop.example", "A", "192.0.2.2")];
    let mut changes = changes(
        stage,
        vec![
            Change::Delete { was: live("d", "old.shop.example", "CNAME", "d1.cloudfront.net") },
            Change::Update {
                record: wanted("Web", ZONE, "CNAME", "d3.cloudfront.net"),
                was: live("u", ZONE, "CNAME", "d2.cloudfront.net"),
                adopted: true,
            },
            Change::Create {
                record: wanted("Api", "api.shop.example", "CNAME", "d4.cloudfront.net"),
                replaces: a.into(),
            },
        ],
    );
    changes.markers = vec![live("m", "_reggie-cfn.cname.old.shop.example", "TXT", "shop/production")];
    let calls = calls(&changes);
    assert_eq!(calls.len(), 1);
    let (name, call) = &calls[0];
    assert_eq!(name, "shop.example.batch.json");
    assert_eq!(texts(call, "deletes", "id"), ["d", "m", "a1", "a2"]);
    assert_eq!(texts(call, "patches", "content"), ["d3.cloudfront.net"]);
    let made = ["_reggie-cfn.alias.shop.example", "api.shop.example", "_reggie-cfn.cname.api.shop.example"];
    assert_eq!(texts(call, "posts", "name"), made);
    assert_eq!(call["posts"][0]["content"], "\"shop/production\"");
    assert_eq!(call["posts"][1]["comment"], "reggie-cfn shop/production Api");
    assert_eq!(call["posts"][1]["ttl"], 1);
    assert_eq!(call["puts"], Value::Array(Vec::new()));
}

#[test]
fn a_preview_has_no_markers() {
    let mut changes = changes(
        owner(Some("pr-1"), false),
        vec![create(wanted("Web", "pr-1.shop.example", "CNAME", "d1.cloudfront.net"))],
    );
    assert_eq!(texts(&calls(&changes)[0].1, "posts", "type"), ["CNAME"]);
    changes.changes.clear();
    assert!(calls(&changes).is_empty(), "nothing to do is no call");
}

#[test]
fn what_is_too_much_for_a_call_is_several() {
    let record = |n: usize| wanted("Web", &format!("h{n}.shop.example"), "CNAME", "d1.cloudfront.net");
    let mut all: Vec<Change> = (0..250).map(|n| create(record(n))).collect();
    all.push(Change::Create {
        record: wanted("Api", "api.shop.example", "CNAME", "d1.cloudfront.net"),
        replaces: (0..150).map(|n| live(&n.to_string(), "api.shop.example", "A", "192.0.2.1")).collect(),
    });
    let mut changes = changes(owner(Some("production"), true), all);
    let size = |call: &Value| {
        ["deletes", "patches", "posts"].map(|list| call[list].as_array().unwrap().len()).iter().sum::<usize>()
    };
    let few = calls(&changes);
    let names: Vec<&str> = few.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[0], "shop.example.1-of-4.batch.json");
    assert!(names.iter().all(|name| batch::is_call(name, ZONE)));
    assert_eq!(few.iter().map(|(_, call)| size(call)).collect::<Vec<_>>(), [200, 200, 100, 152]);
    assert_eq!(texts(&few[3].1, "deletes", "id").len(), 150, "what is replaced goes in the same call");
    changes.record_limit = Some(3500);
    assert_eq!(calls(&changes).len(), 1);
}

#[test]
fn only_calls_of_the_zone_are_calls_of_the_zone() {
    for name in ["shop.example.batch.json", "shop.example.3-of-12.batch.json"] {
        assert!(batch::is_call(name, ZONE), "{name}");
    }
    for name in [
        "shop.example.old.batch.json",
        "a.shop.example.batch.json",
        "shop.example.-of-.batch.json",
        "shop.example.changes.json",
    ] {
        assert!(!batch::is_call(name, ZONE), "{name}");
    }
}

#[test]
fn an_applier_that_cannot_do_it_is_refused() {
    let replaced = Change::Create {
        record: wanted("Api", "api.shop.example", "CNAME", "d4.cloudfront.net"),
        replaces: vec![live("a", "api.shop.example", "A", "192.0.2.1")],
    };
    let swap = changes(owner(Some("production"), true), vec![replaced]);
    let by_octodns = |changes: &Changes| {
        let mut findings = Diagnostics::default();
        assert!(octodns::files(&[gate(changes)], &mut findings).is_none());
        codes(&findings).join(" ")
    };
    let by_batch = |changes: &Changes| {
        let mut findings = Diagnostics::default();
        assert!(batch::files(&gate(changes), &mut findings).is_none());
        codes(&findings).join(" ")
    };
    assert_eq!(by_octodns(&swap), "DNS050");
    assert_eq!(by_octodns(&Changes { owner: owner(Some("pr-1"), false), ..swap.clone() }), "DNS051");
    assert_eq!(by_octodns(&Changes { provider: Provider::None, ..swap.clone() }), "DNS055");
    assert_eq!(by_batch(&Changes { provider: Provider::None, ..swap.clone() }), "DNS055");
    assert_eq!(by_batch(&Changes { has_ids: false, ..swap.clone() }), "DNS054");
    let lost =
        Change::Delete { was: LiveRecord { id: None, ..live("", "old.shop.example", "CNAME", "d1.cloudfront.net") } };
    assert_eq!(by_batch(&changes(owner(Some("production"), true), vec![lost])), "DNS054");
}

#[test]
fn only_the_file_of_this_gate_is_taken() {
    let changes = changes(owner(Some("production"), true), Vec::new());
    for (from, to, code) in [
        ("dns-changes/1", "dns-changes/9", "DNS052"),
        ("\"production\"", "\"staging\"", "DNS052"),
        ("\"shop.example\"", "\"other.example\"", "DNS052"),
        ("\"has_ids\"", "\"ids\"", "DNS052"),
        ("\"markers\": []\n}", "\"markers\": [", "DNS052"),
        ("\"resolved\": \"digest\"", "\"resolved\": \"another\"", "DNS053"),
    ] {
        let (gated, findings) = read_back(&changes, |text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        assert!(gated.is_none() && codes(&findings) == [code], "{from} → {to}: {findings:?}");
        assert!(findings.all()[0].span().is_some());
    }
    for empty in ["", "{", "é", "\"é"] {
        assert_eq!(codes(&read_back(&changes, |_| empty.to_owned()).1), ["DNS052"], "{empty}");
    }
}

fn resolved(records: Vec<Wanted>) -> Resolved {
    Resolved {
        format: RESOLVED.to_owned(),
        zone: ZONE.to_owned(),
        provider: Provider::Cloudflare,
        owner: owner(Some("production"), true),
        record_limit: None,
        dnssec: false,
        plan: "digest".to_owned(),
        records,
        pending: vec!["Later".to_owned()],
    }
}

#[test]
fn a_zone_file_has_one_of_two_forms() {
    let resolved = resolved(vec![
        wanted("Web", ZONE, "CNAME", "d1.cloudfront.net"),
        wanted("caa/issue/amazon.com", ZONE, "CAA", "0 issue \"amazon.com\""),
        wanted("Many", "*.by.shop.example", "CNAME", "d2.cloudfront.net"),
    ]);
    let cloudflare = "\
; Made by reggie-cfn: the records of shop/production in shop.example.
; In the form of Cloudflare's import and export; a time of 1 is Cloudflare's own.
shop.example.\t1\tIN\tCNAME\td1.cloudfront.net. ; reggie-cfn shop/production Web cf_tags=cf-proxied:true
_reggie-cfn.alias.shop.example.\t300\tIN\tTXT\t\"shop/production\"
shop.example.\t300\tIN\tCAA\t0 issue \"amazon.com\" ; reggie-cfn shop/production caa/issue/amazon.com
_reggie-cfn.caa.shop.example.\t300\tIN\tTXT\t\"shop/production\"
*.by.shop.example.\t1\tIN\tCNAME\td2.cloudfront.net. ; reggie-cfn shop/production Many cf_tags=cf-proxied:true
_reggie-cfn.cname._wildcard.by.shop.example.\t300\tIN\tTXT\t\"shop/production\"
; Later: not known yet
";
    assert_eq!(bind::zone(&resolved, bind::Flavour::Cloudflare), cloudflare);
    let rfc = "\
; Made by reggie-cfn: the records of shop/production in shop.example.
; To try with a name server: the records at the top that no zone lacks are samples.
$ORIGIN shop.example.
$TTL 300
@\t3600\tIN\tSOA\tns.invalid. hostmaster.invalid. 1 7200 3600 1209600 300
@\t86400\tIN\tNS\tns.invalid.
; CNAME d1.cloudfront.net. stands here: the provider answers with its addresses, these are samples.
@\t300\tIN\tA\t192.0.2.1
@\t300\tIN\tAAAA\t2001:db8::1
_reggie-cfn.alias\t300\tIN\tTXT\t\"shop/production\"
@\t300\tIN\tCAA\t0 issue \"amazon.com\"
_reggie-cfn.caa\t300\tIN\tTXT\t\"shop/production\"
*.by\t300\tIN\tCNAME\td2.cloudfront.net.
_reggie-cfn.cname._wildcard.by\t300\tIN\tTXT\t\"shop/production\"
; Later: not known yet
";
    assert_eq!(bind::zone(&resolved, bind::Flavour::Rfc), rfc);
}

#[test]
fn a_list_says_what_the_top_of_a_zone_takes() {
    let top = list::table(&resolved(vec![wanted("Web", ZONE, "CNAME", "d1.cloudfront.net")]));
    assert!(top.contains("\n@     CNAME  d1.cloudfront.net  yes      auto  Web (visitors)\n"), "{top}");
    assert!(top.contains("ALIAS, ANAME") && top.ends_with("Not known yet:\n  Later\n"), "{top}");
    let below = list::table(&resolved(vec![wanted("Api", "api.shop.example", "CNAME", "d1.cloudfront.net")]));
    assert!(!below.contains("ALIAS"), "{below}");
}
