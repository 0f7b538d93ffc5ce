//! A local stage: what each component is on the machine of whoever develops it. No stack is made.
//!
//! Each kind says its own form ([`Kind::local`](crate::component::Kind::local)); here they are put side by side, and what
//! they refer to is filled in, as far as anyone but the developer knows it.

mod variables;

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Around, make_context};
use crate::component::{Container, LocalForm, Process, Starts, kebab};
use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted, quote_list};
use crate::model::{Component, Model};
use crate::origin::{OriginId, Origins};
use crate::setting::Setting;
use crate::value::{Kind, Symbol};

pub use variables::{CFN550, CFN552, CFN554, Variable};

/// `CFN551`: a kind that has no form on a local stage.
pub const CFN551: Code = Code {
    id: "CFN551",
    explanation: "`local` stands at a component that cannot run locally\n\n\
        On a local stage functions and sites are processes, a database is a container, and an HTTP API is what its function answers. \
        Networks, certificates, queues, buckets, tables, topics and schedules are AWS's: nothing here stands in for them, because what \
        nearly does hides mistakes until production. Leave `local` out, and the component is not there; what code needs of it, \
        such as the name of a bucket, is written in the local stage's layer: that of an emulator, or of another stage.",
};

/// `CFN553`: two components on one port.
pub const CFN553: Code = Code {
    id: "CFN553",
    explanation: "two components answer on one port\n\n\
        On a local stage all components share one machine, and a port of it belongs to one of them. Give each a `local.port` of its own.",
};

/// `CFN556`: two components by one name.
pub const CFN556: Code = Code {
    id: "CFN556",
    explanation: "the files of two components have one name\n\n\
        Files, containers and targets of a local stage are named after the component, in small letters with hyphens: `ReggieWeb` is \
        `reggie-web`. `ReggieDB` and `ReggieDb` would be one; `dev`, `containers` and `down` are targets of the Makefile itself. Rename a \
        component, and let `logical_id` keep what it is in AWS.",
};

/// `STG012`: a local stage of nothing.
pub const STG012: Code = Code {
    id: "STG012",
    explanation: "nothing runs on a local stage\n\n\
        On a stage with `lifetime: local` only those components are there that say by `local` how they run. None does, or only such \
        as start nothing. Say it in the layer of the local stage:\n\n    \
        components:\n      \
        ReggieDb: {local: {port: 54322}}\n      \
        ReggieWeb: {local: {command: pnpm dev, port: 3000}}",
};

/// Names of the Makefile's own targets.
pub const DEV: &str = "dev";
/// The target that starts the containers.
pub const CONTAINERS: &str = "containers";
/// The target that stops them.
pub const DOWN: &str = "down";

/// A local stage.
#[derive(Debug)]
pub struct LocalStage {
    /// Its containers, in the order of their names.
    pub containers: Vec<(Named, Container, Setting<u32>)>,
    /// Its processes, in the order of their names.
    pub processes: Vec<LocalProcess>,
    /// What another component answers for, with that component.
    pub answered: BTreeMap<String, String>,
}

/// A component of a local stage.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name in the manifest.
    pub component: String,
    /// Its name in files.
    pub file: String,
}

/// A process of a local stage.
#[derive(Debug)]
pub struct LocalProcess {
    /// Its name.
    pub named: Named,
    /// The folder that it runs in.
    pub path: String,
    /// What starts it; something else does where there is nothing.
    pub command: Option<String>,
    /// When it is started.
    pub starts: Starts,
    /// Where it answers.
    pub url: Option<String>,
    /// The file of its variables, in its folder.
    pub env_file: String,
    /// Its variables, by name.
    pub variables: BTreeMap<String, Variable>,
}

/// Lowers a model to a local stage. What it gives is whole only where nothing was found.
pub fn local(model: &Model, origins: &Origins, findings: &mut Diagnostics) -> LocalStage {
    let collected = RefCell::new(Diagnostics::default());
    let forms = forms(model, origins, &collected);
    let findings_of_forms = collected.into_inner();
    let is_whole = !findings_of_forms.has_errors();
    findings.merge(findings_of_forms, None);
    let mut stage = LocalStage { containers: Vec::new(), processes: Vec::new(), answered: BTreeMap::new() };
    check_ports(&forms, model, origins, findings);
    check_names(&forms, model, origins, findings);
    let shared = shared_folders(&forms);
    for (name, form) in &forms {
        let named = Named { component: (*name).to_owned(), file: kebab(name) };
        let answers = form.attributes.iter().find_map(|attribute| match &attribute.value.kind {
            Kind::Ref(Symbol::Attribute { component, .. }) => Some(component.clone()),
            _ => None,
        });
        stage.answered.extend(answers.map(|by| ((*name).to_owned(), by)));
        if let (Some(container), Some(port)) = (&form.container, form.port) {
            stage.containers.push((named.clone(), container.clone(), port));
        }
        // What others refer to may be what could not be read.
        if let Some(process) = form.process.as_ref().filter(|_| is_whole) {
            let path = folder(&process.path.value);
            let own = if shared.contains(&path) { format!(".env.{}", named.file) } else { ".env".to_owned() };
            stage.processes.push(LocalProcess {
                url: form
                    .attributes
                    .iter()
                    .find(|a| a.name == "url")
                    .and_then(|a| a.value.as_text())
                    .map(str::to_owned),
                variables: variables::variables(name, process, model, &forms, origins, findings),
                command: process.command.as_ref().map(|command| command.value.clone()),
                starts: process.starts,
                env_file: own,
                path,
                named,
            });
        }
    }
    if is_whole && stage.containers.is_empty() && stage.processes.is_empty() {
        let title = format!("nothing runs on the local stage `{}`", model.stage.name.value);
        let diagnostic = Diagnostic::error(STG012, title).at_origin(
            origins,
            model.stage.lifetime.origin,
            &[model.stage.name.origin],
            "only what says `local` is there",
        );
        findings
            .push(diagnostic.help("say how a component runs: `ReggieWeb: {local: {command: pnpm dev, port: 3000}}`"));
    }
    stage
}

/// What every component is there that is there at all.
fn forms<'m>(model: &'m Model, origins: &Origins, collected: &RefCell<Diagnostics>) -> BTreeMap<&'m str, LocalForm> {
    let (no_neighbours, no_served) = (BTreeMap::new(), BTreeMap::new());
    let around = Around { neighbours: &no_neighbours, served: &no_served, watched: &BTreeMap::new() };
    let mut forms = BTreeMap::new();
    for (name, component) in &model.components {
        let on = make_context(name, component, model, around, origins, collected);
        let before = collected.borrow().all().len();
        match component.settings.as_ref().and_then(|settings| settings.local(&on)) {
            Some(form) => drop(forms.insert(name.as_str(), form)),
            None => {
                let written = component.common.local.as_ref();
                // A form that cannot be made was told.
                if let Some(local) = written.filter(|_| collected.borrow().all().len() == before) {
                    on.report(no_form(name, component, local.origin, origins));
                }
            }
        }
    }
    forms
}

fn no_form(name: &str, component: &Component, local: OriginId, origins: &Origins) -> Diagnostic {
    let kind = a_quoted(component.kind.name);
    Diagnostic::error(CFN551, format!("`{name}` is {kind}, which cannot run on a local stage"))
        .at_origin(origins, local, &[component.origin], "no form on a local stage")
        .context_if_known(origins, Some(component.origin), "declared here")
        .help("remove `local`: without it, the component is not there on local stages")
}

/// A folder as people write it.
fn folder(path: &str) -> String {
    let plain = path.trim_start_matches("./").trim_end_matches('/');
    if plain.is_empty() { ".".to_owned() } else { plain.to_owned() }
}

/// Folders that several processes run in: each has a file of variables of its own there.
fn shared_folders(forms: &BTreeMap<&str, LocalForm>) -> Vec<String> {
    let processes: Vec<&Process> = forms.values().filter_map(|form| form.process.as_ref()).collect();
    let folders: Vec<String> = processes.iter().map(|process| folder(&process.path.value)).collect();
    let is_shared = |of: &&String| folders.iter().filter(|other| other == of).count() > 1;
    folders.iter().filter(is_shared).cloned().collect()
}

fn check_ports(forms: &BTreeMap<&str, LocalForm>, model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let mut taken: BTreeMap<u32, (&str, Setting<u32>)> = BTreeMap::new();
    for (name, port) in forms.iter().filter_map(|(name, form)| Some((*name, form.port?))) {
        let Some((first, at)) = taken.get(&port.value) else {
            taken.insert(port.value, (name, port));
            continue;
        };
        let title = format!("`{first}` and `{name}` both answer on port {} of this machine", port.value);
        let declared = |name: &str| model.components.get(name).map(|component| component.origin);
        let or: Vec<OriginId> = declared(name).into_iter().collect();
        let written = Some(at.origin).filter(|origin| !origins.spans(*origin).is_empty());
        findings.push(
            Diagnostic::error(CFN553, title)
                .at_origin(origins, port.origin, &or, "taken")
                .context_if_known(origins, written.or_else(|| declared(first)), "by this one")
                .help("write another `local.port` for one of them"),
        );
    }
}

fn check_names(forms: &BTreeMap<&str, LocalForm>, model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let runs = forms.iter().filter(|(_, form)| form.container.is_some() || form.process.is_some());
    for (name, _) in runs {
        let Some(component) = model.components.get(*name) else { continue };
        let file = kebab(name);
        let other = known.insert(file.clone(), name);
        let (title, other) = match other {
            Some(other) => (format!("the files of {} are both `{file}`", quote_list(&[other, name])), Some(other)),
            None if [DEV, CONTAINERS, DOWN].contains(&file.as_str()) => {
                (format!("`{name}` is `{file}` in the Makefile, which is a target of its own"), None)
            }
            None => continue,
        };
        let first = other.and_then(|other| model.components.get(other)).map(|first| first.origin);
        findings.push(
            Diagnostic::error(CFN556, title)
                .at_origin(origins, component.origin, &[], "named here")
                .context_if_known(origins, first, "and here")
                .help(format!("rename it, and write `logical_id: {name}`, so that nothing of it changes in AWS")),
        );
    }
}
