#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=ferry
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(edge.us-east-1 app web-handbook web-shop web-web)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=ferry stage=production)

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
    bootstrap eu-west-1 us-east-1
    step 'Secrets and inputs'
    secrets required ssm /ferry/production MapKey
    secrets required secrets_manager ferry/production StatsKey
    inputs Season
    step 'Release'
    former
    later Web:WebBuild
    release Fares:FaresImage Handbook:HandbookBuild Mirror:MirrorCode Shop:ShopBuild Timetable:TimetableCode \
        Weather:WeatherImage
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Stack app'
    stack app
    step 'Stack web-handbook'
    bring first Handbook
    stack web-handbook
    bring last Handbook
    step 'Stack web-shop'
    bring first Shop
    stack web-shop
    bring last Shop
    step 'Stack web-web'
    release Web:WebBuild
    bring first Web
    stack web-web
    bring last Web
    step 'What CloudFront keeps'
    invalidate Handbook
    invalidate Shop
    invalidate Web
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        edge.us-east-1)
            in_region us-east-1 ferry-production-edge edge.us-east-1.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket us-east-1 ferry-bootstrap ArtifactBucket
            from_release MirrorCode
            ;;
        app)
            in_region eu-west-1 ferry-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 ferry-bootstrap ArtifactBucket
            from_release FaresImage
            from_output MirrorArn us-east-1 ferry-production-edge MirrorArn
            from_output MirrorName us-east-1 ferry-production-edge MirrorName
            from_release TimetableCode
            from_release WeatherImage
            ;;
        web-handbook)
            in_region eu-west-1 ferry-production-web-handbook web-handbook.yaml
            protected
            policy web-handbook.policy.json
            ;;
        web-shop)
            in_region eu-west-1 ferry-production-web-shop web-shop.yaml
            protected
            policy web-shop.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 ferry-bootstrap ArtifactBucket
            from_release ShopBuild
            from_output ShopSignerArn us-east-1 ferry-production-edge ShopSignerArn
            ;;
        web-web)
            in_region eu-west-1 ferry-production-web-web web-web.yaml
            protected
            policy web-web.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 ferry-bootstrap ArtifactBucket
            from_release WebBuild
            from_output WebSignerArn us-east-1 ferry-production-edge WebSignerArn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Handbook)
            files_of HandbookBuild eu-west-1 ferry-production-web-handbook HandbookBucket
            served_by eu-west-1 ferry-production-web-handbook HandbookDistributionId
            ;;
        Shop)
            files_of ShopBuild eu-west-1 ferry-production-web-shop ShopAssetsBucket
            served_by eu-west-1 ferry-production-web-shop ShopDistributionId
            ;;
        Web)
            files_of WebBuild eu-west-1 ferry-production-web-web WebAssetsBucket
            tags_in WebTagTable
            served_by eu-west-1 ferry-production-web-web WebDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
