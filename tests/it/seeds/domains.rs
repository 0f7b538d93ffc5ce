//! "Domain Configuration": six names, each proxied by Cloudflare, each leading where the document says.

use reggie_cfn::dns::plan::{OutputAt, Ownership, Plan, Source};
use reggie_cfn::part::host::Entrance;

use crate::support::read;

/// The document's table: the name, its stage, and what serves it, with the stack and the output that say where.
const DOMAINS: &[(&str, &str, Entrance, &str, &str)] = &[
    ("getreggie.io", "production", Entrance::CloudFront, "web-reggie-web", "ReggieWebDnsTarget"),
    ("admin.getreggie.io", "production", Entrance::CloudFront, "web-reggie-admin", "ReggieAdminDnsTarget"),
    ("api.getreggie.io", "production", Entrance::ApiGateway, "app", "ReggieApiDnsTarget"),
    ("staging.getreggie.io", "staging", Entrance::CloudFront, "web-reggie-web", "ReggieWebDnsTarget"),
    ("staging-admin.getreggie.io", "staging", Entrance::CloudFront, "web-reggie-admin", "ReggieAdminDnsTarget"),
    ("staging-api.getreggie.io", "staging", Entrance::ApiGateway, "app", "ReggieApiDnsTarget"),
];

fn plan(stage: &str) -> Plan {
    Plan::read(&read(format!("out/{stage}/dns/getreggie.io.plan.yaml"))).expect("a plan")
}

#[test]
fn six_proxied_names_lead_where_the_document_says() {
    let mut told = 0;
    for (name, stage, serves, stack, key) in DOMAINS {
        let plan = plan(stage);
        let record = plan.records.iter().find(|r| matches!(&r.source, Source::Host { name: n, .. } if n == name));
        let record = record.unwrap_or_else(|| panic!("no record for {name}"));
        let Source::Host { entrance, output, .. } = &record.source else { unreachable!() };
        let stack = format!("reggie-{stage}-{stack}");
        let expected = OutputAt { stack, region: "eu-west-2".to_owned(), key: (*key).to_owned() };
        assert_eq!((entrance, output), (serves, &expected), "{name}");
        assert!(record.proxied && record.ttl.is_none(), "{name} comes through the proxy");
        told += 1;
    }
    let hosts = |stage: &str| plan(stage).records.iter().filter(|r| matches!(r.source, Source::Host { .. })).count();
    assert_eq!(told, hosts("production") + hosts("staging"), "and no other name");
}

#[test]
fn each_name_is_validated_by_a_record_of_its_own_stage() {
    for (name, stage, serves, ..) in DOMAINS {
        let plan = plan(stage);
        let record = plan.records.iter().find(|r| r.id == format!("acm/{name}")).unwrap();
        let Source::Validation { domain, certificates } = &record.source else { panic!("{name} is not validated") };
        assert_eq!(domain, name);
        assert!(!record.proxied && record.ttl == Some(60), "ACM must see it");
        let region = if *serves == Entrance::CloudFront { "us-east-1" } else { "eu-west-2" };
        let [certificate] = certificates.as_slice() else { panic!("{name}: {certificates:?}") };
        assert_eq!((certificate.region.as_str(), &certificate.names), (region, &vec![(*name).to_owned()]));
    }
}

#[test]
fn stages_own_their_records_apart() {
    for stage in ["production", "staging"] {
        let plan = plan(stage);
        assert_eq!(plan.owner.text(), format!("reggie/{stage}"));
        assert_eq!(plan.owner.ownership(), Ownership::Txt, "a stage that stays");
        assert_eq!(plan.records.len(), 6, "three names, each validated");
    }
}
