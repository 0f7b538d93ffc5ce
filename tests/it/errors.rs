//! The gallery of messages: every code with a fixture, and what the user sees of it.
//!
//! A fixture is a folder `tests/errors/<CODE>-<slug>/`: layers in `environments/`, the stage's name in `stage` (production
//! where there is none), and `expected.txt`, the message without colour in 100 columns. A fixture without a `base.yaml` or
//! a `production.yaml` of its own gets `_base.yaml` or `_production.yaml`, unless a file `bare` says that it is all there
//! is. Layers in `before/` are those of the last build, which is then committed. Layers in `repaired/` (and a `stage` among
//! them) stand in the place of those of their names after what the help says was done by hand; without them the message's
//! own edits are made. Either way nothing may be left. A fixture may hold a `template.yaml` or `template.json` in the place of
//! layers: it is checked as `verify` does, for the region that `region` names, and `repaired-template.yaml` (or `.json`) is what
//! it is after the repair. A folder `site/` is a build of the component `Web`, checked after the stage has
//! compiled: its files stand in the place of those of `tests/opennext/plain/`, a file `none` for no build at all, and
//! `repaired-site/` holds the build after what the help says. `sk_LIVE_` and `akIA_` stand for the
//! beginnings of live keys, which no repository takes. `REGGIE_CFN_UPDATE=1 cargo test errors` writes `expected.txt` anew.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use reggie_cfn::bootstrap::{Needs, bootstrap};
use reggie_cfn::codes;
use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::diag::render::{Format, render};
use reggie_cfn::diag::{Diagnostic, Diagnostics, Severity};
use reggie_cfn::guard_rules::{self, Job, RulesFile, Said};
use reggie_cfn::project::{InputFile, Project};
use reggie_cfn::render::Renderer;
use reggie_cfn::source::Sources;
use reggie_cfn::survey::{Usage, quotas, survey};
use reggie_cfn::verify::verify_template;

/// Codes about the command line or about a file that is not there: they have no place in a file.
const WITHOUT_PLACE: &[&str] = &["MAN001", "STG001", "STG004"];

/// Fixtures whose edits alone do not make a stage that compiles, and why.
const NOT_REPAIRABLE: &[(&str, &str)] = &[
    ("YAML008-directive", "the `---` below it must stay"),
    ("MAN010-in-an-import", "the import lacks what the kind needs besides"),
    ("CFN316-images", "what CloudFront can wait for may need a higher quota, and a note with the same code says so"),
    ("CFN316-server", "what CloudFront can wait for may need a higher quota, and a note with the same code says so"),
    ("MAN010-of-sst", "words of other tools become settings of another form"),
    ("MAN010-of-sst-only", "words of other tools become nothing here"),
];

/// Fixtures without a proof that their help is right, and why.
const UNPROVED: &[(&str, &str)] = &[
    ("CFN221-bucket", "the policy that must change stands in another project"),
    ("CFN221-imported", "the policy that must change stands in another project"),
    ("CFN357-imported", "the policy that must change stands in another project"),
    ("CFN031-network", "it takes two deploys, and what is between them is another project"),
    ("MAN023-two-endings", "the repair deletes a file"),
];

/// Codes that no manifest is known to reach, and why they are there.
const NOT_REACHED: &[(&str, &str)] = &[
    ("MAN017", "for rules that the manifest's schema does not use yet"),
    ("CFN456", "about a folder; `tests/it/guard.rs` shows it"),
    ("CFN457", "about a file of a folder; `tests/it/guard.rs` shows it"),
    ("REF023", "for attributes of kinds that compose each other; none does"),
    ("CFN432", "for templates made elsewhere: what a stack exports here is named by the linker"),
];

/// The folder of the fixtures.
pub fn gallery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// Names of all fixtures.
fn fixtures() -> Vec<String> {
    let folders = std::fs::read_dir(gallery()).expect("tests/errors is there").flatten();
    let folders = folders.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name != KNOWN_BAD);
    names.sort();
    names
}

/// The folder of messages that are known to be poor: each with what a good one would say, in `better.md`.
const KNOWN_BAD: &str = "known-bad";

/// The code that a fixture is about: `MAN010` of `MAN010-in-a-component`.
fn code(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// A file of the gallery, with live keys in the place of what stands for them.
fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("sk_LIVE_", &["sk", "live", ""].join("_")).replace("akIA_", "AKIA")
}

/// The files of a folder of a fixture, as layers by path.
fn files(name: &str, below: &str) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(gallery().join(name).join(below)).into_iter().flatten().flatten();
    let path = |file: &std::fs::DirEntry| format!("environments/{}", file.file_name().to_str().expect("UTF-8"));
    files.map(|file| (path(&file), read(&file.path()))).collect()
}

/// A template that a fixture holds in the place of layers, by its path; before or after its repair.
fn template(name: &str, state: &str) -> Option<BTreeMap<String, String>> {
    let path = |ending: &&str| gallery().join(name).join(format!("{state}template.{ending}")).exists();
    let ending = ["yaml", "json"].into_iter().find(path)?;
    let text = read(&gallery().join(name).join(format!("{state}template.{ending}")));
    Some(BTreeMap::from([(format!("template.{ending}"), text)]))
}

/// The Guard rules of a fixture by path.
fn policies(name: &str, below: &str) -> BTreeMap<String, String> {
    let files = files(name, below).into_iter();
    files.map(|(path, text)| (path.replace("environments/", "policies/"), text)).collect()
}

/// The layers of a fixture by path.
fn layers(name: &str, below: &str) -> BTreeMap<String, String> {
    if let Some(template) = template(name, "") {
        return template;
    }
    let folder = gallery().join(name);
    let mut layers = files(name, below);
    if !folder.join("bare").exists() {
        for layer in ["base", "production"] {
            let path = format!("environments/{layer}.yaml");
            layers.entry(path).or_insert_with(|| read(&gallery().join(format!("_{layer}.yaml"))));
        }
    }
    layers
}

/// The stage of a fixture; the region of a template.
fn stage(name: &str) -> String {
    if template(name, "").is_some() {
        let region = std::fs::read_to_string(gallery().join(name).join("region"));
        return region.unwrap_or_default().trim_end().to_owned();
    }
    let stage = std::fs::read_to_string(gallery().join(name).join("stage"));
    stage.map_or_else(|_| "production".to_owned(), |stage| stage.trim_end_matches('\n').to_owned())
}

/// The stages that were built before.
fn also(name: &str) -> Vec<String> {
    let also = std::fs::read_to_string(gallery().join(name).join("also")).unwrap_or_default();
    also.lines().map(str::to_owned).collect()
}

/// The layers and the stage after a repair by hand, where the fixture shows one.
fn by_hand(name: &str) -> Option<(BTreeMap<String, String>, String)> {
    if let Some(repaired) = template(name, "repaired-") {
        return Some((repaired, stage(name)));
    }
    if !["repaired", "repaired-site", "repaired-policies"].iter().any(|below| gallery().join(name).join(below).exists())
    {
        return None;
    }
    let (mut layers, mut repaired) = (layers(name, "environments"), files(name, "repaired"));
    let stage = repaired.remove("environments/stage").map(|stage| stage.trim_end().to_owned());
    layers.extend(repaired);
    Some((layers, stage.unwrap_or_else(|| self::stage(name))))
}

/// The build of a site that a fixture shows: files in the place of those of a build that fits.
fn site(name: &str, below: &str) -> Option<BTreeMap<String, String>> {
    let folder = gallery().join(name).join(below);
    folder.exists().then(|| {
        let plain = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opennext/plain"));
        let own = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let all = plain.into_iter().flatten().flatten().chain(own);
        all.map(|file| (file.file_name().to_str().expect("UTF-8").to_owned(), read(&file.path()))).collect()
    })
}

/// What was built last.
fn baseline(name: &str) -> Option<Compiled> {
    gallery().join(name).join("before").exists().then(|| {
        let files = layers(name, "before").into_iter().map(|(path, text)| InputFile { path, text }).collect();
        let mut findings = Diagnostics::default();
        let project = Project::load(files, &mut findings);
        let compiled = compile(&project, &stage(name), &Renderer::new(), &mut findings);
        compiled.unwrap_or_else(|| panic!("{name}: the last build has errors"))
    })
}

/// What `verify` finds in a template.
fn verify(path: &str, text: &str, region: &str) -> (Diagnostics, Sources) {
    let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
    let file = sources.add(path.to_owned(), text.to_owned());
    verify_template(file, Some(region).filter(|region| !region.is_empty()), &sources, &mut findings);
    findings.sort();
    (findings, sources)
}

/// What the command line finds in a project: that of its layers, or else that of its stage.
fn find(
    layers: &BTreeMap<String, String>,
    stage: &str,
    also: &[String],
    policies: &BTreeMap<String, String>,
    baseline: Option<&Compiled>,
    site: Option<&BTreeMap<String, String>>,
) -> (Diagnostics, Sources) {
    if let Some((path, text)) = layers.iter().find(|(path, _)| path.starts_with("template.")) {
        return verify(path, text, stage);
    }
    let files = layers.iter().map(|(path, text)| InputFile { path: path.clone(), text: text.clone() }).collect();
    let mut findings = Diagnostics::default();
    let mut project = Project::load(files, &mut findings);
    if !findings.has_errors() {
        let mut own = Diagnostics::default();
        let compiled = compile(&project, stage, &Renderer::new(), &mut own);
        if let (Some(compiled), false) = (&compiled, policies.is_empty()) {
            let file = |(path, text): (&String, &String)| RulesFile {
                file: project.sources.add(path.clone(), text.clone()),
                path: path.clone(),
            };
            let files: Vec<RulesFile> = policies.iter().map(file).collect();
            let templates = compiled.linked.stacks.iter().map(|stack| guard_rules::json(&stack.template)).collect();
            let job = Job { files: policies.values().cloned().collect(), templates };
            let (mut said, mut begun) = (Vec::new(), 0);
            guard_rules::evaluate(&job, &mut |one| {
                begun += usize::from(one == Said::Begins);
                said.push((begun - 1, one));
            });
            guard_rules::report(Some(compiled), &files, &said, &project.sources, &mut own);
        }
        if let (Some(compiled), Some(site)) = (&compiled, site) {
            own = crate::site::findings(compiled, &mut project.sources, site);
        }
        let mut needs = Needs::default();
        compiled.iter().for_each(|compiled| needs.add(compiled));
        let mut usages: Vec<Usage> = compiled.iter().map(Usage::of).collect();
        for name in also {
            let built = compile(&project, name, &Renderer::new(), &mut Diagnostics::default());
            let built = built.unwrap_or_else(|| panic!("{name} does not compile"));
            usages.extend(Usage::built(name, |_| true, |file| built.files.get(file).cloned()));
        }
        if let (Some(compiled), Some(before)) = (compiled, baseline) {
            survey(&compiled, &project.sources, &before.files, &mut own);
        }
        findings.merge(own, Some(stage));
        if !findings.has_errors() {
            let shared = bootstrap(&project, &needs, &Renderer::new(), &mut findings);
            quotas(&usages, &shared.files, &mut findings);
        }
    }
    findings.sort();
    (findings, project.sources)
}

/// The layers after all repairs; of two that overlap the first is made.
fn repaired(layers: &BTreeMap<String, String>, findings: &Diagnostics, sources: &Sources) -> BTreeMap<String, String> {
    let errors = findings.all().iter().filter(|d| !d.edits.is_empty());
    let mut edits: Vec<_> = errors.flat_map(|d| d.edits.iter()).collect();
    edits.sort_by_key(|e| (e.span.file, e.span.start, e.span.end));
    edits.dedup();
    let mut repaired = layers.clone();
    let mut before = None;
    for edit in edits.into_iter().rev() {
        if before.is_some_and(|(file, start)| file == edit.span.file && edit.span.end > start) {
            continue;
        }
        before = Some((edit.span.file, edit.span.start));
        let text = repaired.get_mut(&sources.file(edit.span.file).path).expect("a repair of a layer");
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
    }
    repaired
}

/// What is wrong with a fixture's findings.
fn complaints(name: &str) -> Vec<String> {
    let (layers, stage, baseline) = (layers(name, "environments"), stage(name), baseline(name));
    let site = site(name, "site");
    let (findings, sources) =
        find(&layers, &stage, &also(name), &policies(name, "policies"), baseline.as_ref(), site.as_ref());
    let text = render(&findings, &sources, Format::Text, false, 100);
    let mut complaints = Vec::new();
    let path = gallery().join(name).join("expected.txt");
    if std::env::var_os("REGGIE_CFN_UPDATE").is_some() {
        std::fs::write(&path, &text).expect("tests/errors can be written");
    } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
        complaints.push(format!("{name}: expected.txt is another message than\n{text}"));
    }
    let code = code(name);
    let own: Vec<&Diagnostic> = findings.all().iter().filter(|d| d.code.id == code).collect();
    if own.is_empty() {
        complaints.push(format!("{name}: no finding has the code {code}\n{text}"));
    }
    for finding in findings.all().iter().filter(|d| d.labels.is_empty()) {
        if !WITHOUT_PLACE.contains(&finding.code.id) {
            complaints.push(format!("{name}: a finding has no place: {}", finding.title));
        }
    }
    for finding in findings.all() {
        complaints.extend(style(finding).map(|what| format!("{name}: {what}: {}", finding.title)));
    }
    let by_edits = has_edits(name, &findings).then(|| (repaired(&layers, &findings, &sources), stage));
    let by_hand = by_hand(name);
    let is_listed = UNPROVED.iter().chain(NOT_REPAIRABLE).any(|(fixture, _)| *fixture == name);
    if by_edits.is_none() && by_hand.is_none() && !is_listed {
        complaints.push(format!("{name}: nothing proves its help: give it an edit, or the fixture `repaired/`"));
    }
    let site_by_hand = self::site(name, "repaired-site").or(site.clone());
    for (how, repair, site) in [("its edits leave", by_edits, site), ("its `repaired/` leaves", by_hand, site_by_hand)]
    {
        let Some((layers, stage)) = repair else { continue };
        let mut rules = policies(name, "policies");
        rules.extend(policies(name, "repaired-policies"));
        let (left, sources) = find(&layers, &stage, &also(name), &rules, baseline.as_ref(), site.as_ref());
        if left.has_errors() || left.all().iter().any(|d| d.code.id == code) {
            let text = render(&left, &sources, Format::Text, false, 100);
            complaints.push(format!("{name}: {how}\n{text}"));
        }
    }
    complaints
}

/// Whether the message can be followed by its edits alone.
fn has_edits(name: &str, findings: &Diagnostics) -> bool {
    let is_listed = NOT_REPAIRABLE.iter().any(|(fixture, _)| *fixture == name);
    findings.all().iter().any(|d| d.code.id == code(name) && !d.edits.is_empty()) && !is_listed
}

/// How a fixture shows that its help is right; nothing where it does not.
pub fn proof(name: &str) -> Option<&'static str> {
    let site = site(name, "site");
    let layers = layers(name, "environments");
    let rules = policies(name, "policies");
    let (findings, _) = find(&layers, &stage(name), &also(name), &rules, baseline(name).as_ref(), site.as_ref());
    match (has_edits(name, &findings), by_hand(name)) {
        (true, _) => Some("its edits"),
        (false, Some(_)) => Some("`repaired/`"),
        (false, None) => None,
    }
}

/// What the style of messages does not allow.
fn style(finding: &Diagnostic) -> Option<&'static str> {
    let words = || finding.notes.iter().chain(&finding.helps).chain([&finding.title]);
    // A command is no word.
    let words = || words().map(|text| text.replace("`reggie-cfn schema resource", "`"));
    let inner = ["schema", "node", "JSON pointer", "Kind::", "instance_path", "serde"];
    if finding.title.starts_with(|c: char| c.is_uppercase()) && !finding.title.starts_with("CloudFormation") {
        Some("the title starts with a capital letter")
    } else if finding.title.ends_with('.') {
        Some("the title ends with a full stop")
    } else if finding.labels.iter().any(|label| label.text.split_whitespace().count() > 10) {
        Some("a label has more than ten words")
    } else if words().any(|text| inner.iter().any(|word| text.split_whitespace().any(|w| w == *word))) {
        Some("an inner word")
    } else if finding.severity == Severity::Error && finding.helps.is_empty() && finding.notes.is_empty() {
        Some("neither a fact nor an act")
    } else {
        None
    }
}

/// A message is as it was, and right: following it leaves nothing to say.
#[test]
fn every_message_is_as_expected() {
    let complaints: Vec<String> = fixtures().iter().flat_map(|name| complaints(name)).collect();
    assert!(complaints.is_empty(), "{}\n\n{} complaints", complaints.join("\n"), complaints.len());
}

/// A poor message is kept with what a good one would say. Whoever makes it good moves its folder up into the gallery.
#[test]
fn known_bad_messages_are_as_they_are() {
    let folders = std::fs::read_dir(gallery().join(KNOWN_BAD)).expect("tests/errors/known-bad is there").flatten();
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    for name in names {
        let name = format!("{KNOWN_BAD}/{name}");
        let better = std::fs::read_to_string(gallery().join(&name).join("better.md")).unwrap_or_default();
        assert!(!better.trim().is_empty(), "{name}: better.md says what a good message would say");
        let (findings, sources) =
            find(&layers(&name, "environments"), &stage(&name), &[], &BTreeMap::new(), None, None);
        let text = render(&findings, &sources, Format::Text, false, 100);
        let path = gallery().join(&name).join("expected.txt");
        if std::env::var_os("REGGIE_CFN_UPDATE").is_some() {
            std::fs::write(&path, &text).expect("tests/errors can be written");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{name}");
    }
}

/// Whether a code needs no fixture: bugs of ours, and what cannot be reached.
fn exempt(id: &str) -> bool {
    id.starts_with("BUG") || NOT_REACHED.iter().any(|(code, _)| *code == id)
}

#[test]
fn every_code_has_a_fixture() {
    let names = fixtures();
    let shown: BTreeSet<&str> = names.iter().map(|name| code(name)).collect();
    // Commands that ask others have fixtures of their own.
    let of_commands: BTreeSet<String> = crate::dns::shown_codes()
        .into_iter()
        .chain(crate::secrets::shown_codes())
        .chain(crate::release::shown_codes())
        .chain(crate::import::shown_codes())
        .chain(crate::sweep::shown_codes())
        .collect();
    let is_shown = |id: &str| exempt(id) || shown.contains(id) || of_commands.contains(id);
    let missing: Vec<&str> = codes::all().map(|c| c.id).filter(|id| !is_shown(id)).collect();
    assert!(
        missing.is_empty(),
        "codes without a fixture in tests/errors/, tests/dns/, tests/secrets/, tests/release/, tests/import/ or tests/sweep/: {}",
        missing.join(", ")
    );
    let known: BTreeSet<&str> = codes::all().map(|c| c.id).collect();
    let unknown: Vec<&&str> = shown.iter().filter(|id| !known.contains(**id)).collect();
    assert!(unknown.is_empty(), "fixtures of codes that are not there: {unknown:?}");
}

#[test]
fn fixtures_that_cannot_be_repaired_are_there() {
    let names = fixtures();
    for (name, reason) in NOT_REPAIRABLE.iter().chain(UNPROVED) {
        assert!(names.iter().any(|n| n == name), "{name} is not there");
        assert!(!reason.is_empty(), "{name} has no reason");
    }
    for (id, _) in NOT_REACHED {
        assert!(codes::find(id).is_some() && !names.iter().any(|n| code(n) == *id), "{id} is reached, or gone");
    }
}

/// What a message says gives a component an attribute must be a setting, and the attribute one of the kind's.
#[test]
fn chosen_attributes_are_those_of_settings() {
    for kind in reggie_cfn::component::KINDS {
        let schema = (kind.schema)(&mut schemars::SchemaGenerator::default());
        for (attribute, setting) in kind.chosen_attributes {
            let mut known = kind.import_keys.iter().chain(kind.output_keys);
            assert!(known.any(|known| known == attribute), "`{attribute}` is no attribute of `{}`", kind.name);
            // `server.vpc` is a setting within one, `protection: signed` a value of one.
            let pointer = format!("/properties/{}", setting.split(['.', ':']).next().unwrap_or_default());
            assert!(schema.pointer(&pointer).is_some(), "`{}` has no setting `{setting}`", kind.name);
        }
    }
}
