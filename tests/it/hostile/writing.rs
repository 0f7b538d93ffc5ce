//! What may happen while `out/` is written: no right to write, no room, a kill at any moment, another build.
#![allow(clippy::disallowed_types, reason = "moments are measured")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::scratch::{BASE, PRODUCTION, Running, Scratch, tree};
use crate::support::{Seeded, root};

/// The small project, built, and with a change that is not.
fn changed() -> Scratch {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    project.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    project
}

/// Everything below a folder of stages is as it should be: what was written, and nothing besides.
#[track_caller]
fn is_built(project: &Scratch) {
    project.run(&["check"]).ends(0);
    let left: Vec<String> =
        tree(&project.path().join("out")).into_keys().filter(|path| path.starts_with('.')).collect();
    assert!(left.is_empty(), "left over: {left:?}");
}

// No right to write.

/// The command as a user without rights, whoever runs the tests: as root, for whom no rights are checked, as `nobody`.
fn without_rights(project: &Scratch, arguments: &[&str]) -> Command {
    let command = project.command(arguments);
    if fs::metadata(project.around()).unwrap().uid() != 0 {
        return command;
    }
    // `nobody` may not be allowed to reach the place where the program was built.
    let program = project.around().join("reggie-cfn");
    if !program.exists() {
        let built = command.get_program();
        fs::hard_link(built, &program).or_else(|_| fs::copy(built, &program).map(drop)).unwrap();
    }
    fs::set_permissions(project.around(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(project.path()).uid(65534).gid(65534);
    command
}

fn owned_by_nobody(path: &Path) {
    if fs::metadata(path).unwrap().uid() == 0 {
        std::os::unix::fs::chown(path, Some(65534), Some(65534)).unwrap();
    }
}

#[test]
fn a_read_only_target_keeps_the_old_tree() {
    for locked in ["out", "out/production", "."] {
        let project = changed();
        if locked == "." {
            fs::remove_dir_all(project.path().join("out")).unwrap();
        }
        for (path, _) in tree(project.around()).iter().filter(|(_, found)| found.kind != "link") {
            owned_by_nobody(&project.around().join(path));
        }
        let folder = project.path().join(locked);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        let before = tree(project.path());
        let run = Running::start(without_rights(&project, &["build"])).end();
        assert_eq!(run.code, Some(2), "{locked}: {run:?}");
        run.reads_well().says("out").says("denied");
        assert_eq!(tree(project.path()), before, "{locked}");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        Running::start(without_rights(&project, &["build"])).end().ends(0);
        is_built(&project);
    }
}

#[test]
fn layers_without_the_right_to_read_are_named() {
    let project = changed();
    let layer = project.path().join("environments/production.yaml");
    fs::set_permissions(&layer, fs::Permissions::from_mode(0o000)).unwrap();
    let run = Running::start(without_rights(&project, &["build"])).end().ends(2);
    run.reads_well().says("environments/production.yaml").says("denied");
}

/// A folder of others inside the stage's folder that we could not take away afterwards.
#[test]
fn a_read_only_folder_of_others_keeps_the_old_tree() {
    let project = changed();
    fs::create_dir_all(project.path().join("out/production/theirs")).unwrap();
    project.write("out/production/theirs/file", "x");
    for (path, _) in tree(project.around()) {
        owned_by_nobody(&project.around().join(path));
    }
    let theirs = project.path().join("out/production/theirs");
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o555)).unwrap();
    let before = project.all();
    Running::start(without_rights(&project, &["build"])).end().ends(2).says("out/production/theirs");
    assert_eq!(project.all(), before);
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o755)).unwrap();
    Running::start(without_rights(&project, &["build"])).end().ends(0);
    assert_eq!(project.read("out/production/theirs/file"), "x");
}

// No room.

/// A disk that takes files of some blocks of 512 bytes only: `limit` ends the program by a signal in the middle of a file,
/// or lets it see the error.
fn with_little_room(project: &Scratch, blocks: u32, is_told: bool) -> Command {
    let command = project.command(&["build"]);
    let mut shell = Command::new("sh");
    let ignore = if is_told { "trap '' 25; " } else { "" };
    let script = format!("{ignore}ulimit -c 0; ulimit -f {blocks}; exec \"$0\" build");
    shell.arg("-c").arg(script).arg(command.get_program()).current_dir(project.path());
    shell
}

#[test]
fn a_file_that_cannot_be_written_whole_keeps_the_old_tree() {
    for is_told in [true, false] {
        for blocks in 1..5 {
            let project = changed();
            let before = tree(&project.path().join("out/production"));
            let run = Running::start(with_little_room(&project, blocks, is_told)).end();
            if is_told {
                run.ends(2).reads_well().says("out/production/").says("too large");
                assert_eq!(fs::read_dir(project.path().join("out")).unwrap().count(), 2, "something is left");
            } else {
                assert_eq!(run.code, None, "ended by a signal: {run:?}");
            }
            assert_eq!(tree(&project.path().join("out/production")), before, "{blocks} blocks");
            project.run(&["build"]).ends(0);
            is_built(&project);
        }
    }
}

/// A disk of its own that is full, where one may be mounted: as root, or in a name space of our own.
#[test]
fn a_full_disk_keeps_the_old_tree() {
    let project = Scratch::reggie();
    let disk = project.path().join("out");
    fs::create_dir(&disk).unwrap();
    let program = project.command(&[]).get_program().to_owned();
    // Everything happens inside, since the disk is gone with the name space.
    let script = "set -e
        mount -t tmpfs -o size=140k none out
        \"$0\" build production > /dev/null
        sha256sum out/production/* > before
        sed -i 's/log_days: 90/log_days: 60/' environments/production.yaml
        dd if=/dev/zero of=out/filler bs=1k count=200 2> /dev/null || true
        code=0; \"$0\" build production 2> said || code=$?
        cat said
        [ $code = 2 ]
        sha256sum out/production/* | cmp - before
        [ \"$(ls -A out)\" = \"$(printf '_bootstrap\\nfiller\\nproduction')\" ]
        rm out/filler
        \"$0\" build production > /dev/null
        \"$0\" check production > /dev/null
        ! sha256sum out/production/* | cmp -s - before
        [ \"$(ls -A out)\" = \"$(printf '_bootstrap\\nproduction')\" ]
        echo all was well";
    let mut inside = Command::new("unshare");
    inside.args(["-Urm", "sh", "-c", script]).arg(program).current_dir(project.path());
    match inside.output() {
        Ok(output) if !output.stdout.is_empty() => {
            let said = String::from_utf8_lossy(&output.stdout);
            println!("a full disk of 140 KiB in a name space of its own");
            assert!(said.contains("No space left on device") && said.ends_with("all was well\n"), "{output:?}");
        }
        other => println!("no disk can be mounted here, files without room have to do: {other:?}"),
    }
}

// A kill at any moment.

/// Several small stages. `runtime` is what changes.
fn several_stages(runtime: &str) -> Scratch {
    let project = Scratch::new(&[("base.yaml", BASE.replace("nodejs22.x", runtime))]);
    for i in 0..4 {
        let layer = PRODUCTION.replace("production", &format!("stage-{i}"));
        project.write(&format!("environments/stage-{i}.yaml"), layer);
    }
    project
}

/// What each stage's folder holds.
fn stages(out: &Path) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let folders = fs::read_dir(out).into_iter().flatten().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let files = |path: PathBuf| tree(&path).into_iter().map(|(name, found)| (name, found.bytes)).collect();
    // Those that begin otherwise are not of one stage.
    folders
        .filter(|path| name(path).starts_with(|c: char| c.is_ascii_alphanumeric()))
        .map(|path| (name(&path), files(path)))
        .collect()
}

#[test]
fn kill_9_leaves_each_stage_old_or_new_and_the_next_build_repairs() {
    let [a, b] = ["nodejs22.x", "nodejs24.x"].map(several_stages);
    // Both write to one folder, which is the only thing that changes.
    let out = a.path().join("out");
    let build = |project: &Scratch| {
        let mut command = project.command(&["build", "--all", "--out"]);
        command.arg(&out);
        Running::start(command)
    };
    let mut whole = Vec::new();
    build(&a).end().ends(0);
    for i in 0..4 {
        fs::write(out.join(format!("stage-{i}/note.md")), "ours").unwrap();
    }
    for project in [&a, &b] {
        build(project).end().ends(0);
        whole.push(stages(&out));
        assert!(stages(&out).values().all(|files| files.len() == 7), "our six files and the note");
    }
    // How long a build takes that writes everything, from B back to A.
    let timed = |project: &Scratch| {
        let start = Instant::now();
        build(project).end().ends(0);
        start.elapsed()
    };
    let mut took = timed(&a);
    let mut seeded = Seeded(9);
    let (mut mixed, mut left_over, mut at_work, mut there) = (0, 0, 0, 0);
    // A build that came to its end before it was killed counts for nothing. Machines are now slow and now fast.
    for round in 0..400 {
        if at_work == 100 {
            break;
        }
        // One is there, the other is on its way. Half of the moments are in the last part, which writes.
        let next = 1 - there;
        let thousandths = if round % 2 == 0 { seeded.next(1000) } else { 700 + seeded.next(300) };
        let moment = took.mul_f64(thousandths as f64 / 1000.0);
        at_work += usize::from(build([&a, &b][next]).killed_after(moment));
        let now = stages(&out);
        assert!(now.keys().eq(whole[0].keys()), "round {round} after {moment:?}: {:?}", now.keys());
        let is = |version: usize| now.iter().filter(|(stage, files)| whole[version][*stage] == **files).count();
        assert_eq!(is(there) + is(next), 4, "round {round} after {moment:?}: a folder is neither old nor new");
        mixed += usize::from(is(there) > 0 && is(next) > 0);
        left_over += usize::from(fs::read_dir(&out).unwrap().count() > 5);
        // Forward, or back at times: the next build makes everything one again, and leaves nothing of the stopped one.
        there = if round % 10 == 0 { there } else { next };
        took = timed([&a, &b][there]);
        assert_eq!(stages(&out), whole[there], "round {round} after {moment:?}: not repaired");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 5, "round {round} after {moment:?}: something is left");
    }
    println!("{at_work} kills of builds at work: {mixed} between stages, {left_over} within one");
    assert!(
        at_work == 100 && mixed + left_over > 0,
        "{at_work} at work, {mixed} between stages, {left_over} within one"
    );
}

/// A stop between the two steps that exchange folders where they cannot be exchanged at once.
#[test]
fn what_a_stopped_build_left_is_repaired() {
    let half = "half: made\n";
    for left in [&["old"][..], &["new"], &["new", "old"], &["old", "gone"], &["new", "old", "gone"]] {
        let project = changed();
        for &name in left.iter().filter(|name| **name != "gone") {
            let path = format!("out/.production.{name}");
            fs::create_dir(project.path().join(&path)).unwrap();
            project.write(&format!("{path}/app.yaml"), half);
        }
        if left.contains(&"gone") {
            // What was on its way out is the old folder itself.
            fs::remove_dir_all(project.path().join("out/.production.old")).unwrap();
            fs::rename(project.path().join("out/production"), project.path().join("out/.production.old")).unwrap();
            project.write("out/.production.old/note.md", "ours");
        }
        project.run(&["build"]).ends(0);
        is_built(&project);
        assert_eq!(project.path().join("out/production/note.md").exists(), left.contains(&"gone"), "{left:?}");
    }
}

// Another build.

/// Starts builds at once and waits for all.
fn at_once(commands: impl IntoIterator<Item = Command>) {
    let running: Vec<Running> = commands.into_iter().map(Running::start).collect();
    running.into_iter().for_each(|build| drop(build.end().ends(0).reads_well()));
}

#[test]
fn ten_builds_at_once_leave_one_tree() {
    let [a, b] = ["nodejs22.x", "nodejs24.x"].map(several_stages);
    let out = a.path().join("out");
    let build = |project: &Scratch, stages: &[String]| {
        let mut command = project.command(&["build", "--out"]);
        command.arg(&out).args(stages);
        command
    };
    let all: Vec<String> = (0..4).map(|i| format!("stage-{i}")).collect();
    let whole = [&a, &b].map(|project| {
        Running::start(build(project, &all)).end().ends(0);
        stages(&out)
    });
    // Different stages; then the same ones, of which each is one or the other.
    at_once((0..10).map(|i| build(&a, &[all[i % 4].clone()])));
    assert_eq!(stages(&out), whole[0]);
    for round in 0..3 {
        at_once((0..10).map(|i| build(if (i + round) % 2 == 0 { &a } else { &b }, &all)));
        for (stage, files) in stages(&out) {
            assert!([&whole[0][&stage], &whole[1][&stage]].contains(&&files), "{stage} is a mix");
        }
        assert_eq!(fs::read_dir(&out).unwrap().count(), 5, "something is left");
    }
    // Where there is nothing yet, too.
    fs::remove_dir_all(&out).unwrap();
    at_once((0..10).map(|_| build(&b, &all)));
    assert_eq!(stages(&out), whole[1]);
}

/// A build that was stopped while it wrote holds its lock for ever.
#[test]
fn a_lock_that_never_goes_ends_the_wait() {
    let project = changed();
    let before = tree(&project.path().join("out"));
    let lock = fs::File::open(project.path().join("out")).unwrap();
    lock.lock().unwrap();
    project.run(&["build"]).ends(2).reads_well().says("out").says("another build");
    assert_eq!(tree(&project.path().join("out")), before);
    // One that goes in time is waited for.
    let waiting = Running::start(project.command(&["build"]));
    std::thread::sleep(Duration::from_millis(300));
    drop(lock);
    waiting.end().ends(0);
    is_built(&project);
}

// Nobody listens.

#[test]
fn a_terminal_that_takes_nothing_changes_no_outcome() {
    let broken = BASE.replace("handler: index.handler", "handlr: index.handler");
    for (base, to, code) in
        [(BASE, "/dev/full", 2), (BASE, "/dev/null", 0), (&broken, "/dev/null", 1), (&broken, "/dev/full", 2)]
    {
        let project = Scratch::small();
        project.write("environments/base.yaml", base);
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" build > \"$1\" 2>&1"]).arg(project.command(&[]).get_program()).arg(to);
        command.current_dir(project.path());
        assert_eq!(Running::start(command).end().code, Some(code), "to {to}");
        assert_eq!(project.path().join("out").exists(), base == BASE, "to {to}");
    }
    // A reader that has left: errors stay errors.
    for (base, code) in [(BASE, 0), (&broken, 1)] {
        let project = Scratch::small();
        project.write("environments/base.yaml", base);
        for arguments in [&["build"][..], &["build", "--format", "json"]] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = project.command(arguments);
            command.stdout(writer.try_clone().unwrap()).stderr(writer).stdin(std::process::Stdio::null());
            assert_eq!(command.status().unwrap().code(), Some(code), "{arguments:?}");
        }
    }
    // Any width that a terminal may say it has.
    let project = Scratch::small();
    project.write("environments/base.yaml", &broken);
    for columns in ["0", "1", "41", "100000", "18446744073709551615", "-1", "x"] {
        let mut command = project.command(&["build"]);
        command.env("COLUMNS", columns);
        Running::start(command).end().ends(1).reads_well().says("environments/base.yaml:7:");
    }
}

// Many stages.

fn previews(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("pr-{number}")).collect()
}

/// The example whose previews are many, and a build of so many of them into one folder.
fn many(out: &Path, count: usize) -> Command {
    let mut command = Scratch::small().command(&["build", "--project"]);
    command.current_dir(root()).arg("examples/sgcarstrends").arg("--out").arg(out).args(previews(count));
    command
}

/// Stages are written as they compile, and none is kept in memory: a hundred more take as much as ten.
#[test]
fn memory_does_not_grow_with_the_number_of_stages() {
    let folder = tempfile::tempdir().unwrap();
    let [few, more] = [10, 110].map(|count| {
        let out = folder.path().join(count.to_string());
        let ran = Running::start(many(&out, count)).end().ends(0);
        assert_eq!(stages(&out).keys().filter(|name| name.starts_with("pr-")).count(), count);
        (ran.peak, tree(&out).values().map(|found| found.bytes.len()).sum::<usize>())
    });
    let (grown, written) = (more.0.saturating_sub(few.0), (more.1 - few.1) >> 10);
    assert!(written > 5_000, "{written} KiB are no test");
    assert!(few.0 > 0 && grown < 3_000, "{grown} KiB more memory, {written} KiB more files");
}

/// Many are synced at once, and few one by one: what stands in the end is the same, over nothing and over what stood.
#[test]
fn many_stages_are_written_as_one_is() {
    let [alone, together] = [(); 2].map(|()| Scratch::small());
    let names = previews(12);
    for runtime in ["nodejs22.x", "nodejs24.x", "nodejs24.x"] {
        for project in [&alone, &together] {
            project.write("environments/base.yaml", BASE.replace("nodejs22.x", runtime));
        }
        names.iter().for_each(|name| drop(alone.run(&["build", name]).ends(0)));
        let arguments: Vec<&str> = ["build"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let ran = together.run(&arguments).ends(0);
        assert!(ran.data.lines().filter(|line| line.starts_with("pr-")).count() == 12, "{}", ran.data);
        let [alone, together] = [&alone, &together].map(|project| {
            let found = tree(&project.path().join("out")).into_iter();
            found.map(|(path, found)| (path, found.kind, found.bytes)).collect::<Vec<_>>()
        });
        assert!(alone == together, "{runtime}");
        assert!(together.iter().all(|(path, ..)| !path.starts_with('.')), "something is left over");
    }
}

/// One that does not compile keeps all others from being written, however late it comes.
#[test]
fn one_stage_that_fails_leaves_nothing_of_the_others() {
    let project = Scratch::small();
    let arguments = ["build", "pr-1", "pr-2", "nowhere"];
    project.run(&arguments).ends(1).says("STG001");
    assert!(!project.path().join("out").exists());
    project.run(&["build", "pr-1"]).ends(0);
    project.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    let before = tree(&project.path().join("out"));
    project.run(&arguments).ends(1).says("STG001");
    assert_eq!(tree(&project.path().join("out")), before);
}
