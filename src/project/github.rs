//! `github` stands where all stages see the same of it.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::Origins;
use crate::project::{BASE, Layer};

/// `CFN540`: `github` is not the same on all stages.
pub const CFN540: Code = Code {
    id: "CFN540",
    explanation: "`github` is not the same on all stages\n\n\
        `github` names the repository whose workflows may deploy. The roles that they take stand in the bootstrap, \
        `out/_bootstrap/<region>.yaml`, which is deployed once per account and is the same whichever stage is built. So the block \
        stands in `environments/base.yaml`, and holds no references, whose values may differ from stage to stage.",
};

/// Reports a `github` that a layer for some stages says, or that refers to something.
pub(super) fn check(layer: &Layer, origins: &Origins, findings: &mut Diagnostics) {
    let entries = layer.tree.entries();
    let Some(entry) = entries.iter().find(|entry| entry.key == "github") else { return };
    let note = "the roles of workflows stand in the bootstrap, which all stages share";
    if layer.name != BASE {
        let diagnostic = Diagnostic::error(CFN540, "`github` stands in a layer that is not for all stages")
            .at_origin(origins, entry.key_origin, &[], "for some stages only")
            .note(note);
        findings.push(diagnostic.help("move it to `environments/base.yaml`"));
        return;
    }
    for setting in entry.value.entries() {
        if setting.value.as_text().is_some_and(|text| text.contains("${")) {
            let title = format!("`github.{}` refers to something that stages may say differently", setting.key);
            let diagnostic = Diagnostic::error(CFN540, title)
                .at_origin(origins, setting.value.origin, &[], "a reference")
                .note(note);
            findings.push(diagnostic.help("write the text itself"));
        }
    }
}
