#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=shop
stage=production
account=123456789012
lifetime=permanent
home=eu-west-2
regions=(eu-west-2 us-east-1)
stacks=(certificates certificates.us-east-1 network data app web-web)
certificate_stacks=(certificates certificates.us-east-1)
zones=('cloudflare shop.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'api.shop.example eu-west-2 shop-production-app ApiDnsTarget DNS-only'
    'www.shop.example eu-west-2 shop-production-web-web WebDnsTarget DNS-only'
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
    remove web-web
    remove app
    remove data
    remove network
    remove certificates.us-east-1
    remove certificates
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-web)
            in_region eu-west-2 shop-production-web-web
            keeps WebBucket AWS::S3::Bucket
            keeps WebTagTable AWS::DynamoDB::Table
            keeps WebServerLogs AWS::Logs::LogGroup
            keeps WebImageLogs AWS::Logs::LogGroup
            keeps WebRevalidationLogs AWS::Logs::LogGroup
            ;;
        app)
            in_region eu-west-2 shop-production-app
            keeps HandlerLogs AWS::Logs::LogGroup
            keeps RenderLogs AWS::Logs::LogGroup
            ;;
        data)
            in_region eu-west-2 shop-production-data
            keeps DbParameters17 AWS::RDS::DBClusterParameterGroup
            keeps DbCluster AWS::RDS::DBCluster
            keeps DbSecret AWS::SecretsManager::Secret
            keeps DbSubnetGroup AWS::RDS::DBSubnetGroup
            keeps DbSecurityGroup AWS::EC2::SecurityGroup
            keeps Mails AWS::SQS::Queue
            keeps MailsDeadLetters AWS::SQS::Queue
            keeps Orders AWS::DynamoDB::Table
            keeps Uploads AWS::S3::Bucket
            ;;
        network)
            in_region eu-west-2 shop-production-network
            ;;
        certificates.us-east-1)
            in_region us-east-1 shop-production-certificates
            ;;
        certificates)
            in_region eu-west-2 shop-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
