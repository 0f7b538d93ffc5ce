//! Goldens: what a committed project compiles to is what is committed, byte for byte.

use crate::support::{UPDATE, committed_stages, compiled, goldens, names, project_of, projects, shown, updating};

#[test]
fn committed_output_is_what_the_manifests_compile_to() {
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        let out = folder.join("out").join(&stage);
        if updating() {
            for name in names(&out).iter().filter(|name| !compiled.files.contains_key(*name)) {
                std::fs::remove_file(out.join(name)).unwrap();
            }
            for (name, text) in &compiled.files {
                std::fs::write(out.join(name), text).unwrap();
            }
        }
        let which = shown(&folder, &stage);
        let mut committed = names(&out);
        committed.sort();
        assert!(compiled.files.keys().eq(&committed), "{which}: {committed:?} are not {:?}", compiled.files.keys());
        for (name, text) in &compiled.files {
            let committed = std::fs::read_to_string(out.join(name)).unwrap();
            if committed != *text {
                let diff = similar::TextDiff::from_lines(&committed, text).unified_diff().to_string();
                panic!("{which}: {name} is stale; look, then `{UPDATE}=1 cargo test golden`\n{diff}");
            }
        }
    }
}

#[test]
fn every_permanent_stage_is_committed() {
    for folder in projects() {
        let project = project_of(&folder);
        let committed = committed_stages(&folder);
        for stage in project.permanent_stages() {
            assert!(committed.iter().any(|s| s == stage), "{}: out/{stage} is missing", folder.display());
        }
    }
}

#[test]
fn test_projects_use_every_kind() {
    let mut seen = std::collections::BTreeSet::new();
    for (folder, stage) in goldens() {
        seen.extend(compiled(&project_of(&folder), &stage).model.components.values().map(|c| c.kind.name));
    }
    let kinds: std::collections::BTreeSet<&str> = reggie_cfn::component::KINDS.iter().map(|k| k.name).collect();
    assert_eq!(seen, kinds, "a new kind needs a project in tests/projects/");
}
