//! What a distribution is served under, without a kind that has one.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::*;
use crate::component::{Common, Interface, StackId, StackName, kind};
use crate::diag::Diagnostics;
use crate::origin::{OriginId, Origins};
use crate::stage::{Lifetime, Removal, Stage};
use crate::value::Symbol;

fn setting<T>(value: T) -> Setting<T> {
    Setting::new(OriginId(0), value)
}

fn text(value: &str) -> Setting<String> {
    setting(value.to_owned())
}

/// A name as people write it in a test: `alias www.x.io Shared`.
struct Written(Role, String, Setting<String>, Option<Setting<String>>);

fn written(line: &str) -> Written {
    let mut words = line.split(' ');
    let (role, name, certificate) = (words.next().unwrap(), words.next().unwrap(), words.next());
    let role = match role {
        "host" => Role::Host,
        "alias" => Role::Alias,
        _ => Role::Redirect,
    };
    Written(role, line.split(' ').next().unwrap().to_owned(), text(name), certificate.map(text))
}

/// The certificate `Shared` in us-east-1.
fn shared(covers: &[&str]) -> Neighbour {
    let arn = Value::reference(OriginId(0), Symbol::Local { id: "UsEast1".to_owned(), attribute: None });
    let attributes =
        ["arn", certificate::US_EAST_1_ARN].map(|name| Attribute::open(name, arn.clone())).into_iter().collect();
    let covers = Some(covers.iter().map(|name| text(name)).collect());
    Neighbour {
        identity: "Shared".to_owned(),
        kind: kind("certificate").unwrap(),
        origin: OriginId(0),
        stack: StackId::in_us_east_1(StackName::Certificates),
        region: US_EAST_1.to_owned(),
        imported: false,
        links: Keyed::default(),
        interface: Interface { attributes, covers, ..Interface::default() },
    }
}

/// Calls `f` on the names and on a component `Web` of a project in eu-west-2, beside `Shared`; gives what was found.
fn with<T>(lines: &[&str], label: Option<&str>, f: impl FnOnce(&Hosts<'_>, &Context<'_>) -> T) -> (T, Vec<String>) {
    let lines: Vec<Written> = lines.iter().map(|line| written(line)).collect();
    let served = lines.iter().map(|Written(role, setting, name, certificate)| Served {
        role: *role,
        setting: setting.clone(),
        name,
        proxied: None,
        ttl: None,
        certificate: certificate.as_ref(),
    });
    let entrance = crate::part::host::Entrance::CloudFront;
    let hosts = Hosts { served: served.collect(), region: US_EAST_1.to_owned(), entrance, label };
    let origins = Origins::default();
    origins.add(crate::origin::Origin::Template { template: "a test", line: 1 });
    let (project, region, common, findings) = (text("p"), text("eu-west-2"), Common::default(), RefCell::default());
    let stage = Stage {
        name: text("production"),
        lifetime: setting(Lifetime::Permanent),
        removal: setting(Removal::Retain),
        protect: setting(true),
        account: None,
        sst_variables: None,
        secrets_from: text("production"),
    };
    let neighbours = BTreeMap::from([("Shared".to_owned(), shared(&["x.io", "*.x.io"]))]);
    let on = Context {
        name: "Web",
        origin: OriginId(0),
        kind: kind("http_api").unwrap(),
        chosen_stack: None,
        chosen_region: None,
        common: &common,
        code: None,
        project: &project,
        region: &region,
        stage: &stage,
        log_days: setting(30),
        secrets: &BTreeMap::new(),
        zones: &BTreeMap::new(),
        absent: &BTreeMap::new(),
        served_by: None,
        served: &BTreeMap::new(),
        watched: &BTreeMap::new(),
        neighbours: &neighbours,
        origins: &origins,
        findings: &findings,
    };
    let result = f(&hosts, &on);
    let found: Diagnostics = findings.into_inner();
    (result, found.all().iter().map(|d| format!("{}: {}", d.code.id, d.title)).collect())
}

/// What is wrong with names; that `check` says so.
fn complaints(lines: &[&str]) -> Vec<String> {
    let (fine, found) = with(lines, None, |hosts, on| hosts.check(on));
    assert_eq!(fine, found.is_empty(), "{found:?}");
    found
}

#[test]
fn names_of_a_distribution() {
    for lines in [
        &[][..],
        &["host x.io"],
        &["host x.io", "alias *.x.io", "redirect www.x.io"],
        &["host x.io Shared", "alias *.x.io", "redirect www.x.io"],
        &["host x.io Shared", "alias www.x.io Shared"],
    ] {
        assert_eq!(complaints(lines), Vec::<String>::new(), "{lines:?}");
    }
    for (lines, expected) in [
        (&["host *.x.io"][..], "DNS001: `host` of `Web` is `*.x.io`, which is no DNS name"),
        (&["host x.io", "redirect *.x.io"], "DNS001: `redirect` of `Web` is `*.x.io`, which is no DNS name"),
        (&["alias x.io"], "CFN308: `Web` has `alias`, but no `host`"),
        (&["redirect x.io"], "CFN308: `Web` has `redirect`, but no `host`"),
        (
            &["host x.io", "alias www.x.io Shared"],
            "CFN307: `alias` of `Web` names the certificate `Shared`, and `host` names none",
        ),
        (
            &["host x.io Shared", "redirect www.x.io Other"],
            "CFN307: `redirect` of `Web` names the certificate `Other`, and `host` names `Shared`",
        ),
        (&["host x.io Other"], "REF010: there is no component `Other` on this stage"),
        (
            &["host x.io Shared", "alias a.b.x.io", "redirect x.com"],
            "DNS008: `Shared` does not cover `a.b.x.io`, `alias` of `Web`",
        ),
        (&["host x.io Shared", "redirect x.com"], "DNS008: `Shared` does not cover `x.com`, `redirect` of `Web`"),
    ] {
        assert_eq!(complaints(lines).first().map(String::as_str), Some(expected), "{lines:?}");
    }
}

/// A certificate of one's own: one for all names, beside which nothing has to be named.
#[test]
fn a_certificate_is_made_where_none_is_named() {
    let made = |lines: &[&str], label: Option<&str>| {
        let (made, found) = with(lines, label, |hosts, on| {
            let attribute = hosts.attribute(on).map(|a| (a.name, a.value.kind));
            (hosts.fragments(on, "").pop(), attribute, hosts.certificate(on).map(|value| value.kind))
        });
        assert_eq!(found, Vec::<String>::new());
        made
    };
    let reference = |component: &str, attribute: &str| {
        let symbol = Symbol::Attribute { component: component.to_owned(), attribute: attribute.to_owned() };
        crate::value::Kind::Ref(symbol)
    };
    let local = |id: &str| crate::value::Kind::Ref(Symbol::Local { id: id.to_owned(), attribute: None });

    let (fragment, attribute, certificate) = made(&["host x.io", "alias www.x.io", "redirect x.com"], None);
    let fragment = fragment.unwrap();
    assert_eq!(fragment.template, "parts/certificate");
    assert_eq!(fragment.stack, StackId::in_us_east_1(StackName::Certificates));
    let plan = format!("{:?}", fragment.plan);
    let place = |name: &str| plan.find(name).unwrap_or_else(|| panic!("no {name} in {plan}"));
    assert!(place("x.io") < place("www.x.io") && place("www.x.io") < place("x.com"), "{plan}");
    assert_eq!(attribute, Some(("certificate_arn".to_owned(), local("Certificate"))));
    assert_eq!(certificate, Some(reference("Web", "certificate_arn")));

    let (_, attribute, certificate) = made(&["host x.io"], Some("main"));
    assert_eq!(attribute, Some(("certificate_arn_main".to_owned(), local("CertificateMain"))));
    assert_eq!(certificate, Some(reference("Web", "certificate_arn_main")));

    let (fragment, attribute, certificate) = made(&["host x.io Shared", "alias www.x.io"], None);
    assert!(fragment.is_none() && attribute.is_none());
    assert_eq!(certificate, Some(reference("Shared", certificate::US_EAST_1_ARN)));

    let (fragment, attribute, certificate) = made(&[], None);
    assert!(fragment.is_none() && attribute.is_none() && certificate.is_none());
}
