//! `stages --sweep`: the fixtures of `tests/sweep/`, as `transcripts` reads them, and what git knows of branches.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value as Json;

use crate::scratch::{Run, Running, Scratch};
use crate::support::{json_of, root};
use crate::transcripts::{Transcripts, copy, run};

const TRANSCRIPTS: Transcripts =
    Transcripts { folder: "tests/sweep", page: "docs/previews.md", project, names: &[], unseen: &[] };

/// The codes that fixtures show.
pub fn shown_codes() -> BTreeSet<String> {
    TRANSCRIPTS.shown_codes()
}

/// The branches at the remote.
const REMOTE: &[&str] = &["main", "feature/search"];
/// 2026-11-22 12:00 in UTC.
const NOON: u64 = 1_795_348_800;

/// A clone that fetched everything at noon.
fn project() -> Scratch {
    let project = Scratch::new::<&str, &str>(&[]);
    copy(&project, &root().join("tests/sweep/_shared"));
    clone(&project, REMOTE);
    at(&project, "pulls.json", NOON);
    project
}

/// Makes a repository of the project: a clone of one with these branches, which were all fetched at noon.
fn clone(project: &Scratch, branches: &[&str]) {
    project.commit();
    project.git(&["checkout", "--quiet", "-B", "main"]);
    project.git(&["remote", "add", "origin", "https://git.example/shop.git"]);
    for branch in branches {
        project.git(&["update-ref", &format!("refs/remotes/origin/{branch}"), "HEAD"]);
    }
    project.git(&["config", "branch.main.remote", "origin"]);
    project.git(&["config", "branch.main.merge", "refs/heads/main"]);
    fetched(project, NOON);
}

/// Writes what a fetch of all branches leaves.
fn fetched(project: &Scratch, when: u64) {
    let commit = project.read(".git/refs/heads/main");
    project.write(".git/FETCH_HEAD", format!("{}\t\tbranch 'main' of git.example\n", commit.trim()));
    at(project, ".git/FETCH_HEAD", when);
}

fn at(project: &Scratch, file: &str, seconds: u64) {
    let file = File::options().append(true).open(project.path().join(file)).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
}

const SWEEP: &str = "stages --sweep --deployed stacks.json us-east-1.json --today 2026-11-22";

/// The stages that are over, each with the words of its reasons.
fn over(ran: &Run) -> Vec<String> {
    let page: Json = serde_json::from_str(&ran.data).unwrap();
    let one = |over: &Json| {
        let reasons = over["reasons"].as_array().unwrap().iter().map(|reason| reason["reason"].as_str().unwrap());
        format!("{}: {}", over["stage"].as_str().unwrap(), reasons.collect::<Vec<_>>().join(", "))
    };
    page["over"].as_array().unwrap().iter().map(one).collect()
}

fn swept(project: &Scratch, more: &str) -> Run {
    run(project, &format!("{SWEEP} --format json{more}"))
}

/// What is over by its days alone.
const BY_TIME: &[&str] = &["demo: time", "legacy-1: time", "pr-9: time"];

#[test]
fn what_is_seen_is_as_expected() {
    TRANSCRIPTS.check();
}

#[test]
fn the_transcripts_of_the_page_are_true() {
    TRANSCRIPTS.page();
}

#[test]
fn branches_and_pull_requests_tell_what_is_gone() {
    let project = project();
    let all = ["demo: time", "feature-auth: branch", "legacy-1: time", "pr-9: time", "pr-104: pull_request"];
    assert_eq!(over(&swept(&project, " --pulls pulls.json").ends(3)), all);
    // A branch of this clone alone is there, unless what it follows is gone.
    project.git(&["branch", "feature/auth"]);
    assert_eq!(over(&swept(&project, "").ends(3)), BY_TIME);
    project.git(&["config", "branch.feature/auth.remote", "origin"]);
    project.git(&["config", "branch.feature/auth.merge", "refs/heads/feature/auth"]);
    assert_eq!(
        over(&swept(&project, "").ends(3)),
        ["demo: time", "feature-auth: branch", "legacy-1: time", "pr-9: time"]
    );
    // So is one that is called like the stage of a pull request.
    project.git(&["branch", "pr/104"]);
    assert!(!over(&swept(&project, " --pulls pulls.json").ends(3)).iter().any(|one| one.starts_with("pr-104")));
    // A repository without a remote has all its branches.
    project.git(&["branch", "--delete", "--force", "feature/auth"]);
    project.git(&["branch", "feature/other"]);
    project.git(&["remote", "remove", "origin"]);
    let told = over(&swept(&project, "").ends(3));
    assert!(told.contains(&"feature-auth: branch".to_owned()), "{told:?}");
}

/// A clone that may lack branches says nothing of them.
#[test]
fn what_is_only_unknown_is_never_gone() {
    type Case = (&'static str, fn(&Scratch));
    let cases: &[Case] = &[
        ("shallow", |project| {
            let commit = project.read(".git/refs/heads/main");
            project.write(".git/shallow", commit);
        }),
        ("some branches", |project| {
            project.git(&["config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"]);
        }),
        ("not of all branches", |project| fs::remove_file(project.path().join(".git/FETCH_HEAD")).unwrap()),
        ("not of all branches", |project| {
            // What was fetched last is not what else is known.
            project.write("a", "a");
            project.commit();
            project.git(&["update-ref", "refs/remotes/origin/feature/search", "HEAD"]);
        }),
        ("since stages were deployed", |project| at(project, ".git/FETCH_HEAD", NOON - 30 * 86_400)),
        ("no repository", |project| fs::remove_dir_all(project.path().join(".git")).unwrap()),
        ("several remotes", |project| {
            project.git(&["remote", "rename", "origin", "one"]);
            project.git(&["remote", "add", "two", "https://git.example/two.git"]);
        }),
    ];
    for (words, change) in cases {
        let project = project();
        change(&project);
        let ran = swept(&project, "").ends(3).says("STG017").says(words);
        assert_eq!(over(&ran), BY_TIME, "{words}");
    }
    // Without any branch that fits, nothing says that the stages of a pattern are those of branches.
    let project = project();
    project.git(&["update-ref", "-d", "refs/remotes/origin/feature/search"]);
    assert_eq!(over(&swept(&project, "").ends(3)), BY_TIME);
    // A list of pull requests that is older than a stage may lack its own.
    at(&project, "pulls.json", NOON - 30 * 86_400);
    assert_eq!(over(&swept(&project, " --pulls pulls.json").ends(3).says("STG018").says("older")), BY_TIME);
    // Nor is one closed that the list lacks.
    at(&project, "pulls.json", NOON);
    project.write("pulls.json", "[{\"number\": 12, \"state\": \"OPEN\"}]");
    let ran = swept(&project, " --pulls pulls.json").ends(3).says("alone: `pr-104`");
    assert_eq!(over(&ran), BY_TIME);
}

#[test]
fn days_are_counted_from_the_last_deploy() {
    let project = project();
    for (today, expected) in [("2026-11-13", &["demo: time", "legacy-1: time"][..]), ("2026-11-14", BY_TIME)] {
        let line = format!("stages --sweep --deployed stacks.json --today {today} --format json");
        // 30 October and 14 days: 13 November is the last.
        let told: Vec<String> =
            over(&run(&project, &line).ends(3)).into_iter().filter(|o| o.ends_with("time")).collect();
        assert_eq!(told, expected, "{today}");
    }
    let today = run(&project, "stages --sweep --deployed stacks.json --format json").ends(3);
    assert!(json_of(&today.data)["today"].as_str().unwrap() >= "2026-01-01", "the clock: {}", today.data);
}

/// Names stand in commands: nothing that a tag says becomes a word of a shell.
#[test]
fn tags_of_strangers_make_no_command() {
    let project = project();
    let hostile = ["$(id)", "pr-1;id", "../x", "PR-1", "pr 1", "", "-x", "pr-\u{1b}[31m"];
    let stack = |stage: &str| {
        serde_json::json!({
            "StackId": "arn:aws:cloudformation:eu-west-2:1:stack/a/b", "StackName": "a", "StackStatus": "CREATE_COMPLETE",
            "CreationTime": "2020-01-01T00:00:00Z",
            "Tags": [
                {"Key": "project", "Value": "shop"}, {"Key": "stage", "Value": stage},
                {"Key": "expire_days", "Value": "1"}, {"Key": "owner", "Value": "\u{1b}[31mred"},
            ],
        })
    };
    let stacks: Vec<Json> = hostile.into_iter().map(stack).collect();
    project.write("hostile.json", serde_json::json!({ "Stacks": stacks }).to_string());
    run(&project, "stages --sweep --deployed hostile.json").ends(0).reads_well();
    project.write("hostile.json", serde_json::json!({ "Stacks": [stack("pr-1")] }).to_string());
    let ran = run(&project, "stages --sweep --deployed hostile.json").ends(3);
    assert!(!ran.data.contains('\u{1b}') && ran.data.contains("red"), "{}", ran.data);
}

/// The folders of `out/` are what is known where nobody says what is deployed: their stages have no day.
#[test]
fn what_was_built_is_swept_by_its_branch() {
    let project = project();
    run(&project, "build production demo feature-auth feature-search pr-9 dev-ben").ends(0);
    fetched(&project, 4_000_000_000);
    project.write("pulls.json", "[{\"number\": 9, \"state\": \"MERGED\"}]");
    at(&project, "pulls.json", 4_000_000_000);
    let ran = run(&project, "stages --sweep --pulls pulls.json --format json").ends(3);
    assert_eq!(over(&ran), ["feature-auth: branch", "pr-9: pull_request"]);
    // Its commands are those that take it down, wherever they are called from.
    let commands: Vec<Json> = json_of(&ran.data)["over"][0]["commands"].as_array().unwrap().clone();
    assert_eq!(commands, ["reggie-cfn build feature-auth", "out/feature-auth/teardown.sh feature-auth"]);
    let script = project.path().join("out/feature-auth/teardown.sh");
    let mut taken = Command::new("bash");
    taken.arg(&script).args(["feature-auth", "--dry-run"]).current_dir(project.path());
    Running::start(taken).end().ends(0).gives("delete-stack --region eu-west-2 --stack-name shop-feature-auth-app");
    let mut deployed = Command::new("bash");
    deployed.arg(project.path().join("out/feature-auth/deploy.sh")).arg("--dry-run").current_dir(project.path());
    let tags = "--tags project=shop stage=feature-auth owner=previews expire_days=14";
    Running::start(deployed).end().ends(0).gives(tags);
    let path = project.path().to_str().unwrap();
    let elsewhere = format!("stages --sweep --pulls {path}/pulls.json --format json --project {path} --out ./out");
    let ran = run(&Scratch::small(), &elsewhere).ends(3);
    let commands = json_of(&ran.data)["over"][0]["commands"].clone();
    assert_eq!(commands[0], format!("reggie-cfn build feature-auth --project {path} --out ./out"));
    assert_eq!(commands[1], format!("{path}/./out/feature-auth/teardown.sh feature-auth"));
}
