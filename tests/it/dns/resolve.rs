//! `dns resolve`: what no folder can hold.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{edit, project, run};
use crate::scratch::{Run, Running, Scratch};
use crate::support::Seeded;

const GIVEN: &str = "--stacks aws/production-stacks.json --certificates aws/production-certificates.json";
const LEFT: &str = ".reggie-cfn/production/getreggie.io.resolved.json";

fn resolve(project: &Scratch, more: &str) -> Run {
    run(project, &format!("dns resolve production {GIVEN}{more}"))
}

#[test]
fn warnings_are_errors_where_asked_for_and_then_nothing_is_written() {
    let project = project();
    edit(&project, "aws/production-stacks.json", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE");
    resolve(&project, " --strict").ends(1).says("rolled back");
    assert!(!project.path().join(".reggie-cfn").exists());
    resolve(&project, "").ends(0).says("rolled back");
    assert!(project.path().join(LEFT).exists());
}

#[test]
fn a_failure_leaves_what_was_there() {
    let project = project();
    resolve(&project, "").ends(0);
    let before = project.all();
    edit(&project, "aws/production-stacks.json", "UPDATE_COMPLETE", "UPDATE_FAILED");
    resolve(&project, "").ends(1);
    let after = project.all().into_iter().filter(|(path, _)| !path.starts_with("aws/"));
    let before = before.into_iter().filter(|(path, _)| !path.starts_with("aws/"));
    assert_eq!(after.collect::<Vec<_>>(), before.collect::<Vec<_>>());
}

#[test]
fn a_file_without_end_is_refused() {
    let project = project();
    let file = fs::File::create(project.path().join("huge.json")).unwrap();
    file.set_len(100 << 20).unwrap();
    run(&project, "dns resolve production --stacks huge.json").ends(2).says("64 MiB").reads_well().within(60);
    run(&project, "dns resolve production --stacks /dev/zero").ends(2).says("64 MiB").reads_well();
    run(&project, "dns resolve production --stacks .").ends(2).says("directory").reads_well();
}

#[test]
fn the_order_of_what_aws_said_is_no_matter() {
    let project = project();
    resolve(&project, "").ends(0);
    let expected = project.read(LEFT);
    let mut random = Seeded(7);
    for _ in 0..20 {
        let mut stacks: Value = serde_json::from_str(&project.read("aws/production-stacks.json")).unwrap();
        let certificates = project.read("aws/production-certificates.json");
        let documents = serde_json::Deserializer::from_str(&certificates).into_iter::<Value>();
        let mut documents: Vec<Value> = documents.map(Result::unwrap).collect();
        random.shuffle(stacks["Stacks"].as_array_mut().unwrap());
        random.shuffle(&mut documents);
        project.write("aws/production-stacks.json", stacks.to_string());
        // With nothing between two documents, too.
        let documents: Vec<String> = documents.iter().map(Value::to_string).collect();
        project.write("aws/production-certificates.json", documents.concat());
        resolve(&project, "").ends(0);
        assert_eq!(project.read(LEFT), expected);
    }
}

/// What half of an answer says is no answer: wherever a file ends, nothing is written.
#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    let project = project();
    let whole = project.read("aws/production-stacks.json");
    let end = whole.trim_end().len();
    let mut random = Seeded(11);
    for at in (0..40).map(|_| random.next(end)).chain([1, end - 1]) {
        project.write("aws/production-stacks.json", &whole[..at]);
        resolve(&project, "").ends(1).says("DNS020").reads_well();
    }
    assert!(!project.path().join(".reggie-cfn").exists());
}

#[test]
fn depth_and_length_are_no_matter() {
    let project = project();
    for text in ["[".repeat(1 << 20), format!("{{\"Stacks\": {}", "[".repeat(1 << 20)), "{\"a\":".repeat(1 << 20)] {
        project.write("deep.json", text);
        run(&project, "dns resolve production --stacks deep.json").ends(1).says("DNS020").reads_well();
    }
    project.write("deep.json", format!("{{\"Stacks\": [{}{}]}}", "[".repeat(1 << 20), "]".repeat(1 << 20)));
    run(&project, "dns resolve production --stacks deep.json").ends(1).says("DNS021").reads_well();
    let stack = r#"{"StackId": "arn:aws:cloudformation:eu-west-2:123456789012:stack/x/1", "StackName": "x", "StackStatus": 7},"#;
    project.write("many.json", format!("{{\"Stacks\": [{} 0]}}", stack.repeat(20_000)));
    run(&project, "dns resolve production --stacks many.json").ends(1).says("StackStatus").reads_well();
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let project = project();
    let text: Vec<u8> = std::iter::once(0xfeff).chain("{}".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    project.write("stacks.json", text);
    run(&project, "dns resolve production --stacks stacks.json").ends(2).says("PowerShell").reads_well();
    project.write("stacks.json", b"{\"Stacks\": \"\xff\"}");
    run(&project, "dns resolve production --stacks stacks.json").ends(2).says("byte 12 is not UTF-8").reads_well();
    let stacks = project.read("aws/production-stacks.json");
    project.write("aws/production-stacks.json", format!("\u{feff}{stacks}"));
    resolve(&project, "").ends(0);
}

/// What a shell puts in the place of a file is read to its end, and nobody is waited for in vain.
#[test]
fn pipes_are_read_and_not_waited_for() {
    let project = project();
    let shell = |line: &str| {
        let mut command = Command::new("bash");
        command.args(["-c", line, "bash", env!("CARGO_BIN_EXE_reggie-cfn")]).current_dir(project.path());
        Running::start(command).end()
    };
    let slow = "(sleep 0.2; cat aws/production-stacks.json)";
    shell(&format!(
        "$1 dns resolve production --stacks <{slow} --certificates <(cat aws/production-certificates.json)"
    ))
    .ends(0);
    shell("mkfifo pipe && $1 dns resolve production --stacks pipe").ends(1).says("is empty");
}

#[test]
fn the_standard_input_is_read_once() {
    let project = project();
    run(&project, "dns resolve production --stacks - --certificates - < aws/production-stacks.json")
        .ends(2)
        .says("once");
}

#[test]
fn a_plan_must_be_as_it_was_built() {
    let project = project();
    let path = "out/production/dns/getreggie.io.plan.yaml";
    let whole = project.read(path);
    for (from, to, why) in [
        ("ReggieWebDnsTarget", "ReggieOtherDnsTarget", "not as `build` wrote it"),
        ("dns-plan/1", "dns-plan/2", "no record plan of this version"),
        ("proxied: true", "proxied: maybe", "no record plan of this version"),
    ] {
        project.write(path, whole.replace(from, to));
        resolve(&project, "").ends(2).says(why).says("run `reggie-cfn build production`");
    }
    // Without an index there is no digest, and the names must still agree.
    fs::remove_file(project.path().join("out/production/index.yaml")).unwrap();
    for (from, to) in [("zone: getreggie.io", "zone: ../../x"), ("owner: reggie/production", "owner: reggie/staging")] {
        project.write(path, whole.replace(from, to));
        resolve(&project, "").ends(2).says("it is the plan of").says("run `reggie-cfn build production`");
    }
    project.write(path, vec![0xff]);
    resolve(&project, "").ends(2).says("no record plan");
    assert!(!project.path().join(".reggie-cfn").exists());
}

#[test]
fn whose_records_must_be_said() {
    let project = project();
    let says =
        |owner: &str, text: &str| drop(run(&project, &format!("dns resolve {owner}")).ends(2).says(text).reads_well());
    says("prodution", "did you mean `production`?");
    says("pr-7", "run `reggie-cfn build pr-7`");
    says("../../etc", "there is no out/etc");
    says("..", "no name of a stage");
    says("production --zone getregie.io", "it has some in getreggie.io");
    says("_zones", "run `reggie-cfn build`");
    says("production --format sarif", "json or markdown");
    says("production --phase validation --stacks aws/production-stacks.json", "leave --stacks out");
    fs::remove_file(project.path().join("out/staging/dns/getreggie.io.plan.yaml")).unwrap();
    says("staging", "no record plan");
    says("staging --zone getreggie.io", "no records in a zone `getreggie.io`");
}

/// Nothing leads what is written out of the project.
#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let project = project();
    let elsewhere = project.around().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, project.path().join(".reggie-cfn")).unwrap();
    resolve(&project, "").ends(2).says("symbolic link");
    fs::remove_file(project.path().join(".reggie-cfn")).unwrap();
    fs::create_dir(project.path().join(".reggie-cfn")).unwrap();
    symlink(&elsewhere, project.path().join(".reggie-cfn/production")).unwrap();
    resolve(&project, "").ends(2).says("symbolic link");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    // A file that is a link is replaced, and not followed.
    fs::remove_file(project.path().join(".reggie-cfn/production")).unwrap();
    fs::create_dir(project.path().join(".reggie-cfn/production")).unwrap();
    fs::write(elsewhere.join("file"), "mine").unwrap();
    symlink(elsewhere.join("file"), project.path().join(LEFT)).unwrap();
    resolve(&project, "").ends(0);
    assert_eq!(fs::read_to_string(elsewhere.join("file")).unwrap(), "mine");
    assert!(project.read(LEFT).contains("dns-resolved/1"));
}

#[test]
fn colours_come_where_they_are_asked_for() {
    let project = project();
    let plain = resolve(&project, "").ends(0).data;
    let coloured = resolve(&project, " --color always").ends(0).data;
    assert!(!plain.contains('\u{1b}') && coloured.contains("\u{1b}[2mproxied\u{1b}[0m"), "{coloured}");
    let mut without = String::new();
    let mut pieces = coloured.split('\u{1b}');
    without.push_str(pieces.next().unwrap());
    pieces.for_each(|piece| without.push_str(piece.split_once('m').unwrap().1));
    assert_eq!(without, plain);
}
