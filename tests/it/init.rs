//! `init`: what it writes builds at once, and it overwrites nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reggie_cfn::emit::Files;
use reggie_cfn::init::starter::{self, STARTERS};

use crate::scratch::{Run, Running};
use crate::support::{committed_stages, names, paths_below, root};

/// An empty folder of some name, in a folder of its own.
struct Place(tempfile::TempDir, PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join(name);
        fs::create_dir(&folder).unwrap();
        Place(around, folder)
    }

    fn around(&self) -> &Path {
        self.0.path()
    }

    fn path(&self) -> &Path {
        &self.1
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"));
        command.args(arguments).current_dir(self.path()).env_remove("NO_COLOR").env_remove("COLUMNS");
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Running::start(self.command(arguments)).end()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git").args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The files that a command says it wrote.
fn listed(run: &Run) -> Vec<&str> {
    run.data.lines().take_while(|line| !line.is_empty()).collect()
}

#[test]
fn every_starter_builds_at_once() {
    for starter in STARTERS {
        let project = Place::new("corner-shop");
        let made = project.run(&["init", "--from", starter.word]).ends(0).gives("Next:\n  reggie-cfn build ");
        let mut files = paths_below(project.path());
        files.push("out/.gitignore".to_owned());
        files.sort();
        assert_eq!(listed(&made), files, "{}", starter.word);
        project.run(&["build", "--strict"]).ends(0);
        let checked = project.run(&["check", "--strict"]).ends(0);
        checked.gives(&format!("{0}: out/{0}/ is fresh", starter.stage)).gives("staging: out/staging/ is fresh");
        let preview = if starter.word == "reggie" { "dev-anna" } else { "pr-12" };
        project.run(&["build", preview, "--strict"]).ends(0);
        let name = if starter.is_example { starter.name() } else { "corner-shop" };
        let index = project.read(&format!("out/{}/index.yaml", starter.stage));
        made.gives(&format!("out/{}/deploy.sh --dry-run", starter.stage));
        assert!(index.contains(&format!("project: {name}\n")), "{index}");
        assert!(index.contains(&format!("region: {}\n", starter.region())), "{index}");

        // What comes and goes is not committed; the rest is.
        project.git(&["init", "--quiet"]);
        project.git(&["add", "-A"]);
        let staged = project.git(&["ls-files", "out"]);
        assert!(!staged.contains(preview) && staged.contains("out/staging/index.yaml\n"), "{staged}");
    }
}

/// The code of its function is there: the project packages as it is.
#[test]
fn the_minimal_project_has_its_code() {
    let project = Place::new("shop");
    project.run(&["init", "--from", "minimal"]).ends(0);
    let base = project.read("environments/base.yaml");
    assert!(base.contains("zip: {path: api, handler: index.handler}"), "{base}");
    let code = project.read("api/index.mjs");
    assert!(code.contains("export async function handler(") && code.contains("process.env.TABLE"), "{code}");
    assert_eq!(names(&project.path().join("api")), ["index.mjs"]);
}

/// An example is a project of this repository, byte for byte but for where editors find the schema, and so is what it compiles to.
#[test]
fn the_examples_are_ours() {
    for (word, folder) in [("reggie", root()), ("sgcarstrends", root().join("examples/sgcarstrends"))] {
        let project = Place::new("elsewhere");
        project.run(&["init", "--from", word]).ends(0);
        let below = |of: &str| -> Vec<String> {
            paths_below(&folder.join(of)).into_iter().map(|path| format!("{of}/{path}")).collect()
        };
        let ours = |path: &String| fs::read_to_string(folder.join(path)).unwrap();
        for path in below("environments") {
            let ours = ours(&path).replacen("$schema=../../../schema/", "$schema=../schema/", 1);
            assert!(project.read(&path) == ours, "{path} is not ours");
        }
        let schema = "schema/layer.schema.json";
        assert!(project.read(schema) == fs::read_to_string(root().join(schema)).unwrap(), "{schema} is not ours");
        let committed = committed_stages(&folder);
        let stages: Vec<&str> = committed.iter().map(String::as_str).collect();
        project.run(&[&["build"], stages.as_slice()].concat()).ends(0);
        for path in stages.iter().flat_map(|stage| below(&format!("out/{stage}"))) {
            assert!(project.read(&path) == ours(&path), "{path} is not ours");
        }
    }
}

#[test]
fn name_and_region_may_be_given() {
    let place = Place::new("x");
    let project = place.around().join("new/shop-2");
    let path = project.to_str().unwrap();
    place.run(&["init", "--from", "minimal", "--project", path]).ends(0).gives(&format!("build --project {path}"));
    let base = || fs::read_to_string(project.join("environments/base.yaml")).unwrap();
    assert!(base().contains("\nproject: shop-2\nregion: eu-west-1\n"), "{}", base());
    fs::remove_dir_all(&project).unwrap();
    let given = ["init", "--from", "reggie", "--project", path, "--name", "cars", "--region", "us-east-2"];
    place.run(&given).ends(0);
    assert!(base().contains("\nproject: cars\nregion: us-east-2\n"), "{}", base());
    place.run(&["build", "--project", path]).ends(0).gives("production: ");
}

/// The lines that a name and a region replace are there, once each.
#[test]
fn every_starter_says_its_name_and_region_once() {
    for starter in STARTERS {
        let given = starter.files(Some("other-name"), Some("ap-south-1"));
        let own = starter.files(None, None);
        assert!(starter::is_name(starter.name()), "{}", starter.name());
        let changed: Vec<&String> = given.keys().filter(|path| given.get(*path) != own.get(*path)).collect();
        assert_eq!(changed, ["environments/base.yaml"], "{}", starter.word);
        let lines = |files: &Files| files["environments/base.yaml"].lines().map(str::to_owned).collect::<Vec<_>>();
        let (given, own) = (lines(&given), lines(&own));
        assert_eq!(given.len(), own.len());
        let changed: Vec<&str> = given.iter().zip(&own).filter(|(a, b)| a != b).map(|(a, _)| a.as_str()).collect();
        assert_eq!(changed, ["project: other-name", "region: ap-south-1"], "{}", starter.word);
    }
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let project = Place::new("ÄÖ");
    let refused = |arguments: &[&str], why: &str| {
        project.run(&[&["init"], arguments].concat()).ends(2).says(why);
        assert_eq!(names(project.path()), Vec::<String>::new(), "{arguments:?}");
    };
    refused(&["--from", "minimal"], "name it with --name");
    for name in ["Shop", "1shop", "a b", "true", "", "a-name-with-more-than-24-letters", "shop\nregion: x"] {
        refused(&["--from", "minimal", "--name", name], "cannot be a project's name");
    }
    refused(&["--from", "minimal", "--name", "shop", "--region", "eu-west-22"], "did you mean `eu-west-2`?");
    refused(&["--from", "minimal", "--name", "shop", "--region", "eu-west-1\nx: y"], "is no region of AWS");
    refused(&["--from", "maximal"], "minimal");
    refused(&["--name", "shop"], "--from");
    refused(&[], "--from");
}

#[test]
fn nothing_is_overwritten() {
    let project = Place::new("shop");
    let init = || project.run(&["init", "--from", "minimal"]);
    let at = |path: &str| project.path().join(path);
    fs::create_dir(at("environments")).unwrap();
    fs::write(at("environments/staging.yaml"), "stage: staging\n").unwrap();
    init().ends(2).says("`environments/staging.yaml` exists").says("nothing was written");
    assert_eq!(paths_below(project.path()), ["environments/staging.yaml"]);

    // What is there as it would be written stays, and the rest comes.
    fs::remove_file(at("environments/staging.yaml")).unwrap();
    init().ends(0);
    fs::remove_file(at("api/index.mjs")).unwrap();
    let again = init().ends(0);
    assert!(
        again.data.starts_with("api/index.mjs\nenvironments/README.md, which is there already\n"),
        "{}",
        again.data
    );

    // A folder in the place of a file, and a link on the way to one.
    fs::remove_dir_all(at("api")).unwrap();
    fs::create_dir_all(at("api/index.mjs")).unwrap();
    init().ends(2).says("`api/index.mjs` exists");
    fs::remove_dir_all(at("api")).unwrap();
    let outside = project.around().join("outside");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, at("api")).unwrap();
    init().ends(2).says("symbolic link");
    assert_eq!(names(&outside), Vec::<String>::new());
}

/// Where a file cannot be written whole, what was made before it goes again.
#[test]
fn what_cannot_be_finished_is_undone() {
    let project = Place::new("shop");
    let command = project.command(&[]);
    let mut shell = Command::new("sh");
    // The schema has many more blocks.
    let script = "trap '' 25; ulimit -c 0; ulimit -f 64; exec \"$0\" init --from minimal";
    shell.arg("-c").arg(script).arg(command.get_program()).current_dir(project.path());
    Running::start(shell).end().ends(2).says("schema/layer.schema.json").says("too large");
    assert_eq!(fs::read_dir(project.path()).unwrap().count(), 0, "something is left");
    project.run(&["init", "--from", "minimal"]).ends(0);
}
