use super::*;
use crate::source::Sources;
use crate::verify::verify_template;

mod metrics;

/// The codes and titles of this room's findings, and of schedules, in one template.
fn found_in(region: Option<&str>, template: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("template.yaml".to_owned(), template.to_owned());
    let mut findings = Diagnostics::default();
    verify_template(file, region, &sources, &mut findings);
    let is_own = |id: &str| CODES.iter().any(|code| code.id == id) || id.starts_with("CFN27") || id == "CFN017";
    let own = findings.all().iter().filter(|d| is_own(d.code.id));
    own.map(|d| format!("{}: {}", d.code.id, d.title)).collect()
}

/// The codes of a template with these resources, in JSON or YAML flow form.
fn codes(region: Option<&str>, resources: &[&str]) -> Vec<String> {
    let template = format!("Resources:\n  {}\n", resources.join("\n  "));
    found_in(region, &template).into_iter().map(|found| found[..6].to_owned()).collect()
}

/// One resource of a type.
fn one(resource_type: &str, properties: &str) -> Vec<String> {
    codes(None, &[&format!("One: {{Type: '{resource_type}', Properties: {properties}}}")])
}

#[test]
fn the_table_is_sorted_and_its_types_are_aws_own() {
    assert!(CHECKS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(CHECKS.iter().all(|(name, _)| crate::aws::resource_type(name).is_some()));
}

#[test]
fn dynamic_references_have_a_form() {
    let of = |text: &str| one("AWS::SSM::Parameter", &format!("{{Type: String, Value: {text}}}"));
    for right in [
        "'{{resolve:ssm:/a/b-c_d.e}}'",
        "'{{resolve:ssm:name:12}}'",
        "'a {{resolve:ssm:x}} b {{resolve:secretsmanager:y:SecretString:password}}'",
        "'{{resolve:secretsmanager:MySecret}}'",
        "'{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-2:123456789012:secret:a-b/c:SecretString:key:AWSCURRENT}}'",
        "'{{resolve:secretsmanager:x:SecretString:key::an-id}}'",
        "'{{resolve:secretsmanager:x::key}}'",
        "!Sub '{{resolve:secretsmanager:${One}:SecretString:key}}'",
        "!Sub '{{resolve:${AWS::Region}:x}}'",
        "!Join ['', ['{{resolve:secretsmanager:arn:aws:', !Ref AWS::Region, ':SecretString:key}}']]",
        "'{{resolve is no reference}}'",
        "'{{ handlebars }}'",
    ] {
        assert_eq!(of(right), [""; 0], "{right}");
    }
    for wrong in [
        "'{{resolve:vault:x}}'",
        "'{{resolve:smm:x}}'",
        "'{{resolve:ssm:}}'",
        "'{{resolve:ssm:a b}}'",
        "'{{resolve:ssm:a:prod}}'",
        "'{{resolve:ssm:a:1:2}}'",
        "'{{ resolve:ssm:a}}'",
        "'{{resolve:secretsmanager:}}'",
        "'{{resolve:secretsmanager:x:password}}'",
        "'{{resolve:secretsmanager:x:SecretString:a:b:c:d}}'",
        "'{{resolve:secretsmanager:x:SecretString:a:AWSCURRENT:an-id}}'",
        "'{{resolve:secretsmanager:arn:aws:secretsmanager:x}}'",
        "'{{resolve:secretsmanager:x\\}}'",
        "!Sub '{{resolve:secretsmanager:${One}:Secret:key}}'",
        "!Join ['', ['{{resolve:vault:', !Ref AWS::Region, '}}']]",
    ] {
        assert_eq!(of(wrong), ["CFN420"], "{wrong}");
    }
}

#[test]
fn secure_references_have_places() {
    let secure = "'{{resolve:ssm-secure:password}}'";
    let place = |of: &str, properties: &str| one(of, &properties.replace('$', secure));
    assert_eq!(place("AWS::RDS::DBCluster", "{Engine: aurora-mysql, MasterUserPassword: $}"), [""; 0]);
    assert_eq!(place("AWS::IAM::User", "{LoginProfile: {Password: !Sub $}}"), [""; 0]);
    assert_eq!(place("AWS::OpsWorks::Stack", "{RdsDbInstances: [{DbPassword: $}]}"), [""; 0]);
    assert_eq!(place("AWS::IAM::User", "{UserName: $}"), ["CFN421"]);
    assert_eq!(place("AWS::Lambda::Function", "{Environment: {Variables: {KEY: $}}}"), ["CFN421"]);
    assert_eq!(place("Custom::Thing", "{Key: $}"), ["CFN421"]);
    let secret = "{Key: '{{resolve:secretsmanager:x}}'}";
    assert_eq!(one("Custom::Thing", secret), ["CFN421"]);
    assert_eq!(one("Custom::Thing", "{Key: '{{resolve:ssm:x}}'}"), [""; 0]);
    let output = |service: &str| {
        found_in(
            None,
            &format!(
                "Resources: {{A: {{Type: AWS::SNS::Topic}}}}\nOutputs: {{A: {{Value: '{{{{resolve:{service}:x}}}}'}}}}"
            ),
        )
    };
    assert!(output("ssm").is_empty());
    assert_eq!(output("secretsmanager").len(), 1);
}

#[test]
fn only_some_versions_pause() {
    let of = |engine: &str| {
        let scaling = "ServerlessV2ScalingConfiguration: {MinCapacity: 0, MaxCapacity: 2}";
        one("AWS::RDS::DBCluster", &format!("{{{scaling}, {engine}}}"))
    };
    assert_eq!(of("Engine: aurora-postgresql, EngineVersion: '15.7'"), [""; 0]);
    assert_eq!(of("Engine: aurora-postgresql, EngineVersion: '17'"), [""; 0]);
    assert_eq!(of("Engine: aurora-postgresql, EngineVersion: '15.4'"), ["CFN422"]);
    assert_eq!(of("Engine: aurora-postgresql, EngineVersion: !Ref Version"), [""; 0]);
    assert_eq!(of("Engine: aurora-mysql, EngineVersion: 8.0.mysql_aurora.3.08.0"), [""; 0]);
}

#[test]
fn capacity_comes_in_steps() {
    let of = |scaling: &str| {
        one(
            "AWS::RDS::DBCluster",
            &format!("{{Engine: aurora-postgresql, ServerlessV2ScalingConfiguration: {scaling}}}"),
        )
    };
    for right in [
        "{MinCapacity: 0.5, MaxCapacity: 4}",
        "{MinCapacity: '1.5', MaxCapacity: 256}",
        "{MinCapacity: 0, MaxCapacity: 1, SecondsUntilAutoPause: 300}",
        "{MinCapacity: !Ref AWS::NoValue, MaxCapacity: 1, SecondsUntilAutoPause: 300}",
        "{MinCapacity: 8, MaxCapacity: !Ref AWS::Region}",
    ] {
        assert_eq!(of(right), [""; 0], "{right}");
    }
    for wrong in [
        "{MinCapacity: 0.3, MaxCapacity: 4}",
        "{MinCapacity: 4, MaxCapacity: 2}",
        "{MinCapacity: 0.5, MaxCapacity: 0.5}",
        "{MinCapacity: 1, MaxCapacity: 300}",
        "{MinCapacity: 1, MaxCapacity: 2, SecondsUntilAutoPause: 300}",
        "{MinCapacity: 0, MaxCapacity: 2, SecondsUntilAutoPause: 299}",
    ] {
        assert_eq!(of(wrong), ["CFN422"], "{wrong}");
    }
}

/// A distribution with an origin `web`, and more in its configuration.
fn distribution(more: &str) -> String {
    format!(
        "Site: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{Enabled: true, \
         Origins: [{{Id: web, DomainName: example.org, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}], \
         DefaultCacheBehavior: {{TargetOriginId: web, ViewerProtocolPolicy: https-only, CachePolicyId: x}}, {more}}}}}}}"
    )
}

#[test]
fn hosts_have_certificates_of_us_east_1() {
    let of = |more: &str| {
        codes(
            Some("eu-west-2"),
            &[&distribution(more), "Cert: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: a.b}}"],
        )
    };
    let us = "arn:aws:acm:us-east-1:123456789012:certificate/x";
    for right in [
        String::new(),
        "Aliases: []".to_owned(),
        "Aliases: !If [A, [a.b], !Ref AWS::NoValue]".to_owned(),
        "Aliases: [!If [A, a.b, !Ref AWS::NoValue]]".to_owned(),
        format!("Aliases: [a.b], ViewerCertificate: {{AcmCertificateArn: '{us}'}}"),
        "Aliases: [a.b], ViewerCertificate: {IamCertificateId: x}".to_owned(),
        "Aliases: [a.b], ViewerCertificate: !If [A, {AcmCertificateArn: x}, !Ref AWS::NoValue]".to_owned(),
        "Aliases: [a.b], ViewerCertificate: {AcmCertificateArn: !Ref Parameter}".to_owned(),
        "ViewerCertificate: {AcmCertificateArn: !Sub 'arn:aws:acm:${AWS::Region}:1:certificate/x'}".to_owned(),
        "WebACLId: !Sub 'arn:aws:wafv2:us-east-1:${AWS::AccountId}:global/webacl/x/y'".to_owned(),
        "WebACLId: !Ref Parameter".to_owned(),
    ] {
        assert_eq!(of(&right), [""; 0], "{right}");
    }
    for (wrong, code) in [
        ("Aliases: [a.b]", "CFN423"),
        ("Aliases: [!Ref Host]", "CFN423"),
        ("Aliases: [a.b], ViewerCertificate: {CloudFrontDefaultCertificate: true}", "CFN423"),
        ("Aliases: [a.b], ViewerCertificate: {MinimumProtocolVersion: TLSv1}", "CFN423"),
        ("ViewerCertificate: {AcmCertificateArn: 'arn:aws:acm:eu-west-2:123456789012:certificate/x'}", "CFN424"),
        (
            "ViewerCertificate: {AcmCertificateArn: !Sub 'arn:${AWS::Partition}:acm:eu-west-2:${AWS::AccountId}:certificate/x'}",
            "CFN424",
        ),
        ("ViewerCertificate: {AcmCertificateArn: !Ref Cert}", "CFN424"),
        ("WebACLId: 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/x/y'", "CFN424"),
        ("WebACLId: 'arn:aws:wafv2:eu-west-1:123456789012:global/webacl/x/y'", "CFN424"),
    ] {
        assert_eq!(of(wrong), [code], "{wrong}");
    }
    let made_here = [
        &*distribution("ViewerCertificate: {AcmCertificateArn: !Ref Cert}"),
        "Cert: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: a.b}}",
    ];
    assert_eq!(codes(Some("us-east-1"), &made_here), [""; 0]);
    assert_eq!(codes(None, &made_here), [""; 0]);
    let acl = [
        "Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, DefaultAction: {Allow: {}}, VisibilityConfig: {CloudWatchMetricsEnabled: false, MetricName: x, SampledRequestsEnabled: false}}}",
    ];
    assert_eq!(codes(Some("eu-west-2"), &acl), ["CFN424"]);
    assert_eq!(codes(Some("us-east-1"), &acl), [""; 0]);
}

#[test]
fn behaviours_have_origins_and_paths_of_their_own() {
    let of = |more: &str| codes(None, &[&distribution(more)]);
    let behavior = |path: &str, target: &str| {
        format!("{{PathPattern: {path}, TargetOriginId: {target}, ViewerProtocolPolicy: https-only, CachePolicyId: x}}")
    };
    assert_eq!(of(&format!("CacheBehaviors: [{}, {}]", behavior("/a", "web"), behavior("/b", "web"))), [""; 0]);
    assert_eq!(of(&format!("CacheBehaviors: [{}, {}]", behavior("/a", "web"), behavior("/a", "web"))), ["CFN426"]);
    assert_eq!(of(&format!("CacheBehaviors: [{}]", behavior("/a", "wob"))), ["CFN425"]);
    assert_eq!(of(&format!("CacheBehaviors: [{}]", behavior("/a", "!Ref Origin"))), [""; 0]);
    let group = "OriginGroups: {Quantity: 1, Items: [{Id: both, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: web}, {OriginId: web2}]}}]}";
    assert_eq!(of(&format!("{group}, CacheBehaviors: [{}]", behavior("/a", "both"))), [""; 0]);
}

#[test]
fn schedules_are_those_of_their_service() {
    let rule = |text: &str| one("AWS::Events::Rule", &format!("{{ScheduleExpression: {text}}}"));
    let schedule = |text: &str| {
        one(
            "AWS::Scheduler::Schedule",
            &format!(
                "{{ScheduleExpression: {text}, FlexibleTimeWindow: {{Mode: 'OFF'}}, Target: {{Arn: !Ref A, RoleArn: !Ref B}}}}"
            ),
        )
    };
    assert_eq!(rule("rate(1 hour)"), [""; 0]);
    assert_eq!(rule("rate(1 hours)"), ["CFN272"]);
    assert_eq!(schedule("rate(1 hours)"), [""; 0]);
    assert_eq!(schedule("rate(5 hour)"), ["CFN272"]);
    // The schema of a rule says so.
    assert_eq!(rule("at(2027-01-31T09:00:00)"), [""; 0]);
    assert_eq!(schedule("at(2027-01-31T09:00:00)"), [""; 0]);
    assert_eq!(rule("cron(0 9 * * ? *)"), [""; 0]);
    assert_eq!(rule("cron(0 9 ? * 2-6 *)"), [""; 0]);
    assert_eq!(schedule("cron(0 9 * * *)"), ["CFN270"]);
    assert_eq!(schedule("!Sub 'rate(${Minutes} minutes)'"), [""; 0]);
}

#[test]
fn alarms_watch_what_is_there() {
    let alarm = |region: &str, metric: &str| {
        codes(
            Some(region),
            &[&format!(
                "Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 1, {metric}}}}}"
            )],
        )
    };
    let whole = "Period: 60, Statistic: Sum";
    assert_eq!(alarm("eu-west-2", &format!("{whole}, Namespace: AWS/Lambda, MetricName: Errors")), [""; 0]);
    assert_eq!(alarm("eu-west-2", &format!("{whole}, Namespace: AWS/Lambda, MetricName: Error")), ["CFN427"]);
    let requests = format!("{whole}, Namespace: AWS/CloudFront, MetricName: Requests");
    let requests =
        format!("{requests}, Dimensions: [{{Name: DistributionId, Value: E1}}, {{Name: Region, Value: Global}}]");
    assert_eq!(alarm("eu-west-2", &requests), ["CFN427"]);
    assert_eq!(alarm("us-east-1", &requests), [""; 0]);
    assert_eq!(alarm("cn-north-1", &requests), [""; 0]);
    assert_eq!(alarm("eu-west-2", "Period: 60, Namespace: AWS/Lambda, MetricName: Errors"), ["CFN428"]);
    assert_eq!(alarm("eu-west-2", "Statistic: Sum, MetricName: Errors"), ["CFN428"]);
    let query = |name: &str| {
        format!(
            "Metrics: [{{Id: a, MetricStat: {{Metric: {{Namespace: AWS/SQS, MetricName: {name}, Dimensions: [{{Name: QueueName, Value: q}}]}}, Period: 60, Stat: Sum}}}}]"
        )
    };
    assert_eq!(alarm("eu-west-2", &query("NumberOfMessagesSent")), [""; 0]);
    assert_eq!(alarm("eu-west-2", &query("NumberOfMessageSent")), ["CFN427"]);
}

#[test]
fn dashboards_are_json() {
    let of = |body: &str| one("AWS::CloudWatch::Dashboard", &format!("{{DashboardBody: {body}}}"));
    assert_eq!(of("'{\"widgets\": []}'"), [""; 0]);
    assert_eq!(of("!Sub '{${Widgets}}'"), [""; 0]);
    assert_eq!(of("'{\"widgets\": [],}'"), ["CFN429"]);
    assert_eq!(of("'[]'"), ["CFN429"]);
}

#[test]
fn fifo_goes_with_fifo() {
    let queue = |id: &str, more: &str| format!("{id}: {{Type: AWS::SQS::Queue, Properties: {{{more}}}}}");
    let dead = "RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}";
    let both = |own: &str, other: &str| codes(None, &[&queue("Own", &format!("{own}{dead}")), &queue("Dead", other)]);
    assert_eq!(both("", ""), [""; 0]);
    assert_eq!(both("FifoQueue: true, ", "FifoQueue: true"), [""; 0]);
    assert_eq!(both("FifoQueue: true, ", ""), ["CFN430"]);
    assert_eq!(both("", "FifoQueue: true"), ["CFN430"]);
    assert_eq!(both("FifoQueue: !Ref Fifo, ", ""), [""; 0]);
    assert_eq!(one("AWS::SNS::Topic", "{TopicName: a.fifo, FifoTopic: true}"), [""; 0]);
    assert_eq!(one("AWS::SNS::Topic", "{TopicName: a, FifoTopic: true}"), ["CFN430"]);
    assert_eq!(one("AWS::SNS::Topic", "{TopicName: a.fifo}"), ["CFN430"]);
    let delivery = |topic: &str| {
        codes(
            None,
            &[
                &format!("Topic: {{Type: AWS::SNS::Topic, Properties: {{{topic}}}}}"),
                &queue("Dead", "FifoQueue: true"),
                "Delivery: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Dead.Arn}}",
            ],
        )
    };
    assert_eq!(delivery(""), ["CFN430"]);
    assert_eq!(delivery("FifoTopic: true"), [""; 0]);
}

#[test]
fn messages_stay_hidden_while_they_are_worked_on() {
    let of = |queue: &str, function: &str| {
        codes(
            None,
            &[
                &format!("Jobs: {{Type: AWS::SQS::Queue, Properties: {{{queue}}}}}"),
                &format!(
                    "Work: {{Type: AWS::Lambda::Function, Properties: {{Role: !Ref Role, Code: {{ZipFile: x}}, Handler: a.b, Runtime: nodejs22.x, {function}}}}}"
                ),
                "Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref Work, FunctionVersion: '1'}}",
                "Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Live}}",
            ],
        )
    };
    assert_eq!(of("", ""), [""; 0]);
    assert_eq!(of("VisibilityTimeout: 60", "Timeout: 60"), [""; 0]);
    assert_eq!(of("VisibilityTimeout: 10", "Timeout: 60"), ["CFN431"]);
    assert_eq!(of("", "Timeout: 60"), ["CFN431"]);
    assert_eq!(of("VisibilityTimeout: !Ref Seconds", "Timeout: 60"), [""; 0]);
}

#[test]
fn exports_have_names() {
    let of = |outputs: &str| {
        found_in(None, &format!("Conditions: {{A: !Equals [a, b]}}\nResources: {{A: {{Type: AWS::SNS::Topic, Condition: A}}}}\nOutputs: {{{outputs}}}")).len()
    };
    let export = |id: &str, name: &str| format!("{id}: {{Value: x, Export: {{Name: {name}}}}}");
    assert_eq!(of(&export("A", "'a-1:B'")), 0);
    assert_eq!(of(&export("A", "!Sub '${AWS::StackName}-x'")), 0);
    assert_eq!(of(&export("A", "a_b")), 1);
    assert_eq!(of(&export("A", "!Sub '${AWS::StackName}/x'")), 1);
    assert_eq!(of(&export("A", &"a".repeat(256))), 1);
    // One of two under conditions.
    let twice = format!("{}, {}", export("A", "a"), export("B", "a"));
    assert_eq!(of(&twice), 0);
    assert_eq!(found_in(None, &format!("Resources: {{A: {{Type: AWS::SNS::Topic}}}}\nOutputs: {{{twice}}}")).len(), 1);
}

#[test]
fn routes_have_keys_and_targets() {
    let of = |protocol: &str, route: &str| {
        codes(
            None,
            &[
                &format!("Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: a, ProtocolType: {protocol}}}}}"),
                "To: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY}}",
                &format!("Route: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, {route}}}}}"),
            ],
        )
    };
    for right in [
        "RouteKey: GET /x",
        "RouteKey: $default",
        "RouteKey: !Ref Key",
        "RouteKey: ANY /{proxy+}, Target: !Sub 'integrations/${To}'",
        "RouteKey: GET /, Target: !Join [/, [integrations, !Ref To]]",
        "RouteKey: GET /, Target: !Ref Target",
        "RouteKey: GET /, Target: integrations/abc",
    ] {
        assert_eq!(of("HTTP", right), [""; 0], "{right}");
    }
    for wrong in [
        "RouteKey: GETT /x",
        "RouteKey: get /x",
        "RouteKey: /x",
        "RouteKey: GET x",
        "RouteKey: $connect",
        "RouteKey: GET /, Target: !Ref To",
        "RouteKey: GET /, Target: !Sub 'integration/${To}'",
        "RouteKey: GET /, Target: integrations/",
    ] {
        assert_eq!(of("HTTP", wrong), ["CFN433"], "{wrong}");
    }
    assert_eq!(of("WEBSOCKET", "RouteKey: $connect"), [""; 0]);
    assert_eq!(of("WEBSOCKET", "RouteKey: send message"), [""; 0]);
    let cors = |cors: &str| {
        one("AWS::ApiGatewayV2::Api", &format!("{{Name: a, ProtocolType: HTTP, CorsConfiguration: {cors}}}"))
    };
    assert_eq!(cors("{AllowOrigins: ['*'], AllowCredentials: true}"), ["CFN434"]);
    assert_eq!(cors("{AllowOrigins: ['*'], AllowCredentials: false}"), [""; 0]);
    assert_eq!(cors("{AllowOrigins: ['https://a.b'], AllowCredentials: true}"), [""; 0]);
}

#[test]
fn actions_on_objects_name_objects() {
    let of = |action: &str, resource: &str| {
        codes(
            None,
            &[
                "Photos: {Type: AWS::S3::Bucket}",
                &format!(
                    "Policy: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: {action}, Resource: {resource}}}]}}}}}}"
                ),
            ],
        )
    };
    for resource in [
        "'arn:aws:s3:::photos'",
        "!GetAtt Photos.Arn",
        "!Sub '${Photos.Arn}'",
        "!Sub 'arn:${AWS::Partition}:s3:::${Photos}'",
        "[!GetAtt Photos.Arn]",
        "!Join ['', ['arn:aws:s3:::', !Ref Photos]]",
    ] {
        assert_eq!(of("s3:GetObject", resource), ["CFN435"], "{resource}");
        assert_eq!(of("[s3:ListBucket, 's3:PutObject*']", resource), ["CFN435"], "{resource}");
        assert_eq!(of("s3:ListBucket", resource), [""; 0], "{resource}");
    }
    for resource in [
        "'arn:aws:s3:::photos/*'",
        "'*'",
        "'arn:aws:s3:::*'",
        "!Sub '${Photos.Arn}/*'",
        "!Sub 'arn:aws:s3:::${Name}'",
        "[!GetAtt Photos.Arn, !Sub '${Photos.Arn}/*']",
        "!Join ['', [!GetAtt Photos.Arn, '/*']]",
        "!GetAtt Elsewhere.Arn",
        "!If [A, !GetAtt Photos.Arn, x]",
    ] {
        assert_eq!(of("s3:GetObject", resource), [""; 0], "{resource}");
    }
}

#[test]
fn attributes_are_those_of_keys() {
    let of = |attributes: &str, more: &str| {
        one(
            "AWS::DynamoDB::Table",
            &format!(
                "{{BillingMode: PAY_PER_REQUEST, KeySchema: [{{AttributeName: id, KeyType: HASH}}], AttributeDefinitions: {attributes}{more}}}"
            ),
        )
    };
    let id = "{AttributeName: id, AttributeType: S}";
    let at = "{AttributeName: at, AttributeType: N}";
    let index = |key: &str| {
        format!(
            ", GlobalSecondaryIndexes: [{{IndexName: x, Projection: {{ProjectionType: ALL}}, KeySchema: [{{AttributeName: {key}, KeyType: HASH}}]}}]"
        )
    };
    assert_eq!(of(&format!("[{id}]"), ""), [""; 0]);
    assert_eq!(of(&format!("[{id}, {at}]"), &index("at")), [""; 0]);
    assert_eq!(of(&format!("[{id}, {at}]"), ", GlobalSecondaryIndexes: !Ref Indexes"), [""; 0]);
    assert_eq!(of(&format!("[{id}, {at}]"), ""), ["CFN436"]);
    assert_eq!(of(&format!("[{id}]"), &index("at")), ["CFN436"]);
    assert_eq!(of(&format!("[{id}]"), &index("!Ref Key")), [""; 0]);
}

#[test]
fn ranges_of_ports_go_up() {
    let of = |rule: &str| {
        one(
            "AWS::EC2::SecurityGroup",
            &format!("{{GroupDescription: a, SecurityGroupIngress: [{{CidrIp: 10.0.0.0/8, {rule}}}]}}"),
        )
    };
    assert_eq!(of("IpProtocol: tcp, FromPort: 80, ToPort: 90"), [""; 0]);
    assert_eq!(of("IpProtocol: tcp, FromPort: 90, ToPort: 80"), ["CFN437"]);
    assert_eq!(of("IpProtocol: icmp, FromPort: 8, ToPort: -1"), [""; 0]);
    assert_eq!(
        one(
            "AWS::EC2::SecurityGroupIngress",
            "{IpProtocol: udp, FromPort: '90', ToPort: '80', GroupId: sg-0123456789abcdef0, CidrIp: 10.0.0.0/8}"
        ),
        ["CFN437"]
    );
}

#[test]
fn environments_fit() {
    let of = |value: &str| {
        one(
            "AWS::Lambda::Function",
            &format!(
                "{{Role: !Ref R, Code: {{ZipFile: x}}, Handler: a.b, Runtime: nodejs22.x, Environment: {{Variables: {{KEY: {value}}}}}}}"
            ),
        )
    };
    assert_eq!(of(&"a".repeat(4093)), [""; 0]);
    assert_eq!(of(&"a".repeat(4094)), ["CFN438"]);
    assert_eq!(of(&format!("!Sub '{}${{AWS::Region}}'", "a".repeat(4094))), ["CFN438"]);
}

#[test]
fn subscriptions_have_addresses_of_their_protocol() {
    let of = |protocol: &str, endpoint: &str| {
        one("AWS::SNS::Subscription", &format!("{{TopicArn: !Ref T, Protocol: {protocol}, Endpoint: {endpoint}}}"))
    };
    for (protocol, endpoint) in [
        ("email", "a@b.c"),
        ("https", "'https://a.b/c'"),
        ("https", "!Sub 'https://${Host}/c'"),
        ("https", "!Sub '${Url}/c'"),
        ("https", "!Sub 'https:${Rest}'"),
        ("sqs", "'arn:aws:sqs:eu-west-2:123456789012:x'"),
        ("lambda", "!Ref Function"),
        ("sms", "'+441234567890'"),
    ] {
        assert_eq!(of(protocol, endpoint), [""; 0], "{protocol} {endpoint}");
    }
    for (protocol, endpoint) in [
        ("email", "'https://a.b'"),
        ("https", "'http://a.b'"),
        ("https", "!Sub 'http://${Host}'"),
        ("sqs", "'https://sqs.eu-west-2.amazonaws.com/123456789012/x'"),
        ("mail", "a@b.c"),
    ] {
        assert_eq!(of(protocol, endpoint), ["CFN439"], "{protocol} {endpoint}");
    }
}

#[test]
fn names_are_taken_once_in_a_template() {
    let queue =
        |id: &str, more: &str| format!("{id}: {{Type: AWS::SQS::Queue, {more}Properties: {{QueueName: jobs}}}}");
    assert_eq!(codes(None, &[&queue("A", ""), &queue("B", "")]), ["CFN017"]);
    assert_eq!(codes(None, &[&queue("A", "Condition: X, "), &queue("B", "Condition: Y, ")]), [""; 0]);
}
