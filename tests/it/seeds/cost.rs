//! The document's cost estimate beside ours: its own scope line by line at the prices of us-east-1, what it leaves out, and what the stage costs where it
//! stands.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use reggie_cfn::cost::{Estimate, Line, Range, estimated, render};

use crate::support::{compiled, project_of, root};

/// A line of the document, what of ours it is about, and why the figures differ.
struct Of {
    line: &'static str,
    says: &'static str,
    note: &'static str,
    is_about: fn(&Line) -> bool,
    why: &'static str,
}

const DOCUMENT: &[Of] = &[
    Of {
        line: "Aurora Serverless v2",
        says: "~$43",
        note: "0.5 ACU minimum",
        is_about: |line| line.what == "Database capacity",
        why: "0.5 ACU for 730 hours at 0.12 is the low end; the high end is what the cluster needs under load",
    },
    Of {
        line: "EC2 NAT (2x)",
        says: "~$8",
        note: "t4g.nano instances",
        is_about: |line| line.what.starts_with("Instance "),
        why: "two of them for 730 hours at 0.0042, and nothing else; with their disks, below, it would be 7.41",
    },
    Of {
        line: "Lambda",
        says: "~$1-5",
        note: "Pay per invocation",
        is_about: |line| line.what.starts_with("Function "),
        why: "by the declared calls",
    },
    Of {
        line: "API Gateway",
        says: "~$1",
        note: "Pay per request",
        is_about: |line| line.what == "API requests",
        why: "by the declared requests; a million is 1.00",
    },
    Of {
        line: "CloudFront",
        says: "~$1",
        note: "Pay per request",
        is_about: |line| line.what.starts_with("CloudFront "),
        why: "by the declared requests and traffic, from the first that is paid",
    },
    Of {
        line: "S3",
        says: "~$1",
        note: "Static assets",
        is_about: |line| line.what.starts_with("Bucket "),
        why: "by the declared storage and requests",
    },
];

/// What the document leaves out, by the beginning of our words for it.
const OMITTED: &[(&str, &str)] = &[
    ("Public IPv4 address", "each NAT instance has one, and AWS charges for all since February 2024"),
    ("Disk ", "the instances' own"),
    ("Internet traffic", "what leaves by the NAT instances and the API"),
    ("Database storage", "the cluster's own"),
    ("Database disk requests", "of Aurora Standard"),
    ("Database backups", "beyond the size of the cluster"),
    ("Secret", "the login of the database, and reading it"),
    ("Logs ", "of functions and of the API"),
    ("Route metrics", "of the API, detailed"),
    ("Queue requests", "of the sites' revalidation"),
    ("Table ", "of the sites' tags"),
];

fn sum<'l>(lines: impl Iterator<Item = &'l Line>) -> Range {
    lines.filter_map(|line| line.amount).fold(Range::default(), Range::plus)
}

/// The document's scope, and all of it.
fn at(region: &str) -> Estimate {
    let compiled = compiled(&project_of(&root()), "production");
    estimated(&compiled.model, &compiled.linked, &compiled.origins, region)
}

#[test]
fn the_documents_costs_line_by_line() {
    let estimate = at("us-east-1");
    let lines = || estimate.lines.iter();
    assert!(lines().all(|line| line.amount.is_some()), "every line has a figure: {:#?}", estimate.lines);
    let mut out = String::from("The document's own scope at the prices of us-east-1, USD a month:\n\n");
    let mut scope = Range::default();
    for of in DOCUMENT {
        let ours = sum(lines().filter(|line| (of.is_about)(line)));
        assert!(ours.high > 0.0, "{} has no line of ours", of.line);
        scope = scope.plus(ours);
        let _ = writeln!(out, "{}: {} ({})\n  ours {}: {}", of.line, of.says, of.note, render::amount(ours), of.why);
        for line in lines().filter(|line| (of.is_about)(line)) {
            let amount = line.amount.map(render::amount).unwrap_or_default();
            let _ = writeln!(out, "    {} {}, {} = {amount}", line.component, line.what, render::product(line));
        }
    }
    let _ = writeln!(out, "Total: ~$55/stage\n  ours {}\n\nWhat it leaves out:\n", render::amount(scope));
    let (mut rest, mut told) = (Range::default(), BTreeSet::new());
    for (begins, why) in OMITTED {
        let of = || lines().filter(|line| line.what.starts_with(begins));
        assert!(of().next().is_some(), "{begins} is in no estimate");
        told.extend(of().map(|line| (&line.component, &line.what)));
        rest = rest.plus(sum(of()));
        let _ = writeln!(out, "{}: {}, {why}", begins.trim_end(), render::amount(sum(of())));
    }
    // Each line is in one of both lists.
    for line in lines() {
        let in_scope = DOCUMENT.iter().filter(|of| (of.is_about)(line)).count();
        let is_omitted = usize::from(told.contains(&(&line.component, &line.what)));
        assert_eq!(in_scope + is_omitted, 1, "{} {}", line.component, line.what);
    }
    let whole = scope.plus(rest);
    assert!((whole.low - estimate.total.low).abs() < 1e-9 && (whole.high - estimate.total.high).abs() < 1e-9);
    let here = at("eu-west-2").total;
    let _ = writeln!(out, "\nAll of it in us-east-1: {}", render::amount(estimate.total));
    let _ = writeln!(out, "All of it in eu-west-2, where the stage stands: {}", render::amount(here));
    insta::assert_snapshot!("the_documents_costs", out);
}

/// The two figures of the document that no assumption goes into.
#[test]
fn what_the_document_says_of_hours_is_so() {
    let estimate = at("us-east-1");
    let of = |what: &str| estimate.lines.iter().find(|line| line.what == what).and_then(|line| line.amount).unwrap();
    assert_eq!(render::money(of("Database capacity").low), "43.80");
    assert_eq!(render::amount(of("Instance t4g.nano")), "6.13");
}
