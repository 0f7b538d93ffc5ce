//! The records of the zone, as they were expected, and where they differ with the reason.

use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::dns::diff::{Asked, Compared, gate};
use reggie_cfn::dns::live::{Settings, Snapshot};
use reggie_cfn::dns::plan::{Ownership, Plan, Source};
use reggie_cfn::dns::record::Resolved;
use reggie_cfn::part::host::Entrance;
use reggie_cfn::render::Renderer;
use reggie_cfn::source::Sources;

use super::{SAID, read, with};
use crate::support::project;

fn plan(stage: &str) -> Plan {
    Plan::read(&read(&format!("out/{stage}/dns/sgcarstrends.com.plan.yaml"))).expect("a plan")
}

/// What is expected of a record: its stage, its id, its name or what it validates, the output that it leads to, whether it is proxied.
const EXPECTED: [(&str, &str, &str, &str, bool); 14] = [
    ("shared", "acm/sgcarstrends.com", "sgcarstrends.com", "WildcardUsEast1", false),
    ("prod", "CarsRouter.hosts.web", "sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("prod", "CarsRouter.hosts.www", "www.sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("prod", "CarsRouter.hosts.api", "api.sgcarstrends.com", "CarsRouterApiDnsTarget", true),
    ("staging", "CarsRouter.hosts.web", "staging.sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("staging", "CarsRouter.hosts.api", "api.staging.sgcarstrends.com", "CarsRouterApiDnsTarget", false),
    ("staging", "acm/api.staging.sgcarstrends.com", "api.staging.sgcarstrends.com", "ApiCertificateUsEast1", false),
    ("dev", "CarsRouter.hosts.web", "dev.sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("dev", "CarsRouter.hosts.api", "api.dev.sgcarstrends.com", "CarsRouterApiDnsTarget", false),
    ("dev", "acm/api.dev.sgcarstrends.com", "api.dev.sgcarstrends.com", "ApiCertificateUsEast1", false),
    ("pr-123", "CarsRouter.hosts.web", "pr-123.sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("pr-123", "CarsRouter.hosts.api", "api-pr-123.sgcarstrends.com", "CarsRouterApiDnsTarget", true),
    ("feature-auth", "CarsRouter.hosts.web", "feature-auth.sgcarstrends.com", "CarsRouterWebDnsTarget", true),
    ("feature-auth", "CarsRouter.hosts.api", "api-feature-auth.sgcarstrends.com", "CarsRouterApiDnsTarget", true),
];

/// How these records differ from the plan that was drawn up before the compiler, and why.
const DIFFERENCES: [(&str, &str); 5] = [
    (
        "every certificate is in us-east-1, none in ap-southeast-1",
        "the API is a function's URL behind CloudFront, which looks for certificates there; no API Gateway has a name of its own",
    ),
    (
        "the record of the shared certificate is of the stage `shared`, not of the zone",
        "one stage alone asks for it; the zone takes over what several stages must have validated",
    ),
    (
        "the ids of hosts are the router's, such as `CarsRouter.hosts.web`",
        "an id says which component a record comes from, and two components may both call something `web`",
    ),
    ("no CAA records", "they were offered, and the manifest does not ask for them"),
    (
        "previews are known by their comments, not by records beside them",
        "twenty previews would fill a free zone's 200 records with markers",
    ),
];

#[test]
fn records_are_those_expected() {
    let mut found = 0;
    for stage in SAID.iter().map(|said| said.stage).chain(["shared"]) {
        let plan = plan(stage);
        assert_eq!(plan.owner.text(), format!("sgcarstrends/{stage}"));
        for record in &plan.records {
            let row = EXPECTED.iter().find(|(of, id, ..)| (*of, *id) == (stage, record.id.as_str()));
            let (_, id, name, target, proxied) =
                row.unwrap_or_else(|| panic!("{stage}: {} is not expected", record.id));
            assert_eq!((record.proxied, record.ttl), (*proxied, (!proxied).then_some(60)), "{stage}: {id}");
            match &record.source {
                Source::Host { name: host, entrance, output } => {
                    assert_eq!((host.as_str(), *entrance, output.key.as_str()), (*name, Entrance::CloudFront, *target));
                    assert_eq!(output.stack, format!("sgcarstrends-{stage}-web-cars-router"));
                }
                Source::Validation { domain, certificates } => {
                    let [certificate] = certificates.as_slice() else { panic!("{certificates:?}") };
                    assert_eq!(
                        (domain.as_str(), certificate.region.as_str()),
                        (*name, "us-east-1"),
                        "{}",
                        DIFFERENCES[0].1
                    );
                    assert_eq!(certificate.stack, format!("sgcarstrends-{stage}-certificates"), "{}", DIFFERENCES[1].1);
                    assert_eq!(certificate.logical_id, *target);
                }
                other => panic!("{stage}: {other:?}"),
            }
            found += 1;
        }
    }
    assert_eq!(found, EXPECTED.len());
    let zone = Plan::read(&read("out/_zones/sgcarstrends.com/plan.yaml")).unwrap();
    assert!(zone.records.is_empty(), "{}; {}", DIFFERENCES[1].0, DIFFERENCES[3].0);
    for said in SAID {
        let ownership = if said.is_permanent { Ownership::Txt } else { Ownership::Comment };
        assert_eq!(plan(said.stage).owner.ownership(), ownership, "{}", DIFFERENCES[4].1);
    }
}

/// The README tells the same differences.
#[test]
fn differences_are_told() {
    let readme = read("README.md");
    for (what, _) in DIFFERENCES {
        assert!(readme.contains(what), "README.md does not say: {what}");
    }
}

/// Neither the wildcard nor Cloudflare's certificate at its edge reaches two labels deep; proxied, such a host is an error that says so.
#[test]
fn what_is_two_labels_deep_cannot_be_proxied() {
    for (file, host) in [("staging.yaml", "api.staging.sgcarstrends.com"), ("dev.yaml", "api.dev.sgcarstrends.com")] {
        let stage = file.strip_suffix(".yaml").unwrap();
        let project = project(&with(file, "proxied: false, certificate", "certificate"));
        let mut findings = Diagnostics::default();
        assert!(compile(&project, stage, &Renderer::new(), &mut findings).is_none());
        let found = findings.all().iter().find(|finding| finding.code.id == "DNS007").unwrap();
        assert!(found.title.contains(host), "{}", found.title);
        let layers = with(file, "certificate: ApiCertificate", "certificate: Wildcard");
        let mut findings = Diagnostics::default();
        let project = crate::support::project(&layers);
        assert!(
            compile(&project, stage, &Renderer::new(), &mut findings).is_none(),
            "the wildcard does not reach there"
        );
    }
}

/// The zone says that it is signed, and `dns diff` stops where Cloudflare says that it is not.
#[test]
fn a_zone_that_is_not_signed_stops_every_stage() {
    for said in SAID {
        let plan = plan(said.stage);
        assert!(plan.dnssec);
        let resolved = Resolved::of(&plan, String::new(), Vec::new(), Vec::new());
        let refused = |status: &str| {
            let (mut sources, mut findings) = (Sources::default(), Diagnostics::default());
            let answer = format!("{{\"success\": true, \"result\": {{\"status\": \"{status}\", \"flags\": 257}}}}");
            let settings = Settings::read(&[sources.add("dnssec.json", &answer)], &sources, &mut findings);
            let (snapshot, asked) = (Snapshot::of(&plan.zone, Vec::new()), Asked::default());
            let compared =
                Compared { resolved: &resolved, digest: "", snapshot: &snapshot, settings: &settings, asked: &asked };
            drop(gate(&compared, &mut findings));
            findings.has_errors()
        };
        assert_eq!((refused("active"), refused("disabled")), (false, true), "{}", said.stage);
    }
}
