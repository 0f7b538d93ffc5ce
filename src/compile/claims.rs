//! What every stage of a project claims of the world's names. Of stages that are not compiled only as much is read as can answer to
//! hosts or make certificates, once for a whole run; what cannot be read is told when that stage is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{leave_out, short};
use crate::claim::{ANY, Claims, Who};
use crate::component::kind;
use crate::diag::Diagnostics;
use crate::dns;
use crate::emit::{self, Files};
use crate::lower::{Lowered, OtherStages, Theirs, interfaces};
use crate::model::{Model, model, settle};
use crate::origin::Origins;
use crate::overlay::{Overlaid, choose, choose_any, overlay};
use crate::project::{Applies, Layer, Project};
use crate::reference;
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// From what the files of zones are made, for their first line: from no single layer, whichever stage is compiled.
const MADE_FROM: &str = "hosts, certificates and `zones` in environments/";

/// Blocks that no host and no certificate is made of.
const OTHER_BLOCKS: &[&str] = &["acknowledge", "outputs", "quotas", "tags", "usage"];

/// Compares what a stage claims with all others; gives the names that it needs validated and whose records stand in the plan of
/// their zone. Nothing is asked where it claims nothing.
pub(super) fn check(
    project: &Project,
    overlaid: &Overlaid,
    model: &Model,
    lowered: &Lowered,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> BTreeSet<String> {
    let layer = overlaid.layers.last().and_then(|name| project.layers.get(name));
    let Some(layer) = layer else { return BTreeSet::new() };
    let own = dns::claims::claims(model, lowered, who(layer, &overlaid.stage.value, model), true, origins);
    if own.is_empty() {
        return BTreeSet::new();
    }
    let own = Arc::new(own);
    if own.who.is_named() {
        project.claims.borrow_mut().insert(layer.name.clone(), Arc::clone(&own));
    }
    dns::claims::own_twice(&own, findings);
    let others: Vec<Arc<Claims>> = claims(project).into_iter().filter(|other| other.who != own.who).collect();
    let others: Vec<&Claims> = others.iter().map(Arc::as_ref).collect();
    dns::claims::check(&own, &others, project, findings);
    dns::claims::shared(&own, &others)
}

/// The files of every zone: what no single stage owns, and who owns what. They are the same whichever stages are compiled. None where
/// no stage that was compiled claims anything, or some other cannot be read: then what is there stays.
#[must_use]
pub fn zones(project: &Project) -> Option<BTreeMap<String, Files>> {
    if project.claims.borrow().is_empty() {
        return None;
    }
    let all = claims(project);
    let all: Vec<&Claims> = all.iter().map(Arc::as_ref).collect();
    let zone = |(zone, files): (String, BTreeMap<&str, String>)| {
        let files = files.into_iter().map(|(name, text)| (name.to_owned(), emit::made_from(MADE_FROM) + &text));
        (zone, files.collect())
    };
    all.iter().all(|claims| claims.is_whole).then(|| dns::claims::zones(&all).into_iter().map(zone).collect())
}

/// What the stages of a project claim: of every layer that is for any, in the order of the layers' names.
#[must_use]
pub fn claims(project: &Project) -> Vec<Arc<Claims>> {
    project.layers.values().filter_map(|layer| of(project, layer)).collect()
}

/// The claims of a layer's stages, read once. A local one answers to no name but `localhost`.
fn of(project: &Project, layer: &Layer) -> Option<Arc<Claims>> {
    if layer.is_local() {
        return None;
    }
    if let Some(known) = project.claims.borrow().get(&layer.name) {
        return Some(Arc::clone(known));
    }
    let stage = match &layer.applies {
        Applies::Stage(name) => name.value.as_str(),
        Applies::Match(_) => ANY,
        Applies::Everywhere | Applies::Extension => return None,
    };
    let claims = Arc::new(read(project, layer, stage).unwrap_or_else(|| unread(layer, stage)));
    project.claims.borrow_mut().insert(layer.name.clone(), Arc::clone(&claims));
    Some(claims)
}

/// Compiles as much of a stage as tells what it claims.
fn read(project: &Project, layer: &Layer, stage: &str) -> Option<Claims> {
    let (origins, mut findings) = (project.origins.clone(), Diagnostics::default());
    let chosen = match stage {
        ANY => choose_any(project, layer, stage, &origins, &mut findings)?,
        _ => choose(project, stage, &origins, &mut findings)?,
    };
    let mut overlaid = overlay(chosen, &origins, &mut findings)?;
    short::lengthen(&mut overlaid.tree, &origins, &mut findings);
    let absent = leave_out(project, &mut overlaid, &origins, &mut findings);
    let part = answering(&overlaid.tree);
    let mut tree = reference::resolve(&overlaid, &part, &absent, &project.sources, &origins, &mut findings);
    settle(&overlaid, &mut tree, &origins, &mut findings);
    let model = model(tree, absent, &origins, &mut findings)?;
    let lowered = interfaces(&model, &NoStages, &origins, &mut findings);
    let who = who(layer, stage, &model);
    Some(dns::claims::claims(&model, &lowered, who, !findings.has_errors(), &origins))
}

/// The blocks that hosts are made of, and the components that may answer to some. What is imported is another's.
fn answering(tree: &Value) -> Value {
    let answers = |component: &Value| {
        let kind = component.get("type").and_then(Value::as_text).and_then(kind);
        kind.is_some_and(|kind| kind.answers) && component.get("import").is_none()
    };
    let blocks = tree.entries().iter().filter(|block| !OTHER_BLOCKS.contains(&block.key.as_str()));
    let blocks = blocks.map(|block| {
        if block.key != "components" {
            return block.clone();
        }
        let components = block.value.entries().iter().filter(|component| answers(&component.value)).cloned();
        let value = Value::new(block.value.origin, Kind::Map(components.collect()));
        crate::value::Entry { key: block.key.clone(), key_origin: block.key_origin, value }
    });
    Value::new(tree.origin, Kind::Map(blocks.collect()))
}

fn who(layer: &Layer, stage: &str, model: &Model) -> Who {
    Who { is_permanent: model.stage.is_permanent(), ..nobody(layer, stage) }
}

fn nobody(layer: &Layer, stage: &str) -> Who {
    let patterns = match &layer.applies {
        Applies::Match(patterns) => patterns.iter().map(|pattern| pattern.value.clone()).collect(),
        _ => Vec::new(),
    };
    Who { stage: stage.to_owned(), layer: layer.name.clone(), patterns, is_permanent: false }
}

/// What is known of a stage that cannot be read.
fn unread(layer: &Layer, stage: &str) -> Claims {
    Claims {
        who: nobody(layer, stage),
        project: String::new(),
        account: None,
        zones: Vec::new(),
        hosts: Vec::new(),
        certificates: Vec::new(),
        validations: BTreeMap::new(),
        is_whole: false,
    }
}

/// Other stages are not asked: what is imported answers to nothing here.
struct NoStages;

impl OtherStages for NoStages {
    fn component(&self, _: &Setting<String>, _: &Setting<String>, _: &str) -> Option<Theirs> {
        None
    }
}
