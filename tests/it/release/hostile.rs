//! What goes wrong: commands that are not there or fail, folders that mean harm, runs that are stopped.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use crate::release::{Ferry, RELEASE};
use crate::scratch::{Running, tree};

const ALL: &str = "package production --build --inputs season.env --release weather.json";
const DRY: &str = "package production --dry-run --release weather.json";

/// Every object in the buckets.
fn objects(ferry: &Ferry) -> BTreeSet<(String, Vec<u8>)> {
    fs::create_dir_all(ferry.cloud("s3")).unwrap();
    let objects = tree(&ferry.cloud("s3")).into_iter().filter(|(_, found)| found.kind == "file");
    objects.map(|(name, found)| (name, found.bytes)).collect()
}

#[test]
fn without_commands_nothing_is_written() {
    let ferry = Ferry::new();
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = ferry.command("package production --release weather.json");
    command.env("PATH", nowhere.path());
    Running::start(command).end().ends(2).says("there is no `aws` on PATH").says("--dry-run");
    assert_eq!(ferry.release(), None);
    // A run that tries asks nobody.
    let mut command = ferry.command(DRY);
    command.env("PATH", nowhere.path());
    Running::start(command).end().ends(0).gives("nothing brought");
    assert_eq!(ferry.calls(), Vec::<String>::new());
}

#[test]
fn a_run_that_is_stopped_goes_on_where_it_was() {
    let whole = Ferry::new();
    whole.run(ALL).ends(0);
    let uploads = whole.calls().iter().filter(|call| call.starts_with("aws s3 cp")).count();
    assert!(uploads > 10, "{uploads}");
    let ferry = Ferry::new();
    for done in 0..uploads {
        // Each run comes one upload further, since what is there is not brought again.
        fs::write(ferry.cloud("stops"), "1").unwrap();
        let before = objects(&ferry).len();
        let ran = ferry.run(ALL);
        if done + 1 < uploads {
            ran.ends(2).says("`aws s3 cp` in").says("Could not connect to the endpoint URL");
            assert_eq!(ferry.release(), None);
        } else {
            ran.ends(0);
        }
        assert!(objects(&ferry).len() > before, "upload {done} brought nothing");
    }
    assert_eq!(ferry.release(), whole.release());
    assert!(objects(&ferry) == objects(&whole));
    let left = tree(&ferry.path(".reggie-cfn")).into_keys().collect::<Vec<_>>();
    assert_eq!(left, [".gitignore", "production", "production/package", "production/release.json"]);
}

#[test]
fn what_is_refused_leaves_the_release_as_it_was() {
    let ferry = Ferry::new();
    ferry.run(ALL).ends(0);
    let before = ferry.release();
    fs::write(ferry.path("apps/timetable/dist/index.mjs"), "export const handler = 2;\n").unwrap();
    for (service, operation) in [
        ("sts", "get-caller-identity"),
        ("cloudformation", "describe-stacks"),
        ("s3api", "head-object"),
        ("ecr", "describe-images"),
        ("s3", "cp"),
    ] {
        fs::write(ferry.cloud("fails"), format!("{service} {operation}\n")).unwrap();
        let ran = ferry.run("package production --release weather.json").ends(2).reads_well();
        ran.says(&format!("`aws {service} {operation}` in eu-west-1 failed: An error occurred (AccessDenied)"));
        assert_eq!(ferry.release(), before, "{service} {operation}");
    }
    fs::remove_file(ferry.cloud("fails")).unwrap();
    fs::write(ferry.cloud("identity.json"), "{\"Account\": \"210987654321\"}").unwrap();
    let ran = ferry.run("package production --release weather.json").ends(2);
    ran.says("`production` belongs to the account 123456789012, and the credentials are those of 210987654321");
    fs::remove_file(ferry.cloud("stacks/eu-west-1/ferry-bootstrap.json")).unwrap();
    fs::write(ferry.cloud("identity.json"), "{\"Account\": \"123456789012\"}").unwrap();
    let ran = ferry.run("package production --release weather.json").ends(2);
    ran.says("there is no stack `ferry-bootstrap` in eu-west-1; deploy `out/_bootstrap/eu-west-1.yaml`");
    assert_eq!(ferry.release(), before);
}

#[test]
fn values_of_builds_are_shown_nowhere() {
    let ferry = Ferry::new();
    let ran = ferry.run(ALL).ends(0);
    let told = fs::read_to_string(ferry.path("apps/web/.open-next/assets/_next/static/chunks/told.js")).unwrap();
    assert_eq!(
        told,
        "told: production winter https://a1b2.execute-api.eu-west-1.amazonaws.com map-value stats-value production\n"
    );
    for secret in ["map-value", "stats-value", "a-password"] {
        assert!(!ran.data.contains(secret) && !ran.said.contains(secret), "{secret}");
        assert!(!ferry.calls().iter().any(|call| call.contains(secret)), "{secret}");
        assert!(!ferry.release().unwrap().contains(secret), "{secret}");
    }
}

#[test]
fn builds_say_what_they_lack() {
    let ferry = Ferry::new();
    ferry.run("package production --build --release weather.json").ends(2).says("`Season`").says("--inputs FILE");
    ferry.put("odd.env", "Season\n");
    ferry.run("package production --build --inputs odd.env --release weather.json").ends(2).says("line 1 is no");
    fs::remove_file(ferry.cloud("stacks/eu-west-1/ferry-production-app.json")).unwrap();
    ferry.run(ALL).ends(2).says("`ferry-production-app`, which is not deployed yet");
    let ferry = Ferry::new();
    ferry.put("apps/web/build.sh", "echo told >&2; exit 3\n");
    ferry
        .run(ALL)
        .ends(2)
        .says("told")
        .says("`sh build.sh`, which builds `Web` in `apps/web`, ended with exit status: 3");
    assert_eq!(ferry.release(), None);
}

#[test]
fn names_of_components_are_those_of_the_stage() {
    let ferry = Ferry::new();
    ferry.run("package production Timetabel").ends(2).says("did you mean `Timetable`?");
    ferry.run("package production Api").ends(2).says("components with code: `Fares`, `Handbook`");
    ferry.run("package prodution").ends(1).says("STG001");
    ferry.run("package production --release nowhere.json").ends(2).says("cannot read nowhere.json");
    assert!(ferry.calls().is_empty());
}

#[test]
fn a_hundred_thousand_files_are_refused_at_once() {
    let ferry = Ferry::new();
    let folder = ferry.path("apps/timetable/dist/many");
    fs::create_dir(&folder).unwrap();
    for number in 0..100_000 {
        fs::File::create(folder.join(number.to_string())).unwrap();
    }
    let ran = ferry.run(DRY).ends(1).within(96).reads_well();
    ran.says("error[CFN503]: `apps/timetable/dist`, which becomes a zip of `Timetable`, has 100003 files");
}

#[test]
fn folders_that_mean_harm_end_a_run_and_hang_none() {
    for (make, code, says) in [
        ("rm -r apps/mirror; ln -s mirror apps/mirror", 2, "apps/mirror"),
        ("rm -r apps/mirror; mkfifo apps/mirror", 1, "is no folder"),
        ("rm apps/timetable/dist/index.mjs; mkfifo apps/timetable/dist/index.mjs", 1, "is a pipe"),
        ("ln -s b apps/timetable/dist/a; ln -s a apps/timetable/dist/b", 1, "is a link that leads to itself"),
        ("ln -s /etc/passwd apps/handbook/dist/passwd", 1, "is a link to `/etc/passwd`"),
        ("ln -s ../../../season.env apps/handbook/dist/season", 1, "is not in the folder"),
        ("ln -s nowhere apps/handbook/dist/nothing", 1, "is a link to nothing"),
        ("rm certs/db.pem; mkfifo certs/db.pem", 1, "is no file"),
        ("rm certs/db.pem; ln -s /etc/passwd certs/db.pem", 1, "leads out of the project"),
        ("touch \"$(printf 'apps/mirror/\\377')\"", 1, "has a name that is not UTF-8"),
        ("touch \"$(printf 'apps/shop/dist/client/a\\033[31mb')\"", 1, "has a control character in its name"),
        ("f=apps/web/.open-next/open-next.output.json; sed -i 's|\"_cache\"|\"../../../../x\"|' $f", 1, "is no name"),
        (
            "f=apps/web/.open-next/open-next.output.json; sed -i 's|.open-next/assets|../../../..|' $f",
            1,
            "out of the project",
        ),
        ("echo '[' > apps/web/.open-next/dynamodb-provider/dynamodb-cache.json", 1, "CFN511"),
        ("mkdir -p .reggie-cfn; mkdir elsewhere; ln -s ../elsewhere .reggie-cfn/production", 2, "symbolic link"),
        ("sed -i 's|apps/mirror|.|' environments/base.yaml", 1, "is where `package` itself writes"),
    ] {
        let ferry = Ferry::new();
        ferry.sh(make);
        let ran = ferry.run(DRY).ends(code).reads_well();
        ran.says(says);
        assert_eq!(ferry.release(), None, "{make}");
        assert!(!ferry.path("../x").exists() && !ferry.path("x").exists(), "{make}");
    }
}

#[test]
fn an_app_need_have_no_kept_pages() {
    for make in ["rm -r apps/web/.open-next/cache/*", "rm -r apps/web/.open-next/cache"] {
        let ferry = Ferry::new();
        ferry.sh(make);
        ferry.run(DRY).ends(0).gives("WebBuild");
    }
}

#[test]
fn what_may_not_be_read_is_named() {
    let ferry = Ferry::new();
    let file = ferry.path("apps/mirror/app/main.py");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        println!("whoever runs this may read everything");
        return;
    }
    ferry.run(DRY).ends(2).says("cannot read").says("apps/mirror/app/main.py");
}

#[test]
fn a_link_within_a_folder_is_followed_for_a_bucket() {
    let ferry = Ferry::new();
    symlink("index.html", ferry.path("apps/handbook/dist/start.html")).unwrap();
    ferry.run(DRY).ends(0);
    let listing = fs::read_to_string(ferry.path(".reggie-cfn/production/package/Handbook/listing.txt")).unwrap();
    let digest = |name: &str| {
        let line = listing.lines().find(|line| line.contains(&format!("/handbook/{name}\t"))).unwrap();
        line.split('\t').next().unwrap().to_owned()
    };
    assert_eq!(digest("start.html"), digest("index.html"));
}

#[test]
fn a_run_that_is_killed_leaves_a_whole_release() {
    let ferry = Ferry::new();
    ferry.run(ALL).ends(0);
    let known = ferry.release().unwrap();
    let mut at_work = 0;
    for round in 0..8 {
        ferry.put("apps/timetable/dist/index.mjs", format!("export const handler = {round};\n"));
        at_work += usize::from(Running::start(ferry.command(ALL)).killed_after(Duration::from_millis(150 * round)));
        let release: serde_json::Value = serde_json::from_str(&ferry.release().unwrap()).unwrap();
        assert_eq!(release["Parameters"].as_object().unwrap().len(), 7, "{release}");
    }
    assert!(at_work > 0);
    ferry.run(ALL).ends(0);
    assert_ne!(ferry.release().unwrap(), known);
    assert!(!ferry.path(&format!("{RELEASE}.new")).exists());
}
