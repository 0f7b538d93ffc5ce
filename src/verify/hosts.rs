//! Names that the world reaches: each belongs to one component, once.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lower::Lowered;
use crate::origin::Origins;
use crate::part::host::Claim;

/// `CFN168`: one host for two components.
pub const CFN168: Code = Code {
    id: "CFN168",
    explanation: "two components are served under one host\n\n\
        A name leads to one place. API Gateway makes one domain of a name in a region, and CloudFront takes an alias once in \
        the world, so that the second component of a stage with the same name could not be deployed. Give each a name of its \
        own, or give one component the routes of both. A wildcard and a name that it covers are two names: the more specific \
        one goes first.",
};

/// `CFN309`: a name twice at one component.
pub const CFN309: Code = Code {
    id: "CFN309",
    explanation: "one component is to be served under a name twice\n\n\
        A name is the `host`, an alias (served as the host) or a redirect (answered with the host's address). It cannot be two \
        of them, and once is enough.",
};

/// Reports every name that a component before it, in the order of names, or the same one has too.
pub(super) fn check(lowered: &Lowered, origins: &Origins, findings: &mut Diagnostics) {
    let mut known: BTreeMap<&str, (&str, &Claim)> = BTreeMap::new();
    for (component, neighbour) in &lowered.neighbours {
        for claim in &neighbour.interface.hosts {
            let name = claim.name.value.as_str();
            let Some((other, first)) = known.get(name) else {
                known.insert(name, (component, claim));
                continue;
            };
            let diagnostic = if *other == component {
                let title = format!("`{}` and `{}` of `{component}` are both `{name}`", first.setting, claim.setting);
                Diagnostic::error(CFN309, title).help("remove one of the two")
            } else {
                let title = format!("`{component}` and `{other}` are both served under `{name}`");
                Diagnostic::error(CFN168, title)
                    .help("give it a name of its own, or give one component the routes of both")
            };
            findings.push(
                diagnostic
                    .at_origin(origins, claim.name.origin, &[neighbour.origin], "taken already")
                    .context_if_known(origins, Some(first.name.origin), "the first of that name"),
            );
        }
    }
}
