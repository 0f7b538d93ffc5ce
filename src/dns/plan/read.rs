//! A plan read back from its file. What is not as we write it is no plan: there is nothing to repair but to build anew.

use super::text::entrance_word;
use super::{CertificateAt, FORMAT, NO_STAGE, OutputAt, Owner, Ownership, Plan, Planned, Source};
use crate::manifest::Provider;
use crate::part::host::Entrance;
use crate::yaml::{Kind, Node, parse_template};

impl Plan {
    /// The plan that a file holds; none where it is not one of this version.
    #[must_use]
    pub fn read(text: &str) -> Option<Plan> {
        let top = parse_template(text).ok()?;
        if text_of(&top, "format")? != FORMAT {
            return None;
        }
        let provider = [Provider::Cloudflare, Provider::Route53, Provider::None];
        let provider = provider.into_iter().find(|p| text_of(&top, "provider").as_deref() == Some(p.word()))?;
        let (project, stage) = text_of(&top, "owner")?.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        let is_permanent = text_of(&top, "ownership")? == Ownership::Txt.word();
        let stage = (stage != NO_STAGE).then_some(stage);
        Some(Plan {
            zone: text_of(&top, "zone")?,
            provider,
            owner: Owner { project, stage, is_permanent },
            account: text_of(&top, "account"),
            record_limit: top.get("record_limit").and_then(number),
            dnssec: matches!(top.get("dnssec").map(|n| &n.kind), Some(Kind::Bool(true))),
            records: items(top.get("records")?)?.iter().map(record).collect::<Option<_>>()?,
        })
    }
}

fn record(node: &Node) -> Option<Planned> {
    let proxied = match node.get("proxied")?.kind {
        Kind::Bool(proxied) => proxied,
        _ => return None,
    };
    let ttl = node.get("ttl")?;
    let ttl = if matches!(&ttl.kind, Kind::Str(auto) if auto == "auto") { None } else { Some(number(ttl)?) };
    let source = if let Some(target) = node.get("target") {
        let entrance = [Entrance::CloudFront, Entrance::ApiGateway];
        let kind = text_of(target, "kind")?;
        Source::Host {
            name: text_of(node, "name")?,
            entrance: entrance.into_iter().find(|e| entrance_word(*e) == kind)?,
            output: OutputAt {
                stack: text_of(target, "stack")?,
                region: text_of(target, "region")?,
                key: text_of(target, "output")?,
            },
        }
    } else if let Some(caa) = node.get("caa") {
        Source::Caa { name: text_of(node, "name")?, tag: text_of(caa, "tag")?, value: text_of(caa, "value")? }
    } else {
        let validates = node.get("validates")?;
        let certificates = items(validates.get("certificates")?)?.iter().map(certificate).collect::<Option<_>>()?;
        Source::Validation { domain: text_of(validates, "domain")?, certificates }
    };
    Some(Planned { id: text_of(node, "id")?, proxied, ttl, source })
}

fn certificate(node: &Node) -> Option<CertificateAt> {
    let name = |node: &Node| match &node.kind {
        Kind::Str(name) => Some(name.clone()),
        _ => None,
    };
    Some(CertificateAt {
        stack: text_of(node, "stack")?,
        region: text_of(node, "region")?,
        logical_id: text_of(node, "logical_id")?,
        names: items(node.get("names")?)?.iter().map(name).collect::<Option<_>>()?,
    })
}

fn items(node: &Node) -> Option<&[Node]> {
    match &node.kind {
        Kind::Seq(items) => Some(items),
        _ => None,
    }
}

fn text_of(node: &Node, key: &str) -> Option<String> {
    match &node.get(key)?.kind {
        Kind::Str(text) => Some(text.clone()),
        _ => None,
    }
}

fn number(node: &Node) -> Option<u32> {
    match node.kind {
        Kind::Int(number) => u32::try_from(number).ok(),
        _ => None,
    }
}
