#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=kitchen-sink
stage=production
account=123456789012
lifetime=permanent
home=eu-west-2
regions=(eu-west-2 us-east-1)
stacks=(network data jobs app edge.us-east-1 after)
certificate_stacks=()
zones=('cloudflare example.com')
# host, and the region, stack and output of what it leads to
hosts=('api.example.com eu-west-2 kitchen-sink-production-app ApiDnsTarget proxied')
tags=(project=kitchen-sink stage=production cost-center=4711 team=platform)

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
    secrets required ssm /kitchen-sink/production StripeKey
    secrets optional ssm /kitchen-sink/production OldKey
    secrets required secrets_manager kitchen-sink/production DatabasePassword
    inputs AlarmMail:eu-west-2:kitchen-sink-production-app
    step 'Release'
    former
    release Hooks:WebhooksCode KeyCheck:KeyCheckCode Migrate:MigrateImage Reader:ReaderCode Renderer:RendererCode \
        Warm:WarmCode Writer:WriterImage
    step 'Stack network'
    stack network
    step 'Stack data'
    stack data
    step 'Stack jobs'
    stack jobs
    invoke jobs Migrate
    step 'Stack app'
    stack app
    step 'Stack edge.us-east-1'
    stack edge.us-east-1
    step 'Records'
    records
    step 'Stack after'
    stack after
    invoke after Warm
    step 'Done'
    publish api_url eu-west-2 kitchen-sink-production-app ApiUrl
    publish database_host eu-west-2 kitchen-sink-production-data DatabaseHost
    publish renderer_url eu-west-2 kitchen-sink-production-app RendererUrl
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        network)
            in_region eu-west-2 kitchen-sink-production-network network.yaml
            protected
            capability CAPABILITY_IAM
            ;;
        data)
            in_region eu-west-2 kitchen-sink-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        jobs)
            in_region eu-west-2 kitchen-sink-production-jobs jobs.yaml
            protected
            capability CAPABILITY_IAM
            from_release MigrateImage
            ;;
        app)
            in_region eu-west-2 kitchen-sink-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_input AlarmMail
            from_output ArtifactBucket eu-west-2 kitchen-sink-bootstrap ArtifactBucket
            from_release KeyCheckCode
            from_release ReaderCode
            from_release RendererCode
            from_release WebhooksCode
            from_release WriterImage
            ;;
        edge.us-east-1)
            in_region us-east-1 kitchen-sink-production-edge edge.us-east-1.yaml
            protected
            from_output ApiId eu-west-2 kitchen-sink-production-app ApiId
            ;;
        after)
            in_region eu-west-2 kitchen-sink-production-after after.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket eu-west-2 kitchen-sink-bootstrap ArtifactBucket
            from_release WarmCode
            ;;
    esac
}

# Where the files of each site go.
site() { return 1; } # there is no site

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
