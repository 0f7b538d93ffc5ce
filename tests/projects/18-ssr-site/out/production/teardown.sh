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
home=eu-central-1
regions=(eu-central-1 us-east-1)
stacks=(certificates.us-east-1 data edge.us-east-1 web-shop)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare shop.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'shop.example eu-central-1 shop-production-web-shop ShopDnsTarget DNS-only'
    'www.shop.example eu-central-1 shop-production-web-shop ShopDnsTarget DNS-only'
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
    remove web-shop
    remove edge.us-east-1
    remove data
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-shop)
            in_region eu-central-1 shop-production-web-shop
            keeps ShopServerLogs AWS::Logs::LogGroup
            keeps ShopBucket AWS::S3::Bucket
            ;;
        edge.us-east-1)
            in_region us-east-1 shop-production-edge
            keeps ShopSignerRole AWS::IAM::Role
            keeps ShopSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        data)
            in_region eu-central-1 shop-production-data
            keeps Orders AWS::DynamoDB::Table
            ;;
        certificates.us-east-1)
            in_region us-east-1 shop-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
