//! The fuzzer on stable Rust: changes cases, tries them, keeps those that lead to something new, and writes down what must
//! not be. It sees no coverage; what a case led to (its set of codes) stands for it.
//!
//! ```sh
//! cargo run --profile fuzz --example fuzz -- --seconds 60 --seed 1     # all targets in turn
//! cargo run --profile fuzz --example fuzz -- --target json --seconds 60
//! cargo run --profile fuzz --example fuzz -- --replay target/fuzz-findings/manifest-1.case
//! cargo run --profile fuzz --example fuzz -- --corpus fuzz/corpus      # cases to start cargo fuzz from
//! ```
//!
//! The cases are tried in a process of their own, which writes each down before it tries it: whatever ends or stops that
//! process is found as well.
#![allow(missing_docs, reason = "a program")]
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of ours says why it cannot go on"
)]
#![allow(clippy::disallowed_types, reason = "it measures time")]

mod case;
mod mutate;
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use case::Case;
use mutate::{Random, dictionary, mutate};
use targets::{Outcome, TARGETS, Target};

/// What takes more of the processor's time is slow: cases have some kilobytes.
const SLOW: Duration = Duration::from_secs(1);
/// What takes more hangs.
const HANGS: Duration = Duration::from_secs(20);
/// The memory that a case may take, in KiB.
const MUCH: u64 = 256 << 10;
/// The largest corpus of a target.
const MOST_CASES: usize = 4000;
/// How often progress is told.
const PROGRESS: Duration = Duration::from_secs(60);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|i| arguments.get(i + 1)).cloned();
    let number = |name: &str, or: u64| value(name).map_or(or, |v| v.parse().expect("a number"));
    let findings = PathBuf::from(value("--findings").unwrap_or_else(|| "target/fuzz-findings".to_owned()));
    fs::create_dir_all(&findings).expect("a folder for findings");
    let (seed, seconds) = (number("--seed", 1), number("--seconds", 60));
    let chosen = value("--target").unwrap_or_else(|| "all".to_owned());
    if let Some(path) = value("--replay") {
        replay(Path::new(&path), &chosen);
    } else if let Some(folder) = value("--corpus") {
        write_corpus(Path::new(&folder));
    } else if arguments.iter().any(|a| a == "--worker") {
        work(&findings, &chosen, seed, Duration::from_secs(seconds));
    } else {
        watch(&findings, &chosen, seed, seconds);
    }
}

/// Tries one case that was written down; fails as it did.
fn replay(path: &Path, chosen: &str) {
    let case = Case::read(&fs::read_to_string(path).expect("a case"));
    let named = |name: &str| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name));
    for (name, target) in TARGETS.iter().filter(|(name, _)| *name == chosen || chosen == "all" && named(name)) {
        let start = Instant::now();
        match target(&case) {
            Ok(outcome) => println!("{name}: {outcome:?} in {:?}", start.elapsed()),
            Err(reason) => panic!("{name}: {reason}"),
        }
    }
}

/// The projects of this repository and the fixtures of its messages.
fn corpus(target: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = |folder: &str| {
        let entries = fs::read_dir(root.join(folder)).expect("a folder of projects").flatten();
        let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).filter(|path| path.is_dir()).collect();
        paths.sort();
        paths
    };
    let projects: Vec<PathBuf> = std::iter::once(root.to_owned()).chain(below("tests/projects")).collect();
    let folders: &[&str] = match target {
        "templates" => &["environments", "out/production", "out/staging"],
        _ => &["environments"],
    };
    let mut cases: Vec<Case> = projects.iter().map(|project| Case::of_project(project, folders)).collect();
    if target != "templates" {
        cases.extend(below("tests/errors").iter().map(|fixture| {
            let mut case = Case::of_project(fixture, folders);
            for layer in ["base", "production"] {
                let text = fs::read_to_string(root.join(format!("tests/errors/_{layer}.yaml"))).unwrap_or_default();
                case.files.entry(format!("environments/{layer}.yaml")).or_insert(text);
            }
            case
        }));
    }
    if target == "json" {
        cases.iter_mut().for_each(|case| case.files.values_mut().for_each(as_json));
    }
    cases.retain(|case| !case.files.is_empty());
    cases
}

/// The text as JSON, where it is plain YAML.
fn as_json(text: &mut String) {
    if let Ok(value) = serde_yaml::from_str::<serde_json::Value>(text) {
        *text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
    }
}

fn write_corpus(folder: &Path) {
    for (target, _) in TARGETS {
        fs::create_dir_all(folder.join(target)).expect("a folder");
        for (i, case) in corpus(target).iter().enumerate() {
            fs::write(folder.join(target).join(format!("{i:04}.case")), case.text()).expect("a case");
        }
    }
}

/// Starts workers until the time is over; one that ends badly or stops has found something.
fn watch(findings: &Path, chosen: &str, seed: u64, seconds: u64) {
    let (start, whole) = (Instant::now(), Duration::from_secs(seconds));
    let current = current(findings, chosen);
    for round in 0.. {
        let left = whole.saturating_sub(start.elapsed());
        if left < Duration::from_secs(1) {
            break;
        }
        let _ = fs::remove_file(&current);
        let mut worker = Command::new(std::env::current_exe().expect("this program"))
            .args(["--worker", "--target", chosen, "--seed", &(seed + 1000 * round).to_string()])
            .args(["--seconds", &left.as_secs().to_string()])
            .arg("--findings")
            .arg(findings)
            .spawn()
            .expect("a worker");
        let (mut seen, mut since) = (None, Duration::ZERO);
        let how = loop {
            if let Some(status) = worker.try_wait().expect("a worker") {
                break (!status.success()).then(|| format!("ended by {status}"));
            }
            let changed = fs::metadata(&current).and_then(|about| about.modified()).ok();
            let took = cpu(&worker.id().to_string());
            if changed != seen {
                (seen, since) = (changed, took);
            } else if took.saturating_sub(since) > HANGS {
                worker.kill().and_then(|()| worker.wait()).expect("a worker");
                break Some(format!("no end within {HANGS:?}"));
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        match how {
            Some(how) => {
                let text = fs::read_to_string(&current).unwrap_or_default();
                let (target, text) = text.split_once('\n').unwrap_or((chosen, ""));
                keep(findings, target, &how, &Case::read(text));
            }
            None => break,
        }
    }
}

/// Where the case that is being tried stands.
fn current(findings: &Path, chosen: &str) -> PathBuf {
    findings.join(format!("current-{chosen}"))
}

/// What a reason has in common with others like it: all but names and numbers of the case.
fn kind(reason: &str) -> String {
    reason.split(['`', '"']).next().unwrap_or_default().to_owned()
}

/// Writes a finding down, once for each kind, the smallest case.
fn keep(findings: &Path, target: &str, reason: &str, case: &Case) {
    let name: String = kind(reason).chars().filter(|c| c.is_ascii_alphanumeric()).take(60).collect();
    let path = findings.join(format!("{target}-{name}.case"));
    let smaller = fs::metadata(&path).map_or(true, |about| about.len() > case.text().len() as u64);
    if smaller {
        fs::write(&path, case.text()).expect("a finding is written");
        println!("FOUND {target}: {reason}\n  {}", path.display());
    }
}

/// The cases of one target and what they led to.
struct Corpus {
    name: &'static str,
    target: Target,
    cases: Vec<Case>,
    outcomes: BTreeMap<Outcome, usize>,
}

fn work(findings: &Path, chosen: &str, seed: u64, time: Duration) {
    // Panics are findings and told as such.
    std::panic::set_hook(Box::new(|_| {}));
    let targets = TARGETS.iter().filter(|(name, _)| chosen == "all" || *name == chosen);
    let mut all: Vec<Corpus> = targets
        .map(|(name, target)| Corpus { name, target: *target, cases: corpus(name), outcomes: BTreeMap::new() })
        .collect();
    assert!(!all.is_empty(), "no target {chosen}");
    let words = dictionary();
    let mut random = Random(seed);
    let (start, mut told, mut tried, mut found) = (Instant::now(), Instant::now(), 0_u64, BTreeSet::new());
    let current = current(findings, chosen);
    let unchanged: Vec<(usize, Case)> =
        all.iter().enumerate().flat_map(|(i, corpus)| corpus.cases.iter().map(move |case| (i, case.clone()))).collect();
    let mut unchanged = unchanged.into_iter();
    while start.elapsed() < time {
        // Every case as it is, then changed ones of each target in turn.
        let (which, case) = unchanged.next().unwrap_or_else(|| {
            let which = tried as usize % all.len();
            let corpus = &all[which];
            let mut case = corpus.cases[random.below(corpus.cases.len())].clone();
            mutate(&mut case, &mut random, &words, &corpus.cases);
            (which, case)
        });
        let corpus = &mut all[which];
        fs::write(&current, format!("{}\n{}", corpus.name, case.text())).expect("the case is written");
        tried += 1;
        match attempt(corpus.target, &case) {
            Ok(outcome) => {
                let seen = corpus.outcomes.entry(outcome).or_default();
                *seen += 1;
                // Of each outcome a few: they differ in what no code tells.
                if *seen <= 3 && corpus.cases.len() < MOST_CASES {
                    corpus.cases.push(case);
                }
            }
            Err(reason) => {
                if found.insert(kind(&reason)) {
                    keep(findings, corpus.name, &reason, &smallest(corpus.target, case, &reason));
                }
            }
        }
        if told.elapsed() > PROGRESS {
            told = Instant::now();
            progress(tried, start.elapsed(), &all, found.len());
        }
    }
    progress(tried, start.elapsed(), &all, found.len());
}

fn progress(tried: u64, time: Duration, all: &[Corpus], found: usize) {
    let outcomes: usize = all.iter().map(|corpus| corpus.outcomes.len()).sum();
    let codes: BTreeSet<&String> = all.iter().flat_map(|corpus| corpus.outcomes.keys().flatten()).collect();
    println!(
        "{} s, {} s of CPU: {tried} cases, {outcomes} outcomes, {} codes, {found} findings",
        time.as_secs(),
        cpu("self").as_secs(),
        codes.len(),
    );
}

/// The processor's time that a process took. Other work may keep the processor busy, so that a clock would say nothing.
fn cpu(process: &str) -> Duration {
    let told = fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// Tries a case: what it led to, or what must not be.
fn attempt(target: Target, case: &Case) -> Result<Outcome, String> {
    // Forgets the most memory so far, where the system lets us.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let once = || {
        let start = cpu("self");
        let result = catch_unwind(AssertUnwindSafe(|| target(case)));
        (cpu("self").saturating_sub(start), result)
    };
    let (took, result) = once();
    let outcome = result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })?;
    // Slow is what is slow again.
    if took > SLOW && once().0 > SLOW {
        return Err(format!("slow: `{} ms`", took.as_millis()));
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    let corpus_and_code =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    if peak.unwrap_or(0_u64).saturating_sub(corpus_and_code.unwrap_or(0)) > MUCH {
        return Err("much memory".to_owned());
    }
    Ok(outcome)
}

/// The case without what its finding does not need: files, then runs of lines.
fn smallest(target: Target, mut case: Case, reason: &str) -> Case {
    let same = |case: &Case| attempt(target, case).is_err_and(|other| kind(&other) == kind(reason));
    let end = Instant::now() + Duration::from_secs(20);
    for path in case.files.keys().cloned().collect::<Vec<_>>() {
        let mut less = case.clone();
        less.files.remove(&path);
        if same(&less) {
            case = less;
            continue;
        }
        for size in [64, 16, 4, 1] {
            let mut at = 0;
            while let Some(lines) = case.files.get(&path).map(|text| text.split_inclusive('\n').collect::<Vec<_>>()) {
                if at >= lines.len() || Instant::now() > end {
                    break;
                }
                let kept = lines.iter().take(at).chain(lines.iter().skip(at + size)).copied().collect();
                let mut less = case.clone();
                less.files.insert(path.clone(), kept);
                if same(&less) { case = less } else { at += size }
            }
        }
    }
    case
}
