//! What a workflow deploys: the stages of a project as the roles of workflows, and the workflows themselves, are made of them.
//!
//! Only layers are asked, so that the answer is the same whichever stages are compiled.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws;
use crate::component::pascal;
use crate::diag::Diagnostics;
use crate::origin::OriginId;
use crate::overlay::{choose, overlay};
use crate::part::shared::stands_in;
use crate::project::{Applies, Project};
use crate::reference;
use crate::stage::{PULL_REQUEST, slug};
use crate::value::{Kind, Value};

/// A stage that a workflow deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Its name; that of every preview is `pr-*`.
    pub stage: String,
    /// Whether it is a preview.
    pub is_preview: bool,
    /// Its region.
    pub region: String,
    /// The other regions that functions of it stand in.
    pub regions: BTreeSet<String>,
    /// Its account, where the stage says it.
    pub account: Option<String>,
    /// Whether its stacks refuse to be deleted.
    pub is_protected: bool,
    /// The stages whose secrets it reads.
    pub secrets: BTreeSet<String>,
    /// Whether it keeps secrets in Secrets Manager.
    pub has_json_secret: bool,
    /// Whether it has hosts, and a zone at Cloudflare.
    pub is_at_cloudflare: bool,
    /// Whether images are built of it for arm64, which most machines of CI are not.
    pub builds_arm_images: bool,
    /// Where its layer says which stages it is for.
    pub origin: OriginId,
}

/// What starts the workflow that deploys a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Somebody does.
    ByHand,
    /// Each push to the branch `main`.
    Main,
    /// Each push to a pull request.
    PullRequest,
}

/// The stage that follows the branch `main`; others that stay are deployed by hand.
const FOLLOWS: &str = "staging";

/// The region in which what CloudFront needs stands, beside the home.
const GLOBAL: &str = "us-east-1";

/// The regions of a stage with that home, the home first.
pub fn regions_of(home: &str) -> impl Iterator<Item = &str> {
    let global = (home != GLOBAL && stands_in(home)).then_some(GLOBAL);
    [home].into_iter().chain(global)
}

/// The permanent stages of a project by name, then its previews, if a pattern fits the stages of pull requests.
#[must_use]
pub fn deployed(project: &Project) -> Vec<Deployed> {
    let named = project.layers.values().filter(|layer| layer.is_permanent());
    let mut all: Vec<Deployed> =
        named.filter_map(|layer| layer.stage()).filter_map(|stage| one(project, stage, false)).collect();
    all.sort_by(|a, b| a.stage.cmp(&b.stage));
    all.extend(one(project, &format!("{PULL_REQUEST}1"), true));
    all
}

/// One of them. What cannot be read is told when the stage is compiled.
fn one(project: &Project, name: &str, is_preview: bool) -> Option<Deployed> {
    let (origins, untold) = (project.origins.clone(), &mut Diagnostics::default());
    let chosen = choose(project, name, &origins, untold)?;
    let origin = match &chosen.layers.last()?.applies {
        Applies::Stage(name) if !is_preview => name.origin,
        Applies::Match(patterns) if is_preview => patterns.first()?.origin,
        _ => return None,
    };
    let overlaid = overlay(chosen, &origins, untold)?;
    let known = |value: &Value| {
        reference::resolve(&overlaid, value, &BTreeMap::new(), &project.sources, &origins, &mut Diagnostics::default())
    };
    let text = |value: &Value| known(value).as_text().map(str::to_owned);
    let key = |key: &str| overlaid.stage_keys.get(key);
    let region = overlaid.tree.get("region").and_then(text).filter(|region| aws::region_bit(region).is_some())?;
    let is_account = |account: &String| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_stage = |name: &String| slug(name) == *name;
    let stage = if is_preview { format!("{PULL_REQUEST}*") } else { overlaid.stage.value.clone() };
    let entries = |block: &str| overlaid.tree.get(block).map(Value::entries).unwrap_or_default();
    let says = |value: &Value, key: &str, word: &str| value.get(key).and_then(Value::as_text) == Some(word);
    let mut chosen = Vec::new();
    for component in entries("components").iter().filter(|component| component.value.get("import").is_none()) {
        chosen.extend(component.value.get("region"));
        ["routes", "hosts"].iter().filter_map(|block| component.value.get(block)).for_each(|b| second(b, &mut chosen));
    }
    let chosen = chosen.into_iter().filter_map(text);
    let regions = chosen.filter(|name| *name != region && aws::region_bit(name).is_some()).collect();
    Some(Deployed {
        is_preview,
        region,
        regions,
        account: key("account").and_then(text).filter(is_account),
        is_protected: key("protect").is_some_and(|value| value.kind == Kind::Bool(true)),
        secrets: [Some(stage.clone()), key("secrets_from").and_then(text).filter(is_stage)]
            .into_iter()
            .flatten()
            .collect(),
        has_json_secret: entries("secrets").iter().any(|secret| says(&secret.value, "store", "secrets_manager")),
        is_at_cloudflare: entries("zones").iter().any(|zone| says(&zone.value, "provider", "cloudflare"))
            && entries("components").iter().any(|component| component.value.get("host").is_some_and(is_given)),
        builds_arm_images: entries("components").iter().any(|component| {
            component.value.get("image").is_some_and(|image| image.get("name").is_none())
                && !says(&component.value, "architecture", "x86_64")
        }),
        stage,
        origin,
    })
}

/// The regions that routes fail over to.
fn second<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    for entry in value.entries() {
        match entry.key.as_str() {
            "failover" => found.extend(entry.value.get("region")),
            _ => second(&entry.value, found),
        }
    }
}

/// Whether a setting is there, and not switched off.
fn is_given(value: &Value) -> bool {
    value.kind != Kind::Null && value.as_text() != Some("none")
}

impl Deployed {
    /// What starts its workflow.
    #[must_use]
    pub fn trigger(&self) -> Trigger {
        match self.stage.as_str() {
            _ if self.is_preview => Trigger::PullRequest,
            FOLLOWS => Trigger::Main,
            _ => Trigger::ByHand,
        }
    }

    /// The environment of GitHub whose jobs are for it, beside those that run for a pull request. No permanent stage is called like that of
    /// previews: names of stages have no `_`.
    #[must_use]
    pub fn environment(&self) -> &str {
        if self.is_preview { "pull_requests" } else { &self.stage }
    }

    /// The logical id of the role that its workflows take, and the output that gives its ARN.
    #[must_use]
    pub fn role(&self) -> String {
        format!("CiRole{}", pascal(if self.is_preview { "preview" } else { &self.stage }))
    }

    /// Whether both may be of one account: a stage that names none may be of any.
    #[must_use]
    pub fn may_share_account(&self, other: &Deployed) -> bool {
        self.account.is_none() || other.account.is_none() || self.account == other.account
    }
}
