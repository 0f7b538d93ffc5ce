//! The hosts of a stage, each with the zone that it lies in.

use crate::lower::Lowered;
use crate::manifest::{self, Provider, Zone};
use crate::model::Model;
use crate::origin::OriginId;
use crate::part::host::Claim;

/// A name that a component of the stage answers to.
#[derive(Debug, Clone, Copy)]
pub struct Host<'m> {
    /// The component.
    pub component: &'m str,
    /// The name that identifies it in AWS.
    pub identity: &'m str,
    /// Where its name stands in the manifest.
    pub origin: OriginId,
    /// What it says of the name.
    pub claim: &'m Claim,
    /// The zone that the name lies in: the one whose name is the longest.
    pub zone: Option<&'m Zone>,
}

impl Host<'_> {
    /// Whether visitors come through the provider's proxy.
    #[must_use]
    pub fn is_proxied(&self) -> bool {
        let Some(zone) = self.zone.filter(|zone| zone.provider.value == Provider::Cloudflare) else { return false };
        self.claim.proxied.unwrap_or(zone.proxied).value
    }

    /// What says it, in words: `` `host` of `Api` ``.
    #[must_use]
    pub fn what(&self) -> String {
        format!("`{}` of `{}`", self.claim.setting, self.component)
    }

    /// What names its record: the component, and the setting where that is not its `host`.
    #[must_use]
    pub fn id(&self) -> String {
        match self.claim.setting.as_str() {
            "host" => self.identity.to_owned(),
            setting => format!("{}.{setting}", self.identity),
        }
    }
}

/// The hosts of a stage, in the order of their components.
#[must_use]
pub fn hosts<'m>(model: &'m Model, lowered: &'m Lowered) -> Vec<Host<'m>> {
    let of = |(component, neighbour): (&'m String, &'m crate::component::Neighbour)| {
        neighbour.interface.hosts.iter().map(move |claim| Host {
            component,
            identity: &neighbour.identity,
            origin: neighbour.origin,
            claim,
            zone: zone_of(model, &claim.name),
        })
    };
    lowered.neighbours.iter().flat_map(of).collect()
}

/// The zone that a name lies in.
#[must_use]
pub fn zone_of<'m>(model: &'m Model, name: &str) -> Option<&'m Zone> {
    manifest::zone_of(&model.manifest.zones, name)
}
