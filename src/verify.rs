//! Verifying: what CloudFormation would refuse, found before a deploy.

mod foreign;
mod functions;
mod graph;
mod limits;
mod names;
mod regions;
mod schema;
mod scope;
mod special;
mod subnets;

pub use foreign::verify_template;
pub use special::CODES as SPECIAL_CODES;

use std::collections::BTreeSet;

use crate::cfn::Output;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::link::{Linked, Stack};
use crate::model::Model;
use crate::origin::{Origin, OriginId, Origins};
use crate::part::shared::{self, Shared};
use crate::source::Sources;
use scope::Scope;

/// Codes of this phase.
pub const CODES: &[Code] = &[
    BUG004,
    limits::CFN010,
    limits::CFN011,
    limits::CFN012,
    limits::CFN013,
    graph::CFN014,
    graph::CFN015,
    graph::CFN016,
    names::CFN017,
    subnets::CFN018,
    regions::CFN019,
    schema::CFN400,
    schema::CFN401,
    schema::CFN402,
    schema::CFN403,
    schema::CFN404,
    schema::CFN405,
    schema::CFN406,
    schema::CFN407,
    schema::CFN408,
    schema::CFN409,
    schema::CFN410,
    schema::CFN411,
    schema::CFN412,
    functions::CFN413,
    functions::CFN414,
    functions::CFN415,
    functions::CFN416,
    functions::CFN417,
    foreign::CFN418,
    foreign::CFN419,
];

/// `BUG004`: an import without its export.
pub const BUG004: Code = Code {
    id: "BUG004",
    explanation: "a stack imports what no stack exports\n\n\
        The linker joined a stack to another one, or to the bootstrap, by an export that is not there. This is a bug of reggie-cfn, not a mistake of yours; please \
        report it with the message.",
};

/// The name under which an output is exported.
fn exported(output: &Output) -> Option<&str> {
    output.export.as_ref().and_then(|name| name.as_text())
}

/// Checks every template of a stage. `texts` are the templates as they will be written, in the order of the stacks.
pub fn verify(
    model: &Model,
    linked: &Linked,
    texts: &[String],
    sources: &Sources,
    origins: &Origins,
    findings: &mut Diagnostics,
) {
    let exports: BTreeSet<&str> = linked.stacks.iter().flat_map(|s| &s.template.outputs).filter_map(exported).collect();
    let (project, region) = (&model.manifest.project.value, &model.manifest.region.value);
    let shared = Shared::ALL.iter().filter(|_| shared::stands_in(region)).map(|s| shared::export(project, s.name()));
    let shared: BTreeSet<String> = shared.collect();
    regions::check(model, origins, findings);
    let all: Vec<On<'_>> = linked.stacks.iter().map(|stack| On { model, stack, sources, origins }).collect();
    let scopes: Vec<Scope<'_>> = all.iter().map(On::scope).collect();
    for ((on, scope), text) in all.iter().zip(&scopes).zip(texts) {
        let (stack, outputs) = (on.stack, &on.stack.template.outputs);
        for import in stack.imports.iter().filter(|i| !exports.contains(i.as_str()) && !shared.contains(*i)) {
            let title = format!("`{}` imports `{import}`, which nothing exports", stack.name);
            let project = model.manifest.project.origin;
            let diagnostic = Diagnostic::error(BUG004, title).at_origin(origins, project, &[], "in this project");
            findings.push(diagnostic.help("this is a bug of reggie-cfn: please report it"));
        }
        limits::check(on, text, findings);
        graph::check(scope, outputs, findings);
        schema::check(scope, findings);
        functions::check(scope, outputs, findings);
        special::check(scope, outputs, findings);
    }
    names::check(&scopes, findings);
    subnets::check(&all, findings);
}

/// One stack, and where to point for it.
pub(crate) struct On<'a> {
    pub model: &'a Model,
    pub stack: &'a Stack,
    pub sources: &'a Sources,
    pub origins: &'a Origins,
}

impl On<'_> {
    /// Where the component behind a resource stands in the manifest.
    pub(crate) fn owner(&self, logical_id: &str) -> OriginId {
        let owner = self.stack.owners.get(logical_id).and_then(|(component, _)| self.model.components.get(component));
        owner.map_or(self.model.manifest.project.origin, |c| c.origin)
    }

    /// The stack's template by itself.
    fn scope(&self) -> Scope<'_> {
        let template = &self.stack.template;
        Scope {
            name: format!("the stack `{}`", self.stack.id.word()),
            resources: template.resources.iter().map(|r| (r.id.as_str(), r)).collect(),
            parameters: template.parameters.iter().map(|p| (p.name.as_str(), false)).collect(),
            mappings: None,
            conditions: None,
            is_closed: true,
            region: Some(&self.stack.id.region),
            owners: template.resources.iter().map(|r| (r.id.as_str(), self.owner(&r.id))).collect(),
            top: self.model.manifest.project.origin,
            sources: self.sources,
            origins: self.origins,
        }
    }

    /// Whether a value stands in a layer as it is.
    pub(crate) fn is_written(&self, origin: OriginId) -> bool {
        matches!(self.origins.get(origin), Origin::Manifest { .. })
    }
}
