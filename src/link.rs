//! Linking: resources are placed into stacks, references become what CloudFormation understands, stacks get their outputs,
//! parameters and order.
//!
//! A reference inside a stack is a `Ref` or `GetAtt`; between stacks of a region an export and an import; between regions,
//! or from another stage, a parameter that the deploy reads from the producer's output. A component always exports its
//! whole attribute set, so that a new link never changes the producer.

mod artifacts;
mod builds;
mod order;
mod overrides;
mod place;
mod resolve;

pub use place::BUG002;

use std::collections::{BTreeMap, BTreeSet};

use crate::cfn::Template;
use crate::component::{Check, StackId};
use crate::diag::{Code, Diagnostics};
use crate::lower::{Lowered, Published, PublishedValue};
use crate::model::Model;
use crate::origin::Origins;
use crate::render::Renderer;
use crate::value::{Kind, Value};

pub use artifacts::Artifact;
pub use builds::{Build, BuiltFiles, Piece};

/// Codes of this phase.
pub const CODES: &[Code] = &[
    place::CFN001,
    BUG002,
    overrides::CFN002,
    overrides::CFN003,
    overrides::CFN005,
    order::CFN004,
    resolve::BUG003,
    resolve::REF023,
    builds::REF025,
];

/// A stage's stacks, linked.
#[derive(Debug, Default)]
pub struct Linked {
    /// The stacks in the order in which they are deployed.
    pub stacks: Vec<Stack>,
    /// What the stage publishes, by label.
    pub outputs: BTreeMap<String, StageOutput>,
    /// What each component publishes to other stages.
    pub published: BTreeMap<String, Vec<Published>>,
    /// The builds of sites, in the order of their components.
    pub builds: Vec<Build>,
    /// What a release must bring, in the order of its components.
    pub artifacts: Vec<Artifact>,
    /// What is asked after a deploy, by component.
    pub checks: Vec<(String, Check)>,
    /// The secrets that stacks of other regions than the home region use, by region.
    pub secrets_elsewhere: BTreeMap<String, BTreeSet<String>>,
}

/// Where something that the stage publishes is found.
#[derive(Debug)]
pub struct StageOutput {
    /// The stack's name.
    pub stack: String,
    /// Its region: two stacks may share a name in two regions.
    pub region: String,
    /// The output.
    pub output: String,
}

/// One CloudFormation stack.
#[derive(Debug)]
pub struct Stack {
    /// What it is for, whose, and its region.
    pub id: StackId,
    /// Its name in AWS: `<project>-<stage>-<stack>`.
    pub name: String,
    /// Its template's file below the stage's folder.
    pub file: String,
    /// Its template.
    pub template: Template,
    /// The exports of other stacks that it imports.
    pub imports: BTreeSet<String>,
    /// Logical ids of what a teardown must empty first, because AWS deletes it only then.
    pub empty_before_delete: Vec<String>,
    /// Which component each resource belongs to, and its local id there.
    pub owners: BTreeMap<String, (String, String)>,
}

impl Stack {
    /// What `aws cloudformation deploy` must be allowed to do.
    #[must_use]
    pub fn capabilities(&self) -> Vec<&'static str> {
        let types = || self.template.resources.iter().filter(|r| r.type_name().starts_with("AWS::IAM::"));
        let named = |r: &crate::cfn::Resource<crate::cfn::Target>| {
            ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"]
                .iter()
                .any(|name| r.properties.get(name).is_some())
        };
        if types().any(named) {
            vec!["CAPABILITY_NAMED_IAM"]
        } else if types().next().is_some() {
            vec!["CAPABILITY_IAM"]
        } else {
            Vec::new()
        }
    }
}

/// Renders and links what the components became.
pub fn link(
    model: &Model,
    lowered: &Lowered,
    renderer: &Renderer,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Linked> {
    place::one_identity_one_component(model, origins, findings);
    if findings.has_errors() {
        return None;
    }
    let mut placed = place::place(model, lowered, renderer, origins, findings);
    overrides::apply(model, &mut placed, origins, findings);
    if findings.has_errors() {
        return None;
    }
    let (places, resources): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    let resolver = resolve::Resolver::new(model, lowered, &places, origins);
    let linked = resolver.stacks(resources, findings);
    order::order(linked, &resolver, origins, findings)
}

/// The name of a stack in AWS.
#[must_use]
pub fn stack_name(model: &Model, stack: &StackId) -> String {
    stack.name(&model.manifest.project.value, &model.stage.name.value)
}

/// What a component publishes, for imports by other stages.
pub(crate) fn published(
    name: &str,
    value: &Value,
    sensitive: bool,
    output: Option<(String, String, String)>,
) -> Published {
    let value = match output {
        _ if sensitive => PublishedValue::Sensitive(value.clone()),
        Some((stack, region, output)) => {
            PublishedValue::Output { stack, region, output, list: matches!(value.kind, Kind::List(_)) }
        }
        None => PublishedValue::Literal(value.kind.clone()),
    };
    Published { name: name.to_owned(), value }
}
