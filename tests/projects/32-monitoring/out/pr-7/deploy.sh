#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/previews.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=library
stage=pr-7
account=123456789012
lifetime=ephemeral
home=eu-west-1
regions=(eu-west-1)
stacks=(network data app web-reading monitoring)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=library stage=pr-7)

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
    secrets required ssm /library/pr-7 ChatWebhook
    step 'Release'
    former
    release Pager:PagerCode Reading:ReadingBuild Search:SearchCode
    step 'Stack network'
    stack network
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
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-1 library-pr-7-network network.yaml
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-1 library-pr-7-data data.yaml
            ;;
        app)
            in_region eu-west-1 library-pr-7-app app.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 library-bootstrap ArtifactBucket
            from_release PagerCode
            from_release SearchCode
            ;;
        web-reading)
            in_region eu-west-1 library-pr-7-web-reading web-reading.yaml
            ;;
        monitoring)
            in_region eu-west-1 library-pr-7-monitoring monitoring.yaml
            from_output ArchiveIdentifier eu-west-1 library-pr-7-data ArchiveIdentifier
            from_output BooksIdentifier eu-west-1 library-pr-7-data BooksIdentifier
            from_output CatalogueId eu-west-1 library-pr-7-app CatalogueId
            from_output FailedName eu-west-1 library-pr-7-data FailedName
            from_output LoansName eu-west-1 library-pr-7-data LoansName
            from_output NetworkNatInstance1 eu-west-1 library-pr-7-network NetworkNatInstance1
            from_output NetworkNatInstance2 eu-west-1 library-pr-7-network NetworkNatInstance2
            from_output PingName eu-west-1 library-pr-7-app PingName
            from_output ReadingDistributionId eu-west-1 library-pr-7-web-reading ReadingDistributionId
            from_output RemindersDeadLetterArn eu-west-1 library-pr-7-data RemindersDeadLetterArn
            from_output RemindersName eu-west-1 library-pr-7-data RemindersName
            from_output SearchLogGroup eu-west-1 library-pr-7-app SearchLogGroup
            from_output SearchName eu-west-1 library-pr-7-app SearchName
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Reading)
            files_of ReadingBuild eu-west-1 library-pr-7-web-reading ReadingBucket
            served_by eu-west-1 library-pr-7-web-reading ReadingDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
