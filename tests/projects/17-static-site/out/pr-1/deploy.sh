#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/preview.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=handbook
stage=pr-1
account=
lifetime=ephemeral
home=eu-west-1
regions=(eu-west-1)
stacks=(web-console web-docs app)
certificate_stacks=()
zones=('cloudflare handbook.example')
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=handbook stage=pr-1)

usage() {
    cat <<'END'
deploy.sh: deploys pr-1. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect pr-1
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
    step 'Release'
    former
    later Docs:DocsBuild
    release Console:ConsoleBuild Find:FindCode Publish:PublishCode
    step 'Stack web-console'
    bring first Console
    stack web-console
    bring last Console
    step 'Stack web-docs'
    stack web-docs
    step 'Stack app'
    stack app
    step 'Site Docs'
    release Docs:DocsBuild
    bring last Docs
    step 'What CloudFront keeps'
    invalidate Console
    invalidate Docs
    step 'Records'
    records
    step 'Done'
    publish console_url eu-west-1 handbook-pr-1-web-console ConsoleUrl
    publish docs_url eu-west-1 handbook-pr-1-web-docs DocsUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        web-console)
            in_region eu-west-1 handbook-pr-1-web-console web-console.yaml
            ;;
        web-docs)
            in_region eu-west-1 handbook-pr-1-web-docs web-docs.yaml
            ;;
        app)
            in_region eu-west-1 handbook-pr-1-app app.yaml
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-1 handbook-bootstrap ArtifactBucket
            from_output DocsDistributionArn eu-west-1 handbook-pr-1-web-docs DocsDistributionArn
            from_output DocsDistributionId eu-west-1 handbook-pr-1-web-docs DocsDistributionId
            from_output DocsUrl eu-west-1 handbook-pr-1-web-docs DocsUrl
            from_release FindCode
            from_release PublishCode
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Console)
            files_of ConsoleBuild eu-west-1 handbook-pr-1-web-console ConsoleBucket
            served_by eu-west-1 handbook-pr-1-web-console ConsoleDistributionId
            ;;
        Docs)
            files_of DocsBuild eu-west-1 handbook-pr-1-web-docs DocsBucket
            served_by eu-west-1 handbook-pr-1-web-docs DocsDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
