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
tags=(project=reggie stage=production)

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
    bootstrap eu-west-2
    step 'Secrets and inputs'
    secrets required ssm /reggie/production ClerkPublishableKey ClerkSecretKey ClerkWebhookSecret DvlaApiKey \
        R2AccessKeyId R2Endpoint R2SecretAccessKey ResendApiKey SecretKey StripeSecretKey StripeWebhookSecret
    step 'Release'
    former
    release ReggieAdmin:ReggieAdminBuild ReggieApiHandler:ReggieApiHandlerCode ReggieDbMigrator:ReggieDbMigratorImage \
        ReggieValuation:ReggieValuationImage ReggieWeb:ReggieWebBuild
    step 'Certificates'
    certificates
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack jobs'
    stack jobs
    invoke jobs ReggieDbMigrator
    step 'Stack app'
    stack app
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Stack web-reggie-admin'
    bring first ReggieAdmin
    stack web-reggie-admin
    bring last ReggieAdmin
    step 'Stack web-reggie-web'
    bring first ReggieWeb
    stack web-reggie-web
    bring last ReggieWeb
    step 'What CloudFront keeps'
    invalidate ReggieAdmin
    invalidate ReggieWeb
    step 'Records'
    records
    step 'Done'
    publish admin_url eu-west-2 reggie-production-web-reggie-admin AdminUrl
    publish api_url eu-west-2 reggie-production-app ApiUrl
    publish web_url eu-west-2 reggie-production-web-reggie-web WebUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates)
            in_region eu-west-2 reggie-production-certificates certificates.yaml
            protected
            ;;
        certificates.us-east-1)
            in_region us-east-1 reggie-production-certificates certificates.us-east-1.yaml
            protected
            ;;
        network)
            in_region eu-west-2 reggie-production-network network.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-2 reggie-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        jobs)
            in_region eu-west-2 reggie-production-jobs jobs.yaml
            protected
            capability CAPABILITY_IAM
            from_release ReggieDbMigratorImage
            ;;
        app)
            in_region eu-west-2 reggie-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 reggie-bootstrap ArtifactBucket
            from_output ReggieApiCertificateArn eu-west-2 reggie-production-certificates ReggieApiCertificateArn
            from_release ReggieApiHandlerCode
            from_release ReggieValuationImage
            ;;
        edge.us-east-1)
            in_region us-east-1 reggie-production-edge edge.us-east-1.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        web-reggie-admin)
            in_region eu-west-2 reggie-production-web-reggie-admin web-reggie-admin.yaml
            protected
            policy web-reggie-admin.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 reggie-bootstrap ArtifactBucket
            from_release ReggieAdminBuild
            from_output ReggieAdminCertificateArn us-east-1 reggie-production-certificates ReggieAdminCertificateArn
            from_output ReggieAdminSignerArn us-east-1 reggie-production-edge ReggieAdminSignerArn
            ;;
        web-reggie-web)
            in_region eu-west-2 reggie-production-web-reggie-web web-reggie-web.yaml
            protected
            policy web-reggie-web.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 reggie-bootstrap ArtifactBucket
            from_release ReggieWebBuild
            from_output ReggieWebCertificateArn us-east-1 reggie-production-certificates ReggieWebCertificateArn
            from_output ReggieWebSignerArn us-east-1 reggie-production-edge ReggieWebSignerArn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        ReggieAdmin)
            files_of ReggieAdminBuild eu-west-2 reggie-production-web-reggie-admin ReggieAdminAssetsBucket
            tags_in ReggieAdminTagTable
            served_by eu-west-2 reggie-production-web-reggie-admin ReggieAdminDistributionId
            ;;
        ReggieWeb)
            files_of ReggieWebBuild eu-west-2 reggie-production-web-reggie-web ReggieWebAssetsBucket
            tags_in ReggieWebTagTable
            served_by eu-west-2 reggie-production-web-reggie-web ReggieWebDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
