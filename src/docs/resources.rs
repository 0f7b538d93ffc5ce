//! What the product consists of, deployed and on the machine of whoever develops it.

use super::{Product, merge};
use crate::component::Starts;
use crate::lower::local::LocalStage;
use crate::markdown::{code, table, text};
use crate::sheet::Listed;

/// A component of some stages: how each has it.
pub(super) struct Side<'t> {
    pub name: &'t str,
    /// Of the stages that have it; the first is told.
    pub stages: Vec<(&'t str, &'t Listed)>,
}

/// The components of the stages that stay, in the order of the first.
pub(super) fn components(product: &Product) -> Vec<Side<'_>> {
    let permanent: Vec<_> = product.permanent().collect();
    let mut all: Vec<Side<'_>> = Vec::new();
    for told in &permanent {
        for component in &told.sheet.components {
            let side = (told.name.as_str(), component);
            match all.iter_mut().find(|known| known.name == component.name) {
                Some(known) => known.stages.push(side),
                None => all.push(Side { name: &component.name, stages: vec![side] }),
            }
        }
    }
    // What only a later stage has stands in its group all the same.
    all.sort_by_key(|side| side.first().map(|first| first.group));
    all
}

impl<'t> Side<'t> {
    pub fn first(&self) -> Option<&'t Listed> {
        self.stages.first().map(|(_, component)| *component)
    }

    /// What it is in AWS.
    pub fn service(&self) -> String {
        merge::cell(&self.stages.iter().map(|(name, c)| (*name, Some(text(&c.service)))).collect::<Vec<_>>())
    }
}

/// The table of resources.
pub(super) fn map(product: &Product) -> String {
    let permanent: Vec<&str> = product.permanent().map(|told| told.name.as_str()).collect();
    let row = |side: &Side<'_>| {
        let first = side.first()?;
        let facts: Vec<_> = side.stages.iter().map(|(name, component)| (*name, component.facts.as_slice())).collect();
        let mut settings = first.settings(&merge::facts(&facts));
        let without: Vec<&str> =
            permanent.iter().filter(|name| !side.stages.iter().any(|(own, _)| own == *name)).copied().collect();
        if !without.is_empty() {
            let here: Vec<&str> = side.stages.iter().map(|(name, _)| *name).collect();
            let limit = merge::limit(&here, &without);
            settings = if settings.is_empty() { limit } else { format!("{settings}; {limit}") };
        }
        Some(vec![code(side.name), code(first.kind), side.service(), settings])
    };
    let rows: Vec<_> = components(product).iter().filter_map(row).collect();
    table(&["component", "kind", "AWS service", "settings"], &rows)
}

/// What is deployed beside what runs locally; nothing without a local stage.
pub(super) fn dev(product: &Product) -> String {
    let local: Vec<_> = product.local().collect();
    if local.is_empty() {
        return String::new();
    }
    let row = |side: &Side<'_>| {
        let here =
            local.iter().map(|(_, local)| running(local, side.name).map_or("not there".to_owned(), |r| r.cell()));
        [code(side.name), side.service()].into_iter().chain(here).collect::<Vec<_>>()
    };
    let heads = local.iter().map(|(told, _)| told.title());
    let heads: Vec<String> = ["component", "deployed"].map(str::to_owned).into_iter().chain(heads).collect();
    table(&heads, &components(product).iter().map(row).collect::<Vec<_>>())
}

/// How a component runs on a developer's machine.
pub(super) struct Running<'l> {
    /// What stands before what runs.
    word: &'static str,
    /// What runs: an image, a command, a folder, a component.
    what: &'l str,
    /// When, where that is not with all others.
    when: &'static str,
    /// Where it answers.
    at: Option<String>,
}

impl Running<'_> {
    fn cell(&self) -> String {
        let at = self.at.as_deref().map(|at| format!(" ({at})")).unwrap_or_default();
        format!("{}{}{}{at}", self.word, code(self.what), self.when)
    }

    /// The lines of a diagram's node.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        [format!("{}{}", self.word, self.what)].into_iter().chain(self.at.clone())
    }
}

pub(super) fn running<'l>(local: &'l LocalStage, component: &str) -> Option<Running<'l>> {
    if let Some(by) = local.answered.get(component) {
        let at = running(local, by).and_then(|by| by.at);
        return Some(Running { word: "answered by ", what: by, when: "", at });
    }
    if let Some((_, container, port)) = local.containers.iter().find(|(named, ..)| named.component == component) {
        let at = Some(format!("localhost:{}", port.value));
        return Some(Running { word: "Docker ", what: &container.image.value, when: "", at });
    }
    let process = local.processes.iter().find(|process| process.named.component == component)?;
    let at = process.url.as_deref().map(|url| url.split_once("://").map_or(url, |(_, at)| at).to_owned());
    let (word, what) = process.command.as_deref().map_or(("in ", process.path.as_str()), |command| ("", command));
    let when = match process.starts {
        Starts::First => ", once before the others",
        Starts::Together => "",
        Starts::Asked => ", when it is asked for",
    };
    Some(Running { word, what, when, at })
}
