#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=reggie
stage=production
account=123456789012
lifetime=permanent
home=eu-west-2
regions=(eu-west-2 us-east-1)
stacks=(certificates certificates.us-east-1 network data jobs app edge.us-east-1 web-reggie-admin web-reggie-web)
certificate_stacks=(certificates certificates.us-east-1)
zones=('cloudflare getreggie.io')
# host, and the region, stack and output of what it leads to
hosts=(
    'getreggie.io eu-west-2 reggie-production-web-reggie-web ReggieWebDnsTarget proxied'
    'admin.getreggie.io eu-west-2 reggie-production-web-reggie-admin ReggieAdminDnsTarget proxied'
    'api.getreggie.io eu-west-2 reggie-production-app ReggieApiDnsTarget proxied'
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
    remove web-reggie-web
    remove web-reggie-admin
    remove edge.us-east-1
    remove app
    remove jobs
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
        web-reggie-web)
            in_region eu-west-2 reggie-production-web-reggie-web
            keeps ReggieWebBucket AWS::S3::Bucket
            keeps ReggieWebTagTable AWS::DynamoDB::Table
            keeps ReggieWebServerLogs AWS::Logs::LogGroup
            keeps ReggieWebImageLogs AWS::Logs::LogGroup
            keeps ReggieWebRevalidationLogs AWS::Logs::LogGroup
            ;;
        web-reggie-admin)
            in_region eu-west-2 reggie-production-web-reggie-admin
            keeps ReggieAdminBucket AWS::S3::Bucket
            keeps ReggieAdminTagTable AWS::DynamoDB::Table
            keeps ReggieAdminServerLogs AWS::Logs::LogGroup
            keeps ReggieAdminImageLogs AWS::Logs::LogGroup
            keeps ReggieAdminRevalidationLogs AWS::Logs::LogGroup
            ;;
        edge.us-east-1)
            in_region us-east-1 reggie-production-edge
            keeps ReggieAdminSignerRole AWS::IAM::Role
            keeps ReggieAdminSigner AWS::Lambda::Function
            keeps ReggieWebSignerRole AWS::IAM::Role
            keeps ReggieWebSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        app)
            in_region eu-west-2 reggie-production-app
            keeps ReggieApiHandlerLogs AWS::Logs::LogGroup
            keeps ReggieValuationLogs AWS::Logs::LogGroup
            ;;
        jobs)
            in_region eu-west-2 reggie-production-jobs
            keeps ReggieDbMigratorLogs AWS::Logs::LogGroup
            ;;
        data)
            in_region eu-west-2 reggie-production-data
            keeps ReggieDbParameters17 AWS::RDS::DBClusterParameterGroup
            keeps ReggieDbCluster AWS::RDS::DBCluster
            keeps ReggieDbSecret AWS::SecretsManager::Secret
            keeps ReggieDbSubnetGroup AWS::RDS::DBSubnetGroup
            keeps ReggieDbSecurityGroup AWS::EC2::SecurityGroup
            ;;
        network)
            in_region eu-west-2 reggie-production-network
            needed_by ReggieDbSecurityGroup
            needed_by ReggieDbSubnetGroup
            ;;
        certificates.us-east-1)
            in_region us-east-1 reggie-production-certificates
            ;;
        certificates)
            in_region eu-west-2 reggie-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
