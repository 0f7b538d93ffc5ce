//! What the seed document says of Reggie, true in the compiled output: one test for each of its systems.
//!
//! Production and staging are read from the committed `out/`; a developer's stage is compiled here.

mod cost;
mod documents;
mod domains;
mod web;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::stage::{Stage, each_text};
use crate::support::{read, root};

const DEPLOYED: [&str; 2] = ["production", "staging"];

/// The eleven secrets of the document, with their purposes.
const SECRETS: [(&str, &str); 11] = [
    ("ClerkPublishableKey", "Frontend Clerk auth"),
    ("ClerkSecretKey", "Backend Clerk auth"),
    ("ClerkWebhookSecret", "Clerk webhook verification"),
    ("DvlaApiKey", "DVLA vehicle enquiry"),
    ("R2AccessKeyId", "R2 access credentials"),
    ("R2Endpoint", "Cloudflare R2 storage endpoint"),
    ("R2SecretAccessKey", "R2 secret credentials"),
    ("ResendApiKey", "Email delivery"),
    ("SecretKey", "App-level signing"),
    ("StripeSecretKey", "Payment processing"),
    ("StripeWebhookSecret", "Stripe webhook verification"),
];

/// What runs in the network and reaches the database.
const FUNCTIONS: [&str; 3] = ["ReggieApiHandler", "ReggieDbMigrator", "ReggieValuation"];

fn committed(name: &'static str) -> Stage {
    Stage::committed(&root(), name)
}

fn deployed() -> [Stage; 2] {
    DEPLOYED.map(committed)
}

#[test]
fn reggie_vpc_spans_two_zones_with_public_and_private_subnets() {
    for stage in deployed() {
        stage.says(&[
            ("ReggieVpc.CidrBlock", json!("10.0.0.0/16")),
            ("ReggieVpc.EnableDnsSupport", json!(true)),
            ("ReggieVpc.EnableDnsHostnames", json!(true)),
            ("ReggieVpcPublicSubnet1.AvailabilityZone", json!({"Fn::Select": [0, {"Fn::GetAZs": ""}]})),
            ("ReggieVpcPublicSubnet2.AvailabilityZone", json!({"Fn::Select": [1, {"Fn::GetAZs": ""}]})),
            ("ReggieVpcPrivateSubnet1.AvailabilityZone", json!({"Fn::Select": [0, {"Fn::GetAZs": ""}]})),
            ("ReggieVpcPrivateSubnet2.AvailabilityZone", json!({"Fn::Select": [1, {"Fn::GetAZs": ""}]})),
            ("ReggieVpcPublicDefaultRoute.DestinationCidrBlock", json!("0.0.0.0/0")),
            ("ReggieVpcPublicDefaultRoute.GatewayId", json!({"Ref": "ReggieVpcInternetGateway"})),
        ]);
        let subnets = stage.ids("AWS::EC2::Subnet");
        assert_eq!(subnets.len(), 4, "{}", stage.name);
        let blocks: BTreeSet<&str> =
            subnets.iter().map(|id| stage.at(&format!("{id}.CidrBlock")).as_str().unwrap()).collect();
        assert_eq!(blocks.len(), 4, "{}: subnets overlap", stage.name);
        for id in subnets {
            assert_eq!(stage.at(&format!("{id}.VpcId")), &json!({"Ref": "ReggieVpc"}));
        }
    }
}

#[test]
fn reggie_vpc_has_an_arm64_nat_instance_in_each_zone() {
    for stage in deployed() {
        let instances = BTreeSet::from(["ReggieVpcNatInstance1", "ReggieVpcNatInstance2"]);
        assert_eq!(stage.ids("AWS::EC2::Instance"), instances);
        assert!(stage.ids("AWS::EC2::NatGateway").is_empty());
        for zone in [1, 2] {
            let (template, instance) =
                (format!("ReggieVpcNatLaunchTemplate{zone}"), format!("ReggieVpcNatInstance{zone}"));
            let table = json!({"Ref": format!("ReggieVpcPrivateRouteTable{zone}")});
            stage.says(&[
                (&format!("{template}.LaunchTemplateData.InstanceType"), json!("t4g.nano")),
                (&format!("{instance}.LaunchTemplate.LaunchTemplateId"), json!({ "Ref": template })),
                (&format!("{instance}.SourceDestCheck"), json!(false)),
                (
                    &format!("{instance}.NetworkInterfaces.0.SubnetId"),
                    json!({"Ref": format!("ReggieVpcPublicSubnet{zone}")}),
                ),
                (&format!("ReggieVpcPrivateDefaultRoute{zone}.InstanceId"), json!({ "Ref": instance })),
                (&format!("ReggieVpcPrivateDefaultRoute{zone}.RouteTableId"), table.clone()),
                (&format!("ReggieVpcPrivateDefaultRoute{zone}.DestinationCidrBlock"), json!("0.0.0.0/0")),
                (&format!("ReggieVpcPrivateRouteTableAssociation{zone}.RouteTableId"), table),
                (
                    &format!("ReggieVpcPrivateRouteTableAssociation{zone}.SubnetId"),
                    json!({"Ref": format!("ReggieVpcPrivateSubnet{zone}")}),
                ),
            ]);
            let image = stage.at(&format!("{template}.LaunchTemplateData.ImageId")).as_str().unwrap();
            assert!(image.ends_with("-arm64"), "{image}");
        }
    }
}

#[test]
fn reggie_vpc_has_the_gateway_endpoints() {
    for stage in deployed() {
        let tables = json!([{"Ref": "ReggieVpcPrivateRouteTable1"}, {"Ref": "ReggieVpcPrivateRouteTable2"}]);
        stage.says(&[
            ("ReggieVpcS3Endpoint.VpcEndpointType", json!("Gateway")),
            ("ReggieVpcS3Endpoint.ServiceName", json!({"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"})),
            ("ReggieVpcS3Endpoint.RouteTableIds", tables.clone()),
            ("ReggieVpcDynamodbEndpoint.VpcEndpointType", json!("Gateway")),
            ("ReggieVpcDynamodbEndpoint.ServiceName", json!({"Fn::Sub": "com.amazonaws.${AWS::Region}.dynamodb"})),
            ("ReggieVpcDynamodbEndpoint.RouteTableIds", tables),
        ]);
        assert_eq!(stage.ids("AWS::EC2::VPCEndpoint").len(), 2);
    }
}

#[test]
fn reggie_vpc_is_the_same_in_production_and_staging() {
    let text = |stage: &str| {
        let text = read(format!("out/{stage}/network.yaml"));
        text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(text("production").replace("production", "staging"), text("staging"));
}

#[test]
fn reggie_db_is_aurora_17_encrypted_private_and_protected() {
    for (stage, max, days) in [("production", 4, 14), ("staging", 2, 7)] {
        let stage = committed(stage);
        stage.says(&[
            ("ReggieDbCluster.@Type", json!("AWS::RDS::DBCluster")),
            ("ReggieDbCluster.Engine", json!("aurora-postgresql")),
            ("ReggieDbCluster.EngineVersion", json!("17.7")),
            ("ReggieDbCluster.StorageEncrypted", json!(true)),
            ("ReggieDbCluster.DeletionProtection", json!(true)),
            ("ReggieDbCluster.ServerlessV2ScalingConfiguration", json!({"MinCapacity": 0.5, "MaxCapacity": max})),
            ("ReggieDbCluster.BackupRetentionPeriod", json!(days)),
            ("ReggieDbCluster.DBSubnetGroupName", json!({"Ref": "ReggieDbSubnetGroup"})),
            ("ReggieDbCluster.VpcSecurityGroupIds", json!([{"Fn::GetAtt": "ReggieDbSecurityGroup.GroupId"}])),
            ("ReggieDbParameters17.Family", json!("aurora-postgresql17")),
            ("ReggieDbWriter.DBClusterIdentifier", json!({"Ref": "ReggieDbCluster"})),
            ("ReggieDbWriter.DBInstanceClass", json!("db.serverless")),
            ("ReggieDbWriter.StorageEncrypted", json!(true)),
            ("ReggieDbWriter.PubliclyAccessible", json!(false)),
            (
                "ReggieDbSubnetGroup.SubnetIds",
                json!({"Fn::Split": [",", stage.import("network-ReggieVpcPrivateSubnets")]}),
            ),
        ]);
        assert_eq!(stage.ids("AWS::RDS::DBInstance"), BTreeSet::from(["ReggieDbWriter"]));
    }
}

#[test]
fn database_url_always_parses() {
    for stage in deployed() {
        let login = stage.at("ReggieDbSecret.GenerateSecretString");
        assert_eq!(login["ExcludePunctuation"], json!(true), "letters and digits only");
        assert!(login.get("IncludeSpace").is_none_or(|space| space == &json!(false)));
        assert_eq!(login["GenerateStringKey"], json!("password"));
        assert_eq!(login["SecretStringTemplate"], json!(r#"{"username":"app"}"#));
        let password = "{{resolve:secretsmanager:${ReggieDbSecretArn}:SecretString:password}}";
        let url = format!("postgresql://app:{password}@${{ReggieDbHost}}:5432/reggie?sslmode=require");
        for function in FUNCTIONS {
            let written = stage.at(&format!("{function}.Environment.Variables.DATABASE_URL"));
            let parts = json!({
                "ReggieDbSecretArn": stage.import("data-ReggieDbSecretArn"),
                "ReggieDbHost": stage.import("data-ReggieDbHost"),
            });
            assert_eq!(written, &json!({"Fn::Sub": [url, parts]}), "{}: {function}", stage.name);
        }
        // The whole of it, once CloudFormation has put a password and a host in.
        let whole = url.replace(password, "aZ09").replace("${ReggieDbHost}", "db.eu-west-2.rds.amazonaws.com");
        assert!(whole.bytes().all(|b| b.is_ascii_alphanumeric() || b":/@.-?=".contains(&b)), "{whole}");
    }
}

#[test]
fn reggie_api_is_an_http_api_with_cors_and_its_own_host() {
    for (stage, api, web, admin) in [
        ("production", "api.getreggie.io", "getreggie.io", "admin.getreggie.io"),
        ("staging", "staging-api.getreggie.io", "staging.getreggie.io", "staging-admin.getreggie.io"),
    ] {
        let stage = committed(stage);
        stage.says(&[
            ("ReggieApi.@Type", json!("AWS::ApiGatewayV2::Api")),
            ("ReggieApi.ProtocolType", json!("HTTP")),
            ("ReggieApi.DisableExecuteApiEndpoint", json!(true)),
            ("ReggieApi.CorsConfiguration.AllowOrigins", json!([format!("https://{admin}"), format!("https://{web}")])),
            ("ReggieApiDomainName.DomainName", json!(api)),
            ("ReggieApiDomainName.DomainNameConfigurations.0.EndpointType", json!("REGIONAL")),
            ("ReggieApiDomainName.DomainNameConfigurations.0.SecurityPolicy", json!("TLS_1_2")),
            ("ReggieApiMapping.ApiId", json!({"Ref": "ReggieApi"})),
            ("ReggieApiMapping.DomainName", json!({"Ref": "ReggieApiDomainName"})),
            ("ReggieApiMapping.Stage", json!({"Ref": "ReggieApiStage"})),
        ]);
        // Its own certificate, in a stack of its own: CloudFormation waits for it, and what needs it reads its ARN when deployed.
        stage.says(&[
            ("ReggieApiCertificate.@Type", json!("AWS::CertificateManager::Certificate")),
            ("ReggieApiCertificate.DomainName", json!(api)),
            ("ReggieApiCertificate.ValidationMethod", json!("DNS")),
            (
                "ReggieApiDomainName.DomainNameConfigurations.0.CertificateArn",
                json!({"Ref": "ReggieApiCertificateArn"}),
            ),
        ]);
        let certificates = &stage.files["index.yaml"]["stacks"][0];
        assert_eq!(certificates["template"]["file"], "certificates.yaml");
        assert_eq!(certificates["region"], "eu-west-2");
        assert_eq!(stage.files["app.yaml"]["Outputs"]["ApiUrl"]["Value"], json!(format!("https://{api}")));
    }
}

#[test]
fn the_api_route_is_a_zip_on_node_22() {
    for stage in deployed() {
        stage.says(&[
            ("ReggieApiRouteDefault.RouteKey", json!("$default")),
            (
                "ReggieApiRouteDefault.Target",
                json!({"Fn::Sub": "integrations/${ReggieApiIntegrationReggieApiHandler}"}),
            ),
            ("ReggieApiIntegrationReggieApiHandler.IntegrationUri", json!({"Fn::GetAtt": "ReggieApiHandler.Arn"})),
            ("ReggieApiPermissionReggieApiHandler.FunctionName", json!({"Fn::GetAtt": "ReggieApiHandler.Arn"})),
            ("ReggieApiHandler.PackageType", json!("Zip")),
            ("ReggieApiHandler.Runtime", json!("nodejs22.x")),
            ("ReggieApiHandler.Architectures", json!(["arm64"])),
            ("ReggieApiHandler.MemorySize", json!(1024)),
            ("ReggieApiHandler.Code.S3Key", json!({"Fn::Sub": "reggie/ReggieApiHandler/${ReggieApiHandlerCode}.zip"})),
        ]);
        assert_eq!(stage.ids("AWS::ApiGatewayV2::Route"), BTreeSet::from(["ReggieApiRouteDefault"]));
    }
}

#[test]
fn reggie_valuation_is_an_arm64_image() {
    for stage in deployed() {
        stage.says(&[
            ("ReggieValuation.PackageType", json!("Image")),
            ("ReggieValuation.Code.ImageUri", json!({"Ref": "ReggieValuationImage"})),
            ("ReggieValuation.Architectures", json!(["arm64"])),
            ("ReggieValuation.MemorySize", json!(1536)),
        ]);
        let purpose = stage.at("ReggieValuation.Description").as_str().unwrap();
        assert!(purpose.contains("LightGBM") && purpose.contains("Python 3.11"), "{purpose}");
    }
}

#[test]
fn reggie_db_migrator_is_an_x86_image_that_the_deploy_calls_before_the_app() {
    for stage in deployed() {
        stage.says(&[
            ("ReggieDbMigrator.PackageType", json!("Image")),
            ("ReggieDbMigrator.Code.ImageUri", json!({"Ref": "ReggieDbMigratorImage"})),
            ("ReggieDbMigrator.Architectures", json!(["x86_64"])),
            ("ReggieDbMigrator.MemorySize", json!(512)),
            ("ReggieDbMigrator.Timeout", json!(300)),
        ]);
        let stacks = stage.files["index.yaml"]["stacks"].as_array().unwrap();
        let order: Vec<&str> = stacks.iter().map(|s| s["template"]["file"].as_str().unwrap()).collect();
        let expected = [
            "certificates.yaml",
            "certificates.us-east-1.yaml",
            "network.yaml",
            "data.yaml",
            "jobs.yaml",
            "app.yaml",
            "edge.us-east-1.yaml",
            "web-reggie-admin.yaml",
            "web-reggie-web.yaml",
        ];
        assert_eq!(order, expected, "{}", stage.name);
        assert_eq!(stacks[4]["invoke"], json!(["ReggieDbMigrator"]));
        assert!(stage.files["jobs.yaml"]["Resources"].get("ReggieDbMigrator").is_some());
    }
}

#[test]
fn all_three_functions_run_in_the_private_subnets() {
    for stage in deployed() {
        for function in FUNCTIONS {
            let place = json!({
                "SubnetIds": {"Fn::Split": [",", stage.import("network-ReggieVpcPrivateSubnets")]},
                "SecurityGroupIds": [stage.import(&format!("network-{function}SecurityGroup"))],
            });
            assert_eq!(stage.at(&format!("{function}.VpcConfig")), &place, "{}: {function}", stage.name);
        }
        let in_network = stage.resources().filter(|(_, body)| body["Properties"].get("VpcConfig").is_some());
        assert_eq!(in_network.map(|(id, _)| id).collect::<BTreeSet<_>>(), BTreeSet::from(FUNCTIONS));
    }
}

#[test]
fn secrets_are_eleven_with_the_same_names_on_every_stage() {
    for stage in deployed() {
        let declared = stage.files["manifest.yaml"]["secrets"].as_object().unwrap();
        let declared: Vec<(&str, &str)> =
            declared.iter().map(|(name, s)| (name.as_str(), s["purpose"].as_str().unwrap())).collect();
        assert_eq!(declared, SECRETS, "{}", stage.name);
        for secret in stage.files["manifest.yaml"]["secrets"].as_object().unwrap().values() {
            assert_eq!(secret["store"], "ssm");
        }
        assert_eq!(stage.files["manifest.yaml"]["secrets"]["ClerkPublishableKey"]["public"], json!(true));
        // One set a stage: the handler reads the stage's own parameters, and no template makes or holds one.
        let variables = stage.at("ReggieApiHandler.Environment.Variables").as_object().unwrap();
        let named: BTreeSet<&str> = variables
            .iter()
            .filter_map(|(_, value)| value.as_str()?.strip_prefix(&format!("/reggie/{}/", stage.name)))
            .collect();
        assert_eq!(named, SECRETS[1..].iter().map(|(name, _)| *name).collect(), "{}", stage.name);
        assert!(stage.ids("AWS::SSM::Parameter").is_empty());
        assert_eq!(stage.ids("AWS::SecretsManager::Secret"), BTreeSet::from(["ReggieDbSecret"]));
    }
}

#[test]
fn permissions_come_from_links_only() {
    for stage in deployed() {
        let mut granted = BTreeSet::new();
        for (id, body) in stage.resources().filter(|(id, _)| !web::is_of_a_site(id)) {
            let properties = &body["Properties"];
            assert!(properties.get("Policies").is_none(), "{id} has policies of its own");
            for statement in properties["PolicyDocument"]["Statement"].as_array().into_iter().flatten() {
                let text = |key: &str| match &statement[key] {
                    Json::String(text) => text.clone(),
                    other => other["Fn::Sub"].as_str().unwrap_or_else(|| panic!("{id}: {other}")).to_owned(),
                };
                granted.insert((id.to_owned(), text("Action"), text("Resource")));
            }
            each_text(&properties["PolicyDocument"], &mut |text| assert!(!text.contains('*'), "{id}: {text}"));
            each_text(&properties["AssumeRolePolicyDocument"], &mut |text| {
                assert!(!text.contains('*'), "{id}: {text}")
            });
        }
        let read = |(name, _): &(&str, &str)| {
            let arn = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter";
            let parameter = format!("{arn}/reggie/{}/{name}", stage.name);
            ("ReggieApiHandlerPolicy".to_owned(), "ssm:GetParameter".to_owned(), parameter)
        };
        // All but the first, which is public and read by the site's build.
        assert_eq!(granted, SECRETS[1..].iter().map(read).collect(), "{}", stage.name);
        let managed = |policy: &str| json!([{"Fn::Sub": format!("arn:${{AWS::Partition}}:iam::aws:policy/{policy}")}]);
        let in_network = || managed("service-role/AWSLambdaVPCAccessExecutionRole");
        let roles = [
            ("ReggieApiHandlerRole.ManagedPolicyArns", in_network()),
            ("ReggieDbMigratorRole.ManagedPolicyArns", in_network()),
            ("ReggieValuationRole.ManagedPolicyArns", in_network()),
            ("ReggieVpcNatRole.ManagedPolicyArns", managed("AmazonSSMManagedInstanceCore")),
        ];
        stage.says(&roles);
        let all: BTreeSet<&str> = roles.iter().filter_map(|(path, _)| path.split('.').next()).collect();
        let made: BTreeSet<&str> =
            stage.ids("AWS::IAM::Role").into_iter().filter(|id| !web::is_of_a_site(id)).collect();
        assert_eq!(made, all);
    }
}

#[test]
fn security_group_rules_come_from_links_only() {
    for stage in deployed() {
        let expected: BTreeSet<String> = FUNCTIONS.iter().map(|f| format!("{f}ToReggieDbIngress")).collect();
        let rules = stage.ids("AWS::EC2::SecurityGroupIngress");
        assert_eq!(rules, expected.iter().map(String::as_str).collect(), "{}", stage.name);
        for function in FUNCTIONS {
            let rule = |property: &str| stage.at(&format!("{function}ToReggieDbIngress.{property}"));
            assert_eq!(rule("GroupId"), &stage.import("data-ReggieDbSecurityGroup"));
            let from = stage.import(&format!("network-{function}SecurityGroup"));
            assert_eq!(rule("SourceSecurityGroupId"), &from);
            let port = (rule("IpProtocol"), rule("FromPort"), rule("ToPort"));
            assert_eq!(port, (&json!("tcp"), &json!(5432), &json!(5432)));
            assert!(rule("CidrIp").is_null());
        }
        // Beside these rules only the NAT lets anything in, and only from the network itself.
        for id in stage.ids("AWS::EC2::SecurityGroup") {
            let inline = stage.at(&format!("{id}.SecurityGroupIngress"));
            match id {
                "ReggieVpcNatSecurityGroup" => {
                    assert_eq!(inline.as_array().map(Vec::len), Some(1));
                    assert_eq!(inline[0]["CidrIp"], stage.at("ReggieVpc.CidrBlock").clone());
                }
                _ => assert!(inline.is_null(), "{}: {id} lets in {inline}", stage.name),
            }
        }
    }
}

#[test]
fn production_retains_its_data_and_staging_removes_it() {
    for (stage, deletion, replacement) in
        [("production", "RetainExceptOnCreate", "Retain"), ("staging", "Delete", "Delete")]
    {
        let stage = committed(stage);
        for id in
            ["ReggieDbCluster", "ReggieDbSecret", "ReggieApiHandlerLogs", "ReggieDbMigratorLogs", "ReggieValuationLogs"]
        {
            stage.says(&[
                (&format!("{id}.@DeletionPolicy"), json!(deletion)),
                (&format!("{id}.@UpdateReplacePolicy"), json!(replacement)),
            ]);
        }
        // A retained cluster needs what it stands in; the writer holds nothing.
        for id in ["ReggieDbSubnetGroup", "ReggieDbSecurityGroup"] {
            let policy = stage.at(&format!("{id}.@DeletionPolicy")).as_str().unwrap_or("Delete");
            assert_eq!(policy, deletion, "{}: {id}", stage.name);
        }
        assert_eq!(stage.at("ReggieDbWriter.@DeletionPolicy"), "Delete");
    }
}

#[test]
fn every_stack_of_a_deployed_stage_is_protected_and_in_london_but_for_what_cloudfront_needs() {
    for stage in deployed() {
        let index = &stage.files["index.yaml"];
        assert_eq!(index["region"], "eu-west-2");
        for stack in index["stacks"].as_array().unwrap() {
            assert_eq!(stack["termination_protection"], json!(true), "{}", stack["name"]);
            let file = stack["template"]["file"].as_str().unwrap();
            let region = if file.ends_with(".us-east-1.yaml") { "us-east-1" } else { "eu-west-2" };
            assert_eq!(stack["region"], region, "{}", stack["name"]);
            assert!(stack["name"].as_str().unwrap().starts_with(&format!("reggie-{}-", stage.name)));
        }
    }
}

#[test]
fn production_and_staging_share_no_name_and_no_host() {
    for (file, json) in committed("production").files {
        each_text(&json["Resources"], &mut |text| {
            assert!(!text.contains("staging"), "production/{file} names staging: {text}");
        });
    }
    for (file, json) in committed("staging").files {
        each_text(&json["Resources"], &mut |text| {
            assert!(!text.contains("production"), "staging/{file} names production: {text}");
        });
    }
}

#[test]
fn a_developers_stage_has_aws_given_hosts_and_goes_whole() {
    let stage = Stage::compiled(&root(), "dev-anna");
    assert!(stage.ids("AWS::ApiGatewayV2::DomainName").is_empty());
    assert!(stage.ids("AWS::ApiGatewayV2::ApiMapping").is_empty());
    stage.says(&[
        // The names of its sites are known only after the API is made.
        ("ReggieApi.CorsConfiguration.AllowOrigins", json!(["*"])),
        ("ReggieApi.CorsConfiguration.AllowCredentials", json!(false)),
        ("ReggieDbCluster.DeletionProtection", json!(false)),
        ("ReggieDbCluster.BackupRetentionPeriod", json!(1)),
        (
            "ReggieDbCluster.ServerlessV2ScalingConfiguration",
            json!({"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 300}),
        ),
    ]);
    assert_ne!(stage.at("ReggieApi.DisableExecuteApiEndpoint"), &json!(true));
    let url = &stage.files["app.yaml"]["Outputs"]["ApiUrl"]["Value"];
    assert_eq!(url, &json!({"Fn::GetAtt": "ReggieApi.ApiEndpoint"}));
    for (id, body) in stage.resources() {
        assert!(body["DeletionPolicy"].as_str().is_none_or(|p| p == "Delete"), "{id} stays");
    }
    for stack in stage.files["index.yaml"]["stacks"].as_array().unwrap() {
        assert_eq!(stack["termination_protection"], json!(false));
    }
    // The names of its secrets are its own.
    assert_eq!(stage.at("ReggieApiHandler.Environment.Variables.SECRET_KEY_NAME"), "/reggie/dev-anna/SecretKey");
}
