//! `examples/api-gateway`: authorizers, throttling, logs of requests, CORS by stage, and a network where it is asked for.

use serde_json::json;

use crate::stage::Stage;
use crate::support::root;

fn committed(stage: &str) -> Stage {
    Stage::committed(&root().join("examples/api-gateway"), stage)
}

#[test]
fn routes_say_who_may_call_them() {
    for stage in ["production", "staging"].map(committed) {
        let routes = stage.ids("AWS::ApiGatewayV2::Route");
        let who = |key: &str| {
            let route = routes.iter().find(|id| stage.at(&format!("{id}.RouteKey")) == key);
            let route = route.unwrap_or_else(|| panic!("no route {key}"));
            let kind = stage.at(&format!("{route}.AuthorizationType")).as_str().unwrap_or("NONE").to_owned();
            (kind, stage.at(&format!("{route}.AuthorizerId")).clone())
        };
        assert_eq!(who("GET /health"), ("NONE".to_owned(), json!(null)));
        assert_eq!(who("GET /makes/{make}"), ("JWT".to_owned(), json!({"Ref": "ApiAuthorizerLogin"})));
        assert_eq!(who("POST /imports"), ("CUSTOM".to_owned(), json!({"Ref": "ApiAuthorizerPartner"})));
        stage.says(&[
            ("ApiAuthorizerLogin.JwtConfiguration.Issuer", json!("https://login.example.com")),
            ("ApiAuthorizerLogin.JwtConfiguration.Audience", json!(["car-facts"])),
            ("ApiAuthorizerPartner.AuthorizerResultTtlInSeconds", json!(300)),
            ("ApiAuthorizerPartner.EnableSimpleResponses", json!(true)),
            ("ApiAuthorizerPartner.IdentitySource", json!(["$request.header.X-Api-Key", "$context.routeKey"])),
        ]);
    }
}

#[test]
fn requests_are_throttled_where_that_is_written() {
    let of = |stage: &str| committed(stage).at("ApiStage.DefaultRouteSettings").clone();
    let production = of("production");
    assert_eq!((&production["ThrottlingRateLimit"], &production["ThrottlingBurstLimit"]), (&json!(50), &json!(100)));
    assert!(of("staging").get("ThrottlingRateLimit").is_none(), "off unless written");
}

#[test]
fn requests_are_logged_without_tokens() {
    for (stage, days) in [("production", 90), ("staging", 7)] {
        let stage = committed(stage);
        stage.says(&[("ApiAccessLog.RetentionInDays", json!(days))]);
        let format = stage.at("ApiStage.AccessLogSettings.Format").as_str().unwrap();
        assert!(format.contains("$context.requestId") && !format.to_lowercase().contains("header"), "{format}");
    }
}

#[test]
fn pages_and_networks_differ_by_stage() {
    for (stage, origin, in_network) in [("production", "https://facts.example.com", true), ("staging", "*", false)] {
        let stage = committed(stage);
        stage.says(&[("Api.CorsConfiguration.AllowOrigins", json!([origin]))]);
        assert_eq!(stage.ids("AWS::EC2::VPC").len(), usize::from(in_network));
        assert_eq!(stage.at("Facts.VpcConfig").is_object(), in_network, "{}", stage.name);
    }
}
