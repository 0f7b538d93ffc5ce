#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/preview.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=maps
stage=pr-7
account=123456789012
lifetime=ephemeral
home=eu-west-1
regions=(eu-west-1)
stacks=(network data app web-shop after)
certificate_stacks=()
zones=('cloudflare maps.example')
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=maps stage=pr-7)

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
    bootstrap eu-west-1
    step 'Secrets and inputs'
    secrets required ssm /maps/pr-7 SessionKey TilesKey
    secrets required secrets_manager maps/pr-7 AnalyticsKey
    inputs Campaign
    step 'Release'
    former
    later Shop:ShopBuild
    release Answers:AnswersCode Publisher:PublisherCode
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack web-shop'
    release Shop:ShopBuild
    bring first Shop
    stack web-shop
    bring last Shop
    step 'What CloudFront keeps'
    invalidate Shop
    step 'Records'
    records
    step 'Stack after'
    stack after
    invoke after Publisher
    step 'Done'
    publish handbook_url eu-west-1 maps-pr-7-after HandbookUrl
    publish shop_url eu-west-1 maps-pr-7-web-shop ShopUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-1 maps-pr-7-network network.yaml
            from_output NetId eu-west-1 maps-production-network NetId
            ;;
        data)
            in_region eu-west-1 maps-pr-7-data data.yaml
            ;;
        app)
            in_region eu-west-1 maps-pr-7-app app.yaml
            capability CAPABILITY_IAM
            from_release AnswersCode
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            ;;
        web-shop)
            in_region eu-west-1 maps-pr-7-web-shop web-shop.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_output DbHost eu-west-1 maps-production-data DbHost
            from_output DbSecretArn eu-west-1 maps-production-data DbSecretArn
            from_output DbSecurityGroup eu-west-1 maps-production-data DbSecurityGroup
            from_output NetPrivateSubnets eu-west-1 maps-production-network NetPrivateSubnets
            from_release ShopBuild
            ;;
        after)
            in_region eu-west-1 maps-pr-7-after after.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_output HandbookDistributionArn eu-west-1 maps-production-web-handbook HandbookDistributionArn
            from_output HandbookDistributionId eu-west-1 maps-production-web-handbook HandbookDistributionId
            from_release PublisherCode
            from_output ShopDistributionArn eu-west-1 maps-pr-7-web-shop ShopDistributionArn
            from_output ShopDistributionId eu-west-1 maps-pr-7-web-shop ShopDistributionId
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Shop)
            files_of ShopBuild eu-west-1 maps-pr-7-web-shop ShopAssetsBucket
            tags_in ShopTagTable
            served_by eu-west-1 maps-pr-7-web-shop ShopDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
