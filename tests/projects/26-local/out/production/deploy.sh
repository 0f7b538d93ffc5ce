#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=harbour
stage=production
account=
lifetime=permanent
home=eu-west-1
regions=(eu-west-1)
stacks=(network data jobs app web-docs after)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=harbour stage=production)

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
    secrets required ssm /harbour/production MapKey PaymentsKey
    secrets required secrets_manager harbour/production CacheUrl
    inputs ReportEmail:eu-west-1:harbour-production-app
    step 'Release'
    former
    later Docs:DocsBuild
    release ApiHandler:ApiHandlerCode Migrate:MigrateImage Reminders:RemindersCode Tidy:TidyImage
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack jobs'
    stack jobs
    invoke jobs Migrate
    step 'Stack app'
    stack app
    step 'Stack web-docs'
    stack web-docs
    step 'Site Docs'
    release Docs:DocsBuild
    bring last Docs
    step 'What CloudFront keeps'
    invalidate Docs
    step 'Stack after'
    stack after
    invoke after Tidy
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-1 harbour-production-network network.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-1 harbour-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        jobs)
            in_region eu-west-1 harbour-production-jobs jobs.yaml
            protected
            capability CAPABILITY_IAM
            from_release MigrateImage
            ;;
        app)
            in_region eu-west-1 harbour-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_release ApiHandlerCode
            from_output ArtifactBucket eu-west-1 harbour-bootstrap ArtifactBucket
            from_release RemindersCode
            from_input ReportEmail
            ;;
        web-docs)
            in_region eu-west-1 harbour-production-web-docs web-docs.yaml
            protected
            policy web-docs.policy.json
            ;;
        after)
            in_region eu-west-1 harbour-production-after after.yaml
            protected
            capability CAPABILITY_IAM
            from_release TidyImage
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Docs)
            files_of DocsBuild eu-west-1 harbour-production-web-docs DocsBucket
            served_by eu-west-1 harbour-production-web-docs DocsDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
