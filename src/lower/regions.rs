//! Regions: what cannot reach from one region into another.

use std::collections::BTreeMap;

use crate::component::Neighbour;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Component, Model};
use crate::origin::{OriginId, Origins};
use crate::value::{Entry, Symbol, Value};

/// `CFN040`: two components in two regions that must share one.
pub const CFN040: Code = Code {
    id: "CFN040",
    explanation: "a component needs something of another region\n\n\
        Networks, security groups, secrets and what an API calls belong to one region: a function in us-east-1 can neither run \
        in a VPC of another region nor read its secrets by their names. Identifiers do cross regions, as parameters that the \
        deploy reads from the other stack's outputs.\n\n\
        Let both stand in one region: leave `stack:` out, or move the other component as well.",
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
        let on = On { model, neighbours, origins, name, component, region: &own.region };
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
}

impl On<'_> {
    /// Names of components that must stand beside this one.
    fn named(&self, setting: &Entry, findings: &mut Diagnostics) {
        if TOGETHER.contains(&setting.key.as_str())
            && let Some(other) = setting.value.as_text()
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
        if home.value != self.region {
            let title = format!("`{}` stands in {}, and the secret `{name}` in {}", self.name, self.region, home.value);
            findings.push(self.apart(title, origin, home.origin));
        }
    }

    fn apart(&self, title: String, origin: OriginId, other: OriginId) -> Diagnostic {
        let stack = self.component.common.stack.as_ref().map(|s| s.origin);
        Diagnostic::error(CFN040, title)
            .at_origin(self.origins, origin, &[self.component.origin], "of another region")
            .context_if_known(self.origins, stack, "moved by this")
            .context_if_known(self.origins, Some(other), "stands there")
            .help("let both stand in one region: leave `stack` out, or move the other as well")
    }
}
