#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=library
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-central-1 eu-west-1 us-east-1)
stacks=(network copies.eu-central-1 data app web-reading monitoring monitoring.us-east-1)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
is_protected=yes

usage() {
    cat <<'END'
teardown.sh production: deletes production. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect production
                        lift termination protection and deletion protection; without it, what is protected is refused
    --records-gone      the records of its hosts are deleted already
    --delete NAME, --allow-delete N
                        for records: see `reggie-cfn dns diff --help`
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed

It may be run again at any time, and goes on where it stopped. Code at the edge of CloudFront can be deleted some hours after its
distribution: then it ends with 3, and is run once more.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    agree
    step 'Stacks'
    remove monitoring.us-east-1
    remove monitoring
    remove web-reading
    remove app
    remove data
    remove copies.eu-central-1
    remove network
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        monitoring.us-east-1)
            in_region us-east-1 library-production-monitoring
            ;;
        monitoring)
            in_region eu-west-1 library-production-monitoring
            keeps WatchChatWebhookLogs AWS::Logs::LogGroup
            ;;
        web-reading)
            in_region eu-west-1 library-production-web-reading
            keeps ReadingBucket AWS::S3::Bucket
            ;;
        app)
            in_region eu-west-1 library-production-app
            keeps PagerLogs AWS::Logs::LogGroup
            keeps SearchLogs AWS::Logs::LogGroup
            ;;
        data)
            in_region eu-west-1 library-production-data
            keeps ArchiveParameters17 AWS::RDS::DBParameterGroup
            keeps ArchiveInstance AWS::RDS::DBInstance
            keeps ArchiveSecret AWS::SecretsManager::Secret
            keeps ArchiveSubnetGroup AWS::RDS::DBSubnetGroup
            keeps ArchiveSecurityGroup AWS::EC2::SecurityGroup
            keeps BooksParameters17 AWS::RDS::DBClusterParameterGroup
            keeps BooksCluster AWS::RDS::DBCluster
            keeps BooksSecret AWS::SecretsManager::Secret
            keeps BooksSubnetGroup AWS::RDS::DBSubnetGroup
            keeps BooksSecurityGroup AWS::EC2::SecurityGroup
            keeps Failed AWS::SQS::Queue
            keeps Loans AWS::DynamoDB::Table
            keeps Nightly AWS::Backup::BackupVault
            keeps NightlyRole AWS::IAM::Role
            keeps Reminders AWS::SQS::Queue
            keeps RemindersDeadLetters AWS::SQS::Queue
            ;;
        copies.eu-central-1)
            in_region eu-central-1 library-production-copies
            keeps NightlyCopy AWS::Backup::BackupVault
            keeps NightlyCopyKey AWS::KMS::Key
            ;;
        network)
            in_region eu-west-1 library-production-network
            needed_by ArchiveSecurityGroup
            needed_by ArchiveSubnetGroup
            needed_by BooksSecurityGroup
            needed_by BooksSubnetGroup
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
