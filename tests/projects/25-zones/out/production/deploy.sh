#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=market
stage=production
account=123456789012
lifetime=permanent
home=ap-southeast-1
regions=(ap-southeast-1 us-east-1)
stacks=(certificates certificates.us-east-1 app web-web)
certificate_stacks=(certificates certificates.us-east-1)
zones=(
    'cloudflare market.example'
    'none partner.example'
)
# host, and the region, stack and output of what it leads to
hosts=(
    'market.example ap-southeast-1 market-production-web-web WebDnsTarget proxied'
    'api.market.example ap-southeast-1 market-production-app ApiDnsTarget proxied'
    'www.market.example ap-southeast-1 market-production-web-web WebDnsTarget proxied'
    'feed.partner.example ap-southeast-1 market-production-app FeedDnsTarget'
)
tags=(project=market stage=production)

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
    bootstrap ap-southeast-1
    step 'Release'
    former
    release Handler:HandlerCode Web:WebBuild
    step 'Certificates'
    certificates
    step 'Stack app'
    stack app
    step 'Stack web-web'
    bring first Web
    stack web-web
    bring last Web
    step 'What CloudFront keeps'
    invalidate Web
    step 'Records'
    records
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates)
            in_region ap-southeast-1 market-production-certificates certificates.yaml
            protected
            ;;
        certificates.us-east-1)
            in_region us-east-1 market-production-certificates certificates.us-east-1.yaml
            protected
            ;;
        app)
            in_region ap-southeast-1 market-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket ap-southeast-1 market-bootstrap ArtifactBucket
            from_output FeedCertificateArn ap-southeast-1 market-production-certificates FeedCertificateArn
            from_release HandlerCode
            from_output WildcardArn ap-southeast-1 market-production-certificates WildcardArn
            ;;
        web-web)
            in_region ap-southeast-1 market-production-web-web web-web.yaml
            protected
            policy web-web.policy.json
            from_output WildcardUsEast1Arn us-east-1 market-production-certificates WildcardUsEast1Arn
            ;;
    esac
}

# Where the files of each site go.
site() { # SITE
    case $1 in
        Web)
            files_of WebBuild ap-southeast-1 market-production-web-web WebBucket
            served_by ap-southeast-1 market-production-web-web WebDistributionId
            ;;
    esac
}

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
