//! The API: a function of two minutes behind the router, its environment, its secrets, who may call it from a browser.

use std::collections::BTreeSet;

use reggie_cfn::compile::compile;
use reggie_cfn::diag::Diagnostics;
use reggie_cfn::render::Renderer;
use serde_json::json;

use super::{all, committed, with};
use crate::stage::each_text;
use crate::support::project;

/// The variables of the document, and which secret fills each.
const ENVIRONMENT: [(&str, &str); 27] = [
    ("DATABASE_URL", "DatabaseUrl"),
    ("DISCORD_WEBHOOK_URL", "DiscordWebhookUrl"),
    ("DISCORD_WORKFLOW_WEBHOOK_URL", "DiscordWorkflowWebhookUrl"),
    ("FEATURE_FLAG_RATE_LIMIT", ""),
    ("GEMINI_API_KEY", "GeminiApiKey"),
    ("LINKEDIN_ACCESS_TOKEN", "LinkedinAccessToken"),
    ("LINKEDIN_CLIENT_ID", "LinkedinClientId"),
    ("LINKEDIN_CLIENT_SECRET", "LinkedinClientSecret"),
    ("LINKEDIN_ORGANISATION_ID", "LinkedinOrganisationId"),
    ("LINKEDIN_REFRESH_TOKEN", "LinkedinRefreshToken"),
    ("LINKEDIN_USER_ID", "LinkedinUserId"),
    ("NEXT_PUBLIC_REVALIDATE_TOKEN", "RevalidateToken"),
    // Ours: by this the code knows that a request came through CloudFront.
    ("ORIGIN_KEY", "OriginKey"),
    ("QSTASH_CURRENT_SIGNING_KEY", "QstashCurrentSigningKey"),
    ("QSTASH_NEXT_SIGNING_KEY", "QstashNextSigningKey"),
    ("QSTASH_TOKEN", "QstashToken"),
    ("SG_CARS_TRENDS_API_TOKEN", "SgCarsTrendsApiToken"),
    ("STAGE", ""),
    ("TELEGRAM_BOT_TOKEN", "TelegramBotToken"),
    ("TELEGRAM_CHANNEL_ID", "TelegramChannelId"),
    ("TWITTER_ACCESS_SECRET", "TwitterAccessSecret"),
    ("TWITTER_ACCESS_TOKEN", "TwitterAccessToken"),
    ("TWITTER_APP_KEY", "TwitterAppKey"),
    ("TWITTER_APP_SECRET", "TwitterAppSecret"),
    ("UPDATER_API_TOKEN", "UpdaterApiToken"),
    ("UPSTASH_REDIS_REST_TOKEN", "UpstashRedisRestToken"),
    ("UPSTASH_REDIS_REST_URL", "UpstashRedisRestUrl"),
];

#[test]
fn the_api_is_a_function_of_two_minutes() {
    for (_, stage) in all() {
        stage.says(&[
            ("CarsApi.Handler", json!("apps/api/src/index.handler")),
            ("CarsApi.Timeout", json!(120)),
            ("CarsApi.MemorySize", json!(1024)),
            ("CarsApi.PackageType", json!("Zip")),
            ("CarsApi.LoggingConfig.LogFormat", json!("JSON")),
        ]);
        assert!(stage.at("CarsApi.VpcConfig").is_null(), "it runs in no network of its own");
    }
}

#[test]
fn the_environment_of_the_api_is_that_of_the_document() {
    for (said, stage) in all() {
        let variables = stage.at("CarsApi.Environment.Variables").as_object().unwrap();
        let names: Vec<&str> = variables.keys().map(String::as_str).collect();
        assert_eq!(names, ENVIRONMENT.map(|(name, _)| name), "{}", said.stage);
        for (name, secret) in ENVIRONMENT {
            let value = match name {
                "STAGE" => said.stage.to_owned(),
                "FEATURE_FLAG_RATE_LIMIT" => "false".to_owned(),
                _ => format!("{{{{resolve:secretsmanager:sgcarstrends/{}:SecretString:{secret}}}}}", said.secrets),
            };
            assert_eq!(variables[name], value, "{}: {name}", said.stage);
        }
    }
}

/// Each stage has one secret, previews share that of dev, and no template holds a value.
#[test]
fn secrets_are_resolved_when_deployed() {
    let declared: BTreeSet<&str> = ENVIRONMENT.iter().map(|(_, secret)| *secret).filter(|s| !s.is_empty()).collect();
    for (said, stage) in all() {
        let manifest = &stage.files["manifest.yaml"];
        let names: BTreeSet<&str> = manifest["secrets"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, declared, "{}", said.stage);
        let stores = manifest["secrets"].as_object().unwrap().values();
        assert!(stores.into_iter().all(|secret| secret["store"] == "secrets_manager" && secret.get("value").is_none()));
        let mut resolved = BTreeSet::new();
        for json in stage.files.iter().filter(|(file, _)| !file.contains("manifest")).map(|(_, json)| json) {
            each_text(json, &mut |text| {
                assert!(!text.contains("{{resolve:ssm"), "{text}");
                for part in text.split("{{").skip(1) {
                    let inner = part.split_once("}}").unwrap().0;
                    let parts: Vec<&str> = inner.split(':').collect();
                    let ["resolve", "secretsmanager", of, "SecretString", name] = parts.as_slice() else {
                        panic!("{text}")
                    };
                    assert_eq!(*of, format!("sgcarstrends/{}", said.secrets));
                    resolved.insert((*name).to_owned());
                }
            });
        }
        assert!(resolved.iter().map(String::as_str).eq(declared.iter().copied()), "{}: {resolved:?}", said.stage);
        // A deploy stops before anything is made where one of them is missing.
        let deploy = super::read(&format!("out/{}/deploy.sh", said.stage)).replace("\\\n", " ");
        let asked = deploy.lines().find(|line| line.contains(" secrets required ")).unwrap();
        let asked: Vec<&str> = asked.split_whitespace().collect();
        assert_eq!(asked[..4], ["secrets", "required", "secrets_manager", &format!("sgcarstrends/{}", said.secrets)]);
        assert_eq!(asked[4..].iter().copied().collect::<BTreeSet<_>>(), declared);
    }
}

/// `public`, because a signature would overwrite the bearer token; what CloudFront adds tells its requests from all others.
#[test]
fn the_api_keeps_its_bearer_token() {
    for (said, stage) in all() {
        let config = stage.at("CarsRouterApiDistribution.DistributionConfig");
        let origin = &config["Origins"][0];
        let key = format!("{{{{resolve:secretsmanager:sgcarstrends/{}:SecretString:OriginKey}}}}", said.secrets);
        assert_eq!(origin["OriginCustomHeaders"], json!([{"HeaderName": "X-Origin-Key", "HeaderValue": key}]));
        assert_eq!(origin["DomainName"], stage.import("app-CarsApiHost"));
        assert_eq!(origin["CustomOriginConfig"]["OriginReadTimeout"], 120, "as long as the function");
        assert_eq!(origin["CustomOriginConfig"]["OriginProtocolPolicy"], "https-only");
        assert!(origin.get("OriginAccessControlId").is_none(), "nothing is signed");
        stage.says(&[("CarsApiUrl.AuthType", json!("NONE"))]);
        // AllViewerExceptHostHeader: the visitor's Authorization arrives. CachingDisabled: no answer is another visitor's.
        let behaviour = &config["DefaultCacheBehavior"];
        assert_eq!(behaviour["OriginRequestPolicyId"], "b689b0a8-53d0-40ab-baf2-68738e2966ac");
        assert_eq!(behaviour["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
        assert_eq!(behaviour["AllowedMethods"].as_array().unwrap().len(), 7);
    }
}

#[test]
fn only_prods_own_pages_may_call_the_api_from_a_browser() {
    for (said, stage) in all() {
        let origin = if said.stage == "prod" { "https://sgcarstrends.com" } else { "*" };
        stage.says(&[
            ("CarsApiUrl.Cors.AllowOrigins", json!([origin])),
            ("CarsApiUrl.Cors.AllowCredentials", json!(false)),
            ("CarsApiUrl.Cors.AllowHeaders", json!(["authorization", "content-type"])),
            ("CarsApiUrl.Cors.MaxAge", json!(86400)),
        ]);
    }
}

/// The role of the API may write its log, and nothing else: what it reads is in its environment, what it calls is not of AWS.
#[test]
fn roles_may_do_what_their_function_needs() {
    for (_, stage) in all() {
        let statements = stage.at("CarsApiPolicy.PolicyDocument.Statement").as_array().unwrap();
        let [write] = statements.as_slice() else { panic!("{statements:?}") };
        assert_eq!(write["Action"], json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
        assert_eq!(write["Resource"], json!({"Fn::GetAtt": "CarsApiLogs.Arn"}));
        for id in stage.ids("AWS::IAM::Policy") {
            for statement in stage.at(&format!("{id}.PolicyDocument.Statement")).as_array().unwrap() {
                let resources = statement["Resource"].to_string();
                assert!(!resources.contains("\"*\""), "{id}: {statement}");
                assert!(!statement["Action"].to_string().contains('*'), "{id}: {statement}");
            }
        }
    }
}

#[test]
fn no_gateway_stands_before_it() {
    for (_, stage) in all() {
        assert!(stage.ids("AWS::ApiGatewayV2::Api").is_empty() && stage.ids("AWS::ApiGateway::RestApi").is_empty());
    }
    assert!(committed("prod").ids("AWS::Lambda::Url").contains("CarsApiUrl"));
}

/// An HTTP API answers within 30 seconds, whatever the function does: behind one, two minutes do not compile.
#[test]
fn behind_an_http_api_two_minutes_are_an_error() {
    let gateway = "  CarsGateway:\n    type: http_api\n    routes: {$default: CarsApi}\n\n  CarsWeb:\n    type: ";
    let project = project(&with("base.yaml", "  CarsWeb:\n    type: ", gateway));
    let mut findings = Diagnostics::default();
    assert!(compile(&project, "prod", &Renderer::new(), &mut findings).is_none());
    let found = findings.all().iter().find(|finding| finding.code.id == "CFN152").unwrap();
    let text = format!("{found:?}");
    for word in ["120 seconds", "30 seconds", "CarsApi"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}
