#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/staging.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=maps
stage=staging
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 network data app edge.us-east-1 web-handbook web-shop web-staff after)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare maps.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'staging.maps.example eu-west-1 maps-staging-web-shop ShopDnsTarget proxied'
    'docs.staging.maps.example eu-west-1 maps-staging-web-handbook HandbookDnsTarget proxied'
    'staff.staging.maps.example eu-west-1 maps-staging-web-staff StaffDnsTarget proxied'
)
tags=(project=maps stage=staging)

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
    secrets required ssm /maps/staging SessionKey TilesKey
    secrets required secrets_manager maps/staging AnalyticsKey
    inputs Campaign
    step 'Release'
    former
    later Shop:ShopBuild
    release Answers:AnswersCode Handbook:HandbookBuild Publisher:PublisherCode Staff:StaffBuild
    step 'Certificates'
    certificates
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Stack web-handbook'
    bring first Handbook
    stack web-handbook
    bring last Handbook
    step 'Stack web-shop'
    release Shop:ShopBuild
    bring first Shop
    stack web-shop
    bring last Shop
    step 'Stack web-staff'
    bring first Staff
    stack web-staff
    bring last Staff
    step 'What CloudFront keeps'
    invalidate Handbook
    invalidate Shop
    invalidate Staff
    step 'Records'
    records
    step 'Stack after'
    stack after
    invoke after Publisher
    step 'Done'
    publish handbook_url eu-west-1 maps-staging-web-handbook HandbookUrl
    publish shop_url eu-west-1 maps-staging-web-shop ShopUrl
    publish staff_url eu-west-1 maps-staging-web-staff StaffUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates.us-east-1)
            in_region us-east-1 maps-staging-certificates certificates.us-east-1.yaml
            ;;
        network)
            in_region eu-west-1 maps-staging-network network.yaml
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-1 maps-staging-data data.yaml
            ;;
        app)
            in_region eu-west-1 maps-staging-app app.yaml
            capability CAPABILITY_IAM
            from_release AnswersCode
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            ;;
        edge.us-east-1)
            in_region us-east-1 maps-staging-edge edge.us-east-1.yaml
            capability CAPABILITY_IAM
            ;;
        web-handbook)
            in_region eu-west-1 maps-staging-web-handbook web-handbook.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_release HandbookBuild
            from_output HandbookCertificateArn us-east-1 maps-staging-certificates HandbookCertificateArn
            ;;
        web-shop)
            in_region eu-west-1 maps-staging-web-shop web-shop.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_release ShopBuild
            from_output ShopCertificateArn us-east-1 maps-staging-certificates ShopCertificateArn
            from_output ShopSignerArn us-east-1 maps-staging-edge ShopSignerArn
            ;;
        web-staff)
            in_region eu-west-1 maps-staging-web-staff web-staff.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_release StaffBuild
            from_output StaffCertificateArn us-east-1 maps-staging-certificates StaffCertificateArn
            ;;
        after)
            in_region eu-west-1 maps-staging-after after.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 maps-bootstrap ArtifactBucket
            from_output HandbookDistributionArn eu-west-1 maps-staging-web-handbook HandbookDistributionArn
            from_output HandbookDistributionId eu-west-1 maps-staging-web-handbook HandbookDistributionId
            from_release PublisherCode
            from_output ShopDistributionArn eu-west-1 maps-staging-web-shop ShopDistributionArn
            from_output ShopDistributionId eu-west-1 maps-staging-web-shop ShopDistributionId
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Handbook)
            files_of HandbookBuild eu-west-1 maps-staging-web-handbook HandbookAssetsBucket
            served_by eu-west-1 maps-staging-web-handbook HandbookDistributionId
            ;;
        Shop)
            files_of ShopBuild eu-west-1 maps-staging-web-shop ShopAssetsBucket
            tags_in ShopTagTable
            served_by eu-west-1 maps-staging-web-shop ShopDistributionId
            ;;
        Staff)
            files_of StaffBuild eu-west-1 maps-staging-web-staff StaffAssetsBucket
            served_by eu-west-1 maps-staging-web-staff StaffDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
