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
        AWS Security Hub, controls RDS.3, RDS.27, EC2.3, EFS.1, ElastiCache.4, Opensearch.1 and others.",
};

/// `POL021`: a key that stays the same.
pub const POL021: Code = Code {
    id: "POL021",
    explanation: "a key is never rotated\n\n\
        With `EnableKeyRotation` KMS makes new key material every year and keeps the old for what it encrypted: nothing has to \
        be encrypted anew, and the ARN stays. Keys that are not symmetric, and those with material of your own, cannot rotate.\n\n\
        AWS Security Hub, control KMS.4.",
};

const AT_REST: [Switch; 13] =
    [
        Switch::at("AWS::DAX::Cluster", &["SSESpecification", "SSEEnabled"], &["CKV_AWS_47"]).off(),
        Switch::at("AWS::DocDB::DBCluster", &["StorageEncrypted"], &["CKV_AWS_74"])
            .off()
            .unless(&["SnapshotIdentifier", "SourceDBClusterIdentifier"]),
        Switch::at("AWS::EC2::Volume", &["Encrypted"], &["CKV_AWS_3", "ENCRYPTED_VOLUMES"])
            .off()
            .unless(&["SnapshotId", "SourceVolumeId"]),
        Switch::at("AWS::EFS::FileSystem", &["Encrypted"], &["CKV_AWS_42", "EFS_ENCRYPTED_CHECK"]).off(),
        Switch::at(
            "AWS::ElastiCache::ReplicationGroup",
            &["AtRestEncryptionEnabled"],
            &["CKV_AWS_29", "ELASTICACHE_REPLICATION_GROUP_ENCRYPTION_AT_REST"],
        )
        .off()
        .on_for("Engine", "valkey"),
        Switch::at(
            "AWS::Elasticsearch::Domain",
            &["EncryptionAtRestOptions", "Enabled"],
            &["CKV_AWS_5", "ELASTICSEARCH_ENCRYPTED_AT_REST"],
        )
        .off(),
        Switch::at("AWS::Neptune::DBCluster", &["StorageEncrypted"], &["CKV_AWS_44"])
            .off()
            .unless(&["SnapshotIdentifier", "SourceDBClusterIdentifier"]),
        Switch::at(
            "AWS::OpenSearchService::Domain",
            &["EncryptionAtRestOptions", "Enabled"],
            &["OPENSEARCH_ENCRYPTED_AT_REST"],
        )
        .off(),
        Switch::at("AWS::RDS::DBCluster", &["StorageEncrypted"], &["CKV_AWS_96", "RDS_STORAGE_ENCRYPTED"])
            .off()
            .unless(&["GlobalClusterIdentifier", "SnapshotIdentifier", "SourceDBClusterIdentifier"]),
        Switch::at("AWS::RDS::DBInstance", &["StorageEncrypted"], &["CKV_AWS_16", "RDS_STORAGE_ENCRYPTED"])
            .off()
            .unless(&[
                "DBClusterIdentifier",
                "DBClusterSnapshotIdentifier",
                "DBSnapshotIdentifier",
                "SourceDBClusterIdentifier",
                "SourceDBInstanceAutomatedBackupsArn",
                "SourceDBInstanceIdentifier",
                "SourceDbiResourceId",
            ]),
        Switch::at("AWS::RDS::GlobalCluster", &["StorageEncrypted"], &[]).off().unless(&["SourceDBClusterIdentifier"]),
        Switch::at("AWS::Redshift::Cluster", &["Encrypted"], &["CKV_AWS_64", "REDSHIFT_CLUSTER_CONFIGURATION_CHECK"]),
        Switch::at("AWS::SQS::Queue", &["SqsManagedSseEnabled"], &["CKV_AWS_27", "SQS_QUEUE_KMS_MASTER_KEY_ID_RULE"])
            .unless(&["KmsMasterKeyId"]),
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

const ROTATION: &[Switch] = &[Switch::at("AWS::KMS::Key", &["EnableKeyRotation"], &[]).off()];

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
