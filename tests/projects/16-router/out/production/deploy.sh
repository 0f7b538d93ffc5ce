#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=gazette
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 data app edge.us-east-1 web-paper web-front after)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare gazette.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'gazette.example eu-west-1 gazette-production-web-front FrontMainDnsTarget DNS-only'
    'desk.gazette.example eu-west-1 gazette-production-web-front FrontDeskDnsTarget DNS-only'
    'www.gazette.example eu-west-1 gazette-production-web-front FrontMainDnsTarget DNS-only'
)
tags=(project=gazette stage=production)

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
    bootstrap eu-west-1
    step 'Secrets and inputs'
    secrets required secrets_manager gazette/production OriginKey
    step 'Release'
    former
    release Api:ApiCode Desk:DeskCode Forget:ForgetCode Paper:PaperBuild
    step 'Certificates'
    certificates
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
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
        certificates.us-east-1)
            in_region us-east-1 gazette-production-certificates certificates.us-east-1.yaml
            protected
            ;;
        data)
            in_region eu-west-1 gazette-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        app)
            in_region eu-west-1 gazette-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_release ApiCode
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release DeskCode
            ;;
        edge.us-east-1)
            in_region us-east-1 gazette-production-edge edge.us-east-1.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        web-paper)
            in_region eu-west-1 gazette-production-web-paper web-paper.yaml
            protected
            policy web-paper.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release PaperBuild
            ;;
        web-front)
            in_region eu-west-1 gazette-production-web-front web-front.yaml
            protected
            from_output DeskSignerArn us-east-1 gazette-production-edge DeskSignerArn
            from_output FrontCertificateArnDesk us-east-1 gazette-production-certificates FrontCertificateArnDesk
            from_output FrontCertificateArnMain us-east-1 gazette-production-certificates FrontCertificateArnMain
            from_output FrontWebAclArn us-east-1 gazette-production-edge FrontWebAclArn
            from_output PaperAssetsArn eu-west-1 gazette-production-web-paper PaperAssetsArn
            from_output PaperAssetsBucket eu-west-1 gazette-production-web-paper PaperAssetsBucket
            from_output PaperAssetsHost eu-west-1 gazette-production-web-paper PaperAssetsHost
            from_output PaperImageArn eu-west-1 gazette-production-web-paper PaperImageArn
            from_output PaperImageHost eu-west-1 gazette-production-web-paper PaperImageHost
            from_output PaperServerArn eu-west-1 gazette-production-web-paper PaperServerArn
            from_output PaperServerHost eu-west-1 gazette-production-web-paper PaperServerHost
            ;;
        after)
            in_region eu-west-1 gazette-production-after after.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 gazette-bootstrap ArtifactBucket
            from_release ForgetCode
            from_output FrontDeskDistributionId eu-west-1 gazette-production-web-front FrontDeskDistributionId
            from_output FrontDistributionArns eu-west-1 gazette-production-web-front FrontDistributionArns
            from_output FrontMainDistributionId eu-west-1 gazette-production-web-front FrontMainDistributionId
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Paper)
            files_of PaperBuild eu-west-1 gazette-production-web-paper PaperAssetsBucket
            tags_in PaperTagTable
            served_by eu-west-1 gazette-production-web-front FrontMainDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
