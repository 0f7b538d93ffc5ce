#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/prod.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=sgcarstrends
stage=prod
account=123456789012
lifetime=permanent
home=ap-southeast-1
regions=(ap-southeast-1 us-east-1)
stacks=(app edge.us-east-1 web-cars-web web-cars-router monitoring monitoring.us-east-1)
certificate_stacks=()
zones=('cloudflare sgcarstrends.com')
# host, and the region, stack and output of what it leads to
hosts=(
    'sgcarstrends.com ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterWebDnsTarget proxied'
    'api.sgcarstrends.com ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterApiDnsTarget proxied'
    'www.sgcarstrends.com ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterWebDnsTarget proxied'
)
tags=(project=sgcarstrends stage=prod)

usage() {
    cat <<'END'
deploy.sh: deploys prod. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect prod
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
    bootstrap ap-southeast-1
    step 'Secrets and inputs'
    secrets required secrets_manager sgcarstrends/prod DatabaseUrl DiscordWebhookUrl DiscordWorkflowWebhookUrl \
        GeminiApiKey LinkedinAccessToken LinkedinClientId LinkedinClientSecret LinkedinOrganisationId \
        LinkedinRefreshToken LinkedinUserId OriginKey QstashCurrentSigningKey QstashNextSigningKey QstashToken \
        RevalidateToken SgCarsTrendsApiToken TelegramBotToken TelegramChannelId TwitterAccessSecret \
        TwitterAccessToken TwitterAppKey TwitterAppSecret UpdaterApiToken UpstashRedisRestToken UpstashRedisRestUrl
    inputs AlarmEmail:ap-southeast-1:sgcarstrends-prod-monitoring
    step 'Release'
    former
    release CarsApi:CarsApiCode CarsWeb:CarsWebBuild
    step 'Stack app'
    stack app
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Stack web-cars-web'
    bring first CarsWeb
    stack web-cars-web
    bring last CarsWeb
    step 'Stack web-cars-router'
    stack web-cars-router
    step 'What CloudFront keeps'
    invalidate CarsWeb
    step 'Records'
    records
    step 'Stack monitoring'
    stack monitoring
    step 'Stack monitoring.us-east-1'
    stack monitoring.us-east-1
    step 'Done'
    publish api_url us-east-1 sgcarstrends-prod-monitoring ApiUrl
    publish web_url us-east-1 sgcarstrends-prod-monitoring WebUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        app)
            in_region ap-southeast-1 sgcarstrends-prod-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket ap-southeast-1 sgcarstrends-bootstrap ArtifactBucket
            from_release CarsApiCode
            ;;
        edge.us-east-1)
            in_region us-east-1 sgcarstrends-prod-edge edge.us-east-1.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        web-cars-web)
            in_region ap-southeast-1 sgcarstrends-prod-web-cars-web web-cars-web.yaml
            protected
            policy web-cars-web.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket ap-southeast-1 sgcarstrends-bootstrap ArtifactBucket
            from_release CarsWebBuild
            ;;
        web-cars-router)
            in_region ap-southeast-1 sgcarstrends-prod-web-cars-router web-cars-router.yaml
            protected
            from_output CarsWebAssetsArn ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebAssetsArn
            from_output CarsWebAssetsBucket ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebAssetsBucket
            from_output CarsWebAssetsHost ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebAssetsHost
            from_output CarsWebImageArn ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebImageArn
            from_output CarsWebImageHost ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebImageHost
            from_output CarsWebServerArn ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebServerArn
            from_output CarsWebServerHost ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebServerHost
            from_output CarsWebSignerArn us-east-1 sgcarstrends-prod-edge CarsWebSignerArn
            from_output WildcardUsEast1Arn us-east-1 sgcarstrends-shared-certificates WildcardUsEast1Arn
            ;;
        monitoring)
            in_region ap-southeast-1 sgcarstrends-prod-monitoring monitoring.yaml
            protected
            capability CAPABILITY_IAM
            from_input AlarmEmail
            from_output CarsApiLogGroup ap-southeast-1 sgcarstrends-prod-app CarsApiLogGroup
            from_output CarsApiName ap-southeast-1 sgcarstrends-prod-app CarsApiName
            from_output CarsRouterApiDistributionId ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterApiDistributionId
            from_output CarsRouterWebDistributionId ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterWebDistributionId
            from_output CarsWebLogGroup ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebLogGroup
            from_output CarsWebServerName ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebServerName
            from_output WorkflowTriggerName ap-southeast-1 sgcarstrends-prod-app WorkflowTriggerName
            ;;
        monitoring.us-east-1)
            in_region us-east-1 sgcarstrends-prod-monitoring monitoring.us-east-1.yaml
            protected
            from_input AlarmEmail
            from_output CarsRouterApiDistributionId ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterApiDistributionId
            from_output CarsRouterWebDistributionId ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterWebDistributionId
            from_output WatchApiHealthCheckId ap-southeast-1 sgcarstrends-prod-monitoring WatchApiHealthCheckId
            from_output WatchDiscordWebhookArn ap-southeast-1 sgcarstrends-prod-monitoring WatchDiscordWebhookArn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        CarsWeb)
            files_of CarsWebBuild ap-southeast-1 sgcarstrends-prod-web-cars-web CarsWebAssetsBucket
            tags_in CarsWebTagTable
            served_by ap-southeast-1 sgcarstrends-prod-web-cars-router CarsRouterWebDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
