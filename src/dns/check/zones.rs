//! The zones themselves.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::origin::Origins;
use crate::part::host::{Form, name_fault};
use crate::setting::Setting;

/// `DNS003`: a zone that nobody can own, or that stands there twice.
pub const DNS003: Code = Code {
    id: "DNS003",
    explanation: "a zone cannot be what it says\n\n\
        The `name` of a zone is the domain that somebody registered, or a part of it that was delegated: `getreggie.io`, \
        `getreggie.co.uk`. Below a public suffix (`co.uk`, `github.io`, `cloudfront.net`: https://publicsuffix.org) names belong to \
        different owners, so that no zone of a product is one. Each zone stands in the manifest once, since two that share a \
        name are served by one provider.",
};

/// Checks what the zones of a stage say of themselves.
pub fn zones(model: &Model, origins: &Origins, findings: &mut Diagnostics) {
    let project = model.manifest.project.origin;
    let mut known: BTreeMap<&str, (&str, &Setting<String>)> = BTreeMap::new();
    for (label, zone) in &model.manifest.zones {
        let (name, text) = (&zone.name, zone.name.value.as_str());
        let said = format!("the name of the zone `{label}` is `{text}`");
        if let Some(fault) = name_fault(origins, &said, name, project, Form::Zone) {
            findings.push(fault);
            continue;
        }
        if psl::suffix_str(text) == Some(text) {
            findings.push(
                Diagnostic::error(DNS003, format!("{said}, below which everyone may have names"))
                    .at_origin(origins, name.origin, &[project], "a public suffix")
                    .note("it stands in the public suffix list: https://publicsuffix.org")
                    .help(format!("write the domain that was registered below it, such as `getreggie.{text}`")),
            );
        }
        match known.get(text) {
            Some((first, at)) => findings.push(
                Diagnostic::error(DNS003, format!("the zones `{first}` and `{label}` are both `{text}`"))
                    .at_origin(origins, name.origin, &[project], "there already")
                    .context_if_known(origins, Some(at.origin), "the first of that name")
                    .help("remove one of the two"),
            ),
            None => drop(known.insert(text, (label, name))),
        }
    }
}
