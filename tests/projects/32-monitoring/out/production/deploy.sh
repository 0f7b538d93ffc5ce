#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=library
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-central-1 eu-west-1 us-east-1)
stacks=(network copies.eu-central-1 data app web-reading monitoring monitoring.us-east-1)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=library stage=production)

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
    secrets required ssm /library/production ChatWebhook
    inputs AlarmEmail:eu-west-1:library-production-monitoring
    step 'Release'
    former
    release Pager:PagerCode Reading:ReadingBuild Search:SearchCode
    step 'Stack network'
    stack network
    step 'Stack copies.eu-central-1'
    stack copies.eu-central-1
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Stack web-reading'
    bring first Reading
    stack web-reading
    bring last Reading
    step 'What CloudFront keeps'
    invalidate Reading
    step 'Stack monitoring'
    stack monitoring
    step 'Stack monitoring.us-east-1'
    stack monitoring.us-east-1
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-1 library-production-network network.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        copies.eu-central-1)
            in_region eu-central-1 library-production-copies copies.eu-central-1.yaml
            protected
            policy copies.eu-central-1.policy.json
            ;;
        data)
            in_region eu-west-1 library-production-data data.yaml
            protected
            policy data.policy.json
            capability CAPABILITY_IAM
            from_output NightlyCopyVaultArn eu-central-1 library-production-copies NightlyCopyVaultArn
            ;;
        app)
            in_region eu-west-1 library-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 library-bootstrap ArtifactBucket
            from_release PagerCode
            from_release SearchCode
            ;;
        web-reading)
            in_region eu-west-1 library-production-web-reading web-reading.yaml
            protected
            policy web-reading.policy.json
            ;;
        monitoring)
            in_region eu-west-1 library-production-monitoring monitoring.yaml
            protected
            capability CAPABILITY_IAM
            from_input AlarmEmail
            from_output ArchiveIdentifier eu-west-1 library-production-data ArchiveIdentifier
            from_output BooksIdentifier eu-west-1 library-production-data BooksIdentifier
            from_output CatalogueId eu-west-1 library-production-app CatalogueId
            from_output FailedName eu-west-1 library-production-data FailedName
            from_output LoansName eu-west-1 library-production-data LoansName
            from_output NetworkNatInstance1 eu-west-1 library-production-network NetworkNatInstance1
            from_output NetworkNatInstance2 eu-west-1 library-production-network NetworkNatInstance2
            from_output NightlyVaultName eu-west-1 library-production-data NightlyVaultName
            from_output PagerArn eu-west-1 library-production-app PagerArn
            from_output PingName eu-west-1 library-production-app PingName
            from_output ReadingDistributionId eu-west-1 library-production-web-reading ReadingDistributionId
            from_output RemindersDeadLetterArn eu-west-1 library-production-data RemindersDeadLetterArn
            from_output RemindersName eu-west-1 library-production-data RemindersName
            from_output SearchLogGroup eu-west-1 library-production-app SearchLogGroup
            from_output SearchName eu-west-1 library-production-app SearchName
            ;;
        monitoring.us-east-1)
            in_region us-east-1 library-production-monitoring monitoring.us-east-1.yaml
            protected
            from_input AlarmEmail
            from_output PagerArn eu-west-1 library-production-app PagerArn
            from_output ReadingDistributionId eu-west-1 library-production-web-reading ReadingDistributionId
            from_output WatchCatalogueHealthCheckId eu-west-1 library-production-monitoring WatchCatalogueHealthCheckId
            from_output WatchChatWebhookArn eu-west-1 library-production-monitoring WatchChatWebhookArn
            from_output WatchDoorHealthCheckId eu-west-1 library-production-monitoring WatchDoorHealthCheckId
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Reading)
            files_of ReadingBuild eu-west-1 library-production-web-reading ReadingBucket
            served_by eu-west-1 library-production-web-reading ReadingDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
