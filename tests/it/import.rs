//! The command `import`: the fixtures of `tests/import/`, as `transcripts` reads them. Their project is `tests/projects/27-leaving-sst/` with
//! the files of `tests/import/_shared/`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::scratch::Scratch;
use crate::support::{Seeded, json_of, layers, root};
use crate::transcripts::{Transcripts, copy, run};

const TRANSCRIPTS: Transcripts =
    Transcripts { folder: "tests/import", page: "docs/leaving-sst.md", project, names: &[], unseen: &[] };

/// The codes that fixtures show.
pub fn shown_codes() -> BTreeSet<String> {
    TRANSCRIPTS.shown_codes()
}

fn project() -> Scratch {
    let project = Scratch::new(&layers(&root().join("tests/projects/27-leaving-sst")));
    copy(&project, &root().join("tests/import/_shared"));
    project
}

#[test]
fn what_is_seen_is_as_expected() {
    TRANSCRIPTS.check();
}

#[test]
fn the_transcripts_of_the_page_are_true() {
    TRANSCRIPTS.page();
}

/// What is in the import template stands in the ordinary one, word for word: the deploy after the import changes none of it. What is not
/// there is no property that makes its resource anew.
#[test]
fn the_deploy_after_the_import_makes_nothing_anew() {
    let project = project();
    run(&project, "build production").ends(0);
    let ordinary = json_of(&project.read("out/production/data.yaml"));
    let every: Vec<String> = project.read("ids.yaml").lines().map(str::to_owned).collect();
    let mut random = Seeded(5);
    let mut taken = 0;
    for _ in 0..12 {
        let some: Vec<&str> = every.iter().filter(|_| random.next(3) > 0).map(String::as_str).collect();
        project.write("some.yaml", some.join("\n"));
        let ran = run(&project, "import production --ids some.yaml --format json");
        let has = |key: &str| some.iter().any(|line| line.starts_with(key));
        let whole = (!has("Db.Cluster") || has("Db.SubnetGroup")) && (!has("Db.Writer") || has("Db.Cluster"));
        if some.is_empty() || !whole {
            assert_ne!(ran.code, Some(0), "{some:?}");
            continue;
        }
        taken += 1;
        let page: Json = serde_json::from_str(&ran.ends(0).data).unwrap();
        let template = json_of(&project.read(page["stacks"][0]["template"].as_str().unwrap()));
        let list: Json =
            serde_json::from_str(&project.read(page["stacks"][0]["resources_to_import"].as_str().unwrap())).unwrap();
        let resources = template["Resources"].as_object().unwrap();
        assert_eq!((resources.len(), list.as_array().unwrap().len()), (some.len(), some.len()));
        assert!(template.get("Outputs").is_none() && template.get("Parameters").is_none());
        for (resource, of) in resources.iter().zip(page["stacks"][0]["resources"].as_array().unwrap()) {
            let (id, resource) = resource;
            assert_eq!(resource["DeletionPolicy"], "Retain");
            let whole = &ordinary["Resources"][id]["Properties"];
            for (name, value) in resource["Properties"].as_object().unwrap() {
                assert_eq!(value, &whole[name], "{id}.{name}");
            }
            let left: Vec<&String> = whole
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| resource["Properties"].get(name.as_str()).is_none())
                .collect();
            let frozen = of["must_match"].as_array().unwrap();
            assert!(left.iter().all(|name| !frozen.contains(&Json::from(name.as_str()))), "{id}: {left:?}");
        }
    }
    assert!(taken > 2, "only {taken} imports");
}

#[test]
fn a_refusal_leaves_what_was_there() {
    let project = project();
    run(&project, "import production --ids ids.yaml").ends(0);
    let before = project.read(".reggie-cfn/production/import/data.template.yaml");
    project.write("ids.yaml", "Db.Cluster: other\n");
    run(&project, "import production --ids ids.yaml").ends(1).says("CFN529");
    assert_eq!(project.read(".reggie-cfn/production/import/data.template.yaml"), before);
    for (file, text) in [("ids.yaml", "Db.Cluster: [\n"), ("ids.yaml", "\0"), ("ids.yaml", "")] {
        project.write(file, text);
        let ran = run(&project, "import production --ids ids.yaml").reads_well();
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
    }
    run(&project, "import production --ids ids.yaml --described ids.yaml").ends(2);
}
