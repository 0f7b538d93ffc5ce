//! Which types are named by a property that users may write.

/// Types whose resources may be named in a template, the property that names them, and those within whose values the name is
/// unique. Source: CloudFormation resource schemas of 2026-10-20 (`createOnlyProperties`). Hosts have a check of their own.
const NAMED: &[(&str, &str, &[&str])] = &[
    ("AWS::Athena::WorkGroup", "Name", &[]),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", &[]),
    ("AWS::Backup::BackupVault", "BackupVaultName", &[]),
    ("AWS::CloudWatch::Alarm", "AlarmName", &[]),
    ("AWS::CloudWatch::Dashboard", "DashboardName", &[]),
    ("AWS::CodeBuild::Project", "Name", &[]),
    ("AWS::DynamoDB::GlobalTable", "TableName", &[]),
    ("AWS::DynamoDB::Table", "TableName", &[]),
    ("AWS::EC2::KeyPair", "KeyName", &[]),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", &[]),
    ("AWS::ECR::Repository", "RepositoryName", &[]),
    ("AWS::ECS::Cluster", "ClusterName", &[]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", &[]),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", &[]),
    ("AWS::Events::EventBus", "Name", &[]),
    ("AWS::Events::Rule", "Name", &["EventBusName"]),
    ("AWS::IAM::Group", "GroupName", &[]),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName", &[]),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", &[]),
    ("AWS::IAM::Role", "RoleName", &[]),
    ("AWS::IAM::User", "UserName", &[]),
    ("AWS::KMS::Alias", "AliasName", &[]),
    ("AWS::Kinesis::Stream", "Name", &[]),
    ("AWS::Lambda::Function", "FunctionName", &[]),
    ("AWS::Logs::LogGroup", "LogGroupName", &[]),
    ("AWS::OpenSearchService::Domain", "DomainName", &[]),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", &[]),
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", &[]),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", &[]),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", &[]),
    ("AWS::RDS::DBProxy", "DBProxyName", &[]),
    ("AWS::RDS::DBProxyEndpoint", "DBProxyEndpointName", &[]),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", &[]),
    ("AWS::Route53::RecordSet", "Name", &["HostedZoneId", "HostedZoneName", "SetIdentifier", "Type"]),
    ("AWS::S3::Bucket", "BucketName", &[]),
    ("AWS::SES::ConfigurationSet", "Name", &[]),
    ("AWS::SES::EmailIdentity", "EmailIdentity", &[]),
    ("AWS::SNS::Topic", "TopicName", &[]),
    ("AWS::SQS::Queue", "QueueName", &[]),
    ("AWS::SSM::Parameter", "Name", &[]),
    ("AWS::Scheduler::Schedule", "Name", &["GroupName"]),
    ("AWS::SecretsManager::Secret", "Name", &[]),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", &[]),
    ("AWS::WAFv2::IPSet", "Name", &["Scope"]),
    ("AWS::WAFv2::WebACL", "Name", &["Scope"]),
];

/// How a type is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The type.
    pub resource_type: &'static str,
    /// The property that names it.
    pub property: &'static str,
    /// The properties within whose values the name is unique, where it is not so everywhere.
    pub within: &'static [&'static str],
}

/// How a type is named; nothing where AWS chooses the name, or it is not known who does.
#[must_use]
pub fn named(resource_type: &str) -> Option<Named> {
    let (resource_type, property, within) = *NAMED.iter().find(|(name, ..)| *name == resource_type)?;
    Some(Named { resource_type, property, within })
}

#[cfg(test)]
mod tests {
    use super::NAMED;

    #[test]
    fn the_table_is_sorted_and_has_each_type_once() {
        assert!(NAMED.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
