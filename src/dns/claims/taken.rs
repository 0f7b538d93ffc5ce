//! Each host belongs to one component of one stage.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{Claims, Host, below};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// `DNS004`: one host, two owners.
pub const DNS004: Code = Code {
    id: "DNS004",
    explanation: "one host has two owners\n\n\
        A name leads to one place. API Gateway makes one domain of a name in a region, and CloudFront takes an alias once in \
        the world, so that the second one of a name could not be deployed, or would take the visitors of the first. So a host \
        belongs to one component of one stage, and stands there once: as its `host`, as an alias (served as the host) or as a \
        redirect (answered with the host's address). That holds for all stages with a layer of their own, whichever of them are \
        compiled together.\n\n\
        Give each a name of its own, or give one component the routes of both. A wildcard and a name that it covers are two \
        names: the more specific one goes first.",
};

/// `DNS013`: a stage that comes and goes takes what is not its own.
pub const DNS013: Code = Code {
    id: "DNS013",
    explanation: "a stage that comes and goes takes a reserved host\n\n\
        A preview must never take a name that belongs to somebody else: a host of a stage with a layer of its own, what the zone's \
        `reserved_hosts` name and all that is below it, and, for stages whose names only fit a pattern, also the zone's own name, \
        `www` and `mail`.\n\n\
        Either the name does not hold the stage's name, so that a layer further down made it for another stage: write one with \
        `${stage}` in it, such as `${stage}.getreggie.io`, in the layer of the stage, or `host: none`. Or the stage's name makes it: \
        choose another one, or a narrower pattern.",
};

/// Labels at the top of a zone that no stage whose name only fits a pattern takes.
const RESERVED: &[&str] = &["", "www", "mail"];

/// Reports every name that a component before it, in the order of names, or the same one has too.
pub fn own_twice(own: &Claims, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, &Host> = BTreeMap::new();
    for host in &own.hosts {
        let Some(first) = known.get(host.name.as_str()) else {
            known.insert(&host.name, host);
            continue;
        };
        let diagnostic = if first.component == host.component {
            let (one, other) = (&first.setting, &host.setting);
            let title = format!("`{one}` and `{other}` of `{}` are both `{}`", host.component, host.name);
            Diagnostic::error(DNS004, title).help("remove one of the two")
        } else {
            let title = format!("`{}` and `{}` are both served under `{}`", host.component, first.component, host.name);
            Diagnostic::error(DNS004, title).help("give it a name of its own, or give one component the routes of both")
        };
        let diagnostic = diagnostic.at_spans(&host.spans, "taken already");
        findings.push(match first.spans.first() {
            Some(span) => diagnostic.context(*span, "the first of that name"),
            None => diagnostic,
        });
    }
}

/// Reports hosts that another stage has, and those that are reserved; gives their names.
pub(super) fn check<'c>(own: &'c Claims, others: &[&Claims], findings: &mut Diagnostics) -> BTreeSet<&'c str> {
    let mut told = BTreeSet::new();
    let named = others.iter().filter(|other| other.who.is_named() && other.who.stage != own.who.stage);
    let mut known: BTreeMap<&str, Vec<(&Claims, &Host)>> = BTreeMap::new();
    for (other, theirs) in named.flat_map(|other| other.hosts.iter().map(move |theirs| (*other, theirs))) {
        known.entry(&theirs.name).or_default().push((other, theirs));
    }
    for host in &own.hosts {
        let before = findings.all().len();
        let mut taken = known.get(host.name.as_str()).into_iter().flatten().copied();
        match taken.find(|(other, _)| !own.who.is_permanent() || other.who.is_permanent()) {
            Some((other, theirs)) if own.who.is_named() && own.who.is_permanent == other.who.is_permanent => {
                findings.push(twice((own, host), (other, theirs)));
            }
            Some((other, theirs)) => {
                let title = format!(
                    "`{}` takes `{}`, which is `{}` of `{}` on `{}`",
                    own.who.stage, host.name, theirs.setting, theirs.component, other.who.stage
                );
                let diagnostic = Diagnostic::error(DNS013, title).at_spans(&host.spans, "not this stage's own");
                let elsewhere = theirs.spans.first().filter(|span| host.spans.first() != Some(span));
                let diagnostic = match elsewhere {
                    Some(span) => diagnostic.context(*span, format!("taken on `{}`", other.who.stage)),
                    None => diagnostic,
                };
                let note = "a name is served once: AWS refuses it for the second stage";
                findings.push(diagnostic.note(note).help(way_out(own, host)));
            }
            None if !own.who.is_permanent => reserved(own, host, findings),
            None => {}
        }
        if findings.all().len() > before {
            told.insert(host.name.as_str());
        }
    }
    told
}

/// What to do about a host that is not the stage's.
pub(super) fn way_out(own: &Claims, host: &Host) -> String {
    let stage = &own.who.stage;
    if !own.who.is_named() && host.name.contains(stage.as_str()) {
        return format!("choose another name than `{stage}`");
    }
    format!("write a name with `${{stage}}` in it in the layer of `{stage}`, or take it away there")
}

/// Two stages under one host: the same words, whichever of them is compiled.
fn twice(one: (&Claims, &Host), other: (&Claims, &Host)) -> Diagnostic {
    let ((first, theirs), (second, host)) =
        if one.0.who.stage < other.0.who.stage { (one, other) } else { (other, one) };
    let (a, b) = (&first.who.stage, &second.who.stage);
    let diagnostic =
        Diagnostic::error(DNS004, format!("the stages `{a}` and `{b}` are both served under `{}`", host.name));
    let diagnostic = match theirs.spans.first().filter(|span| host.spans.first() != Some(span)) {
        Some(span) => diagnostic.at_spans(&host.spans, &format!("on `{b}`")).context(*span, format!("on `{a}`")),
        None => diagnostic.at_spans(&host.spans, "the host of both"),
    };
    diagnostic
        .note("a name leads to one place, and CloudFront takes it once in the world")
        .help(format!("write another name in the layer of `{b}`, or of `{a}`"))
}

/// Reports a host that the zone keeps for others.
fn reserved(own: &Claims, host: &Host, findings: &mut Diagnostics) {
    let Some(zone) = host.zone.as_ref().and_then(|zone| own.zone(zone)) else { return };
    let Some(label) = below(&host.name, &zone.name) else { return };
    let written = zone.reserved.iter().find(|(name, _)| lies_in(label, name) || lies_in(&host.name, name));
    let is_ours = !own.who.is_named() && RESERVED.contains(&label);
    if written.is_none() && !is_ours {
        return;
    }
    let title = format!("`{}` takes `{}`, which is reserved in `{}`", own.who.stage, host.name, zone.name);
    let diagnostic = Diagnostic::error(DNS013, title).at_spans(&host.spans, "not this stage's own");
    let diagnostic = match written {
        Some((name, spans)) => match spans.first() {
            Some(span) => diagnostic.context(*span, "reserved here"),
            None => diagnostic.note(format!("`reserved_hosts` names `{name}`")),
        },
        None if label.is_empty() => diagnostic.note("the zone's own name is never that of a stage such as this"),
        None => diagnostic.note("`www` and `mail` are never those of a stage such as this"),
    };
    findings.push(diagnostic.help(way_out(own, host)));
}

/// Whether a name is another one, or below it.
fn lies_in(name: &str, above: &str) -> bool {
    below(name, above).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::claim::{Who, Zone};
    use crate::manifest::Provider;

    /// Claims of a stage, by component; of a layer for many stages where `patterns` are given.
    fn claims(stage: &str, patterns: &[&str], is_permanent: bool, hosts: &[(&str, &[&str])]) -> Claims {
        let host = |component: &str, (i, name): (usize, &&str)| Host {
            name: (*name).to_owned(),
            zone: Some("x.io".to_owned()),
            component: component.to_owned(),
            id: component.to_owned(),
            setting: format!("aliases.a{i}"),
            spans: Vec::new(),
        };
        let hosts =
            hosts.iter().flat_map(|(component, names)| names.iter().enumerate().map(|name| host(component, name)));
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let zone = Zone {
            name: "x.io".to_owned(),
            provider: Provider::Cloudflare,
            record_limit: None,
            dnssec: false,
            caa: Vec::new(),
            reserved: vec![("status".to_owned(), Vec::new()), ("old.x.io".to_owned(), Vec::new())],
            ephemeral_stages: 10,
            spans: Vec::new(),
        };
        Claims {
            who: Who { stage: stage.to_owned(), layer: stage.to_owned(), patterns, is_permanent },
            project: "shop".to_owned(),
            account: None,
            zones: vec![zone],
            hosts: hosts.collect(),
            certificates: Vec::new(),
            validations: BTreeMap::new(),
            is_whole: true,
        }
    }

    fn told(findings: &Diagnostics) -> Vec<String> {
        findings.all().iter().map(|d| format!("{}: {}", d.code.id, d.title)).collect()
    }

    #[test]
    fn a_name_belongs_to_one_component_once() {
        let found = |components: &[(&str, &[&str])]| {
            let mut findings = Diagnostics::default();
            own_twice(&claims("production", &[], true, components), &mut findings);
            told(&findings)
        };
        assert_eq!(found(&[("A", &["x.io", "*.x.io"]), ("B", &["www.x.io"])]), Vec::<String>::new());
        assert_eq!(
            found(&[("A", &["x.io"]), ("B", &["a.io", "x.io"])]),
            ["DNS004: `B` and `A` are both served under `x.io`"]
        );
        assert_eq!(
            found(&[("A", &["x.io", "a.io", "x.io"])]),
            ["DNS004: `aliases.a0` and `aliases.a2` of `A` are both `x.io`"]
        );
    }

    #[test]
    fn a_name_belongs_to_one_stage() {
        let found = |own: &Claims, other: &Claims| {
            let mut findings = Diagnostics::default();
            check(own, &[other], &mut findings);
            told(&findings)
        };
        let production = claims("production", &[], true, &[("Web", &["www.x.io"])]);
        let staging = claims("staging", &[], true, &[("Site", &["www.x.io"])]);
        let both = ["DNS004: the stages `production` and `staging` are both served under `www.x.io`"];
        assert_eq!(found(&production, &staging), both);
        assert_eq!(found(&staging, &production), both, "the same, whichever is compiled");
        let other = claims("staging", &[], true, &[("Site", &["*.x.io", "staging.x.io"])]);
        assert_eq!(found(&production, &other), Vec::<String>::new(), "a wildcard is another name");
        let demo = claims("demo", &[], false, &[("Web", &["www.x.io"])]);
        let taken = "DNS013: `demo` takes `www.x.io`, which is `aliases.a0` of `Web` on `production`";
        assert_eq!(found(&demo, &production), [taken]);
        assert_eq!(found(&production, &demo), Vec::<String>::new(), "what stays has the first right");
        let another = claims("trial", &[], false, &[("Web", &["www.x.io"])]);
        let both = ["DNS004: the stages `demo` and `trial` are both served under `www.x.io`"];
        assert_eq!(found(&demo, &another), both);
    }

    #[test]
    fn some_names_are_no_previews() {
        let found = |stage: &str, patterns: &[&str], name: &str| {
            let mut findings = Diagnostics::default();
            check(&claims(stage, patterns, false, &[("Web", &[name])]), &[], &mut findings);
            told(&findings).into_iter().map(|told| told.contains("reserved")).collect::<Vec<_>>() == [true]
        };
        for (name, of_a_pattern, of_a_layer) in [
            ("x.io", true, false),
            ("www.x.io", true, false),
            ("mail.x.io", true, false),
            ("pr-1.x.io", false, false),
            ("www.pr-1.x.io", false, false),
            ("status.x.io", true, true),
            ("pr-1.status.x.io", true, true),
            ("old.x.io", true, true),
            ("mystatus.x.io", false, false),
        ] {
            assert_eq!(found("pr-1", &["pr-*"], name), of_a_pattern, "{name}");
            assert_eq!(found("demo", &[], name), of_a_layer, "{name}");
        }
    }
}
