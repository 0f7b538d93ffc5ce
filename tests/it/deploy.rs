//! `deploy.sh` and `teardown.sh` against an `aws` that says what AWS says when something is in the way. That they deploy for real is
//! tried by `tests/judges/run deploy`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::scratch::{PRODUCTION, Scratch};

/// A bucket, a function that is called before the app, and the app.
const BASE: &str = "project: shop
region: eu-west-2
secrets: {StripeKey: {purpose: payments}}
components:
  Uploads: {type: bucket, versioning: true}
  Migrate: {type: function, run: before_app, runtime: nodejs22.x, zip: {path: migrate, handler: index.handler}}
  Hello: {type: function, runtime: nodejs22.x, zip: {path: dist, handler: index.handler}, links: {Uploads: read}, environment: {BUCKET: \"${Uploads.name}\"}}
";
/// The same behind a host, whose records somebody else sets.
const HOST: &str = "  Api: {type: http_api, host: api.shop.example, cors: none, routes: {$default: Hello}}
zone: {name: shop.example, provider: none}
";
const RELEASE: &str = r#"{
  "Parameters": {
    "HelloCode": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "MigrateCode": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }
}
"#;
/// What the CLI says of a stack that there is not.
const MISSING: &str = "An error occurred (ValidationError): Stack with id x does not exist";
const LOOK: &str = "*describe-stacks*--stack-name shop-production-";

/// A stack as `look` asks for it.
fn stack(status: &str, outputs: &[(&str, &str)]) -> String {
    let mut text = format!("status\t{status}\nprotected\ttrue\nsince\t2026-01-01T00:00:00Z");
    for (key, export) in outputs {
        text.push_str(&format!("\noutput\t{key}\tvalue-of-{key}\t{export}"));
    }
    text
}

/// A built project, and an `aws` in front of the real one.
struct Cloud {
    project: Scratch,
    folder: tempfile::TempDir,
    rules: usize,
}

/// What a script printed, and how it ended.
struct Ended {
    code: i32,
    said: String,
}

impl Ended {
    #[track_caller]
    fn ends(self, code: i32) -> Ended {
        assert_eq!(self.code, code, "{}", self.said);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Ended {
        assert!(self.said.contains(text), "`{text}` is not in:\n{}", self.said);
        self
    }
}

impl Cloud {
    fn new(base: &str) -> Cloud {
        let project = Scratch::new(&[("base.yaml", base), ("production.yaml", PRODUCTION)]);
        project.run(&["build", "production"]).ends(0);
        project.write("release.json", RELEASE);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("rules")).unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::copy(crate::support::root().join("tests/it/deploy/aws.sh"), folder.path().join("bin/aws")).unwrap();
        Cloud { project, folder, rules: 0 }
    }

    fn rule(&mut self, pattern: &str, code: i32, answer: &str, ending: &str) {
        self.rules += 1;
        let path = self.folder.path().join(format!("rules/{:03}{ending}", self.rules));
        fs::write(path, format!("{pattern}\n{code}\n{answer}\n")).unwrap();
    }

    /// What is answered every time that nothing before fits.
    fn always(&mut self, pattern: &str, answer: &str) {
        self.rule(pattern, 0, answer, "");
    }

    /// What is answered once.
    fn once(&mut self, pattern: &str, answer: &str) {
        self.rule(pattern, 0, answer, ".once");
    }

    fn fails_once(&mut self, pattern: &str, answer: &str) {
        self.rule(pattern, 255, answer, ".once");
    }

    /// All stands as it should.
    fn rest(&mut self) {
        self.always("sts get-caller-identity*", "123456789012");
        let bootstrap = stack("CREATE_COMPLETE", &[("ArtifactBucket", "x"), ("DeployRole", "y")]);
        self.always("*describe-stacks*--stack-name shop-bootstrap*", &bootstrap);
        self.always("*describe-stacks*Stacks[?Tags*", "");
        self.always(&format!("{LOOK}*"), &stack("UPDATE_COMPLETE", &[]));
        self.always("ssm get-parameters-by-path*", "/shop/production/StripeKey");
        self.always("cloudformation deploy*", "Successfully created/updated stack");
        self.always("cloudformation get-stack-policy*", "");
        self.always("cloudformation set-stack-policy*", "");
        self.always("cloudformation update-termination-protection*", "");
        self.always("cloudformation describe-stack-events*", "Hello\tCREATE_FAILED\tno such key");
        self.always("cloudformation describe-stack-resource *", "CREATE_COMPLETE\tphysical-id");
        self.always("cloudformation get-template*", "");
        self.always("cloudformation delete-stack*", "");
        self.always("lambda invoke*", "None\tNone");
        self.always("s3api list-objects-v2*", "None");
        self.always("s3*", "");
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Ended {
        let path: PathBuf = self.project.path().join("out/production").join(script);
        let output = Command::new(path)
            .args(arguments)
            .current_dir(self.project.path())
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display()))
            .env("FAKE", self.folder.path())
            .env("REGGIE_CFN_POLL", "0")
            .env("REGGIE_CFN_PATIENCE", "20")
            .env("REGGIE_CFN_TTL", "0")
            .env_remove("CLOUDFLARE_TOKEN")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { code: output.status.code().unwrap(), said: text(&output.stdout) + &text(&output.stderr) }
    }

    fn deploy(&self, arguments: &[&str]) -> Ended {
        self.run("deploy.sh", &[&["--release", "release.json"], arguments].concat())
    }

    /// What was called that contains `what`, in order: the names of stacks, or whole calls.
    fn calls(&self, what: &str) -> Vec<String> {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        calls.lines().filter(|call| call.contains(what)).map(str::to_owned).collect()
    }

    /// The stacks that were deployed, in order.
    fn deployed(&self) -> Vec<String> {
        let name = |call: &String| {
            let rest = call.split("--stack-name shop-").nth(1).unwrap();
            rest.split(' ').next().unwrap().trim_start_matches("production-").to_owned()
        };
        self.calls("cloudformation deploy").iter().map(name).collect()
    }
}

#[test]
fn everything_in_order() {
    let mut cloud = Cloud::new(BASE);
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("production is deployed");
    assert_eq!(cloud.deployed(), ["bootstrap", "data", "jobs", "app"]);
    assert_eq!(cloud.calls("lambda invoke").len(), 1);
    let app = cloud.calls("cloudformation deploy").pop().unwrap();
    for word in
        ["HelloCode=aaaa", "ArtifactBucket=value-of-ArtifactBucket", "--role-arn value-of-DeployRole", "CAPABILITY_IAM"]
    {
        assert!(app.contains(word), "{app}");
    }
    assert_eq!(
        cloud.calls("set-stack-policy").len(),
        2,
        "before the bucket's stack changes, and after: the answer is always none"
    );
    assert_eq!(cloud.calls("update-termination-protection"), [""; 0], "they have it");
}

#[test]
fn a_dry_run_asks_nothing() {
    let cloud = Cloud::new(&format!("{BASE}{HOST}"));
    cloud.run("deploy.sh", &["--dry-run"]).ends(0).says("$ aws cloudformation deploy").says("nothing was done");
    cloud.run("teardown.sh", &["production", "--dry-run"]).ends(0).says("$ aws cloudformation delete-stack");
    assert_eq!(cloud.calls(""), [""; 0]);
}

#[test]
fn what_is_missing_is_said_before_anything_changes() {
    let mut cloud = Cloud::new(BASE);
    cloud.once("sts*", "999999999999");
    cloud.deploy(&[]).ends(1).says("credentials of the account 999999999999, and production belongs to 123456789012");
    cloud.once("ssm get-parameters-by-path*", "/shop/production/Other");
    cloud.rest();
    cloud
        .deploy(&[])
        .ends(1)
        .says("without a value in /shop/production: StripeKey")
        .says("reggie-cfn secrets production");
    cloud.run("deploy.sh", &[]).ends(1).says("there is no release of HelloCode MigrateCode").says("--release FILE");
    cloud.run("deploy.sh", &["--release", "none.json"]).ends(1).says("none.json cannot be read");
    cloud.run("deploy.sh", &["--reprise"]).ends(2).says("--review");
    assert_eq!(cloud.deployed(), ["bootstrap", "bootstrap"]);
}

#[test]
fn secrets_are_asked_for_where_functions_read_them() {
    let far = "  Far: {type: function, region: eu-west-1, runtime: nodejs22.x, zip: {path: dist, handler: index.handler}, links: {StripeKey: read}}\n";
    let mut cloud = Cloud::new(&format!("{BASE}{far}"));
    let release =
        RELEASE.replace("\"MigrateCode\"", &format!("\"FarCode\": \"{}\",\n    \"MigrateCode\"", "c".repeat(64)));
    cloud.project.write("release.json", release);
    cloud.once("ssm get-parameters-by-path --region eu-west-2*", "/shop/production/StripeKey");
    cloud.once("ssm get-parameters-by-path --region eu-west-1*", "None");
    cloud.rest();
    cloud
        .deploy(&[])
        .ends(1)
        .says("/shop/production: all 1 have a value")
        .says("without a value in /shop/production in eu-west-1: StripeKey")
        .says("`reggie-cfn secrets production --region eu-west-1` says");
    assert_eq!(cloud.deployed(), ["bootstrap", "bootstrap"], "one in each region, and nothing else");
    cloud.deploy(&[]).ends(0).says("/shop/production in eu-west-1: all 1 have a value");
    let stacks = cloud.calls("cloudformation deploy");
    let there = stacks.iter().filter(|call| call.contains("--region eu-west-1") && call.contains("FarCode=cccc"));
    assert_eq!(there.count(), 1, "{stacks:#?}");
}

#[test]
fn stacks_that_are_left_in_a_former_region_are_told() {
    let mut cloud = Cloud::new(BASE);
    cloud.project.write("out/_bootstrap/eu-west-1.yaml", "# Once a region of the project.\n");
    cloud.always("*describe-stacks --region eu-west-1*Stacks[?Tags*", "shop-production-app");
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("shop-production-app in eu-west-1 is a stack of production that it no longer has");
}

#[test]
fn certificates_wait_until_their_records_are_set() {
    let mut cloud = Cloud::new(&format!("{BASE}{HOST}"));
    let certificates = &format!("{LOOK}certificates*");
    cloud.fails_once(certificates, MISSING);
    cloud.fails_once(certificates, MISSING);
    for _ in 0..3 {
        cloud.once(certificates, &stack("CREATE_IN_PROGRESS", &[]));
    }
    let issued = stack("CREATE_COMPLETE", &[("ApiCertificateArn", "z")]);
    cloud.always(certificates, &issued);
    let set = "arn:aws:cloudformation:eu-west-2:123456789012:changeSet/awscli-1/0a1b";
    cloud.always(
        "*deploy*certificates*--no-execute-changeset",
        &format!("aws cloudformation describe-change-set --change-set-name {set}"),
    );
    cloud.always("cloudformation execute-change-set*", "");
    let resources = "cloudformation describe-stack-resources*CertificateManager*";
    cloud.once(resources, "");
    cloud.always(resources, "arn:aws:acm:eu-west-2:123456789012:certificate/1");
    cloud.once("acm describe-certificate*", "{\"ValidationMethod\": \"DNS\"}");
    cloud.once("acm describe-certificate*", "{\n\"ValidationMethod\": \"DNS\",\n\"ResourceRecord\": {}}");
    cloud.always("acm describe-certificate*--query*", "_a1.api.shop.example.\tCNAME\t_b2.acm-validations.aws.");
    cloud.always("acm describe-certificate*", "{\n\"ValidationMethod\": \"DNS\",\n\"ResourceRecord\": {}}");
    cloud.rest();
    let ended = cloud.deploy(&[]).ends(0).says("_a1.api.shop.example.\tCNAME\t_b2.acm-validations.aws.").says("issued");
    assert_eq!(cloud.calls("execute-change-set").len(), 1);
    let at = |text: &str| ended.said.find(text).unwrap_or_else(|| panic!("{text}: {}", ended.said));
    assert!(at("_a1.api.shop.example") < at("issued") && at("issued") < at("Stack data"), "{}", ended.said);
    ended.says("api.shop.example\tCNAME");
    let app = cloud.calls("cloudformation deploy").pop().unwrap();
    assert!(app.contains("ApiCertificateArn=value-of-ApiCertificateArn"), "{app}");
}

#[test]
fn certificates_that_are_never_issued_end_the_run() {
    let mut cloud = Cloud::new(&format!("{BASE}{HOST}"));
    cloud.always(&format!("{LOOK}certificates*"), &stack("CREATE_IN_PROGRESS", &[]));
    cloud.always("acm describe-certificate*", "{}");
    cloud.rest();
    cloud.deploy(&[]).ends(1).says("not issued after 20 seconds").says("run this again: it goes on from here");
    assert_eq!(cloud.deployed(), ["bootstrap"], "one that waits already is not started again");
}

#[test]
fn what_a_failed_creation_left_goes_first() {
    let mut cloud = Cloud::new(BASE);
    cloud.once(&format!("{LOOK}data*"), &stack("ROLLBACK_COMPLETE", &[]));
    cloud.fails_once(&format!("{LOOK}data*"), MISSING);
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("is what a failed creation left");
    assert_eq!(cloud.calls("delete-stack").len(), 1);
    assert_eq!(cloud.deployed(), ["bootstrap", "data", "jobs", "app"]);
}

#[test]
fn a_stack_that_is_at_work_is_waited_for() {
    let mut cloud = Cloud::new(BASE);
    for _ in 0..3 {
        cloud.once(&format!("{LOOK}data*"), &stack("UPDATE_IN_PROGRESS", &[]));
    }
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("shop-production-data in eu-west-2: UPDATE_IN_PROGRESS");
}

#[test]
fn a_stack_that_is_stuck_is_said_with_the_way_out() {
    let mut cloud = Cloud::new(BASE);
    cloud.once(&format!("{LOOK}data*"), &stack("UPDATE_ROLLBACK_FAILED", &[]));
    cloud.rest();
    cloud.deploy(&[]).ends(1).says("continue-update-rollback --region eu-west-2 --stack-name shop-production-data");
    assert_eq!(cloud.deployed(), ["bootstrap"]);
}

#[test]
fn a_failure_in_the_middle_stops_and_goes_on_next_time() {
    let mut cloud = Cloud::new(BASE);
    cloud.fails_once("cloudformation deploy*shop-production-jobs*", "Failed to create/update the stack");
    cloud.rest();
    cloud.deploy(&[]).ends(1).says("Hello  CREATE_FAILED".replace("  ", "\t").as_str()).says("it goes on from here");
    assert_eq!(cloud.deployed(), ["bootstrap", "data", "jobs"]);
    cloud.deploy(&[]).ends(0);
    assert_eq!(cloud.deployed()[3..], ["bootstrap", "data", "jobs", "app"]);
}

#[test]
fn a_migration_that_fails_stops_before_the_app() {
    let mut cloud = Cloud::new(BASE);
    // "no such table" in base64.
    cloud.once("lambda invoke*", "Unhandled\tbm8gc3VjaCB0YWJsZQo=");
    cloud.rest();
    let _ = fs::create_dir_all(cloud.project.path().join(".reggie-cfn/production/aws"));
    cloud.project.write(".reggie-cfn/production/aws/Migrate.json", "{\"errorMessage\": \"boom\"}");
    cloud
        .deploy(&[])
        .ends(1)
        .says("no such table")
        .says("boom")
        .says("Migrate failed: Unhandled")
        .says("it is called again");
    assert_eq!(cloud.deployed(), ["bootstrap", "data", "jobs"]);
}

#[test]
fn consumers_of_an_export_that_goes_come_first() {
    let mut cloud = Cloud::new(BASE);
    let before = stack(
        "UPDATE_COMPLETE",
        &[("UploadsArn", "shop-production-data-UploadsArn"), ("OldArn", "shop-production-data-OldArn")],
    );
    cloud.always(&format!("{LOOK}data*"), &before);
    cloud.once("cloudformation list-imports*shop-production-data-OldArn*", "shop-production-app");
    cloud.fails_once("cloudformation list-imports*", "is not imported by any stack");
    cloud.always("cloudformation list-exports*", "there");
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("app comes before data, which no longer exports shop-production-data-OldArn");
    assert_eq!(cloud.deployed(), ["bootstrap", "app", "data", "jobs", "app"]);
    assert_eq!(cloud.calls("list-imports").len(), 1, "what is still exported is not asked for");
}

#[test]
fn an_export_that_cannot_go_is_told_before_cloudformation_does() {
    let with = |importer: &str, exported: &str| {
        let mut cloud = Cloud::new(BASE);
        let before = stack("UPDATE_COMPLETE", &[("OldArn", "shop-production-data-OldArn")]);
        cloud.always(&format!("{LOOK}data*"), &before);
        cloud.always("cloudformation list-imports*", importer);
        cloud.always("cloudformation list-exports*", exported);
        cloud.rest();
        let ended = cloud.deploy(&[]).ends(1);
        assert_eq!(cloud.deployed(), ["bootstrap"]);
        ended
    };
    with("shop-production-web-gone", "there")
        .says("which is no stack of production")
        .says("--stack-name shop-production-web-gone");
    with("shop-production-app", "").says("which nothing exports yet").says("two builds");
}

#[test]
fn a_review_makes_change_sets_and_nothing_else() {
    let mut cloud = Cloud::new(BASE);
    let set = "arn:aws:cloudformation:eu-west-2:123456789012:changeSet/awscli-1/0a1b";
    cloud.always(
        "*deploy*--no-execute-changeset*",
        &format!("aws cloudformation describe-change-set --change-set-name {set}"),
    );
    cloud.always("cloudformation describe-change-set*", "| Modify | Hello |");
    cloud.rest();
    cloud.deploy(&["--review"]).ends(0).says("| Modify | Hello |").says("nothing was changed");
    assert!(cloud.calls("cloudformation deploy").iter().all(|call| call.contains("--no-execute-changeset")));
    for call in ["execute-change-set ", "invoke", "set-stack-policy", "update-termination", "s3 cp", "put-"] {
        assert_eq!(cloud.calls(call), [""; 0]);
    }
}

#[test]
fn a_rollback_takes_a_former_release_and_calls_no_function() {
    let mut cloud = Cloud::new(BASE);
    cloud.rest();
    fs::create_dir_all(cloud.project.path().join(".reggie-cfn/production")).unwrap();
    cloud.project.write(".reggie-cfn/production/rollback.json", RELEASE.replace("aaaa", "cccc"));
    cloud.run("deploy.sh", &["--rollback", "20260101T000000Z"]).ends(0).says("Migrate is not called");
    assert_eq!(cloud.calls("lambda invoke"), [""; 0]);
    assert!(cloud.calls("cloudformation deploy").pop().unwrap().contains("HelloCode=cccc"));
    assert!(cloud.calls("s3 cp")[0].contains("shop/releases/production/20260101T000000Z.json"));
}

#[test]
fn protection_follows_the_stage() {
    let mut cloud = Cloud::new(BASE);
    let open = stack("UPDATE_COMPLETE", &[]).replace("protected\ttrue", "protected\tfalse");
    cloud.always(&format!("{LOOK}app*"), &open);
    // A policy of a time when the stack held data.
    cloud.always("cloudformation get-stack-policy*shop-production-app*", "{\"Statement\": []}");
    cloud.rest();
    cloud.deploy(&[]).ends(0).says("shop-production-app holds nothing that is protected any more");
    assert!(
        cloud.calls("update-termination-protection")[0].contains("shop-production-app --enable-termination-protection")
    );
    assert!(
        cloud.calls("set-stack-policy").iter().any(|c| c.contains("shop-production-app") && c.contains("\"Allow\""))
    );
}

#[test]
fn a_stack_that_the_stage_no_longer_has_is_named() {
    let mut cloud = Cloud::new(BASE);
    cloud.always("*describe-stacks*Stacks[?Tags*", "shop-production-app\nshop-production-web-old");
    cloud.rest();
    let said = cloud
        .deploy(&[])
        .ends(0)
        .says("shop-production-web-old in eu-west-2 is a stack of production that it no longer has")
        .said;
    assert!(!said.contains("shop-production-app in eu-west-2 is a stack"), "{said}");
}

#[test]
fn a_teardown_is_asked_for_by_name() {
    let mut cloud = Cloud::new(BASE);
    cloud.rest();
    cloud.run("teardown.sh", &[]).ends(2).says("say its name");
    cloud.run("teardown.sh", &["staging"]).ends(2).says("say its name");
    cloud.run("teardown.sh", &["production"]).ends(1).says("production is protected").says("--unprotect production");
    cloud.run("teardown.sh", &["production", "--unprotect", "staging"]).ends(1).says("is not the name of this stage");
    assert_eq!(cloud.calls(""), [""; 0]);
}

#[test]
fn a_teardown_deletes_in_the_reverse_order_and_says_what_stays() {
    let mut cloud = Cloud::new(BASE);
    for name in ["app", "jobs", "data"] {
        cloud.once(&format!("{LOOK}{name}*"), &stack("UPDATE_COMPLETE", &[]));
        cloud.once(&format!("{LOOK}{name}*"), &stack("UPDATE_COMPLETE", &[]));
        cloud.fails_once(&format!("{LOOK}{name}*"), MISSING);
    }
    cloud.rest();
    let ended = cloud.run("teardown.sh", &["production", "--unprotect", "production"]).ends(0);
    ended.says("These stay").says("eu-west-2\tAWS::S3::Bucket\tphysical-id").says("production is deleted");
    let deleted: Vec<String> =
        cloud.calls("delete-stack").iter().map(|c| c.split(' ').nth(5).unwrap().to_owned()).collect();
    assert_eq!(deleted, ["shop-production-app", "shop-production-jobs", "shop-production-data"]);
    assert_eq!(cloud.calls("--no-enable-termination-protection").len(), 3);
    assert_eq!(cloud.calls("delete-objects"), [""; 0], "what stays is not emptied");
}

#[test]
fn what_is_deployed_decides_what_stays() {
    let mut cloud = Cloud::new(BASE);
    cloud.always("cloudformation get-template*type(TemplateBody)*", "string");
    let template = "Resources:\n  Uploads:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Delete";
    cloud.always("cloudformation get-template*", template);
    cloud.rest();
    cloud
        .run("teardown.sh", &["production", "--unprotect", "production"])
        .ends(1)
        .says("Uploads of shop-production-data is deployed with DeletionPolicy Delete, and these files say otherwise");
    assert_eq!(cloud.calls("delete-stack"), [""; 0]);
}

#[test]
fn hosts_go_before_what_they_lead_to() {
    let mut cloud = Cloud::new(&format!("{BASE}{HOST}"));
    cloud.rest();
    cloud
        .run("teardown.sh", &["production", "--unprotect", "production"])
        .ends(1)
        .says("a name that leads nowhere can be claimed by others")
        .says("api.shop.example")
        .says("--records-gone");
    assert_eq!(cloud.calls("delete-stack"), [""; 0]);
}
