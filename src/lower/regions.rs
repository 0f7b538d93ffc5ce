//! Regions: what cannot reach from one region into another.

use std::collections::{BTreeMap, BTreeSet};

use crate::component::{Neighbour, Reached};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Component, Model};
use crate::origin::{Origin, OriginId, Origins};
use crate::setting::Setting;
use crate::value::{Entry, Symbol, Value};

/// `CFN040`: two components in two regions that must share one.
pub const CFN040: Code = Code {
    id: "CFN040",
    explanation: "a component needs something of another region\n\n\
        Networks, security groups, databases' own secrets and what an API calls belong to one region: a function in us-east-1 can \
        neither run in a VPC of another region nor read its secrets by their names. Identifiers do cross regions, as parameters that the \
        deploy reads from the other stack's outputs. What a function with a `region` reads of declared secrets must be kept in that \
        region as well, which the deploy asks for.\n\n\
        Let both stand in one region: leave `stack:` or `region:` out, or move the other component as well. A function that a route \
        makes a second time, by `failover: {region: …}`, has all that the first one has; one that is to do with less there is written as a \
        component of its own, and `failover: {to: …}` names it.",
};

/// Settings whose names must be components of the same region, at any depth.
const TOGETHER: &[&str] = &["vpc", "to", "component", "dlq"];

/// Checks every component against those that it needs beside it.
pub(super) fn check(
    model: &Model,
    neighbours: &BTreeMap<String, Neighbour>,
    origins: &Origins,
    findings: &mut Diagnostics,
) {
    for (name, component) in model.components.iter().filter(|(_, c)| c.settings.is_some()) {
        let Some(own) = neighbours.get(name) else { continue };
        let served = component.settings.iter().flat_map(|settings| settings.serves());
        let reached = served.map(|serving| serving.component.value).filter(|name| has_address(neighbours, name));
        let on = On { model, neighbours, origins, name, component, region: &own.region, reached: reached.collect() };
        let settings = model.tree.at(&["components", name]).map(Value::entries).unwrap_or_default();
        for setting in settings {
            on.named(setting, findings);
            on.secrets(&setting.value, findings);
        }
        for (key, _) in component.code.iter().flat_map(|code| code.links.iter()) {
            if model.manifest.secrets.contains_key(&key.value) {
                on.secret(&key.value, key.origin, findings);
            }
        }
    }
}

struct On<'a> {
    model: &'a Model,
    neighbours: &'a BTreeMap<String, Neighbour>,
    origins: &'a Origins,
    name: &'a str,
    component: &'a Component,
    region: &'a str,
    /// What it reaches by an address, wherever that stands.
    reached: BTreeSet<String>,
}

/// Whether a component is a function that CloudFront asks by its URL.
fn has_address(neighbours: &BTreeMap<String, Neighbour>, name: &str) -> bool {
    let served = neighbours.get(name).and_then(|n| n.interface.served.as_ref());
    served.is_some_and(|served| served.origins.iter().all(|o| matches!(o.reached, Reached::Function { .. })))
}

impl On<'_> {
    /// Names of components that must stand beside this one.
    fn named(&self, setting: &Entry, findings: &mut Diagnostics) {
        if TOGETHER.contains(&setting.key.as_str())
            && let Some(other) = setting.value.as_text().filter(|other| !self.reached.contains(*other))
            && let Some(neighbour) = self.neighbours.get(other)
            && neighbour.region != self.region
        {
            let title = format!(
                "`{}` stands in {}, and its `{}`, `{other}`, in {}",
                self.name, self.region, setting.key, neighbour.region
            );
            findings.push(self.apart(title, setting.value.origin, neighbour.origin));
        }
        setting.value.entries().iter().for_each(|inner| self.named(inner, findings));
    }

    /// Secrets, and attributes that hold one: they are kept in the home region.
    fn secrets(&self, value: &Value, findings: &mut Diagnostics) {
        value.each_reference(&mut |symbol, origin| match symbol {
            Symbol::Secret { name, .. } => self.secret(name, origin, findings),
            Symbol::Attribute { component, attribute } => {
                let Some(neighbour) = self.neighbours.get(component) else { return };
                let sensitive = neighbour.interface.attribute(attribute).is_some_and(|a| a.sensitive);
                if sensitive && neighbour.region != self.region {
                    let title = format!(
                        "`{}` stands in {}, and the secret in `{component}.{attribute}` in {}",
                        self.name, self.region, neighbour.region
                    );
                    findings.push(self.apart(title, origin, neighbour.origin));
                }
            }
            _ => {}
        });
    }

    fn secret(&self, name: &str, origin: OriginId, findings: &mut Diagnostics) {
        let home = &self.model.manifest.region;
        // Whoever writes a region keeps a value there.
        if home.value != self.region && self.chosen().is_none() {
            let title = format!("`{}` stands in {}, and the secret `{name}` in {}", self.name, self.region, home.value);
            findings.push(self.apart(title, origin, home.origin));
        }
    }

    /// The region that it asks for itself.
    fn chosen(&self) -> Option<&Setting<String>> {
        self.component.settings.as_ref().and_then(|settings| settings.region())
    }

    fn apart(&self, title: String, origin: OriginId, other: OriginId) -> Diagnostic {
        let stack = self.component.common.stack.as_ref().map(|s| s.origin);
        let region = self.chosen().map(|region| region.origin);
        let diagnostic = Diagnostic::error(CFN040, title)
            .at_origin(self.origins, origin, &[self.component.origin], "of another region")
            .context_if_known(self.origins, region.or(stack), "moved by this")
            .context_if_known(self.origins, Some(other), "stands there");
        // What no layer writes was made for a route that fails over.
        let is_made = matches!(self.origins.get(self.component.origin), Origin::Derived { .. });
        match region {
            Some(_) if is_made => diagnostic.help(format!(
                "write `{}` as a function of its own that does without, and `failover: {{to: {}}}`",
                self.name, self.name
            )),
            Some(_) => diagnostic.help("let both stand in one region: leave `region` out, or move the other as well"),
            None => diagnostic.help("let both stand in one region: leave `stack` out, or move the other as well"),
        }
    }
}
