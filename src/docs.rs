//! The page of the product: what all of its stages are, side by side.
//!
//! A view over compiled stages, and nothing more: what it says of one stage is what that stage's own page says ([`crate::sheet`]).

mod costs;
mod databases;
mod domains;
mod merge;
mod resources;
mod secrets;
mod stages;

use crate::ci::{self, Trigger};
use crate::compile::{Compiled, claims};
use crate::cost::Estimate;
use crate::diag::{Diagnostics, list};
use crate::emit::{README_BEGINNING, made_from};
use crate::graph::mermaid::draw;
use crate::graph::{Graph, Level, graph};
use crate::lower::local::LocalStage;
use crate::markdown::{code, mermaid, names};
use crate::origin::OriginId;
use crate::overlay::choose;
use crate::project::{Applies, Layer, Project};
use crate::sheet::Sheet;
use crate::stage::{Lifetime, Removal};

/// A stage that stands for all whose names the patterns of a layer fit.
#[derive(Debug)]
pub struct Sample {
    /// A name that the first of them fits.
    pub stage: String,
    /// The layer.
    layer: String,
    /// Its patterns.
    patterns: Vec<String>,
    /// Where they stand.
    origin: OriginId,
}

/// What stands for a `*` or a `?` of a pattern in the name of a sample; the first that makes the name of a stage of its layer.
const ANYTHING: &[&str] = &["1", "a", "z", "any"];

/// What stands between patterns in the name of what has several.
const SEPARATOR: &str = ", ";

/// The samples of a project, in the order of their layers. There is none of a layer for which no name was found.
#[must_use]
pub fn samples(project: &Project) -> Vec<Sample> {
    let sample = |layer: &Layer| match &layer.applies {
        Applies::Match(patterns) if !layer.is_local() => {
            let first = patterns.first()?;
            let named = |anything: &&str| first.value.replace(['*', '?'], anything);
            Some(Sample {
                stage: ANYTHING.iter().map(named).find(|stage| is_of(project, layer, stage))?,
                layer: layer.name.clone(),
                patterns: patterns.iter().map(|pattern| pattern.value.clone()).collect(),
                origin: first.origin,
            })
        }
        _ => None,
    };
    project.layers.values().filter_map(sample).collect()
}

/// Whether a name is that of a stage, which that layer is for.
fn is_of(project: &Project, layer: &Layer, stage: &str) -> bool {
    let chosen = choose(project, stage, &project.origins, &mut Diagnostics::default());
    chosen.is_some_and(|chosen| chosen.layers.last().is_some_and(|last| last.name == layer.name))
}

/// What is told of a stage, or of all stages of a layer with patterns.
#[derive(Debug)]
pub struct Told {
    /// Its name, or the patterns.
    name: String,
    /// What its own page says.
    sheet: Sheet,
    /// What it looks like.
    graph: Graph,
    /// What it costs.
    estimate: Estimate,
    /// How it runs on the machine of whoever develops it, if it does.
    local: Option<LocalStage>,
    /// Where the patterns stand.
    patterns: Option<OriginId>,
    /// What starts its deploy.
    trigger: Trigger,
}

impl Told {
    /// A stage with a layer of its own.
    #[must_use]
    pub fn of(compiled: Compiled) -> Told {
        let sheet = Sheet::of(&compiled.model, &compiled.lowered, &compiled.linked);
        let graph = graph(&compiled.model, &compiled.lowered, &compiled.linked, Level::Component);
        let name = sheet.name().to_owned();
        Told {
            name,
            sheet,
            graph,
            estimate: compiled.estimate,
            local: compiled.local,
            patterns: None,
            trigger: Trigger::ByHand,
        }
    }

    /// What the stages of a layer with patterns have in common; hosts as the layer writes them.
    #[must_use]
    pub fn all_like(sample: &Sample, compiled: Compiled, project: &Project) -> Told {
        let told = Told::of(compiled);
        let mut sheet = told.sheet;
        let all = claims(project);
        let written = all.iter().find(|claims| claims.who.layer == sample.layer).map(|claims| &claims.hosts);
        let written = written.filter(|hosts| hosts.len() == sheet.hosts.len());
        for (host, written) in sheet.hosts.iter_mut().zip(written.into_iter().flatten()) {
            host.host.clone_from(&written.name);
        }
        Told { name: sample.patterns.join(SEPARATOR), sheet, patterns: Some(sample.origin), ..told }
    }

    /// What it is called in a table.
    fn title(&self) -> String {
        names(self.name.split(SEPARATOR))
    }

    fn is_local(&self) -> bool {
        self.sheet.stage.lifetime.value == Lifetime::Local
    }

    /// Whether it stays, and has stacks.
    fn is_permanent(&self) -> bool {
        self.patterns.is_none() && self.sheet.stage.is_permanent()
    }

    /// Which are told first: of those that stay, what is guarded most; then what comes and goes, then what runs locally.
    fn rank(&self) -> (bool, bool, bool, u8, String) {
        let stage = &self.sheet.stage;
        let removal = match stage.removal.value {
            Removal::Retain => 0,
            Removal::Snapshot => 1,
            Removal::Remove => 2,
        };
        (self.is_local(), !self.is_permanent(), !stage.protect.value, removal, self.name.clone())
    }
}

/// All stages of a product, in the order in which they are told.
struct Product {
    all: Vec<Told>,
}

impl Product {
    fn permanent(&self) -> impl Iterator<Item = &Told> {
        self.all.iter().filter(|told| told.is_permanent())
    }

    /// Those with stacks.
    fn deployed(&self) -> impl Iterator<Item = &Told> {
        self.all.iter().filter(|told| !told.is_local())
    }

    fn local(&self) -> impl Iterator<Item = (&Told, &LocalStage)> {
        self.all.iter().filter_map(|told| Some((told, told.local.as_ref()?)))
    }
}

/// The page.
#[must_use]
pub fn page(project: &Project, mut all: Vec<Told>) -> String {
    let workflows = ci::deployed(project);
    for told in &mut all {
        let own = workflows.iter().find(|of| match told.patterns {
            Some(patterns) => of.is_preview && of.origin == patterns,
            None => !of.is_preview && of.stage == told.name,
        });
        told.trigger = own.map_or(Trigger::ByHand, ci::Deployed::trigger);
    }
    all.sort_by_key(Told::rank);
    let product = Product { all };
    let name = project.name().unwrap_or_default();
    let header = made_from("environments/");
    let mut page = format!("{README_BEGINNING}{header}-->\n\n# {name}\n\n{}", opening(&product));
    let sections = [
        ("Infrastructure diagram", diagram(&product)),
        ("Resource map", resources::map(&product)),
        ("Database configuration", databases::section(&product)),
        ("Secrets", secrets::section(&product)),
        ("Dev vs deployed", resources::dev(&product)),
        ("Stages", stages::section(&product)),
        ("Cost estimate", costs::section(&product)),
        ("Domain configuration", domains::section(&product)),
        ("Runbooks", stages::runbooks(&product)),
    ];
    for (title, body) in sections.iter().filter(|(_, body)| !body.is_empty()) {
        page.push_str(&format!("\n## {title}\n{body}"));
    }
    page
}

fn opening(product: &Product) -> String {
    let permanent: Vec<&str> = product.permanent().map(|told| told.name.as_str()).collect();
    let ephemeral = product.deployed().filter(|told| !told.is_permanent());
    let ephemeral: Vec<&str> = ephemeral.flat_map(|told| told.name.split(SEPARATOR)).collect();
    let verb = if permanent.len() == 1 { "stays" } else { "stay" };
    let mut sentences = vec![format!("{} {verb}.", list(&permanent.iter().map(|name| link(name)).collect::<Vec<_>>()))];
    if !ephemeral.is_empty() {
        sentences.push(format!("{} come and go.", names(ephemeral)));
    }
    sentences.extend(
        product.local().map(|(told, _)| format!("{} runs on the machine of whoever develops it.", code(&told.name))),
    );
    sentences.push("Where stages differ, a cell says what the first has, and in brackets what others have.".to_owned());
    format!("{}\n", sentences.join(" "))
}

/// The first stage: others look much alike, and each has its diagram on its own page.
fn diagram(product: &Product) -> String {
    let Some(first) = product.permanent().next().filter(|told| !told.graph.nodes.is_empty()) else {
        return String::new();
    };
    format!("\nThis is {}.\n{}", link(&first.name), mermaid(&draw(&first.graph)))
}

/// A stage, and where its page is.
fn link(stage: &str) -> String {
    format!("[{stage}]({stage}/README.md)")
}
