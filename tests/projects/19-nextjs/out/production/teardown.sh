#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=maps
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 network data app edge.us-east-1 web-handbook web-shop web-staff after)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare maps.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'maps.example eu-west-1 maps-production-web-shop ShopDnsTarget proxied'
    '*.by.maps.example eu-west-1 maps-production-web-shop ShopDnsTarget DNS-only'
    'docs.maps.example eu-west-1 maps-production-web-handbook HandbookDnsTarget proxied'
    'staff.maps.example eu-west-1 maps-production-web-staff StaffDnsTarget proxied'
    'www.maps.example eu-west-1 maps-production-web-shop ShopDnsTarget proxied'
)
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
    step 'Records'
    take_hosts
    step 'Stacks'
    remove after
    remove web-staff
    remove web-shop
    remove web-handbook
    remove edge.us-east-1
    remove app
    remove data
    remove network
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        after)
            in_region eu-west-1 maps-production-after
            keeps PublisherLogs AWS::Logs::LogGroup
            ;;
        web-staff)
            in_region eu-west-1 maps-production-web-staff
            keeps StaffBucket AWS::S3::Bucket
            keeps StaffServerLogs AWS::Logs::LogGroup
            keeps StaffImageLogs AWS::Logs::LogGroup
            keeps StaffRevalidationLogs AWS::Logs::LogGroup
            ;;
        web-shop)
            in_region eu-west-1 maps-production-web-shop
            keeps ShopBucket AWS::S3::Bucket
            keeps ShopTagTable AWS::DynamoDB::Table
            keeps ShopServerLogs AWS::Logs::LogGroup
            keeps ShopCheckoutServerLogs AWS::Logs::LogGroup
            keeps ShopSearchServerLogs AWS::Logs::LogGroup
            keeps ShopImageLogs AWS::Logs::LogGroup
            keeps ShopRevalidationLogs AWS::Logs::LogGroup
            keeps ShopWarmerLogs AWS::Logs::LogGroup
            ;;
        web-handbook)
            in_region eu-west-1 maps-production-web-handbook
            keeps HandbookBucket AWS::S3::Bucket
            keeps HandbookServerLogs AWS::Logs::LogGroup
            ;;
        edge.us-east-1)
            in_region us-east-1 maps-production-edge
            keeps ShopSignerRole AWS::IAM::Role
            keeps ShopSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        app)
            in_region eu-west-1 maps-production-app
            keeps AnswersLogs AWS::Logs::LogGroup
            ;;
        data)
            in_region eu-west-1 maps-production-data
            keeps DbParameters17 AWS::RDS::DBClusterParameterGroup
            keeps DbCluster AWS::RDS::DBCluster
            keeps DbSecret AWS::SecretsManager::Secret
            keeps DbSubnetGroup AWS::RDS::DBSubnetGroup
            keeps DbSecurityGroup AWS::EC2::SecurityGroup
            keeps Orders AWS::SQS::Queue
            keeps OrdersDeadLetters AWS::SQS::Queue
            keeps VisitorLogs AWS::S3::Bucket
            ;;
        network)
            in_region eu-west-1 maps-production-network
            needed_by DbSecurityGroup
            needed_by DbSubnetGroup
            ;;
        certificates.us-east-1)
            in_region us-east-1 maps-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
