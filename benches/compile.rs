//! What compiling costs, beside what it costs to copy the same bytes.
//!
//! Two processors that other work keeps busy give poor times but good ratios, so a table of ratios comes first. Nothing here
//! asserts a time. `benches/callgrind` counts instructions of whole runs; `docs/performance.md` has the numbers.
#![allow(missing_docs, reason = "a bench has no readers but cargo")]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench may")]
#![allow(clippy::disallowed_types, reason = "a bench reads the clock")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use divan::Bencher;
use divan::counter::BytesCount;

use reggie_cfn::cfn;
use reggie_cfn::compile::{Compiled, compile};
use reggie_cfn::component::Group;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::emit::Files;
use reggie_cfn::graph::{Cluster, Edge, Graph, Icon, Node, StandsFor, svg};
use reggie_cfn::project::{InputFile, Project};
use reggie_cfn::render::Renderer;
use reggie_cfn::source::FileId;
use reggie_cfn::verify::verify;
use reggie_cfn::yaml;

const BASE: &str = include_str!("../environments/base.yaml");
const PRODUCTION: &str = include_str!("../environments/production.yaml");

/// A project in memory, and the stages that are compiled of it.
struct Case {
    files: Vec<InputFile>,
    stages: Vec<String>,
}

impl Case {
    fn new(base: &str, stages: Vec<String>) -> Case {
        let file = |name: &str, text: String| InputFile { path: format!("environments/{name}.yaml"), text };
        let layer = |s: &String| {
            let layer = PRODUCTION.replace("stage: production", &format!("stage: {s}"));
            // Each has hosts of its own.
            let hosts = "values: {web_host: 'web-${stage}.${zone.name}', admin_host: 'admin-${stage}.${zone.name}', \
                         api_host: 'api-${stage}.${zone.name}'}\n";
            file(s, if stages.len() > 1 { layer + hosts } else { layer })
        };
        let files = stages.iter().map(layer).chain([file("base", base.to_owned())]).collect();
        Case { files, stages }
    }

    /// Reggie's production stage: four templates, 62 resources.
    fn one_stage() -> Case {
        Case::new(BASE, vec!["production".to_owned()])
    }

    /// The same a hundred times, each stage with a layer of its own.
    fn hundred_stages() -> Case {
        Case::new(BASE, (0..100).map(|i| format!("customer-{i:03}")).collect())
    }

    /// 407 resources in one template: eleven networks.
    fn many_resources() -> Case {
        let mut base = "project: big\nregion: eu-west-2\ncomponents:\n".to_owned();
        for i in 0..11 {
            writeln!(
                base,
                "  Net{i:02}: {{type: vpc, stack: network, cidr: 10.{i}.0.0/16, availability_zones: 3, \
                 nat: instance_per_zone, nat_type: t4g.nano}}"
            )
            .unwrap();
        }
        Case::new(&base, vec!["production".to_owned()])
    }

    /// Reads and compiles, as a process does it, and gives all that would be written.
    fn compiled(&self) -> Vec<Files> {
        let mut findings = Diagnostics::default();
        let project = Project::load(self.files.clone(), &mut findings);
        let renderer = Renderer::new();
        let compiled = |s: &String| compile(&project, s, &renderer, &mut Diagnostics::default()).unwrap().files;
        self.stages.iter().map(compiled).collect()
    }

    fn bytes(&self) -> usize {
        self.compiled().iter().flat_map(|files| files.values()).map(String::len).sum()
    }
}

/// A case by its name, and how it is made.
type Named = (&'static str, fn() -> Case);

const CASES: [Named; 3] =
    [("one stage", Case::one_stage), ("100 stages", Case::hundred_stages), ("407 resources", Case::many_resources)];

fn main() {
    let listing = std::env::args().any(|a| matches!(a.as_str(), "--list" | "--test" | "--help"));
    if !listing {
        ratios();
    }
    divan::main();
}

/// The least time of some runs: what disturbs a run only ever makes it longer.
fn least(mut f: impl FnMut()) -> Duration {
    let timed = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    f();
    (0..15).map(|_| timed(&mut f)).min().unwrap_or_default()
}

/// Copies every file in memory.
fn copy(output: &[Files]) {
    for text in output.iter().flat_map(|files| files.values()) {
        black_box(text.clone());
    }
}

/// Writes every file into a folder a stage, as `cp -r` does: nothing is synced.
fn write(output: &[Files], to: &std::path::Path) {
    for (i, files) in output.iter().enumerate() {
        let folder = to.join(i.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
}

fn ratios() {
    println!("{:<16}{:>12}{:>12}{:>12}{:>12}{:>12}", "", "bytes", "compile ms", "a stage", "× memcpy", "× cp");
    for (name, case) in CASES {
        let case = case();
        let output = case.compiled();
        let bytes: usize = output.iter().flat_map(|files| files.values()).map(String::len).sum();
        let folder = tempfile::tempdir().unwrap();
        let ours = least(|| drop(black_box(case.compiled())));
        let copied = least(|| copy(&output));
        let written = least(|| write(&output, folder.path()));
        let ms = ours.as_secs_f64() * 1000.0;
        let times = |other: Duration| ours.as_secs_f64() / other.as_secs_f64();
        let a_stage = ms / case.stages.len() as f64;
        println!("{name:<16}{bytes:>12}{ms:>12.2}{a_stage:>12.2}{:>12.0}{:>12.1}", times(copied), times(written));
    }
    println!();
}

#[divan::bench]
fn one_stage(bencher: Bencher<'_, '_>) {
    let case = Case::one_stage();
    bencher.counter(BytesCount::new(case.bytes())).bench_local(|| case.compiled());
}

#[divan::bench(sample_count = 10)]
fn hundred_stages(bencher: Bencher<'_, '_>) {
    let case = Case::hundred_stages();
    bencher.counter(BytesCount::new(case.bytes())).bench_local(|| case.compiled());
}

#[divan::bench]
fn many_resources(bencher: Bencher<'_, '_>) {
    let case = Case::many_resources();
    bencher.counter(BytesCount::new(case.bytes())).bench_local(|| case.compiled());
}

/// What compiling gives up for the verifier: `verify` once more over what is compiled, in a process that has met the types before.
fn verified(bencher: Bencher<'_, '_>, case: &Case) {
    let project = Project::load(case.files.clone(), &mut Diagnostics::default());
    let stage = case.stages.first().unwrap();
    let compiled = compile(&project, stage, &Renderer::new(), &mut Diagnostics::default()).unwrap();
    let texts: Vec<String> = compiled.linked.stacks.iter().map(|s| compiled.files[&s.file].clone()).collect();
    bencher.bench_local(|| {
        let mut findings = Diagnostics::default();
        let Compiled { model, linked, origins, .. } = &compiled;
        verify(model, linked, &texts, &project.sources, origins, &mut findings);
        black_box(findings.is_empty())
    });
}

#[divan::bench]
fn verify_one_stage(bencher: Bencher<'_, '_>) {
    verified(bencher, &Case::one_stage());
}

#[divan::bench]
fn verify_many_resources(bencher: Bencher<'_, '_>) {
    verified(bencher, &Case::many_resources());
}

/// A picture of 100 components, each of which uses one or two others: laid out and written.
#[divan::bench]
fn draw_hundred_components(bencher: Bencher<'_, '_>) {
    const GROUPS: [Group; 6] =
        [Group::Api, Group::Services, Group::Messaging, Group::Database, Group::Storage, Group::Frontends];
    let cluster = |group: &Group| Cluster { title: group.title().to_owned(), group: *group };
    let node = |at: usize| Node {
        cluster: at * GROUPS.len() / 100,
        name: format!("Component{at}"),
        service: "Lambda (zip)".to_owned(),
        facts: vec!["nodejs22.x".to_owned(), "arm64".to_owned(), "1024 MB".to_owned()],
        purpose: String::new(),
        icon: Icon::Kind("function"),
        stands_for: StandsFor::Component(format!("Component{at}")),
        imported: false,
    };
    let edge = |at: usize| Edge {
        from: at % 100,
        to: (at % 100 + 7 + at * 13 % 61) % 100,
        labels: vec!["read".to_owned()],
        quiet: false,
    };
    let graph = Graph {
        title: "hundred components".to_owned(),
        summary: String::new(),
        groups: GROUPS.iter().map(cluster).collect(),
        nodes: (0..100).map(node).collect(),
        edges: (0..160).map(edge).collect(),
    };
    bencher.bench_local(|| svg::draw(black_box(&graph)));
}

#[divan::bench]
fn yaml_parse(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(BASE))
        .bench_local(|| yaml::parse(FileId(0), black_box(BASE), &yaml::Limits::default(), &mut Diagnostics::default()));
}

#[divan::bench]
fn yaml_print(bencher: Bencher<'_, '_>) {
    let mut findings = Diagnostics::default();
    let project = Project::load(Case::one_stage().files, &mut findings);
    let compiled = compile(&project, "production", &Renderer::new(), &mut findings).unwrap();
    let documents: Vec<yaml::Doc> = compiled.linked.stacks.iter().map(|s| cfn::document(&s.template)).collect();
    let print = || documents.iter().map(yaml::print).collect::<Vec<String>>();
    bencher.counter(BytesCount::new(print().iter().map(String::len).sum::<usize>())).bench_local(print);
}

/// The floor: the bytes of one stage, copied.
#[divan::bench]
fn copy_one_stage(bencher: Bencher<'_, '_>) {
    let case = Case::one_stage();
    let output = case.compiled();
    bencher.counter(BytesCount::new(case.bytes())).bench_local(|| copy(&output));
}

/// The floor with a disk: the files of one stage, written without sync.
#[divan::bench]
fn write_one_stage(bencher: Bencher<'_, '_>) {
    let case = Case::one_stage();
    let output = case.compiled();
    let folder = tempfile::tempdir().unwrap();
    bencher.counter(BytesCount::new(case.bytes())).bench_local(|| write(&output, folder.path()));
}
