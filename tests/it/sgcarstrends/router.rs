//! The router: a distribution for each served host, one certificate, HTTPS everywhere, what is kept at the edge.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{all, committed, folder};
use crate::stage::each_text;
use crate::support::json_of;

/// The configuration of each distribution of a stage.
fn configurations(stage: &crate::stage::Stage) -> Vec<&Json> {
    let ids = stage.ids("AWS::CloudFront::Distribution");
    assert_eq!(ids, BTreeSet::from(["CarsRouterApiDistribution", "CarsRouterWebDistribution"]), "{}", stage.name);
    ids.iter().map(|id| stage.at(&format!("{id}.DistributionConfig"))).collect()
}

fn behaviours(config: &Json) -> impl Iterator<Item = &Json> {
    std::iter::once(&config["DefaultCacheBehavior"]).chain(config["CacheBehaviors"].as_array().into_iter().flatten())
}

#[test]
fn each_host_has_a_distribution() {
    for (said, stage) in all() {
        for config in configurations(&stage) {
            assert_eq!(
                (&config["Enabled"], &config["IPV6Enabled"], &config["HttpVersion"]),
                (&json!(true), &json!(true), &json!("http2and3"))
            );
        }
        let origins = |host: &str| {
            let origins =
                stage.at(&format!("CarsRouter{host}Distribution.DistributionConfig.Origins")).as_array().unwrap();
            origins.iter().map(|origin| origin["Id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(origins("Web"), ["CarsWeb-server", "CarsWeb-image", "CarsWeb-files"], "{}", said.stage);
        assert_eq!(origins("Api"), ["CarsApi"], "{}", said.stage);
    }
}

/// It would answer for the hosts of previews that are gone.
#[test]
fn no_host_is_a_wildcard() {
    for (_, stage) in all() {
        for config in configurations(&stage) {
            assert!(!config["Aliases"].to_string().contains('*'), "{config}");
        }
    }
}

#[test]
fn www_leads_to_the_apex_on_prod_only() {
    for (said, stage) in all() {
        let code = stage.at("CarsRouterWebCarsWebViewerRequest.FunctionCode").as_str().unwrap();
        let redirect = "\"www.sgcarstrends.com\": \"sgcarstrends.com\",";
        assert_eq!(code.contains(redirect) && code.contains("statusCode: 301"), said.stage == "prod", "{}", said.stage);
        for json in stage.files.values() {
            each_text(json, &mut |text| assert!(said.stage == "prod" || !text.contains("www."), "{text}"));
        }
    }
}

#[test]
fn https_is_all_there_is() {
    for (_, stage) in all() {
        for config in configurations(&stage) {
            assert_eq!(config["ViewerCertificate"]["MinimumProtocolVersion"], "TLSv1.2_2021");
            for behaviour in behaviours(config) {
                assert_eq!(behaviour["ViewerProtocolPolicy"], "redirect-to-https");
                assert_eq!(
                    behaviour["ResponseHeadersPolicyId"],
                    json!({"Fn::ImportValue": "sgcarstrends-bootstrap-SiteHeaders"})
                );
            }
        }
    }
    let shared = json_of(&super::read("out/_bootstrap/ap-southeast-1.yaml"));
    let headers =
        &shared["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    let hsts =
        json!({"AccessControlMaxAgeSec": 63_072_000, "IncludeSubdomains": true, "Preload": false, "Override": true});
    assert_eq!(headers["StrictTransportSecurity"], hsts, "two years");
}

#[test]
fn files_are_kept_at_the_edge_and_answers_of_the_api_are_not() {
    let (optimized, disabled) = ("658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    for (_, stage) in all() {
        for config in configurations(&stage) {
            for behaviour in behaviours(config) {
                assert_eq!(behaviour["Compress"], true, "{behaviour}");
                let policy = match behaviour["TargetOriginId"].as_str().unwrap() {
                    "CarsWeb-files" => json!(optimized),
                    "CarsApi" => json!(disabled),
                    _ => json!({"Fn::ImportValue": "sgcarstrends-bootstrap-ServerCache"}),
                };
                assert_eq!(behaviour["CachePolicyId"], policy, "{behaviour}");
            }
        }
    }
}

/// One label deep, the shared wildcard covers a host; two labels deep it does not, and the stage has a certificate for it.
#[test]
fn certificates_cover_their_hosts() {
    for (said, stage) in all() {
        let two_deep = matches!(said.stage, "staging" | "dev");
        let own = stage.ids("AWS::CertificateManager::Certificate");
        assert_eq!(own.len(), usize::from(two_deep), "{}: {own:?}", said.stage);
        for (host, is_own) in [("Web", false), ("Api", two_deep)] {
            let parameter = if is_own { "ApiCertificateUsEast1Arn" } else { "WildcardUsEast1Arn" };
            let arn = format!("CarsRouter{host}Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn");
            assert_eq!(stage.at(&arn), &json!({ "Ref": parameter }), "{}", said.stage);
            let of = if is_own { said.stage } else { "shared" };
            let stacks = stage.files["index.yaml"]["stacks"].as_array().unwrap();
            let router =
                stacks.iter().find(|stack| stack["name"].as_str().unwrap().ends_with("-web-cars-router")).unwrap();
            let from = &router["parameters"][parameter];
            assert_eq!(
                (&from["stack"], &from["region"]),
                (&json!(format!("sgcarstrends-{of}-certificates")), &json!("us-east-1"))
            );
        }
        if two_deep {
            stage.says(&[
                ("ApiCertificateUsEast1.DomainName", json!(said.api)),
                ("ApiCertificateUsEast1.ValidationMethod", json!("DNS")),
            ]);
        }
    }
    let names = committed("shared").at("WildcardUsEast1.SubjectAlternativeNames").clone();
    assert_eq!(names, json!(["*.sgcarstrends.com"]), "{}", folder().display());
}
