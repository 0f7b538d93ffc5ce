#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/staging.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=shop
stage=staging
account=222222222222
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 data app web-web)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare shop.example.com')
# host, and the region, stack and output of what it leads to
hosts=('staging.shop.example.com eu-west-1 shop-staging-web-web WebDnsTarget DNS-only')
tags=(project=shop stage=staging)

usage() {
    cat <<'END'
deploy.sh: deploys staging. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect staging
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
    bootstrap eu-west-1
    step 'Secrets and inputs'
    secrets required ssm /shop/staging StripeKey
    step 'Release'
    former
    later Web:WebBuild
    release Handler:HandlerCode
    step 'Certificates'
    certificates
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack web-web'
    stack web-web
    step 'Site Web'
    release Web:WebBuild
    bring last Web
    step 'What CloudFront keeps'
    invalidate Web
    step 'Records'
    records
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates.us-east-1)
            in_region us-east-1 shop-staging-certificates certificates.us-east-1.yaml
            ;;
        data)
            in_region eu-west-1 shop-staging-data data.yaml
            ;;
        app)
            in_region eu-west-1 shop-staging-app app.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 shop-bootstrap ArtifactBucket
            from_release HandlerCode
            ;;
        web-web)
            in_region eu-west-1 shop-staging-web-web web-web.yaml
            from_output WebCertificateArn us-east-1 shop-staging-certificates WebCertificateArn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Web)
            files_of WebBuild eu-west-1 shop-staging-web-web WebBucket
            served_by eu-west-1 shop-staging-web-web WebDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
