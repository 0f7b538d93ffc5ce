#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/preview.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=bakery
stage=pr-7
account=123456789012
lifetime=ephemeral
home=eu-west-2
regions=(eu-west-2)
stacks=(app web-shop)
certificate_stacks=()
zones=('cloudflare loaf.example')
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=bakery stage=pr-7)

usage() {
    cat <<'END'
deploy.sh: deploys pr-7. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect pr-7
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
    bootstrap eu-west-2
    step 'Release'
    former
    release Order:OrderCode Shop:ShopBuild
    step 'Stack app'
    stack app
    step 'Stack web-shop'
    bring first Shop
    stack web-shop
    bring last Shop
    step 'What CloudFront keeps'
    invalidate Shop
    step 'Records'
    records
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        app)
            in_region eu-west-2 bakery-pr-7-app app.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 bakery-bootstrap ArtifactBucket
            from_output NamesArn eu-west-2 bakery-production-certificates NamesArn
            from_release OrderCode
            ;;
        web-shop)
            in_region eu-west-2 bakery-pr-7-web-shop web-shop.yaml
            from_output NamesUsEast1Arn us-east-1 bakery-production-certificates NamesUsEast1Arn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Shop)
            files_of ShopBuild eu-west-2 bakery-pr-7-web-shop ShopBucket
            served_by eu-west-2 bakery-pr-7-web-shop ShopDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
