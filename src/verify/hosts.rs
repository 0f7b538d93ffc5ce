//! Names that the world reaches: each belongs to one component.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::value::Value;

/// `CFN168`: one host for two components.
pub const CFN168: Code = Code {
    id: "CFN168",
    explanation: "two components are served under one host\n\n\
        A name leads to one place. API Gateway makes one domain of a name in a region, so that the second component of a \
        stage with the same `host` could not be deployed. Give each a name of its own, or give one component the routes \
        of both.",
};

/// Reports every host that a component before it in the manifest has too.
pub(super) fn check(model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, (&str, OriginId)> = BTreeMap::new();
    for entry in model.tree.get("components").map(Value::entries).unwrap_or_default() {
        // What is imported is made elsewhere.
        let is_made = model.components.get(&entry.key).is_some_and(|c| c.settings.is_some());
        let Some(name) = entry.value.at(&["host", "name"]).filter(|_| is_made) else { continue };
        let Some(host) = name.as_text() else { continue };
        let Some((other, at)) = known.get(host) else {
            known.insert(host, (&entry.key, name.origin));
            continue;
        };
        let title = format!("`{}` and `{other}` are both served under `{host}`", entry.key);
        let diagnostic = Diagnostic::error(CFN168, title)
            .at_origin(origins, name.origin, &[entry.key_origin], "taken already")
            .context_if_known(origins, Some(*at), "the first of that name");
        findings.push(diagnostic.help("give it a name of its own, or give one component the routes of both"));
    }
}
