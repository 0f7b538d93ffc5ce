//! Who owns which name: what is read of stages that are not compiled, and the files of zones.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::claim::ANY;
use reggie_cfn::compile::{claims, compile};
use reggie_cfn::component::KINDS;
use reggie_cfn::diag::{Diagnostic, Diagnostics, Severity};
use reggie_cfn::dns::claims::ZoneFile;
use reggie_cfn::dns::hosts;
use reggie_cfn::overlay::choose;
use reggie_cfn::render::Renderer;
use reggie_cfn::stage::stage_name;

use crate::scratch::{PRODUCTION, Scratch};
use crate::support::{compiled, deployed, layers, names, project, project_of, root};

#[test]
fn what_is_read_of_a_stage_is_what_it_compiles_to() {
    let (mut stages, mut previews, mut answering) = (0, 0, BTreeSet::new());
    for (folder, stage) in deployed() {
        let project = project_of(&folder);
        let compiled = compiled(&project, &stage);
        let layer = compiled.layers.last().unwrap();
        let read = claims(&project_of(&folder));
        let read = read.iter().find(|claims| claims.who.layer == *layer).unwrap();
        assert!(read.is_whole, "{} {stage}", folder.display());
        let offers = |(_, n): &(&String, &reggie_cfn::component::Neighbour)| {
            !n.interface.hosts.is_empty() || !n.interface.certificates.is_empty()
        };
        for (name, neighbour) in compiled.lowered.neighbours.iter().filter(offers) {
            assert!(neighbour.kind.answers, "{name} of {} {stage}", folder.display());
            answering.insert(neighbour.kind.name);
        }
        if read.who.is_named() {
            // Those of a stage that was compiled are its own; none are kept of one that claims nothing.
            let own = project.claims.borrow().get(layer).cloned();
            match own {
                Some(own) => assert_eq!(*own, **read, "{} {stage}", folder.display()),
                None => assert!(read.is_empty(), "{} {stage}", folder.display()),
            }
            stages += 1;
            continue;
        }
        let own = hosts(&compiled.model, &compiled.lowered);
        let own: Vec<(String, String)> = own.iter().map(|host| (host.id(), host.claim.name.value.clone())).collect();
        let of = |host: &reggie_cfn::claim::Host| (host.id.clone(), host.name.replace(ANY, &stage));
        assert_eq!(own, read.hosts.iter().map(of).collect::<Vec<_>>(), "{} {stage}", folder.display());
        previews += usize::from(!own.is_empty());
    }
    assert!(stages > 20 && previews > 1, "{stages} stages, {previews} previews with hosts");
    assert_eq!(answering, KINDS.iter().filter(|kind| kind.answers).map(|kind| kind.name).collect());
}

const SHOWN: &str = "examples/sgcarstrends";

/// The names of a thousand previews: requests, and branches as people name them, some to look like the hosts of others.
fn thousand() -> Vec<String> {
    let requests = (1..=700).map(|number| format!("pr-{number}"));
    let words = ["auth", "api", "api-pr-1", "www", "mail", "pr-1-api", "dev", "api.dev", "prod", "staging"];
    let branches = (0..300).map(|i| {
        let word = words[i % words.len()];
        stage_name(&format!("feature/{word}/{}{i}", "x".repeat(i / 60)))
    });
    requests.chain(branches).collect()
}

/// No two stages answer to one name. The compiler proves it by patterns, for every name that fits; here a thousand are written out.
#[test]
fn hosts_of_a_thousand_previews_are_disjoint() {
    let project = project_of(&root().join(SHOWN));
    // Each of these is compared with all others while it is compiled.
    let named = ["prod", "staging", "dev"];
    for stage in named.into_iter().chain(["pr-1", "pr-123", "feature/auth"]) {
        compiled(&project, stage);
    }
    let read = claims(&project);
    let all: Vec<(&str, Vec<&str>)> =
        read.iter().map(|c| (c.who.stage.as_str(), c.hosts.iter().map(|host| host.name.as_str()).collect())).collect();
    let previews: Vec<&str> = all.iter().find(|(stage, _)| *stage == ANY).unwrap().1.clone();
    assert!(previews.len() >= 2 && previews.iter().all(|host| host.contains(ANY)), "{previews:?}");
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut own = |host: String, stage: &str| {
        let other = owners.insert(host.clone(), stage.to_owned());
        assert_eq!(other, None, "{host} is that of {stage} too");
    };
    for (stage, hosts) in all.iter().filter(|(stage, _)| *stage != ANY) {
        hosts.iter().for_each(|host| own((*host).to_owned(), stage));
    }
    let thousand = thousand();
    assert_eq!(thousand.iter().collect::<BTreeSet<_>>().len(), 1000);
    for stage in &thousand {
        let chosen = choose(&project, stage, &project.origins.clone(), &mut Diagnostics::default());
        assert_eq!(chosen.unwrap_or_else(|| panic!("{stage}")).layers.last().unwrap().name, "previews");
        previews.iter().for_each(|host| own(host.replace(ANY, stage), stage));
    }
    assert_eq!(
        owners.len(),
        1000 * previews.len() + all.iter().filter(|(s, _)| *s != ANY).map(|(_, h)| h.len()).sum::<usize>()
    );
    // What is compiled is what was written out.
    for stage in ["pr-1", "pr-700", &thousand[999]] {
        let compiled = compiled(&project, stage);
        let hosts: BTreeSet<String> =
            hosts(&compiled.model, &compiled.lowered).iter().map(|host| host.claim.name.value.clone()).collect();
        assert_eq!(hosts, previews.iter().map(|host| host.replace(ANY, stage)).collect(), "{stage}");
    }
}

/// Hosts that would meet are found by their patterns, whichever names there are.
#[test]
fn hosts_of_previews_that_meet_are_refused() {
    let met = |from: &str, to: &str, stage: &str| {
        let mut files = layers(&root().join(SHOWN));
        let base = files.iter_mut().find(|(name, _)| name == "base.yaml").unwrap();
        assert!(base.1.contains(from), "{from}");
        base.1 = base.1.replace(from, to);
        let mut findings = Diagnostics::default();
        let project = project(&files);
        let made = compile(&project, stage, &Renderer::new(), &mut findings);
        assert_eq!(made.is_none(), findings.has_errors(), "{to}");
        let of = |finding: &Diagnostic| (finding.severity, finding.code.id);
        findings.all().iter().map(of).collect::<BTreeSet<_>>()
    };
    let api = "api_host: api-${stage}.${zone.name}";
    // The API of `pr-1` would be the site of `pr-1-api`; one name would be that of all previews; and one is that of staging.
    assert!(met(api, "api_host: ${stage}-api.${zone.name}", "pr-1-api").contains(&(Severity::Error, "DNS014")));
    assert!(met(api, "api_host: ${stage}-api.${zone.name}", "pr-1").contains(&(Severity::Warning, "DNS014")));
    assert!(met(api, "api_host: api.${zone.name}", "pr-1").contains(&(Severity::Error, "DNS013")));
    assert!(
        met("web_host: ${stage}.${zone.name}", "web_host: staging.${zone.name}", "pr-1")
            .contains(&(Severity::Error, "DNS013"))
    );
}

#[test]
fn the_file_of_a_zone_reads_back() {
    let path = root().join("tests/projects/25-zones/out/_zones/market.example/claims.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let file = ZoneFile::read(&text).unwrap();
    assert!(text.ends_with(&file.text()), "{}", file.text());
    assert_eq!(file.owners, ["market/production", "market/staging"]);
    assert_eq!(file.patterns.len(), 2);
    assert_eq!(file.layers["preview"], ["pr-*"]);
    assert_eq!(ZoneFile::read(&text.replace("dns-claims/1", "dns-claims/9")), None, "another version");
    assert_eq!(ZoneFile::read("hosts: ["), None);
}

// The command.

const BASE: &str = "project: shop
region: eu-west-2
zone: {name: shop.example, provider: cloudflare}
components:
  Handler: {type: function, runtime: nodejs22.x, zip: {path: dist, handler: index.handler}}
  Api: {type: http_api, routes: {$default: Handler}, host: \"${stage}.shop.example\"}
";
const FILE: &str = "out/_zones/shop.example/claims.yaml";

fn staging() -> String {
    PRODUCTION.replace("stage: production", "stage: staging")
}

fn shop() -> Scratch {
    let preview = "match: [\"pr-*\"]\n";
    Scratch::new(&[
        ("base.yaml", BASE),
        ("production.yaml", PRODUCTION),
        ("staging.yaml", &staging()),
        ("preview.yaml", preview),
    ])
}

#[test]
fn the_files_of_zones_are_the_same_whichever_stage_is_built() {
    let project = shop();
    project.run(&["build"]).ends(0).gives("out/_zones/shop.example: 2 files changed\n");
    let all = project.read(FILE);
    for stage in ["production", "staging", "pr-1"] {
        std::fs::remove_dir_all(project.path().join("out/_zones")).unwrap();
        project.run(&["build", stage]).ends(0);
        assert_eq!(project.read(FILE), all, "{stage}");
    }
    let again = project.run(&["build"]).ends(0);
    assert!(!again.data.contains("_zones"), "{}", again.data);
    project.run(&["check"]).ends(0);
}

#[test]
fn check_compares_the_files_of_zones() {
    let project = shop();
    project.run(&["build"]).ends(0);
    let fresh = project.read(FILE);
    project.write(FILE, fresh.replace("staging.shop", "stale.shop"));
    project.run(&["check", "production"]).ends(3).gives(&format!("+++ b/{FILE}")).gives("1 file is not");
    project.run(&["check", "pr-1"]).ends(3);
    std::fs::remove_dir_all(project.path().join("out/_zones")).unwrap();
    project.run(&["check"]).ends(3).gives("--- /dev/null");
    project.run(&["check", "pr-1"]).ends(0);
}

#[test]
fn a_zone_that_is_gone_takes_its_files_along() {
    let project = shop();
    project.run(&["build"]).ends(0);
    project.write("out/_zones/shop.example/notes.md", "because");
    project.write("environments/base.yaml", BASE.replace("shop.example", "market.example"));
    project.run(&["check"]).ends(3).gives(&format!("--- a/{FILE}"));
    project.run(&["build"]).ends(0);
    assert!(!project.path().join(FILE).exists());
    assert_eq!(project.read("out/_zones/shop.example/notes.md"), "because", "what is not ours stays");
    std::fs::remove_file(project.path().join("out/_zones/shop.example/notes.md")).unwrap();
    project.run(&["check"]).ends(0);
    project.write("environments/base.yaml", BASE);
    project.run(&["build"]).ends(0);
    assert!(!names(&project.path().join("out/_zones")).contains(&"market.example".to_owned()), "an empty folder goes");
}

#[test]
fn a_stage_that_cannot_be_read_leaves_them_as_they_are() {
    let project = shop();
    project.run(&["build"]).ends(0);
    let before = project.read(FILE);
    // Nothing is wrong with the layer alone.
    project.write(
        "environments/staging.yaml",
        staging() + "components: {Api: {host: \"${values.nothing}.shop.example\"}}\n",
    );
    project.run(&["build", "production"]).ends(0);
    assert_eq!(project.read(FILE), before);
    project.run(&["build", "staging"]).ends(1).says("REF002");
}

#[test]
fn nothing_is_asked_where_nothing_is_claimed() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    assert!(!project.path().join("out/_zones").exists());
}

#[test]
fn two_names_of_one_stage_are_not_built_together() {
    let preview = "match: [\"feature-*\"]\n";
    let project = Scratch::new(&[("base.yaml", BASE), ("production.yaml", PRODUCTION), ("preview.yaml", preview)]);
    let both = project.run(&["build", "feature/auth", "feature-auth"]).ends(1);
    both.says("DNS012").says("`feature/auth` and `feature-auth` are one stage, `feature-auth`");
    assert!(!project.path().join("out").exists());
    project.run(&["build", "feature/auth", "feature/login"]).ends(0);
    assert_eq!(names(&project.path().join("out")).len(), 4, "two stages, what all share, and zones");
    // Two long names that begin alike are two stages.
    let long = |end: &str| format!("feature/{}-{end}", "long-".repeat(8));
    project.run(&["build", &long("one"), &long("two")]).ends(0);
    assert_eq!(names(&project.path().join("out")).len(), 6);
}
