//! Names that templates hold and no component says, because they are written as CloudFormation.

use std::collections::BTreeSet;

use super::On;
use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dns::served::{hosts, zone_of};
use crate::link::Linked;
use crate::lower::Lowered;
use crate::manifest::{Zone, lies_in};
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::value::{Kind, Value};

/// `DNS009`: a name in a template whose record nobody sets, or a host that is in none.
pub const DNS009: Code = Code {
    id: "DNS009",
    explanation: "nothing sets the record of a name that is served\n\n\
        A distribution, an API or a pool of users takes a name in `properties` of a raw resource or in `overrides`, and the name \
        lies in a zone of the manifest. Records are planned for the hosts of kinds only, so that nobody would find it. Or \
        `overrides` take a host away from what serves it, and its record would lead to what refuses it.\n\n\
        Serve it by a kind with a `host` (a `router` leads to any address), or add a raw `AWS::Route53::RecordSet` in a zone of \
        Route 53. Where its record is set by hand, list its name in `reserved_hosts` of the zone: that says so, and keeps every stage \
        that comes and goes away from it.",
};

/// `DNS011`: a name that leads to itself.
pub const DNS011: Code = Code {
    id: "DNS011",
    explanation: "a distribution asks itself\n\n\
        The name of an origin is one of the names that the distribution answers to. The record of that name leads to the \
        distribution, so that each request comes back to it until somebody gives up. Name what is to answer: a component, or the \
        address that the old site has beside the name that it gives away.",
};

/// Types that take names, and where these stand.
const TAKE_NAMES: &[(&str, &[&str])] = &[
    ("AWS::ApiGateway::DomainName", &["DomainName"]),
    ("AWS::ApiGatewayV2::DomainName", &["DomainName"]),
    ("AWS::AppSync::DomainName", &["DomainName"]),
    ("AWS::CloudFront::Distribution", &["DistributionConfig", "Aliases"]),
    ("AWS::Cognito::UserPoolDomain", &["Domain"]),
];

/// Checks the names in the templates of a stage.
pub fn templates(model: &Model, lowered: &Lowered, linked: &Linked, origins: &Origins, findings: &mut Diagnostics) {
    let on = On { model, origins };
    let mut known: BTreeSet<String> = hosts(model, lowered).iter().map(|host| host.claim.name.value.clone()).collect();
    let resources = || linked.stacks.iter().flat_map(|stack| stack.template.resources.iter().map(move |r| (stack, r)));
    known.extend(resources().flat_map(|(_, resource)| recorded(resource)));
    let (mut served, mut is_whole) = (BTreeSet::new(), true);
    for (stack, resource) in resources() {
        let Some((_, path)) = TAKE_NAMES.iter().find(|(of, _)| *of == resource.type_name()) else { continue };
        let (component, _) = stack.owners.get(&resource.id).map_or(("", ""), |(name, id)| (name.as_str(), id.as_str()));
        let owner = model.components.get(component).map_or(on.project(), |component| component.origin);
        let value = resource.properties.at(path);
        let names = texts(value);
        served.extend(names.iter().map(|(name, _)| (*name).to_owned()));
        is_whole &= value.is_none_or(is_known);
        for (name, at) in &names {
            let zone = zone_of(model, name.strip_prefix("*.").unwrap_or(name));
            if let Some(zone) = zone.filter(|zone| !known.contains(*name) && !is_reserved(zone, name)) {
                findings.push(unrecorded(on, component, name, zone, *at, owner));
            }
        }
        check_itself(on, component, resource, &names, owner, findings);
    }
    for host in hosts(model, lowered).iter().filter(|host| is_whole && !served.contains(&host.claim.name.value)) {
        let title = format!("{} is `{}`, and `overrides` take it away", host.what(), host.claim.name.value);
        findings.push(
            Diagnostic::warning(DNS009, title)
                .at_origin(origins, host.claim.name.origin, &[host.origin], "nothing answers to it")
                .note("its record would lead to what refuses it")
                .help("write the names as `host` and `aliases`, and take them out of `overrides`"),
        );
    }
}

/// Whether a text, or each of a list, is known before the deploy.
fn is_known(value: &Value<Target>) -> bool {
    value.as_text().is_some()
        || matches!(&value.kind, Kind::List(items) if items.iter().all(|item| item.as_text().is_some()))
}

/// The names of raw records of Route 53.
fn recorded(resource: &Resource<Target>) -> Vec<String> {
    let name = |set: &Value<Target>| set.get("Name")?.as_text().map(|name| name.trim_end_matches('.').to_owned());
    let properties = &resource.properties;
    match resource.type_name() {
        "AWS::Route53::RecordSet" => name(properties).into_iter().collect(),
        "AWS::Route53::RecordSetGroup" => {
            properties.get("RecordSets").map(Value::items).unwrap_or_default().iter().filter_map(name).collect()
        }
        _ => Vec::new(),
    }
}

/// A text, or those of a list, that are names.
fn texts(value: Option<&Value<Target>>) -> Vec<(&str, OriginId)> {
    let Some(value) = value else { return Vec::new() };
    let all = std::iter::once(value).chain(value.items());
    all.filter_map(|value| Some((value.as_text().filter(|text| text.contains('.'))?, value.origin))).collect()
}

/// Whether the zone says that the name, or one above it, belongs to somebody else.
fn is_reserved(zone: &Zone, name: &str) -> bool {
    let below = name.strip_suffix(zone.name.value.as_str()).unwrap_or_default().trim_end_matches('.');
    zone.reserved_hosts.iter().flatten().any(|host| lies_in(below, host) || lies_in(name, host))
}

fn unrecorded(on: On<'_>, component: &str, name: &str, zone: &Zone, at: OriginId, owner: OriginId) -> Diagnostic {
    let below = name.strip_suffix(zone.name.value.as_str()).unwrap_or(name).trim_end_matches('.');
    let reserved = if below.is_empty() { name } else { below };
    Diagnostic::warning(DNS009, format!("`{component}` is to be served under `{name}`, and nothing sets its record"))
        .at_origin(on.origins, at, &[owner], "no host of a component")
        .context_if_known(on.origins, Some(zone.name.origin), "the zone that it lies in")
        .note("records are planned for the hosts of kinds")
        .help("serve it by a kind that has a `host`")
        .help(format!(
            "or, where its record is set by hand, say so at the zone `{}`: `reserved_hosts: [{reserved}]`",
            on.label(zone)
        ))
}

/// Reports an origin that is the distribution itself.
fn check_itself(
    on: On<'_>,
    component: &str,
    resource: &Resource<Target>,
    names: &[(&str, OriginId)],
    owner: OriginId,
    findings: &mut Diagnostics,
) {
    let origins = resource.properties.at(&["DistributionConfig", "Origins"]).map(Value::items).unwrap_or_default();
    for origin in origins.iter().filter_map(|origin| origin.get("DomainName")) {
        let Some((name, at)) = names.iter().find(|(name, _)| origin.as_text() == Some(name)) else { continue };
        findings.push(
            Diagnostic::error(DNS011, format!("`{component}` answers to `{name}`, and asks it for what to answer"))
                .at_origin(on.origins, origin.origin, &[owner], "leads back to where it stands")
                .context_if_known(on.origins, Some(*at), "the name that it answers to")
                .note("the record of the name leads to the distribution")
                .help("name what is to answer"),
        );
    }
}
