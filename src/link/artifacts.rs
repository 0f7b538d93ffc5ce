//! Artifacts: what a release must bring before stacks can be deployed, one for each zip function, image and site.

use std::collections::{BTreeMap, BTreeSet};

use super::Stack;
use crate::cfn::ParameterSource;
use crate::component::{FunctionCode, Neighbour, StackId};

/// What a release brings for a component.
#[derive(Debug)]
pub struct Artifact {
    /// The component.
    pub component: String,
    /// Its name in AWS, and in the keys of the artifact bucket.
    pub identity: String,
    /// Its name in a release: the parameter that it fills. Files alone, without a server, fill none; they have a name all the same.
    pub parameter: String,
    /// The regions that it must be in, since Lambda takes code from its own region only.
    pub regions: BTreeSet<String>,
    /// What it is made of; a site is one of the [builds](super::Build).
    pub code: Option<FunctionCode>,
}

/// The artifacts of all components, in their order.
pub(super) fn artifacts(neighbours: &BTreeMap<String, Neighbour>, stacks: &BTreeMap<StackId, Stack>) -> Vec<Artifact> {
    let of = |(component, neighbour): (&String, &Neighbour)| {
        let interface = &neighbour.interface;
        let ending = match (&interface.code, &interface.build) {
            (Some(code), _) => code.ending(),
            (None, Some(_)) => "Build",
            (None, None) => return None,
        };
        let parameter = format!("{}{ending}", neighbour.identity);
        let takes = |stack: &&Stack| {
            let mut parameters = stack.template.parameters.iter();
            parameters.any(|p| p.name == parameter && p.source == ParameterSource::Release)
        };
        let mut regions: BTreeSet<String> =
            stacks.values().filter(takes).map(|stack| stack.id.region.clone()).collect();
        if regions.is_empty() {
            regions.insert(neighbour.region.clone());
        }
        let (identity, code) = (neighbour.identity.clone(), interface.code.clone());
        Some(Artifact { component: component.clone(), identity, parameter, regions, code })
    };
    neighbours.iter().filter_map(of).collect()
}
