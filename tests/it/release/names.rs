//! Names: what a release is called is made of what it brings, and of nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::release::{Ferry, folder, shortened};
use crate::support::{Seeded, paths_below, updating};

/// The parameters of a run that brings nothing.
fn parameters(ferry: &Ferry) -> BTreeMap<String, String> {
    let ran = ferry.run("package production --dry-run --release weather.json --format json").ends(0);
    let data: Value = serde_json::from_str(&ran.data).unwrap();
    assert_eq!(data["release"], Value::Null);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    data["packages"].as_array().unwrap().iter().map(|row| (text(row, "parameter"), text(row, "value"))).collect()
}

/// Which parameter a file belongs to; none for those that are not brought.
fn owner(path: &str) -> Option<&'static str> {
    let below = |prefix: &str| path.starts_with(prefix);
    let build = "apps/web/.open-next/";
    if let Some(part) = path.strip_prefix(build) {
        let is_brought =
            ["assets/", "cache/", "server-functions/", "image-optimization-function/", "revalidation-function/"]
                .iter()
                .any(|folder| part.starts_with(folder));
        return is_brought.then_some("WebBuild");
    }
    [
        ("apps/timetable/dist/", "TimetableCode"),
        ("certs/db.pem", "TimetableCode"),
        ("apps/mirror/", "MirrorCode"),
        ("services/fares/", "FaresImage"),
        ("apps/shop/dist/", "ShopBuild"),
        ("apps/handbook/dist/", "HandbookBuild"),
    ]
    .into_iter()
    .find(|(prefix, _)| below(prefix))
    .map(|(_, parameter)| parameter)
}

/// What changed.
fn changed<'p>(before: &'p BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<&'p str> {
    assert!(before.keys().eq(after.keys()));
    before.iter().filter(|(name, value)| after[*name] != **value).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_byte_changes_one_parameter() {
    let ferry = Ferry::new();
    // What the reader refuses when it is broken is not what this is about.
    let is_read = |path: &String| {
        path.starts_with("environments")
            || path.ends_with(".json") && !path.contains("dist")
            || path.ends_with("rows.json")
    };
    let mut files: Vec<String> = paths_below(&ferry.path(""));
    files.retain(|path| !is_read(path) && !path.contains("node_modules/first"));
    // `files_below` leaves out what begins with a dot.
    let built =
        paths_below(&ferry.path("apps/web/.open-next")).into_iter().map(|path| format!("apps/web/.open-next/{path}"));
    files.extend(built.filter(|path| !is_read(path) && !path.contains("node_modules/first")));
    let mut seeded = Seeded(7);
    seeded.shuffle(&mut files);
    let mut before = parameters(&ferry);
    let (mut brought, mut others) = (0, 0);
    for path in &files {
        let mut bytes = fs::read(ferry.path(path)).unwrap();
        match bytes.len() {
            0 => bytes.push(b'x'),
            length => bytes[seeded.next(length)] ^= 1,
        }
        fs::write(ferry.path(path), bytes).unwrap();
        let after = parameters(&ferry);
        let expected: Vec<&str> = owner(path).into_iter().collect();
        assert_eq!(changed(&before, &after), expected, "{path}");
        brought += expected.len();
        others += usize::from(expected.is_empty());
        before = after;
    }
    assert!(brought > 20 && others > 2, "{brought} brought, {others} not");
}

#[test]
fn what_is_not_content_changes_nothing() {
    let ferry = Ferry::new();
    let before = parameters(&ferry);
    for path in ["apps/timetable/dist/index.mjs", "apps/handbook/dist/index.html", "services/fares/fares"] {
        fs::set_permissions(ferry.path(path), fs::Permissions::from_mode(0o600)).unwrap();
    }
    ferry.sh("find apps -exec touch -h -d 2001-01-01 {} +; mkdir apps/timetable/dist/empty-folder");
    assert_eq!(changed(&before, &parameters(&ferry)), Vec::<&str>::new());
    // A name, and where a link leads, are content.
    ferry.sh("cd apps/web/.open-next/server-functions/default/node_modules; rm first; ln -s ./pkg/index.js first");
    let after = parameters(&ferry);
    assert_eq!(changed(&before, &after), ["WebBuild"]);
    ferry.sh("mv apps/timetable/dist/package.json apps/timetable/dist/package.jsonc");
    assert_eq!(changed(&after, &parameters(&ferry)), ["TimetableCode"]);
}

/// An image is not built of what `.dockerignore` names, so that tests and tools beside its sources do not build it anew.
#[test]
fn what_docker_ignores_names_no_image() {
    let ferry = Ferry::new();
    ferry.put("services/fares/.dockerignore", "**/__pycache__\n*.md\nDockerfile*\n");
    let before = parameters(&ferry);
    ferry.put("services/fares/src/__pycache__/fares.pyc", "1");
    ferry.put("services/fares/README.md", "# Fares\n");
    ferry.sh("mkfifo services/fares/src/__pycache__/pipe");
    assert_eq!(changed(&before, &parameters(&ferry)), Vec::<&str>::new());
    // Its own file counts alone, and what the image is built by always does.
    ferry.put("services/fares/Dockerfile.lambda.dockerignore", "**/__pycache__\n");
    let own = parameters(&ferry);
    assert_eq!(changed(&before, &own), ["FaresImage"]);
    ferry.sh("echo 'USER 1000' >> services/fares/Dockerfile.lambda");
    assert_eq!(changed(&own, &parameters(&ferry)), ["FaresImage"]);
}

/// The listing of a site names every file, with the headers that it has in its bucket. Its digest is the name of the release.
#[test]
fn the_listing_of_a_site_is_as_it_was() {
    let ferry = Ferry::new();
    let parameters = parameters(&ferry);
    for (component, parameter) in [("Web", "WebBuild"), ("Shop", "ShopBuild"), ("Handbook", "HandbookBuild")] {
        let path = ferry.path(&format!(".reggie-cfn/production/package/{component}/listing.txt"));
        let listing = fs::read(path).unwrap();
        assert_eq!(reggie_cfn::digest::Digest::of(&listing).to_string(), parameters[parameter]);
        let listing = shortened(&String::from_utf8(listing).unwrap());
        let golden = folder().join("_listings").join(format!("{component}.txt"));
        if updating() {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, &listing).unwrap();
        }
        assert_eq!(fs::read_to_string(&golden).unwrap(), listing, "{component}");
    }
}
