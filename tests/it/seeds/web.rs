//! Reggie's web half: its two sites, their hosts, and what stands between them and their visitors.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{committed, deployed};
use crate::stage::Stage;
use crate::support::{read, root};

const SITES: [&str; 2] = ["ReggieAdmin", "ReggieWeb"];

/// Whether a resource is one of a site's.
pub(super) fn is_of_a_site(id: &str) -> bool {
    SITES.iter().any(|site| id.starts_with(site))
}

/// What OpenNext needs of its own bucket, queue and table, and what the link to a secret grants: nothing else.
#[test]
fn servers_may_use_what_is_their_own() {
    for stage in deployed() {
        for site in SITES {
            let statements = stage.at(&format!("{site}ServerPolicy.PolicyDocument.Statement")).as_array().unwrap();
            let named: Vec<(&str, String)> = statements
                .iter()
                .map(|s| (s["Sid"].as_str().unwrap(), s["Resource"].to_string().replace(site, "")))
                .collect();
            let parameter = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter";
            let secret = json!({"Fn::Sub": format!("{parameter}/reggie/{}/ClerkSecretKey", stage.name)}).to_string();
            let expected = [
                ("WriteLog", json!({"Fn::GetAtt": "ServerLogs.Arn"}).to_string()),
                ("ReadClerkSecretKey", secret),
                ("Pages", json!({"Fn::Sub": "${Bucket.Arn}/_cache/*"}).to_string()),
                ("ListPages", json!({"Fn::GetAtt": "Bucket.Arn"}).to_string()),
                ("Revalidate", json!({"Fn::GetAtt": "RevalidationQueue.Arn"}).to_string()),
                (
                    "Tags",
                    json!([{"Fn::GetAtt": "TagTable.Arn"}, {"Fn::Sub": "${TagTable.Arn}/index/revalidate"}])
                        .to_string(),
                ),
            ];
            assert_eq!(named, expected, "{}: {site}", stage.name);
        }
        for (id, body) in stage.resources().filter(|(_, body)| body["Type"] == "AWS::IAM::Policy") {
            for statement in body["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap() {
                assert_ne!(statement["Resource"], "*", "{id}");
                assert!(!statement["Action"].to_string().contains('*'), "{id}");
            }
        }
    }
}

#[test]
fn reggie_web_and_admin_are_next_js_sites_of_cloudfront_lambda_s3_sqs_and_dynamodb() {
    for stage in deployed() {
        let all = |suffix: &str| SITES.map(|site| format!("{site}{suffix}"));
        for (of, suffixes) in [
            ("AWS::CloudFront::Distribution", vec!["Distribution"]),
            ("AWS::CloudFront::Function", vec!["ViewerRequest"]),
            ("AWS::S3::Bucket", vec!["Bucket"]),
            ("AWS::S3::BucketPolicy", vec!["BucketPolicy"]),
            ("AWS::SQS::Queue", vec!["RevalidationQueue", "RevalidationDeadLetters"]),
            ("AWS::Lambda::EventSourceMapping", vec!["RevalidationConsumer"]),
            ("AWS::DynamoDB::Table", vec!["TagTable"]),
            ("AWS::Lambda::Url", vec!["ServerUrl", "ImageUrl"]),
        ] {
            let expected: BTreeSet<String> = suffixes.iter().flat_map(|suffix| all(suffix)).collect();
            assert_eq!(stage.ids(of), expected.iter().map(String::as_str).collect(), "{}: {of}", stage.name);
        }
        for (site, path) in [("ReggieAdmin", "reggie-admin"), ("ReggieWeb", "reggie-web")] {
            for part in ["Server", "Image", "Revalidation"] {
                let code = format!("reggie/{site}/${{{site}Build}}/{}.zip", part.to_lowercase());
                stage.says(&[
                    (&format!("{site}{part}.Runtime"), json!("nodejs22.x")),
                    (&format!("{site}{part}.Handler"), json!("index.handler")),
                    (&format!("{site}{part}.Architectures"), json!(["arm64"])),
                    (&format!("{site}{part}.Code.S3Key"), json!({"Fn::Sub": code})),
                ]);
            }
            assert!(stage.files[&format!("web-{path}.yaml")]["Resources"].get(format!("{site}Server")).is_some());
        }
    }
}

#[test]
fn the_six_hosts_are_served_with_certificates_of_the_right_region() {
    let hosts = [
        ("production", "getreggie.io", "admin.getreggie.io", "api.getreggie.io"),
        ("staging", "staging.getreggie.io", "staging-admin.getreggie.io", "staging-api.getreggie.io"),
    ];
    for (stage, web, admin, api) in hosts {
        let stage = committed(stage);
        for (site, host) in [("ReggieWeb", web), ("ReggieAdmin", admin)] {
            let certificate = format!("{site}Certificate");
            stage.says(&[
                (&format!("{site}Distribution.DistributionConfig.Aliases"), json!([host])),
                (
                    &format!("{site}Distribution.DistributionConfig.ViewerCertificate"),
                    json!({
                        "AcmCertificateArn": {"Ref": format!("{certificate}Arn")},
                        "MinimumProtocolVersion": "TLSv1.2_2021",
                        "SslSupportMethod": "sni-only",
                    }),
                ),
                (&format!("{certificate}.DomainName"), json!(host)),
                (&format!("{certificate}.ValidationMethod"), json!("DNS")),
            ]);
            let american = &stage.files["certificates.us-east-1.yaml"]["Resources"];
            assert!(american.get(&certificate).is_some(), "{certificate} is not in us-east-1");
        }
        stage.says(&[("ReggieApiCertificate.DomainName", json!(api)), ("ReggieApiDomainName.DomainName", json!(api))]);
        assert!(stage.files["certificates.yaml"]["Resources"].get("ReggieApiCertificate").is_some());
    }
}

#[test]
fn the_servers_answer_to_signed_requests_of_their_distribution_only() {
    for stage in deployed() {
        for site in SITES {
            for part in ["Server", "Image"] {
                let function = format!("{site}{part}");
                assert_eq!(stage.at(&format!("{function}Url.AuthType")), "AWS_IAM");
                // Both, or every request is answered 403.
                for (permission, action, through) in [
                    ("UrlPermission", "lambda:InvokeFunctionUrl", Json::Null),
                    ("InvokePermission", "lambda:InvokeFunction", json!(true)),
                ] {
                    let arn = format!(
                        "arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{site}Distribution}}"
                    );
                    stage.says(&[
                        (&format!("{function}{permission}.Action"), json!(action)),
                        (&format!("{function}{permission}.Principal"), json!("cloudfront.amazonaws.com")),
                        (&format!("{function}{permission}.SourceArn"), json!({"Fn::Sub": arn})),
                        (&format!("{function}{permission}.InvokedViaFunctionUrl"), through),
                    ]);
                }
            }
            let config = stage.at(&format!("{site}Distribution.DistributionConfig"));
            let signer = json!([{
                "EventType": "origin-request",
                "IncludeBody": true,
                "LambdaFunctionARN": {"Ref": format!("{site}SignerArn")},
            }]);
            assert_eq!(config["DefaultCacheBehavior"]["LambdaFunctionAssociations"], signer);
            assert!(stage.files["edge.us-east-1.yaml"]["Resources"].get(format!("{site}Signer")).is_some());
        }
    }
}

/// Pages and files must not be mixed up, whatever a path is: the order is that of CloudFront, first come first served.
#[test]
fn pages_go_to_the_servers_and_files_to_the_bucket() {
    for stage in deployed() {
        for site in SITES {
            let config = stage.at(&format!("{site}Distribution.DistributionConfig"));
            let behaviours = config["CacheBehaviors"].as_array().unwrap();
            let answers = |path: &str| {
                let fits = |b: &&Json| {
                    let pattern = b["PathPattern"].as_str().unwrap();
                    pattern.strip_suffix('*').map_or(pattern == path, |start| path.starts_with(start))
                };
                behaviours.iter().find(fits).unwrap_or(&config["DefaultCacheBehavior"])
            };
            for (path, origin) in [
                ("/", "server"),
                ("/cars/ab12", "server"),
                ("/_next/data/x/index.json", "server"),
                ("/_next/image", "image"),
                ("/_next/static/chunks/main.js", "files"),
                ("/BUILD_ID", "files"),
                ("/favicon.ico", "files"),
                ("/images/a/b.png", "files"),
            ] {
                let found = answers(path);
                assert_eq!(found["TargetOriginId"], origin, "{}: {path}", stage.name);
                let is_file = origin == "files";
                assert_eq!(found.get("OriginRequestPolicyId").is_none(), is_file, "the Host of a visitor is not S3's");
                assert_eq!(found.get("FunctionAssociations").is_none(), is_file, "{path}");
                assert_eq!(found["AllowedMethods"].as_array().unwrap().len(), if origin == "server" { 7 } else { 3 });
                assert_eq!(found["ViewerProtocolPolicy"], "redirect-to-https");
                let policy = json!({"Fn::ImportValue": "reggie-bootstrap-ServerCache"});
                assert_eq!(found["CachePolicyId"] == policy, !is_file, "{path}");
                let headers = json!({"Fn::ImportValue": "reggie-bootstrap-SiteHeaders"});
                assert_eq!(found["ResponseHeadersPolicyId"], headers);
            }
        }
    }
}

#[test]
fn the_build_of_a_site_is_told_public_values_only() {
    for (stage, api) in [("production", "api.getreggie.io"), ("staging", "staging-api.getreggie.io")] {
        for site in ["reggie-web", "reggie-admin"] {
            let env = read(format!("out/{stage}/{site}.build.env"));
            let lines: Vec<&str> = env.lines().skip(2).collect();
            assert_eq!(
                lines,
                [
                    &format!("NEXT_PUBLIC_API_URL=https://{api}"),
                    &format!(
                        "# NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is filled when deployed: <parameter /reggie/{stage}/ClerkPublishableKey>"
                    ),
                    &format!("STAGE={stage}"),
                ]
            );
        }
    }
}

#[test]
fn sites_of_a_developers_stage_have_the_names_that_cloudfront_gives() {
    let stage = Stage::compiled(&root(), "dev-anna");
    for site in SITES {
        let config = stage.at(&format!("{site}Distribution.DistributionConfig"));
        assert!(config.get("Aliases").is_none() && config.get("ViewerCertificate").is_none());
        assert_eq!(stage.at(&format!("{site}ServerUrl.AuthType")), "NONE");
    }
    assert!(stage.ids("AWS::CertificateManager::Certificate").is_empty());
    assert!(stage.ids("AWS::Lambda::Version").is_empty(), "nothing is made at the edge");
}

/// A release changes parameters, never a template: what changes with the code is not in any.
#[test]
fn a_code_only_release_changes_no_template() {
    for stage in deployed() {
        for (file, text) in stage.files.iter().filter(|(file, _)| file.as_str() != "index.yaml") {
            let parameters = text["Parameters"].as_object().cloned().unwrap_or_default();
            let releases = parameters.iter().filter(|(name, _)| {
                name.ends_with("Code")
                    || name.ends_with("Image")
                    || name.ends_with("Build")
                    || *name == "ArtifactBucket"
            });
            for (name, parameter) in releases {
                assert!(parameter.get("Default").is_none(), "{file}: {name}");
                assert!(parameter["AllowedPattern"].is_string(), "{file}: {name}");
            }
        }
        let functions = stage.resources().filter(|(_, body)| body["Type"] == "AWS::Lambda::Function");
        for (id, body) in functions.filter(|(id, _)| !id.ends_with("Signer")) {
            let code = body["Properties"]["Code"].to_string();
            assert!(code.contains("Build}") || code.contains("Code}") || code.contains("Image\""), "{id}: {code}");
        }
    }
}
