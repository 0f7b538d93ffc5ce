//! Laws of the gate, on zones of a seeded generator: hosts of ours, of siblings and of nobody, with and without what says whose
//! they are.

use std::collections::BTreeSet;

use reggie_cfn::diag::{Diagnostics, Severity};
use reggie_cfn::dns::diff::{Asked, Compared, Gated, Why, gate};
use reggie_cfn::dns::live::{Settings, Snapshot, read};
use reggie_cfn::dns::plan::Owner;
use reggie_cfn::dns::record::{Change, LiveRecord, Phase, RESOLVED, Resolved, Wanted, marker_name};
use reggie_cfn::manifest::Provider;
use reggie_cfn::source::Sources;

use crate::support::Seeded;

const ZONE: &str = "shop.example";
const SIBLING: &str = "shop/staging";
const SEEDS: u64 = 1000;

/// What is wanted, what the zone holds, and what was asked for.
struct Case {
    resolved: Resolved,
    live: Vec<LiveRecord>,
    asked: Asked,
}

fn owner(is_permanent: bool) -> Owner {
    let stage = if is_permanent { "production" } else { "pr-7" };
    Owner { project: "shop".into(), stage: Some(stage.into()), is_permanent }
}

/// The names that something may be wanted of, validations last.
fn names() -> Vec<String> {
    let token = |n: usize, domain: &str| format!("_{n:032x}.{domain}");
    let hosts = ["", "www.", "api.", "*.dev.", "a.b.", "admin.", "x."].map(|below| format!("{below}{ZONE}"));
    hosts.into_iter().chain([token(1, ZONE), token(2, "api.shop.example"), token(3, "b.shop.example")]).collect()
}

impl Case {
    fn of(seed: u64) -> Case {
        let mut random = Seeded(seed);
        let owner = owner(random.next(3) > 0);
        let mut case = Case {
            resolved: Resolved {
                format: RESOLVED.into(),
                zone: ZONE.into(),
                provider: Provider::Cloudflare,
                owner,
                record_limit: None,
                dnssec: false,
                plan: String::new(),
                records: Vec::new(),
                pending: if random.next(4) == 0 { vec!["Web".into()] } else { Vec::new() },
            },
            live: Vec::new(),
            asked: Asked { teardown: random.next(5) == 0, ..Asked::default() },
        };
        case.asked.allow_delete = (random.next(8) > 0).then_some(100);
        // One of several zones has things in it that are refused.
        let is_hard = random.next(3) == 0;
        for (number, name) in names().into_iter().enumerate() {
            case.name(number, name, is_hard, &mut random);
        }
        case.foreign(&mut random);
        let ids = case.live.iter_mut().enumerate();
        ids.for_each(|(number, record)| record.id = Some(format!("{number:032}")));
        random.shuffle(&mut case.live);
        random.shuffle(&mut case.resolved.records);
        case
    }

    /// A name that is wanted or not, and what the zone has under it.
    fn name(&mut self, number: usize, name: String, is_hard: bool, random: &mut Seeded) {
        let validates = name.starts_with('_');
        let wanted = Wanted {
            id: format!("C{number}"),
            content: match validates {
                true => format!("_{number:032x}.abc.acm-validations.aws"),
                false => format!("d{number}.cloudfront.net"),
            },
            proxied: !validates && random.next(2) == 0,
            ttl: None,
            phase: if validates { Phase::Validation } else { Phase::Hosts },
            record_type: "CNAME".into(),
            name,
        };
        let wanted = Wanted { ttl: (!wanted.proxied).then_some(60), ..wanted };
        let is_wanted = random.next(3) > 0;
        let mut live = LiveRecord {
            name: wanted.name.clone(),
            record_type: "CNAME".into(),
            content: wanted.content.clone(),
            proxied: wanted.proxied,
            ttl: wanted.ttl,
            ..LiveRecord::default()
        };
        match random.next(4) {
            0 => live.content = live.content.replacen(|c: char| c.is_ascii_digit(), "9", 1),
            1 if !wanted.proxied => live.ttl = Some(300),
            2 if is_hard => live.proxied = !live.proxied,
            _ => {}
        }
        live.ttl = live.ttl.filter(|_| !live.proxied);
        let (us, is_permanent) = (self.resolved.owner.clone(), self.resolved.owner.is_permanent);
        match random.next(if is_hard { 9 } else { 6 }) {
            0 => {}
            1..=3 => {
                let has_marker = is_permanent && random.next(5) > 0;
                if !has_marker || random.next(5) > 0 {
                    live.comment = Some(us.comment(&wanted.id));
                }
                if has_marker {
                    self.marker(&live.name, &us.text());
                }
                self.live.push(live);
            }
            // Nobody's; taken over on purpose more often than not.
            4 => {
                let as_address = random.next(3) == 0 && !validates;
                if is_wanted && random.next(6) > 0 {
                    self.asked.adopt.insert(wanted.name.clone());
                }
                if as_address {
                    for content in ["192.0.2.1", "192.0.2.2"] {
                        let address = LiveRecord { record_type: "A".into(), content: content.into(), ..live.clone() };
                        self.live.push(address);
                    }
                } else {
                    self.live.push(live);
                }
            }
            // What said whose it was is left.
            5 => {
                if is_permanent {
                    self.marker(&live.name, &us.text());
                }
            }
            6 => {
                live.comment = Some(format!("reggie-cfn {SIBLING} Web"));
                self.marker(&live.name, SIBLING);
                if random.next(2) == 0 {
                    self.asked.adopt.insert(live.name.clone());
                }
                self.live.push(live);
            }
            7 => {
                live.comment = Some("set by hand".into());
                self.live.push(live);
            }
            _ => {
                live.read_only = true;
                self.live.push(live);
            }
        }
        if !is_wanted && random.next(2) == 0 {
            self.asked.delete.insert(wanted.name.clone());
        }
        if is_wanted {
            self.resolved.records.push(wanted);
        }
    }

    fn marker(&mut self, name: &str, owner: &str) {
        self.live.push(LiveRecord {
            name: marker_name(name, "CNAME", ZONE),
            record_type: "TXT".into(),
            content: owner.into(),
            ttl: Some(300),
            ..LiveRecord::default()
        });
    }

    /// What others have in the zone.
    fn foreign(&mut self, random: &mut Seeded) {
        for (name, record_type, content, comment) in [
            (ZONE, "SOA", "ada.ns.cloudflare.com. dns.cloudflare.com. 1 10000 2400 604800 3600", None),
            (ZONE, "NS", "ada.ns.cloudflare.com", None),
            (ZONE, "MX", "10 mail.shop.example", None),
            (ZONE, "TXT", "v=spf1 -all", Some("by hand")),
            ("mail.shop.example", "A", "192.0.2.9", None),
            ("s1._domainkey.shop.example", "TXT", "v=DKIM1; p=abc", None),
            ("staging.shop.example", "CNAME", "d99.cloudfront.net", Some("reggie-cfn shop/staging Web")),
            ("other.shop.example", "CNAME", "elsewhere.example", Some("reggie-cfn other/production Web")),
            ("_reggie-cfn.cname.staging.shop.example", "TXT", SIBLING, None),
            ("_reggie-cfn.cname.pr-3.shop.example", "TXT", "shop/pr-3", None),
        ] {
            if random.next(4) > 0 {
                let (name, record_type) = (name.to_owned(), record_type.to_owned());
                let (content, comment) = (content.to_owned(), comment.map(str::to_owned));
                self.live.push(LiveRecord { name, record_type, content, comment, ..LiveRecord::default() });
            }
        }
    }

    fn gate(&self) -> (Gated, Diagnostics) {
        gate_of(&self.resolved, &self.live, &self.asked)
    }

    /// Whether a record is the owner's, as the records beside it and its comment say.
    fn is_ours(&self, record: &LiveRecord) -> bool {
        let us = self.resolved.owner.text();
        let is_marker =
            |r: &LiveRecord| r.record_type == "TXT" && r.content == us && r.name.starts_with("_reggie-cfn.");
        let marker = marker_name(&record.name, &record.record_type, ZONE);
        is_marker(record)
            || record.comment.as_deref().and_then(Owner::of_comment) == Some(us.as_str())
            || self.live.iter().any(|r| is_marker(r) && r.name == marker)
    }

    /// Whether it may appear in a change: it is the owner's, or nobody's and named.
    fn is_free(&self, record: &LiveRecord) -> bool {
        let is_nobodys = record.comment.as_deref().is_none_or(|c| Owner::of_comment(c).is_none()) && !record.read_only;
        self.is_ours(record) || (is_nobodys && self.asked.adopt.contains(&record.name))
    }
}

fn gate_of(resolved: &Resolved, live: &[LiveRecord], asked: &Asked) -> (Gated, Diagnostics) {
    let mut findings = Diagnostics::default();
    let (snapshot, settings) = (Snapshot::of(ZONE, live.to_vec()), Settings::default());
    let compared = Compared { resolved, digest: "", snapshot: &snapshot, settings: &settings, asked };
    let gated = gate(&compared, &mut findings);
    findings.sort();
    (gated, findings)
}

/// What the zone holds when changes are made, each of which must find what it changes.
#[track_caller]
fn apply(gated: &Gated, live: &[LiveRecord]) -> Vec<LiveRecord> {
    let mut live = live.to_vec();
    let changes = &gated.changes;
    let take = |live: &mut Vec<LiveRecord>, was: &LiveRecord| {
        let at = live.iter().position(|record| record == was);
        live.remove(at.unwrap_or_else(|| panic!("{was:?} is not there")))
    };
    let made = |record: &Wanted, id: Option<String>, tags: Vec<String>| LiveRecord {
        id,
        name: record.name.clone(),
        record_type: record.record_type.clone(),
        content: record.content.clone(),
        proxied: record.proxied,
        ttl: record.ttl,
        comment: Some(changes.owner.comment(&record.id)),
        tags,
        read_only: false,
    };
    for (number, change) in changes.changes.iter().enumerate() {
        let new = Some(format!("new {number}"));
        match change {
            Change::Create { record, replaces } => {
                replaces.iter().for_each(|was| drop(take(&mut live, was)));
                let beside =
                    |r: &&LiveRecord| r.name == record.name && ["A", "AAAA", "CNAME"].contains(&r.record_type.as_str());
                assert_eq!(live.iter().find(beside), None, "a CNAME has its name to itself");
                live.push(made(record, new, Vec::new()));
            }
            Change::Update { record, was, .. } => {
                let was = take(&mut live, was);
                live.push(made(record, was.id, was.tags));
            }
            Change::Delete { was } => drop(take(&mut live, was)),
        }
    }
    gated.markers.delete.iter().for_each(|was| drop(take(&mut live, was)));
    live.extend(gated.markers.create.iter().map(|name| LiveRecord {
        id: Some(format!("new {name}")),
        name: name.clone(),
        record_type: "TXT".into(),
        content: changes.owner.text(),
        ..LiveRecord::default()
    }));
    live
}

/// A record as it is wanted, apart from what it is called among ours.
type Plain = (String, String, String, bool, Option<u32>);

fn plain(record: &LiveRecord) -> Plain {
    let LiveRecord { name, record_type, content, proxied, ttl, .. } = record.clone();
    (name, record_type, content, proxied, ttl.filter(|_| !proxied))
}

fn wanted(record: &Wanted) -> Plain {
    let Wanted { name, record_type, content, proxied, ttl, .. } = record.clone();
    (name, record_type, content, proxied, ttl)
}

/// Every case, those that pass the gate and those that do not.
fn cases(of: impl Fn(u64, Case, Gated, Diagnostics)) {
    for seed in 0..SEEDS {
        let case = Case::of(seed);
        let (gated, findings) = case.gate();
        of(seed, case, gated, findings);
    }
}

#[test]
fn nothing_of_others_is_ever_in_a_change() {
    cases(|seed, case, gated, findings| {
        let touched = gated.changes.changes.iter().flat_map(|change| match change {
            Change::Create { replaces, .. } => replaces.clone(),
            Change::Update { was, .. } | Change::Delete { was } => vec![was.clone()],
        });
        for was in touched.chain(gated.markers.delete.clone()) {
            assert!(case.is_free(&was), "seed {seed}: {was:?}");
        }
        if findings.has_errors() {
            return;
        }
        let after = apply(&gated, &case.live);
        for record in case.live.iter().filter(|record| !case.is_free(record)) {
            assert!(after.contains(record), "seed {seed}: {record:?} is not as it was");
        }
    });
}

#[test]
fn what_is_ours_becomes_what_is_wanted() {
    let passed = std::cell::Cell::new((0, 0, 0, 0));
    cases(|seed, case, gated, findings| {
        if findings.has_errors() {
            return;
        }
        let live = apply(&gated, &case.live);
        let us = case.resolved.owner.text();
        let is_marker = |r: &&LiveRecord| r.name.starts_with("_reggie-cfn.");
        let owned = |r: &&LiveRecord| r.comment.as_deref().and_then(Owner::of_comment) == Some(us.as_str());
        let kept = |why: &Why| matches!(why, Why::Validation | Why::Pending | Why::Zone);
        let is_kept: BTreeSet<Plain> = gated.stays.iter().filter(|s| kept(&s.why)).map(|s| plain(&s.record)).collect();
        let after: BTreeSet<Plain> = gated.changes.after.iter().map(wanted).collect();
        // What is there of ours is what the next command is told of.
        let ours: BTreeSet<Plain> = live.iter().filter(owned).filter(|r| !is_marker(r)).map(plain).collect();
        assert!(ours.is_subset(&after), "seed {seed}");
        assert_eq!(ours.union(&is_kept).cloned().collect::<BTreeSet<_>>(), after, "seed {seed}");
        // Everything that is wanted is there, whoever says so.
        let there: BTreeSet<Plain> = live.iter().map(plain).collect();
        let is_wanted: BTreeSet<Plain> = case.resolved.records.iter().map(wanted).collect();
        if !case.asked.teardown {
            for record in &case.resolved.records {
                let same = |r: &Plain| {
                    (&r.0, &r.1, &r.2, r.3) == (&record.name, &record.record_type, &record.content, record.proxied)
                };
                assert!(there.iter().any(same), "seed {seed}: {record:?}");
            }
        }
        let further: BTreeSet<Plain> = after.difference(&is_wanted).cloned().collect();
        assert!(further.is_subset(&is_kept), "seed {seed}: only what is kept is there beside what is wanted");
        // What says whose they are stands beside each of them, and beside nothing else.
        let is_certain = case.resolved.pending.is_empty() || case.asked.teardown;
        let markers: BTreeSet<&str> =
            live.iter().filter(is_marker).filter(|r| r.content == us).map(|r| r.name.as_str()).collect();
        let beside: BTreeSet<String> =
            gated.changes.after.iter().map(|r| marker_name(&r.name, &r.record_type, ZONE)).collect();
        if case.resolved.owner.is_permanent {
            assert!(beside.iter().all(|name| markers.contains(name.as_str())), "seed {seed}");
            assert!(!is_certain || markers.len() == beside.len(), "seed {seed}");
        }
        let counted = live.iter().filter(|r| r.record_type != "SOA" && r.record_type != "NS").count();
        assert_eq!(gated.count.1, counted, "seed {seed}: the count of records");
        let mut seen = passed.get();
        seen.0 += 1;
        seen.1 += usize::from(!gated.changes.changes.is_empty());
        seen.2 += usize::from(gated.changes.changes.iter().any(|c| matches!(c, Change::Delete { .. })));
        seen.3 += usize::from(!is_kept.is_empty());
        passed.set(seen);
    });
    let (passed, changed, deleted, kept) = passed.get();
    assert!(passed > 300 && changed > 250 && deleted > 80 && kept > 40, "{:?}", (passed, changed, deleted, kept));
}

#[test]
fn a_second_run_has_nothing_to_do() {
    cases(|seed, case, gated, findings| {
        if findings.has_errors() {
            return;
        }
        let live = apply(&gated, &case.live);
        let (again, findings) = gate_of(&case.resolved, &live, &case.asked);
        assert!(again.is_empty(), "seed {seed}: {:#?} {:#?}", again.changes.changes, again.markers);
        // A name may have been done the first time; nothing else is there to tell.
        let told = findings.all().iter().find(|d| d.severity == Severity::Error);
        assert_eq!(told, None, "seed {seed}");
        assert_eq!(
            again.changes.after.iter().map(wanted).collect::<Vec<_>>(),
            gated.changes.after.iter().map(wanted).collect::<Vec<_>>()
        );
    });
}

#[test]
fn what_is_not_known_yet_deletes_nothing() {
    cases(|seed, case, gated, _| {
        if case.resolved.pending.is_empty() || case.asked.teardown {
            return;
        }
        assert_eq!(gated.markers.delete, [], "seed {seed}");
        for change in &gated.changes.changes {
            match change {
                Change::Delete { was } => panic!("seed {seed}: {was:?}"),
                // What another takes the place of is named, or ours.
                Change::Create { replaces, .. } => assert!(replaces.iter().all(|was| case.is_free(was)), "seed {seed}"),
                Change::Update { .. } => {}
            }
        }
        let after: BTreeSet<&str> = gated.changes.after.iter().map(|r| r.name.as_str()).collect();
        let (_, findings) = case.gate();
        for record in case.live.iter().filter(|r| r.record_type == "CNAME" && case.is_ours(r)) {
            assert!(findings.has_errors() || after.contains(record.name.as_str()), "seed {seed}: {record:?}");
        }
    });
}

#[test]
fn a_teardown_leaves_no_host_of_ours_and_all_that_is_others() {
    cases(|seed, case, gated, findings| {
        if findings.has_errors() || !case.asked.teardown {
            return;
        }
        let after = apply(&gated, &case.live);
        for record in after.iter().filter(|record| case.is_ours(record) && record.record_type == "CNAME") {
            assert!(record.content.ends_with(".acm-validations.aws"), "seed {seed}: {record:?}");
        }
        for record in case.live.iter().filter(|record| !case.is_ours(record)) {
            assert!(after.contains(record), "seed {seed}: {record:?}");
        }
    });
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    cases(|seed, mut case, gated, findings| {
        let mut random = Seeded(seed ^ 0xABCD);
        random.shuffle(&mut case.live);
        random.shuffle(&mut case.resolved.records);
        let (again, told) = case.gate();
        assert_eq!(again, gated, "seed {seed}");
        assert_eq!(told.all(), findings.all(), "seed {seed}");
    });
}

/// Records as the API gives them.
fn api(records: &[&LiveRecord]) -> Vec<serde_json::Value> {
    let item = |r: &&LiveRecord| {
        serde_json::json!({
            "id": r.id, "name": r.name, "type": r.record_type, "content": r.content, "proxied": r.proxied,
            "ttl": r.ttl.unwrap_or(1), "comment": r.comment, "tags": r.tags, "meta": {"read_only": r.read_only},
        })
    };
    records.iter().map(item).collect()
}

#[test]
fn pages_in_any_order_are_one_zone() {
    for seed in 0..200 {
        let case = Case::of(seed);
        let mut random = Seeded(seed);
        let all: Vec<&LiveRecord> = case.live.iter().collect();
        let chunks: Vec<&[&LiveRecord]> = all.chunks(1 + random.next(6)).collect();
        let mut pages: Vec<String> = chunks
            .iter()
            .enumerate()
            .map(|(number, chunk)| {
                let info = serde_json::json!({
                    "page": number + 1, "total_pages": chunks.len(), "count": chunk.len(), "total_count": all.len(),
                });
                serde_json::json!({"result": api(chunk), "success": true, "result_info": info}).to_string()
            })
            .collect();
        random.shuffle(&mut pages);
        let cut = random.next(pages.len());
        let texts = [pages[..cut].join("\n"), pages[cut..].join(" ")];
        let mut sources = Sources::default();
        let files: Vec<_> = texts.iter().filter(|t| !t.is_empty()).map(|text| sources.add("live.json", text)).collect();
        let mut findings = Diagnostics::default();
        let snapshot = read(&files, ZONE, &sources, &mut findings).unwrap_or_else(|| panic!("{:#?}", findings.all()));
        assert_eq!(snapshot.live, Snapshot::of(ZONE, case.live.clone()).live, "seed {seed}");
        // A page less is an error.
        pages.pop();
        let mut sources = Sources::default();
        let file = sources.add("live.json", pages.join("\n"));
        assert_eq!(read(&[file], ZONE, &sources, &mut findings), None, "seed {seed}");
    }
}
