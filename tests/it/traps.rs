//! `docs/traps.md`: what it calls impossible is so in every template that we have, and what it names is there.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use crate::support::{compiled, deployed, json_of, project_of, read, root};

/// Every template of every golden: its name for messages, and itself.
static TEMPLATES: LazyLock<Vec<(String, Json)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (folder, stage) in deployed() {
        let files = compiled(&project_of(&folder), &stage).files;
        let others = ["index.yaml", "manifest.yaml"];
        let is_template =
            |name: &&String| name.ends_with(".yaml") && !name.contains('/') && !others.contains(&name.as_str());
        for name in files.keys().filter(is_template) {
            all.push((format!("{}/{stage}/{name}", folder.display()), json_of(&files[name])));
        }
    }
    assert!(all.len() > 60, "only {} templates", all.len());
    all
});

/// Calls `check` with every resource of a type: the template, the logical id, the resource. Fails where there is none.
fn each(of: &str, check: &mut dyn FnMut(&Json, &str, &Json)) {
    let mut count = 0;
    for (name, template) in TEMPLATES.iter() {
        for (id, resource) in template["Resources"].as_object().unwrap() {
            if resource["Type"].as_str().unwrap().starts_with(of) {
                check(template, &format!("{name}: {id}"), resource);
                count += 1;
            }
        }
    }
    assert!(count > 0, "no {of} in any template");
}

#[test]
fn mappings_wait_for_their_policy() {
    each("AWS::Lambda::EventSourceMapping", &mut |template, id, mapping| {
        let policy = mapping["DependsOn"].as_str().unwrap_or_else(|| panic!("{id} waits for nothing"));
        let statements = template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"].to_string();
        let source = mapping["Properties"]["EventSourceArn"].to_string();
        assert!(statements.contains(&source), "{id}: {policy} says nothing of {source}");
    });
    each("AWS::Lambda::Function", &mut |template, id, function| {
        if function["Properties"].get("VpcConfig").is_some() {
            let role = function["Properties"]["Role"]["Fn::GetAtt"].as_str().unwrap().trim_end_matches(".Arn");
            let managed = template["Resources"][role]["Properties"]["ManagedPolicyArns"].to_string();
            assert!(managed.contains("AWSLambdaVPCAccessExecutionRole"), "{id}");
        }
    });
}

#[test]
fn mappings_ask_what_failed() {
    each("AWS::Lambda::EventSourceMapping", &mut |_, id, mapping| {
        assert_eq!(mapping["Properties"]["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{id}");
    });
}

#[test]
fn certificates_stand_alone() {
    each("AWS::CertificateManager::Certificate", &mut |template, id, _| {
        for (other, resource) in template["Resources"].as_object().unwrap() {
            assert_eq!(resource["Type"], "AWS::CertificateManager::Certificate", "{id} stands beside {other}");
        }
    });
}

/// Properties that name something in AWS. Listed are types that cannot do without, and those whose name must be known beforehand:
/// of logs that another service writes, of a rule whose ARN stands in what lets it in.
#[test]
fn names_are_given_only_where_they_must() {
    const MUST: &[&str] = &[
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ApiGatewayV2::Stage",
        "AWS::Backup::BackupVault",
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::Function",
        // People look for it by its name.
        "AWS::CloudWatch::Dashboard",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "AWS::EC2::VPCEndpoint",
        "AWS::Events::Rule",
        "AWS::IAM::Policy",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBProxy",
        "AWS::RDS::DBProxyTargetGroup",
        "AWS::Route53::RecordSet",
    ];
    let mut wrong = BTreeSet::new();
    each("AWS::", &mut |_, id, resource| {
        let of = resource["Type"].as_str().unwrap();
        // `AWS::S3::Bucket` is named by `BucketName` or `Name`.
        let noun = of.rsplit("::").next().unwrap();
        let named = [format!("{noun}Name"), "Name".to_owned()];
        for key in named.iter().filter(|key| resource["Properties"].get(key.as_str()).is_some()) {
            if !MUST.contains(&of) {
                wrong.insert(format!("{}, {of}, has a {key}", id.rsplit('/').next().unwrap()));
            }
        }
    });
    // Two that manifests themselves write, in a `resource`.
    let written = [
        "app.yaml: Alarms, AWS::SNS::Topic, has a TopicName",
        "edge.us-east-1.yaml: EdgeLog, AWS::SSM::Parameter, has a Name",
    ];
    assert_eq!(wrong, written.map(str::to_owned).into());
}

#[test]
fn nothing_is_encrypted_with_a_key_that_it_may_not_use() {
    for of in ["AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::SecretsManager::Secret"] {
        each(of, &mut |_, id, resource| {
            for key in ["KmsKeyId", "KmsKeyArn", "KmsMasterKeyId"] {
                assert!(resource["Properties"].get(key).is_none(), "{id} has a {key}");
            }
        });
    }
}

#[test]
fn functions_at_the_edge_are_versions_that_stay() {
    let mut signers = 0;
    each("AWS::Lambda::Version", &mut |template, id, version| {
        let function = version["Properties"]["FunctionName"]["Ref"].as_str().unwrap();
        assert_eq!(version["DeletionPolicy"], "Retain", "{id}");
        let made = &template["Resources"][function];
        let role = made["Properties"]["Role"]["Fn::GetAtt"].as_str().unwrap().trim_end_matches(".Arn");
        for stays in [made, &template["Resources"][role]] {
            assert_eq!(stays["DeletionPolicy"], "RetainExceptOnCreate", "{id}");
        }
        assert!(made["Properties"].get("Environment").is_none() && made["Properties"].get("VpcConfig").is_none());
        signers += 1;
    });
    let mut associated = 0;
    each("AWS::CloudFront::Distribution", &mut |_, id, distribution| {
        let text = distribution.to_string();
        associated += text.matches("LambdaFunctionARN").count();
        // A parameter or a `Ref` of a version: never the ARN of the function itself.
        assert!(!text.contains(r#""LambdaFunctionARN":{"Fn::GetAtt""#), "{id}");
    });
    assert!(signers > 0 && associated > 0);
}

#[test]
fn functions_of_cloudfront_are_published() {
    each("AWS::CloudFront::Function", &mut |_, id, function| {
        assert_eq!(function["Properties"]["AutoPublish"], true, "{id}");
        assert!(function["Properties"]["FunctionCode"].as_str().unwrap().len() <= 10_240, "{id}");
    });
}

#[test]
fn a_nat_instance_waits_for_its_route_and_signals() {
    let mut count = 0;
    each("AWS::EC2::Instance", &mut |_, id, instance| {
        if !id.contains("Nat") {
            return;
        }
        count += 1;
        assert!(instance["DependsOn"].to_string().contains("DefaultRoute"), "{id}");
        assert!(instance["CreationPolicy"]["ResourceSignal"].is_object(), "{id}");
    });
    each("AWS::EC2::LaunchTemplate", &mut |_, id, launch| {
        let script = launch["Properties"]["LaunchTemplateData"]["UserData"].to_string();
        let at = |what: &str| script.find(what).unwrap_or_else(|| panic!("{id}: no {what}"));
        assert!(at("swapon") < at("dnf -y"), "{id}: the swap comes too late");
        assert!(at("trap") < at("dnf -y") && script.contains("cfn-signal"), "{id}");
    });
    assert!(count > 0);
}

#[test]
fn cloudfront_has_both_permissions() {
    let pairs = std::cell::Cell::new(0);
    each("AWS::CloudFront::Distribution", &mut |template, id, distribution| {
        for origin in distribution["Properties"]["DistributionConfig"]["Origins"].as_array().unwrap() {
            let is_signed = origin.get("OriginAccessControlId").is_some() && origin.get("CustomOriginConfig").is_some();
            if !is_signed {
                continue;
            }
            let host = origin["DomainName"].to_string();
            // A function that stands elsewhere is known by its output: its permissions name that.
            let function = host.split('"').find_map(|part| part.strip_suffix("Url.FunctionUrl"));
            let is_its = |permission: &Json| {
                let named = permission["Properties"]["FunctionName"].to_string();
                function.is_none_or(|function| named.contains(&format!("\"{function}.Arn\"")))
            };
            let permissions: BTreeSet<&str> = template["Resources"]
                .as_object()
                .unwrap()
                .values()
                .filter(|r| {
                    r["Type"] == "AWS::Lambda::Permission" && r["Properties"]["Principal"] == "cloudfront.amazonaws.com"
                })
                .filter(|r| is_its(r))
                .filter_map(|r| r["Properties"]["Action"].as_str())
                .collect();
            let both = BTreeSet::from(["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]);
            assert_eq!(permissions, both, "{id}");
            pairs.set(pairs.get() + 1);
        }
    });
    each("AWS::Lambda::Permission", &mut |_, id, permission| {
        // Everyone, or a service on behalf of someone who is named.
        let properties = &permission["Properties"];
        let public = properties["Principal"] == "*";
        assert!(public || properties.get("SourceArn").is_some(), "{id}");
    });
    assert!(pairs.get() > 0);
}

#[test]
fn no_parameter_has_a_default() {
    let mut count = 0;
    for (name, template) in TEMPLATES.iter() {
        for (parameter, body) in template["Parameters"].as_object().into_iter().flatten() {
            assert!(body.get("Default").is_none(), "{name}: {parameter}");
            count += 1;
        }
    }
    assert!(count > 20);
}

#[test]
fn code_is_named_by_its_content() {
    let mut count = 0;
    for (name, template) in TEMPLATES.iter() {
        for (parameter, body) in template["Parameters"].as_object().into_iter().flatten() {
            let says = |suffix: &str, pattern: &str| {
                if parameter.ends_with(suffix) && body["Description"].as_str().is_some_and(|d| !d.starts_with("Output"))
                {
                    assert!(body["AllowedPattern"].as_str().unwrap().contains(pattern), "{name}: {parameter}");
                    return 1;
                }
                0
            };
            count +=
                says("Code", "[0-9a-f]{64}") + says("Build", "[0-9a-f]{64}") + says("Image", "@sha256:[0-9a-f]{64}");
        }
    }
    assert!(count > 10);
}

#[test]
fn a_site_is_one_release() {
    let mut sites = 0;
    for (name, template) in TEMPLATES.iter() {
        let parameters = template["Parameters"].as_object().cloned().unwrap_or_default();
        let builds: Vec<&String> = parameters.keys().filter(|p| p.ends_with("Build")).collect();
        let [build] = builds.as_slice() else { continue };
        sites += 1;
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let key = &resource["Properties"]["Code"]["S3Key"];
            if !key.is_null() {
                assert!(key.to_string().contains(&format!("${{{build}}}/")), "{name}: {id}");
            }
        }
    }
    assert!(sites > 0);
}

#[test]
fn pages_are_kept_only_if_the_server_says_so() {
    let bootstrap = json_of(&read("out/_bootstrap/eu-west-2.yaml"));
    for policy in ["ServerCache", "RouterCache"] {
        let config = &bootstrap["Resources"][policy]["Properties"]["CachePolicyConfig"];
        assert_eq!((&config["MinTTL"], &config["DefaultTTL"]), (&json!(0), &json!(0)), "{policy}");
    }
    each("AWS::CloudFront::Distribution", &mut |_, id, distribution| {
        // One is raw CloudFormation, which says what its manifest says.
        if id.contains("11-certificate/") {
            return;
        }
        let errors = distribution["Properties"]["DistributionConfig"]["CustomErrorResponses"].as_array().unwrap();
        let codes: Vec<u64> = errors.iter().map(|error| error["ErrorCode"].as_u64().unwrap()).collect();
        assert_eq!(codes, [400, 403, 404, 405, 414, 500, 501, 502, 503, 504], "{id}");
        assert!(errors.iter().all(|error| error["ErrorCachingMinTTL"] == 0), "{id}");
    });
    let key = &bootstrap["Resources"]["ServerCache"]["Properties"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        ["HeadersConfig"]["Headers"];
    assert!(key.as_array().unwrap().contains(&json!("x-open-next-cache-key")));
}

/// Tests, fixtures and files that the page names.
#[test]
fn what_the_page_names_is_there() {
    let page = read("docs/traps.md");
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert_eq!(rows.len(), 26);
    let own = read("tests/it/traps.rs");
    let (mut tests, mut fixtures) = (0, 0);
    for row in rows {
        assert!(["Impossible", "Error", "Outside"].iter().any(|answer| row.contains(answer)), "{row}");
        for name in row.split('`').skip(1).step_by(2) {
            if let Some(test) = name.strip_prefix("traps::") {
                assert!(own.contains(&format!("fn {test}()")), "there is no test `{test}`");
                tests += 1;
            } else if name.starts_with("templates/") {
                assert!(root().join(name).is_file(), "there is no {name}");
            } else if name.starts_with("CFN") || name.starts_with("REF") {
                assert!(root().join("tests/errors").join(name).is_dir(), "there is no tests/errors/{name}");
                fixtures += 1;
            }
        }
    }
    assert!(tests >= 12 && fixtures >= 12, "{tests} tests, {fixtures} fixtures");
}
