use super::codes;

#[test]
fn metrics_are_written_under_dimensions() {
    let of = |namespace: &str, name: &str, dimensions: &str| {
        codes(
            Some("us-east-1"),
            &[&format!(
                "Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 1, \
                 Period: 60, Statistic: Sum, Namespace: '{namespace}', MetricName: {name}, {dimensions}}}}}"
            )],
        )
    };
    let by = |names: &[&str]| {
        let each: Vec<String> =
            names.iter().map(|name| format!("{{Name: {name}, Value: !Ref AWS::StackName}}")).collect();
        format!("Dimensions: [{}]", each.join(", "))
    };
    for (namespace, name, names) in [
        ("AWS/Lambda", "Errors", &["FunctionName"][..]),
        ("AWS/Lambda", "Errors", &["Resource", "FunctionName"]),
        ("AWS/Lambda", "Errors", &[]),
        ("AWS/ApiGateway", "5xx", &["ApiId", "Stage"]),
        ("AWS/ApiGateway", "5XXError", &["ApiName"]),
        ("AWS/CloudFront", "5xxErrorRate", &["DistributionId", "Region"]),
        ("AWS/RDS", "ACUUtilization", &["DBClusterIdentifier"]),
        ("AWS/RDS", "SomethingNew", &["SomethingElse"]),
        ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount_AccessDenied", &["ScheduleGroup"]),
        ("AWS/Glue", "Anything", &["JobName"]),
        ("AWS/ES", "ClusterStatus.red", &["ClientId", "DomainName"]),
        ("Shop", "Errors", &["Till"]),
    ] {
        assert_eq!(of(namespace, name, &by(names)), [""; 0], "{namespace} {name} {names:?}");
    }
    for (namespace, name, names, code) in [
        ("AWS/lambda", "Errors", &["FunctionName"][..], "CFN427"),
        ("AWS::Lambda", "Errors", &["FunctionName"], "CFN427"),
        ("AWS/ApiGatway", "5xx", &["ApiId"], "CFN427"),
        ("AWS/Lambda", "Timeouts", &["FunctionName"], "CFN441"),
        ("AWS/SQS", "QueueDepth", &["QueueName"], "CFN441"),
        ("AWS/Lambda", "Errors", &["functionName"], "CFN442"),
        ("AWS/RDS", "ACUUtilization", &["DBClusterIdentifer"], "CFN442"),
        ("AWS/ApiGateway", "5XXError", &["ApiId", "Stage"], "CFN442"),
        ("AWS/DynamoDB", "ThrottledRequests", &["TableName"], "CFN442"),
        ("AWS/Scheduler", "TargetErrorCount", &["ScheduleName"], "CFN442"),
        ("AWS/SQS", "NumberOfMessagesSent", &[], "CFN442"),
    ] {
        assert_eq!(of(namespace, name, &by(names)), [code], "{namespace} {name} {names:?}");
    }
    let region =
        |value: &str| format!("Dimensions: [{{Name: DistributionId, Value: E1}}, {{Name: Region, Value: {value}}}]");
    assert_eq!(of("AWS/CloudFront", "Requests", &region("Global")), [""; 0]);
    assert_eq!(of("AWS/CloudFront", "Requests", &region("!Ref AWS::Region")), [""; 0]);
    assert_eq!(of("AWS/CloudFront", "Requests", &region("us-east-1")), ["CFN442"]);
    assert_eq!(of("AWS/SQS", "NumberOfMessagesSent", "Dimensions: !If [A, [], []]"), [""; 0]);
    assert_eq!(of("AWS/SQS", "NumberOfMessagesSent", "Dimensions: [!Ref AWS::NoValue]"), [""; 0]);
}
