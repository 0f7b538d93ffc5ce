//! Which types hold data.

/// Types that hold data, with whether they know snapshots. Sources: cfn-lint 1.58.0 (`StatefulResources.json`), and the
/// CloudFormation User Guide, "DeletionPolicy attribute", for the snapshots; read 2026-11-21;
/// and, for what is newer than the first, the types' own reference pages: what keeps what users put into it.
const HOLD_DATA: &[(&str, bool)] = &[
    ("AWS::APS::Workspace", false),
    ("AWS::AmazonMQ::Broker", false),
    ("AWS::Backup::BackupVault", false),
    ("AWS::Backup::LogicallyAirGappedBackupVault", false),
    ("AWS::Cassandra::Keyspace", false),
    ("AWS::Cassandra::Table", false),
    ("AWS::CloudFormation::Stack", false),
    ("AWS::CloudTrail::EventDataStore", false),
    ("AWS::CodeArtifact::Repository", false),
    ("AWS::CodeCommit::Repository", false),
    ("AWS::Cognito::UserPool", false),
    ("AWS::DSQL::Cluster", false),
    ("AWS::DocDB::DBCluster", true),
    ("AWS::DocDB::DBInstance", false),
    ("AWS::DocDBElastic::Cluster", false),
    ("AWS::DynamoDB::GlobalTable", false),
    ("AWS::DynamoDB::Table", false),
    ("AWS::EC2::Volume", true),
    ("AWS::ECR::Repository", false),
    ("AWS::EFS::FileSystem", false),
    ("AWS::EMR::Cluster", false),
    ("AWS::ElastiCache::CacheCluster", true),
    ("AWS::ElastiCache::ReplicationGroup", true),
    ("AWS::ElastiCache::ServerlessCache", false),
    ("AWS::Elasticsearch::Domain", false),
    ("AWS::FSx::FileSystem", false),
    ("AWS::FSx::Volume", false),
    ("AWS::KMS::Key", false),
    ("AWS::KMS::ReplicaKey", false),
    ("AWS::Kinesis::Stream", false),
    ("AWS::Lightsail::Database", false),
    ("AWS::Lightsail::Disk", false),
    ("AWS::Logs::LogGroup", false),
    ("AWS::MSK::Cluster", false),
    ("AWS::MSK::ServerlessCluster", false),
    ("AWS::MemoryDB::Cluster", false),
    ("AWS::Neptune::DBCluster", true),
    ("AWS::Neptune::DBInstance", false),
    ("AWS::NeptuneGraph::Graph", false),
    ("AWS::OpenSearchServerless::Collection", false),
    ("AWS::OpenSearchService::Domain", false),
    ("AWS::QLDB::Ledger", false),
    ("AWS::RDS::DBCluster", true),
    ("AWS::RDS::DBInstance", true),
    ("AWS::RDS::GlobalCluster", false),
    ("AWS::Redshift::Cluster", true),
    ("AWS::RedshiftServerless::Namespace", false),
    ("AWS::S3::Bucket", false),
    ("AWS::S3Express::DirectoryBucket", false),
    ("AWS::S3Tables::Table", false),
    ("AWS::S3Tables::TableBucket", false),
    ("AWS::S3Vectors::VectorBucket", false),
    ("AWS::SDB::Domain", false),
    ("AWS::SQS::Queue", false),
    ("AWS::SecretsManager::Secret", false),
    ("AWS::Timestream::Database", false),
    ("AWS::Timestream::InfluxDBInstance", false),
    ("AWS::Timestream::Table", false),
];

/// What is known of a type that holds data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    /// Whether CloudFormation can take a last snapshot of it.
    pub knows_snapshots: bool,
}

/// What is known of a type's data; nothing where it is not known to hold any.
#[must_use]
pub fn holds_data(resource_type: &str) -> Option<Data> {
    let found = HOLD_DATA.iter().find(|(name, _)| *name == resource_type)?;
    Some(Data { knows_snapshots: found.1 })
}

/// Properties that make AWS refuse to delete a resource, and the value that does. Source: the AWS CloudFormation Template
/// Reference, each type's page; read 2026-11-22.
const PROTECTIONS: &[(&str, &str, &str)] = &[
    ("AWS::CloudTrail::EventDataStore", "TerminationProtectionEnabled", "true"),
    ("AWS::Cognito::UserPool", "DeletionProtection", "ACTIVE"),
    ("AWS::DSQL::Cluster", "DeletionProtectionEnabled", "true"),
    ("AWS::DocDB::DBCluster", "DeletionProtection", "true"),
    ("AWS::DynamoDB::Table", "DeletionProtectionEnabled", "true"),
    ("AWS::EC2::Instance", "DisableApiTermination", "true"),
    ("AWS::Neptune::DBCluster", "DeletionProtection", "true"),
    ("AWS::RDS::DBCluster", "DeletionProtection", "true"),
    ("AWS::RDS::DBInstance", "DeletionProtection", "true"),
    ("AWS::RDS::GlobalCluster", "DeletionProtection", "true"),
];

/// The property that makes AWS refuse to delete a resource of a type, and its value that does.
#[must_use]
pub fn protection(resource_type: &str) -> Option<(&'static str, &'static str)> {
    PROTECTIONS.iter().find(|(name, ..)| *name == resource_type).map(|(_, property, value)| (*property, *value))
}
