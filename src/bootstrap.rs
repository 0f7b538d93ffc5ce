//! The bootstrap: what an account needs once per region before the first deploy, compiled like a stage.
//!
//! Every region that a stage deploys to by itself has a template of its own: a bucket for zips and a repository for images, and
//! in a home region also the role that CloudFormation deploys with and what all stages [share](crate::part::shared). A
//! template says nothing of one stage, so that all of them make the same one, whichever are compiled.

mod ci;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cfn::{Output, ParameterSource, Resource, Target, Template};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::emit::{self, Files};
use crate::link::BUG002;
use crate::origin::{Origin, OriginId, Origins};
use crate::part::shared::{self, Shared};
use crate::project::{BASE, Project};
use crate::render::{RenderError, Renderer};
use crate::setting::Setting;
use crate::source::Span;
use crate::value::{Entry, Symbol, Value};

/// Codes of this room.
pub const CODES: &[Code] = &[CFN290, ci::CFN541, ci::CFN542];

/// `CFN290`: two names of one project.
pub const CFN290: Code = Code {
    id: "CFN290",
    explanation: "the layers give the project two names\n\n\
        All stages of a project share what `out/_bootstrap/<region>.yaml` makes once per account and region: the stack \
        `<project>-bootstrap`, whose exports their stacks import. There is one such file, so that a project has one name. Write \
        `project` in `base.yaml` alone; what differs from stage to stage is `stage`, `account` and `region`.",
};

/// The folder below `out/` of the templates, which belong to no stage.
pub const FOLDER: &str = "_bootstrap";

/// From what the templates are made, for their first line: from no single layer, so that it is the same whichever is compiled.
const MADE_FROM: &str = "`project` and `region` in environments/";

/// Outputs beside those that are [shared](Shared): the resource, its attribute, and what it is.
const OUTPUTS: [(&str, Option<&str>, &str); 3] = [
    ("ArtifactBucket", None, "Bucket of the zips of functions"),
    ("DeployRole", Some("Arn"), "Role that CloudFormation deploys with"),
    ("ImageRepository", Some("RepositoryUri"), "Repository of the images of functions"),
];

/// What the stages of a run need of their regions.
#[derive(Debug, Default)]
pub struct Needs {
    regions: BTreeMap<String, Need>,
}

/// What is needed of a region.
#[derive(Debug)]
struct Need {
    project: Written,
    region: Written,
    /// Whether it is the region of a stage, and not only of some function.
    is_home: bool,
}

/// A text, and where layers write it: what is left of a setting when its compilation is gone.
#[derive(Debug)]
struct Written {
    text: String,
    spans: Vec<Span>,
}

impl Needs {
    /// Adds what a stage needs: its own region, and those where code of its is to be found. Where two stages disagree whether a
    /// region is a home, it is.
    pub fn add(&mut self, compiled: &Compiled) {
        let (manifest, origins) = (&compiled.model.manifest, &compiled.origins);
        let project = || Written::of(&manifest.project, origins);
        let home = &manifest.region;
        let own = || Need { project: project(), region: Written::of(home, origins), is_home: true };
        self.regions
            .entry(home.value.clone())
            .and_modify(|need| {
                if !need.is_home {
                    *need = own();
                }
            })
            .or_insert_with(own);
        for stack in compiled.linked.stacks.iter().filter(|stack| stack.id.region != home.value) {
            if stack.template.parameters.iter().any(|p| p.source == ParameterSource::Release) {
                let region = || Written { text: stack.id.region.clone(), spans: Vec::new() };
                let need = || Need { project: project(), region: region(), is_home: false };
                self.regions.entry(stack.id.region.clone()).or_insert_with(need);
            }
        }
    }
}

impl Written {
    fn of(setting: &Setting<String>, origins: &Origins) -> Written {
        Written { text: setting.value.clone(), spans: origins.spans(setting.origin) }
    }

    fn value(&self, origins: &Origins) -> Value {
        let mut spans = self.spans.iter().copied();
        let origin = match spans.next() {
            Some(span) => origins.add(Origin::Manifest { span, overrode: spans.collect() }),
            None => origins.derived("a stack of a stage stands in this region", []),
        };
        Value::text(origin, self.text.clone())
    }
}

/// The templates of a run.
#[derive(Debug, Default)]
pub struct Bootstrap {
    /// By the file's name.
    pub templates: BTreeMap<String, Template>,
    /// Their texts.
    pub files: Files,
    /// Where everything in them comes from.
    pub origins: Origins,
}

/// The plan of a region's template.
#[derive(Serialize)]
struct Plan {
    project: Value,
    region: Value,
    is_home: bool,
    /// Whether it makes what distributions need.
    serves_web: bool,
    /// Whether workflows have roles in it.
    has_ci: bool,
}

/// Compiles the template of every region that is needed.
pub fn bootstrap(project: &Project, needs: &Needs, renderer: &Renderer, findings: &mut Diagnostics) -> Bootstrap {
    one_name(project, findings);
    let workflows = ci::workflows(project, findings);
    let mut made = Bootstrap { origins: project.origins.clone(), ..Bootstrap::default() };
    for (region, need) in &needs.regions {
        match template(project, need, workflows.as_ref(), renderer, &made.origins) {
            Ok(template) => {
                let name = format!("{region}.yaml");
                made.files.insert(name.clone(), emit::template(&template, MADE_FROM));
                made.templates.insert(name, template);
            }
            Err(error) => findings
                .push(Diagnostic::error(BUG002, error.message).help("this is a bug of reggie-cfn: please report it")),
        }
    }
    made
}

/// Reports a layer that names the project unlike another one.
fn one_name(project: &Project, findings: &mut Diagnostics) {
    let base_first = project.layers.get(BASE).into_iter().chain(project.layers.values());
    let mut names = base_first.filter_map(|layer| layer.tree.get("project"));
    let Some(first) = names.next() else { return };
    let written = first.as_text().unwrap_or_default();
    for other in names.filter(|other| other.as_text() != Some(written)) {
        let title =
            format!("the project is named `{}` here and `{written}` elsewhere", other.as_text().unwrap_or_default());
        let diagnostic = Diagnostic::error(CFN290, title)
            .at_origin(&project.origins, other.origin, &[], "another name")
            .context_if_known(&project.origins, Some(first.origin), "its name")
            .note(format!("all stages import what the stack `{}` exports", shared::stack(written)))
            .help(format!("write `{written}`, or leave `project` out of this layer"));
        findings.push(match project.origins.spans(other.origin).first() {
            Some(span) => diagnostic.edit(*span, written),
            None => diagnostic,
        });
    }
}

/// Whether a layer writes the region down: some stage that is not compiled now has its home there.
fn is_written(project: &Project, region: &str) -> bool {
    project.layers.values().any(|layer| layer.tree.get("region").and_then(Value::as_text) == Some(region))
}

fn template(
    project: &Project,
    need: &Need,
    workflows: Option<&ci::Workflows>,
    renderer: &Renderer,
    origins: &Origins,
) -> Result<Template, RenderError> {
    let (name, region) = (&need.project.text, &need.region.text);
    let is_home = need.is_home || is_written(project, region);
    let (named, stands) = (need.project.value(origins), need.region.value(origins));
    let workflows = workflows.and_then(|workflows| workflows.plan(&named, &stands, origins));
    let plan = Plan {
        project: named,
        region: stands,
        is_home,
        serves_web: is_home && shared::stands_in(region),
        has_ci: workflows.is_some(),
    };
    let from = [plan.project.origin, plan.region.origin];
    let described = origins.derived("what the stack is for", from);
    let mut resources = renderer.spell("bootstrap", &crate::plan::Plan::of(&plan), "", origins)?;
    if let Some((plan, _)) = &workflows {
        resources.extend(renderer.spell("bootstrap_ci", &crate::plan::Plan::of(plan), "", origins)?);
    }
    let resources: Vec<_> = resources.into_iter().map(placed).collect::<Result<_, _>>()?;
    let exported = origins.derived("what stages and deploys use is an output", from);
    let shared = Shared::ALL.map(|s| (s.name(), None, s.described()));
    let mut outputs: Vec<Output> = OUTPUTS
        .into_iter()
        .chain(shared)
        .filter(|(id, ..)| resources.iter().any(|r| r.id == *id))
        .map(|(id, attribute, text)| output(name, id, attribute, text, exported))
        .collect();
    let roles = workflows.iter().flat_map(|(_, roles)| roles);
    outputs.extend(roles.map(|(id, text)| output(name, id, Some("Arn"), text, exported)));
    outputs.sort_by(|a, b| a.name.cmp(&b.name));
    let description = format!("{name}: what all stages share in {region}, once per account");
    Ok(Template { description: Value::text(described, description), parameters: Vec::new(), resources, outputs })
}

fn output(project: &str, id: &str, attribute: Option<&str>, text: &str, origin: OriginId) -> Output {
    let target = match attribute {
        Some(attribute) => Target::GetAtt(id.to_owned(), attribute.to_owned()),
        None => Target::Ref(id.to_owned()),
    };
    Output {
        name: id.to_owned(),
        description: Value::text(origin, text),
        value: Value::reference(origin, target),
        export: Some(Value::text(origin, shared::export(project, id))),
    }
}

/// A resource in its one template: local ids are logical ids.
fn placed(resource: Resource) -> Result<Resource<Target>, RenderError> {
    let mut strange = None;
    let mut target = |symbol: Symbol, origin: OriginId| match symbol {
        Symbol::Local { id, attribute: Some(attribute) } => Value::reference(origin, Target::GetAtt(id, attribute)),
        Symbol::Local { id, attribute: None } | Symbol::Pseudo(id) => Value::reference(origin, Target::Ref(id)),
        other => {
            strange = Some(format!("templates/bootstrap.yaml.j2: `{other:?}` leads out of the template"));
            Value::text(origin, "")
        }
    };
    let resource_type = resource.resource_type.map_references(&mut target);
    let mut entry =
        |e: Entry| Entry { key: e.key, key_origin: e.key_origin, value: e.value.map_references(&mut target) };
    let attributes = resource.attributes.into_iter().map(&mut entry).collect();
    let properties = resource.properties.map_references(&mut target);
    let resource = Resource { id: resource.id, origin: resource.origin, resource_type, attributes, properties };
    strange.map_or(Ok(resource), |message| Err(RenderError { message }))
}
