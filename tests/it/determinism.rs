//! Determinism: the same manifests give the same bytes, whatever surrounds the run.

use std::path::Path;
use std::process::Command;

use reggie_cfn::emit::Files;
use reggie_cfn::yaml::{self, Doc, Kind, Node, parse_template};

use crate::support::{Seeded, bootstrapped, compiled, goldens, layers, paths_below, project, project_of, root, shown};

/// The same document with the keys of every map in another order.
fn shuffled(node: Node, seeded: &mut Seeded) -> Doc {
    let doc = match node.kind {
        Kind::Null => Doc::Null,
        Kind::Bool(b) => Doc::Bool(b),
        Kind::Int(i) => Doc::Int(i),
        Kind::Float(x) => Doc::Float(x),
        Kind::Str(text) => Doc::Str(text),
        Kind::Seq(items) => Doc::Seq(items.into_iter().map(|item| shuffled(item, seeded)).collect()),
        Kind::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|e| (e.key, shuffled(e.value, seeded))).collect();
            seeded.shuffle(&mut entries);
            Doc::Map(entries)
        }
    };
    match node.tag {
        Some(tag) => Doc::Tagged(tag, Box::new(doc)),
        None => doc,
    }
}

fn files(project: &reggie_cfn::project::Project, stage: &str) -> Files {
    compiled(project, stage).files
}

#[track_caller]
fn same(one: &Files, other: &Files, when: &str) {
    assert!(one.keys().eq(other.keys()), "{when}: {:?} and {:?}", one.keys(), other.keys());
    for (name, text) in one {
        let diff = || similar::TextDiff::from_lines(text, &other[name]).unified_diff().to_string();
        assert!(*text == other[name], "{when}: {name} differs\n{}", diff());
    }
}

#[test]
fn shuffled_keys_change_nothing() {
    let mut moved = 0;
    for (folder, stage) in goldens() {
        let written = layers(&folder);
        let expected = files(&project(&written), &stage);
        for seed in 1..=3 {
            let mut seeded = Seeded(seed);
            let mut shuffle = |(name, text): &(String, String)| {
                let again = yaml::print(&shuffled(parse_template(text).unwrap(), &mut seeded));
                moved += usize::from(again != yaml::print(&shuffled(parse_template(text).unwrap(), &mut Seeded(0))));
                (name.clone(), again)
            };
            let layers: Vec<(String, String)> = written.iter().map(&mut shuffle).collect();
            same(&expected, &files(&project(&layers), &stage), &format!("{}, seed {seed}", shown(&folder, &stage)));
        }
    }
    assert!(moved > 20, "the generator moved too little: {moved}");
}

#[test]
fn files_in_another_order_change_nothing() {
    for (folder, stage) in goldens() {
        let mut written = layers(&folder);
        let expected = files(&project(&written), &stage);
        written.reverse();
        same(&expected, &files(&project(&written), &stage), &shown(&folder, &stage));
    }
}

#[test]
fn twice_in_one_process_is_the_same() {
    for (folder, stage) in goldens() {
        let project = project_of(&folder);
        same(&files(&project, &stage), &files(&project, &stage), &shown(&folder, &stage));
    }
}

#[test]
fn stages_compiled_before_change_nothing() {
    let alone = files(&project_of(&root()), "production");
    let project = project_of(&root());
    for other in ["staging", "dev-anna", "dev-zoe"] {
        files(&project, other);
    }
    same(&alone, &files(&project, "production"), "after other stages");
}

/// A copy of this repository's layers, in a folder of its own.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("Kopie mit Ümlaut ").tempdir().unwrap();
    std::fs::create_dir(folder.path().join("environments")).unwrap();
    // The last first, so that the file system has another order as well.
    for (name, text) in layers(&root()).into_iter().rev() {
        std::fs::write(folder.path().join("environments").join(name), text).unwrap();
    }
    folder
}

fn reggie_cfn(project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"));
    command.current_dir(project).env_remove("COLUMNS");
    command
}

fn read_all(folder: &Path) -> Files {
    paths_below(folder).into_iter().map(|n| (n.clone(), std::fs::read_to_string(folder.join(n)).unwrap())).collect()
}

/// What a run is surrounded by: variables to set, and those to remove.
type Surroundings = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn surroundings_change_nothing() {
    let surroundings: [Surroundings; 5] = [
        (&[], &[]),
        (&[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Chatham")], &[]),
        (&[("LC_ALL", "C"), ("TZ", "UTC"), ("NO_COLOR", "1"), ("TERM", "dumb")], &[]),
        (
            &[("AWS_REGION", "ap-southeast-1"), ("AWS_PROFILE", "other"), ("USER", "somebody"), ("RUST_LOG", "trace")],
            &[],
        ),
        (&[], &["HOME", "LANG", "PATH", "USER"]),
    ];
    let project = project_of(&root());
    // Whichever stage is compiled.
    let mut bootstrap = bootstrapped(&project, &["production"]).files;
    bootstrap.extend(reggie_cfn::emit::shared_scripts());
    for stage in ["production", "staging", "dev-anna"] {
        let expected = files(&project, stage);
        for (set, removed) in surroundings {
            let folder = copy();
            let mut command = reggie_cfn(folder.path());
            command.args(["build", stage]).envs(set.iter().copied());
            removed.iter().for_each(|name| {
                command.env_remove(name);
            });
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            same(&expected, &read_all(&folder.path().join("out").join(stage)), &format!("{stage} with {set:?}"));
            let shared = read_all(&folder.path().join("out/_bootstrap"));
            same(&bootstrap, &shared, &format!("what stages share with {set:?}"));
        }
    }
}

#[test]
fn another_directory_changes_nothing() {
    let folder = copy();
    let run = |from: &Path, project: &str, out: &str| {
        let arguments = ["--project", project, "build", "production", "--out", out];
        assert!(reggie_cfn(from).args(arguments).output().unwrap().status.success());
    };
    let path = folder.path().to_str().unwrap();
    run(Path::new("/"), path, "one");
    run(&folder.path().join("environments"), "..", "two");
    run(folder.path(), ".", "deep/er/three");
    let one = read_all(&folder.path().join("one/production"));
    same(&files(&project_of(&root()), "production"), &one, "from /");
    for other in ["two", "deep/er/three"] {
        same(&one, &read_all(&folder.path().join(other).join("production")), other);
    }
}

#[test]
fn check_finds_no_difference_after_build() {
    let folder = copy();
    for command in ["build", "check", "build", "check"] {
        let output = reggie_cfn(folder.path()).arg(command).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{command}: {said}");
        assert!(!said.contains("@@"), "{command}: {said}");
    }
}
