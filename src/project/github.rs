//! `github` stands where all stages see the same of it.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::Origins;
use crate::project::{BASE, Layer};
use crate::value::{Entry, Kind, Value};

/// `CFN540`: `github` is not the same on all stages.
pub const CFN540: Code = Code {
    id: "CFN540",
    explanation: "`github` is not the same on all stages\n\n\
        `github` names the repository whose workflows may deploy. The roles that they take stand in the bootstrap, \
        `out/_bootstrap/<region>.yaml`, which is deployed once per account and is the same whichever stage is built. So the block \
        stands in `environments/base.yaml`, no other layer says it otherwise, and it holds no references, whose values may differ from stage to stage.",
};

/// Reports what a layer for some stages says of `github` unlike the base, and what refers to something.
pub(super) fn check(layers: &BTreeMap<String, Layer>, origins: &Origins, findings: &mut Diagnostics) {
    let base = layers.get(BASE).and_then(|base| base.tree.get("github"));
    let note = "the roles of workflows stand in the bootstrap, which all stages share";
    for layer in layers.values() {
        let Some(entry) = layer.tree.entry("github") else { continue };
        let is_said = |setting: &Entry| {
            base.and_then(|base| base.get(&setting.key)).is_some_and(|said| said.as_text() == setting.value.as_text())
        };
        if !entry.value.entries().iter().all(is_said) || entry.value.kind == Kind::Null {
            let diagnostic = Diagnostic::error(CFN540, "`github` stands in a layer that is not for all stages")
                .at_origin(origins, entry.key_origin, &[], "for some stages only")
                .note(note);
            findings.push(diagnostic.help("move it to `environments/base.yaml`"));
        }
    }
    for setting in base.map(Value::entries).unwrap_or_default() {
        if setting.value.as_text().is_some_and(|text| text.contains("${")) {
            let title = format!("`github.{}` refers to something that stages may say differently", setting.key);
            let diagnostic = Diagnostic::error(CFN540, title)
                .at_origin(origins, setting.value.origin, &[], "a reference")
                .note(note);
            findings.push(diagnostic.help("write the text itself"));
        }
    }
}
