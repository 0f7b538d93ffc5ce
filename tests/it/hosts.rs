//! Hosts and certificates: what the record plans say and what the templates hold are the same, in every golden.

use std::collections::BTreeSet;

use reggie_cfn::cfn::{Resource, Target};
use reggie_cfn::compile::Compiled;
use reggie_cfn::dns;
use reggie_cfn::dns::plan::{CertificateAt, OutputAt, Plan, Source};
use reggie_cfn::link::Stack;
use reggie_cfn::manifest::Provider;
use reggie_cfn::value::{Kind, Value};

use crate::support::{compiled, goldens, project_of};

/// Every golden: its name for messages, what it compiles to, and the committed plans of its zones.
fn each(check: &mut dyn FnMut(&str, &Compiled, &[Plan])) {
    for (folder, stage) in goldens() {
        let zones = std::fs::read_dir(folder.join("out/_zones")).into_iter().flatten().flatten();
        let plans = zones.filter_map(|zone| std::fs::read_to_string(zone.path().join("plan.yaml")).ok());
        let plans: Vec<Plan> = plans.map(|text| Plan::read(&text).expect("a plan")).collect();
        check(&format!("{}/{stage}", folder.display()), &compiled(&project_of(&folder), &stage), &plans);
    }
}

/// A text, or those of a list.
fn texts(value: Option<&Value<Target>>) -> BTreeSet<&str> {
    value.into_iter().flat_map(|value| std::iter::once(value).chain(value.items())).filter_map(Value::as_text).collect()
}

/// The names that a resource answers to; none of other types.
fn names(resource: &Resource<Target>) -> BTreeSet<&str> {
    let properties = &resource.properties;
    match resource.type_name() {
        "AWS::CloudFront::Distribution" => texts(properties.at(&["DistributionConfig", "Aliases"])),
        "AWS::ApiGatewayV2::DomainName" => texts(properties.get("DomainName")),
        _ => BTreeSet::new(),
    }
}

/// The names of a certificate, and whether it is one.
fn certified(resource: &Resource<Target>) -> Option<BTreeSet<&str>> {
    let (first, others) = ("DomainName", "SubjectAlternativeNames");
    let all = || [first, others].iter().flat_map(|name| texts(resource.properties.get(name))).collect();
    (resource.type_name() == "AWS::CertificateManager::Certificate").then(all)
}

fn stack<'a>(compiled: &'a Compiled, name: &str, region: &str) -> &'a Stack {
    let mut stacks = compiled.linked.stacks.iter();
    stacks
        .find(|stack| stack.name == name && stack.id.region == region)
        .unwrap_or_else(|| panic!("no {name} in {region}"))
}

#[test]
fn kinds_answer_to_the_hosts_that_they_claim_and_to_no_others() {
    let mut count = 0;
    each(&mut |golden, compiled, _| {
        let hosts = dns::hosts(&compiled.model, &compiled.lowered);
        let claimed: BTreeSet<(&str, &str)> =
            hosts.iter().map(|h| (h.component, h.claim.name.value.as_str())).collect();
        let mut served = BTreeSet::new();
        for stack in &compiled.linked.stacks {
            for resource in &stack.template.resources {
                let component = stack.owners[&resource.id].0.as_str();
                if compiled.model.components[component].kind.name != "resource" {
                    served.extend(names(resource).into_iter().map(|name| (component, name)));
                }
            }
        }
        assert_eq!(claimed, served, "{golden}");
        count += served.len();
    });
    assert!(count > 25, "only {count} hosts");
}

#[test]
fn a_record_leads_to_what_answers_to_its_name() {
    let mut count = 0;
    each(&mut |golden, compiled, _| {
        for planned in compiled.plans.iter().flat_map(|plan| &plan.records) {
            let Source::Host { name, output: OutputAt { stack: at, region, key }, .. } = &planned.source else {
                continue;
            };
            let template = &stack(compiled, at, region).template;
            let output = template.outputs.iter().find(|output| output.name == *key);
            let output = output.unwrap_or_else(|| panic!("{golden}: {at} has no output {key}"));
            let Kind::Ref(Target::GetAtt(id, attribute)) = &output.value.kind else { panic!("{golden}: {key}") };
            let resource = template.resource(id).unwrap();
            let expected = match resource.type_name() {
                "AWS::CloudFront::Distribution" => "DomainName",
                _ => "RegionalDomainName",
            };
            assert_eq!(attribute, expected, "{golden}: {name}");
            assert!(names(resource).contains(name.as_str()), "{golden}: {id} does not answer to {name}");
            count += 1;
        }
    });
    assert!(count > 20, "only {count} records");
}

#[test]
fn what_is_validated_is_what_certificates_are_asked_for() {
    let mut count = 0;
    each(&mut |golden, compiled, zones| {
        let mut validated = BTreeSet::new();
        // What several stages validate stands in the plan of the zone.
        let is_here = |at: &str| compiled.linked.stacks.iter().any(|stack| stack.name == at);
        for planned in compiled.plans.iter().chain(zones).flat_map(|plan| &plan.records) {
            let Source::Validation { domain, certificates } = &planned.source else { continue };
            for CertificateAt { stack: at, region, logical_id, names } in
                certificates.iter().filter(|at| is_here(&at.stack))
            {
                let resource = stack(compiled, at, region).template.resource(logical_id);
                let asked =
                    resource.and_then(certified).unwrap_or_else(|| panic!("{golden}: no certificate {logical_id}"));
                assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), asked, "{golden}: {logical_id}");
                validated.insert((at.clone(), logical_id.clone(), domain.clone()));
            }
        }
        for stack in &compiled.linked.stacks {
            for resource in &stack.template.resources {
                for name in certified(resource).unwrap_or_default() {
                    let domain = name.strip_prefix("*.").unwrap_or(name);
                    let zone = dns::zone_of(&compiled.model, domain).unwrap_or_else(|| panic!("{golden}: {name}"));
                    let key = (stack.name.clone(), resource.id.clone(), domain.to_owned());
                    assert!(zone.provider.value == Provider::Route53 || validated.contains(&key), "{golden}: {key:?}");
                    count += 1;
                }
            }
        }
    });
    assert!(count > 20, "only {count} names");
}
