//! Builds of sites beside their components: three real ones, and folders that mean harm.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use reggie_cfn::compile::Compiled;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::site::{self, Folder, LOCKS, NEXT, OPENNEXT, OUTPUT, Version, locked};
use reggie_cfn::source::Sources;

use crate::scratch::{PRODUCTION, Run, Scratch, tree};
use crate::support::{read, root};

/// The findings about a build of `Web`, of which these are the files: a listing, what OpenNext says, and a lock file; `none`
/// where nothing was built.
pub fn findings(compiled: &Compiled, sources: &mut Sources, files: &BTreeMap<String, String>) -> Diagnostics {
    let mut folder = listed(files.get("tree.txt").map_or("", String::as_str));
    folder.path = "apps/web/.open-next".to_owned();
    match files.contains_key("none") {
        true => folder.folders.clear(),
        false => {
            let text = files.get(OUTPUT).cloned().unwrap_or_default();
            folder.output = Some(sources.add(format!("{}/{OUTPUT}", folder.path), text));
        }
    }
    let version = |package: &str| {
        let lock = files.get(LOCKS[0])?;
        let text = locked(LOCKS[0], lock, "apps/web", package)?;
        Some(Version { text, from: LOCKS[0].to_owned() })
    };
    (folder.next, folder.opennext) = (version(NEXT), version(OPENNEXT));
    let mut findings = Diagnostics::default();
    let site = site::find(compiled, "Web").expect("a component `Web`");
    site::check(&site, sources, &folder, &mut findings);
    findings
}

/// A folder with the files of a listing.
fn listed(listing: &str) -> Folder {
    let mut folder = Folder::default();
    for path in listing.lines().filter_map(|line| line.split('\t').nth(1)) {
        let parts: Vec<&str> = path.split('/').collect();
        folder.folders.extend((1..parts.len().min(3)).map(|n| parts[..n].join("/")));
        if parts.len() <= 2 {
            folder.files.insert(path.to_owned());
        }
        if let ["image-optimization-function", "node_modules", "@img", name, ..] = parts.as_slice() {
            folder.natives.push((*name).to_owned());
        }
    }
    folder
}

/// A component that fits the build `plain`.
const FITS: &str = "    static: [img/*, favicon.ico, robots.txt]
    server: {streaming: true}
    links: {Hello: invoke}
    environment: {HELLO: \"${Hello.name}\"}
    build: {environment: {NEXT_PUBLIC_HELLO: \"${Hello.arn}\"}}
";

/// A project with a `Web` of these settings, and a build in its place.
fn project(settings: &str, build: &str) -> Scratch {
    let base = format!(
        "project: shop\nregion: eu-west-2\ncomponents:\n  Hello: {{type: function, runtime: nodejs22.x, zip: {{path: dist, handler: index.handler}}}}\n  Web:\n    type: nextjs\n    \
         path: apps/web\n    protection: signed\n{settings}"
    );
    let project = Scratch::new(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
    let from = root().join("tests/opennext").join(build);
    for line in fs::read_to_string(from.join("tree.txt")).unwrap().lines() {
        let path = Path::new("apps/web/.open-next").join(line.split('\t').nth(1).unwrap());
        let file = path.to_str().unwrap().trim_end_matches(" (aggregated)");
        put(&project, file.strip_suffix('/').map_or(file.to_owned(), |folder| format!("{folder}/a")).as_str(), "");
    }
    project.write(&format!("apps/web/.open-next/{OUTPUT}"), fs::read(from.join(OUTPUT)).unwrap());
    project.write("package-lock.json", fs::read(from.join("package-lock.json")).unwrap());
    project
}

fn put(project: &Scratch, path: &str, text: &str) {
    fs::create_dir_all(project.path().join(path).parent().unwrap()).unwrap();
    project.write(path, text);
}

fn check(project: &Scratch, more: &[&str]) -> Run {
    let before = tree(project.around());
    let run = project.run(&[&["site", "check", "production", "Web"], more].concat()).reads_well().within(64);
    assert_eq!(tree(project.around()), before, "a check writes nothing");
    run
}

#[test]
fn a_build_that_fits_is_told_in_a_line() {
    let plain = project(FITS, "plain");
    let line = "apps/web/.open-next fits Web of production: 8 paths, 1 server, images, next 15.5.29 by @opennextjs/aws 4.1.12 \
                (package-lock.json)\n";
    for more in [&[][..], &["apps/web/.open-next"], &["apps/web/.open-next/"]] {
        let run = check(&plain, more).ends(0);
        assert_eq!(run.data.trim_end_matches('\n'), line.trim_end(), "{run:?}");
        assert_eq!(run.said, "");
    }
    check(&plain, &["--strict"]).ends(0);
    let caches = "    base_path: /docs\n    incremental_cache: false\n    tag_cache: false\n";
    let based = FITS.replace("[img/*", "[.well-known/*, img/*");
    check(&project(&format!("{based}{caches}"), "base-path"), &[]).ends(0).gives("9 paths, 1 server, images");
}

#[test]
fn a_build_that_does_not_fit_is_told_in_every_format() {
    let based = project(FITS, "base-path");
    let run = check(&based, &[]).ends(1);
    for said in [
        "write `base_path: /docs`",
        "write `static: [img/*, favicon.ico, robots.txt, .well-known/*]`",
        "write `incremental_cache: false`",
        "write `tag_cache: false`",
    ] {
        assert!(run.said.contains(said), "{said}: {}", run.said);
    }
    let split = project(FITS, "split-edge");
    let run = check(&split, &[]).ends(1);
    for said in [
        "admin: {paths: [admin/*]}",
        "write `streaming: false`",
        "`middleware: {external: true}`",
        "`export const runtime = 'edge'`",
    ] {
        assert!(run.said.contains(said), "{said}: {}", run.said);
    }
    for format in ["json", "github", "sarif"] {
        let run = check(&split, &["--format", format]).ends(1);
        assert!(run.said.is_empty() && run.data.contains(OUTPUT) && run.data.contains("CFN336"), "{}", run.data);
        if format == "sarif" {
            let log: Json = serde_json::from_str(&run.data).unwrap();
            assert!(log["runs"][0]["results"].as_array().unwrap().len() >= 4, "{log}");
        }
    }
    let fits = check(&project(FITS, "plain"), &["--format", "sarif"]).ends(0);
    assert_eq!(serde_json::from_str::<Json>(&fits.data).unwrap()["runs"][0]["results"], Json::Array(Vec::new()));
}

#[test]
fn what_is_no_site_ends_with_2() {
    let project = project(FITS, "plain");
    project.run(&["site", "check", "production", "Wbe"]).ends(2).says("did you mean `Web`?");
    project
        .run(&["site", "check", "production", "Hello"])
        .ends(2)
        .says("of kind `function`")
        .says("components of kind `nextjs`: `Web`");
    project.run(&["site", "check", "production"]).ends(2);
    project.run(&["site", "check", "prodution", "Web"]).ends(1).says("STG001");
    let none = Scratch::small();
    none.run(&["site", "check", "production", "Web"]).ends(2).says("no component of kind `nextjs`");
}

#[test]
fn a_place_without_a_build_is_told_what_to_run() {
    let project = project(FITS, "plain");
    check(&project, &["nowhere"]).ends(1).says("CFN330").says("npx @opennextjs/aws build");
    check(&project, &["apps/web"]).ends(1).says("name the folder `apps/web/.open-next`");
    check(&project, &[&format!("apps/web/.open-next/{OUTPUT}")]).ends(2).says("it is no folder");
}

#[test]
fn versions_come_from_the_nearest_lock_file_or_from_what_is_installed() {
    let project = project(FITS, "plain");
    let installed = |version: &str| format!("{{\"name\": \"next\", \"version\": \"{version}\"}}");
    put(&project, "apps/web/node_modules/next/package.json", &installed("15.5.28"));
    put(&project, "node_modules/@opennextjs/aws/package.json", &installed("4.1.11"));
    check(&project, &[]).ends(0).gives("next 15.5.29 by @opennextjs/aws 4.1.12 (package-lock.json)");
    put(
        &project,
        "apps/web/pnpm-lock.yaml",
        "importers:\n  .:\n    dependencies:\n      next:\n        version: 15.5.20\n",
    );
    let run = check(&project, &[]).ends(1).says("CFN337").says("`next` 15.5.20 with `@opennextjs/aws` 4.1.11");
    run.says("`apps/web/pnpm-lock.yaml` and `node_modules/@opennextjs/aws/package.json` say so").says("next@15.5.28");
    fs::remove_file(project.path().join("apps/web/pnpm-lock.yaml")).unwrap();
    fs::remove_file(project.path().join("package-lock.json")).unwrap();
    check(&project, &[])
        .ends(0)
        .gives("next 15.5.28 by @opennextjs/aws 4.1.11 (apps/web/node_modules/next/package.json)");
    fs::remove_dir_all(project.path().join("node_modules")).unwrap();
    let run = check(&project, &["--strict"]).ends(0).says("note[CFN337]").says("`@opennextjs/aws`");
    run.gives("fits Web");
}

#[test]
fn sharp_is_for_the_processor_of_the_function() {
    let project = project(FITS, "plain");
    let modules = "apps/web/.open-next/image-optimization-function/node_modules";
    for name in ["sharp-libvips-linux-x64", "sharp-linux-x64", "colour"] {
        put(&project, &format!("{modules}/@img/{name}/package.json"), "{}");
    }
    put(&project, &format!("{modules}/sharp/package.json"), "{\"version\": \"0.35.5\"}");
    let run = check(&project, &[]).ends(1).says("CFN338").says("`@img/sharp-linux-x64`");
    let run = run.says("packages: [\"sharp@0.35.5\"], arch: \"arm64\", additionalArgs: \"--cpu=arm64\"");
    run.says("`images: {architecture: x86_64}`");
    let base = project.read("environments/base.yaml");
    project.write("environments/base.yaml", format!("{base}    images: {{architecture: x86_64}}\n"));
    check(&project, &[]).ends(0);
    project.write("environments/base.yaml", &base);
    put(&project, &format!("{modules}/@img/sharp-linux-arm64/package.json"), "{}");
    check(&project, &[]).ends(0);
}

/// What OpenNext says is written by a program, and may be anything all the same.
#[test]
fn hostile_builds_end_soon_and_at_their_place() {
    let project = project(FITS, "plain");
    let output = format!("apps/web/.open-next/{OUTPUT}");
    let plain = project.read(&output);
    let place = |line: usize| format!("{output}:{line}:");
    let mut texts: Vec<(String, String)> = vec![
        (String::new(), place(1)),
        ("{".to_owned(), place(1)),
        ("[]".to_owned(), place(1)),
        ("{\"origins\": {}, \"behaviors\": []}".to_owned(), place(1)),
        ("{\n  \"origins\": 5\n}".to_owned(), place(2)),
        (plain.replace("\"s3\": {", "\"s3\": {,"), place(4)),
        (format!("\u{feff}{plain}"), place(1)),
        (format!("\0{plain}"), place(1)),
        ("[".repeat(500_000), place(1)),
        (format!("{{\"a\": {}", "{\"a\": ".repeat(100_000)), place(1)),
        (format!("{plain}{}", " ".repeat(2 << 20)), place(1)),
        ("x".repeat(100 << 20), place(1)),
    ];
    texts.push((plain.replace("behaviors", "behaviour"), OUTPUT.to_owned()));
    for (text, said) in texts {
        project.write(&output, &text);
        check(&project, &[]).ends(1).says("error[CFN330]").says(&said);
    }
    // Names of any letters are names.
    for name in
        ["a\\u0000b/*", "../../etc/passwd", "\\u001b[31m", "\\ud83d\\ude00.txt", "a b, c: [d] #e", "${values.x}"]
    {
        project.write(&output, plain.replace("\"robots.txt\"", &format!("\"{name}\"")));
        check(&project, &[]).ends(1).says("CFN331");
    }
    let deep = format!("{{\"more\": {}{},", "[".repeat(120), "]".repeat(120));
    project.write(&output, plain.replacen('{', &deep, 1));
    check(&project, &[]).ends(0);
    let many = (0..5_000).map(|n| format!("{{\"pattern\": \"f{n}.txt\", \"origin\": \"s3\"}},")).collect::<String>();
    project.write(&output, plain.replace("\"behaviors\": [", &format!("\"behaviors\": [{many}")));
    check(&project, &[]).ends(1).says("CFN331");
}

#[test]
fn links_and_pipes_are_not_followed() {
    let project = project(FITS, "plain");
    let at = |path: &str| project.path().join(path);
    symlink(".open-next", at("apps/web/linked")).unwrap();
    check(&project, &["apps/web/linked"]).ends(2).says("symbolic link");
    let output = at(&format!("apps/web/.open-next/{OUTPUT}"));
    fs::rename(&output, at("elsewhere.json")).unwrap();
    symlink(at("elsewhere.json"), &output).unwrap();
    check(&project, &[]).ends(2).says("no regular file");
    fs::remove_file(&output).unwrap();
    assert!(Command::new("mkfifo").arg(&output).status().unwrap().success());
    check(&project, &[]).ends(2).says("no regular file");
    fs::remove_file(&output).unwrap();
    fs::rename(at("elsewhere.json"), &output).unwrap();
    // A function that is a link is not there; a lock file that is one says nothing.
    fs::rename(at("apps/web/.open-next/warmer-function"), at("warmer")).unwrap();
    symlink(at("warmer"), at("apps/web/.open-next/warmer-function")).unwrap();
    symlink("/dev/zero", at("apps/web/package-lock.json")).unwrap();
    check(&project, &[]).ends(1).says("CFN339").says("`warmer-function`");
}

/// The document's project is a build of its own, cut down.
#[test]
fn the_example_is_the_build_that_it_says() {
    let parsed = |path: &str| serde_json::from_str::<Json>(&read(path)).unwrap();
    let shop = parsed(&format!("tests/opennext/shop/apps/web/.open-next/{OUTPUT}"));
    assert_eq!(shop, parsed(&format!("tests/opennext/plain/{OUTPUT}")));
    let builds: BTreeSet<String> = crate::support::names(&root().join("tests/opennext")).into_iter().collect();
    assert!(builds.contains("README.md"), "{builds:?}");
}
