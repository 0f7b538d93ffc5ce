//! Names that the world reaches: each belongs to one component, once.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lower::Lowered;
use crate::origin::Origins;
use crate::part::host::Claim;
use crate::stage::Stage;

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

/// `CFN299`: a name that a stage which comes and goes shares with others.
pub const CFN299: Code = Code {
    id: "CFN299",
    explanation: "a stage that comes and goes takes a name that is not its own\n\n\
        The name does not hold the name of the stage, so that every other stage of its layer would be served under it too, and so \
        perhaps is the permanent stage whose base it shares. CloudFront takes a name once in the world, API Gateway once in a region: \
        the deploy waits for a certificate and then fails.\n\n\
        Write a name with `${stage}` in it, such as `${stage}.getreggie.io`, in the stage's layer, or `host: none`.",
};

/// Doubts names of a stage that comes and goes which do not hold its own.
pub(super) fn check_own(stage: &Stage, lowered: &Lowered, origins: &Origins, findings: &mut Diagnostics) {
    if stage.is_permanent() {
        return;
    }
    let own = &stage.name.value;
    for (component, neighbour) in &lowered.neighbours {
        for claim in neighbour.interface.hosts.iter().filter(|claim| !claim.name.value.contains(own.as_str())) {
            let title = format!(
                "`{}` of `{component}` is `{}` on every stage such as `{own}`",
                claim.setting, claim.name.value
            );
            let help = format!("write a name with `${{stage}}` in it in the layer of `{own}`, or take it away there");
            findings.push(
                Diagnostic::warning(CFN299, title)
                    .at_origin(origins, claim.name.origin, &[neighbour.origin], "not this stage's own")
                    .note("a name is served once: AWS refuses it for the second stage")
                    .help(help),
            );
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Interface, Neighbour, StackId, StackName, kind};
    use crate::origin::{Origin, OriginId};
    use crate::part::host::{Entrance, Role};
    use crate::setting::{Keyed, Setting};

    #[test]
    fn a_name_belongs_to_one_component_once() {
        let found = |components: &[(&str, &[&str])]| {
            let origins = Origins::default();
            origins.add(Origin::Template { template: "a test", line: 1 });
            let claim = |(i, name): (usize, &&str)| Claim {
                name: Setting::new(OriginId(0), (*name).to_owned()),
                setting: format!("aliases.a{i}"),
                role: Role::Alias,
                entrance: Entrance::CloudFront,
                target: "dns_target".to_owned(),
                proxied: None,
                ttl: None,
            };
            let neighbour = |(name, hosts): &(&str, &[&str])| {
                let hosts = hosts.iter().enumerate().map(claim).collect();
                let neighbour = Neighbour {
                    identity: (*name).to_owned(),
                    kind: kind("http_api").unwrap(),
                    origin: OriginId(0),
                    stack: StackId::in_us_east_1(StackName::Edge),
                    region: "us-east-1".to_owned(),
                    imported: false,
                    links: Keyed::default(),
                    interface: Interface { hosts, ..Interface::default() },
                };
                ((*name).to_owned(), neighbour)
            };
            let lowered = Lowered { neighbours: components.iter().map(neighbour).collect(), ..Lowered::default() };
            let mut findings = Diagnostics::default();
            check(&lowered, &origins, &mut findings);
            findings.all().iter().map(|d| format!("{}: {}", d.code.id, d.title)).collect::<Vec<_>>()
        };
        assert_eq!(found(&[("A", &["x.io", "*.x.io"]), ("B", &["www.x.io"])]), Vec::<String>::new());
        assert_eq!(
            found(&[("A", &["x.io"]), ("B", &["a.io", "x.io"])]),
            ["CFN168: `B` and `A` are both served under `x.io`"]
        );
        assert_eq!(
            found(&[("A", &["x.io", "a.io", "x.io"])]),
            ["CFN309: `aliases.a0` and `aliases.a2` of `A` are both `x.io`"]
        );
    }
}
