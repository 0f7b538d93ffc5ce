//! The sections of the architecture document, and which tests show each; the README says the same to people.

use std::collections::{BTreeMap, BTreeSet};

use super::read;
use crate::support::{names, root};

/// How a section of the document is shown.
enum Shown {
    /// By these tests on the compiled output.
    By(&'static [&'static str]),
    /// In part; the rest is of others.
    InPart(&'static [&'static str]),
}
use Shown::{By, InPart};

/// Every section of the document, in its order.
const SECTIONS: &[(&str, Shown)] = &[
    ("Technology stack", InPart(&["everything_runs_in_singapore_on_node_22_and_arm64"])),
    ("Permanent stages", By(&["three_stages_stay_and_previews_come_and_go", "hosts_are_those_of_the_document"])),
    (
        "Ephemeral stages",
        By(&[
            "a_branch_is_a_stage_by_its_slug",
            "a_preview_has_nothing_of_its_own_that_can_be_shared",
            "the_names_of_long_branches_fit_and_stay_apart",
            "hosts_are_those_of_the_document",
        ]),
    ),
    ("Resource protection", By(&["three_stages_stay_and_previews_come_and_go"])),
    (
        "API service function",
        By(&["the_api_is_a_function_of_two_minutes", "the_environment_of_the_api_is_that_of_the_document"]),
    ),
    (
        "Next.js functions",
        By(&[
            "the_site_is_next_js_on_functions",
            "one_server_is_kept_warm_where_people_are",
            "the_server_is_told_what_the_document_lists",
            "the_build_is_told_public_values_of_its_stage",
        ]),
    ),
    (
        "CloudFront distribution",
        By(&["each_host_has_a_distribution", "files_are_kept_at_the_edge_and_answers_of_the_api_are_not"]),
    ),
    ("API Gateway", By(&["no_gateway_stands_before_it", "behind_an_http_api_two_minutes_are_an_error"])),
    ("Router", By(&["each_host_has_a_distribution", "no_host_is_a_wildcard", "www_leads_to_the_apex_on_prod_only"])),
    ("Cloudflare DNS", InPart(&["records_are_those_expected", "a_zone_that_is_not_signed_stops_every_stage"])),
    (
        "SSL/TLS certificates",
        By(&[
            "certificates_cover_their_hosts",
            "the_shared_stage_is_one_certificate",
            "what_is_two_labels_deep_cannot_be_proxied",
        ]),
    ),
    ("LTA DataMall", InPart(&["what_others_run_is_named_and_never_made"])),
    ("Gemini", InPart(&["what_others_run_is_named_and_never_made"])),
    ("QStash", InPart(&["workflows_are_started_on_stages_that_stay", "both_texts_of_the_schedule_are_told"])),
    ("PostgreSQL database", InPart(&["what_others_run_is_named_and_never_made"])),
    ("Redis cache", InPart(&["what_others_run_is_named_and_never_made"])),
    ("Social media", InPart(&["what_others_run_is_named_and_never_made"])),
    (
        "Infrastructure deployment",
        By(&["each_stage_is_isolated_and_its_names_begin_with_it", "logs_stay_as_long_as_each_stage_says"]),
    ),
    ("Resource naming", By(&["each_stage_is_isolated_and_its_names_begin_with_it"])),
    ("Logging", By(&["logs_stay_as_long_as_each_stage_says"])),
    ("Alarms", By(&["errors_slow_answers_memory_and_timeouts_raise_alarms", "the_team_and_its_room_hear_of_alarms"])),
    ("Health checks", InPart(&["the_health_of_prod_is_asked_from_outside"])),
    ("Application metrics", InPart(&["workflows_that_fail_are_counted"])),
    ("HTTPS everywhere", By(&["https_is_all_there_is"])),
    (
        "API security",
        InPart(&["the_api_keeps_its_bearer_token", "only_prods_own_pages_may_call_the_api_from_a_browser"]),
    ),
    ("Secrets management", By(&["secrets_are_resolved_when_deployed"])),
    (
        "Access control",
        By(&[
            "roles_may_do_what_their_function_needs",
            "the_api_may_stand_in_a_network",
            "a_firewall_may_stand_before_both_hosts",
            "no_stage_has_what_is_optional",
        ]),
    ),
    ("Database backups", InPart(&["data_of_ones_own_may_be_backed_up_twice"])),
    ("Infrastructure recovery", By(&["each_stage_is_isolated_and_its_names_begin_with_it"])),
    ("Service recovery", InPart(&["a_second_region_may_answer_reads", "the_health_of_prod_is_asked_from_outside"])),
];

/// The first cells of the table below a heading of the README.
fn rows(readme: &str, heading: &str) -> Vec<String> {
    let below = readme.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}")).1;
    let section = below.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.filter(|cell| !cell.starts_with('-')).skip(1).map(str::to_owned).collect()
}

#[test]
fn every_section_is_shown_or_named_as_outside() {
    let readme = read("README.md");
    let here: BTreeSet<String> = rows(&readme, "What the document says, and where it is").into_iter().collect();
    let outside: BTreeSet<String> = rows(&readme, "What lies outside").into_iter().collect();
    for (section, shown) in SECTIONS {
        let (is_here, is_outside) = (here.contains(*section), outside.contains(*section));
        let expected = match shown {
            By(_) => (true, false),
            InPart(_) => (true, true),
        };
        assert_eq!((is_here, is_outside), expected, "README.md: {section}");
    }
    let known: BTreeSet<&str> = SECTIONS.iter().map(|(section, _)| *section).collect();
    for row in here.iter().chain(&outside) {
        assert!(known.contains(row.as_str()), "README.md names a section that the document does not have: {row}");
    }
}

/// The tests that are named are there, and none is forgotten.
#[test]
fn each_section_names_tests_that_are_there() {
    let folder = root().join("tests/it/sgcarstrends");
    let mut tests = BTreeMap::new();
    for file in names(&folder).into_iter().filter(|file| file != "document.rs") {
        let text = std::fs::read_to_string(folder.join(&file)).unwrap();
        for test in text.split("#[test]\nfn ").skip(1) {
            tests.insert(test.split('(').next().unwrap().to_owned(), file.clone());
        }
    }
    let mut named = BTreeSet::new();
    for (section, shown) in SECTIONS {
        let (By(of) | InPart(of)) = shown;
        assert!(!of.is_empty(), "{section}");
        for test in *of {
            assert!(tests.contains_key(*test), "{section}: there is no test {test}");
            named.insert((*test).to_owned());
        }
    }
    // That one is of this page, not of a section.
    named.insert("differences_are_told".to_owned());
    let forgotten: Vec<_> = tests.iter().filter(|(test, _)| !named.contains(*test)).collect();
    assert!(forgotten.is_empty(), "tests that show no section: {forgotten:?}");
}
