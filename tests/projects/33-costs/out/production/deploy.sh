#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=tickets
stage=production
account=
lifetime=permanent
home=eu-west-2
regions=(eu-west-2)
stacks=(network data app)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
tags=(project=tickets stage=production)

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
    step 'Release'
    former
    release Counter:CounterCode
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack app'
    stack app
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-2 tickets-production-network network.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-2 tickets-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        app)
            in_region eu-west-2 tickets-production-app app.yaml
            protected
            policy app.policy.json
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 tickets-bootstrap ArtifactBucket
            from_release CounterCode
            ;;
    esac
}

# Where the files of each site go.
site() { return 1; } # there is no site

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
