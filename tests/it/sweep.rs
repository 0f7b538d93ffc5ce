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
    fetched(project, NOON, branches);
}

/// Writes what a fetch of all branches leaves, of which the first is checked out.
fn fetched(project: &Scratch, when: u64, branches: &[&str]) {
    let commit = project.read(".git/refs/heads/main");
    let line = |(i, branch): (usize, &&str)| {
        let how = if i == 0 { "" } else { "not-for-merge" };
        format!("{}\t{how}\tbranch '{branch}' of https://git.example/shop\n", commit.trim())
    };
    project.write(".git/FETCH_HEAD", branches.iter().enumerate().map(line).collect::<String>());
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
            // What else is known was not fetched last, though it stands on the same commit.
            project.git(&["update-ref", "refs/remotes/origin/feature/other", "HEAD"]);
        }),
        // Branches that were named: `git fetch origin main`, or both.
        ("not of all branches", |project| fetched(project, NOON, &["main"])),
        ("not of all branches", |project| {
            let listed = project.read(".git/FETCH_HEAD").replace("not-for-merge", "");
            project.write(".git/FETCH_HEAD", listed);
            at(project, ".git/FETCH_HEAD", NOON);
        }),
        ("not of all branches", |project| {
            // `git fetch --append origin main`: the rest is as old as it was.
            let listed = project.read(".git/FETCH_HEAD");
            let again = listed.lines().next().unwrap().to_owned();
            project.write(".git/FETCH_HEAD", format!("{listed}{again}\n"));
            at(project, ".git/FETCH_HEAD", NOON);
        }),
        ("some branches", |project| {
            project.git(&["config", "--add", "remote.origin.fetch", "^refs/heads/feature/*"]);
        }),
        ("since stages were deployed", |project| at(project, ".git/FETCH_HEAD", NOON - 30 * 86_400)),
        ("no repository", |project| fs::remove_dir_all(project.path().join(".git")).unwrap()),
        ("of all remotes", |project| {
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
    fetched(&project, NOON, &["main", "docs"]);
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

/// In a fork, the team's branches are at another remote than `origin`: what `git fetch --all` brought from any keeps a stage.
#[test]
fn branches_of_every_remote_are_there() {
    let (team, fork) = (Scratch::small(), Scratch::small());
    for (remote, branch) in [(&team, "feature/auth"), (&fork, "feature/search")] {
        remote.commit();
        remote.git(&["checkout", "--quiet", "-B", "main"]);
        remote.git(&["branch", branch]);
    }
    let project = project();
    project.git(&["update-ref", "-d", "refs/remotes/origin/feature/search"]);
    project.git(&["remote", "set-url", "origin", fork.path().to_str().unwrap()]);
    project.git(&["remote", "add", "team", &format!("file://{}/", team.path().display())]);
    let fetch = |how: &[&str], seconds: u64| {
        project.git(&[&["fetch", "--quiet"], how].concat());
        at(&project, ".git/FETCH_HEAD", seconds);
    };
    fetch(&["--all", "--prune"], NOON);
    assert_eq!(over(&swept(&project, "").ends(3).says("STG018")), BY_TIME);
    team.git(&["branch", "--delete", "--force", "feature/auth"]);
    // One of the two alone says nothing of the other.
    for alone in ["origin", "team"] {
        fetch(&["--prune", alone], NOON);
        assert_eq!(over(&swept(&project, "").ends(3).says("all remotes")), BY_TIME, "{alone}");
    }
    fetch(&["--all", "--prune"], NOON);
    assert!(over(&swept(&project, "").ends(3)).contains(&"feature-auth: branch".to_owned()));
}

/// A stack as AWS describes it, of 1 November.
fn stack(region: &str, stage: &str, days: Option<&str>) -> Json {
    let days = days.map(|days| serde_json::json!({"Key": "expire_days", "Value": days}));
    let tags =
        [("project", "shop"), ("stage", stage)].map(|(key, value)| serde_json::json!({"Key": key, "Value": value}));
    serde_json::json!({
        "StackId": format!("arn:aws:cloudformation:{region}:1:stack/{stage}-app/b"), "StackName": format!("{stage}-app"),
        "StackStatus": "CREATE_COMPLETE", "CreationTime": "2026-11-01T00:00:00Z",
        "Tags": tags.into_iter().chain(days).collect::<Vec<Json>>(),
    })
}

fn swept_of(project: &Scratch, stacks: &[Json]) -> Run {
    project.write("some.json", serde_json::json!({ "Stacks": stacks }).to_string());
    run(project, "stages --sweep --deployed some.json --today 2026-11-22 --format json")
}

/// us-east-1 changes seldom: what stands there does not say how old a stage is, unless its own region was asked as well.
#[test]
fn a_stage_is_judged_where_its_own_region_was_asked() {
    let project = project();
    let edge = stack("us-east-1", "feature-search", Some("14"));
    for code in ["STG020", "`eu-west-2`", "not judged: `feature-search`"] {
        assert_eq!(over(&swept_of(&project, std::slice::from_ref(&edge)).ends(0).says(code)), [""; 0]);
    }
    let other = stack("eu-west-2", "production", None);
    assert_eq!(over(&swept_of(&project, &[edge, other]).ends(3)), ["feature-search: time"]);
    // Its own region is that of its layer.
    project.write("environments/demo.yaml", "stage: demo\nlifetime: ephemeral\nregion: eu-central-1\n");
    let (far, near) = (stack("eu-west-2", "demo", Some("14")), stack("eu-central-1", "demo", Some("14")));
    assert_eq!(over(&swept_of(&project, std::slice::from_ref(&far)).ends(0).says("`eu-central-1`")), [""; 0]);
    assert_eq!(over(&swept_of(&project, &[far, near]).ends(3)), ["demo: time"]);
}

/// What was not deployed with days that a layer can say is not known to come and go: it may stay, or be somebody's own.
#[test]
fn what_has_no_days_is_not_listed_for_its_branch() {
    let project = project();
    project.git(&["branch", "dev-tools"]);
    for days in [None, Some("0"), Some("+3"), Some("03"), Some("366"), Some("-1"), Some("1.5"), Some("")] {
        let stacks = [stack("eu-west-2", "feature-demo", days), stack("eu-west-2", "dev-ben", days)];
        let ran = swept_of(&project, &stacks).ends(0).says("STG021").says("`dev-ben` and `feature-demo`");
        assert_eq!(over(&ran), [""; 0], "{days:?}");
    }
    let stacks = [stack("eu-west-2", "feature-demo", Some("365")), stack("eu-west-2", "dev-ben", Some("1"))];
    let ran = swept_of(&project, &stacks).ends(3);
    assert_eq!(over(&ran), ["dev-ben: branch, time", "feature-demo: branch"]);
    let reason = &json_of(&ran.data)["over"][0]["reasons"][0];
    assert_eq!(reason["text"], "no branch is called so (1 fits `dev-*`)");
}

/// Pipelines make slugs of the names of branches, and cut them: each has another digest.
#[test]
fn a_long_branch_keeps_its_stage_however_it_was_written() {
    let project = project();
    let stages = ["feature-proj-1234-make-the-shop-ab7af699", "feature-proj-1234-make-the-shop-0342cbdc"];
    let stacks = stages.map(|stage| stack("eu-west-2", stage, Some("365")));
    let gone = stages.map(|stage| format!("{stage}: branch"));
    let mut told = over(&swept_of(&project, &stacks).ends(3));
    told.sort_by(|a, b| b.cmp(a));
    assert_eq!(told, gone);
    project.git(&["branch", "feature/PROJ-1234-make-the-shopping-basket-remember-things"]);
    assert_eq!(over(&swept_of(&project, &stacks).ends(0)), [""; 0]);
}

/// The folders of `out/` are what is known where nobody says what is deployed: their stages have no day.
#[test]
fn what_was_built_is_swept_by_its_branch() {
    let project = project();
    run(&project, "build production demo feature-auth feature-search pr-9 dev-ben").ends(0);
    fetched(&project, 4_000_000_000, REMOTE);
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
