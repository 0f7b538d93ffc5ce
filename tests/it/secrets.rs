//! The command `secrets`: the fixtures of `tests/secrets/`, as `transcripts` reads them, and what it has `aws` do. Every value in the
//! fixtures has `VALUE` in it, and is never seen. The `aws` on PATH is a script that writes down what it is called with.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::scratch::{Run, Scratch};
use crate::support::{Seeded, names, root};
use crate::transcripts::{Transcripts, copy, run};

const TRANSCRIPTS: Transcripts =
    Transcripts { folder: "tests/secrets", page: "docs/secrets.md", project, names: &[], unseen: &["VALUE"] };

/// The codes that fixtures show.
pub fn shown_codes() -> BTreeSet<String> {
    TRANSCRIPTS.shown_codes()
}

fn project() -> Scratch {
    let project = Scratch::new::<&str, &str>(&[]);
    copy(&project, &root().join("tests/secrets/_shared"));
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

/// Writes down its arguments, environment and standard input; answers with what stands in `answers/<service>.<operation>`, or with the
/// error in `answers/<service>.<operation>.error`.
const AWS: &str = r#"#!/bin/sh
here=$(dirname "$0")
number=$(ls "$here/calls" | wc -l)
call="$here/calls/$(printf %03d "$number")"
mkdir "$call"
printf '%s\n' "$@" > "$call/arguments"
env > "$call/environment"
case " $* " in *" file:///dev/stdin "*) cat > "$call/stdin";; esac
if [ -f "$here/answers/$1.$2.error" ]; then cat "$here/answers/$1.$2.error" >&2; exit 254; fi
if [ -f "$here/answers/$1.$2" ]; then cat "$here/answers/$1.$2"; fi
"#;

/// An `aws` that is a script, in a folder of its own.
struct Aws(tempfile::TempDir);

/// A call of it.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    arguments: String,
    environment: String,
    stdin: Option<String>,
}

impl Aws {
    fn new(answers: &[(&str, &str)]) -> Aws {
        let aws = Aws(tempfile::tempdir().unwrap());
        for folder in ["calls", "answers"] {
            fs::create_dir(aws.0.path().join(folder)).unwrap();
        }
        let path = aws.0.path().join("aws");
        fs::write(&path, AWS).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        aws.answer("sts.get-caller-identity", "123456789012\n");
        aws.answer("ssm.get-parameters-by-path", "[]\n");
        aws.answer("secretsmanager.get-secret-value.error", NOT_FOUND);
        answers.iter().for_each(|(name, text)| aws.answer(name, text));
        aws
    }

    fn answer(&self, name: &str, text: &str) {
        fs::write(self.0.path().join("answers").join(name), text).unwrap();
    }

    fn forget(&self, name: &str) {
        fs::remove_file(self.0.path().join("answers").join(name)).unwrap();
    }

    fn path(&self) -> String {
        format!("{}:{}", self.0.path().display(), std::env::var("PATH").unwrap())
    }

    fn run(&self, project: &Scratch, line: &str) -> Run {
        let mut command = project.command(&line.split_whitespace().collect::<Vec<_>>());
        let ran = Run::of(command.env("PATH", self.path()).output().unwrap());
        for text in [&ran.data, &ran.said] {
            assert!(!text.contains("VALUE"), "a value is seen: {text}");
        }
        for call in self.calls() {
            assert!(!call.arguments.contains("VALUE") && !call.environment.contains("VALUE"), "{call:?}");
        }
        ran
    }

    fn calls(&self) -> Vec<Call> {
        let mut folders = names(&self.0.path().join("calls"));
        folders.sort();
        let call = |folder: PathBuf| Call {
            arguments: fs::read_to_string(folder.join("arguments")).unwrap().trim_end().replace('\n', " "),
            environment: fs::read_to_string(folder.join("environment")).unwrap(),
            stdin: fs::read_to_string(folder.join("stdin")).ok(),
        };
        folders.into_iter().map(|name| call(self.0.path().join("calls").join(name))).collect()
    }

    /// The calls that write, and the value of each.
    fn written(&self) -> Vec<(String, String)> {
        self.calls().into_iter().filter_map(|call| Some((call.arguments, call.stdin?))).collect()
    }
}

const NOT_FOUND: &str = "\nAn error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find it.\n";
const FILL: &str = "secrets production --from-env production.env --apply";

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn put(name: &str, parameter_type: &str, more: &str) -> String {
    format!(
        "ssm put-parameter --region eu-west-2 --name /shop/production/{name} --type {parameter_type} --value file:///dev/stdin \
         --output json{more}"
    )
}

fn write_secret(operation: &str) -> String {
    format!("secretsmanager {operation} shop/production --secret-string file:///dev/stdin --output json")
}

#[test]
fn a_file_fills_what_is_not_there() {
    let (aws, project) = (Aws::new(&[]), project());
    aws.run(&project, FILL).ends(0).gives("written: /shop/production/StripeSecretKey");
    let expected = [
        (put("ClerkPublishableKey", "String", ""), "VALUE-1"),
        (put("ClerkSecretKey", "SecureString", ""), "VALUE-2"),
        (put("SentryDsn", "SecureString", ""), "VALUE-fallback"),
        (put("StripeSecretKey", "SecureString", ""), "VALUE-3"),
        (
            write_secret("create-secret --region eu-west-2 --name"),
            "{\"WarehouseToken\":\"VALUE-4\",\"WarehouseUser\":\"VALUE 5\"}",
        ),
    ];
    let expected: Vec<(&str, &str)> = expected.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    assert_eq!(aws.written(), pairs(&expected));
    let first = &aws.calls()[0].arguments;
    assert_eq!(first, "sts get-caller-identity --query Account --output text", "the account is asked for first");
}

const SOME: &str = r#"[{"Name": "/shop/production/ClerkSecretKey", "Type": "SecureString"}]"#;
const SECRET: &str =
    r#"{"Name": "shop/production", "SecretString": "{\"Other\": {\"a\": 1}, \"WarehouseUser\": \"VALUE-old\"}"}"#;

#[test]
fn what_is_there_stays() {
    let (aws, project) =
        (Aws::new(&[("ssm.get-parameters-by-path", SOME), ("secretsmanager.get-secret-value", SECRET)]), project());
    aws.forget("secretsmanager.get-secret-value.error");
    aws.run(&project, FILL).ends(0).gives("keep       ClerkSecretKey");
    let written = aws.written();
    assert!(
        !written.iter().any(|(call, _)| call.contains("ClerkSecretKey") || call.contains("--overwrite")),
        "{written:?}"
    );
    let last = (
        write_secret("put-secret-value --region eu-west-2 --secret-id"),
        "{\"Other\":{\"a\":1},\"WarehouseUser\":\"VALUE-old\",\"WarehouseToken\":\"VALUE-4\"}".to_owned(),
    );
    assert_eq!(written.last(), Some(&last));
}

#[test]
fn what_is_there_is_replaced_where_that_is_said() {
    let (aws, project) =
        (Aws::new(&[("ssm.get-parameters-by-path", SOME), ("secretsmanager.get-secret-value", SECRET)]), project());
    aws.forget("secretsmanager.get-secret-value.error");
    aws.run(&project, &format!("{FILL} --overwrite")).ends(0);
    let written = aws.written();
    assert_eq!(written[1], (put("ClerkSecretKey", "SecureString", " --overwrite"), "VALUE-2".to_owned()));
    assert_eq!(written[0].0, put("ClerkPublishableKey", "String", ""), "AWS refuses what was set since");
    assert_eq!(written[4].1, "{\"Other\":{\"a\":1},\"WarehouseUser\":\"VALUE 5\",\"WarehouseToken\":\"VALUE-4\"}");
}

#[test]
fn nothing_is_written_without_being_told_to() {
    let (aws, project) = (Aws::new(&[]), project());
    aws.run(&project, "secrets production --from-env production.env").ends(3).gives("6 to write, with --apply");
    aws.run(&project, "secrets production").ends(0);
    aws.run(&project, "secrets production --check aws/parameters.json aws/secret.json").ends(0);
    assert_eq!(aws.calls(), [], "nothing is asked either");
    aws.run(&project, "secrets pr-3 --from-env production.env --apply").ends(2).says("those of `production`");
    assert_eq!(aws.calls(), []);
}

#[test]
fn nothing_is_written_in_another_account() {
    let (aws, project) = (Aws::new(&[("sts.get-caller-identity", "210987654321\n")]), project());
    aws.run(&project, FILL).ends(2).says("210987654321").says("nothing was written");
    assert_eq!(aws.calls().len(), 1);
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let plain = SOME.replace("SecureString", "String");
    for (name, text, code, says) in [
        ("ssm.get-parameters-by-path", plain.as_str(), 1, "CFN522"),
        ("ssm.get-parameters-by-path", "[{\"Name\": \"VALUE", 1, "CFN520"),
        (
            "ssm.get-parameters-by-path.error",
            "An error occurred (AccessDeniedException) when VALUE",
            2,
            "AccessDeniedException",
        ),
        ("sts.get-caller-identity.error", "Unable to locate credentials. VALUE", 2, "no credentials"),
        ("sts.get-caller-identity.error", "VALUE", 2, "exit code 254"),
    ] {
        let (aws, project) = (Aws::new(&[(name, text)]), project());
        aws.run(&project, FILL).ends(code).says(says).reads_well();
        assert_eq!(aws.written(), [], "{name}");
    }
    let (aws, project) = (Aws::new(&[]), project());
    project.write("production.env", "ClerkSecretKey=VALUE\nVALUE\n");
    aws.run(&project, FILL).ends(1).says("CFN524");
    assert_eq!(aws.calls(), []);
}

/// AWS repeats what it refuses.
#[test]
fn what_aws_says_of_a_value_is_not_repeated() {
    let said = "An error occurred (ValidationException) when calling the PutParameter operation: Value 'VALUE-1' at 'value' is wrong";
    let (aws, project) = (Aws::new(&[("ssm.put-parameter.error", said)]), project());
    let ran = aws.run(&project, FILL).ends(2).says("ValidationException").says("0 of 6 were written before");
    assert!(!ran.said.contains("at 'value'"), "{}", ran.said);
    assert_eq!(aws.written().len(), 1, "it goes no further");
}

#[test]
fn without_aws_it_says_so() {
    let project = project();
    let mut command = project.command(&FILL.split_whitespace().collect::<Vec<_>>());
    Run::of(command.env("PATH", "/nonexistent").output().unwrap()).ends(2).says("not installed").reads_well();
}

/// The commands that it prints do what they say: the value goes in by the standard input, as it was typed.
#[test]
fn the_commands_that_it_prints_work() {
    let (aws, project) = (Aws::new(&[("secretsmanager.get-secret-value", "{\"Other\": 1}\n")]), project());
    aws.forget("secretsmanager.get-secret-value.error");
    let value = " VALUE \"é\\n'$x` ";
    for (name, key) in [
        ("StripeSecretKey", "set"),
        ("StripeSecretKey", "rotate"),
        ("ClerkPublishableKey", "set"),
        ("WarehouseToken", "set"),
    ] {
        let page: serde_json::Value =
            serde_json::from_str(&run(&project, &format!("secrets production {name} --format json")).ends(0).data)
                .unwrap();
        let command = page["secrets"][0][key].as_str().unwrap();
        // Without `jq` the last one has nothing to be tried with.
        let has_jq =
            Command::new("jq").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
        if command.contains("| jq") && !has_jq {
            continue;
        }
        let before = aws.written().len();
        let mut bash = Command::new("bash");
        bash.args(["-c", command]).env("PATH", aws.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = bash.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{value}\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{command}");
        let written = aws.written();
        let (_, stdin) = &written[before];
        match name {
            "WarehouseToken" => {
                let keys: serde_json::Value = serde_json::from_str(stdin).unwrap();
                assert_eq!(keys, serde_json::json!({"Other": 1, "WarehouseToken": value}));
            }
            _ => assert_eq!(stdin, value, "{command}"),
        }
    }
    assert!(aws.calls().iter().all(|call| !call.arguments.contains("VALUE")));
    assert!(aws.written()[1].0.ends_with("--overwrite"));
}

/// Whatever is done to a file: nothing of a value is seen, and nothing panics.
#[test]
fn damaged_files_never_show_a_value() {
    let project = project();
    let mut random = Seeded(3);
    for (file, command) in [
        ("aws/parameters.json", "secrets production --check damaged aws/secret.json"),
        ("aws/secret.json", "secrets production --check damaged --format json"),
        ("production.env", "secrets production --from-env damaged"),
    ] {
        let whole = project.read(file).into_bytes();
        for _ in 0..25 {
            let mut bytes = whole.clone();
            match random.next(4) {
                0 => bytes.truncate(random.next(whole.len())),
                1 => drop(bytes.drain(..random.next(whole.len()))),
                2 => bytes.insert(random.next(whole.len()), b"\"{}[]\n=#,:\\\x1b"[random.next(12)]),
                _ => drop(bytes.remove(random.next(whole.len()))),
            }
            project.write("damaged", &bytes);
            let ran = run(&project, command).reads_well();
            assert!(matches!(ran.code, Some(0..=3)), "{ran:?}");
            for text in [&ran.data, &ran.said] {
                assert!(!text.contains("VALUE"), "{text}\n---\n{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// A function of another region that reads a parameter and a JSON secret.
const FAR: &str = "
  Far:
    type: function
    region: eu-west-1
    runtime: nodejs22.x
    zip: {path: apps/api/dist, handler: index.handler}
    links: {StripeSecretKey: read}
    environment: {WAREHOUSE_TOKEN: \"${secrets.WarehouseToken.value}\"}
";
const THERE: &str = "secrets production --region eu-west-1";

fn with_another_region() -> Scratch {
    let project = project();
    let base = project.read("environments/base.yaml");
    project.write("environments/base.yaml", format!("{}{FAR}", base.trim_end()));
    project
}

#[test]
fn what_another_region_needs_is_kept_there_too() {
    let (aws, project) = (Aws::new(&[]), with_another_region());
    aws.run(&project, "secrets production").ends(0).gives(
        "Functions in eu-west-1 need StripeSecretKey and WarehouseToken there as well: reggie-cfn secrets production --region eu-west-1",
    );
    let replicate = "aws secretsmanager replicate-secret-to-regions --region eu-west-2 --secret-id shop/production --add-replica-regions \
                     Region=eu-west-1";
    aws.run(&project, THERE)
        .ends(0)
        .gives("2 secrets of production, in eu-west-1")
        .gives("put-parameter --region eu-west-1 --name /shop/production/StripeSecretKey")
        .gives(replicate)
        .gives("| reggie-cfn secrets production --region eu-west-1 --check -");
    aws.run(&project, "secrets production --region us-west-2").ends(2).says("it needs some in `eu-west-1`");
    assert_eq!(aws.calls(), []);
}

#[test]
fn a_file_fills_another_region_and_json_secrets_are_copied() {
    let (aws, project) = (Aws::new(&[]), with_another_region());
    let fill = format!("{THERE} --from-env production.env --apply");
    aws.run(&project, &fill)
        .ends(0)
        .gives("written: /shop/production/StripeSecretKey")
        .gives("written: shop/production");
    let put = put("StripeSecretKey", "SecureString", "").replace("eu-west-2", "eu-west-1");
    assert_eq!(aws.written(), pairs(&[(&put, "VALUE-3")]), "and nothing that nobody reads there");
    let copies = aws.calls().into_iter().filter(|call| call.arguments.contains("replicate")).map(|call| call.arguments);
    let copy = "secretsmanager replicate-secret-to-regions --region eu-west-2 --secret-id shop/production --add-replica-regions \
                Region=eu-west-1 --output json";
    assert_eq!(copies.collect::<Vec<_>>(), [copy]);
    // A copy is written by Secrets Manager alone.
    let (aws, project) = (Aws::new(&[("secretsmanager.get-secret-value", SECRET)]), with_another_region());
    aws.forget("secretsmanager.get-secret-value.error");
    aws.run(&project, &fill).ends(2).says("is a copy in eu-west-1; write it in eu-west-2");
}

#[test]
fn what_is_declared_for_the_stage_is_no_stranger_elsewhere() {
    let there = r#"[{"Name": "/shop/production/ClerkSecretKey", "Type": "SecureString"}, {"Name": "/shop/production/StripeSecretKey", "Type": "SecureString"}, {"Name": "/shop/production/StripKey", "Type": "SecureString"}]"#;
    let (aws, project) = (Aws::new(&[]), with_another_region());
    project.write("there.json", there);
    let ran = aws.run(&project, &format!("{THERE} --check there.json")).ends(1).says("`WarehouseToken` has no value");
    let ran = ran.says("there is a parameter `/shop/production/StripKey`");
    assert!(!ran.said.contains("parameter `/shop/production/ClerkSecretKey`"), "{}", ran.said);
}
