//! Who owns which name: what is read of stages that are not compiled, and the files of zones.

use std::collections::BTreeSet;

use reggie_cfn::claim::ANY;
use reggie_cfn::compile::claims;
use reggie_cfn::component::KINDS;
use reggie_cfn::dns::claims::ZoneFile;
use reggie_cfn::dns::hosts;

use crate::scratch::{PRODUCTION, Scratch};
use crate::support::{compiled, deployed, names, project_of, root};

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
