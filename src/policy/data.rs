//! Data that must not be lost, on stages that stay.

use super::seen::{self, Seen};
use super::switch::{self, Switch, types};
use super::{Found, On, Rule};
use crate::diag::{Code, Severity};

/// `POL050`: nothing protects it from being deleted.
pub const POL050: Code = Code {
    id: "POL050",
    explanation: "what holds data can be deleted on a protected stage\n\n\
        The stage says `protect: true`, and so its stacks and databases refuse to be deleted. This resource is written in \
        CloudFormation's own words, and nothing turns its own protection on: a slip in the console, or a change that replaces it, \
        takes the data along.\n\n\
        AWS Security Hub, controls RDS.7, RDS.8, DynamoDB.6, DocumentDB.5 and Neptune.4.",
};

/// `POL051`: nothing to restore from.
pub const POL051: Code = Code {
    id: "POL051",
    explanation: "nothing is kept to restore data from\n\n\
        `BackupRetentionPeriod: 0` switches the backups of a database off and deletes those that there are; a table without point-in-time \
        recovery keeps none. What is deleted or overwritten by mistake is then gone. The resource is written in CloudFormation's own words, \
        on a stage that stays.\n\n\
        AWS Security Hub, controls RDS.11 and DynamoDB.2.",
};

const PROTECTED: [Switch; 5] = [
    Switch::at("AWS::DocDB::DBCluster", &["DeletionProtection"], &[]).off(),
    Switch::at("AWS::DynamoDB::Table", &["DeletionProtectionEnabled"], &[]).off(),
    Switch::at("AWS::Neptune::DBCluster", &["DeletionProtection"], &[]).off(),
    Switch::at("AWS::RDS::DBCluster", &["DeletionProtection"], &[]).off(),
    // A member of a cluster holds no data of its own.
    Switch::at("AWS::RDS::DBInstance", &["DeletionProtection"], &["RDS_INSTANCE_DELETION_PROTECTION_ENABLED"])
        .off()
        .unless(&["DBClusterIdentifier"]),
];
const PROTECTED_TYPES: [(&str, &[&str]); PROTECTED.len()] = types(&PROTECTED);

const RECOVERS: &[Switch] =
    &[Switch::at("AWS::DynamoDB::Table", &["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"], &[])
        .off()];

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: POL050,
        severity: Severity::Warning,
        fact: "the stage is protected, and this is not (AWS Security Hub, RDS.7 and DynamoDB.6)",
        types: &PROTECTED_TYPES,
        check: |on, found| {
            let property = match on.resource.type_name() {
                "AWS::DynamoDB::Table" => "DeletionProtectionEnabled",
                _ => "DeletionProtection",
            };
            // What a kind makes follows `protect`.
            if on.is_protected() && on.by_hand(property) {
                let title = |id: &str| format!("`{id}` holds data, and can be deleted");
                switch::check(on, &PROTECTED, true, found, title, "not protected");
            }
        },
    },
    Rule {
        code: POL051,
        severity: Severity::Warning,
        fact: "what is deleted by mistake could not be had back (AWS Security Hub, RDS.11 and DynamoDB.2)",
        types: &[
            ("AWS::DynamoDB::Table", &["CKV_AWS_28", "DYNAMODB_PITR_ENABLED"]),
            ("AWS::RDS::DBInstance", &["DB_INSTANCE_BACKUP_ENABLED"]),
        ],
        check: |on, found| {
            if on.model.stage.is_permanent() {
                match on.resource.type_name() {
                    "AWS::DynamoDB::Table" => recovery(on, found),
                    _ => backups(on, found),
                }
            }
        },
    },
];

fn recovery(on: &On<'_>, found: &mut Vec<Found>) {
    if on.by_hand("PointInTimeRecoverySpecification") {
        let title = |id: &str| format!("nothing is kept to restore `{id}` from");
        switch::check(on, RECOVERS, true, found, title, "off");
    }
}

fn backups(on: &On<'_>, found: &mut Vec<Found>) {
    const PROPERTY: &str = "BackupRetentionPeriod";
    if let Seen::This(days) = seen::at(&on.resource.properties, &[PROPERTY])
        && seen::number(days) == Some(0)
        && on.get("DBClusterIdentifier").is_none()
    {
        let title = format!("nothing is kept to restore `{}` from", on.resource.id);
        found.push(Found::at(days, title, "no backups").help("write at least `7`").instead("7"));
    }
}
