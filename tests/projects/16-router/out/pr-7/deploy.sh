#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/preview.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=gazette
stage=pr-7
account=123456789012
lifetime=ephemeral
home=eu-west-1
regions=(eu-west-1)
stacks=(data app web-paper web-front after)
certificate_stacks=()
zones=('cloudflare gazette.example')
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=gazette stage=pr-7)

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
    secrets required secrets_manager gazette/pr-7 OriginKey
    step 'Release'
    former
    release Api:ApiCode Desk:DeskCode Forget:ForgetCode Paper:PaperBuild
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack web-paper'
    bring first Paper
    stack web-paper
    bring last Paper
    step 'Stack web-front'
    stack web-front
    step 'What CloudFront keeps'
    invalidate Paper
    step 'Records'
    records
    step 'Stack after'
    stack after
    invoke after Forget
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        data)
            in_region eu-west-1 gazette-pr-7-data data.yaml
            ;;
        app)
            in_region eu-west-1 gazette-pr-7-app app.yaml
            capability CAPABILITY_IAM
            from_release ApiCode
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release DeskCode
            ;;
        web-paper)
            in_region eu-west-1 gazette-pr-7-web-paper web-paper.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release PaperBuild
            ;;
        web-front)
            in_region eu-west-1 gazette-pr-7-web-front web-front.yaml
            from_output PaperAssetsArn eu-west-1 gazette-pr-7-web-paper PaperAssetsArn
            from_output PaperAssetsBucket eu-west-1 gazette-pr-7-web-paper PaperAssetsBucket
            from_output PaperAssetsHost eu-west-1 gazette-pr-7-web-paper PaperAssetsHost
            from_output PaperImageArn eu-west-1 gazette-pr-7-web-paper PaperImageArn
            from_output PaperImageHost eu-west-1 gazette-pr-7-web-paper PaperImageHost
            from_output PaperServerArn eu-west-1 gazette-pr-7-web-paper PaperServerArn
            from_output PaperServerHost eu-west-1 gazette-pr-7-web-paper PaperServerHost
            ;;
        after)
            in_region eu-west-1 gazette-pr-7-after after.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release ForgetCode
            from_output FrontDeskDistributionId eu-west-1 gazette-pr-7-web-front FrontDeskDistributionId
            from_output FrontDistributionArns eu-west-1 gazette-pr-7-web-front FrontDistributionArns
            from_output FrontMainDistributionId eu-west-1 gazette-pr-7-web-front FrontMainDistributionId
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Paper)
            files_of PaperBuild eu-west-1 gazette-pr-7-web-paper PaperAssetsBucket
            tags_in PaperTagTable
            served_by eu-west-1 gazette-pr-7-web-front FrontMainDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
