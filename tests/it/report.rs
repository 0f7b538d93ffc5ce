//! `report`: one file that asks nobody for anything, tells the truth about every value, and lets no value do anything.

use std::fs;

use reggie_cfn::compile::Compiled;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::project::Project;
use reggie_cfn::report::{BEGINNING, Last, Report};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::scratch::{BASE, PRODUCTION, Scratch};
use crate::support::{compiled, deployed, project_of, read, root};

/// The report of some stages, compared with nothing.
fn page(project: &Project, stages: &[&str]) -> String {
    let mut report = Report::new(project.name().unwrap(), &project.sources);
    for stage in stages {
        add(&mut report, &compiled(project, stage));
    }
    report.page(&Diagnostics::default())
}

fn add(report: &mut Report<'_>, stage: &Compiled) {
    report.add(stage, Last { files: &stage.files, folder: "out", others: &[] });
}

fn reggie() -> String {
    page(&project_of(&root()), &["production", "staging"])
}

/// What stands between two texts, the first time.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}")).0
}

/// What the page shows.
fn data(page: &str) -> Json {
    serde_json::from_str(between(page, "<script type=\"application/json\" id=\"data\">", "</script>")).unwrap()
}

/// The bytes of base64.
fn bytes(base64: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for letter in base64.trim_end_matches('=').chars() {
        bits = bits << 6 | u32::try_from(letters.find(letter).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn its_policy_names_what_is_in_it_and_nothing_else() {
    let page = reggie();
    assert!(page.starts_with(BEGINNING));
    let policy = between(&page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    let before_policy = page.split_once("Content-Security-Policy").unwrap().0;
    assert!(!before_policy.contains("<script") && !before_policy.contains("<style"), "it holds for all of them");
    for (directive, element) in [("style-src", "style"), ("script-src", "script")] {
        let named = between(policy, &format!("{directive} 'sha256-"), "'");
        let inside = between(&page, &format!("<{element}>"), &format!("</{element}>"));
        assert!(inside.len() > 1000);
        assert_eq!(bytes(named), Sha256::digest(inside).to_vec(), "{element}");
        assert_eq!(page.matches(&format!("<{element}>")).count(), 1);
    }
    assert_eq!(page.matches("<script").count(), 2, "the script, and the data");
    assert_eq!(page.matches("<style").count(), 1);
}

#[test]
fn it_asks_nobody_for_anything() {
    let page = reggie();
    let script = between(&page, "<script>", "</script>");
    for word in ["fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import(", "Worker(", "eval("] {
        assert!(!script.contains(word), "{word}");
    }
    let style = between(&page, "<style>", "</style>");
    for word in ["@import", "url(", "@font-face"] {
        assert!(!style.contains(word), "{word}");
    }
    let own = page.replace(script, "").replace(style, "");
    let own = own.replace(between(&own, "id=\"data\">", "</script>"), "");
    for word in [" src=", "srcset", "<iframe", "<object", "<embed", "<form", "<img", "<base", "style=\"", " onload"] {
        assert!(!own.contains(word), "{word}");
    }
    // What names the language of a drawing is no address.
    let own = own.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").replace("xmlns='http://www.w3.org/2000/svg'", "");
    for word in ["http:", "https:", "ws:", "wss:", "file:"] {
        assert!(!own.contains(word), "{word}");
    }
    let links: Vec<&str> = own.match_indices("href=\"").map(|(at, _)| &own[at + 6..at + 11]).collect();
    assert_eq!(links, ["data:"], "the icon");
}

/// Calls `f` on every leaf below a tree of the page: its text, its source, and the pieces that it was joined of.
fn each_leaf(tree: &Json, f: &mut impl FnMut(&[Json])) {
    match tree {
        Json::Array(leaf) => {
            f(leaf);
            for part in leaf.get(3).and_then(Json::as_array).into_iter().flatten() {
                f(part.as_array().unwrap());
            }
        }
        tree => {
            for entry in tree["m"].as_array().into_iter().flatten() {
                each_leaf(&entry[1], f);
            }
            tree["l"].as_array().into_iter().flatten().for_each(|item| each_leaf(item, f));
        }
    }
}

/// Every place that a source tells, its own and those behind it.
fn places<'d>(data: &'d Json, source: &Json, found: &mut Vec<&'d Json>) {
    let source = &data["sources"][usize::try_from(source.as_u64().unwrap()).unwrap()];
    found.extend(source["manifest"].as_array().into_iter().flatten());
    found.extend(source.get("template"));
    for from in source["rule"][1].as_array().into_iter().flatten() {
        places(data, from, found);
    }
}

#[test]
fn every_value_of_every_stage_has_a_place_that_is_true() {
    for (folder, stage) in deployed() {
        let project = project_of(&folder);
        let stage_compiled = compiled(&project, &stage);
        let page = page(&project, &[stage.as_str()]);
        let data = data(&page);
        let number = |json: &Json| usize::try_from(json.as_u64().unwrap()).unwrap();
        let (mut told, mut leaves, mut from_layers) = (0, 0, 0);
        for (shown, stack) in data["stages"][0]["stacks"].as_array().unwrap().iter().zip(&stage_compiled.linked.stacks)
        {
            let resources = shown["resources"].as_array().unwrap();
            assert_eq!(resources.len(), stack.template.resources.len(), "{}", stack.file);
            for (shown, resource) in resources.iter().zip(&stack.template.resources) {
                told += 1;
                assert_eq!(data["texts"][number(&shown["id"])], resource.id.as_str());
                each_leaf(&shown["properties"], &mut |leaf| {
                    leaves += 1;
                    assert!(data["texts"][number(&leaf[0])].is_string());
                    let mut found = Vec::new();
                    places(&data, &leaf[1], &mut found);
                    for place in found {
                        let file = &data["files"][number(&place[0])];
                        assert!(file["lines"][place[1].to_string()].is_string(), "{file} {place}");
                        from_layers += usize::from(file["path"].as_str().unwrap().starts_with("environments/"));
                    }
                });
            }
        }
        assert!(told > 0 && leaves > told && from_layers > 0, "{stage}: {told}, {leaves}, {from_layers}");
        for file in data["files"].as_array().unwrap() {
            let path = file["path"].as_str().unwrap();
            let text = fs::read_to_string(folder.join(path)).unwrap_or_else(|_| read(path));
            let lines: Vec<&str> = text.lines().collect();
            for (line, shown) in file["lines"].as_object().unwrap() {
                let line: usize = line.parse().unwrap();
                assert_eq!(shown, lines[line - 1].trim(), "{path}:{line}");
            }
        }
    }
}

#[test]
fn an_overridden_value_is_told_with_what_it_overrides() {
    let data = data(&reggie());
    let database = data["settings"].as_array().unwrap().iter().find(|group| group["component"] == "ReggieDb").unwrap();
    let row = database["rows"].as_array().unwrap().iter().find(|row| row["path"] == "backup_days").unwrap();
    assert_eq!(row["differs"], true);
    let mut found = Vec::new();
    places(&data, &row["values"][1][1], &mut found);
    let line = |place: &Json| {
        let file = &data["files"][usize::try_from(place[0].as_u64().unwrap()).unwrap()];
        format!("{} {}", file["path"].as_str().unwrap(), file["lines"][place[1].to_string()].as_str().unwrap())
    };
    let lines: Vec<String> = found.into_iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "environments/staging.yaml ReggieDb: {scaling: {max: 2}, backup_days: 7}",
            "environments/base.yaml backup_days: 14"
        ]
    );
}

#[test]
fn it_is_small_and_always_the_same() {
    let page = reggie();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert_eq!(page, reggie());
    let here = root().display().to_string();
    assert!(!page.contains(&here), "it says where it was made");
}

/// Names, purposes and values that would do something if they were anything but text.
const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)><!--\u{2028}]]>&quot;\"'`${x}";

#[test]
fn what_a_value_holds_does_nothing() {
    let hostile = serde_json::to_string(&HOSTILE.replace("${", "$${")).unwrap().replace('\u{2028}', "\\u2028");
    let base = format!(
        "{BASE}    purpose: {hostile}\n    environment: {{EVIL: {hostile}}}\n  \
        Raw:\n    type: resource\n    resource_type: AWS::SNS::Topic\n    properties: {{DisplayName: {hostile}}}\n"
    );
    let layers = [("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)];
    let scratch = Scratch::new(&layers);
    let run = scratch.run(&["report", "production"]);
    assert!(scratch.path().join("report.html").exists(), "{}", run.said);
    let page = scratch.read("report.html");
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<img"), "a value is part of the page");
    assert!(!between(&page, "id=\"data\">", "</script>").contains(['<', '\u{2028}']), "data are text");
    let data = data(&page);
    let texts = data["texts"].as_array().unwrap();
    assert!(
        texts.iter().any(|text| text.as_str().unwrap().contains("<img src=x onerror=alert(1)>")),
        "and yet is told"
    );
    assert!(data.to_string().contains("]]>&quot;"));
}

#[test]
fn no_secret_is_told() {
    // It looks like one in use, and is none.
    let key = format!("sk_{}_{}", "live", "4eC39HqLyjWDarjtT1zdp7dc");
    let base = format!("{BASE}    environment: {{KEY: {key}}}\n");
    let scratch = Scratch::new(&[("base.yaml", base.as_str()), ("production.yaml", PRODUCTION)]);
    let before = scratch.all();
    let run = scratch.run(&["report"]).ends(1).says("SEC001");
    assert!(!run.said.contains(&key) && !run.data.contains(&key));
    assert_eq!(scratch.all(), before);
    // Where a password is used, its place is told.
    let texts = data(&reggie())["texts"].to_string();
    assert!(texts.contains("{{resolve:secretsmanager:"));
}

#[test]
fn what_is_pending_is_what_diff_says() {
    let scratch = Scratch::small();
    scratch.run(&["report"]).ends(0).gives("report.html: 1 stage, ");
    assert_eq!(data(&scratch.read("report.html"))["stages"][0]["pending"], Json::Null, "there is no build yet");
    scratch.run(&["build"]).ends(0);
    scratch.run(&["report"]).ends(0);
    assert_eq!(data(&scratch.read("report.html"))["stages"][0]["pending"]["differs"], false);
    scratch.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    scratch.run(&["report"]).ends(0);
    let said = scratch.run(&["diff", "production", "--format", "json"]).ends(3);
    let said: Json = serde_json::from_str(&said.data).unwrap();
    assert_eq!(data(&scratch.read("report.html"))["stages"][0]["pending"], said);
}

#[test]
fn findings_are_those_of_check() {
    let scratch = Scratch::small();
    // A preview of everything has a note: its URL is public.
    scratch.run(&["report", "open-1"]).ends(0);
    let shown = data(&scratch.read("report.html"));
    let said = scratch.run(&["check", "open-1", "--format", "json"]);
    let said: Vec<Json> = said.data.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(!said.is_empty());
    assert_eq!(shown["findings"], Json::Array(said.clone()));
    let code = said[0]["code"].as_str().unwrap();
    assert!(shown["codes"][code].as_str().unwrap().len() > 40);
}

#[test]
fn only_its_own_file_is_overwritten() {
    let scratch = Scratch::small();
    scratch.write("report.html", "<!doctype html>\n<p>mine");
    let before = scratch.all();
    scratch.run(&["report"]).ends(2).says("it was not made by `reggie-cfn report`");
    scratch.run(&["report", "--out", "environments"]).ends(2).says("it is a folder");
    scratch.run(&["report", "--out", "nowhere/report.html"]).ends(2).says("nowhere/report.html");
    assert_eq!(scratch.all(), before);
    std::os::unix::fs::symlink("report.html", scratch.path().join("link.html")).unwrap();
    scratch.run(&["report", "--out", "link.html"]).ends(2).says("no regular file");
    fs::remove_file(scratch.path().join("report.html")).unwrap();
    scratch.run(&["report"]).ends(0);
    let first = scratch.read("report.html");
    scratch.write("environments/base.yaml", BASE.replace("nodejs22.x", "nodejs24.x"));
    scratch.run(&["report"]).ends(0);
    assert_ne!(scratch.read("report.html"), first);
    assert!(!scratch.path().join("report.html.new").exists());
}

#[test]
fn a_stage_without_stacks_is_refused() {
    let scratch = Scratch::reggie();
    scratch.run(&["report", "local"]).ends(2).says("`local` is a local stage");
    scratch.run(&["report", "prodution"]).ends(1).says("`production`");
    assert!(!scratch.path().join("report.html").exists());
    let previews = Scratch::new(&[("base.yaml", BASE), ("preview.yaml", "match: [\"pr-*\"]\n")]);
    previews.run(&["report"]).ends(2).says("no permanent stage");
    previews.run(&["report", "pr-7", "--out", "seven.html"]).ends(0).gives("seven.html");
}

#[test]
fn what_does_not_compile_leaves_the_old_report() {
    let scratch = Scratch::small();
    scratch.run(&["report"]).ends(0);
    let before = scratch.all();
    scratch.write("environments/base.yaml", BASE.replace("handler:", "handlr:"));
    scratch.run(&["report"]).ends(1).says("`handlr`");
    assert_eq!(scratch.read("report.html"), before.iter().find(|(name, _)| name == "report.html").unwrap().1);
}
