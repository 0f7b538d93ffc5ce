//! Every rule at every type that it looks at: what it finds, what it leaves alone, and that it never guesses.

use std::collections::{BTreeMap, BTreeSet};

use reggie_cfn::cfn::{Resource, Target, Template};
use reggie_cfn::component::{StackId, StackName};
use reggie_cfn::link::{Linked, Stack};
use reggie_cfn::model::Model;
use reggie_cfn::origin::OriginId;
use reggie_cfn::policy::{self, Rule};
use reggie_cfn::value::{Kind, Value};
use serde_json::{Value as Json, json};

use crate::support::{compiled, project};

/// A rule, a type, properties that break it, and properties that do not. What stands under `?` is what the rule is about: where only
/// the deploy knows it, nothing is found.
type Case = (&'static str, &'static str, Json, Json);

fn statement(of: Json) -> Json {
    json!({"PolicyDocument": {"Statement": [of]}})
}

/// The same case for a policy in each of the places where IAM takes one.
fn identities(code: &'static str, wrong: &Json, right: &Json) -> Vec<Case> {
    let own = |of: &Json| statement(of.clone());
    let within = |of: &Json| json!({"Policies": [{"PolicyName": "it", "PolicyDocument": {"Statement": of}}]});
    let own =
        ["GroupPolicy", "ManagedPolicy", "Policy", "RolePolicy", "UserPolicy"].map(|t| (t, own(wrong), own(right)));
    let within = ["Group", "Role", "User"].map(|t| (t, within(wrong), within(right)));
    let all = own.into_iter().chain(within);
    all.map(|(of, wrong, right)| (code, leaked(&format!("AWS::IAM::{of}")), wrong, right)).collect()
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// A property that is on or off.
fn switch(code: &'static str, of: &'static str, path: &[&str], wrong: Json, right: Json) -> Case {
    let under = |value: Json| path.iter().rev().fold(value, |value, key| json!({ *key: value }));
    (code, of, under(json!({ "?": wrong })), under(right))
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for of in ["AmazonMQ::Broker", "DMS::ReplicationInstance", "RDS::DBInstance", "Redshift::Cluster"] {
        let of = leaked(&format!("AWS::{of}"));
        cases.push(switch("POL001", of, &["PubliclyAccessible"], json!(true), json!(false)));
    }
    cases.push(switch("POL002", "AWS::S3::Bucket", &["AccessControl"], json!("PublicReadWrite"), json!("Private")));
    let blocked = |one: Json| {
        json!({"PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "BlockPublicPolicy": one, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
        }})
    };
    cases.push(("POL003", "AWS::S3::Bucket", blocked(json!({"?": false})), blocked(json!(true))));
    let open = json!({"Effect": "Allow", "Principal": {"AWS": {"?": "*"}}, "Action": "x:Y", "Resource": "*"});
    let closed = json!({"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "x:Y", "Resource": "*"});
    for (of, property) in [
        ("ECR::Repository", "RepositoryPolicyText"),
        ("EFS::FileSystem", "FileSystemPolicy"),
        ("Elasticsearch::Domain", "AccessPolicies"),
        ("KMS::Key", "KeyPolicy"),
        ("OpenSearchService::Domain", "AccessPolicies"),
        ("S3::BucketPolicy", "PolicyDocument"),
        ("SNS::TopicInlinePolicy", "PolicyDocument"),
        ("SNS::TopicPolicy", "PolicyDocument"),
        ("SQS::QueueInlinePolicy", "PolicyDocument"),
        ("SQS::QueuePolicy", "PolicyDocument"),
        ("SecretsManager::ResourcePolicy", "ResourcePolicy"),
    ] {
        let document = |of: &Json| json!({ property: {"Statement": of} });
        cases.push(("POL004", leaked(&format!("AWS::{of}")), document(&open), document(&closed)));
    }
    let permission = "AWS::Lambda::Permission";
    let service = json!({"Principal": "s3.amazonaws.com", "SourceAccount": "123456789012"});
    cases.push((
        "POL005",
        permission,
        json!({"Principal": {"?": "*"}}),
        json!({"Principal": "*", "PrincipalOrgID": "o-1"}),
    ));
    cases.push(("POL015", permission, json!({"Principal": {"?": "s3.amazonaws.com"}}), service));
    cases.push(switch("POL006", "AWS::Lambda::Url", &["AuthType"], json!("NONE"), json!("AWS_IAM")));
    for (code, port, right) in [("POL007", 5432, 443), ("POL008", 8443, 80)] {
        let rule =
            |port: Json, cidr: Json| json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr});
        let group = |rule: Json| json!({"SecurityGroupIngress": [rule]});
        let (wrong, right) = (rule(json!(port), json!({"?": "0.0.0.0/0"})), rule(json!(right), json!("0.0.0.0/0")));
        cases.push((code, "AWS::EC2::SecurityGroup", group(wrong.clone()), group(right.clone())));
        cases.push((code, "AWS::EC2::SecurityGroupIngress", wrong, right));
        let inside = rule(json!(port), json!("10.0.0.0/8"));
        cases.push((code, "AWS::EC2::SecurityGroup", group(rule(json!({"?": port}), json!("::/0"))), group(inside)));
    }
    let tokens = ["LaunchTemplateData", "MetadataOptions", "HttpTokens"];
    cases.push(switch("POL009", "AWS::EC2::LaunchTemplate", &tokens, json!("optional"), json!("required")));
    cases.push(switch("POL009", "AWS::EC2::Instance", &tokens[1..], json!("optional"), json!("required")));
    let allow = |action: &str, on: Json| json!({"Effect": "Allow", "Action": action, "Resource": on});
    for (code, action) in [("POL010", "*"), ("POL011", "s3:*"), ("POL012", "dynamodb:Get*"), ("POL013", "iam:PassRole")]
    {
        cases.extend(identities(code, &allow(action, json!({"?": "*"})), &allow(action, json!("arn:aws:s3:::x"))));
    }
    let trust = |principal: Json| json!({"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": principal}]}});
    cases.push((
        "POL014",
        "AWS::IAM::Role",
        trust(json!({"AWS": [{"?": "*"}]})),
        trust(json!({"Service": "x.amazonaws.com"})),
    ));
    let but = statement(json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": {"?": "*"}}));
    let others = statement(json!({"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "x:Y"}));
    let refused = statement(json!({"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "NotAction": "x:Y"}));
    for of in ["ManagedPolicy", "Policy"] {
        cases.push(("POL016", leaked(&format!("AWS::IAM::{of}")), but.clone(), refused.clone()));
    }
    for of in ["S3::BucketPolicy", "SNS::TopicPolicy", "SQS::QueuePolicy"] {
        cases.push(("POL016", leaked(&format!("AWS::{of}")), others.clone(), refused.clone()));
    }
    let role = json!({"AssumeRolePolicyDocument": others["PolicyDocument"]});
    cases.push(("POL016", "AWS::IAM::Role", role, json!({"AssumeRolePolicyDocument": refused["PolicyDocument"]})));
    for (of, path) in [
        ("DAX::Cluster", &["SSESpecification", "SSEEnabled"][..]),
        ("DocDB::DBCluster", &["StorageEncrypted"]),
        ("EC2::Volume", &["Encrypted"]),
        ("EFS::FileSystem", &["Encrypted"]),
        ("ElastiCache::ReplicationGroup", &["AtRestEncryptionEnabled"]),
        ("Elasticsearch::Domain", &["EncryptionAtRestOptions", "Enabled"]),
        ("Neptune::DBCluster", &["StorageEncrypted"]),
        ("OpenSearchService::Domain", &["EncryptionAtRestOptions", "Enabled"]),
        ("RDS::DBCluster", &["StorageEncrypted"]),
        ("RDS::DBInstance", &["StorageEncrypted"]),
        ("RDS::GlobalCluster", &["StorageEncrypted"]),
        ("Redshift::Cluster", &["Encrypted"]),
        ("SQS::Queue", &["SqsManagedSseEnabled"]),
    ] {
        cases.push(switch("POL020", leaked(&format!("AWS::{of}")), path, json!(false), json!(true)));
    }
    cases.push(("POL020", "AWS::RDS::DBInstance", json!({}), json!({"DBClusterIdentifier": "x"})));
    cases.push(("POL020", "AWS::ElastiCache::ReplicationGroup", json!({}), json!({"Engine": "valkey"})));
    cases.push(switch("POL021", "AWS::KMS::Key", &["EnableKeyRotation"], json!(false), json!(true)));
    cases.push(("POL021", "AWS::KMS::Key", json!({}), json!({"KeySpec": "RSA_2048"})));
    cases.push(("POL030", "AWS::Logs::LogGroup", json!({}), json!({"RetentionInDays": {"Ref": "Days"}})));
    cases.push(("POL031", "AWS::ApiGateway::Stage", json!({}), json!({"AccessLogSetting": {"DestinationArn": "x"}})));
    cases.push((
        "POL031",
        "AWS::ApiGatewayV2::Stage",
        json!({}),
        json!({"AccessLogSettings": {"DestinationArn": "x"}}),
    ));
    let distribution = |of: Json| json!({"DistributionConfig": of});
    let viewers = |policy: Json| distribution(json!({"CacheBehaviors": [{"ViewerProtocolPolicy": policy}]}));
    let cdn = "AWS::CloudFront::Distribution";
    cases.push(("POL040", cdn, viewers(json!({"?": "allow-all"})), viewers(json!("https-only"))));
    let least = |least: Json| {
        distribution(json!({"ViewerCertificate": {"AcmCertificateArn": "x", "MinimumProtocolVersion": least}}))
    };
    cases.push(("POL041", cdn, least(json!({"?": "TLSv1"})), least(json!("TLSv1.2_2018"))));
    let origin =
        |policy: Json| distribution(json!({"Origins": [{"CustomOriginConfig": {"OriginProtocolPolicy": policy}}]}));
    cases.push(("POL042", cdn, origin(json!({"?": "http-only"})), origin(json!("match-viewer"))));
    let listener = |protocol: Json, action: &str| json!({"Protocol": protocol, "DefaultActions": [{"Type": action}]});
    let balancer = "AWS::ElasticLoadBalancingV2::Listener";
    cases.push(("POL040", balancer, listener(json!({"?": "HTTP"}), "forward"), listener(json!("HTTP"), "redirect")));
    let policy = |name: &str| json!(format!("ELBSecurityPolicy-{name}"));
    cases.push(switch("POL041", balancer, &["SslPolicy"], policy("2016-08"), policy("TLS13-1-2-Res-2021-06")));
    for of in ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"] {
        cases.push(switch("POL041", of, &["SecurityPolicy"], json!("TLS_1_0"), json!("TLS_1_2")));
    }
    let forced = ["Parameters", "rds.force_ssl"];
    for (of, path, wrong, right) in [
        ("DocDB::DBClusterParameterGroup", &["Parameters", "tls"][..], json!("disabled"), json!("enabled")),
        ("ElastiCache::ReplicationGroup", &["TransitEncryptionEnabled"], json!(false), json!(true)),
        ("Elasticsearch::Domain", &["DomainEndpointOptions", "EnforceHTTPS"], json!(false), json!(true)),
        ("OpenSearchService::Domain", &["DomainEndpointOptions", "EnforceHTTPS"], json!(false), json!(true)),
        ("RDS::DBClusterParameterGroup", &forced, json!("0"), json!("1")),
        ("RDS::DBParameterGroup", &forced, json!("0"), json!("1")),
        ("RDS::DBProxy", &["RequireTLS"], json!(false), json!(true)),
    ] {
        cases.push(switch("POL044", leaked(&format!("AWS::{of}")), path, wrong, right));
    }
    for of in ["DocDB::DBCluster", "Neptune::DBCluster", "RDS::DBCluster", "RDS::DBInstance"] {
        cases.push(switch("POL050", leaked(&format!("AWS::{of}")), &["DeletionProtection"], json!(false), json!(true)));
    }
    let table = "AWS::DynamoDB::Table";
    cases.push(switch("POL050", table, &["DeletionProtectionEnabled"], json!(false), json!(true)));
    let recovery = ["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"];
    cases.push(switch("POL051", table, &recovery, json!(false), json!(true)));
    cases.push(switch("POL051", "AWS::RDS::DBInstance", &["BackupRetentionPeriod"], json!(0), json!(7)));
    cases
}

/// Properties with what stands under `?` in its place, or known to the deploy alone.
fn filled(of: &Json, known: bool) -> Json {
    match of {
        Json::Object(map) => match map.get("?") {
            Some(value) if known => value.clone(),
            Some(_) => json!({"Ref": "Unknown"}),
            None => map.iter().map(|(key, value)| (key.clone(), filled(value, known))).collect(),
        },
        Json::Array(items) => items.iter().map(|item| filled(item, known)).collect(),
        scalar => scalar.clone(),
    }
}

fn value(of: &Json, at: OriginId) -> Value<Target> {
    let kind = match of {
        Json::Null => Kind::Null,
        Json::Bool(flag) => Kind::Bool(*flag),
        Json::Number(number) => Kind::Int(number.as_i64().unwrap()),
        Json::String(text) => Kind::Text(text.clone()),
        Json::Array(items) => Kind::List(items.iter().map(|item| value(item, at)).collect()),
        Json::Object(map) => match map.get("Ref").and_then(Json::as_str) {
            Some(id) => Kind::Ref(Target::Ref(id.to_owned())),
            None => return Value::map(at, map.iter().map(|(key, of)| (key.clone(), value(of, at)))),
        },
    };
    Value::new(at, kind)
}

/// The stage that lends its model: it stays, and is protected.
fn stage() -> (reggie_cfn::project::Project, reggie_cfn::compile::Compiled) {
    let base =
        "project: shop\nregion: eu-west-2\ncomponents:\n  Raw: {type: resource, resource_type: AWS::SNS::Topic}\n";
    let project = project(&[("base.yaml", base), ("production.yaml", super::PRODUCTION)]);
    let compiled = compiled(&project, "production");
    (project, compiled)
}

fn found(model: &Model, of: &str, properties: &Json, project: &reggie_cfn::project::Project) -> Vec<&'static str> {
    let origins = &project.origins;
    let at = origins.derived("a test made it", []);
    let resource = Resource {
        id: "Raw".to_owned(),
        origin: at,
        resource_type: Value::text(at, of),
        attributes: Vec::new(),
        properties: value(properties, at),
    };
    let stack = Stack {
        id: StackId::in_us_east_1(StackName::Edge),
        name: "shop-production-app".to_owned(),
        file: "app.yaml".to_owned(),
        template: Template {
            description: Value::text(at, "of a test"),
            parameters: Vec::new(),
            resources: vec![resource],
            outputs: Vec::new(),
        },
        imports: BTreeSet::new(),
        empty_before_delete: Vec::new(),
        owners: BTreeMap::from([("Raw".to_owned(), ("Raw".to_owned(), "Self".to_owned()))]),
    };
    let mut linked = Linked { stacks: vec![stack], ..Linked::default() };
    policy::check(model, &mut linked, &project.sources, origins).all().iter().map(|d| d.code.id).collect()
}

#[test]
fn every_rule_finds_what_it_is_about_at_every_type_and_guesses_at_nothing() {
    let (project, compiled) = stage();
    let (cases, mut wrong) = (cases(), Vec::new());
    for (code, of, broken, kept) in &cases {
        let finds = |properties: &Json| found(&compiled.model, of, properties, &project).contains(code);
        if !finds(&filled(broken, true)) {
            wrong.push(format!("{code} does not find {of} {broken}"));
        }
        if *broken != filled(broken, true) && finds(&filled(broken, false)) {
            wrong.push(format!("{code} guesses at {of} {broken}"));
        }
        if finds(kept) {
            wrong.push(format!("{code} finds {of} {kept}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let tried: BTreeSet<(&str, &str)> = cases.iter().map(|(code, of, ..)| (*code, *of)).collect();
    let types = |rule: &'static Rule| rule.types.iter().map(|(of, _)| (rule.code.id, *of));
    // What stands beside a bucket is tried as a whole project.
    let missing: Vec<_> = policy::rules()
        .flat_map(types)
        .filter(|(code, of)| *code != "POL043" && !tried.contains(&(*code, *of)))
        .collect();
    assert!(missing.is_empty(), "never tried: {missing:?}");
}
