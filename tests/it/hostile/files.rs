//! What may stand where a file or a folder is expected: pipes, devices, links, sockets, folders, and names of any bytes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::scratch::{Scratch, tree};

/// Makes a pipe, to which nobody will ever write.
fn pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
}

/// Makes something in a place.
type Make = fn(&Path);

/// Everything that is no regular file, with a name for messages.
fn strange() -> Vec<(&'static str, Make)> {
    fn device(at: &Path) {
        // Only some users may make devices; for all others a link to one has to do.
        let made = Command::new("mknod").arg(at).args(["c", "1", "5"]).output().unwrap();
        if !made.status.success() {
            println!("a link stands in for a device: {}", String::from_utf8_lossy(&made.stderr).trim());
            symlink("/dev/zero", at).unwrap();
        }
    }
    vec![
        ("a pipe", pipe),
        ("a folder", |at| fs::create_dir(at).unwrap()),
        ("a socket", |at| drop(UnixListener::bind(at).unwrap())),
        ("a device", device),
        ("a link to a device without end", |at| symlink("/dev/zero", at).unwrap()),
        ("a link to a device of noise", |at| symlink("/dev/urandom", at).unwrap()),
        ("a link to a terminal", |at| symlink("/dev/tty", at).unwrap()),
        ("a link to a file of the system", |at| symlink("/etc/passwd", at).unwrap()),
        ("a link to nowhere", |at| symlink("nowhere", at).unwrap()),
        ("a link to itself", |at| symlink(at.file_name().unwrap(), at).unwrap()),
        ("a link to another layer", |at| symlink("base.yaml", at).unwrap()),
    ]
}

#[test]
fn a_layer_is_a_regular_file() {
    for (what, make) in strange() {
        for name in ["staging.yaml", "staging.yml", "production.yaml"] {
            let project = Scratch::small();
            project.run(&["build"]).ends(0);
            let path = project.path().join("environments").join(name);
            let _ = fs::remove_file(&path);
            make(&path);
            let before = tree(project.around());
            for command in [&["build"][..], &["check"], &["stages"], &["explain", "production", "Hello.memory"]] {
                let run = project.run(command).reads_well().within(64);
                assert_eq!(run.code, Some(2), "{what}: {run:?}");
                run.says(&format!("environments/{name}: ")).says("no regular file");
            }
            assert_eq!(tree(project.around()), before, "{what}");
        }
    }
}

/// Only layers are looked at: whatever else stands beside them is no matter.
#[test]
fn what_is_no_layer_is_left_alone() {
    let project = Scratch::small();
    for (i, (_, make)) in strange().into_iter().enumerate() {
        make(&project.path().join(format!("environments/note-{i}.md")));
        make(&project.path().join(format!("environments/.note-{i}.yaml")));
        make(&project.path().join(format!("other-{i}")));
    }
    project.run(&["build"]).ends(0);
}

#[test]
fn the_folder_of_layers_is_a_folder_of_the_project() {
    for (what, make) in strange().into_iter().filter(|(what, _)| *what != "a folder") {
        let project = Scratch::small();
        fs::remove_dir_all(project.path().join("environments")).unwrap();
        make(&project.path().join("environments"));
        let run = project.run(&["build"]).reads_well();
        assert_eq!(run.code, Some(2), "{what}: {run:?}");
        run.says("environments");
        assert!(!project.path().join("out").exists());
    }
    let elsewhere = Scratch::small();
    let project = Scratch::small();
    fs::remove_dir_all(project.path().join("environments")).unwrap();
    symlink(elsewhere.path().join("environments"), project.path().join("environments")).unwrap();
    project.run(&["build"]).ends(2).reads_well().says("symbolic link");
    fs::remove_file(project.path().join("environments")).unwrap();
    fs::create_dir(project.path().join("environments")).unwrap();
    project.run(&["build"]).ends(1).reads_well().says("environments/base.yaml");
}

#[test]
fn names_that_cannot_be_seen_are_refused() {
    let names: [&[u8]; 6] = [
        b"\xff.yaml",
        b"a\nResources: {}\n.yaml",
        b"a\x1b[31m.yaml",
        "a\u{202e}b.yaml".as_bytes(),
        b"\r.yml",
        b"a\x7f.yaml",
    ];
    for name in names {
        let project = Scratch::small();
        fs::write(project.path().join("environments").join(OsStr::from_bytes(name)), "values: {}\n").unwrap();
        let before = tree(project.around());
        project.run(&["build"]).ends(2).reads_well().says("environments/").says("rename it");
        assert_eq!(tree(project.around()), before);
    }
    // Names that can be seen may be of any script, and stand in templates.
    let project = Scratch::small();
    project.write("environments/größe und 寸法 #1.yaml", "values: {a: 1}\n");
    let overlay = project.read("environments/production.yaml") + "extends: 'größe und 寸法 #1'\n";
    project.write("environments/production.yaml", overlay);
    project.run(&["build"]).ends(0);
    let header = "# Made by reggie-cfn from environments/base.yaml, environments/größe und 寸法 #1.yaml, ";
    assert!(project.read("out/production/app.yaml").starts_with(header));
}

/// Where output should go stands something else.
#[test]
fn output_goes_to_plain_folders_only() {
    for (what, make) in strange() {
        for at in ["out", "out/production", "out/_bootstrap"] {
            if what == "a folder" {
                continue;
            }
            let project = Scratch::small();
            if at != "out" {
                fs::create_dir(project.path().join("out")).unwrap();
            }
            make(&project.path().join(at));
            let before = tree(project.around());
            let run = project.run(&["build"]).reads_well();
            assert_eq!(run.code, Some(2), "{what} as {at}: {run:?}");
            run.says(at);
            let checked = project.run(&["check"]).reads_well();
            assert!(matches!(checked.code, Some(2 | 3)), "{what} as {at}: {checked:?}");
            let mut after = tree(project.around());
            if at == "out/_bootstrap" {
                // Stages are written first, each whole.
                after.retain(|path, _| !path.starts_with("project/out/production"));
                after.insert("project/out".to_owned(), before["project/out"].clone());
            }
            assert_eq!(after, before, "{what} as {at}");
        }
    }
}

/// A link that leads out of the project, with files that must not change.
#[test]
fn nothing_is_written_behind_a_link() {
    for at in [
        "out",
        "out/production",
        "out/.production.new",
        "out/.production.old",
        "out/_bootstrap",
        "out/._bootstrap.new",
        "out/._bootstrap.old",
    ] {
        let project = Scratch::small();
        project.run(&["build"]).ends(0);
        let outside = project.around().join("outside");
        fs::create_dir(&outside).unwrap();
        for name in ["app.yaml", "index.yaml", "precious.txt"] {
            fs::write(outside.join(name), "# Made by reggie-cfn, and moved here\n").unwrap();
        }
        let link = project.path().join(at);
        if link.exists() {
            fs::rename(&link, project.around().join("aside")).unwrap();
        }
        symlink(&outside, &link).unwrap();
        let before = tree(&outside);
        let changed = project.read("environments/base.yaml").replace("nodejs22.x", "nodejs24.x");
        project.write("environments/base.yaml", changed);
        let run = project.run(&["build"]).reads_well();
        assert_eq!(tree(&outside), before, "behind {at}");
        // What lies where a build puts its own things for a moment is cleared away, the link and not what it leads to. What is no
        // last build is told before anything would be written.
        let code = match at {
            "out/production" => 1,
            _ if at.contains("/.") => 0,
            _ => 2,
        };
        assert_eq!(run.code, Some(code), "{at}: {run:?}");
    }
}

/// Where a file of ours should go stands something else.
#[test]
fn what_stands_in_the_way_of_a_file_is_kept() {
    for (what, make) in strange() {
        for name in ["app.yaml", "index.yaml", "manifest.yaml"] {
            let project = Scratch::small();
            fs::create_dir_all(project.path().join("out/production")).unwrap();
            make(&project.path().join("out/production").join(name));
            let before = tree(&project.path().join("out/production"));
            let run = project.run(&["build"]).reads_well();
            assert_eq!(run.code, Some(2), "{what} as {name}: {run:?}");
            run.says(&format!("out/production/{name}")).says("not made by reggie-cfn");
            assert_eq!(tree(&project.path().join("out/production")), before, "{what} as {name}");
            assert_eq!(fs::read_dir(project.path().join("out")).unwrap().count(), 1, "{what}: something is left");
            project.run(&["check"]).ends(3);
        }
    }
}

/// What others have put into a stage's folder stays there when the folder is exchanged, whatever it is.
#[test]
fn things_of_others_move_along() {
    let project = Scratch::small();
    project.run(&["build"]).ends(0);
    let folder = project.path().join("out/production");
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    for (i, (_, make)) in strange().into_iter().enumerate() {
        make(&folder.join(format!("thing-{i}")));
        make(&folder.join(format!("deep/er/thing-{i}")));
    }
    fs::write(folder.join(OsStr::from_bytes(b"\xff.bin")), b"\xff\0").unwrap();
    fs::write(folder.join("private.pem"), "x").unwrap();
    fs::set_permissions(folder.join("private.pem"), std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
    fs::set_permissions(folder.join("deep"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let others = |of: &Path| {
        let mut all = tree(of);
        all.retain(|path, _| {
            !["README.md", "app.yaml", "index.yaml", "manifest.yaml", "deploy.sh", "teardown.sh"]
                .contains(&path.as_str())
        });
        // Folders and links are made anew; files are the same files.
        all.into_iter()
            .map(|(path, f)| (path, f.kind, f.bytes, (f.kind == "file").then_some(f.changed)))
            .collect::<Vec<_>>()
    };
    let mode =
        |name: &str| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.join(name)).unwrap().permissions());
    let (before, modes) = (others(&folder), (mode("deep"), mode("private.pem")));
    assert!(before.len() > 20);
    let changed = project.read("environments/base.yaml").replace("nodejs22.x", "nodejs24.x");
    project.write("environments/base.yaml", changed);
    project.run(&["build"]).ends(0).gives("changed");
    assert_eq!(others(&folder), before);
    assert_eq!((mode("deep"), mode("private.pem")), modes);
    assert_eq!(fs::read_dir(project.path().join("out")).unwrap().count(), 2, "the stage, and what stages share");
}

/// A list of files that somebody else wrote makes none of them ours.
#[test]
fn an_index_of_others_claims_nothing() {
    let project = Scratch::small();
    fs::create_dir_all(project.path().join("out/production")).unwrap();
    project.write("out/production/index.yaml", "stacks:\n  - template: {file: notes.md}\n");
    project.write("out/production/notes.md", "mine");
    let before = project.all();
    project.run(&["build"]).ends(2).says("out/production/index.yaml");
    assert_eq!(project.all(), before);
}
