//! Zips: read back by a reader that shares nothing with the writer, and the same on every file system.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::release::Ferry;
use crate::scratch::tree;

const DRY: &str = "package production --dry-run --release weather.json";

/// A file of a zip.
#[derive(Debug, PartialEq, Eq)]
struct Member {
    mode: u32,
    date: u16,
    time: u16,
    bytes: Vec<u8>,
}

/// The members of a zip in their order, by its own directory at the end; both records of each must agree.
fn members(path: &Path) -> Vec<(String, Member)> {
    let zip = fs::read(path).unwrap();
    let half = |at: usize| u16::from_le_bytes(zip[at..at + 2].try_into().unwrap());
    let word = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap());
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
    let (count, length, start) = (half(end + 10), word(end + 12) as usize, word(end + 16) as usize);
    assert_eq!((start + length, half(end + 8)), (end, count));
    let (mut at, mut members) = (start, Vec::new());
    for _ in 0..count {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        let (name_length, local) = (half(at + 28) as usize, word(at + 42) as usize);
        let name = String::from_utf8(zip[at + 46..at + 46 + name_length].to_vec()).unwrap();
        assert_eq!(&zip[local..local + 4], b"PK\x03\x04");
        // Version, flags, method, time, date, checksum, both sizes and the length of the name.
        assert_eq!(zip[local + 4..local + 28], zip[at + 6..at + 30], "{name}");
        assert_eq!(&zip[local + 30..local + 30 + name_length], name.as_bytes());
        let (packed, size) = (word(at + 20) as usize, word(at + 24) as usize);
        let data = &zip[local + 30 + name_length..][..packed];
        let mut bytes = Vec::new();
        match half(at + 10) {
            0 => bytes.extend(data),
            8 => drop(flate2::read::DeflateDecoder::new(data).read_to_end(&mut bytes).unwrap()),
            other => panic!("{name}: method {other}"),
        }
        let mut checksum = flate2::Crc::new();
        checksum.update(&bytes);
        assert_eq!((bytes.len(), checksum.sum()), (size, word(at + 16)), "{name}");
        let member = Member { mode: word(at + 38) >> 16, date: half(at + 14), time: half(at + 12), bytes };
        members.push((name, member));
        at += 46 + name_length;
    }
    assert_eq!(at, end);
    members
}

/// The zips that a run laid out.
fn zips(state: &Path) -> Vec<PathBuf> {
    let all = crate::support::files_below(&state.join("production/package"), ".zip");
    assert!(!all.is_empty());
    all
}

#[test]
fn zips_hold_what_folders_do() {
    let ferry = Ferry::new();
    ferry.put("apps/timetable/dist/größe und [mehr].txt", vec![7; 200_000]);
    ferry.put("apps/timetable/dist/empty", "");
    ferry.run(DRY).ends(0);
    let of = |part: &str| {
        let all = zips(&ferry.path(".reggie-cfn"));
        let zip = all.into_iter().find(|zip| zip.to_str().unwrap().contains(part)).unwrap();
        members(&zip)
    };
    let timetable = of("/Timetable/");
    let names: Vec<&str> = timetable.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["certs/db.pem", "empty", "größe und [mehr].txt", "index.mjs", "package.json"]);
    for (name, member) in &timetable {
        assert_eq!((member.mode, member.date, member.time), (0o100_755, 33, 0), "{name}");
        let on_disk = ferry.path(&format!("apps/timetable/dist/{name}"));
        let on_disk = if name == "certs/db.pem" { ferry.path(name) } else { on_disk };
        assert_eq!(member.bytes, fs::read(on_disk).unwrap(), "{name}");
    }
    let server: BTreeMap<String, Member> = of("/Web/1/server.zip").into_iter().collect();
    let link = &server["node_modules/first"];
    assert_eq!((link.mode, link.bytes.as_slice()), (0o120_777, b"pkg/index.js".as_slice()));
    // Readers that many have, where they are there.
    for zip in zips(&ferry.path(".reggie-cfn")) {
        for (command, arguments) in [("unzip", &["-tq"][..]), ("python3", &["-m", "zipfile", "-t"][..])] {
            if let Ok(output) = Command::new(command).args(arguments).arg(&zip).output() {
                assert!(output.status.success(), "{command} {}: {output:?}", zip.display());
            }
        }
    }
}

/// Copies a folder as another checkout might leave it: made in the other order, with other modes and times.
fn copied_otherwise(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
    for entry in entries {
        let (kind, to) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copied_otherwise(&entry.path(), &to);
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path()).unwrap(), to).unwrap();
        } else {
            fs::write(&to, fs::read(entry.path()).unwrap()).unwrap();
            fs::set_permissions(&to, fs::Permissions::from_mode(0o400)).unwrap();
            let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
            fs::File::open(&to).unwrap().set_modified(long_ago).unwrap();
        }
    }
}

#[test]
fn two_file_systems_make_the_same_bytes() {
    let ferry = Ferry::new();
    // What one holds in memory, the other has on disk; and where there is no such place, two checkouts differ all the same.
    let other = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    copied_otherwise(&ferry.path(""), &other.path().join("project"));
    super::copy(&ferry.path(""), &disk.path().join("project"));
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if Path::new("/dev/shm").exists() {
        assert_ne!(device(other.path()), device(disk.path()), "both are one file system");
    }
    let made = [other.path(), disk.path()].map(|folder| {
        let project = folder.join("project");
        let mut command = ferry.command(DRY);
        command.current_dir(&project);
        crate::scratch::Running::start(command).end().ends(0);
        let all = tree(&project.join(".reggie-cfn/production/package"));
        all.into_iter().map(|(name, found)| (name, found.kind, found.bytes)).collect::<Vec<_>>()
    });
    assert!(made[0].len() > 30, "{}", made[0].len());
    assert!(made[0] == made[1], "the same files make other bytes");
}
