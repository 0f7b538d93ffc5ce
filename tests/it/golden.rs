//! Goldens: what a committed project compiles to is what is committed, byte for byte.

use std::collections::BTreeMap;

use reggie_cfn::compile::zones;
use reggie_cfn::dns::claims::FOLDER;

use crate::support::{
    UPDATE, bootstraps, committed_stages, compiled, goldens, names, paths_below, project_of, projects, root, shown,
    updating,
};

#[test]
fn committed_output_is_what_the_manifests_compile_to() {
    for (folder, stage) in goldens() {
        let compiled = compiled(&project_of(&folder), &stage);
        let out = folder.join("out").join(&stage);
        if updating() {
            for name in paths_below(&out).iter().filter(|name| !compiled.files.contains_key(*name)) {
                std::fs::remove_file(out.join(name)).unwrap();
            }
            for (name, text) in &compiled.files {
                std::fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
                std::fs::write(out.join(name), text).unwrap();
            }
        }
        let which = shown(&folder, &stage);
        let committed = paths_below(&out);
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
fn committed_bootstraps_are_what_the_manifests_compile_to() {
    let all = bootstraps();
    for (folder, made) in &all {
        let out = folder.join("out").join(reggie_cfn::bootstrap::FOLDER);
        let which = shown(folder, reggie_cfn::bootstrap::FOLDER);
        let mut files = made.files.clone();
        // The scripts that all stages share are the same for every project, and stand where people deploy: not in the test projects.
        if !folder.starts_with(root().join("tests")) {
            files.extend(reggie_cfn::emit::shared_scripts());
        }
        if updating() {
            files.iter().for_each(|(name, text)| std::fs::write(out.join(name), text).unwrap());
        }
        let mut committed = names(&out);
        committed.sort();
        assert!(files.keys().eq(&committed), "{which}: {committed:?} are not {:?}", files.keys());
        for (name, text) in &files {
            let committed = std::fs::read_to_string(out.join(name)).unwrap();
            let diff = || similar::TextDiff::from_lines(&committed, text).unified_diff().to_string();
            assert!(committed == *text, "{which}: {name} is stale; `{UPDATE}=1 cargo test golden`\n{}", diff());
        }
    }
    let files: Vec<_> = all.iter().map(|(_, made)| made.files.len()).collect();
    assert!(files.len() >= 2 && files.contains(&2), "this project's, and one of two regions: {files:?}");
}

#[test]
fn committed_zones_are_what_the_manifests_compile_to() {
    let mut plans = 0;
    for folder in projects() {
        let project = project_of(&folder);
        // Whichever stage is compiled first: each asks all others.
        let by = |stage: &String| {
            let project = project_of(&folder);
            compiled(&project, stage);
            zones(&project)
        };
        let stages = committed_stages(&folder);
        stages.iter().for_each(|stage| drop(compiled(&project, stage)));
        let made = zones(&project).unwrap_or_default();
        for alone in stages.iter().filter_map(by) {
            assert_eq!(made, alone, "{}", folder.display());
        }
        let out = folder.join("out").join(FOLDER);
        if updating() {
            let _ = std::fs::remove_dir_all(&out);
            for (zone, files) in &made {
                std::fs::create_dir_all(out.join(zone)).unwrap();
                files.iter().for_each(|(name, text)| std::fs::write(out.join(zone).join(name), text).unwrap());
            }
        }
        let files = made
            .iter()
            .flat_map(|(zone, files)| files.iter().map(move |(name, text)| (format!("{zone}/{name}"), text)));
        let files: BTreeMap<String, &String> = files.collect();
        let which = shown(&folder, FOLDER);
        let committed = if out.exists() { paths_below(&out) } else { Vec::new() };
        assert!(files.keys().eq(&committed), "{which}: {committed:?} are not {:?}", files.keys());
        for (name, text) in files {
            let committed = std::fs::read_to_string(out.join(&name)).unwrap();
            let diff = || similar::TextDiff::from_lines(&committed, text).unified_diff().to_string();
            assert!(committed == *text, "{which}: {name} is stale; `{UPDATE}=1 cargo test golden`\n{}", diff());
            plans += usize::from(name.ends_with("/plan.yaml"));
        }
    }
    assert!(plans > 0, "one of a project whose stages share something");
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
fn every_kind_has_a_project_that_teaches_it() {
    for kind in reggie_cfn::component::KINDS {
        let named = |folder: &std::path::Path| {
            let name = folder.file_name().unwrap().to_str().unwrap();
            name.split_once('-').is_some_and(|(number, rest)| {
                number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) && rest == kind.name.replace('_', "-")
            })
        };
        let project = projects().into_iter().find(|folder| named(folder));
        let project = project.unwrap_or_else(|| panic!("`{}` needs a project in tests/projects/", kind.name));
        for stage in committed_stages(&project) {
            let components = compiled(&project_of(&project), &stage).model.components;
            assert!(
                components.values().any(|c| c.kind.name == kind.name),
                "{} has no {}",
                project.display(),
                kind.name
            );
        }
    }
}
