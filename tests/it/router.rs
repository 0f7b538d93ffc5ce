//! Routers: what must hold however hosts and routes are written.

use serde_json::{Value as Json, json};

use crate::support::{compiled, json_of, project};

const BASE: &str = "\
project: shop
region: eu-west-2
zone: {name: shop.example, provider: cloudflare}
log_days: 7
components:
  Api:
    type: function
    runtime: nodejs22.x
    zip: {path: api, handler: index.handler}
    timeout: 120
    url: {protection: public}
  Files: {type: bucket, versioning: false}
  Site: {type: nextjs, path: web, protection: public, base_path: /docs}
";
const STAGE: &str = "stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\n";

/// The templates of a stage with these components besides.
fn built(components: &str) -> Vec<(String, Json)> {
    let base = format!("{BASE}{components}");
    let files = compiled(&project(&[("base.yaml", base.as_str()), ("production.yaml", STAGE)]), "production").files;
    files.iter().filter(|(name, _)| name.ends_with(".yaml")).map(|(name, text)| (name.clone(), json_of(text))).collect()
}

/// The template of the router `Front`.
fn front(components: &str) -> Json {
    built(components).into_iter().find(|(name, _)| name == "web-front.yaml").expect("a stack of its own").1
}

/// The distribution of that logical id.
fn distribution<'a>(template: &'a Json, id: &str) -> &'a Json {
    &template["Resources"][id]["Properties"]["DistributionConfig"]
}

#[test]
fn another_host_changes_nothing_that_is_there() {
    let one = "  Front:\n    type: router\n    hosts: {main: shop.example}\n    routes: {all: Api}\n";
    let two = "  Front:\n    type: router\n    hosts:\n      main: shop.example\n      admin: {name: admin.shop.example, to: Files}\n    routes: {all: Api}\n";
    let (one, two) = (front(one), front(two));
    for (id, resource) in one["Resources"].as_object().unwrap() {
        assert_eq!(&two["Resources"][id], resource, "{id}");
    }
    assert!(two["Resources"]["FrontAdminDistribution"].is_object());
}

#[test]
fn a_site_below_a_path_brings_its_first_page_too() {
    let template = front(
        "  Front:\n    type: router\n    routes:\n      all: Api\n      docs: {path: /docs/*, to: Site}\n      api: {path: /v1/*, to: Api, strip: true}\n",
    );
    let config = distribution(&template, "FrontDistribution");
    let behaviours = config["CacheBehaviors"].as_array().unwrap();
    let to = |path: &str| {
        let found = behaviours.iter().find(|b| b["PathPattern"] == path);
        found.unwrap_or_else(|| panic!("no {path}"))["TargetOriginId"].clone()
    };
    assert_eq!(config["DefaultCacheBehavior"]["TargetOriginId"], "Api");
    for path in ["/docs", "/docs/*", "/docs/_next/data/*"] {
        assert_eq!(to(path), "Site-server", "{path}");
    }
    assert_eq!(to("/docs/_next/*"), "Site-files");
    assert_eq!(to("/v1/*"), "Api");
    // One origin, whatever leads to it; as long as CloudFront waits at all.
    let origins = config["Origins"].as_array().unwrap();
    let api: Vec<&Json> = origins.iter().filter(|o| o["Id"] == "Api").collect();
    assert_eq!(api.len(), 1);
    assert_eq!(api[0]["CustomOriginConfig"]["OriginReadTimeout"], 120);
    // Paths lose their prefix where they shall, and nowhere else.
    let code = |id: &str| template["Resources"][id]["Properties"]["FunctionCode"].as_str().unwrap().to_owned();
    assert!(code("FrontStripViewerRequest").contains("[\"/v1\", true]"));
    assert!(!code("FrontViewerRequest").contains("slice(") && !code("FrontSiteViewerRequest").contains("slice("));
}

#[test]
fn what_is_kept_below_a_prefix_that_is_taken_off_is_told_apart() {
    let template = front(
        "  Front:\n    type: router\n    routes:\n      all: Api\n      a: {path: /a/*, to: Files, strip: true}\n      b: {path: /b/*, to: Api, strip: true, cache: {}}\n      c: {path: /c/*, to: Api, strip: true, cache: {query: none}}\n      d: {path: /d/*, to: Files}\n      e: {path: /e/*, to: Files, cache: none}\n",
    );
    let config = distribution(&template, "FrontDistribution");
    let policy = |path: &str| {
        let found = config["CacheBehaviors"].as_array().unwrap().iter().find(|b| b["PathPattern"] == path).unwrap();
        // A bucket, and whoever is asked for what is kept, sees nothing else of a request.
        assert!(found.get("OriginRequestPolicyId").is_none(), "{path}");
        assert_eq!(found["AllowedMethods"], json!(["GET", "HEAD", "OPTIONS"]), "{path}");
        found["CachePolicyId"].clone()
    };
    assert_eq!(policy("/a/*"), json!({"Fn::ImportValue": "shop-bootstrap-FilesCache"}));
    assert_eq!(policy("/b/*"), json!({"Fn::ImportValue": "shop-bootstrap-RouterCache"}));
    assert_eq!(policy("/c/*"), json!({"Ref": "FrontCCache"}));
    assert_eq!(policy("/d/*"), "658327ea-f89d-4fab-a63d-7e88639e58f6");
    assert_eq!(policy("/e/*"), "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    let key = &template["Resources"]["FrontCCache"]["Properties"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!(key["HeadersConfig"]["Headers"], json!(["x-forwarded-host", "x-forwarded-prefix"]));
    // And no visitor writes what tells them apart.
    let code = template["Resources"]["FrontViewerRequest"]["Properties"]["FunctionCode"].as_str().unwrap();
    assert!(code.contains("delete headers['x-forwarded-prefix'];") && code.contains("headers['x-forwarded-host'] ="));
}

#[test]
fn a_bucket_lets_nobody_list_it() {
    let all = built("  Front: {type: router, routes: {all: Files}}\n");
    let (_, data) = all.iter().find(|(name, _)| name == "data.yaml").unwrap();
    let statements = &data["Resources"]["FilesPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let reads = statements.as_array().unwrap().iter().find(|s| s["Sid"] == "CloudFrontReads").unwrap();
    assert_eq!(reads["Action"], "s3:GetObject");
    let any = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*";
    assert_eq!(reads["Condition"], json!({"ArnLike": {"aws:SourceArn": {"Fn::Sub": any}}}));
    assert!(!statements.to_string().contains("s3:ListBucket"));
    // Without a router nobody is let in.
    let alone = built("");
    let (_, data) = alone.iter().find(|(name, _)| name == "data.yaml").unwrap();
    assert!(!data.to_string().contains("cloudfront"));
}

#[test]
fn a_wildcard_is_served_but_is_no_address() {
    let wild = "  Front: {type: router, hosts: {all: {name: \"*.shop.example\", to: Api}}}\noutputs: {address: \"${Front.url}\"}\n";
    let template = front(wild);
    assert_eq!(distribution(&template, "FrontAllDistribution")["Aliases"], json!(["*.shop.example"]));
    let code = template["Resources"]["FrontAllViewerRequest"]["Properties"]["FunctionCode"].as_str().unwrap();
    assert!(!code.contains("cloudfront.net"), "its own address must answer");
    assert!(
        template["Outputs"].to_string().contains("https://${FrontAllDistribution.DomainName}"),
        "{}",
        template["Outputs"]
    );
}

#[test]
fn an_imported_router_can_be_told_to_forget() {
    let all = built(
        "  Front: {type: router, import: {distribution_id: E123, domain: d111111abcdef8.cloudfront.net}}\n  Forget:\n    type: function\n    runtime: nodejs22.x\n    zip: {path: forget, handler: index.handler}\n    links: {Front: {}}\n    environment: {URL: \"${Front.url}\"}\n",
    );
    let (_, app) = all.iter().find(|(name, _)| name == "app.yaml").unwrap();
    let policy = app["Resources"]["ForgetPolicy"].to_string();
    assert!(policy.contains("cloudfront:CreateInvalidation") && policy.contains("distribution/E123"), "{policy}");
    let variables = &app["Resources"]["Forget"]["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["URL"], "https://d111111abcdef8.cloudfront.net");
}
