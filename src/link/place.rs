//! Placing: every fragment's resources into its stack, under logical ids.

use std::collections::BTreeMap;

use crate::cfn::Resource;
use crate::component::StackId;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lower::Lowered;
use crate::model::{Component, Model};
use crate::origin::{OriginId, Origins};
use crate::render::Renderer;

/// `CFN001`: two resources with one logical id.
pub const CFN001: Code = Code {
    id: "CFN001",
    explanation: "two components yield one logical id\n\n\
        A resource's logical id is the component's name and, except for its main resource, what it is for there: `ReggieDb` and \
        `Cluster` give `ReggieDbCluster`. A component named `ReggieDbCluster` yields the same. Rename one of them, or keep an \
        old id with `logical_id`.\n\n\
        A `logical_id` is unique in the whole stage, not only in its stack: the parameters of releases and the names that AWS \
        requires are made of it too.",
};

/// `BUG002`: a template and its plan do not fit.
pub const BUG002: Code = Code {
    id: "BUG002",
    explanation: "a template of the compiler failed\n\n\
        The plan that a component was lowered to does not fit the kind's template. This is a bug of reggie-cfn, not a mistake of \
        yours; please report it with the message.",
};

/// Where a resource went.
#[derive(Debug)]
pub(super) struct Place {
    /// The component that it belongs to.
    pub component: String,
    /// Its id there.
    pub local: String,
    /// The stack that it stands in.
    pub stack: StackId,
    /// Its id in the template.
    pub logical_id: String,
}

/// A resource, still with local ids, in its place.
pub(super) type Placed = (Place, Resource);

/// Renders every fragment and gives its resources their logical ids.
pub(super) fn place(
    model: &Model,
    lowered: &Lowered,
    renderer: &Renderer,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    let mut taken: BTreeMap<(&StackId, String), OriginId> = BTreeMap::new();
    // In the order of the names in AWS: a rename that keeps one moves no resource in its template.
    let mut fragments: Vec<_> = lowered.fragments.iter().collect();
    fragments.sort_by_key(|(component, _)| lowered.neighbours.get(component).map(|n| n.identity.as_str()));
    for (component, fragment) in fragments {
        let Some(owner) = model.components.get(component) else { continue };
        let resources = match renderer.render(fragment, origins) {
            Ok(resources) => resources,
            Err(error) => {
                let diagnostic = Diagnostic::error(BUG002, error.message)
                    .at_origin(origins, owner.origin, &[], "while this was made")
                    .help("this is a bug of reggie-cfn: please report it");
                findings.push(diagnostic);
                continue;
            }
        };
        for resource in resources {
            let logical_id = owner.common.logical_id(component, &resource.id);
            if let Some(other) = taken.insert((&fragment.stack, logical_id.clone()), owner.origin) {
                let diagnostic = Diagnostic::error(CFN001, format!("two resources have the logical id `{logical_id}`"))
                    .at_origin(origins, owner.origin, &[], "this component yields it")
                    .context_if_known(origins, Some(other).filter(|o| *o != owner.origin), "and so does this one");
                findings.push(diagnostic.help("rename one of the components, or give one a `logical_id`"));
            }
            let (component, stack, local) = (component.clone(), fragment.stack.clone(), resource.id.clone());
            placed.push((Place { component, local, stack, logical_id }, resource));
        }
    }
    placed
}

/// Reports every `logical_id` that is the name of another component, or the `logical_id` of another: parameters and
/// physical names are made of it too, so that not even two stacks may share one.
pub(super) fn one_identity_one_component(model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, OriginId> = BTreeMap::new();
    let at = |component: &Component| component.common.logical_id.as_ref().map_or(component.origin, |kept| kept.origin);
    // Those that keep a name come last: it is their `logical_id` that can be changed.
    let (keeping, own): (Vec<_>, Vec<_>) = model.components.iter().partition(|(_, c)| c.common.logical_id.is_some());
    for (name, component) in own.into_iter().chain(keeping) {
        let identity = component.common.identity(name);
        let Some(other) = known.insert(identity, at(component)) else { continue };
        let diagnostic = Diagnostic::error(CFN001, format!("two components have the logical id `{identity}`"))
            .at_origin(origins, at(component), &[component.origin], "this component keeps it")
            .context_if_known(origins, Some(other), "and it is this one's");
        findings.push(diagnostic.help("rename one of the components, or give this one another `logical_id`"));
    }
}
