//! Subnets: those of one VPC share no address.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use super::On;
use crate::cfn::{self, ParameterSource, Target};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::OriginId;
use crate::value::{Kind, Value};

/// `CFN018`: two subnets that overlap.
pub const CFN018: Code = Code {
    id: "CFN018",
    explanation: "two subnets of one VPC overlap\n\n\
        Each address of a VPC belongs to one subnet; EC2 refuses a second one whose range shares any with the first (Amazon VPC \
        User Guide, \"Subnet CIDR blocks\"). A component of kind `vpc` cuts its own subnets from the beginning of its range, in \
        turn a public and a private one for each zone; what is free lies behind them.",
};

/// A subnet of a template.
struct Subnet<'a> {
    on: &'a On<'a>,
    id: &'a str,
    range: Ipv4Net,
    origin: OriginId,
    /// Whether the manifest says the range, and not the network's.
    is_own: bool,
}

/// Reports every subnet that overlaps one before it in the same VPC.
pub(super) fn check(stacks: &[On<'_>], findings: &mut Diagnostics) {
    let mut networks: BTreeMap<Vpc, Vec<Subnet<'_>>> = BTreeMap::new();
    for on in stacks {
        for resource in on.stack.template.resources.iter().filter(|r| r.type_name() == "AWS::EC2::Subnet") {
            let vpc = resource.properties.get("VpcId").and_then(|v| vpc(stacks, on, v));
            let written = resource.properties.entry("CidrBlock");
            let range = written.and_then(|e| cfn::literal(&e.value)).and_then(|text| text.parse::<Ipv4Net>().ok());
            if let (Some(vpc), Some(range), Some(written)) = (vpc, range, written) {
                let is_own = on.is_written(written.key_origin);
                let subnet =
                    Subnet { on, id: &resource.id, range: range.trunc(), origin: written.value.origin, is_own };
                networks.entry(vpc).or_default().push(subnet);
            }
        }
    }
    for (vpc, subnets) in &networks {
        for (i, second) in subnets.iter().enumerate() {
            let overlap =
                |first: &&Subnet<'_>| first.range.contains(&second.range) || second.range.contains(&first.range);
            if let Some(first) = subnets.iter().take(i).find(overlap) {
                findings.push(finding(first, second, vpc.range(stacks), subnets));
            }
        }
    }
}

/// What a VPC is known by, from whichever stack it is looked at.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Vpc {
    /// A resource of a stack.
    Made { stack: String, id: String },
    /// Anything else that is the same text everywhere: an id, an export, a parameter.
    Named(String),
}

impl Vpc {
    /// Its range, where it is made here.
    fn range(&self, stacks: &[On<'_>]) -> Option<Ipv4Net> {
        let Vpc::Made { stack, id } = self else { return None };
        let resource = stacks.iter().find(|on| on.stack.name == *stack)?.stack.template.resource(id)?;
        cfn::literal(resource.properties.get("CidrBlock")?)?.parse().ok()
    }
}

/// The VPC that a value of a stack leads to.
fn vpc(stacks: &[On<'_>], on: &On<'_>, value: &Value<Target>) -> Option<Vpc> {
    let here = |id: &str| match on.stack.template.parameters.iter().find(|p| p.name == id).map(|p| &p.source) {
        Some(ParameterSource::Output { stack, region, output }) => Vpc::Named(format!("{stack} {region} {output}")),
        Some(_) => Vpc::Named(id.to_owned()),
        None => Vpc::Made { stack: on.stack.name.clone(), id: id.to_owned() },
    };
    match &value.kind {
        Kind::Text(id) => Some(Vpc::Named(id.clone())),
        Kind::Ref(Target::Ref(id)) => Some(here(id)),
        Kind::Ref(Target::GetAtt(id, attribute)) if attribute == "VpcId" => Some(here(id)),
        Kind::Call(name, argument) if name == "Ref" => argument.as_text().map(here),
        Kind::Call(name, argument) if name == "GetAtt" => argument.as_text()?.strip_suffix(".VpcId").map(here),
        Kind::Ref(Target::Import(export)) => {
            let exported = stacks.iter().find_map(|on| {
                let is_it = |o: &&cfn::Output| super::exported(o) == Some(export);
                on.stack.template.outputs.iter().find(is_it).map(|output| (on, &output.value))
            });
            // An output of ours is no import itself, so that this ends.
            match exported {
                Some((_, value)) if matches!(value.kind, Kind::Ref(Target::Import(_))) => None,
                Some((on, value)) => vpc(stacks, on, value),
                None => Some(Vpc::Named(export.clone())),
            }
        }
        _ => None,
    }
}

fn finding(first: &Subnet<'_>, second: &Subnet<'_>, network: Option<Ipv4Net>, all: &[Subnet<'_>]) -> Diagnostic {
    // Of a written range and one that was cut from the network's, the written one can be changed.
    let (first, second) = match first.is_own && !second.is_own {
        true => (second, first),
        false => (first, second),
    };
    let title = format!(
        "`{}` has `{}`, which overlaps `{}` of `{}` in the same VPC",
        second.id, second.range, first.range, first.id
    );
    let origins = second.on.origins;
    let whose = if first.is_own { "the other subnet" } else { "the other is cut from this range" };
    let diagnostic = Diagnostic::error(CFN018, title)
        .at_origin(origins, second.origin, &[second.on.owner(second.id)], "addresses of another subnet")
        .context_if_known(origins, Some(first.origin), whose)
        .note("each address of a VPC belongs to one subnet");
    let taken = |range: &Ipv4Net| all.iter().any(|s| s.range.contains(range) || range.contains(&s.range));
    let mut free = network.and_then(|n| n.subnets(second.range.prefix_len()).ok()).into_iter().flatten();
    match free.find(|range| !taken(range)) {
        Some(range) => {
            let diagnostic = diagnostic.help(format!("write `{range}`, which is free"));
            match origins.spans(second.origin).first().filter(|_| second.on.is_written(second.origin)) {
                Some(span) => diagnostic.edit(*span, range.to_string()),
                None => diagnostic,
            }
        }
        None => diagnostic.help("choose a range that no other subnet of the VPC has"),
    }
}
