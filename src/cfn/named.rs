//! Which types are named by a property that users may write.

/// Types whose resources may be named in a template, the property that names them, and one within whose value the name is
/// unique. Source: CloudFormation resource schemas of 2026-10-20 (`createOnlyProperties`). Hosts have a check of their own.
const NAMED: &[(&str, &str, Option<&str>)] = &[
    ("AWS::Athena::WorkGroup", "Name", None),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", None),
    ("AWS::Backup::BackupVault", "BackupVaultName", None),
    ("AWS::CloudWatch::Alarm", "AlarmName", None),
    ("AWS::CloudWatch::Dashboard", "DashboardName", None),
    ("AWS::CodeBuild::Project", "Name", None),
    ("AWS::DynamoDB::GlobalTable", "TableName", None),
    ("AWS::DynamoDB::Table", "TableName", None),
    ("AWS::EC2::KeyPair", "KeyName", None),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", None),
    ("AWS::ECR::Repository", "RepositoryName", None),
    ("AWS::ECS::Cluster", "ClusterName", None),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", None),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", None),
    ("AWS::Events::EventBus", "Name", None),
    ("AWS::Events::Rule", "Name", Some("EventBusName")),
    ("AWS::IAM::Group", "GroupName", None),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName", None),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", None),
    ("AWS::IAM::Role", "RoleName", None),
    ("AWS::IAM::User", "UserName", None),
    ("AWS::KMS::Alias", "AliasName", None),
    ("AWS::Kinesis::Stream", "Name", None),
    ("AWS::Lambda::Function", "FunctionName", None),
    ("AWS::Logs::LogGroup", "LogGroupName", None),
    ("AWS::OpenSearchService::Domain", "DomainName", None),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", None),
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", None),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", None),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", None),
    ("AWS::RDS::DBProxy", "DBProxyName", None),
    ("AWS::RDS::DBProxyEndpoint", "DBProxyEndpointName", None),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", None),
    ("AWS::S3::Bucket", "BucketName", None),
    ("AWS::SES::ConfigurationSet", "Name", None),
    ("AWS::SES::EmailIdentity", "EmailIdentity", None),
    ("AWS::SNS::Topic", "TopicName", None),
    ("AWS::SQS::Queue", "QueueName", None),
    ("AWS::SSM::Parameter", "Name", None),
    ("AWS::Scheduler::Schedule", "Name", Some("GroupName")),
    ("AWS::SecretsManager::Secret", "Name", None),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", None),
    ("AWS::WAFv2::IPSet", "Name", Some("Scope")),
    ("AWS::WAFv2::WebACL", "Name", Some("Scope")),
];

/// How a type is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The type.
    pub resource_type: &'static str,
    /// The property that names it.
    pub property: &'static str,
    /// The property within whose value the name is unique, where it is not so everywhere.
    pub within: Option<&'static str>,
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
