//! Encryption of what lies somewhere.

use super::seen::{self, Seen};
use super::switch::{self, Switch, types};
use super::{Found, On, Rule};
use crate::diag::{Code, Severity};

/// `POL020`: data that is not encrypted.
pub const POL020: Code = Code {
    id: "POL020",
    explanation: "data is kept without encryption\n\n\
        Encryption at rest keeps disks, snapshots and backups from being read by whoever gets hold of them. It costs nothing with the \
        service's own key. For most types it is decided when the resource is made: switching it on later replaces the resource, \
        without its data, so a database that holds some is first copied through an encrypted snapshot.\n\n\
        AWS Security Hub, controls RDS.3, RDS.27, EC2.3, EFS.1, ElastiCache.4, Kinesis.1, Opensearch.1 and others.",
};

/// `POL021`: a key that stays the same.
pub const POL021: Code = Code {
    id: "POL021",
    explanation: "a key is never rotated\n\n\
        With `EnableKeyRotation` KMS makes new key material every year and keeps the old for what it encrypted: nothing has to \
        be encrypted anew, and the ARN stays. Keys that are not symmetric, and those with material of your own, cannot rotate.\n\n\
        AWS Security Hub, control KMS.4.",
};

const AT_REST: [Switch; 13] = [
    Switch {
        of: "AWS::DAX::Cluster",
        path: &["SSESpecification", "SSEEnabled"],
        unwritten: Some(false),
        unless: &[],
        ids: &["CKV_AWS_47"],
    },
    Switch {
        of: "AWS::DocDB::DBCluster",
        path: &["StorageEncrypted"],
        unwritten: Some(false),
        unless: &["SnapshotIdentifier", "SourceDBClusterIdentifier"],
        ids: &["CKV_AWS_74"],
    },
    Switch {
        of: "AWS::EC2::Volume",
        path: &["Encrypted"],
        unwritten: Some(false),
        unless: &["SnapshotId", "SourceVolumeId"],
        ids: &["CKV_AWS_3", "ENCRYPTED_VOLUMES"],
    },
    Switch {
        of: "AWS::EFS::FileSystem",
        path: &["Encrypted"],
        unwritten: Some(false),
        unless: &[],
        ids: &["CKV_AWS_42", "EFS_ENCRYPTED_CHECK"],
    },
    Switch {
        of: "AWS::ElastiCache::ReplicationGroup",
        path: &["AtRestEncryptionEnabled"],
        // On for Valkey, off for Redis.
        unwritten: None,
        unless: &[],
        ids: &["CKV_AWS_29", "ELASTICACHE_REPLICATION_GROUP_ENCRYPTION_AT_REST"],
    },
    Switch {
        of: "AWS::Elasticsearch::Domain",
        path: &["EncryptionAtRestOptions", "Enabled"],
        unwritten: Some(false),
        unless: &[],
        ids: &["CKV_AWS_5", "ELASTICSEARCH_ENCRYPTED_AT_REST"],
    },
    Switch {
        of: "AWS::Neptune::DBCluster",
        path: &["StorageEncrypted"],
        unwritten: Some(false),
        unless: &["SnapshotIdentifier", "SourceDBClusterIdentifier"],
        ids: &["CKV_AWS_44"],
    },
    Switch {
        of: "AWS::OpenSearchService::Domain",
        path: &["EncryptionAtRestOptions", "Enabled"],
        unwritten: Some(false),
        unless: &[],
        ids: &[],
    },
    Switch {
        of: "AWS::RDS::DBCluster",
        path: &["StorageEncrypted"],
        unwritten: Some(false),
        unless: &["GlobalClusterIdentifier", "SnapshotIdentifier", "SourceDBClusterIdentifier"],
        ids: &["CKV_AWS_96", "RDS_STORAGE_ENCRYPTED"],
    },
    Switch {
        of: "AWS::RDS::DBInstance",
        path: &["StorageEncrypted"],
        unwritten: Some(false),
        unless: &[
            "DBClusterIdentifier",
            "DBClusterSnapshotIdentifier",
            "DBSnapshotIdentifier",
            "SourceDBClusterIdentifier",
            "SourceDBInstanceAutomatedBackupsArn",
            "SourceDBInstanceIdentifier",
            "SourceDbiResourceId",
        ],
        ids: &["CKV_AWS_16", "RDS_STORAGE_ENCRYPTED"],
    },
    Switch {
        of: "AWS::RDS::GlobalCluster",
        path: &["StorageEncrypted"],
        unwritten: Some(false),
        unless: &["SourceDBClusterIdentifier"],
        ids: &[],
    },
    Switch {
        of: "AWS::Redshift::Cluster",
        path: &["Encrypted"],
        unwritten: None,
        unless: &[],
        ids: &["CKV_AWS_64", "REDSHIFT_CLUSTER_CONFIGURATION_CHECK"],
    },
    Switch {
        of: "AWS::SQS::Queue",
        path: &["SqsManagedSseEnabled"],
        unwritten: Some(true),
        unless: &["KmsMasterKeyId"],
        ids: &["CKV_AWS_27", "SQS_QUEUE_KMS_MASTER_KEY_ID_RULE"],
    },
];
const AT_REST_TYPES: [(&str, &[&str]); AT_REST.len()] = types(&AT_REST);

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL020,
        severity: Severity::Warning,
        fact: "disks, snapshots and backups are then readable for whoever gets hold of them (AWS Security Hub, RDS.3)",
        types: &AT_REST_TYPES,
        check: |on, found| {
            let title = |id: &str| format!("what `{id}` holds is not encrypted");
            switch::check(on, &AT_REST, true, found, title, "not encrypted");
        },
    },
    Rule {
        code: POL021,
        severity: Severity::Warning,
        fact: "rotation costs no work: the ARN stays, and so does what is encrypted (AWS Security Hub, KMS.4)",
        types: &[("AWS::KMS::Key", &["CKV_AWS_7", "CMK_BACKING_KEY_ROTATION_ENABLED"])],
        check: rotation,
    },
];

const ROTATION: &[Switch] =
    &[Switch { of: "AWS::KMS::Key", path: &["EnableKeyRotation"], unwritten: Some(false), unless: &[], ids: &[] }];

fn rotation(on: &On<'_>, found: &mut Vec<Found>) {
    let is = |property: &str, word: &str| match seen::at(&on.resource.properties, &[property]) {
        Seen::Nothing(_) => true,
        Seen::This(value) => value.as_text() == Some(word),
        Seen::Unknown => false,
    };
    if is("KeySpec", "SYMMETRIC_DEFAULT") && is("Origin", "AWS_KMS") {
        let title = |id: &str| format!("the key `{id}` is never rotated");
        switch::check(on, ROTATION, true, found, title, "off");
    }
}
