//! Stages that come and go, and are over: their branch is gone, their pull request is closed, or their days have passed.
//!
//! Nothing is said to be gone that is only unknown: a clone that has not fetched everything since a stage was deployed knows nothing of
//! its branch.

mod page;
mod said;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::dns::emit::natural;
use crate::manifest::EXPIRE_DAYS;
use crate::overlay::choose;
use crate::project::{Applies, BASE, Layer, Project};
use crate::stage::{beginning, literals, matches, pull_request, stage_name};
use crate::value::Value;

pub use page::{Page, json, text};
pub use said::{Deployed, pulls, stacks};
pub use time::{Day, Moment};

/// Codes of this room.
pub const CODES: &[Code] = &[said::STG016, STG017, STG018, STG019, STG020, STG021];

/// `STG017`: git does not know which branches there are.
pub const STG017: Code = Code {
    id: "STG017",
    explanation: "git does not know which branches there are\n\n\
        Whether the branch of a stage is gone can be told by a clone that has fetched all branches since the stage was deployed. A shallow \
        clone, one of a single branch, as `actions/checkout` makes it unless it says `fetch-depth: 0`, or one whose last fetch is older, lacks \
        branches that are there; so does one that fetched from one of its remotes, or one of their branches, last. Stages are then judged by \
        their days alone.\n\n\
        `git fetch --all --prune` fetches all branches of all remotes, and forgets those that are gone; `git fetch --unshallow` makes a clone \
        whole.",
};

/// `STG018`: nothing says whether pull requests are open.
pub const STG018: Code = Code {
    id: "STG018",
    explanation: "nothing says whether a pull request is open\n\n\
        A stage `pr-12` is that of a pull request, and git cannot say whether it is open: GitHub keeps `refs/pull/12/head` when it is closed \
        and its branch deleted. Such stages are then judged by their days alone.\n\n\
        `gh pr list --state all --limit 1000 --json number,state > pulls.json`, and `--pulls pulls.json`, say it. A pull request that the list \
        lacks is not taken for closed: it may be older than those in it, or younger.",
};

/// `STG019`: stacks of a stage without a layer.
pub const STG019: Code = Code {
    id: "STG019",
    explanation: "no layer is for a stage that has stacks\n\n\
        Stacks are tagged with this project and a stage that no layer is for: its layer was deleted or renamed, or the patterns of another \
        were changed. Whether it comes and goes is then not known, unless it was deployed with `expire_days`, and no build makes the \
        script that takes it down.\n\n\
        Build it with the layers as they were: `git log --oneline -- environments/` lists the commits that changed them. `git worktree add \
        ../before COMMIT` puts one of them into a folder, from which the stage can be built and taken down.",
};

/// `STG020`: nothing is known of the region where a stage is at home.
pub const STG020: Code = Code {
    id: "STG020",
    explanation: "what is deployed in a stage's own region is not known\n\n\
        Most stacks of a stage stand in the `region` of its layers, and those that CloudFront needs in us-east-1, where little changes: seen \
        from there, a stage that was deployed yesterday is old. None of the files of `--deployed` is an answer of its own region, be it that \
        nobody asked there or that AWS refused to answer. Such stages are not judged.\n\n\
        `aws cloudformation describe-stacks --region REGION > REGION.json` for each region, and all of these files, say it.",
};

/// `STG021`: no branch, and nothing that says that a stage is one of a branch.
pub const STG021: Code = Code {
    id: "STG021",
    explanation: "no branch is called like a stage that was deployed without `expire_days`\n\n\
        The name of a stage fits a pattern of a layer, as names of branches do, but no branch is called so. It may have been made for a \
        branch that is gone. It may as well be somebody's own, as `dev-ben` is of Ben, or stay, and have its layer in another commit than \
        this one. What comes and goes by itself is deployed with `expire_days`, from 1 to 365, which no stage that stays can have; without it \
        a stage is not listed for its branch.\n\n\
        Write `expire_days` into the layer of stages that go with their branch, and deploy them once more; or take this one down by hand.",
};

/// A stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stack {
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
}

/// A stage that stands, or may.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its name.
    pub stage: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// How many days it is needed after it was changed last, where that is known.
    pub expire_days: Option<u32>,
    /// When it was changed last.
    pub changed: Moment,
    /// Its stacks, where they are known.
    pub stacks: BTreeSet<Stack>,
    /// Whether any of them refuses to be deleted.
    pub is_protected: bool,
}

impl Standing {
    /// A stage of which only that is known.
    #[must_use]
    pub fn new(stage: &str, changed: Moment) -> Standing {
        let (owner, expire_days, stacks) = (None, None, BTreeSet::new());
        Standing { stage: stage.to_owned(), owner, expire_days, changed, stacks, is_protected: false }
    }
}

/// The branches that there are.
#[derive(Debug, Clone)]
pub struct Branches {
    /// The names of the stages that are called like them.
    stages: BTreeSet<String>,
    /// What those of them begin with that were cut.
    beginnings: BTreeSet<String>,
    /// When all of them were fetched; always, where nobody else has any.
    as_of: Option<Moment>,
}

impl Branches {
    /// The branches of these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>, as_of: Option<Moment>) -> Branches {
        let stages: BTreeSet<String> = names.into_iter().map(stage_name).collect();
        let beginnings = stages.iter().filter_map(|stage| beginning(stage)).map(str::to_owned).collect();
        Branches { stages, beginnings, as_of }
    }

    /// Whether a stage may be that of one of them. A long name was cut, from whatever a pipeline made of the branch's.
    fn have(&self, stage: &str) -> bool {
        self.stages.contains(stage) || beginning(stage).is_some_and(|begins| self.beginnings.contains(begins))
    }
}

/// Why it is not known which branches there are, and what to do.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// Why.
    pub why: &'static str,
    /// What to do.
    pub help: String,
}

/// The pull requests, and whether each is open.
#[derive(Debug, Clone)]
pub struct Pulls {
    open: BTreeMap<u64, bool>,
    as_of: Moment,
}

/// What is known beside the stages.
#[derive(Debug)]
pub struct Known {
    /// The regions in which it was asked for stacks; none where stages are those that were built.
    pub regions: BTreeSet<String>,
    /// The branches.
    pub branches: Result<Branches, Unknown>,
    /// The pull requests, where somebody says them.
    pub pulls: Option<Pulls>,
    /// The day.
    pub today: Day,
}

/// Why a stage is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No branch is called so.
    Branch {
        /// The pattern for which it is taken for one of a branch.
        pattern: String,
        /// How many branches fit it.
        fitting: usize,
    },
    /// Its pull request is closed.
    PullRequest,
    /// Its days have passed.
    Time {
        /// How many they were.
        days: u32,
        /// The last one.
        last: Day,
    },
}

/// A stage that is over.
#[derive(Debug)]
pub struct Over {
    /// The stage.
    pub standing: Standing,
    /// Why, at least one.
    pub reasons: Vec<Reason>,
    /// Whether a layer is for it, so that it can be built.
    pub has_layer: bool,
}

/// The stages that are over, in the order of their names. What stays, what runs without stacks, and what nobody knows to be over is
/// not among them.
#[must_use]
pub fn over(project: &Project, standing: Vec<Standing>, known: &Known, findings: &mut Diagnostics) -> Vec<Over> {
    let mut untold = Untold::default();
    let mut over: Vec<Over> =
        standing.into_iter().filter_map(|standing| judged(project, standing, known, &mut untold)).collect();
    untold.tell(known, findings);
    over.sort_by(|a, b| natural(&a.standing.stage, &b.standing.stage));
    over
}

/// Stages that could not be judged by everything.
#[derive(Default)]
struct Untold {
    branches: BTreeSet<String>,
    since: BTreeSet<String>,
    pulls: BTreeSet<String>,
    undated: BTreeSet<String>,
    homes: BTreeMap<Option<String>, BTreeSet<String>>,
    layers: BTreeMap<String, usize>,
}

fn judged(project: &Project, standing: Standing, known: &Known, untold: &mut Untold) -> Option<Over> {
    let layers = layers(project, &standing.stage);
    let layer = layers.last().copied();
    match layer {
        Some(layer) if layer.lifetime() != "ephemeral" => return None,
        None if standing.expire_days.is_none() => {
            untold.layers.insert(standing.stage, standing.stacks.len());
            return None;
        }
        _ => {}
    }
    let written = layers.iter().rev().copied().chain(project.layers.get(BASE)).find_map(|l| l.tree.get("region"));
    let home = written.and_then(Value::as_text);
    // When it was changed last is said by its own region: elsewhere stands what seldom changes.
    if !standing.stacks.is_empty() && !home.is_some_and(|home| known.regions.contains(home)) {
        untold.homes.entry(home.map(str::to_owned)).or_default().insert(standing.stage);
        return None;
    }
    let days = standing.expire_days.map(|days| (days, standing.changed.day().after(days)));
    let time = days.filter(|(_, last)| known.today > *last).map(|(days, last)| Reason::Time { days, last });
    let mut unsure = Untold::default();
    let gone = layer.and_then(|layer| gone(layer, &standing, known, &mut unsure));
    let reasons: Vec<Reason> = gone.into_iter().chain(time).collect();
    if reasons.is_empty() {
        untold.add(unsure);
        return None;
    }
    Some(Over { standing, reasons, has_layer: layer.is_some() })
}

/// The layers of a stage, its own as the last one; none where no layer is for it.
fn layers<'p>(project: &'p Project, stage: &str) -> Vec<&'p Layer> {
    let chosen = choose(project, stage, &project.origins.clone(), &mut Diagnostics::default());
    chosen.map(|chosen| chosen.layers).unwrap_or_default()
}

/// Whether what a stage was made for is gone. One with a layer of its own was made for no branch.
fn gone(layer: &Layer, standing: &Standing, known: &Known, unsure: &mut Untold) -> Option<Reason> {
    let Applies::Match(patterns) = &layer.applies else { return None };
    let stage = &standing.stage;
    let branches = known.branches.as_ref().ok();
    if branches.is_some_and(|branches| branches.have(stage)) {
        return None;
    }
    if let Some(number) = pull_request(stage) {
        let pulls = known.pulls.as_ref().filter(|pulls| pulls.as_of >= standing.changed);
        let Some(is_open) = pulls.and_then(|pulls| pulls.open.get(&number)) else {
            unsure.pulls.insert(stage.clone());
            return None;
        };
        return (!is_open).then_some(Reason::PullRequest);
    }
    let Some(branches) = branches else {
        unsure.branches.insert(stage.clone());
        return None;
    };
    // Where no branch fits the pattern, its stages are not known to be those of branches: somebody's own, for example.
    let fitting = patterns.iter().filter(|pattern| matches(&pattern.value, stage));
    let pattern = fitting.max_by_key(|pattern| literals(&pattern.value))?;
    let count = branches.stages.iter().filter(|branch| matches(&pattern.value, branch)).count();
    let fitting = (count > 0).then_some(count)?;
    if branches.as_of.is_some_and(|as_of| as_of < standing.changed) {
        unsure.since.insert(stage.clone());
        return None;
    }
    // What was only built has no tags.
    let is_dated = match standing.stacks.is_empty() {
        true => layer.tree.get(EXPIRE_DAYS).is_some(),
        false => standing.expire_days.is_some(),
    };
    if !is_dated {
        unsure.undated.insert(stage.clone());
        return None;
    }
    Some(Reason::Branch { pattern: pattern.value.clone(), fitting })
}

impl Untold {
    fn add(&mut self, other: Untold) {
        self.branches.extend(other.branches);
        self.since.extend(other.since);
        self.pulls.extend(other.pulls);
        self.undated.extend(other.undated);
    }

    fn tell(self, known: &Known, findings: &mut Diagnostics) {
        let names = |stages: &BTreeSet<String>| {
            let mut stages: Vec<&String> = stages.iter().collect();
            stages.sort_by(|a, b| natural(a, b));
            quote_list(&stages)
        };
        let by_days = "these are judged by their days alone";
        if let (Err(Unknown { why, help }), false) = (&known.branches, self.branches.is_empty()) {
            let finding = Diagnostic::warning(STG017, format!("git does not know all branches: {why}"));
            findings.push(finding.note(format!("{by_days}: {}", names(&self.branches))).help(help.clone()));
        }
        if !self.since.is_empty() {
            let finding = Diagnostic::warning(STG017, "git has fetched no branches since stages were deployed");
            findings.push(finding.note(format!("{by_days}: {}", names(&self.since))).help(FETCH));
        }
        if !self.pulls.is_empty() {
            let title = match known.pulls {
                None => "nothing says whether pull requests are open",
                Some(_) => "the list of pull requests lacks some, or is older than their stages",
            };
            let finding = Diagnostic::warning(STG018, title).note(format!("{by_days}: {}", names(&self.pulls)));
            let how = "give `--pulls` what `gh pr list --state all --limit 1000 --json number,state` prints";
            findings.push(finding.help(how));
        }
        for (home, stages) in &self.homes {
            let title = match home {
                Some(home) => format!("no answer is of `{home}`, where stages are at home"),
                None => "the layers do not say the region where stages are at home".to_owned(),
            };
            let finding = Diagnostic::warning(STG020, title).note(format!("these are not judged: {}", names(stages)));
            let region = home.as_deref().unwrap_or("REGION");
            let asked = format!("`aws cloudformation describe-stacks --region {region}`");
            findings.push(finding.help(format!("give `--deployed` what {asked} prints as well")));
        }
        if !self.undated.is_empty() {
            let title = "no branch is called like stages that were deployed without `expire_days`";
            let note = format!("these may be somebody's own, or stay: {}", names(&self.undated));
            let help = "write `expire_days` into the layer of those that go with their branch, and deploy them";
            findings.push(Diagnostic::warning(STG021, title).note(note).help(help));
        }
        for (stage, stacks) in self.layers {
            let title = format!("no layer is for `{stage}`, which has {}", page::stacks(stacks));
            let finding = Diagnostic::warning(STG019, title).note("whether it comes and goes is not known");
            findings.push(finding.help("`reggie-cfn explain STG019` says how to take down what has no layer"));
        }
    }
}

/// What brings all branches here.
pub const FETCH: &str = "`git fetch --all --prune` fetches them, and forgets those that are gone";
