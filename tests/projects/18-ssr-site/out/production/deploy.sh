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
tags=(project=shop stage=production)

usage() {
    cat <<'END'
deploy.sh: deploys production. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect production
                        lift termination protection where the stage no longer says `protect`
    --releases          list the releases that were deployed
    --rollback RELEASE  deploy one of them again, with the templates as they are; functions that run once are not called
    --adopt NAME        take over a record that nobody owns; --delete NAME, --allow-delete N: see `reggie-cfn dns diff --help`

Needs bash and the aws CLI. With reggie-cfn on the PATH it packages the release and, with CLOUDFLARE_TOKEN set, sets records at
Cloudflare; without, it takes --release FILE and prints the records to set.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    bootstrap eu-central-1
    step 'Secrets and inputs'
    secrets required ssm /shop/production PaymentKey
    step 'Release'
    former
    release Shop:ShopBuild
    step 'Certificates'
    certificates
    step 'Stack data'
    stack data
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Stack web-shop'
    bring first Shop
    stack web-shop
    bring last Shop
    step 'What CloudFront keeps'
    invalidate Shop
    step 'Records'
    records
    step 'Done'
    publish shop_url eu-central-1 shop-production-web-shop ShopUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates.us-east-1)
            in_region us-east-1 shop-production-certificates certificates.us-east-1.yaml
            protected
            ;;
        data)
            in_region eu-central-1 shop-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        edge.us-east-1)
            in_region us-east-1 shop-production-edge edge.us-east-1.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        web-shop)
            in_region eu-central-1 shop-production-web-shop web-shop.yaml
            protected
            policy web-shop.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-central-1 shop-bootstrap ArtifactBucket
            from_release ShopBuild
            from_output ShopCertificateArn us-east-1 shop-production-certificates ShopCertificateArn
            from_output ShopSignerArn us-east-1 shop-production-edge ShopSignerArn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Shop)
            files_of ShopBuild eu-central-1 shop-production-web-shop ShopAssetsBucket
            served_by eu-central-1 shop-production-web-shop ShopDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
